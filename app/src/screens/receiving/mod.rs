//! Receiving: what is heard from Lever, with which tokens, and what is held.

pub(crate) mod api;
#[cfg(feature = "ssr")]
mod drawing;

use leptos::prelude::*;

use self::api::DrawReceiving;
use crate::live::Live;
use crate::screens::integrations::sections::Sections;
use crate::ui::drawn::drawn;
use crate::ui::page_title::PageTitle;

/// The page.
#[component]
pub(crate) fn Receiving() -> impl IntoView {
    let live = Live::here();
    let news = Signal::derive(move || live.candidates().get().wrapping_add(live.connection().get()));
    view! {
        <PageTitle text="Receiving from Lever" />
        <header class="page-head">
            <h1>"Receiving from Lever"</h1>
        </header>
        <Sections />
        {drawn(Signal::stored(String::new()), news, |_| DrawReceiving {})}
    }
}
