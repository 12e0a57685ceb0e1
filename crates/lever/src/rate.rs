//! The rate budget of one API key.
//!
//! Lever gives every key a token bucket of 10 requests a second with bursts up to 20 "when
//! possible" (Lever documentation, Rate limits). [`Bucket`] is the arithmetic, with the time as an
//! argument; [`RateBudget`] is what clients of one key share: a queue, in which clicks of people go
//! before background work and nobody is kept waiting for ever, in front of [`Slots`]: a bucket of
//! this process, or whatever else several processes with one key share.

use std::{
    collections::{BTreeMap, HashMap},
    fmt,
    pin::Pin,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::Duration,
};

use tokio::{
    sync::Notify,
    time::{Instant, sleep},
};

use crate::circuit::{Circuit, CircuitConfig};

/// The longest pause that doubling leads to.
const LONGEST_PAUSE: Duration = Duration::from_secs(30);
/// The longest `Retry-After` that is obeyed.
const LONGEST_OBEYED: Duration = Duration::from_secs(120);
/// How much a random share may add to a pause, so that several servers with one key do not all
/// come back at once.
const JITTER_SHARE: f64 = 0.5;

/// How many clicks are served in a row while background work waits.
const CLICKS_IN_A_ROW: u32 = 4;

/// How fast a key may be used.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct RateConfig {
    /// Requests a second, in the long run. Values below 0.01 count as 0.01.
    pub per_second: f64,
    /// Requests that may go out at once after a quiet time. Zero counts as one.
    pub burst: u32,
}

impl Default for RateConfig {
    /// Lever's steady rate, with half of the burst that Lever says it allows when possible.
    fn default() -> RateConfig {
        RateConfig { per_second: 10.0, burst: 10 }
    }
}

impl RateConfig {
    /// How long to leave a key alone after a 429: as Lever asked, else as long as the bucket takes
    /// to fill (a second at Lever's rate), doubled at every refusal in a row (`refusals` came
    /// before this one) up to 30 s. `jitter`, from 0 to 1, adds up to a half.
    pub fn pause(self, refusals: u32, retry_after: Option<Duration>, jitter: f64) -> Duration {
        let pause = match retry_after {
            Some(asked) => asked.min(LONGEST_OBEYED),
            None => {
                let fill = f64::from(self.burst.max(1)) / self.per_second.max(0.01);
                let first = Duration::try_from_secs_f64(fill).unwrap_or(LONGEST_PAUSE).min(LONGEST_PAUSE);
                first.saturating_mul(1 << refusals.min(5)).min(LONGEST_PAUSE)
            }
        };
        pause.mul_f64(1.0 + JITTER_SHARE * jitter.clamp(0.0, 1.0))
    }
}

/// A token bucket. Times are durations since any fixed moment.
#[derive(Debug, Clone)]
pub struct Bucket {
    config: RateConfig,
    per_second: f64,
    burst: f64,
    tokens: f64,
    refilled_at: Duration,
    blocked_until: Duration,
    refusals: u32,
}

impl Bucket {
    /// A full bucket, at time zero.
    pub fn new(config: RateConfig) -> Bucket {
        let burst = f64::from(config.burst.max(1));
        Bucket {
            config,
            // `max` also replaces a value that is not a number.
            per_second: config.per_second.max(0.01),
            burst,
            tokens: burst,
            refilled_at: Duration::ZERO,
            blocked_until: Duration::ZERO,
            refusals: 0,
        }
    }

    /// Takes one token.
    ///
    /// # Errors
    ///
    /// How long to wait before asking again, when there is no token yet.
    pub fn take(&mut self, now: Duration) -> Result<(), Duration> {
        if now < self.blocked_until {
            return Err(self.blocked_until - now);
        }
        let elapsed = now.saturating_sub(self.refilled_at).as_secs_f64();
        self.tokens = (self.tokens + elapsed * self.per_second).min(self.burst);
        self.refilled_at = self.refilled_at.max(now);
        // A billionth forgives rounding, which could otherwise ask for endlessly small waits.
        if self.tokens >= 1.0 - 1e-9 {
            self.tokens = (self.tokens - 1.0).max(0.0);
            Ok(())
        } else {
            let wait = (1.0 - self.tokens) / self.per_second;
            Err(Duration::from_secs_f64(wait))
        }
    }

    /// Lever refused a request with 429: empties the bucket and blocks it for a pause; see
    /// [`RateConfig::pause`]. Refusals that arrive while it is blocked belong to the same event
    /// and change nothing.
    pub fn refused(&mut self, now: Duration, retry_after: Option<Duration>, jitter: f64) {
        if now < self.blocked_until {
            return;
        }
        let pause = self.config.pause(self.refusals, retry_after, jitter);
        self.refusals = self.refusals.saturating_add(1);
        self.tokens = 0.0;
        self.blocked_until = now + pause;
        self.refilled_at = self.blocked_until;
    }

    /// Lever answered something other than 429: the next refusal counts as the first again.
    pub fn accepted(&mut self, now: Duration) {
        if now >= self.blocked_until {
            self.refusals = 0;
        }
    }
}

/// Who goes first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Priority {
    /// A person is waiting.
    Click,
    /// Nobody is looking.
    Background,
}

/// Who waits for what of one key: by its own number. Lanes with equal priority take turns.
pub type Lane = u64;

/// What [`Slots`] give.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Slot {
    /// The request may go out after this long; the slot is taken.
    In(Duration),
    /// There is none yet: ask again after this long.
    AskAgain(Duration),
}

/// An answer that takes a while.
pub type Later<'a, T> = Pin<Box<dyn Future<Output = T> + Send + 'a>>;

/// Where the slots of one key come from.
pub trait Slots: Send + Sync {
    /// Takes the next slot for a request of this priority, if there is one soon.
    fn take(&self, priority: Priority) -> Later<'_, Slot>;

    /// Lever answered 429. `jitter` is from 0 to 1.
    fn refused(&self, retry_after: Option<Duration>, jitter: f64) -> Later<'_, ()>;

    /// Lever answered something else.
    fn accepted(&self) -> Later<'_, ()>;
}

/// The bucket of a process that uses its key alone.
struct Own {
    bucket: Mutex<Bucket>,
    started: Instant,
}

impl Own {
    fn with<T>(&self, deed: impl FnOnce(&mut Bucket, Duration) -> T) -> T {
        let now = self.started.elapsed();
        // No code panics while holding the lock.
        deed(&mut self.bucket.lock().unwrap_or_else(PoisonError::into_inner), now)
    }
}

impl Slots for Own {
    fn take(&self, _priority: Priority) -> Later<'_, Slot> {
        let slot = match self.with(|bucket, now| bucket.take(now)) {
            Ok(()) => Slot::In(Duration::ZERO),
            Err(wait) => Slot::AskAgain(wait),
        };
        Box::pin(std::future::ready(slot))
    }

    fn refused(&self, retry_after: Option<Duration>, jitter: f64) -> Later<'_, ()> {
        self.with(|bucket, now| bucket.refused(now, retry_after, jitter));
        Box::pin(std::future::ready(()))
    }

    fn accepted(&self) -> Later<'_, ()> {
        self.with(|bucket, now| bucket.accepted(now));
        Box::pin(std::future::ready(()))
    }
}

/// The budget that all clients of one API key share, and whether Lever answers it at all.
pub struct RateBudget {
    slots: Box<dyn Slots>,
    queue: Mutex<Queue>,
    circuit: Mutex<Circuit>,
    started: Instant,
    jitter: Box<dyn Fn() -> f64 + Send + Sync>,
}

/// How a key fares.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Condition {
    /// Requests that failed in a row.
    pub failures: u32,
    /// For how long nothing is asked, because too many failed.
    pub rests_for: Option<Duration>,
    /// Requests that wait for their turn.
    pub waiting: usize,
}

/// Who waits, and who was served.
#[derive(Default)]
struct Queue {
    /// In the order in which they are served, but for the turns of background work.
    waiting: BTreeMap<Ticket, Arc<Notify>>,
    next_number: u64,
    clicks_in_a_row: u32,
    /// The round of each lane's newest place, and the newest round served, by priority.
    lanes: HashMap<(Priority, Lane), u64>,
    rounds: HashMap<Priority, u64>,
}

/// A place in the queue: by priority, then by round, then by arrival. In a round each lane has one
/// place, so that who asks much waits behind itself and not before others.
type Ticket = (Priority, u64, u64);

impl Queue {
    fn enter(&mut self, priority: Priority, lane: Lane, woken: Arc<Notify>) -> Ticket {
        if self.waiting.is_empty() {
            self.lanes.clear();
            self.rounds.clear();
        }
        let served = self.rounds.get(&priority).copied().unwrap_or(0);
        let round = self.lanes.get(&(priority, lane)).map_or(0, |last| last + 1).max(served);
        self.lanes.insert((priority, lane), round);
        let ticket = (priority, round, self.next_number);
        self.next_number += 1;
        self.waiting.insert(ticket, woken);
        ticket
    }

    /// Whose turn it is.
    fn first(&self) -> Option<Ticket> {
        let first = self.waiting.keys().next().copied()?;
        if first.0 == Priority::Click && self.clicks_in_a_row >= CLICKS_IN_A_ROW {
            let background = self.waiting.range((Priority::Background, 0, 0)..).next();
            return Some(background.map_or(first, |(ticket, _)| *ticket));
        }
        Some(first)
    }

    fn served(&mut self, ticket: Ticket) {
        self.rounds.insert(ticket.0, ticket.1);
        let background_waits = self.waiting.range((Priority::Background, 0, 0)..).next().is_some();
        self.clicks_in_a_row = match ticket.0 {
            Priority::Click if background_waits => self.clicks_in_a_row + 1,
            _ => 0,
        };
    }

    fn leave(&mut self, ticket: Ticket) {
        self.waiting.remove(&ticket);
        if let Some(next) = self.first().and_then(|first| self.waiting.get(&first)) {
            next.notify_one();
        }
    }
}

impl Default for RateBudget {
    fn default() -> RateBudget {
        RateBudget::new(RateConfig::default())
    }
}

impl RateBudget {
    /// A full budget of a process that uses its key alone. Its pauses have no random share.
    pub fn new(config: RateConfig) -> RateBudget {
        let started = Instant::now();
        RateBudget::from_slots(Box::new(Own { bucket: Mutex::new(Bucket::new(config)), started }))
    }

    /// A budget whose slots come from elsewhere: from what several processes share.
    pub fn from_slots(slots: Box<dyn Slots>) -> RateBudget {
        RateBudget {
            slots,
            queue: Mutex::default(),
            circuit: Mutex::new(Circuit::new(CircuitConfig::default())),
            started: Instant::now(),
            jitter: Box::new(|| 0.0),
        }
    }

    /// Sets the source of the random share of pauses: a function that gives a number from 0 to 1.
    /// Set it where several servers use one key.
    pub fn with_jitter(self, jitter: impl Fn() -> f64 + Send + Sync + 'static) -> RateBudget {
        RateBudget { jitter: Box::new(jitter), ..self }
    }

    /// Sets when nothing is asked any more, and for how long.
    pub fn with_circuit(self, config: CircuitConfig) -> RateBudget {
        RateBudget { circuit: Mutex::new(Circuit::new(config)), ..self }
    }

    /// Waits until one request may go out. Clicks are served before background work, which has
    /// every fifth turn while it waits; lanes take turns; then the order of arrival counts.
    /// Dropping the future gives the place in the queue up.
    pub async fn acquire(&self, priority: Priority, lane: Lane) {
        let woken = Arc::new(Notify::new());
        let ticket = lock(&self.queue).enter(priority, lane, Arc::clone(&woken));
        let place = Place { budget: self, ticket };
        let delay = loop {
            if lock(&self.queue).first() != Some(ticket) {
                woken.notified().await;
                continue;
            }
            match self.slots.take(priority).await {
                Slot::In(delay) => break delay,
                Slot::AskAgain(wait) => tokio::select! {
                    () = sleep(wait) => {}
                    () = woken.notified() => {}
                },
            }
        };
        lock(&self.queue).served(ticket);
        // Whoever is next may take the slot after this one meanwhile.
        drop(place);
        if !delay.is_zero() {
            sleep(delay).await;
        }
    }

    /// How the key fares.
    pub fn condition(&self) -> Condition {
        let now = self.started.elapsed();
        let circuit = lock(&self.circuit);
        Condition {
            failures: circuit.failures(),
            rests_for: circuit.rests_for(now),
            waiting: lock(&self.queue).waiting.len(),
        }
    }

    /// Whether a request may be tried at all.
    ///
    /// # Errors
    ///
    /// How long to wait before asking again: too many failed.
    pub(crate) fn admit(&self) -> Result<(), Duration> {
        let now = self.started.elapsed();
        lock(&self.circuit).admit(now)
    }

    /// Tells the budget that Lever answered 429.
    pub(crate) async fn refused(&self, retry_after: Option<Duration>) {
        lock(&self.circuit).succeeded();
        self.slots.refused(retry_after, (self.jitter)()).await;
    }

    /// Tells the budget that Lever answered something sensible.
    pub(crate) async fn accepted(&self) {
        lock(&self.circuit).succeeded();
        self.slots.accepted().await;
    }

    /// Tells the budget that Lever failed, or could not be reached.
    pub(crate) fn failed(&self) {
        let (now, jitter) = (self.started.elapsed(), (self.jitter)());
        lock(&self.circuit).failed(now, jitter);
    }
}

/// No code panics while holding one of the locks, and what they guard is valid between any two
/// statements.
fn lock<T>(guarded: &Mutex<T>) -> MutexGuard<'_, T> {
    guarded.lock().unwrap_or_else(PoisonError::into_inner)
}

impl fmt::Debug for RateBudget {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("RateBudget").field("condition", &self.condition()).finish_non_exhaustive()
    }
}

/// A place in the queue. Leaving it, served or not, wakes whoever is first then.
struct Place<'a> {
    budget: &'a RateBudget,
    ticket: Ticket,
}

impl Drop for Place<'_> {
    fn drop(&mut self) {
        lock(&self.budget.queue).leave(self.ticket);
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn seconds(seconds: f64) -> Duration {
        Duration::from_secs_f64(seconds)
    }

    #[test]
    fn a_burst_then_the_steady_rate() {
        let mut bucket = Bucket::new(RateConfig { per_second: 10.0, burst: 3 });
        for _ in 0..3 {
            assert_eq!(bucket.take(Duration::ZERO), Ok(()));
        }
        assert_eq!(bucket.take(Duration::ZERO), Err(seconds(0.1)));
        assert_eq!(bucket.take(seconds(0.05)), Err(seconds(0.05)));
        assert_eq!(bucket.take(seconds(0.1)), Ok(()));
        assert!(bucket.take(seconds(0.1)).is_err());
        // A long rest refills no more than the burst.
        for _ in 0..3 {
            assert_eq!(bucket.take(seconds(100.0)), Ok(()));
        }
        assert!(bucket.take(seconds(100.0)).is_err());
    }

    #[test]
    fn a_refusal_blocks_longer_each_time_until_something_is_accepted() {
        let mut bucket = Bucket::new(RateConfig::default());
        let mut now = Duration::ZERO;
        let mut pauses = Vec::new();
        for _ in 0..7 {
            bucket.refused(now, None, 0.0);
            // A second refusal of the same moment changes nothing.
            bucket.refused(now, None, 1.0);
            let pause = bucket.take(now).unwrap_err();
            pauses.push(pause.as_secs());
            now += pause;
        }
        assert_eq!(pauses, [1, 2, 4, 8, 16, 30, 30]);

        bucket.accepted(now);
        bucket.refused(now, None, 1.0);
        assert_eq!(bucket.take(now), Err(seconds(1.5)));
    }

    #[test]
    fn levers_own_pause_is_obeyed_within_reason() {
        let mut bucket = Bucket::new(RateConfig::default());
        bucket.refused(Duration::ZERO, Some(seconds(7.0)), 0.0);
        assert_eq!(bucket.take(Duration::ZERO), Err(seconds(7.0)));
        // After the pause it starts empty: no burst into a limit that was just hit.
        assert_eq!(bucket.take(seconds(7.0)), Err(seconds(0.1)));
        bucket.refused(seconds(8.0), Some(seconds(1e6)), 0.0);
        assert_eq!(bucket.take(seconds(8.0)), Err(LONGEST_OBEYED));
    }

    proptest! {
        #[test]
        fn never_more_than_the_burst_plus_the_rate(
            steps in prop::collection::vec(0_u64..400, 1..300),
            burst in 1_u32..20,
        ) {
            let mut bucket = Bucket::new(RateConfig { per_second: 10.0, burst });
            let mut now = Duration::ZERO;
            let mut taken = 0_u32;
            for step in steps {
                now += Duration::from_millis(step);
                match bucket.take(now) {
                    Ok(()) => taken += 1,
                    // Whoever waits as told is served.
                    Err(wait) => {
                        now += wait;
                        prop_assert_eq!(bucket.take(now), Ok(()));
                        taken += 1;
                    }
                }
            }
            let allowed = f64::from(burst) + now.as_secs_f64() * 10.0 + 1e-6;
            prop_assert!(f64::from(taken) <= allowed, "{} > {}", taken, allowed);
        }
    }

    #[tokio::test(start_paused = true)]
    async fn a_click_overtakes_background_work_and_equals_keep_their_order() {
        let budget = Arc::new(RateBudget::new(RateConfig { per_second: 10.0, burst: 1 }));
        budget.acquire(Priority::Background, 0).await;
        let served = Arc::new(Mutex::new(Vec::new()));
        let mut tasks = Vec::new();
        for (name, priority) in [
            ("background 1", Priority::Background),
            ("background 2", Priority::Background),
            ("click 1", Priority::Click),
            ("click 2", Priority::Click),
        ] {
            let (budget, log) = (Arc::clone(&budget), Arc::clone(&served));
            tasks.push(tokio::spawn(async move {
                budget.acquire(priority, 0).await;
                log.lock().unwrap().push(name);
            }));
            // Lets the task take its place before the next one comes.
            tokio::task::yield_now().await;
        }
        let started = Instant::now();
        for task in tasks {
            task.await.unwrap();
        }
        assert_eq!(*served.lock().unwrap(), ["click 1", "click 2", "background 1", "background 2"]);
        let took = started.elapsed();
        assert!((seconds(0.395)..seconds(0.45)).contains(&took), "took {took:?}");
    }

    #[tokio::test(start_paused = true)]
    async fn giving_up_a_place_lets_the_next_one_through() {
        let budget = Arc::new(RateBudget::new(RateConfig { per_second: 1.0, burst: 1 }));
        budget.acquire(Priority::Click, 0).await;
        let first = tokio::spawn({
            let budget = Arc::clone(&budget);
            async move { budget.acquire(Priority::Click, 0).await }
        });
        tokio::task::yield_now().await;
        let second = tokio::spawn({
            let budget = Arc::clone(&budget);
            async move { budget.acquire(Priority::Background, 0).await }
        });
        tokio::task::yield_now().await;
        first.abort();
        assert!(first.await.unwrap_err().is_cancelled());
        tokio::time::timeout(seconds(1.1), second).await.expect("the second waiter was never woken").unwrap();
    }

    #[tokio::test(start_paused = true)]
    async fn the_steady_rate_is_reached_under_load() {
        let budget = Arc::new(RateBudget::default());
        let started = Instant::now();
        let tasks: Vec<_> = (0..210)
            .map(|_| {
                let budget = Arc::clone(&budget);
                tokio::spawn(async move { budget.acquire(Priority::Background, 0).await })
            })
            .collect();
        for task in tasks {
            task.await.unwrap();
        }
        // Ten at once, then 200 at ten a second.
        let took = started.elapsed().as_secs_f64();
        assert!((19.9..20.4).contains(&took), "took {took}");
    }

    /// Lets each of these wait while the budget is used up; gives the order in which they were served.
    async fn order(waiters: Vec<(&'static str, Priority, Lane)>) -> Vec<&'static str> {
        let budget = Arc::new(RateBudget::new(RateConfig { per_second: 10.0, burst: 1 }));
        budget.acquire(Priority::Background, 0).await;
        let served = Arc::new(Mutex::new(Vec::new()));
        let mut tasks = Vec::new();
        for (name, priority, lane) in waiters {
            let (budget, log) = (Arc::clone(&budget), Arc::clone(&served));
            tasks.push(tokio::spawn(async move {
                budget.acquire(priority, lane).await;
                log.lock().unwrap().push(name);
            }));
            tokio::task::yield_now().await;
        }
        for task in tasks {
            task.await.unwrap();
        }
        served.lock().unwrap().clone()
    }

    #[tokio::test(start_paused = true)]
    async fn a_stream_of_clicks_leaves_every_fifth_turn_to_the_rest() {
        let mut waiters =
            vec![("background", Priority::Background, 0), ("background", Priority::Background, 0)];
        waiters.extend((0..10).map(|_| ("click", Priority::Click, 0)));
        let served = order(waiters).await;
        let turns: Vec<usize> = (0..served.len()).filter(|turn| served[*turn] == "background").collect();
        assert_eq!(turns, [4, 9], "{served:?}");
    }

    #[tokio::test(start_paused = true)]
    async fn lanes_take_turns() {
        let mut waiters: Vec<_> = (0..6).map(|_| ("much", Priority::Background, 1)).collect();
        waiters.extend((0..2).map(|_| ("little", Priority::Background, 2)));
        let served = order(waiters).await;
        assert_eq!(served[..4], ["much", "little", "much", "little"], "{served:?}");
    }

    #[tokio::test(start_paused = true)]
    async fn a_slot_to_come_is_waited_for_outside_the_queue() {
        /// Gives slots a second apart, in advance.
        struct Ahead(Mutex<u64>);

        impl Slots for Ahead {
            fn take(&self, _: Priority) -> Later<'_, Slot> {
                let mut given = self.0.lock().unwrap();
                *given += 1;
                Box::pin(std::future::ready(Slot::In(Duration::from_secs(*given))))
            }

            fn refused(&self, _: Option<Duration>, _: f64) -> Later<'_, ()> {
                Box::pin(std::future::ready(()))
            }

            fn accepted(&self) -> Later<'_, ()> {
                Box::pin(std::future::ready(()))
            }
        }

        let budget = Arc::new(RateBudget::from_slots(Box::new(Ahead(Mutex::new(0)))));
        let started = Instant::now();
        let tasks: Vec<_> = (0..3)
            .map(|_| {
                let budget = Arc::clone(&budget);
                tokio::spawn(async move {
                    budget.acquire(Priority::Click, 0).await;
                    started.elapsed().as_secs()
                })
            })
            .collect();
        let mut served = Vec::new();
        for task in tasks {
            served.push(task.await.unwrap());
        }
        assert_eq!(served, [1, 2, 3]);
    }
}
