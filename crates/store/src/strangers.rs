//! *Not the same person*: contacts in Lever who share an address with a
//! candidate and are somebody else. Nobody is asked about them again.

use std::collections::HashSet;

use domain::ids::{CandidateId, MemberId, OrganisationId};
use domain::time::Timestamp;

use crate::{Result, Tx, args};

/// Remembers that `contact` is not the candidate; who said so first stands.
///
/// # Errors
/// As the database says.
pub async fn remember(
    tx: &mut Tx,
    organisation: OrganisationId,
    candidate: CandidateId,
    contact: &str,
    member: MemberId,
    now: Timestamp,
) -> Result<()> {
    tx.execute(
        "insert into strangers (organisation_id, candidate_id, contact_id, member_id, at)
         values ($1, $2, $3, $4, $5)
         on conflict (organisation_id, candidate_id, contact_id) do nothing",
        args![organisation, candidate, contact, member, now],
    )
    .await?;
    Ok(())
}

/// Everybody in Lever who is known not to be the candidate.
///
/// # Errors
/// As the database says.
pub async fn of_candidate(
    tx: &mut Tx,
    organisation: OrganisationId,
    candidate: CandidateId,
) -> Result<HashSet<String>> {
    let rows = tx
        .all(
            "select contact_id from strangers where organisation_id = $1 and candidate_id = $2",
            args![organisation, candidate],
        )
        .await?;
    rows.iter().map(|row| row.get("contact_id")).collect()
}
