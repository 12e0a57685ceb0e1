//! The settings of an organisation.

use serde::{Deserialize, Serialize};

use crate::ids::CandidateId;
use crate::import_settings::{KnownPerson, OnReply};
use crate::time::Moment;

/// The page.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct SettingsPage {
    /// When a person is in Lever already.
    pub known_person: KnownPerson,
    /// Tags of every import, separated by commas.
    pub tags: String,
    /// Whether linking writes the conversation to Lever.
    pub note_when_linking: bool,
    /// Whether later answers are written to Lever.
    pub note_of_replies: bool,
    /// What an answer starts.
    pub on_reply: OnReply,
    /// Imports credited to the fallback, the newest first.
    pub fallback_credits: Vec<FallbackCredit>,
}

/// An import credited to the fallback, because whoever asked for it had no
/// Lever user of their own.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct FallbackCredit {
    /// Who was imported.
    pub candidate: CandidateId,
    /// Their name.
    pub name: String,
    /// Who asked for it.
    pub asked_by: String,
    /// The Lever user who was credited.
    pub credited_to: String,
    /// When.
    pub at: Moment,
}
