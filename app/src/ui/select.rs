//! A native select.

use leptos::prelude::*;

use super::field::{Problems, invalid};
use super::kept::kept;

/// One choice.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Choice {
    /// What the form sends.
    pub(crate) value: String,
    /// What a person reads.
    pub(crate) label: String,
    /// Shown, but not to be chosen.
    pub(crate) disabled: bool,
}

impl Choice {
    /// An ordinary choice.
    pub(crate) fn new(value: impl Into<String>, label: impl Into<String>) -> Self {
        Self { value: value.into(), label: label.into(), disabled: false }
    }
}

/// The options of a select, `selected` being the chosen one.
pub(crate) fn options(choices: Vec<Choice>, selected: &str) -> impl IntoView + use<> {
    choices
        .into_iter()
        .map(|choice| {
            let chosen = choice.value == selected;
            view! {
                <option value=choice.value selected=chosen disabled=choice.disabled>
                    {choice.label}
                </option>
            }
        })
        .collect_view()
}

/// A labelled select with its problems.
#[component]
pub(crate) fn Select(
    /// Its label and accessible name.
    #[prop(into)]
    label: String,
    /// Its name in the form.
    #[prop(into)]
    name: String,
    /// Its id in the page.
    #[prop(into)]
    id: String,
    /// The choices.
    choices: Vec<Choice>,
    /// The value chosen at first.
    #[prop(into)]
    selected: String,
    /// What is wrong with the choice.
    texts: Signal<Vec<String>>,
    /// The code of its field, where a drawing is told of problems.
    #[prop(optional, into)]
    code: Option<String>,
) -> impl IntoView {
    let selected = kept(&name).unwrap_or(selected);
    let problems_id = format!("{id}-problems");
    view! {
        <div class="field">
            <label for=id.clone()>{label}</label>
            <select id=id name=name aria-describedby=problems_id.clone() aria-invalid=invalid(texts)>
                {options(choices, &selected)}
            </select>
            <Problems id=problems_id texts=texts code=code />
        </div>
    }
}
