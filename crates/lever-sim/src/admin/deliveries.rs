//! The history of deliveries, and sending one again.

use axum::{
    Json,
    extract::{Path, State as Shared},
    http::StatusCode,
};
use serde_json::{Value, json};

use super::Trouble;
use crate::simulator::Simulator;

pub(crate) async fn list(Shared(simulator): Shared<Simulator>) -> Json<Value> {
    Json(json!({ "deliveries": simulator.deliveries() }))
}

pub(crate) async fn rerun(
    Shared(simulator): Shared<Simulator>,
    Path(id): Path<String>,
) -> Result<Json<Value>, Trouble> {
    let again = simulator.change(|state, now| state.rerun_delivery(&id, now)).await?;
    match again {
        Some(again) => Ok(Json(json!({ "delivery": again }))),
        None => Err(Trouble::new(StatusCode::NOT_FOUND, format!("deliveries {id} was not found"))),
    }
}
