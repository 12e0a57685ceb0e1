//! `/webhooks`: subscriptions made with a key. A key sees only its own, and
//! hooks made on the settings page cannot be changed here.

use serde_json::Value;

use super::{
    call::{Body, Call, Reply},
    refusal::Refusal,
};
use crate::state::{
    event::Event,
    opportunity::Origin,
    webhook::{Webhook, url_problem},
};

/// No paging: `{"data": [...]}` and nothing else (recorded traffic).
pub(crate) fn list(call: &mut Call<'_>) -> Result<Reply, Refusal> {
    let mut hooks: Vec<&Webhook> = call
        .state
        .webhooks
        .values()
        .filter(|hook| hook.key.as_deref() == Some(call.asker.key.as_str()))
        .collect();
    // Recorded: by event, inside an event as they were made.
    hooks.sort_by(|a, b| (a.event, a.created_at, &a.id).cmp(&(b.event, b.created_at, &b.id)));
    Ok(Reply::data(hooks.into_iter().map(|hook| hook.to_json(None)).collect()))
}

/// The signing token stands in this answer only. The same URL and event can be
/// registered twice; both are kept.
pub(crate) fn create(call: &mut Call<'_>) -> Result<Reply, Refusal> {
    let body = call.object()?;
    let url = checked_url(call, body.required_text("url")?)?;
    let event = event(&body.required_text("event")?)?;
    let configuration = body.nested("configuration")?;
    let origins = match configuration {
        Some(configuration) => origins(configuration)?,
        None => None,
    };
    let verify = match configuration {
        Some(configuration) => configuration.boolean("verifyConnection")?.unwrap_or(false),
        None => false,
    };
    let (key, now) = (call.asker.key.clone(), call.now);
    let id =
        call.state.add_webhook(event, &url, origins.unwrap_or_else(|| Origin::ALL.to_vec()), Some(key), now);
    let hook = call.state.webhooks.get(&id).ok_or_else(|| Refusal::missing("webhooks", &id))?;
    let token = call.state.signing_token(hook);
    let mut reply = Reply::data(hook.to_json(Some(&token)));
    reply.status = 201;
    reply.verify = verify.then_some(id);
    Ok(reply)
}

/// On the collection, several at once: `{"data": [{"id", ...}]}`. Either all are
/// changed or none.
pub(crate) fn update(call: &mut Call<'_>) -> Result<Reply, Refusal> {
    struct Change {
        id: String,
        url: Option<String>,
        event: Option<Event>,
        origins: Option<Vec<Origin>>,
    }
    let body = call.object()?;
    let items = body
        .get("data")
        .ok_or_else(|| Refusal::missing_parameter("data"))?
        .as_array()
        .ok_or_else(|| Refusal::bad_request("data must be an array"))?;
    let mut changes = Vec::new();
    for item in items {
        let item = item
            .as_object()
            .map(Body)
            .ok_or_else(|| Refusal::bad_request("data must be an array of objects"))?;
        let id = item.required_text("id")?;
        own(call, &id)?;
        changes.push(Change {
            id,
            url: item.text("url")?.map(|url| checked_url(call, url)).transpose()?,
            event: item.text("event")?.map(|name| self::event(&name)).transpose()?,
            origins: match item.nested("configuration")? {
                Some(configuration) => origins(configuration)?,
                None => None,
            },
        });
    }
    let now = call.now;
    let mut answer: Vec<Value> = Vec::new();
    for change in changes {
        if let Some(url) = change.url {
            call.state.set_webhook_url(&change.id, &url, now);
        }
        if let Some(hook) = call.state.webhooks.edit(&change.id) {
            hook.event = change.event.unwrap_or(hook.event);
            if let Some(origins) = change.origins {
                hook.origins = origins;
            }
            hook.updated_at = now;
            answer.push(hook.to_json(None));
        }
    }
    Ok(Reply::data(answer.into()))
}

pub(crate) fn delete(call: &mut Call<'_>) -> Result<Reply, Refusal> {
    let id = call.id(0).to_owned();
    own(call, &id)?;
    call.state.webhooks.remove(&id);
    call.state.give_up_deliveries_of(&id);
    Ok(Reply::empty())
}

/// 404 unless the webhook was made with the asking key.
fn own(call: &Call<'_>, id: &str) -> Result<(), Refusal> {
    match call.state.webhooks.get(id) {
        Some(hook) if hook.key.as_deref() == Some(call.asker.key.as_str()) => Ok(()),
        _ => Err(Refusal::missing("webhooks", id)),
    }
}

fn event(name: &str) -> Result<Event, Refusal> {
    Event::by_name(name).ok_or_else(|| Refusal::bad_request(format!("{name} is not an event")))
}

fn checked_url(call: &Call<'_>, url: String) -> Result<String, Refusal> {
    match url_problem(&url) {
        Some(problem) => {
            Err(Refusal::new(call.state.behaviour.get().insecure_webhook_status, "BadRequestError", problem))
        }
        None => Ok(url),
    }
}

/// Under `conditions` (Lever documentation, recorded traffic) or directly in
/// `configuration` (Lever's own Postman collection).
fn origins(configuration: Body<'_>) -> Result<Option<Vec<Origin>>, Refusal> {
    let names = match configuration.nested("conditions")? {
        Some(conditions) => conditions.texts("origins")?,
        None => configuration.texts("origins")?,
    };
    names
        .map(|names| {
            names
                .iter()
                .map(|name| {
                    Origin::by_name(name)
                        .ok_or_else(|| Refusal::bad_request(format!("{name} is not an origin")))
                })
                .collect()
        })
        .transpose()
}
