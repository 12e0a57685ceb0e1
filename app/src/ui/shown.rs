//! A part of a screen that shows a page's view once it is there, or why it is
//! not. All parts share one piece of code that waits; see [`dynamic`].
//!
//! [`dynamic`]: super::dynamic

use std::sync::Arc;

use leptos::prelude::*;
use serde::de::DeserializeOwned;

use super::empty::Loading;
use super::failure::Failure;
use crate::ask::{Answer, Page, Sent};
use crate::problem::AppError;

/// What `view` makes of the page, or the reason and a way to try again.
pub(crate) fn shown<T: DeserializeOwned + 'static>(
    page: Page<T>,
    view: impl Fn(T) -> AnyView + Send + Sync + 'static,
) -> AnyView {
    let refused = |error| view! { <Failure error=error /> }.into_any();
    shown_or(page, view, refused, || view! { <Loading /> }.into_any())
}

/// As [`shown`], with what else to show when refused and while waiting.
pub(crate) fn shown_or<T: DeserializeOwned + 'static>(
    page: Page<T>,
    view: impl Fn(T) -> AnyView + Send + Sync + 'static,
    refused: fn(AppError) -> AnyView,
    waiting: fn() -> AnyView,
) -> AnyView {
    let show = move |answer: Result<Sent, AppError>| match answer {
        Ok(sent) if sent.is_empty() => ().into_any(),
        answer => match answer.and_then(|sent| sent.read()) {
            Ok(read) => view(read),
            Err(error) => refused(error),
        },
    };
    let show = move |answer| {
        provide_context(page.asked_after());
        show(answer)
    };
    shared(page.answer(), Arc::new(show), waiting)
}

type Show = Arc<dyn Fn(Result<Sent, AppError>) -> AnyView + Send + Sync>;

fn shared(answer: Answer, show: Show, waiting: fn() -> AnyView) -> AnyView {
    view! {
        <Transition fallback=waiting>
            {move || {
                let show = Arc::clone(&show);
                Suspend::new(async move { show(answer.await) })
            }}
        </Transition>
    }
    .into_any()
}
