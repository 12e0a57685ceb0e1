//! Practice > Behaviour: every setting, a form for each group.

use axum::{body::Bytes, extract::State as Shared, http::StatusCode};
use maud::{Markup, html};
use serde_json::{Map, Value, json};

use super::{
    Page,
    layout::{Here, layout, told},
};
use crate::{
    forms::Fields,
    settings::{Behaviour, POINTS, Point, Shape},
    simulator::Simulator,
};

const HERE: &str = "/practice/behaviour";

pub(crate) async fn show(Shared(simulator): Shared<Simulator>) -> Result<Page, Page> {
    Ok(Page::Shown(page(&simulator, None)?))
}

/// The page, after a form that was refused with what it said and why.
fn page(simulator: &Simulator, refused: Option<(&Fields, &str)>) -> Result<Markup, Page> {
    let present = serde_json::to_value(simulator.behaviour()).map_err(anyhow::Error::from)?;
    let defaults = serde_json::to_value(Behaviour::default()).map_err(anyhow::Error::from)?;
    Ok(layout(
        "Behaviour",
        Here::Behaviour,
        &html! {
            h1 { "Behaviour" }
            (told(None))
            p.quiet {
                "Where Lever's own behaviour is not published, the answer is a setting. What differs from its default says so."
            }
            ul.inline aria-label="Groups" {
                @for group in groups() { li { a href=(format!("#{}", anchor(group))) { (group) } } }
            }
            @for group in groups() {
                @let id = anchor(group);
                @let mine = refused.filter(|(fields, _)| fields.text("group") == group);
                section.sheet aria-labelledby=(id) {
                    h2 id=(id) { (group) }
                    @if let Some((_, why)) = mine {
                        p.wrong role="alert" { "Not changed: " (why) "." }
                    }
                    form method="post" action=(HERE) {
                        input type="hidden" name="group" value=(group);
                        div.settings {
                            @for point in points(group) {
                                (setting(point, &present[point.name], &defaults[point.name], mine.map(|(fields, _)| fields)))
                            }
                        }
                        button.main aria-label=(format!("Save {group}")) { "Save" }
                    }
                }
            }
        },
    ))
}

fn groups() -> Vec<&'static str> {
    let mut groups: Vec<&str> = Vec::new();
    for point in POINTS {
        if groups.last() != Some(&point.group) {
            groups.push(point.group);
        }
    }
    groups
}

fn points(group: &str) -> impl Iterator<Item = &'static Point> {
    POINTS.iter().filter(move |point| point.group == group)
}

fn anchor(group: &str) -> String {
    group.to_lowercase().replace(' ', "-")
}

/// One setting: its name, its field, what it decides.
fn setting(point: &Point, present: &Value, default: &Value, said: Option<&Fields>) -> Markup {
    let name = point.name;
    let about = format!("about-{name}");
    let text = said.map_or_else(|| written(present), |fields| fields.first(name).unwrap_or("").to_owned());
    html! {
        div.setting {
            @match point.shape {
                Shape::Switch => {
                    label.tick {
                        input type="checkbox" name=(name) value="true" checked[text == "true"]
                            aria-describedby=(about);
                        code { (name) }
                    }
                }
                Shape::OneOf(choices) => {
                    label for=(name) { code { (name) } }
                    select id=(name) name=(name) aria-describedby=(about) {
                        @for choice in choices { option value=(choice) selected[text == *choice] { (choice) } }
                    }
                }
                Shape::Names => {
                    label for=(name) { code { (name) } }
                    textarea id=(name) name=(name) rows="4" aria-describedby=(about) spellcheck="false" { (text) }
                }
                Shape::Number | Shape::OptionalNumber => {
                    label for=(name) { code { (name) } }
                    input id=(name) name=(name) type="number" step="any" value=(text) aria-describedby=(about)
                        placeholder=[(point.shape == Shape::OptionalNumber).then_some("none")];
                }
                Shape::Text | Shape::OptionalText | Shape::Numbers => {
                    label for=(name) { code { (name) } }
                    input id=(name) name=(name) type="text" value=(text) aria-describedby=(about) autocomplete="off"
                        spellcheck="false" placeholder=[(point.shape == Shape::OptionalText).then_some("none")];
                }
            }
            p.quiet id=(about) {
                (explained(point.about))
                @if present != default {
                    " " strong.changed { "Changed; the default is " (or_nothing(&written(default))) "." }
                }
            }
        }
    }
}

/// The text with what stands between backticks as code.
fn explained(text: &str) -> Markup {
    html! {
        @for (place, part) in text.split('`').enumerate() {
            @if place % 2 == 1 { code { (part) } } @else { (part) }
        }
    }
}

/// A value as it stands in its field.
fn written(value: &Value) -> String {
    match value {
        Value::Null => String::new(),
        Value::String(text) => text.clone(),
        Value::Array(items) => items.iter().map(written).collect::<Vec<_>>().join(", "),
        Value::Number(number) => number.to_string().trim_end_matches(".0").to_owned(),
        other => other.to_string(),
    }
}

fn or_nothing(text: &str) -> &str {
    if text.is_empty() { "none" } else { text }
}

pub(crate) async fn change(Shared(simulator): Shared<Simulator>, body: Bytes) -> Result<Page, Page> {
    let fields = Fields::parse(&body);
    let group = fields.text("group").to_owned();
    let mut changes = Map::new();
    for point in points(&group) {
        match read(point, &fields) {
            Ok(value) => changes.insert(point.name.to_owned(), value),
            Err(why) => return again(&simulator, &fields, &why),
        };
    }
    match simulator.change_behaviour(changes).await? {
        Ok(()) => Ok(Page::to(&format!("{HERE}#{}", anchor(&group)))),
        Err(why) => again(&simulator, &fields, &why),
    }
}

fn again(simulator: &Simulator, fields: &Fields, why: &str) -> Result<Page, Page> {
    Ok(Page::Again(StatusCode::BAD_REQUEST, page(simulator, Some((fields, why)))?))
}

/// The value that a form gives a setting.
fn read(point: &Point, fields: &Fields) -> Result<Value, String> {
    let text = fields.text(point.name);
    let number = |text: &str| -> Result<Value, String> {
        let whole = text.parse::<i64>().map(|number| json!(number));
        whole
            .or_else(|_| text.parse::<f64>().map(|number| json!(number)))
            .map_err(|_| format!("{} must be a number", point.name))
    };
    let items = || text.split([',', '\n']).map(str::trim).filter(|item| !item.is_empty());
    Ok(match point.shape {
        Shape::Switch => json!(text == "true"),
        Shape::OptionalNumber | Shape::OptionalText if text.is_empty() => Value::Null,
        Shape::Number | Shape::OptionalNumber => number(text)?,
        Shape::Text | Shape::OptionalText | Shape::OneOf(_) => json!(text),
        Shape::Numbers => Value::Array(items().map(number).collect::<Result<_, _>>()?),
        Shape::Names => items().map(|item| json!(item)).collect(),
    })
}
