//! Removing our webhooks from Lever after the connection was switched off. The key
//! that is needed for it is kept sealed until then, for a day at most.

use std::time::Duration;

use domain::event::Change;
use domain::ids::ConnectionId;
use domain::job::backoff;
use lever::ErrorKind;
use store::jobs::Claimed;
use store::webhook_removals::{self, ASKED, FAILED, REMOVED};
use store::{Tx, connections, jobs};

use super::tidy_webhooks::tidy;
use super::{Ended, Ending, Stop, begin_fenced, inside_of_lever};
use crate::{Result, Services, integration};

/// How long it is tried, and the key kept.
const TRIED_FOR: Duration = Duration::from_secs(24 * 60 * 60);
/// The longest pause asked for by Lever that is obeyed.
const LONGEST_OBEYED: Duration = Duration::from_secs(5 * 60);

pub(super) async fn run(services: &Services, claimed: &Claimed, connection: ConnectionId) -> Ended {
    let organisation = claimed.organisation;
    let (owner, removal) = {
        let mut tx = services.store.read().await?;
        let owner = connections::find(&mut tx, organisation).await?;
        (owner, webhook_removals::find(&mut tx, organisation, connection).await?)
    };
    let owner = owner.filter(|owner| owner.id == connection);
    let removal = removal.filter(|removal| removal.state == ASKED);
    let (Some(owner), Some(removal)) = (owner, removal) else { return Ok(Ending::Done) };
    // The operator may have set another address for Lever: the key stays from there.
    let Some(client) = integration::client_of_removal(services, &owner, &removal)? else {
        return end(services, claimed, connection, FAILED).await;
    };
    let error = match tidy(services, &client, &owner).await {
        Ok(Some(until)) => return Ok(Ending::Wait { until }),
        Ok(None) => return end(services, claimed, connection, REMOVED).await,
        Err(Stop::Lever(error)) => error,
        Err(stop) => return Err(stop),
    };
    tracing::info!(error = inside_of_lever(&error), "our webhooks could not be removed from Lever");
    let now = services.now();
    let refused = matches!(error.kind(), ErrorKind::Unauthorized | ErrorKind::Forbidden);
    if refused || now.since(removal.asked_at) >= TRIED_FOR {
        return end(services, claimed, connection, FAILED).await;
    }
    let random = services.random.unit();
    let asked = match error.kind() {
        ErrorKind::Resting { retry_after } => Some(retry_after),
        _ => error.retry_after(),
    };
    let pause = match asked {
        Some(asked) => asked.min(LONGEST_OBEYED).mul_f64(1.0 + 0.5 * random),
        None => backoff(claimed.attempt, random),
    };
    Ok(Ending::Wait { until: now + pause })
}

/// Given up by the worker: the key is forgotten all the same.
pub(super) async fn gave_up(
    services: &Services,
    tx: &mut Tx,
    claimed: &Claimed,
    connection: ConnectionId,
) -> Result<Vec<Change>> {
    let organisation = claimed.organisation;
    let removal = webhook_removals::find(tx, organisation, connection).await?;
    if removal.is_some_and(|removal| removal.state == ASKED) {
        webhook_removals::end(tx, organisation, connection, FAILED, services.now()).await?;
    }
    Ok(vec![Change::Connection])
}

/// Says how it ended, and forgets the key.
async fn end(services: &Services, claimed: &Claimed, connection: ConnectionId, state: &'static str) -> Ended {
    let mut tx = begin_fenced(services, claimed).await?;
    webhook_removals::end(&mut tx, claimed.organisation, connection, state, services.now()).await?;
    jobs::finish(&mut tx, claimed).await?;
    tx.commit().await?;
    services.changes.announce(claimed.organisation, Change::Connection);
    Ok(Ending::Settled)
}
