//! The inbox: verified deliveries. Each delivery token of a connection is
//! accepted once.

use std::collections::BTreeSet;
use std::sync::LazyLock;

use domain::ids::{CandidateId, ConnectionId, DeliveryId, OrganisationId};
use domain::status::Status;
use domain::time::Timestamp;

use crate::activity::Within;
use crate::engine::InsertMany;
use crate::{Engine, Error, Result, Row, Tx, Value, args};

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
    /// The headers that came with it, by name.
    pub headers: &'a [(String, String)],
    /// The body as it was sent.
    pub body: &'a [u8],
    /// [`PENDING`], or [`IGNORED`] with the reason why.
    pub ignored: Option<&'static str>,
}

/// Puts a verified delivery into the inbox; `false` when its token was there before.
///
/// # Errors
/// As the database says.
pub async fn insert(tx: &mut Tx, organisation: OrganisationId, new: &NewDelivery<'_>) -> Result<bool> {
    Ok(insert_all(tx, &[(organisation, new)]).await?.contains(&new.id))
}

/// Puts verified deliveries into the inbox; gives those whose token was not there
/// before.
///
/// # Errors
/// As the database says.
pub async fn insert_all(
    tx: &mut Tx,
    new: &[(OrganisationId, &NewDelivery<'_>)],
) -> Result<BTreeSet<DeliveryId>> {
    let rows = new.iter().map(|(organisation, new)| row(*organisation, new)).collect::<Result<_>>()?;
    INSERT.run(tx, rows).await?.iter().map(|row| row.get("id")).collect()
}

static INSERT: LazyLock<InsertMany> = LazyLock::new(|| {
    InsertMany::new(
        "insert into deliveries (id, organisation_id, connection_id, token, event, opportunity_id, triggered_at,
             received_at, body, state, outcome, settled_at, headers) values",
        13,
        "on conflict (connection_id, token) do nothing returning id",
    )
});

fn row(organisation: OrganisationId, new: &NewDelivery<'_>) -> Result<Vec<Value>> {
    let headers =
        serde_json::to_string(new.headers).map_err(|_| Error::Inconsistent { column: "headers" })?;
    Ok(args![
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
        headers,
    ])
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

/// What Lever said when the opportunity of a delivery was read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Reading {
    /// When it was asked for.
    pub at: Timestamp,
    /// Where it stands, in people's words.
    pub place: String,
    /// The name of who moved it there or deleted it, where Lever says so.
    pub mover: Option<String>,
    /// For how many other deliveries it was read at once.
    pub others: u32,
    /// The candidate's status before and after; none where it applied to nobody.
    pub status: Option<(Status, Status)>,
}

/// What came of reading an opportunity that deliveries told of.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Application<'a> {
    /// In a few words.
    pub outcome: &'a str,
    /// When it was applied.
    pub at: Timestamp,
    /// How many attempts it took.
    pub attempts: u32,
    /// What was read.
    pub reading: Reading,
}

/// Says what came of pending deliveries: they are [`APPLIED`]. One that is settled
/// already keeps what it has.
///
/// # Errors
/// As the database says.
pub async fn applied(
    tx: &mut Tx,
    organisation: OrganisationId,
    ids: &[DeliveryId],
    application: &Application<'_>,
) -> Result<()> {
    let Application { outcome, at, attempts, reading } = application;
    let (before, after) = reading.status.unzip();
    for id in ids {
        tx.execute(
            "update deliveries set state = $3, outcome = $4, settled_at = $5, attempts = $6, read_at = $7,
                 read_place = $8, read_mover = $9, read_others = $10, status_before = $11, status_after = $12
             where organisation_id = $1 and id = $2 and state = $13",
            args![
                organisation,
                *id,
                APPLIED,
                *outcome,
                *at,
                *attempts,
                reading.at,
                &reading.place,
                reading.mover.as_deref(),
                reading.others,
                before.map(Status::code),
                after.map(Status::code),
                PENDING,
            ],
        )
        .await?;
    }
    Ok(())
}

/// Says how many attempts it took to settle deliveries.
///
/// # Errors
/// As the database says.
pub async fn tried(
    tx: &mut Tx,
    organisation: OrganisationId,
    ids: &[DeliveryId],
    attempts: u32,
) -> Result<()> {
    for id in ids {
        tx.execute(
            "update deliveries set attempts = $3 where organisation_id = $1 and id = $2",
            args![organisation, *id, attempts],
        )
        .await?;
    }
    Ok(())
}

/// Lets a settled delivery wait to be applied again; `false` when it waits
/// already, or names no opportunity.
///
/// # Errors
/// As the database says.
pub async fn reopen(tx: &mut Tx, organisation: OrganisationId, id: DeliveryId) -> Result<bool> {
    let touched = tx
        .execute(
            "update deliveries set state = $3, outcome = null, settled_at = null, read_at = null
             where organisation_id = $1 and id = $2 and state <> $3 and opportunity_id is not null",
            args![organisation, id, PENDING],
        )
        .await?;
    Ok(touched == 1)
}

/// Lets those about an opportunity that could not be applied wait to be applied
/// again; gives how many.
///
/// # Errors
/// As the database says.
pub async fn reopen_failed(tx: &mut Tx, organisation: OrganisationId, opportunity: &str) -> Result<u64> {
    tx.execute(
        "update deliveries set state = $4, outcome = null, settled_at = null
         where organisation_id = $1 and opportunity_id = $2 and state = $3",
        args![organisation, opportunity, FAILED, PENDING],
    )
    .await
}

/// A body. What it is stands in `body_kept`: 1, 2 and 0.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Body {
    /// As it was sent.
    Sent(Vec<u8>),
    /// Sealed, for whoever has the key.
    Sealed(Vec<u8>),
    /// No longer here.
    Scrubbed,
}

impl Body {
    fn read(row: &Row) -> Result<Self> {
        match row.get("body_kept")? {
            1_i64 => Ok(Self::Sent(row.get("body")?)),
            2 => Ok(Self::Sealed(row.get("body")?)),
            0 => Ok(Self::Scrubbed),
            _ => Err(Error::Inconsistent { column: "body_kept" }),
        }
    }
}

/// A delivery with all that was kept of it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Kept {
    /// What became of it.
    pub delivery: Delivery,
    /// The headers that came with it, by name.
    pub headers: Vec<(String, String)>,
    /// The body.
    pub body: Body,
    /// How many attempts it took to settle it; 0 while it waits.
    pub attempts: u32,
    /// What was read from Lever for it; none where nothing was, or while it waits.
    pub reading: Option<Reading>,
}

fn reading(row: &Row) -> Result<Option<Reading>> {
    let Some(at) = row.get::<Option<Timestamp>>("read_at")? else { return Ok(None) };
    let place: Option<String> = row.get("read_place")?;
    let before: Option<Status> = row.get("status_before")?;
    Ok(Some(Reading {
        at,
        place: place.ok_or(Error::Inconsistent { column: "read_place" })?,
        mover: row.get("read_mover")?,
        others: row.get::<Option<u32>>("read_others")?.unwrap_or_default(),
        status: before.zip(row.get("status_after")?),
    }))
}

/// One delivery with all that was kept of it.
///
/// # Errors
/// As the database says.
pub async fn kept(tx: &mut Tx, organisation: OrganisationId, id: DeliveryId) -> Result<Option<Kept>> {
    let row = tx
        .optional(
            "select id, connection_id, event, opportunity_id, triggered_at, received_at, state, outcome,
                settled_at, headers, body, body_kept, attempts, read_at, read_place, read_mover, read_others,
                status_before, status_after
             from deliveries where organisation_id = $1 and id = $2",
            args![organisation, id],
        )
        .await?;
    let Some(row) = row else { return Ok(None) };
    Ok(Some(Kept {
        delivery: Delivery::read(&row)?,
        headers: serde_json::from_str(&row.get::<String>("headers")?)
            .map_err(|_| Error::Inconsistent { column: "headers" })?,
        body: Body::read(&row)?,
        attempts: row.get("attempts")?,
        reading: reading(&row)?,
    }))
}

/// A delivery as the log shows it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Listed {
    /// What became of it.
    pub delivery: Delivery,
    /// The candidate whom the opportunity stands for.
    pub candidate: Option<CandidateId>,
    /// Their name.
    pub name: Option<String>,
}

// Arguments: $1 organisation, $2 and $3 the place, $4 since when, $5 the limit, $6
// whether it failed, then the candidates.
macro_rules! listed {
    ($condition:literal) => {
        concat!(
            "select d.id, d.connection_id, d.event, d.opportunity_id, d.triggered_at, d.received_at, d.state,
                    d.outcome, d.settled_at, c.id as candidate_id, c.name
             from deliveries d
             left join opportunities o on o.organisation_id = d.organisation_id and o.id = d.opportunity_id
             left join candidates c on c.id = o.candidate_id
             where d.organisation_id = $1 and (d.received_at, d.id) < ($2, $3) and d.received_at >= $4
               and ($6 < 0 or $6 = case when d.state = 'failed' then 1 else 0 end) ",
            $condition,
            " order by d.received_at desc, d.id desc limit $5"
        )
    };
}

/// At most `limit` deliveries, about these candidates if said, newest first.
///
/// # Errors
/// As the database says.
pub async fn listed(
    tx: &mut Tx,
    organisation: OrganisationId,
    candidates: Option<&[CandidateId]>,
    within: Within,
    limit: u32,
) -> Result<Vec<Listed>> {
    let (at, id) = within.before();
    let mut args = args![organisation, at, id, within.from, limit, within.failed_code()];
    args.extend(candidates.map(Into::into));
    let sql = match (candidates, tx.engine()) {
        (Some(_), Engine::Sqlite) => listed!(
            "and d.opportunity_id in (select id from opportunities where organisation_id = $1
                                      and candidate_id in (select value from json_each($7)))"
        ),
        (Some(_), Engine::Postgres) => listed!(
            "and d.opportunity_id in (select id from opportunities where organisation_id = $1
                                      and candidate_id in (select jsonb_array_elements_text(cast($7 as jsonb))))"
        ),
        (None, _) if within.failed == Some(true) => listed!("and d.state = 'failed'"),
        (None, _) => listed!(""),
    };
    tx.all(sql, args)
        .await?
        .iter()
        .map(|row| {
            Ok(Listed {
                delivery: Delivery::read(row)?,
                candidate: row.get("candidate_id")?,
                name: row.get("name")?,
            })
        })
        .collect()
}

/// Forgets at most `limit` settled deliveries of the organisation that arrived
/// before `before`; gives how many. Their tokens are accepted again then: a
/// repeat so late only leads to one more reading.
///
/// # Errors
/// As the database says.
pub async fn forget(tx: &mut Tx, organisation: OrganisationId, before: Timestamp, limit: u32) -> Result<u64> {
    tx.execute(
        "delete from deliveries
         where id in (select id from deliveries
                      where organisation_id = $1 and received_at < $2 and state <> $3
                      order by received_at limit $4)",
        args![organisation, before, PENDING, limit],
    )
    .await
}

// Which bodies is part of the text, so that their own index leads.
macro_rules! scrubbing {
    ($which:literal) => {
        concat!(
            "update deliveries set body = $3, headers = '[]', body_kept = 0
             where id in (select id from deliveries
                          where organisation_id = $1 and ",
            $which,
            " and received_at < $2 order by received_at limit $4)"
        )
    };
}

/// Scrubs the bodies and headers of what arrived before `before`: at most `limit` at once.
/// Gives how many. What happened, and what came of it, stays.
///
/// # Errors
/// As the database says.
pub async fn scrub(tx: &mut Tx, organisation: OrganisationId, before: Timestamp, limit: u32) -> Result<u64> {
    tx.execute(scrubbing!("body_kept = 1"), args![organisation, before, Vec::<u8>::new(), limit]).await
}

/// As [`scrub`], those that are sealed.
///
/// # Errors
/// As the database says.
pub async fn scrub_sealed(
    tx: &mut Tx,
    organisation: OrganisationId,
    before: Timestamp,
    limit: u32,
) -> Result<u64> {
    tx.execute(scrubbing!("body_kept = 2"), args![organisation, before, Vec::<u8>::new(), limit]).await
}

/// At most `limit` bodies, as they were sent, of what arrived before `before`, the oldest
/// first.
///
/// # Errors
/// As the database says.
pub async fn to_seal(
    tx: &mut Tx,
    organisation: OrganisationId,
    before: Timestamp,
    limit: u32,
) -> Result<Vec<(DeliveryId, Vec<u8>)>> {
    tx.all(
        "select id, body from deliveries
         where organisation_id = $1 and body_kept = 1 and received_at < $2 order by received_at limit $3",
        args![organisation, before, limit],
    )
    .await?
    .iter()
    .map(|row| Ok((row.get("id")?, row.get("body")?)))
    .collect()
}

/// Puts a sealed body in the place of the one that was sent, unless that is gone by now.
///
/// # Errors
/// As the database says.
pub async fn seal(tx: &mut Tx, organisation: OrganisationId, id: DeliveryId, sealed: Vec<u8>) -> Result<()> {
    tx.execute(
        "update deliveries set body = $3, body_kept = 2
         where organisation_id = $1 and id = $2 and body_kept = 1",
        args![organisation, id, sealed],
    )
    .await?;
    Ok(())
}
