//! Table `jobs`: durable work, its leases and its dead letters.
//!
//! A job is *queued*, *running* under a lease, or *dead*; done jobs are deleted.
//! Two rules are held by unique indexes: at most one queued job a key, at most
//! one running job a key. Whoever claims a job gets an attempt number; id,
//! owner and attempt together are the fence that every settlement names, so a
//! worker whose lease was taken over can change nothing any more.

use std::collections::BTreeMap;
use std::sync::LazyLock;
use std::time::Duration;

use domain::attention::AttentionKind;
use domain::ids::{JobId, OrganisationId};
use domain::job::{Job, Priority};
use domain::time::Timestamp;

use crate::engine::InsertMany;
use crate::{Engine, Error, Result, Row, Tx, Value, args, attention};

/// How often a job is tried before it is dead.
pub const MAX_ATTEMPTS: u32 = 40;

/// A job in the hands of a worker.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Claimed {
    /// What is to be done.
    pub job: Job,
    /// Which job.
    pub id: JobId,
    /// For whom.
    pub organisation: OrganisationId,
    /// See [`Job::key`].
    pub key: String,
    /// How urgent it is: as its kind is, or as whoever queued it said.
    pub priority: Priority,
    /// The number of this claim, from 1; grows with every claim.
    pub attempt: u32,
    /// From this attempt on a failure is final.
    pub max_attempts: u32,
    /// Whose claim it is.
    pub owner: String,
    /// When it was claimed.
    pub claimed_at: Timestamp,
    /// Until when nobody else may claim it.
    pub lease_until: Timestamp,
    /// Whether a job of the same key is a dead letter.
    pub given_up: bool,
}

impl Claimed {
    /// How often it will have failed should this claim fail: claims that ended
    /// by waiting do not count, those whose holder vanished do.
    #[must_use]
    pub fn failures(&self) -> u32 {
        (self.attempt + MAX_ATTEMPTS).saturating_sub(self.max_attempts)
    }
}

/// A dead letter.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Dead {
    /// What was to be done.
    pub job: Job,
    /// Which job.
    pub id: JobId,
    /// How often it was claimed.
    pub attempt: u32,
    /// Why it was given up, for the log.
    pub error: Option<String>,
    /// When it was given up.
    pub at: Timestamp,
}

/// Queues `job` in the transaction of the change that causes it. A queued job
/// with the same key stands for this one too; the earlier `run_at` wins.
///
/// # Errors
/// As the database says.
pub async fn enqueue(
    tx: &mut Tx,
    organisation: OrganisationId,
    job: &Job,
    id: JobId,
    run_at: Timestamp,
    now: Timestamp,
) -> Result<()> {
    enqueue_at(tx, organisation, job, job.priority(), id, run_at, now).await
}

/// Queues jobs to be done at `now`, each as [`enqueue`] would.
///
/// # Errors
/// As the database says.
pub async fn enqueue_all(tx: &mut Tx, jobs: &[(OrganisationId, Job, JobId)], now: Timestamp) -> Result<()> {
    // One row a key: PostgreSQL refuses to touch a row twice in one statement.
    let mut rows = BTreeMap::new();
    for (organisation, job, id) in jobs {
        let claimed = unclaimed(*organisation, job, job.priority(), *id, now);
        rows.insert(claimed.key.clone(), queued_row(&claimed, now, None, now)?);
    }
    INSERT.run(tx, rows.into_values().collect()).await?;
    Ok(())
}

/// As [`enqueue`], with another priority than that of its kind. A queued job
/// with the same key takes the more urgent one of both.
///
/// # Errors
/// As the database says.
pub async fn enqueue_at(
    tx: &mut Tx,
    organisation: OrganisationId,
    job: &Job,
    priority: Priority,
    id: JobId,
    run_at: Timestamp,
    now: Timestamp,
) -> Result<()> {
    let claimed = unclaimed(organisation, job, priority, id, now);
    insert_queued(tx, &claimed, run_at, None, now).await
}

/// A job that nobody has claimed yet.
fn unclaimed(
    organisation: OrganisationId,
    job: &Job,
    priority: Priority,
    id: JobId,
    now: Timestamp,
) -> Claimed {
    Claimed {
        job: job.clone(),
        id,
        organisation,
        key: job.key(organisation),
        priority,
        attempt: 0,
        max_attempts: MAX_ATTEMPTS,
        owner: String::new(),
        claimed_at: now,
        lease_until: now,
        given_up: false,
    }
}

async fn insert_queued(
    tx: &mut Tx,
    job: &Claimed,
    run_at: Timestamp,
    error: Option<&str>,
    now: Timestamp,
) -> Result<()> {
    let row = queued_row(job, run_at, error, now)?;
    INSERT.run(tx, vec![row]).await?;
    Ok(())
}

static INSERT: LazyLock<InsertMany> = LazyLock::new(|| {
    InsertMany::new(
        "insert into jobs (id, organisation_id, kind, payload, key, priority, needs_lever, state, run_at, attempt,
             max_attempts, last_error, created_at, updated_at) values",
        14,
        "on conflict (key) where state = 'queued' do update
         set run_at = case when excluded.run_at < jobs.run_at then excluded.run_at else jobs.run_at end,
             priority = case when excluded.priority < jobs.priority then excluded.priority else jobs.priority end
         where excluded.run_at < jobs.run_at or excluded.priority < jobs.priority",
    )
});

fn queued_row(job: &Claimed, run_at: Timestamp, error: Option<&str>, now: Timestamp) -> Result<Vec<Value>> {
    let payload = serde_json::to_string(&job.job).map_err(|_| Error::Inconsistent { column: "payload" })?;
    Ok(args![
        job.id,
        job.organisation,
        job.job.kind(),
        payload,
        job.key.as_str(),
        u32::from(job.priority as u8),
        job.job.needs_lever(),
        "queued",
        run_at,
        job.attempt,
        job.max_attempts,
        error,
        now,
        now,
    ])
}

/// Claims the next due job for `owner`: queued and due, or running with an
/// expired lease. Clicks first, then by age of the due time. Jobs that need
/// Lever wait while their organisation is not connected or its work rests.
/// `least` is the least urgent priority that is taken.
///
/// This is the one query over all organisations.
///
/// # Errors
/// As the database says.
pub async fn claim(
    tx: &mut Tx,
    owner: &str,
    now: Timestamp,
    lease: Duration,
    least: Priority,
) -> Result<Option<Claimed>> {
    let mut expired = expired(tx, now, least).await?;
    for priority in Priority::ALL.into_iter().filter(|priority| *priority <= least) {
        let queued = queued(tx, now, priority).await?;
        let expired = expired.take_if(|expired| expired.priority == priority);
        let older = [queued, expired].into_iter().flatten().min_by_key(|due| due.run_at);
        if let Some(due) = older {
            return take(tx, due, owner, now, lease).await.map(Some);
        }
    }
    Ok(None)
}

/// As [`claim`], of whatever urgency: what is due longest. Now and then a worker
/// claims like this, so that a stream of clicks does not keep all else waiting.
///
/// # Errors
/// As the database says.
pub async fn claim_oldest(
    tx: &mut Tx,
    owner: &str,
    now: Timestamp,
    lease: Duration,
) -> Result<Option<Claimed>> {
    let mut due = Vec::new();
    due.extend(expired(tx, now, Priority::Background).await?);
    for priority in Priority::ALL {
        due.extend(queued(tx, now, priority).await?);
    }
    match due.into_iter().min_by_key(|due| due.run_at) {
        Some(oldest) => take(tx, oldest, owner, now, lease).await.map(Some),
        None => Ok(None),
    }
}

/// A job that may be claimed.
struct Due {
    id: JobId,
    priority: Priority,
    run_at: Timestamp,
}

/// The most urgent job whose holder vanished.
async fn expired(tx: &mut Tx, now: Timestamp, least: Priority) -> Result<Option<Due>> {
    let sql = match tx.engine() {
        Engine::Sqlite => EXPIRED_SQLITE,
        Engine::Postgres => EXPIRED_POSTGRES,
    };
    let row = tx.optional(sql, args![now, u32::from(least as u8)]).await?;
    row.as_ref().map(due).transpose()
}

/// The queued job of this priority that is due longest.
async fn queued(tx: &mut Tx, now: Timestamp, priority: Priority) -> Result<Option<Due>> {
    let sql = match tx.engine() {
        Engine::Sqlite => QUEUED_SQLITE,
        Engine::Postgres => QUEUED_POSTGRES,
    };
    let row = tx.optional(sql, args![now, u32::from(priority as u8)]).await?;
    row.as_ref().map(due).transpose()
}

async fn take(tx: &mut Tx, due: Due, owner: &str, now: Timestamp, lease: Duration) -> Result<Claimed> {
    let lease_until = now + lease;
    let row = tx
        .one(
            "update jobs set state = 'running', attempt = attempt + 1, lease_owner = $2, lease_until = $3,
                             updated_at = $4
             where id = $1
             returning id, organisation_id, payload, key, attempt, max_attempts,
                       (select count(*) from jobs d where d.key = jobs.key and d.state = 'dead') as dead",
            args![due.id, owner, lease_until, now],
        )
        .await?;
    Ok(Claimed {
        job: payload(&row)?,
        id: row.get("id")?,
        organisation: row.get("organisation_id")?,
        key: row.get("key")?,
        priority: due.priority,
        attempt: row.get("attempt")?,
        max_attempts: row.get("max_attempts")?,
        owner: owner.to_owned(),
        claimed_at: now,
        lease_until,
        given_up: row.get::<u32>("dead")? > 0,
    })
}

/// The condition that Lever may be asked for the organisation.
macro_rules! lever_or_not_needed {
    () => {
        "(j.needs_lever = 0 or exists (
              select 1 from connections c
              where c.organisation_id = j.organisation_id and c.state in ('connected', 'needs_attention')
                and not exists (select 1 from lever_rests p
                                where p.organisation_id = j.organisation_id and p.until > $1)))"
    };
}

macro_rules! expired {
    ($lock:literal) => {
        concat!(
            "select j.id, j.priority, j.run_at from jobs j
             where j.state = 'running' and j.lease_until <= $1 and j.priority <= $2 and ",
            lever_or_not_needed!(),
            " order by j.priority, j.run_at, j.id limit 1",
            $lock
        )
    };
}

macro_rules! queued {
    ($lock:literal) => {
        concat!(
            "select j.id, j.priority, j.run_at from jobs j
             where j.state = 'queued' and j.priority = $2 and j.run_at <= $1
               and not exists (select 1 from jobs r where r.key = j.key and r.state = 'running')
               and ",
            lever_or_not_needed!(),
            " order by j.run_at, j.id limit 1",
            $lock
        )
    };
}

const EXPIRED_SQLITE: &str = expired!("");
const EXPIRED_POSTGRES: &str = expired!(" for update of j skip locked");
const QUEUED_SQLITE: &str = queued!("");
const QUEUED_POSTGRES: &str = queued!(" for update of j skip locked");

fn due(row: &Row) -> Result<Due> {
    let priority: u32 = row.get("priority")?;
    let priority = Priority::ALL
        .into_iter()
        .find(|known| u32::from(*known as u8) == priority)
        .ok_or(Error::Inconsistent { column: "priority" })?;
    Ok(Due { id: row.get("id")?, priority, run_at: row.get("run_at")? })
}

/// Whether the claim still stands: nobody took the job over and its lease has
/// not run out. In a writing transaction the job's row stays locked until the
/// end, so that nobody can take it over in between.
///
/// # Errors
/// As the database says.
pub async fn holds_lease(tx: &mut Tx, claimed: &Claimed, now: Timestamp) -> Result<bool> {
    let touched = tx
        .execute(
            "update jobs set updated_at = $4
             where id = $1 and lease_owner = $2 and attempt = $3 and state = 'running' and lease_until > $4",
            args![claimed.id, claimed.owner.as_str(), claimed.attempt, now],
        )
        .await?;
    Ok(touched == 1)
}

/// As [`holds_lease`], in a transaction that only reads.
///
/// # Errors
/// As the database says.
pub async fn still_holds(tx: &mut Tx, claimed: &Claimed, now: Timestamp) -> Result<bool> {
    let row = tx
        .optional(
            "select id from jobs
             where id = $1 and lease_owner = $2 and attempt = $3 and state = 'running' and lease_until > $4",
            args![claimed.id, claimed.owner.as_str(), claimed.attempt, now],
        )
        .await?;
    Ok(row.is_some())
}

/// Prolongs the lease from `now`; gives its new end, or `None` when the job was
/// taken over.
///
/// # Errors
/// As the database says.
pub async fn renew(
    tx: &mut Tx,
    claimed: &Claimed,
    now: Timestamp,
    lease: Duration,
) -> Result<Option<Timestamp>> {
    let until = now + lease;
    let touched = tx
        .execute(
            "update jobs set lease_until = $4, updated_at = $5
             where id = $1 and lease_owner = $2 and attempt = $3 and state = 'running'",
            args![claimed.id, claimed.owner.as_str(), claimed.attempt, until, now],
        )
        .await?;
    Ok((touched == 1).then_some(until))
}

/// Done: the job is deleted, and so are dead letters of the same key, with the
/// attention item about them.
///
/// # Errors
/// [`Error::RowsTouched`] when the job was taken over: undo the transaction.
pub async fn finish(tx: &mut Tx, claimed: &Claimed) -> Result<()> {
    delete(tx, claimed).await?;
    // Nobody else can have given one of this key up meanwhile.
    if claimed.given_up {
        forget_dead(tx, claimed.organisation, &claimed.job, claimed.claimed_at).await?;
    }
    Ok(())
}

/// Deletes the dead letters of this key, with the attention item about them. Gives whether
/// there was such an item.
///
/// # Errors
/// As the database says.
pub async fn forget_dead(
    tx: &mut Tx,
    organisation: OrganisationId,
    job: &Job,
    now: Timestamp,
) -> Result<bool> {
    let key = job.key(organisation);
    tx.execute(
        "delete from jobs where organisation_id = $1 and key = $2 and state = 'dead'",
        args![organisation, key.as_str()],
    )
    .await?;
    attention::resolve(tx, organisation, AttentionKind::WorkGivenUp, &key, now).await
}

/// Failed, and to be tried again at `run_at`. When a job with the same key was
/// queued meanwhile, that one stands for both, at the earlier time.
///
/// # Errors
/// [`Error::RowsTouched`] when the job was taken over: undo the transaction.
pub async fn retry(
    tx: &mut Tx,
    claimed: &Claimed,
    run_at: Timestamp,
    error: &str,
    now: Timestamp,
) -> Result<()> {
    delete(tx, claimed).await?;
    insert_queued(tx, claimed, run_at, Some(error), now).await
}

/// To go on at `run_at`, without counting this attempt as a failure: the job
/// waits for something.
///
/// # Errors
/// [`Error::RowsTouched`] when the job was taken over: undo the transaction.
pub async fn defer(tx: &mut Tx, claimed: &Claimed, run_at: Timestamp, now: Timestamp) -> Result<()> {
    delete(tx, claimed).await?;
    let waiting = Claimed { max_attempts: claimed.max_attempts.saturating_add(1), ..claimed.clone() };
    insert_queued(tx, &waiting, run_at, None, now).await
}

/// Given up: a dead letter.
///
/// # Errors
/// [`Error::RowsTouched`] when the job was taken over: undo the transaction.
pub async fn bury(tx: &mut Tx, claimed: &Claimed, error: &str, now: Timestamp) -> Result<()> {
    let touched = tx
        .execute(
            "update jobs set state = 'dead', lease_owner = null, lease_until = null, last_error = $4, updated_at = $5
             where id = $1 and lease_owner = $2 and attempt = $3 and state = 'running'",
            args![claimed.id, claimed.owner.as_str(), claimed.attempt, error, now],
        )
        .await?;
    Error::expect_one("bury job", touched)
}

/// Lets go of the job at once, undone: the next claim takes it over.
///
/// # Errors
/// [`Error::RowsTouched`] when the job was taken over already.
pub async fn release(tx: &mut Tx, claimed: &Claimed, now: Timestamp) -> Result<()> {
    let touched = tx
        .execute(
            "update jobs set lease_until = $4, updated_at = $4
             where id = $1 and lease_owner = $2 and attempt = $3 and state = 'running'",
            args![claimed.id, claimed.owner.as_str(), claimed.attempt, now],
        )
        .await?;
    Error::expect_one("release job", touched)
}

/// Ends every lease at once. Only for the start of a process that alone has the
/// database (SQLite): whoever held them is gone.
///
/// # Errors
/// As the database says.
pub async fn void_leases(tx: &mut Tx, now: Timestamp) -> Result<u64> {
    tx.execute(
        "update jobs set lease_until = $1, updated_at = $1 where state = 'running' and lease_until > $1",
        args![now],
    )
    .await
}

/// Makes the queued job with this key due at once; `false` when there is none.
///
/// # Errors
/// As the database says.
pub async fn hasten(tx: &mut Tx, organisation: OrganisationId, job: &Job, now: Timestamp) -> Result<bool> {
    let touched = tx
        .execute(
            "update jobs set run_at = $3, updated_at = $3
             where organisation_id = $1 and key = $2 and state = 'queued' and run_at > $3",
            args![organisation, job.key(organisation), now],
        )
        .await?;
    Ok(touched > 0)
}

/// Makes the queued job with this key at least so urgent; `false` when there is
/// none, or it was so already.
///
/// # Errors
/// As the database says.
pub async fn raise(tx: &mut Tx, organisation: OrganisationId, job: &Job, priority: Priority) -> Result<bool> {
    let touched = tx
        .execute(
            "update jobs set priority = $3
             where organisation_id = $1 and key = $2 and state = 'queued' and priority > $3",
            args![organisation, job.key(organisation), u32::from(priority as u8)],
        )
        .await?;
    Ok(touched > 0)
}

/// How a job that is queued or running stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Standing {
    /// How often it was begun.
    pub attempt: u32,
    /// When it is due, or was.
    pub run_at: Timestamp,
    /// Whether somebody is at it.
    pub running: bool,
}

/// How the job with this key stands, if there is one; one that runs stands for
/// another that is queued behind it.
///
/// # Errors
/// As the database says.
pub async fn standing(tx: &mut Tx, organisation: OrganisationId, job: &Job) -> Result<Option<Standing>> {
    tx.optional(
        "select attempt, run_at, state from jobs
         where organisation_id = $1 and key = $2 and state in ('queued', 'running')
         order by state desc limit 1",
        args![organisation, job.key(organisation)],
    )
    .await?
    .map(|row| {
        Ok(Standing {
            attempt: row.get("attempt")?,
            run_at: row.get("run_at")?,
            running: row.get::<String>("state")? == "running",
        })
    })
    .transpose()
}

/// How many jobs of the organisation are running, or queued and due by `due_by`.
///
/// # Errors
/// As the database says.
pub async fn count_live(tx: &mut Tx, organisation: OrganisationId, due_by: Timestamp) -> Result<u32> {
    tx.one(
        "select count(*) as live from jobs
         where organisation_id = $1 and (state = 'running' or (state = 'queued' and run_at <= $2))",
        args![organisation, due_by],
    )
    .await?
    .get("live")
}

/// The dead letters of the organisation, newest first, at most `limit`.
///
/// # Errors
/// As the database says.
pub async fn dead(tx: &mut Tx, organisation: OrganisationId, limit: u32) -> Result<Vec<Dead>> {
    let rows = tx
        .all(
            "select id, payload, attempt, last_error, updated_at from jobs
             where organisation_id = $1 and state = 'dead' order by updated_at desc, id desc limit $2",
            args![organisation, limit],
        )
        .await?;
    rows.iter()
        .map(|row| {
            Ok(Dead {
                job: payload(row)?,
                id: row.get("id")?,
                attempt: row.get("attempt")?,
                error: row.get("last_error")?,
                at: row.get("updated_at")?,
            })
        })
        .collect()
}

async fn delete(tx: &mut Tx, claimed: &Claimed) -> Result<()> {
    let touched = tx
        .execute(
            "delete from jobs where id = $1 and lease_owner = $2 and attempt = $3 and state = 'running'",
            args![claimed.id, claimed.owner.as_str(), claimed.attempt],
        )
        .await?;
    Error::expect_one("settle job", touched)
}

fn payload(row: &Row) -> Result<Job> {
    serde_json::from_str(&row.get::<String>("payload")?)
        .map_err(|_| Error::Inconsistent { column: "payload" })
}
