//! `/opportunities`: reading, creating, and the writes on one of them.

mod filter;
mod object;

pub(crate) use self::object::application;

use serde_json::{Value, json};

use self::{
    filter::Filter,
    object::{EXPANDABLE, View, deleted_object, object},
};
use super::{
    call::{Body, Call, Reply, select},
    form::Upload,
    refusal::Refusal,
};
use crate::{
    cursor::{Cursor, NewestFirst, Pipeline},
    settings::{DedupedFalse, ResumeParsing},
    state::{
        State,
        act::Act,
        file::{self, Parsed},
        opportunity::{Deleted, Draft, Labels, Opportunity, Origin},
        problem::Problem,
    },
};

/// In pipeline order: rank of the stage, newest first inside a stage.
pub(crate) fn list(call: &mut Call<'_>) -> Result<Reply, Refusal> {
    let filter = Filter::of(call)?;
    let expand = call.expand(&EXPANDABLE)?;
    let include = call.include();
    let limit = call.limit()?;
    let from = call.offset::<Pipeline>()?;
    call.state.refresh_index();
    // One more than the page: the first item of the next one.
    let mut page = filter.page(call.state, call.now, from.as_ref(), limit + 1);
    let next = (page.len() > limit).then(|| page.pop()).flatten();
    let view = View { expand: expand.clone(), app_url: call.app_url.clone(), ..View::default() };
    let items = page
        .iter()
        .filter_map(|place| call.state.opportunities.get(&place.id))
        .map(|opportunity| {
            let object = object(call.state, opportunity, &view);
            select(object, include.as_deref(), &expand)
        })
        .collect();
    let next = next.map(|place| place.token());
    Ok(call.give_out(items, next))
}

/// One opportunity. A deleted one is not found.
pub(crate) fn get(call: &mut Call<'_>) -> Result<Reply, Refusal> {
    let expand = call.expand(&EXPANDABLE)?;
    let opportunity = visible(call)?;
    let view = View { expand: expand.clone(), app_url: call.app_url.clone(), ..View::default() };
    let object = object(call.state, opportunity, &view);
    Ok(Reply::data(select(object, call.include().as_deref(), &expand)))
}

/// What was deleted, newest first, with `deletedAt` and `deletedBy`.
pub(crate) fn deleted(call: &mut Call<'_>) -> Result<Reply, Refusal> {
    let start = call.instant("deleted_at_start")?;
    let end = call.instant("deleted_at_end")?;
    let items = call
        .state
        .deleted
        .values()
        .filter(|deleted| !deleted.opportunity.confidential || call.asker.confidential)
        .filter(|deleted| {
            start.is_none_or(|start| deleted.deleted_at >= start)
                && end.is_none_or(|end| deleted.deleted_at <= end)
        })
        .map(|deleted| {
            let place = NewestFirst { at: deleted.deleted_at, id: deleted.opportunity.id.clone() };
            (place, deleted_object(deleted, &call.app_url))
        })
        .collect();
    call.page(items)
}

/// 201 with `deduped` beside `data` (recorded traffic; Lever documents neither
/// the field nor its value for a new person). A multipart body may bring a
/// `resumeFile` and `files[]`; with `parse=true` the resume fills what is not
/// sent.
pub(crate) fn create(call: &mut Call<'_>) -> Result<Reply, Refusal> {
    let by = call.performer(true)?;
    let body = call.object()?;
    let archived = body.nested("archived")?;
    let owned_by_posting_owner = call.flag("perform_as_posting_owner")?.unwrap_or(false);
    let mut draft = Draft {
        name: body.text("name")?,
        headline: body.text("headline")?,
        location: body.text("location")?,
        emails: body.texts("emails")?.unwrap_or_default(),
        phones: body.phones("phones")?.unwrap_or_default(),
        links: body.texts("links")?.unwrap_or_default(),
        tags: body.texts("tags")?.unwrap_or_default(),
        sources: body.texts("sources")?.unwrap_or_default(),
        stage: body.text("stage")?,
        origin: body
            .text("origin")?
            .map(|name| {
                Origin::by_name(&name).ok_or_else(|| Refusal::bad_request(format!("{name} is not an origin")))
            })
            .transpose()?,
        owner: body.text("owner")?,
        followers: body.texts("followers")?.unwrap_or_default(),
        postings: body.texts("postings")?.unwrap_or_default(),
        contact: body.text("contact")?,
        created_at: body.number("createdAt")?,
        archived_reason: archived.map(|a| a.text("reason")).transpose()?.flatten(),
        archived_at: archived.map(|a| a.number("archivedAt")).transpose()?.flatten(),
        location_of_opportunity: body.text("opportunityLocation")?,
        owned_by_posting_owner,
    };
    if archived.is_some() && draft.archived_reason.is_none() {
        return Err(Refusal::missing_parameter("archived.reason"));
    }
    let confidential = draft
        .postings
        .first()
        .and_then(|id| call.state.postings.get(id))
        .is_some_and(|posting| posting.confidential);
    if confidential {
        call.require_confidential()?;
    }
    let (resume, files) = uploads(call)?;
    let parsed = match &resume {
        Some(file) if call.flag("parse")?.unwrap_or(false) => Some(file::parse(&file.name, &file.bytes)),
        _ => None,
    };
    let inside = call.state.behaviour.get().resume_parsing == ResumeParsing::Inside;
    if let (Some(parsed), true) = (&parsed, inside) {
        draft.fill_from(parsed);
    }
    let act = call.act(by.as_deref());
    let created = call.state.create_opportunity(draft, &act).map_err(|problem| call.refuse(&problem))?;
    let view = View { no_location: true, app_url: call.app_url.clone(), ..View::default() };
    let opportunity = call
        .state
        .opportunities
        .get(&created.id)
        .ok_or_else(|| Refusal::missing("opportunities", &created.id))?;
    let data = object(call.state, opportunity, &view);
    let mut keep = |file: &Upload, resume: bool, parsed: Option<Parsed>| {
        call.state.add_file(&created.id, &file.name, &file.bytes, resume, parsed, &act)
    };
    let kept = resume
        .iter()
        .map(|file| keep(file, true, parsed.clone()))
        .collect::<Result<Vec<String>, Problem>>()
        .and_then(|_| files.iter().map(|file| keep(file, false, None)).collect::<Result<Vec<String>, _>>());
    kept.map_err(|problem| call.refuse(&problem))?;
    if let (Some(parsed), false, false) = (&parsed, inside, created.deduped) {
        call.state.fill_contact_of(&created.id, parsed);
    }
    let left_out = !created.deduped && call.state.behaviour.get().deduped_false == DedupedFalse::Absent;
    let body =
        if left_out { json!({ "data": data }) } else { json!({ "deduped": created.deduped, "data": data }) };
    Ok(Reply::with(201, body))
}

/// The resume and the other files of a create.
fn uploads(call: &mut Call<'_>) -> Result<(Option<Upload>, Vec<Upload>), Refusal> {
    let (mut resumes, files): (Vec<Upload>, Vec<Upload>) =
        std::mem::take(&mut call.files).into_iter().partition(|file| file.field == "resumeFile");
    if resumes.len() > 1 {
        return Err(Refusal::bad_request("resumeFile can be given once"));
    }
    if let Some(stray) = files.iter().find(|file| file.field != "files") {
        return Err(Refusal::bad_request(format!("{} is not a field of files", stray.field)));
    }
    Ok((resumes.pop(), files))
}

pub(crate) fn stage(call: &mut Call<'_>) -> Result<Reply, Refusal> {
    let (id, by) = target(call)?;
    let stage = call.object()?.required_text("stage")?;
    let act = call.act(by.as_deref());
    settle(call, |call| call.state.move_stage(&id, &stage, &act))?;
    Ok(blank(call, &id))
}

/// `reason: null` un-archives, so a missing `reason` is a mistake.
pub(crate) fn archived(call: &mut Call<'_>) -> Result<Reply, Refusal> {
    let (id, by) = target(call)?;
    let body = call.object()?;
    if !body.0.contains_key("reason") {
        return Err(Refusal::missing_parameter("reason"));
    }
    let reason = body.text("reason")?;
    body.boolean("cleanInterviews")?;
    let requisition = body.text("requisitionId")?;
    let hired = reason.as_deref().is_some_and(|reason| call.state.is_hired_reason(reason));
    if requisition.is_some() && !hired {
        return Err(Refusal::bad_request("requisitionId can only be given with a hired reason"));
    }
    let act = call.act(by.as_deref());
    settle(call, |call| call.state.archive(&id, reason.as_deref(), &act))?;
    Ok(blank(call, &id))
}

pub(crate) fn add_tags(call: &mut Call<'_>) -> Result<Reply, Refusal> {
    labels(call, Labels::Tags, "tags", true)
}

pub(crate) fn remove_tags(call: &mut Call<'_>) -> Result<Reply, Refusal> {
    labels(call, Labels::Tags, "tags", false)
}

pub(crate) fn add_sources(call: &mut Call<'_>) -> Result<Reply, Refusal> {
    labels(call, Labels::Sources, "sources", true)
}

pub(crate) fn remove_sources(call: &mut Call<'_>) -> Result<Reply, Refusal> {
    labels(call, Labels::Sources, "sources", false)
}

pub(crate) fn add_links(call: &mut Call<'_>) -> Result<Reply, Refusal> {
    links(call, true)
}

pub(crate) fn remove_links(call: &mut Call<'_>) -> Result<Reply, Refusal> {
    links(call, false)
}

/// An opportunity with everything the API can show of it.
pub(crate) fn full_object(state: &State, opportunity: &Opportunity, app_url: &str) -> Value {
    let view = View { app_url: app_url.to_owned(), ..View::default() };
    object(state, opportunity, &view)
}

/// A deleted opportunity as the list of deleted ones shows it.
pub(crate) fn gone_object(deleted: &Deleted, app_url: &str) -> Value {
    deleted_object(deleted, app_url)
}

/// The opportunity that is named in the path, if this key may see it.
pub(crate) fn visible<'a>(call: &'a Call<'_>) -> Result<&'a Opportunity, Refusal> {
    let id = call.id(0);
    let opportunity =
        call.state.opportunities.get(id).ok_or_else(|| Refusal::missing("opportunities", id))?;
    if opportunity.confidential {
        call.require_confidential()?;
    }
    Ok(opportunity)
}

/// The opportunity to be written to, and the user it is written as.
fn target(call: &Call<'_>) -> Result<(String, Option<String>), Refusal> {
    let id = visible(call)?.id.clone();
    Ok((id, call.performer(false)?))
}

fn labels(call: &mut Call<'_>, which: Labels, field: &str, add: bool) -> Result<Reply, Refusal> {
    let (id, by) = target(call)?;
    let labels = call.object()?.required_texts(field)?;
    within_limit(call, field, &labels)?;
    let act = call.act(by.as_deref());
    settle(call, |call| call.state.change_labels(&id, which, &labels, add, &act))?;
    Ok(blank(call, &id))
}

fn links(call: &mut Call<'_>, add: bool) -> Result<Reply, Refusal> {
    let (id, by) = target(call)?;
    let body: Body<'_> = call.object()?;
    let links = body.required_texts("links")?;
    within_limit(call, "links", &links)?;
    let act: Act<'_> = call.act(by.as_deref());
    settle(call, |call| call.state.change_links(&id, &links, add, &act))?;
    Ok(answer(call, &id, View { no_location: true, ..View::default() }))
}

/// Lever documents no limit; the account may have one.
fn within_limit(call: &Call<'_>, field: &str, labels: &[String]) -> Result<(), Refusal> {
    match call.state.behaviour.get().labels_limit {
        Some(limit) if labels.len() > limit => {
            Err(Refusal::bad_request(format!("{field} can have at most {limit} items")))
        }
        _ => Ok(()),
    }
}

fn settle(
    call: &mut Call<'_>,
    change: impl FnOnce(&mut Call<'_>) -> Result<(), Problem>,
) -> Result<(), Refusal> {
    change(call).map_err(|problem| call.refuse(&problem))
}

/// Stage, archive, tag and source writes answer with blank contact data and
/// without `opportunityLocation`, although the contact has them (recorded twice;
/// links of the contact are blank too, recorded in July 2026).
fn blank(call: &Call<'_>, id: &str) -> Reply {
    let view = View { blank_contact: true, no_location: true, ..View::default() };
    answer(call, id, view)
}

fn answer(call: &Call<'_>, id: &str, view: View) -> Reply {
    let view = View { app_url: call.app_url.clone(), ..view };
    let data = call
        .state
        .opportunities
        .get(id)
        .map_or(Value::Null, |opportunity| object(call.state, opportunity, &view));
    Reply::data(data)
}
