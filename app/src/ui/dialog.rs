//! A native dialog that is an address: the server renders it open, the browser
//! makes it modal, and leaving it is going elsewhere. However it is left, the
//! keyboard is back at what opened it, which is found again by its id; where that
//! is gone, or an address opened it, at the screen.

use leptos::ev;
use leptos::html;
use leptos::prelude::*;
use leptos_router::NavigateOptions;
use leptos_router::components::A;
use leptos_router::hooks::use_navigate;
use wasm_bindgen::JsCast;
use web_sys::{Element, HtmlElement};

/// The dialog called `title`; closing it leads to `back`.
#[component]
pub(crate) fn Dialog(
    /// Its accessible name and its heading.
    title: &'static str,
    /// Where closing leads.
    back: &'static str,
    /// What is inside.
    children: Children,
) -> impl IntoView {
    let dialog = NodeRef::<html::Dialog>::new();
    if is_browser() {
        let opener = document().active_element().map(|opener| opener.id());
        on_cleanup(move || {
            request_animation_frame(move || {
                let _is_there = opener.is_some_and(|opener| begin_at(&opener)) || begin_at("content");
            });
        });
    }
    Effect::new(move |_| {
        if let Some(dialog) = dialog.get() {
            // After the frame in which the element came into the page.
            request_animation_frame(move || make_modal(&dialog));
        }
    });
    let navigate = use_navigate();
    let leave = move |event: ev::Event| {
        event.prevent_default();
        navigate(back, NavigateOptions::default());
    };
    view! {
        <dialog
            class="dialog"
            open=true
            tabindex="-1"
            aria-labelledby="dialog-title"
            node_ref=dialog
            on:cancel=leave
        >
            <header class="dialog-head">
                <h2 id="dialog-title">{title}</h2>
                <A href=back attr:class="button dialog-close" attr:aria-label="Close">
                    "×"
                </A>
            </header>
            {children()}
        </dialog>
    }
}

/// Leads the keyboard to the element called `id`, unless it is somewhere already: the
/// button that was pressed may be gone, or the dialog was open before what is in it.
/// Says whether the keyboard is somewhere now.
pub(crate) fn begin_at(id: &str) -> bool {
    let is_lost = document().active_element().is_none_or(|element| {
        let name = element.tag_name();
        name == "BODY" || name == "DIALOG"
    });
    let place = document().get_element_by_id(id).and_then(|place| place.dyn_into::<HtmlElement>().ok());
    // Focusing fails for detached elements only.
    !is_lost || place.is_some_and(|place| place.focus().is_ok())
}

/// `showModal` refuses an open dialog; whoever types already keeps typing. Where
/// nothing says that reading begins there, it begins at the dialog.
fn make_modal(dialog: &web_sys::HtmlDialogElement) {
    if !dialog.is_connected() {
        return;
    }
    let focused = document().active_element().filter(|element| dialog.contains(Some(element)));
    dialog.set_open(false);
    if dialog.show_modal().is_err() {
        dialog.set_open(true);
    }
    let begins = dialog.query_selector("[autofocus]").ok().flatten().is_some();
    let place = focused.or_else(|| dialog.dyn_ref::<Element>().filter(|_| !begins).cloned());
    if let Some(place) = place.and_then(|place| place.dyn_into::<HtmlElement>().ok()) {
        // Focusing fails for detached elements only.
        drop(place.focus());
    }
}
