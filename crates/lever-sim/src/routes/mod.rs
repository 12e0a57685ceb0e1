//! The Data API under `/v1`: one door for every endpoint.
//!
//! A request passes, in this order: the route (404), faults of the network and
//! of Lever (dropped, slow, 500, 503), the key (401), the rate limit (429), the
//! permission (403), the handler (404, then 400), and the faults that strike
//! after it was applied.

pub(crate) mod archive_reasons;
pub(crate) mod call;
pub(crate) mod contacts;
pub(crate) mod empty;
pub(crate) mod endpoint;
pub(crate) mod notes;
pub(crate) mod opportunities;
pub(crate) mod postings;
pub(crate) mod refusal;
pub(crate) mod sources;
pub(crate) mod stages;
pub(crate) mod tags;
pub(crate) mod users;
pub(crate) mod webhooks;

use std::time::Duration;

use axum::{
    body::{Body, Bytes},
    extract::{ConnectInfo, Request, State as Shared},
    http::{HeaderMap, HeaderValue, StatusCode, header},
    response::Response,
};
use base64::{Engine, prelude::BASE64_STANDARD};
use serde_json::{Value, json};

use self::{
    call::{Asker, Call, Reply},
    endpoint::Endpoint,
    refusal::Refusal,
};
use crate::{
    deliveries, faults::FaultKind, forms::Fields, line::Caller, requests::Received, simulator::Simulator,
    state::State,
};

/// Lever takes 30 MB per request.
const BODY_LIMIT: usize = 30 * 1024 * 1024;

/// Answers any request below `/v1`.
pub(crate) async fn handle(Shared(simulator): Shared<Simulator>, request: Request) -> Response {
    let (parts, body) = request.into_parts();
    let caller = parts.extensions.get::<ConnectInfo<Caller>>().map(|info| info.0.clone());
    let path = parts.uri.path().to_owned();
    let below = path.strip_prefix("/v1/").unwrap_or("");
    let found = endpoint::find(parts.method.as_str(), below);
    let read = axum::body::to_bytes(body, BODY_LIMIT).await;
    let bytes = read.as_ref().map_or(&[][..], Bytes::as_ref);
    let number = simulator.note_request(
        Received {
            number: 0,
            at: simulator.now(),
            method: parts.method.to_string(),
            path: path.clone(),
            query: parts.uri.query().unwrap_or("").to_owned(),
            endpoint: found.as_ref().map(|(endpoint, _)| endpoint.name.to_owned()),
            body: String::new(),
            status: None,
        },
        bytes,
    );
    let response = match (found, read) {
        (None, _) => refused(&Refusal::no_route(&path)),
        (Some(_), Err(_)) => {
            refused(&Refusal::new(413, "RequestTooLarge", "The request is larger than 30 MB."))
        }
        (Some((endpoint, ids)), Ok(bytes)) => {
            let question = Question {
                endpoint,
                ids,
                query: Fields::parse(parts.uri.query().unwrap_or("").as_bytes()),
                headers: parts.headers,
                body: bytes,
            };
            match answer(&simulator, question, caller.as_ref()).await {
                Some(response) => response,
                None => return cut(caller.as_ref(), 0),
            }
        }
    };
    simulator.end_request(number, Some(response.status().as_u16()));
    response
}

struct Question {
    endpoint: &'static Endpoint,
    ids: Vec<String>,
    query: Fields,
    headers: HeaderMap,
    body: Bytes,
}

/// `None`: the connection is to end without an answer.
async fn answer(simulator: &Simulator, question: Question, caller: Option<&Caller>) -> Option<Response> {
    let endpoint = question.endpoint;
    let faults = simulator.draw_faults(endpoint.name).await;
    for fault in &faults {
        match fault {
            FaultKind::DropBefore => return None,
            FaultKind::Slow { delay_ms } => {
                tokio::time::sleep(Duration::from_millis(*delay_ms)).await;
            }
            FaultKind::InternalError => return Some(internal_error()),
            FaultKind::Unavailable => return Some(unavailable()),
            _ => {}
        }
    }
    let struck = |kind: &FaultKind| faults.contains(kind);
    let limited = faults.iter().find_map(|fault| match fault {
        FaultKind::TooManyRequests { retry_after_seconds } => Some(*retry_after_seconds),
        _ => None,
    });
    let result = match gate(simulator, &question, limited) {
        Ok(asker) => run(simulator, question, asker).await,
        Err(response) => return Some(*response),
    };
    let mut response = match result {
        Ok(Ok(reply)) => replied(reply, struck(&FaultKind::ExtraFields)),
        Ok(Err(refusal)) => refused(&refusal),
        Err(error) => {
            tracing::error!(error = format!("{error:#}"), "a request was not saved");
            internal_error()
        }
    };
    if struck(&FaultKind::DropAfter) {
        return None;
    }
    if struck(&FaultKind::AppliedThenError) {
        return Some(internal_error());
    }
    if struck(&FaultKind::WrongContentType) {
        response.headers_mut().insert(header::CONTENT_TYPE, HeaderValue::from_static("text/html"));
    }
    if struck(&FaultKind::DropMidBody) {
        return Some(halved(response, caller).await);
    }
    Some(response)
}

/// The key, the rate limit and the permission.
fn gate(
    simulator: &Simulator,
    question: &Question,
    limited: Option<Option<u32>>,
) -> Result<Asker, Box<Response>> {
    let text = key_text(&question.headers);
    let known = simulator.read(|state, _| {
        let behaviour = state.behaviour.get().clone();
        let Some(text) = &text else {
            return Err(Refusal::unauthorized("The request requires authentication."));
        };
        match state.key_by_text(text) {
            Some(key) => Ok((
                Asker { key: key.id.clone(), confidential: key.confidential },
                key.permissions.contains(question.endpoint.name),
                behaviour,
            )),
            None => Err(Refusal::unauthorized(&behaviour.wrong_key_message)),
        }
    });
    let (asker, permitted, behaviour) = known.map_err(|refusal| Box::new(refused(&refusal)))?;
    let within = simulator.take_token(&asker.key, behaviour.rate_per_second, behaviour.rate_burst);
    if limited.is_some() || !within {
        let refusal =
            Refusal::new(429, &behaviour.too_many_requests_code, behaviour.too_many_requests_message.clone());
        let mut response = refused(&refusal);
        let seconds = limited.unwrap_or(behaviour.retry_after_seconds);
        if let Some(seconds) = seconds {
            response.headers_mut().insert(header::RETRY_AFTER, HeaderValue::from(seconds));
        }
        return Err(Box::new(response));
    }
    if !permitted {
        let refusal =
            Refusal::forbidden(&behaviour, "This API key does not have permission to access this endpoint.");
        return Err(Box::new(refused(&refusal)));
    }
    Ok(asker)
}

/// Runs the handler, tries a new webhook's URL where that was asked for, and
/// waits until everything is saved.
async fn run(
    simulator: &Simulator,
    question: Question,
    asker: Asker,
) -> anyhow::Result<Result<Reply, Refusal>> {
    let app_url = simulator.app_url();
    let endpoint = question.endpoint;
    let result = simulator
        .change(|state: &mut State, now| {
            let body = body_of(&question)?;
            let mut call =
                Call { state, now, ids: question.ids, query: question.query, body, asker, app_url };
            (endpoint.run)(&mut call)
        })
        .await?;
    let Ok(reply) = result else {
        return Ok(result);
    };
    let Some(hook) = &reply.verify else {
        return Ok(Ok(reply));
    };
    let problem = deliveries::verify(simulator, hook).await?;
    let refuses = simulator.read(|state, _| state.behaviour.get().verify_connection_refuses);
    match problem {
        Some(problem) if refuses => {
            simulator.change(|state, _| state.webhooks.remove(hook)).await?;
            Ok(Err(Refusal::bad_request(format!("The connection could not be verified: {problem}"))))
        }
        _ => Ok(Ok(reply)),
    }
}

/// The body. One that is not JSON is refused, whatever the endpoint wants of it.
fn body_of(question: &Question) -> Result<Option<Value>, Refusal> {
    if question.body.iter().all(u8::is_ascii_whitespace) {
        return Ok(None);
    }
    let multipart = question
        .headers
        .get(header::CONTENT_TYPE)
        .and_then(|value| value.to_str().ok())
        .is_some_and(|value| value.starts_with("multipart/"));
    if multipart {
        return Err(Refusal::bad_request("The practice Lever takes JSON bodies only"));
    }
    serde_json::from_slice(&question.body)
        .map(Some)
        .map_err(|_| Refusal::bad_request("The body is not valid JSON"))
}

/// The key of `Authorization: Basic base64(key + ":")`.
fn key_text(headers: &HeaderMap) -> Option<String> {
    let value = headers.get(header::AUTHORIZATION)?.to_str().ok()?;
    let (scheme, credentials) = value.split_once(' ')?;
    if !scheme.eq_ignore_ascii_case("basic") {
        return None;
    }
    let decoded = BASE64_STANDARD.decode(credentials.trim()).ok()?;
    let text = String::from_utf8(decoded).ok()?;
    let (key, _password) = text.split_once(':')?;
    (!key.is_empty()).then(|| key.to_owned())
}

fn replied(reply: Reply, extra_fields: bool) -> Response {
    let body = reply.body.map(|mut body| {
        if extra_fields {
            add_fields(&mut body);
        }
        body
    });
    response(reply.status, body.as_ref())
}

fn refused(refusal: &Refusal) -> Response {
    response(refusal.status, Some(&refusal.body()))
}

fn internal_error() -> Response {
    refused(&Refusal::new(500, "InternalServerError", "An unexpected error occurred."))
}

/// 503 as a proxy in front of Lever writes it: not JSON.
fn unavailable() -> Response {
    let mut response =
        Response::new(Body::from("<html><body><h1>503 Service Temporarily Unavailable</h1></body></html>"));
    *response.status_mut() = StatusCode::SERVICE_UNAVAILABLE;
    response.headers_mut().insert(header::CONTENT_TYPE, HeaderValue::from_static("text/html"));
    response
}

/// The headers are those of recorded answers.
fn response(status: u16, body: Option<&Value>) -> Response {
    let mut response = Response::new(match body {
        Some(body) => Body::from(body.to_string()),
        None => Body::empty(),
    });
    *response.status_mut() = StatusCode::from_u16(status).unwrap_or(StatusCode::BAD_REQUEST);
    let headers = response.headers_mut();
    if body.is_some() {
        headers.insert(header::CONTENT_TYPE, HeaderValue::from_static("application/json; charset=utf-8"));
    }
    for (name, value) in [
        ("server", "lever-data-api"),
        ("x-lever-region", "global"),
        ("x-stream-path", "dapi"),
        ("strict-transport-security", "max-age=5184000; includeSubDomains"),
    ] {
        headers.insert(name, HeaderValue::from_static(value));
    }
    response
}

/// A field nobody knows, in every object of the answer.
fn add_fields(body: &mut Value) {
    match body {
        Value::Object(object) => {
            for value in object.values_mut() {
                add_fields(value);
            }
            object.insert("practiceExtra".into(), json!({ "unknown": true }));
        }
        Value::Array(items) => items.iter_mut().for_each(add_fields),
        _ => {}
    }
}

/// Ends the connection after `bytes` bytes. A router that is served by other
/// means than [`Simulator::serve`] has no scissors and answers 503 instead.
fn cut(caller: Option<&Caller>, bytes: i64) -> Response {
    if let Some(caller) = caller {
        caller.cut_after(bytes);
    }
    unavailable()
}

/// Ends the connection about half-way through the answer's body.
async fn halved(response: Response, caller: Option<&Caller>) -> Response {
    let (parts, body) = response.into_parts();
    let Ok(bytes) = axum::body::to_bytes(body, usize::MAX).await else {
        return cut(caller, 0);
    };
    if let Some(caller) = caller {
        // The status line, `content-length` and `date` are added later: at least
        // 70 bytes besides the headers that are there, so the cut never comes
        // after the end, however short the body.
        let head: usize = 70
            + parts.headers.iter().map(|(name, value)| name.as_str().len() + value.len() + 4).sum::<usize>();
        caller.cut_after(i64::try_from(head + bytes.len() / 2).unwrap_or(i64::MAX));
    }
    Response::from_parts(parts, Body::from(bytes))
}
