//! Imports of many: how far a run is, its results, and the way to start one
//! from the candidate list.

pub(crate) mod api;
#[cfg(feature = "ssr")]
mod drawing;

use domain::status::Status;
use domain::view::CandidateFilter;
use leptos::prelude::*;
use leptos_router::hooks::use_params_map;

use self::api::{DrawBulkImport, DrawBulkImports, ImportMatching, ImportSelected};
use crate::live::Live;
use crate::ui::banner::FormBanner;
use crate::ui::button::Submit;
use crate::ui::drawn::{asked, drawn};
use crate::ui::page_title::PageTitle;
use crate::ui::post_form::{Deed, PostForm};

/// The form that the check boxes of the candidate list belong to.
pub(crate) const CHOSEN: &str = "chosen";

/// *Import selected* and *Import all that match*.
#[component]
pub(crate) fn ImportMany(filter: CandidateFilter) -> impl IntoView {
    let (selected, matching) = (Deed::new::<ImportSelected>(), Deed::new::<ImportMatching>());
    view! {
        <FormBanner refusal=selected.refusal() />
        <FormBanner refusal=matching.refusal() />
        <div class="import-many">
            <PostForm deed=selected class="inline-form" id=CHOSEN>
                <Submit label="Import selected" pending=selected.pending() />
            </PostForm>
            <PostForm deed=matching class="inline-form">
                <input type="hidden" name="search" value=filter.search />
                <input
                    type="hidden"
                    name="status"
                    value=filter.status.map(Status::code).unwrap_or_default()
                />
                <Submit label="Import all that match" pending=matching.pending() />
            </PostForm>
            <a href="/imports">"Imports of many"</a>
        </div>
    }
}

/// The newest runs.
#[component]
pub(crate) fn BulkImports() -> impl IntoView {
    let news = Live::here().bulk_imports();
    view! {
        <PageTitle text="Imports of many" />
        <header class="page-head">
            <h1>"Imports of many"</h1>
        </header>
        {drawn(Signal::stored(String::new()), news, |_| DrawBulkImports {})}
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
