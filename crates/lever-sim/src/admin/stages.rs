//! Stages: list, add, rename, deactivate.

use axum::{
    Json,
    extract::{Path, State as Shared},
};
use serde::Deserialize;
use serde_json::{Value, json};

use super::Trouble;
use crate::{
    simulator::Simulator,
    state::{State, problem::Problem},
};

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct NewStage {
    text: String,
    /// The id of the stage it comes after; at the end when absent.
    after: Option<String>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Change {
    text: Option<String>,
    active: Option<bool>,
}

fn one(state: &State, id: &str) -> Json<Value> {
    Json(json!(
        state
            .stages
            .get(id)
            .map(|stage| { json!({ "id": stage.id, "text": stage.text, "active": stage.active }) })
    ))
}

pub(crate) async fn list(Shared(simulator): Shared<Simulator>) -> Json<Value> {
    Json(simulator.read(|state, _| {
        let mut stages: Vec<_> = state.stages.values().collect();
        stages.sort_by_key(|stage| stage.rank);
        let stages: Vec<Value> = stages.into_iter().map(|stage| one(state, &stage.id).0).collect();
        json!({ "stages": stages })
    }))
}

pub(crate) async fn add(
    Shared(simulator): Shared<Simulator>,
    Json(new): Json<NewStage>,
) -> Result<Json<Value>, Trouble> {
    let added = simulator
        .change(|state, _| {
            let id = state.add_stage(&new.text, new.after.as_deref())?;
            Ok::<_, Problem>(one(state, &id))
        })
        .await?;
    Ok(added?)
}

pub(crate) async fn change(
    Shared(simulator): Shared<Simulator>,
    Path(id): Path<String>,
    Json(change): Json<Change>,
) -> Result<Json<Value>, Trouble> {
    let changed = simulator
        .change(|state, _| {
            if let Some(text) = &change.text {
                state.rename_stage(&id, text)?;
            }
            if let Some(active) = change.active {
                state.set_stage_active(&id, active)?;
            }
            Ok::<_, Problem>(one(state, &id))
        })
        .await?;
    Ok(changed?)
}
