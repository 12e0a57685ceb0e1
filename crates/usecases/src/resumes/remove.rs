//! Removing a candidate's résumé. What Lever has stays there.

use domain::actor::{Action, Actor};
use domain::event::Change;
use domain::ids::CandidateId;
use domain::problem::Problem;
use store::activity::{self, Activity};
use store::{candidates, resumes};

use crate::{Result, Services};

/// Forgets the file; where there is none nothing changes.
///
/// # Errors
/// [`Problem::NotFound`].
pub async fn remove(services: &Services, actor: &Actor, candidate: CandidateId) -> Result<()> {
    services.require(actor, Action::WorkWithCandidates)?;
    let organisation = actor.organisation;
    let mut tx = services.store.begin().await?;
    let candidate = candidates::hold(&mut tx, organisation, candidate).await?.ok_or(Problem::NotFound)?;
    if !resumes::remove(&mut tx, organisation, candidate.id).await? {
        return Ok(());
    }
    let entry = Activity {
        id: services.new_id(),
        at: services.now(),
        member: Some(actor.member),
        candidate: Some(candidate.id),
        kind: "resume_removed",
        summary: format!("Removed the résumé of {}.", candidate.name),
    };
    activity::record(&mut tx, organisation, &entry).await?;
    tx.commit().await?;
    services.changes.announce(organisation, Change::Candidate { id: candidate.id });
    Ok(())
}
