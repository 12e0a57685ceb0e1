//! *Register the webhooks for me*.

use domain::actor::{Action, Actor};
use domain::event::Change;
use domain::problem::{Field, FieldProblem, Problem};
use lever::{Client, Priority, Webhook};
use store::connections::Connection;
use store::lights::LightRow;
use store::signing_tokens::Signs;

use super::webhook_change::{self, problem};
use super::{progress, secrets, tokens};
use crate::{Result, Services, calls};

/// Registers a webhook for each event that is followed through Lever's API, unless they are there, and
/// keeps the signing tokens that Lever gives.
///
/// # Errors
/// [`Problem::NotAllowed`]; [`Problem::PublicUrlNotHttps`]; [`Problem::Fields`]
/// when there is no key, or Lever does not let it register webhooks;
/// [`Problem::LeverUnreachable`] or [`Problem::LeverFailed`];
/// [`Problem::ChangedMeanwhile`] when somebody else is at it.
pub async fn register_webhooks(services: &Services, actor: &Actor) -> Result<()> {
    services.require(actor, Action::ManageIntegration)?;
    progress::require_deliverable(services)?;
    let connection = progress::ensure(services, actor).await?;
    let (client, ours) = calls::by(actor, None, look(services, &connection)).await?;
    let url = secrets::webhook_url(services, &connection)?;
    let (lights, signed) = known(services, &connection).await?;
    for light in &lights {
        let ours: Vec<&Webhook> = ours.iter().filter(|hook| hook.event == light.event.code()).collect();
        let complete = ours.iter().any(|hook| is_known(hook, light) && hook.url == url)
            && signed.iter().any(|signs| *signs == Signs::One(light.event) || *signs == Signs::Several);
        if !complete {
            // A webhook whose token was lost is of no use.
            let done = "Registered the webhook";
            let made = webhook_change::make(services, actor, &connection, &client, light.event, &ours, done);
            calls::by(actor, None, made).await?;
        }
    }
    services.changes.announce(actor.organisation, Change::Connection);
    services.wake.notify_one();
    Ok(())
}

/// A client for a person who waits, and the webhooks that lead to this connection.
///
/// # Errors
/// When there is no key; as [`problem`] says.
pub(super) async fn look(services: &Services, connection: &Connection) -> Result<(Client, Vec<Webhook>)> {
    let client = secrets::client_of(services, connection)?
        .ok_or_else(|| Problem::field(FieldProblem::Missing(Field::ApiKey)))?
        .at(Priority::Click);
    let mut ours = Vec::new();
    for hook in client.webhooks().await.map_err(problem)? {
        if webhook_change::is_ours(services, connection, &hook)? {
            ours.push(hook);
        }
    }
    Ok((client, ours))
}

/// The lights, and what the tokens that are accepted sign.
///
/// # Errors
/// As the store says.
pub(super) async fn known(
    services: &Services,
    connection: &Connection,
) -> Result<(Vec<LightRow>, Vec<Signs>)> {
    let mut tx = services.store.read().await?;
    let lights = store::lights::list(&mut tx, connection.organisation, connection.id).await?;
    let live = tokens::live(&mut tx, services, connection, services.now()).await?;
    Ok((lights, live.into_iter().map(|token| token.row.signs).collect()))
}

fn is_known(hook: &Webhook, light: &LightRow) -> bool {
    light.webhook.as_deref() == Some(hook.id.as_str())
}
