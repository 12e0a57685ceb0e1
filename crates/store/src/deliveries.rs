//! The inbox: verified deliveries. Each delivery token of a connection is
//! accepted once.

use domain::ids::{ConnectionId, DeliveryId, OrganisationId};
use domain::time::Timestamp;

use crate::{Error, Result, Row, Tx, args};

/// Waiting to be applied.
pub const PENDING: &str = "pending";
/// Its opportunity was read and applied after it.
pub const APPLIED: &str = "applied";
/// Nothing to do: a Verify, an unknown event, somebody who is not ours.
pub const IGNORED: &str = "ignored";
/// Could not be applied.
pub const FAILED: &str = "failed";

/// A delivery in the inbox.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Delivery {
    /// Which.
    pub id: DeliveryId,
    /// Over which connection.
    pub connection: ConnectionId,
    /// Lever's name of the event.
    pub event: String,
    /// Whom it is about.
    pub opportunity: Option<String>,
    /// When it happened in Lever.
    pub triggered_at: Timestamp,
    /// When it arrived here.
    pub received_at: Timestamp,
    /// One of the states above.
    pub state: String,
    /// What came of it, in a few words.
    pub outcome: Option<String>,
    /// When that was.
    pub settled_at: Option<Timestamp>,
}

impl Delivery {
    fn read(row: &Row) -> Result<Self> {
        Ok(Self {
            id: row.get("id")?,
            connection: row.get("connection_id")?,
            event: row.get("event")?,
            opportunity: row.get("opportunity_id")?,
            triggered_at: row.get("triggered_at")?,
            received_at: row.get("received_at")?,
            state: row.get("state")?,
            outcome: row.get("outcome")?,
            settled_at: row.get("settled_at")?,
        })
    }
}

/// A verified delivery on its way into the inbox.
#[derive(Clone, Debug)]
pub struct NewDelivery<'a> {
    /// Which.
    pub id: DeliveryId,
    /// Over which connection.
    pub connection: ConnectionId,
    /// The delivery's own token.
    pub token: &'a str,
    /// Lever's name of the event.
    pub event: &'a str,
    /// Whom it is about.
    pub opportunity: Option<&'a str>,
    /// When it happened in Lever.
    pub triggered_at: Timestamp,
    /// When it arrived here.
    pub received_at: Timestamp,
    /// The body as it was sent.
    pub body: &'a [u8],
    /// [`PENDING`], or [`IGNORED`] with the reason why.
    pub ignored: Option<&'static str>,
}

/// Puts a delivery into the inbox. `false`: its token came before, and nothing
/// changed.
///
/// # Errors
/// As the database says.
pub async fn insert(tx: &mut Tx, organisation: OrganisationId, new: &NewDelivery<'_>) -> Result<bool> {
    let touched = tx
        .execute(
            "insert into deliveries (id, organisation_id, connection_id, token, event, opportunity_id,
                triggered_at, received_at, body, state, outcome, settled_at)
             values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12)
             on conflict (connection_id, token) do nothing",
            args![
                new.id,
                organisation,
                new.connection,
                new.token,
                new.event,
                new.opportunity,
                new.triggered_at,
                new.received_at,
                new.body.to_vec(),
                if new.ignored.is_some() { IGNORED } else { PENDING },
                new.ignored,
                new.ignored.map(|_| new.received_at),
            ],
        )
        .await?;
    Ok(touched == 1)
}

/// One delivery.
///
/// # Errors
/// As the database says.
pub async fn get(tx: &mut Tx, organisation: OrganisationId, id: DeliveryId) -> Result<Option<Delivery>> {
    let row = tx
        .optional(
            "select id, connection_id, event, opportunity_id, triggered_at, received_at, state, outcome,
                settled_at
             from deliveries where organisation_id = $1 and id = $2",
            args![organisation, id],
        )
        .await?;
    row.as_ref().map(Delivery::read).transpose()
}

/// The deliveries about an opportunity that wait to be applied, in the order of
/// what happened.
///
/// # Errors
/// As the database says.
pub async fn pending_for(
    tx: &mut Tx,
    organisation: OrganisationId,
    opportunity: &str,
) -> Result<Vec<Delivery>> {
    let rows = tx
        .all(
            "select id, connection_id, event, opportunity_id, triggered_at, received_at, state, outcome,
                settled_at
             from deliveries where organisation_id = $1 and opportunity_id = $2 and state = $3
             order by triggered_at, received_at, id",
            args![organisation, opportunity, PENDING],
        )
        .await?;
    rows.iter().map(Delivery::read).collect()
}

/// Says what came of pending deliveries: `state` is one of the states above.
/// One that is settled already keeps what it has.
///
/// # Errors
/// As the database says; [`Error::Inconsistent`] for another state.
pub async fn settle(
    tx: &mut Tx,
    organisation: OrganisationId,
    ids: &[DeliveryId],
    state: &'static str,
    outcome: &str,
    at: Timestamp,
) -> Result<()> {
    if ![APPLIED, IGNORED, FAILED].contains(&state) {
        return Err(Error::Inconsistent { column: "state" });
    }
    for id in ids {
        tx.execute(
            "update deliveries set state = $3, outcome = $4, settled_at = $5
             where organisation_id = $1 and id = $2 and state = $6",
            args![organisation, *id, state, outcome, at, PENDING],
        )
        .await?;
    }
    Ok(())
}

/// Scrubs the bodies of what arrived before `before`: at most `limit` at once.
/// Gives how many. What happened, and what came of it, stays.
///
/// # Errors
/// As the database says.
pub async fn scrub(tx: &mut Tx, organisation: OrganisationId, before: Timestamp, limit: u32) -> Result<u64> {
    tx.execute(
        "update deliveries set body = $3, body_kept = 0
         where id in (select id from deliveries
                      where organisation_id = $1 and body_kept = 1 and received_at < $2
                      order by received_at limit $4)",
        args![organisation, before, Vec::<u8>::new(), limit],
    )
    .await
}
