//! Looking again at held deliveries after a token was saved: those that verify
//! now move into the inbox, as if they had just arrived.

use domain::event::Change;
use domain::ids::ConnectionId;
use lever::webhook::parse;
use store::jobs::Claimed;
use store::{connections, jobs, quarantine};

use super::{Ended, Ending, begin_fenced};
use crate::Services;
use crate::integration::tokens;
use crate::webhooks::intake::{Follows, Incoming, Signers};
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
        // They were read when they came, so they can be read now.
        let read: Vec<_> = batch.iter().filter_map(|held| Some((held, parse(&held.body).ok()?))).collect();
        let signed: Vec<_> = read
            .iter()
            .filter_map(|(held, envelope)| Some((*held, envelope, &live[tokens::signer(&live, envelope)?])))
            .collect();
        let incoming: Vec<Incoming<'_>> = signed
            .iter()
            .map(|(held, envelope, _)| Incoming {
                id: held.id,
                organisation,
                connection,
                envelope,
                headers: &held.headers,
                body: &held.body,
                at: held.received_at,
            })
            .collect();
        let mut follows = Follows::default();
        follows.insert(&mut tx, &incoming).await?;
        let mut signers = Signers::default();
        for ((held, _, signer), delivery) in signed.iter().zip(&incoming) {
            if let Some(event) = delivery.light() {
                signers.note(&mut tx, organisation, connection, signer.row.id, event, now).await?;
            }
            quarantine::remove(&mut tx, organisation, held.id).await?;
        }
        let heard = follows.write(&mut tx, services).await?;
        tx.commit().await?;
        heard.announce(services);
    }
}
