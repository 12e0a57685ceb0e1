//! A labelled field with its hint and its problems.

use domain::problem::Field;
use leptos::prelude::*;

use super::dynamic::dynamic;
use super::kept::kept;
use super::raw_text::raw_text;
use crate::problem::AppError;

/// The texts beside `field`, of what was refused last.
pub(crate) fn problems(refusal: Signal<Option<AppError>>, field: Field) -> Signal<Vec<String>> {
    Signal::derive(move || refusal.with(|error| error.as_ref().map(|e| e.beside(&field)).unwrap_or_default()))
}

/// The texts, in a place that a screen reader announces. `code` is the field's,
/// where a drawing is told of them; see [`drawn`](super::drawn).
#[component]
pub(crate) fn Problems(
    id: String,
    texts: Signal<Vec<String>>,
    #[prop(optional_no_strip, into)] code: Option<String>,
) -> impl IntoView {
    view! {
        <div class="problems" id=id data-field=code aria-live="polite">
            {dynamic(move || {
                // Whoever left while the page was drawn took its signals along.
                let texts = texts.try_get().unwrap_or_default();
                texts.into_iter().map(|text| view! { <p>{text}</p> }).collect_view()
            })}
        </div>
    }
}

/// `true` for `aria-invalid` while there are problems.
pub(crate) fn invalid(texts: Signal<Vec<String>>) -> impl Fn() -> Option<&'static str> + Copy {
    move || texts.try_with(|texts| !texts.is_empty()).unwrap_or(false).then_some("true")
}

/// A field of one line.
#[component]
pub(crate) fn TextField(
    /// Its label and accessible name.
    label: &'static str,
    /// Its name in the form, also its id.
    name: &'static str,
    /// Which problems belong here.
    field: Field,
    /// What was refused last.
    #[prop(into)]
    refusal: Signal<Option<AppError>>,
    /// The type of the input.
    #[prop(default = "text")]
    kind: &'static str,
    /// What it holds at first.
    #[prop(optional, into)]
    value: Option<String>,
    /// What to know before typing.
    #[prop(optional, into)]
    hint: Option<String>,
    /// What the browser may fill in (HTML, autofill).
    #[prop(default = "off")]
    autocomplete: &'static str,
    /// Whether the page starts here.
    #[prop(optional)]
    autofocus: bool,
) -> impl IntoView {
    let value = kept(name).or(value);
    let inputmode = (field == Field::Email).then_some("email");
    let code = field.code();
    let texts = problems(refusal, field);
    let problems_id = format!("{name}-problems");
    let hint_id = format!("{name}-hint");
    let described_by = if hint.is_some() { format!("{hint_id} {problems_id}") } else { problems_id.clone() };
    view! {
        <div class="field">
            <label for=name>{label}</label>
            <input
                id=name
                name=name
                type=kind
                value=value
                inputmode=inputmode
                autocomplete=autocomplete
                autofocus=autofocus
                dir="auto"
                aria-describedby=described_by
                aria-invalid=invalid(texts)
            />
            {hint.map(|hint| view! { <p class="hint" id=hint_id>{hint}</p> })}
            <Problems id=problems_id texts=texts code=code />
        </div>
    }
}

/// A field of several lines.
#[component]
pub(crate) fn TextArea(
    /// Its label and accessible name.
    label: &'static str,
    /// Its name in the form, also its id.
    name: &'static str,
    /// Which problems belong here.
    field: Field,
    /// What was refused last.
    #[prop(into)]
    refusal: Signal<Option<AppError>>,
    /// How many lines are seen at once.
    #[prop(default = 4)]
    rows: u32,
    /// What to know before typing.
    #[prop(optional, into)]
    hint: Option<String>,
    /// What it holds at first.
    #[prop(optional, into)]
    value: Option<String>,
    /// The element, for those who empty it.
    #[prop(optional)]
    node_ref: NodeRef<leptos::html::Textarea>,
) -> impl IntoView {
    let value = kept(name).or(value);
    let code = field.code();
    let texts = problems(refusal, field);
    let problems_id = format!("{name}-problems");
    let hint_id = format!("{name}-hint");
    let described_by = if hint.is_some() { format!("{hint_id} {problems_id}") } else { problems_id.clone() };
    view! {
        <div class="field">
            <label for=name>{label}</label>
            <textarea
                id=name
                name=name
                rows=rows
                autocomplete="off"
                spellcheck="true"
                aria-describedby=described_by
                aria-invalid=invalid(texts)
                dir="auto"
                node_ref=node_ref
            >
                {value.map(raw_text)}
            </textarea>
            {hint.map(|hint| view! { <p class="hint" id=hint_id>{hint}</p> })}
            <Problems id=problems_id texts=texts code=code />
        </div>
    }
}
