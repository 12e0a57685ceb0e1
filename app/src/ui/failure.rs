//! A part of the screen that could not be shown.

use leptos::prelude::*;

use crate::problem::AppError;

/// The reason, and a link that tries again.
#[component]
pub(crate) fn Failure(error: AppError) -> impl IntoView {
    let signed_out = error.is_signed_out();
    view! {
        <div class="empty" role="alert">
            <p class="empty-title">{error.text()}</p>
            {if signed_out {
                view! { <a href="/sign-in" rel="external">"Sign in"</a> }.into_any()
            } else {
                view! { <a href="" rel="external">"Try again"</a> }.into_any()
            }}
        </div>
    }
}
