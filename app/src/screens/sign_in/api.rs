//! Signing in.

use leptos::prelude::*;
use leptos::server_fn::codec::Postcard;

use crate::problem::AppError;

/// Checks e-mail and password and goes on to `next`, if that is a path of ours.
#[server(prefix = "/api", endpoint = "sign_in", output = Postcard)]
pub(crate) async fn sign_in(
    #[server(default)] email: String,
    #[server(default)] password: String,
    #[server(default)] next: String,
) -> Result<(), AppError> {
    use crate::ssr;
    use crate::ui::local_path::local_path;

    let services = ssr::services()?;
    let peer = ssr::peer();
    let member = ssr::answer(usecases::session::sign_in(&services, &email, password.into(), &peer).await)?;
    ssr::begin_session(member).await?;
    ssr::go_to(local_path(Some(&next)));
    Ok(())
}
