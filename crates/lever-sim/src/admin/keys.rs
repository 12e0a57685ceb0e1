//! API keys: list, make with chosen permissions, revoke.

use std::collections::BTreeSet;

use axum::{
    Json,
    extract::{Path, State as Shared},
    http::StatusCode,
};
use serde::Deserialize;
use serde_json::{Value, json};

use super::Trouble;
use crate::{
    routes::endpoint::{self, ENDPOINTS},
    simulator::Simulator,
    state::key::NewKey,
};

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct New {
    #[serde(default = "unnamed")]
    name: String,
    /// Names of endpoints; all when absent.
    permissions: Option<BTreeSet<String>>,
    /// Names of endpoints to leave out.
    #[serde(default)]
    without: BTreeSet<String>,
    #[serde(default)]
    confidential: bool,
    /// The key's text; chosen by the account when absent.
    key: Option<String>,
}

fn unnamed() -> String {
    "Made by the admin API".to_owned()
}

pub(crate) async fn list(Shared(simulator): Shared<Simulator>) -> Json<Value> {
    Json(simulator.read(|state, _| {
        let keys: Vec<Value> = state
            .keys
            .values()
            .map(|key| {
                json!({
                    "id": key.id,
                    "name": key.name,
                    "last_four": key.last_four,
                    "permissions": key.permissions,
                    "confidential": key.confidential,
                    "partner": key.partner,
                    "created_at": key.created_at,
                    "revoked_at": key.revoked_at,
                })
            })
            .collect();
        json!({ "keys": keys })
    }))
}

pub(crate) async fn make(
    Shared(simulator): Shared<Simulator>,
    Json(new): Json<New>,
) -> Result<Json<Value>, Trouble> {
    let mut permissions = new
        .permissions
        .unwrap_or_else(|| ENDPOINTS.iter().map(|endpoint| endpoint.name.to_owned()).collect());
    if let Some(unknown) =
        permissions.iter().chain(&new.without).find(|name| endpoint::by_name(name).is_none())
    {
        return Err(Trouble::bad(format!("there is no endpoint called {unknown}")));
    }
    permissions.retain(|name| !new.without.contains(name));
    let key = NewKey { name: new.name, permissions, confidential: new.confidential, partner: None };
    let (id, text) = simulator
        .change(|state, now| match new.key {
            Some(text) => (state.ensure_key(&text, key, now), text),
            None => state.make_key(key, now),
        })
        .await?;
    Ok(Json(json!({ "id": id, "key": text })))
}

pub(crate) async fn revoke(
    Shared(simulator): Shared<Simulator>,
    Path(id): Path<String>,
) -> Result<Json<Value>, Trouble> {
    if simulator.change(|state, now| state.revoke_key(&id, now)).await? {
        Ok(Json(json!({ "revoked": id })))
    } else {
        Err(Trouble::new(StatusCode::NOT_FOUND, format!("keys {id} was not found")))
    }
}
