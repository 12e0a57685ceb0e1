//! What a member wants to be written to Lever.

use domain::actor::Actor;
use domain::attention::AttentionKind;
use domain::ids::{CandidateId, MemberId, OrganisationId};
use domain::job::Job;
use domain::mapping::Target;
use domain::status::{Status, StatusCause};
use store::imports::Import;
use store::opportunities::{self, Opportunity};
use store::status_writes::{self, Wish};
use store::{Tx, attention, candidates, jobs, stage_map, status_changes, way_back};

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
    wish_of(services, tx, (actor.organisation, actor.member), candidate, status).await
}

async fn wish_of(
    services: &Services,
    tx: &mut Tx,
    (organisation, member): (OrganisationId, MemberId),
    candidate: CandidateId,
    status: Status,
) -> Result<bool> {
    let now = services.now();
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
    let wish = Wish { opportunity: row.id.clone(), candidate, member, status, to, seen };
    status_writes::want(tx, organisation, &wish, now).await?;
    let job = Job::WriteStatus { opportunity: row.id };
    jobs::enqueue(tx, organisation, &job, services.new_id(), now, now).await?;
    Ok(true)
}

/// A status that a member set while nothing was linked yet.
#[derive(Clone, Copy, Debug)]
pub(crate) struct SetMeanwhile {
    member: MemberId,
    status: Status,
}

/// The status that a member has set since the import was asked for, where the way
/// back is on. Holds the candidate: whoever sets one later finds what is linked.
///
/// # Errors
/// As the store says.
pub(crate) async fn set_meanwhile(
    tx: &mut Tx,
    organisation: OrganisationId,
    import: &Import,
) -> Result<Option<SetMeanwhile>> {
    let Some(candidate) = candidates::hold(tx, organisation, import.candidate).await? else {
        return Ok(None);
    };
    let is_news = candidate.cause == StatusCause::Hand && candidate.status_at > import.requested_at;
    if !is_news || !way_back::is_on(tx, organisation).await? {
        return Ok(None);
    }
    let history = status_changes::list(tx, organisation, candidate.id).await?;
    let by_hand = history.iter().find(|change| change.cause == StatusCause::Hand);
    let member = by_hand.and_then(|change| change.member).unwrap_or(import.requested_by);
    Ok(Some(SetMeanwhile { member, status: candidate.status }))
}

/// Brings to what is linked now a status that was set before it was, as [`wish`].
/// A conflict and a place that is not mapped are questions first.
///
/// # Errors
/// As the store says.
pub(crate) async fn bring(
    services: &Services,
    tx: &mut Tx,
    organisation: OrganisationId,
    candidate: CandidateId,
    set: SetMeanwhile,
) -> Result<()> {
    let conflict = candidates::get(tx, organisation, candidate).await?.and_then(|found| found.conflict);
    let held = opportunities::by_candidate(tx, organisation, candidate).await?.is_some_and(|row| row.held);
    if conflict.is_none() && !held {
        wish_of(services, tx, (organisation, set.member), candidate, set.status).await?;
    }
    Ok(())
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
