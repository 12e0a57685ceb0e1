//! Faults of the API, switched on by endpoint: as a probability, for the next
//! few calls, on named calls, or in a window of time. What a probability decides
//! follows from the seed.

use serde::{Deserialize, Serialize};

use crate::random::Random;

/// What goes wrong.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "kebab-case")]
pub enum FaultKind {
    /// 429, with `Retry-After` when a number of seconds is given.
    TooManyRequests {
        /// Seconds in `Retry-After`.
        #[serde(default)]
        retry_after_seconds: Option<u32>,
    },
    /// 500 with a JSON body; nothing is applied.
    InternalError,
    /// 503 with a body that is not JSON; nothing is applied.
    Unavailable,
    /// The answer comes this many milliseconds late; it is applied at the end.
    Slow {
        /// The delay in milliseconds.
        delay_ms: u64,
    },
    /// The request is applied at once, and the answer comes this many
    /// milliseconds late.
    SlowAnswer {
        /// The delay in milliseconds.
        delay_ms: u64,
    },
    /// 401, as if the key had been revoked.
    KeyRejected,
    /// 403, as if the key had no permission for this.
    PermissionMissing,
    /// What the call creates shows up in lists this many milliseconds late.
    ListLag {
        /// The delay in milliseconds, on the account's clock.
        delay_ms: i64,
    },
    /// The connection ends before the request is looked at.
    DropBefore,
    /// The request is applied, then the connection ends without an answer.
    DropAfter,
    /// The request is applied, then the connection ends half-way through the answer.
    DropMidBody,
    /// The request is applied, then answered with 500.
    AppliedThenError,
    /// The answer is right but says `content-type: text/html`.
    WrongContentType,
    /// Objects in the answer carry a field that no document names.
    ExtraFields,
}

/// When it goes wrong.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum When {
    /// Each matching call, with this probability (0 to 1).
    Probability(f64),
    /// The next so many matching calls.
    Count(u32),
    /// These matching calls, counted from 1 when the fault was set.
    Schedule(Vec<u64>),
    /// Every matching call while the account's clock is in this window.
    Window {
        /// The first instant, in milliseconds since the epoch.
        from: i64,
        /// The first instant after it.
        to: i64,
    },
}

/// One fault.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Fault {
    /// The endpoint's name as listed under `/_practice/endpoints`
    /// (`opportunities.create`), or `*` for all.
    pub endpoint: String,
    /// What goes wrong.
    #[serde(flatten)]
    pub kind: FaultKind,
    /// When it goes wrong.
    pub when: When,
    /// How many calls have matched; set by the practice Lever.
    #[serde(default)]
    pub matched: u64,
    /// How many calls have met the fault; set by the practice Lever.
    #[serde(default)]
    pub struck: u64,
}

impl Fault {
    /// A fault of one endpoint (or `*`).
    #[must_use]
    pub fn new(endpoint: &str, kind: FaultKind, when: When) -> Self {
        Self { endpoint: endpoint.to_owned(), kind, when, matched: 0, struck: 0 }
    }

    fn concerns(&self, endpoint: &str) -> bool {
        self.endpoint == "*" || self.endpoint == endpoint
    }

    fn strikes(&mut self, random: &mut Random, now: i64) -> bool {
        self.matched += 1;
        let strikes = match &mut self.when {
            When::Probability(probability) => random.fraction() < *probability,
            When::Count(left) if *left > 0 => {
                *left -= 1;
                true
            }
            When::Count(_) => false,
            When::Schedule(calls) => calls.contains(&self.matched),
            When::Window { from, to } => (*from..*to).contains(&now),
        };
        self.struck += u64::from(strikes);
        strikes
    }

    /// What is wrong with the fault, if anything.
    pub(crate) fn problem(&self, known: impl Fn(&str) -> bool) -> Option<String> {
        if self.endpoint != "*" && !known(&self.endpoint) {
            return Some(format!("there is no endpoint called {}", self.endpoint));
        }
        match self.when {
            When::Probability(p) if !(0.0..=1.0).contains(&p) => {
                Some("a probability lies between 0 and 1".to_owned())
            }
            When::Window { from, to } if from >= to => Some("a window ends after it begins".to_owned()),
            _ => None,
        }
    }
}

/// All faults that are switched on.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub(crate) struct FaultPlan {
    pub(crate) faults: Vec<Fault>,
}

impl FaultPlan {
    /// Whether any fault concerns this endpoint, so that a draw is needed.
    pub(crate) fn concerns(&self, endpoint: &str) -> bool {
        self.faults.iter().any(|fault| fault.concerns(endpoint))
    }

    /// Counts a call of `endpoint` at this instant and returns what befalls it.
    pub(crate) fn draw(&mut self, endpoint: &str, random: &mut Random, now: i64) -> Vec<FaultKind> {
        self.faults
            .iter_mut()
            .filter(|fault| fault.concerns(endpoint))
            .filter_map(|fault| fault.strikes(random, now).then(|| fault.kind.clone()))
            .collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn struck(when: When, calls: usize) -> Vec<usize> {
        let mut plan = FaultPlan { faults: vec![Fault::new("users.list", FaultKind::InternalError, when)] };
        let mut random = Random::new(3);
        (1..=calls)
            .filter(|call| {
                let now = i64::try_from(*call).unwrap() * 10;
                !plan.draw("users.list", &mut random, now).is_empty()
            })
            .collect()
    }

    #[test]
    fn a_count_strikes_the_next_calls_and_a_schedule_the_named_ones() {
        assert_eq!(struck(When::Count(2), 5), [1, 2]);
        assert_eq!(struck(When::Schedule(vec![2, 5]), 6), [2, 5]);
    }

    #[test]
    fn a_window_strikes_while_the_clock_is_in_it() {
        assert_eq!(struck(When::Window { from: 20, to: 40 }, 6), [2, 3]);
        let known = |_: &str| true;
        let empty = Fault::new("*", FaultKind::Unavailable, When::Window { from: 5, to: 5 });
        assert!(empty.problem(known).is_some());
    }

    #[test]
    fn a_probability_strikes_about_that_often() {
        let share = struck(When::Probability(0.2), 10_000).len();
        assert!((1_700..2_300).contains(&share), "{share}");
        assert!(struck(When::Probability(0.0), 100).is_empty());
    }

    #[test]
    fn another_endpoint_is_left_alone() {
        let mut plan =
            FaultPlan { faults: vec![Fault::new("users.list", FaultKind::DropBefore, When::Count(1))] };
        assert!(plan.draw("stages.list", &mut Random::new(1), 0).is_empty());
        assert_eq!(plan.draw("users.list", &mut Random::new(1), 0).len(), 1);
    }

    #[test]
    fn a_fault_is_written_as_one_flat_object() {
        let fault: Fault = serde_json::from_str(
            r#"{"endpoint": "*", "kind": "slow", "delay_ms": 40, "when": {"probability": 0.5}}"#,
        )
        .unwrap();
        assert_eq!(fault.kind, FaultKind::Slow { delay_ms: 40 });
        assert_eq!(fault.when, When::Probability(0.5));
        let window: When = serde_json::from_str(r#"{"window": {"from": 1, "to": 2}}"#).unwrap();
        assert_eq!(window, When::Window { from: 1, to: 2 });
    }
}
