//! Links to the pages before and after.

use leptos::prelude::*;

/// *Previous* and *Next*, where there is one.
#[component]
pub(crate) fn Pager(
    /// Address and words of the page before.
    previous: Option<(String, &'static str)>,
    /// Address and words of the page after.
    next: Option<(String, &'static str)>,
) -> impl IntoView {
    (previous.is_some() || next.is_some()).then(|| {
        view! {
            <nav class="pager" aria-label="Pages">
                {previous.map(|(href, words)| view! { <a href=href class="button">{words}</a> })}
                {next.map(|(href, words)| view! { <a href=href class="button">{words}</a> })}
            </nav>
        }
    })
}
