//! *Sync now*.

use domain::actor::{Action, Actor};
use domain::connection::ConnectionState;
use domain::event::Change;
use domain::job::Job;
use domain::problem::Problem;
use store::activity::{self, Activity};
use store::connections;
use store::reconciliations::Cause;

pub(crate) use crate::jobs::enqueue_reconciliation as enqueue;
use crate::{Result, Services};

/// Queues a reconciliation unless one is under way, and a reading of stages,
/// archive reasons and users.
///
/// # Errors
/// [`Problem::NotAllowed`] for a Recruiter; [`Problem::NotConnected`];
/// [`Problem::LeverRejectedKey`].
pub async fn sync_now(services: &Services, actor: &Actor) -> Result<()> {
    services.require(actor, Action::SyncNow)?;
    let organisation = actor.organisation;
    let mut tx = services.store.begin().await?;
    let connection = connections::find(&mut tx, organisation).await?.ok_or(Problem::NotConnected)?;
    match connection.state {
        ConnectionState::Connected | ConnectionState::NeedsAttention => {}
        ConnectionState::CredentialsRejected => return Err(Problem::LeverRejectedKey.into()),
        ConnectionState::NotConnected | ConnectionState::SetUpUnfinished | ConnectionState::Disconnected => {
            return Err(Problem::NotConnected.into());
        }
    }
    enqueue(&mut tx, services, organisation, connection.id, Cause::Asked).await?;
    // Whoever changed stages or users in Lever wants to see that here too.
    let (refresh, now) = (Job::RefreshCatalogue { connection: connection.id }, services.now());
    store::jobs::enqueue(&mut tx, organisation, &refresh, services.new_id(), now, now).await?;
    let asked = Activity {
        id: services.new_id(),
        at: services.now(),
        member: Some(actor.member),
        candidate: None,
        kind: "sync_asked",
        summary: "Asked to compare every linked candidate with Lever.".to_owned(),
    };
    activity::record(&mut tx, organisation, &asked).await?;
    tx.commit().await?;
    services.changes.announce(organisation, Change::Connection);
    services.wake.notify_one();
    Ok(())
}
