//! Parts of one screen, each an address: a navigation of links.

use leptos::prelude::*;

/// The links, named together by `label`; the one at `current` is the page shown.
pub(crate) fn tabs(label: &'static str, links: Vec<(String, &'static str)>, current: usize) -> AnyView {
    let links = links.into_iter().enumerate().map(|(at, (href, words))| {
        view! {
            <a href=href aria-current=(at == current).then_some("page")>
                {words}
            </a>
        }
    });
    view! {
        <nav class="tabs" aria-label=label>
            {links.collect_view()}
        </nav>
    }
    .into_any()
}
