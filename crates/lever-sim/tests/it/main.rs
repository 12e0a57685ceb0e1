//! The practice Lever over HTTP, from outside. `faithful` ticks the boxes of
//! what a faithful pretend-Lever must do.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    reason = "helpers of tests fail by panicking, like the tests"
)]

mod admin;
mod faithful;
mod pages;
mod persistence;
mod support;
