//! One candidate: the contact, the opportunity, and what a person can do to it.

use axum::{
    body::Bytes,
    extract::{Path, Query, State as Shared},
    http::header,
    response::{IntoResponse, Response},
};
use maud::{Markup, html};
use serde::Deserialize;

use super::{
    Page,
    layout::{Here, layout, press, told},
    when::when,
};
use crate::{
    forms::Fields,
    routes::call::Download,
    simulator::Simulator,
    state::{
        State,
        contact::Contact,
        opportunity::{NoteDetails, Opportunity},
        problem::Problem,
    },
    steer::by_page_user,
};

#[derive(Debug, Deserialize)]
pub(crate) struct Told {
    done: Option<String>,
}

pub(crate) async fn show(
    Shared(simulator): Shared<Simulator>,
    Path(id): Path<String>,
    Query(query): Query<Told>,
) -> Result<Page, Page> {
    let done = query.done.as_deref().and_then(|deed| match deed {
        "move" => Some("The candidate was moved."),
        "archive" => Some("The candidate was archived."),
        "unarchive" => Some("The candidate is back in the pipeline."),
        "hire" => Some("The candidate was hired."),
        "anonymise" => Some("The personal data was erased."),
        "note" => Some("The note was added."),
        _ => None,
    });
    let (name, content) = simulator
        .read_indexed(|state, _| {
            let opportunity = state.opportunities.get(&id)?.clone();
            let others: Vec<String> = state
                .opportunities_of(&opportunity.contact)
                .into_iter()
                .filter(|other| *other != id)
                .collect();
            let name = state.candidate_name(&opportunity);
            let content = content(state, &opportunity, &others, done);
            Some((name, content))
        })
        .ok_or_else(|| Page::missing("There is no such candidate, or not any more."))?;
    Ok(Page::Shown(layout(&name, Here::Candidates, &content)))
}

fn content(state: &State, opportunity: &Opportunity, others: &[String], done: Option<&str>) -> Markup {
    let nobody = Contact::default();
    let contact = state.contacts.get(&opportunity.contact).unwrap_or(&nobody);
    let user = |id: Option<&str>| id.map_or("Nobody".to_owned(), |id| state.user_name(id));
    let posting =
        opportunity.application.as_ref().and_then(|application| state.postings.get(&application.posting));
    let followers: Vec<String> = opportunity.followers.iter().map(|id| state.user_name(id)).collect();
    html! {
        div.person {
            h1 { (state.candidate_name(opportunity)) }
            p.quiet { (in_short(contact)) }
        }
        (told(done))
        div.profile {
            div {
                (actions(state, opportunity, contact))
                section.sheet aria-labelledby="notes" {
                    h2 #notes { "Notes" }
                    (notes(state, opportunity))
                    form method="post" action=(format!("/candidates/{}/note", opportunity.id)) {
                        label for="note" { "New note" }
                        textarea #note name="value" rows="2" required maxlength="10000" {}
                        button { "Add note" }
                    }
                }
                section.sheet aria-labelledby="stage-history" {
                    h2 #stage-history { "Stage history" }
                    ol.history {
                        @for change in &opportunity.stage_changes {
                            li {
                                (state.stage_text(&change.stage))
                                span.quiet { (when(change.at)) " by " (user(change.user.as_deref())) }
                            }
                        }
                    }
                }
            }
            div {
                section.sheet aria-labelledby="opportunity" {
                    h2 #opportunity { "Opportunity" }
                    dl {
                        dt { "Stage" } dd { (state.stage_text(&opportunity.stage)) }
                        @if let Some(archived) = &opportunity.archived {
                            dt { "Archived" }
                            dd { (state.reason_text(&archived.reason)) ", " (when(archived.archived_at)) }
                        }
                        dt { "Source" } dd { (or_none(&opportunity.sources)) }
                        dt { "Creator" } dd { (user(opportunity.created_by.as_deref())) }
                        dt { "Owner" } dd { (user(opportunity.owner.as_deref())) }
                        dt { "Followers" } dd { (or_none(&followers)) }
                        dt { "Origin" } dd { (opportunity.origin.name()) }
                        dt { "Posting" } dd { (posting.map_or("none", |posting| posting.text.as_str())) }
                        dt { "Tags" } dd { (chips(&opportunity.tags)) }
                        dt { "Created" } dd { (when(opportunity.created_at)) }
                        @if opportunity.confidential { dt { "Confidential" } dd { "Yes" } }
                    }
                }
                section.sheet aria-labelledby="contact" {
                    h2 #contact { "Contact" }
                    dl {
                        dt { "Headline" } dd { (or_dash(&contact.headline)) }
                        dt { "Location" } dd { (or_dash(&contact.location)) }
                        dt { "E-mails" } dd { (or_none(&contact.emails)) }
                        dt { "Phones" }
                        dd { (or_none(&contact.phones.iter().map(|p| p.value.clone()).collect::<Vec<_>>())) }
                        dt { "Links" } dd { (or_none(&contact.links)) }
                    }
                }
                section.sheet aria-labelledby="others" {
                    h2 #others { "Other opportunities of this person" }
                    @if others.is_empty() {
                        p.quiet { "None." }
                    } @else {
                        ul.plain {
                            @for other in others.iter().filter_map(|id| state.opportunities.get(id)) {
                                li {
                                    a href=(format!("/candidates/{}", other.id)) {
                                        (state.stage_text(&other.stage)) ", " (when(other.created_at))
                                    }
                                    @if other.archived.is_some() { span.quiet { " archived" } }
                                }
                            }
                        }
                    }
                }
                section.sheet aria-labelledby="files" {
                    h2 #files { "Files" }
                    (files(state, opportunity))
                }
            }
        }
    }
}

/// Headline and location in one line.
fn in_short(contact: &Contact) -> String {
    [contact.headline.as_str(), contact.location.as_str()]
        .into_iter()
        .filter(|text| !text.is_empty())
        .collect::<Vec<_>>()
        .join(", ")
}

fn notes(state: &State, opportunity: &Opportunity) -> Markup {
    let mut notes: Vec<_> = state.notes.values().filter(|note| note.opportunity == opportunity.id).collect();
    notes.sort_by(|a, b| (b.created_at, &b.id).cmp(&(a.created_at, &a.id)));
    let user = |id: Option<&str>| id.map_or("Nobody".to_owned(), |id| state.user_name(id));
    html! {
        @if notes.is_empty() { p.quiet { "No notes." } }
        @for note in notes {
            div.note {
                @for comment in &note.comments {
                    p.quiet {
                        (user(comment.user.as_deref())) ", " (when(comment.created_at))
                        @if note.secret { ", secret" }
                    }
                    pre { (comment.value) }
                }
            }
        }
    }
}

fn files(state: &State, opportunity: &Opportunity) -> Markup {
    let mut files: Vec<_> =
        state.files_of(&opportunity.id, true).chain(state.files_of(&opportunity.id, false)).collect();
    files.sort_by(|a, b| (b.uploaded_at, &b.id).cmp(&(a.uploaded_at, &a.id)));
    html! {
        @if files.is_empty() {
            p.quiet { "None." }
        } @else {
            ul.plain {
                @for file in files {
                    @let kind = if file.resume { "resumes" } else { "files" };
                    li {
                        a href=(format!("/candidates/{}/{kind}/{}/download", opportunity.id, file.id)) { (file.name) }
                        span.quiet {
                            @if file.resume { " resume," }
                            " " (file.size) " bytes, " (when(file.uploaded_at))
                        }
                    }
                }
            }
        }
    }
}

fn chips(texts: &[String]) -> Markup {
    html! {
        @if texts.is_empty() {
            "none"
        } @else {
            ul.chips { @for text in texts { li { (text) } } }
        }
    }
}

fn or_dash(text: &str) -> &str {
    if text.is_empty() { "none" } else { text }
}

fn actions(state: &State, opportunity: &Opportunity, contact: &Contact) -> Markup {
    let base = format!("/candidates/{}", opportunity.id);
    html! {
        section.sheet aria-labelledby="actions" {
            h2 #actions { "What to do" }
            form.row method="post" action=(format!("{base}/move")) {
                div.grow {
                    label for="stage" { "Stage" }
                    select #stage name="stage" {
                        @for stage in state.pipeline() {
                            option value=(stage.id) selected[stage.id == opportunity.stage] { (stage.text) }
                        }
                    }
                }
                button { "Move" }
            }
            form.row method="post" action=(format!("{base}/archive")) {
                div.grow {
                    label for="reason" { "Reason" }
                    select #reason name="reason" {
                        @for reason in state.reasons().into_iter().filter(|r| r.active && !r.hired) {
                            option value=(reason.id) { (reason.text) }
                        }
                    }
                }
                button { "Archive" }
            }
            div.row {
                @if opportunity.archived.is_some() {
                    (press(&format!("{base}/unarchive"), "Unarchive", ""))
                }
                (press(&format!("{base}/hire"), "Hire", "main"))
                (press(&format!("{base}/delete"), "Delete", "danger"))
                @if !contact.anonymised {
                    (press(&format!("{base}/anonymise"), "Anonymise", "danger"))
                }
            }
        }
    }
}

/// Does what a button says, in the name of the account's Super Admin.
pub(crate) async fn act(
    Shared(simulator): Shared<Simulator>,
    Path((id, deed)): Path<(String, String)>,
    body: Bytes,
) -> Result<Page, Page> {
    let fields = Fields::parse(&body);
    simulator
        .change(|state, now| {
            by_page_user(state, now, |state, act| match deed.as_str() {
                "move" => state.move_stage(&id, fields.text("stage"), act),
                "archive" => state.archive(&id, Some(fields.text("reason")), act),
                "unarchive" => state.archive(&id, None, act),
                "hire" => {
                    let reason = state.hired_reason();
                    state.archive(&id, reason.as_deref(), act)
                }
                "delete" => state.delete_opportunity(&id, act),
                "note" if fields.text("value").is_empty() => Err(Problem::invalid("A note cannot be empty")),
                "note" => {
                    let details = NoteDetails::default();
                    state.add_note(&id, None, fields.text("value"), &details, act).map(|_| ())
                }
                "anonymise" => {
                    let contact = state
                        .opportunities
                        .get(&id)
                        .map(|opportunity| opportunity.contact.clone())
                        .ok_or_else(|| Problem::missing("opportunities", &id))?;
                    state.anonymise_contact(&contact, act)
                }
                _ => Err(Problem::missing("pages", &deed)),
            })
        })
        .await??;
    Ok(Page::to(&if deed == "delete" {
        "/candidates?done=deleted".to_owned()
    } else if fields.text("back") == "board" {
        format!("/candidates?done={deed}")
    } else {
        format!("/candidates/{id}?done={deed}")
    }))
}

pub(crate) async fn file(
    Shared(simulator): Shared<Simulator>,
    Path((id, file)): Path<(String, String)>,
) -> Result<Response, Page> {
    download(&simulator, &id, &file, false)
}

pub(crate) async fn resume(
    Shared(simulator): Shared<Simulator>,
    Path((id, file)): Path<(String, String)>,
) -> Result<Response, Page> {
    download(&simulator, &id, &file, true)
}

/// The bytes, always as a download: what was uploaded is never shown as a page of
/// this site.
fn download(simulator: &Simulator, id: &str, file: &str, resume: bool) -> Result<Response, Page> {
    let found = simulator
        .read(|state, _| {
            let file = state.files.get(file).filter(|f| f.opportunity == id && f.resume == resume)?;
            Some(Download::of(file))
        })
        .ok_or_else(|| Page::missing("There is no such file, or not any more."))?;
    let headers = [
        (header::CONTENT_TYPE, found.media_type.to_owned()),
        (header::CONTENT_DISPOSITION, found.disposition()),
    ];
    Ok((headers, found.bytes).into_response())
}

fn or_none(items: &[String]) -> String {
    if items.is_empty() { "none".to_owned() } else { items.join(", ") }
}
