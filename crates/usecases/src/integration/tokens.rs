//! Webhook signing tokens: which are accepted, and which event each signs,
//! found out by trial. A token is never refused by its shape.

use std::time::Duration;

use domain::actor::Actor;
use domain::connection::{LeverEvent, Light};
use domain::ids::{ConnectionId, OrganisationId, SigningTokenId};
use domain::job::Job;
use domain::problem::FieldProblem;
use domain::time::Timestamp;
use lever::webhook::{Envelope, SigningToken, sign};
use secrecy::{ExposeSecret, SecretString};
use store::Tx;
use store::connections::Connection;
use store::deliveries::NewDelivery;
use store::lights::{HeldVerify, LightRow};
use store::signing_tokens::{self, Signs};

use super::{progress, secrets};
use crate::{Result, Services};

/// How long a token that was replaced is still accepted: what Lever was sending
/// again by itself when it was replaced has come by then (Lever documentation,
/// Webhooks: five times, with growing pauses). What somebody runs again later is
/// read from Lever by the next reconciliation.
const OVERLAP: Duration = Duration::from_secs(24 * 60 * 60);

/// What is said of a Verify in the inbox.
pub(crate) const VERIFY: &str = "Verify Connection";

/// A token that is accepted, opened.
pub(crate) struct LiveToken {
    /// As stored.
    pub(crate) row: signing_tokens::SigningToken,
    token: SigningToken,
}

impl LiveToken {
    /// Whether this token signed the delivery.
    pub(crate) fn verifies(&self, envelope: &Envelope) -> bool {
        self.token.verifies(envelope)
    }

    /// Whether it is this very token.
    pub(super) fn is(&self, text: &SecretString) -> bool {
        secrets::same(self.token.expose(), text.expose_secret().trim())
    }
}

/// The tokens that are accepted at `now`, opened.
///
/// # Errors
/// As the store says; when a token cannot be opened.
pub(crate) async fn live(
    tx: &mut Tx,
    services: &Services,
    connection: &Connection,
    now: Timestamp,
) -> Result<Vec<LiveToken>> {
    signing_tokens::live(tx, connection.organisation, connection.id, now)
        .await?
        .into_iter()
        .map(|row| {
            let token = secrets::open_token(services, connection.organisation, row.id, &row.sealed)?;
            Ok(LiveToken { row, token })
        })
        .collect()
}

/// The place of the token that signed the delivery. Every one is tried,
/// whichever fits.
pub(crate) fn signer(live: &[LiveToken], envelope: &Envelope) -> Option<usize> {
    live.iter().enumerate().fold(None, |found, (place, token)| {
        let verifies = token.verifies(envelope);
        found.or(verifies.then_some(place))
    })
}

/// The token, if its having signed this delivery shows something new of it.
pub(crate) fn shows(token: &signing_tokens::SigningToken, envelope: &Envelope) -> Option<SigningTokenId> {
    let event = LeverEvent::from_code(envelope.event.name())?;
    (token.signs.and(event) != token.signs).then_some(token.id)
}

/// Notes that a token has verified something of `event`. Once that is known of it,
/// it replaces those that were stored before it for the same.
///
/// # Errors
/// As the store says.
pub(crate) async fn note(
    tx: &mut Tx,
    organisation: OrganisationId,
    connection: ConnectionId,
    token: &signing_tokens::SigningToken,
    event: LeverEvent,
    now: Timestamp,
) -> std::result::Result<(), store::Error> {
    let known = token.signs.and(event);
    if known != token.signs {
        signing_tokens::set_signs(tx, organisation, token.id, known).await?;
        let by = signing_tokens::SigningToken { signs: known, ..token.clone() };
        let until = now + OVERLAP;
        signing_tokens::retire_replaced(tx, organisation, connection, &by, until).await?;
    }
    Ok(())
}

/// What came of pasted tokens.
#[derive(Debug, Default)]
pub(super) struct Saved {
    /// The sentences beside the field.
    pub(super) problems: Vec<FieldProblem>,
    /// How many tokens are new.
    pub(super) added: usize,
    /// Whether any light turned.
    pub(super) turned: bool,
}

/// A pasted token that is not stored yet.
struct Pasted {
    token: SigningToken,
    text: SecretString,
    signs: Signs,
}

/// Tries pasted tokens, and those stored before, against every Verify that is
/// held, turns the lights, and keeps the tokens that can be right. `keys` are
/// the API keys that must not be among them.
///
/// # Errors
/// As the store says.
pub(super) async fn save(
    tx: &mut Tx,
    services: &Services,
    connection: &Connection,
    texts: &[String],
    keys: &[&SecretString],
    now: Timestamp,
) -> Result<Saved> {
    let organisation = connection.organisation;
    let mut saved = Saved::default();
    signing_tokens::delete_retired(tx, organisation, connection.id, now).await?;
    let mut known = Vec::new();
    for token in live(tx, services, connection, now).await? {
        // Pasted into the wrong field first, and known as the key since then.
        if keys.iter().any(|key| token.is(key)) {
            signing_tokens::delete(tx, organisation, token.row.id).await?;
            saved.problems = vec![FieldProblem::TokenIsTheKey];
        } else {
            known.push(token);
        }
    }

    let mut pasted: Vec<Pasted> = Vec::new();
    for text in texts {
        if keys.iter().any(|key| secrets::same(key.expose_secret(), text)) {
            if saved.problems.is_empty() {
                saved.problems.push(FieldProblem::TokenIsTheKey);
            }
        } else if let Some(again) = known.iter_mut().find(|token| token.token.expose() == text) {
            if again.row.retired_at.take().is_some() {
                signing_tokens::set_retired(tx, organisation, again.row.id, None).await?;
            }
        } else {
            let text = SecretString::from(text.as_str());
            pasted.push(Pasted { token: SigningToken::new(&text), text, signs: Signs::Unknown });
        }
    }

    let mut unmatched: Vec<(LightRow, HeldVerify)> = Vec::new();
    for light in store::lights::list(tx, organisation, connection.id).await? {
        let Some(held) = light.held.clone() else { continue };
        let mut matched = false;
        for token in known.iter_mut().filter(|token| signed(&token.token, &held)) {
            matched = true;
            note(tx, organisation, connection.id, &token.row, light.event, now).await?;
            token.row.signs = token.row.signs.and(light.event);
        }
        for token in pasted.iter_mut().filter(|token| signed(&token.token, &held)) {
            matched = true;
            token.signs = token.signs.and(light.event);
        }
        if matched {
            saved.turned = true;
            verified(tx, services, connection, light.event, &held, now).await?;
        } else {
            unmatched.push((light, held));
        }
    }

    let contradicted = !texts.is_empty() && saved.problems.is_empty() && !unmatched.is_empty();
    if contradicted {
        for (light, held) in &unmatched {
            saved.problems.push(FieldProblem::TokenOfAnotherWebhook(light.event));
            if light.light != Light::OtherToken {
                saved.turned = true;
                store::lights::turn(
                    tx,
                    organisation,
                    connection.id,
                    light.event,
                    Light::OtherToken,
                    Some(now),
                    Some(held),
                )
                .await?;
            }
        }
        // What matches nothing although something waits to be matched is the wrong token.
        pasted.retain(|token| token.signs != Signs::Unknown);
    }

    for token in &pasted {
        add(tx, services, connection, &token.text, token.signs, now).await?;
        saved.added += 1;
        retire_replaced(tx, connection, &mut known, texts, token.signs, now).await?;
    }
    Ok(saved)
}

/// As [`save`], of what a person pasted: what is held is looked at again, and the
/// audit log says so.
///
/// # Errors
/// As the store says.
pub(super) async fn save_pasted(
    tx: &mut Tx,
    services: &Services,
    actor: &Actor,
    connection: &Connection,
    texts: &[String],
    keys: &[&SecretString],
) -> Result<Saved> {
    let now = services.now();
    let saved = save(tx, services, connection, texts, keys, now).await?;
    if saved.added > 0 {
        let replay = Job::ReplayQuarantine { connection: connection.id };
        store::jobs::enqueue(tx, connection.organisation, &replay, services.new_id(), now, now).await?;
        let summary = match saved.added {
            1 => "Stored a webhook signing token".to_owned(),
            added => format!("Stored {added} webhook signing tokens"),
        };
        progress::record(tx, services, actor, "lever_tokens_stored", summary).await?;
    }
    Ok(saved)
}

/// What the token is known to sign that `text` is; `None` when it is none of ours.
///
/// # Errors
/// As the store says.
pub(super) async fn signs(
    tx: &mut Tx,
    services: &Services,
    connection: &Connection,
    text: &SecretString,
) -> Result<Option<Signs>> {
    let live = live(tx, services, connection, services.now()).await?;
    Ok(live.iter().filter(|token| token.is(text)).map(|token| token.row.signs).next_back())
}

/// Stores a token.
///
/// # Errors
/// As the store says.
pub(super) async fn add(
    tx: &mut Tx,
    services: &Services,
    connection: &Connection,
    text: &SecretString,
    signs: Signs,
    now: Timestamp,
) -> Result<()> {
    let id = services.new_id();
    let row = signing_tokens::SigningToken {
        id,
        sealed: secrets::seal_token(services, connection.organisation, id, text)?,
        ends_in: secrets::ends_in(text.expose_secret()),
        signs,
        created_at: now,
        retired_at: None,
    };
    signing_tokens::insert(tx, connection.organisation, connection.id, &row).await?;
    Ok(())
}

/// Older tokens for what a new token signs are accepted for a while longer.
pub(super) async fn retire_replaced(
    tx: &mut Tx,
    connection: &Connection,
    known: &mut [LiveToken],
    kept: &[String],
    signs: Signs,
    now: Timestamp,
) -> Result<()> {
    for old in known {
        let replaced = match signs {
            Signs::Unknown => false,
            Signs::One(_) => old.row.signs == signs,
            Signs::Several => true,
        };
        let kept = kept.iter().any(|text| text == old.token.expose());
        if replaced && !kept && old.row.retired_at.is_none() {
            let at = now + OVERLAP;
            signing_tokens::set_retired(tx, connection.organisation, old.row.id, Some(at)).await?;
            old.row.retired_at = Some(at);
        }
    }
    Ok(())
}

/// A held Verify turned out to be right: its light turns, its token is burnt.
async fn verified(
    tx: &mut Tx,
    services: &Services,
    connection: &Connection,
    event: LeverEvent,
    held: &HeldVerify,
    now: Timestamp,
) -> Result<()> {
    let burnt = NewDelivery {
        id: services.new_id(),
        connection: connection.id,
        token: &held.token,
        event: event.code(),
        opportunity: None,
        triggered_at: Timestamp(held.triggered_at.parse().unwrap_or(now.0)),
        received_at: now,
        headers: &[],
        body: b"",
        ignored: Some(VERIFY),
    };
    store::deliveries::insert(tx, connection.organisation, &burnt).await?;
    store::lights::turn(tx, connection.organisation, connection.id, event, Light::Verified, Some(now), None)
        .await?;
    Ok(())
}

/// Whether `token` signed a held Verify. The comparison answers a Super Admin
/// who pasted the token, not a stranger who guesses signatures.
fn signed(token: &SigningToken, held: &HeldVerify) -> bool {
    !token.is_empty() && sign(token, &held.token, &held.triggered_at).eq_ignore_ascii_case(&held.signature)
}
