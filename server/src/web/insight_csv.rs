//! The table of the Insight page as a file for a spreadsheet.

use std::collections::BTreeMap;

use axum::extract::{Query, State};
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse as _, Response};
use domain::problem::Problem;
use tower_sessions::Session;

use super::session::actor_now;
use crate::router::Doors;

/// `GET /insight.csv?month=2026-11&member=ID`: 401 for strangers.
pub async fn insight_csv(
    State(doors): State<Doors>,
    session: Session,
    Query(chosen): Query<BTreeMap<String, String>>,
) -> Response {
    let of = |name: &str| chosen.get(name).map_or("", String::as_str);
    let answer = match actor_now(&doors.services, &session).await {
        Ok(Some(actor)) => usecases::insight::csv(&doors.services, &actor, of("month"), of("member")).await,
        Ok(None) => return StatusCode::UNAUTHORIZED.into_response(),
        Err(error) => Err(error),
    };
    match answer.map_err(usecases::Error::into_problem) {
        Ok(table) => {
            let kind = (header::CONTENT_TYPE, "text/csv; charset=utf-8");
            let name = (header::CONTENT_DISPOSITION, "attachment; filename=\"insight.csv\"");
            ([kind, name], table).into_response()
        }
        Err(Problem::NotAllowed) => StatusCode::FORBIDDEN.into_response(),
        Err(_) => StatusCode::SERVICE_UNAVAILABLE.into_response(),
    }
}
