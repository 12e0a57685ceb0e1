//! The organisation's link to a Lever account.

use serde::{Deserialize, Serialize};

/// Which Lever the account lives in.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Environment {
    /// api.lever.co
    Production,
    /// api.sandbox.lever.co
    Sandbox,
    /// api.eu.lever.co
    Eu,
    /// The practice Lever of the demo.
    Practice,
    /// A host set by the operator.
    Operator,
}

impl Environment {
    /// The words on the screen.
    #[must_use]
    pub fn label(self) -> &'static str {
        match self {
            Self::Production => "Production",
            Self::Sandbox => "Sandbox",
            Self::Eu => "EU",
            Self::Practice => "Practice",
            Self::Operator => "Set by the operator",
        }
    }

    /// The stable text in the database and in forms.
    #[must_use]
    pub fn code(self) -> &'static str {
        match self {
            Self::Production => "production",
            Self::Sandbox => "sandbox",
            Self::Eu => "eu",
            Self::Practice => "practice",
            Self::Operator => "operator",
        }
    }

    /// Reads [`Environment::code`] back.
    #[must_use]
    pub fn from_code(code: &str) -> Option<Self> {
        [Self::Production, Self::Sandbox, Self::Eu, Self::Practice, Self::Operator]
            .into_iter()
            .find(|environment| environment.code() == code)
    }
}

/// The life of a connection.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ConnectionState {
    /// Nothing was ever set up.
    NotConnected,
    /// The wizard was begun and not finished.
    SetUpUnfinished,
    /// Working.
    Connected,
    /// Working, but something needs a person.
    NeedsAttention,
    /// Lever answered 401: jobs wait for a new key.
    CredentialsRejected,
    /// Switched off by a person; maps are kept.
    Disconnected,
}

impl ConnectionState {
    /// The words on the screen.
    #[must_use]
    pub fn label(self) -> &'static str {
        match self {
            Self::NotConnected => "Not connected",
            Self::SetUpUnfinished => "Set-up unfinished",
            Self::Connected => "Connected",
            Self::NeedsAttention => "Needs attention",
            Self::CredentialsRejected => "Credentials rejected",
            Self::Disconnected => "Disconnected",
        }
    }

    /// The stable text in the database.
    #[must_use]
    pub fn code(self) -> &'static str {
        match self {
            Self::NotConnected => "not_connected",
            Self::SetUpUnfinished => "set_up_unfinished",
            Self::Connected => "connected",
            Self::NeedsAttention => "needs_attention",
            Self::CredentialsRejected => "credentials_rejected",
            Self::Disconnected => "disconnected",
        }
    }

    /// Reads [`ConnectionState::code`] back.
    #[must_use]
    pub fn from_code(code: &str) -> Option<Self> {
        [
            Self::NotConnected,
            Self::SetUpUnfinished,
            Self::Connected,
            Self::NeedsAttention,
            Self::CredentialsRejected,
            Self::Disconnected,
        ]
        .into_iter()
        .find(|state| state.code() == code)
    }

    /// Whether imports may be asked for: set-up is complete and not switched off.
    #[must_use]
    pub fn accepts_imports(self) -> bool {
        matches!(self, Self::Connected | Self::NeedsAttention | Self::CredentialsRejected)
    }
}

/// A step of the wizard, as in `?step=`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum SetUpStep {
    /// API key, webhook URL, signing token.
    Connect,
    /// User Account Mapping.
    Users,
    /// Job Stage Mapping.
    Stages,
}

impl SetUpStep {
    /// The value of `?step=` and the text in the database.
    #[must_use]
    pub fn code(self) -> &'static str {
        match self {
            Self::Connect => "connect",
            Self::Users => "users",
            Self::Stages => "stages",
        }
    }

    /// Reads [`SetUpStep::code`] back.
    #[must_use]
    pub fn from_code(code: &str) -> Option<Self> {
        [Self::Connect, Self::Users, Self::Stages].into_iter().find(|step| step.code() == code)
    }

    /// The heading of the step.
    #[must_use]
    pub fn heading(self) -> &'static str {
        match self {
            Self::Connect => "Connect Lever",
            Self::Users => "User Account Mapping",
            Self::Stages => "Job Stage Mapping",
        }
    }
}

/// The webhook events that are followed: those the article sets up, in its order, and
/// deletions.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum LeverEvent {
    /// `candidateHired`
    Hired,
    /// `candidateStageChange`
    StageChange,
    /// `candidateArchiveChange`
    ArchiveChange,
    /// `candidateDeleted`: not among the article's. Without it a deletion shows with the
    /// next comparison.
    Deleted,
}

impl LeverEvent {
    /// The three events of the article, in its order.
    pub const ALL: [Self; 3] = [Self::Hired, Self::StageChange, Self::ArchiveChange];
    /// Every event that is followed.
    pub const FOLLOWED: [Self; 4] = [Self::Hired, Self::StageChange, Self::ArchiveChange, Self::Deleted];

    /// The article's words, and what Lever calls the fourth.
    #[must_use]
    pub fn label(self) -> &'static str {
        match self {
            Self::Hired => "Candidate Hired",
            Self::StageChange => "Candidate Stage Change",
            Self::ArchiveChange => "Candidate Archive State Change",
            Self::Deleted => "Candidate Deleted",
        }
    }

    /// Lever's name of the event, and the text in the database.
    #[must_use]
    pub fn code(self) -> &'static str {
        match self {
            Self::Hired => "candidateHired",
            Self::StageChange => "candidateStageChange",
            Self::ArchiveChange => "candidateArchiveChange",
            Self::Deleted => "candidateDeleted",
        }
    }

    /// Reads [`LeverEvent::code`] back; other events of Lever are `None`.
    #[must_use]
    pub fn from_code(code: &str) -> Option<Self> {
        Self::FOLLOWED.into_iter().find(|event| event.code() == code)
    }
}

/// How far an event's webhook is set up.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Light {
    /// Nothing arrived yet.
    Waiting,
    /// A Verify arrived and cannot be checked before its token is pasted.
    Reached,
    /// A Verify arrived and its signature is right.
    Verified,
    /// A Verify arrived and was signed with another token.
    OtherToken,
}

impl Light {
    /// The stable text in the database.
    #[must_use]
    pub fn code(self) -> &'static str {
        match self {
            Self::Waiting => "waiting",
            Self::Reached => "reached",
            Self::Verified => "verified",
            Self::OtherToken => "other_token",
        }
    }

    /// Reads [`Light::code`] back.
    #[must_use]
    pub fn from_code(code: &str) -> Option<Self> {
        [Self::Waiting, Self::Reached, Self::Verified, Self::OtherToken]
            .into_iter()
            .find(|light| light.code() == code)
    }
}

/// The texts of the pasted signing tokens: one a line, blanks trimmed, empty
/// lines and repeats dropped. A token is never refused by its shape.
#[must_use]
pub fn signing_tokens(pasted: &str) -> Vec<String> {
    let mut tokens: Vec<String> = Vec::new();
    for line in pasted.lines() {
        let token = line.trim();
        if !token.is_empty() && !tokens.iter().any(|known| known == token) {
            tokens.push(token.to_owned());
        }
    }
    tokens
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tokens_are_one_a_line_without_blanks() {
        assert_eq!(signing_tokens("  aa \r\n\n bb\naa"), ["aa", "bb"]);
        assert!(signing_tokens(" \n ").is_empty());
    }
}
