//! The page, as the server draws it.

use domain::ids::ReconciliationId;
use domain::time::Moment;
use domain::view::{DifferenceRow, Listed, RunAsks, RunRow, RunsPage};
use leptos::prelude::*;
use serde::Deserialize;

use crate::screens::attention::api::RetryAttention;
use crate::screens::integrations::api::SyncNow;
use crate::screens::integrations::card::SYNCING;
use crate::ui::button::Submit;
use crate::ui::empty::Empty;
use crate::ui::pager::older;
use crate::ui::post_form::{Deed, PostForm};
use crate::ui::time::When;

/// Where the page is.
const PATH: &str = "/integrations/runs";

/// What the address asks for.
#[derive(Default, Deserialize)]
#[serde(default)]
pub(super) struct Asked {
    /// The run whose differences are shown; empty: of all.
    pub(super) run: String,
    /// The place of a page of runs; empty for the newest one.
    pub(super) before: String,
    /// The place of a page of differences; empty for the newest one.
    pub(super) differences: String,
}

/// What is asked, what runs, what ran, and what differed.
pub(super) fn page(page: RunsPage, asked: Asked) -> AnyView {
    let sync = Deed::new::<SyncNow>();
    let running = page.running.is_some();
    let sync_now = page.can_sync.then(|| {
        view! {
            <PostForm deed=sync class="inline-form">
                <Submit label="Sync now" pending=sync.pending() says=SYNCING />
            </PostForm>
        }
    });
    let next = page.next_full.map(|at| {
        view! {
            <p class="quiet">"Every linked candidate is compared again " <When moment=at /> " at the latest."</p>
        }
    });
    let standing = match page.running {
        Some(run) => progress(&run),
        None if page.can_sync => {
            view! { <p>"No run is under way. Changes are looked for every 15 minutes."</p> }.into_any()
        }
        None => view! { <p>"Nothing is compared: Lever is not connected."</p> }.into_any(),
    };
    let nothing = page.runs.rows.is_empty() && !page.runs.is_later && !running;
    if nothing && !page.can_sync {
        return view! {
            <Empty title="No run yet">
                <p>
                    "A run compares every linked candidate with Lever, and repairs what no delivery brought, once Lever is "
                    <a href="/integrations">"connected"</a> "."
                </p>
            </Empty>
        }
        .into_any();
    }
    let Asked { run, before, differences: found_before } = asked;
    let pages_of_runs = older(
        &page.runs,
        PATH,
        "before",
        &[("run", run.clone()), ("differences", found_before)],
        "Pages of runs",
    );
    let pages_of_differences = older(
        &page.differences,
        PATH,
        "differences",
        &[("run", run), ("before", before)],
        "Pages of differences",
    );
    let chosen = page.chosen.as_ref().map(|(run, _)| *run);
    let differences = differences(page.differences, page.chosen, pages_of_differences);
    view! {
        {page.asks.map(asks)}
        <section class="panel bulk" aria-label="Now">
            {standing}
            {next}
            {sync_now}
        </section>
        {if nothing {
            view! {
                <Empty title="No run yet">
                    <p>"A run compares every linked candidate with Lever, and repairs what no delivery brought."</p>
                </Empty>
            }
                .into_any()
        } else {
            view! {
                {differences}
                {runs(page.runs.rows, chosen, pages_of_runs)}
            }
                .into_any()
        }}
    }
    .into_any()
}

/// A run that stopped: whoever may answers here.
fn asks(asks: RunAsks) -> AnyView {
    let answer = Deed::new::<RetryAttention>();
    let text = format!(
        "Lever lists {} of {} linked candidates as deleted. That is much, so nothing was unlinked. If it is right, unlink them; if it is not, bring them back in Lever and press Sync now.",
        asks.missing, asks.linked
    );
    let end = if asks.may_answer {
        view! {
            <PostForm deed=answer class="inline-form">
                <input type="hidden" name="item" value=asks.item.to_string() />
                <Submit
                    label=format!("Unlink {} candidates", asks.missing)
                    look="danger"
                    pending=answer.pending()
                    says="The candidates are being unlinked"
                />
            </PostForm>
        }
        .into_any()
    } else {
        view! { <p class="quiet">"A Super Admin can answer."</p> }.into_any()
    };
    view! {
        <section class="banner" data-tone="warn" aria-label="A run asks">
            <p>{text}</p>
            {end}
        </section>
    }
    .into_any()
}

/// How far the run is that is under way.
fn progress(run: &RunRow) -> AnyView {
    let bar = if run.full && run.linked > 0 {
        view! {
            <progress max=run.linked value=run.compared.min(run.linked) aria-label="Comparing with Lever"></progress>
        }
        .into_any()
    } else {
        view! { <progress aria-label="Comparing with Lever"></progress> }.into_any()
    };
    let words = format!("{}, under way: {}", run.why, counts(run));
    let followed = run.followed.then(|| {
        view! { <p class="quiet">"A full run follows it, because somebody asked meanwhile."</p> }
    });
    view! {
        {bar}
        <p role="status">{words}</p>
        {followed}
    }
    .into_any()
}

/// `20 of 45 compared, 1 changed, 3 requests`.
fn counts(run: &RunRow) -> String {
    let requests = if run.requests == 1 { "request" } else { "requests" };
    format!("{} compared, {} changed, {} {requests}", compared(run), run.changed, run.requests)
}

/// `20 of 45`; a run by the period compares those only who changed.
fn compared(run: &RunRow) -> String {
    if run.full && run.linked >= run.compared {
        format!("{} of {}", run.compared, run.linked)
    } else {
        run.compared.to_string()
    }
}

fn runs(runs: Vec<RunRow>, chosen: Option<ReconciliationId>, pages: AnyView) -> AnyView {
    if runs.is_empty() {
        return pages;
    }
    let rows = runs
        .into_iter()
        .map(|run| {
            let here = (Some(run.id) == chosen).then_some("true");
            let (href, compared) = (format!("{PATH}?run={}", run.id), compared(&run));
            let since = run.since.filter(|_| !run.full).map(|since| {
                view! {
                    <span class="sub">"changes since " <When moment=since /></span>
                }
            });
            let problem = run.problem.map(|problem| view! { <span class="reason sub">{problem}</span> });
            view! {
                <tr>
                    <th scope="row" data-label="Began">
                        <a href=href aria-current=here>
                            <When moment=run.started />
                        </a>
                    </th>
                    <td data-label="Why">
                        <div>{run.why} {since} {problem}</div>
                    </td>
                    <td data-label="Took" class="number">
                        {run.took}
                    </td>
                    <td data-label="Compared" class="number">
                        {compared}
                    </td>
                    <td data-label="Requests" class="number">
                        {run.requests}
                    </td>
                    <td data-label="Changed" class="number">
                        {run.changed}
                    </td>
                </tr>
            }
        })
        .collect_view();
    let heads = ["Began", "Why", "Took", "Compared", "Requests", "Changed"]
        .into_iter()
        .enumerate()
        .map(|(place, head)| {
            let class = if place > 1 { "number" } else { "" };
            view! {
                <th scope="col" class=class>
                    {head}
                </th>
            }
        })
        .collect_view();
    view! {
        <section class="sheet" aria-labelledby="runs">
            <h2 id="runs">"Runs"</h2>
            <div class="table-wrap">
                <table class="table">
                    <caption class="visually-hidden">"Runs, newest first"</caption>
                    <thead>
                        <tr>{heads}</tr>
                    </thead>
                    <tbody>{rows}</tbody>
                </table>
            </div>
            {pages}
        </section>
    }
    .into_any()
}

/// What was found to differ, by one run or by all.
fn differences(
    page: Listed<DifferenceRow>,
    chosen: Option<(ReconciliationId, Moment)>,
    pages: AnyView,
) -> AnyView {
    let title = match &chosen {
        Some((_, began)) => format!("Differences found by the run of {}", began.text),
        None => "Differences found lately".to_owned(),
    };
    let all = chosen.is_some().then(|| {
        view! {
            <p>
                <a href=PATH>"Show those of all runs"</a>
            </p>
        }
    });
    let content = if page.rows.is_empty() {
        view! { <p class="quiet">"None: what was here is what Lever has."</p> }.into_any()
    } else {
        let rows = page.rows.into_iter().map(difference).collect_view();
        view! {
            <div class="table-wrap">
                <table class="table">
                    <caption class="visually-hidden">"Differences, newest first"</caption>
                    <thead>
                        <tr>
                            <th scope="col">"Candidate"</th>
                            <th scope="col">"Here"</th>
                            <th scope="col">"In Lever"</th>
                            <th scope="col">"Done"</th>
                            <th scope="col">"When"</th>
                        </tr>
                    </thead>
                    <tbody>{rows}</tbody>
                </table>
            </div>
        }
        .into_any()
    };
    view! {
        <section class="sheet" aria-labelledby="differences">
            <h2 id="differences">{title}</h2>
            {all}
            {content}
            {pages}
        </section>
    }
    .into_any()
}

fn difference(row: DifferenceRow) -> AnyView {
    view! {
        <tr>
            <th scope="row" data-label="Candidate">
                <a href=format!("/candidates/{}", row.candidate)>{row.name}</a>
            </th>
            <td data-label="Here">{row.ours}</td>
            <td data-label="In Lever">{row.levers}</td>
            <td data-label="Done">{row.done}</td>
            <td data-label="When" class="since">
                <When moment=row.at />
            </td>
        </tr>
    }
    .into_any()
}
