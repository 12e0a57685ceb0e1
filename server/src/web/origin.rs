//! Cross-site requests are refused: another site must not act for a member
//! whose browser is signed in.
//!
//! Browsers say where a request comes from by `Sec-Fetch-Site` (W3C Fetch
//! Metadata), older ones by `Origin` (RFC 6454). Both are out of a page's reach.
//! A request with neither comes from no browser, so no cookie is abused.

use std::sync::Arc;

use axum::extract::{Request, State};
use axum::http::header::{HOST, HeaderName, ORIGIN};
use axum::http::{HeaderMap, Method, StatusCode};
use axum::middleware::Next;
use axum::response::{IntoResponse as _, Response};

use crate::config::PublicUrl;

const SEC_FETCH_SITE: HeaderName = HeaderName::from_static("sec-fetch-site");

/// A candidate answers from wherever the link was opened, without a session.
const EXEMPT: [&str; 1] = ["/api/answer_reply"];

/// The origin that may.
#[derive(Clone, Debug)]
pub struct Allowed(Arc<str>);

impl Allowed {
    /// The server's own origin may.
    #[must_use]
    pub fn new(public_url: &PublicUrl) -> Self {
        Self(public_url.origin().into())
    }
}

/// The layer.
pub async fn refuse_cross_site(State(allowed): State<Allowed>, request: Request, next: Next) -> Response {
    let path = request.uri().path();
    // Server functions that read are called by our pages only, too.
    let guarded = !is_safe(request.method()) || path.starts_with("/api/");
    if guarded && !EXEMPT.contains(&path) && !may(request.headers(), &allowed.0) {
        tracing::warn!(path = %super::access_log::mask(path), "a cross-site request was refused");
        return (StatusCode::FORBIDDEN, "This request came from another site and was refused.\n")
            .into_response();
    }
    next.run(request).await
}

/// Methods that change nothing (RFC 9110, 9.2.1).
fn is_safe(method: &Method) -> bool {
    matches!(*method, Method::GET | Method::HEAD | Method::OPTIONS | Method::TRACE)
}

fn may(headers: &HeaderMap, origin: &str) -> bool {
    if let Some(site) = headers.get(SEC_FETCH_SITE) {
        // `none`: typed or opened from a bookmark, by no page.
        return site == "same-origin" || site == "none";
    }
    let Some(from) = headers.get(ORIGIN) else { return true };
    let Ok(from) = from.to_str() else { return false };
    if from == origin {
        return true;
    }
    let host = headers.get(HOST).and_then(|host| host.to_str().ok());
    let authority = from.strip_prefix("https://").or_else(|| from.strip_prefix("http://"));
    authority.is_some() && authority == host
}

#[cfg(test)]
mod tests {
    use super::*;

    fn allowed(headers: &[(&'static str, &'static str)]) -> bool {
        let headers = headers
            .iter()
            .map(|(name, value)| (HeaderName::from_static(name), value.parse().unwrap()))
            .collect();
        may(&headers, "https://fulcrum.example.com")
    }

    #[test]
    fn the_browsers_word_decides() {
        assert!(allowed(&[("sec-fetch-site", "same-origin")]));
        assert!(allowed(&[("sec-fetch-site", "none")]));
        assert!(!allowed(&[("sec-fetch-site", "same-site")]));
        assert!(!allowed(&[("sec-fetch-site", "cross-site")]));
        assert!(!allowed(&[("sec-fetch-site", "cross-site"), ("origin", "https://fulcrum.example.com")]));
    }

    #[test]
    fn without_it_the_origin_decides() {
        assert!(allowed(&[("origin", "https://fulcrum.example.com")]));
        assert!(allowed(&[("origin", "http://127.0.0.1:3000"), ("host", "127.0.0.1:3000")]));
        assert!(!allowed(&[("origin", "https://evil.example.com"), ("host", "fulcrum.example.com")]));
        assert!(!allowed(&[("origin", "https://fulcrum.example.com.evil.example")]));
        assert!(!allowed(&[("origin", "null"), ("host", "null")]));
    }

    #[test]
    fn neither_is_no_browser() {
        assert!(allowed(&[]));
    }
}
