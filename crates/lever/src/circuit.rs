//! When to stop asking a Lever that does not answer, and when to try again.
//!
//! After so many failures in a row nothing is asked for a while (the circuit is *open*). Then one
//! request is let through as a probe: if it succeeds all may go again, if it fails the rest is
//! longer. Times are durations since any fixed moment.

use std::time::Duration;

/// When a circuit opens, and for how long.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct CircuitConfig {
    /// So many failures in a row open it.
    pub failures: u32,
    /// The first rest; it doubles with every probe that fails.
    pub first_rest: Duration,
    /// The longest rest.
    pub longest_rest: Duration,
}

impl Default for CircuitConfig {
    fn default() -> CircuitConfig {
        CircuitConfig {
            failures: 10,
            first_rest: Duration::from_secs(5),
            longest_rest: Duration::from_secs(60),
        }
    }
}

/// How much a random share may add to a rest.
const JITTER_SHARE: f64 = 0.5;
/// A probe that is not heard of for so long is given up: whoever made it is gone.
const PROBE: Duration = Duration::from_secs(30);
/// When to ask again while a probe is out.
const WHILE_PROBING: Duration = Duration::from_secs(1);

/// The circuit of one API key.
#[derive(Debug, Clone)]
pub(crate) struct Circuit {
    config: CircuitConfig,
    failures: u32,
    /// How often in a row it opened.
    rests: u32,
    open_until: Option<Duration>,
    probing_since: Option<Duration>,
}

impl Circuit {
    pub(crate) fn new(config: CircuitConfig) -> Circuit {
        Circuit { config, failures: 0, rests: 0, open_until: None, probing_since: None }
    }

    /// Whether a request may be tried.
    ///
    /// # Errors
    ///
    /// How long to wait before asking again.
    pub(crate) fn admit(&mut self, now: Duration) -> Result<(), Duration> {
        let Some(open_until) = self.open_until else { return Ok(()) };
        if now < open_until {
            return Err(open_until - now);
        }
        if self.probing_since.is_some_and(|since| now < since + PROBE) {
            return Err(WHILE_PROBING.min(self.config.first_rest));
        }
        self.probing_since = Some(now);
        Ok(())
    }

    /// Lever answered.
    pub(crate) fn succeeded(&mut self) {
        *self = Circuit::new(self.config);
    }

    /// Lever failed. `jitter` is from 0 to 1.
    pub(crate) fn failed(&mut self, now: Duration, jitter: f64) {
        self.failures = self.failures.saturating_add(1);
        // What was on its way when it opened does not prolong the rest.
        let resting = self.open_until.is_some_and(|until| now < until);
        if resting || self.failures < self.config.failures {
            return;
        }
        let rest =
            self.config.first_rest.saturating_mul(1 << self.rests.min(10)).min(self.config.longest_rest);
        self.rests = self.rests.saturating_add(1);
        self.open_until = Some(now + rest.mul_f64(1.0 + JITTER_SHARE * jitter.clamp(0.0, 1.0)));
        self.probing_since = None;
    }

    pub(crate) fn failures(&self) -> u32 {
        self.failures
    }

    /// For how long nothing is asked.
    pub(crate) fn rests_for(&self, now: Duration) -> Option<Duration> {
        self.open_until.filter(|until| now < *until).map(|until| until - now)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn seconds(seconds: u64) -> Duration {
        Duration::from_secs(seconds)
    }

    /// A circuit that has just opened, at second 100.
    fn open() -> Circuit {
        let mut circuit = Circuit::new(CircuitConfig::default());
        for _ in 0..10 {
            assert_eq!(circuit.admit(seconds(100)), Ok(()));
            circuit.failed(seconds(100), 0.0);
        }
        circuit
    }

    #[test]
    fn ten_failures_in_a_row_open_it_and_nine_do_not() {
        let mut circuit = Circuit::new(CircuitConfig::default());
        for _ in 0..9 {
            circuit.failed(seconds(1), 0.0);
        }
        circuit.succeeded();
        circuit.failed(seconds(1), 0.0);
        assert_eq!((circuit.admit(seconds(1)), circuit.failures()), (Ok(()), 1));
        let mut circuit = open();
        assert_eq!(circuit.admit(seconds(102)), Err(seconds(3)));
        assert_eq!(circuit.rests_for(seconds(102)), Some(seconds(3)));
        assert_eq!(circuit.rests_for(seconds(105)), None);
    }

    #[test]
    fn one_probe_decides() {
        let mut circuit = open();
        assert_eq!(circuit.admit(seconds(105)), Ok(()));
        assert_eq!(circuit.admit(seconds(106)), Err(WHILE_PROBING));
        circuit.failed(seconds(107), 0.0);
        assert_eq!(circuit.admit(seconds(107)), Err(seconds(10)), "twice as long");
        assert_eq!(circuit.admit(seconds(117)), Ok(()));
        circuit.succeeded();
        assert_eq!(circuit.admit(seconds(117)), Ok(()));
        assert_eq!(circuit.failures(), 0);
    }

    #[test]
    fn a_probe_that_is_never_heard_of_is_followed_by_another() {
        let mut circuit = open();
        assert_eq!(circuit.admit(seconds(110)), Ok(()));
        assert!(circuit.admit(seconds(139)).is_err());
        assert_eq!(circuit.admit(seconds(140)), Ok(()));
    }

    #[test]
    fn late_failures_do_not_prolong_the_rest_and_rests_have_an_end() {
        let mut circuit = open();
        circuit.failed(seconds(104), 1.0);
        assert_eq!(circuit.admit(seconds(104)), Err(seconds(1)));
        let mut now = seconds(105);
        for _ in 0..20 {
            assert_eq!(circuit.admit(now), Ok(()));
            circuit.failed(now, 1.0);
            let rest = circuit.rests_for(now).unwrap();
            assert!(rest <= seconds(90), "{rest:?}");
            now += rest;
        }
    }
}
