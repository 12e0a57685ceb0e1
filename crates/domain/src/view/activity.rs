//! The activity log.

use serde::{Deserialize, Serialize};

use crate::ids::{ActivityId, CandidateId};
use crate::time::Moment;

/// One page of the log, newest first.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ActivityPage {
    /// The entries.
    pub rows: Vec<ActivityRow>,
    /// Cursor for *Older*.
    pub next: Option<String>,
}

/// One entry.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ActivityRow {
    /// Which.
    pub id: ActivityId,
    /// When.
    pub at: Moment,
    /// Who: a member, Lever, or Fulcrum itself.
    pub who: String,
    /// What happened, in a sentence.
    pub what: String,
    /// The candidate it is about.
    pub candidate: Option<CandidateId>,
}
