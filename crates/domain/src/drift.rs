//! What changes in a Lever account while nobody looks: users, stages and
//! archive reasons come, go and are renamed, and no delivery tells of it.

use crate::mapping::Target;
use crate::time::Timestamp;

/// What changed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Subject {
    /// A stage of the pipeline.
    Stage,
    /// An archive reason.
    Reason,
    /// A user.
    User,
}

impl Subject {
    /// The stable text in the database.
    #[must_use]
    pub fn code(self) -> &'static str {
        match self {
            Self::Stage => "stage",
            Self::Reason => "reason",
            Self::User => "user",
        }
    }

    /// Reads [`Subject::code`] back.
    #[must_use]
    pub fn from_code(code: &str) -> Option<Self> {
        [Self::Stage, Self::Reason, Self::User].into_iter().find(|subject| subject.code() == code)
    }

    /// The word on the screen, at the beginning of a sentence.
    #[must_use]
    pub fn label(self) -> &'static str {
        match self {
            Self::Stage => "Stage",
            Self::Reason => "Archive reason",
            Self::User => "User",
        }
    }
}

/// How it changed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum ChangeKind {
    /// It was not there before.
    New,
    /// It has another name.
    Renamed,
    /// It was removed or deactivated.
    Removed,
    /// It was removed or deactivated, and is back.
    Returned,
}

impl ChangeKind {
    /// The stable text in the database.
    #[must_use]
    pub fn code(self) -> &'static str {
        match self {
            Self::New => "new",
            Self::Renamed => "renamed",
            Self::Removed => "removed",
            Self::Returned => "returned",
        }
    }

    /// Reads [`ChangeKind::code`] back.
    #[must_use]
    pub fn from_code(code: &str) -> Option<Self> {
        [Self::New, Self::Renamed, Self::Removed, Self::Returned].into_iter().find(|kind| kind.code() == code)
    }
}

/// One change, as noticed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LeverChange {
    /// What.
    pub subject: Subject,
    /// Lever's id.
    pub lever_id: String,
    /// How.
    pub kind: ChangeKind,
    /// The name before, where it was renamed.
    pub name_before: Option<String>,
    /// The name now.
    pub name: String,
    /// When it was noticed.
    pub at: Timestamp,
}

impl LeverChange {
    /// In a sentence: `Stage Background check is new.`
    #[must_use]
    pub fn text(&self) -> String {
        let (what, name) = (self.subject.label(), &self.name);
        match (self.kind, &self.name_before) {
            (ChangeKind::New, _) => format!("{what} {name} is new."),
            (ChangeKind::Renamed, Some(before)) => format!("{what} {before} is now called {name}."),
            (ChangeKind::Renamed, None) => format!("{what} {name} was renamed."),
            (ChangeKind::Removed, _) if self.subject == Subject::Stage => {
                format!("{what} {name} was removed.")
            }
            (ChangeKind::Removed, _) => format!("{what} {name} was deactivated."),
            (ChangeKind::Returned, _) => format!("{what} {name} is back."),
        }
    }
}

/// Whether a new name puts in question what a stage or reason means here: by
/// the rules that map by themselves, the name `before` and the one `now` mean
/// different things, and what it means `now` is not what was decided. A name
/// that tells nothing leaves the map as it is.
#[must_use]
pub fn puts_in_question(before: Option<Target>, now: Option<Target>, decided: Option<Target>) -> bool {
    now.is_some() && decided.is_some() && now != decided && now != before
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::mapping::suggest_stage;
    use crate::status::Status;

    #[test]
    fn a_name_that_means_something_else_puts_the_map_in_question() {
        let question = |before, now, decided| {
            puts_in_question(suggest_stage("u", before), suggest_stage("u", now), Some(Target::Set(decided)))
        };
        assert!(question("Screen", "Offer out", Status::Screening));
        assert!(question("Loop", "Offer out", Status::Screening));
        assert!(!question("Screen", "Second phone screen", Status::Screening));
        assert!(!question("Screen", "Round two", Status::Screening), "the words tell nothing");
        assert!(!question("Screen", "Phone screen", Status::Interviewing), "it was mapped so by hand");
        assert!(!question("Screen", "Offer out", Status::Offer));
        assert!(!puts_in_question(None, suggest_stage("u", "Offer"), None), "it was not mapped");
    }

    #[test]
    fn changes_are_told_in_sentences() {
        let change = |subject, kind, before: Option<&str>| LeverChange {
            subject,
            lever_id: "x".into(),
            kind,
            name_before: before.map(Into::into),
            name: "Panel".into(),
            at: Timestamp(0),
        };
        assert_eq!(
            change(Subject::Stage, ChangeKind::Renamed, Some("Loop")).text(),
            "Stage Loop is now called Panel."
        );
        assert_eq!(change(Subject::Stage, ChangeKind::Removed, None).text(), "Stage Panel was removed.");
        assert_eq!(change(Subject::User, ChangeKind::Removed, None).text(), "User Panel was deactivated.");
        assert_eq!(change(Subject::Reason, ChangeKind::New, None).text(), "Archive reason Panel is new.");
    }
}
