//! Needs attention.

use serde::{Deserialize, Serialize};

use crate::attention::AttentionKind;
use crate::ids::{AttentionId, CandidateId};
use crate::mapping::Target;
use crate::status::Status;
use crate::time::Moment;
use crate::view::Listed;

/// A page of the open items this viewer may see.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AttentionPage {
    /// The items of the page.
    pub items: Listed<AttentionRow>,
    /// How many there are on all pages.
    pub open: u32,
    /// Kinds of which several can be tried again at one press, on whatever page they stand.
    pub several: Vec<RetryAll>,
}

/// Several items of one kind, tried again at one press.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct RetryAll {
    /// Which.
    pub kind: AttentionKind,
    /// The button's name.
    pub label: String,
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
    /// A field for the signing token that is missing.
    Paste {
        /// The field's name.
        label: String,
    },
    /// What a stage or archive reason means here.
    Place(PlaceQuestion),
    /// A status set by hand, or Lever's.
    Status {
        /// Whose.
        candidate: CandidateId,
        /// Set by hand.
        ours: Option<Status>,
        /// Lever's.
        levers: Option<Status>,
    },
    /// Whether the data of somebody who was anonymised in Lever stays here.
    Erasure {
        /// Whose.
        candidate: CandidateId,
        /// The name of the button that erases.
        label: String,
    },
}

/// What a stage or archive reason means here, asked in its row.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct PlaceQuestion {
    /// Lever's id.
    pub id: String,
    /// Its name: the name of the field.
    pub name: String,
    /// Whether it is an archive reason.
    pub archived: bool,
    /// Every possible answer.
    pub targets: Vec<Target>,
    /// The proposal.
    pub target: Option<Target>,
    /// What the proposal would do.
    pub preview: String,
    /// Upon which save of the map this is based.
    pub version: u32,
}
