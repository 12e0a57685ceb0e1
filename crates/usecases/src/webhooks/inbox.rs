//! Making verified deliveries durable.
//!
//! Many are made durable by one commit. Whoever posts one gets in line; one task
//! takes the whole line, verifies it, writes it down as arrivals by one durable
//! statement, and answers all of it. No clock is involved: while one
//! batch is being synced to the disk the next one gathers, so that a lonely
//! delivery waits for nobody and a flood makes the batches larger.
//!
//! What has arrived is taken in ([`super::intake`]) at once, but while deliveries
//! keep coming for a share of the time only, the larger the more waits, and a small one
//! in a flood: so a flood is acknowledged first, within bounds, and nobody's status
//! waits for its end.

use std::collections::{BTreeMap, HashMap, VecDeque};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use domain::ids::ConnectionId;
use domain::time::Timestamp;
use lever::webhook::Envelope;
use store::arrivals::{self, NewArrival, NewBatch};
use tokio::sync::{Notify, oneshot};
use tokio::time::{Instant, timeout_at};

use super::headers::Headers;
use super::intake::{self, Taken};
use super::verifiers::{Verifier, Verifiers};
use crate::integration::tokens;
use crate::{Result, Services};

/// Most deliveries in line: one more is sent away to come again. With the limit
/// of a body (64 KiB) this bounds the memory.
const MOST_IN_LINE: usize = 512;
/// Most deliveries of one commit.
const MOST_AT_ONCE: usize = 128;
/// While deliveries keep coming, some arrivals are taken in so often, at most.
const TURN_OF_THE_INTAKE: Duration = Duration::from_millis(25);
/// While few arrivals wait, the intake rests for so many times as long as it took.
const RESTS: f64 = 7.0;
/// The same in a flood, which would outrun the intake anyhow.
const RESTS_IN_A_FLOOD: f64 = 31.0;
/// So many deliveries a second are a flood.
const FLOOD: f64 = 5_000.0;
/// Most batches that wait to be taken in: while there are more, deliveries are sent
/// away to come again. This bounds the disk.
const MOST_BATCHES: i64 = 50_000;
/// How often a delivery is verified with what is read anew, because the connection
/// changed meanwhile, before it is looked at by itself.
const READINGS: usize = 2;

/// The line in front of the inbox. Cheap to clone.
#[derive(Clone, Debug)]
pub struct Inbox {
    line: Arc<Mutex<Line>>,
    /// Wakes whoever waits for the next one in line.
    came: Arc<Notify>,
    verifiers: Arc<Verifiers>,
    at_once: usize,
    most_batches: i64,
}

#[derive(Debug, Default)]
struct Line {
    waiting: VecDeque<Waiting>,
    /// Whether a task takes from it.
    served: bool,
    /// Whether more has arrived than may wait.
    full: bool,
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
        Self {
            line: Arc::default(),
            came: Arc::default(),
            verifiers: Arc::default(),
            at_once: at_once.max(1),
            most_batches: MOST_BATCHES,
        }
    }

    /// The same, letting at most so many batches wait to be taken in.
    #[must_use]
    pub fn with_room_for(self, batches: i64) -> Self {
        Self { most_batches: batches, ..self }
    }

    /// Gets in line and waits until the delivery is durable, or is not taken.
    pub(super) async fn put(&self, services: &Services, arrived: Arrived) -> Put {
        let (answer, answered) = oneshot::channel();
        {
            let mut line = self.lock();
            if line.full || line.waiting.len() >= MOST_IN_LINE {
                return Put::Busy;
            }
            line.waiting.push_back(Waiting { arrived, answer });
        }
        self.came.notify_one();
        self.attend(services);
        // Nobody answers when the task was lost with the line: nothing is taken then.
        answered.await.unwrap_or(Put::Busy)
    }

    /// Sees to it that somebody takes what is in line and what has arrived.
    pub(crate) fn attend(&self, services: &Services) {
        if !std::mem::replace(&mut self.lock().served, true) {
            // A task of its own: whoever posted may hang up, the line goes on.
            tokio::spawn(serve(services.clone(), Serving { inbox: self.clone(), left: false }));
        }
    }

    /// Whether anything that arrived waits to be taken in.
    ///
    /// # Errors
    /// As the store says.
    pub(crate) async fn is_behind(&self, services: &Services) -> std::result::Result<bool, store::Error> {
        arrivals::any(&mut services.store.read().await?).await
    }

    /// The next batch; `None` when nobody waits.
    fn next(&self) -> Option<Vec<Waiting>> {
        let mut line = self.lock();
        let count = line.waiting.len().min(self.at_once);
        (count > 0).then(|| line.waiting.drain(..count).collect())
    }

    /// Stops serving, unless somebody waits.
    fn leave(&self) -> bool {
        let mut line = self.lock();
        line.served = !line.waiting.is_empty();
        !line.served
    }

    /// From one turn of the intake to the next, when one took so long, so many batches wait and
    /// deliveries come at such a rate: the more wait, the less it rests.
    fn rest(&self, took: Duration, waiting: i64, per_second: f64) -> Duration {
        let room = (1.0 - waiting as f64 / self.most_batches.max(1) as f64).max(0.0);
        let rests = if per_second < FLOOD { RESTS } else { RESTS_IN_A_FLOOD };
        took + took.mul_f64(rests * room)
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

/// Serves the line until nobody is in it and all that arrived is taken in.
async fn serve(services: Services, mut serving: Serving) {
    let inbox = serving.inbox.clone();
    // Whether arrivals may be left, behind which place, when some are taken in at the
    // latest, and whether nobody came until then.
    let (mut left, mut place, mut turn, mut quiet) = (true, 0, Instant::now(), false);
    // What came since the intake had its last turn.
    let (mut came, mut last_turn) = (0, Instant::now());
    loop {
        if let Some(batch) = inbox.next() {
            came += batch.len();
            write_down(&services, &inbox.verifiers, batch).await;
            // Those who were just answered, and come again, may get in line.
            tokio::task::yield_now().await;
            (left, quiet) = (true, false);
        } else if !left {
            if inbox.leave() {
                // From here on another may serve it.
                serving.left = true;
                return;
            }
            continue;
        } else if !quiet {
            quiet = timeout_at(turn, inbox.came.notified()).await.is_err();
        }
        if !quiet && Instant::now() < turn {
            continue;
        }
        let began = Instant::now();
        let mut waiting = 0;
        (left, place) = match intake::take_in(&services, place).await {
            Ok(Taken { go_on, span }) => {
                waiting = span;
                (go_on.is_some(), go_on.unwrap_or(0))
            }
            Err(error) => {
                let problem = crate::Error::from(error).into_problem();
                tracing::warn!(%problem, "deliveries that arrived wait to be taken in");
                (false, 0)
            }
        };
        inbox.lock().full = waiting > inbox.most_batches;
        let lasted = began.duration_since(last_turn).max(TURN_OF_THE_INTAKE);
        let per_second = came as f64 / lasted.as_secs_f64();
        turn = began + inbox.rest(began.elapsed(), waiting, per_second).max(TURN_OF_THE_INTAKE);
        (came, last_turn) = (0, began);
    }
}

/// Makes a batch durable and answers it.
async fn write_down(services: &Services, verifiers: &Verifiers, batch: Vec<Waiting>) {
    let (arrived, answers): (Vec<Arrived>, Vec<_>) =
        batch.into_iter().map(|waiting| (waiting.arrived, waiting.answer)).unzip();
    let written = append(services, verifiers, &arrived).await;
    if let Err(error) = &written {
        tracing::warn!(%error, deliveries = arrived.len(), "deliveries could not be taken");
    }
    for (place, (answer, arrived)) in answers.into_iter().zip(arrived).enumerate() {
        // An error says that whoever posted has hung up: Lever comes again.
        let _hung_up = answer.send(match &written {
            Ok(written) if written[place] => Put::In,
            Ok(_) => Put::NotSigned(Box::new(arrived)),
            Err(_) => Put::Busy,
        });
    }
}

/// Writes down those that a live token signed; says of each whether it did.
async fn append(services: &Services, verifiers: &Verifiers, batch: &[Arrived]) -> Result<Vec<bool>> {
    let mut written = vec![false; batch.len()];
    let mut left: Vec<usize> = (0..batch.len()).collect();
    for _ in 0..READINGS {
        let known = verifiers_of(services, verifiers, left.iter().map(|place| &batch[*place])).await?;
        let mut batches: BTreeMap<ConnectionId, NewBatch<'_>> = BTreeMap::new();
        left.retain(|place| {
            let arrived = &batch[*place];
            let address = arrived.address.as_str();
            let signed_by = known.get(address).and_then(Option::as_ref).and_then(|verifier| {
                Some((verifier, &verifier.live[tokens::signer(&verifier.live, &arrived.envelope)?]))
            });
            let Some((verifier, signer)) = signed_by else {
                // Its token may be newer than what is known.
                verifiers.forget(address);
                return false;
            };
            let batch = batches.entry(verifier.connection).or_insert_with(|| NewBatch {
                organisation: verifier.organisation,
                connection: verifier.connection,
                address,
                tokens: &verifier.mark,
                arrivals: Vec::new(),
            });
            batch.arrivals.push(NewArrival {
                signed_by: tokens::shows(&signer.row, &arrived.envelope),
                received_at: arrived.at,
                headers: arrived.headers.as_slice(),
                body: &arrived.body,
            });
            true
        });
        if left.is_empty() {
            break;
        }
        let batches: Vec<NewBatch<'_>> = batches.into_values().collect();
        let taken = arrivals::append(&services.store, &batches).await?;
        left.retain(|place| {
            let address = batch[*place].address.as_str();
            let verifier = known.get(address).and_then(Option::as_ref);
            written[*place] = verifier.is_some_and(|verifier| taken.contains(&verifier.connection));
            if !written[*place] {
                verifiers.forget(address);
            }
            !written[*place]
        });
    }
    Ok(written)
}

/// What these deliveries are verified with, by their address.
async fn verifiers_of<'a>(
    services: &Services,
    verifiers: &Verifiers,
    batch: impl Iterator<Item = &'a Arrived>,
) -> Result<HashMap<&'a str, Option<Arc<Verifier>>>> {
    let mut known = HashMap::new();
    for arrived in batch {
        let address = arrived.address.as_str();
        if !known.contains_key(address) {
            known.insert(address, verifiers.of(services, address).await?);
        }
    }
    Ok(known)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_intake_rests_longer_in_a_flood_and_less_the_more_waits() {
        let inbox = Inbox::default().with_room_for(100);
        let rest =
            |waiting, per_second| inbox.rest(Duration::from_millis(2), waiting, per_second).as_millis();
        assert_eq!(
            [rest(0, 1_000.0), rest(50, 1_000.0), rest(100, 1_000.0), rest(200, 1_000.0)],
            [16, 9, 2, 2]
        );
        assert_eq!([rest(0, 20_000.0), rest(50, 20_000.0), rest(100, 20_000.0)], [64, 33, 2]);
    }
}
