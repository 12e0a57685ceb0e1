//! `/opportunities/:id/resumes`. A resume comes with a create, as `resumeFile`;
//! there is no route that uploads one.

use super::{
    call::{Call, Reply},
    files, opportunities,
    refusal::Refusal,
};
use crate::settings::NoResumes;

/// An opportunity without a resume answers 404 or an empty page, as is set: both
/// have been seen.
pub(crate) fn list(call: &mut Call<'_>) -> Result<Reply, Refusal> {
    opportunities::visible(call)?;
    let none = call.state.files_of(call.id(0), true).next().is_none();
    if none && call.state.behaviour.get().no_resumes == NoResumes::NotFound {
        return Err(Refusal::missing("resumes", call.id(0)));
    }
    files::page(call, true)
}

pub(crate) fn get(call: &mut Call<'_>) -> Result<Reply, Refusal> {
    Ok(Reply::data(files::one(call, true)?.to_json(&call.app_url)))
}

pub(crate) fn download(call: &mut Call<'_>) -> Result<Reply, Refusal> {
    files::bytes(files::one(call, true)?)
}
