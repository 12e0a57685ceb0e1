//! Buttons that send a form.

use leptos::prelude::*;

/// Sends the form it is in. Pressing it twice sends once.
#[component]
pub(crate) fn Submit(
    /// What it says, and its accessible name unless `name` gives a longer one.
    #[prop(into)]
    label: String,
    /// The accessible name, where the words alone do not say about whom.
    #[prop(optional, into)]
    name: Option<String>,
    /// While true it cannot be pressed.
    #[prop(into)]
    pending: Signal<bool>,
    /// `primary`, `danger`, or nothing for an ordinary one.
    #[prop(optional)]
    look: &'static str,
    /// What a living page says once it is done, where nothing else says so.
    #[prop(optional, into)]
    says: Option<String>,
) -> impl IntoView {
    view! {
        <button
            type="submit"
            class="button"
            data-look=look
            aria-label=name
            data-says=says
            disabled=move || pending.try_get().unwrap_or(false)
        >
            {label}
        </button>
    }
}
