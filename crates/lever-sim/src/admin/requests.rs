//! The log of what the Data API was asked.

use axum::{
    Json,
    extract::{Query, State as Shared},
};
use serde::Deserialize;
use serde_json::{Value, json};

use crate::simulator::Simulator;

#[derive(Debug, Deserialize)]
pub(crate) struct Since {
    /// Only requests with a higher number.
    #[serde(default)]
    since: u64,
}

pub(crate) async fn list(Shared(simulator): Shared<Simulator>, Query(since): Query<Since>) -> Json<Value> {
    Json(json!({ "requests": simulator.requests().since(since.since) }))
}

pub(crate) async fn clear(Shared(simulator): Shared<Simulator>) -> Json<Value> {
    simulator.forget_received();
    Json(json!({ "requests": [] }))
}
