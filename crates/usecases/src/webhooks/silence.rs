//! Webhooks that have gone silent: Lever switches a webhook off, or somebody does,
//! and nothing tells of it but that nothing comes any more. Either no event comes at all
//! while people are on their way, or those of one kind do not although things happened in
//! Lever that they should have told of ([`super::missed`]).

use std::time::Duration;

use domain::attention::AttentionKind;
use domain::connection::LeverEvent;
use domain::event::Change;
use domain::ids::{ConnectionId, OrganisationId};
use domain::time::Timestamp;
use serde_json::{Value, json};
use store::connections::Connection;
use store::lights::LightRow;
use store::{Tx, attention, connections, lights, opportunities};

use super::missed;
use crate::{Result, Services};

/// How long no event may come before somebody is asked to check. Longer than a
/// weekend with a holiday on either side of it.
pub(crate) const SILENT_AFTER: Duration = Duration::from_secs(6 * 24 * 60 * 60);
/// With fewer people on their way in Lever a silent week says nothing.
const LEAST_ACTIVE: u32 = 3;

/// How long an event may be overdue: by then Lever has sent again what it could not
/// deliver (Lever documentation, Webhooks: five times, with growing pauses).
const OVERDUE_AFTER: Duration = Duration::from_secs(24 * 60 * 60);
const KIND: AttentionKind = AttentionKind::SilentWebhooks;

/// Looks at every working connection and asks, or asks no more. Gives how many
/// are silent, in whole or in part.
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
        let organisation = connection.organisation;
        let (found, asked) = {
            let mut tx = services.store.read().await?;
            let found = silences(&mut tx, &connection, now).await?;
            (found, attention::open_subjects(&mut tx, organisation, KIND).await?)
        };
        silent += usize::from(!found.is_empty());
        if found.is_empty() && asked.is_empty() {
            continue;
        }
        let mut tx = services.store.begin().await?;
        // An event may have come in the meantime.
        let found = silences(&mut tx, &connection, now).await?;
        let mut changed = !found.is_empty();
        for subject in attention::open_subjects(&mut tx, organisation, KIND).await? {
            if !found.iter().any(|silence| silence.subject == subject) {
                changed |= attention::resolve(&mut tx, organisation, KIND, &subject, now).await?;
            }
        }
        for Silence { subject, detail } in found {
            let id = services.new_id();
            attention::raise(&mut tx, organisation, KIND, &subject, None, &detail, id, now).await?;
        }
        tx.commit().await?;
        if changed {
            services.changes.announce(organisation, Change::Attention);
        }
    }
    Ok(silent)
}

/// An event came that arrived at `at`: asks no more, neither about all events nor about
/// those of its kind. Gives whether somebody was asked.
///
/// # Errors
/// As the store says.
pub(crate) async fn ended(
    tx: &mut Tx,
    organisation: OrganisationId,
    connection: ConnectionId,
    event: LeverEvent,
    at: Timestamp,
    now: Timestamp,
) -> std::result::Result<bool, store::Error> {
    let mut asked = false;
    if lights::forget_missed(tx, organisation, connection, event, at + missed::TOLERANCE).await? {
        asked |= attention::resolve(tx, organisation, KIND, event.code(), now).await?;
    }
    // One that was held until now says nothing about today.
    if now.since(at) < SILENT_AFTER {
        asked |= attention::resolve(tx, organisation, KIND, &connection.to_string(), now).await?;
    }
    Ok(asked)
}

/// What is asked about.
struct Silence {
    subject: String,
    detail: Value,
}

/// What is silent of a connection: all of it, or some events.
async fn silences(
    tx: &mut Tx,
    connection: &Connection,
    now: Timestamp,
) -> std::result::Result<Vec<Silence>, store::Error> {
    let organisation = connection.organisation;
    let lights = lights::list(tx, organisation, connection.id).await?;
    if let Some(all) = silence(tx, connection, &lights, now).await? {
        return Ok(vec![all]);
    }
    let mut overdue = Vec::new();
    for light in lights {
        let Some(missed) = light.missed.filter(|missed| now.since(missed.since) >= OVERDUE_AFTER) else {
            continue;
        };
        let set_up_since = missed::heard(&light, connection).is_some_and(|heard| heard > missed.since);
        let subject = light.event.code();
        // What is held for want of its token did come.
        if set_up_since || attention::is_open(tx, organisation, AttentionKind::UnknownToken, subject).await? {
            continue;
        }
        let detail = json!({ "changes": missed.changes, "since": missed.since.0 });
        overdue.push(Silence { subject: subject.to_owned(), detail });
    }
    Ok(overdue)
}

/// What is said of a connection that is silent: nothing came since its webhooks
/// or its key were last seen to work, and there are people something could
/// happen to.
async fn silence(
    tx: &mut Tx,
    connection: &Connection,
    lights: &[LightRow],
    now: Timestamp,
) -> std::result::Result<Option<Silence>, store::Error> {
    let heard = lights.iter().filter_map(|light| missed::heard(light, connection).max(light.last_event_at));
    let quiet = heard.max().map_or(Duration::ZERO, |heard| now.since(heard));
    if quiet < SILENT_AFTER {
        return Ok(None);
    }
    let active = opportunities::count_active(tx, connection.organisation).await?;
    let days = quiet.as_secs() / (24 * 60 * 60);
    Ok((active >= LEAST_ACTIVE).then(|| Silence {
        subject: connection.id.to_string(),
        detail: json!({ "days": days, "active": active }),
    }))
}
