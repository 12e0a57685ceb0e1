//! Sending a text to many, and stopping it.

use domain::actor::Actor;
use domain::bulk_message::BulkMessageState;
use domain::ids::BulkMessageId;
use domain::job::Job;
use domain::problem::Problem;
use store::activity::{self, Activity};
use store::{Tx, bulk_messages, jobs};

use super::draft::{checked, steerable};
use crate::{Result, Services};

/// Begins to write to everybody it is for. A second press changes nothing.
///
/// # Errors
/// Fields; [`Problem::NotFound`]; [`Problem::NotAllowed`]; [`Problem::ChangedMeanwhile`]
/// when it was stopped.
pub async fn send(services: &Services, actor: &Actor, id: BulkMessageId) -> Result<()> {
    let organisation = actor.organisation;
    let now = services.now();
    let mut tx = services.store.begin().await?;
    let bulk = steerable(services, &mut tx, actor, id).await?;
    match bulk.state {
        BulkMessageState::Draft => {}
        BulkMessageState::Running | BulkMessageState::Done => return Ok(()),
        BulkMessageState::Stopped => return Err(Problem::ChangedMeanwhile.into()),
    }
    checked(&bulk.body)?;
    let (from, to) = (BulkMessageState::Draft, BulkMessageState::Running);
    if !bulk_messages::move_state(&mut tx, organisation, id, from, to, now).await? {
        // Another press was faster.
        return Ok(());
    }
    let job = Job::RunBulkMessage { bulk: id };
    jobs::enqueue(&mut tx, organisation, &job, services.new_id(), now, now).await?;
    record(services, &mut tx, actor, "message_to_many_sent", "Began to write to many candidates.").await?;
    tx.commit().await?;
    services.wake.notify_one();
    Ok(())
}

/// Writes to nobody else. A second time changes nothing.
///
/// # Errors
/// [`Problem::NotFound`]; [`Problem::NotAllowed`]; [`Problem::ChangedMeanwhile`] when
/// everybody was written to.
pub async fn stop(services: &Services, actor: &Actor, id: BulkMessageId) -> Result<()> {
    let mut tx = services.store.begin().await?;
    let bulk = steerable(services, &mut tx, actor, id).await?;
    match bulk.state {
        BulkMessageState::Running => {}
        BulkMessageState::Stopped => return Ok(()),
        BulkMessageState::Draft | BulkMessageState::Done => return Err(Problem::ChangedMeanwhile.into()),
    }
    let (from, to) = (BulkMessageState::Running, BulkMessageState::Stopped);
    if !bulk_messages::move_state(&mut tx, actor.organisation, id, from, to, services.now()).await? {
        return Err(Problem::ChangedMeanwhile.into());
    }
    record(services, &mut tx, actor, "message_to_many_stopped", "Stopped writing to many candidates.")
        .await?;
    tx.commit().await?;
    Ok(())
}

async fn record(
    services: &Services,
    tx: &mut Tx,
    actor: &Actor,
    kind: &'static str,
    summary: &str,
) -> Result<()> {
    let entry = Activity {
        id: services.new_id(),
        at: services.now(),
        member: Some(actor.member),
        candidate: None,
        kind,
        summary: summary.to_owned(),
    };
    Ok(activity::record(tx, actor.organisation, &entry).await?)
}
