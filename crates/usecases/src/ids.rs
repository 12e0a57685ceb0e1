//! Ids that sort by age, also within one millisecond.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use domain::time::Timestamp;
use uuid::Uuid;

use crate::random::Random;

/// Bits that count within a millisecond: the field `rand_a` of a UUID version 7.
const COUNTER_BITS: u32 = 12;

/// Where ids come from: UUID version 7 whose field `rand_a` counts (RFC 9562,
/// 6.2, method 1), so that what one process made later sorts later. Clones count
/// together.
#[derive(Clone, Debug, Default)]
pub struct Ids(Arc<AtomicU64>);

impl Ids {
    /// The next id. A clock that stands still or goes back does not make it older
    /// than the one before.
    pub(crate) fn next(&self, now: Timestamp, random: &dyn Random) -> Uuid {
        let first = u64::try_from(now.0).unwrap_or(0) << COUNTER_BITS;
        let after = |last: u64| first.max(last + 1);
        let mut last = self.0.load(Ordering::Relaxed);
        while let Err(other) =
            self.0.compare_exchange_weak(last, after(last), Ordering::Relaxed, Ordering::Relaxed)
        {
            last = other;
        }
        let place = after(last);
        let counter = u16::try_from(place & ((1 << COUNTER_BITS) - 1)).unwrap_or(0);
        let mut bytes = [0; 10];
        random.fill(&mut bytes[2..]);
        bytes[..2].copy_from_slice(&counter.to_be_bytes());
        uuid::Builder::from_unix_timestamp_millis(place >> COUNTER_BITS, &bytes).into_uuid()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::random::SeededRandom;

    #[test]
    fn what_is_made_later_sorts_later_whatever_the_clock_does() {
        let (ids, random) = (Ids::default(), SeededRandom::new(1));
        let instants = [5, 5, 5, 4, 6].into_iter().chain(std::iter::repeat_n(6, 10_000));
        let made: Vec<Uuid> = instants.map(|at| ids.next(Timestamp(at), &random)).collect();
        assert!(made.is_sorted_by(|one, two| one < two));
        assert!(made.iter().all(|id| id.get_version_num() == 7));
    }

    #[test]
    fn an_id_tells_its_millisecond() {
        let id = Ids::default().next(Timestamp(1_795_465_320_000), &SeededRandom::new(1));
        assert_eq!(id.as_u128() >> 80, 1_795_465_320_000);
    }
}
