//! `/archive_reasons`.

use super::{
    call::{Call, Reply, select},
    refusal::Refusal,
};
use crate::cursor::Place;

/// Inactive ones too; `type=hired` answers an array like any other list.
pub(crate) fn list(call: &mut Call<'_>) -> Result<Reply, Refusal> {
    let hired = match call.query.first("type") {
        None => None,
        Some("hired") => Some(true),
        Some("non-hired") => Some(false),
        Some(_) => return Err(Refusal::bad_request("type must be hired or non-hired")),
    };
    let include = call.include();
    let items = call
        .state
        .archive_reasons
        .values()
        .filter(|reason| hired.is_none_or(|hired| reason.hired == hired))
        .map(|reason| {
            let place = Place { place: reason.place, id: reason.id.clone() };
            (place, select(reason.to_json(), include.as_deref(), &[]))
        })
        .collect();
    call.page(items)
}

pub(crate) fn get(call: &mut Call<'_>) -> Result<Reply, Refusal> {
    let id = call.id(0);
    call.state
        .archive_reasons
        .get(id)
        .map(|reason| Reply::data(reason.to_json()))
        .ok_or_else(|| Refusal::missing("archive_reasons", id))
}
