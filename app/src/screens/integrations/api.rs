//! The Integrations page.

use domain::view::IntegrationCard;
use leptos::prelude::*;
use leptos::server_fn::codec::Postcard;

use crate::problem::AppError;

/// The card for Lever, as this member may see it.
#[server(prefix = "/api", endpoint = "read_card", output = Postcard)]
pub(crate) async fn read_card() -> Result<IntegrationCard, AppError> {
    use crate::ssr;

    let (services, actor) = ssr::signed_in().await?;
    ssr::answer(usecases::integration::card(&services, &actor).await)
}

/// Starts a reconciliation.
#[server(prefix = "/api", endpoint = "sync_now", output = Postcard)]
pub(crate) async fn sync_now() -> Result<(), AppError> {
    use crate::ssr;

    let (services, actor) = ssr::signed_in().await?;
    ssr::answer(usecases::integration::sync_now(&services, &actor).await)
}

/// Switches the connection off.
#[server(prefix = "/api", endpoint = "disconnect", output = Postcard)]
pub(crate) async fn disconnect() -> Result<(), AppError> {
    use crate::ssr;

    let (services, actor) = ssr::signed_in().await?;
    ssr::answer(usecases::integration::disconnect(&services, &actor).await)?;
    ssr::go_to("/integrations");
    Ok(())
}

/// Demo: connects the practice Lever at one press.
#[server(prefix = "/api", endpoint = "connect_practice", output = Postcard)]
pub(crate) async fn connect_practice() -> Result<(), AppError> {
    use crate::ssr;

    let (services, actor) = ssr::signed_in().await?;
    ssr::answer(usecases::integration::connect_practice(&services, &actor).await)
}
