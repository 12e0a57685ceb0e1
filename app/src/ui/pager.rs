//! Links to the pages before and after.

use domain::view::Listed;
use leptos::prelude::*;
use leptos_router::params::ParamsMap;

/// *Previous* and *Next*, where there is one.
#[component]
pub(crate) fn Pager(
    /// Address and words of the page before.
    previous: Option<(String, &'static str)>,
    /// Address and words of the page after.
    next: Option<(String, &'static str)>,
    /// Of what, where there are several on the screen.
    #[prop(default = "Pages")]
    label: &'static str,
) -> impl IntoView {
    (previous.is_some() || next.is_some()).then(|| {
        view! {
            <nav class="pager" aria-label=label>
                {previous.map(|(href, words)| view! { <a href=href class="button">{words}</a> })}
                {next.map(|(href, words)| view! { <a href=href class="button">{words}</a> })}
            </nav>
        }
    })
}

/// The pages of what is listed newest first: `place` is what the address calls the place
/// of a page, `kept` what else it asks for.
pub(crate) fn older<T>(
    page: &Listed<T>,
    path: &str,
    place: &'static str,
    kept: &[(&'static str, String)],
    label: &'static str,
) -> AnyView {
    let address = |before: Option<&String>| {
        let mut query = ParamsMap::new();
        for (name, value) in kept.iter().filter(|(_, value)| !value.is_empty()) {
            query.insert(*name, value.clone());
        }
        if let Some(before) = before {
            query.insert(place, before.clone());
        }
        format!("{path}{}", query.to_query_string())
    };
    let newest = page.is_later.then(|| (address(None), "Newest"));
    let next = page.next.as_ref().map(|next| (address(Some(next)), "Older"));
    view! { <Pager previous=newest next=next label=label /> }.into_any()
}
