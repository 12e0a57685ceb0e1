//! Removing from Lever what an interrupted registration left behind: a webhook of
//! ours whose signing token nobody knows, or one that was replaced.

use domain::connection::LeverEvent;
use domain::ids::ConnectionId;
use domain::time::Timestamp;
use lever::{Client, ErrorKind};
use store::connections::Connection;
use store::jobs::Claimed;
use store::lights::{self, LightRow};

use super::{Ended, Ending, Stop, lever_of};
use crate::Services;
use crate::integration::webhook_change;

pub(super) async fn run(services: &Services, claimed: &Claimed, connection: ConnectionId) -> Ended {
    let Some((known, client)) = lever_of(services, claimed.organisation).await? else {
        return Ok(Ending::Done);
    };
    if known.id != connection {
        return Ok(Ending::Done);
    }
    Ok(match tidy(services, &client, &known).await? {
        Some(until) => Ending::Wait { until },
        None => Ending::Done,
    })
}

/// Removes every webhook of ours that is not the known one of its event. Gives
/// until when to wait while one is being made anew.
///
/// The known ones are read after the list: what is in the list and was kept by
/// then is known, and what is made later is not in the list.
pub(super) async fn tidy(
    services: &Services,
    client: &Client,
    connection: &Connection,
) -> Result<Option<Timestamp>, Stop> {
    let organisation = connection.organisation;
    let longest = webhook_change::longest(services);
    let changing = |lights: &[LightRow], now: Timestamp| {
        lights
            .iter()
            .filter_map(|light| light.changing_at)
            .filter(|began| now.since(*began) <= longest)
            .map(|began| began + longest + std::time::Duration::from_millis(1))
            .max()
    };
    let now = services.now();
    let mut tx = services.store.begin().await?;
    let known = lights::list(&mut tx, organisation, connection.id).await?;
    if let Some(until) = changing(&known, now) {
        return Ok(Some(until));
    }
    // Whoever began it can no longer keep what it made.
    for light in &known {
        if let Some(began) = light.changing_at {
            lights::end_change(&mut tx, organisation, connection.id, light.event, began).await?;
        }
    }
    tx.commit().await?;

    let listed = client.webhooks().await?;
    let known = {
        let mut tx = services.store.read().await?;
        lights::list(&mut tx, organisation, connection.id).await?
    };
    if let Some(until) = changing(&known, services.now()) {
        return Ok(Some(until));
    }
    for hook in listed {
        let event = LeverEvent::from_code(&hook.event);
        let is_known = known
            .iter()
            .any(|light| Some(light.event) == event && light.webhook.as_deref() == Some(hook.id.as_str()));
        if is_known || !webhook_change::is_ours(services, connection, &hook)? {
            continue;
        }
        match client.delete_webhook(&hook.id).await {
            Ok(()) => tracing::info!(event = hook.event, "a webhook of ours was removed from Lever"),
            Err(error) if error.kind() == ErrorKind::NotFound => {}
            Err(error) => return Err(error.into()),
        }
    }
    Ok(None)
}
