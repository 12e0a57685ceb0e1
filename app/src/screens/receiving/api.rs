//! Receiving from Lever.

use leptos::prelude::*;
use leptos::server_fn::codec::Postcard;

use crate::problem::AppError;
use crate::ui::drawn::Drawn;

/// The page.
#[server(prefix = "/api", endpoint = "draw_receiving", output = Postcard)]
pub(crate) async fn draw_receiving() -> Result<Drawn, AppError> {
    use super::drawing::page;
    use crate::ssr;

    let (services, actor) = ssr::signed_in().await?;
    let receiving = ssr::answer(usecases::integration::receiving(&services, &actor).await)?;
    Ok(ssr::draw(|| page(receiving)))
}

/// Keeps pasted signing tokens, one a line.
#[server(prefix = "/api", endpoint = "save_tokens", output = Postcard)]
pub(crate) async fn save_tokens(#[server(default)] signing_tokens: String) -> Result<(), AppError> {
    use crate::ssr;

    let (services, actor) = ssr::signed_in().await?;
    ssr::answer(usecases::integration::save_tokens(&services, &actor, &signing_tokens.into()).await)
}

/// *Rotate*: another token for the webhook of one event.
#[server(prefix = "/api", endpoint = "rotate_webhook", output = Postcard)]
pub(crate) async fn rotate_webhook(#[server(default)] event: String) -> Result<(), AppError> {
    use domain::connection::LeverEvent;
    use domain::problem::Problem;

    use crate::ssr;

    let (services, actor) = ssr::signed_in().await?;
    let event = LeverEvent::from_code(&event);
    let rotated = match event {
        Some(_) => usecases::integration::rotate_webhooks(&services, &actor, event).await,
        None => Err(Problem::NotFound.into()),
    };
    ssr::answer(rotated)
}

/// How long the bodies of deliveries are kept, in days, and what becomes of them then.
#[server(prefix = "/api", endpoint = "save_bodies_kept", output = Postcard)]
pub(crate) async fn save_bodies_kept(
    #[server(default)] days: String,
    #[server(default)] then: String,
) -> Result<(), AppError> {
    use crate::ssr;

    let (services, actor) = ssr::signed_in().await?;
    ssr::answer(usecases::webhooks::save_bodies_kept(&services, &actor, &days, &then).await)
}
