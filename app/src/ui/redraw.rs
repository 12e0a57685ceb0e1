//! Lays a new drawing over an old one. What is the same stays the same element,
//! so the keyboard's place, a field somebody types in, a box somebody ticked and
//! the scroll position outlast the news.
//!
//! An element with an id is found again by it wherever it went; others by their
//! kind and their place. A field follows the server where the server changed its
//! mind, and is the person's otherwise.

use js_sys::Reflect;
use leptos::prelude::document;
use wasm_bindgen::{JsCast, JsValue};
use web_sys::{Element, HtmlElement, Node};

use super::drawn::{SENDING, SENT};

/// Attributes that the page gives: what a person opened, what was refused, and what a form is about.
const OURS: [&str; 5] = ["open", "aria-busy", "aria-invalid", SENDING, SENT];

/// Makes `drawing` show `html`.
pub(super) fn redraw(drawing: &Element, html: &str) {
    let Ok(fresh) = document().create_element("div") else { return };
    fresh.set_inner_html(html);
    let focused = document().active_element();
    children(drawing, &fresh);
    // An element that moved lost the focus on its way.
    if let Some(focused) = focused.and_then(|focused| focused.dyn_into::<HtmlElement>().ok())
        && focused.is_connected()
        && document().active_element().as_ref() != Some(focused.as_ref())
    {
        drop(focused.focus());
    }
    // A drawing that could not be made before was out of the way.
    drop(drawing.remove_attribute("hidden"));
}

fn children(old: &Node, fresh: &Node) {
    let mut at = old.first_child();
    let mut next = fresh.first_child();
    while let Some(wanted) = next {
        next = wanted.next_sibling();
        let found = find(at.clone(), &wanted);
        let place = at.as_ref();
        match found {
            Some(found) if Some(&found) == place => {
                at = found.next_sibling();
                node(&found, &wanted);
            }
            Some(found) => {
                // Moving fails only where nothing can be put in.
                drop(old.insert_before(&found, place));
                node(&found, &wanted);
            }
            None => drop(old.insert_before(&wanted, place)),
        }
    }
    while let Some(gone) = at {
        at = gone.next_sibling();
        drop(old.remove_child(&gone));
    }
}

/// The node from `at` on that becomes `wanted`.
fn find(at: Option<Node>, wanted: &Node) -> Option<Node> {
    let key = key(wanted);
    let mut candidate = at;
    while let Some(node) = candidate {
        if node.node_name() == wanted.node_name() && self::key(&node) == key {
            return Some(node);
        }
        // What has no id is looked for in its place only.
        key.as_ref()?;
        candidate = node.next_sibling();
    }
    None
}

/// What an element is known by: its id, or for a form what it does.
fn key(node: &Node) -> Option<String> {
    let element = node.dyn_ref::<Element>()?;
    Some(element.id()).filter(|id| !id.is_empty()).or_else(|| element.get_attribute("action"))
}

fn node(old: &Node, fresh: &Node) {
    if old.is_equal_node(Some(fresh)) {
        return;
    }
    match (old.dyn_ref::<Element>(), fresh.dyn_ref::<Element>()) {
        (Some(old), Some(fresh)) => {
            attributes(old, fresh);
            children(old, fresh);
        }
        _ => old.set_node_value(fresh.node_value().as_deref()),
    }
}

fn attributes(old: &Element, fresh: &Element) {
    for name in names(fresh) {
        let value = fresh.get_attribute(&name);
        if old.get_attribute(&name) != value {
            let value = value.unwrap_or_default();
            drop(old.set_attribute(&name, &value));
            follow(old, &name, &value.into(), &true.into());
        }
    }
    for name in names(old) {
        if !OURS.contains(&name.as_str()) && !fresh.has_attribute(&name) {
            drop(old.remove_attribute(&name));
            follow(old, &name, &"".into(), &false.into());
        }
    }
}

/// What a field holds follows the server, unless somebody is in it.
fn follow(element: &Element, name: &str, text: &JsValue, truth: &JsValue) {
    let value = match name {
        "value" => text,
        "checked" | "selected" => truth,
        _ => return,
    };
    if document().active_element().as_ref() != Some(element) {
        // An element takes any property.
        drop(Reflect::set(element, &name.into(), value));
    }
}

fn names(element: &Element) -> Vec<String> {
    element.get_attribute_names().iter().filter_map(|name| name.as_string()).collect()
}
