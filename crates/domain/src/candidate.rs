//! A sourced candidate, and what a person may type about one.

use serde::{Deserialize, Serialize};

use crate::email::EmailAddress;
use crate::problem::{Field, FieldProblem, Problem};
use crate::text::{lines, one_line};

/// Longest name, headline, company or location kept, in characters.
pub const LONGEST_LINE: usize = 200;
/// Longest message or answer, in characters.
pub const LONGEST_MESSAGE: usize = 10_000;
/// Longest link that is shown and sent on, in bytes: browsers and servers agree on so much.
pub const LONGEST_LINK: usize = 2_000;

/// A phone number and what kind it is, in Lever's words (mobile, home, work).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Phone {
    /// mobile, home, work, skype or other.
    pub kind: Option<String>,
    /// The number as given.
    pub value: String,
}

/// Most addresses, numbers or links of one candidate.
pub const MOST_WAYS: usize = 20;

/// How a candidate can be reached, checked.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Reach {
    /// E-mail addresses, the usual one first.
    pub emails: Vec<EmailAddress>,
    /// Phone numbers.
    pub phones: Vec<String>,
    /// Web links.
    pub links: Vec<String>,
}

impl Reach {
    /// Checks what a person typed, one a line.
    ///
    /// # Errors
    /// A [`Problem`] that names every field to mend.
    pub fn parse(emails: &str, phones: &str, links: &str) -> Result<Self, Problem> {
        let mut problems = Vec::new();
        let mut addresses = Vec::new();
        for line in each_line(Field::Email, emails, &mut problems) {
            match EmailAddress::parse(&line) {
                Ok(address) if !addresses.contains(&address) => addresses.push(address),
                Ok(_) => {}
                Err(_) => problems.push(FieldProblem::NotAnEmail(Field::Email)),
            }
        }
        if addresses.is_empty() && problems.is_empty() {
            problems.push(FieldProblem::AtLeastOneEmail);
        }
        let phones = each_line(Field::Phones, phones, &mut problems);
        let links = each_line(Field::Links, links, &mut problems);
        if links.iter().any(|link| !is_web_link(link)) {
            problems.push(FieldProblem::NotALink(Field::Links));
        }
        problems.dedup();
        if problems.is_empty() {
            Ok(Self { emails: addresses, phones, links })
        } else {
            Err(Problem::Fields(problems))
        }
    }
}

/// The lines that hold something, each once, checked for number and length.
fn each_line(field: Field, text: &str, problems: &mut Vec<FieldProblem>) -> Vec<String> {
    let longest = if field == Field::Links { LONGEST_LINK } else { LONGEST_LINE };
    let mut found = Vec::new();
    for line in text.lines().map(one_line).filter(|line| !line.is_empty()) {
        if !found.contains(&line) {
            found.push(line);
        }
    }
    if found.len() > MOST_WAYS || found.iter().any(|line| line.chars().count() > longest) {
        problems.push(FieldProblem::TooLong(field));
        found.truncate(MOST_WAYS);
    }
    found
}

/// Whether two writings mean one phone number: what stands between the digits
/// does not count.
#[must_use]
pub fn same_phone(one: &str, other: &str) -> bool {
    let bare = |text: &str| text.chars().filter(|c| c.is_alphanumeric() || *c == '+').collect::<String>();
    bare(one) == bare(other)
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

/// One line as [`one_line`] makes it, checked for presence and length.
pub fn line(field: Field, text: &str, required: bool, problems: &mut Vec<FieldProblem>) -> String {
    let text = one_line(text);
    if required && text.is_empty() {
        problems.push(FieldProblem::Missing(field));
    } else if text.chars().count() > LONGEST_LINE {
        problems.push(FieldProblem::TooLong(field));
    }
    text
}

/// A message or an answer as [`lines`] makes it, checked.
///
/// # Errors
/// A [`Problem`] beside `field` when it is empty or too long.
pub fn message_text(field: Field, text: &str) -> Result<String, Problem> {
    let text = lines(text);
    if text.is_empty() {
        Err(Problem::field(FieldProblem::Missing(field)))
    } else if text.chars().count() > LONGEST_MESSAGE {
        Err(Problem::field(FieldProblem::TooLong(field)))
    } else {
        Ok(text)
    }
}

/// Whether `link` is a web address that may be shown as a link and sent on.
#[must_use]
pub fn is_web_link(link: &str) -> bool {
    let lower = link.trim().to_lowercase();
    let rest = lower.strip_prefix("https://").or_else(|| lower.strip_prefix("http://"));
    rest.is_some_and(|rest| rest.starts_with(|c: char| c.is_alphanumeric() || c == '['))
        && lower.len() <= LONGEST_LINK
        && !lower.contains(|c: char| c.is_whitespace() || c.is_control() || "<>\"'`\\".contains(c))
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
        for link in
            ["https://example.com/jo", " HTTP://xn--bcher-kva.example/?a=b#c ", "https://bücher.example"]
        {
            assert!(is_web_link(link), "{link}");
        }
        for link in [
            "javascript:alert(1)",
            "JavaScript:alert(1)",
            "java\nscript:alert(1)",
            "data:text/html,<b>",
            "//example.com",
            "https://",
            "https:///etc",
            "https://a.example/\"onmouseover=\"alert(1)",
            "https://a.example/<script>",
            "https://a.example/ b",
        ] {
            assert!(!is_web_link(link), "{link}");
        }
        assert!(!is_web_link(&format!("https://a.example/{}", "x".repeat(LONGEST_LINK))));
    }

    #[test]
    fn names_of_every_kind_are_kept_and_endless_ones_refused() {
        let parse = |name: &str| NewCandidate::parse(name, "jo@people.example", "", "", "");
        for name in
            ["نور حداد", "👩\u{200d}💻 Ada 😀", "<script>alert(1)</script>", "=HYPERLINK(1)", "O'Neil"]
        {
            assert_eq!(parse(name).unwrap().name, name);
        }
        assert_eq!(parse("Jo\0\r\nPark\u{202e}").unwrap().name, "Jo Park");
        let too_long = Problem::field(FieldProblem::TooLong(Field::Name));
        assert_eq!(parse(&"x".repeat(5_000)), Err(too_long.clone()));
        assert_eq!(too_long.beside(&Field::Name), ["At most 200 characters."]);
        assert!(parse(&"😀".repeat(LONGEST_LINE)).is_ok());
        assert_eq!(parse("\0\u{202e}"), Err(Problem::field(FieldProblem::Missing(Field::Name))));
    }

    #[test]
    fn addresses_of_which_one_is_malformed_are_no_address() {
        let problem = NewCandidate::parse("Jo", "a@b.example, c@d.example, nobody", "", "", "").unwrap_err();
        assert_eq!(problem, Problem::field(FieldProblem::NotAnEmail(Field::Email)));
    }

    #[test]
    fn ways_to_reach_somebody_are_one_a_line_and_each_once() {
        let reach = Reach::parse(
            " Jo@People.example \n\njo@people.example\njo@home.example",
            "+1 555 123\n+1 555 123",
            "https://jo.example\n",
        )
        .unwrap();
        let emails: Vec<&str> = reach.emails.iter().map(EmailAddress::as_str).collect();
        assert_eq!(emails, ["jo@people.example", "jo@home.example"]);
        assert_eq!(
            (reach.phones, reach.links),
            (vec!["+1 555 123".into()], vec!["https://jo.example".into()])
        );
    }

    #[test]
    fn every_wrong_way_is_named() {
        let parse =
            |emails: &str, phones: &str, links: &str| Reach::parse(emails, phones, links).unwrap_err();
        assert_eq!(parse("", "", ""), Problem::field(FieldProblem::AtLeastOneEmail));
        let many = "1\n2\n3\n4\n5\n6\n7\n8\n9\n10\n11\n12\n13\n14\n15\n16\n17\n18\n19\n20\n21";
        assert_eq!(
            parse("a@b.example\nnobody\nno one", many, "javascript:alert(1)"),
            Problem::Fields(vec![
                FieldProblem::NotAnEmail(Field::Email),
                FieldProblem::TooLong(Field::Phones),
                FieldProblem::NotALink(Field::Links),
            ])
        );
    }

    #[test]
    fn a_phone_number_has_many_writings() {
        assert!(same_phone("+1 (555) 123-4567", "+15551234567"));
        assert!(!same_phone("+1 555", "1 555"));
    }

    #[test]
    fn a_message_is_bounded_and_keeps_its_lines() {
        assert_eq!(message_text(Field::Message, " a\r\nb\0 ").unwrap(), "a\nb");
        let longest = "é".repeat(LONGEST_MESSAGE);
        assert_eq!(message_text(Field::Message, &longest).unwrap(), longest);
        assert!(message_text(Field::Message, &format!("{longest}!")).is_err());
        assert!(message_text(Field::Answer, "\0 \n").is_err());
    }
}
