//! `/tags`: labels with counts, no ids, alphabetical.

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
        .map(|(text, count)| (Alphabetical(text.to_owned()), json!({ "text": text, "count": count })))
        .collect();
    call.page(items)
}
