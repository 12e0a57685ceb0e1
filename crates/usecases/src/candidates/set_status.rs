//! Setting a status by hand.

use domain::actor::{Action, Actor};
use domain::attention::AttentionKind;
use domain::event::Change;
use domain::ids::CandidateId;
use domain::problem::{Field, FieldProblem, Problem};
use domain::status::{Status, StatusCause};
use store::activity::{self, Activity};
use store::candidates::{self, StatusUpdate};
use store::status_changes::{self, StatusChange};
use store::{attention, opportunities};

use crate::jobs::last_open;
use crate::way_back::wish;
use crate::{Result, Services};

/// Sets the status (a [`domain::status::Status`] code) and records who did. Where
/// the way back is on it is written to Lever, by a job of the same transaction.
/// The status the candidate has already changes nothing.
///
/// # Errors
/// [`Problem::NotFound`]; a problem beside the field when the code is none.
pub async fn set_status(
    services: &Services,
    actor: &Actor,
    candidate: CandidateId,
    status: &str,
) -> Result<()> {
    services.require(actor, Action::WorkWithCandidates)?;
    let status =
        Status::from_code(status).ok_or_else(|| Problem::field(FieldProblem::NotAChoice(Field::Status)))?;
    let organisation = actor.organisation;
    let now = services.now();
    let mut tx = services.store.begin().await?;
    opportunities::lock_of(&mut tx, organisation, candidate).await?;
    let candidate = candidates::hold(&mut tx, organisation, candidate).await?.ok_or(Problem::NotFound)?;
    if candidate.status == status {
        return Ok(());
    }
    let update = StatusUpdate {
        status,
        cause: StatusCause::Hand,
        at: now,
        last_open: last_open(&candidate, status),
        conflict: None,
    };
    candidates::set_status(&mut tx, organisation, candidate.id, &update).await?;
    opportunities::decided(&mut tx, organisation, candidate.id).await?;
    let to_lever = wish(services, &mut tx, actor, candidate.id, status).await?;
    let change = StatusChange {
        id: services.new_id(),
        candidate: candidate.id,
        from: candidate.status,
        to: status,
        cause: StatusCause::Hand,
        member: Some(actor.member),
        place: None,
        lever_actor: None,
        delivery: None,
        at: now,
    };
    status_changes::record(&mut tx, organisation, &change).await?;
    let subject = candidate.id.to_string();
    let settled =
        attention::resolve(&mut tx, organisation, AttentionKind::StatusConflict, &subject, now).await?;
    let entry = Activity {
        id: services.new_id(),
        at: now,
        member: Some(actor.member),
        candidate: Some(candidate.id),
        kind: "status_set",
        summary: format!("Set {} to {status}.", candidate.name),
    };
    activity::record(&mut tx, organisation, &entry).await?;
    tx.commit().await?;

    if to_lever {
        services.wake.notify_one();
    }
    services.changes.announce(organisation, Change::Candidate { id: candidate.id });
    if settled || to_lever {
        services.changes.announce(organisation, Change::Attention);
    }
    Ok(())
}
