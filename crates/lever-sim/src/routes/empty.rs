//! Resources the practice account has none of: the right shape, no items.

use serde_json::json;

use super::{
    call::{Call, Reply},
    opportunities,
    refusal::Refusal,
};

/// An empty list of something an opportunity can have.
pub(crate) fn of_opportunity(call: &mut Call<'_>) -> Result<Reply, Refusal> {
    opportunities::visible(call)?;
    of_account(call)
}

/// An empty list of something an account can have.
pub(crate) fn of_account(call: &mut Call<'_>) -> Result<Reply, Refusal> {
    call.limit()?;
    if call.query.first("offset").is_some_and(|offset| !offset.is_empty()) {
        return Err(Refusal::bad_request("Invalid offset token"));
    }
    Ok(Reply::page(Vec::new(), None))
}

/// An empty list that has no pages: `{"data": []}` and nothing else (recorded
/// traffic, `/requisition_fields`).
pub(crate) fn without_pages(_call: &mut Call<'_>) -> Result<Reply, Refusal> {
    Ok(Reply::data(json!([])))
}

/// One of something that an opportunity has none of.
pub(crate) fn one_of_opportunity(call: &mut Call<'_>) -> Result<Reply, Refusal> {
    opportunities::visible(call)?;
    Err(Refusal::missing(call.endpoint.collection(), call.id(1)))
}

/// One of something that an account has none of.
pub(crate) fn one_of_account(call: &mut Call<'_>) -> Result<Reply, Refusal> {
    Err(Refusal::missing(call.endpoint.collection(), call.id(0)))
}
