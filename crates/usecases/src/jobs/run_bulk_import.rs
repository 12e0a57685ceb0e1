//! Taking an import of many a step further.
//!
//! A step gathers some candidates, gives some their turn, and queues the next
//! step. No more than a few seconds' worth of imports is queued at a time: so a
//! run of ten thousand holds neither the one writer nor the queue, leaves room
//! for other organisations, and pauses within seconds.

use std::time::Duration;

use domain::actor::Actor;
use domain::event::Change;
use domain::ids::{BulkImportId, OrganisationId};
use domain::import::{BulkState, SkipReason};
use domain::job::Priority;
use domain::problem::Problem;
use store::activity::{self, Activity};
use store::bulk_imports::{self, BulkImport, Counts};
use store::jobs::Claimed;
use store::{Tx, jobs, members};

use super::{Ended, Ending, Stop, begin_fenced, gather};
use crate::imports::{Asked, ask};
use crate::{Result, Services};

/// Candidates who have their turn in one transaction.
const TURNS: u32 = 50;
/// Between two steps while imports are under way.
const PAUSE: Duration = Duration::from_secs(1);
/// Seconds of work that are queued ahead.
const AHEAD: f64 = 6.0;
/// Calls of a clean import.
const CALLS: f64 = 3.0;
/// How long a step waits that finds Lever not connected.
const NOT_CONNECTED: Duration = Duration::from_secs(5);

/// One step.
pub(super) async fn run(services: &Services, claimed: &Claimed, id: BulkImportId) -> Ended {
    let organisation = claimed.organisation;
    let (bulk, member) = {
        let mut tx = services.store.read().await?;
        let Some(bulk) = bulk_imports::get(&mut tx, organisation, id).await? else {
            return Ok(Ending::Done);
        };
        let member = members::get(&mut tx, organisation, bulk.requested_by).await?;
        (bulk, member)
    };
    if bulk.state != BulkState::Running {
        return Ok(Ending::Done);
    }
    let Some(member) = member.filter(|member| member.active) else {
        return without_member(services, claimed, id).await;
    };
    let actor =
        Actor { organisation, member: member.id, role: member.role, name: member.name, email: member.email };
    let gathering = gather_some(services, claimed, &bulk).await?;
    let Some(counts) = give_turns(services, claimed, &actor, id).await? else {
        return Ok(Ending::Wait { until: services.now() + NOT_CONNECTED });
    };
    services.changes.announce(organisation, Change::BulkImport { id });
    services.wake.notify_one();
    if !gathering && counts.left() == 0 && finished(services, claimed, id).await? {
        return Ok(Ending::Settled);
    }
    // The next step is a job of its own, so that thousands of steps are no failures.
    let mut tx = begin_fenced(services, claimed).await?;
    let now = services.now();
    let at = if gathering { now } else { now + PAUSE };
    jobs::finish(&mut tx, claimed).await?;
    jobs::enqueue(&mut tx, organisation, &claimed.job, services.new_id(), at, now).await?;
    tx.commit().await?;
    Ok(Ending::Settled)
}

/// The steps kept failing: the run waits for a person.
pub(super) async fn gave_up(
    services: &Services,
    tx: &mut Tx,
    claimed: &Claimed,
    id: BulkImportId,
) -> Result<Vec<Change>> {
    let (organisation, now) = (claimed.organisation, services.now());
    let (from, to) = (BulkState::Running, BulkState::Paused);
    if !bulk_imports::move_state(tx, organisation, id, from, to, now).await? {
        return Ok(Vec::new());
    }
    record(services, tx, organisation, "Paused an import of many, because it kept failing.").await?;
    Ok(vec![Change::BulkImport { id }])
}

/// Whoever started it is gone: nobody would be credited.
async fn without_member(services: &Services, claimed: &Claimed, id: BulkImportId) -> Ended {
    let organisation = claimed.organisation;
    let mut tx = begin_fenced(services, claimed).await?;
    let (from, to) = (BulkState::Running, BulkState::Stopped);
    if bulk_imports::move_state(&mut tx, organisation, id, from, to, services.now()).await? {
        let why = "Stopped an import of many: who started it is no longer a member.";
        record(services, &mut tx, organisation, why).await?;
    }
    jobs::finish(&mut tx, claimed).await?;
    tx.commit().await?;
    services.changes.announce(organisation, Change::BulkImport { id });
    Ok(Ending::Settled)
}

/// Ends the run and its job; `false` when somebody was given another turn, or
/// the run was paused, at the last moment.
async fn finished(
    services: &Services,
    claimed: &Claimed,
    id: BulkImportId,
) -> std::result::Result<bool, Stop> {
    let (organisation, now) = (claimed.organisation, services.now());
    let mut tx = begin_fenced(services, claimed).await?;
    if !bulk_imports::hold_running(&mut tx, organisation, id, now).await? {
        return Ok(false);
    }
    let counts = bulk_imports::counts(&mut tx, organisation, id).await?;
    if counts.left() > 0 {
        return Ok(false);
    }
    bulk_imports::move_state(&mut tx, organisation, id, BulkState::Running, BulkState::Done, now).await?;
    record(services, &mut tx, organisation, "Came to the end of an import of many.").await?;
    jobs::finish(&mut tx, claimed).await?;
    tx.commit().await?;
    services.changes.announce(organisation, Change::BulkImport { id });
    Ok(true)
}

async fn record(services: &Services, tx: &mut Tx, organisation: OrganisationId, what: &str) -> Result<()> {
    let entry = Activity {
        id: services.new_id(),
        at: services.now(),
        member: None,
        candidate: None,
        kind: "bulk_import_ended",
        summary: what.to_owned(),
    };
    Ok(activity::record(tx, organisation, &entry).await?)
}

/// Adds some candidates to the run; `false` when all are there.
async fn gather_some(
    services: &Services,
    claimed: &Claimed,
    bulk: &BulkImport,
) -> std::result::Result<bool, Stop> {
    let Some(read_up_to) = &bulk.read_up_to else { return Ok(false) };
    let organisation = claimed.organisation;
    let (found, next) = gather::next(services, organisation, &bulk.source, read_up_to).await?;
    let mut tx = begin_fenced(services, claimed).await?;
    let now = services.now();
    bulk_imports::collect(&mut tx, organisation, bulk, &found, next.as_deref(), now).await?;
    tx.commit().await?;
    Ok(next.is_some())
}

/// Gives those their turn for whom there is room; `None` when Lever is not connected.
async fn give_turns(
    services: &Services,
    claimed: &Claimed,
    actor: &Actor,
    id: BulkImportId,
) -> std::result::Result<Option<Counts>, Stop> {
    let organisation = claimed.organisation;
    let room = (services.lever.rate().per_second * AHEAD / CALLS).clamp(4.0, 1_000.0) as u32;
    loop {
        let (counts, next) = {
            let mut tx = services.store.read().await?;
            let counts = bulk_imports::counts(&mut tx, organisation, id).await?;
            let free = room.saturating_sub(counts.under_way).min(TURNS);
            (counts, bulk_imports::next_waiting(&mut tx, organisation, id, free).await?)
        };
        if next.is_empty() {
            return Ok(Some(counts));
        }
        let mut tx = begin_fenced(services, claimed).await?;
        if !bulk_imports::hold_running(&mut tx, organisation, id, services.now()).await? {
            return Ok(Some(counts));
        }
        let mut asked = Vec::new();
        let mut mended = false;
        for candidate in next {
            let skipped = match ask(services, &mut tx, actor, candidate, Priority::Background).await {
                Ok(Asked::Queued { mended: this }) => {
                    mended |= this;
                    asked.push(candidate);
                    None
                }
                Ok(Asked::Known) => None,
                Ok(Asked::InLever) => Some(SkipReason::InLever),
                Err(error) => match error.problem() {
                    Problem::NotConnected => return Ok(None),
                    Problem::NotEligible => Some(SkipReason::NotEligible),
                    Problem::NotAllowed => Some(SkipReason::NotAllowed),
                    Problem::NotFound => Some(SkipReason::Gone),
                    _ => return Err(error.into()),
                },
            };
            bulk_imports::turn(&mut tx, organisation, id, candidate, skipped).await?;
        }
        tx.commit().await?;
        services.wake.notify_one();
        for id in asked {
            services.changes.announce(organisation, Change::Candidate { id });
        }
        if mended {
            services.changes.announce(organisation, Change::Attention);
        }
    }
}
