//! The list, as the server draws it.

use std::collections::HashMap;

use domain::connection::ConnectionState;
use domain::status::Status;
use domain::view::{CandidateFilter, CandidateOrder, CandidatePage, CandidateRow, CandidateSort, InLever};
use leptos::prelude::*;

use super::import_cell::ImportCell;
use crate::screens::bulk::api::{ImportMatching, ImportSelected};
use crate::ssr::query_value;
use crate::ui::badge::StatusBadge;
use crate::ui::banner::Banner;
use crate::ui::empty::Empty;
use crate::ui::hidden::hidden;
use crate::ui::pager::Pager;
use crate::ui::post_form::{Deed, PostForm};
use crate::ui::select::{Choice, options};
use crate::ui::time::When;

/// The list's address without its choices.
const LIST: &str = "/candidates";
/// The form that the boxes of the rows belong to.
const CHOSEN: &str = "chosen";
/// Where those who are chosen are written to.
const WRITE: &str = "/messages/new";
/// The keys, and what they do.
const KEYS: [(&str, &str); 6] = [
    ("/", "Search"),
    ("\u{2191} \u{2193}", "Go from row to row"),
    ("Enter", "Open the candidate"),
    ("x", "Select the candidate"),
    ("i", "Import the candidate into Lever"),
    ("?", "Show these keys"),
];

/// What the address asks for.
pub(super) fn asked(address: &str) -> CandidateFilter {
    let pairs: HashMap<String, String> = crate::ssr::read_address(address);
    CandidateFilter::from_pairs(|name| pairs.get(name).map(String::as_str))
}

/// The address that asks for `filter`.
fn address(filter: &CandidateFilter) -> String {
    let asked: Vec<String> = filter
        .to_pairs()
        .into_iter()
        .map(|(name, value)| format!("{name}={}", query_value(&value)))
        .collect();
    if asked.is_empty() { LIST.to_owned() } else { format!("{LIST}?{}", asked.join("&")) }
}

/// The address of another page of the same list.
fn at(filter: &CandidateFilter, before: Option<String>, after: Option<String>) -> String {
    address(&CandidateFilter { before, after, ..filter.clone() })
}

/// The choices, and the page they lead to.
pub(super) fn list(page: CandidatePage, filter: &CandidateFilter) -> AnyView {
    let first_use = page.rows.is_empty() && page.empty;
    let narrowed = !filter.is_everybody() || filter.order != CandidateOrder::default();
    let unsettled = page.rows.iter().any(|row| row.import.is_unsettled()).then_some("");
    let previous = page.previous.clone().map(|cursor| (at(filter, Some(cursor), None), "Previous"));
    let next = page.next.clone().map(|cursor| (at(filter, None, Some(cursor)), "Next"));
    let count = page.total.of_candidates();
    view! {
        <div class="list" data-unsettled=unsettled>
            {choices(&page, filter)}
            {lever_hint(page.lever)}
            {(!first_use)
                .then(|| {
                    view! {
                        <div class="list-head">
                            <p class="list-count" role="status">
                                {count}
                            </p>
                            {narrowed.then(|| view! { <a href=LIST>"Show everybody"</a> })}
                            <button type="button" id="show-keys" class="button with-script" data-look="quiet" data-size="small">
                                "Keyboard shortcuts"
                            </button>
                        </div>
                    }
                })}
            {match (page.rows.is_empty(), first_use) {
                (_, true) => nobody_yet(),
                (true, false) => nobody_matches(),
                (false, false) => table(&page, filter),
            }}
            <Pager previous=previous next=next />
            {keys()}
        </div>
    }
    .into_any()
}

/// Search, filters and order: a plain form, and one that asks by itself while the page lives.
fn choices(page: &CandidatePage, filter: &CandidateFilter) -> AnyView {
    let statuses = Status::ALL.map(|status| Choice::new(status.code(), status.label())).to_vec();
    let owners = page.owners.iter().map(|(id, name)| Choice::new(id.to_string(), name.clone())).collect();
    let lever = InLever::ALL.map(|lever| Choice::new(lever.code(), lever.label())).to_vec();
    let orders = CandidateSort::ALL
        .into_iter()
        .flat_map(|sort| {
            let first = sort.at_first();
            [first, CandidateOrder { descending: !first.descending, ..first }]
        })
        .map(|order| Choice::new(order.code(), order_label(order)))
        .collect();
    let status = filter.status.map(Status::code).unwrap_or_default();
    let owner = filter.owner.map(|owner| owner.to_string()).unwrap_or_default();
    let chosen_lever = filter.lever.map(InLever::code).unwrap_or_default();
    view! {
        <form class="filters" method="get" action=LIST role="search" data-asks="">
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
                    dir="auto"
                    value=filter.search.clone()
                    aria-keyshortcuts="/"
                />
                <button type="submit" class="button" data-size="small">
                    "Search"
                </button>
            </div>
            {choice("status", "Filter by status", "Every status", statuses, status)}
            {choice("owner", "Filter by owner", "Every owner", owners, &owner)}
            {score("score_from", "Lowest score", "Score from", filter.score_from)}
            {score("score_to", "Highest score", "to", filter.score_to)}
            {choice("lever", "Filter by Lever", "In Lever or not", lever, chosen_lever)}
            <div class="field">
                <label for="sort" class="visually-hidden">
                    "Sort by"
                </label>
                <select id="sort" name="sort">
                    {options(orders, &filter.order.code())}
                </select>
            </div>
        </form>
    }
    .into_any()
}

fn choice(
    name: &'static str,
    label: &'static str,
    none: &'static str,
    mut choices: Vec<Choice>,
    chosen: &str,
) -> AnyView {
    choices.insert(0, Choice::new("", none));
    view! {
        <div class="field">
            <label for=name class="visually-hidden">
                {label}
            </label>
            <select id=name name=name>
                {options(choices, chosen)}
            </select>
        </div>
    }
    .into_any()
}

fn score(name: &'static str, label: &'static str, hint: &'static str, value: Option<u16>) -> AnyView {
    view! {
        <div class="field score-limit">
            <label for=name class="visually-hidden">
                {label}
            </label>
            <input
                id=name
                name=name
                type="number"
                inputmode="numeric"
                min="300"
                max="850"
                placeholder=hint
                value=value.map(|value| value.to_string())
            />
        </div>
    }
    .into_any()
}

fn order_label(order: CandidateOrder) -> &'static str {
    match (order.sort, order.descending) {
        (CandidateSort::Newest, true) => "Newest first",
        (CandidateSort::Newest, false) => "Oldest first",
        (CandidateSort::Since, true) => "Changed last first",
        (CandidateSort::Since, false) => "Changed longest ago first",
        (CandidateSort::Name, false) => "Name, A to Z",
        (CandidateSort::Name, true) => "Name, Z to A",
        (CandidateSort::Score, true) => "Highest score first",
        (CandidateSort::Score, false) => "Lowest score first",
        (CandidateSort::Status, false) => "Status, from New on",
        (CandidateSort::Status, true) => "Status, from the end",
    }
}

fn nobody_yet() -> AnyView {
    view! {
        <Empty title="No candidates yet">
            <p>"Add the first one by hand, write to them, and import them once they have answered."</p>
            <p>
                <a href="/candidates/new">"Add the first candidate"</a>
            </p>
        </Empty>
    }
    .into_any()
}

fn nobody_matches() -> AnyView {
    view! {
        <Empty title="Nobody matches">
            <p>
                <a href=LIST>"Show everybody"</a>
            </p>
        </Empty>
    }
    .into_any()
}

fn table(page: &CandidatePage, filter: &CandidateFilter) -> AnyView {
    let importable = page.lever.accepts_imports();
    let heads = [
        ("Name", "name", Some(CandidateSort::Name)),
        ("Company", "company", None),
        ("Score", "number score", Some(CandidateSort::Score)),
        ("Owner", "owner", None),
        ("Status", "status", Some(CandidateSort::Status)),
        ("Since", "since", Some(CandidateSort::Since)),
        ("Lever", "lever", None),
    ];
    let heads = heads.into_iter().map(|(label, class, sort)| head(label, class, sort, filter));
    let rows = page.rows.iter().cloned().map(row);
    view! {
        <div class="table-wrap">
            <table class="table candidates">
                <caption class="visually-hidden">"Candidates"</caption>
                <thead>
                    <tr>
                        <td class="choice">
                            <input
                                type="checkbox"
                                id="choose-all"
                                class="with-script"
                                autocomplete="off"
                                aria-label="Choose everybody on this page"
                            />
                            // Where there are no columns, the words stand beside the box.
                            <label for="choose-all" class="with-script">
                                "Choose everybody on this page"
                            </label>
                        </td>
                        {heads.collect_view()}
                    </tr>
                </thead>
                <tbody>{rows.collect_view()}</tbody>
            </table>
        </div>
        {selection(filter, importable)}
    }
    .into_any()
}

/// The head of a column, a link where the list can be sorted by it.
fn head(
    label: &'static str,
    class: &'static str,
    sort: Option<CandidateSort>,
    filter: &CandidateFilter,
) -> AnyView {
    let Some(sort) = sort else {
        return view! {
            <th scope="col" class=class>
                {label}
            </th>
        }
        .into_any();
    };
    let now = (filter.order.sort == sort).then_some(filter.order);
    let direction = now.map(|order| if order.descending { "descending" } else { "ascending" });
    let order = match now {
        Some(order) => CandidateOrder { descending: !order.descending, ..order },
        None => sort.at_first(),
    };
    let href = address(&CandidateFilter { order, after: None, before: None, ..filter.clone() });
    view! {
        <th scope="col" class=class aria-sort=direction>
            <a href=href>{label}</a>
        </th>
    }
    .into_any()
}

fn row(row: CandidateRow) -> AnyView {
    let id = row.id;
    // Where it is cut, the tip says all of it.
    let headline = (!row.headline.is_empty()).then(|| row.headline.clone());
    let company = (!row.company.is_empty()).then_some("Company");
    let score = row.score.map(|_| "Score");
    let owner = row.owner.as_ref().map(|_| "Owner");
    // A refresh is the drawing's own doing.
    let refresh = Callback::new(|()| {});
    view! {
        <tr id=format!("c-{id}")>
            <td class="choice" data-label="">
                <input
                    type="checkbox"
                    class="choose"
                    name="candidates[]"
                    value=id.to_string()
                    form=CHOSEN
                    autocomplete="off"
                    aria-label=format!("Choose {}", row.name)
                />
            </td>
            <th scope="row">
                <a href=format!("/candidates/{id}") class="row-link">
                    <bdi>{row.name.clone()}</bdi>
                </a>
                <span class="sub" dir="auto" title=headline>
                    {row.headline}
                </span>
            </th>
            <td data-label=company class="company">
                <bdi>{row.company}</bdi>
            </td>
            <td data-label=score class="number score">
                {row.score}
            </td>
            <td data-label=owner class="owner">
                <bdi>{row.owner}</bdi>
            </td>
            <td data-label="Status" class="status">
                <StatusBadge status=row.status />
            </td>
            <td data-label="Since" class="since">
                <When moment=row.status_since />
            </td>
            <td data-label="Lever" class="lever-cell">
                <ImportCell id=id name=row.name import=row.import refresh=refresh />
            </td>
        </tr>
    }
    .into_any()
}

/// What can be done with those who are chosen, and with everybody who matches.
fn selection(filter: &CandidateFilter, importable: bool) -> AnyView {
    let (selected, matching) = (Deed::new::<ImportSelected>(), Deed::new::<ImportMatching>());
    let whom =
        CandidateFilter { after: None, before: None, order: CandidateOrder::default(), ..filter.clone() };
    let pairs = whom.to_pairs().into_iter().map(|(name, value)| (name.to_owned(), value));
    view! {
        <div class="selection">
            <span class="selection-count" aria-hidden="true"></span>
            <PostForm deed=selected class="inline-form" id=CHOSEN>
                {importable
                    .then(|| {
                        view! {
                            <button type="submit" class="button" data-look="primary">
                                "Import selected"
                            </button>
                        }
                    })}
                <button type="submit" class="button" formaction=WRITE formmethod="get">
                    "Message selected"
                </button>
            </PostForm>
            {importable
                .then(|| {
                    let fields = hidden(pairs.clone());
                    view! {
                        <PostForm deed=matching class="inline-form">
                            {fields}
                            <button type="submit" class="button">
                                "Import all that match"
                            </button>
                        </PostForm>
                    }
                })}
            <form method="get" action=WRITE class="inline-form">
                <input type="hidden" name="all" value="1" />
                {hidden(pairs)}
                <button type="submit" class="button">
                    "Message all that match"
                </button>
            </form>
            <a href="/imports">"Imports of many"</a>
            <a href="/messages">"Messages to many"</a>
        </div>
    }
    .into_any()
}

/// The keys, for whoever asks.
fn keys() -> AnyView {
    let keys = KEYS.into_iter().map(|(key, meaning)| {
        view! {
            <div>
                <dt>
                    <kbd>{key}</kbd>
                </dt>
                <dd>{meaning}</dd>
            </div>
        }
    });
    view! {
        <dialog id="keys" class="dialog keys" aria-labelledby="keys-title">
            <form method="dialog" class="dialog-head">
                <h2 id="keys-title">"Keyboard shortcuts"</h2>
                <button type="submit" class="button dialog-close" aria-label="Close">
                    "\u{d7}"
                </button>
            </form>
            <div class="dialog-body">
                <dl class="facts">{keys.collect_view()}</dl>
            </div>
        </dialog>
    }
    .into_any()
}

/// Why no icon can be pressed, where that is not the candidates' doing.
fn lever_hint(lever: ConnectionState) -> AnyView {
    match lever {
        ConnectionState::Connected | ConnectionState::NeedsAttention => ().into_any(),
        ConnectionState::CredentialsRejected => view! {
            <Banner tone="bad">
                <span>"Lever no longer accepts the API key. Imports wait until a Super Admin reconnects."</span>
                <a href="/integrations">"Reconnect Lever"</a>
            </Banner>
        }
        .into_any(),
        ConnectionState::NotConnected | ConnectionState::SetUpUnfinished | ConnectionState::Disconnected => {
            view! {
                <Banner tone="quiet">
                    <span>"Lever is not connected, so candidates cannot be imported yet."</span>
                    <a href="/integrations">"Connect Lever"</a>
                </Banner>
            }
            .into_any()
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_asked_is_in_the_address() {
        let filter = CandidateFilter {
            search: "ada l".into(),
            status: Some(Status::Offer),
            lever: Some(InLever::Answered),
            score_from: Some(600),
            order: CandidateOrder { sort: CandidateSort::Name, descending: true },
            after: Some("5.c1.ada".into()),
            ..CandidateFilter::default()
        };
        let written = address(&filter);
        assert_eq!(
            written,
            "/candidates?search=ada%20l&status=offer&lever=answered&score_from=600&sort=-name&after=5.c1.ada"
        );
        let (_, query) = written.split_once('?').unwrap();
        assert_eq!(asked(query), filter);
        assert_eq!(address(&CandidateFilter::default()), "/candidates");
    }

    #[test]
    fn nonsense_in_the_address_asks_for_everybody() {
        let nonsense = "status=nonsense&owner=x&lever=&score_from=many&sort=-&after=&other=1";
        assert_eq!(asked(nonsense), CandidateFilter::default());
        assert_eq!(asked("%"), CandidateFilter::default());
    }
}
