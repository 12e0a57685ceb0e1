//! Needs attention: one list of what a person must decide or mend.

#[cfg(feature = "ssr")]
mod address;
pub(crate) mod api;
#[cfg(feature = "ssr")]
mod drawing;

use leptos::prelude::*;

use self::api::DrawAttention;
use crate::live::Live;
use crate::ui::drawn::{asked, drawn};
use crate::ui::page_title::PageTitle;

/// The list.
#[component]
pub(crate) fn Attention() -> impl IntoView {
    view! {
        <PageTitle text="Needs attention" />
        <header class="page-head">
            <h1>"Needs attention"</h1>
        </header>
        {drawn(asked(), Live::here().attention(), |address| DrawAttention { address })}
    }
}
