//! Switching the connection off.

use domain::actor::{Action, Actor};
use domain::attention::AttentionKind;
use domain::connection::{ConnectionState, Light, SetUpStep};
use domain::event::Change;
use domain::problem::Problem;

use super::progress;
use crate::{Result, Services};

/// Forgets the key and the tokens, keeps the maps and the links. What is in
/// flight waits for a new key; what Lever goes on sending is answered and
/// ignored.
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
    store::connections::forget_key(&mut tx, organisation, id, now).await?;
    store::connections::set_permissions(&mut tx, organisation, id, "[]", now).await?;
    store::signing_tokens::delete_all(&mut tx, organisation, id).await?;
    store::quarantine::remove_all(&mut tx, organisation, id).await?;
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
        AttentionKind::LeverUnavailable,
        AttentionKind::MappedUserGone,
        AttentionKind::StageGone,
    ] {
        store::attention::resolve_all_of(&mut tx, organisation, kind, now).await?;
    }
    let summary = "Disconnected Lever; the maps and the links were kept".to_owned();
    progress::record(&mut tx, services, actor, "lever_disconnected", summary).await?;
    tx.commit().await?;
    services.changes.announce(organisation, Change::Connection);
    services.changes.announce(organisation, Change::Attention);
    Ok(())
}
