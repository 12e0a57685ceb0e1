//! The pipeline: a board by stage, and lists of one stage, of the archive, or of
//! what a search found.

use axum::extract::{Query, State as Shared};
use maud::{Markup, html};
use serde::Deserialize;

use super::{
    Page,
    layout::{Here, layout, told},
};
use crate::{
    cursor::{Pipeline, percent_encode},
    simulator::Simulator,
    state::{
        State,
        index::{ALL, Kind},
        opportunity::Opportunity,
    },
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
            (told(match choice.done.as_deref() {
                Some("deleted") => Some("The candidate was deleted."),
                Some("move") => Some("The candidate was moved."),
                _ => None,
            }))
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
    let archived = state.index.count(Kind::Archived, &[ALL.to_owned()]);
    let pipeline = state.pipeline();
    html! {
        p {
            a href="/candidates?archived=true" { "Archived" } " (" (archived) ")"
        }
        div.board tabindex="0" role="region" aria-label="Pipeline" {
            @for (place, stage) in pipeline.iter().enumerate() {
                @let label = std::slice::from_ref(&stage.id);
                @let count = state.index.count(Kind::Active, label);
                @let first = state.index.labelled(Kind::Active, label, None).take(ON_BOARD);
                @let next = pipeline.get(place + 1);
                section.sheet aria-labelledby=(format!("stage-{}", stage.id)) {
                    div.heading {
                        h2 id=(format!("stage-{}", stage.id)) { (stage.text) }
                        span.quiet { (count) }
                    }
                    @if count == 0 {
                        p.quiet { "Nobody." }
                    } @else {
                        ul.cards {
                            @for opportunity in first.filter_map(|place| state.opportunities.get(&place.id)) {
                                li { (card(state, opportunity, next.map(|stage| (&*stage.id, &*stage.text)))) }
                            }
                        }
                    }
                    @if count > ON_BOARD {
                        a href=(format!("/candidates?stage={}", percent_encode(&stage.id))) {
                            "All " (count) " in " (stage.text)
                        }
                    }
                }
            }
        }
    }
}

/// One card of the board: who, what they are, and on to the next stage.
fn card(state: &State, opportunity: &Opportunity, next: Option<(&str, &str)>) -> Markup {
    let contact = state.contacts.get(&opportunity.contact);
    html! {
        (person(state, opportunity))
        @if let Some(headline) = contact.map(|contact| contact.headline.as_str()).filter(|h| !h.is_empty()) {
            p.quiet { (headline) }
        }
        @if let Some((stage, text)) = next {
            form method="post" action=(format!("/candidates/{}/move", opportunity.id)) {
                input type="hidden" name="stage" value=(stage);
                input type="hidden" name="back" value="board";
                button.small aria-label=(format!("Move to {text}: {}", state.candidate_name(opportunity))) {
                    "Move to " (text)
                }
            }
        }
    }
}

fn list(state: &State, choice: &Choice) -> Markup {
    let wanted = choice.q.trim().to_lowercase();
    let found = found(state, choice, &wanted);
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
            div.wide tabindex="0" role="region" aria-label="Candidates found" {
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
                                td data-label="Stage" { (state.stage_text(&opportunity.stage)) }
                                td data-label="Source" { (opportunity.sources.join(", ")) }
                                td data-label="Archived" {
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

/// Who is listed: of a stage or of the archive, and by a part of a name or address.
fn found<'a>(state: &'a State, choice: &'a Choice, wanted: &str) -> Vec<&'a Opportunity> {
    let fits = |opportunity: &&Opportunity| {
        let stage = choice.stage.as_ref();
        stage.is_none_or(|stage| opportunity.stage == *stage && opportunity.archived.is_none())
            && (choice.archived.is_none() || opportunity.archived.is_some())
    };
    let row = |place: &Pipeline| state.opportunities.get(&place.id);
    let archive = [ALL.to_owned()];
    if wanted.is_empty() {
        return match &choice.stage {
            Some(stage) => state
                .index
                .labelled(Kind::Active, std::slice::from_ref(stage), None)
                .filter_map(row)
                .filter(fits)
                .collect(),
            None => state.index.labelled(Kind::Archived, &archive, None).filter_map(row).collect(),
        };
    }
    let mut places: Vec<&Pipeline> = state
        .contacts
        .values()
        .filter(|contact| {
            contact.name.to_lowercase().contains(wanted)
                || contact.emails.iter().any(|email| email.to_lowercase().contains(wanted))
        })
        .flat_map(|contact| state.index.opportunities_of_contact(&contact.id))
        .filter_map(|id| state.index.place_of(id))
        .collect();
    places.sort_unstable();
    places.into_iter().filter_map(row).filter(fits).collect()
}

fn person(state: &State, opportunity: &Opportunity) -> Markup {
    html! {
        a href=(format!("/candidates/{}", opportunity.id)) { (state.candidate_name(opportunity)) }
    }
}
