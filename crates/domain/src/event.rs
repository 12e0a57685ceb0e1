//! What changed, for open screens: kinds and ids only, never content.

use serde::{Deserialize, Serialize};

/// A change that open screens of the organisation may want to show.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum Change {
    /// A candidate's data, thread, status or import changed.
    Candidate {
        /// Which one.
        id: crate::ids::CandidateId,
    },
    /// The connection, its lights, maps or health changed.
    Connection,
    /// Attention items came or went.
    Attention,
    /// Members or invitations changed.
    Members,
    /// Something may have been missed: show everything afresh.
    All,
}
