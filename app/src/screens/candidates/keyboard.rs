//! The list by keyboard: `/` searches, arrows move between rows, `i` imports
//! the row where the keyboard is.

use leptos::ev;
use leptos::prelude::*;
use wasm_bindgen::JsCast;
use web_sys::{Element, HtmlElement, KeyboardEvent};

/// Listens for as long as the calling component lives.
pub(super) fn listen() {
    Effect::new(move |_| {
        let watch = window_event_listener(ev::keydown, |event: KeyboardEvent| {
            if !event.default_prevented() && press(&event.key(), &event) {
                event.prevent_default();
            }
        });
        on_cleanup(move || watch.remove());
    });
}

/// Whether the key meant something.
fn press(key: &str, event: &KeyboardEvent) -> bool {
    let Some(active) = document().active_element() else { return false };
    // From the search field an arrow leads down into what was found.
    let leaves_search = key == "ArrowDown" && active.id() == "search";
    if event.ctrl_key() || event.meta_key() || event.alt_key() || (is_typing(&active) && !leaves_search) {
        return false;
    }
    match key {
        "/" => first("#search").is_some_and(|search| focus(&search)),
        "ArrowDown" => step(&active, true),
        "ArrowUp" => step(&active, false),
        "i" => active
            .closest("tr")
            .ok()
            .flatten()
            .and_then(|row| row.query_selector("button.import").ok().flatten())
            .and_then(|button| button.dyn_into::<HtmlElement>().ok())
            .is_some_and(|button| {
                button.click();
                true
            }),
        _ => false,
    }
}

fn is_typing(active: &Element) -> bool {
    matches!(active.tag_name().as_str(), "INPUT" | "TEXTAREA" | "SELECT")
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

fn first(selector: &str) -> Option<Element> {
    document().query_selector(selector).ok().flatten()
}

fn focus(element: &Element) -> bool {
    element.dyn_ref::<HtmlElement>().is_some_and(|element| element.focus().is_ok())
}
