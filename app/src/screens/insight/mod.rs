//! Insight: how far candidates come, and how long it takes.

pub(crate) mod api;
#[cfg(feature = "ssr")]
mod drawing;

use leptos::prelude::*;

use self::api::DrawInsight;
use crate::ui::drawn::{asked, drawn};
use crate::ui::page_title::PageTitle;

/// The funnel, the time in each status, and the table behind both.
#[component]
pub(crate) fn Insight() -> impl IntoView {
    view! {
        <PageTitle text="Insight" />
        <header class="page-head">
            <h1>"Insight"</h1>
        </header>
        {drawn(asked(), Signal::stored(0), |address| DrawInsight { address })}
    }
}
