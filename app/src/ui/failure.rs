//! A part of the screen that could not be shown.

use leptos::ev::MouseEvent;
use leptos::prelude::*;

use crate::problem::AppError;

/// The reason, and a link that tries again where that can help: in place where
/// `retry` says how, else by loading the page anew.
#[component]
pub(crate) fn Failure(error: AppError, #[prop(optional)] retry: Option<Callback<()>>) -> impl IntoView {
    let signed_out = error.is_signed_out();
    let lasts = error.lasts();
    let again = move |event: MouseEvent| {
        if let Some(retry) = retry {
            event.prevent_default();
            retry.run(());
        }
    };
    view! {
        <div class="empty" role="alert">
            <p class="empty-title">{error.text()}</p>
            {if signed_out {
                view! {
                    <a href="/sign-in" target="_blank" rel="noopener">
                        "Sign in"
                    </a>
                }
                    .into_any()
            } else if lasts {
                ().into_any()
            } else {
                view! {
                    <a href="" rel="external" on:click=again>
                        "Try again"
                    </a>
                }
                    .into_any()
            }}
        </div>
    }
}
