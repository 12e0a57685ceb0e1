//! What a member wants to be written to Lever.

use domain::actor::Actor;
use domain::attention::AttentionKind;
use domain::ids::{CandidateId, OrganisationId};
use domain::job::Job;
use domain::mapping::Target;
use domain::status::Status;
use store::opportunities::{self, Opportunity};
use store::status_writes::{self, Wish};
use store::{Tx, attention, jobs, stage_map, way_back};

use crate::{Result, Services};

/// A member has set `status` or holds on to it: where the way back is on and the
/// status leads somewhere, Lever is to be brought there, by a job in the caller's
/// transaction. Gives whether there is one: the worker is then to be woken.
///
/// The caller holds the candidate and their opportunities.
///
/// # Errors
/// As the store says.
pub(crate) async fn wish(
    services: &Services,
    tx: &mut Tx,
    actor: &Actor,
    candidate: CandidateId,
    status: Status,
) -> Result<bool> {
    let (organisation, now) = (actor.organisation, services.now());
    let Some(row) = opportunities::by_candidate(tx, organisation, candidate).await? else {
        return Ok(false);
    };
    resolved(services, tx, organisation, candidate).await?;
    let (Some(seen), true) = (row.truth(), way_back::is_on(tx, organisation).await?) else {
        status_writes::forget(tx, organisation, &row.id).await?;
        return Ok(false);
    };
    let on_its_way =
        status_writes::find(tx, organisation, &row.id).await?.is_some_and(|write| write.sent.is_some());
    let place = seen.place();
    let means_it = stage_map::load(tx, organisation).await?.target(&place) == Some(Target::Set(status));
    if means_it && !on_its_way {
        status_writes::forget(tx, organisation, &row.id).await?;
        opportunities::agree(tx, organisation, &row.id, &seen).await?;
        return Ok(false);
    }
    let to = match way_back::map(tx, organisation).await?.place(status) {
        Some(to) => to.clone(),
        // What is on its way elsewhere is called back.
        None if on_its_way && means_it => place,
        None => {
            status_writes::forget(tx, organisation, &row.id).await?;
            return Ok(false);
        }
    };
    let wish = Wish { opportunity: row.id.clone(), candidate, member: actor.member, status, to, seen };
    status_writes::want(tx, organisation, &wish, now).await?;
    let job = Job::WriteStatus { opportunity: row.id };
    jobs::enqueue(tx, organisation, &job, services.new_id(), now, now).await?;
    Ok(true)
}

/// Nothing is to be written any more: a member took Lever's status, or the
/// opportunity stands for nobody.
///
/// # Errors
/// As the store says.
pub(crate) async fn drop_wish(
    services: &Services,
    tx: &mut Tx,
    organisation: OrganisationId,
    opportunity: &Opportunity,
) -> Result<bool> {
    status_writes::forget(tx, organisation, &opportunity.id).await?;
    resolved(services, tx, organisation, opportunity.candidate).await
}

/// Tries again what was given up for a candidate, in the caller's transaction;
/// `false` when nothing was.
///
/// # Errors
/// As the store says.
pub(crate) async fn try_again(
    services: &Services,
    tx: &mut Tx,
    organisation: OrganisationId,
    candidate: CandidateId,
) -> Result<bool> {
    opportunities::lock_of(tx, organisation, candidate).await?;
    let Some(row) = opportunities::by_candidate(tx, organisation, candidate).await? else {
        return Ok(false);
    };
    let Some(write) = status_writes::find(tx, organisation, &row.id).await? else { return Ok(false) };
    let now = services.now();
    if let Some(to) = way_back::map(tx, organisation).await?.place(write.status)
        && *to != write.to
    {
        status_writes::redirect(tx, organisation, &row.id, to, now).await?;
    }
    if !status_writes::try_again(tx, organisation, &row.id, now).await? {
        return Ok(false);
    }
    let job = Job::WriteStatus { opportunity: row.id };
    jobs::enqueue(tx, organisation, &job, services.new_id(), now, now).await?;
    resolved(services, tx, organisation, candidate).await?;
    Ok(true)
}

/// Tries again whatever was given up, because what stood in the way may be mended.
/// Gives whether anything was.
///
/// # Errors
/// As the store says.
pub(crate) async fn try_all_again(
    services: &Services,
    tx: &mut Tx,
    organisation: OrganisationId,
) -> Result<bool> {
    let mut any = false;
    for write in status_writes::refused(tx, organisation).await? {
        any |= try_again(services, tx, organisation, write.candidate).await?;
    }
    Ok(any)
}

async fn resolved(
    services: &Services,
    tx: &mut Tx,
    organisation: OrganisationId,
    candidate: CandidateId,
) -> Result<bool> {
    let (kind, subject) = (AttentionKind::StatusNotWritten, candidate.to_string());
    Ok(attention::resolve(tx, organisation, kind, &subject, services.now()).await?)
}
