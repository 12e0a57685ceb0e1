//! How receiving from Lever does, for the Integrations page.

use std::collections::BTreeMap;

use domain::actor::{Action, Actor};
use domain::connection::{ConnectionState, LeverEvent};
use domain::time::Timestamp;
use domain::view::{AcceptedToken, HeardEvent, HeldEvent, Receiving, SecretView};
use store::connections::Connection;
use store::signing_tokens::Signs;
use store::{Tx, delivery_settings, quarantine, signing_tokens, webhook_removals};

use super::wizard;
use crate::webhooks::{FOLLOWED, OTHER};
use crate::{Result, Services};

/// What is heard of each event, the tokens that are accepted, what is held and
/// why, and what became of our webhooks after the connection was switched off.
/// `None` before anything was set up.
///
/// # Errors
/// [`Problem::NotAllowed`] for a Recruiter; as the store says.
///
/// [`Problem::NotAllowed`]: domain::problem::Problem::NotAllowed
pub async fn receiving(services: &Services, actor: &Actor) -> Result<Option<Receiving>> {
    services.require(actor, Action::ReadMaps)?;
    let mut tx = services.store.read().await?;
    let Some(connection) = store::connections::find(&mut tx, actor.organisation).await? else {
        return Ok(None);
    };
    let (organisation, now) = (actor.organisation, services.now());
    let can_manage = actor.role.may(Action::ManageIntegration);
    let on = connection.state.accepts_imports();
    let live = signing_tokens::live(&mut tx, organisation, connection.id, now).await?;
    let lights = store::lights::list(&mut tx, organisation, connection.id).await?;
    let signed_by_its_own = |event: LeverEvent| {
        live.iter().any(|token| token.signs == Signs::One(event) && token.retired_at.is_none())
    };
    let signed_by = |event: LeverEvent| {
        let mut tokens = live.iter().filter(|token| token.retired_at.is_none() && can_manage);
        tokens
            .rfind(|token| {
                matches!(token.signs, Signs::One(one) if one == event) || token.signs == Signs::Several
            })
            .map(|token| SecretView {
                ends_in: token.ends_in.clone(),
                since: services.moment(token.created_at),
            })
    };
    let events = lights
        .iter()
        .zip(wizard::light_views(services, &lights, false))
        .map(|(light, view)| HeardEvent {
            event: light.event,
            light: view,
            heard: wizard::heard(light, now),
            signed_by: signed_by(light.event),
            rotates: on && can_manage && light.webhook.is_some() && signed_by_its_own(light.event),
        })
        .collect();
    let tokens = live
        .iter()
        .filter(|_| can_manage)
        .map(|token| AcceptedToken {
            ends_in: token.ends_in.clone(),
            since: services.moment(token.created_at),
            signs: signs(token.signs).to_owned(),
            until: token.retired_at.map(|at| services.moment(at)),
        })
        .collect();
    Ok(Some(Receiving {
        can_manage,
        on,
        events,
        tokens,
        one_token: live.iter().any(|token| token.signs == Signs::Several && token.retired_at.is_none()),
        held: if on { held(&mut tx, services, &connection).await? } else { Vec::new() },
        removal: removal(&mut tx, services, &connection).await?.map(|removal| removal.text),
        settings_url: services.lever.webhook_settings_url(connection.environment),
        bodies: match can_manage {
            true => Some(delivery_settings::bodies(&mut tx, organisation).await?),
            false => None,
        },
    }))
}

fn signs(signs: Signs) -> &'static str {
    match signs {
        Signs::Unknown => "has signed nothing yet",
        Signs::One(event) => event.label(),
        Signs::Several => "every event",
    }
}

/// The article's words for an event of Lever.
pub(crate) fn event_label(event: &str) -> &str {
    match LeverEvent::from_code(event) {
        Some(event) => event.label(),
        None => "other events",
    }
}

/// What is held, and what there was no room for. Events that are not followed are
/// counted together: their names are whatever a sender likes.
///
/// # Errors
/// As the store says.
pub(crate) async fn held(
    tx: &mut Tx,
    services: &Services,
    connection: &Connection,
) -> Result<Vec<HeldEvent>> {
    let (organisation, id) = (connection.organisation, connection.id);
    // By its place in the order: held, refused, since.
    let mut counts: BTreeMap<usize, (u32, u32, Timestamp)> = BTreeMap::new();
    let place = |event: &str| FOLLOWED.iter().position(|name| *name == event).unwrap_or(FOLLOWED.len());
    for of in quarantine::by_event(tx, organisation, id).await? {
        let entry = counts.entry(place(&of.event)).or_insert((0, 0, of.since));
        *entry = (entry.0 + of.count, entry.1, entry.2.min(of.since));
    }
    for of in quarantine::refused(tx, organisation, id).await? {
        let entry = counts.entry(place(&of.event)).or_insert((0, 0, of.since));
        *entry = (entry.0, entry.1 + of.count, entry.2.min(of.since));
    }
    Ok(counts
        .into_iter()
        .map(|(place, (count, refused, since))| HeldEvent {
            event: event_label(FOLLOWED.get(place).copied().unwrap_or(OTHER)).to_owned(),
            followed: place < FOLLOWED.len(),
            count,
            refused,
            since: services.moment(since),
        })
        .collect())
}

/// What became of our webhooks in Lever after the connection was switched off.
pub(super) struct Removal {
    /// In words.
    pub(super) text: String,
    /// Whether somebody must do it in Lever.
    pub(super) failed: bool,
}

/// As it stands.
///
/// # Errors
/// As the store says.
pub(super) async fn removal(
    tx: &mut Tx,
    services: &Services,
    connection: &Connection,
) -> Result<Option<Removal>> {
    if connection.state != ConnectionState::Disconnected {
        return Ok(None);
    }
    let Some(removal) = webhook_removals::find(tx, connection.organisation, connection.id).await? else {
        return Ok(None);
    };
    let failed = removal.state == webhook_removals::FAILED;
    let text = match (removal.state.as_str(), removal.ended_at) {
        (webhook_removals::REMOVED, Some(at)) => format!(
            "The webhooks that were registered from here were removed from Lever, {}. The API key is forgotten.",
            services.moment(at).text
        ),
        (webhook_removals::FAILED, _) => {
            "The webhooks that were registered from here could not be removed from Lever, and the API key is forgotten. \
             Revoke the key in Lever; what still arrives is ignored."
                .to_owned()
        }
        _ => "The webhooks that were registered from here are being removed from Lever. \
              The API key is kept sealed until that is done, a day at most."
            .to_owned(),
    };
    Ok(Some(Removal { text, failed }))
}
