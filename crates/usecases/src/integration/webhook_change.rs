//! Making a webhook anew in Lever, so that an interruption at any point leaves at
//! most one of ours for an event.
//!
//! Lever shows the signing token of a webhook once, in the answer that makes it
//! (Lever documentation, Webhooks): to give a webhook another token is to make
//! another one. The intent is committed first, with a job that looks some time
//! later and removes what is there and not known. The new token is kept before
//! the old webhook goes, so that no event goes unsigned; between the two Lever
//! sends events twice, which does no harm.

use std::time::Duration;

use domain::actor::Actor;
use domain::connection::LeverEvent;
use domain::job::Job;
use domain::problem::{FieldProblem, Problem};
use domain::time::Timestamp;
use lever::webhook::Event;
use lever::{Client, CreatedWebhook, ErrorKind, Webhook};
use store::connections::Connection;
use store::reconciliations::Cause;
use store::signing_tokens::Signs;
use store::{Tx, lights};

use super::{progress, secrets, tokens};
use crate::jobs::enqueue_reconciliation;
use crate::{Error, Result, Services};

/// How long making a webhook anew takes at most, in deadlines of a request: it is
/// two requests, which may have to wait for their turn. Then it is given up for lost.
const DEADLINES: u32 = 6;

/// How long making a webhook anew takes at most.
pub(crate) fn longest(services: &Services) -> Duration {
    services.settings.timing.lever_deadline * DEADLINES
}

/// Whether the webhook of `event` is just being made anew.
///
/// # Errors
/// As the store says.
pub(crate) async fn is_changing(
    tx: &mut Tx,
    services: &Services,
    connection: &Connection,
    event: LeverEvent,
    now: Timestamp,
) -> Result<bool> {
    let lights = lights::list(tx, connection.organisation, connection.id).await?;
    Ok(lights
        .iter()
        .filter(|light| light.event == event)
        .filter_map(|light| light.changing_at)
        .any(|began| now.since(began) <= longest(services)))
}

/// Whether Lever posts to this connection by `hook`, whatever our public address
/// was when it was made.
///
/// # Errors
/// When the address cannot be opened with this installation's sealing key.
pub(crate) fn is_ours(services: &Services, connection: &Connection, hook: &Webhook) -> Result<bool> {
    let url = secrets::webhook_url(services, connection)?;
    let path = url.strip_prefix(&services.settings.public_url).unwrap_or(&url);
    Ok(LeverEvent::from_code(&hook.event).is_some() && hook.url.ends_with(path))
}

/// Makes the webhook of `event` anew, keeps its signing token, and removes
/// `others`, the webhooks it stands for from now on. Lever is asked to verify it:
/// only that shows that Lever reaches this installation, and turns the light.
///
/// # Errors
/// [`Problem::ChangedMeanwhile`] when somebody else is at it, or the connection
/// was switched off; else as [`problem`] says.
pub(super) async fn make(
    services: &Services,
    actor: &Actor,
    connection: &Connection,
    client: &Client,
    event: LeverEvent,
    others: &[&Webhook],
    done: &str,
) -> Result<()> {
    let began = begin(services, connection, event).await?;
    let url = secrets::webhook_url(services, connection)?;
    let name = Event::from_name(event.code());
    let created = match client.create_webhook(&url, &name, true).await {
        // Whatever keeps Lever from reaching us may pass; the light says what is missing.
        Err(error) if error.kind() == ErrorKind::BadRequest => {
            client.create_webhook(&url, &name, false).await
        }
        created => created,
    };
    let created = match created {
        Ok(created) => created,
        Err(error) => {
            if error.certainly_not_applied() || removed(services, connection, client, event, others).await {
                give_up(services, connection, event, began).await?;
            }
            return Err(problem(error));
        }
    };
    keep(services, actor, connection, event, &created, began, done).await?;
    for other in others {
        match client.delete_webhook(&other.id).await {
            Ok(()) => {}
            Err(error) if error.kind() == ErrorKind::NotFound => {}
            // The job that was queued with the intent removes it.
            Err(error) => tracing::info!(%error, "a webhook that was replaced is still in Lever"),
        }
    }
    Ok(())
}

/// What a failed call is to a person at the form.
pub(super) fn problem(error: lever::Error) -> Error {
    let problem = match error.kind() {
        ErrorKind::Unauthorized => Problem::field(FieldProblem::KeyRejected),
        ErrorKind::Forbidden => Problem::field(FieldProblem::KeyLacksPermission),
        ErrorKind::NotSent | ErrorKind::Resting { .. } | ErrorKind::Ambiguous => Problem::LeverUnreachable,
        ErrorKind::NotFound
        | ErrorKind::BadRequest
        | ErrorKind::Conflict
        | ErrorKind::RateLimited { .. }
        | ErrorKind::Redirected
        | ErrorKind::Unavailable
        | ErrorKind::ServerFault
        | ErrorKind::Unreadable
        | ErrorKind::InvalidArgument
        | ErrorKind::Setup => Problem::LeverFailed,
    };
    Error::because(problem, error)
}

/// Commits the intent; nobody else may make this webhook anew until it ends.
async fn begin(services: &Services, connection: &Connection, event: LeverEvent) -> Result<Timestamp> {
    let (organisation, now, longest) = (connection.organisation, services.now(), longest(services));
    let mut tx = services.store.begin().await?;
    let stale = now.minus(longest);
    if !lights::begin_change(&mut tx, organisation, connection.id, event, stale, now).await? {
        return Err(Problem::ChangedMeanwhile.into());
    }
    let tidy = Job::TidyWebhooks { connection: connection.id };
    store::jobs::enqueue(&mut tx, organisation, &tidy, services.new_id(), now + longest, now).await?;
    tx.commit().await?;
    Ok(now)
}

/// Nothing was made: the next one may begin at once.
async fn give_up(
    services: &Services,
    connection: &Connection,
    event: LeverEvent,
    began: Timestamp,
) -> Result<()> {
    let mut tx = services.store.begin().await?;
    lights::end_change(&mut tx, connection.organisation, connection.id, event, began).await?;
    tx.commit().await?;
    Ok(())
}

/// Nobody knows whether Lever made one, and if so its token is lost: looks at once
/// and removes it. Gives whether that could be done; if not, the queued job does it.
async fn removed(
    services: &Services,
    connection: &Connection,
    client: &Client,
    event: LeverEvent,
    others: &[&Webhook],
) -> bool {
    let looked = async {
        for hook in client.webhooks().await.map_err(problem)? {
            let lost = hook.event == event.code()
                && is_ours(services, connection, &hook)?
                && !others.iter().any(|other| other.id == hook.id);
            if lost {
                client.delete_webhook(&hook.id).await.map_err(problem)?;
            }
        }
        Ok::<_, Error>(())
    };
    looked.await.is_ok()
}

/// Keeps the token of a webhook at once: Lever does not show it again.
async fn keep(
    services: &Services,
    actor: &Actor,
    connection: &Connection,
    event: LeverEvent,
    created: &CreatedWebhook,
    began: Timestamp,
    done: &str,
) -> Result<()> {
    let now = services.now();
    let mut tx = services.store.begin().await?;
    let connection = store::connections::lock(&mut tx, connection.organisation)
        .await?
        .filter(|current| current.key_sealed.is_some())
        .ok_or(Problem::ChangedMeanwhile)?;
    let organisation = connection.organisation;
    if !lights::end_change(&mut tx, organisation, connection.id, event, began).await? {
        // It was given up for lost, and what was made is removed by whoever did.
        return Err(Problem::ChangedMeanwhile.into());
    }
    let mut known = tokens::live(&mut tx, services, &connection, now).await?;
    let text = &created.signature_token;
    let again = known.iter().find(|token| token.is(text)).map(|token| token.row.clone());
    match again {
        // An account with one signing token gives the same for every webhook.
        Some(same) => tokens::note(&mut tx, organisation, connection.id, &same, event, now).await?,
        None => {
            let signs = Signs::One(event);
            tokens::add(&mut tx, services, &connection, text, signs, now).await?;
            tokens::retire_replaced(&mut tx, &connection, &mut known, &[], signs, now).await?;
            if connection.state.accepts_imports() {
                // It makes up for what could not be held; before set-up is finished one follows anyway.
                enqueue_reconciliation(&mut tx, services, organisation, connection.id, Cause::Asked).await?;
            }
        }
    }
    lights::set_webhook(&mut tx, organisation, connection.id, event, Some(&created.id)).await?;
    // A Verify that waits for a token may have found it.
    tokens::save(&mut tx, services, &connection, &[], &[], now).await?;
    let replay = Job::ReplayQuarantine { connection: connection.id };
    store::jobs::enqueue(&mut tx, organisation, &replay, services.new_id(), now, now).await?;
    let summary = format!("{done} {} in Lever", event.label());
    progress::record(&mut tx, services, actor, "lever_webhook_registered", summary).await?;
    tx.commit().await?;
    Ok(())
}
