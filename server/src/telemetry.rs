//! Logs: one line an event on standard error, chosen by `RUST_LOG`.
//!
//! No secret, no body and no query string is ever logged; see
//! [`crate::web::access_log`] for how addresses with a secret part are masked.

use std::io::IsTerminal as _;

use tracing_subscriber::EnvFilter;
use tracing_subscriber::fmt::MakeWriter;

/// What is logged unless `RUST_LOG` says otherwise. The session layer opens a
/// span for each request, which would only repeat the access log.
const DEFAULT_FILTER: &str = "info,sqlx=warn,tower_sessions=warn,tower_sessions_core=warn";

/// Sends events to standard error from now on.
pub fn init() {
    let filter = EnvFilter::try_from_default_env().unwrap_or_else(|_| EnvFilter::new(DEFAULT_FILTER));
    let colour = std::io::stderr().is_terminal();
    if let Err(error) = tracing_subscriber::fmt()
        .with_env_filter(filter)
        .with_ansi(colour)
        .with_writer(std::io::stderr)
        .try_init()
    {
        eprintln!("fulcrum: nothing will be logged: {error}");
    }
}

/// Sends every event, down to what only developers ask for, to `writer`: for tests
/// that look for what must not be there.
///
/// # Errors
/// When events are being sent elsewhere already.
pub fn init_for_test<W>(writer: W) -> Result<(), Box<dyn std::error::Error + Send + Sync>>
where
    W: for<'a> MakeWriter<'a> + Send + Sync + 'static,
{
    tracing_subscriber::fmt()
        .with_env_filter(EnvFilter::new("debug,lever_sim=off"))
        .with_ansi(false)
        .with_writer(writer)
        .try_init()
}
