//! Resources the practice account has none of: the right shape, no items.

use super::{
    call::{Call, Reply},
    opportunities,
    refusal::Refusal,
};

/// An empty list of something an opportunity can have.
pub(crate) fn of_opportunity(call: &mut Call<'_>) -> Result<Reply, Refusal> {
    opportunities::visible(call)?;
    Ok(Reply::page(Vec::new(), None))
}

/// An empty list of something an account can have.
pub(crate) fn of_account(_call: &mut Call<'_>) -> Result<Reply, Refusal> {
    Ok(Reply::page(Vec::new(), None))
}

/// An opportunity without a resume answers 404 instead of an empty list (a
/// comment in a production connector).
pub(crate) fn resumes(call: &mut Call<'_>) -> Result<Reply, Refusal> {
    opportunities::visible(call)?;
    Err(Refusal::missing("resumes", call.id(0)))
}
