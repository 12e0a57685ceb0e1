//! A text with fields that are filled in for each candidate: `Hello {first name}`.

use crate::problem::{Field, FieldProblem, Problem};

/// What can be filled in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TemplateField {
    /// The candidate's first name.
    FirstName,
    /// The candidate's whole name.
    Name,
    /// The candidate's company.
    Company,
    /// The name of the member who writes.
    MyName,
}

impl TemplateField {
    /// Every field.
    pub const ALL: [Self; 4] = [Self::FirstName, Self::Name, Self::Company, Self::MyName];

    /// As it stands in a text, without its braces.
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            Self::FirstName => "first name",
            Self::Name => "name",
            Self::Company => "company",
            Self::MyName => "my name",
        }
    }

    fn from_word(word: &str) -> Option<Self> {
        let word = word.split_whitespace().collect::<Vec<_>>().join(" ").to_lowercase();
        Self::ALL.into_iter().find(|field| field.word() == word)
    }
}

/// Longer than this between braces is no field, but text with braces.
const LONGEST: usize = 40;

/// What is filled in for one candidate.
#[derive(Clone, Copy, Debug)]
pub struct Values<'a> {
    /// The candidate's whole name.
    pub name: &'a str,
    /// Their company, or nothing.
    pub company: &'a str,
    /// The name of the member who writes.
    pub my_name: &'a str,
}

impl Values<'_> {
    fn of(&self, field: TemplateField) -> &str {
        match field {
            TemplateField::FirstName => self.name.split_whitespace().next().unwrap_or_default(),
            TemplateField::Name => self.name,
            TemplateField::Company => self.company,
            TemplateField::MyName => self.my_name,
        }
    }
}

enum Part<'a> {
    Text(&'a str),
    /// A field, as it is written.
    Field(&'a str, TemplateField),
    Unknown(&'a str),
}

/// The parts of a text. A brace that opens nothing is text.
fn parts(text: &str) -> Vec<Part<'_>> {
    let mut parts = Vec::new();
    let mut rest = text;
    while let Some(open) = rest.find('{') {
        let inside = &rest[open + 1..];
        let close = inside.find(['{', '}', '\n']).filter(|at| inside[*at..].starts_with('}'));
        match close.filter(|at| *at > 0 && inside[..*at].chars().count() <= LONGEST) {
            Some(close) => {
                let written = &rest[open..=open + 1 + close];
                parts.push(Part::Text(&rest[..open]));
                parts.push(match TemplateField::from_word(&inside[..close]) {
                    Some(field) => Part::Field(written, field),
                    None => Part::Unknown(written),
                });
                rest = &inside[close + 1..];
            }
            None => {
                parts.push(Part::Text(&rest[..=open]));
                rest = inside;
            }
        }
    }
    parts.push(Part::Text(rest));
    parts
}

/// Whether every field of the text is known.
///
/// # Errors
/// [`FieldProblem::UnknownTemplateField`] beside `field`.
pub fn check(field: Field, text: &str) -> Result<(), Problem> {
    if parts(text).iter().any(|part| matches!(part, Part::Unknown(_))) {
        Err(Problem::field(FieldProblem::UnknownTemplateField(field)))
    } else {
        Ok(())
    }
}

/// The text for one candidate; `Err` names the field that nothing is known for.
///
/// # Errors
/// When something is to be filled in that is not known of this candidate.
pub fn fill(text: &str, values: &Values<'_>) -> Result<String, TemplateField> {
    let mut filled = String::with_capacity(text.len());
    for part in parts(text) {
        match part {
            Part::Text(text) => filled.push_str(text),
            Part::Field(_, field) => match values.of(field) {
                "" => return Err(field),
                value => filled.push_str(value),
            },
            // What was checked holds none.
            Part::Unknown(_) => {}
        }
    }
    Ok(filled)
}

/// The text to go on writing with: what is known is filled in, everything else stays
/// as it is written.
#[must_use]
pub fn fill_known(text: &str, values: &Values<'_>) -> String {
    parts(text)
        .into_iter()
        .map(|part| match part {
            Part::Text(text) | Part::Unknown(text) => text,
            Part::Field(written, field) => match values.of(field) {
                "" => written,
                value => value,
            },
        })
        .collect()
}

/// The text as it goes to one candidate.
///
/// # Errors
/// [`FieldProblem::UnknownTemplateField`] and [`FieldProblem::NothingToFillIn`] beside
/// `field`.
pub fn fill_checked(field: Field, text: &str, values: &Values<'_>) -> Result<String, Problem> {
    check(field.clone(), text)?;
    fill(text, values).map_err(|_| Problem::field(FieldProblem::NothingToFillIn(field)))
}

#[cfg(test)]
mod tests {
    use super::*;

    const NORA: Values<'_> = Values { name: "Nora Lind", company: "", my_name: "Ana Ruiz" };

    #[test]
    fn fields_are_filled_in_however_they_are_typed() {
        let text = "Hi {first name}, or {First  Name}: {name}. {MY NAME}";
        assert_eq!(fill(text, &NORA).unwrap(), "Hi Nora, or Nora: Nora Lind. Ana Ruiz");
        assert_eq!(fill("At {company}", &NORA), Err(TemplateField::Company));
    }

    #[test]
    fn a_text_to_one_is_filled_in_or_refused() {
        let filled = |text| fill_checked(Field::Message, text, &NORA);
        assert_eq!(filled("Hi {first name}! {}").unwrap(), "Hi Nora! {}");
        let problem = |problem| Err(Problem::field(problem));
        assert_eq!(
            filled("{first name}, {nmae}"),
            problem(FieldProblem::UnknownTemplateField(Field::Message))
        );
        assert_eq!(filled("At {company}?"), problem(FieldProblem::NothingToFillIn(Field::Message)));
    }

    #[test]
    fn what_is_not_known_stays_to_be_seen() {
        let text = "Hi {First  name}, {nmae} at { company }? {}";
        assert_eq!(fill_known(text, &NORA), "Hi Nora, {nmae} at { company }? {}");
    }

    #[test]
    fn an_unknown_field_is_refused_and_other_braces_are_text() {
        for unknown in ["{firstname}", "Hi {nmae}", "{first name} {0}", "{ }"] {
            let expected = Err(Problem::field(FieldProblem::UnknownTemplateField(Field::Message)));
            assert_eq!(check(Field::Message, unknown), expected, "{unknown}");
        }
        let long = format!("{{{}}}", "x".repeat(LONGEST + 1));
        for text in ["", "fn main() {\n}", "{}", "}{", "a { b", "{{first name}", &long] {
            assert_eq!(check(Field::Message, text), Ok(()), "{text}");
        }
        assert_eq!(fill("{{first name}}", &NORA).unwrap(), "{Nora}");
        assert_eq!(fill("naïve {", &NORA).unwrap(), "naïve {");
    }
}
