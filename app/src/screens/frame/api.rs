//! What every screen's frame asks for.

use domain::view::Viewer;
use leptos::prelude::*;
use leptos::server_fn::codec::Postcard;

use crate::problem::AppError;

/// The platform's name, for titles: known to everybody.
#[server(prefix = "/api", endpoint = "platform", output = Postcard)]
pub(crate) async fn platform() -> Result<String, AppError> {
    use crate::ssr;

    let services = ssr::open_page()?;
    Ok(services.settings.platform.clone())
}

/// Who is signed in.
#[server(prefix = "/api", endpoint = "current_viewer", output = Postcard)]
pub(crate) async fn current_viewer() -> Result<Viewer, AppError> {
    use crate::ssr;

    let (services, actor) = ssr::signed_in().await?;
    ssr::answer(usecases::session::viewer(&services, &actor).await)
}

/// Signs out on this browser.
#[server(prefix = "/api", endpoint = "sign_out", output = Postcard)]
pub(crate) async fn sign_out() -> Result<(), AppError> {
    use crate::ssr;

    ssr::end_session().await?;
    ssr::go_to("/sign-in");
    Ok(())
}
