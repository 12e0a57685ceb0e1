//! Webhooks that have gone silent: Lever switches a webhook off, or somebody does,
//! and nothing tells of it but that nothing comes any more.

use std::time::Duration;

use domain::attention::AttentionKind;
use domain::event::Change;
use domain::ids::OrganisationId;
use domain::time::Timestamp;
use serde_json::json;
use store::connections::Connection;
use store::{Tx, attention, connections, lights, opportunities};

use crate::{Result, Services};

/// How long no event may come before somebody is asked to check. Longer than a
/// weekend with a holiday on either side of it.
pub(crate) const SILENT_AFTER: Duration = Duration::from_secs(6 * 24 * 60 * 60);
/// With fewer people on their way in Lever a silent week says nothing.
const LEAST_ACTIVE: u32 = 3;

/// Looks at every working connection and asks, or asks no more. Gives how many
/// are silent.
///
/// # Errors
/// As the store says.
pub(crate) async fn look(services: &Services, now: Timestamp) -> Result<usize> {
    let working = {
        let mut tx = services.store.read().await?;
        connections::all_connected(&mut tx).await?
    };
    let mut silent = 0;
    for connection in working {
        let (organisation, kind) = (connection.organisation, AttentionKind::SilentWebhooks);
        let subject = connection.id.to_string();
        let (found, asked) = {
            let mut tx = services.store.read().await?;
            let found = silence(&mut tx, &connection, now).await?;
            (found, attention::is_open(&mut tx, organisation, kind, &subject).await?)
        };
        silent += usize::from(found.is_some());
        if found.is_none() && !asked {
            continue;
        }
        let mut tx = services.store.begin().await?;
        // An event may have come in the meantime.
        let changed = match silence(&mut tx, &connection, now).await? {
            Some(Silence { days, active }) => {
                let detail = json!({ "days": days, "active": active });
                let id = services.new_id();
                attention::raise(&mut tx, organisation, kind, &subject, None, &detail, id, now).await?;
                true
            }
            None => attention::resolve(&mut tx, organisation, kind, &subject, now).await?,
        };
        tx.commit().await?;
        if changed {
            services.changes.announce(organisation, Change::Attention);
        }
    }
    Ok(silent)
}

/// An event came that arrived at `at`: asks no more. Gives whether somebody was
/// asked.
///
/// # Errors
/// As the store says.
pub(crate) async fn ended(
    tx: &mut Tx,
    organisation: OrganisationId,
    at: Timestamp,
    now: Timestamp,
) -> std::result::Result<bool, store::Error> {
    // One that was held until now says nothing about today.
    if now.since(at) >= SILENT_AFTER {
        return Ok(false);
    }
    Ok(attention::resolve_all_of(tx, organisation, AttentionKind::SilentWebhooks, now).await? > 0)
}

struct Silence {
    days: u64,
    active: u32,
}

/// What is said of a connection that is silent: nothing came since its webhooks
/// or its key were last seen to work, and there are people something could
/// happen to.
async fn silence(
    tx: &mut Tx,
    connection: &Connection,
    now: Timestamp,
) -> std::result::Result<Option<Silence>, store::Error> {
    let organisation = connection.organisation;
    let heard = lights::list(tx, organisation, connection.id)
        .await?
        .into_iter()
        .flat_map(|light| [light.last_event_at, light.at])
        .chain([connection.key_set_at, Some(connection.created_at)])
        .flatten()
        .max();
    let quiet = heard.map_or(Duration::ZERO, |heard| now.since(heard));
    if quiet < SILENT_AFTER {
        return Ok(None);
    }
    let active = opportunities::count_active(tx, organisation).await?;
    let days = quiet.as_secs() / (24 * 60 * 60);
    Ok((active >= LEAST_ACTIVE).then_some(Silence { days, active }))
}
