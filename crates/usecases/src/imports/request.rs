//! One click.

use domain::actor::{Action, Actor, Role};
use domain::attention::AttentionKind;
use domain::event::Change;
use domain::ids::{CandidateId, ImportId};
use domain::import::{self, ImportState};
use domain::job::Job;
use domain::problem::Problem;
use store::activity::{self, Activity};
use store::{attention, candidates, connections, imports, jobs};

use crate::{Error, Result, Services};

/// Queues the import, or a retry of a failed one. A second click changes nothing.
///
/// # Errors
/// [`Problem::NotFound`]; [`Problem::NotConnected`]; [`Problem::NotEligible`];
/// [`Problem::NotAllowed`] when a Recruiter retries somebody else's import.
pub async fn request(services: &Services, actor: &Actor, candidate: CandidateId) -> Result<()> {
    services.require(actor, Action::WorkWithCandidates)?;
    let organisation = actor.organisation;
    let now = services.now();
    let mut tx = services.store.begin().await?;
    let candidate = candidates::get(&mut tx, organisation, candidate).await?.ok_or(Problem::NotFound)?;
    let known = imports::by_candidate(&mut tx, organisation, candidate.id).await?;
    if let Some(known) = &known {
        if !known.state.may_be_requested() {
            return Ok(());
        }
        let others = known.state == ImportState::Failed && known.requested_by != actor.member;
        if others && actor.role < Role::Admin {
            return Err(Problem::NotAllowed.into());
        }
    }
    let connected =
        connections::find(&mut tx, organisation).await?.is_some_and(|found| found.state.accepts_imports());
    if !connected {
        return Err(Problem::NotConnected.into());
    }
    import::eligible(candidate.messaged_at.is_some(), candidate.answered_at.is_some())
        .map_err(|_| Problem::NotEligible)?;

    let fresh: ImportId = services.new_id();
    let marker = import::marker(fresh);
    if !imports::request(&mut tx, organisation, fresh, candidate.id, actor.member, &marker, now).await? {
        // Another click was faster.
        return Ok(());
    }
    let import = imports::by_candidate(&mut tx, organisation, candidate.id)
        .await?
        .ok_or_else(|| Error::internal("the import that was just queued is gone"))?;
    let job = Job::ImportCandidate { import: import.id };
    jobs::enqueue(&mut tx, organisation, &job, services.new_id(), now, now).await?;
    let subject = import.id.to_string();
    let mended =
        attention::resolve(&mut tx, organisation, AttentionKind::ImportFailed, &subject, now).await?;
    let asked = Activity {
        id: services.new_id(),
        at: now,
        member: Some(actor.member),
        candidate: Some(candidate.id),
        kind: "import_requested",
        summary: format!("Asked to import {} into Lever.", candidate.name),
    };
    activity::record(&mut tx, organisation, &asked).await?;
    tx.commit().await?;

    services.changes.announce(organisation, Change::Candidate { id: candidate.id });
    if mended {
        services.changes.announce(organisation, Change::Attention);
    }
    services.wake.notify_one();
    Ok(())
}
