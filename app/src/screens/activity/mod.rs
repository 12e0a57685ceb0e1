//! Activity: the log of what was done, sent, received and decided.

pub(crate) mod api;
#[cfg(feature = "ssr")]
mod drawing;

use leptos::prelude::*;

use self::api::DrawActivity;
use crate::ui::drawn::{asked, drawn};
use crate::ui::page_title::PageTitle;

/// The log, a page at a time.
#[component]
pub(crate) fn Activity() -> impl IntoView {
    view! {
        <PageTitle text="Activity" />
        <header class="page-head">
            <h1>"Activity"</h1>
        </header>
        {drawn(asked(), Signal::stored(0), |address| DrawActivity { address })}
    }
}
