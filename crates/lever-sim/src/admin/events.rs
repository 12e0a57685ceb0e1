//! The switches of the Webhooks page, and the webhooks behind them.

use axum::{
    Json,
    extract::{Path, State as Shared},
    http::StatusCode,
};
use serde::Deserialize;
use serde_json::{Map, Value, json};

use super::Trouble;
use crate::{simulator::Simulator, state::event::Event};

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Switch {
    on: bool,
}

pub(crate) async fn list(Shared(simulator): Shared<Simulator>) -> Json<Value> {
    Json(simulator.read(|state, _| {
        let events: Map<String, Value> = Event::ALL
            .into_iter()
            .map(|event| {
                let hooks: Vec<Value> = state
                    .webhooks_of(event)
                    .into_iter()
                    .map(|hook| {
                        json!({
                            "id": hook.id,
                            "url": hook.url,
                            "origins": hook.origins,
                            "made_with_key": hook.key,
                            "signing_token": state.signing_token(hook),
                        })
                    })
                    .collect();
                (event.name().to_owned(), json!({ "on": state.is_on(event), "webhooks": hooks }))
            })
            .collect();
        json!({ "events": events, "signing_token": state.meta.get().signing_token })
    }))
}

pub(crate) async fn switch(
    Shared(simulator): Shared<Simulator>,
    Path(name): Path<String>,
    Json(switch): Json<Switch>,
) -> Result<Json<Value>, Trouble> {
    let event = Event::by_name(&name)
        .ok_or_else(|| Trouble::new(StatusCode::NOT_FOUND, format!("{name} is not an event")))?;
    simulator.change(|state, _| state.meta.edit().toggles.insert(event, switch.on)).await?;
    Ok(Json(json!({ "event": name, "on": switch.on })))
}
