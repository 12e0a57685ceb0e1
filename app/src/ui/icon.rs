//! Icons, drawn here. They repeat what words say, so they are hidden from
//! screen readers.

use leptos::prelude::*;

/// The mark: a bar on a fulcrum.
#[component]
pub(crate) fn LeverIcon() -> impl IntoView {
    view! {
        <svg class="icon" viewBox="0 0 16 16" aria-hidden="true" focusable="false">
            <path
                d="M1.6 8.6 14 4.4"
                fill="none"
                stroke="currentColor"
                stroke-width="1.8"
                stroke-linecap="round"
            ></path>
            <path d="M7.9 8.2 11.2 14H4.6z" fill="currentColor"></path>
            <circle cx="2.6" cy="5.6" r="1.6" fill="currentColor"></circle>
        </svg>
    }
}

/// Leads out of the application.
#[component]
pub(crate) fn OutIcon() -> impl IntoView {
    view! {
        <svg class="icon" viewBox="0 0 16 16" aria-hidden="true" focusable="false">
            <path
                d="M6 3.5H3.5v9h9V10M9 3h4v4M13 3 7.5 8.5"
                fill="none"
                stroke="currentColor"
                stroke-width="1.5"
                stroke-linecap="round"
                stroke-linejoin="round"
            ></path>
        </svg>
    }
}
