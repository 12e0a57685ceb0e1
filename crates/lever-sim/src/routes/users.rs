//! `/users`.

use serde_json::Value;

use super::{
    call::{Call, Reply, select},
    refusal::Refusal,
};
use crate::{cursor::NewestFirst, state::user::ROLES};

/// Active users only, unless asked; newest first.
pub(crate) fn list(call: &mut Call<'_>) -> Result<Reply, Refusal> {
    let deactivated = call.flag("includeDeactivated")?.unwrap_or(false);
    let behaviour = call.state.behaviour.get();
    let emails: Vec<String> = call.query.all("email").map(|email| behaviour.canonical(email)).collect();
    let roles = call.all("accessRole");
    let directory = call.all("external_directory_id");
    let include = call.include();
    let items = call
        .state
        .users
        .values()
        .filter(|user| deactivated || user.is_active())
        .filter(|user| emails.is_empty() || emails.contains(&behaviour.canonical(&user.email)))
        .filter(|user| roles.is_empty() || roles.contains(&user.access_role))
        .filter(|user| {
            directory.is_empty()
                || user.external_directory_id.as_ref().is_some_and(|id| directory.contains(id))
        })
        .map(|user| {
            let place = NewestFirst { at: user.created_at, id: user.id.clone() };
            (place, select(user.to_json(), include.as_deref(), &[]))
        })
        .collect();
    call.page(items)
}

/// Deactivated users too.
pub(crate) fn get(call: &mut Call<'_>) -> Result<Reply, Refusal> {
    Ok(Reply::data(user(call)?))
}

pub(crate) fn create(call: &mut Call<'_>) -> Result<Reply, Refusal> {
    let body = call.object()?;
    let name = body.required_text("name")?;
    let email = body.required_text("email")?;
    let role = body.text("accessRole")?.unwrap_or_else(|| "interviewer".to_owned());
    if !ROLES.contains(&role.as_str()) {
        return Err(Refusal::bad_request("accessRole is not a role"));
    }
    let (directory, job, manager) =
        (body.text("externalDirectoryId")?, body.text("jobTitle")?, body.text("managerId")?);
    let now = call.now;
    let id = call.state.add_user(&name, &email, &role, now).map_err(|problem| call.refuse(&problem))?;
    if let Some(user) = call.state.users.edit(&id) {
        user.external_directory_id = directory;
        user.job_title = job;
        user.manager_id = manager;
    }
    call.ids = vec![id];
    let mut reply = Reply::data(user(call)?);
    reply.status = 201;
    Ok(reply)
}

/// A full replacement: what is left out is wiped (Lever documentation, Users).
pub(crate) fn update(call: &mut Call<'_>) -> Result<Reply, Refusal> {
    user(call)?;
    let body = call.object()?;
    let name = body.required_text("name")?;
    let email = body.required_text("email")?;
    let role = body.text("accessRole")?.unwrap_or_else(|| "interviewer".to_owned());
    let (directory, job, manager) =
        (body.text("externalDirectoryId")?, body.text("jobTitle")?, body.text("managerId")?);
    let id = call.id(0).to_owned();
    if let Some(user) = call.state.users.edit(&id) {
        user.name = name;
        user.email = email;
        user.access_role = role;
        user.external_directory_id = directory;
        user.job_title = job;
        user.manager_id = manager;
    }
    Ok(Reply::data(user(call)?))
}

pub(crate) fn deactivate(call: &mut Call<'_>) -> Result<Reply, Refusal> {
    set_deactivated(call, true)
}

pub(crate) fn reactivate(call: &mut Call<'_>) -> Result<Reply, Refusal> {
    set_deactivated(call, false)
}

fn set_deactivated(call: &mut Call<'_>, deactivated: bool) -> Result<Reply, Refusal> {
    let id = call.id(0).to_owned();
    let at = deactivated.then_some(call.now);
    call.state.set_user_deactivated(&id, at).map_err(|problem| call.refuse(&problem))?;
    Ok(Reply::data(user(call)?))
}

fn user(call: &Call<'_>) -> Result<Value, Refusal> {
    let id = call.id(0);
    call.state.users.get(id).map(|user| user.to_json()).ok_or_else(|| Refusal::missing("users", id))
}
