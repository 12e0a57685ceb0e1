//! The way back.

use serde::{Deserialize, Serialize};

use crate::ids::CandidateId;
use crate::status::Status;

/// What a Super Admin sees and changes.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct WayBackPage {
    /// Whether it is on.
    pub is_on: bool,
    /// Whether it is to be on, as chosen last.
    pub asked_on: bool,
    /// Whether it was ever saved: before that, what fits is suggested.
    pub saved: bool,
    /// Whether choices are shown that were refused.
    pub is_draft: bool,
    /// Upon which save this is based.
    pub version: u32,
    /// Every status.
    pub rows: Vec<ReturnRow>,
    /// How many statuses could not be written and wait for somebody.
    pub refused: u32,
}

/// Where a status leads.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ReturnRow {
    /// The status.
    pub status: Status,
    /// Lever's stages for an open one, its archive reasons for a closed one.
    pub choices: Vec<ReturnChoice>,
    /// Lever's id of where it leads; empty: nowhere.
    pub chosen: String,
}

/// A stage or an archive reason to choose.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ReturnChoice {
    /// Lever's id.
    pub id: String,
    /// Its name, and what it means where it does not mean the status.
    pub label: String,
}

/// How a candidate can be reached, for those who change it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ReachPage {
    /// Who.
    pub candidate: CandidateId,
    /// Their name.
    pub name: String,
    /// Addresses, one a line.
    pub emails: String,
    /// Phone numbers, one a line.
    pub phones: String,
    /// Links, one a line.
    pub links: String,
    /// Whether what is added is added in Lever too.
    pub writes: bool,
    /// Whether something is still on its way there.
    pub waits: bool,
}
