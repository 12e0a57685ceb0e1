//! Asking the server, from a screen: a view for a page, news for an open one.
//!
//! What the server answers stays bytes until the screen that knows its type
//! reads them. So the program in the browser holds the way there once and not
//! once for each view, which is most of what keeps the first visit small. The
//! bytes are Postcard, whose readers take a third of the room that JSON's take.

use std::future::Future;
use std::marker::PhantomData;
use std::pin::Pin;

use js_sys::Uint8Array;
use leptos::prelude::*;
use leptos::server::codee::{Decoder, Encoder};
use leptos::server_fn::codec::PostcardEncoding;
use leptos::server_fn::error::SERVER_FN_ERROR_HEADER;
use leptos::server_fn::redirect::{REDIRECT_HEADER, call_redirect_hook};
use leptos::server_fn::{ContentType, ServerFn};
use send_wrapper::SendWrapper;
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};
use wasm_bindgen::{JsCast, JsValue};
use wasm_bindgen_futures::JsFuture;
use web_sys::{Request, RequestInit, Response};

use crate::live::{AskedAfter, Live};
use crate::problem::AppError;

/// A view as the server sent it, not yet read.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Sent(Vec<u8>);

impl Sent {
    /// Whether there is nothing to show, or what there is stands in the page already.
    pub(crate) fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// The view.
    pub(crate) fn read<T: DeserializeOwned>(&self) -> Result<T, AppError> {
        postcard::from_bytes(&self.0).map_err(|_| AppError::Unreachable)
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
        postcard::to_allocvec(&view).map(Sent).map_err(|_| AppError::Unreachable)
    }
}

/// Posts URL-encoded fields to a server function, and goes where it leads.
pub(crate) fn post(path: &str, fields: String) -> impl Future<Output = Result<Sent, AppError>> + Send {
    // Nothing of the browser's leaves its one thread.
    SendWrapper::new(async move { send(path, &JsValue::from_str(&fields)).await })
}

/// Posts what a form holds, as a text of URL-encoded fields or as form data with
/// files, and goes where it leads.
pub(crate) async fn send(path: &str, form: &JsValue) -> Result<Sent, AppError> {
    let (response, body) = fetch(path, form).await.map_err(|_| AppError::Unreachable)?;
    let header = |name| response.headers().get(name).ok().flatten();
    if header(SERVER_FN_ERROR_HEADER).is_some() || !response.ok() {
        return Err(postcard::from_bytes(&body).unwrap_or(AppError::Unreachable));
    }
    if header(REDIRECT_HEADER).is_some()
        && let Some(location) = header("location")
    {
        call_redirect_hook(&location);
    }
    Ok(Sent(body))
}

async fn fetch(path: &str, form: &JsValue) -> Result<(Response, Vec<u8>), JsValue> {
    let init = RequestInit::new();
    init.set_method("POST");
    init.set_body(form);
    let request = Request::new_with_str_and_init(path, &init)?;
    // Of form data the browser says itself what it is.
    if form.is_string() {
        request.headers().set("content-type", "application/x-www-form-urlencoded")?;
    }
    // Not HTML: the server then answers with a status instead of a redirect.
    request.headers().set("accept", PostcardEncoding::CONTENT_TYPE)?;
    let response: Response = JsFuture::from(window().fetch_with_request(&request)).await?.dyn_into()?;
    let body = JsFuture::from(response.array_buffer()?).await?;
    Ok((response, Uint8Array::new(&body).to_vec()))
}

/// An answer on its way.
pub(crate) type Asking = Pin<Box<dyn Future<Output = Result<Sent, AppError>> + Send>>;

/// What a page shows: asked for while it is rendered, taken from the page when
/// it wakes up, and asked for again whenever its address changes.
pub(crate) struct Page<T> {
    sent: Answer,
    asked_after: StoredValue<u32>,
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
        Self::part(address, move || Some(question()))
    }

    /// As [`Page::new`], for a part that is not always there: nothing is asked, and
    /// nothing shown, while `question` gives none.
    pub(crate) fn part<S>(
        address: impl Into<Signal<String>>,
        question: impl Fn() -> Option<S> + Send + Sync + 'static,
    ) -> Self
    where
        S: ServerFn<Output = T, Error = AppError> + Serialize + 'static,
        T: Serialize,
    {
        let live = Live::here();
        let asked_after = StoredValue::new(live.told());
        let ask = Box::new(move || -> Asking {
            asked_after.try_set_value(live.told());
            match question() {
                Some(question) => Box::pin(ask(question)),
                None => Box::pin(async { Ok(Sent::default()) }),
            }
        });
        Self { sent: carried(address.into(), ask), asked_after, view: PhantomData }
    }

    /// How much had been told when it was asked for last.
    pub(crate) fn asked_after(self) -> AskedAfter {
        AskedAfter(self.asked_after.try_get_value().unwrap_or_default())
    }

    /// What the server answered.
    pub(crate) fn answer(self) -> Answer {
        self.sent
    }
}

/// What the server answered to a page's question.
pub(crate) type Answer = Resource<Result<Sent, AppError>, Carried>;

/// What `ask` gets, carried inside the page, and asked again whenever `address` changes.
pub(crate) fn carried(address: Signal<String>, ask: Box<dyn Fn() -> Asking + Send + Sync>) -> Answer {
    Resource::new_with_options(move || address.get(), move |_| ask(), true)
}

/// How an answer travels inside the page.
pub(crate) struct Carried;

impl Encoder<Result<Sent, AppError>> for Carried {
    type Error = postcard::Error;
    type Encoded = Vec<u8>;

    fn encode(answer: &Result<Sent, AppError>) -> Result<Vec<u8>, Self::Error> {
        postcard::to_allocvec(answer)
    }
}

impl Decoder<Result<Sent, AppError>> for Carried {
    type Error = postcard::Error;
    type Encoded = [u8];

    fn decode(bytes: &[u8]) -> Result<Result<Sent, AppError>, Self::Error> {
        postcard::from_bytes(bytes)
    }
}

#[cfg(test)]
mod tests {
    use domain::problem::Problem;

    use super::*;

    #[test]
    fn views_and_refusals_travel_inside_the_page() {
        for answer in [Ok(Sent(vec![0, 1, 255])), Err(AppError::Problem(Problem::NotFound))] {
            let bytes = Carried::encode(&answer).unwrap();
            assert_eq!(Carried::decode(&bytes).unwrap(), answer);
        }
    }

    #[test]
    fn an_answer_of_another_version_is_not_a_view() {
        assert_eq!(Sent(vec![1]).read::<Vec<u8>>(), Err(AppError::Unreachable));
    }
}
