//! Pipeline stages.

use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use super::{State, problem::Problem};
use crate::cursor::Rank;

/// The stage a new lead is in; the id is the same in every account.
pub(crate) const NEW_LEAD: &str = "lead-new";

/// Stages with ids that are the same in every account (recorded traffic): they
/// cannot be removed or renamed.
pub(crate) const FIXED: [&str; 5] =
    [NEW_LEAD, "lead-reached-out", "lead-responded", "applicant-new", "offer"];

/// A stage.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) struct Stage {
    pub(crate) id: String,
    pub(crate) text: String,
    /// `lead`, `applicant`, `screen`, `onsite` or `offer`.
    pub(crate) pipeline: String,
    pub(crate) rank: Rank,
    pub(crate) active: bool,
}

impl Stage {
    /// `{id, text}`, all that the documented route answers.
    pub(crate) fn to_json(&self) -> Value {
        json!({ "id": self.id, "text": self.text })
    }

    /// The form of the undocumented `/disposition_stages` (recorded traffic).
    pub(crate) fn to_disposition_json(&self) -> Value {
        json!({
            "id": self.id,
            "text": self.text,
            "pipeline": self.pipeline,
            "rank": self.rank.to_json(),
            "hasInterview": matches!(self.pipeline.as_str(), "screen" | "onsite"),
        })
    }
}

impl State {
    /// Active stages in pipeline order.
    pub(crate) fn pipeline(&self) -> Vec<&Stage> {
        let mut stages: Vec<&Stage> = self.stages.values().filter(|stage| stage.active).collect();
        stages.sort_by(|a, b| (a.rank, &a.id).cmp(&(b.rank, &b.id)));
        stages
    }

    /// A stage's place among the active ones; 0 when it is not among them.
    pub(crate) fn stage_index(&self, id: &str) -> usize {
        self.pipeline().iter().position(|stage| stage.id == id).unwrap_or(0)
    }

    /// The text to show for a stage id.
    pub(crate) fn stage_text(&self, id: &str) -> String {
        self.stages.get(id).map_or_else(|| id.to_owned(), |stage| stage.text.clone())
    }

    /// The id of an active stage, or the refusal for naming it.
    pub(crate) fn active_stage(&self, id: &str) -> Result<String, Problem> {
        match self.stages.get(id) {
            Some(stage) if stage.active => Ok(stage.id.clone()),
            _ => Err(Problem::reference("stages", id)),
        }
    }

    /// Adds a stage right after another one (or at the end). Active stages have
    /// distinct names.
    pub(crate) fn add_stage(&mut self, text: &str, after: Option<&str>) -> Result<String, Problem> {
        let text = self.free_stage_text(text, None)?;
        let stages = self.pipeline();
        let position = match after {
            Some(id) => stages
                .iter()
                .position(|stage| stage.id == id)
                .ok_or_else(|| Problem::reference("stages", id))?,
            None => stages.len().saturating_sub(1),
        };
        let (Some(before), next) = (stages.get(position), stages.get(position + 1)) else {
            return Err(Problem::invalid("There is no stage to add one after"));
        };
        let pipeline = before.pipeline.clone();
        let rank = match next {
            Some(next) => Rank(before.rank.0 + (next.rank.0 - before.rank.0) / 2),
            None => Rank(before.rank.0 + 1_000),
        };
        let id = self.new_id();
        let stage = Stage { id: id.clone(), text, pipeline, rank, active: true };
        self.stages.insert(&id, stage);
        Ok(id)
    }

    /// Changes the text of a stage.
    pub(crate) fn rename_stage(&mut self, id: &str, text: &str) -> Result<(), Problem> {
        if id == NEW_LEAD {
            return Err(Problem::invalid("New lead cannot be renamed"));
        }
        let text = self.free_stage_text(text, Some(id))?;
        let stage = self.stages.edit(id).ok_or_else(|| Problem::missing("stages", id))?;
        stage.text = text;
        Ok(())
    }

    /// Switches a stage off or on. The stages of every account stay on.
    pub(crate) fn set_stage_active(&mut self, id: &str, active: bool) -> Result<(), Problem> {
        if FIXED.contains(&id) && !active {
            return Err(Problem::invalid("This stage cannot be deactivated"));
        }
        let stage = self.stages.edit(id).ok_or_else(|| Problem::missing("stages", id))?;
        stage.active = active;
        Ok(())
    }

    fn free_stage_text(&self, text: &str, besides: Option<&str>) -> Result<String, Problem> {
        let text = text.trim();
        if text.is_empty() {
            return Err(Problem::invalid("Missing required parameter: text"));
        }
        let taken =
            self.stages.values().any(|s| s.active && Some(s.id.as_str()) != besides && s.text == text);
        if taken {
            return Err(Problem::invalid("Another stage has this name"));
        }
        Ok(text.to_owned())
    }
}
