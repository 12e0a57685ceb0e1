//! Health: how deliveries and work for Lever fare.

use serde::{Deserialize, Serialize};

use crate::time::Moment;

/// The page.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct HealthPage {
    /// What Lever answers, in a sentence.
    pub lever: LeverAnswers,
    /// When a delivery came last, within the time shown.
    pub last_delivery: Option<Moment>,
    /// The last 24 hours, oldest first, those without a delivery too.
    pub hours: Vec<HourView>,
    /// The last 60 minutes, oldest first, those without a request to Lever too.
    pub minutes: Vec<MinuteView>,
    /// Work that waits, by kind.
    pub queue: Vec<QueueView>,
    /// Jobs that run.
    pub running: u32,
    /// Jobs that were given up; what they were about needs attention.
    pub given_up: u32,
    /// Requests that wait for their turn in this process.
    pub requests_waiting: u32,
    /// Requests a second that Lever allows the key.
    pub rate: u32,
}

/// What Lever answers.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum LeverAnswers {
    /// Nothing is asked: no key is stored.
    NotAsked,
    /// It answers.
    Yes,
    /// The last requests failed, this many in a row.
    Failing(u32),
    /// It kept failing since then, and is asked again at the second instant.
    Resting(Moment, Moment),
}

/// The deliveries of an hour.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct HourView {
    /// When it began, as `14:00`, UTC.
    pub label: String,
    /// How many arrived.
    pub received: u32,
    /// The longest time from arrival to the status here, in milliseconds.
    pub slowest: Option<u64>,
    /// How many still waited at its end; in the hour that is not over: how many wait.
    pub waited: u32,
}

/// The requests to Lever of a minute.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct MinuteView {
    /// When it began, as `14:05`, UTC.
    pub label: String,
    /// How many ended.
    pub requests: u32,
}

/// Work of one kind that waits.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct QueueView {
    /// What it does.
    pub what: String,
    /// How many are due now.
    pub due: u32,
    /// How many come later.
    pub later: u32,
    /// How long the first one has been due, in words.
    pub waits: String,
}
