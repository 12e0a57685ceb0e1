//! Integrations: the card for Lever, and the wizard in front of it.

pub(crate) mod api;
mod card;
mod disconnect;
mod health;

use leptos::prelude::*;
use leptos_router::components::Outlet;

use self::api::read_card;
use self::card::Card;
use crate::ui::empty::Loading;
use crate::ui::failure::Failure;
use crate::ui::page_title::PageTitle;

/// The page; a wizard at `/integrations/lever` opens over it.
#[component]
pub(crate) fn Integrations() -> impl IntoView {
    let card = Resource::new_blocking(|| (), |()| read_card());
    view! {
        <PageTitle text="Integrations" />
        <header class="page-head">
            <h1>"Integrations"</h1>
        </header>
        <Transition fallback=Loading>
            {move || Suspend::new(async move {
                match card.await {
                    Ok(card) => view! { <Card card=card /> }.into_any(),
                    Err(error) => view! { <Failure error=error /> }.into_any(),
                }
            })}
        </Transition>
        <Outlet />
    }
}
