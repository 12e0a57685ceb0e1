//! The token bucket of each key.

use std::{collections::HashMap, time::Instant};

/// Buckets by key id. Lever documents them as per key, with no limits per
/// endpoint: 10 requests a second, bursts to 20.
///
/// Buckets follow the machine's monotonic clock, not the account's, so that a
/// frozen account still answers.
#[derive(Debug, Default)]
pub(crate) struct Limits {
    buckets: HashMap<String, Bucket>,
}

#[derive(Debug)]
struct Bucket {
    tokens: f64,
    at: Instant,
}

impl Limits {
    /// Takes one token for `key` at `now`; `false` when there is none.
    pub(crate) fn take(&mut self, key: &str, now: Instant, per_second: f64, burst: f64) -> bool {
        let bucket = self.buckets.entry(key.to_owned()).or_insert(Bucket { tokens: burst, at: now });
        let passed = now.saturating_duration_since(bucket.at).as_secs_f64();
        bucket.tokens = (bucket.tokens + passed * per_second).min(burst);
        bucket.at = now;
        if bucket.tokens < 1.0 {
            return false;
        }
        bucket.tokens -= 1.0;
        true
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;

    #[test]
    fn a_burst_of_twenty_then_ten_a_second_for_each_key() {
        let start = Instant::now();
        let mut limits = Limits::default();
        let taken = |limits: &mut Limits, key: &str, at: Instant, calls: usize| {
            (0..calls).filter(|_| limits.take(key, at, 10.0, 20.0)).count()
        };
        assert_eq!(taken(&mut limits, "a", start, 30), 20);
        assert_eq!(taken(&mut limits, "b", start, 30), 20);
        let later = start + Duration::from_millis(501);
        assert_eq!(taken(&mut limits, "a", later, 30), 5);
        let much_later = start + Duration::from_secs(60);
        assert_eq!(taken(&mut limits, "a", much_later, 30), 20);
    }
}
