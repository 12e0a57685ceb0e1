//! The runs, as the server draws them.

use domain::import::{BulkDeed, BulkOutcome, BulkState};
use domain::view::{BulkImportPage, BulkImportView, Count, Listed};
use leptos::prelude::*;
use serde::Deserialize;

use super::api::SteerBulkImport;
use crate::ui::button::Submit;
use crate::ui::empty::Empty;
use crate::ui::pager::{Pager, older};
use crate::ui::post_form::{Deed, PostForm};
use crate::ui::time::When;

/// Which run and which of its results the address asks for.
#[derive(Default, Deserialize)]
#[serde(default)]
pub(super) struct Asked {
    /// The run.
    pub(super) bulk: String,
    /// The code of one outcome, or empty for all.
    pub(super) outcome: String,
    /// The place after which the page begins.
    pub(super) after: Option<u32>,
}

/// Which page of runs the address asks for.
#[derive(Default, Deserialize)]
#[serde(default)]
pub(super) struct AskedList {
    /// The place of the page; empty for the newest one.
    pub(super) before: String,
}

/// A page of runs.
pub(super) fn runs(page: Listed<BulkImportView>) -> AnyView {
    if page.rows.is_empty() && !page.is_later {
        return view! {
            <Empty title="None yet">
                <p>
                    "Choose " <a href="/candidates">"candidates"</a> " in the list and import them together."
                </p>
            </Empty>
        }
        .into_any();
    }
    let pages = older(&page, "/imports", "before", &[], "Pages");
    let runs = page.rows.into_iter().map(line).collect_view();
    view! {
        <ul class="items">{runs}</ul>
        {pages}
    }
    .into_any()
}

/// A run in the list of runs.
fn line(run: BulkImportView) -> impl IntoView {
    view! {
        <li class="panel">
            <a href=format!("/imports/{}", run.id)>
                {format!("{}, {}", Count::Exactly(run.total).of_candidates(), run.state.label().to_lowercase())}
            </a>
            <p class="quiet">
                {format!("Started by {}, ", run.started_by)} <When moment=run.started />
            </p>
        </li>
    }
}

/// One run: how far it is, and one page of its results.
pub(super) fn run(page: BulkImportPage) -> AnyView {
    view! {
        {standing(page.run.clone())}
        {results(page)}
    }
    .into_any()
}

/// How far it is, and the buttons.
fn standing(run: BulkImportView) -> AnyView {
    let steer = Deed::new::<SteerBulkImport>();
    let id = run.id;
    let button = move |deed: BulkDeed, label: String| {
        view! {
            <PostForm deed=steer class="inline-form">
                <input type="hidden" name="bulk" value=id.to_string() />
                <input type="hidden" name="deed" value=deed.code() />
                <Submit label=label pending=steer.pending() />
            </PostForm>
        }
        .into_any()
    };
    let mut buttons = Vec::new();
    if run.may_steer {
        match run.state {
            BulkState::Running => buttons.push(button(BulkDeed::Pause, "Pause".into())),
            BulkState::Paused => buttons.push(button(BulkDeed::Resume, "Resume".into())),
            BulkState::Stopped | BulkState::Done => {}
        }
        if !run.state.is_over() {
            buttons.push(button(BulkDeed::Stop, "Stop".into()));
        }
        if run.retryable() > 0 && run.state != BulkState::Stopped {
            buttons.push(button(BulkDeed::Retry, format!("Retry {} failed", run.retryable())));
        }
    }
    let total = if run.collecting { format!("{} so far", run.total) } else { run.total.to_string() };
    let mut words = vec![format!("{}: {} of {total}", run.state.label(), run.ended)];
    words.extend(run.per_minute.map(|rate| format!("{rate} a minute")));
    words.extend(run.time_left.map(|left| format!("{left} left")));
    let outcomes: Vec<_> = run
        .counts
        .into_iter()
        .filter(|(_, count)| *count > 0)
        .map(|(outcome, count)| {
            let href = format!("/imports/{id}?outcome={}", outcome.code());
            view! {
                <li>
                    <a href=href>{outcome.label()}</a>
                    {format!(" {count}")}
                </li>
            }
        })
        .collect();
    let outcomes = (!outcomes.is_empty()).then(|| view! { <ul class="outcomes">{outcomes}</ul> });
    let buttons = (!buttons.is_empty()).then(|| view! { <div class="buttons">{buttons}</div> });
    view! {
        <section class="panel bulk">
            <progress max=run.total.max(1) value=run.ended aria-label="Progress"></progress>
            <p role="status">{words.join(" · ")}</p>
            <p class="quiet">
                {format!("Started by {}, ", run.started_by)} <When moment=run.started />
                {run.finished.map(|at| view! { ", ended " <When moment=at /> })}
            </p>
            {outcomes}
            {buttons}
        </section>
    }
    .into_any()
}

/// One page of results.
fn results(page: BulkImportPage) -> AnyView {
    let id = page.run.id;
    let outcome = page.outcome.map_or("", BulkOutcome::code);
    let next = page.next.map(|after| (format!("/imports/{id}?outcome={outcome}&after={after}"), "Next"));
    let everybody = page.outcome.map(|_| (format!("/imports/{id}"), "Show all"));
    let rows = page.items.into_iter().map(|item| {
        let reason = (!item.reason.is_empty()).then_some("Reason");
        view! {
            <tr>
                <th scope="row" data-label="Name">
                    <a href=format!("/candidates/{}", item.candidate)>{item.name}</a>
                </th>
                <td data-label="Result">{item.outcome.label()}</td>
                <td data-label=reason>{item.reason}</td>
            </tr>
        }
    });
    view! {
        <div class="table-wrap">
            <table class="table">
                <caption class="visually-hidden">"Results"</caption>
                <thead>
                    <tr>
                        <th scope="col">"Name"</th>
                        <th scope="col">"Result"</th>
                        <th scope="col">"Reason"</th>
                    </tr>
                </thead>
                <tbody>{rows.collect_view()}</tbody>
            </table>
        </div>
        <Pager previous=everybody next=next />
    }
    .into_any()
}
