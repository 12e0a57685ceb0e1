//! Archive reasons. "Hired" is one of them, not a stage.

use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use super::{State, problem::Problem};

/// A reason an opportunity is archived for.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) struct ArchiveReason {
    pub(crate) id: String,
    pub(crate) text: String,
    pub(crate) active: bool,
    pub(crate) hired: bool,
    pub(crate) place: i64,
}

impl ArchiveReason {
    pub(crate) fn to_json(&self) -> Value {
        json!({
            "id": self.id,
            "text": self.text,
            "status": self.status(),
            "type": if self.hired { "hired" } else { "non-hired" },
        })
    }

    /// The form of the undocumented `/disposition_stages`, where other reasons
    /// have no type (recorded traffic).
    pub(crate) fn to_disposition_json(&self) -> Value {
        json!({
            "id": self.id,
            "text": self.text,
            "type": self.hired.then_some("hired"),
            "status": self.status(),
        })
    }

    fn status(&self) -> &'static str {
        if self.active { "active" } else { "inactive" }
    }
}

impl State {
    /// All reasons, in their order.
    pub(crate) fn reasons(&self) -> Vec<&ArchiveReason> {
        let mut reasons: Vec<&ArchiveReason> = self.archive_reasons.values().collect();
        reasons.sort_by(|a, b| (a.place, &a.id).cmp(&(b.place, &b.id)));
        reasons
    }

    /// The id of the one reason of type hired.
    pub(crate) fn hired_reason(&self) -> Option<String> {
        self.archive_reasons.values().find(|reason| reason.hired).map(|reason| reason.id.clone())
    }

    /// Whether a reason is of type hired.
    pub(crate) fn is_hired_reason(&self, id: &str) -> bool {
        self.archive_reasons.get(id).is_some_and(|reason| reason.hired)
    }

    /// The text to show for a reason.
    pub(crate) fn reason_text(&self, id: &str) -> String {
        self.archive_reasons.get(id).map_or_else(|| id.to_owned(), |reason| reason.text.clone())
    }

    /// Adds a reason at the end.
    pub(crate) fn add_reason(&mut self, text: &str, hired: bool) -> Result<String, Problem> {
        let text = text.trim();
        if text.is_empty() {
            return Err(Problem::invalid("Missing required parameter: text"));
        }
        if hired && self.hired_reason().is_some() {
            return Err(Problem::invalid("There is exactly one reason of type hired"));
        }
        let place = self.reasons().last().map_or(0, |reason| reason.place + 1);
        let id = self.new_id();
        let reason = ArchiveReason { id: id.clone(), text: text.to_owned(), active: true, hired, place };
        self.archive_reasons.insert(&id, reason);
        Ok(id)
    }

    /// Changes the text of a reason or switches it off or on.
    pub(crate) fn change_reason(
        &mut self,
        id: &str,
        text: Option<&str>,
        active: Option<bool>,
    ) -> Result<(), Problem> {
        if self.is_hired_reason(id) && active == Some(false) {
            return Err(Problem::invalid("The hired reason cannot be deactivated"));
        }
        let reason = self.archive_reasons.edit(id).ok_or_else(|| Problem::missing("archive_reasons", id))?;
        if let Some(text) = text.map(str::trim).filter(|text| !text.is_empty()) {
            reason.text = text.to_owned();
        }
        reason.active = active.unwrap_or(reason.active);
        Ok(())
    }
}
