//! What changed in Lever, and the runs that compare with it. Both screens are
//! drawn by the server.

use crate::ids::{AttentionId, CandidateId, MemberId, ReconciliationId};
use crate::mapping::{MatchedBy, Target};
use crate::time::Moment;

use super::{LeverUserOption, Listed};

/// What changed in Lever.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DriftPage {
    /// Whether this viewer may decide.
    pub may_apply: bool,
    /// Stages nobody has decided about, in pipeline order.
    pub stages: Vec<DriftedPlace>,
    /// Archive reasons nobody has decided about.
    pub reasons: Vec<DriftedPlace>,
    /// Members for whom there is another Lever user.
    pub members: Vec<DriftedMember>,
    /// Who can be chosen for them.
    pub lever_users: Vec<LeverUserOption>,
    /// Every possible target.
    pub targets: Vec<Target>,
    /// Upon which save of the stage map this is based.
    pub stages_version: u32,
    /// Upon which save of the user map this is based.
    pub users_version: u32,
    /// What applying the choices as they stand would do.
    pub preview: String,
    /// What was noticed lately, newest first.
    pub log: Vec<(String, Moment)>,
}

impl DriftPage {
    /// Whether there is anything to decide.
    #[must_use]
    pub fn asks(&self) -> bool {
        !(self.stages.is_empty() && self.reasons.is_empty() && self.members.is_empty())
    }
}

/// A stage or archive reason nobody has decided about.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DriftedPlace {
    /// Lever's id.
    pub id: String,
    /// Its name.
    pub name: String,
    /// What happened to it.
    pub what: String,
    /// The proposal, or what was chosen and not yet applied.
    pub target: Option<Target>,
    /// Linked candidates who are there now.
    pub people: u32,
    /// What this choice alone would do.
    pub preview: String,
}

/// A member for whom there is another Lever user.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DriftedMember {
    /// Who.
    pub member: MemberId,
    /// Their name.
    pub name: String,
    /// What happened.
    pub what: String,
    /// The proposal, or what was chosen and not yet applied.
    pub lever_user: Option<String>,
    /// Why it is proposed.
    pub suggested_by: Option<MatchedBy>,
}

/// The runs that compare with Lever.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RunsPage {
    /// Whether this viewer may press *Sync now*.
    pub can_sync: bool,
    /// The run under way.
    pub running: Option<RunRow>,
    /// Those that are over.
    pub runs: Listed<RunRow>,
    /// When the next full run is due.
    pub next_full: Option<Moment>,
    /// What a run that stopped wants to know.
    pub asks: Option<RunAsks>,
    /// The run whose differences are shown, and when it began; `None`: those of all runs.
    pub chosen: Option<(ReconciliationId, Moment)>,
    /// What was found to differ.
    pub differences: Listed<DifferenceRow>,
}

/// A run would unlink many candidates, and stopped.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RunAsks {
    /// The open question.
    pub item: AttentionId,
    /// How many candidates Lever lists as deleted.
    pub missing: u64,
    /// How many were linked.
    pub linked: u64,
    /// Whether this viewer may answer.
    pub may_answer: bool,
}

/// One run.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RunRow {
    /// Which.
    pub id: ReconciliationId,
    /// Why it ran: `Nightly, in full`.
    pub why: &'static str,
    /// When it began.
    pub started: Moment,
    /// How long it took: `12 s`.
    pub took: String,
    /// Since when changes were listed.
    pub since: Option<Moment>,
    /// Whether every linked candidate is compared, not only the changed ones.
    pub full: bool,
    /// Candidates compared.
    pub compared: u32,
    /// Candidates linked when it began.
    pub linked: u32,
    /// Pages of Lever's lists read.
    pub pages: u32,
    /// Requests sent to Lever.
    pub requests: u32,
    /// Candidates changed.
    pub changed: u32,
    /// What stopped it, for a person.
    pub problem: Option<String>,
    /// Whether another run follows it, for somebody asked while it was under way.
    pub followed: bool,
}

/// One difference that was found and repaired.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DifferenceRow {
    /// About whom.
    pub candidate: CandidateId,
    /// Their name.
    pub name: String,
    /// What we had.
    pub ours: String,
    /// What Lever had.
    pub levers: String,
    /// What was done.
    pub done: String,
    /// When.
    pub at: Moment,
}
