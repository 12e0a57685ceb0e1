//! What the health page counts: deliveries and the queue of them by the hour,
//! requests to Lever by the minute, and jobs that wait. Read only.

use std::time::Duration;

use domain::ids::OrganisationId;
use domain::time::Timestamp;

use crate::{Result, Tx, args};

/// The deliveries that arrived within one hour.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Hour {
    /// When the hour began.
    pub began: Timestamp,
    /// How many arrived.
    pub received: u32,
    /// The longest time between arrival and application, of those applied.
    pub slowest: Option<Duration>,
}

/// Deliveries that did not come to an end in the hour of their arrival.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Waited {
    /// When the hour of their arrival began.
    pub arrived: Timestamp,
    /// When the hour began in which they came to an end; none for those that wait still.
    pub settled: Option<Timestamp>,
    /// How many.
    pub deliveries: u32,
}

/// The requests that ended within one minute.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Minute {
    /// When the minute began.
    pub began: Timestamp,
    /// How many.
    pub requests: u32,
}

/// Jobs of one kind that wait.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Waiting {
    /// The job's kind.
    pub kind: String,
    /// How many are due.
    pub due: u32,
    /// How many come later, by the clock or after a pause.
    pub later: u32,
    /// When the first was due.
    pub first: Timestamp,
}

/// Milliseconds of an hour.
const HOUR: i64 = 3_600_000;
/// Milliseconds of a minute.
const MINUTE: i64 = 60_000;

/// The hours in which deliveries arrived, since `since`, oldest first. It reaches
/// back no further than bodies are kept: their index finds the deliveries.
///
/// # Errors
/// As the database says.
pub async fn hours(tx: &mut Tx, organisation: OrganisationId, since: Timestamp) -> Result<Vec<Hour>> {
    let rows = tx
        .all(
            "select received_at / 3600000 as hour, count(*) as received,
                    max(case when state = 'applied' then settled_at - received_at end) as slowest
             from deliveries
             where organisation_id = $1 and received_at >= $2 and body_kept = 1
             group by 1 order by 1",
            args![organisation, since],
        )
        .await?;
    rows.iter()
        .map(|row| {
            let (hour, slowest): (i64, Option<i64>) = (row.get("hour")?, row.get("slowest")?);
            let slowest = slowest.map(|slowest| Duration::from_millis(slowest.max(0).unsigned_abs()));
            Ok(Hour { began: Timestamp(hour.saturating_mul(HOUR)), received: row.get("received")?, slowest })
        })
        .collect()
}

/// The deliveries since `since` that waited from one hour into another, by both
/// hours. It reaches back as [`hours`] does.
///
/// # Errors
/// As the database says.
pub async fn waited(tx: &mut Tx, organisation: OrganisationId, since: Timestamp) -> Result<Vec<Waited>> {
    let rows = tx
        .all(
            "select received_at / 3600000 as arrived, settled_at / 3600000 as settled, count(*) as deliveries
             from deliveries
             where organisation_id = $1 and received_at >= $2 and body_kept = 1
               and (settled_at is null or settled_at / 3600000 > received_at / 3600000)
             group by 1, 2 order by 1, 2",
            args![organisation, since],
        )
        .await?;
    rows.iter()
        .map(|row| {
            let began = |hour: i64| Timestamp(hour.saturating_mul(HOUR));
            Ok(Waited {
                arrived: began(row.get("arrived")?),
                settled: row.get::<Option<i64>>("settled")?.map(began),
                deliveries: row.get("deliveries")?,
            })
        })
        .collect()
}

/// The minutes in which requests to Lever ended, since `since`, oldest first.
///
/// # Errors
/// As the database says.
pub async fn requests(tx: &mut Tx, organisation: OrganisationId, since: Timestamp) -> Result<Vec<Minute>> {
    let rows = tx
        .all(
            "select at / 60000 as minute, count(*) as requests from lever_calls
             where organisation_id = $1 and at >= $2
             group by 1 order by 1",
            args![organisation, since],
        )
        .await?;
    rows.iter()
        .map(|row| {
            let minute: i64 = row.get("minute")?;
            Ok(Minute { began: Timestamp(minute.saturating_mul(MINUTE)), requests: row.get("requests")? })
        })
        .collect()
}

/// When a delivery arrived last, if one did since `since`.
///
/// # Errors
/// As the database says.
pub async fn last_delivery(
    tx: &mut Tx,
    organisation: OrganisationId,
    since: Timestamp,
) -> Result<Option<Timestamp>> {
    tx.one(
        "select max(received_at) as last from deliveries
         where organisation_id = $1 and received_at >= $2 and body_kept = 1",
        args![organisation, since],
    )
    .await?
    .get("last")
}

/// The jobs of an organisation that wait for their turn, by kind.
///
/// # Errors
/// As the database says.
pub async fn waiting(tx: &mut Tx, organisation: OrganisationId, now: Timestamp) -> Result<Vec<Waiting>> {
    let rows = tx
        .all(
            "select kind, cast(sum(case when run_at <= $2 then 1 else 0 end) as bigint) as due,
                    cast(sum(case when run_at > $2 then 1 else 0 end) as bigint) as later, min(run_at) as first
             from jobs where organisation_id = $1 and state = 'queued'
             group by kind order by kind",
            args![organisation, now],
        )
        .await?;
    rows.iter()
        .map(|row| {
            Ok(Waiting {
                kind: row.get("kind")?,
                due: row.get("due")?,
                later: row.get("later")?,
                first: row.get("first")?,
            })
        })
        .collect()
}

/// How many jobs of an organisation run, and how many were given up.
///
/// # Errors
/// As the database says.
pub async fn running_and_dead(tx: &mut Tx, organisation: OrganisationId) -> Result<(u32, u32)> {
    let row = tx
        .one(
            "select cast(coalesce(sum(case when state = 'running' then 1 else 0 end), 0) as bigint) as running,
                    cast(coalesce(sum(case when state = 'dead' then 1 else 0 end), 0) as bigint) as dead
             from jobs where organisation_id = $1 and state in ('running', 'dead')",
            args![organisation],
        )
        .await?;
    Ok((row.get("running")?, row.get("dead")?))
}
