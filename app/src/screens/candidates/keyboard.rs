//! The list by keyboard: `/` searches, arrows move between rows, `Enter` opens
//! one, `x` selects it, `i` imports it, `?` lists the keys. And what only a living
//! page can do with the selection: all of the page at once.

use leptos::ev;
use leptos::prelude::*;
use wasm_bindgen::JsCast;
use web_sys::{Element, HtmlDialogElement, HtmlElement, HtmlInputElement, KeyboardEvent};

/// Listens for as long as the calling component lives.
pub(super) fn listen() {
    Effect::new(move |_| {
        let keys = window_event_listener(ev::keydown, |event: KeyboardEvent| {
            if !event.default_prevented() && press(&event.key(), &event) {
                event.prevent_default();
            }
        });
        let presses = window_event_listener(ev::click, |event| {
            let pressed = event.target().and_then(|target| target.dyn_into::<Element>().ok());
            if pressed.is_some_and(|pressed| pressed.id() == "show-keys") {
                show_keys();
            }
        });
        let choices = window_event_listener(ev::change, |event| {
            let changed = event.target().and_then(|target| target.dyn_into::<HtmlInputElement>().ok());
            if let Some(all) = changed.filter(|changed| changed.id() == "choose-all") {
                choose_all(all.checked());
            }
        });
        on_cleanup(move || {
            keys.remove();
            presses.remove();
            choices.remove();
        });
    });
}

/// Whether the key meant something.
fn press(key: &str, event: &KeyboardEvent) -> bool {
    let Some(active) = document().active_element() else { return false };
    // From the search field an arrow leads down into what was found.
    let leaves_search = key == "ArrowDown" && active.id() == "search";
    let elsewhere = active.closest("dialog").ok().flatten().is_some();
    if event.ctrl_key() || event.meta_key() || event.alt_key() || elsewhere {
        return false;
    }
    if is_typing(&active) && !leaves_search {
        return false;
    }
    match key {
        "/" => first("#search").is_some_and(|search| focus(&search)),
        "?" => show_keys(),
        "ArrowDown" => step(&active, true),
        "ArrowUp" => step(&active, false),
        "i" => click_in_row(&active, "button.import"),
        "x" => click_in_row(&active, "input.choose"),
        _ => false,
    }
}

fn is_typing(active: &Element) -> bool {
    let ticks = active.get_attribute("type").is_some_and(|kind| kind == "checkbox");
    matches!(active.tag_name().as_str(), "INPUT" | "TEXTAREA" | "SELECT") && !ticks
}

/// Goes to the name in the next row or the one before; from elsewhere to the first.
fn step(active: &Element, down: bool) -> bool {
    let row = active.closest("tbody tr").ok().flatten();
    let target = match row {
        Some(row) => {
            let next = if down { row.next_element_sibling() } else { row.previous_element_sibling() };
            next.and_then(|row| row.query_selector("a.row-link").ok().flatten())
        }
        None => first("tbody a.row-link"),
    };
    target.is_some_and(|target| focus(&target))
}

fn click_in_row(active: &Element, selector: &str) -> bool {
    active
        .closest("tbody tr")
        .ok()
        .flatten()
        .and_then(|row| row.query_selector(selector).ok().flatten())
        .and_then(|found| found.dyn_into::<HtmlElement>().ok())
        .is_some_and(|found| {
            found.click();
            true
        })
}

fn choose_all(chosen: bool) {
    let Ok(boxes) = document().query_selector_all("tbody .choose") else { return };
    for at in 0..boxes.length() {
        if let Some(choice) = boxes.get(at).and_then(|choice| choice.dyn_into::<HtmlInputElement>().ok()) {
            choice.set_checked(chosen);
        }
    }
}

fn show_keys() -> bool {
    first("#keys")
        .and_then(|keys| keys.dyn_into::<HtmlDialogElement>().ok())
        .is_some_and(|keys| keys.show_modal().is_ok())
}

fn first(selector: &str) -> Option<Element> {
    document().query_selector(selector).ok().flatten()
}

fn focus(element: &Element) -> bool {
    element.dyn_ref::<HtmlElement>().is_some_and(|element| element.focus().is_ok())
}
