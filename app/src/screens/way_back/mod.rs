//! The way back: whether statuses set here are written to Lever, and where each leads.

pub(crate) mod api;
#[cfg(feature = "ssr")]
mod drawing;

use leptos::prelude::*;

use self::api::DrawWayBack;
use crate::live::Live;
use crate::ui::drawn::drawn;
use crate::ui::page_title::PageTitle;

/// The page.
#[component]
pub(crate) fn WayBack() -> impl IntoView {
    view! {
        <PageTitle text="The way back" />
        <header class="page-head">
            <h1>"The way back"</h1>
            <a href="/integrations">"Back to the integrations"</a>
        </header>
        {drawn(Signal::stored(String::new()), Live::here().connection(), |_| DrawWayBack {})}
    }
}
