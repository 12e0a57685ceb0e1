//! Taking what arrived into the inbox, with the jobs that apply it.
//!
//! The signature covers only the delivery's token and time, so a delivery is a
//! hint: the job reads the opportunity from Lever and applies what it reads.
//!
//! Arrivals leave in the transaction in which they get into the inbox, so a crash
//! takes nothing in twice and loses nothing. One that cannot be taken in for a reason
//! of its own is put aside, and a job tries it again; see [`Job::TakeInDelivery`].

use std::collections::btree_map::Entry;
use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

use domain::connection::LeverEvent;
use domain::event::Change;
use domain::ids::{ConnectionId, DeliveryId, OrganisationId, SigningTokenId};
use domain::job::Job;
use domain::time::Timestamp;
use lever::webhook::{Envelope, parse};
use store::arrivals::{self, Arrival, Batch, Next};
use store::arrivals_aside::{self, Aside};
use store::deliveries::NewDelivery;
use store::signing_tokens::{self, SigningToken};
use store::{Error, Tx};

use super::silence;
use crate::Services;
use crate::integration::tokens;

type Result<T> = std::result::Result<T, Error>;

/// The longest name of an event that is stored.
const LONGEST_EVENT: usize = 64;
/// Deliveries of one transaction, or one batch: some milliseconds, for which the line
/// waits.
const AT_ONCE: u32 = 64;
/// How long one that was put aside is left alone at first.
const FIRST_PAUSE: Duration = Duration::from_secs(1);

/// How far the taking in went.
#[derive(Clone, Copy, Debug)]
pub(super) struct Taken {
    /// The last batch looked at, where there are more behind it.
    pub(super) go_on: Option<i64>,
    /// How many places the batches reach over that were there, no fewer than there were;
    /// none where another process took those that were looked at.
    pub(super) span: i64,
}

/// Takes in all that has arrived by now: for those who look at the inbox right away.
/// The server has the line attended instead.
///
/// # Errors
/// As the store says.
pub async fn take_in_all(services: &Services) -> Result<()> {
    let mut place = Some(0);
    while let Some(last) = place {
        place = take_in(services, last).await?.go_on;
    }
    Ok(())
}

/// Takes in some of what arrived, from behind `place` on. What the database
/// refuses is put aside, and keeps no other out.
///
/// # Errors
/// When the store is busy or away.
pub(super) async fn take_in(services: &Services, place: i64) -> Result<Taken> {
    let mut tx = services.store.begin().await?;
    let Next { batches, last, newest } = arrivals::next(&mut tx, place, AT_ONCE).await?;
    let go_on = (last < newest).then_some(last);
    let Some(first) = batches.first() else { return Ok(Taken { go_on, span: 0 }) };
    let taken = Taken { go_on, span: newest.saturating_sub(first.place).saturating_add(1) };
    let all: Vec<_> = batches.iter().flat_map(Verified::all_of).collect();
    match write(services, &mut tx, &all).await {
        Ok(heard) => {
            arrivals::remove(&mut tx, &batches).await?;
            tx.commit().await?;
            heard.announce(services);
            services.wake.notify_one();
        }
        Err(error) if error.retryable() => return Err(error),
        Err(_) => {
            drop(tx);
            for batch in &batches {
                one_by_one(services, batch.place).await?;
            }
        }
    }
    Ok(taken)
}

/// Takes in each delivery of a batch by itself; those that cannot be are put aside.
async fn one_by_one(services: &Services, place: i64) -> Result<()> {
    let mut kept = 0;
    loop {
        let mut tx = services.store.begin().await?;
        // Another process may have been faster meanwhile.
        let mut there = arrivals::next(&mut tx, place - 1, 1).await?.batches;
        let Some(mut batch) = there.pop().filter(|batch| batch.place == place) else { return Ok(()) };
        let Some(one) = Verified::all_of(&batch).nth(kept) else { return Ok(()) };
        match write(services, &mut tx, &[one]).await {
            Ok(heard) => {
                batch.arrivals.remove(kept);
                if batch.arrivals.is_empty() {
                    arrivals::remove(&mut tx, &[batch]).await?;
                } else {
                    arrivals::keep(&mut tx, place, &batch.arrivals).await?;
                }
                tx.commit().await?;
                heard.announce(services);
                services.wake.notify_one();
            }
            Err(error) if error.retryable() => return Err(error),
            Err(error) => {
                let problem = crate::Error::from(error).into_problem();
                tracing::error!(%problem, place, connection = %batch.connection, "a delivery cannot be taken in");
                drop(tx);
                if !put_aside(services, batch, kept).await? {
                    kept += 1;
                }
            }
        }
    }
}

/// Puts a delivery of a batch aside, with the job that tries it again. `false` where not even
/// that can be done: then it stays.
async fn put_aside(services: &Services, mut batch: Batch, kept: usize) -> Result<bool> {
    let (organisation, connection, now) = (batch.organisation, batch.connection, services.now());
    let mut tx = services.store.begin().await?;
    let there = arrivals::next(&mut tx, batch.place - 1, 1).await?.batches;
    if there.first() != Some(&batch) {
        // Another process was faster meanwhile: what is there now is looked at anew.
        return Ok(true);
    }
    let arrival = batch.arrivals.remove(kept);
    let opportunity = parse(&arrival.body)
        .ok()
        .and_then(|envelope| envelope.opportunity_id().map(str::to_owned))
        // PostgreSQL holds no text with such a character, which may be why it is put aside.
        .filter(|opportunity| !opportunity.contains('\0'));
    let aside = Aside { id: services.new_id(), connection, opportunity, arrival };
    let job = Job::TakeInDelivery { arrival: aside.id };
    let put = async {
        arrivals_aside::put(&mut tx, organisation, &aside).await?;
        store::jobs::enqueue(&mut tx, organisation, &job, services.new_id(), now + FIRST_PAUSE, now).await?;
        if batch.arrivals.is_empty() {
            arrivals::remove(&mut tx, std::slice::from_ref(&batch)).await?;
        } else {
            arrivals::keep(&mut tx, batch.place, &batch.arrivals).await?;
        }
        tx.commit().await
    };
    match put.await {
        Ok(()) => Ok(true),
        Err(error) if error.retryable() => Err(error),
        Err(error) => {
            let problem = crate::Error::from(error).into_problem();
            tracing::error!(%problem, %connection, "a delivery cannot be put aside");
            Ok(false)
        }
    }
}

/// Takes in a delivery that was put aside.
///
/// # Errors
/// As the store says; also what keeps it out still.
pub(crate) async fn take_in_aside(
    services: &Services,
    tx: &mut Tx,
    organisation: OrganisationId,
    aside: &Aside,
) -> Result<HeardAgain> {
    let one = Verified { organisation, connection: aside.connection, arrival: &aside.arrival };
    write(services, tx, &[one]).await
}

/// An arrival, and whose it is.
#[derive(Clone, Copy)]
struct Verified<'a> {
    organisation: OrganisationId,
    connection: ConnectionId,
    arrival: &'a Arrival,
}

impl<'a> Verified<'a> {
    fn all_of(batch: &'a Batch) -> impl Iterator<Item = Self> {
        let (organisation, connection) = (batch.organisation, batch.connection);
        batch.arrivals.iter().map(move |arrival| Self { organisation, connection, arrival })
    }
}

/// Writes arrivals into the inbox, with what follows from them.
async fn write(services: &Services, tx: &mut Tx, arrivals: &[Verified<'_>]) -> Result<HeardAgain> {
    let mut read = Vec::with_capacity(arrivals.len());
    for verified in arrivals {
        // It was read when it came.
        let envelope =
            parse(&verified.arrival.body).map_err(|_| Error::Inconsistent { column: "written" })?;
        read.push((verified, envelope));
    }
    // In one order everywhere, so that two servers never wait for each other.
    read.sort_by(|(a, one), (b, other)| (a.connection, &one.token).cmp(&(b.connection, &other.token)));
    let incoming: Vec<Incoming<'_>> = read
        .iter()
        .map(|(verified, envelope)| Incoming {
            id: services.new_id(),
            organisation: verified.organisation,
            connection: verified.connection,
            envelope,
            headers: &verified.arrival.headers,
            body: &verified.arrival.body,
            at: verified.arrival.received_at,
        })
        .collect();
    let mut follows = Follows::default();
    let new = follows.insert(tx, &incoming).await?;
    let mut signers = Signers::default();
    for ((verified, _), delivery) in read.iter().zip(&incoming) {
        let Verified { organisation, connection, arrival } = **verified;
        let shown = arrival.signed_by.zip(delivery.light()).filter(|_| new.contains(&delivery.id));
        if let Some((token, event)) = shown {
            signers.note(tx, organisation, connection, token, event, arrival.received_at).await?;
        }
    }
    follows.write(tx, services).await
}

/// The tokens of which deliveries of one transaction show something; none where it is
/// gone by now.
#[derive(Default)]
pub(crate) struct Signers(BTreeMap<SigningTokenId, Option<SigningToken>>);

impl Signers {
    /// Notes that a token signed a delivery of `event`, which came at `at`.
    ///
    /// # Errors
    /// As the store says.
    pub(crate) async fn note(
        &mut self,
        tx: &mut Tx,
        organisation: OrganisationId,
        connection: ConnectionId,
        token: SigningTokenId,
        event: LeverEvent,
        at: Timestamp,
    ) -> Result<()> {
        let token = match self.0.entry(token) {
            Entry::Occupied(known) => known.into_mut(),
            Entry::Vacant(unknown) => unknown.insert(signing_tokens::find(tx, organisation, token).await?),
        };
        if let Some(token) = token {
            tokens::note(tx, organisation, connection, token, event, at).await?;
            token.signs = token.signs.and(event);
        }
        Ok(())
    }
}

/// A verified delivery on its way into the inbox.
pub(crate) struct Incoming<'a> {
    pub(crate) id: DeliveryId,
    pub(crate) organisation: OrganisationId,
    pub(crate) connection: ConnectionId,
    pub(crate) envelope: &'a Envelope,
    pub(crate) headers: &'a [(String, String)],
    pub(crate) body: &'a [u8],
    pub(crate) at: Timestamp,
}

impl Incoming<'_> {
    /// The event that has a light, if it is one.
    pub(crate) fn light(&self) -> Option<LeverEvent> {
        LeverEvent::from_code(self.envelope.event.name())
    }

    /// Whether it is an event that something follows from.
    fn is_followed(&self) -> bool {
        self.light().is_some()
    }
}

/// What follows from deliveries of one transaction, once for all of them.
#[derive(Default)]
pub(crate) struct Follows {
    /// The last event of each kind.
    seen: BTreeMap<(ConnectionId, LeverEvent), (OrganisationId, Timestamp)>,
    /// The opportunities to read.
    applies: BTreeSet<(OrganisationId, String)>,
}

impl Follows {
    /// Puts verified deliveries into the inbox. Gives those that are new: a token
    /// that came before causes no work.
    ///
    /// # Errors
    /// As the store says.
    pub(crate) async fn insert(
        &mut self,
        tx: &mut Tx,
        deliveries: &[Incoming<'_>],
    ) -> Result<BTreeSet<DeliveryId>> {
        let ours = ours(tx, deliveries).await?;
        let ignored = |delivery: &Incoming<'_>| match delivery.envelope.opportunity_id() {
            _ if !delivery.is_followed() => Some("not an event that is followed"),
            None => Some("names no opportunity"),
            Some(opportunity) if is_among(&ours, delivery.organisation, opportunity) => None,
            Some(_) => Some("not one of ours"),
        };
        let names: Vec<String> = deliveries.iter().map(|delivery| event_name(delivery.envelope)).collect();
        let rows: Vec<NewDelivery<'_>> = deliveries
            .iter()
            .zip(&names)
            .map(|(delivery, name)| NewDelivery {
                id: delivery.id,
                connection: delivery.connection,
                token: &delivery.envelope.token,
                event: name,
                opportunity: delivery.envelope.opportunity_id(),
                triggered_at: Timestamp(delivery.envelope.triggered_at.as_millis()),
                received_at: delivery.at,
                headers: delivery.headers,
                body: delivery.body,
                ignored: ignored(delivery),
            })
            .collect();
        let organisations = deliveries.iter().map(|delivery| delivery.organisation);
        let all: Vec<_> = organisations.zip(&rows).collect();
        let new = store::deliveries::insert_all(tx, &all).await?;
        for (delivery, row) in deliveries.iter().zip(&rows).filter(|(delivery, _)| new.contains(&delivery.id))
        {
            let organisation = delivery.organisation;
            if let Some(event) = delivery.light() {
                let key = (delivery.connection, event);
                let seen = self.seen.entry(key).or_insert((organisation, delivery.at));
                seen.1 = seen.1.max(delivery.at);
            }
            if let (None, Some(opportunity)) = (row.ignored, row.opportunity) {
                self.applies.insert((organisation, opportunity.to_owned()));
            }
        }
        Ok(new)
    }

    /// Writes what follows: jobs, and when each kind of event was seen last. What
    /// it gives is announced after the commit.
    ///
    /// # Errors
    /// As the store says.
    pub(crate) async fn write(self, tx: &mut Tx, services: &Services) -> Result<HeardAgain> {
        let now = services.now();
        let jobs: Vec<_> = self
            .applies
            .into_iter()
            .map(|(organisation, opportunity)| {
                (organisation, Job::ApplyOpportunity { opportunity }, services.new_id())
            })
            .collect();
        store::jobs::enqueue_all(tx, &jobs, now).await?;
        let mut heard = HeardAgain::default();
        for ((connection, event), (organisation, at)) in self.seen {
            store::lights::saw_event(tx, organisation, connection, event, at).await?;
            if silence::ended(tx, organisation, connection, event, at, now).await? {
                heard.0.insert(organisation);
            }
        }
        Ok(heard)
    }
}

/// The opportunities that stand for candidates, by organisation.
type Ours = BTreeMap<OrganisationId, BTreeSet<String>>;

/// Of those that the deliveries name, the ones that stand for candidates.
async fn ours(tx: &mut Tx, deliveries: &[Incoming<'_>]) -> Result<Ours> {
    let mut named: BTreeMap<OrganisationId, BTreeSet<&str>> = BTreeMap::new();
    for delivery in deliveries.iter().filter(|delivery| delivery.is_followed()) {
        if let Some(opportunity) = delivery.envelope.opportunity_id() {
            named.entry(delivery.organisation).or_default().insert(opportunity);
        }
    }
    let mut ours = Ours::new();
    for (organisation, named) in named {
        ours.insert(organisation, store::opportunities::linked_of(tx, organisation, &named).await?);
    }
    Ok(ours)
}

fn is_among(ours: &Ours, organisation: OrganisationId, opportunity: &str) -> bool {
    ours.get(&organisation).is_some_and(|ours| ours.contains(opportunity))
}

/// Organisations whose webhooks were silent until now.
#[must_use]
#[derive(Default)]
pub(crate) struct HeardAgain(BTreeSet<OrganisationId>);

impl HeardAgain {
    /// Tells open screens.
    pub(crate) fn announce(self, services: &Services) {
        for organisation in self.0 {
            services.changes.announce(organisation, Change::Attention);
        }
    }
}

/// The event's name, cut to what is stored.
pub(super) fn event_name(envelope: &Envelope) -> String {
    envelope.event.name().chars().take(LONGEST_EVENT).collect()
}
