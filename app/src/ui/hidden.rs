//! Fields that are not shown.

use leptos::prelude::*;

/// What a form carries along, by name.
pub(crate) fn hidden(fields: impl IntoIterator<Item = (String, String)>) -> AnyView {
    fields
        .into_iter()
        .map(|(name, value)| view! { <input type="hidden" name=name value=value /> })
        .collect_view()
        .into_any()
}
