//! The life of one candidate's way into Lever.
//!
//! `available -> queued -> sending -> imported`, or `needs a decision`, or
//! `failed`. Lever has no idempotency key, so between *sending* and *imported*
//! an end can be ambiguous; then nothing is sent again until a look by marker
//! and e-mail has come back empty after a settle time.

use serde::{Deserialize, Serialize};

use crate::ids::ImportId;

/// Where an import stands in the store.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ImportState {
    /// Asked for; a job will look the person up and create the opportunity.
    Queued,
    /// The intent to create is committed; the request may be on its way.
    Sending,
    /// The request's end is not known: look before repeating.
    Unknown,
    /// The person may already be in Lever: a member decides.
    NeedsDecision,
    /// In Lever.
    Imported,
    /// Not in Lever, and trying again by itself would not help.
    Failed,
    /// Was in Lever; the opportunity was deleted there.
    Unlinked,
}

impl ImportState {
    /// The stable text in the database.
    #[must_use]
    pub fn code(self) -> &'static str {
        match self {
            Self::Queued => "queued",
            Self::Sending => "sending",
            Self::Unknown => "unknown",
            Self::NeedsDecision => "needs_decision",
            Self::Imported => "imported",
            Self::Failed => "failed",
            Self::Unlinked => "unlinked",
        }
    }

    /// Reads [`ImportState::code`] back.
    #[must_use]
    pub fn from_code(code: &str) -> Option<Self> {
        [
            Self::Queued,
            Self::Sending,
            Self::Unknown,
            Self::NeedsDecision,
            Self::Imported,
            Self::Failed,
            Self::Unlinked,
        ]
        .into_iter()
        .find(|state| state.code() == code)
    }

    /// Whether the candidate is on the way into Lever, with nothing linked yet.
    #[must_use]
    pub fn is_on_its_way(self) -> bool {
        matches!(self, Self::Queued | Self::Sending | Self::Unknown | Self::NeedsDecision)
    }

    /// Whether a click may queue the import (again).
    #[must_use]
    pub fn may_be_requested(self) -> bool {
        matches!(self, Self::Failed | Self::Unlinked)
    }
}

/// Why a candidate cannot be imported yet.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum NotEligible {
    /// Nobody of the organisation has written to them.
    NotMessaged,
    /// They have not answered.
    NotAnswered,
}

/// Whether a candidate may be imported: messaged and answered, by anybody of
/// the organisation.
///
/// # Errors
/// What is missing.
pub fn eligible(messaged: bool, answered: bool) -> Result<(), NotEligible> {
    match (messaged, answered) {
        (false, _) => Err(NotEligible::NotMessaged),
        (true, false) => Err(NotEligible::NotAnswered),
        (true, true) => Ok(()),
    }
}

/// What a member decided about a person who is already in Lever.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "decision", content = "opportunity", rename_all = "snake_case")]
pub enum Decision {
    /// *Link to this one*: the opportunity stands for the candidate.
    Link(String),
    /// *Add an opportunity* to the same contact.
    Add,
    /// *Not the same person*.
    NotSame,
}

/// What a member chose for one import on its sheet. A click on the icon chooses
/// nothing: no posting, New lead, nobody but the credited user follows.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Choice {
    /// Lever's id of the posting.
    pub posting: Option<String>,
    /// Lever's id of the stage; `None`: New lead.
    pub stage: Option<String>,
    /// Lever's ids of the users who follow beside the credited one.
    pub followers: Vec<String>,
}

/// Why an import failed, closed set.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ImportFailure {
    /// No Lever user to credit: no mapped user and no fallback.
    NobodyToCredit,
    /// The mapped Lever user is deactivated or gone.
    CreditedUserGone,
    /// The key may not do it.
    Forbidden,
    /// Lever refused the data.
    Refused,
    /// The candidate has no usable e-mail address.
    NoEmail,
    /// The opportunity chosen to link is gone.
    ChosenOpportunityGone,
    /// The chosen posting was closed or deleted.
    PostingGone,
    /// The chosen stage was removed.
    StageGone,
    /// A chosen follower was deactivated.
    FollowerGone,
    /// Lever kept failing.
    LeverKeptFailing,
}

impl ImportFailure {
    /// The stable text in the database.
    #[must_use]
    pub fn code(self) -> &'static str {
        match self {
            Self::NobodyToCredit => "nobody_to_credit",
            Self::CreditedUserGone => "credited_user_gone",
            Self::Forbidden => "forbidden",
            Self::Refused => "refused",
            Self::NoEmail => "no_email",
            Self::ChosenOpportunityGone => "chosen_opportunity_gone",
            Self::PostingGone => "posting_gone",
            Self::StageGone => "stage_gone",
            Self::FollowerGone => "follower_gone",
            Self::LeverKeptFailing => "lever_kept_failing",
        }
    }

    /// Reads [`ImportFailure::code`] back.
    #[must_use]
    pub fn from_code(code: &str) -> Option<Self> {
        [
            Self::NobodyToCredit,
            Self::CreditedUserGone,
            Self::Forbidden,
            Self::Refused,
            Self::NoEmail,
            Self::ChosenOpportunityGone,
            Self::PostingGone,
            Self::StageGone,
            Self::FollowerGone,
            Self::LeverKeptFailing,
        ]
        .into_iter()
        .find(|failure| failure.code() == code)
    }

    /// Whether trying again needs another choice on the sheet first.
    #[must_use]
    pub fn needs_another_choice(self) -> bool {
        matches!(self, Self::PostingGone | Self::StageGone | Self::FollowerGone)
    }

    /// The reason and what to do, for a person.
    #[must_use]
    pub fn text(self) -> &'static str {
        match self {
            Self::NobodyToCredit => {
                "No Lever user is mapped to you and there is no fallback. A Super Admin can add one under Integrations, User Account Mapping."
            }
            Self::CreditedUserGone => {
                "The mapped Lever user is deactivated. A Super Admin can choose another under Integrations, User Account Mapping."
            }
            Self::Forbidden => {
                "The API key may not create opportunities. A Super Admin can reconnect with a key that has the permission."
            }
            Self::Refused => "Lever refused the candidate's data. Check name and e-mail, then retry.",
            Self::NoEmail => "The candidate has no e-mail address. Add one, then retry.",
            Self::ChosenOpportunityGone => {
                "The chosen opportunity is no longer in Lever. Retry to look again."
            }
            Self::PostingGone => {
                "The chosen posting is no longer published in Lever. Choose another, or none, under Import..."
            }
            Self::StageGone => "The chosen stage is no longer in Lever. Choose another under Import...",
            Self::FollowerGone => {
                "A chosen follower is no longer active in Lever. Choose again under Import..."
            }
            Self::LeverKeptFailing => "Lever kept answering with errors. Retry when it has recovered.",
        }
    }
}

/// The tag that an import writes into Lever, by which it is found again. Made
/// from the import's own id: no personal data, and the same at every try.
#[must_use]
pub fn marker(import: ImportId) -> String {
    format!("fulcrum-{}", import.0.simple())
}

/// Where an import of many stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum BulkState {
    /// Its candidates are imported one after the other.
    Running,
    /// Nobody new is begun until it is resumed.
    Paused,
    /// Ended by a member before everybody had their turn.
    Stopped,
    /// Everybody had their turn.
    Done,
}

impl BulkState {
    /// Every state.
    pub const ALL: [Self; 4] = [Self::Running, Self::Paused, Self::Stopped, Self::Done];

    /// The stable text in the database.
    #[must_use]
    pub fn code(self) -> &'static str {
        match self {
            Self::Running => "running",
            Self::Paused => "paused",
            Self::Stopped => "stopped",
            Self::Done => "done",
        }
    }

    /// Reads [`BulkState::code`] back.
    #[must_use]
    pub fn from_code(code: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|state| state.code() == code)
    }

    /// Whether it has come to its end.
    #[must_use]
    pub fn is_over(self) -> bool {
        matches!(self, Self::Stopped | Self::Done)
    }

    /// The word on the screen.
    #[must_use]
    pub fn label(self) -> &'static str {
        match self {
            Self::Running => "Running",
            Self::Paused => "Paused",
            Self::Stopped => "Stopped",
            Self::Done => "Done",
        }
    }
}

/// What a member does to an import of many.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum BulkDeed {
    /// Begin nobody new.
    Pause,
    /// Go on.
    Resume,
    /// End it.
    Stop,
    /// Give those another turn whose import failed.
    Retry,
}

impl BulkDeed {
    /// The text in forms.
    #[must_use]
    pub fn code(self) -> &'static str {
        match self {
            Self::Pause => "pause",
            Self::Resume => "resume",
            Self::Stop => "stop",
            Self::Retry => "retry",
        }
    }
}

/// How far one candidate of an import of many is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum BulkOutcome {
    /// Their turn has not come.
    Waiting,
    /// Queued or on the way.
    UnderWay,
    /// In Lever.
    Imported,
    /// A member decides first.
    NeedsDecision,
    /// Failed.
    Failed,
    /// Left out, for a reason.
    Skipped,
}

impl BulkOutcome {
    /// Every outcome, the best first.
    pub const ALL: [Self; 6] =
        [Self::Imported, Self::NeedsDecision, Self::Failed, Self::Skipped, Self::UnderWay, Self::Waiting];

    /// The stable text in addresses.
    #[must_use]
    pub fn code(self) -> &'static str {
        match self {
            Self::Waiting => "waiting",
            Self::UnderWay => "under_way",
            Self::Imported => "imported",
            Self::NeedsDecision => "needs_decision",
            Self::Failed => "failed",
            Self::Skipped => "skipped",
        }
    }

    /// Reads [`BulkOutcome::code`] back.
    #[must_use]
    pub fn from_code(code: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|outcome| outcome.code() == code)
    }

    /// The words on the screen.
    #[must_use]
    pub fn label(self) -> &'static str {
        match self {
            Self::Waiting => "Waiting",
            Self::UnderWay => "On the way",
            Self::Imported => "In Lever",
            Self::NeedsDecision => "Needs a decision",
            Self::Failed => "Failed",
            Self::Skipped => "Left out",
        }
    }
}

/// Why a candidate of an import of many was left out.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum SkipReason {
    /// In Lever already.
    InLever,
    /// Not messaged, or no answer yet.
    NotEligible,
    /// Somebody else's failed import, which a Recruiter may not retry.
    NotAllowed,
    /// The candidate is gone.
    Gone,
}

impl SkipReason {
    /// The stable text in the database.
    #[must_use]
    pub fn code(self) -> &'static str {
        match self {
            Self::InLever => "in_lever",
            Self::NotEligible => "not_eligible",
            Self::NotAllowed => "not_allowed",
            Self::Gone => "gone",
        }
    }

    /// Reads [`SkipReason::code`] back.
    #[must_use]
    pub fn from_code(code: &str) -> Option<Self> {
        [Self::InLever, Self::NotEligible, Self::NotAllowed, Self::Gone]
            .into_iter()
            .find(|reason| reason.code() == code)
    }

    /// The reason, for a person.
    #[must_use]
    pub fn text(self) -> &'static str {
        match self {
            Self::InLever => "Was in Lever already.",
            Self::NotEligible => "Has not answered yet.",
            Self::NotAllowed => "Was asked for by somebody else and failed: they or an Admin can retry it.",
            Self::Gone => "Is no longer a candidate.",
        }
    }
}

#[cfg(test)]
mod tests {
    use uuid::Uuid;

    use super::*;

    #[test]
    fn a_candidate_must_be_messaged_and_have_answered() {
        assert_eq!(eligible(false, false), Err(NotEligible::NotMessaged));
        assert_eq!(eligible(true, false), Err(NotEligible::NotAnswered));
        assert_eq!(eligible(true, true), Ok(()));
    }

    #[test]
    fn the_marker_is_the_same_at_every_try() {
        let id = ImportId(Uuid::from_u128(0xabc));
        assert_eq!(marker(id), marker(id));
        assert_ne!(marker(id), marker(ImportId(Uuid::from_u128(0xabd))));
    }
}
