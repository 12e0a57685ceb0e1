//! The account's clock: real time with an offset, or frozen.

use serde::{Deserialize, Serialize};

/// How the account's time follows the machine's.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Clock {
    /// The instant the clock stands still at, in milliseconds since the epoch.
    pub(crate) frozen_at: Option<i64>,
    /// How far the running clock is ahead of the machine's, in milliseconds.
    pub(crate) offset_ms: i64,
}

impl Clock {
    /// The account's time when the machine's is `real_ms`.
    pub(crate) fn now(&self, real_ms: i64) -> i64 {
        self.frozen_at.unwrap_or_else(|| real_ms.saturating_add(self.offset_ms))
    }

    /// Stops the clock at `at`, or where it stands.
    pub(crate) fn freeze(&mut self, at: Option<i64>, real_ms: i64) {
        self.frozen_at = Some(at.unwrap_or_else(|| self.now(real_ms)));
    }

    /// Moves the clock forward (or back) by `ms`, frozen or not.
    pub(crate) fn step(&mut self, ms: i64) {
        match &mut self.frozen_at {
            Some(at) => *at = at.saturating_add(ms),
            None => self.offset_ms = self.offset_ms.saturating_add(ms),
        }
    }

    /// Lets the clock run again from where it stands.
    pub(crate) fn run(&mut self, real_ms: i64) {
        if let Some(at) = self.frozen_at.take() {
            self.offset_ms = at.saturating_sub(real_ms);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_frozen_clock_moves_only_when_stepped() {
        let mut clock = Clock::default();
        clock.freeze(Some(1_000), 77);
        assert_eq!(clock.now(5_000_000), 1_000);
        clock.step(500);
        assert_eq!(clock.now(9_000_000), 1_500);
        clock.run(10_000);
        assert_eq!(clock.now(10_200), 1_700);
    }

    #[test]
    fn a_running_clock_can_be_stepped_ahead() {
        let mut clock = Clock::default();
        clock.step(60_000);
        assert_eq!(clock.now(1_000), 61_000);
    }
}
