//! A sentence above a form or a screen.

#![allow(dead_code, reason = "some of them are drawn by the server only")]

use leptos::prelude::*;

use super::dynamic::dynamic;
use crate::problem::AppError;

/// Why the form was refused. A member who was signed out meanwhile signs in
/// beside it, so that what they typed stays.
#[component]
pub(crate) fn FormBanner(#[prop(into)] refusal: Signal<Option<AppError>>) -> impl IntoView {
    view! {
        {dynamic(move || {
            refusal
                .get()
                .map(|error| {
                    let signed_out = error.is_signed_out();
                    view! {
                        <div class="banner" data-tone="bad" role="alert">
                            <span>{error.text()}</span>
                            {signed_out
                                .then(|| {
                                    view! {
                                        <a href="/sign-in" target="_blank" rel="noopener">
                                            "Sign in"
                                        </a>
                                    }
                                })}
                        </div>
                    }
                })
        })}
    }
}

/// Something to know. `tone` is one of `good`, `warn`, `bad`, `quiet`.
#[component]
pub(crate) fn Banner(tone: &'static str, children: Children) -> impl IntoView {
    view! {
        <div class="banner" data-tone=tone role="note">
            {children()}
        </div>
    }
}
