//! Beginning an import that was held after an answer and that nobody undid.

use std::time::Duration;

use domain::event::Change;
use domain::ids::CandidateId;
use domain::import::eligible;
use domain::job::Priority;
use store::jobs::Claimed;
use store::{candidates, connections, held_imports, jobs, members};

use super::{Ended, Ending, begin_fenced};
use crate::Services;
use crate::imports::request::queue;

/// How long it waits while Lever is not connected.
const WITHOUT_CONNECTION: Duration = Duration::from_secs(60);

/// Queues the import, credited to the author of the message that was answered.
pub(super) async fn run(services: &Services, claimed: &Claimed, candidate: CandidateId) -> Ended {
    let organisation = claimed.organisation;
    let mut tx = begin_fenced(services, claimed).await?;
    let now = services.now();
    let Some(held) = held_imports::find(&mut tx, organisation, candidate).await? else {
        return Ok(Ending::Done);
    };
    if held.due_at > now {
        return Ok(Ending::Wait { until: held.due_at });
    }
    let connected = connections::find(&mut tx, organisation).await?;
    if !connected.is_some_and(|connection| connection.state.accepts_imports()) {
        return Ok(Ending::Wait { until: now + WITHOUT_CONNECTION });
    }
    held_imports::release(&mut tx, organisation, candidate).await?;
    let author = members::get(&mut tx, organisation, held.member).await?.filter(|member| member.active);
    let candidate = candidates::get(&mut tx, organisation, candidate).await?;
    let (Some(author), Some(candidate)) = (author, candidate) else {
        // Somebody who has left is not credited; a member may still click.
        jobs::finish(&mut tx, claimed).await?;
        tx.commit().await?;
        services.changes.announce(organisation, Change::Attention);
        return Ok(Ending::Settled);
    };
    if eligible(candidate.messaged_at.is_some(), candidate.answered_at.is_some()).is_ok() {
        let summary = format!("{} answered, and is imported into Lever.", candidate.name);
        queue(services, &mut tx, &candidate, author.id, Priority::Click, summary).await?;
    }
    jobs::finish(&mut tx, claimed).await?;
    tx.commit().await?;
    services.changes.announce(organisation, Change::Candidate { id: candidate.id });
    services.changes.announce(organisation, Change::Attention);
    services.wake.notify_one();
    Ok(Ending::Settled)
}
