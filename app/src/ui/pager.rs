//! Links to the pages before and after.

use leptos::prelude::*;
use leptos_router::components::A;

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
                {previous.map(|(href, words)| view! { <A href=href attr:class="button">{words}</A> })}
                {next.map(|(href, words)| view! { <A href=href attr:class="button">{words}</A> })}
            </nav>
        }
    })
}
