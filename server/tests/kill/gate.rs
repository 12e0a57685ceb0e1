//! A gate between Fulcrum and the practice Lever. It passes every request on,
//! and can hold one of them at a chosen point, so that a test can end Fulcrum
//! exactly there.
//!
//! A request that has come through the gate is Lever's: whether it is applied
//! does not depend on who still waits for the answer.

use std::net::SocketAddr;
use std::sync::{Arc, Mutex};

use axum::Router;
use axum::body::{Body, Bytes};
use axum::extract::State;
use axum::http::{Method, Request, StatusCode, header};
use axum::response::Response;
use tokio::net::TcpListener;
use tokio::sync::oneshot;
use tokio::task::JoinHandle;

/// A call of an import.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Call {
    /// Who is known by an e-mail address?
    LookUpByEmail,
    /// Is there an opportunity with the marker?
    LookUpByMarker,
    /// Create the opportunity.
    Create,
    /// Write the note.
    Note,
}

impl Call {
    fn of(method: &Method, path: &str, query: &str) -> Option<Self> {
        let asks_for = |name: &str| query.split('&').any(|pair| pair.starts_with(&format!("{name}=")));
        let opportunities = path.trim_end_matches('/') == "/v1/opportunities";
        match *method {
            Method::GET if opportunities && asks_for("tag") => Some(Self::LookUpByMarker),
            Method::GET if opportunities && asks_for("email") => Some(Self::LookUpByEmail),
            Method::POST if opportunities => Some(Self::Create),
            Method::POST if path.ends_with("/notes") => Some(Self::Note),
            _ => None,
        }
    }
}

/// How far a held request has come.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Point {
    /// Lever has received it and not looked at it.
    Received,
    /// Lever has applied it and not answered.
    Applied,
    /// The answer is on its way; nothing is held.
    Answered,
}

/// What becomes of a held request.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Fate {
    /// It goes on from where it was held.
    Proceed,
    /// It is lost.
    Lose,
}

struct Wish {
    call: Call,
    point: Point,
    reached: oneshot::Sender<()>,
    fate: oneshot::Receiver<Fate>,
}

/// A request that is being held, or will be.
pub(crate) struct Held {
    reached: oneshot::Receiver<()>,
    fate: oneshot::Sender<Fate>,
}

impl Held {
    /// Waits until the request stands at its point.
    pub(crate) async fn reached(&mut self) {
        (&mut self.reached).await.expect("the gate is gone");
    }

    /// Lets the request go on, or loses it.
    pub(crate) fn settle(self, fate: Fate) {
        // At `Answered` nobody waits for it.
        let _nobody_waits = self.fate.send(fate);
    }
}

/// The gate, open until it is dropped.
pub(crate) struct Gate {
    /// `http://127.0.0.1:PORT`
    pub(crate) url: String,
    inner: Arc<Inner>,
    serving: JoinHandle<()>,
}

struct Inner {
    lever: String,
    client: reqwest::Client,
    wish: Mutex<Option<Wish>>,
    seen: Mutex<Vec<Call>>,
}

impl Gate {
    /// Opens the gate before the practice Lever at `lever`.
    pub(crate) async fn open(lever: &str) -> Self {
        let listener = TcpListener::bind(SocketAddr::from(([127, 0, 0, 1], 0))).await.unwrap();
        let url = format!("http://{}", listener.local_addr().unwrap());
        let inner = Arc::new(Inner {
            lever: lever.to_owned(),
            client: reqwest::Client::builder().no_proxy().build().unwrap(),
            wish: Mutex::default(),
            seen: Mutex::default(),
        });
        let router = Router::new().fallback(pass).with_state(Arc::clone(&inner));
        let serving = tokio::spawn(async move {
            axum::serve(listener, router).await.unwrap();
        });
        Self { url, inner, serving }
    }

    /// Holds the next `call` at `point`.
    pub(crate) fn hold(&self, call: Call, point: Point) -> Held {
        let (reached_sender, reached) = oneshot::channel();
        let (fate, fate_receiver) = oneshot::channel();
        let wish = Wish { call, point, reached: reached_sender, fate: fate_receiver };
        let before = self.inner.wish.lock().unwrap().replace(wish);
        assert!(before.is_none(), "one request at a time is held");
        Held { reached, fate }
    }

    /// How often `call` was asked so far.
    pub(crate) fn count(&self, call: Call) -> usize {
        self.inner.seen.lock().unwrap().iter().filter(|seen| **seen == call).count()
    }
}

impl Drop for Gate {
    fn drop(&mut self) {
        self.serving.abort();
    }
}

async fn pass(State(inner): State<Arc<Inner>>, request: Request<Body>) -> Response {
    // On a task of its own: a caller who is gone takes nothing back.
    match tokio::spawn(forward(inner, request)).await {
        Ok(Some(response)) => response,
        // Nobody hears this: the caller of a lost request has been killed.
        Ok(None) | Err(_) => plain(StatusCode::BAD_GATEWAY, Bytes::new()),
    }
}

async fn forward(inner: Arc<Inner>, request: Request<Body>) -> Option<Response> {
    let (parts, body) = request.into_parts();
    let body = axum::body::to_bytes(body, 1024 * 1024).await.ok()?;
    let call = Call::of(&parts.method, parts.uri.path(), parts.uri.query().unwrap_or_default());
    inner.seen.lock().unwrap().extend(call);
    let mut wish = {
        let mut wish = inner.wish.lock().unwrap();
        if wish.as_ref().is_some_and(|wish| Some(wish.call) == call) { wish.take() } else { None }
    };

    if let Some(held) = wish.take_if(|wish| wish.point == Point::Received) {
        held.reached.send(()).ok()?;
        if held.fate.await != Ok(Fate::Proceed) {
            return None;
        }
    }
    let mut onward = inner.client.request(parts.method, format!("{}{}", inner.lever, parts.uri)).body(body);
    for name in [header::AUTHORIZATION, header::CONTENT_TYPE, header::ACCEPT] {
        if let Some(value) = parts.headers.get(&name) {
            onward = onward.header(name, value);
        }
    }
    let answer = onward.send().await.ok()?;
    let status = answer.status();
    let headers = answer.headers().clone();
    let mut response = plain(status, answer.bytes().await.ok()?);
    for name in [header::CONTENT_TYPE, header::SERVER, header::RETRY_AFTER] {
        if let Some(value) = headers.get(&name) {
            response.headers_mut().insert(name, value.clone());
        }
    }
    if let Some(held) = wish.take_if(|wish| wish.point == Point::Applied) {
        held.reached.send(()).ok()?;
        if held.fate.await != Ok(Fate::Proceed) {
            return None;
        }
    }
    if let Some(held) = wish {
        held.reached.send(()).ok()?;
    }
    Some(response)
}

fn plain(status: StatusCode, body: Bytes) -> Response {
    let mut response = Response::new(Body::from(body));
    *response.status_mut() = status;
    response
}
