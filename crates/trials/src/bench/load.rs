//! Many requests over connections that stay open, as few instructions a request
//! as HTTP allows: what is measured is the server, on the same machine.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use anyhow::{Context, Result, bail, ensure};
use http_body_util::{BodyExt as _, Full};
use hyper::body::Bytes;
use hyper::client::conn::http1::{SendRequest, handshake};
use hyper::header::{CONTENT_TYPE, HOST};
use hyper::{Request, StatusCode};
use hyper_util::rt::TokioIo;
use tokio::net::TcpStream;
use tokio::task::JoinSet;

use super::times::Times;

/// Where requests are posted to.
#[derive(Clone, Debug)]
pub(super) struct Target {
    /// `127.0.0.1:PORT`
    pub(super) address: String,
    /// The path, beginning with a slash.
    pub(super) path: String,
}

/// What is posted: every body once, in this order.
#[derive(Clone, Debug)]
pub(super) struct Bodies {
    all: Arc<Vec<Bytes>>,
    taken: Arc<AtomicUsize>,
    again: bool,
}

impl Bodies {
    /// Each once.
    #[must_use]
    pub(super) fn each_once(all: Vec<Bytes>) -> Self {
        Self { all: Arc::new(all), taken: Arc::default(), again: false }
    }

    /// The same, from the first one on, as often as somebody asks.
    #[must_use]
    pub(super) fn over_and_over(&self) -> Self {
        Self { all: Arc::clone(&self.all), taken: Arc::default(), again: true }
    }

    /// The next one; none when all were taken.
    #[must_use]
    pub(super) fn next(&self) -> Option<Bytes> {
        let place = self.taken.fetch_add(1, Ordering::Relaxed);
        let place = if self.again { place % self.all.len().max(1) } else { place };
        self.all.get(place).cloned()
    }

    /// How many have not been taken.
    #[must_use]
    pub(super) fn left(&self) -> usize {
        self.all.len().saturating_sub(self.taken.load(Ordering::Relaxed))
    }
}

/// One connection, one request at a time.
pub(super) struct Line {
    target: Target,
    sender: SendRequest<Full<Bytes>>,
}

impl Line {
    /// Connects.
    ///
    /// # Errors
    /// When nobody listens.
    pub(super) async fn open(target: &Target) -> Result<Self> {
        let stream = TcpStream::connect(&target.address).await.context("nobody listens")?;
        stream.set_nodelay(true)?;
        let (sender, connection) = handshake(TokioIo::new(stream)).await?;
        // It ends with the sender; what went wrong, the sender is told.
        tokio::spawn(connection);
        Ok(Self { target: target.clone(), sender })
    }

    /// Posts a body and reads the whole answer.
    ///
    /// # Errors
    /// When there is none.
    pub(super) async fn post(&mut self, body: Bytes) -> Result<StatusCode> {
        let request = Request::post(self.target.path.as_str())
            .header(HOST, self.target.address.as_str())
            .header(CONTENT_TYPE, "application/json")
            .body(Full::new(body))?;
        self.sender.ready().await?;
        let answer = self.sender.send_request(request).await?;
        let status = answer.status();
        answer.into_body().collect().await?;
        Ok(status)
    }
}

/// Requests a second, when so many connections post one after the other, after
/// a warm-up of a fifth of the time.
///
/// # Errors
/// When a request is not answered 200, or the bodies do not last.
pub(super) async fn closed_loop(
    target: &Target,
    bodies: &Bodies,
    connections: usize,
    lasting: Duration,
) -> Result<f64> {
    let mut hands = JoinSet::new();
    let mut lines = Vec::with_capacity(connections);
    for _ in 0..connections {
        lines.push(Line::open(target).await?);
    }
    let counted_from = Instant::now() + lasting / 5;
    let counted_to = counted_from + lasting;
    for mut line in lines {
        let bodies = bodies.clone();
        hands.spawn(async move {
            let mut done = 0_u64;
            while Instant::now() < counted_to {
                let body = bodies.next().context("more requests than there are bodies")?;
                let status = line.post(body).await?;
                ensure!(status == StatusCode::OK, "a request was answered {status}");
                done += u64::from((counted_from..counted_to).contains(&Instant::now()));
            }
            Ok(done)
        });
    }
    let mut done = 0;
    for hand in hands.join_all().await {
        done += hand?;
    }
    Ok(done as f64 / lasting.as_secs_f64())
}

/// How long requests take that come at a fixed rate whatever becomes of the
/// ones before. Each time counts from the instant at which the request was due:
/// so a server that stalls is charged with everything that queues up meanwhile.
///
/// # Errors
/// When a request is not answered 200, or the bodies do not last.
pub(super) async fn open_loop(
    target: &Target,
    bodies: &Bodies,
    connections: usize,
    per_second: u32,
    lasting: Duration,
) -> Result<Times> {
    let count = usize::try_from(u64::from(per_second) * lasting.as_secs())?;
    if bodies.left() < count {
        bail!("more requests than there are bodies");
    }
    let mut lines = Vec::with_capacity(connections);
    for _ in 0..connections {
        lines.push(Line::open(target).await?);
    }
    let turn = Arc::new(AtomicUsize::new(0));
    let apart = Duration::from_secs(1) / per_second.max(1);
    let began = Instant::now() + Duration::from_millis(50);
    let mut hands = JoinSet::new();
    for mut line in lines {
        let (bodies, turn) = (bodies.clone(), Arc::clone(&turn));
        hands.spawn(async move {
            let mut times = Vec::new();
            loop {
                let number = turn.fetch_add(1, Ordering::Relaxed);
                if number >= count {
                    return anyhow::Ok(times);
                }
                let due = began + apart * u32::try_from(number)?;
                tokio::time::sleep_until(due.into()).await;
                let body = bodies.next().context("more requests than there are bodies")?;
                let status = line.post(body).await?;
                ensure!(status == StatusCode::OK, "a request was answered {status}");
                times.push(due.elapsed());
            }
        });
    }
    let mut times = Vec::with_capacity(count);
    for hand in hands.join_all().await {
        times.extend(hand?);
    }
    Ok(Times::of(times))
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;
    use crate::bench::no_op::NoOp;

    #[test]
    fn bodies_come_once_each_or_over_and_over() {
        let bodies = Bodies::each_once(vec![Bytes::from_static(b"a"), Bytes::from_static(b"b")]);
        let over = bodies.over_and_over();
        assert_eq!(
            [bodies.next(), bodies.next(), bodies.next()].map(|body| body.is_some()),
            [true, true, false]
        );
        assert_eq!(bodies.left(), 0);
        assert_eq!(over.next(), Some(Bytes::from_static(b"a")));
        assert!(over.next().is_some());
        assert_eq!(over.next(), Some(Bytes::from_static(b"a")));
    }

    #[tokio::test]
    async fn a_server_that_does_nothing_is_measured_in_both_ways() {
        let no_op = NoOp::start().unwrap();
        let bodies = Bodies::each_once(vec![Bytes::from_static(b"{}"); 200]);
        let tenth = Duration::from_millis(100);
        let rate = closed_loop(&no_op.target, &bodies.over_and_over(), 4, tenth).await.unwrap();
        assert!(rate > 100.0, "{rate}");
        let times = open_loop(&no_op.target, &bodies, 4, 100, Duration::from_secs(1)).await.unwrap();
        assert_eq!((times.count(), bodies.left()), (100, 100));
        assert!(times.millis(0.5) < 100.0, "{times}");
        // Too few bodies are told, not measured.
        assert!(open_loop(&no_op.target, &bodies, 4, 101, Duration::from_secs(1)).await.is_err());
    }
}
