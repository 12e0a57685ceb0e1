//! The account's clock: shown, frozen, stepped, running again.

use axum::{Json, extract::State as Shared};
use serde::Deserialize;
use serde_json::{Value, json};

use super::Trouble;
use crate::simulator::Simulator;

#[derive(Debug, Default, Deserialize)]
pub(crate) struct Freeze {
    at: Option<i64>,
}

#[derive(Debug, Deserialize)]
pub(crate) struct Step {
    ms: i64,
}

pub(crate) async fn show(Shared(simulator): Shared<Simulator>) -> Json<Value> {
    Json(
        simulator
            .read(|state, now| json!({ "now": now, "frozen": state.meta.get().clock.frozen_at.is_some() })),
    )
}

pub(crate) async fn freeze(
    Shared(simulator): Shared<Simulator>,
    body: Option<Json<Freeze>>,
) -> Result<Json<Value>, Trouble> {
    simulator.freeze(body.and_then(|Json(freeze)| freeze.at)).await?;
    Ok(show(Shared(simulator)).await)
}

pub(crate) async fn step(
    Shared(simulator): Shared<Simulator>,
    Json(step): Json<Step>,
) -> Result<Json<Value>, Trouble> {
    simulator.step(step.ms).await?;
    Ok(show(Shared(simulator)).await)
}

pub(crate) async fn run(Shared(simulator): Shared<Simulator>) -> Result<Json<Value>, Trouble> {
    simulator.run_clock().await?;
    Ok(show(Shared(simulator)).await)
}
