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

/// Where a page begins: after this difference, towards the older ones.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Older {
    /// When the last one of the page before was found.
    pub at: Timestamp,
    /// By which run.
    pub run: ReconciliationId,
    /// About whom.
    pub candidate: CandidateId,
}

impl From<&Difference> for Older {
    fn from(last: &Difference) -> Self {
        Self { at: last.at, run: last.run, candidate: last.candidate }
    }
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

/// The differences with the candidates' names, older than a place or the newest ones,
/// newest first, at most `limit`; those of one run, or of all.
///
/// # Errors
/// As the database says.
pub async fn list(
    tx: &mut Tx,
    organisation: OrganisationId,
    run: Option<ReconciliationId>,
    older: Option<Older>,
    limit: u32,
) -> Result<Vec<(Difference, String)>> {
    let run = run.map_or_else(String::new, |run| run.to_string());
    let (at, found_by, candidate) = match older {
        Some(older) => (older.at, older.run.to_string(), older.candidate.to_string()),
        None => (Timestamp(i64::MAX), String::new(), String::new()),
    };
    tx.all(
        "select d.run_id, d.candidate_id, d.ours, d.levers, d.done, d.at, c.name
         from differences d join candidates c on c.organisation_id = d.organisation_id and c.id = d.candidate_id
         where d.organisation_id = $1 and ($2 = '' or d.run_id = $2)
           and (d.at, d.run_id, d.candidate_id) < ($3, $4, $5)
         order by d.at desc, d.run_id desc, d.candidate_id desc limit $6",
        args![organisation, run, at, found_by, candidate, limit],
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
