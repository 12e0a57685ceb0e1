//! Deliveries whose signature does not verify: kept for a while, in bounded
//! number, and never acted on. When the right token is saved they are looked at
//! again; but for those that came while the connection was switched off, or were
//! held until it was: these are *ignored*, and only stand in the log.

use domain::ids::{CandidateId, ConnectionId, DeliveryId, OrganisationId};
use domain::time::Timestamp;

use crate::activity::Within;
use crate::{Engine, Error, Result, Row, Tx, args};

/// A held delivery.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Held {
    /// Which. It keeps its id when it moves into the inbox.
    pub id: DeliveryId,
    /// What the body says it is about; not signed.
    pub event: String,
    /// Whom the body says it is about; not signed.
    pub opportunity: Option<String>,
    /// When it arrived.
    pub received_at: Timestamp,
    /// The headers that came with it, by name.
    pub headers: Vec<(String, String)>,
    /// The body as it was sent.
    pub body: Vec<u8>,
    /// Whether nobody looks at it again.
    pub ignored: bool,
}

impl Held {
    fn read(row: &Row) -> Result<Self> {
        Ok(Self {
            id: row.get("id")?,
            event: row.get("event")?,
            opportunity: row.get("opportunity_id")?,
            received_at: row.get("received_at")?,
            headers: serde_json::from_str(&row.get::<String>("headers")?)
                .map_err(|_| Error::Inconsistent { column: "headers" })?,
            body: row.get("body")?,
            ignored: row.get("ignored")?,
        })
    }

    /// How much of what a connection may hold it takes.
    #[must_use]
    pub fn bytes(&self) -> i64 {
        let headers: usize = self.headers.iter().map(|(name, value)| name.len() + value.len()).sum();
        i64::try_from(self.body.len() + headers).unwrap_or(i64::MAX)
    }
}

/// How much a connection holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Size {
    /// Deliveries.
    pub count: u32,
    /// Bytes of their bodies and headers.
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
            "select id from quarantine
             where organisation_id = $1 and connection_id = $2 and body = $3 and ignored = $4",
            args![organisation, connection, held.body.clone(), held.ignored],
        )
        .await?;
    if same.is_some() {
        return Ok(false);
    }
    let headers =
        serde_json::to_string(&held.headers).map_err(|_| Error::Inconsistent { column: "headers" })?;
    tx.execute(
        "insert into quarantine
            (id, organisation_id, connection_id, event, received_at, body, headers, opportunity_id, ignored)
         values ($1, $2, $3, $4, $5, $6, $7, $8, $9)",
        args![
            held.id,
            organisation,
            connection,
            &held.event,
            held.received_at,
            held.body.clone(),
            headers,
            held.opportunity.as_deref(),
            held.ignored,
        ],
    )
    .await?;
    Ok(true)
}

/// How much is held.
///
/// # Errors
/// As the database says.
pub async fn size(tx: &mut Tx, organisation: OrganisationId, connection: ConnectionId) -> Result<Size> {
    measure(tx, organisation, connection, false).await
}

/// How much is ignored.
///
/// # Errors
/// As the database says.
pub async fn size_ignored(
    tx: &mut Tx,
    organisation: OrganisationId,
    connection: ConnectionId,
) -> Result<Size> {
    measure(tx, organisation, connection, true).await
}

async fn measure(
    tx: &mut Tx,
    organisation: OrganisationId,
    connection: ConnectionId,
    ignored: bool,
) -> Result<Size> {
    let row = tx
        .one(
            "select count(*) as held, cast(coalesce(sum(length(body) + length(headers)), 0) as bigint) as bytes
             from quarantine where organisation_id = $1 and connection_id = $2 and ignored = $3",
            args![organisation, connection, ignored],
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
            "select id, event, opportunity_id, received_at, headers, body, ignored from quarantine
             where organisation_id = $1 and connection_id = $2 and ignored = 0 and id > $3
             order by id limit $4",
            args![organisation, connection, after.map(|id| id.to_string()).unwrap_or_default(), limit],
        )
        .await?;
    rows.iter().map(Held::read).collect()
}

/// One, and over which connection it came.
///
/// # Errors
/// As the database says.
pub async fn get(
    tx: &mut Tx,
    organisation: OrganisationId,
    id: DeliveryId,
) -> Result<Option<(ConnectionId, Held)>> {
    let row = tx
        .optional(
            "select id, connection_id, event, opportunity_id, received_at, headers, body, ignored
             from quarantine where organisation_id = $1 and id = $2",
            args![organisation, id],
        )
        .await?;
    row.as_ref().map(|row| Ok((row.get("connection_id")?, Held::read(row)?))).transpose()
}

/// A delivery that did not verify, as the log shows it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Listed {
    /// Which.
    pub id: DeliveryId,
    /// What the body says it is about; not signed.
    pub event: String,
    /// When it arrived.
    pub received_at: Timestamp,
    /// Whether nobody looks at it again.
    pub ignored: bool,
    /// The candidate whom the opportunity stands for that the body names.
    pub candidate: Option<CandidateId>,
    /// Their name.
    pub name: Option<String>,
}

// Arguments: $1 organisation, $2 and $3 the place, $4 since when, $5 the limit, $6
// whether it is ignored, then the candidates.
macro_rules! listed {
    ($condition:literal) => {
        concat!(
            "select q.id, q.event, q.received_at, q.ignored, c.id as candidate_id, c.name
             from quarantine q
             left join opportunities o on o.organisation_id = q.organisation_id and o.id = q.opportunity_id
             left join candidates c on c.id = o.candidate_id
             where q.organisation_id = $1 and (q.received_at, q.id) < ($2, $3) and q.received_at >= $4
               and ($6 < 0 or q.ignored = $6) ",
            $condition,
            " order by q.received_at desc, q.id desc limit $5"
        )
    };
}

/// At most `limit` deliveries that did not verify, about these candidates if said,
/// held or ignored if said, newest first.
///
/// # Errors
/// As the database says.
pub async fn listed(
    tx: &mut Tx,
    organisation: OrganisationId,
    candidates: Option<&[CandidateId]>,
    ignored: Option<bool>,
    within: Within,
    limit: u32,
) -> Result<Vec<Listed>> {
    let (at, id) = within.before();
    let mut args = args![organisation, at, id, within.from, limit, ignored.map_or(-1, i64::from)];
    args.extend(candidates.map(Into::into));
    let sql = match (candidates, tx.engine()) {
        (Some(_), Engine::Sqlite) => listed!("and o.candidate_id in (select value from json_each($7))"),
        (Some(_), Engine::Postgres) => {
            listed!("and o.candidate_id in (select jsonb_array_elements_text(cast($7 as jsonb)))")
        }
        (None, _) => listed!(""),
    };
    tx.all(sql, args)
        .await?
        .iter()
        .map(|row| {
            Ok(Listed {
                id: row.get("id")?,
                event: row.get("event")?,
                received_at: row.get("received_at")?,
                ignored: row.get("ignored")?,
                candidate: row.get("candidate_id")?,
                name: row.get("name")?,
            })
        })
        .collect()
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
             where organisation_id = $1 and connection_id = $2 and ignored = 0 group by event order by event",
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

/// Ignores everything that is held, and forgets what there was no room for. Gives
/// how much was held.
///
/// # Errors
/// As the database says.
pub async fn ignore_all(tx: &mut Tx, organisation: OrganisationId, connection: ConnectionId) -> Result<u64> {
    forget_refusals(tx, organisation, connection).await?;
    tx.execute(
        "update quarantine set ignored = 1 where organisation_id = $1 and connection_id = $2 and ignored = 0",
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
