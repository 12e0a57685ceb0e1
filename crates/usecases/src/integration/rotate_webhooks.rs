//! *Rotate*: other signing tokens for the webhooks that we registered.

use domain::actor::{Action, Actor};
use domain::connection::LeverEvent;
use domain::event::Change;
use domain::problem::Problem;
use lever::Webhook;

use super::{progress, register_webhooks, webhook_change};
use crate::{Result, Services, calls};

/// Makes the webhook of one event, or of each, anew in Lever and keeps its new
/// signing token. The old one is accepted for a while longer. Webhooks that a
/// person made in Lever can only be changed there.
///
/// # Errors
/// [`Problem::NotConnected`] before set-up is finished; [`Problem::NotFound`] when
/// we registered no such webhook; else as *Register the webhooks for me*.
pub async fn rotate_webhooks(services: &Services, actor: &Actor, event: Option<LeverEvent>) -> Result<()> {
    services.require(actor, Action::ManageIntegration)?;
    progress::require_deliverable(services)?;
    let connection = {
        let mut tx = services.store.read().await?;
        store::connections::find(&mut tx, actor.organisation)
            .await?
            .filter(|connection| connection.state.accepts_imports())
            .ok_or(Problem::NotConnected)?
    };
    let (lights, _) = register_webhooks::known(services, &connection).await?;
    let registered: Vec<LeverEvent> = lights
        .iter()
        .filter(|light| light.webhook.is_some() && event.is_none_or(|event| event == light.event))
        .map(|light| light.event)
        .collect();
    if registered.is_empty() {
        return Err(Problem::NotFound.into());
    }
    let (client, ours) = calls::by(actor, None, register_webhooks::look(services, &connection)).await?;
    for event in registered {
        let others: Vec<&Webhook> = ours.iter().filter(|hook| hook.event == event.code()).collect();
        let done = "Rotated the signing token of";
        let made = webhook_change::make(services, actor, &connection, &client, event, &others, done);
        let made = calls::by(actor, None, made).await;
        services.changes.announce(actor.organisation, Change::Connection);
        made?;
    }
    services.wake.notify_one();
    Ok(())
}
