//! `/opportunities/:id/files`: upload, list, read, download, delete.

use super::{
    call::{Call, Reply},
    opportunities,
    refusal::Refusal,
};
use crate::{
    cursor::NewestFirst,
    state::file::{Status, StoredFile},
};

pub(crate) fn list(call: &mut Call<'_>) -> Result<Reply, Refusal> {
    page(call, false)
}

pub(crate) fn get(call: &mut Call<'_>) -> Result<Reply, Refusal> {
    Ok(Reply::data(one(call, false)?.to_json(&call.app_url)))
}

pub(crate) fn download(call: &mut Call<'_>) -> Result<Reply, Refusal> {
    bytes(one(call, false)?)
}

/// One file in the field `file`, in a multipart body only. The status of the
/// answer is not documented; 200 like its sample.
pub(crate) fn upload(call: &mut Call<'_>) -> Result<Reply, Refusal> {
    opportunities::visible(call)?;
    let by = call.performer(true)?;
    call.object()?;
    let mut files = std::mem::take(&mut call.files).into_iter().filter(|file| file.field == "file");
    let (Some(file), None) = (files.next(), files.next()) else {
        return Err(Refusal::missing_parameter("file"));
    };
    let opportunity = call.id(0).to_owned();
    let act = call.act(by.as_deref());
    let id = call
        .state
        .add_file(&opportunity, &file.name, &file.bytes, false, None, &act)
        .map_err(|problem| call.refuse(&problem))?;
    call.ids.push(id);
    get(call)
}

/// Needs `perform_as` (Lever documentation, Files).
pub(crate) fn delete(call: &mut Call<'_>) -> Result<Reply, Refusal> {
    let id = one(call, false)?.id.clone();
    call.performer(true)?;
    call.state.files.remove(&id);
    Ok(Reply::empty())
}

/// The files or resumes of an opportunity, newest first, by the window
/// `uploaded_at_start`, `uploaded_at_end`.
pub(crate) fn page(call: &mut Call<'_>, resumes: bool) -> Result<Reply, Refusal> {
    opportunities::visible(call)?;
    let start = call.instant("uploaded_at_start")?;
    let end = call.instant("uploaded_at_end")?;
    let items = call
        .state
        .files_of(call.id(0), resumes)
        .filter(|file| start.is_none_or(|start| file.uploaded_at >= start))
        .filter(|file| end.is_none_or(|end| file.uploaded_at <= end))
        .map(|file| {
            let place = NewestFirst { at: file.uploaded_at, id: file.id.clone() };
            (place, file.to_json(&call.app_url))
        })
        .collect();
    call.page(items)
}

/// The file or resume that the path names.
pub(crate) fn one<'a>(call: &'a Call<'_>, resume: bool) -> Result<&'a StoredFile, Refusal> {
    opportunities::visible(call)?;
    let id = call.id(1);
    call.state
        .files
        .get(id)
        .filter(|file| file.opportunity == call.id(0) && file.resume == resume)
        .ok_or_else(|| Refusal::missing(if resume { "resumes" } else { "files" }, id))
}

/// The bytes; 422 for what could not be processed (Lever documentation, Files).
pub(crate) fn bytes(file: &StoredFile) -> Result<Reply, Refusal> {
    if file.status == Status::Error {
        return Err(Refusal::new(
            422,
            "UnprocessableEntityError",
            format!("{} could not be processed", file.name),
        ));
    }
    Ok(Reply::file(file))
}
