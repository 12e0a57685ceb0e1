//! Taking an invitation.

use domain::view::InviteView;
use leptos::prelude::*;
use leptos::server_fn::codec::Postcard;

use crate::problem::AppError;

/// What the invitation offers. Changes nothing.
#[server(prefix = "/api", endpoint = "open_invite", output = Postcard)]
pub(crate) async fn open_invite(token: String) -> Result<InviteView, AppError> {
    use crate::ssr;

    let services = ssr::services()?;
    ssr::answer(usecases::members::open_invite(&services, &token).await)
}

/// Takes the invitation and signs the new member in.
#[server(prefix = "/api", endpoint = "join", output = Postcard)]
pub(crate) async fn join(
    token: String,
    #[server(default)] name: String,
    #[server(default)] password: String,
) -> Result<(), AppError> {
    use crate::ssr;

    let services = ssr::services()?;
    let member = ssr::answer(usecases::members::join(&services, &token, &name, password.into()).await)?;
    ssr::begin_session(member).await?;
    ssr::go_to(crate::ui::local_path::HOME);
    Ok(())
}
