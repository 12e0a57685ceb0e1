//! The settings of an organisation.

use serde::{Deserialize, Serialize};

use crate::import_settings::KnownPerson;

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
}
