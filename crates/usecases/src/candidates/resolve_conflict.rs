//! Deciding between a status set by hand and Lever's.

use domain::actor::{Action, Actor};
use domain::attention::AttentionKind;
use domain::event::Change;
use domain::ids::CandidateId;
use domain::problem::Problem;
use domain::status::StatusCause;
use store::activity::{self, Activity};
use store::candidates::{self, StatusUpdate};
use store::status_changes::{self, StatusChange};
use store::{attention, connections, opportunities};

use crate::jobs::{last_open, place_name};
use crate::way_back::{drop_wish, wish};
use crate::{Result, Services};

/// Takes Lever's status, or keeps the one set by hand; either way the mark goes.
/// What is kept is written to Lever where the way back is on. Without a mark nothing changes.
///
/// # Errors
/// [`Problem::NotFound`].
pub async fn resolve_conflict(
    services: &Services,
    actor: &Actor,
    candidate: CandidateId,
    take_levers: bool,
) -> Result<()> {
    services.require(actor, Action::WorkWithCandidates)?;
    let organisation = actor.organisation;
    let now = services.now();
    let mut tx = services.store.begin().await?;
    opportunities::lock_of(&mut tx, organisation, candidate).await?;
    let candidate = candidates::hold(&mut tx, organisation, candidate).await?.ok_or(Problem::NotFound)?;
    let Some(levers) = candidate.conflict else { return Ok(()) };
    let mut to_lever = false;
    if take_levers {
        let update = StatusUpdate {
            status: levers,
            cause: StatusCause::Lever,
            at: now,
            last_open: last_open(&candidate, levers),
            conflict: None,
        };
        candidates::set_status(&mut tx, organisation, candidate.id, &update).await?;
        let linked = opportunities::by_candidate(&mut tx, organisation, candidate.id).await?;
        if let Some(linked) = &linked {
            drop_wish(services, &mut tx, organisation, linked).await?;
        }
        let place = linked.and_then(|opportunity| opportunity.place());
        let place = match (connections::find(&mut tx, organisation).await?, place) {
            (Some(connection), Some(place)) => Some(place_name(&mut tx, &connection, &place).await?),
            _ => None,
        };
        let change = StatusChange {
            id: services.new_id(),
            candidate: candidate.id,
            from: candidate.status,
            to: levers,
            cause: StatusCause::Lever,
            member: Some(actor.member),
            place,
            lever_actor: None,
            delivery: None,
            at: now,
        };
        status_changes::record(&mut tx, organisation, &change).await?;
    } else {
        candidates::set_conflict(&mut tx, organisation, candidate.id, None).await?;
        opportunities::decided(&mut tx, organisation, candidate.id).await?;
        to_lever = wish(services, &mut tx, actor, candidate.id, candidate.status).await?;
    }
    let subject = candidate.id.to_string();
    attention::resolve(&mut tx, organisation, AttentionKind::StatusConflict, &subject, now).await?;
    let (name, status) = (&candidate.name, candidate.status);
    let entry = Activity {
        id: services.new_id(),
        at: now,
        member: Some(actor.member),
        candidate: Some(candidate.id),
        kind: "conflict_resolved",
        summary: if take_levers {
            format!("Took Lever's status for {name}: {levers}.")
        } else {
            format!("Kept {status} for {name}, although Lever says {levers}.")
        },
    };
    activity::record(&mut tx, organisation, &entry).await?;
    tx.commit().await?;

    if to_lever {
        services.wake.notify_one();
    }
    services.changes.announce(organisation, Change::Candidate { id: candidate.id });
    services.changes.announce(organisation, Change::Attention);
    Ok(())
}
