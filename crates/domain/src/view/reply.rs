//! The public reply page.

use serde::{Deserialize, Serialize};

/// What the candidate sees: the message they answer, and nothing else.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ReplyPage {
    /// The candidate's first name.
    pub first_name: String,
    /// The member who wrote.
    pub sender: String,
    /// Their organisation.
    pub organisation: String,
    /// The message.
    pub message: String,
    /// Whether it can be answered.
    pub state: ReplyState,
    /// What was typed and refused before.
    pub draft: String,
}

/// Whether a message can be answered.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ReplyState {
    /// Yes.
    Open,
    /// Yes, again: an answer has arrived already.
    Answered,
}
