//! `/opportunities/:id/notes`.

use serde_json::Value;

use super::{
    call::{Call, Reply},
    opportunities,
    refusal::Refusal,
};
use crate::{cursor::NewestFirst, state::opportunity::NoteDetails};

pub(crate) fn list(call: &mut Call<'_>) -> Result<Reply, Refusal> {
    opportunities::visible(call)?;
    let items = call
        .state
        .notes
        .values()
        .filter(|note| note.opportunity == call.id(0))
        .map(|note| {
            let place = NewestFirst { at: note.created_at, id: note.id.clone() };
            (place, note.to_json(false))
        })
        .collect();
    call.page(items)
}

pub(crate) fn get(call: &mut Call<'_>) -> Result<Reply, Refusal> {
    opportunities::visible(call)?;
    Ok(Reply::data(note(call, call.id(1), false)?))
}

pub(crate) fn create(call: &mut Call<'_>) -> Result<Reply, Refusal> {
    opportunities::visible(call)?;
    let by = call.performer(false)?;
    let body = call.object()?;
    let value = body.required_text("value")?;
    let longest = call.state.behaviour.get().note_length_limit;
    if longest.is_some_and(|longest| value.chars().count() > longest) {
        return Err(Refusal::bad_request("value is too long"));
    }
    let details = NoteDetails {
        secret: body.boolean("secret")?.unwrap_or(false),
        score: body.number("score")?,
        created_at: body.number("createdAt")?,
    };
    body.boolean("notifyFollowers")?;
    if details.score.is_some_and(|score| !(1..=4).contains(&score)) {
        return Err(Refusal::bad_request("score must be between 1 and 4"));
    }
    let thread = call.query.first("note_id").map(str::to_owned);
    let opportunity = call.id(0).to_owned();
    let act = call.act(by.as_deref());
    let id = call
        .state
        .add_note(&opportunity, thread.as_deref(), &value, &details, &act)
        .map_err(|problem| call.refuse(&problem))?;
    let mut reply = Reply::data(note(call, &id, true)?);
    reply.status = 201;
    Ok(reply)
}

/// Replaces the comments; only of notes made through the API.
pub(crate) fn update(call: &mut Call<'_>) -> Result<Reply, Refusal> {
    let id = made_by_api(call)?;
    let by = call.performer(false)?;
    let body = call.object()?;
    let values = match body.texts("values")? {
        Some(values) => values,
        None => vec![body.required_text("value")?],
    };
    let secret = body.boolean("secret")?;
    if let Some(note) = call.state.notes.edit(&id) {
        if let Some(first) = note.comments.first().cloned() {
            note.comments = values
                .into_iter()
                .map(|value| crate::state::note::Comment {
                    value,
                    user: by.clone().or_else(|| first.user.clone()),
                    ..first.clone()
                })
                .collect();
        }
        note.secret = secret.unwrap_or(note.secret);
    }
    let now = call.now;
    let opportunity = call.id(0).to_owned();
    if let Some(opportunity) = call.state.opportunities.edit(&opportunity) {
        opportunity.updated_at = Some(now);
    }
    Ok(Reply::data(note(call, &id, false)?))
}

pub(crate) fn delete(call: &mut Call<'_>) -> Result<Reply, Refusal> {
    let id = made_by_api(call)?;
    call.state.notes.remove(&id);
    Ok(Reply::empty())
}

fn made_by_api(call: &Call<'_>) -> Result<String, Refusal> {
    opportunities::visible(call)?;
    let id = call.id(1);
    note(call, id, false)?;
    if call.state.notes.get(id).is_some_and(|note| note.by_api) {
        Ok(id.to_owned())
    } else {
        Err(Refusal::bad_request("Only notes created through the API can be changed"))
    }
}

fn note(call: &Call<'_>, id: &str, created: bool) -> Result<Value, Refusal> {
    call.state
        .notes
        .get(id)
        .filter(|note| note.opportunity == call.id(0))
        .map(|note| note.to_json(created))
        .ok_or_else(|| Refusal::missing("notes", id))
}
