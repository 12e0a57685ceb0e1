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
    let mut merged = serde_json::to_value(simulator.behaviour()).map_err(anyhow::Error::from)?;
    if let Value::Object(fields) = &mut merged {
        fields.extend(changes);
    }
    let behaviour: Behaviour =
        serde_json::from_value(merged).map_err(|error| Trouble::bad(error.to_string()))?;
    if let Some(problem) = behaviour.problem() {
        return Err(Trouble::bad(problem));
    }
    simulator.set_behaviour(behaviour).await?;
    Ok(show(Shared(simulator)).await)
}
