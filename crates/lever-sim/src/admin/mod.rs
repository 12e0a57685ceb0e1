//! The API under `/_practice`: faults, settings, clock, people and keys, for
//! tests and operators. Loopback only. `docs/practice-lever.md` describes it.

pub(crate) mod archive_reasons;
pub(crate) mod clock;
pub(crate) mod deliveries;
pub(crate) mod events;
pub(crate) mod faults;
pub(crate) mod guard;
pub(crate) mod keys;
pub(crate) mod opportunities;
pub(crate) mod postings;
pub(crate) mod requests;
pub(crate) mod settings;
pub(crate) mod stages;
pub(crate) mod users;

use axum::{
    Json, Router,
    extract::State as Shared,
    http::StatusCode,
    middleware,
    response::{IntoResponse, Response},
    routing::{delete, get, post, put},
};
use serde_json::{Value, json};

use crate::{simulator::Simulator, state::problem::Problem};

/// The routes, all behind the guard.
pub(crate) fn router() -> Router<Simulator> {
    Router::new()
        .route("/faults", get(faults::show).put(faults::replace))
        .route("/endpoints", get(faults::endpoints))
        .route("/settings", get(settings::show).put(settings::change))
        .route("/clock", get(clock::show))
        .route("/clock/freeze", post(clock::freeze))
        .route("/clock/step", post(clock::step))
        .route("/clock/run", post(clock::run))
        .route("/users", get(users::list).post(users::add))
        .route("/users/{id}", put(users::change))
        .route("/stages", get(stages::list).post(stages::add))
        .route("/stages/{id}", put(stages::change))
        .route("/archive_reasons", get(archive_reasons::list).post(archive_reasons::add))
        .route("/archive_reasons/{id}", put(archive_reasons::change))
        .route("/postings", get(postings::list))
        .route("/postings/{id}", put(postings::change).delete(postings::remove))
        .route("/keys", get(keys::list).post(keys::make))
        .route("/keys/{id}", delete(keys::revoke))
        .route("/events", get(events::list))
        .route("/events/{event}", put(events::switch))
        .route("/opportunities", get(opportunities::list))
        .route("/opportunities/{id}/{deed}", post(opportunities::act))
        .route("/deliveries", get(deliveries::list))
        .route("/deliveries/{id}/rerun", post(deliveries::rerun))
        .route("/requests", get(requests::list).delete(requests::clear))
        .route("/reset", post(reset))
        .fallback(|| async { Trouble::new(StatusCode::NOT_FOUND, "there is no such admin route") })
        .layer(middleware::from_fn(guard::loopback_only))
}

async fn reset(Shared(simulator): Shared<Simulator>) -> Result<Json<Value>, Trouble> {
    simulator.start_over().await?;
    Ok(Json(json!({ "reset": true })))
}

/// Why an admin request was not done.
#[derive(Debug)]
pub(crate) struct Trouble {
    status: StatusCode,
    text: String,
}

impl Trouble {
    pub(crate) fn new(status: StatusCode, text: impl Into<String>) -> Self {
        Self { status, text: text.into() }
    }

    pub(crate) fn bad(text: impl Into<String>) -> Self {
        Self::new(StatusCode::BAD_REQUEST, text)
    }
}

impl IntoResponse for Trouble {
    fn into_response(self) -> Response {
        (self.status, Json(json!({ "error": self.text }))).into_response()
    }
}

impl From<Problem> for Trouble {
    fn from(problem: Problem) -> Self {
        let status = match problem {
            Problem::Missing { .. } => StatusCode::NOT_FOUND,
            Problem::Reference { .. } | Problem::Invalid(_) => StatusCode::BAD_REQUEST,
        };
        Self::new(status, problem.message())
    }
}

impl From<anyhow::Error> for Trouble {
    fn from(error: anyhow::Error) -> Self {
        tracing::error!(error = format!("{error:#}"), "an admin request failed");
        Self::new(StatusCode::INTERNAL_SERVER_ERROR, "the practice account could not be saved")
    }
}
