//! The style sheet and the one small script.

use axum::{
    http::{HeaderName, header},
    response::IntoResponse,
};

const KEEP: (HeaderName, &str) = (header::CACHE_CONTROL, "public, max-age=300");

pub(crate) async fn style() -> impl IntoResponse {
    ([KEEP, (header::CONTENT_TYPE, "text/css; charset=utf-8")], include_str!("assets/practice.css"))
}

pub(crate) async fn script() -> impl IntoResponse {
    ([KEEP, (header::CONTENT_TYPE, "text/javascript; charset=utf-8")], include_str!("assets/copy.js"))
}
