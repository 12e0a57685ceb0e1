//! Imports that begin by themselves after an answer, unless a member undoes
//! them before they are due.

use std::collections::HashMap;

use domain::ids::{CandidateId, MemberId, OrganisationId};
use domain::time::Timestamp;

use crate::{Result, Tx, args};

/// An import that waits.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Held {
    /// Who is credited.
    pub member: MemberId,
    /// When it begins.
    pub due_at: Timestamp,
}

/// Holds an import; `false` when one is held already, which stays as it is.
///
/// # Errors
/// As the database says.
pub async fn hold(
    tx: &mut Tx,
    organisation: OrganisationId,
    candidate: CandidateId,
    held: Held,
    now: Timestamp,
) -> Result<bool> {
    let inserted = tx
        .execute(
            "insert into held_imports (candidate_id, organisation_id, member_id, due_at, created_at)
             values ($1, $2, $3, $4, $5)
             on conflict (candidate_id) do nothing",
            args![candidate, organisation, held.member, held.due_at, now],
        )
        .await?;
    Ok(inserted == 1)
}

/// The one of a candidate.
///
/// # Errors
/// As the database says.
pub async fn find(tx: &mut Tx, organisation: OrganisationId, candidate: CandidateId) -> Result<Option<Held>> {
    tx.optional(
        "select member_id, due_at from held_imports where organisation_id = $1 and candidate_id = $2",
        args![organisation, candidate],
    )
    .await?
    .map(|row| Ok(Held { member: row.get("member_id")?, due_at: row.get("due_at")? }))
    .transpose()
}

/// When each begins: so many as ten minutes of answers make.
///
/// # Errors
/// As the database says.
pub async fn all(tx: &mut Tx, organisation: OrganisationId) -> Result<HashMap<CandidateId, Timestamp>> {
    let rows = tx
        .all("select candidate_id, due_at from held_imports where organisation_id = $1", args![organisation])
        .await?;
    rows.iter().map(|row| Ok((row.get("candidate_id")?, row.get("due_at")?))).collect()
}

/// Ends the hold; `false` when there is none.
///
/// # Errors
/// As the database says.
pub async fn release(tx: &mut Tx, organisation: OrganisationId, candidate: CandidateId) -> Result<bool> {
    let touched = tx
        .execute(
            "delete from held_imports where organisation_id = $1 and candidate_id = $2",
            args![organisation, candidate],
        )
        .await?;
    Ok(touched == 1)
}
