//! Every part that screens are made of, in every state: for those who build
//! them, in the demo only.

pub(crate) mod api;
#[cfg(feature = "ssr")]
mod drawing;

use leptos::prelude::*;

use self::api::DrawStyleguide;
use crate::ui::drawn::drawn;
use crate::ui::page_title::PageTitle;

/// The page.
#[component]
pub(crate) fn Styleguide() -> impl IntoView {
    view! {
        <PageTitle text="Style guide" />
        <header class="page-head">
            <h1>"Style guide"</h1>
        </header>
        {drawn(Signal::stored(String::new()), Signal::stored(0), |_| DrawStyleguide {})}
    }
}
