//! Receiving one delivery: verify, persist, commit, then answer.
//!
//! Only what verifies occupies the inbox. What does not is held, in bounded
//! number, and looked at again when a token is saved; it is never acted on.

use std::time::Duration;

use domain::attention::AttentionKind;
use domain::connection::{ConnectionState, LeverEvent, Light};
use domain::event::Change;
use domain::time::Timestamp;
use lever::webhook::{Envelope, Event, MalformedDelivery, SigningToken, parse};
use secrecy::SecretString;
use serde_json::json;
use store::Tx;
use store::arrivals::{self, NewArrival, NewBatch};
use store::connections::Connection;
use store::deliveries::NewDelivery;
use store::lights::HeldVerify;
use store::quarantine::Held;
use store::signing_tokens::{self, Signs};

use super::headers::Headers;
use super::inbox::{Arrived, Put};
use super::intake;
use super::unverified::Kind;
use crate::capability::token_hash;
use crate::integration::tokens::{self, LiveToken};
use crate::integration::webhook_change;
use crate::{Result, Services};

/// Most deliveries that one connection holds.
const MOST_HELD: u32 = 1000;
/// Most bytes of bodies and headers that one connection holds.
const MOST_BYTES: i64 = 4 * 1024 * 1024;
/// How long a delivery is held: Lever sends again for two weeks (Lever
/// documentation, Webhooks).
pub(crate) const HELD_FOR: Duration = Duration::from_secs(14 * 24 * 60 * 60);

/// The events that are followed: the article's three, and deletions where
/// somebody registered them too.
pub(crate) const FOLLOWED: [&str; 4] =
    ["candidateHired", "candidateStageChange", "candidateArchiveChange", "candidateDeleted"];

/// Under which word the other events are counted: their names are whatever a
/// sender likes.
pub(crate) const OTHER: &str = "other";

/// What to answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Receipt {
    /// 200: verified, repeated, unknown event, or a Verify.
    Accepted,
    /// 400: empty, not JSON, or a signed field is missing or of the wrong type.
    Malformed,
    /// 401: the signature does not verify; held, unless there is no room or very many come.
    NotVerified,
    /// 404: no such connection.
    UnknownConnection,
    /// 503: the store is busy or full.
    Busy,
}

/// Takes the delivery posted to the webhook address that ends in `path`. When
/// it answers, what it took is durable.
pub async fn receive(services: &Services, path: &str, body: &[u8]) -> Receipt {
    receive_with(services, path, Headers::default(), body.to_vec()).await
}

/// As [`receive`], keeping the headers that came with it.
pub async fn receive_with(services: &Services, path: &str, headers: Headers, body: Vec<u8>) -> Receipt {
    let address = token_hash(path);
    let taken = match parse(&body) {
        // The way of nearly all: a real event that a live token signed shares a commit
        // with the others in line. Whatever else it is, is looked at by itself.
        Ok(envelope) if !envelope.is_verify() => {
            let arrived = Arrived { address, envelope, headers, body, at: services.now() };
            match services.inbox.put(services, arrived).await {
                Put::In => return Receipt::Accepted,
                Put::Busy => return Receipt::Busy,
                // Boxed here and below, so that the way of nearly all carries no room for it.
                Put::NotSigned(arrived) => {
                    let Arrived { address, envelope, headers, body, .. } = *arrived;
                    Box::pin(take(services, &address, Ok(envelope), &headers, &body)).await
                }
            }
        }
        read => Box::pin(take(services, &address, read, &headers, &body)).await,
    };
    match taken {
        Ok(receipt) => receipt,
        Err(error) => {
            // Whatever it was, Lever sends again.
            let problem = error.into_problem();
            tracing::warn!(%problem, "a delivery could not be taken");
            Receipt::Busy
        }
    }
}

async fn take(
    services: &Services,
    address: &str,
    read: std::result::Result<Envelope, MalformedDelivery>,
    headers: &Headers,
    body: &[u8],
) -> Result<Receipt> {
    let now = services.now();
    let mut tx = services.store.read().await?;
    let Some(connection) = store::connections::by_webhook(&mut tx, address).await? else {
        // The same work as for an address that exists.
        if let Ok(envelope) = read {
            let nobody = SigningToken::new(&SecretString::from("no connection has this address"));
            std::hint::black_box(nobody.verifies(&envelope));
        }
        return Ok(Receipt::UnknownConnection);
    };
    let live = tokens::live(&mut tx, services, &connection, now).await?;
    drop(tx);
    let envelope = match read {
        Ok(envelope) => envelope,
        Err(error) => {
            tracing::info!(connection = %connection.id, %error, "a delivery that cannot be read");
            return Ok(Receipt::Malformed);
        }
    };
    if let Some(signer) = tokens::signer(&live, &envelope) {
        let signed_by =
            Signature { address, connection: &connection, envelope: &envelope, live: &live, signer };
        return signed(services, signed_by, headers, body, now).await;
    }

    let kind = if envelope.is_verify() { Kind::Verify } else { Kind::Event };
    if !services.unverified.admits(connection.id, kind, now) {
        // Nothing is kept of it: whatever it was, Lever sends again what is not answered 200.
        return Ok(match kind {
            Kind::Event => not_taken(&connection),
            Kind::Verify => Receipt::Busy,
        });
    }
    // Looked at once more while nobody else can save a token: what arrives at
    // that very moment is either checked with it here, or found by the save.
    let mut tx = services.store.begin().await?;
    let Some(connection) = store::connections::lock(&mut tx, connection.organisation).await? else {
        return Ok(Receipt::UnknownConnection);
    };
    let live = tokens::live(&mut tx, services, &connection, now).await?;
    if let Some(signer) = tokens::signer(&live, &envelope) {
        drop(tx);
        let signed_by =
            Signature { address, connection: &connection, envelope: &envelope, live: &live, signer };
        return signed(services, signed_by, headers, body, now).await;
    }
    if envelope.is_verify() {
        not_verified(tx, services, &connection, &envelope, &live, now).await
    } else {
        hold(tx, services, &connection, &envelope, headers, body, now).await
    }
}

/// What was signed, and with which token.
#[derive(Clone, Copy)]
struct Signature<'a> {
    /// The hash of the secret part of the address.
    address: &'a str,
    connection: &'a Connection,
    envelope: &'a Envelope,
    /// The tokens that the connection accepts.
    live: &'a [LiveToken],
    /// The place among them of the one that signed.
    signer: usize,
}

impl Signature<'_> {
    fn token(&self) -> &signing_tokens::SigningToken {
        &self.live[self.signer].row
    }
}

/// Lever signed it.
async fn signed(
    services: &Services,
    signature: Signature<'_>,
    headers: &Headers,
    body: &[u8],
    now: Timestamp,
) -> Result<Receipt> {
    if signature.envelope.is_verify() {
        verified(services, signature, headers, body, now).await
    } else {
        accept(services, signature, headers, body, now).await
    }
}

/// A Verify whose signature is right: it turns its light and nothing else, and
/// its token is burnt.
async fn verified(
    services: &Services,
    signature: Signature<'_>,
    headers: &Headers,
    body: &[u8],
    now: Timestamp,
) -> Result<Receipt> {
    let Signature { connection, envelope, .. } = signature;
    let organisation = connection.organisation;
    let name = intake::event_name(envelope);
    let mut tx = services.store.begin().await?;
    let burnt = NewDelivery {
        id: services.new_id(),
        connection: connection.id,
        token: &envelope.token,
        event: &name,
        opportunity: None,
        triggered_at: Timestamp(envelope.triggered_at.as_millis()),
        received_at: now,
        headers: headers.as_slice(),
        body,
        ignored: Some(tokens::VERIFY),
    };
    if !store::deliveries::insert(&mut tx, organisation, &burnt).await? {
        return Ok(Receipt::Accepted);
    }
    let event = LeverEvent::from_code(envelope.event.name());
    if let Some(event) = event {
        tokens::note(&mut tx, organisation, connection.id, signature.token(), event, now).await?;
        let light = Light::Verified;
        store::lights::turn(&mut tx, organisation, connection.id, event, light, Some(now), None).await?;
    }
    tx.commit().await?;
    if event.is_some() {
        services.changes.announce(organisation, Change::Connection);
    }
    Ok(Receipt::Accepted)
}

/// A Verify that no live token signed. Before the tokens are pasted that is how
/// it must be: it is kept with its signature and checked then.
async fn not_verified(
    mut tx: Tx,
    services: &Services,
    connection: &Connection,
    envelope: &Envelope,
    live: &[LiveToken],
    now: Timestamp,
) -> Result<Receipt> {
    let unsaved = !connection.state.accepts_imports();
    let Some(event) = LeverEvent::from_code(envelope.event.name()) else {
        let known = live.iter().any(|token| token.row.signs == Signs::Several);
        return Ok(if unsaved || !known { Receipt::Accepted } else { Receipt::NotVerified });
    };
    let may_sign = live.iter().any(|token| token.row.signs.may_sign(event));
    // A token that is known to sign this very event says that the Verify is wrong,
    // unless we are just making its webhook anew: then its token is on its way to us.
    let changing = webhook_change::is_changing(&mut tx, services, connection, event, now).await?;
    let contradicted = !changing
        && live.iter().any(|token| token.row.signs == Signs::One(event) || token.row.signs == Signs::Several);
    let refused = !unsaved && !changing && may_sign;
    let light = if contradicted || refused { Light::OtherToken } else { Light::Reached };
    let held = HeldVerify {
        token: envelope.token.clone(),
        triggered_at: envelope.triggered_at.as_str().to_owned(),
        signature: envelope.signature.clone().unwrap_or_default(),
    };
    let (organisation, id) = (connection.organisation, connection.id);
    store::lights::turn(&mut tx, organisation, id, event, light, Some(now), Some(&held)).await?;
    tx.commit().await?;
    services.changes.announce(organisation, Change::Connection);
    Ok(if refused { Receipt::NotVerified } else { Receipt::Accepted })
}

/// A real event, verified after all: its token was saved at that very moment.
async fn accept(
    services: &Services,
    signature: Signature<'_>,
    headers: &Headers,
    body: &[u8],
    now: Timestamp,
) -> Result<Receipt> {
    let Signature { address, connection, envelope, live, .. } = signature;
    let arrival = NewArrival {
        signed_by: tokens::shows(signature.token(), envelope),
        received_at: now,
        headers: headers.as_slice(),
        body,
    };
    let batch = NewBatch {
        organisation: connection.organisation,
        connection: connection.id,
        address,
        tokens: &signing_tokens::mark(live.iter().map(|token| &token.row)),
        arrivals: vec![arrival],
    };
    if arrivals::append(&services.store, &[batch]).await?.is_empty() {
        // It changed again: when Lever sends it again that is settled.
        return Ok(Receipt::Busy);
    }
    services.inbox.attend(services);
    Ok(Receipt::Accepted)
}

/// A real event that no live token signed. The caller holds the connection back
/// from other writers, so that the bounds hold. What comes while the connection is
/// switched off is for the log only.
async fn hold(
    mut tx: Tx,
    services: &Services,
    connection: &Connection,
    envelope: &Envelope,
    headers: &Headers,
    body: &[u8],
    now: Timestamp,
) -> Result<Receipt> {
    let organisation = connection.organisation;
    let ignored = connection.state == ConnectionState::Disconnected;
    store::quarantine::remove_older(&mut tx, organisation, connection.id, now.minus(HELD_FOR)).await?;
    let size = if ignored {
        store::quarantine::size_ignored(&mut tx, organisation, connection.id).await?
    } else {
        store::quarantine::size(&mut tx, organisation, connection.id).await?
    };
    let held = Held {
        id: services.new_id(),
        event: intake::event_name(envelope),
        opportunity: envelope.opportunity_id().map(str::to_owned),
        received_at: now,
        headers: headers.as_slice().to_vec(),
        body: body.to_vec(),
        ignored,
    };
    let event = followed(&envelope.event);
    let news = if size.count < MOST_HELD && size.bytes.saturating_add(held.bytes()) <= MOST_BYTES {
        store::quarantine::insert(&mut tx, organisation, connection.id, &held).await?
    } else if ignored {
        // What it told of is made up for in any case, once the connection is on again.
        false
    } else {
        tracing::warn!(connection = %connection.id, "the quarantine is full; the newest delivery was refused");
        let event = event.unwrap_or(OTHER);
        store::quarantine::refuse(&mut tx, organisation, connection.id, event, now).await?;
        true
    };
    let mut raised = false;
    if let (true, Some(event)) = (connection.state.accepts_imports(), event) {
        let (kind, detail, id) = (AttentionKind::UnknownToken, json!({ "event": event }), services.new_id());
        raised = store::attention::raise(&mut tx, organisation, kind, event, None, &detail, id, now).await?;
    }
    tx.commit().await?;
    if news {
        services.changes.announce(organisation, Change::Connection);
    }
    if raised {
        services.changes.announce(organisation, Change::Attention);
    }
    Ok(not_taken(connection))
}

/// The answer to a real event that no live token signed.
fn not_taken(connection: &Connection) -> Receipt {
    match connection.state {
        // Lever need not send it again: a reconciliation makes up for it.
        ConnectionState::Disconnected => Receipt::Accepted,
        _ => Receipt::NotVerified,
    }
}

/// The name of an event that is followed. The names of others are whatever a
/// sender likes: nobody is asked about them.
fn followed(event: &Event) -> Option<&'static str> {
    FOLLOWED.into_iter().find(|name| *name == event.name())
}
