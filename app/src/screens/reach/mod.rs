//! How a candidate can be reached: addresses, numbers and links to add and correct.

pub(crate) mod api;
#[cfg(feature = "ssr")]
mod drawing;

use leptos::prelude::*;
use leptos_router::hooks::use_params_map;

use self::api::DrawReach;
use crate::live::Live;
use crate::ui::drawn::drawn;
use crate::ui::page_title::PageTitle;

/// The page. It comes anew when what was added has arrived in Lever; not while somebody types.
#[component]
pub(crate) fn Reach() -> impl IntoView {
    let params = use_params_map();
    let candidate = Signal::derive(move || params.read().get("id").unwrap_or_default());
    view! {
        <PageTitle text="Contact details" />
        <header class="page-head">
            <h1>"Contact details"</h1>
            <a href=move || format!("/candidates/{}", candidate.get())>"Back to the candidate"</a>
        </header>
        {drawn(candidate, Live::here().candidates(), |candidate| DrawReach { candidate })}
    }
}
