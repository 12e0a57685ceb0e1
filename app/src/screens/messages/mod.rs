//! Messages to many candidates, and saved texts.

#[cfg(feature = "ssr")]
mod address;
pub(crate) mod api;
#[cfg(feature = "ssr")]
mod drawing;
#[cfg(feature = "ssr")]
mod templates;

use leptos::prelude::*;
use leptos_router::hooks::use_params_map;

use self::api::{DrawMessage, DrawMessages, DrawNewMessage, DrawTemplates};
use crate::live::Live;
use crate::ui::drawn::{asked, drawn};
use crate::ui::page_title::PageTitle;

/// A screen of this folder: its title, its links and its drawing.
fn screen(title: &'static str, links: &'static [(&'static str, &'static str)], drawing: AnyView) -> AnyView {
    let links = links.iter().map(|(href, words)| view! { <a href=*href>{*words}</a> }).collect_view();
    view! {
        <PageTitle text=title />
        <header class="page-head">
            <h1>{title}</h1>
            <div class="links">{links}</div>
        </header>
        {drawing}
    }
    .into_any()
}

const TO_TEMPLATES: (&str, &str) = ("/messages/templates", "Templates");
const TO_MESSAGES: (&str, &str) = ("/messages", "Messages to many");
const TO_CANDIDATES: (&str, &str) = ("/candidates", "Back to the candidates");

/// The messages to many, newest first.
#[component]
pub(crate) fn BulkMessages() -> impl IntoView {
    let drawing = drawn(asked(), Live::here().candidates(), |address| DrawMessages { address });
    screen("Messages to many", &[TO_TEMPLATES, TO_CANDIDATES], drawing)
}

/// Where one is begun.
#[component]
pub(crate) fn NewMessage() -> impl IntoView {
    let drawing = drawn(asked(), Signal::stored(0), |address| DrawNewMessage { address });
    screen("Message to many", &[TO_TEMPLATES, TO_CANDIDATES], drawing)
}

/// One message to many.
#[component]
pub(crate) fn BulkMessage() -> impl IntoView {
    let params = use_params_map();
    let asked = asked();
    let address = Signal::derive(move || {
        let message = params.read().get("id").unwrap_or_default();
        format!("message={message}&{}", asked.get())
    });
    let drawing = drawn(address, Live::here().candidates(), |address| DrawMessage { address });
    screen("Message to many", &[TO_MESSAGES, TO_CANDIDATES], drawing)
}

/// The saved texts.
#[component]
pub(crate) fn Templates() -> impl IntoView {
    let drawing = drawn(asked(), Signal::stored(0), |address| DrawTemplates { address });
    screen("Templates", &[TO_MESSAGES], drawing)
}
