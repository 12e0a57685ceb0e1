//! Table `erasures`: candidates who were anonymised in Lever, what was decided
//! about their data here, and the erasing itself.
//!
//! What stays is what counting needs: that there was a candidate, when somebody
//! wrote and answered, and the history of the status.

use domain::attention::AttentionKind;
use domain::ids::{CandidateId, MemberId, OrganisationId};
use domain::time::Timestamp;

use crate::{Error, Result, Tx, args};

/// What a member decided.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Decision {
    /// The data stays here.
    Keep,
    /// It is erased now.
    Erase,
}

impl Decision {
    fn code(self) -> &'static str {
        match self {
            Self::Keep => "keep",
            Self::Erase => "erase",
        }
    }

    fn from_code(code: &str) -> Option<Self> {
        [Self::Keep, Self::Erase].into_iter().find(|decision| decision.code() == code)
    }
}

/// The question about one candidate.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Erasure {
    /// When the data is erased unless somebody decides otherwise.
    pub due_at: Timestamp,
    /// What was decided.
    pub decision: Option<Decision>,
    /// When the data was erased.
    pub erased_at: Option<Timestamp>,
}

/// Asks about a candidate; `false` when it was asked before.
///
/// # Errors
/// As the database says.
pub async fn ask(
    tx: &mut Tx,
    organisation: OrganisationId,
    candidate: CandidateId,
    due_at: Timestamp,
    now: Timestamp,
) -> Result<bool> {
    let inserted = tx
        .execute(
            "insert into erasures (organisation_id, candidate_id, asked_at, due_at) values ($1, $2, $3, $4)
             on conflict (organisation_id, candidate_id) do nothing",
            args![organisation, candidate, now, due_at],
        )
        .await?;
    Ok(inserted == 1)
}

/// The question about a candidate, if there was one.
///
/// # Errors
/// As the database says.
pub async fn find(
    tx: &mut Tx,
    organisation: OrganisationId,
    candidate: CandidateId,
) -> Result<Option<Erasure>> {
    tx.optional(
        "select due_at, decision, erased_at from erasures where organisation_id = $1 and candidate_id = $2",
        args![organisation, candidate],
    )
    .await?
    .map(|row| {
        let decision = match row.get::<Option<String>>("decision")? {
            Some(code) => Some(Decision::from_code(&code).ok_or(Error::Inconsistent { column: "decision" })?),
            None => None,
        };
        Ok(Erasure { due_at: row.get("due_at")?, decision, erased_at: row.get("erased_at")? })
    })
    .transpose()
}

/// Whether the candidate's data was erased.
///
/// # Errors
/// As the database says.
pub async fn is_erased(tx: &mut Tx, organisation: OrganisationId, candidate: CandidateId) -> Result<bool> {
    Ok(find(tx, organisation, candidate).await?.is_some_and(|erasure| erasure.erased_at.is_some()))
}

/// Keeps what a member decided; `false` when there is no open question.
///
/// # Errors
/// As the database says.
pub async fn decide(
    tx: &mut Tx,
    organisation: OrganisationId,
    candidate: CandidateId,
    decision: Decision,
    member: MemberId,
    now: Timestamp,
) -> Result<bool> {
    let touched = tx
        .execute(
            "update erasures set decision = $3, member_id = $4, decided_at = $5
             where organisation_id = $1 and candidate_id = $2 and decision is null and erased_at is null",
            args![organisation, candidate, decision.code(), member, now],
        )
        .await?;
    Ok(touched == 1)
}

/// Erases a candidate's personal data: who they are, what was written, and
/// whatever else names them. `false` when it was erased before.
///
/// # Errors
/// [`Error::RowsTouched`] when there is no such candidate.
pub async fn erase(
    tx: &mut Tx,
    organisation: OrganisationId,
    candidate: CandidateId,
    now: Timestamp,
) -> Result<bool> {
    let first = tx
        .execute(
            "update erasures set erased_at = $3
             where organisation_id = $1 and candidate_id = $2 and erased_at is null",
            args![organisation, candidate, now],
        )
        .await?;
    if first == 0 {
        return Ok(false);
    }
    let touched = tx
        .execute(
            "update candidates
             set name = 'Erased candidate', headline = '', company = '', location = '', phones = '[]', links = '[]',
                 skills = '[]', score = null, score_rank = 0, sort_name = 'erased candidate', found_by = '',
                 updated_at = $3
             where organisation_id = $1 and id = $2",
            args![organisation, candidate, now],
        )
        .await?;
    Error::expect_one("erase a candidate", touched)?;
    tx.execute(
        "update attention_items set resolved_at = $3
         where organisation_id = $1 and candidate_id = $2 and resolved_at is null and kind in ($4, $5, $6)",
        args![
            organisation,
            candidate,
            now,
            AttentionKind::Anonymised,
            AttentionKind::MessageFailed,
            AttentionKind::WorkGivenUp,
        ],
    )
    .await?;
    for statement in [
        "delete from candidate_emails where organisation_id = $1 and candidate_id = $2",
        "delete from candidate_words where organisation_id || '' = $1 and candidate_id = $2",
        "delete from contact_writes where organisation_id = $1 and candidate_id = $2",
        "delete from held_imports where organisation_id = $1 and candidate_id = $2",
        "delete from reply_links where organisation_id = $1 and candidate_id = $2",
        "update messages set body = '' where organisation_id = $1 and candidate_id = $2",
        "update imports set matches = '[]', failure_detail = null where organisation_id = $1 and candidate_id = $2",
        "update attention_items set detail = '{}' where organisation_id = $1 and candidate_id = $2",
        "update activity set summary = 'Erased.' where organisation_id = $1 and candidate_id = $2",
    ] {
        tx.execute(statement, args![organisation, candidate]).await?;
    }
    tx.execute(
        "update deliveries set body = $3, body_kept = 0
         where organisation_id = $1 and body_kept > 0 and opportunity_id in
            (select id from opportunities where organisation_id = $1 and candidate_id = $2)",
        args![organisation, candidate, Vec::<u8>::new()],
    )
    .await?;
    Ok(true)
}
