//! What can go wrong when asking Lever, sorted by what the caller can do about it.
//!
//! The two questions that matter after a failed write have their own methods:
//! [`Error::certainly_not_applied`] (may it be sent again without looking first?) and
//! [`Error::retryable`] (is there a point in trying again?).

use std::{error::Error as StdError, fmt, time::Duration};

use serde::Deserialize;

/// How many characters of Lever's own message are kept.
const MESSAGE_LIMIT: usize = 300;

/// A failed call.
///
/// `Display` says in plain words what happened and to which operation; it holds nothing secret
/// and nothing that Lever wrote. [`Error::lever_message`] has Lever's words, for logs.
pub struct Error(Box<Inner>);

struct Inner {
    operation: &'static str,
    kind: ErrorKind,
    status: Option<u16>,
    retry_after: Option<Duration>,
    message: Option<String>,
    source: Option<Box<dyn StdError + Send + Sync>>,
}

/// The kinds of failure.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ErrorKind {
    /// 401: the key is wrong or was revoked.
    Unauthorized,
    /// 403: the key lacks the permission, or the record is confidential.
    Forbidden,
    /// 404: no such object, or no such route.
    NotFound,
    /// 400 or another 4xx without a kind of its own: Lever will not take this request.
    BadRequest,
    /// 409: the request contradicts the state of the object.
    Conflict,
    /// 429: the rate limit of the key is used up.
    RateLimited {
        /// The pause Lever asked for. Lever documents none, so usually absent.
        retry_after: Option<Duration>,
    },
    /// 3xx: the address is wrong; redirects are not followed.
    Redirected,
    /// 503: maintenance.
    Unavailable,
    /// Any other 5xx.
    ServerFault,
    /// The request was not written: the name was not found, no connection, or TLS failed.
    NotSent,
    /// Nothing was sent: Lever failed again and again, and is left alone for a while.
    Resting {
        /// When to ask again.
        retry_after: Duration,
    },
    /// The request may or may not have been carried out: time-out, or the connection broke.
    Ambiguous,
    /// Lever answered success, but not with the body it should have.
    Unreadable,
    /// The arguments cannot be made into a request; nothing was sent.
    InvalidArgument,
    /// The transport could not be built.
    Setup,
}

impl Error {
    /// The kind of failure.
    pub fn kind(&self) -> ErrorKind {
        self.0.kind
    }

    /// The HTTP status, when there was an answer.
    pub fn status(&self) -> Option<u16> {
        self.0.status
    }

    /// The pause Lever asked for with `Retry-After`, in seconds form (RFC 9110, section 10.2.3).
    pub fn retry_after(&self) -> Option<Duration> {
        self.0.retry_after
    }

    /// Lever's own message, cut to 300 characters, without line breaks and without the key. It
    /// may quote what was sent, so it belongs in a log and not on a screen.
    pub fn lever_message(&self) -> Option<&str> {
        self.0.message.as_deref()
    }

    /// The name of the call that failed, such as `create opportunity`.
    pub fn operation(&self) -> &'static str {
        self.0.operation
    }

    /// Whether the same request may succeed later. After a write, ask
    /// [`Error::certainly_not_applied`] before repeating it.
    pub fn retryable(&self) -> bool {
        match self.0.kind {
            ErrorKind::RateLimited { .. }
            | ErrorKind::Unavailable
            | ErrorKind::ServerFault
            | ErrorKind::NotSent
            | ErrorKind::Resting { .. }
            | ErrorKind::Ambiguous
            | ErrorKind::Unreadable => true,
            ErrorKind::Unauthorized
            | ErrorKind::Forbidden
            | ErrorKind::NotFound
            | ErrorKind::BadRequest
            | ErrorKind::Conflict
            | ErrorKind::Redirected
            | ErrorKind::InvalidArgument
            | ErrorKind::Setup => false,
        }
    }

    /// Whether Lever has certainly *not* done what was asked. When false, look before repeating:
    /// Lever has no idempotency key.
    pub fn certainly_not_applied(&self) -> bool {
        match self.0.kind {
            ErrorKind::Unauthorized
            | ErrorKind::Forbidden
            | ErrorKind::NotFound
            | ErrorKind::BadRequest
            | ErrorKind::RateLimited { .. }
            | ErrorKind::NotSent
            | ErrorKind::Resting { .. }
            | ErrorKind::InvalidArgument
            | ErrorKind::Setup => true,
            ErrorKind::Conflict
            | ErrorKind::Redirected
            | ErrorKind::Unavailable
            | ErrorKind::ServerFault
            | ErrorKind::Ambiguous
            | ErrorKind::Unreadable => false,
        }
    }

    /// Whether a page token was refused, so that the walk must start again. Lever says so only in
    /// the text of a 400.
    pub(crate) fn is_stale_cursor(&self) -> bool {
        self.0.status == Some(400)
            && self.lever_message().is_some_and(|message| message.contains("Invalid offset token"))
    }

    fn new(operation: &'static str, kind: ErrorKind) -> Error {
        Error(Box::new(Inner {
            operation,
            kind,
            status: None,
            retry_after: None,
            message: None,
            source: None,
        }))
    }

    fn with_source(mut self, source: impl Into<Box<dyn StdError + Send + Sync>>) -> Error {
        self.0.source = Some(source.into());
        self
    }

    /// The transport cannot be built.
    pub(crate) fn setup(part: &'static str, source: impl Into<Box<dyn StdError + Send + Sync>>) -> Error {
        Error::new(part, ErrorKind::Setup).with_source(source)
    }

    /// Too many requests failed: this one is not tried.
    pub(crate) fn resting(operation: &'static str, retry_after: Duration) -> Error {
        Error::new(operation, ErrorKind::Resting { retry_after })
    }

    /// The arguments make no request.
    pub(crate) fn invalid(operation: &'static str, why: &'static str) -> Error {
        Error::new(operation, ErrorKind::InvalidArgument).with_source(why)
    }

    /// No answer, or only a part of one.
    pub(crate) fn transport(operation: &'static str, error: reqwest::Error) -> Error {
        let kind = if error.is_builder() {
            ErrorKind::InvalidArgument
        } else if error.is_connect() {
            ErrorKind::NotSent
        } else {
            ErrorKind::Ambiguous
        };
        // The URL holds the e-mail addresses of a look-up.
        Error::new(operation, kind).with_source(error.without_url())
    }

    /// A success whose body is not what it should be.
    pub(crate) fn unreadable(operation: &'static str, status: u16, why: impl Into<String>) -> Error {
        let mut error = Error::new(operation, ErrorKind::Unreadable).with_source(why.into());
        error.0.status = Some(status);
        error
    }

    /// A success whose body does not decode. The decoder's own text may quote the body, which may
    /// hold a signing token or personal data, so only the position and missing names are kept.
    pub(crate) fn undecodable(operation: &'static str, status: u16, error: &serde_json::Error) -> Error {
        let text = error.to_string();
        let what = if text.starts_with("missing field") {
            text
        } else {
            format!("{:?} error at line {} column {}", error.classify(), error.line(), error.column())
        };
        Error::unreadable(operation, status, what)
    }

    /// An answer whose status is not a success.
    pub(crate) fn answered(
        operation: &'static str,
        status: u16,
        retry_after: Option<Duration>,
        body: &[u8],
        key: &str,
    ) -> Error {
        let kind = match status {
            300..=399 => ErrorKind::Redirected,
            401 => ErrorKind::Unauthorized,
            403 => ErrorKind::Forbidden,
            404 => ErrorKind::NotFound,
            // Lever's own time limit: it may have begun.
            408 => ErrorKind::Ambiguous,
            409 => ErrorKind::Conflict,
            429 => ErrorKind::RateLimited { retry_after },
            400..=499 => ErrorKind::BadRequest,
            503 => ErrorKind::Unavailable,
            500..=599 => ErrorKind::ServerFault,
            // 1xx never reaches this place; anything else is no HTTP.
            _ => ErrorKind::Unreadable,
        };
        let mut error = Error::new(operation, kind);
        error.0.status = Some(status);
        error.0.retry_after = retry_after;
        error.0.message = message(body, key);
        error
    }
}

/// Lever's message out of `{"code", "message"}`, or the beginning of whatever else came.
fn message(body: &[u8], key: &str) -> Option<String> {
    #[derive(Deserialize)]
    struct Body {
        message: String,
    }

    let text = match serde_json::from_slice::<Body>(body) {
        Ok(body) => body.message,
        Err(_) => String::from_utf8_lossy(body).into_owned(),
    };
    let text = if key.is_empty() { text } else { text.replace(key, "[key]") };
    let text: String =
        text.trim().chars().map(|c| if c.is_control() { ' ' } else { c }).take(MESSAGE_LIMIT).collect();
    (!text.is_empty()).then_some(text)
}

/// Reads `Retry-After`. The form with a date is ignored: Lever documents neither, and a date
/// would need a clock to be understood.
pub(crate) fn parse_retry_after(header: Option<&str>) -> Option<Duration> {
    header?.trim().parse().ok().map(Duration::from_secs)
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let what = match self.0.kind {
            ErrorKind::Unauthorized => "Lever did not accept the API key",
            ErrorKind::Forbidden => "the API key lacks a permission, or the record is confidential",
            ErrorKind::NotFound => "Lever does not have it",
            ErrorKind::BadRequest => "Lever refused the request",
            ErrorKind::Conflict => "the request contradicts what Lever has",
            ErrorKind::RateLimited { .. } => "too many requests for this API key",
            ErrorKind::Redirected => "the address is not that of Lever's API",
            ErrorKind::Unavailable => "Lever is not available at the moment",
            ErrorKind::ServerFault => "Lever failed",
            ErrorKind::NotSent => "Lever could not be reached",
            ErrorKind::Resting { .. } => "Lever has failed again and again and is left alone for a while",
            ErrorKind::Ambiguous => "the connection ended before Lever's answer arrived",
            ErrorKind::Unreadable => "Lever's answer could not be read",
            ErrorKind::InvalidArgument => "the request could not be made from what was given",
            ErrorKind::Setup => "the connection to Lever could not be set up",
        };
        write!(f, "{}: {what}", self.0.operation)?;
        match self.0.status {
            Some(status) => write!(f, " (status {status})"),
            None => Ok(()),
        }
    }
}

impl fmt::Debug for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Error")
            .field("operation", &self.0.operation)
            .field("kind", &self.0.kind)
            .field("status", &self.0.status)
            .field("lever_message", &self.0.message)
            .field("source", &self.0.source)
            .finish()
    }
}

impl StdError for Error {
    fn source(&self) -> Option<&(dyn StdError + 'static)> {
        match &self.0.source {
            Some(source) => Some(source.as_ref()),
            None => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn answered(status: u16, body: &str) -> Error {
        Error::answered("list stages", status, None, body.as_bytes(), "the-key")
    }

    #[test]
    fn the_status_decides_and_not_the_code() {
        let misleading = r#"{"code":"UnauthorizedError","message":"stages x was not found"}"#;
        for (status, kind, retryable, certainly_not_applied) in [
            (301, ErrorKind::Redirected, false, false),
            (303, ErrorKind::Redirected, false, false),
            (400, ErrorKind::BadRequest, false, true),
            (401, ErrorKind::Unauthorized, false, true),
            (403, ErrorKind::Forbidden, false, true),
            (404, ErrorKind::NotFound, false, true),
            (408, ErrorKind::Ambiguous, true, false),
            (409, ErrorKind::Conflict, false, false),
            (422, ErrorKind::BadRequest, false, true),
            (429, ErrorKind::RateLimited { retry_after: None }, true, true),
            (500, ErrorKind::ServerFault, true, false),
            (502, ErrorKind::ServerFault, true, false),
            (503, ErrorKind::Unavailable, true, false),
            (504, ErrorKind::ServerFault, true, false),
        ] {
            let error = answered(status, misleading);
            assert_eq!(error.kind(), kind, "{status}");
            assert_eq!(error.retryable(), retryable, "{status}");
            assert_eq!(error.certainly_not_applied(), certainly_not_applied, "{status}");
            assert_eq!(error.status(), Some(status));
            assert_eq!(error.lever_message(), Some("stages x was not found"));
        }
    }

    #[test]
    fn levers_message_is_cut_cleaned_and_free_of_the_key() {
        let error = answered(403, r#"{"message":"key the-key may not\nread this"}"#);
        assert_eq!(error.lever_message(), Some("key [key] may not read this"));
        let error = answered(503, &"<html>".repeat(1000));
        assert_eq!(error.lever_message().unwrap().chars().count(), 300);
        assert_eq!(answered(503, "").lever_message(), None);
        // Not UTF-8, and no panic.
        let error = Error::answered("x", 500, None, &[0xff, 0xfe, b'a'], "");
        assert!(error.lever_message().unwrap().ends_with('a'));
    }

    #[test]
    fn display_does_not_quote_lever() {
        let error = answered(400, r#"{"message":"no such person jo@acme.example"}"#);
        assert_eq!(error.to_string(), "list stages: Lever refused the request (status 400)");
    }

    #[test]
    fn a_decoding_error_does_not_quote_the_body() {
        let error = serde_json::from_str::<u8>("\"hush hush\"").unwrap_err();
        assert!(error.to_string().contains("hush"));
        let error = Error::undecodable("create webhook", 201, &error);
        assert!(!format!("{error:?}").contains("hush"));
        assert_eq!(error.kind(), ErrorKind::Unreadable);
    }

    #[test]
    fn retry_after_is_read_in_seconds() {
        assert_eq!(parse_retry_after(Some(" 7 ")), Some(Duration::from_secs(7)));
        for other in [None, Some("-1"), Some("soon"), Some("Wed, 21 Oct 2026 07:28:00 GMT")] {
            assert_eq!(parse_retry_after(other), None);
        }
    }
}
