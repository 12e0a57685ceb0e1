//! The front end and the public files, embedded: one file to deploy.
//!
//! The build puts the front end into a folder named after its content
//! (`pkg-HASH`), so browsers may keep it for ever; everything else is asked for
//! again with its entity tag. Text is served as compressed by the build
//! (`.br`, `.gz` beside each file) when the browser takes it (RFC 9110, 12.5.3).

use std::borrow::Cow;
use std::sync::Arc;

use axum::body::Body;
use axum::extract::{Request, State};
use axum::http::header::{
    ACCEPT_ENCODING, CACHE_CONTROL, CONTENT_ENCODING, CONTENT_LENGTH, CONTENT_TYPE, ETAG, IF_NONE_MATCH, VARY,
};
use axum::http::{HeaderMap, HeaderValue, Method, StatusCode};
use axum::middleware::Next;
use axum::response::{IntoResponse as _, Response};
use rust_embed::{EmbeddedFile, RustEmbed};

#[derive(RustEmbed)]
#[folder = "../target/site"]
#[allow_missing = true]
struct Files;

/// The start of the name of the front end's folder.
const PACKAGE: &str = "pkg";

const FOR_EVER: HeaderValue = HeaderValue::from_static("public, max-age=31536000, immutable");
const ASK_AGAIN: HeaderValue = HeaderValue::from_static("public, no-cache");

/// What is embedded. Cheap to clone.
#[derive(Clone, Debug)]
pub struct Site {
    /// The name of the front end's folder.
    package: Arc<str>,
    built: bool,
}

impl Site {
    /// Looks for the front end among the embedded files.
    #[must_use]
    pub fn find() -> Self {
        let hashed = format!("{PACKAGE}-");
        let package = Files::iter()
            .filter_map(|path| path.split_once('/').map(|(folder, _)| folder.to_owned()))
            .find(|folder| folder.starts_with(&hashed) || folder == PACKAGE);
        Self { built: package.is_some(), package: package.unwrap_or_else(|| PACKAGE.to_owned()).into() }
    }

    /// Whether the front end was built before the server.
    #[must_use]
    pub fn is_built(&self) -> bool {
        self.built
    }

    /// The name of the front end's folder, `pkg-HASH`.
    #[must_use]
    pub fn package(&self) -> &str {
        &self.package
    }
}

/// The layer: answers for embedded files, passes everything else on.
pub async fn serve(State(site): State<Site>, request: Request, next: Next) -> Response {
    let path = request.uri().path().trim_start_matches('/');
    let reads = matches!(*request.method(), Method::GET | Method::HEAD);
    if reads && let Some(answer) = file(&site, path, request.headers()) {
        return answer;
    }
    // A page of an older version asks for a folder that is gone: the answer is
    // not the program's page.
    if path.starts_with("pkg-") || path.starts_with("pkg/") {
        return StatusCode::NOT_FOUND.into_response();
    }
    next.run(request).await
}

fn file(site: &Site, path: &str, headers: &HeaderMap) -> Option<Response> {
    if path.ends_with(".br") || path.ends_with(".gz") {
        return None;
    }
    let plain = Files::get(path)?;
    let (file, encoding) = compressed(path, headers).unwrap_or((plain, None));
    let hash = file.metadata.sha256_hash();
    let tag = HeaderValue::try_from(format!("\"{}\"", hex::encode(&hash[..16]))).ok()?;

    let mut answer = HeaderMap::new();
    answer.insert(CONTENT_TYPE, content_type(path));
    answer.insert(VARY, HeaderValue::from_static("accept-encoding"));
    let hashed = site.package.len() > PACKAGE.len()
        && path.strip_prefix(&*site.package).is_some_and(|rest| rest.starts_with('/'));
    answer.insert(CACHE_CONTROL, if hashed { FOR_EVER } else { ASK_AGAIN });
    if let Some(encoding) = encoding {
        answer.insert(CONTENT_ENCODING, HeaderValue::from_static(encoding));
    }
    let known = headers
        .get(IF_NONE_MATCH)
        .and_then(|value| value.to_str().ok())
        .is_some_and(|tags| tags.split(',').any(|known| known.trim().trim_start_matches("W/") == tag));
    answer.insert(ETAG, tag);
    if known {
        return Some((StatusCode::NOT_MODIFIED, answer).into_response());
    }
    answer.insert(CONTENT_LENGTH, HeaderValue::from(file.data.len()));
    let body = match file.data {
        Cow::Borrowed(bytes) => Body::from(bytes),
        Cow::Owned(bytes) => Body::from(bytes),
    };
    Some((answer, body).into_response())
}

/// The form of the file that the browser takes and that is the smallest.
fn compressed(path: &str, headers: &HeaderMap) -> Option<(EmbeddedFile, Option<&'static str>)> {
    let accepted = headers.get_all(ACCEPT_ENCODING).iter().filter_map(|value| value.to_str().ok());
    let accepted: Vec<&str> = accepted.flat_map(|value| value.split(',')).collect();
    [("br", ".br"), ("gzip", ".gz")].into_iter().filter(|(encoding, _)| takes(&accepted, encoding)).find_map(
        |(encoding, ending)| Files::get(&format!("{path}{ending}")).map(|file| (file, Some(encoding))),
    )
}

/// Whether a list of codings with weights takes `encoding`.
fn takes(accepted: &[&str], encoding: &str) -> bool {
    accepted.iter().any(|coding| {
        let (name, parameters) = coding.split_once(';').unwrap_or((coding, ""));
        let weight = parameters.trim().strip_prefix("q=").map_or(Ok(1.0), str::parse::<f32>);
        name.trim().eq_ignore_ascii_case(encoding) && weight.is_ok_and(|weight| weight > 0.0)
    })
}

fn content_type(path: &str) -> HeaderValue {
    HeaderValue::from_static(match path.rsplit_once('.').map(|(_, ending)| ending) {
        Some("js") => "text/javascript; charset=utf-8",
        Some("wasm") => "application/wasm",
        Some("css") => "text/css; charset=utf-8",
        Some("svg") => "image/svg+xml",
        Some("png") => "image/png",
        Some("ico") => "image/x-icon",
        Some("woff2") => "font/woff2",
        Some("txt") => "text/plain; charset=utf-8",
        Some("json" | "map") => "application/json",
        Some("webmanifest") => "application/manifest+json",
        _ => "application/octet-stream",
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn weights_are_heeded() {
        assert!(takes(&["gzip", " br"], "br"));
        assert!(takes(&["BR;q=0.5"], "br"));
        assert!(!takes(&["br;q=0"], "br"));
        assert!(!takes(&["gzip"], "br"));
        assert!(!takes(&[], "gzip"));
    }

    #[test]
    fn browsers_compile_wasm_only_from_its_own_type() {
        assert_eq!(content_type("pkg-1/fulcrum_bg.wasm"), "application/wasm");
        assert_eq!(content_type("noending"), "application/octet-stream");
    }
}
