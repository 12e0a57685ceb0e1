//! Deliveries whose signature does not verify: kept for a while, in bounded
//! number, and never acted on. When the right token is saved they are looked at
//! again.

use domain::ids::{ConnectionId, DeliveryId, OrganisationId};
use domain::time::Timestamp;

use crate::{Result, Row, Tx, args};

/// A held delivery.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Held {
    /// Which. It keeps its id when it moves into the inbox.
    pub id: DeliveryId,
    /// What the body says it is about; not signed.
    pub event: String,
    /// When it arrived.
    pub received_at: Timestamp,
    /// The body as it was sent.
    pub body: Vec<u8>,
}

impl Held {
    fn read(row: &Row) -> Result<Self> {
        Ok(Self {
            id: row.get("id")?,
            event: row.get("event")?,
            received_at: row.get("received_at")?,
            body: row.get("body")?,
        })
    }
}

/// How much a connection holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Size {
    /// Deliveries.
    pub count: u32,
    /// Bytes of their bodies.
    pub bytes: i64,
}

/// Holds a delivery, unless the very same body is held already (Lever repeats
/// what was refused). Gives whether it was new.
///
/// # Errors
/// As the database says.
pub async fn insert(
    tx: &mut Tx,
    organisation: OrganisationId,
    connection: ConnectionId,
    held: &Held,
) -> Result<bool> {
    let same = tx
        .optional(
            "select id from quarantine where organisation_id = $1 and connection_id = $2 and body = $3",
            args![organisation, connection, held.body.clone()],
        )
        .await?;
    if same.is_some() {
        return Ok(false);
    }
    tx.execute(
        "insert into quarantine (id, organisation_id, connection_id, event, received_at, body)
         values ($1, $2, $3, $4, $5, $6)",
        args![held.id, organisation, connection, &held.event, held.received_at, held.body.clone()],
    )
    .await?;
    Ok(true)
}

/// How much is held.
///
/// # Errors
/// As the database says.
pub async fn size(tx: &mut Tx, organisation: OrganisationId, connection: ConnectionId) -> Result<Size> {
    let row = tx
        .one(
            "select count(*) as held, coalesce(sum(length(body)), 0) as bytes
             from quarantine where organisation_id = $1 and connection_id = $2",
            args![organisation, connection],
        )
        .await?;
    Ok(Size { count: row.get("held")?, bytes: row.get("bytes")? })
}

/// What is held, oldest first, at most `limit`, after the one with id `after`.
///
/// # Errors
/// As the database says.
pub async fn list(
    tx: &mut Tx,
    organisation: OrganisationId,
    connection: ConnectionId,
    after: Option<DeliveryId>,
    limit: u32,
) -> Result<Vec<Held>> {
    let rows = tx
        .all(
            "select id, event, received_at, body from quarantine
             where organisation_id = $1 and connection_id = $2 and id > $3 order by id limit $4",
            args![organisation, connection, after.map(|id| id.to_string()).unwrap_or_default(), limit],
        )
        .await?;
    rows.iter().map(Held::read).collect()
}

/// What is held of one event.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OfEvent {
    /// What the bodies say they are about; not signed.
    pub event: String,
    /// Deliveries.
    pub count: u32,
    /// When the first of them arrived.
    pub since: Timestamp,
}

/// What is held, by event.
///
/// # Errors
/// As the database says.
pub async fn by_event(
    tx: &mut Tx,
    organisation: OrganisationId,
    connection: ConnectionId,
) -> Result<Vec<OfEvent>> {
    let rows = tx
        .all(
            "select event, count(*) as held, min(received_at) as since from quarantine
             where organisation_id = $1 and connection_id = $2 group by event order by event",
            args![organisation, connection],
        )
        .await?;
    rows.iter()
        .map(|row| {
            Ok(OfEvent { event: row.get("event")?, count: row.get("held")?, since: row.get("since")? })
        })
        .collect()
}

/// The connections, whoever's they are, that hold something that arrived before
/// `before`, or found no room for something that came last before it.
///
/// # Errors
/// As the database says.
pub async fn with_older(tx: &mut Tx, before: Timestamp) -> Result<Vec<(OrganisationId, ConnectionId)>> {
    let rows = tx
        .all(
            "select organisation_id, connection_id from quarantine where received_at < $1
             union
             select organisation_id, connection_id from quarantine_refusals where last_at < $1",
            args![before],
        )
        .await?;
    rows.iter().map(|row| Ok((row.get("organisation_id")?, row.get("connection_id")?))).collect()
}

/// Lets go of one. Gives whether it was there.
///
/// # Errors
/// As the database says.
pub async fn remove(tx: &mut Tx, organisation: OrganisationId, id: DeliveryId) -> Result<bool> {
    let touched = tx
        .execute("delete from quarantine where organisation_id = $1 and id = $2", args![organisation, id])
        .await?;
    Ok(touched == 1)
}

/// Lets go of what arrived before `before`, and forgets what there was no room
/// for if the last of that came before it.
///
/// # Errors
/// As the database says.
pub async fn remove_older(
    tx: &mut Tx,
    organisation: OrganisationId,
    connection: ConnectionId,
    before: Timestamp,
) -> Result<u64> {
    tx.execute(
        "delete from quarantine_refusals where organisation_id = $1 and connection_id = $2 and last_at < $3",
        args![organisation, connection, before],
    )
    .await?;
    tx.execute(
        "delete from quarantine where organisation_id = $1 and connection_id = $2 and received_at < $3",
        args![organisation, connection, before],
    )
    .await
}

/// Lets go of everything, and forgets what there was no room for.
///
/// # Errors
/// As the database says.
pub async fn remove_all(tx: &mut Tx, organisation: OrganisationId, connection: ConnectionId) -> Result<u64> {
    forget_refusals(tx, organisation, connection).await?;
    tx.execute(
        "delete from quarantine where organisation_id = $1 and connection_id = $2",
        args![organisation, connection],
    )
    .await
}

/// What there was no room for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Refused {
    /// An event that is followed, or another word for all others.
    pub event: String,
    /// Deliveries, each time it came.
    pub count: u32,
    /// When the first of them came.
    pub since: Timestamp,
}

/// Counts a delivery that there was no room for.
///
/// # Errors
/// As the database says.
pub async fn refuse(
    tx: &mut Tx,
    organisation: OrganisationId,
    connection: ConnectionId,
    event: &str,
    now: Timestamp,
) -> Result<()> {
    tx.execute(
        "insert into quarantine_refusals (organisation_id, connection_id, event, refused, first_at, last_at)
         values ($1, $2, $3, 1, $4, $4)
         on conflict (connection_id, event) do update
            set refused = quarantine_refusals.refused + 1, last_at = excluded.last_at",
        args![organisation, connection, event, now],
    )
    .await?;
    Ok(())
}

/// How many there was no room for, by event.
///
/// # Errors
/// As the database says.
pub async fn refused(
    tx: &mut Tx,
    organisation: OrganisationId,
    connection: ConnectionId,
) -> Result<Vec<Refused>> {
    let rows = tx
        .all(
            "select event, refused, first_at from quarantine_refusals
             where organisation_id = $1 and connection_id = $2 order by event",
            args![organisation, connection],
        )
        .await?;
    rows.iter()
        .map(|row| {
            Ok(Refused { event: row.get("event")?, count: row.get("refused")?, since: row.get("first_at")? })
        })
        .collect()
}

/// Forgets how many there was no room for.
///
/// # Errors
/// As the database says.
pub async fn forget_refusals(
    tx: &mut Tx,
    organisation: OrganisationId,
    connection: ConnectionId,
) -> Result<u64> {
    tx.execute(
        "delete from quarantine_refusals where organisation_id = $1 and connection_id = $2",
        args![organisation, connection],
    )
    .await
}
