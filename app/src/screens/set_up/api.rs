//! Creating the organisation by the one-time link.

use domain::view::SetUpView;
use leptos::prelude::*;
use leptos::server_fn::codec::Postcard;

use crate::problem::AppError;

/// Whether the link is valid, and what its page shows.
#[server(prefix = "/api", endpoint = "open_set_up", output = Postcard)]
pub(crate) async fn open_set_up(token: String) -> Result<SetUpView, AppError> {
    use crate::ssr;

    let services = ssr::services()?;
    ssr::answer(usecases::set_up::open(&services, &token).await)
}

/// Creates the organisation and signs its first Super Admin in.
#[server(prefix = "/api", endpoint = "create_organisation", output = Postcard)]
pub(crate) async fn create_organisation(
    token: String,
    #[server(default)] organisation: String,
    #[server(default)] name: String,
    #[server(default)] email: String,
    #[server(default)] password: String,
) -> Result<(), AppError> {
    use usecases::set_up::NewOrganisation;

    use crate::ssr;

    let services = ssr::services()?;
    let new = NewOrganisation { organisation, name, email, password: password.into() };
    let member = ssr::answer(usecases::set_up::create_organisation(&services, &token, new).await)?;
    ssr::begin_session(member).await?;
    ssr::go_to(crate::ui::local_path::HOME);
    Ok(())
}
