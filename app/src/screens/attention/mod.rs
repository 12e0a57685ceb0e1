//! Needs attention: one list of what a person must decide or mend.

pub(crate) mod api;
#[cfg(feature = "ssr")]
mod drawing;

use leptos::prelude::*;

use self::api::DrawAttention;
use crate::live::Live;
use crate::ui::drawn::drawn;
use crate::ui::page_title::PageTitle;

/// The list.
#[component]
pub(crate) fn Attention() -> impl IntoView {
    view! {
        <PageTitle text="Needs attention" />
        <header class="page-head">
            <h1>"Needs attention"</h1>
        </header>
        {drawn(Signal::stored(String::new()), Live::here().attention(), |_| DrawAttention {})}
    }
}
