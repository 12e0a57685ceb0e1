//! `/stages`, and the undocumented `/disposition_stages`.

use serde_json::{Value, json};

use super::{
    call::{Call, Reply, select},
    refusal::Refusal,
};
use crate::cursor::Place;

/// In pipeline order.
pub(crate) fn list(call: &mut Call<'_>) -> Result<Reply, Refusal> {
    let inactive = call.state.behaviour.get().inactive_stages_listed;
    let include = call.include();
    let items = call
        .state
        .stages
        .values()
        .filter(|stage| inactive || stage.active)
        .map(|stage| {
            let place = Place { place: stage.rank.0, id: stage.id.clone() };
            (place, select(stage.to_json(), include.as_deref(), &[]))
        })
        .collect();
    call.page(items)
}

pub(crate) fn get(call: &mut Call<'_>) -> Result<Reply, Refusal> {
    let id = call.id(0);
    call.state
        .stages
        .get(id)
        .map(|stage| Reply::data(stage.to_json()))
        .ok_or_else(|| Refusal::missing("stages", id))
}

/// Stages with ranks, and archive reasons, in one object (recorded traffic).
pub(crate) fn disposition(call: &mut Call<'_>) -> Result<Reply, Refusal> {
    let stages: Vec<Value> =
        call.state.pipeline().into_iter().map(|stage| stage.to_disposition_json()).collect();
    let reasons: Vec<Value> =
        call.state.reasons().into_iter().map(|reason| reason.to_disposition_json()).collect();
    Ok(Reply::data(json!({ "stages": stages, "archiveReasons": reasons })))
}
