//! One click.

use domain::actor::{Action, Actor, Role};
use domain::attention::AttentionKind;
use domain::event::Change;
use domain::ids::{CandidateId, ImportId, MemberId};
use domain::import::{self, ImportState};
use domain::job::{Job, Priority};
use domain::problem::Problem;
use store::activity::{self, Activity};
use store::candidates::{self, Candidate};
use store::{Tx, attention, connections, erasures, held_imports, imports, jobs};

use crate::{Error, Result, Services};

/// Queues the import, or a retry of a failed one. A second click changes nothing.
///
/// # Errors
/// [`Problem::NotFound`]; [`Problem::NotConnected`]; [`Problem::NotEligible`];
/// [`Problem::NotAllowed`] when a Recruiter retries somebody else's import.
pub async fn request(services: &Services, actor: &Actor, candidate: CandidateId) -> Result<()> {
    let mut tx = services.store.begin().await?;
    let told = request_in(services, &mut tx, actor, candidate, Priority::Click).await?;
    tx.commit().await?;
    for change in told {
        services.changes.announce(actor.organisation, change);
    }
    services.wake.notify_one();
    Ok(())
}

/// As [`request`], within `tx` and as urgently as said. Gives what open screens are told
/// after the commit.
///
/// # Errors
/// As [`request`]; the transaction is as it was.
pub(crate) async fn request_in(
    services: &Services,
    tx: &mut Tx,
    actor: &Actor,
    candidate: CandidateId,
    priority: Priority,
) -> Result<Vec<Change>> {
    services.require(actor, Action::WorkWithCandidates)?;
    let mut told = Vec::new();
    // Another click may have been faster, or an import of many: then this one raised its urgency.
    if let Asked::Queued { mended } = ask(services, tx, actor, candidate, priority).await? {
        told.push(Change::Candidate { id: candidate });
        told.extend(mended.then_some(Change::Attention));
    }
    Ok(told)
}

/// What asking for an import came to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Asked {
    /// It is queued now.
    Queued {
        /// Whether an attention item went away by it.
        mended: bool,
    },
    /// It was under way, or waits for a decision.
    Known,
    /// The candidate is in Lever.
    InLever,
}

/// Queues the import within `tx`, as urgently as said.
///
/// # Errors
/// As [`request`]; the transaction is as it was.
pub(crate) async fn ask(
    services: &Services,
    tx: &mut Tx,
    actor: &Actor,
    candidate: CandidateId,
    priority: Priority,
) -> Result<Asked> {
    let organisation = actor.organisation;
    let candidate = candidates::get(tx, organisation, candidate).await?.ok_or(Problem::NotFound)?;
    if erasures::is_erased(tx, organisation, candidate.id).await? {
        return Err(Problem::NotFound.into());
    }
    let known = imports::by_candidate(tx, organisation, candidate.id).await?;
    if let Some(known) = &known {
        if known.state == ImportState::Imported {
            return Ok(Asked::InLever);
        }
        if !known.state.may_be_requested() {
            let job = Job::ImportCandidate { import: known.id };
            jobs::raise(tx, organisation, &job, priority).await?;
            return Ok(Asked::Known);
        }
        let others = known.state == ImportState::Failed && known.requested_by != actor.member;
        if others && actor.role < Role::Admin {
            return Err(Problem::NotAllowed.into());
        }
    }
    let connected =
        connections::find(tx, organisation).await?.is_some_and(|found| found.state.accepts_imports());
    if !connected {
        return Err(Problem::NotConnected.into());
    }
    import::eligible(candidate.messaged_at.is_some(), candidate.answered_at.is_some())
        .map_err(|_| Problem::NotEligible)?;

    let summary = format!("Asked to import {} into Lever.", candidate.name);
    queue(services, tx, &candidate, actor.member, priority, summary).await
}

/// Queues the import of an eligible candidate within `tx`, credited to `member`.
/// Whatever waited for the click is over.
pub(crate) async fn queue(
    services: &Services,
    tx: &mut Tx,
    candidate: &Candidate,
    member: MemberId,
    priority: Priority,
    summary: String,
) -> Result<Asked> {
    let (organisation, now) = (candidate.organisation, services.now());
    let fresh: ImportId = services.new_id();
    let marker = import::marker(fresh);
    if !imports::request(tx, organisation, fresh, candidate.id, member, &marker, now).await? {
        return Ok(Asked::Known);
    }
    let import = imports::by_candidate(tx, organisation, candidate.id)
        .await?
        .ok_or_else(|| Error::internal("the import that was just queued is gone"))?;
    let job = Job::ImportCandidate { import: import.id };
    jobs::enqueue_at(tx, organisation, &job, priority, services.new_id(), now, now).await?;
    held_imports::release(tx, organisation, candidate.id).await?;
    let held = Job::StartHeldImport { candidate: candidate.id };
    let mut mended = jobs::forget_dead(tx, organisation, &held, now).await?;
    for (kind, subject) in [
        (AttentionKind::ImportFailed, import.id.to_string()),
        (AttentionKind::ImportOffered, candidate.id.to_string()),
    ] {
        mended |= attention::resolve(tx, organisation, kind, &subject, now).await?;
    }
    let asked = Activity {
        id: services.new_id(),
        at: now,
        member: Some(member),
        candidate: Some(candidate.id),
        kind: "import_requested",
        summary,
    };
    activity::record(tx, organisation, &asked).await?;
    Ok(Asked::Queued { mended })
}
