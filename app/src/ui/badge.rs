//! A state in a word, with a dot whose colour repeats it.

use super::dynamic::dynamic;
use domain::status::Status;
use leptos::prelude::*;

/// A candidate's status: the word, and nothing but the word.
#[component]
pub(crate) fn StatusBadge(#[prop(into)] status: Signal<Status>) -> impl IntoView {
    view! {
        <span class="badge" data-tone=move || status.get().code()>
            {dynamic(move || status.get().label())}
        </span>
    }
}

/// Any other state. `tone` is one of `good`, `warn`, `bad`, `quiet`.
#[component]
pub(crate) fn Badge(tone: &'static str, #[prop(into)] text: String) -> impl IntoView {
    view! {
        <span class="badge" data-tone=tone>
            {text}
        </span>
    }
}
