//! Lever is not there: maintenance (503), no connection at all, or failures in
//! such numbers that work for it rests.
//!
//! Jobs wait for its end instead of failing, so that nothing is lost however
//! long it lasts. What lasts is told once, and closes by itself at Lever's next
//! answer. Since when it lasts is remembered by each process for itself: one
//! that has just started tells a little later.

use std::collections::HashMap;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use domain::attention::AttentionKind;
use domain::connection::ConnectionState;
use domain::ids::OrganisationId;
use domain::time::Timestamp;
use serde_json::json;
use store::activity::{self, Activity};
use store::connections::Connection;
use store::{Tx, attention, connections};

use crate::Services;

/// What ends sooner is nobody's business.
const TOLD_AFTER: Duration = Duration::from_secs(5 * 60);

/// Since when Lever has not been there, by organisation.
#[derive(Debug, Default)]
pub(crate) struct Outages(Mutex<HashMap<OrganisationId, Timestamp>>);

impl Outages {
    /// Since when; from now on, if it has just begun.
    fn since(&self, organisation: OrganisationId, now: Timestamp) -> Timestamp {
        *self.lock().entry(organisation).or_insert(now)
    }

    /// Lever has answered.
    pub(crate) fn over(&self, organisation: OrganisationId) {
        self.lock().remove(&organisation);
    }

    /// The map is valid between any two statements.
    fn lock(&self) -> MutexGuard<'_, HashMap<OrganisationId, Timestamp>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Lever was not there once more. Gives whether somebody is told now.
///
/// # Errors
/// As the database says.
pub(crate) async fn goes_on(
    services: &Services,
    tx: &mut Tx,
    organisation: OrganisationId,
) -> Result<bool, store::Error> {
    let now = services.now();
    let since = services.lever.outages().since(organisation, now);
    if now.since(since) < TOLD_AFTER {
        return Ok(false);
    }
    let connected = connections::lock(tx, organisation)
        .await?
        .filter(|connection| connection.state == ConnectionState::Connected);
    let Some(connection) = connected else { return Ok(false) };
    let (state, reason) = (ConnectionState::NeedsAttention, "Lever is not there: what is to be done waits.");
    connections::set_state(tx, organisation, connection.id, state, Some(reason), now).await?;
    let (kind, subject, id) = (AttentionKind::LeverUnavailable, connection.id.to_string(), services.new_id());
    attention::raise(tx, organisation, kind, &subject, None, &json!({}), id, now).await?;
    record(services, tx, organisation, "lever_unavailable", "Lever is not there: imports and updates wait.")
        .await?;
    tracing::warn!(%organisation, "Lever has not been there for a while");
    Ok(true)
}

/// Lever has answered a job that began with this connection. Gives whether that
/// ends an outage somebody was told of.
///
/// # Errors
/// As the database says.
pub(crate) async fn over(
    services: &Services,
    tx: &mut Tx,
    connection: &Connection,
) -> Result<bool, store::Error> {
    let organisation = connection.organisation;
    services.lever.outages().over(organisation);
    if connection.state != ConnectionState::NeedsAttention {
        return Ok(false);
    }
    // It may have been switched off, or its key rejected, meanwhile.
    let waiting = connections::lock(tx, organisation)
        .await?
        .filter(|connection| connection.state == ConnectionState::NeedsAttention);
    let Some(connection) = waiting else { return Ok(false) };
    let now = services.now();
    let state = ConnectionState::Connected;
    connections::set_state(tx, organisation, connection.id, state, None, now).await?;
    attention::resolve_all_of(tx, organisation, AttentionKind::LeverUnavailable, now).await?;
    record(services, tx, organisation, "lever_back", "Lever is back: what waited goes on.").await?;
    Ok(true)
}

async fn record(
    services: &Services,
    tx: &mut Tx,
    organisation: OrganisationId,
    kind: &'static str,
    summary: &str,
) -> Result<(), store::Error> {
    let entry = Activity {
        id: services.new_id(),
        at: services.now(),
        member: None,
        candidate: None,
        kind,
        summary: summary.to_owned(),
    };
    activity::record(tx, organisation, &entry).await
}
