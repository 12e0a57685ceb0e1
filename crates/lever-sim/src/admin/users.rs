//! Users: list, add, rename, deactivate.

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
pub(crate) struct NewUser {
    name: String,
    email: String,
    #[serde(default = "team_member")]
    access_role: String,
}

fn team_member() -> String {
    "team member".to_owned()
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Change {
    name: Option<String>,
    active: Option<bool>,
}

fn one(state: &State, id: &str) -> Json<Value> {
    Json(json!(state.users.get(id).map(|user| user.to_json())))
}

pub(crate) async fn list(Shared(simulator): Shared<Simulator>) -> Json<Value> {
    Json(simulator.read(|state, _| {
        let users: Vec<Value> = state.users.values().map(|user| user.to_json()).collect();
        json!({ "users": users })
    }))
}

pub(crate) async fn add(
    Shared(simulator): Shared<Simulator>,
    Json(new): Json<NewUser>,
) -> Result<Json<Value>, Trouble> {
    let added = simulator
        .change(|state, now| {
            let id = state.add_user(&new.name, &new.email, &new.access_role, now)?;
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
        .change(|state, now| {
            if let Some(name) = &change.name {
                state.rename_user(&id, name)?;
            }
            if let Some(active) = change.active {
                state.set_user_deactivated(&id, (!active).then_some(now))?;
            }
            Ok::<_, Problem>(one(state, &id))
        })
        .await?;
    Ok(changed?)
}
