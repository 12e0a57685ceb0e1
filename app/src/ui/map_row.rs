//! One row of a map, as the server draws it: a select with its notes, found by
//! words; see [`sift`](super::sift).

use domain::problem::Field;
use leptos::prelude::*;
use serde::Deserialize;

use super::field::{Problems, invalid, problems};
use super::select::{Choice, options};
use crate::problem::AppError;

/// A row.
pub(crate) struct MapRow {
    /// The select's id in the page.
    pub(crate) id: String,
    /// Its name in the form.
    pub(crate) name: String,
    /// Its label and accessible name.
    pub(crate) label: String,
    /// Which problems belong here.
    pub(crate) field: Field,
    /// The choices.
    pub(crate) choices: Vec<Choice>,
    /// The value chosen at first.
    pub(crate) selected: String,
    /// What else to know.
    pub(crate) notes: Vec<String>,
    /// What it is found by; `None`: it always stands there.
    pub(crate) words: Option<String>,
    /// The id of the hidden select that holds the choices left out here.
    pub(crate) options: Option<&'static str>,
    /// What was refused last.
    pub(crate) refusal: Signal<Option<AppError>>,
}

impl MapRow {
    /// Without the choices that are not chosen; `all` holds them.
    pub(crate) fn shortened(mut self, all: &'static str) -> Self {
        let selected = self.selected.clone();
        self.choices.retain(|choice| choice.value.is_empty() || choice.value == selected);
        Self { options: Some(all), ..self }
    }

    /// The row, hidden unless it is shown.
    pub(crate) fn draw(self, is_shown: bool) -> AnyView {
        let code = self.field.code();
        let texts = problems(self.refusal, self.field);
        let problems_id = format!("{}-problems", self.id);
        let notes_id = (!self.notes.is_empty()).then(|| format!("{}-notes", self.id));
        let described_by = notes_id.iter().chain([&problems_id]).cloned().collect::<Vec<_>>().join(" ");
        let notes = notes_id.map(|id| {
            view! {
                <p class="hint" id=id>
                    {told(&self.notes)}
                </p>
            }
        });
        view! {
            <div class="map-row" data-words=self.words.map(|words| words.to_lowercase()) hidden=!is_shown>
                <div class="field">
                    <label for=self.id.clone()>{self.label}</label>
                    <select
                        id=self.id
                        name=self.name
                        data-options=self.options
                        aria-describedby=described_by
                        aria-invalid=invalid(texts)
                    >
                        {options(self.choices, &self.selected)}
                    </select>
                    <Problems id=problems_id texts=texts code=code />
                </div>
                {notes}
            </div>
        }
        .into_any()
    }
}

/// Notes in one line: sentences follow each other, words are kept apart by a dot.
fn told(notes: &[String]) -> String {
    let mut line = String::new();
    for note in notes {
        if !line.is_empty() {
            line.push_str(if line.ends_with('.') { " " } else { " · " });
        }
        line.push_str(note);
    }
    line
}

/// Which rows the address asks for.
#[derive(Default, Deserialize)]
#[serde(default)]
pub(crate) struct Sought {
    search: String,
    unmapped: Option<String>,
}

impl Sought {
    /// Whether the row is among them.
    pub(crate) fn finds(&self, row: &MapRow) -> bool {
        let search = self.search.to_lowercase();
        let words = row.words.as_deref().unwrap_or_default().to_lowercase();
        let is_found = search.split_whitespace().all(|word| words.contains(word));
        is_found && (self.unmapped.is_none() || row.selected.is_empty())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn row(words: &str, selected: &str) -> MapRow {
        MapRow {
            id: String::new(),
            name: String::new(),
            label: String::new(),
            field: Field::Fallback,
            choices: ["", "a", "b"].map(|value| Choice::new(value, value)).to_vec(),
            selected: selected.to_owned(),
            notes: Vec::new(),
            words: Some(words.to_owned()),
            options: None,
            refusal: Signal::stored(None),
        }
    }

    fn finds(search: &str, unmapped: bool, words: &str, selected: &str) -> bool {
        let sought = Sought { search: search.to_owned(), unmapped: unmapped.then(|| "1".to_owned()) };
        sought.finds(&row(words, selected))
    }

    #[test]
    fn a_row_is_found_by_every_word_in_any_order() {
        let owner = Owner::new();
        owner.with(|| {
            assert!(finds("", false, "Ana Ruiz ana@demo.example", "a"));
            assert!(finds(" ruiz ANA ", false, "Ana Ruiz ana@demo.example", "a"));
            assert!(!finds("ana ben", false, "Ana Ruiz ana@demo.example", "a"));
            assert!(!finds("ana", true, "Ana Ruiz", "a"));
            assert!(finds("ana", true, "Ana Ruiz", ""));
        });
    }

    #[test]
    fn notes_are_kept_apart() {
        let line = |notes: &[&str]| told(&notes.iter().map(|&note| note.to_owned()).collect::<Vec<_>>());
        assert_eq!(
            line(&["Stage Offer is new.", "Nobody is there."]),
            "Stage Offer is new. Nobody is there."
        );
        assert_eq!(line(&["3 people: Ana, Ben", "suggested"]), "3 people: Ana, Ben · suggested");
    }

    #[test]
    fn a_select_is_described_by_its_notes_and_its_problems() {
        let drawn = crate::ssr::draw(|| {
            let mut noted = row("", "a");
            noted.id = "stages-1".to_owned();
            noted.notes = vec!["3 people: Ana, Ben".to_owned()];
            noted.draw(true)
        });
        assert!(drawn.0.contains(r#"aria-describedby="stages-1-notes stages-1-problems""#), "{drawn:?}");
        assert!(drawn.0.contains(r#"id="stages-1-notes""#), "{drawn:?}");
    }

    #[test]
    fn a_shortened_row_keeps_its_choice() {
        let owner = Owner::new();
        owner.with(|| {
            let kept = row("", "b").shortened("all");
            assert_eq!(kept.choices, ["", "b"].map(|value| Choice::new(value, value)));
            assert_eq!(kept.options, Some("all"));
        });
    }
}
