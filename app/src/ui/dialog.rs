//! A native dialog that is an address: the server renders it open, the browser
//! makes it modal, and leaving it is going elsewhere.

use leptos::ev;
use leptos::html;
use leptos::prelude::*;
use leptos_router::NavigateOptions;
use leptos_router::components::A;
use leptos_router::hooks::use_navigate;
use wasm_bindgen::JsCast;
use web_sys::HtmlElement;

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
        <dialog class="dialog" open=true aria-labelledby="dialog-title" node_ref=dialog on:cancel=leave>
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

/// `showModal` refuses an open dialog; whoever types already keeps typing.
fn make_modal(dialog: &web_sys::HtmlDialogElement) {
    if !dialog.is_connected() {
        return;
    }
    let focused = document().active_element().filter(|element| dialog.contains(Some(element)));
    dialog.set_open(false);
    if dialog.show_modal().is_err() {
        dialog.set_open(true);
    }
    if let Some(element) = focused.and_then(|element| element.dyn_into::<HtmlElement>().ok()) {
        // Focusing fails for detached elements only.
        drop(element.focus());
    }
}
