//! Job Stage Mapping: Lever's stages and archive reasons, each with a status.

use std::collections::HashMap;

use serde::{Deserialize, Serialize};

use crate::status::Status;

/// What a stage or an archive reason means here.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Target {
    /// Keep the current status. *New lead* maps to it: an import must not push
    /// Responded back to New.
    Keep,
    /// Set this status.
    Set(Status),
}

impl Target {
    /// The stable text in the database and in forms.
    #[must_use]
    pub fn code(self) -> &'static str {
        match self {
            Self::Keep => "keep",
            Self::Set(status) => status.code(),
        }
    }

    /// Reads [`Target::code`] back.
    #[must_use]
    pub fn from_code(code: &str) -> Option<Self> {
        if code == "keep" { Some(Self::Keep) } else { Status::from_code(code).map(Self::Set) }
    }

    /// The words on the screen.
    #[must_use]
    pub fn label(self) -> &'static str {
        match self {
            Self::Keep => "Keep current status",
            Self::Set(status) => status.label(),
        }
    }
}

/// Where an opportunity stands in Lever, as the stage map sees it.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(tag = "place", content = "id", rename_all = "snake_case")]
pub enum Place {
    /// In a stage of the pipeline.
    Stage(String),
    /// Archived for this reason.
    Archived(String),
}

impl Place {
    /// The place as the subject of an attention item: `stage:ID` or `reason:ID`.
    #[must_use]
    pub fn subject(&self) -> String {
        match self {
            Self::Stage(id) => format!("stage:{id}"),
            Self::Archived(id) => format!("reason:{id}"),
        }
    }

    /// Reads [`Place::subject`] back.
    #[must_use]
    pub fn from_subject(subject: &str) -> Option<Self> {
        match subject.split_once(':')? {
            ("stage", id) => Some(Self::Stage(id.to_owned())),
            ("reason", id) => Some(Self::Archived(id.to_owned())),
            _ => None,
        }
    }
}

/// The saved map. What is absent is not mapped and never guessed.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct StageMap {
    targets: HashMap<Place, Target>,
}

impl StageMap {
    /// What `place` means, if anybody said so.
    #[must_use]
    pub fn target(&self, place: &Place) -> Option<Target> {
        self.targets.get(place).copied()
    }

    /// Whether nothing at all sets a status.
    #[must_use]
    pub fn sets_nothing(&self) -> bool {
        !self.targets.values().any(|target| matches!(target, Target::Set(_)))
    }

    /// Every mapped place.
    pub fn iter(&self) -> impl Iterator<Item = (&Place, Target)> {
        self.targets.iter().map(|(place, target)| (place, *target))
    }
}

impl FromIterator<(Place, Target)> for StageMap {
    fn from_iter<I: IntoIterator<Item = (Place, Target)>>(targets: I) -> Self {
        Self { targets: targets.into_iter().collect() }
    }
}

/// Suggests what a stage means, by its fixed id, else by the words of its name.
/// `None` where only a person can tell.
#[must_use]
pub fn suggest_stage(id: &str, text: &str) -> Option<Target> {
    match id {
        "lead-new" => return Some(Target::Keep),
        "lead-reached-out" => return Some(Target::Set(Status::Contacted)),
        "lead-responded" | "applicant-new" => return Some(Target::Set(Status::Responded)),
        "offer" => return Some(Target::Set(Status::Offer)),
        _ => {}
    }
    let text = text.to_lowercase();
    let has = |words: &[&str]| words.iter().any(|word| text.contains(word));
    // Tested first: a *phone interview* is a screen.
    let status = if has(&["screen", "phone"]) {
        Status::Screening
    } else if has(&["interview", "on-site", "onsite", "reference"]) {
        Status::Interviewing
    } else if has(&["offer"]) {
        Status::Offer
    } else if has(&["reached out"]) {
        Status::Contacted
    } else if has(&["responded", "new applicant"]) {
        Status::Responded
    } else if has(&["new lead"]) {
        return Some(Target::Keep);
    } else {
        return None;
    };
    Some(Target::Set(status))
}

/// Suggests what an archive reason means: by its type when it is the hired one,
/// else by its words; every other reason is a rejection.
#[must_use]
pub fn suggest_reason(text: &str, hired: bool) -> Target {
    let text = text.to_lowercase();
    Target::Set(if hired {
        Status::Hired
    } else if text.contains("withdrew") || text.contains("withdrawn") || text.contains("offer declined") {
        Status::Withdrawn
    } else {
        Status::Rejected
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn levers_default_pipeline_maps_itself() {
        let cases = [
            ("lead-new", "New lead", Some(Target::Keep)),
            ("lead-reached-out", "Reached out", Some(Target::Set(Status::Contacted))),
            ("lead-responded", "Responded", Some(Target::Set(Status::Responded))),
            ("applicant-new", "New applicant", Some(Target::Set(Status::Responded))),
            ("u1", "Recruiter screen", Some(Target::Set(Status::Screening))),
            ("u2", "Phone interview", Some(Target::Set(Status::Screening))),
            ("u3", "On-site interview", Some(Target::Set(Status::Interviewing))),
            ("u4", "Reference check", Some(Target::Set(Status::Interviewing))),
            ("offer", "Offre", Some(Target::Set(Status::Offer))),
            ("u5", "Background check", None),
        ];
        for (id, text, expected) in cases {
            assert_eq!(suggest_stage(id, text), expected, "{text}");
        }
    }

    #[test]
    fn levers_default_reasons_map_themselves() {
        assert_eq!(suggest_reason("Embauché", true), Target::Set(Status::Hired));
        assert_eq!(suggest_reason("Withdrew", false), Target::Set(Status::Withdrawn));
        assert_eq!(suggest_reason("Offer declined", false), Target::Set(Status::Withdrawn));
        assert_eq!(suggest_reason("Underqualified", false), Target::Set(Status::Rejected));
    }

    #[test]
    fn subjects_read_back() {
        for place in [Place::Stage("a:b".into()), Place::Archived(String::new())] {
            assert_eq!(Place::from_subject(&place.subject()), Some(place));
        }
        assert_eq!(Place::from_subject("elsewhere:x"), None);
    }

    #[test]
    fn keeping_alone_maps_nothing() {
        let map: StageMap = [(Place::Stage("lead-new".into()), Target::Keep)].into_iter().collect();
        assert!(map.sets_nothing());
    }
}
