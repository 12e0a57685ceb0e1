//! Health.

use leptos::prelude::*;
use leptos::server_fn::codec::Postcard;

use crate::problem::AppError;
use crate::ui::drawn::Drawn;

/// The page.
#[server(prefix = "/api", endpoint = "draw_health", output = Postcard)]
pub(crate) async fn draw_health() -> Result<Drawn, AppError> {
    use super::drawing::page;
    use crate::ssr;

    let (services, actor) = ssr::signed_in().await?;
    let health = ssr::answer(usecases::integration::health(&services, &actor).await)?;
    Ok(ssr::draw(|| page(health)))
}
