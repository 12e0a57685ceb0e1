//! Erasing the data of a candidate who was anonymised in Lever, seven days
//! after it was asked about, unless somebody decided to keep it.

use domain::event::Change;
use domain::ids::CandidateId;
use store::erasures::{self, Decision};
use store::jobs;
use store::jobs::Claimed;

use super::{Ended, Ending, begin_fenced};
use crate::{Services, candidates};

/// Erases what is due.
pub(super) async fn run(services: &Services, claimed: &Claimed, candidate: CandidateId) -> Ended {
    let organisation = claimed.organisation;
    let mut tx = begin_fenced(services, claimed).await?;
    let Some(erasure) = erasures::find(&mut tx, organisation, candidate).await? else {
        return Ok(Ending::Done);
    };
    if erasure.erased_at.is_some() || erasure.decision == Some(Decision::Keep) {
        return Ok(Ending::Done);
    }
    if services.now() < erasure.due_at {
        return Ok(Ending::Wait { until: erasure.due_at });
    }
    candidates::erase(services, &mut tx, organisation, candidate, None).await?;
    jobs::finish(&mut tx, claimed).await?;
    tx.commit().await?;
    services.changes.announce(organisation, Change::Candidate { id: candidate });
    services.changes.announce(organisation, Change::Attention);
    Ok(Ending::Settled)
}
