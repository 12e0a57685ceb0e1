//! Times of many alike events, and the ones that most stay below.

use std::time::Duration;

/// What was measured of each, shortest first.
#[derive(Clone, Debug, Default)]
pub(super) struct Times(Vec<Duration>);

impl Times {
    /// Of these.
    #[must_use]
    pub(super) fn of(mut times: Vec<Duration>) -> Self {
        times.sort_unstable();
        Self(times)
    }

    /// These, and others.
    pub(super) fn extend(&mut self, others: Self) {
        self.0.extend(others.0);
        self.0.sort_unstable();
    }

    /// How many there are.
    #[must_use]
    pub(super) fn count(&self) -> usize {
        self.0.len()
    }

    /// The time that `share` (of 1) of them do not exceed, by the nearest rank,
    /// in milliseconds; no number where there are none.
    #[must_use]
    pub(super) fn millis(&self, share: f64) -> f64 {
        let rank = (self.0.len() as f64 * share).ceil() as usize;
        let found = self.0.get(rank.clamp(1, self.0.len().max(1)) - 1);
        found.map_or(f64::NAN, |time| time.as_secs_f64() * 1_000.0)
    }
}

impl std::fmt::Display for Times {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(
            f,
            "p50 {:.2} ms, p90 {:.2} ms, p99 {:.2} ms, longest {:.2} ms ({} of them)",
            self.millis(0.5),
            self.millis(0.9),
            self.millis(0.99),
            self.millis(1.0),
            self.count()
        )
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_nearest_rank_is_told() {
        let times = Times::of((1..=100).rev().map(Duration::from_millis).collect());
        assert_eq!([0.5, 0.99, 1.0].map(|share| times.millis(share)), [50.0, 99.0, 100.0]);
        assert_eq!(Times::of(vec![Duration::from_millis(3)]).millis(0.01), 3.0);
        assert!(Times::of(Vec::new()).millis(0.5).is_nan());
        let mut more = times;
        more.extend(Times::of(vec![Duration::from_millis(200)]));
        assert_eq!((more.count(), more.millis(1.0), more.millis(0.01)), (101, 200.0, 2.0));
    }
}
