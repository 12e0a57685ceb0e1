//! A route that does nothing, in the same framework: what HTTP alone costs.

use std::thread;

use anyhow::{Context, Result};
use axum::Router;
use axum::body::Bytes;
use axum::http::StatusCode;
use axum::routing::post;
use tokio::sync::oneshot;

use super::load::Target;

/// A server of its own, on threads of its own, until it is dropped.
#[derive(Debug)]
pub(super) struct NoOp {
    /// Where it is.
    pub(super) target: Target,
    _until_dropped: oneshot::Sender<()>,
}

impl NoOp {
    /// Starts it on a free port.
    ///
    /// # Errors
    /// When it cannot listen.
    pub(super) fn start() -> Result<Self> {
        let listener = std::net::TcpListener::bind(("127.0.0.1", 0)).context("cannot listen")?;
        listener.set_nonblocking(true)?;
        let address = listener.local_addr()?.to_string();
        let (until_dropped, dropped) = oneshot::channel::<()>();
        let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build()?;
        thread::spawn(move || {
            runtime.block_on(async move {
                let Ok(listener) = tokio::net::TcpListener::from_std(listener) else { return };
                // The body is read, as a delivery's is.
                let router = Router::new().route("/", post(|_: Bytes| async { StatusCode::OK }));
                let serving = axum::serve(listener, router).with_graceful_shutdown(async {
                    // The sender says nothing: it is dropped.
                    dropped.await.unwrap_or_default();
                });
                if let Err(error) = serving.await {
                    crate::say(format!("the route that does nothing ended: {error}"));
                }
            });
        });
        Ok(Self { target: Target { address, path: "/".into() }, _until_dropped: until_dropped })
    }
}
