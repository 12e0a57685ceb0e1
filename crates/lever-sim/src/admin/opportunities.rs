//! The dump of all opportunities, and what a person would do to one of them.

use axum::{
    Json,
    extract::{Path, State as Shared},
    http::StatusCode,
};
use serde::Deserialize;
use serde_json::{Value, json};

use super::Trouble;
use crate::{
    routes::opportunities::{full_object, gone_object},
    simulator::Simulator,
    state::{State, problem::Problem},
    steer::by_page_user,
};

#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Details {
    /// A stage's id, for `stage`.
    stage: Option<String>,
    /// An archive reason's id, for `archive`.
    reason: Option<String>,
    /// An instant in milliseconds, for `snooze`; none wakes it.
    until: Option<i64>,
}

pub(crate) async fn list(Shared(simulator): Shared<Simulator>) -> Json<Value> {
    Json(json!({ "opportunities": simulator.opportunities() }))
}

/// Every opportunity, in pipeline order, then the deleted ones. The index must
/// be fresh.
pub(crate) fn dump(state: &State, app_url: &str) -> Vec<Value> {
    let mut all: Vec<Value> = state
        .index
        .from(None)
        .filter_map(|place| state.opportunities.get(&place.id))
        .map(|opportunity| {
            let mut object = full_object(state, opportunity, app_url);
            let creator = opportunity.created_by.as_deref();
            object["creator"] = json!(creator.map(|id| state.user_name(id)));
            object["contactRecord"] =
                json!(state.contacts.get(&opportunity.contact).map(|contact| contact.to_json(false)));
            object["notes"] = state
                .notes
                .values()
                .filter(|note| note.opportunity == opportunity.id)
                .map(|note| note.to_json(false))
                .collect();
            object
        })
        .collect();
    all.extend(state.deleted.values().map(|deleted| gone_object(deleted, app_url)));
    all
}

pub(crate) async fn act(
    Shared(simulator): Shared<Simulator>,
    Path((id, deed)): Path<(String, String)>,
    body: Option<Json<Details>>,
) -> Result<Json<Value>, Trouble> {
    let details = body.map(|Json(details)| details).unwrap_or_default();
    const DEEDS: [&str; 8] =
        ["stage", "archive", "unarchive", "hire", "snooze", "conceal", "delete", "anonymise"];
    if !DEEDS.contains(&deed.as_str()) {
        return Err(Trouble::new(StatusCode::NOT_FOUND, format!("{deed} cannot be done to an opportunity")));
    }
    let done = simulator
        .change(|state, now| {
            by_page_user(state, now, |state, act| match deed.as_str() {
                "stage" => {
                    let stage = details.stage.ok_or_else(|| Problem::invalid("stage is missing"))?;
                    state.move_stage(&id, &stage, act)
                }
                "archive" => {
                    let reason = details.reason.ok_or_else(|| Problem::invalid("reason is missing"))?;
                    state.archive(&id, Some(&reason), act)
                }
                "unarchive" => state.archive(&id, None, act),
                "hire" => {
                    let reason = state.hired_reason();
                    state.archive(&id, reason.as_deref(), act)
                }
                "snooze" => state.snooze(&id, details.until, act),
                "conceal" => state.conceal(&id, act),
                "delete" => state.delete_opportunity(&id, act),
                _ => {
                    let contact = state
                        .opportunities
                        .get(&id)
                        .map(|opportunity| opportunity.contact.clone())
                        .ok_or_else(|| Problem::missing("opportunities", &id))?;
                    state.anonymise_contact(&contact, act)
                }
            })
        })
        .await?;
    done?;
    Ok(Json(json!({ "done": deed })))
}
