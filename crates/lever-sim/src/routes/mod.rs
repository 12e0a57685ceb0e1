//! The Data API under `/v1`: one door for every endpoint.
//!
//! A request passes, in this order: the route (404), the connection that is
//! dropped before the body is read, size and time of the body (413, 408), faults
//! of Lever (slow, 500, 503), the key (401), the rate limit (429), the permission
//! (403), the handler (404, then 400), and the faults that strike after it was
//! applied.

pub(crate) mod applications;
pub(crate) mod archive_reasons;
pub(crate) mod call;
pub(crate) mod contacts;
pub(crate) mod empty;
pub(crate) mod endpoint;
pub(crate) mod files;
pub(crate) mod form;
pub(crate) mod notes;
pub(crate) mod opportunities;
pub(crate) mod postings;
pub(crate) mod refusal;
pub(crate) mod resumes;
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
use tokio_stream::StreamExt;

use self::{
    call::{Asker, Call, Reply},
    endpoint::Endpoint,
    form::Upload,
    refusal::Refusal,
};
use crate::{
    deliveries,
    faults::FaultKind,
    forms::Fields,
    line::Caller,
    requests::Received,
    settings::{Behaviour, ValidationOrder},
    simulator::Simulator,
    state::State,
};

/// Answers any request below `/v1`.
pub(crate) async fn handle(Shared(simulator): Shared<Simulator>, request: Request) -> Response {
    let (parts, body) = request.into_parts();
    let caller = parts.extensions.get::<ConnectInfo<Caller>>().map(|info| info.0.clone());
    let path = parts.uri.path().to_owned();
    let below = path.strip_prefix("/v1/").unwrap_or("");
    let found = endpoint::find(parts.method.as_str(), below);
    let faults = match &found {
        Some((endpoint, _)) => simulator.draw_faults(endpoint.name).await,
        None => Vec::new(),
    };
    let dropped = faults.contains(&FaultKind::DropBefore);
    let read = if dropped { Ok(Bytes::new()) } else { read(body, &simulator.behaviour()).await };
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
        read.as_ref().map_or(&[][..], Bytes::as_ref),
    );
    if dropped {
        return cut(caller.as_ref(), 0);
    }
    let response = match (found, read) {
        (None, _) => refused(&Refusal::no_route(&path)),
        (Some(_), Err(refusal)) => refused(&refusal),
        (Some((endpoint, ids)), Ok(bytes)) => {
            let question = Question {
                endpoint,
                ids,
                query: Fields::parse(parts.uri.query().unwrap_or("").as_bytes()),
                headers: parts.headers,
                body: bytes,
            };
            match answer(&simulator, question, &faults, caller.as_ref()).await {
                Some(response) => response,
                None => return cut(caller.as_ref(), 0),
            }
        }
    };
    simulator.end_request(number, Some(response.status().as_u16()));
    response
}

/// The whole body, within the size and the time that Lever allows.
async fn read(body: Body, behaviour: &Behaviour) -> Result<Bytes, Refusal> {
    let limit = behaviour.upload_limit_bytes;
    let whole = async {
        let mut stream = body.into_data_stream();
        let mut bytes = Vec::new();
        let mut size = 0_usize;
        while let Some(chunk) = stream.next().await {
            let chunk = chunk.map_err(|_| Refusal::bad_request("The body broke off"))?;
            size = size.saturating_add(chunk.len());
            if size <= limit {
                bytes.extend_from_slice(&chunk);
            } else {
                // What is too much is read and thrown away, within reason, so that
                // the client is still there to hear the refusal.
                bytes = Vec::new();
                if size > limit.saturating_mul(2) {
                    break;
                }
            }
        }
        if size > limit {
            return Err(Refusal::new(
                behaviour.upload_too_large_status,
                &behaviour.upload_too_large_code,
                format!("The request is larger than {limit} bytes."),
            ));
        }
        Ok(Bytes::from(bytes))
    };
    match tokio::time::timeout(Duration::from_millis(behaviour.upload_timeout_ms), whole).await {
        Ok(read) => read,
        Err(_) => Err(Refusal::new(
            behaviour.upload_timeout_status,
            "RequestTimeout",
            "File took too long to upload.",
        )),
    }
}

/// A request whose route is known and whose body is read.
struct Question {
    endpoint: &'static Endpoint,
    ids: Vec<String>,
    query: Fields,
    headers: HeaderMap,
    body: Bytes,
}

impl Question {
    fn header(&self, name: &str) -> Option<&str> {
        self.headers.get(name).and_then(|value| value.to_str().ok())
    }
}

/// `None`: the connection is to end without an answer.
async fn answer(
    simulator: &Simulator,
    question: Question,
    faults: &[FaultKind],
    caller: Option<&Caller>,
) -> Option<Response> {
    for fault in faults {
        match fault {
            FaultKind::Slow { delay_ms } => {
                let behaviour = simulator.behaviour();
                let patience = behaviour.request_timeout_ms.unwrap_or(u64::MAX);
                tokio::time::sleep(Duration::from_millis(patience.min(*delay_ms))).await;
                if patience < *delay_ms {
                    return Some(refused(&Refusal::new(
                        behaviour.request_timeout_status,
                        "RequestTimeout",
                        "The request took too long.",
                    )));
                }
            }
            FaultKind::KeyRejected => {
                return Some(refused(&Refusal::unauthorized(&simulator.behaviour().wrong_key_message)));
            }
            FaultKind::PermissionMissing => {
                return Some(refused(&Refusal::no_permission(&simulator.behaviour())));
            }
            FaultKind::InternalError => return Some(internal_error(&simulator.behaviour())),
            FaultKind::Unavailable => return Some(unavailable(&simulator.behaviour())),
            _ => {}
        }
    }
    let struck = |kind: &FaultKind| faults.contains(kind);
    let limited = faults.iter().find_map(|fault| match fault {
        FaultKind::TooManyRequests { retry_after_seconds } => Some(*retry_after_seconds),
        _ => None,
    });
    let late = faults.iter().find_map(|fault| match fault {
        FaultKind::ListLag { delay_ms } => Some(*delay_ms),
        _ => None,
    });
    let result = match gate(simulator, &question, limited) {
        Ok(asker) => run(simulator, question, asker, late).await,
        Err(response) => return Some(*response),
    };
    let mut response = match result {
        Ok(Ok(reply)) => replied(reply, struck(&FaultKind::ExtraFields)),
        Ok(Err(refusal)) => refused(&refusal),
        Err(error) => {
            tracing::error!(error = format!("{error:#}"), "a request was not saved");
            internal_error(&simulator.behaviour())
        }
    };
    for fault in faults {
        if let FaultKind::SlowAnswer { delay_ms } = fault {
            tokio::time::sleep(Duration::from_millis(*delay_ms)).await;
        }
    }
    if struck(&FaultKind::DropAfter) {
        return None;
    }
    if struck(&FaultKind::AppliedThenError) {
        return Some(internal_error(&simulator.behaviour()));
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
            Some(key) => {
                let client = behaviour.partner_client_id.as_deref().filter(|_| key.partner.is_some());
                let introduced = client.is_none_or(|id| question.header("x-lever-client-id") == Some(id));
                Ok((
                    Asker { key: key.id.clone(), confidential: key.confidential },
                    introduced && key.permissions.contains(question.endpoint.name),
                    behaviour,
                ))
            }
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
        return Err(Box::new(refused(&Refusal::no_permission(&behaviour))));
    }
    Ok(asker)
}

/// Runs the handler, tries a new webhook's URL where that was asked for, and
/// waits until everything is saved.
async fn run(
    simulator: &Simulator,
    question: Question,
    asker: Asker,
    late: Option<i64>,
) -> anyhow::Result<Result<Reply, Refusal>> {
    let app_url = simulator.app_url();
    let endpoint = question.endpoint;
    let (body, files) = body_of(&question).await;
    let body_first =
        simulator.read(|state, _| state.behaviour.get().validation_order == ValidationOrder::BodyFirst);
    if let (true, Err(refusal)) = (body_first, &body) {
        return Ok(Err(refusal.clone()));
    }
    let result = simulator
        .change(|state: &mut State, now| {
            let (ids, query) = (question.ids, question.query);
            let mut call = Call { state, endpoint, now, ids, query, body, files, asker, app_url };
            let reply = (endpoint.run)(&mut call)?;
            if let (Some(delay), Some(id)) = (late, reply.created()) {
                state.list_late(id, now.saturating_add(delay));
            }
            Ok(reply)
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

/// The body as JSON, and its files when it is a form. A handler that wants it
/// meets the refusal of one that cannot be read.
async fn body_of(question: &Question) -> (Result<Option<Value>, Refusal>, Vec<Upload>) {
    if question.body.iter().all(u8::is_ascii_whitespace) {
        return (Ok(None), Vec::new());
    }
    let form = match form::boundary(question.header("content-type")) {
        None => {
            let json = serde_json::from_slice(&question.body)
                .map(Some)
                .map_err(|_| Refusal::bad_request("The body is not valid JSON"));
            return (json, Vec::new());
        }
        Some(Ok(boundary)) => form::read(question.body.clone(), boundary).await,
        Some(Err(refusal)) => Err(refusal),
    };
    match form {
        Ok(form) => (Ok(Some(Value::Object(form.fields))), form.files),
        Err(refusal) => (Err(refusal), Vec::new()),
    }
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
    if let Some(download) = reply.download {
        let disposition = HeaderValue::from_str(&download.disposition());
        let mut response = response(reply.status, None);
        response.headers_mut().insert(header::CONTENT_TYPE, HeaderValue::from_static(download.media_type));
        if let Ok(disposition) = disposition {
            response.headers_mut().insert(header::CONTENT_DISPOSITION, disposition);
        }
        *response.body_mut() = Body::from(download.bytes);
        return response;
    }
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

fn internal_error(behaviour: &Behaviour) -> Response {
    refused(&Refusal::new(500, &behaviour.internal_error_code, behaviour.internal_error_message.clone()))
}

/// 503 as a proxy in front of Lever writes it: not JSON.
fn unavailable(behaviour: &Behaviour) -> Response {
    let mut response = Response::new(Body::from(behaviour.unavailable_body.clone()));
    *response.status_mut() = StatusCode::SERVICE_UNAVAILABLE;
    if let Ok(kind) = HeaderValue::from_str(&behaviour.unavailable_content_type) {
        response.headers_mut().insert(header::CONTENT_TYPE, kind);
    }
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
    unavailable(&Behaviour::default())
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
