//! A text to many candidates.

use serde::{Deserialize, Serialize};

/// Where it stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum BulkMessageState {
    /// It is being written.
    Draft,
    /// It is written to one after the other.
    Running,
    /// Somebody stopped it.
    Stopped,
    /// Everybody had their turn.
    Done,
}

impl BulkMessageState {
    /// Every state.
    pub const ALL: [Self; 4] = [Self::Draft, Self::Running, Self::Stopped, Self::Done];

    /// The stable text in the database.
    #[must_use]
    pub fn code(self) -> &'static str {
        match self {
            Self::Draft => "draft",
            Self::Running => "running",
            Self::Stopped => "stopped",
            Self::Done => "done",
        }
    }

    /// The words on the screen.
    #[must_use]
    pub fn label(self) -> &'static str {
        match self {
            Self::Draft => "Draft",
            Self::Running => "Sending",
            Self::Stopped => "Stopped",
            Self::Done => "Done",
        }
    }

    /// Reads [`BulkMessageState::code`] back.
    #[must_use]
    pub fn from_code(code: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|state| state.code() == code)
    }

    /// Whether nothing more happens.
    #[must_use]
    pub fn is_over(self) -> bool {
        matches!(self, Self::Stopped | Self::Done)
    }
}

/// Why somebody was not written to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum NotWritten {
    /// The candidate is not there any more.
    Gone,
    /// Something was to be filled in that is not known of them.
    FieldUnknown,
}

impl NotWritten {
    /// Every reason.
    pub const ALL: [Self; 2] = [Self::Gone, Self::FieldUnknown];

    /// The stable text in the database.
    #[must_use]
    pub fn code(self) -> &'static str {
        match self {
            Self::Gone => "gone",
            Self::FieldUnknown => "field_unknown",
        }
    }

    /// Reads [`NotWritten::code`] back.
    #[must_use]
    pub fn from_code(code: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|reason| reason.code() == code)
    }

    /// The sentence on the screen.
    #[must_use]
    pub fn text(self) -> &'static str {
        match self {
            Self::Gone => "They are not here any more.",
            Self::FieldUnknown => "Their company is not known, which the text names.",
        }
    }
}

/// What a button does with a text to many.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum BulkMessageDeed {
    /// Writes it to everybody.
    Send,
    /// Writes it to nobody else.
    Stop,
}

impl BulkMessageDeed {
    /// What a form sends.
    #[must_use]
    pub fn code(self) -> &'static str {
        match self {
            Self::Send => "send",
            Self::Stop => "stop",
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn states_and_reasons_read_back() {
        assert!(
            BulkMessageState::ALL.iter().all(|one| BulkMessageState::from_code(one.code()) == Some(*one))
        );
        assert!(NotWritten::ALL.iter().all(|one| NotWritten::from_code(one.code()) == Some(*one)));
    }
}
