//! A client for one API key: builds requests, sends them within the rate budget, and sorts the
//! answers into bodies and [`Error`]s. What can be asked for is in one file for each resource.

use std::{
    fmt,
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
    time::{Duration, Instant},
};

use reqwest::{Method, RequestBuilder, Response, header, multipart::Form};
use secrecy::{ExposeSecret, SecretString};
use serde::{Deserialize, Serialize, de::DeserializeOwned};
use url::Url;

use crate::rate::{Condition, Lane};
use crate::{BaseUrl, Error, Priority, RateBudget, Transport, error::parse_retry_after};

/// The largest body of a success that is read, in bytes. A page of 100 opportunities with long
/// histories stays below a tenth of it.
const LARGEST_BODY: usize = 16 * 1024 * 1024;
/// The largest body of a failure that is read, in bytes.
const LARGEST_ERROR_BODY: usize = 16 * 1024;

/// A Data API key. Blanks around it, as they come with copying, are removed.
#[derive(Clone)]
pub struct ApiKey(SecretString);

impl ApiKey {
    /// Wraps the text a person copied from Lever.
    pub fn new(text: &SecretString) -> ApiKey {
        ApiKey(SecretString::from(text.expose_secret().trim()))
    }

    /// Whether nothing is left without the blanks.
    pub fn is_empty(&self) -> bool {
        self.expose().is_empty()
    }

    /// The key itself.
    pub fn expose(&self) -> &str {
        self.0.expose_secret()
    }
}

impl From<SecretString> for ApiKey {
    fn from(text: SecretString) -> ApiKey {
        ApiKey::new(&text)
    }
}

impl fmt::Debug for ApiKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("ApiKey([redacted])")
    }
}

/// One request and how it ended, for a log: neither key, ids, query nor bodies.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Call {
    /// The name of the call in errors and logs: `create opportunity`.
    pub operation: &'static str,
    /// The HTTP method.
    pub method: String,
    /// The kind of path, with a placeholder for each id: `/opportunities/{id}/notes`.
    pub path: String,
    /// The status of the answer; `None`: there was none.
    pub status: Option<u16>,
    /// From the writing of the request to the head of the answer.
    pub took: Duration,
}

/// Is told of every request that went out.
pub type Observer = Arc<dyn Fn(Call) + Send + Sync>;

/// Asks Lever with one API key. Cheap to make and to clone.
#[derive(Clone)]
pub struct Client {
    http: reqwest::Client,
    base: BaseUrl,
    key: ApiKey,
    budget: Arc<RateBudget>,
    priority: Priority,
    lane: Lane,
    /// A place in the budget that is already paid for, until a request uses it.
    reserved: Option<Arc<AtomicBool>>,
    observer: Option<Observer>,
}

impl Client {
    /// A client for `key` at `base`. Clients of the same key must share the `budget`, because
    /// Lever counts by key. Works at [`Priority::Background`]; see [`Client::at`].
    pub fn new(
        transport: &Transport,
        base: &BaseUrl,
        key: impl Into<ApiKey>,
        budget: Arc<RateBudget>,
    ) -> Client {
        Client {
            http: transport.for_base(base),
            base: base.clone(),
            key: key.into(),
            budget,
            priority: Priority::Background,
            lane: 0,
            reserved: None,
            observer: None,
        }
    }

    /// The same client with another place in the queue for the rate budget.
    pub fn at(&self, priority: Priority) -> Client {
        Client { priority, ..self.clone() }
    }

    /// The same client in another lane: clients of one key and priority take turns by lane.
    pub fn in_lane(&self, lane: Lane) -> Client {
        Client { lane, ..self.clone() }
    }

    /// The same client, which tells `observer` of every request that goes out.
    pub fn observed(&self, observer: Observer) -> Client {
        Client { observer: Some(observer), ..self.clone() }
    }

    /// How the key fares: failures in a row, and who waits.
    pub fn condition(&self) -> Condition {
        self.budget.condition()
    }

    /// Waits for the rate budget now, so that the first request of the client returned goes out
    /// without waiting. For callers that must check something right before they write.
    pub async fn reserve(&self) -> Client {
        self.budget.acquire(self.priority, self.lane).await;
        Client { reserved: Some(Arc::new(AtomicBool::new(true))), ..self.clone() }
    }

    /// Where this client asks.
    pub fn base_url(&self) -> &BaseUrl {
        &self.base
    }

    /// Sends a request and reads the single object in the answer's `data`.
    pub(crate) async fn one<T: DeserializeOwned>(&self, request: Request) -> Result<T, Error> {
        let operation = request.operation;
        let answer = self.send(request).await?;
        answer.decode::<Single<T>>(operation).map(|single| single.data)
    }

    /// Sends a form with a file in place of the request's body, which may take as long as
    /// `deadline`, and reads the single object in the answer's `data`.
    pub(crate) async fn one_of_form<T: DeserializeOwned>(
        &self,
        request: Request,
        form: Form,
        deadline: Duration,
    ) -> Result<T, Error> {
        let operation = request.operation;
        let asked = request.asked();
        let builder = self.builder(request)?.multipart(form).timeout(deadline);
        let answer = answer(operation, self.exchange(asked, builder).await?).await?;
        answer.decode::<Single<T>>(operation).map(|single| single.data)
    }

    /// Sends a request whose answer has nothing worth keeping. A success is a success even when
    /// the rest of the answer is lost.
    pub(crate) async fn done(&self, request: Request) -> Result<(), Error> {
        let operation = request.operation;
        let response = self.exchange(request.asked(), self.builder(request)?).await?;
        // Reading to the end lets the connection be used again.
        if let Err(error) = read(operation, response, LARGEST_BODY).await {
            tracing::debug!(operation, %error, "the rest of the answer was lost");
        }
        Ok(())
    }

    /// Sends a request and returns the body of a success.
    pub(crate) async fn send(&self, request: Request) -> Result<Answer, Error> {
        let operation = request.operation;
        answer(operation, self.exchange(request.asked(), self.builder(request)?).await?).await
    }

    /// The request as it goes over the wire.
    fn builder(&self, request: Request) -> Result<RequestBuilder, Error> {
        let operation = request.operation;
        let url = request.url(&self.base)?;
        let mut builder = self
            .http
            .request(request.method, url)
            .basic_auth(self.key.expose(), Some(""))
            .header(header::ACCEPT, "application/json");
        if let Some(body) = request.body {
            builder = builder
                .header(header::CONTENT_TYPE, "application/json")
                .body(body.map_err(|_| Error::invalid(operation, "the body is no JSON"))?);
        }
        Ok(builder)
    }

    /// One request and the head of its answer, which is a success; anything else is an error.
    async fn exchange(&self, asked: Asked, builder: RequestBuilder) -> Result<Response, Error> {
        let operation = asked.operation;
        let reserved = self.reserved.as_ref().is_some_and(|reserved| reserved.swap(false, Ordering::AcqRel));
        if !reserved {
            self.budget.acquire(self.priority, self.lane).await;
        }
        self.budget.admit().map_err(|retry_after| Error::resting(operation, retry_after))?;
        let begun = Instant::now();
        let sent = builder.send().await;
        if let Some(observer) = &self.observer {
            let status = sent.as_ref().ok().map(|response| response.status().as_u16());
            observer(asked.ended(status, begun.elapsed()));
        }
        let response = match sent {
            Ok(response) => response,
            Err(error) => {
                self.budget.failed();
                let error = Error::transport(operation, error);
                tracing::debug!(operation, ?error, "no answer from Lever");
                return Err(error);
            }
        };
        let status = response.status().as_u16();
        tracing::debug!(operation, status, "Lever answered");
        let retry_after = parse_retry_after(
            response.headers().get(header::RETRY_AFTER).and_then(|value| value.to_str().ok()),
        );
        match status {
            429 => self.budget.refused(retry_after).await,
            500.. => self.budget.failed(),
            _ => self.budget.accepted().await,
        }
        if response.status().is_success() {
            return Ok(response);
        }
        // The status is known and says enough when the body cannot be had.
        let body = read(operation, response, LARGEST_ERROR_BODY).await.unwrap_or_default();
        Err(Error::answered(operation, status, retry_after, &body, self.key.expose()))
    }
}

impl fmt::Debug for Client {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Client")
            .field("base", &self.base)
            .field("priority", &self.priority)
            .finish_non_exhaustive()
    }
}

/// The body of a success.
async fn answer(operation: &'static str, response: Response) -> Result<Answer, Error> {
    let status = response.status().as_u16();
    let body = read(operation, response, LARGEST_BODY).await?;
    Ok(Answer { status, body })
}

/// Reads a body of at most `limit` bytes.
async fn read(operation: &'static str, mut response: Response, limit: usize) -> Result<Vec<u8>, Error> {
    let status = response.status().as_u16();
    let mut body = Vec::new();
    while let Some(chunk) = response.chunk().await.map_err(|error| Error::transport(operation, error))? {
        if body.len() + chunk.len() > limit {
            return Err(Error::unreadable(operation, status, "the body is too large"));
        }
        body.extend_from_slice(&chunk);
    }
    Ok(body)
}

/// A success.
pub(crate) struct Answer {
    pub(crate) status: u16,
    pub(crate) body: Vec<u8>,
}

impl Answer {
    /// The body as a value.
    pub(crate) fn decode<T: DeserializeOwned>(&self, operation: &'static str) -> Result<T, Error> {
        serde_json::from_slice(&self.body).map_err(|error| Error::undecodable(operation, self.status, &error))
    }
}

/// The envelope of a single object.
#[derive(Deserialize)]
struct Single<T> {
    data: T,
}

/// A request that is being put together. What cannot be sent is reported when it is sent.
#[derive(Clone)]
pub(crate) struct Request {
    operation: &'static str,
    method: Method,
    path: Vec<String>,
    query: Vec<(&'static str, String)>,
    body: Option<Result<Vec<u8>, NotJson>>,
}

/// What a request asks, without its ids.
struct Asked {
    operation: &'static str,
    method: String,
    path: String,
}

impl Asked {
    fn ended(self, status: Option<u16>, took: Duration) -> Call {
        Call { operation: self.operation, method: self.method, path: self.path, status, took }
    }
}

/// A body that does not serialise. Cloneable, which serde_json's error is not.
#[derive(Clone, Copy)]
struct NotJson;

impl Request {
    fn new(operation: &'static str, method: Method, path: &[&str]) -> Request {
        Request {
            operation,
            method,
            path: path.iter().map(|&segment| segment.to_owned()).collect(),
            query: Vec::new(),
            body: None,
        }
    }

    /// `operation` is the name of the call in errors and logs; `path` its segments after `/v1`,
    /// ids included, unencoded.
    pub(crate) fn get(operation: &'static str, path: &[&str]) -> Request {
        Request::new(operation, Method::GET, path)
    }

    /// A POST whose body is given when it is sent.
    pub(crate) fn post_form(operation: &'static str, path: &[&str]) -> Request {
        Request::new(operation, Method::POST, path)
    }

    pub(crate) fn post(operation: &'static str, path: &[&str], body: &impl Serialize) -> Request {
        Request::new(operation, Method::POST, path).with_body(body)
    }

    pub(crate) fn put(operation: &'static str, path: &[&str], body: &impl Serialize) -> Request {
        Request::new(operation, Method::PUT, path).with_body(body)
    }

    pub(crate) fn delete(operation: &'static str, path: &[&str]) -> Request {
        Request::new(operation, Method::DELETE, path)
    }

    fn with_body(mut self, body: &impl Serialize) -> Request {
        self.body = Some(serde_json::to_vec(body).map_err(|_| NotJson));
        self
    }

    /// Adds a query parameter.
    pub(crate) fn query(mut self, name: &'static str, value: impl ToString) -> Request {
        self.query.push((name, value.to_string()));
        self
    }

    /// Adds a query parameter if there is a value.
    pub(crate) fn optional(self, name: &'static str, value: Option<impl ToString>) -> Request {
        match value {
            Some(value) => self.query(name, value),
            None => self,
        }
    }

    /// Adds a query parameter once for each value; Lever takes them as a union.
    pub(crate) fn each(mut self, name: &'static str, values: &[String]) -> Request {
        self.query.extend(values.iter().map(|value| (name, value.clone())));
        self
    }

    pub(crate) fn operation(&self) -> &'static str {
        self.operation
    }

    /// What it asks. Words of Lever's paths are lower case; whatever else stands there is an id.
    fn asked(&self) -> Asked {
        let is_word = |segment: &str| {
            segment.chars().all(|c| c.is_ascii_alphabetic() || c == '_')
                && segment.starts_with(|c: char| c.is_ascii_lowercase())
        };
        let path = self.path.iter().map(|segment| if is_word(segment) { segment.as_str() } else { "{id}" });
        Asked {
            operation: self.operation,
            method: self.method.to_string(),
            path: path.flat_map(|segment| ["/", segment]).collect(),
        }
    }

    fn url(&self, base: &BaseUrl) -> Result<Url, Error> {
        let unusable = |_| Error::invalid(self.operation, "the base URL is no URL");
        let mut url = Url::parse(base.as_str()).map_err(|_| unusable(()))?;
        {
            let mut path = url.path_segments_mut().map_err(unusable)?;
            for segment in &self.path {
                // An empty id would ask for the list, and dots would climb the path.
                if matches!(segment.trim(), "" | "." | "..") {
                    return Err(Error::invalid(self.operation, "an id is empty or only dots"));
                }
                path.push(segment);
            }
        }
        if !self.query.is_empty() {
            url.query_pairs_mut().extend_pairs(&self.query);
        }
        Ok(url)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn url(request: &Request) -> Result<String, Error> {
        let base = BaseUrl::parse_override("https://gateway.example/lever/v1").unwrap();
        request.url(&base).map(String::from)
    }

    #[test]
    fn ids_cannot_change_the_path() {
        let request = Request::get("read", &["opportunities", "a/../b?c#d e"]);
        assert_eq!(
            url(&request).unwrap(),
            "https://gateway.example/lever/v1/opportunities/a%2F..%2Fb%3Fc%23d%20e"
        );
        for id in ["", " ", ".", ".."] {
            let error = url(&Request::get("read", &["opportunities", id])).unwrap_err();
            assert_eq!(error.kind(), crate::ErrorKind::InvalidArgument, "{id:?}");
        }
    }

    #[test]
    fn a_call_is_told_without_its_ids() {
        for (path, told) in [
            (&["opportunities", "0f2b-77", "addTags"][..], "/opportunities/{id}/addTags"),
            (&["opportunities", "deleted"][..], "/opportunities/deleted"),
            (&["archive_reasons"][..], "/archive_reasons"),
            (&["contacts", "jo@people.example"][..], "/contacts/{id}"),
        ] {
            assert_eq!(Request::get("read", path).asked().path, told);
        }
    }

    #[test]
    fn a_key_loses_its_blanks_and_never_shows() {
        let key = ApiKey::new(&SecretString::from(" hush\n"));
        assert_eq!(key.expose(), "hush");
        assert_eq!(format!("{key:?}"), "ApiKey([redacted])");
        assert!(ApiKey::new(&SecretString::from(" \n")).is_empty());
    }
}
