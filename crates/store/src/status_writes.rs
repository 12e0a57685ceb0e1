//! Table `status_writes`: statuses that members set and that are to be written to
//! Lever, at most one an opportunity. A row is gone once Lever has it.
//!
//! Whoever changes a row holds the lock of its opportunity.

use domain::ids::{CandidateId, MemberId, OrganisationId};
use domain::mapping::Place;
use domain::pipeline::Truth;
use domain::status::Status;
use domain::time::Timestamp;
use domain::way_back::WriteFailure;

use crate::catalogue::{parts, place};
use crate::{Error, Result, Row, Tx, args};

/// How far it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum State {
    /// Nothing is on its way.
    Queued,
    /// A request is on its way, or its end is not known.
    Sending,
    /// It was given up until somebody tries again.
    Refused(WriteFailure),
}

/// A status to be written.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StatusWrite {
    /// Lever's id.
    pub opportunity: String,
    /// Whose status.
    pub candidate: CandidateId,
    /// Who set it.
    pub member: MemberId,
    /// The status.
    pub status: Status,
    /// Where it leads.
    pub to: Place,
    /// Where Lever stood when it was set.
    pub seen: Truth,
    /// Where a request leads whose end is not known.
    pub sent: Option<Truth>,
    /// Which of the statuses that were set one after the other.
    pub revision: u32,
    /// How far it is.
    pub state: State,
    /// How often Lever refused it.
    pub refusals: u32,
    /// Not before this instant can be seen what became of what was sent.
    pub look_at: Option<Timestamp>,
    /// When it was set.
    pub created_at: Timestamp,
}

/// A status that a member sets now.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Wish {
    /// Lever's id.
    pub opportunity: String,
    /// Whose status.
    pub candidate: CandidateId,
    /// Who sets it.
    pub member: MemberId,
    /// The status.
    pub status: Status,
    /// Where it leads.
    pub to: Place,
    /// Where Lever stands, as they see it.
    pub seen: Truth,
}

/// Wants it written, in place of whatever was to be written before. What is on
/// its way stays known.
///
/// # Errors
/// As the database says.
pub async fn want(tx: &mut Tx, organisation: OrganisationId, wish: &Wish, now: Timestamp) -> Result<()> {
    let (kind, id) = parts(&wish.to);
    tx.execute(
        "insert into status_writes (organisation_id, opportunity_id, candidate_id, member_id, status, kind, lever_id,
                                    seen_stage, seen_reason, revision, state, refusals, created_at, updated_at)
         values ($1, $2, $3, $4, $5, $6, $7, $8, $9, 1, 'queued', 0, $10, $10)
         on conflict (organisation_id, opportunity_id) do update
         set candidate_id = excluded.candidate_id, member_id = excluded.member_id, status = excluded.status,
             kind = excluded.kind, lever_id = excluded.lever_id, seen_stage = excluded.seen_stage,
             seen_reason = excluded.seen_reason, revision = status_writes.revision + 1, failure = null, refusals = 0,
             state = case when status_writes.state = 'sending' then 'sending' else 'queued' end,
             created_at = excluded.created_at, updated_at = excluded.updated_at",
        args![
            organisation,
            wish.opportunity.as_str(),
            wish.candidate,
            wish.member,
            wish.status,
            kind,
            id,
            wish.seen.stage.as_str(),
            wish.seen.archived.as_deref(),
            now
        ],
    )
    .await?;
    Ok(())
}

macro_rules! columns {
    () => {
        "opportunity_id, candidate_id, member_id, status, kind, lever_id, seen_stage, seen_reason, sent_stage,
         sent_reason, revision, state, failure, refusals, look_at, created_at"
    };
}

/// What is to be written to an opportunity.
///
/// # Errors
/// As the database says.
pub async fn find(
    tx: &mut Tx,
    organisation: OrganisationId,
    opportunity: &str,
) -> Result<Option<StatusWrite>> {
    tx.optional(
        concat!(
            "select ",
            columns!(),
            " from status_writes where organisation_id = $1 and opportunity_id = $2"
        ),
        args![organisation, opportunity],
    )
    .await?
    .as_ref()
    .map(read)
    .transpose()
}

/// What was given up.
///
/// # Errors
/// As the database says.
pub async fn refused(tx: &mut Tx, organisation: OrganisationId) -> Result<Vec<StatusWrite>> {
    tx.all(
        concat!(
            "select ",
            columns!(),
            " from status_writes where organisation_id = $1 and state = 'refused' order by opportunity_id"
        ),
        args![organisation],
    )
    .await?
    .iter()
    .map(read)
    .collect()
}

/// A request that leads to `after` is about to be written, from where Lever stands
/// now; `false` when a member has set another status since.
///
/// # Errors
/// As the database says.
pub async fn sending(
    tx: &mut Tx,
    organisation: OrganisationId,
    write: &StatusWrite,
    (from, after): (&Truth, &Truth),
    look_at: Timestamp,
    now: Timestamp,
) -> Result<bool> {
    let touched = tx
        .execute(
            "update status_writes
             set state = 'sending', seen_stage = $4, seen_reason = $5, sent_stage = $6, sent_reason = $7,
                 look_at = $8, updated_at = $9
             where organisation_id = $1 and opportunity_id = $2 and revision = $3 and state <> 'refused'",
            args![
                organisation,
                write.opportunity.as_str(),
                write.revision,
                from.stage.as_str(),
                from.archived.as_deref(),
                after.stage.as_str(),
                after.archived.as_deref(),
                look_at,
                now
            ],
        )
        .await?;
    Ok(touched == 1)
}

/// Lever has carried out what was sent: it stands at `after`, whatever is to be
/// written by now.
///
/// # Errors
/// As the database says.
pub async fn carried_out(
    tx: &mut Tx,
    organisation: OrganisationId,
    opportunity: &str,
    after: &Truth,
    now: Timestamp,
) -> Result<()> {
    tx.execute(
        "update status_writes
         set state = 'queued', seen_stage = $3, seen_reason = $4, sent_stage = null, sent_reason = null,
             look_at = null, refusals = 0, updated_at = $5
         where organisation_id = $1 and opportunity_id = $2 and state = 'sending'",
        args![organisation, opportunity, after.stage.as_str(), after.archived.as_deref(), now],
    )
    .await?;
    Ok(())
}

/// Lever has certainly not carried out what was sent. `refused`: it will not.
///
/// # Errors
/// As the database says.
pub async fn not_sent(
    tx: &mut Tx,
    organisation: OrganisationId,
    opportunity: &str,
    refused: bool,
    now: Timestamp,
) -> Result<()> {
    tx.execute(
        "update status_writes
         set state = 'queued', sent_stage = null, sent_reason = null, look_at = null, refusals = refusals + $3,
             updated_at = $4
         where organisation_id = $1 and opportunity_id = $2 and state = 'sending'",
        args![organisation, opportunity, refused, now],
    )
    .await?;
    Ok(())
}

/// What became of what was sent is not known before `look_at`.
///
/// # Errors
/// As the database says.
pub async fn uncertain(
    tx: &mut Tx,
    organisation: OrganisationId,
    opportunity: &str,
    look_at: Timestamp,
) -> Result<()> {
    tx.execute(
        "update status_writes set look_at = $3
         where organisation_id = $1 and opportunity_id = $2 and state = 'sending'",
        args![organisation, opportunity, look_at],
    )
    .await?;
    Ok(())
}

/// Gives it up until somebody tries again; `false` when a member has set another
/// status since.
///
/// # Errors
/// As the database says.
pub async fn refuse(
    tx: &mut Tx,
    organisation: OrganisationId,
    write: &StatusWrite,
    failure: WriteFailure,
    now: Timestamp,
) -> Result<bool> {
    let touched = tx
        .execute(
            "update status_writes
             set state = 'refused', failure = $4, updated_at = $5
             where organisation_id = $1 and opportunity_id = $2 and revision = $3",
            args![organisation, write.opportunity.as_str(), write.revision, failure.code(), now],
        )
        .await?;
    Ok(touched == 1)
}

/// Tries again what was given up; `false` when nothing was.
///
/// # Errors
/// As the database says.
pub async fn try_again(
    tx: &mut Tx,
    organisation: OrganisationId,
    opportunity: &str,
    now: Timestamp,
) -> Result<bool> {
    let touched = tx
        .execute(
            "update status_writes
             set state = case when sent_stage is null then 'queued' else 'sending' end, failure = null, refusals = 0,
                 updated_at = $3
             where organisation_id = $1 and opportunity_id = $2 and state = 'refused'",
            args![organisation, opportunity, now],
        )
        .await?;
    Ok(touched == 1)
}

/// It leads somewhere else by now.
///
/// # Errors
/// As the database says.
pub async fn redirect(
    tx: &mut Tx,
    organisation: OrganisationId,
    opportunity: &str,
    to: &Place,
    now: Timestamp,
) -> Result<()> {
    let (kind, id) = parts(to);
    tx.execute(
        "update status_writes set kind = $3, lever_id = $4, revision = revision + 1, updated_at = $5
         where organisation_id = $1 and opportunity_id = $2",
        args![organisation, opportunity, kind, id, now],
    )
    .await?;
    Ok(())
}

/// Nothing is to be written any more; `false` when nothing was.
///
/// # Errors
/// As the database says.
pub async fn forget(tx: &mut Tx, organisation: OrganisationId, opportunity: &str) -> Result<bool> {
    let touched = tx
        .execute(
            "delete from status_writes where organisation_id = $1 and opportunity_id = $2",
            args![organisation, opportunity],
        )
        .await?;
    Ok(touched == 1)
}

fn read(row: &Row) -> Result<StatusWrite> {
    let sent_reason: Option<String> = row.get("sent_reason")?;
    let state = match row.get::<String>("state")?.as_str() {
        "queued" => State::Queued,
        "sending" => State::Sending,
        "refused" => State::Refused(
            WriteFailure::from_code(&row.get::<String>("failure")?)
                .ok_or(Error::Inconsistent { column: "failure" })?,
        ),
        _ => return Err(Error::Inconsistent { column: "state" }),
    };
    Ok(StatusWrite {
        opportunity: row.get("opportunity_id")?,
        candidate: row.get("candidate_id")?,
        member: row.get("member_id")?,
        status: row.get("status")?,
        to: place(&row.get::<String>("kind")?, row.get("lever_id")?)?,
        seen: Truth { stage: row.get("seen_stage")?, archived: row.get("seen_reason")? },
        sent: row.get::<Option<String>>("sent_stage")?.map(|stage| Truth { stage, archived: sent_reason }),
        revision: row.get("revision")?,
        state,
        refusals: row.get("refusals")?,
        look_at: row.get("look_at")?,
        created_at: row.get("created_at")?,
    })
}
