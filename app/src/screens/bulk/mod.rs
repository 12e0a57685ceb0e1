//! Imports of many: how far a run is, its results, and the way to start one
//! from the candidate list.

pub(crate) mod api;

use domain::import::{BulkDeed, BulkOutcome, BulkState};
use domain::status::Status;
use domain::view::{BulkImportPage, BulkImportView, CandidateFilter};
use leptos::prelude::*;
use leptos_router::components::A;
use leptos_router::hooks::{use_params_map, use_query_map};

use self::api::{ImportMatching, ImportSelected, ListBulkImports, ReadBulkImport, SteerBulkImport};
use crate::ask::Page;
use crate::live::{Live, kept_fresh};
use crate::ui::banner::FormBanner;
use crate::ui::button::Submit;
use crate::ui::dynamic::dynamic;
use crate::ui::empty::Empty;
use crate::ui::page_title::PageTitle;
use crate::ui::pager::Pager;
use crate::ui::post_form::{Deed, PostForm};
use crate::ui::shown::shown;
use crate::ui::time::When;

/// The form that the check boxes of the candidate list belong to.
pub(crate) const CHOSEN: &str = "chosen";

/// *Import selected* and *Import all that match*.
#[component]
pub(crate) fn ImportMany(filter: CandidateFilter) -> impl IntoView {
    let (selected, matching) = (Deed::new::<ImportSelected>(), Deed::new::<ImportMatching>());
    view! {
        <FormBanner refusal=selected.refusal() />
        <FormBanner refusal=matching.refusal() />
        <div class="import-many">
            <PostForm deed=selected class="inline-form" id=CHOSEN>
                <Submit label="Import selected" pending=selected.pending() />
            </PostForm>
            <PostForm deed=matching class="inline-form">
                <input type="hidden" name="search" value=filter.search />
                <input
                    type="hidden"
                    name="status"
                    value=filter.status.map(Status::code).unwrap_or_default()
                />
                <Submit label="Import all that match" pending=matching.pending() />
            </PostForm>
            <A href="/imports">"Imports of many"</A>
        </div>
    }
}

/// The newest runs.
#[component]
pub(crate) fn BulkImports() -> impl IntoView {
    let page = Page::new(String::new(), || ListBulkImports {});
    view! {
        <PageTitle text="Imports of many" />
        <header class="page-head">
            <h1>"Imports of many"</h1>
        </header>
        {shown(
            page,
            |runs: Vec<BulkImportView>| {
                if runs.is_empty() {
                    return view! {
                        <Empty title="None yet">
                            <p>"Choose candidates in the list and import them together."</p>
                        </Empty>
                    }
                        .into_any();
                }
                let runs = runs.into_iter().map(line).collect_view();
                view! { <ul class="items">{runs}</ul> }.into_any()
            },
        )}
    }
}

/// A run in the list of runs.
fn line(run: BulkImportView) -> impl IntoView {
    view! {
        <li class="panel">
            <A href=format!("/imports/{}", run.id)>
                {format!("{} candidates, {}", run.total, run.state.label().to_lowercase())}
            </A>
            <p class="quiet">
                {format!("Started by {} ", run.started_by)} <When moment=run.started />
            </p>
        </li>
    }
}

/// One run.
#[component]
pub(crate) fn BulkImport() -> impl IntoView {
    let (params, query) = (use_params_map(), use_query_map());
    let asked = Memo::new(move |_| {
        let id = params.read().get("id").unwrap_or_default();
        let query = query.read();
        let after = query.get("after").and_then(|after| after.parse::<u32>().ok());
        (id, query.get("outcome").unwrap_or_default(), after)
    });
    let question = move || {
        let (bulk, outcome, after) = asked.get_untracked();
        ReadBulkImport { bulk, outcome, after }
    };
    let page = Page::new(Signal::derive(move || format!("{:?}", asked.get())), question);
    let run = shown(page, move |page| view! { <Run page=page question=question /> }.into_any());
    view! {
        <PageTitle text="Import of many" />
        <header class="page-head">
            <h1>"Import of many"</h1>
            <A href="/candidates">"Back to the candidates"</A>
        </header>
        {run}
    }
}

#[component]
fn Run<Q>(page: BulkImportPage, question: Q) -> impl IntoView
where
    Q: Fn() -> ReadBulkImport + Copy + 'static,
{
    let steer = Deed::new::<SteerBulkImport>();
    let (done, live) = (steer.version(), Live::here());
    let version = Signal::derive(move || {
        live.bulk_imports().get().wrapping_add(live.candidates().get()).wrapping_add(done.get())
    });
    let page = kept_fresh(page, version, question);
    view! {
        <FormBanner refusal=steer.refusal() />
        {dynamic(move || standing(page.get().run, steer))}
        {dynamic(move || results(page.get()))}
    }
}

/// How far it is, and the buttons.
fn standing(run: BulkImportView, steer: Deed) -> AnyView {
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
    let outcomes = run.counts.into_iter().filter(|(_, count)| *count > 0).map(|(outcome, count)| {
        let href = format!("/imports/{id}?outcome={}", outcome.code());
        view! {
            <li>
                <A href=href>{outcome.label()}</A>
                {format!(" {count}")}
            </li>
        }
    });
    view! {
        <section class="panel bulk">
            <progress max=run.total.max(1) value=run.ended aria-label="Progress"></progress>
            <p role="status">{words.join(" · ")}</p>
            <p class="quiet">
                {format!("Started by {} ", run.started_by)} <When moment=run.started />
            </p>
            <ul class="outcomes">{outcomes.collect_view()}</ul>
            <div class="buttons">{buttons}</div>
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
        view! {
            <tr>
                <th scope="row" data-label="Name">
                    <A href=format!("/candidates/{}", item.candidate)>{item.name}</A>
                </th>
                <td data-label="Result">{item.outcome.label()}</td>
                <td data-label="Reason">{item.reason}</td>
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
