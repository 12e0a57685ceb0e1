//! A text to take along: shown whole, copied by a press.

use super::dynamic::dynamic;
use leptos::html;
use leptos::prelude::*;

/// A read-only field and the button *Copy*, which exists only where it works.
#[component]
pub(crate) fn CopyField(
    /// Its label.
    label: &'static str,
    /// Its id in the page.
    id: &'static str,
    /// What is copied.
    value: String,
) -> impl IntoView {
    let input = NodeRef::<html::Input>::new();
    let copied = RwSignal::new(false);
    let copy = move |_| {
        if let Some(input) = input.get_untracked() {
            input.select();
            // A browser that refuses leaves the text selected, ready for the keyboard.
            let _pending = window().navigator().clipboard().write_text(&input.value());
            copied.set(true);
        }
    };
    view! {
        <div class="field">
            <label for=id>{label}</label>
            <div class="field-row">
                <input id=id type="text" readonly=true value=value node_ref=input />
                <button type="button" class="button with-script" on:click=copy>
                    "Copy"
                </button>
                <span class="copied" role="status">
                    {dynamic(move || copied.get().then_some("Copied"))}
                </span>
            </div>
        </div>
    }
}
