//! A candidate's status.

use std::fmt;

use serde::{Deserialize, Serialize};

/// Where a candidate stands with the organisation.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Status {
    /// Nobody has written to them yet.
    New,
    /// A message went out.
    Contacted,
    /// They answered.
    Responded,
    /// A recruiter's or phone screen.
    Screening,
    /// Interviews.
    Interviewing,
    /// An offer is being made.
    Offer,
    /// Closed: hired.
    Hired,
    /// Closed by the organisation.
    Rejected,
    /// Closed by the candidate.
    Withdrawn,
}

impl Status {
    /// Every status, in the order of the pipeline.
    pub const ALL: [Self; 9] = [
        Self::New,
        Self::Contacted,
        Self::Responded,
        Self::Screening,
        Self::Interviewing,
        Self::Offer,
        Self::Hired,
        Self::Rejected,
        Self::Withdrawn,
    ];

    /// The word on the screen.
    #[must_use]
    pub fn label(self) -> &'static str {
        match self {
            Self::New => "New",
            Self::Contacted => "Contacted",
            Self::Responded => "Responded",
            Self::Screening => "Screening",
            Self::Interviewing => "Interviewing",
            Self::Offer => "Offer",
            Self::Hired => "Hired",
            Self::Rejected => "Rejected",
            Self::Withdrawn => "Withdrawn",
        }
    }

    /// The stable text in the database, in forms and in addresses.
    #[must_use]
    pub fn code(self) -> &'static str {
        match self {
            Self::New => "new",
            Self::Contacted => "contacted",
            Self::Responded => "responded",
            Self::Screening => "screening",
            Self::Interviewing => "interviewing",
            Self::Offer => "offer",
            Self::Hired => "hired",
            Self::Rejected => "rejected",
            Self::Withdrawn => "withdrawn",
        }
    }

    /// Reads [`Status::code`] back.
    #[must_use]
    pub fn from_code(code: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|status| status.code() == code)
    }

    /// Whether the candidate is still in the running.
    #[must_use]
    pub fn is_open(self) -> bool {
        !matches!(self, Self::Hired | Self::Rejected | Self::Withdrawn)
    }
}

impl fmt::Display for Status {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.label())
    }
}

/// What set a status last.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum StatusCause {
    /// The candidate was added.
    Added,
    /// A message was sent to them.
    Message,
    /// They answered.
    Reply,
    /// Lever said so, by a delivery or a reconciliation.
    Lever,
    /// A member set it by hand.
    Hand,
}

impl StatusCause {
    /// The stable text in the database.
    #[must_use]
    pub fn code(self) -> &'static str {
        match self {
            Self::Added => "added",
            Self::Message => "message",
            Self::Reply => "reply",
            Self::Lever => "lever",
            Self::Hand => "hand",
        }
    }

    /// Reads [`StatusCause::code`] back.
    #[must_use]
    pub fn from_code(code: &str) -> Option<Self> {
        [Self::Added, Self::Message, Self::Reply, Self::Lever, Self::Hand]
            .into_iter()
            .find(|cause| cause.code() == code)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn codes_read_back() {
        for status in Status::ALL {
            assert_eq!(Status::from_code(status.code()), Some(status));
        }
        assert_eq!(Status::from_code("Hired"), None);
    }
}
