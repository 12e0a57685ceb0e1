//! What a person must decide or mend.

use serde::{Deserialize, Serialize};

use crate::actor::Role;

/// Kinds of attention items. With its subject, a kind stands at most once among
/// the open items of an organisation.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum AttentionKind {
    /// A person may already be in Lever. Subject: the import.
    ImportNeedsDecision,
    /// An import failed. Subject: the import.
    ImportFailed,
    /// Several opportunities bear one marker. Subject: the import.
    ImportFoundTwice,
    /// Somebody answered and can be imported. Subject: the candidate.
    ImportOffered,
    /// A stage or reason without a status holds candidates. Subject: Lever's id.
    UnmappedPlace,
    /// A status set by hand differs from Lever's. Subject: the candidate.
    StatusConflict,
    /// Lever rejects the key. Subject: the connection.
    KeyRejected,
    /// The key lacks a permission. Subject: the need.
    PermissionMissing,
    /// Deliveries are signed with a token we do not have. Subject: the event.
    UnknownToken,
    /// A delivery could not be applied. Subject: the opportunity.
    DeliveryNotApplied,
    /// A run would unlink too many candidates. Subject: the reconciliation.
    TooManyUnlinked,
    /// A person was anonymised in Lever. Subject: the candidate.
    Anonymised,
    /// Lever has not been there for a while. Subject: the connection.
    LeverUnavailable,
    /// A Lever user who is credited was deactivated. Subject: Lever's id.
    MappedUserGone,
    /// A stage that candidates are in is no longer in Lever. Subject: Lever's id.
    StageGone,
    /// Lever has sent no event for long although people are on their way there, or none
    /// of a kind although there was what it should tell of. Subject: the connection, or
    /// the event.
    SilentWebhooks,
    /// Stages, reasons or users in Lever are new or renamed, and nobody has said
    /// what they mean here. Subject: the connection.
    LeverChanged,
    /// A status set here did not reach Lever. Subject: the candidate.
    StatusNotWritten,
    /// Ways to reach somebody did not reach Lever. Subject: the candidate.
    ContactNotWritten,
    /// A message was not sent. Subject: the candidate.
    MessageFailed,
    /// Work that no other kind tells of was given up. Subject: the job's key.
    WorkGivenUp,
    /// Nobody in Lever would be credited with what a member imports. Subject: the connection.
    MemberUnmapped,
}

impl AttentionKind {
    /// Every kind.
    pub const ALL: [Self; 22] = [
        Self::ImportNeedsDecision,
        Self::ImportFailed,
        Self::ImportFoundTwice,
        Self::ImportOffered,
        Self::UnmappedPlace,
        Self::StatusConflict,
        Self::KeyRejected,
        Self::PermissionMissing,
        Self::UnknownToken,
        Self::DeliveryNotApplied,
        Self::TooManyUnlinked,
        Self::Anonymised,
        Self::LeverUnavailable,
        Self::MappedUserGone,
        Self::StageGone,
        Self::SilentWebhooks,
        Self::LeverChanged,
        Self::StatusNotWritten,
        Self::ContactNotWritten,
        Self::MessageFailed,
        Self::WorkGivenUp,
        Self::MemberUnmapped,
    ];

    /// The stable text in the database.
    #[must_use]
    pub fn code(self) -> &'static str {
        match self {
            Self::ImportNeedsDecision => "import_needs_decision",
            Self::ImportFailed => "import_failed",
            Self::ImportFoundTwice => "import_found_twice",
            Self::ImportOffered => "import_offered",
            Self::UnmappedPlace => "unmapped_place",
            Self::StatusConflict => "status_conflict",
            Self::KeyRejected => "key_rejected",
            Self::PermissionMissing => "permission_missing",
            Self::UnknownToken => "unknown_token",
            Self::DeliveryNotApplied => "delivery_not_applied",
            Self::TooManyUnlinked => "too_many_unlinked",
            Self::Anonymised => "anonymised",
            Self::LeverUnavailable => "lever_unavailable",
            Self::MappedUserGone => "mapped_user_gone",
            Self::StageGone => "stage_gone",
            Self::SilentWebhooks => "silent_webhooks",
            Self::LeverChanged => "lever_changed",
            Self::StatusNotWritten => "status_not_written",
            Self::ContactNotWritten => "contact_not_written",
            Self::MessageFailed => "message_failed",
            Self::WorkGivenUp => "work_given_up",
            Self::MemberUnmapped => "member_unmapped",
        }
    }

    /// Reads [`AttentionKind::code`] back.
    #[must_use]
    pub fn from_code(code: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.code() == code)
    }

    /// What is the matter, about nobody in particular: for a mail.
    #[must_use]
    pub fn headline(self) -> &'static str {
        match self {
            Self::ImportNeedsDecision => "a candidate may already be in Lever",
            Self::ImportFailed => "a candidate was not imported into Lever",
            Self::ImportFoundTwice => "a candidate is in Lever twice",
            Self::ImportOffered => "a candidate answered and can be imported",
            Self::UnmappedPlace => "a stage or archive reason has no status",
            Self::StatusConflict => "a status here differs from Lever's",
            Self::KeyRejected => "Lever rejects the API key",
            Self::PermissionMissing => "the API key lacks a permission",
            Self::UnknownToken => "deliveries are signed with an unknown token",
            Self::DeliveryNotApplied => "an update from Lever could not be applied",
            Self::TooManyUnlinked => "Lever lists many candidates as deleted",
            Self::Anonymised => "a candidate was anonymised in Lever",
            Self::LeverUnavailable => "Lever is not there",
            Self::MappedUserGone => "a Lever user who is credited was deactivated",
            Self::StageGone => "a stage with candidates is no longer in Lever",
            Self::SilentWebhooks => "Lever sends no events, or not those of one kind",
            Self::LeverChanged => "Lever has changed",
            Self::StatusNotWritten => "a status was not written to Lever",
            Self::ContactNotWritten => "new contact details were not written to Lever",
            Self::MessageFailed => "a message to a candidate was not sent",
            Self::WorkGivenUp => "work was given up after many tries",
            Self::MemberUnmapped => "a member has no Lever user",
        }
    }

    /// The least role that can mend it.
    #[must_use]
    pub fn who_can(self) -> Role {
        match self {
            Self::ImportNeedsDecision
            | Self::ImportFailed
            | Self::ImportFoundTwice
            | Self::ImportOffered
            | Self::StatusConflict
            | Self::StatusNotWritten
            | Self::ContactNotWritten
            | Self::MessageFailed => Role::Recruiter,
            Self::DeliveryNotApplied | Self::LeverUnavailable | Self::WorkGivenUp => Role::Admin,
            Self::UnmappedPlace
            | Self::KeyRejected
            | Self::PermissionMissing
            | Self::UnknownToken
            | Self::TooManyUnlinked
            | Self::Anonymised
            | Self::MappedUserGone
            | Self::MemberUnmapped
            | Self::StageGone
            | Self::SilentWebhooks
            | Self::LeverChanged => Role::SuperAdmin,
        }
    }
}
