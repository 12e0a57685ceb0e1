//! The rate budget of one API key.
//!
//! Lever gives every key a token bucket of 10 requests a second with bursts up to 20 "when
//! possible" (Lever documentation, Rate limits). [`Bucket`] is the arithmetic, with the time as an
//! argument; [`RateBudget`] is what clients of one key share: a queue in front of a bucket, in
//! which clicks of people go before background work.

use std::{
    collections::BTreeMap,
    fmt,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::Duration,
};

use tokio::{
    sync::Notify,
    time::{Instant, sleep},
};

/// The first pause after a 429 that names none.
const FIRST_PAUSE: Duration = Duration::from_secs(1);
/// The longest pause that doubling leads to.
const LONGEST_PAUSE: Duration = Duration::from_secs(30);
/// The longest `Retry-After` that is obeyed.
const LONGEST_OBEYED: Duration = Duration::from_secs(120);
/// How much a random share may add to a pause, so that several servers with one key do not all
/// come back at once.
const JITTER_SHARE: f64 = 0.5;

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

/// A token bucket. Times are durations since any fixed moment.
#[derive(Debug, Clone)]
pub struct Bucket {
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

    /// Lever refused a request with 429: empties the bucket and blocks it for the time Lever
    /// asked for, else for a second, doubled at every refusal in a row up to 30 s. `jitter`, from
    /// 0 to 1, adds up to a half. Refusals that arrive while it is blocked belong to the same
    /// event and change nothing.
    pub fn refused(&mut self, now: Duration, retry_after: Option<Duration>, jitter: f64) {
        if now < self.blocked_until {
            return;
        }
        let pause = match retry_after {
            Some(asked) => asked.min(LONGEST_OBEYED),
            None => FIRST_PAUSE.saturating_mul(1 << self.refusals.min(5)).min(LONGEST_PAUSE),
        };
        let pause = pause.mul_f64(1.0 + JITTER_SHARE * jitter.clamp(0.0, 1.0));
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

/// The budget that all clients of one API key share.
pub struct RateBudget {
    state: Mutex<State>,
    started: Instant,
    jitter: Box<dyn Fn() -> f64 + Send + Sync>,
}

struct State {
    bucket: Bucket,
    /// Who waits, in the order in which they are served.
    waiting: BTreeMap<Ticket, Arc<Notify>>,
    next_number: u64,
}

/// A place in the queue: by priority, then by arrival.
type Ticket = (Priority, u64);

impl Default for RateBudget {
    fn default() -> RateBudget {
        RateBudget::new(RateConfig::default())
    }
}

impl RateBudget {
    /// A full budget, whose pauses after a 429 have no random share.
    pub fn new(config: RateConfig) -> RateBudget {
        RateBudget {
            state: Mutex::new(State {
                bucket: Bucket::new(config),
                waiting: BTreeMap::new(),
                next_number: 0,
            }),
            started: Instant::now(),
            jitter: Box::new(|| 0.0),
        }
    }

    /// Sets the source of the random share of a pause after a 429: a function that gives a number
    /// from 0 to 1. Set it where several servers use one key.
    pub fn with_jitter(self, jitter: impl Fn() -> f64 + Send + Sync + 'static) -> RateBudget {
        RateBudget { jitter: Box::new(jitter), ..self }
    }

    /// Waits until one request may go out. Clicks are served before background work, equals in
    /// the order of arrival. Dropping the future gives the place in the queue up.
    pub async fn acquire(&self, priority: Priority) {
        let place = self.enqueue(priority);
        loop {
            match self.try_take(place.ticket) {
                Turn::Now => return,
                Turn::After(wait) => tokio::select! {
                    () = sleep(wait) => {}
                    () = place.woken.notified() => {}
                },
                Turn::Behind => place.woken.notified().await,
            }
        }
    }

    /// Tells the budget that Lever answered 429.
    pub(crate) fn refused(&self, retry_after: Option<Duration>) {
        let jitter = (self.jitter)();
        let now = self.started.elapsed();
        self.lock().bucket.refused(now, retry_after, jitter);
    }

    /// Tells the budget that Lever answered something else.
    pub(crate) fn accepted(&self) {
        let now = self.started.elapsed();
        self.lock().bucket.accepted(now);
    }

    fn enqueue(&self, priority: Priority) -> Place<'_> {
        let woken = Arc::new(Notify::new());
        let mut state = self.lock();
        let ticket = (priority, state.next_number);
        state.next_number += 1;
        state.waiting.insert(ticket, Arc::clone(&woken));
        Place { budget: self, ticket, woken }
    }

    fn try_take(&self, ticket: Ticket) -> Turn {
        let now = self.started.elapsed();
        let mut state = self.lock();
        if state.waiting.keys().next() != Some(&ticket) {
            return Turn::Behind;
        }
        match state.bucket.take(now) {
            Ok(()) => Turn::Now,
            Err(wait) => Turn::After(wait),
        }
    }

    /// No code panics while holding the lock, and the state is valid between any two statements.
    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl fmt::Debug for RateBudget {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let state = self.lock();
        f.debug_struct("RateBudget")
            .field("bucket", &state.bucket)
            .field("waiting", &state.waiting.len())
            .finish_non_exhaustive()
    }
}

enum Turn {
    Now,
    After(Duration),
    Behind,
}

/// A place in the queue. Leaving it, served or not, wakes whoever is first then.
struct Place<'a> {
    budget: &'a RateBudget,
    ticket: Ticket,
    woken: Arc<Notify>,
}

impl Drop for Place<'_> {
    fn drop(&mut self) {
        let mut state = self.budget.lock();
        state.waiting.remove(&self.ticket);
        if let Some(first) = state.waiting.values().next() {
            first.notify_one();
        }
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
        budget.acquire(Priority::Background).await;
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
                budget.acquire(priority).await;
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
        budget.acquire(Priority::Click).await;
        let first = tokio::spawn({
            let budget = Arc::clone(&budget);
            async move { budget.acquire(Priority::Click).await }
        });
        tokio::task::yield_now().await;
        let second = tokio::spawn({
            let budget = Arc::clone(&budget);
            async move { budget.acquire(Priority::Background).await }
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
                tokio::spawn(async move { budget.acquire(Priority::Background).await })
            })
            .collect();
        for task in tasks {
            task.await.unwrap();
        }
        // Ten at once, then 200 at ten a second.
        let took = started.elapsed().as_secs_f64();
        assert!((19.9..20.4).contains(&took), "took {took}");
    }
}
