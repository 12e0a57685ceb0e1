//! `/tags`: counts and labels in that order, no ids, alphabetical whatever the case
//! (recorded traffic).

use serde_json::json;

use super::{
    call::{Call, Reply},
    refusal::Refusal,
};
use crate::{cursor::Alphabetical, state::index::Kind};

pub(crate) fn list(call: &mut Call<'_>) -> Result<Reply, Refusal> {
    call.state.refresh_index();
    let items = call
        .state
        .index
        .counts(Kind::Tag)
        .map(|(text, count)| (Alphabetical::of(text), json!({ "count": count, "text": text })))
        .collect();
    call.page(items)
}
