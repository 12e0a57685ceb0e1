//! Changes in Lever: what is new, renamed or deactivated there, and what it is to
//! mean here.

pub(crate) mod api;
#[cfg(feature = "ssr")]
mod drawing;

use leptos::prelude::*;

use self::api::DrawChanges;
use crate::live::Live;
use crate::screens::integrations::sections::Sections;
use crate::ui::drawn::drawn;
use crate::ui::page_title::PageTitle;

/// The page.
#[component]
pub(crate) fn Changes() -> impl IntoView {
    let live = Live::here();
    let news = Signal::derive(move || live.attention().get().wrapping_add(live.connection().get()));
    view! {
        <PageTitle text="Changes in Lever" />
        <header class="page-head">
            <h1>"Changes in Lever"</h1>
        </header>
        <Sections />
        {drawn(Signal::stored(String::new()), news, |_| DrawChanges {})}
    }
}
