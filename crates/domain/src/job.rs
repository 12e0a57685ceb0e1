//! Durable units of background work: what they are called and when they are
//! tried again. Payloads hold ids, never data.

use std::time::Duration;

use serde::{Deserialize, Serialize};

use crate::attention::AttentionKind;
use crate::ids::{
    ArrivalId, BulkImportId, BulkMessageId, CandidateId, ConnectionId, ImportId, MemberId, MessageId,
    OrganisationId, ReconciliationId,
};

/// What a job does. The names are stable: they stand in the database.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum Job {
    /// Bring a candidate into Lever, exactly once.
    ImportCandidate {
        /// Which import.
        import: ImportId,
    },
    /// Take an import of many a step further.
    RunBulkImport {
        /// Which one.
        bulk: BulkImportId,
    },
    /// Begin an import that was held after an answer.
    StartHeldImport {
        /// Whose.
        candidate: CandidateId,
    },
    /// Write the one note of an import into Lever.
    AddImportNote {
        /// Which import.
        import: ImportId,
    },
    /// Write what was said since the last note of an import into Lever.
    AddReplyNote {
        /// Which import.
        import: ImportId,
    },
    /// Upload the résumé of an imported candidate into Lever.
    AttachResume {
        /// Which import.
        import: ImportId,
    },
    /// Read an opportunity from Lever and apply what it says.
    ApplyOpportunity {
        /// Lever's id.
        opportunity: String,
    },
    /// Bring an opportunity where a member's status leads.
    WriteStatus {
        /// Lever's id.
        opportunity: String,
    },
    /// Add to a contact in Lever what a member wrote down here.
    WriteContact {
        /// Whose.
        candidate: CandidateId,
    },
    /// Read users, stages and archive reasons from Lever again.
    RefreshCatalogue {
        /// Whose.
        connection: ConnectionId,
    },
    /// Compare linked candidates with Lever and repair the differences.
    Reconcile {
        /// Which run.
        reconciliation: ReconciliationId,
    },
    /// Take a delivery into the inbox that could not be taken in before.
    TakeInDelivery {
        /// Which one.
        arrival: ArrivalId,
    },
    /// Look again at held deliveries after a token was saved.
    ReplayQuarantine {
        /// Whose.
        connection: ConnectionId,
    },
    /// Remove from Lever what an interrupted registration left behind.
    TidyWebhooks {
        /// Whose.
        connection: ConnectionId,
    },
    /// Remove our webhooks from Lever after the connection was switched off.
    RemoveWebhooks {
        /// Whose.
        connection: ConnectionId,
    },
    /// Erase the data of a candidate who was anonymised in Lever.
    EraseCandidate {
        /// Whose.
        candidate: CandidateId,
    },
    /// Send a message to a candidate by mail.
    SendMessage {
        /// Which one.
        message: MessageId,
    },
    /// Take a text to many a step further.
    RunBulkMessage {
        /// Which one.
        bulk: BulkMessageId,
    },
    /// Tell a Super Admin by mail of the first attention item of a kind.
    SendAttentionMail {
        /// Of which kind.
        about: AttentionKind,
        /// Whom.
        member: MemberId,
    },
}

impl Job {
    /// The stable name.
    #[must_use]
    pub fn kind(&self) -> &'static str {
        match self {
            Self::ImportCandidate { .. } => "import_candidate",
            Self::RunBulkImport { .. } => "run_bulk_import",
            Self::StartHeldImport { .. } => "start_held_import",
            Self::AddImportNote { .. } => "add_import_note",
            Self::AddReplyNote { .. } => "add_reply_note",
            Self::AttachResume { .. } => "attach_resume",
            Self::ApplyOpportunity { .. } => "apply_opportunity",
            Self::WriteStatus { .. } => "write_status",
            Self::WriteContact { .. } => "write_contact",
            Self::RefreshCatalogue { .. } => "refresh_catalogue",
            Self::Reconcile { .. } => "reconcile",
            Self::TakeInDelivery { .. } => "take_in_delivery",
            Self::ReplayQuarantine { .. } => "replay_quarantine",
            Self::TidyWebhooks { .. } => "tidy_webhooks",
            Self::RemoveWebhooks { .. } => "remove_webhooks",
            Self::EraseCandidate { .. } => "erase_candidate",
            Self::SendMessage { .. } => "send_message",
            Self::RunBulkMessage { .. } => "run_bulk_message",
            Self::SendAttentionMail { .. } => "send_attention_mail",
        }
    }

    /// Whether it talks to Lever with the key of the connection, and so waits
    /// while that is rejected or the connection is off.
    #[must_use]
    pub fn needs_lever(&self) -> bool {
        !matches!(
            self,
            Self::TakeInDelivery { .. }
                | Self::ReplayQuarantine { .. }
                | Self::StartHeldImport { .. }
                | Self::RemoveWebhooks { .. }
                | Self::EraseCandidate { .. }
                | Self::SendMessage { .. }
                | Self::RunBulkMessage { .. }
                | Self::SendAttentionMail { .. }
        )
    }

    /// Clicks go before everything else. An import of many asks for less than this.
    #[must_use]
    pub fn priority(&self) -> Priority {
        match self {
            Self::ImportCandidate { .. } | Self::WriteStatus { .. } | Self::WriteContact { .. } => {
                Priority::Click
            }
            Self::ApplyOpportunity { .. }
            | Self::ReplayQuarantine { .. }
            | Self::AddImportNote { .. }
            | Self::AttachResume { .. }
            | Self::SendMessage { .. }
            | Self::SendAttentionMail { .. }
            | Self::TakeInDelivery { .. }
            | Self::StartHeldImport { .. } => Priority::Delivery,
            Self::RefreshCatalogue { .. }
            | Self::Reconcile { .. }
            | Self::RunBulkImport { .. }
            | Self::RunBulkMessage { .. }
            | Self::AddReplyNote { .. }
            | Self::TidyWebhooks { .. }
            | Self::RemoveWebhooks { .. }
            | Self::EraseCandidate { .. } => Priority::Background,
        }
    }

    /// Two queued jobs with one key are one job, and no two with one key run at
    /// the same time.
    #[must_use]
    pub fn key(&self, organisation: OrganisationId) -> String {
        match self {
            Self::ImportCandidate { import } => format!("import:{import}"),
            Self::RunBulkImport { bulk } => format!("bulk:{bulk}"),
            Self::StartHeldImport { candidate } => format!("held:{candidate}"),
            Self::AddImportNote { import } => format!("note:{import}"),
            Self::AddReplyNote { import } => format!("replies:{import}"),
            Self::AttachResume { import } => format!("resume:{import}"),
            Self::ApplyOpportunity { opportunity } => format!("apply:{organisation}:{opportunity}"),
            Self::WriteStatus { opportunity } => format!("status:{organisation}:{opportunity}"),
            Self::WriteContact { candidate } => format!("contact:{candidate}"),
            Self::RefreshCatalogue { connection } => format!("catalogue:{connection}"),
            Self::Reconcile { .. } => format!("reconcile:{organisation}"),
            Self::TakeInDelivery { arrival } => format!("arrival:{arrival}"),
            Self::ReplayQuarantine { connection } => format!("quarantine:{connection}"),
            Self::TidyWebhooks { connection } => format!("tidy:{connection}"),
            Self::RemoveWebhooks { connection } => format!("removal:{connection}"),
            Self::EraseCandidate { candidate } => format!("erase:{candidate}"),
            Self::SendMessage { message } => format!("message:{message}"),
            Self::RunBulkMessage { bulk } => format!("bulk_message:{bulk}"),
            Self::SendAttentionMail { about, member } => {
                format!("attention_mail:{}:{member}", about.code())
            }
        }
    }
}

/// What goes first when Lever's requests are scarce.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub enum Priority {
    /// A person waits for it.
    Click = 0,
    /// A delivery from Lever.
    Delivery = 1,
    /// Synchronisation.
    Background = 2,
}

impl Priority {
    /// Every priority, the most urgent first.
    pub const ALL: [Self; 3] = [Self::Click, Self::Delivery, Self::Background];
}

/// How long to wait after this many failures: doubling from one second, at most
/// five minutes, with up to a fifth of jitter. `random` is in 0..=1.
#[must_use]
pub fn backoff(failures: u32, random: f64) -> Duration {
    let base = 2f64.powi(i32::try_from(failures.saturating_sub(1).min(16)).unwrap_or(16)).min(300.0);
    Duration::from_secs_f64(base * (1.0 + 0.2 * random.clamp(0.0, 1.0)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn waits_double_up_to_five_minutes() {
        assert_eq!(backoff(1, 0.0), Duration::from_secs(1));
        assert_eq!(backoff(4, 0.0), Duration::from_secs(8));
        assert_eq!(backoff(40, 0.0), Duration::from_secs(300));
        assert!(backoff(1, 1.0) > backoff(1, 0.0));
    }

    #[test]
    fn payloads_read_back() {
        let job = Job::ApplyOpportunity { opportunity: "o-1".into() };
        let text = serde_json::to_string(&job).unwrap();
        assert_eq!(text, r#"{"kind":"apply_opportunity","opportunity":"o-1"}"#);
        assert_eq!(serde_json::from_str::<Job>(&text).unwrap(), job);
    }
}
