//! Deciding about somebody who is already in Lever.

use domain::actor::{Action, Actor};
use domain::attention::AttentionKind;
use domain::event::Change;
use domain::ids::CandidateId;
use domain::import::{Decision, ImportState};
use domain::job::Job;
use domain::problem::Problem;
use store::activity::{self, Activity};
use store::{attention, candidates, imports, jobs, opportunities, strangers};

use crate::{Result, Services};

/// Stores the decision and queues the import again. The same decision a second
/// time changes nothing.
///
/// # Errors
/// [`Problem::NotFound`], also for an opportunity that is none of the matches;
/// [`Problem::ChangedMeanwhile`] when there is nothing to decide any more, or
/// when the chosen opportunity stands for another candidate.
pub async fn decide(
    services: &Services,
    actor: &Actor,
    candidate: CandidateId,
    decision: Decision,
) -> Result<()> {
    services.require(actor, Action::WorkWithCandidates)?;
    let organisation = actor.organisation;
    let now = services.now();
    let mut tx = services.store.begin().await?;
    let candidate = candidates::get(&mut tx, organisation, candidate).await?.ok_or(Problem::NotFound)?;
    let import =
        imports::by_candidate(&mut tx, organisation, candidate.id).await?.ok_or(Problem::NotFound)?;
    if import.decision.as_ref() == Some(&decision) {
        return Ok(());
    }
    if import.state != ImportState::NeedsDecision {
        return Err(Problem::ChangedMeanwhile.into());
    }
    if let Decision::Link(chosen) = &decision {
        if !import.matches.iter().any(|found| found.opportunity == *chosen) {
            return Err(Problem::NotFound.into());
        }
        if opportunities::is_linked(&mut tx, organisation, chosen).await? {
            return Err(Problem::ChangedMeanwhile.into());
        }
    }
    if decision == Decision::NotSame {
        for found in &import.matches {
            strangers::remember(&mut tx, organisation, candidate.id, found.person(), actor.member, now)
                .await?;
        }
    }
    if !imports::decide(&mut tx, organisation, import.id, &decision, now).await? {
        return Err(Problem::ChangedMeanwhile.into());
    }
    let subject = import.id.to_string();
    attention::resolve(&mut tx, organisation, AttentionKind::ImportNeedsDecision, &subject, now).await?;
    let job = Job::ImportCandidate { import: import.id };
    jobs::enqueue(&mut tx, organisation, &job, services.new_id(), now, now).await?;
    let name = &candidate.name;
    let decided = Activity {
        id: services.new_id(),
        at: now,
        member: Some(actor.member),
        candidate: Some(candidate.id),
        kind: "import_decided",
        summary: match decision {
            Decision::Link(_) => format!("Decided to link {name} to an opportunity that is in Lever."),
            Decision::Add => format!("Decided to add an opportunity for {name} in Lever."),
            Decision::NotSame => format!("Decided that {name} is not the person who is in Lever."),
        },
    };
    activity::record(&mut tx, organisation, &decided).await?;
    tx.commit().await?;

    services.changes.announce(organisation, Change::Candidate { id: candidate.id });
    services.changes.announce(organisation, Change::Attention);
    services.wake.notify_one();
    Ok(())
}
