//! Nothing here yet: what to do next.

use leptos::prelude::*;

/// An empty state.
#[component]
pub(crate) fn Empty(
    /// What is missing.
    title: &'static str,
    /// What to do next.
    children: Children,
) -> impl IntoView {
    view! {
        <div class="empty">
            <p class="empty-title">{title}</p>
            <div>{children()}</div>
        </div>
    }
}

/// While a part of the screen is on its way.
#[component]
pub(crate) fn Loading() -> impl IntoView {
    view! {
        <p class="loading" role="status">
            "Loading"
        </p>
    }
}
