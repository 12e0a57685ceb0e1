//! Imports of many: how far a run is, and its results. One is started from the
//! candidate list.

pub(crate) mod api;
#[cfg(feature = "ssr")]
mod drawing;

use leptos::prelude::*;
use leptos_router::hooks::use_params_map;

use self::api::{DrawBulkImport, DrawBulkImports};
use crate::live::Live;
use crate::ui::drawn::{asked, drawn};
use crate::ui::page_title::PageTitle;

/// The runs, newest first.
#[component]
pub(crate) fn BulkImports() -> impl IntoView {
    let news = Live::here().bulk_imports();
    view! {
        <PageTitle text="Imports of many" />
        <header class="page-head">
            <h1>"Imports of many"</h1>
            <a href="/candidates">"Back to the candidates"</a>
        </header>
        {drawn(asked(), news, |address| DrawBulkImports { address })}
    }
}

/// One run.
#[component]
pub(crate) fn BulkImport() -> impl IntoView {
    let params = use_params_map();
    let live = Live::here();
    let news = Signal::derive(move || live.bulk_imports().get().wrapping_add(live.candidates().get()));
    let asked = asked();
    let address = Signal::derive(move || {
        let bulk = params.read().get("id").unwrap_or_default();
        format!("bulk={bulk}&{}", asked.get())
    });
    view! {
        <PageTitle text="Import of many" />
        <header class="page-head">
            <h1>"Import of many"</h1>
            <a href="/candidates">"Back to the candidates"</a>
        </header>
        {drawn(address, news, |address| DrawBulkImport { address })}
    }
}
