//! Pausing, resuming and stopping an import of many, and trying failed ones again.

use domain::actor::{Action, Actor, Role};
use domain::event::Change;
use domain::ids::BulkImportId;
use domain::import::BulkState;
use domain::job::Job;
use domain::problem::Problem;
use store::activity::{self, Activity};
use store::bulk_imports::{self, BulkImport};
use store::{Tx, jobs};

use crate::{Result, Services};

/// Nobody new is begun; who is on the way arrives. A second time changes nothing.
///
/// # Errors
/// [`Problem::NotFound`]; [`Problem::NotAllowed`] for a Recruiter who did not
/// start it; [`Problem::ChangedMeanwhile`] when it is over.
pub async fn pause(services: &Services, actor: &Actor, id: BulkImportId) -> Result<()> {
    let mut tx = services.store.begin().await?;
    let bulk = steerable(services, &mut tx, actor, id).await?;
    match bulk.state {
        BulkState::Running => {
            moved(services, &mut tx, actor, &bulk, BulkState::Paused, "Paused an import of many.").await?;
        }
        BulkState::Paused => return Ok(()),
        BulkState::Stopped | BulkState::Done => return Err(Problem::ChangedMeanwhile.into()),
    }
    end(services, tx, actor, id).await
}

/// Goes on where it was paused. A second time changes nothing.
///
/// # Errors
/// As [`pause`].
pub async fn resume(services: &Services, actor: &Actor, id: BulkImportId) -> Result<()> {
    let mut tx = services.store.begin().await?;
    let bulk = steerable(services, &mut tx, actor, id).await?;
    match bulk.state {
        BulkState::Paused => {
            moved(services, &mut tx, actor, &bulk, BulkState::Running, "Resumed an import of many.").await?;
            go_on(services, &mut tx, actor, id).await?;
        }
        BulkState::Running => return Ok(()),
        BulkState::Stopped | BulkState::Done => return Err(Problem::ChangedMeanwhile.into()),
    }
    end(services, tx, actor, id).await
}

/// Ends it: whoever has not had their turn is not imported. A second time
/// changes nothing.
///
/// # Errors
/// As [`pause`].
pub async fn stop(services: &Services, actor: &Actor, id: BulkImportId) -> Result<()> {
    let mut tx = services.store.begin().await?;
    let bulk = steerable(services, &mut tx, actor, id).await?;
    match bulk.state {
        BulkState::Running | BulkState::Paused => {
            moved(services, &mut tx, actor, &bulk, BulkState::Stopped, "Stopped an import of many.").await?;
        }
        BulkState::Stopped => return Ok(()),
        BulkState::Done => return Err(Problem::ChangedMeanwhile.into()),
    }
    end(services, tx, actor, id).await
}

/// Gives those another turn whose import failed, or who could not be asked for.
///
/// # Errors
/// As [`pause`]; also [`Problem::ChangedMeanwhile`] for one that was stopped.
pub async fn retry_failed(services: &Services, actor: &Actor, id: BulkImportId) -> Result<()> {
    let mut tx = services.store.begin().await?;
    let bulk = steerable(services, &mut tx, actor, id).await?;
    if bulk.state == BulkState::Stopped {
        return Err(Problem::ChangedMeanwhile.into());
    }
    let (organisation, now) = (actor.organisation, services.now());
    if bulk.state == BulkState::Running && !bulk_imports::hold_running(&mut tx, organisation, id, now).await?
    {
        return Err(Problem::ChangedMeanwhile.into());
    }
    if bulk_imports::wait_again(&mut tx, actor.organisation, id).await? == 0 {
        return Ok(());
    }
    if bulk.state == BulkState::Done {
        let summary = "Asked to import the failed ones of many again.";
        moved(services, &mut tx, actor, &bulk, BulkState::Running, summary).await?;
        go_on(services, &mut tx, actor, id).await?;
    }
    end(services, tx, actor, id).await
}

/// The run, if this actor may steer it.
async fn steerable(services: &Services, tx: &mut Tx, actor: &Actor, id: BulkImportId) -> Result<BulkImport> {
    services.require(actor, Action::WorkWithCandidates)?;
    let bulk = bulk_imports::get(tx, actor.organisation, id).await?.ok_or(Problem::NotFound)?;
    if may_steer(actor, &bulk) { Ok(bulk) } else { Err(Problem::NotAllowed.into()) }
}

/// Whoever started it, and Admins.
pub(super) fn may_steer(actor: &Actor, bulk: &BulkImport) -> bool {
    bulk.requested_by == actor.member || actor.role >= Role::Admin
}

async fn moved(
    services: &Services,
    tx: &mut Tx,
    actor: &Actor,
    bulk: &BulkImport,
    to: BulkState,
    summary: &str,
) -> Result<()> {
    let (organisation, now) = (actor.organisation, services.now());
    if !bulk_imports::move_state(tx, organisation, bulk.id, bulk.state, to, now).await? {
        return Err(Problem::ChangedMeanwhile.into());
    }
    // It was paused because it kept failing: somebody has seen to it.
    jobs::forget_dead(tx, organisation, &Job::RunBulkImport { bulk: bulk.id }, now).await?;
    let entry = Activity {
        id: services.new_id(),
        at: now,
        member: Some(actor.member),
        candidate: None,
        kind: "bulk_import_steered",
        summary: summary.to_owned(),
    };
    Ok(activity::record(tx, organisation, &entry).await?)
}

async fn go_on(services: &Services, tx: &mut Tx, actor: &Actor, bulk: BulkImportId) -> Result<()> {
    let now = services.now();
    let job = Job::RunBulkImport { bulk };
    Ok(jobs::enqueue(tx, actor.organisation, &job, services.new_id(), now, now).await?)
}

async fn end(services: &Services, tx: Tx, actor: &Actor, id: BulkImportId) -> Result<()> {
    tx.commit().await?;
    services.changes.announce(actor.organisation, Change::BulkImport { id });
    services.changes.announce(actor.organisation, Change::Attention);
    services.wake.notify_one();
    Ok(())
}
