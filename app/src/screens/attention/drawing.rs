//! The list, as the server draws it.

use domain::ids::CandidateId;
use domain::mapping::Target;
use domain::problem::Field;
use domain::status::Status;
use domain::view::{AttentionPage, AttentionRow, Listed, Mend, PlaceQuestion, RetryAll};
use leptos::prelude::*;

use super::api::{RetryAllAttention, RetryAttention};
use crate::screens::candidate::api::{DecideErasure, ResolveConflict};
use crate::screens::candidate::conflict;
use crate::screens::changes::api::ApplyChanges;
use crate::screens::receiving::api::SaveTokens;
use crate::screens::wizard::stages;
use crate::ssr::row_field;
use crate::ui::button::Submit;
use crate::ui::empty::Empty;
use crate::ui::map_row::MapRow;
use crate::ui::pager::older;
use crate::ui::post_form::{Deed, PostForm};
use crate::ui::time::When;
use crate::ui::token_form::token_form;

/// A page of the open items.
pub(super) fn items(page: AttentionPage) -> AnyView {
    if page.open == 0 {
        return view! {
            <Empty title="All is well">
                <p>"What somebody must decide or mend appears here, with the reason and what to do."</p>
            </Empty>
        }
        .into_any();
    }
    let several = (!page.several.is_empty()).then(|| {
        view! { <div class="deeds several">{page.several.into_iter().map(retry_all).collect_view()}</div> }
    });
    let pages = older(&page.items, "/attention", "before", &[], "Pages");
    let Listed { rows, next, is_later } = page.items;
    let all = (next.is_some() || is_later).then(|| {
        let shown = match rows.len() {
            0 => "Nothing older is open.".to_owned(),
            shown => format!("{shown} of {} are shown, the newest first.", page.open),
        };
        view! { <p class="quiet">{shown}</p> }
    });
    let items = (!rows.is_empty())
        .then(|| view! { <ul class="items">{rows.into_iter().map(line).collect_view()}</ul> });
    view! { {several} {all} {items} {pages} }.into_any()
}

/// What is said of what was pressed: its item is gone then, and the work may go on.
fn noted(label: &str) -> String {
    format!("Noted: {label}")
}

fn retry_all(several: RetryAll) -> AnyView {
    let retry = Deed::new::<RetryAllAttention>();
    view! {
        <PostForm deed=retry class="inline-form">
            <input type="hidden" name="kind" value=several.kind.code() />
            <Submit says=noted(&several.label) label=several.label pending=retry.pending() />
        </PostForm>
    }
    .into_any()
}

fn line(item: AttentionRow) -> AnyView {
    let candidate = item.candidate.map(|candidate| {
        view! {
            " · "
            <a href=format!("/candidates/{candidate}")>"Open the candidate"</a>
        }
    });
    let id = item.id.to_string();
    let mend = item.mend.map(|mend| match mend {
        Mend::Retry { label } => {
            let retry = Deed::new::<RetryAttention>();
            view! {
                <PostForm deed=retry class="inline-form">
                    <input type="hidden" name="item" value=id />
                    <Submit says=noted(&label) label=label pending=retry.pending() />
                </PostForm>
            }
            .into_any()
        }
        Mend::Open { label, href } => view! {
            <a href=href class="button">
                {label}
            </a>
        }
        .into_any(),
        Mend::Paste { label } => token_form(Deed::new::<SaveTokens>(), format!("token-{id}"), label),
        Mend::Place(question) => place(question),
        Mend::Status { candidate, ours, levers } => choices(&item.title, statuses(candidate, ours, levers)),
        Mend::Erasure { candidate, label } => choices(&item.title, erasure(candidate, label)),
    });
    view! {
        <li class="panel item">
            <div>
                <h2>{item.title}</h2>
                <p>{item.reason}</p>
                <p class="quiet">
                    <span>{item.who_can}</span>
                    " · since "
                    <When moment=item.since />
                    {candidate}
                </p>
            </div>
            {mend}
        </li>
    }
    .into_any()
}

/// What a stage or reason means, answered in its row.
fn place(question: PlaceQuestion) -> AnyView {
    let apply = Deed::new::<ApplyChanges>();
    let map = if question.archived { "reasons" } else { "stages" };
    let name = format!("Apply what {} means", question.name);
    let row = MapRow {
        id: format!("{map}-{}", question.id),
        name: row_field(map, &question.id),
        field: if question.archived { Field::ReasonMap(question.id) } else { Field::StageMap(question.id) },
        label: question.name,
        choices: stages::choices(&question.targets),
        selected: question.target.map(Target::code).unwrap_or_default().to_owned(),
        notes: question
            .target
            .map(|target| format!("{}: {}", target.label(), question.preview))
            .into_iter()
            .collect(),
        words: None,
        options: None,
        refusal: apply.refusal(),
    };
    view! {
        <PostForm deed=apply class="mend">
            <input type="hidden" name="stages_version" value=question.version.to_string() />
            {row.draw(true)}
            <Submit label="Apply" says=noted(&name) name=name pending=apply.pending() />
        </PostForm>
    }
    .into_any()
}

/// What can be chosen. Buttons of several items may say the same: the group says which they are of.
fn choices(title: &str, buttons: AnyView) -> AnyView {
    view! {
        <div class="choices" role="group" aria-label=title.to_owned()>
            {buttons}
        </div>
    }
    .into_any()
}

/// A status set by hand, or Lever's.
fn statuses(candidate: CandidateId, ours: Option<Status>, levers: Option<Status>) -> AnyView {
    let decide = Deed::new::<ResolveConflict>();
    let choice = |take_levers: bool, label: String| {
        view! {
            <PostForm deed=decide class="inline-form">
                <input type="hidden" name="candidate" value=candidate.to_string() />
                <input type="hidden" name="take_levers" value=take_levers.to_string() />
                <Submit says=noted(&label) label=label pending=decide.pending() />
            </PostForm>
        }
    };
    let keep = ours.map_or("Keep the status here".to_owned(), conflict::keep);
    let take = levers.map_or("Take Lever's status".to_owned(), conflict::take);
    view! { {choice(false, keep)} {choice(true, take)} }.into_any()
}

/// Whether the data of somebody who was anonymised in Lever stays.
fn erasure(candidate: CandidateId, label: String) -> AnyView {
    let decide = Deed::new::<DecideErasure>();
    let choice = |keep: bool, label: String, look: &'static str| {
        view! {
            <PostForm deed=decide class="inline-form">
                <input type="hidden" name="candidate" value=candidate.to_string() />
                <input type="hidden" name="keep" value=keep.to_string() />
                <Submit says=noted(&label) label=label look=look pending=decide.pending() />
            </PostForm>
        }
    };
    view! { {choice(true, "Keep the data".to_owned(), "")} {choice(false, label, "danger")} }.into_any()
}
