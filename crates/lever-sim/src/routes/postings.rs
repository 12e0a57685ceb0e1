//! `/postings`.

use serde_json::{Value, json};

use super::{
    call::{Call, Confidentiality, Reply, select},
    refusal::Refusal,
};
use crate::{
    cursor::NewestFirst,
    state::{
        State,
        posting::{Posting, STATES},
    },
};

const EXPANDABLE: [&str; 4] = ["user", "owner", "hiringManager", "followers"];
const CHANNELS: [&str; 2] = ["public", "internal"];

/// Newest first.
pub(crate) fn list(call: &mut Call<'_>) -> Result<Reply, Refusal> {
    let confidentiality = call.confidentiality()?;
    let expand = call.expand(&EXPANDABLE)?;
    let include = call.include();
    let states = call.all("state");
    if states.iter().any(|state| !STATES.contains(&state.as_str())) {
        return Err(Refusal::bad_request("state is not a state of postings"));
    }
    let channels = call.all("distributionChannel");
    if channels.iter().any(|channel| !CHANNELS.contains(&channel.as_str())) {
        return Err(Refusal::bad_request("distributionChannel must be public or internal"));
    }
    let (tags, teams) = (call.all("tag"), call.all("team"));
    let (departments, locations) = (call.all("department"), call.all("location"));
    let start = call.instant("updated_at_start")?;
    let end = call.instant("updated_at_end")?;
    let narrowed =
        [&states, &channels, &tags, &teams, &departments, &locations].iter().any(|values| !values.is_empty());
    if (start.is_some() || end.is_some()) && narrowed {
        return Err(Refusal::bad_request(
            "updated_at_start and updated_at_end can only be combined with confidentiality",
        ));
    }
    let among =
        |wanted: &[String], value: &str| wanted.is_empty() || wanted.iter().any(|wanted| wanted == value);
    let items = call
        .state
        .postings
        .values()
        .filter(|posting| confidentiality.shows(posting.confidential))
        .filter(|posting| among(&states, &posting.state))
        .filter(|posting| {
            channels.is_empty() || posting.channels().iter().any(|c| channels.iter().any(|w| w == c))
        })
        .filter(|posting| tags.is_empty() || posting.tags.iter().any(|tag| tags.contains(tag)))
        .filter(|posting| among(&teams, &posting.team))
        .filter(|posting| among(&departments, &posting.department))
        .filter(|posting| among(&locations, &posting.location))
        .filter(|posting| {
            start.is_none_or(|start| posting.updated_at >= start)
                && end.is_none_or(|end| posting.updated_at <= end)
        })
        .map(|posting| {
            let place = NewestFirst { at: posting.created_at, id: posting.id.clone() };
            let object = expanded(call.state, posting, &expand);
            (place, select(object, include.as_deref(), &expand))
        })
        .collect();
    call.page(items)
}

pub(crate) fn get(call: &mut Call<'_>) -> Result<Reply, Refusal> {
    let expand = call.expand(&EXPANDABLE)?;
    let id = call.id(0);
    let posting = call.state.postings.get(id).ok_or_else(|| Refusal::missing("postings", id))?;
    if !Confidentiality::Open.shows(posting.confidential) {
        call.require_confidential()?;
    }
    let object = expanded(call.state, posting, &expand);
    Ok(Reply::data(select(object, call.include().as_deref(), &expand)))
}

fn expanded(state: &State, posting: &Posting, expand: &[String]) -> Value {
    let mut object = posting.to_json();
    let user = |id: &str| state.users.get(id).map(|user| user.to_json());
    for name in expand {
        object[name.as_str()] = match name.as_str() {
            "user" => json!(user(&posting.user)),
            "owner" => json!(user(&posting.owner)),
            "hiringManager" => json!(posting.hiring_manager.as_deref().and_then(user)),
            _ => json!(posting.followers.iter().filter_map(|id| user(id)).collect::<Vec<Value>>()),
        };
    }
    object
}
