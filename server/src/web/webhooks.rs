//! The door for Lever's deliveries: a body in, a status out.

use axum::body::Body;
use axum::extract::{Path, State};
use axum::http::header::RETRY_AFTER;
use axum::http::{HeaderValue, StatusCode};
use axum::response::{IntoResponse as _, Response};
use usecases::webhooks::Receipt;

use super::limits::{self, BodyRefused, read_body};
use crate::router::Doors;

/// When a sender who found us busy may come again, in seconds.
const AGAIN_IN: HeaderValue = HeaderValue::from_static("5");

/// `POST /webhooks/lever/{path}`.
pub async fn receive(State(doors): State<Doors>, Path(path): Path<String>, body: Body) -> Response {
    let Ok(_room) = doors.deliveries.try_acquire() else {
        return busy();
    };
    let body = match read_body(body, limits::DELIVERY, limits::DELIVERY_DEADLINE).await {
        Ok(body) => body,
        Err(BodyRefused::TooLarge) => return StatusCode::PAYLOAD_TOO_LARGE.into_response(),
        Err(BodyRefused::TooSlow) => return StatusCode::REQUEST_TIMEOUT.into_response(),
        Err(BodyRefused::Broken) => return StatusCode::BAD_REQUEST.into_response(),
    };
    match usecases::webhooks::receive(&doors.services, &path, &body).await {
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
