//! Taking a verified delivery into the inbox, with the job that applies it.
//!
//! The signature covers only the delivery's token and time, so a delivery is a
//! hint: the job reads the opportunity from Lever and applies what it reads.

use domain::connection::LeverEvent;
use domain::ids::DeliveryId;
use domain::job::Job;
use domain::time::Timestamp;
use lever::webhook::{Envelope, Event};
use store::Tx;
use store::connections::Connection;
use store::deliveries::NewDelivery;

use crate::{Result, Services};

/// The longest name of an event that is stored.
const LONGEST_EVENT: usize = 64;

/// Puts a verified delivery into the inbox and queues the reading of its
/// opportunity, if that is one of ours. Gives whether the delivery is new: a
/// token that came before causes no work.
///
/// # Errors
/// As the store says.
pub(crate) async fn accept(
    tx: &mut Tx,
    services: &Services,
    connection: &Connection,
    id: DeliveryId,
    envelope: &Envelope,
    body: &[u8],
    received_at: Timestamp,
) -> Result<bool> {
    let organisation = connection.organisation;
    let light = LeverEvent::from_code(envelope.event.name());
    let ours = match envelope.opportunity_id() {
        Some(opportunity) => store::opportunities::is_linked(tx, organisation, opportunity).await?,
        None => false,
    };
    let ignored = if light.is_none() && envelope.event != Event::CandidateDeleted {
        Some("not an event that is followed")
    } else if envelope.opportunity_id().is_none() {
        Some("names no opportunity")
    } else if !ours {
        Some("not one of ours")
    } else {
        None
    };
    let name = event_name(envelope);
    let delivery = NewDelivery {
        id,
        connection: connection.id,
        token: &envelope.token,
        event: &name,
        opportunity: envelope.opportunity_id(),
        triggered_at: Timestamp(envelope.triggered_at.as_millis()),
        received_at,
        body,
        ignored,
    };
    if !store::deliveries::insert(tx, organisation, &delivery).await? {
        return Ok(false);
    }
    if let Some(event) = light {
        store::lights::saw_event(tx, organisation, connection.id, event, received_at).await?;
    }
    if let (None, Some(opportunity)) = (ignored, envelope.opportunity_id()) {
        let job = Job::ApplyOpportunity { opportunity: opportunity.to_owned() };
        let now = services.now();
        store::jobs::enqueue(tx, organisation, &job, services.new_id(), now, now).await?;
    }
    Ok(true)
}

/// The event's name, cut to what is stored.
pub(super) fn event_name(envelope: &Envelope) -> String {
    envelope.event.name().chars().take(LONGEST_EVENT).collect()
}
