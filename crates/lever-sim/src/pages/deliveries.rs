//! The delivery history: the table, one delivery with its attempts, *Rerun*.

use axum::extract::{Path, Query, State as Shared};
use maud::{Markup, html};
use serde::Deserialize;

use super::{
    Page,
    layout::{Here, layout, press, told},
    when::when,
};
use crate::{
    simulator::Simulator,
    state::{
        State,
        delivery::{Delivery, Kind, Progress},
    },
};

const PER_PAGE: usize = 100;

#[derive(Debug, Deserialize)]
pub(crate) struct Paging {
    #[serde(default)]
    page: usize,
}

pub(crate) async fn list(Shared(simulator): Shared<Simulator>, Query(paging): Query<Paging>) -> Page {
    let content = simulator.read(|state, _| {
        html! {
            h1 { "Delivery history" }
            (told(None))
            (table(state, paging.page.saturating_mul(PER_PAGE), PER_PAGE))
            div.row {
                @if paging.page > 0 {
                    a.button href=(format!("?page={}", paging.page - 1)) { "Newer" }
                }
                @if state.deliveries.len() > (paging.page + 1) * PER_PAGE {
                    a.button href=(format!("?page={}", paging.page + 1)) { "Older" }
                }
            }
        }
    });
    Page::Shown(layout("Delivery history", Here::Webhooks, &content))
}

/// The newest deliveries after `skip`, at most `count`.
pub(crate) fn table(state: &State, skip: usize, count: usize) -> Markup {
    let shown: Vec<&Delivery> = state.deliveries.values().rev().skip(skip).take(count).collect();
    html! {
        @if shown.is_empty() {
            p.quiet { "Nothing has been sent yet." }
        } @else {
            div.wide tabindex="0" role="region" aria-label="Deliveries" {
                table {
                    thead {
                        tr {
                            th scope="col" { "Time" }
                            th scope="col" { "Event" }
                            th scope="col" { "Candidate" }
                            th scope="col" { "URL" }
                            th scope="col" { "Result" }
                            th scope="col" { "Again" }
                        }
                    }
                    tbody {
                        @for delivery in shown {
                            tr {
                                td.time data-label="Time" {
                                    a href=(format!("/settings/webhooks/deliveries/{}", delivery.id)) {
                                        (when(delivery.created_at))
                                    }
                                }
                                td data-label="Event" { (delivery.event.title()) (kind(delivery.kind)) }
                                td data-label="Candidate" { (candidate(state, delivery)) }
                                td.url data-label="URL" { (delivery.url) }
                                td data-label="Result" { (result(delivery)) }
                                td {
                                    (press(
                                        &format!("/settings/webhooks/deliveries/{}/rerun", delivery.id),
                                        "Rerun",
                                        "small",
                                    ))
                                }
                            }
                        }
                    }
                }
            }
            p { a href="/settings/webhooks/deliveries" { "All deliveries that are kept" } }
        }
    }
}

pub(crate) async fn show(Shared(simulator): Shared<Simulator>, Path(id): Path<String>) -> Result<Page, Page> {
    let content = simulator
        .read(|state, _| {
            let delivery = state.deliveries.get(&id)?;
            Some(html! {
                h1 { "Delivery: " (delivery.event.title()) (kind(delivery.kind)) }
                (told(None))
                div.sheet {
                    dl {
                        dt { "Made" } dd { (when(delivery.created_at)) }
                        dt { "URL" } dd { (delivery.url) }
                        dt { "Candidate" } dd { (candidate(state, delivery)) }
                        dt { "Result" } dd { (result(delivery)) }
                        @if let Progress::Pending { due } = delivery.progress {
                            dt { "Next attempt" } dd { (when(due)) }
                        }
                    }
                    div.row {
                        (press(&format!("/settings/webhooks/deliveries/{id}/rerun"), "Rerun", "main"))
                    }
                }
                @if delivery.attempts.is_empty() {
                    h2 { "To be sent" }
                    pre { (delivery.body()) }
                }
                @for (number, attempt) in delivery.attempts.iter().enumerate() {
                    section.sheet aria-labelledby=(format!("attempt-{number}")) {
                        h2 id=(format!("attempt-{number}")) { "Attempt " (number + 1) }
                        p {
                            (when(attempt.at)) ", " (attempt.milliseconds) " ms: "
                            @match (&attempt.error, attempt.status) {
                                (Some(error), _) => { (error) }
                                (None, Some(status)) => { "answered " (status) }
                                (None, None) => { "no answer" }
                            }
                        }
                        p { "Request" }
                        pre { (attempt.request) }
                        @if !attempt.answer.is_empty() {
                            p { "Answer" }
                            pre { (attempt.answer) }
                        }
                    }
                }
            })
        })
        .ok_or_else(|| Page::missing("This delivery is not kept any more."))?;
    Ok(Page::Shown(layout("Delivery", Here::Webhooks, &content)))
}

pub(crate) async fn rerun(
    Shared(simulator): Shared<Simulator>,
    Path(id): Path<String>,
) -> Result<Page, Page> {
    simulator
        .change(|state, now| state.rerun_delivery(&id, now))
        .await?
        .ok_or_else(|| Page::missing("This delivery is not kept any more."))?;
    Ok(Page::to("/settings/webhooks#history"))
}

fn candidate(state: &State, delivery: &Delivery) -> Markup {
    let known = delivery.opportunity.as_deref().and_then(|id| state.opportunities.get(id));
    html! {
        @if let Some(opportunity) = known {
            a href=(format!("/candidates/{}", opportunity.id)) { (state.candidate_name(opportunity)) }
        } @else if delivery.opportunity.is_some() {
            "deleted"
        } @else {
            "none"
        }
    }
}

fn kind(kind: Kind) -> Markup {
    html! {
        @match kind {
            Kind::Event => {}
            Kind::Verify => { span.quiet { " (test)" } }
            Kind::Rerun => { span.quiet { " (rerun)" } }
        }
    }
}

fn result(delivery: &Delivery) -> Markup {
    let last = delivery.attempts.last().and_then(|attempt| attempt.status);
    html! {
        @match delivery.progress {
            Progress::Delivered => { "Delivered" }
            Progress::Failed => { span.wrong { "Failed" } }
            Progress::Dropped => { "Dropped on purpose" }
            Progress::Pending { .. } if delivery.attempts.is_empty() => { "Waiting" }
            Progress::Pending { .. } => { "Will be tried again" }
        }
        @if let Some(status) = last { " (" (status) ")" }
        @if delivery.attempts.len() > 1 { ", " (delivery.attempts.len()) " attempts" }
    }
}
