//! Postings: list, move to another state, delete.

use axum::{
    Json,
    extract::{Path, State as Shared},
};
use serde::Deserialize;
use serde_json::{Value, json};

use super::Trouble;
use crate::{simulator::Simulator, state::problem::Problem};

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Change {
    /// `published`, `internal`, `closed`, `draft`, `pending` or `rejected`.
    state: String,
}

pub(crate) async fn list(Shared(simulator): Shared<Simulator>) -> Json<Value> {
    Json(simulator.read(|state, _| {
        let postings: Vec<Value> = state.postings.values().map(|posting| posting.to_json()).collect();
        json!({ "postings": postings })
    }))
}

pub(crate) async fn change(
    Shared(simulator): Shared<Simulator>,
    Path(id): Path<String>,
    Json(change): Json<Change>,
) -> Result<Json<Value>, Trouble> {
    let changed = simulator
        .change(|state, now| {
            state.set_posting_state(&id, &change.state, now)?;
            Ok::<_, Problem>(json!(state.postings.get(&id).map(|posting| posting.to_json())))
        })
        .await?;
    Ok(Json(changed?))
}

pub(crate) async fn remove(
    Shared(simulator): Shared<Simulator>,
    Path(id): Path<String>,
) -> Result<Json<Value>, Trouble> {
    simulator.change(|state, _| state.delete_posting(&id)).await??;
    Ok(Json(json!({ "deleted": id })))
}
