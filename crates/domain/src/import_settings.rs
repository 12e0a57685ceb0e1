//! What an organisation wants of its imports.

use serde::{Deserialize, Serialize};

use crate::candidate::LONGEST_LINE;
use crate::problem::{Field, FieldProblem};
use crate::text::one_line;

/// Most tags that go with every import.
pub const MOST_TAGS: usize = 20;

/// What happens when somebody with one of the candidate's addresses is in Lever.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum KnownPerson {
    /// A member decides.
    #[default]
    Ask,
    /// The newest open opportunity stands for the candidate; without an open
    /// one a member decides.
    Link,
    /// An opportunity is added to the contact.
    Add,
}

impl KnownPerson {
    /// Every choice.
    pub const ALL: [Self; 3] = [Self::Ask, Self::Link, Self::Add];

    /// The stable text in the database and in forms.
    #[must_use]
    pub fn code(self) -> &'static str {
        match self {
            Self::Ask => "ask",
            Self::Link => "link",
            Self::Add => "add",
        }
    }

    /// Reads [`KnownPerson::code`] back.
    #[must_use]
    pub fn from_code(code: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|choice| choice.code() == code)
    }

    /// The words on the screen.
    #[must_use]
    pub fn label(self) -> &'static str {
        match self {
            Self::Ask => "Ask each time",
            Self::Link => "Link to the newest open opportunity",
            Self::Add => "Add an opportunity",
        }
    }
}

/// What an answer starts.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum OnReply {
    /// Nothing: a member clicks.
    #[default]
    Off,
    /// A member is asked.
    Ask,
    /// The import, after a while in which a member may undo it.
    ByItself,
}

impl OnReply {
    /// Every choice.
    pub const ALL: [Self; 3] = [Self::Off, Self::Ask, Self::ByItself];

    /// The stable text in the database and in forms.
    #[must_use]
    pub fn code(self) -> &'static str {
        match self {
            Self::Off => "off",
            Self::Ask => "ask",
            Self::ByItself => "by_itself",
        }
    }

    /// Reads [`OnReply::code`] back.
    #[must_use]
    pub fn from_code(code: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|choice| choice.code() == code)
    }

    /// The words on the screen.
    #[must_use]
    pub fn label(self) -> &'static str {
        match self {
            Self::Off => "Off",
            Self::Ask => "Ask",
            Self::ByItself => "By itself, after 10 minutes in which it can be undone",
        }
    }
}

/// What an organisation wants of its imports.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ImportSettings {
    /// When the person is in Lever already.
    pub known_person: KnownPerson,
    /// Tags of every opportunity that an import creates.
    pub tags: Vec<String>,
    /// Whether linking to an opportunity writes the conversation there.
    pub note_when_linking: bool,
    /// Whether later answers are written to Lever, one note a day.
    pub note_of_replies: bool,
    /// What an answer starts.
    pub on_reply: OnReply,
}

/// The tags in a text, separated by commas or line ends; each once, trimmed.
///
/// # Errors
/// When there are more than [`MOST_TAGS`], or one is longer than a line.
pub fn tags(text: &str) -> Result<Vec<String>, FieldProblem> {
    let mut tags: Vec<String> = Vec::new();
    for tag in text.split([',', '\n']).map(one_line).filter(|tag| !tag.is_empty()) {
        if tag.chars().count() > LONGEST_LINE || tags.len() == MOST_TAGS {
            return Err(FieldProblem::TooLong(Field::Tags));
        }
        if !tags.contains(&tag) {
            tags.push(tag);
        }
    }
    Ok(tags)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tags_are_split_trimmed_and_unique() {
        assert_eq!(tags(" Go, sourced 2026 ,,\r\nGo\n").unwrap(), ["Go", "sourced 2026"]);
        assert!(tags("").unwrap().is_empty());
        assert!(tags(&"x".repeat(201)).is_err());
        let many: Vec<String> = (0..21).map(|n| n.to_string()).collect();
        assert_eq!(tags(&many.join(",")), Err(FieldProblem::TooLong(Field::Tags)));
    }

    #[test]
    fn codes_read_back() {
        for choice in KnownPerson::ALL {
            assert_eq!(KnownPerson::from_code(choice.code()), Some(choice));
        }
        for choice in OnReply::ALL {
            assert_eq!(OnReply::from_code(choice.code()), Some(choice));
        }
    }
}
