//! Needs attention.

use serde::{Deserialize, Serialize};

use crate::attention::AttentionKind;
use crate::ids::{AttentionId, CandidateId};
use crate::time::Moment;

/// The open items this viewer may see.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct AttentionPage {
    /// Newest first.
    pub rows: Vec<AttentionRow>,
}

/// One item.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct AttentionRow {
    /// Which.
    pub id: AttentionId,
    /// What kind.
    pub kind: AttentionKind,
    /// What is the matter, in a few words.
    pub title: String,
    /// The plain reason and what to do.
    pub reason: String,
    /// `You can`, or who can.
    pub who_can: String,
    /// The candidate it is about.
    pub candidate: Option<CandidateId>,
    /// Since when.
    pub since: Moment,
    /// The one-press mend, where this viewer has one.
    pub mend: Option<Mend>,
}

/// What one press does.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Mend {
    /// A button that tries again.
    Retry {
        /// The button's name.
        label: String,
    },
    /// A link to where it is decided.
    Open {
        /// The link's name.
        label: String,
        /// Where, within the application.
        href: String,
    },
}
