//! The sheet before an import is sent.

use crate::ids::CandidateId;

/// Who would be sent, credited to whom, and what there is to choose.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ImportSheet {
    /// Whom.
    pub candidate: CandidateId,
    /// Their name.
    pub name: String,
    /// Why it cannot be sent now; there is nothing to choose then.
    pub blocked: Option<String>,
    /// Lever's page, once they are there.
    pub url: Option<String>,
    /// Why the last try failed.
    pub failed: Option<String>,
    /// Whether the last try may have reached Lever: what it made there stands
    /// as it was chosen then.
    pub may_be_there: bool,
    /// Name of the Lever user who will be credited; `None`: nobody can be.
    pub credited_to: Option<String>,
    /// What is sent, line by line: what it is, and its values.
    pub sent: Vec<(&'static str, Vec<String>)>,
    /// The published postings; empty also when the key may not list them.
    pub postings: Vec<SheetOption>,
    /// The stages in pipeline order.
    pub stages: Vec<SheetOption>,
    /// The Lever users of other members.
    pub followers: Vec<SheetOption>,
}

/// Something to choose.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SheetOption {
    /// Lever's id.
    pub id: String,
    /// What a person reads.
    pub label: String,
    /// Whether it is chosen at first.
    pub chosen: bool,
}
