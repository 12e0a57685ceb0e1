//! Opening the sealed body of a delivery. The line of the log that says so is what lets
//! the member read it, for a short while.

use std::time::Duration;

use domain::actor::{Action, Actor};
use domain::ids::DeliveryId;
use domain::problem::Problem;
use store::activity::{self, Activity};
use store::deliveries::{self, Body};
use store::{Tx, opportunities};

use crate::{Result, Services};

/// How long it can be read by whoever opened it.
const OPEN_FOR: Duration = Duration::from_secs(10 * 60);
const KIND: &str = "delivery_body_opened";

/// Opens the sealed body of a delivery for the actor; the activity log says so.
///
/// # Errors
/// [`Problem::NotAllowed`] for all but Super Admins; [`Problem::NotFound`] when there is
/// no such delivery, or its body is not sealed.
pub async fn open_body(services: &Services, actor: &Actor, id: DeliveryId) -> Result<()> {
    services.require(actor, Action::ManageIntegration)?;
    let organisation = actor.organisation;
    let mut tx = services.store.begin().await?;
    let kept = deliveries::kept(&mut tx, organisation, id).await?.ok_or(Problem::NotFound)?;
    let Body::Sealed(_) = kept.body else { return Err(Problem::NotFound.into()) };
    let candidate = match &kept.delivery.opportunity {
        Some(opportunity) => opportunities::get(&mut tx, organisation, opportunity).await?,
        None => None,
    };
    let entry = Activity {
        id: services.new_id(),
        at: services.now(),
        member: Some(actor.member),
        candidate: candidate.map(|row| row.candidate),
        kind: KIND,
        summary: "Opened the sealed body of a delivery.".to_owned(),
    };
    activity::record_upon(&mut tx, organisation, &entry, Some(id)).await?;
    tx.commit().await?;
    Ok(())
}

/// Whether the actor opened it a short while ago, and still may.
///
/// # Errors
/// As the store says.
pub(super) async fn opened(services: &Services, tx: &mut Tx, actor: &Actor, id: DeliveryId) -> Result<bool> {
    let since = services.now().minus(OPEN_FOR);
    Ok(actor.role.may(Action::ManageIntegration)
        && activity::did(tx, actor.organisation, actor.member, KIND, id, since).await?)
}
