//! `/opportunities/:id/applications`: none or one.

use super::{
    call::{Call, Reply},
    opportunities::{self, application},
    refusal::Refusal,
};

pub(crate) fn list(call: &mut Call<'_>) -> Result<Reply, Refusal> {
    let opportunity = opportunities::visible(call)?;
    let items = opportunity.application.iter().map(|a| application(call.state, opportunity, a)).collect();
    Ok(Reply::page(items, None))
}

pub(crate) fn get(call: &mut Call<'_>) -> Result<Reply, Refusal> {
    let opportunity = opportunities::visible(call)?;
    let id = call.id(1);
    opportunity
        .application
        .as_ref()
        .filter(|application| application.id == id)
        .map(|found| Reply::data(application(call.state, opportunity, found)))
        .ok_or_else(|| Refusal::missing("applications", id))
}
