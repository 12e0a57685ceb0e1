//! How much and how long: sizes, deadlines, and what a panic looks like outside.

use std::any::Any;
use std::time::Duration;

use axum::body::Body;
use axum::http::StatusCode;
use axum::response::{IntoResponse as _, Response};
use futures::StreamExt as _;

/// The largest body of a form or server function, in bytes: a message has at
/// most 10,000 characters, and maps are short.
pub const BODY: usize = 256 * 1024;

/// So much is read of a form with a file. A larger file than is kept is read
/// all the same: a browser shows why it was refused only once all is sent.
pub const UPLOAD: usize = 300 * 1024 * 1024;

/// How long a file may take to arrive.
pub const UPLOAD_DEADLINE: Duration = Duration::from_secs(10 * 60);

/// Files received at the same time: each is held whole.
pub const UPLOADS_AT_ONCE: usize = 4;

/// The longest a request of a person may take. Testing a key asks Lever
/// several times.
pub const REQUEST_DEADLINE: Duration = Duration::from_secs(90);

/// The largest delivery, in bytes.
pub const DELIVERY: usize = 64 * 1024;

/// How long a delivery's body may take to arrive.
pub const DELIVERY_DEADLINE: Duration = Duration::from_secs(10);

/// Deliveries received at the same time; one more is sent away to come again.
pub const DELIVERIES_AT_ONCE: usize = 256;

/// Of a body that is too large, so much is read and thrown away, so that the
/// sender gets round to reading the answer.
const DISCARDED: usize = 16 * 1024 * 1024;

/// Why a body was not taken.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum BodyRefused {
    /// Larger than allowed.
    TooLarge,
    /// Not there in time.
    TooSlow,
    /// The sender went away, or did not keep to HTTP.
    Broken,
}

/// Reads a body of at most `limit` bytes within `deadline`.
///
/// # Errors
/// Why it was not taken.
pub async fn read_body(body: Body, limit: usize, deadline: Duration) -> Result<Vec<u8>, BodyRefused> {
    match tokio::time::timeout(deadline, collect(body, limit)).await {
        Ok(read) => read,
        Err(_) => Err(BodyRefused::TooSlow),
    }
}

async fn collect(body: Body, limit: usize) -> Result<Vec<u8>, BodyRefused> {
    let mut stream = body.into_data_stream();
    let mut kept = Vec::new();
    let mut seen = 0_usize;
    while let Some(chunk) = stream.next().await {
        let chunk = chunk.map_err(|_| BodyRefused::Broken)?;
        seen = seen.saturating_add(chunk.len());
        if seen <= limit {
            kept.extend_from_slice(&chunk);
        } else if seen > DISCARDED {
            break;
        }
    }
    if seen > limit { Err(BodyRefused::TooLarge) } else { Ok(kept) }
}

/// What the outside sees of a panic; the inside went to the log.
#[must_use]
pub fn after_panic(panic: Box<dyn Any + Send + 'static>) -> Response {
    let inside = panic
        .downcast_ref::<String>()
        .map(String::as_str)
        .or_else(|| panic.downcast_ref::<&str>().copied())
        .unwrap_or("no message");
    tracing::error!(inside, "a request panicked");
    (StatusCode::INTERNAL_SERVER_ERROR, "Something went wrong on our side. Try again in a moment.\n")
        .into_response()
}

#[cfg(test)]
mod tests {
    use axum::body::Bytes;
    use futures::stream;

    use super::*;

    #[tokio::test]
    async fn bodies_are_bounded_in_size_and_time() {
        let second = Duration::from_secs(1);
        let read = read_body(Body::from("1234"), 4, second).await;
        assert_eq!(read, Ok(b"1234".to_vec()));
        assert_eq!(read_body(Body::from("12345"), 4, second).await, Err(BodyRefused::TooLarge));
        let never = Body::from_stream(stream::pending::<Result<Bytes, std::io::Error>>());
        assert_eq!(read_body(never, 4, Duration::from_millis(1)).await, Err(BodyRefused::TooSlow));
        let endless = stream::repeat_with(|| Ok::<_, std::io::Error>(Bytes::from(vec![0; 1 << 20])));
        assert_eq!(read_body(Body::from_stream(endless), 4, second).await, Err(BodyRefused::TooLarge));
    }
}
