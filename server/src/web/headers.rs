//! Security headers on every answer.
//!
//! Pages bring their own Content-Security-Policy, with the nonce of their
//! scripts; everything else gets one that allows nothing.

use axum::extract::State;
use axum::http::header::{
    CACHE_CONTROL, CONTENT_SECURITY_POLICY, HeaderMap, HeaderName, REFERRER_POLICY,
    STRICT_TRANSPORT_SECURITY, X_CONTENT_TYPE_OPTIONS, X_FRAME_OPTIONS,
};
use axum::http::{HeaderValue, Response};

const NOTHING: HeaderValue = HeaderValue::from_static(
    "default-src 'none'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
);
const TWO_YEARS: HeaderValue = HeaderValue::from_static("max-age=63072000");
const OPENER_POLICY: HeaderName = HeaderName::from_static("cross-origin-opener-policy");
const RESOURCE_POLICY: HeaderName = HeaderName::from_static("cross-origin-resource-policy");

/// Whether browsers are told to come by https only (RFC 6797).
#[derive(Clone, Copy, Debug)]
pub struct Hsts(pub bool);

/// Adds them to an answer.
pub async fn secure<B>(State(Hsts(https)): State<Hsts>, mut response: Response<B>) -> Response<B> {
    let headers = response.headers_mut();
    headers.insert(X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff"));
    headers.insert(REFERRER_POLICY, HeaderValue::from_static("same-origin"));
    headers.insert(OPENER_POLICY, HeaderValue::from_static("same-origin"));
    headers.insert(RESOURCE_POLICY, HeaderValue::from_static("same-origin"));
    headers.insert(X_FRAME_OPTIONS, HeaderValue::from_static("DENY"));
    if https {
        headers.insert(STRICT_TRANSPORT_SECURITY, TWO_YEARS);
    }
    default(headers, CONTENT_SECURITY_POLICY, NOTHING);
    // Embedded files say themselves how long they keep; nothing else is kept.
    default(headers, CACHE_CONTROL, HeaderValue::from_static("no-store"));
    response
}

fn default(headers: &mut HeaderMap, name: HeaderName, value: HeaderValue) {
    headers.entry(name).or_insert(value);
}
