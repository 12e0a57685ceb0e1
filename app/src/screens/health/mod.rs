//! Health: how deliveries and work for Lever fare.

pub(crate) mod api;
#[cfg(feature = "ssr")]
mod drawing;

use leptos::prelude::*;

use self::api::DrawHealth;
use crate::live::Live;
use crate::screens::integrations::sections::Sections;
use crate::ui::drawn::drawn;
use crate::ui::page_title::PageTitle;

/// The page.
#[component]
pub(crate) fn Health() -> impl IntoView {
    let live = Live::here();
    let news = Signal::derive(move || live.candidates().get().wrapping_add(live.connection().get()));
    view! {
        <PageTitle text="Health" />
        <header class="page-head">
            <h1>"Health"</h1>
        </header>
        <Sections />
        {drawn(Signal::stored(String::new()), news, |_| DrawHealth {})}
    }
}
