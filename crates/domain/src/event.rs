//! What changed, for open screens: kinds and ids only, never content.

use std::fmt;

use uuid::Uuid;

use crate::ids::{BulkImportId, CandidateId};

/// A change that open screens of the organisation may want to show.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Change {
    /// A candidate's data, thread, status or import changed.
    Candidate {
        /// Which one.
        id: CandidateId,
    },
    /// An import of many is further on.
    BulkImport {
        /// Which one.
        id: BulkImportId,
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

impl Change {
    /// Reads what a stream of events told. What an older program does not
    /// understand may concern it all the same: then it is [`Change::All`].
    #[must_use]
    pub fn read(told: &str) -> Self {
        let (kind, id) = told.split_once(' ').unwrap_or((told, ""));
        match (kind, id.parse::<Uuid>()) {
            ("candidate", Ok(id)) => Self::Candidate { id: id.into() },
            ("bulk_import", Ok(id)) => Self::BulkImport { id: id.into() },
            ("connection", _) => Self::Connection,
            ("attention", _) => Self::Attention,
            ("members", _) => Self::Members,
            _ => Self::All,
        }
    }
}

/// As a stream of events tells it: the kind and, where there is one, the id.
impl fmt::Display for Change {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Candidate { id } => write!(f, "candidate {id}"),
            Self::BulkImport { id } => write!(f, "bulk_import {id}"),
            Self::Connection => f.write_str("connection"),
            Self::Attention => f.write_str("attention"),
            Self::Members => f.write_str("members"),
            Self::All => f.write_str("all"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_change_reads_back_and_nonsense_is_everything() {
        let id = Uuid::from_u128(1);
        let changes = [
            Change::Candidate { id: id.into() },
            Change::BulkImport { id: id.into() },
            Change::Connection,
            Change::Attention,
            Change::Members,
            Change::All,
        ];
        for told in changes {
            assert_eq!(Change::read(&told.to_string()), told);
        }
        for nonsense in ["", "nonsense", "candidate", "candidate 1", "of-a-later-version 1"] {
            assert_eq!(Change::read(nonsense), Change::All);
        }
    }
}
