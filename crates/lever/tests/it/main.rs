//! The client against a server that plays back answers recorded or documented by Lever, and that
//! breaks in the ways servers and networks do.

// Helpers of tests are not themselves marked as tests, which is what clippy goes by.
#![allow(clippy::unwrap_used, clippy::expect_used)]

mod failures;
mod opportunities;
mod paging;
mod probe;
mod resources;
mod support;
