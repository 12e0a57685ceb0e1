//! The candidate list: search, filters, order, selection, and one click into
//! Lever. What it asks is the address; the server draws it.

pub(crate) mod api;
#[cfg(feature = "ssr")]
mod drawing;
pub(crate) mod import_cell;
mod keyboard;

use leptos::prelude::*;
use leptos_router::components::A;

use self::api::DrawCandidates;
use crate::live::Live;
use crate::ui::drawn::{asked, drawn};
use crate::ui::page_title::PageTitle;

/// The list, with what is asked for in the address.
#[component]
pub(crate) fn Candidates() -> impl IntoView {
    let live = Live::here();
    let news = Signal::derive(move || live.candidates().get().wrapping_add(live.connection().get()));
    keyboard::listen();
    view! {
        <PageTitle text="Candidates" />
        <header class="page-head">
            <h1>"Candidates"</h1>
            <A href="/candidates/new" attr:class="button" attr:data-look="primary">
                "Add candidate"
            </A>
        </header>
        {drawn(asked(), news, |address| DrawCandidates { address })}
    }
}
