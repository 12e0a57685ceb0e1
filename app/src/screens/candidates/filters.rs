//! Search and status filter. Their state is the address.

use std::time::Duration;

use domain::status::Status;
use domain::view::CandidateFilter;
use leptos::ev::SubmitEvent;
use leptos::html;
use leptos::prelude::*;
use leptos_router::NavigateOptions;
use leptos_router::hooks::use_navigate;
use leptos_router::params::ParamsMap;

use crate::ui::get_form::address_of;
use crate::ui::select::{Choice, options};

/// The list's address without its filter.
const LIST: &str = "/candidates";
/// A pause in typing after which the search runs.
const PAUSE: Duration = Duration::from_millis(250);

/// What the address asks for.
pub(super) fn filter_of(query: &ParamsMap) -> CandidateFilter {
    let filled = |name| query.get(name).filter(|value| !value.is_empty());
    CandidateFilter {
        search: query.get("search").unwrap_or_default(),
        status: filled("status").and_then(|code| Status::from_code(&code)),
        after: filled("after"),
        before: filled("before"),
    }
}

/// The address that asks for `filter`.
pub(super) fn asked(filter: &CandidateFilter) -> String {
    address(filter, filter.before.as_deref(), filter.after.as_deref())
}

/// The address that asks for `filter`, at another page.
pub(super) fn address(filter: &CandidateFilter, before: Option<&str>, after: Option<&str>) -> String {
    let mut query = ParamsMap::new();
    let mut put = |name: &'static str, value: Option<&str>| {
        if let Some(value) = value.filter(|value| !value.is_empty()) {
            query.insert(name, value.to_owned());
        }
    };
    put("search", Some(&filter.search));
    put("status", filter.status.map(Status::code));
    put("before", before);
    put("after", after);
    format!("{LIST}{}", query.to_query_string())
}

/// The form: a plain one with a button, and a live one while somebody types.
#[component]
pub(super) fn Filters(filter: Memo<CandidateFilter>) -> impl IntoView {
    let form = NodeRef::<html::Form>::new();
    let search = NodeRef::<html::Input>::new();
    let navigate = use_navigate();
    let go = Callback::new(move |replace: bool| {
        if let Some(address) = form.get_untracked().and_then(|form| address_of(&form, LIST)) {
            navigate(&address, NavigateOptions { replace, scroll: false, ..NavigateOptions::default() });
        }
    });
    let timer = StoredValue::new(None::<TimeoutHandle>);
    let typed = move |_| {
        if let Some(timer) = timer.get_value() {
            timer.clear();
        }
        timer.set_value(set_timeout_with_handle(move || go.run(true), PAUSE).ok());
    };
    let submit = move |event: SubmitEvent| {
        event.prevent_default();
        go.run(false);
    };
    // *Show everybody* and the browser's back button change the address behind the field.
    Effect::new(move |_| {
        let asked = filter.with(|filter| filter.search.clone());
        if let Some(search) = search.get_untracked()
            && document().active_element().as_ref() != Some(search.as_ref())
            && search.value() != asked
        {
            search.set_value(&asked);
        }
    });
    let first = filter.get_untracked();
    let mut statuses = vec![Choice::new("", "Every status")];
    statuses.extend(Status::ALL.map(|status| Choice::new(status.code(), status.label())));
    view! {
        <form class="filters" method="get" action=LIST role="search" node_ref=form on:submit=submit>
            <div class="field">
                <label for="search" class="visually-hidden">
                    "Search candidates"
                </label>
                <input
                    id="search"
                    name="search"
                    type="search"
                    placeholder="Name, e-mail or company"
                    autocomplete="off"
                    value=first.search
                    node_ref=search
                    on:input=typed
                    aria-keyshortcuts="/"
                />
            </div>
            <div class="field">
                <label for="status" class="visually-hidden">
                    "Filter by status"
                </label>
                <select id="status" name="status" on:change=move |_| go.run(false)>
                    {options(statuses, first.status.map(Status::code).unwrap_or_default())}
                </select>
            </div>
            <button type="submit" class="button">
                "Search"
            </button>
        </form>
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_filter_is_in_the_address() {
        let filter = CandidateFilter {
            search: "ada l".into(),
            status: Some(Status::Offer),
            ..CandidateFilter::default()
        };
        assert_eq!(address(&filter, None, Some("c1")), "/candidates?search=ada%20l&status=offer&after=c1");
        assert_eq!(address(&CandidateFilter::default(), None, None), "/candidates");
    }

    #[test]
    fn an_unknown_status_in_the_address_asks_for_every_status() {
        let mut query = ParamsMap::new();
        query.insert("status", "nonsense".into());
        query.insert("after", String::new());
        assert_eq!(filter_of(&query), CandidateFilter::default());
    }
}
