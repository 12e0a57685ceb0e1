//! Stopping: SIGINT (Ctrl-C) or SIGTERM once stops in good order, twice at once.

use tokio_util::sync::CancellationToken;

/// The exit status of a program ended by SIGINT, as shells count.
const INTERRUPTED: i32 = 130;

/// A token that is cancelled by the first signal.
#[must_use]
pub fn on_signal() -> CancellationToken {
    let stop = CancellationToken::new();
    let first = stop.clone();
    tokio::spawn(async move {
        signal().await;
        tracing::info!("stopping");
        first.cancel();
        signal().await;
        // Safe at any instant: what counts is committed or not there.
        std::process::exit(INTERRUPTED);
    });
    stop
}

async fn signal() {
    tokio::select! {
        () = interrupt() => {}
        () = terminate() => {}
    }
}

async fn interrupt() {
    if let Err(error) = tokio::signal::ctrl_c().await {
        tracing::error!(%error, "Ctrl-C cannot be watched for");
        std::future::pending::<()>().await;
    }
}

#[cfg(unix)]
async fn terminate() {
    use tokio::signal::unix::{SignalKind, signal};
    match signal(SignalKind::terminate()) {
        Ok(mut stream) => {
            stream.recv().await;
        }
        Err(error) => {
            tracing::error!(%error, "SIGTERM cannot be watched for");
            std::future::pending::<()>().await;
        }
    }
}

#[cfg(not(unix))]
async fn terminate() {
    std::future::pending::<()>().await;
}
