//! The log, as the server draws it.

use domain::activity::Shown;
use domain::ids::CandidateId;
use domain::view::{ActivityPage, ActivityRow, ActivitySearch};
use leptos::prelude::*;
use leptos_router::params::ParamsMap;

use crate::ui::badge::Badge;
use crate::ui::empty::Empty;
use crate::ui::pager::Pager;
use crate::ui::select::{Choice, options};
use crate::ui::time::When;

/// The search, and one page of what it found.
pub(super) fn log(page: ActivityPage) -> AnyView {
    let ActivityPage { search, shown, rows, next, members, candidates, more_candidates } = page;
    let narrowed = ActivitySearch { before: String::new(), ..search.clone() } != ActivitySearch::default();
    let older = next.map(|cursor| (address(&search, Some(cursor)), "Older"));
    let back = (!search.before.is_empty()).then(|| (address(&search, None), "Newest"));
    let nothing = rows.is_empty();
    let deliveries = shown == Shown::Deliveries || search.outcome == "held";
    let nobody = candidates.as_ref().is_some_and(Vec::is_empty);
    let found = if !nothing {
        table(rows)
    } else if narrowed {
        view! {
            <Empty title=if nobody { "No candidate was found" } else { "Nothing was found" }>
                <p>
                    <a href="/activity">"Show everything"</a>
                </p>
            </Empty>
        }
        .into_any()
    } else {
        view! {
            <Empty title="Nothing yet">
                <p>"What people do here, and what Lever sends, is written down as it happens."</p>
            </Empty>
        }
        .into_any()
    };
    view! {
        {form(search, shown, members, narrowed && !nothing)}
        {candidates.filter(|_| !nobody).map(|found| whom(found, more_candidates))}
        {found}
        {deliveries.then(not_here)}
        <Pager previous=back next=older />
    }
    .into_any()
}

/// The address of another page of the same search.
fn address(search: &ActivitySearch, before: Option<String>) -> String {
    let mut query = ParamsMap::new();
    for (name, value) in [
        ("what", &search.what),
        ("name", &search.name),
        ("candidate", &search.candidate),
        ("member", &search.member),
        ("outcome", &search.outcome),
        ("from", &search.from),
        ("until", &search.until),
    ] {
        if !value.is_empty() {
            query.insert(name, value.clone());
        }
    }
    if let Some(before) = before {
        query.insert("before", before);
    }
    format!("/activity{}", query.to_query_string())
}

fn form(search: ActivitySearch, shown: Shown, members: Vec<(String, String)>, narrowed: bool) -> AnyView {
    let parts = Shown::all().into_iter().map(|part| Choice::new(part.code(), part.label())).collect();
    let mut people = vec![Choice::new("", "Everybody")];
    people.extend(members.into_iter().map(|(id, name)| Choice::new(id, name)));
    let outcomes = [("", "Any"), ("failed", "Failed"), ("held", "Held"), ("well", "Did not fail")]
        .map(|(code, label)| Choice::new(code, label))
        .into();
    let one = (!search.candidate.is_empty()).then(|| {
        view! { <input type="hidden" name="candidate" value=search.candidate /> }
    });
    view! {
        <form method="get" action="/activity" class="search-form" role="search" aria-label="Search the log">
            {one}
            {select("what", "What", parts, shown.code())}
            <div class="field">
                <label for="name">"Candidate"</label>
                <input id="name" name="name" type="search" autocomplete="off" value=search.name />
            </div>
            {select("member", "Member", people, &search.member)}
            {select("outcome", "Outcome", outcomes, &search.outcome)}
            {day("from", "From", search.from)}
            {day("until", "Until", search.until)}
            <div class="form-end">
                <button type="submit" class="button">
                    "Search"
                </button>
                {narrowed.then(|| view! { <a href="/activity">"Show everything"</a> })}
            </div>
        </form>
    }
    .into_any()
}

fn select(name: &'static str, label: &'static str, choices: Vec<Choice>, chosen: &str) -> AnyView {
    view! {
        <div class="field">
            <label for=name>{label}</label>
            <select id=name name=name>
                {options(choices, chosen)}
            </select>
        </div>
    }
    .into_any()
}

fn day(name: &'static str, label: &'static str, value: String) -> AnyView {
    view! {
        <div class="field">
            <label for=name>{label}</label>
            <input id=name name=name type="date" value=value />
        </div>
    }
    .into_any()
}

/// Which deliveries leave no line.
fn not_here() -> AnyView {
    view! {
        <p class="quiet">
            "Not in here: deliveries that could not be read (answered 400), that came when no more could be taken (503; Lever sends them again), or that did not verify and found no room among "
            <a href="/integrations/receiving">"those held"</a> " or came faster than ten a second (401)."
        </p>
    }
    .into_any()
}

/// Whose lines are shown.
fn whom(found: Vec<(CandidateId, String)>, more: bool) -> AnyView {
    let count = found.len();
    let names = found
        .into_iter()
        .enumerate()
        .map(|(place, (id, name))| {
            view! {
                <a href=format!("/candidates/{id}")>
                    <bdi>{name}</bdi>
                </a>
                {if place + 1 < count { ", " } else { "" }}
            }
        })
        .collect_view();
    view! {
        <p class="quiet">
            "About " {names} {if more { " and others: type more of the name to find them." } else { "." }}
        </p>
    }
    .into_any()
}

fn table(rows: Vec<ActivityRow>) -> AnyView {
    view! {
        <div class="table-wrap">
            <table class="table log">
                <caption class="visually-hidden">"Activity, newest first"</caption>
                <thead>
                    <tr>
                        <th scope="col">"When"</th>
                        <th scope="col">"Who"</th>
                        <th scope="col">"What"</th>
                    </tr>
                </thead>
                <tbody>{rows.into_iter().map(line).collect_view()}</tbody>
            </table>
        </div>
    }
    .into_any()
}

fn line(row: ActivityRow) -> AnyView {
    let mut what = row.what;
    // Some entries were written as half a sentence.
    if !what.ends_with(['.', '?', '!']) {
        what.push('.');
    }
    let what = match row.candidate {
        Some(id) => view! { <a class="about" href=format!("/candidates/{id}")>{what}</a> }.into_any(),
        None => what.into_any(),
    };
    let failed = row.failed.then(|| view! { " " <Badge tone="bad" text="Failed" /> });
    let held = row.held.then(|| view! { " " <Badge tone="warn" text="Held" /> });
    let delivery = row.delivery.map(|id| {
        view! {
            " "
            <a href=format!("/activity/deliveries/{id}")>"Open delivery"</a>
        }
    });
    view! {
        <tr id=format!("line-{}", row.id)>
            <td data-label="When" class="since">
                <When moment=row.at />
            </td>
            <td data-label="Who">
                <bdi>{row.who}</bdi>
            </td>
            <td data-label="What">
                {what} {failed} {held} {delivery}
                {row.detail.map(|detail| view! { <span class="sub mono">{detail}</span> })}
            </td>
        </tr>
    }
    .into_any()
}
