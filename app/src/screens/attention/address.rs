//! What the address of the list says.

use serde::Deserialize;

/// Which page the address asks for.
#[derive(Default, Deserialize)]
#[serde(default)]
pub(super) struct Asked {
    /// The place of the page; empty for the newest one.
    pub(super) before: String,
}
