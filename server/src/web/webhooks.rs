//! The door for Lever's deliveries: a body in, a status out.

use std::sync::Arc;

use axum::extract::{Path, Request, State};
use axum::http::header::RETRY_AFTER;
use axum::http::{HeaderValue, StatusCode};
use axum::response::{IntoResponse as _, Response};
use usecases::webhooks::{Headers, Receipt};

use super::limits::{self, BodyRefused, read_body};
use crate::router::Doors;

/// When a sender who found us busy may come again, in seconds.
const AGAIN_IN: HeaderValue = HeaderValue::from_static("5");

/// `POST /webhooks/lever/{path}`.
pub async fn receive(
    State(doors): State<Arc<Doors>>,
    Path(path): Path<String>,
    request: Request,
) -> Response {
    let Ok(_room) = doors.deliveries.try_acquire() else {
        return busy();
    };
    let (parts, body) = request.into_parts();
    let body = match read_body(body, limits::DELIVERY, limits::DELIVERY_DEADLINE).await {
        Ok(body) => body,
        Err(BodyRefused::TooLarge) => return StatusCode::PAYLOAD_TOO_LARGE.into_response(),
        Err(BodyRefused::TooSlow) => return StatusCode::REQUEST_TIMEOUT.into_response(),
        Err(BodyRefused::Broken) => return StatusCode::BAD_REQUEST.into_response(),
    };
    let texts = parts.headers.iter().filter_map(|(name, value)| Some((name.as_str(), value.to_str().ok()?)));
    let headers = Headers::keep(texts);
    match usecases::webhooks::receive_with(&doors.services, &path, headers, body).await {
        Receipt::Accepted => StatusCode::OK.into_response(),
        Receipt::Malformed => StatusCode::BAD_REQUEST.into_response(),
        Receipt::NotVerified => StatusCode::UNAUTHORIZED.into_response(),
        Receipt::UnknownConnection => StatusCode::NOT_FOUND.into_response(),
        Receipt::Busy => busy(),
    }
}

fn busy() -> Response {
    (StatusCode::SERVICE_UNAVAILABLE, [(RETRY_AFTER, AGAIN_IN)]).into_response()
}
