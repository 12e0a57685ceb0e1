//! The pipeline: a board by stage, and lists of one stage, of the archive, or of
//! what a search found.

use std::collections::HashMap;

use axum::extract::{Query, State as Shared};
use maud::{Markup, html};
use serde::Deserialize;

use super::{
    Page,
    layout::{Here, layout, told},
};
use crate::{
    cursor::percent_encode,
    simulator::Simulator,
    state::{State, opportunity::Opportunity},
};

/// Names shown of each stage on the board.
const ON_BOARD: usize = 10;
const PER_PAGE: usize = 50;

#[derive(Debug, Default, Deserialize)]
pub(crate) struct Choice {
    /// Part of a name or an e-mail.
    #[serde(default)]
    q: String,
    /// The id of a stage.
    stage: Option<String>,
    /// The archive.
    archived: Option<String>,
    #[serde(default)]
    page: usize,
    /// What was just done.
    done: Option<String>,
}

pub(crate) async fn show(Shared(simulator): Shared<Simulator>, Query(choice): Query<Choice>) -> Page {
    let content = simulator.read_indexed(|state, _| {
        let listed = !choice.q.trim().is_empty() || choice.stage.is_some() || choice.archived.is_some();
        html! {
            h1 { "Candidates" }
            (told((choice.done.as_deref() == Some("deleted")).then_some("The candidate was deleted.")))
            form.row role="search" method="get" action="/candidates" {
                div.grow {
                    label for="q" { "Search candidates" }
                    input #q name="q" type="search" value=(choice.q);
                }
                button { "Search" }
            }
            @if listed { (list(state, &choice)) } @else { (board(state)) }
        }
    });
    Page::Shown(layout("Candidates", Here::Candidates, &content))
}

fn board(state: &State) -> Markup {
    let mut by_stage: HashMap<&str, (usize, Vec<&Opportunity>)> = HashMap::new();
    let mut archived = 0_usize;
    for opportunity in in_order(state) {
        if opportunity.archived.is_some() {
            archived += 1;
            continue;
        }
        let (count, first) = by_stage.entry(&opportunity.stage).or_default();
        *count += 1;
        if first.len() < ON_BOARD {
            first.push(opportunity);
        }
    }
    html! {
        p {
            a href="/candidates?archived=true" { "Archived" } " (" (archived) ")"
        }
        div.board {
            @for stage in state.pipeline() {
                @let (count, first) = by_stage.remove(stage.id.as_str()).unwrap_or_default();
                section.sheet aria-labelledby=(format!("stage-{}", stage.id)) {
                    div.heading {
                        h2 id=(format!("stage-{}", stage.id)) { (stage.text) }
                        span.quiet { (count) }
                    }
                    @if count == 0 {
                        p.quiet { "Nobody." }
                    } @else {
                        ul {
                            @for opportunity in &first { li { (person(state, opportunity)) } }
                        }
                    }
                    @if count > first.len() {
                        a href=(format!("/candidates?stage={}", percent_encode(&stage.id))) {
                            "All " (count) " in " (stage.text)
                        }
                    }
                }
            }
        }
    }
}

fn list(state: &State, choice: &Choice) -> Markup {
    let wanted = choice.q.trim().to_lowercase();
    let found: Vec<&Opportunity> = in_order(state)
        .filter(|opportunity| {
            choice
                .stage
                .as_ref()
                .is_none_or(|stage| opportunity.stage == *stage && opportunity.archived.is_none())
        })
        .filter(|opportunity| choice.archived.is_none() || opportunity.archived.is_some())
        .filter(|opportunity| {
            wanted.is_empty()
                || state.contacts.get(&opportunity.contact).is_some_and(|contact| {
                    contact.name.to_lowercase().contains(&wanted)
                        || contact.emails.iter().any(|email| email.to_lowercase().contains(&wanted))
                })
        })
        .collect();
    let first = choice.page.saturating_mul(PER_PAGE);
    let address = |page: usize| {
        let mut address = format!("/candidates?page={page}");
        if !wanted.is_empty() {
            address.push_str(&format!("&q={}", percent_encode(&choice.q)));
        }
        if let Some(stage) = &choice.stage {
            address.push_str(&format!("&stage={}", percent_encode(stage)));
        }
        if choice.archived.is_some() {
            address.push_str("&archived=true");
        }
        address
    };
    html! {
        p { a href="/candidates" { "Whole pipeline" } " " span.quiet { (found.len()) " found" } }
        @if found.is_empty() {
            p { "Nobody matches." }
        } @else {
            div.wide {
                table {
                    thead {
                        tr {
                            th scope="col" { "Candidate" }
                            th scope="col" { "Stage" }
                            th scope="col" { "Source" }
                            th scope="col" { "Archived" }
                        }
                    }
                    tbody {
                        @for opportunity in found.iter().skip(first).take(PER_PAGE) {
                            tr {
                                th scope="row" { (person(state, opportunity)) }
                                td { (state.stage_text(&opportunity.stage)) }
                                td { (opportunity.sources.join(", ")) }
                                td {
                                    @if let Some(archived) = &opportunity.archived {
                                        (state.reason_text(&archived.reason))
                                    } @else { "No" }
                                }
                            }
                        }
                    }
                }
            }
            div.row {
                @if choice.page > 0 { a.button href=(address(choice.page - 1)) { "Previous" } }
                @if found.len() > first + PER_PAGE { a.button href=(address(choice.page + 1)) { "Next" } }
            }
        }
    }
}

fn person(state: &State, opportunity: &Opportunity) -> Markup {
    html! {
        a href=(format!("/candidates/{}", opportunity.id)) { (state.candidate_name(opportunity)) }
    }
}

fn in_order(state: &State) -> impl Iterator<Item = &Opportunity> {
    state.index.from(None).filter_map(|place| state.opportunities.get(&place.id))
}
