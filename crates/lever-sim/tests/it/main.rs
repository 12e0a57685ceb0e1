//! The practice Lever over HTTP, from outside. Tests are named after the list of
//! what a faithful simulator must do.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    reason = "helpers of tests fail by panicking, like the tests"
)]

mod admin;
mod auth_and_limits;
mod deliveries;
mod pages;
mod persistence;
mod reads;
mod support;
mod webhooks;
mod writes;
