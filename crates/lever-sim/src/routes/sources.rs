//! `/sources`: counts and labels in that order, no ids, alphabetical whatever the
//! case (recorded traffic).

use std::collections::BTreeMap;

use serde_json::json;

use super::{
    call::{Call, Reply},
    refusal::Refusal,
};
use crate::{cursor::Alphabetical, seed::SOURCES, state::index::Kind};

pub(crate) fn list(call: &mut Call<'_>) -> Result<Reply, Refusal> {
    call.state.refresh_index();
    let mut counts: BTreeMap<&str, usize> = SOURCES.iter().map(|source| (*source, 0)).collect();
    counts.extend(call.state.index.counts(Kind::Source));
    let items = counts
        .into_iter()
        .map(|(text, count)| (Alphabetical::of(text), json!({ "count": count, "text": text })))
        .collect();
    call.page(items)
}
