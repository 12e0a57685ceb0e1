//! Reconciliation: the runs that compare with Lever, and what differed.

pub(crate) mod api;
#[cfg(feature = "ssr")]
mod drawing;

use leptos::prelude::*;

use self::api::DrawRuns;
use crate::live::Live;
use crate::screens::integrations::sections::Sections;
use crate::ui::drawn::{asked, drawn};
use crate::ui::page_title::PageTitle;

/// The page.
#[component]
pub(crate) fn Runs() -> impl IntoView {
    let live = Live::here();
    let news = Signal::derive(move || live.attention().get().wrapping_add(live.connection().get()));
    view! {
        <PageTitle text="Reconciliation" />
        <header class="page-head">
            <h1>"Reconciliation"</h1>
        </header>
        <Sections />
        {drawn(asked(), news, |address| DrawRuns { address })}
    }
}
