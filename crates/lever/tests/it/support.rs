//! A server that plays a script: for each request one answer, byte for byte, or one way of
//! breaking. It records the requests as they came over the wire.

use std::{
    collections::VecDeque,
    net::SocketAddr,
    sync::{Arc, Mutex},
    time::Duration,
};

use base64::Engine;
use lever::{BaseUrl, Client, RateBudget, RateConfig, SecretString, Transport};
use serde_json::{Value, json};
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::{TcpListener, TcpStream},
};

/// The key that every test uses.
pub(crate) const KEY: &str = "practice-key";

/// What the server does with one request.
#[derive(Clone)]
pub(crate) enum Play {
    /// Writes these bytes and keeps the connection.
    Answer(Vec<u8>),
    /// Writes these bytes and closes the connection.
    Cut(Vec<u8>),
    /// Reads the request and never answers.
    Silence,
}

impl Play {
    /// A JSON answer with Lever's headers.
    pub(crate) fn json(status: u16, body: &Value) -> Play {
        Play::text(status, "application/json; charset=utf-8", &body.to_string())
    }

    /// Lever's form of an error.
    pub(crate) fn error(status: u16, code: &str, message: &str) -> Play {
        Play::json(status, &json!({ "code": code, "message": message }))
    }

    pub(crate) fn text(status: u16, content_type: &str, body: &str) -> Play {
        Play::raw(&format!(
            "HTTP/1.1 {status} Status\r\nserver: lever-data-api\r\ncontent-type: {content_type}\r\n\
             content-length: {}\r\n\r\n{body}",
            body.len()
        ))
    }

    pub(crate) fn raw(text: &str) -> Play {
        Play::Answer(text.as_bytes().to_vec())
    }
}

/// A request as it came over the wire.
#[derive(Debug, Clone)]
pub(crate) struct Seen {
    /// Method and target, such as `GET /v1/stages?limit=100`.
    pub(crate) line: String,
    head: String,
    pub(crate) body: Vec<u8>,
}

impl Seen {
    pub(crate) fn header(&self, name: &str) -> Option<&str> {
        self.head.lines().find_map(|line| {
            let (key, value) = line.split_once(':')?;
            key.eq_ignore_ascii_case(name).then_some(value.trim())
        })
    }

    pub(crate) fn json(&self) -> Value {
        serde_json::from_slice(&self.body).expect("the request's body is JSON")
    }
}

/// The server. Requests beyond the script are answered with 500 and fail the test by that.
pub(crate) struct Script {
    address: SocketAddr,
    seen: Arc<Mutex<Vec<Seen>>>,
}

impl Script {
    pub(crate) async fn play(plays: impl IntoIterator<Item = Play>) -> Script {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let seen = Arc::new(Mutex::new(Vec::new()));
        let plays: Arc<Mutex<VecDeque<Play>>> = Arc::new(Mutex::new(plays.into_iter().collect()));
        tokio::spawn({
            let seen = Arc::clone(&seen);
            async move {
                while let Ok((stream, _)) = listener.accept().await {
                    tokio::spawn(serve(stream, Arc::clone(&seen), Arc::clone(&plays)));
                }
            }
        });
        Script { address, seen }
    }

    pub(crate) fn base(&self) -> BaseUrl {
        BaseUrl::parse_override(&format!("http://{}", self.address)).unwrap()
    }

    /// A client of this server with a request deadline of ten seconds.
    pub(crate) fn client(&self) -> Client {
        client(&self.base(), Duration::from_secs(10))
    }

    /// The requests so far. Each must have been authenticated as Lever asks.
    pub(crate) fn seen(&self) -> Vec<Seen> {
        let seen = self.seen.lock().unwrap().clone();
        let expected =
            format!("Basic {}", base64::engine::general_purpose::STANDARD.encode(format!("{KEY}:")));
        for request in &seen {
            assert_eq!(request.header("authorization"), Some(expected.as_str()));
            assert!(!request.line.contains(KEY), "{}", request.line);
        }
        seen
    }

    /// Method and target of the requests so far.
    pub(crate) fn lines(&self) -> Vec<String> {
        self.seen().into_iter().map(|seen| seen.line).collect()
    }
}

/// A client with a budget that is not in the way of tests.
pub(crate) fn client(base: &BaseUrl, request_deadline: Duration) -> Client {
    let transport = Transport::new(request_deadline).unwrap();
    let budget = Arc::new(RateBudget::new(RateConfig { per_second: 1000.0, burst: 1000 }));
    Client::new(&transport, base, SecretString::from(KEY), budget)
}

async fn serve(mut stream: TcpStream, seen: Arc<Mutex<Vec<Seen>>>, plays: Arc<Mutex<VecDeque<Play>>>) {
    while let Some(request) = read_request(&mut stream).await {
        seen.lock().unwrap().push(request);
        let play = plays
            .lock()
            .unwrap()
            .pop_front()
            .unwrap_or_else(|| Play::error(500, "TestError", "the script is at its end"));
        match play {
            Play::Answer(bytes) => {
                if stream.write_all(&bytes).await.is_err() {
                    return;
                }
            }
            Play::Cut(bytes) => {
                let _ = stream.write_all(&bytes).await;
                return;
            }
            Play::Silence => {
                // Until the client gives up and closes.
                let _ = stream.read(&mut [0]).await;
                return;
            }
        }
    }
}

async fn read_request(stream: &mut TcpStream) -> Option<Seen> {
    let mut head = Vec::new();
    while !head.ends_with(b"\r\n\r\n") {
        head.push(stream.read_u8().await.ok()?);
    }
    let head = String::from_utf8(head).unwrap();
    let line = head.lines().next().unwrap();
    let mut seen =
        Seen { line: line.trim_end_matches(" HTTP/1.1").to_owned(), head: head.clone(), body: Vec::new() };
    let length = seen.header("content-length").map_or(0, |length| length.parse().unwrap());
    seen.body = vec![0; length];
    stream.read_exact(&mut seen.body).await.ok()?;
    Some(seen)
}
