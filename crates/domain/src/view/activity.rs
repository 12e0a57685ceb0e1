//! The activity log, and a delivery that was opened. The server draws both.

use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::activity::Shown;
use crate::ids::{CandidateId, DeliveryId};
use crate::time::Moment;

/// What the log is searched for, as it stands in the address. What cannot be read
/// asks for nothing.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct ActivitySearch {
    /// Which part; see [`Shown::code`].
    pub what: String,
    /// Words that the name, an address or the company of the candidate begins with.
    pub name: String,
    /// One candidate, by id.
    pub candidate: String,
    /// One member, by id.
    pub member: String,
    /// `failed`, `held`, `well`, or empty for all of them.
    pub outcome: String,
    /// The first day, `2026-11-23`.
    pub from: String,
    /// The last day.
    pub until: String,
    /// The cursor of a page; empty for the newest one.
    pub before: String,
}

/// One page of the log, newest first.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ActivityPage {
    /// What was searched for.
    pub search: ActivitySearch,
    /// Which part is shown.
    pub shown: Shown,
    /// The lines.
    pub rows: Vec<ActivityRow>,
    /// Cursor for *Older*.
    pub next: Option<String>,
    /// The members to choose from, by id and name.
    pub members: Vec<(String, String)>,
    /// Whose lines are shown, where candidates were searched for.
    pub candidates: Option<Vec<(CandidateId, String)>>,
    /// Whether more candidates were found than are shown.
    pub more_candidates: bool,
}

/// One line.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ActivityRow {
    /// Which.
    pub id: Uuid,
    /// When.
    pub at: Moment,
    /// Who: a member, a candidate, Lever, or Fulcrum itself.
    pub who: String,
    /// What happened, in a sentence.
    pub what: String,
    /// Method, path, status and time of a call.
    pub detail: Option<String>,
    /// Whether it did not work.
    pub failed: bool,
    /// Whether it is a delivery that is held.
    pub held: bool,
    /// The candidate it is about.
    pub candidate: Option<CandidateId>,
    /// The delivery it is, or that led to it.
    pub delivery: Option<DeliveryId>,
}

/// A delivery that was opened.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DeliveryPage {
    /// Which.
    pub id: DeliveryId,
    /// The event, in Lever's words.
    pub event: String,
    /// How it stands, in a word.
    pub state: &'static str,
    /// `good`, `warn`, `bad` or `quiet`.
    pub tone: &'static str,
    /// What was decided and why, sentence by sentence.
    pub decided: Vec<String>,
    /// When it arrived.
    pub received: Moment,
    /// The candidate it is about.
    pub candidate: Option<(CandidateId, String)>,
    /// What the delivery itself says, by name.
    pub said: Vec<(&'static str, String)>,
    /// What Lever said when it was asked, by name; empty where it was not.
    pub read: Vec<(&'static str, String)>,
    /// The headers kept, by name.
    pub headers: Vec<(String, String)>,
    /// The body, as far as it is shown.
    pub body: DeliveryBody,
    /// For how long bodies are kept.
    pub kept_for: String,
    /// Whether they are sealed then; else they go.
    pub sealed_then: bool,
    /// Whether it is held: no token that is stored signed it.
    pub held: bool,
    /// Whether it can be applied again.
    pub can_replay: bool,
}

/// The body of a delivery.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum DeliveryBody {
    /// As it was sent.
    Sent(String),
    /// Sealed, and whether the actor may open it.
    Sealed {
        /// A Super Admin may.
        can_open: bool,
    },
    /// Sealed, and opened by the actor a short while ago.
    Opened(String),
    /// Sealed with another key than this installation has.
    Unreadable,
    /// It is no longer here.
    Scrubbed,
}
