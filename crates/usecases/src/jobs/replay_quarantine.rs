//! Looking again at held deliveries after a token was saved: those that verify
//! now move into the inbox, as if they had just arrived.

use domain::connection::LeverEvent;
use domain::event::Change;
use domain::ids::ConnectionId;
use lever::webhook::parse;
use store::jobs::Claimed;
use store::{connections, jobs, quarantine};

use super::{Ended, Ending, begin_fenced};
use crate::Services;
use crate::integration::tokens;
use crate::webhooks::inbox::{Follows, Incoming};
use crate::webhooks::{HELD_FOR, held};

/// Held deliveries looked at in one transaction.
const BATCH: u32 = 50;

/// Goes through everything held, oldest first.
pub(super) async fn run(services: &Services, claimed: &Claimed, connection: ConnectionId) -> Ended {
    let organisation = claimed.organisation;
    let mut after = None;
    loop {
        let now = services.now();
        let mut tx = begin_fenced(services, claimed).await?;
        let Some(owner) =
            connections::find(&mut tx, organisation).await?.filter(|known| known.id == connection)
        else {
            return Ok(Ending::Done);
        };
        quarantine::remove_older(&mut tx, organisation, connection, now.minus(HELD_FOR)).await?;
        let live = tokens::live(&mut tx, services, &owner, now).await?;
        let batch = quarantine::list(&mut tx, organisation, connection, after, BATCH).await?;
        let Some(last) = batch.last() else {
            // What there was no room for is made up for by a reconciliation.
            quarantine::forget_refusals(&mut tx, organisation, connection).await?;
            held::resolve_items(&mut tx, organisation, connection, now).await?;
            jobs::finish(&mut tx, claimed).await?;
            tx.commit().await?;
            services.changes.announce(organisation, Change::Connection);
            services.changes.announce(organisation, Change::Attention);
            services.wake.notify_one();
            return Ok(Ending::Settled);
        };
        after = Some(last.id);
        let mut follows = Follows::default();
        for delivery in &batch {
            // It was read when it came, so it can be read now.
            let Ok(envelope) = parse(&delivery.body) else { continue };
            let Some(signer) = tokens::signer(&live, &envelope).map(|place| &live[place]) else { continue };
            let incoming = Incoming {
                id: delivery.id,
                envelope: &envelope,
                // What is held keeps its body only.
                headers: &[],
                body: &delivery.body,
                at: delivery.received_at,
            };
            follows.insert(&mut tx, &owner, &incoming).await?;
            if let Some(event) = LeverEvent::from_code(envelope.event.name()) {
                tokens::note(&mut tx, &owner, &signer.row, event, now).await?;
            }
            quarantine::remove(&mut tx, organisation, delivery.id).await?;
        }
        let heard = follows.write(&mut tx, services).await?;
        tx.commit().await?;
        heard.announce(services);
    }
}
