//! An import of many candidates, as a person sees it.

use serde::{Deserialize, Serialize};

use crate::ids::{BulkImportId, CandidateId};
use crate::import::{BulkOutcome, BulkState};
use crate::time::Moment;

/// A run and one page of its results.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct BulkImportPage {
    /// The run.
    pub run: BulkImportView,
    /// Which results are shown; `None`: all.
    pub outcome: Option<BulkOutcome>,
    /// The results.
    pub items: Vec<BulkItemView>,
    /// From where *Next* goes on, when there is more.
    pub next: Option<u32>,
}

/// A run.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct BulkImportView {
    /// Which.
    pub id: BulkImportId,
    /// Where it stands.
    pub state: BulkState,
    /// Who started it.
    pub started_by: String,
    /// When.
    pub started: Moment,
    /// When it came to its end.
    pub finished: Option<Moment>,
    /// How many candidates it is about, as far as known.
    pub total: u32,
    /// Whether the candidates are still being gathered.
    pub collecting: bool,
    /// How many are how far, in the order of [`BulkOutcome::ALL`].
    pub counts: Vec<(BulkOutcome, u32)>,
    /// How many came to an end; with those who wait and are on the way this is the total.
    pub ended: u32,
    /// How many came to an end in the last minute; `None` when it does not run.
    pub per_minute: Option<u32>,
    /// How much longer it takes at that rate: `about 12 minutes`.
    pub time_left: Option<String>,
    /// Whether this viewer may pause, resume, stop and retry it.
    pub may_steer: bool,
}

impl BulkImportView {
    /// How many are so far.
    #[must_use]
    pub fn count(&self, outcome: BulkOutcome) -> u32 {
        self.counts.iter().find(|(of, _)| *of == outcome).map_or(0, |(_, count)| *count)
    }

    /// How many a retry would ask for again.
    #[must_use]
    pub fn retryable(&self) -> u32 {
        self.count(BulkOutcome::Failed)
    }
}

/// One candidate of a run.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct BulkItemView {
    /// Who.
    pub candidate: CandidateId,
    /// Their name.
    pub name: String,
    /// How far it is.
    pub outcome: BulkOutcome,
    /// Why, where that needs saying.
    pub reason: String,
}
