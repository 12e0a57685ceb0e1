//! Archive reasons: list, add, rename, deactivate.

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
pub(crate) struct NewReason {
    text: String,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Change {
    text: Option<String>,
    active: Option<bool>,
}

fn one(state: &State, id: &str) -> Json<Value> {
    Json(json!(state.archive_reasons.get(id).map(|reason| reason.to_json())))
}

pub(crate) async fn list(Shared(simulator): Shared<Simulator>) -> Json<Value> {
    Json(simulator.read(|state, _| {
        let reasons: Vec<Value> = state.reasons().into_iter().map(|reason| reason.to_json()).collect();
        json!({ "archive_reasons": reasons })
    }))
}

pub(crate) async fn add(
    Shared(simulator): Shared<Simulator>,
    Json(new): Json<NewReason>,
) -> Result<Json<Value>, Trouble> {
    let added = simulator
        .change(|state, _| {
            let id = state.add_reason(&new.text, false)?;
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
            state.change_reason(&id, change.text.as_deref(), change.active)?;
            Ok::<_, Problem>(one(state, &id))
        })
        .await?;
    Ok(changed?)
}
