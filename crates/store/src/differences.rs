//! Table `differences`: what reconciliations found to differ from Lever, and
//! repaired. It goes with its run.

use domain::ids::{CandidateId, OrganisationId, ReconciliationId};
use domain::time::Timestamp;

use crate::{Result, Tx, args};

/// One difference.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Difference {
    /// Found by which run.
    pub run: ReconciliationId,
    /// About whom.
    pub candidate: CandidateId,
    /// What we had, in words.
    pub ours: String,
    /// What Lever had, in words.
    pub levers: String,
    /// What was done, in words.
    pub done: String,
    /// When.
    pub at: Timestamp,
}

/// Writes a difference down. A run that finds another one of the same candidate
/// keeps what we had at first.
///
/// # Errors
/// As the database says.
pub async fn record(tx: &mut Tx, organisation: OrganisationId, difference: &Difference) -> Result<()> {
    tx.execute(
        "insert into differences (organisation_id, run_id, candidate_id, ours, levers, done, at)
         values ($1, $2, $3, $4, $5, $6, $7)
         on conflict (run_id, candidate_id) do update
         set levers = excluded.levers, done = excluded.done, at = excluded.at",
        args![
            organisation,
            difference.run,
            difference.candidate,
            &difference.ours,
            &difference.levers,
            &difference.done,
            difference.at
        ],
    )
    .await?;
    Ok(())
}

/// The differences with the candidates' names, newest first, at most `limit`;
/// those of one run, or of all.
///
/// # Errors
/// As the database says.
pub async fn list(
    tx: &mut Tx,
    organisation: OrganisationId,
    run: Option<ReconciliationId>,
    limit: u32,
) -> Result<Vec<(Difference, String)>> {
    let run = run.map_or_else(String::new, |run| run.to_string());
    tx.all(
        "select d.run_id, d.candidate_id, d.ours, d.levers, d.done, d.at, c.name
         from differences d join candidates c on c.organisation_id = d.organisation_id and c.id = d.candidate_id
         where d.organisation_id = $1 and ($2 = '' or d.run_id = $2)
         order by d.at desc, c.name, d.candidate_id limit $3",
        args![organisation, run, limit],
    )
    .await?
    .iter()
    .map(|row| {
        let difference = Difference {
            run: row.get("run_id")?,
            candidate: row.get("candidate_id")?,
            ours: row.get("ours")?,
            levers: row.get("levers")?,
            done: row.get("done")?,
            at: row.get("at")?,
        };
        Ok((difference, row.get("name")?))
    })
    .collect()
}
