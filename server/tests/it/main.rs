//! The server as a whole, over HTTP: the real router, the worker, SQLite and the
//! practice Lever, each on a port of its own.

// Helpers of tests are not themselves marked as tests, which is what clippy goes by.
#![allow(clippy::unwrap_used, clippy::expect_used)]

mod support;

mod auth_coverage;
mod events;
mod headers;
mod import_sheet;
mod insight_csv;
mod integrations;
mod kept;
mod origin;
mod program;
mod resume;
mod sealed_body;
mod secrets;
mod sessions;
mod site;
mod story;
mod webhooks;
