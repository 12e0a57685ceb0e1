//! `/contacts/:id`: read and change one. Lever has no list, no POST, no DELETE.

use super::{
    call::{Call, Reply},
    refusal::Refusal,
};
use crate::state::contact::ContactChange;

pub(crate) fn get(call: &mut Call<'_>) -> Result<Reply, Refusal> {
    let id = call.id(0);
    call.state
        .contacts
        .get(id)
        .map(|contact| Reply::data(contact.to_json(false)))
        .ok_or_else(|| Refusal::missing("contacts", id))
}

/// What the body does not name stays as it was (recorded traffic).
pub(crate) fn update(call: &mut Call<'_>) -> Result<Reply, Refusal> {
    let id = call.id(0).to_owned();
    if !call.state.contacts.has(&id) {
        return Err(Refusal::missing("contacts", &id));
    }
    let body = call.object()?;
    let change = ContactChange {
        name: body.text("name")?,
        headline: body.text("headline")?,
        location: body.text("location")?,
        emails: body.texts("emails")?,
        phones: body.phones("phones")?,
    };
    let act = call.act(None);
    call.state.change_contact(&id, change, &act).map_err(|problem| call.refuse(&problem))?;
    call.state
        .contacts
        .get(&id)
        .map(|contact| Reply::data(contact.to_json(true)))
        .ok_or_else(|| Refusal::missing("contacts", &id))
}
