//! Taking verified deliveries into the inbox, with the jobs that apply them.
//!
//! The signature covers only the delivery's token and time, so a delivery is a
//! hint: the job reads the opportunity from Lever and applies what it reads.
//!
//! Many are made durable by one commit. Whoever posts one gets in line; one task
//! takes the whole line, writes it in one transaction, commits, and answers all
//! of it. No clock is involved: while one batch is being synced to the disk the
//! next one gathers, so that a lonely delivery waits for nobody and a flood
//! makes the batches larger.

use std::collections::{BTreeMap, BTreeSet, HashMap, VecDeque};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use domain::connection::LeverEvent;
use domain::event::Change;
use domain::ids::{ConnectionId, DeliveryId, OrganisationId};
use domain::job::Job;
use domain::time::Timestamp;
use lever::webhook::{Envelope, Event};
use store::Tx;
use store::connections::Connection;
use store::deliveries::NewDelivery;
use tokio::sync::oneshot;

use super::headers::Headers;
use super::silence;
use crate::integration::tokens::{self, LiveToken};
use crate::{Result, Services};

/// The longest name of an event that is stored.
const LONGEST_EVENT: usize = 64;
/// Most deliveries in line: one more is sent away to come again. With the limit
/// of a body (64 KiB) this bounds the memory.
const MOST_IN_LINE: usize = 512;
/// Most deliveries of one commit.
const MOST_AT_ONCE: usize = 256;

/// The line in front of the inbox. Cheap to clone.
#[derive(Clone, Debug)]
pub struct Inbox {
    line: Arc<Mutex<Line>>,
    at_once: usize,
}

#[derive(Debug, Default)]
struct Line {
    waiting: VecDeque<Waiting>,
    /// Whether a task takes from it.
    served: bool,
}

#[derive(Debug)]
struct Waiting {
    arrived: Arrived,
    answer: oneshot::Sender<Put>,
}

/// A delivery that can be read and is none of Verify's.
#[derive(Debug)]
pub(super) struct Arrived {
    /// The hash of the secret part of the address.
    pub(super) address: String,
    pub(super) envelope: Envelope,
    pub(super) headers: Headers,
    pub(super) body: Vec<u8>,
    pub(super) at: Timestamp,
}

/// What became of a delivery that was put in line.
#[derive(Debug)]
pub(super) enum Put {
    /// It is durable, or was before.
    In,
    /// No connection has this address, or no token of it signed the delivery:
    /// nothing was done, and here it is again.
    NotSigned(Box<Arrived>),
    /// The line is full, or the store could not take it.
    Busy,
}

/// What became of a delivery of a batch.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Taken {
    In,
    NotSigned,
    Busy,
}

impl Default for Inbox {
    fn default() -> Self {
        Self::at_most(MOST_AT_ONCE)
    }
}

impl Inbox {
    /// Takes at most so many deliveries into one commit. One says what a commit
    /// for each delivery would cost.
    #[must_use]
    pub fn at_most(at_once: usize) -> Self {
        Self { line: Arc::default(), at_once: at_once.max(1) }
    }

    /// Gets in line and waits until the delivery is durable, or is not taken.
    pub(super) async fn put(&self, services: &Services, arrived: Arrived) -> Put {
        let (answer, answered) = oneshot::channel();
        let serve = {
            let mut line = self.lock();
            if line.waiting.len() >= MOST_IN_LINE {
                return Put::Busy;
            }
            line.waiting.push_back(Waiting { arrived, answer });
            !std::mem::replace(&mut line.served, true)
        };
        if serve {
            // A task of its own: whoever posted may hang up, the line goes on.
            tokio::spawn(serve_line(services.clone(), Serving { inbox: self.clone(), left: false }));
        }
        // Nobody answers when the task was lost with the line: nothing is taken then.
        answered.await.unwrap_or(Put::Busy)
    }

    /// The next batch; `None` when nobody waits, and then nobody serves.
    fn next(&self) -> Option<Vec<Waiting>> {
        let mut line = self.lock();
        let count = line.waiting.len().min(self.at_once);
        if count == 0 {
            line.served = false;
            return None;
        }
        Some(line.waiting.drain(..count).collect())
    }

    /// Lets those who were just answered, and come again, get in line: as long
    /// as it grows while others have their turn.
    async fn gather(&self) {
        let mut before = 0;
        loop {
            tokio::task::yield_now().await;
            let now = self.lock().waiting.len();
            if now <= before || now >= self.at_once {
                return;
            }
            before = now;
        }
    }

    /// No code panics while holding the lock, and the line is valid between any two statements.
    fn lock(&self) -> MutexGuard<'_, Line> {
        self.line.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Held by the task that serves the line. Should it be lost, those in line are
/// sent away and the next one begins anew.
struct Serving {
    inbox: Inbox,
    left: bool,
}

impl Drop for Serving {
    fn drop(&mut self) {
        if !self.left {
            let mut line = self.inbox.lock();
            line.waiting.clear();
            line.served = false;
        }
    }
}

async fn serve_line(services: Services, mut serving: Serving) {
    while let Some(batch) = serving.inbox.next() {
        let (arrived, answers): (Vec<Arrived>, Vec<_>) =
            batch.into_iter().map(|waiting| (waiting.arrived, waiting.answer)).unzip();
        let taken = take(&services, &arrived).await;
        for ((answer, arrived), taken) in answers.into_iter().zip(arrived).zip(taken) {
            // An error says that whoever posted has hung up: Lever comes again.
            let _hung_up = answer.send(match taken {
                Taken::In => Put::In,
                Taken::NotSigned => Put::NotSigned(Box::new(arrived)),
                Taken::Busy => Put::Busy,
            });
        }
        serving.inbox.gather().await;
    }
    // From here on another may serve it.
    serving.left = true;
}

/// Takes a batch; gives what became of each.
async fn take(services: &Services, batch: &[Arrived]) -> Vec<Taken> {
    let signed = match signers(services, batch).await {
        Ok(signed) => signed,
        Err(error) => {
            let problem = error.into_problem();
            tracing::warn!(%problem, "deliveries could not be taken");
            return vec![Taken::Busy; batch.len()];
        }
    };
    let mut taken: Vec<Taken> =
        signed.iter().map(|signed| if signed.is_some() { Taken::In } else { Taken::NotSigned }).collect();
    let good: Vec<Signed<'_>> = signed.into_iter().flatten().collect();
    match write(services, &good).await {
        Ok(()) => {}
        Err(error) if good.len() == 1 || error.retryable() => {
            let problem = crate::Error::from(error).into_problem();
            tracing::warn!(%problem, deliveries = good.len(), "deliveries could not be taken");
            for delivery in &good {
                taken[delivery.place] = Taken::Busy;
            }
        }
        // One of them cannot be written: it must not keep the others out.
        Err(_) => {
            for delivery in good {
                let place = delivery.place;
                if let Err(error) = write(services, &[delivery]).await {
                    let problem = crate::Error::from(error).into_problem();
                    tracing::warn!(%problem, "a delivery could not be taken");
                    taken[place] = Taken::Busy;
                }
            }
        }
    }
    taken
}

/// A connection and the tokens that it accepts.
type Known = Arc<(Connection, Vec<LiveToken>)>;

/// A delivery with the token that signed it.
struct Signed<'a> {
    /// Its place in the batch.
    place: usize,
    arrived: &'a Arrived,
    known: Known,
    /// The place of the token.
    token: usize,
}

/// Finds out, in one reading for all, which token signed each.
async fn signers<'a>(services: &Services, batch: &'a [Arrived]) -> Result<Vec<Option<Signed<'a>>>> {
    let now = services.now();
    let mut tx = services.store.read().await?;
    let mut known: HashMap<&str, Option<Known>> = HashMap::new();
    for arrived in batch {
        let address = arrived.address.as_str();
        if known.contains_key(address) {
            continue;
        }
        let found = match store::connections::by_webhook(&mut tx, address).await? {
            Some(connection) => {
                let live = tokens::live(&mut tx, services, &connection, now).await?;
                Some(Arc::new((connection, live)))
            }
            None => None,
        };
        known.insert(address, found);
    }
    Ok(batch
        .iter()
        .enumerate()
        .map(|(place, arrived)| {
            let known = known.get(arrived.address.as_str()).and_then(Option::as_ref)?;
            let token = tokens::signer(&known.1, &arrived.envelope)?;
            Some(Signed { place, arrived, known: Arc::clone(known), token })
        })
        .collect())
}

/// Writes them in one transaction and wakes the worker.
async fn write(services: &Services, signed: &[Signed<'_>]) -> std::result::Result<(), store::Error> {
    if signed.is_empty() {
        return Ok(());
    }
    // In one order everywhere, so that two servers never wait for each other.
    let mut signed: Vec<&Signed<'_>> = signed.iter().collect();
    signed.sort_by_key(|one| (one.known.0.id, &one.arrived.envelope.token));
    let mut tx = services.store.begin().await?;
    let mut follows = Follows::default();
    let incoming: Vec<Incoming<'_>> = signed
        .iter()
        .map(|one| Incoming {
            id: services.new_id(),
            connection: &one.known.0,
            envelope: &one.arrived.envelope,
            headers: one.arrived.headers.as_slice(),
            body: &one.arrived.body,
            at: one.arrived.at,
        })
        .collect();
    let new = follows.insert(&mut tx, &incoming).await?;
    for (one, delivery) in signed.iter().zip(&incoming) {
        if let (true, Some(event)) = (new.contains(&delivery.id), delivery.light()) {
            let (connection, live) = (&one.known.0, &one.known.1);
            tokens::note(&mut tx, connection, &live[one.token].row, event, delivery.at).await?;
        }
    }
    let heard = follows.write(&mut tx, services).await?;
    tx.commit().await?;
    heard.announce(services);
    services.wake.notify_one();
    Ok(())
}

/// A verified delivery on its way into the inbox.
pub(crate) struct Incoming<'a> {
    pub(crate) id: DeliveryId,
    pub(crate) connection: &'a Connection,
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
        self.light().is_some() || self.envelope.event == Event::CandidateDeleted
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
    ) -> std::result::Result<BTreeSet<DeliveryId>, store::Error> {
        let ours = ours(tx, deliveries).await?;
        let ignored = |delivery: &Incoming<'_>| match delivery.envelope.opportunity_id() {
            _ if !delivery.is_followed() => Some("not an event that is followed"),
            None => Some("names no opportunity"),
            Some(opportunity) if is_among(&ours, delivery.connection.organisation, opportunity) => None,
            Some(_) => Some("not one of ours"),
        };
        let names: Vec<String> = deliveries.iter().map(|delivery| event_name(delivery.envelope)).collect();
        let rows: Vec<NewDelivery<'_>> = deliveries
            .iter()
            .zip(&names)
            .map(|(delivery, name)| NewDelivery {
                id: delivery.id,
                connection: delivery.connection.id,
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
        let organisations = deliveries.iter().map(|delivery| delivery.connection.organisation);
        let all: Vec<_> = organisations.zip(&rows).collect();
        let new = store::deliveries::insert_all(tx, &all).await?;
        for (delivery, row) in deliveries.iter().zip(&rows).filter(|(delivery, _)| new.contains(&delivery.id))
        {
            let organisation = delivery.connection.organisation;
            if let Some(event) = delivery.light() {
                let key = (delivery.connection.id, event);
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
    pub(crate) async fn write(
        self,
        tx: &mut Tx,
        services: &Services,
    ) -> std::result::Result<HeardAgain, store::Error> {
        let now = services.now();
        let jobs: Vec<_> = self
            .applies
            .into_iter()
            .map(|(organisation, opportunity)| {
                (organisation, Job::ApplyOpportunity { opportunity }, services.new_id())
            })
            .collect();
        store::jobs::enqueue_all(tx, &jobs, now).await?;
        let mut last: BTreeMap<OrganisationId, Timestamp> = BTreeMap::new();
        for ((connection, event), (organisation, at)) in self.seen {
            store::lights::saw_event(tx, organisation, connection, event, at).await?;
            let last = last.entry(organisation).or_insert(at);
            *last = (*last).max(at);
        }
        let mut heard = HeardAgain::default();
        for (organisation, at) in last {
            if silence::ended(tx, organisation, at, now).await? {
                heard.0.push(organisation);
            }
        }
        Ok(heard)
    }
}

/// The opportunities that stand for candidates, by organisation.
type Ours = BTreeMap<OrganisationId, BTreeSet<String>>;

/// Of those that the deliveries name, the ones that stand for candidates.
async fn ours(tx: &mut Tx, deliveries: &[Incoming<'_>]) -> std::result::Result<Ours, store::Error> {
    let mut named: BTreeMap<OrganisationId, BTreeSet<&str>> = BTreeMap::new();
    for delivery in deliveries.iter().filter(|delivery| delivery.is_followed()) {
        if let Some(opportunity) = delivery.envelope.opportunity_id() {
            named.entry(delivery.connection.organisation).or_default().insert(opportunity);
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
pub(crate) struct HeardAgain(Vec<OrganisationId>);

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
