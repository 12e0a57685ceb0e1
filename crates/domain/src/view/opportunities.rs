//! The opportunities of one contact in Lever, of which one counts.

use serde::{Deserialize, Serialize};

use crate::ids::CandidateId;
use crate::time::Moment;

/// All that are known.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct OpportunitiesView {
    /// Whose.
    pub candidate: CandidateId,
    /// The one that counts first.
    pub rows: Vec<OpportunityRow>,
    /// Who chose that one, and when: `by Ana Ruiz, 23 Nov`; `None`: the import.
    pub chosen: Option<String>,
    /// Whether Lever can be asked for more.
    pub can_look: bool,
}

/// One opportunity.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct OpportunityRow {
    /// Lever's id.
    pub id: String,
    /// Whether it counts.
    pub counts: bool,
    /// The candidate it counts for, where that is another one.
    pub of_another: bool,
    /// The stage's name.
    pub stage: String,
    /// The owner's name.
    pub owner: Option<String>,
    /// The posting's title, where it is known.
    pub posting: Option<String>,
    /// The archive reason's name and date.
    pub archived: Option<String>,
    /// Lever's page.
    pub url: String,
    /// When it was read.
    pub read: Moment,
}
