//! The signed-in member, as every screen's frame shows them.

use serde::{Deserialize, Serialize};

use crate::actor::Role;

/// Who is looking, and what the frame needs to know.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Viewer {
    /// The member's name.
    pub name: String,
    /// Their address.
    pub email: String,
    /// Their role.
    pub role: Role,
    /// The organisation's name.
    pub organisation: String,
    /// The platform's name, as people see it.
    pub platform: String,
    /// Open attention items, for the menu.
    pub attention: u32,
    /// Demo mode: reply pages can be opened from the thread.
    pub demo: bool,
}
