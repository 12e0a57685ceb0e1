//! Letting go of deliveries that were held for too long, and of the items that
//! asked about them.

use std::collections::HashSet;

use domain::attention::AttentionKind;
use domain::event::Change;
use domain::ids::{ConnectionId, OrganisationId};
use domain::time::Timestamp;
use store::{Tx, attention, quarantine};

use super::{FOLLOWED, HELD_FOR};
use crate::{Result, Services};

/// Lets go of what arrived too long ago, in every organisation. Gives how many
/// connections held such a delivery.
///
/// # Errors
/// As the store says.
pub(crate) async fn expire(services: &Services, now: Timestamp) -> Result<usize> {
    let before = now.minus(HELD_FOR);
    let old = {
        let mut tx = services.store.read().await?;
        quarantine::with_older(&mut tx, before).await?
    };
    for (organisation, connection) in &old {
        let mut tx = services.store.begin().await?;
        quarantine::remove_older(&mut tx, *organisation, *connection, before).await?;
        resolve_items(&mut tx, *organisation, *connection, now).await?;
        tx.commit().await?;
        services.changes.announce(*organisation, Change::Connection);
        services.changes.announce(*organisation, Change::Attention);
    }
    Ok(old.len())
}

/// Closes the items about events of which nothing is held, or was refused, any more.
///
/// # Errors
/// As the store says.
pub(crate) async fn resolve_items(
    tx: &mut Tx,
    organisation: OrganisationId,
    connection: ConnectionId,
    now: Timestamp,
) -> std::result::Result<(), store::Error> {
    let held = quarantine::by_event(tx, organisation, connection).await?.into_iter().map(|held| held.event);
    let refused = quarantine::refused(tx, organisation, connection).await?;
    let left: HashSet<String> = held.chain(refused.into_iter().map(|refused| refused.event)).collect();
    for event in FOLLOWED.iter().filter(|event| !left.contains(**event)) {
        attention::resolve(tx, organisation, AttentionKind::UnknownToken, event, now).await?;
    }
    Ok(())
}
