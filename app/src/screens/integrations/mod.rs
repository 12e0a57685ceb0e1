//! Integrations: the card for Lever, and the wizard in front of it.

pub(crate) mod api;
pub(crate) mod card;
mod disconnect;
mod health;
pub(crate) mod sections;

use domain::actor::Action;
use leptos::prelude::*;
use leptos_router::components::Outlet;

use self::api::ReadCard;
use self::card::Card;
use self::sections::Sections;
use crate::ask::Page;
use crate::screens::frame::Me;
use crate::ui::page_title::PageTitle;
use crate::ui::shown::shown;

/// The page; a wizard at `/integrations/lever` opens over it.
#[component]
pub(crate) fn Integrations() -> impl IntoView {
    let card = Page::new(String::new(), || ReadCard {});
    let me = expect_context::<Me>();
    view! {
        <PageTitle text="Integrations" />
        <header class="page-head">
            <h1>"Integrations"</h1>
        </header>
        {me.who_may(Action::ReadMaps, || view! { <Sections /> }.into_any())}
        {shown(card, |card| view! { <Card card=card /> }.into_any())}
        <Outlet />
    }
}
