//! *Import...*: the sheet before an import is sent, for whoever wants to look
//! first, or to choose more than the one click sends.

pub(crate) mod api;
#[cfg(feature = "ssr")]
mod drawing;

use leptos::prelude::*;
use leptos_router::hooks::use_params_map;

use self::api::DrawImportSheet;
use crate::ui::drawn::{asked, drawn};
use crate::ui::page_title::PageTitle;

/// The sheet of the candidate in the address. It is not drawn anew while
/// somebody chooses: what has changed meanwhile is said when it is sent.
#[component]
pub(crate) fn ImportSheet() -> impl IntoView {
    let params = use_params_map();
    let id = Signal::derive(move || params.read().get("id").unwrap_or_default());
    let asked = asked();
    let address = Signal::derive(move || format!("of={}&{}", id.get(), asked.get()));
    view! {
        <PageTitle text="Import into Lever" />
        <header class="page-head">
            <h1>"Import into Lever"</h1>
            <a href=move || format!("/candidates/{}", id.get())>"Back to the candidate"</a>
        </header>
        {drawn(address, Signal::stored(0), |address| DrawImportSheet { address })}
    }
}
