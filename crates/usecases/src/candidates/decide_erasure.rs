//! Deciding about the data of a candidate who was anonymised in Lever.

use domain::actor::{Action, Actor};
use domain::attention::AttentionKind;
use domain::event::Change;
use domain::ids::{CandidateId, MemberId, OrganisationId};
use domain::job::Job;
use domain::problem::Problem;
use store::activity::{self, Activity};
use store::erasures::{self, Decision};
use store::{Tx, arrivals_aside, attention, candidates, jobs};

use crate::{Result, Services};

/// Keeps the data here, or erases it at once. Keeping is final: nobody is asked
/// about this candidate again.
///
/// # Errors
/// [`Problem::NotAllowed`]; [`Problem::NotFound`] when there is no open question.
pub async fn decide_erasure(
    services: &Services,
    actor: &Actor,
    candidate: CandidateId,
    keep: bool,
) -> Result<()> {
    services.require(actor, Action::ManageIntegration)?;
    let organisation = actor.organisation;
    let now = services.now();
    let mut tx = services.store.begin().await?;
    let held = candidates::hold(&mut tx, organisation, candidate).await?.ok_or(Problem::NotFound)?;
    let decision = if keep { Decision::Keep } else { Decision::Erase };
    if !erasures::decide(&mut tx, organisation, candidate, decision, actor.member, now).await? {
        return Err(Problem::NotFound.into());
    }
    if keep {
        let (kind, subject) = (AttentionKind::Anonymised, candidate.to_string());
        attention::resolve(&mut tx, organisation, kind, &subject, now).await?;
        let entry = Activity {
            id: services.new_id(),
            at: now,
            member: Some(actor.member),
            candidate: Some(candidate),
            kind: "erasure_declined",
            summary: format!("Kept the data of {}, who was anonymised in Lever.", held.name),
        };
        activity::record(&mut tx, organisation, &entry).await?;
    } else {
        erase(services, &mut tx, organisation, candidate, Some(actor.member)).await?;
    }
    tx.commit().await?;
    services.changes.announce(organisation, Change::Candidate { id: candidate });
    services.changes.announce(organisation, Change::Attention);
    Ok(())
}

/// Erases a candidate's data within `tx` and says so in the activity log, which
/// holds nothing of it either.
///
/// # Errors
/// As the database says.
pub(crate) async fn erase(
    services: &Services,
    tx: &mut Tx,
    organisation: OrganisationId,
    candidate: CandidateId,
    member: Option<MemberId>,
) -> std::result::Result<(), store::Error> {
    let now = services.now();
    if !erasures::erase(tx, organisation, candidate, now).await? {
        return Ok(());
    }
    for arrival in arrivals_aside::of_candidate(tx, organisation, candidate).await? {
        arrivals_aside::remove(tx, organisation, arrival).await?;
        jobs::forget_dead(tx, organisation, &Job::TakeInDelivery { arrival }, now).await?;
    }
    let entry = Activity {
        id: services.new_id(),
        at: now,
        member,
        candidate: Some(candidate),
        kind: "erased",
        summary: "Erased the data of a candidate who was anonymised in Lever.".to_owned(),
    };
    activity::record(tx, organisation, &entry).await
}
