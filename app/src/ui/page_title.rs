//! The title of a page: what it shows, and whose platform it is.

use leptos::prelude::*;
use leptos_meta::Title;

use super::raw_text::raw_text;
use super::shown::shown_or;
use crate::ask::Page;
use crate::screens::frame::api::Platform as AskPlatform;

/// The platform's name, as people see it.
#[derive(Clone, Copy)]
pub(crate) struct Platform(Page<String>);

impl Platform {
    /// Asks for it once for the whole application.
    pub(crate) fn provide() {
        provide_context(Self(Page::new(String::new(), || AskPlatform {})));
    }
}

/// The title, in the browser's tab and in its history.
#[component]
pub(crate) fn PageTitle(#[prop(into)] text: String) -> impl IntoView {
    let Platform(platform) = expect_context();
    let title = move |platform: String| {
        let text = raw_text(format!("{text} · {platform}"));
        view! { <Title text=text /> }.into_any()
    };
    shown_or(platform, title, |_| ().into_any(), || ().into_any())
}
