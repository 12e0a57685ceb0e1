//! *Register the webhooks for me*.

use domain::actor::{Action, Actor};
use domain::connection::LeverEvent;
use domain::event::Change;
use domain::job::Job;
use domain::problem::{Field, FieldProblem, Problem};
use lever::webhook::Event;
use lever::{CreatedWebhook, ErrorKind, Priority, Webhook};
use store::connections::Connection;
use store::lights::LightRow;
use store::signing_tokens::Signs;

use super::{progress, secrets, tokens};
use crate::{Error, Result, Services};

/// Registers the three webhooks through Lever's API, unless they are there, and
/// keeps the signing tokens that Lever gives. Lever is asked to verify each of
/// them: only that shows that Lever reaches this installation, and turns the
/// lights.
///
/// # Errors
/// [`Problem::NotAllowed`]; [`Problem::PublicUrlNotHttps`]; [`Problem::Fields`]
/// when there is no key, or Lever does not let it register webhooks;
/// [`Problem::LeverUnreachable`] or [`Problem::LeverFailed`].
pub async fn register_webhooks(services: &Services, actor: &Actor) -> Result<()> {
    services.require(actor, Action::ManageIntegration)?;
    progress::require_deliverable(services)?;
    let connection = progress::ensure(services, actor).await?;
    let client = secrets::client_of(services, &connection)?
        .ok_or_else(|| Problem::field(FieldProblem::Missing(Field::ApiKey)))?
        .at(Priority::Click);
    let url = secrets::webhook_url(services, &connection)?;
    let listed = client.webhooks().await.map_err(problem)?;
    let (lights, signed) = {
        let mut tx = services.store.read().await?;
        let lights = store::lights::list(&mut tx, connection.organisation, connection.id).await?;
        let live = tokens::live(&mut tx, services, &connection, services.now()).await?;
        let signed: Vec<Signs> = live.into_iter().map(|token| token.row.signs).collect();
        (lights, signed)
    };
    for light in &lights {
        let ours: Vec<&Webhook> =
            listed.iter().filter(|hook| hook.url == url && hook.event == light.event.code()).collect();
        let complete = ours.iter().any(|hook| is_known(hook, light))
            && signed.iter().any(|signs| *signs == Signs::One(light.event) || *signs == Signs::Several);
        if complete {
            continue;
        }
        // Lever shows a token only once: one that was lost makes its webhook useless.
        for lost in ours {
            match client.delete_webhook(&lost.id).await {
                Ok(()) => {}
                Err(error) if error.kind() == ErrorKind::NotFound => {}
                Err(error) => return Err(problem(error)),
            }
        }
        let event = Event::from_name(light.event.code());
        let created = match client.create_webhook(&url, &event, true).await {
            // A Verify signed with a token that is new beside one that is known is
            // not taken. Without one the light turns once the token is kept.
            Err(error) if error.kind() == ErrorKind::BadRequest => {
                client.create_webhook(&url, &event, false).await
            }
            created => created,
        }
        .map_err(problem)?;
        keep(services, actor, &connection, light.event, &created).await?;
    }
    services.changes.announce(actor.organisation, Change::Connection);
    services.wake.notify_one();
    Ok(())
}

fn is_known(hook: &Webhook, light: &LightRow) -> bool {
    light.webhook.as_deref() == Some(hook.id.as_str())
}

/// Keeps the token of a webhook at once: Lever does not show it again.
async fn keep(
    services: &Services,
    actor: &Actor,
    connection: &Connection,
    event: LeverEvent,
    created: &CreatedWebhook,
) -> Result<()> {
    let now = services.now();
    let mut tx = services.store.begin().await?;
    let connection = store::connections::lock(&mut tx, connection.organisation)
        .await?
        .filter(|current| current.key_sealed.is_some())
        .ok_or(Problem::ChangedMeanwhile)?;
    let organisation = connection.organisation;
    let mut known = tokens::live(&mut tx, services, &connection, now).await?;
    let text = &created.signature_token;
    let again = known.iter().find(|token| token.is(text)).map(|token| token.row.clone());
    match again {
        // An account with one signing token gives the same for every webhook.
        Some(same) => tokens::note(&mut tx, &connection, &same, event).await?,
        None => {
            let signs = Signs::One(event);
            tokens::add(&mut tx, services, &connection, text, signs, now).await?;
            tokens::retire_replaced(&mut tx, &connection, &mut known, &[], signs, now).await?;
        }
    }
    store::lights::set_webhook(&mut tx, organisation, connection.id, event, Some(&created.id)).await?;
    // A Verify that waits for a token may have found it.
    tokens::save(&mut tx, services, &connection, &[], &[], now).await?;
    let replay = Job::ReplayQuarantine { connection: connection.id };
    store::jobs::enqueue(&mut tx, organisation, &replay, services.new_id(), now, now).await?;
    let summary = format!("Registered the webhook {} in Lever", event.label());
    progress::record(&mut tx, services, actor, "lever_webhook_registered", summary).await?;
    tx.commit().await?;
    Ok(())
}

/// What a failed call is to a person at the form.
fn problem(error: lever::Error) -> Error {
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
