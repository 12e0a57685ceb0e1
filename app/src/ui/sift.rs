//! Finding a few rows among hundreds: a field to search, and a box for those that
//! nobody has decided about. A living page hides the other rows while somebody
//! types; a plain form asks the server to. Hidden rows stay in their form, so what
//! they say is saved with it.
//!
//! A row bears what it is found by in `data-words`. A select that is one of very
//! many holds its own choice only and names in `data-options` a hidden one that
//! holds all; it gets them as soon as somebody comes near.

use js_sys::JsString;
use leptos::ev::{Event, SubmitEvent};
use leptos::html::Form;
use leptos::prelude::*;
use wasm_bindgen::JsCast;
use web_sys::{Element, HtmlElement, HtmlInputElement, HtmlSelectElement};

/// Every row that can be found.
const ROWS: &str = ".map-row[data-words]";

/// The form, for the rows below it.
#[component]
pub(crate) fn Sift(
    /// Where a plain form leads, and what else it says.
    action: &'static str,
    /// The step it stays on.
    #[prop(into)]
    step: Signal<&'static str>,
    /// The name of the field.
    #[prop(into)]
    label: Signal<&'static str>,
    /// What is searched for at first.
    search: String,
    /// Whether only those that are not mapped are shown at first.
    unmapped: bool,
) -> impl IntoView {
    let form = NodeRef::<Form>::new();
    // Another step, another search.
    Effect::new(move |before: Option<&'static str>| {
        let step = step.get();
        if before.is_some_and(|before| before != step)
            && let Some(form) = form.get_untracked()
        {
            form.reset();
            sift();
        }
        step
    });
    let go_on = move |event: SubmitEvent| {
        event.prevent_default();
        let first = format!("{ROWS}:not([hidden]) select");
        let found = document().query_selector(&first).ok().flatten();
        if let Some(select) = found.and_then(|found| found.dyn_into::<HtmlElement>().ok()) {
            // Focusing fails for detached elements only.
            drop(select.focus());
        }
    };
    view! {
        <form
            id="sift"
            class="sift"
            method="get"
            action=action
            role="search"
            node_ref=form
            on:input=move |_| sift()
            on:submit=go_on
        >
            <input type="hidden" name="step" value=step />
            <label for="sift-search">{label}</label>
            <input id="sift-search" type="search" name="search" value=search autocomplete="off" />
            <label class="tick">
                <input id="sift-unmapped" type="checkbox" name="unmapped" value="1" checked=unmapped />
                " Only unmapped"
            </label>
            <button type="submit" class="button without-script">
                "Show"
            </button>
            <span id="sift-found" class="quiet" role="status"></span>
        </form>
    }
}

/// Shows the rows that are searched for, and hides the others.
pub(crate) fn sift() {
    let input = |id: &str| document().get_element_by_id(id)?.dyn_into::<HtmlInputElement>().ok();
    let Some((search, unmapped)) = input("sift-search").zip(input("sift-unmapped")) else { return };
    let search = String::from(JsString::from(search.value()).to_lower_case());
    let unmapped = unmapped.checked();
    let Ok(rows) = document().query_selector_all(ROWS) else { return };
    let mut shown = 0;
    for row in (0..rows.length()).filter_map(|at| rows.get(at)?.dyn_into::<Element>().ok()) {
        let words = row.get_attribute("data-words").unwrap_or_default();
        let is_found = search.split_whitespace().all(|word| words.contains(word));
        let fits = is_found && !(unmapped && is_mapped(&row));
        shown += u32::from(fits);
        // Only malformed names of attributes are refused.
        let _hidden = row.toggle_attribute_with_force("hidden", !fits);
    }
    if let Some(place) = document().get_element_by_id("sift-found") {
        let all = rows.length();
        place.set_text_content(Some(&if shown == all { String::new() } else { format!("{shown} of {all}") }));
    }
}

fn is_mapped(row: &Element) -> bool {
    let select = row.query_selector("select").ok().flatten();
    select
        .and_then(|select| select.dyn_into::<HtmlSelectElement>().ok())
        .is_some_and(|select| !select.value().is_empty())
}

/// Gives a select all its options, when somebody comes near it.
pub(crate) fn complete(event: &Event) {
    let target = event.target().and_then(|target| target.dyn_into::<HtmlSelectElement>().ok());
    if let Some(select) = target
        && let Some(id) = select.get_attribute("data-options")
        && let Some(all) = document().get_element_by_id(&id)
    {
        let chosen = select.value();
        // Only malformed names of attributes are refused.
        let _removed = select.remove_attribute("data-options");
        select.set_inner_html(&all.inner_html());
        select.set_value(&chosen);
    }
}
