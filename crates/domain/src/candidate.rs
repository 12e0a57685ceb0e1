//! A sourced candidate, and what a person may type about one.

use serde::{Deserialize, Serialize};

use crate::email::EmailAddress;
use crate::problem::{Field, FieldProblem, Problem};

/// Longest name, headline, company or location kept, in characters.
pub const LONGEST_LINE: usize = 200;
/// Longest message or answer, in characters.
pub const LONGEST_MESSAGE: usize = 10_000;

/// A phone number and what kind it is, in Lever's words (mobile, home, work).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Phone {
    /// mobile, home, work, skype or other.
    pub kind: Option<String>,
    /// The number as given.
    pub value: String,
}

/// A candidate to add, checked.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NewCandidate {
    /// Full name.
    pub name: String,
    /// At least one address: without it nobody can write to them.
    pub emails: Vec<EmailAddress>,
    /// A line about them.
    pub headline: String,
    /// Current company.
    pub company: String,
    /// Where they are.
    pub location: String,
}

impl NewCandidate {
    /// Checks what a person typed.
    ///
    /// # Errors
    /// A [`Problem`] that names every field to mend.
    pub fn parse(
        name: &str,
        email: &str,
        headline: &str,
        company: &str,
        location: &str,
    ) -> Result<Self, Problem> {
        let mut problems = Vec::new();
        let name = line(Field::Name, name, true, &mut problems);
        let headline = line(Field::Headline, headline, false, &mut problems);
        let company = line(Field::Company, company, false, &mut problems);
        let location = line(Field::Location, location, false, &mut problems);
        let email = if email.trim().is_empty() {
            problems.push(FieldProblem::Missing(Field::Email));
            None
        } else {
            EmailAddress::parse(email).map_err(|_| problems.push(FieldProblem::NotAnEmail(Field::Email))).ok()
        };
        match email {
            Some(email) if problems.is_empty() => {
                Ok(Self { name, emails: vec![email], headline, company, location })
            }
            _ => Err(Problem::Fields(problems)),
        }
    }
}

/// One trimmed line, checked for presence and length.
pub fn line(field: Field, text: &str, required: bool, problems: &mut Vec<FieldProblem>) -> String {
    let text = text.trim();
    if required && text.is_empty() {
        problems.push(FieldProblem::Missing(field));
    } else if text.chars().count() > LONGEST_LINE {
        problems.push(FieldProblem::TooLong(field));
    }
    text.to_owned()
}

/// A message or an answer, checked.
///
/// # Errors
/// A [`Problem`] beside `field` when it is empty or too long.
pub fn message_text(field: Field, text: &str) -> Result<String, Problem> {
    let text = text.trim();
    if text.is_empty() {
        Err(Problem::field(FieldProblem::Missing(field)))
    } else if text.chars().count() > LONGEST_MESSAGE {
        Err(Problem::field(FieldProblem::TooLong(field)))
    } else {
        Ok(text.to_owned())
    }
}

/// Whether `link` is a web address that may be shown as a link and sent on.
#[must_use]
pub fn is_web_link(link: &str) -> bool {
    let lower = link.trim().to_lowercase();
    (lower.starts_with("https://") || lower.starts_with("http://")) && !lower.contains(char::is_whitespace)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_wrong_field_is_named_at_once() {
        let problem = NewCandidate::parse(" ", "jo", "", "", "").unwrap_err();
        assert_eq!(
            problem,
            Problem::Fields(vec![FieldProblem::Missing(Field::Name), FieldProblem::NotAnEmail(Field::Email)])
        );
    }

    #[test]
    fn a_script_is_not_a_web_link() {
        assert!(is_web_link("https://example.com/jo"));
        assert!(!is_web_link("javascript:alert(1)"));
    }
}
