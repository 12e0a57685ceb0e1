//! Asking the server, from a screen: a view for a page, news for an open one.
//!
//! What the server answers stays text until the screen that knows its type
//! reads it. So the program in the browser holds the way there once and not
//! once for each view, which is most of what keeps the first visit small.

use std::future::Future;
use std::marker::PhantomData;
use std::pin::Pin;

use leptos::prelude::*;
use leptos::server::codee::{Decoder, Encoder};
use leptos::server_fn::ServerFn;
use leptos::server_fn::error::SERVER_FN_ERROR_HEADER;
use leptos::server_fn::redirect::{REDIRECT_HEADER, call_redirect_hook};
use send_wrapper::SendWrapper;
use serde::Serialize;
use serde::de::DeserializeOwned;
use wasm_bindgen::{JsCast, JsValue};
use wasm_bindgen_futures::JsFuture;
use web_sys::{Request, RequestInit, Response};

use crate::problem::AppError;

/// A view as the server sent it: JSON, not yet read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Sent(String);

impl Sent {
    /// The view.
    pub(crate) fn read<T: DeserializeOwned>(&self) -> Result<T, AppError> {
        serde_json::from_str(&self.0).map_err(|_| AppError::Unreachable)
    }
}

/// Asks a server function: in place while a page is rendered, over HTTP in the browser.
pub(crate) async fn ask<S>(question: S) -> Result<Sent, AppError>
where
    S: ServerFn<Error = AppError> + Serialize,
    S::Output: Serialize,
{
    if is_browser() {
        let fields = serde_qs::to_string(&question).map_err(|_| AppError::Unreadable)?;
        post(S::PATH, fields).await
    } else {
        let view = question.run_body().await?;
        serde_json::to_string(&view).map(Sent).map_err(|_| AppError::Unreachable)
    }
}

/// Posts URL-encoded fields to a server function, and goes where it leads.
pub(crate) fn post(
    path: &'static str,
    fields: String,
) -> impl Future<Output = Result<Sent, AppError>> + Send {
    // Nothing of the browser's leaves its one thread.
    SendWrapper::new(async move {
        let (response, text) = fetch(path, &fields).await.map_err(|_| AppError::Unreachable)?;
        let header = |name| response.headers().get(name).ok().flatten();
        if header(SERVER_FN_ERROR_HEADER).is_some() || !response.ok() {
            return Err(serde_json::from_str(&text).unwrap_or(AppError::Unreachable));
        }
        if header(REDIRECT_HEADER).is_some()
            && let Some(location) = header("location")
        {
            call_redirect_hook(&location);
        }
        Ok(Sent(text))
    })
}

async fn fetch(path: &str, fields: &str) -> Result<(Response, String), JsValue> {
    let init = RequestInit::new();
    init.set_method("POST");
    init.set_body(&JsValue::from_str(fields));
    let request = Request::new_with_str_and_init(path, &init)?;
    request.headers().set("content-type", "application/x-www-form-urlencoded")?;
    // Not HTML: the server then answers with a status instead of a redirect.
    request.headers().set("accept", "application/json")?;
    let response: Response = JsFuture::from(window().fetch_with_request(&request)).await?.dyn_into()?;
    let text = JsFuture::from(response.text()?).await?.as_string().unwrap_or_default();
    Ok((response, text))
}

/// An answer on its way.
pub(crate) type Asking = Pin<Box<dyn Future<Output = Result<Sent, AppError>> + Send>>;

/// What a page shows: asked for while it is rendered, taken from the page when
/// it wakes up, and asked for again whenever its address changes.
pub(crate) struct Page<T> {
    sent: Answer,
    view: PhantomData<fn() -> T>,
}

impl<T> Clone for Page<T> {
    fn clone(&self) -> Self {
        *self
    }
}

impl<T> Copy for Page<T> {}

impl<T: DeserializeOwned> Page<T> {
    /// The page that asks `question` for as long as `address` is the same.
    pub(crate) fn new<S>(
        address: impl Into<Signal<String>>,
        question: impl Fn() -> S + Send + Sync + 'static,
    ) -> Self
    where
        S: ServerFn<Output = T, Error = AppError> + Serialize + 'static,
        T: Serialize,
    {
        let ask = Box::new(move || -> Asking { Box::pin(ask(question())) });
        Self { sent: carried(address.into(), ask), view: PhantomData }
    }

    /// What the server answered.
    pub(crate) fn answer(self) -> Answer {
        self.sent
    }
}

/// What the server answered to a page's question.
pub(crate) type Answer = Resource<Result<Sent, AppError>, Carried>;

fn carried(address: Signal<String>, ask: Box<dyn Fn() -> Asking + Send + Sync>) -> Answer {
    Resource::new_with_options(move || address.get(), move |_| ask(), true)
}

/// How an answer travels inside the page: its JSON as it is, after a mark that
/// tells a view from a refusal.
pub(crate) struct Carried;

impl Encoder<Result<Sent, AppError>> for Carried {
    type Error = serde_json::Error;
    type Encoded = String;

    fn encode(answer: &Result<Sent, AppError>) -> Result<String, Self::Error> {
        match answer {
            Ok(Sent(view)) => Ok(format!("+{view}")),
            Err(error) => serde_json::to_string(error).map(|error| format!("-{error}")),
        }
    }
}

impl Decoder<Result<Sent, AppError>> for Carried {
    type Error = serde_json::Error;
    type Encoded = str;

    fn decode(text: &str) -> Result<Result<Sent, AppError>, Self::Error> {
        match text.strip_prefix('+') {
            Some(view) => Ok(Ok(Sent(view.to_owned()))),
            None => serde_json::from_str(text.trim_start_matches('-')).map(Err),
        }
    }
}

#[cfg(test)]
mod tests {
    use domain::problem::Problem;

    use super::*;

    #[test]
    fn views_and_refusals_travel_inside_the_page() {
        for answer in [Ok(Sent(r#"{"-":"+"}"#.into())), Err(AppError::Problem(Problem::NotFound))] {
            let text = Carried::encode(&answer).unwrap();
            assert_eq!(Carried::decode(&text).unwrap(), answer);
        }
    }

    #[test]
    fn an_answer_of_another_version_is_not_a_view() {
        assert_eq!(Sent("{}".into()).read::<Vec<u8>>(), Err(AppError::Unreachable));
    }
}
