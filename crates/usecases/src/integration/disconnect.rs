//! Switching the connection off.

use domain::actor::{Action, Actor};
use domain::attention::AttentionKind;
use domain::connection::{ConnectionState, Light, SetUpStep};
use domain::event::Change;
use domain::ids::ReconciliationId;
use domain::job::Job;
use domain::problem::Problem;
use domain::time::Timestamp;
use store::connections::Connection;
use store::{Tx, lights, webhook_removals};

use super::{progress, secrets};
use crate::{Result, Services};

/// Forgets the key and the tokens, keeps the maps and the links. What is in
/// flight waits for a new key; what Lever goes on sending is answered and
/// ignored. Webhooks that we registered are removed from Lever by a job; the key
/// is kept for that, and for nothing else.
///
/// # Errors
/// [`Problem::NotAllowed`]; [`Problem::NotConnected`] when there is nothing to
/// switch off.
pub async fn disconnect(services: &Services, actor: &Actor) -> Result<()> {
    services.require(actor, Action::ManageIntegration)?;
    let (organisation, now) = (actor.organisation, services.now());
    let mut tx = services.store.begin().await?;
    let connection = store::connections::lock(&mut tx, organisation).await?.ok_or(Problem::NotConnected)?;
    if connection.state == ConnectionState::Disconnected {
        return Ok(());
    }
    let (id, state) = (connection.id, ConnectionState::Disconnected);
    store::connections::set_state(&mut tx, organisation, id, state, None, now).await?;
    remove_webhooks(&mut tx, services, &connection).await?;
    store::connections::forget_key(&mut tx, organisation, id, now).await?;
    store::connections::set_permissions(&mut tx, organisation, id, "[]", now).await?;
    store::signing_tokens::delete_all(&mut tx, organisation, id).await?;
    store::quarantine::ignore_all(&mut tx, organisation, id).await?;
    for light in store::lights::list(&mut tx, organisation, id).await? {
        store::lights::turn(&mut tx, organisation, id, light.event, Light::Waiting, None, None).await?;
        store::lights::set_webhook(&mut tx, organisation, id, light.event, None).await?;
    }
    store::drafts::discard(&mut tx, organisation, SetUpStep::Connect).await?;
    services.lever.outages().over(organisation);
    for kind in [
        AttentionKind::KeyRejected,
        AttentionKind::PermissionMissing,
        AttentionKind::UnknownToken,
        AttentionKind::TooManyUnlinked,
        AttentionKind::LeverUnavailable,
        AttentionKind::MappedUserGone,
        AttentionKind::MemberUnmapped,
        AttentionKind::StageGone,
        AttentionKind::SilentWebhooks,
        AttentionKind::LeverChanged,
    ] {
        store::attention::resolve_all_of(&mut tx, organisation, kind, now).await?;
    }
    forget_given_up(&mut tx, &connection, now).await?;
    let summary = "Disconnected Lever; the maps and the links were kept".to_owned();
    progress::record(&mut tx, services, actor, "lever_disconnected", summary).await?;
    tx.commit().await?;
    services.changes.announce(organisation, Change::Connection);
    services.changes.announce(organisation, Change::Attention);
    services.wake.notify_one();
    Ok(())
}

/// What was given up of the connection's own work is over with it; what candidates wait for
/// is not.
async fn forget_given_up(tx: &mut Tx, connection: &Connection, now: Timestamp) -> Result<()> {
    let (organisation, id) = (connection.organisation, connection.id);
    for job in [
        Job::RefreshCatalogue { connection: id },
        Job::ReplayQuarantine { connection: id },
        Job::TidyWebhooks { connection: id },
        // Runs of one organisation have one key, whichever it is.
        Job::Reconcile { reconciliation: ReconciliationId(id.0) },
    ] {
        store::jobs::forget_dead(tx, organisation, &job, now).await?;
    }
    Ok(())
}

/// Asks for the removal of the webhooks that we registered, or may have.
async fn remove_webhooks(tx: &mut Tx, services: &Services, connection: &Connection) -> Result<()> {
    let (organisation, id, now) = (connection.organisation, connection.id, services.now());
    let registered = lights::list(tx, organisation, id)
        .await?
        .iter()
        .any(|light| light.webhook.is_some() || light.changing_at.is_some());
    let key = match secrets::key_of(services, connection) {
        Ok(key) => key.filter(|_| registered),
        Err(error) => {
            // A key that cannot be opened must not keep anybody connected.
            let problem = error.into_problem();
            tracing::warn!(%problem, "our webhooks stay in Lever: the key cannot be opened");
            None
        }
    };
    let Some(key) = key else {
        webhook_removals::forget(tx, organisation, id).await?;
        return Ok(());
    };
    let sealed = secrets::seal_for_removal(services, connection, &key)?;
    let (environment, base_url) = (connection.environment, connection.base_url.as_str());
    webhook_removals::ask(tx, organisation, id, environment, base_url, &sealed, now).await?;
    let job = Job::RemoveWebhooks { connection: id };
    store::jobs::enqueue(tx, organisation, &job, services.new_id(), now, now).await?;
    Ok(())
}
