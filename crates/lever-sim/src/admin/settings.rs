//! The account's behaviour. A PUT changes what it names and leaves the rest.

use axum::{Json, extract::State as Shared};
use serde_json::{Map, Value};

use super::Trouble;
use crate::{settings::Behaviour, simulator::Simulator};

pub(crate) async fn show(Shared(simulator): Shared<Simulator>) -> Json<Behaviour> {
    Json(simulator.behaviour())
}

pub(crate) async fn change(
    Shared(simulator): Shared<Simulator>,
    Json(changes): Json<Map<String, Value>>,
) -> Result<Json<Behaviour>, Trouble> {
    simulator.change_behaviour(changes).await?.map_err(Trouble::bad)?;
    Ok(show(Shared(simulator)).await)
}
