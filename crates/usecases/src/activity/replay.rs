//! Applying a delivery again.

use domain::actor::{Action, Actor};
use domain::event::Change;
use domain::ids::DeliveryId;
use domain::job::Job;
use domain::problem::Problem;
use store::activity::{self, Activity};
use store::{deliveries, jobs, opportunities};

use crate::{Result, Services};

/// Lets the delivery wait again and queues the reading of its opportunity: what
/// Lever says now is applied. One that waits already waits on.
///
/// # Errors
/// [`Problem::NotAllowed`] for a Recruiter; [`Problem::NotFound`] when there is no
/// such delivery, or it names no opportunity.
pub async fn replay(services: &Services, actor: &Actor, id: DeliveryId) -> Result<()> {
    services.require(actor, Action::SyncNow)?;
    let organisation = actor.organisation;
    let now = services.now();
    let mut tx = services.store.begin().await?;
    let delivery = deliveries::get(&mut tx, organisation, id).await?.ok_or(Problem::NotFound)?;
    let opportunity = delivery.opportunity.ok_or(Problem::NotFound)?;
    deliveries::reopen(&mut tx, organisation, id).await?;
    let candidate = opportunities::get(&mut tx, organisation, &opportunity).await?.map(|row| row.candidate);
    let job = Job::ApplyOpportunity { opportunity };
    jobs::enqueue(&mut tx, organisation, &job, services.new_id(), now, now).await?;
    let entry = Activity {
        id: services.new_id(),
        at: now,
        member: Some(actor.member),
        candidate,
        kind: "delivery_replayed",
        summary: "Asked to apply a delivery again.".to_owned(),
    };
    activity::record_upon(&mut tx, organisation, &entry, Some(id)).await?;
    tx.commit().await?;
    services.changes.announce(organisation, Change::Connection);
    services.wake.notify_one();
    Ok(())
}
