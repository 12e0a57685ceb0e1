//! Table `reconciliations`: runs that compare linked candidates with Lever. At
//! most one of an organisation is open, held by a unique index.

use domain::ids::{ConnectionId, OrganisationId, ReconciliationId};
use domain::time::Timestamp;

use crate::activity::Older;
use crate::{Error, Result, Row, Tx, args};

/// Why a run was queued.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Cause {
    /// The period was over.
    Due,
    /// The night's, in full.
    Nightly,
    /// A person pressed *Sync now*, or a token or key was saved: the full form.
    Asked,
    /// Asked, by a person who has seen that many candidates would be unlinked.
    Permitted,
}

impl Cause {
    /// The stable text in the database.
    #[must_use]
    pub fn code(self) -> &'static str {
        match self {
            Self::Due => "due",
            Self::Nightly => "nightly",
            Self::Asked => "asked",
            Self::Permitted => "permitted",
        }
    }

    /// Reads [`Cause::code`] back.
    #[must_use]
    pub fn from_code(code: &str) -> Option<Self> {
        [Self::Due, Self::Nightly, Self::Asked, Self::Permitted]
            .into_iter()
            .find(|cause| cause.code() == code)
    }
}

/// What a run is at.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Phase {
    /// Listing what changed.
    Window,
    /// In full: reading the linked ones that were not listed.
    Linked,
    /// Looking for deletions.
    Deleted,
}

impl Phase {
    /// The stable text in the database.
    #[must_use]
    pub fn code(self) -> &'static str {
        match self {
            Self::Window => "window",
            Self::Linked => "linked",
            Self::Deleted => "deleted",
        }
    }

    /// Reads [`Phase::code`] back.
    #[must_use]
    pub fn from_code(code: &str) -> Option<Self> {
        [Self::Window, Self::Linked, Self::Deleted].into_iter().find(|phase| phase.code() == code)
    }
}

/// How far a run is; whoever takes it over goes on from here.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Progress {
    /// What it is at.
    pub phase: Phase,
    /// Where in it: Lever's cursor of the next page, or the last linked id read.
    pub reached: Option<String>,
    /// Pages of Lever's lists read.
    pub pages: u32,
    /// Opportunities looked at.
    pub looked_at: u32,
    /// Candidates changed.
    pub changed: u32,
    /// Requests sent to Lever.
    pub requests: u32,
}

/// How far a run has come, for a person.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum State {
    /// A job will begin it.
    Queued,
    /// At it.
    Running,
    /// Over.
    Done,
    /// Ended early; `problem` says why.
    Stopped,
}

impl State {
    /// The stable text in the database.
    #[must_use]
    pub fn code(self) -> &'static str {
        match self {
            Self::Queued => "queued",
            Self::Running => "running",
            Self::Done => "done",
            Self::Stopped => "stopped",
        }
    }

    /// Reads [`State::code`] back.
    #[must_use]
    pub fn from_code(code: &str) -> Option<Self> {
        [Self::Queued, Self::Running, Self::Done, Self::Stopped]
            .into_iter()
            .find(|state| state.code() == code)
    }
}

/// A run.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Reconciliation {
    /// Which.
    pub id: ReconciliationId,
    /// Of which connection.
    pub connection: ConnectionId,
    /// Why.
    pub cause: Cause,
    /// How far.
    pub state: State,
    /// When it was queued; once running, when it began.
    pub started_at: Timestamp,
    /// When it ended.
    pub finished_at: Option<Timestamp>,
    /// Since when changes are listed; once running.
    pub since: Option<Timestamp>,
    /// Candidates linked when it began.
    pub linked: u32,
    /// How far it is.
    pub progress: Progress,
    /// What stopped it, for a person.
    pub problem: Option<String>,
    /// Why another run is to follow, if one is.
    pub followed_by: Option<Cause>,
}

macro_rules! columns {
    () => {
        "id, connection_id, cause, state, started_at, finished_at, since, linked, phase, reached, pages,
         looked_at, changed, requests, problem, followed_by"
    };
}

/// Queues a run; `false` when one is open already.
///
/// # Errors
/// As the database says.
pub async fn insert(
    tx: &mut Tx,
    organisation: OrganisationId,
    id: ReconciliationId,
    connection: ConnectionId,
    cause: Cause,
    now: Timestamp,
) -> Result<bool> {
    let inserted = tx
        .execute(
            "insert into reconciliations (id, organisation_id, connection_id, cause, state, started_at, looked_at,
                                          changed, requests)
             values ($1, $2, $3, $4, 'queued', $5, 0, 0, 0)
             on conflict (organisation_id) where finished_at is null do nothing",
            args![id, organisation, connection, cause.code(), now],
        )
        .await?;
    Ok(inserted == 1)
}

/// Gives a queued run a stronger cause; `false` when none is queued.
///
/// # Errors
/// As the database says.
pub async fn strengthen(tx: &mut Tx, organisation: OrganisationId, cause: Cause) -> Result<bool> {
    let touched = tx
        .execute(
            "update reconciliations set cause = $2
             where organisation_id = $1 and state = 'queued' and cause <> 'permitted'
               and ($2 <> 'nightly' or cause = 'due')",
            args![organisation, cause.code()],
        )
        .await?;
    Ok(touched > 0)
}

/// Has a run follow the one that is under way: what that one has read already may be
/// older than the wish. `false` when none is under way.
///
/// # Errors
/// As the database says.
pub async fn follow(tx: &mut Tx, organisation: OrganisationId, cause: Cause) -> Result<bool> {
    let touched = tx
        .execute(
            "update reconciliations
             set followed_by = case when followed_by = 'permitted' then followed_by else $2 end
             where organisation_id = $1 and state = 'running'",
            args![organisation, cause.code()],
        )
        .await?;
    Ok(touched > 0)
}

/// One run.
///
/// # Errors
/// As the database says.
pub async fn get(
    tx: &mut Tx,
    organisation: OrganisationId,
    id: ReconciliationId,
) -> Result<Option<Reconciliation>> {
    tx.optional(
        concat!("select ", columns!(), " from reconciliations where organisation_id = $1 and id = $2"),
        args![organisation, id],
    )
    .await?
    .as_ref()
    .map(run)
    .transpose()
}

/// The run that is queued or under way.
///
/// # Errors
/// As the database says.
pub async fn open(tx: &mut Tx, organisation: OrganisationId) -> Result<Option<Reconciliation>> {
    tx.optional(
        concat!(
            "select ",
            columns!(),
            " from reconciliations where organisation_id = $1 and finished_at is null"
        ),
        args![organisation],
    )
    .await?
    .as_ref()
    .map(run)
    .transpose()
}

/// The newest run, open or over.
///
/// # Errors
/// As the database says.
pub async fn latest(tx: &mut Tx, organisation: OrganisationId) -> Result<Option<Reconciliation>> {
    tx.optional(
        concat!(
            "select ",
            columns!(),
            " from reconciliations where organisation_id = $1 order by started_at desc, id desc limit 1"
        ),
        args![organisation],
    )
    .await?
    .as_ref()
    .map(run)
    .transpose()
}

/// The newest full run that compared everybody, whether or not it was then
/// stopped because too many were deleted.
///
/// # Errors
/// As the database says.
pub async fn latest_full(tx: &mut Tx, organisation: OrganisationId) -> Result<Option<Reconciliation>> {
    tx.optional(
        concat!(
            "select ",
            columns!(),
            " from reconciliations where organisation_id = $1 and cause <> 'due'
               and (state = 'done' or (state = 'stopped' and phase = 'deleted'))
             order by started_at desc, id desc limit 1"
        ),
        args![organisation],
    )
    .await?
    .as_ref()
    .map(run)
    .transpose()
}

/// The runs that are over and older than a place, or the newest ones; newest first,
/// at most `limit`.
///
/// # Errors
/// As the database says.
pub async fn list(
    tx: &mut Tx,
    organisation: OrganisationId,
    older: Option<Older>,
    limit: u32,
) -> Result<Vec<Reconciliation>> {
    let (at, id) = Older::place(older);
    tx.all(
        concat!(
            "select ",
            columns!(),
            " from reconciliations
             where organisation_id = $1 and (started_at, id) < ($2, $3) and finished_at is not null
             order by started_at desc, id desc limit $4"
        ),
        args![organisation, at, id, limit],
    )
    .await?
    .iter()
    .map(run)
    .collect()
}

/// Begins a queued run. One that runs already goes on as it is: its worker was
/// lost.
///
/// # Errors
/// [`Error::RowsTouched`] when it is over already.
pub async fn start(
    tx: &mut Tx,
    organisation: OrganisationId,
    id: ReconciliationId,
    since: Timestamp,
    linked: u32,
    now: Timestamp,
) -> Result<()> {
    let touched = tx
        .execute(
            "update reconciliations
             set started_at = case when state = 'running' then started_at else $3 end,
                 since = case when state = 'running' then since else $4 end,
                 linked = case when state = 'running' then linked else $5 end,
                 state = 'running'
             where organisation_id = $1 and id = $2 and finished_at is null",
            args![organisation, id, now, since, linked],
        )
        .await?;
    Error::expect_one("start reconciliation", touched)
}

/// Records how far the run is.
///
/// # Errors
/// [`Error::RowsTouched`] when it is over already.
pub async fn progress(
    tx: &mut Tx,
    organisation: OrganisationId,
    id: ReconciliationId,
    progress: &Progress,
) -> Result<()> {
    let touched = tx
        .execute(
            "update reconciliations
             set phase = $3, reached = $4, pages = $5, looked_at = $6, changed = $7, requests = $8
             where organisation_id = $1 and id = $2 and state = 'running'",
            args![
                organisation,
                id,
                progress.phase.code(),
                progress.reached.as_deref(),
                progress.pages,
                progress.looked_at,
                progress.changed,
                progress.requests
            ],
        )
        .await?;
    Error::expect_one("progress of reconciliation", touched)
}

/// Forgets runs that ended before `before`, with what they found.
///
/// # Errors
/// As the database says.
pub async fn forget(tx: &mut Tx, organisation: OrganisationId, before: Timestamp) -> Result<()> {
    tx.execute(
        "delete from differences where organisation_id = $1 and run_id in
            (select id from reconciliations where organisation_id = $1 and finished_at < $2)",
        args![organisation, before],
    )
    .await?;
    tx.execute(
        "delete from reconciliations where organisation_id = $1 and finished_at < $2",
        args![organisation, before],
    )
    .await?;
    Ok(())
}

/// Ends the run; with a `problem` it was stopped. Gives why a run is to follow, if one is.
///
/// # Errors
/// [`Error::RowsTouched`] when it is over already.
pub async fn finish(
    tx: &mut Tx,
    organisation: OrganisationId,
    id: ReconciliationId,
    problem: Option<&str>,
    now: Timestamp,
) -> Result<Option<Cause>> {
    let state = if problem.is_some() { State::Stopped } else { State::Done };
    let ended = tx
        .optional(
            "update reconciliations set state = $3, problem = $4, finished_at = $5
             where organisation_id = $1 and id = $2 and finished_at is null
             returning followed_by",
            args![organisation, id, state.code(), problem, now],
        )
        .await?;
    Error::expect_one("finish reconciliation", u64::from(ended.is_some()))?;
    ended.map_or(Ok(None), |row| followed_by(&row))
}

fn followed_by(row: &Row) -> Result<Option<Cause>> {
    row.get::<Option<String>>("followed_by")?
        .map(|code| Cause::from_code(&code).ok_or(Error::Inconsistent { column: "followed_by" }))
        .transpose()
}

fn run(row: &Row) -> Result<Reconciliation> {
    Ok(Reconciliation {
        id: row.get("id")?,
        connection: row.get("connection_id")?,
        cause: Cause::from_code(&row.get::<String>("cause")?)
            .ok_or(Error::Inconsistent { column: "cause" })?,
        state: State::from_code(&row.get::<String>("state")?)
            .ok_or(Error::Inconsistent { column: "state" })?,
        started_at: row.get("started_at")?,
        finished_at: row.get("finished_at")?,
        since: row.get("since")?,
        linked: row.get("linked")?,
        progress: Progress {
            phase: Phase::from_code(&row.get::<String>("phase")?)
                .ok_or(Error::Inconsistent { column: "phase" })?,
            reached: row.get("reached")?,
            pages: row.get("pages")?,
            looked_at: row.get("looked_at")?,
            changed: row.get("changed")?,
            requests: row.get("requests")?,
        },
        problem: row.get("problem")?,
        followed_by: followed_by(row)?,
    })
}
