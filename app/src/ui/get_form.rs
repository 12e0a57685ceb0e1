//! A form whose fields become the address: for filters, and for buttons that
//! lead somewhere.

use leptos::ev::SubmitEvent;
use leptos::prelude::*;
use leptos_router::NavigateOptions;
use leptos_router::hooks::use_navigate;
use wasm_bindgen::JsCast;
use web_sys::HtmlFormElement;

use super::post_form::fields_of;

/// The address a form leads to; empty fields are left out.
pub(crate) fn address_of(form: &HtmlFormElement, action: &str) -> Option<String> {
    let text = fields_of(form)?;
    let filled: Vec<&str> = text.split('&').filter(|pair| !pair.is_empty() && !pair.ends_with('=')).collect();
    Some(if filled.is_empty() { action.to_owned() } else { format!("{action}?{}", filled.join("&")) })
}

/// A form with the method GET, followed without loading the page anew where possible.
#[component]
pub(crate) fn GetForm(
    /// Where it leads.
    #[prop(into)]
    action: String,
    /// Its class.
    #[prop(default = "inline-form")]
    class: &'static str,
    /// Its fields and its button.
    children: Children,
) -> impl IntoView {
    // What the server draws has no router around it, and nobody who submits.
    let navigate = cfg!(target_family = "wasm").then(use_navigate);
    let target = action.clone();
    let submit = move |event: SubmitEvent| {
        let form = event.target().and_then(|target| target.dyn_into::<HtmlFormElement>().ok());
        let address = form.and_then(|form| address_of(&form, &target));
        if let Some((navigate, address)) = navigate.as_ref().zip(address) {
            event.prevent_default();
            navigate(&address, NavigateOptions::default());
        }
    };
    view! {
        <form method="get" action=action class=class on:submit=submit>
            {children()}
        </form>
    }
}
