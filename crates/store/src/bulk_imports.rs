//! Tables `bulk_imports` and `bulk_import_items`: imports of many candidates in
//! one run.
//!
//! An item says whether its candidate's turn has come; how the import itself
//! fares stands in `imports`, once. The counts join the two.

use domain::ids::{BulkImportId, CandidateId, MemberId, OrganisationId};
use domain::import::{BulkOutcome, BulkState, ImportFailure, ImportState, SkipReason};
use domain::time::Timestamp;
use domain::view::CandidateFilter;
use serde::{Deserialize, Serialize};

use crate::activity::Older;
use crate::{Error, Result, Row, Tx, args};

/// Whom a run is about.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Source {
    /// These candidates.
    Candidates(Vec<CandidateId>),
    /// Everybody whom the candidate list shows for this.
    Filter(CandidateFilter),
}

/// A run.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct BulkImport {
    /// Which.
    pub id: BulkImportId,
    /// The member who started it: who is credited.
    pub requested_by: MemberId,
    /// Where it stands.
    pub state: BulkState,
    /// Whom it is about.
    pub source: Source,
    /// How far the source has been read, in its own terms; `None`: to its end.
    pub read_up_to: Option<String>,
    /// Items so far.
    pub total: u32,
    /// When it was started.
    pub created_at: Timestamp,
    /// When it came to its end.
    pub finished_at: Option<Timestamp>,
}

/// How many items of a run are how far.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Counts {
    /// Their turn has not come.
    pub waiting: u32,
    /// Queued or on their way.
    pub under_way: u32,
    /// In Lever.
    pub imported: u32,
    /// A member decides first.
    pub needs_decision: u32,
    /// Failed.
    pub failed: u32,
    /// Not asked for, for a reason.
    pub skipped: u32,
}

impl Counts {
    /// How many still have to come to an end.
    #[must_use]
    pub fn left(&self) -> u32 {
        self.waiting + self.under_way
    }
}

/// An item as the result list shows it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Item {
    /// Its place in the run.
    pub position: u32,
    /// Who.
    pub candidate: CandidateId,
    /// Their name.
    pub name: String,
    /// How far it is.
    pub outcome: BulkOutcome,
    /// Why it was skipped.
    pub skipped: Option<SkipReason>,
    /// Why it failed.
    pub failure: Option<ImportFailure>,
}

/// Begins a run.
///
/// # Errors
/// As the database says.
pub async fn insert(tx: &mut Tx, organisation: OrganisationId, bulk: &BulkImport) -> Result<()> {
    let source = serde_json::to_string(&bulk.source).map_err(|_| Error::Inconsistent { column: "source" })?;
    tx.execute(
        "insert into bulk_imports
            (id, organisation_id, requested_by, state, source, read_up_to, total, created_at, updated_at, finished_at)
         values ($1, $2, $3, $4, $5, $6, $7, $8, $8, $9)",
        args![
            bulk.id,
            organisation,
            bulk.requested_by,
            bulk.state.code(),
            source,
            bulk.read_up_to.as_deref(),
            bulk.total,
            bulk.created_at,
            bulk.finished_at
        ],
    )
    .await?;
    Ok(())
}

/// One run.
///
/// # Errors
/// As the database says.
pub async fn get(tx: &mut Tx, organisation: OrganisationId, id: BulkImportId) -> Result<Option<BulkImport>> {
    tx.optional(
        "select id, requested_by, state, source, read_up_to, total, created_at, finished_at
         from bulk_imports where organisation_id = $1 and id = $2",
        args![organisation, id],
    )
    .await?
    .as_ref()
    .map(bulk)
    .transpose()
}

/// The runs older than a place, or the newest ones; newest first, at most `limit`.
///
/// # Errors
/// As the database says.
pub async fn newest(
    tx: &mut Tx,
    organisation: OrganisationId,
    older: Option<Older>,
    limit: u32,
) -> Result<Vec<BulkImport>> {
    let (at, id) = Older::place(older);
    tx.all(
        "select id, requested_by, state, source, read_up_to, total, created_at, finished_at
         from bulk_imports where organisation_id = $1 and (created_at, id) < ($2, $3)
         order by created_at desc, id desc limit $4",
        args![organisation, at, id, limit],
    )
    .await?
    .iter()
    .map(bulk)
    .collect()
}

/// Moves a run from one state to another; `false` when it is in none of `from`.
///
/// # Errors
/// As the database says.
pub async fn move_state(
    tx: &mut Tx,
    organisation: OrganisationId,
    id: BulkImportId,
    from: BulkState,
    to: BulkState,
    now: Timestamp,
) -> Result<bool> {
    let finished = to.is_over().then_some(now);
    let touched = tx
        .execute(
            "update bulk_imports set state = $4, updated_at = $5, finished_at = $6
             where organisation_id = $1 and id = $2 and state = $3",
            args![organisation, id, from.code(), to.code(), now, finished],
        )
        .await?;
    Ok(touched == 1)
}

/// Holds a run until the transaction ends, so that nobody pauses it in between;
/// `false` when it is not running.
///
/// # Errors
/// As the database says.
pub async fn hold_running(
    tx: &mut Tx,
    organisation: OrganisationId,
    id: BulkImportId,
    now: Timestamp,
) -> Result<bool> {
    let touched = tx
        .execute(
            "update bulk_imports set updated_at = $3
             where organisation_id = $1 and id = $2 and state = 'running'",
            args![organisation, id, now],
        )
        .await?;
    Ok(touched == 1)
}

/// Adds candidates at the end of a run; who is in it already is left out. Notes
/// how far the source has been read.
///
/// # Errors
/// As the database says.
pub async fn collect(
    tx: &mut Tx,
    organisation: OrganisationId,
    bulk: &BulkImport,
    candidates: &[CandidateId],
    read_up_to: Option<&str>,
    now: Timestamp,
) -> Result<u32> {
    let mut total = bulk.total;
    for candidate in candidates {
        let added = tx
            .execute(
                "insert into bulk_import_items
                    (organisation_id, bulk_import_id, position, candidate_id, state)
                 values ($1, $2, $3, $4, 'waiting')
                 on conflict (bulk_import_id, candidate_id) do nothing",
                args![organisation, bulk.id, total, *candidate],
            )
            .await?;
        total += u32::from(added == 1);
    }
    let touched = tx
        .execute(
            "update bulk_imports set total = $3, read_up_to = $4, updated_at = $5
             where organisation_id = $1 and id = $2",
            args![organisation, bulk.id, total, read_up_to, now],
        )
        .await?;
    Error::expect_one("collect bulk import", touched)?;
    Ok(total)
}

/// The next candidates whose turn comes, at most `limit`.
///
/// # Errors
/// As the database says.
pub async fn next_waiting(
    tx: &mut Tx,
    organisation: OrganisationId,
    id: BulkImportId,
    limit: u32,
) -> Result<Vec<CandidateId>> {
    tx.all(
        "select candidate_id from bulk_import_items
         where organisation_id = $1 and bulk_import_id = $2 and state = 'waiting' order by position limit $3",
        args![organisation, id, limit],
    )
    .await?
    .iter()
    .map(|row| row.get("candidate_id"))
    .collect()
}

/// A waiting item's turn has come: it was asked for, or skipped for a reason.
///
/// # Errors
/// [`Error::RowsTouched`] when it does not wait.
pub async fn turn(
    tx: &mut Tx,
    organisation: OrganisationId,
    id: BulkImportId,
    candidate: CandidateId,
    skipped: Option<SkipReason>,
) -> Result<()> {
    let state = if skipped.is_some() { "skipped" } else { "asked" };
    let touched = tx
        .execute(
            "update bulk_import_items set state = $4, reason = $5
             where organisation_id = $1 and bulk_import_id = $2 and candidate_id = $3 and state = 'waiting'",
            args![organisation, id, candidate, state, skipped.map(SkipReason::code)],
        )
        .await?;
    Error::expect_one("turn of a bulk import item", touched)
}

/// Lets those wait again whose import failed, or who could not be asked for;
/// gives how many.
///
/// # Errors
/// As the database says.
pub async fn wait_again(tx: &mut Tx, organisation: OrganisationId, id: BulkImportId) -> Result<u64> {
    tx.execute(
        "update bulk_import_items set state = 'waiting', reason = null
         where organisation_id = $1 and bulk_import_id = $2
           and ((state = 'skipped' and reason <> 'in_lever')
                or (state = 'asked' and candidate_id in (
                       select candidate_id from imports where organisation_id = $1 and state = 'failed')))",
        args![organisation, id],
    )
    .await
}

/// How many items are how far.
///
/// # Errors
/// As the database says.
pub async fn counts(tx: &mut Tx, organisation: OrganisationId, id: BulkImportId) -> Result<Counts> {
    let rows = tx
        .all(
            "select i.state as item, m.state as import, count(*) as n
             from bulk_import_items i left join imports m on m.candidate_id = i.candidate_id
             where i.organisation_id = $1 and i.bulk_import_id = $2
             group by i.state, m.state",
            args![organisation, id],
        )
        .await?;
    let mut counts = Counts::default();
    for row in &rows {
        let n: u32 = row.get("n")?;
        match outcome(row)? {
            BulkOutcome::Waiting => counts.waiting += n,
            BulkOutcome::UnderWay => counts.under_way += n,
            BulkOutcome::Imported => counts.imported += n,
            BulkOutcome::NeedsDecision => counts.needs_decision += n,
            BulkOutcome::Failed => counts.failed += n,
            BulkOutcome::Skipped => counts.skipped += n,
        }
    }
    Ok(counts)
}

/// How many items of the run came to an end since `since`.
///
/// # Errors
/// As the database says.
pub async fn ended_since(
    tx: &mut Tx,
    organisation: OrganisationId,
    id: BulkImportId,
    since: Timestamp,
) -> Result<u32> {
    tx.one(
        "select count(*) as n
         from bulk_import_items i join imports m on m.candidate_id = i.candidate_id
         where i.organisation_id = $1 and i.bulk_import_id = $2 and i.state = 'asked'
           and m.state in ('imported', 'failed', 'needs_decision') and m.updated_at > $3",
        args![organisation, id, since],
    )
    .await?
    .get("n")
}

/// Items of one outcome, or of all, from a place on, at most `limit`.
///
/// # Errors
/// As the database says.
pub async fn items(
    tx: &mut Tx,
    organisation: OrganisationId,
    id: BulkImportId,
    outcome: Option<BulkOutcome>,
    after: Option<u32>,
    limit: u32,
) -> Result<Vec<Item>> {
    let after = after.map_or(-1, i64::from);
    let rows = tx
        .all(
            "select i.position, i.candidate_id, c.name, i.state as item, i.reason, m.state as import, m.failure
             from bulk_import_items i
             join candidates c on c.id = i.candidate_id
             left join imports m on m.candidate_id = i.candidate_id
             where i.organisation_id = $1 and i.bulk_import_id = $2 and i.position > $3
               and ($4 = '' or $4 = case
                      when i.state <> 'asked' then i.state
                      when m.state in ('queued', 'sending', 'unknown') then 'under_way'
                      when m.state = 'unlinked' then 'imported'
                      else m.state end)
             order by i.position limit $5",
            args![organisation, id, after, outcome.map_or("", BulkOutcome::code), limit],
        )
        .await?;
    rows.iter()
        .map(|row| {
            let reason: Option<String> = row.get("reason")?;
            Ok(Item {
                position: row.get("position")?,
                candidate: row.get("candidate_id")?,
                name: row.get("name")?,
                outcome: self::outcome(row)?,
                skipped: reason.as_deref().and_then(SkipReason::from_code),
                failure: row.get("failure")?,
            })
        })
        .collect()
}

/// How far an item is: by its own state and that of its candidate's import.
fn outcome(row: &Row) -> Result<BulkOutcome> {
    let item: String = row.get("item")?;
    let import: Option<ImportState> = row.get("import")?;
    Ok(match (item.as_str(), import) {
        ("waiting", _) => BulkOutcome::Waiting,
        ("skipped", _) => BulkOutcome::Skipped,
        ("asked", Some(ImportState::Queued | ImportState::Sending | ImportState::Unknown)) => {
            BulkOutcome::UnderWay
        }
        ("asked", Some(ImportState::NeedsDecision)) => BulkOutcome::NeedsDecision,
        // Deleted in Lever later: the import itself was done.
        ("asked", Some(ImportState::Imported | ImportState::Unlinked)) => BulkOutcome::Imported,
        ("asked", Some(ImportState::Failed)) => BulkOutcome::Failed,
        _ => return Err(Error::Inconsistent { column: "state" }),
    })
}

fn bulk(row: &Row) -> Result<BulkImport> {
    let state: String = row.get("state")?;
    let source: String = row.get("source")?;
    Ok(BulkImport {
        id: row.get("id")?,
        requested_by: row.get("requested_by")?,
        state: BulkState::from_code(&state).ok_or(Error::Inconsistent { column: "state" })?,
        source: serde_json::from_str(&source).map_err(|_| Error::Inconsistent { column: "source" })?,
        read_up_to: row.get("read_up_to")?,
        total: row.get("total")?,
        created_at: row.get("created_at")?,
        finished_at: row.get("finished_at")?,
    })
}
