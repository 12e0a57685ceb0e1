//! The candidate list and a candidate's page.

use serde::{Deserialize, Serialize};

use crate::connection::ConnectionState;
use crate::ids::{CandidateId, DeliveryId, ImportId, MessageId};
use crate::import::NotEligible;
use crate::status::Status;
use crate::time::Moment;

/// What the list is asked for. All of it is in the address.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct CandidateFilter {
    /// Words to search for; prefixes of two letters or more in name, e-mail, company.
    #[serde(default)]
    pub search: String,
    /// Only this status.
    #[serde(default)]
    pub status: Option<Status>,
    /// Cursor of the page after which to go on.
    #[serde(default)]
    pub after: Option<String>,
    /// Cursor of the page before which to go back.
    #[serde(default)]
    pub before: Option<String>,
}

/// A number that is exact up to 1,000.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Count {
    /// Exactly so many.
    Exactly(u32),
    /// More than a thousand.
    MoreThanThousand,
}

impl Count {
    /// As shown: `25`, `1,000`, `1,000+`.
    #[must_use]
    pub fn text(self) -> String {
        match self {
            Self::Exactly(1000) => "1,000".into(),
            Self::Exactly(n) => n.to_string(),
            Self::MoreThanThousand => "1,000+".into(),
        }
    }
}

/// One page of the candidate list.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct CandidatePage {
    /// The rows.
    pub rows: Vec<CandidateRow>,
    /// How many match the filter.
    pub total: Count,
    /// Cursor for *Next*, when there is more.
    pub next: Option<String>,
    /// Cursor for *Previous*, when there is something before.
    pub previous: Option<String>,
    /// Whether Lever is connected, for the column's head and hints.
    pub lever: ConnectionState,
    /// Whether the organisation has no candidate at all.
    pub empty: bool,
}

/// One row.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct CandidateRow {
    /// Who.
    pub id: CandidateId,
    /// Their name.
    pub name: String,
    /// A line about them.
    pub headline: String,
    /// Their company.
    pub company: String,
    /// First address.
    pub email: String,
    /// Coding score, 300 to 850.
    pub score: Option<u16>,
    /// The member who looks after them.
    pub owner: Option<String>,
    /// Where they stand.
    pub status: Status,
    /// Since when.
    pub status_since: Moment,
    /// Where they stand on the way into Lever.
    pub import: ImportView,
}

/// The import, as a person sees it. Never ahead of the truth.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ImportView {
    /// Lever is not connected: nothing to press.
    NotConnected,
    /// Not yet, and why.
    NotEligible {
        /// What is missing.
        why: NotEligible,
    },
    /// One click imports.
    Available {
        /// Name of the Lever user who will be credited; `None`: nobody can be.
        credited_to: Option<String>,
    },
    /// They answered: it begins by itself, unless somebody undoes it.
    Held {
        /// When it begins.
        until: Moment,
    },
    /// Asked for; a job has it.
    Queued,
    /// On its way, or its end is being looked up.
    Sending,
    /// A member decides first.
    NeedsDecision {
        /// The import to decide about.
        import: ImportId,
    },
    /// In Lever.
    Imported {
        /// Lever's page of the opportunity.
        url: String,
    },
    /// Not in Lever.
    Failed {
        /// Why, and what to do.
        reason: String,
    },
    /// The opportunity was deleted in Lever.
    Unlinked,
}

impl ImportView {
    /// Whether the candidate can be chosen for an import of many.
    #[must_use]
    pub fn can_be_chosen(&self) -> bool {
        matches!(self, Self::Available { .. } | Self::Failed { .. } | Self::Unlinked)
    }

    /// Whether it is under way and the screen should expect news.
    #[must_use]
    pub fn is_unsettled(&self) -> bool {
        matches!(self, Self::Queued | Self::Sending)
    }
}

/// A candidate's page.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct CandidateProfile {
    /// As in the list.
    pub row: CandidateRow,
    /// All addresses.
    pub emails: Vec<String>,
    /// All numbers.
    pub phones: Vec<String>,
    /// Web links, checked to be http(s).
    pub links: Vec<String>,
    /// Skills.
    pub skills: Vec<String>,
    /// Where they are.
    pub location: String,
    /// The conversation, oldest first.
    pub thread: Vec<MessageView>,
    /// The status history, newest first.
    pub history: Vec<StatusChangeView>,
    /// What Lever has, once linked.
    pub lever: Option<LeverCard>,
    /// Their opportunities in Lever, while a decision is needed.
    pub matches: Vec<MatchView>,
    /// Where Lever's status differs from one set by hand.
    pub conflict: Option<ConflictView>,
    /// They were anonymised in Lever: whether their data stays here is open.
    pub erasure: Option<ErasureView>,
}

/// An open question about the data of somebody who was anonymised in Lever.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ErasureView {
    /// When it is erased unless somebody decides otherwise.
    pub due: Moment,
    /// Whether this viewer may decide.
    pub may_decide: bool,
}

/// Two statuses of one candidate, until a member decides.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ConflictView {
    /// Lever's status.
    pub levers: Status,
    /// What Lever says, by whom and when: `Stage Offer, by Jo Doe, 23 Nov, 20:22`.
    pub there: String,
    /// Who set the other one here and when: `by Ana Ruiz, 23 Nov, 20:22`.
    pub here: String,
    /// Whether keeping it writes it to Lever.
    pub writes: bool,
}

/// Whether a message left.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum MessageDelivery {
    /// In the outbox: no mail is configured.
    Outbox,
    /// Going to be sent.
    Queued,
    /// The mail server took it.
    Sent,
    /// It was not sent.
    Failed,
    /// An answer: it arrived.
    Received,
}

/// One message of the thread.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct MessageView {
    /// Which one.
    pub id: MessageId,
    /// The member's or the candidate's name.
    pub from: String,
    /// True for an answer of the candidate.
    pub inbound: bool,
    /// The text.
    pub body: String,
    /// When.
    pub at: Moment,
    /// Whether it left.
    pub delivery: MessageDelivery,
    /// Why it was not sent.
    pub failure: Option<String>,
    /// The reply page, where this viewer may see it.
    pub reply_url: Option<String>,
}

/// One entry of the status history, with its provenance.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct StatusChangeView {
    /// Before.
    pub from: Status,
    /// After.
    pub to: Status,
    /// What set it, for a person: `Stage Offer in Lever, by Jo Doe`.
    pub because: String,
    /// The delivery that told, where this viewer may open it.
    pub delivery: Option<DeliveryId>,
    /// When.
    pub at: Moment,
}

/// What Lever has for the candidate.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct LeverCard {
    /// Lever's page.
    pub url: String,
    /// The stage's name.
    pub stage: String,
    /// The archive reason's name while archived.
    pub archived: Option<String>,
    /// The Lever user credited with the import.
    pub credited_to: Option<String>,
    /// How the status set here stands on its way to Lever, while it is.
    pub writing: Option<String>,
    /// When Lever was last read.
    pub fresh: Moment,
}

/// An opportunity of somebody with the candidate's address.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct MatchView {
    /// Lever's id.
    pub opportunity: String,
    /// The person's name in Lever.
    pub name: String,
    /// The stage's name.
    pub stage: String,
    /// The owner's name.
    pub owner: Option<String>,
    /// The postings' titles, or nothing.
    pub postings: String,
    /// Archive reason and date.
    pub archived: Option<String>,
    /// Last activity.
    pub last_activity: Option<Moment>,
    /// Why they may be the same person.
    pub known_by: String,
    /// Lever's page.
    pub url: String,
}
