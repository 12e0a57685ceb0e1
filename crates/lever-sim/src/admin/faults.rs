//! Which faults are switched on, and the names of the endpoints they can strike.

use axum::{Json, extract::State as Shared};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use super::Trouble;
use crate::{
    faults::Fault,
    routes::endpoint::{self, ENDPOINTS},
    simulator::Simulator,
};

#[derive(Debug, Serialize, Deserialize)]
pub(crate) struct Faults {
    faults: Vec<Fault>,
}

pub(crate) async fn show(Shared(simulator): Shared<Simulator>) -> Json<Faults> {
    Json(Faults { faults: simulator.read(|state, _| state.faults.get().faults.clone()) })
}

pub(crate) async fn replace(
    Shared(simulator): Shared<Simulator>,
    Json(new): Json<Faults>,
) -> Result<Json<Faults>, Trouble> {
    let known = |name: &str| endpoint::by_name(name).is_some();
    if let Some(problem) = new.faults.iter().find_map(|fault| fault.problem(known)) {
        return Err(Trouble::bad(problem));
    }
    simulator.set_faults(new.faults).await?;
    Ok(show(Shared(simulator)).await)
}

pub(crate) async fn endpoints() -> Json<Value> {
    let endpoints: Vec<Value> = ENDPOINTS
        .iter()
        .map(|endpoint| {
            json!({
                "name": endpoint.name,
                "label": endpoint.label,
                "method": endpoint.method,
                "path": format!("/v1/{}", endpoint.path),
            })
        })
        .collect();
    Json(json!({ "endpoints": endpoints }))
}
