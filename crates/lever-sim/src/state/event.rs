//! Events: what a webhook can be told of, and which webhooks are.

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value, json};

use super::{
    State,
    act::{Act, Door},
    opportunity::{Archived, Opportunity, Origin},
    webhook::url_problem,
};
use crate::settings::{AbsentSide, DeletedBy, HireOrder, TokenScope};

/// Lever's events (Lever documentation, Webhooks).
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) enum Event {
    CandidateHired,
    CandidateStageChange,
    CandidateArchiveChange,
    CandidateDeleted,
    ApplicationCreated,
    ContactCreated,
    ContactUpdated,
    InterviewCreated,
    InterviewUpdated,
    InterviewDeleted,
}

impl Event {
    /// All of them; the article's three first, in its order.
    pub(crate) const ALL: [Self; 10] = [
        Self::CandidateHired,
        Self::CandidateStageChange,
        Self::CandidateArchiveChange,
        Self::CandidateDeleted,
        Self::ApplicationCreated,
        Self::ContactCreated,
        Self::ContactUpdated,
        Self::InterviewCreated,
        Self::InterviewUpdated,
        Self::InterviewDeleted,
    ];

    /// The name in the API and in deliveries.
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::CandidateHired => "candidateHired",
            Self::CandidateStageChange => "candidateStageChange",
            Self::CandidateArchiveChange => "candidateArchiveChange",
            Self::CandidateDeleted => "candidateDeleted",
            Self::ApplicationCreated => "applicationCreated",
            Self::ContactCreated => "contactCreated",
            Self::ContactUpdated => "contactUpdated",
            Self::InterviewCreated => "interviewCreated",
            Self::InterviewUpdated => "interviewUpdated",
            Self::InterviewDeleted => "interviewDeleted",
        }
    }

    /// The name on the Webhooks page.
    pub(crate) fn title(self) -> &'static str {
        match self {
            Self::CandidateHired => "Candidate Hired",
            Self::CandidateStageChange => "Candidate Stage Change",
            Self::CandidateArchiveChange => "Candidate Archive State Change",
            Self::CandidateDeleted => "Candidate Deleted",
            Self::ApplicationCreated => "Application Created",
            Self::ContactCreated => "Contact Created",
            Self::ContactUpdated => "Contact Updated",
            Self::InterviewCreated => "Interview Created",
            Self::InterviewUpdated => "Interview Updated",
            Self::InterviewDeleted => "Interview Deleted",
        }
    }

    pub(crate) fn by_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|event| event.name() == name)
    }

    /// Whether a webhook for it can be limited to some origins.
    pub(crate) fn has_conditions(self) -> bool {
        matches!(
            self,
            Self::ApplicationCreated
                | Self::CandidateArchiveChange
                | Self::CandidateHired
                | Self::CandidateStageChange
        )
    }

    /// Whether anything in the practice account makes it happen.
    pub(crate) fn happens(self) -> bool {
        !matches!(self, Self::InterviewCreated | Self::InterviewUpdated | Self::InterviewDeleted)
    }
}

/// What of an event decides who is told.
#[derive(Debug, Clone, Default)]
pub(crate) struct Occasion {
    pub(crate) opportunity: Option<String>,
    pub(crate) origin: Option<Origin>,
    pub(crate) confidential: bool,
}

impl State {
    /// Something happened: queues a delivery for each webhook that asks for it,
    /// unless the event's switch is off or the origin is excluded.
    pub(crate) fn occur(&mut self, event: Event, data: Value, of: &Occasion, act: &Act<'_>) {
        let behaviour = self.behaviour.get();
        if (act.door == Door::Api && !behaviour.api_changes_fire)
            || (of.confidential && !behaviour.confidential_fires)
            || !self.is_on(event)
        {
            return;
        }
        let shared = behaviour.token_scope == TokenScope::Event;
        let hooks: Vec<String> = self
            .webhooks
            .values()
            .filter(|hook| hook.event == event && hook.disabled_at.is_none())
            .filter(|hook| url_problem(&hook.url).is_none())
            .filter(|hook| match of.origin {
                Some(origin) if event.has_conditions() => hook.origins.contains(&origin),
                _ => true,
            })
            .map(|hook| hook.id.clone())
            .collect();
        if hooks.is_empty() {
            return;
        }
        let event_id = self.new_id();
        let shared = shared.then(|| self.meta.edit().random.token());
        for hook in hooks {
            let token = match &shared {
                Some(token) => token.clone(),
                None => self.meta.edit().random.token(),
            };
            self.queue_delivery(&hook, &event_id, token, data.clone(), of, act.at);
        }
    }

    /// Whether the event's group on the Webhooks page is switched on.
    pub(crate) fn is_on(&self, event: Event) -> bool {
        self.meta.get().toggles.get(&event).copied() == Some(true)
    }

    pub(crate) fn stage_event(&mut self, of: &Opportunity, from: &str, to: &str, act: &Act<'_>) {
        let mut data = identity(of);
        data.insert("fromStageId".into(), json!(from));
        data.insert("toStageId".into(), json!(to));
        self.occur(Event::CandidateStageChange, data.into(), &occasion(of), act);
    }

    /// `candidateArchiveChange`, and `candidateHired` with it when this is a hire.
    pub(crate) fn archive_events(&mut self, of: &Opportunity, before: Option<&Archived>, act: &Act<'_>) {
        let absent = self.behaviour.get().absent_sides;
        let order = self.behaviour.get().hire_order;
        let mut data = identity(of);
        let mut side = |name: &str, archived: Option<&Archived>| match (archived, absent) {
            (Some(archived), _) => {
                data.insert(
                    name.into(),
                    json!({ "archivedAt": archived.archived_at, "reason": archived.reason }),
                );
            }
            (None, AbsentSide::Null) => {
                data.insert(name.into(), Value::Null);
            }
            (None, AbsentSide::Absent) => {}
        };
        side("fromArchived", before);
        side("toArchived", of.archived.as_ref());
        let was_hired = before.is_some_and(|archived| self.is_hired_reason(&archived.reason));
        let is_hired = of.archived.as_ref().is_some_and(|archived| self.is_hired_reason(&archived.reason));
        let hired = is_hired && !was_hired;
        if hired && order == HireOrder::HiredFirst {
            self.occur(Event::CandidateHired, identity(of).into(), &occasion(of), act);
        }
        self.occur(Event::CandidateArchiveChange, data.into(), &occasion(of), act);
        if hired && order == HireOrder::ArchiveFirst {
            self.occur(Event::CandidateHired, identity(of).into(), &occasion(of), act);
        }
    }

    /// `candidateDeleted`. The key `deletedBy` is taken from the attribute of
    /// deleted opportunities; Lever's own documentation does not name it.
    pub(crate) fn deleted_event(&mut self, of: &Opportunity, act: &Act<'_>) {
        let mut data = identity(of);
        if self.behaviour.get().deleted_by == DeletedBy::Named {
            data.insert("deletedBy".into(), json!(act.by));
        }
        self.occur(Event::CandidateDeleted, data.into(), &occasion(of), act);
    }

    pub(crate) fn application_event(&mut self, of: &Opportunity, application: &str, act: &Act<'_>) {
        let mut data = Map::new();
        data.insert("applicationId".into(), json!(application));
        data.extend(identity(of));
        self.occur(Event::ApplicationCreated, data.into(), &occasion(of), act);
    }
}

/// `candidateId` is deprecated and equals `opportunityId`.
fn identity(of: &Opportunity) -> Map<String, Value> {
    let mut data = Map::new();
    data.insert("candidateId".into(), json!(of.id));
    data.insert("opportunityId".into(), json!(of.id));
    data.insert("contactId".into(), json!(of.contact));
    data
}

fn occasion(of: &Opportunity) -> Occasion {
    Occasion { opportunity: Some(of.id.clone()), origin: Some(of.origin), confidential: of.confidential }
}
