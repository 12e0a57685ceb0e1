//! The candidate list and a candidate's page.

use serde::{Deserialize, Serialize};

use crate::connection::ConnectionState;
use crate::ids::{CandidateId, DeliveryId, ImportId, MemberId, MessageId};
use crate::import::NotEligible;
use crate::status::Status;
use crate::time::Moment;

/// What the list is asked for. All of it is in the address.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct CandidateFilter {
    /// Words to search for; prefixes of two letters or more in name, e-mail, company.
    pub search: String,
    /// Only this status.
    pub status: Option<Status>,
    /// Only those of this member.
    pub owner: Option<MemberId>,
    /// Only those so far on the way into Lever.
    pub lever: Option<InLever>,
    /// Only with a score of so much at least.
    pub score_from: Option<u16>,
    /// Only with a score of so much at most.
    pub score_to: Option<u16>,
    /// In which order.
    pub order: CandidateOrder,
    /// Cursor of the page after which to go on.
    pub after: Option<String>,
    /// Cursor of the page before which to go back.
    pub before: Option<String>,
}

impl CandidateFilter {
    /// What the address says, read leniently: a choice that there is not asks for nothing.
    #[must_use]
    pub fn from_pairs<'a>(mut value: impl FnMut(&str) -> Option<&'a str>) -> Self {
        let mut filled = |name| value(name).map(str::trim).filter(|value| !value.is_empty());
        let score = |text: &str| text.parse().ok();
        Self {
            search: filled("search").unwrap_or_default().to_owned(),
            status: filled("status").and_then(Status::from_code),
            owner: filled("owner").and_then(|id| id.parse().ok()),
            lever: filled("lever").and_then(InLever::from_code),
            score_from: filled("score_from").and_then(score),
            score_to: filled("score_to").and_then(score),
            order: filled("sort").and_then(CandidateOrder::from_code).unwrap_or_default(),
            after: filled("after").map(str::to_owned),
            before: filled("before").map(str::to_owned),
        }
    }

    /// What the address says: names and values, those left out that ask for nothing.
    #[must_use]
    pub fn to_pairs(&self) -> Vec<(&'static str, String)> {
        let order = (self.order != CandidateOrder::default()).then(|| self.order.code());
        [
            ("search", Some(self.search.clone())),
            ("status", self.status.map(|status| status.code().to_owned())),
            ("owner", self.owner.map(|owner| owner.to_string())),
            ("lever", self.lever.map(|lever| lever.code().to_owned())),
            ("score_from", self.score_from.map(|score| score.to_string())),
            ("score_to", self.score_to.map(|score| score.to_string())),
            ("sort", order),
            ("after", self.after.clone()),
            ("before", self.before.clone()),
        ]
        .into_iter()
        .filter_map(|(name, value)| Some((name, value.filter(|value| !value.is_empty())?)))
        .collect()
    }

    /// Whether everybody is asked for, in whatever order.
    #[must_use]
    pub fn is_everybody(&self) -> bool {
        let place = (self.order, self.after.clone(), self.before.clone());
        *self == Self { order: place.0, after: place.1, before: place.2, ..Self::default() }
    }
}

/// How far the candidates asked for are on the way into Lever.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum InLever {
    /// In Lever.
    Yes,
    /// Not in Lever.
    No,
    /// A member decides first.
    Deciding,
    /// Answered, and not in Lever.
    Answered,
}

impl InLever {
    /// Every choice, in the order in which they are offered.
    pub const ALL: [Self; 4] = [Self::Answered, Self::Deciding, Self::Yes, Self::No];

    /// The stable text in forms and addresses.
    #[must_use]
    pub fn code(self) -> &'static str {
        match self {
            Self::Yes => "yes",
            Self::No => "no",
            Self::Deciding => "deciding",
            Self::Answered => "answered",
        }
    }

    /// Reads [`InLever::code`] back.
    #[must_use]
    pub fn from_code(code: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|choice| choice.code() == code)
    }

    /// The words on the screen.
    #[must_use]
    pub fn label(self) -> &'static str {
        match self {
            Self::Yes => "In Lever",
            Self::No => "Not in Lever",
            Self::Deciding => "Needs a decision",
            Self::Answered => "Answered, not imported",
        }
    }
}

/// What the list is sorted by. Age decides among the like.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum CandidateSort {
    /// When they were added.
    #[default]
    Newest,
    /// Since when they have their status: when something happened last.
    Since,
    /// Their name.
    Name,
    /// Their coding score.
    Score,
    /// Their status, as the pipeline goes.
    Status,
}

impl CandidateSort {
    /// Every order.
    pub const ALL: [Self; 5] = [Self::Newest, Self::Since, Self::Name, Self::Score, Self::Status];

    /// The stable text in addresses.
    #[must_use]
    pub fn code(self) -> &'static str {
        match self {
            Self::Newest => "added",
            Self::Since => "since",
            Self::Name => "name",
            Self::Score => "score",
            Self::Status => "status",
        }
    }

    /// The order that a first press asks for.
    #[must_use]
    pub fn at_first(self) -> CandidateOrder {
        let descending = matches!(self, Self::Newest | Self::Since | Self::Score);
        CandidateOrder { sort: self, descending }
    }
}

/// The order of the list.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct CandidateOrder {
    /// By what.
    pub sort: CandidateSort,
    /// From the highest on.
    pub descending: bool,
}

impl Default for CandidateOrder {
    fn default() -> Self {
        CandidateSort::Newest.at_first()
    }
}

impl CandidateOrder {
    /// The text in addresses: a hyphen says that it goes down.
    #[must_use]
    pub fn code(self) -> String {
        format!("{}{}", if self.descending { "-" } else { "" }, self.sort.code())
    }

    /// Reads [`CandidateOrder::code`] back.
    #[must_use]
    pub fn from_code(code: &str) -> Option<Self> {
        let (code, descending) = code.strip_prefix('-').map_or((code, false), |code| (code, true));
        let sort = CandidateSort::ALL.into_iter().find(|sort| sort.code() == code)?;
        Some(Self { sort, descending })
    }
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

    /// So many candidates: `1 candidate`, `25 candidates`.
    #[must_use]
    pub fn of_candidates(self) -> String {
        let unit = if self == Self::Exactly(1) { "candidate" } else { "candidates" };
        format!("{} {unit}", self.text())
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
    /// The members whose candidates can be asked for: id and name.
    pub owners: Vec<(MemberId, String)>,
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
    /// Whether the candidate can be chosen for an import.
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
    /// How a text that somebody began to write on this page reads for them.
    pub preview: Option<String>,
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
