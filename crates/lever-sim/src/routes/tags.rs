//! `/tags`: counts and labels in that order, no ids, alphabetical whatever the case
//! (recorded traffic).

use std::collections::BTreeMap;

use serde_json::json;

use super::{
    call::{Call, Reply},
    refusal::Refusal,
};
use crate::cursor::Alphabetical;

pub(crate) fn list(call: &mut Call<'_>) -> Result<Reply, Refusal> {
    let mut counts: BTreeMap<&str, usize> = BTreeMap::new();
    for opportunity in call.state.opportunities.values() {
        for tag in &opportunity.tags {
            *counts.entry(tag).or_default() += 1;
        }
    }
    let items = counts
        .into_iter()
        .map(|(text, count)| (Alphabetical::of(text), json!({ "count": count, "text": text })))
        .collect();
    call.page(items)
}
