//! The rate of an API key that several server processes share: through a row in
//! their database, in which each request is given its instant.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use lever::{Later, Priority, RateConfig, Slot, Slots};
use store::Store;
use store::lever_rates::{self, Pace};

use crate::clock::Clock;

/// How far ahead a click takes its slot.
const PATIENCE_OF_CLICKS: i64 = 1_000_000;
/// How far ahead background work does: less, so that a click of another process
/// gets in before it.
const PATIENCE_OF_THE_REST: i64 = 200_000;
/// How long to wait when the database cannot be asked.
const STORE_AWAY: Duration = Duration::from_millis(500);

/// With what the rate is shared.
#[derive(Clone)]
pub(crate) struct Sharing {
    /// The database of all processes.
    pub(crate) store: Store,
    /// Where the time comes from. The clocks of the processes must agree about
    /// as well as Lever's burst is long: within a second.
    pub(crate) clock: Arc<dyn Clock>,
}

impl Sharing {
    /// The slots of one key.
    pub(crate) fn slots(&self, key_hash: &[u8; 32], rate: RateConfig) -> SharedSlots {
        let interval = (1e6 / rate.per_second.max(0.01)).ceil() as i64;
        SharedSlots {
            sharing: self.clone(),
            key_hash: hex::encode(key_hash),
            rate,
            pace: Pace { interval, ahead: interval * (i64::from(rate.burst.max(1)) - 1) },
            refused: AtomicBool::new(false),
        }
    }
}

/// The slots of one key.
pub(crate) struct SharedSlots {
    sharing: Sharing,
    key_hash: String,
    rate: RateConfig,
    pace: Pace,
    /// Whether a 429 came that no success has followed: only then a success is
    /// worth a statement.
    refused: AtomicBool,
}

impl SharedSlots {
    /// Microseconds since the epoch.
    fn now(&self) -> i64 {
        self.sharing.clock.now().0.saturating_mul(1_000)
    }

    async fn next(&self, priority: Priority) -> store::Result<Slot> {
        let patience = match priority {
            Priority::Click => PATIENCE_OF_CLICKS,
            Priority::Background => PATIENCE_OF_THE_REST,
        };
        let mut tx = self.sharing.store.begin().await?;
        let now = self.now();
        let slot = lever_rates::take(&mut tx, &self.key_hash, self.pace, patience, now).await?;
        tx.commit().await?;
        let until = |at: i64| Duration::from_micros(u64::try_from(at.saturating_sub(now)).unwrap_or(0));
        Ok(match slot {
            lever_rates::Slot::At(at) => Slot::In(until(at)),
            // Never at once, or two processes whose clocks differ would ask without end.
            lever_rates::Slot::AskAgain(at) => Slot::AskAgain(until(at).max(Duration::from_millis(5))),
        })
    }

    async fn block(&self, retry_after: Option<Duration>, jitter: f64) -> store::Result<()> {
        let mut tx = self.sharing.store.begin().await?;
        let now = self.now();
        if let Some(refusals) = lever_rates::refusals(&mut tx, &self.key_hash, now).await? {
            let pause = self.rate.pause(refusals, retry_after, jitter);
            let until = now.saturating_add(i64::try_from(pause.as_micros()).unwrap_or(i64::MAX));
            lever_rates::block(&mut tx, &self.key_hash, self.pace, until, now).await?;
        }
        tx.commit().await
    }

    async fn unblock(&self) -> store::Result<()> {
        let mut tx = self.sharing.store.begin().await?;
        lever_rates::accepted(&mut tx, &self.key_hash, self.now()).await?;
        tx.commit().await
    }
}

impl Slots for SharedSlots {
    fn take(&self, priority: Priority) -> Later<'_, Slot> {
        Box::pin(async move {
            match self.next(priority).await {
                Ok(slot) => slot,
                Err(error) => {
                    tracing::warn!(%error, "the shared rate cannot be asked");
                    Slot::AskAgain(STORE_AWAY)
                }
            }
        })
    }

    fn refused(&self, retry_after: Option<Duration>, jitter: f64) -> Later<'_, ()> {
        Box::pin(async move {
            self.refused.store(true, Ordering::Relaxed);
            if let Err(error) = self.block(retry_after, jitter).await {
                tracing::warn!(%error, "other processes were not told of a 429");
            }
        })
    }

    fn accepted(&self) -> Later<'_, ()> {
        Box::pin(async move {
            if self.refused.swap(false, Ordering::Relaxed)
                && let Err(error) = self.unblock().await
            {
                tracing::warn!(%error, "other processes were not told that Lever takes requests again");
            }
        })
    }
}
