//! One line for each request: method, masked address, status, duration.
//!
//! Bodies, queries and headers are not logged. In addresses that are
//! capabilities, the secret part is masked.

use std::borrow::Cow;
use std::time::Instant;

use axum::extract::Request;
use axum::middleware::Next;
use axum::response::Response;

/// Addresses whose rest lets its bearer do something.
const SECRET_AFTER: [&str; 4] = ["/r/", "/invite/", "/set-up/", "/webhooks/lever/"];

/// The layer.
pub async fn log(request: Request, next: Next) -> Response {
    // Nothing is put into words where nobody reads the log.
    let of = tracing::enabled!(tracing::Level::WARN)
        .then(|| (request.method().clone(), mask(request.uri().path()).into_owned()));
    let begun = Instant::now();
    let response = next.run(request).await;
    let Some((method, path)) = of else { return response };
    let ms = u64::try_from(begun.elapsed().as_millis()).unwrap_or(u64::MAX);
    let status = response.status().as_u16();
    if response.status().is_server_error() {
        tracing::warn!(%method, path, status, ms, "answered");
    } else {
        tracing::info!(%method, path, status, ms, "answered");
    }
    response
}

/// The path with the secret part of capability links replaced.
#[must_use]
pub fn mask(path: &str) -> Cow<'_, str> {
    // Slashes are counted leniently: `//r/TOKEN` leads nowhere, but must not show its token either.
    let trimmed = path.trim_start_matches('/');
    for prefix in SECRET_AFTER {
        if let Some(rest) = trimmed.strip_prefix(&prefix[1..])
            && !rest.is_empty()
        {
            return Cow::Owned(format!("{prefix}***"));
        }
    }
    Cow::Borrowed(path)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn capability_links_are_masked() {
        for (path, shown) in [
            ("/r/secret", "/r/***"),
            ("//r/secret", "/r/***"),
            ("/r/secret/more", "/r/***"),
            ("/invite/secret", "/invite/***"),
            ("/set-up/secret", "/set-up/***"),
            ("/webhooks/lever/secret", "/webhooks/lever/***"),
            ("/candidates/1", "/candidates/1"),
            ("/r/", "/r/"),
        ] {
            assert_eq!(mask(path), shown);
        }
    }
}
