//! Insight: how far candidates come, and how long it takes.

use serde::{Deserialize, Serialize};

use crate::status::Status;

/// The steps of the funnel, from the first message to the hire.
pub const FUNNEL: [Status; 6] = [
    Status::Contacted,
    Status::Responded,
    Status::Screening,
    Status::Interviewing,
    Status::Offer,
    Status::Hired,
];

/// The statuses that people leave again on that way.
pub const LEFT: [Status; 5] =
    [Status::Contacted, Status::Responded, Status::Screening, Status::Interviewing, Status::Offer];

/// The page.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct InsightPage {
    /// Months that can be chosen, newest first: value and label.
    pub months: Vec<(String, String)>,
    /// Members who can be chosen: value and label.
    pub members: Vec<(String, String)>,
    /// The month chosen; empty for all of them.
    pub month: String,
    /// The member chosen; empty for everybody.
    pub member: String,
    /// One bar for each step of [`FUNNEL`].
    pub funnel: Vec<FunnelStep>,
    /// Time in each status, in the order of the pipeline.
    pub stays: Vec<StayView>,
    /// By month and recruiter, newest month first.
    pub rows: Vec<InsightRow>,
}

/// How many came at least this far.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct FunnelStep {
    /// The step.
    pub status: Status,
    /// How many people.
    pub people: u64,
    /// Of those written to, in percent.
    pub percent: u8,
}

/// How long people stayed in a status before they left it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct StayView {
    /// The status.
    pub status: Status,
    /// Half of them no longer than this, in words.
    pub median: String,
    /// How many left it.
    pub people: u64,
}

/// One recruiter's month.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct InsightRow {
    /// The month, in words.
    pub month: String,
    /// Whose candidates.
    pub recruiter: String,
    /// How many came at least as far as each step of [`FUNNEL`].
    pub people: [u64; 6],
    /// How long they stayed in each status of [`LEFT`]; none where nobody left it.
    pub medians: [Option<MedianStay>; 5],
}

/// Half of the stays were no longer.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct MedianStay {
    /// How long, in words.
    pub words: String,
    /// The same in days, for a spreadsheet: `2.50`.
    pub days: String,
}
