//! The way back.

use std::collections::BTreeMap;

use leptos::prelude::*;
use leptos::server_fn::codec::Postcard;

use crate::problem::AppError;
use crate::ui::drawn::Drawn;

/// The page.
#[server(prefix = "/api", endpoint = "draw_way_back", output = Postcard)]
pub(crate) async fn draw_way_back() -> Result<Drawn, AppError> {
    use super::drawing::page;
    use crate::ssr;

    let (services, actor) = ssr::signed_in().await?;
    let way_back = ssr::answer(usecases::way_back::way_back(&services, &actor).await)?;
    Ok(ssr::draw(|| page(way_back)))
}

/// *Save*: whether it is on, and where each status leads, by its code; upon which
/// save that is based.
#[server(prefix = "/api", endpoint = "save_way_back", output = Postcard)]
pub(crate) async fn save_way_back(
    #[server(default)] is_on: String,
    #[server(default)] places: BTreeMap<String, String>,
    #[server(default)] version: Option<u32>,
) -> Result<(), AppError> {
    use usecases::way_back::WayBackForm;

    use crate::ssr;

    let (services, actor) = ssr::signed_in().await?;
    let form = WayBackForm { is_on: is_on == "on", places, version };
    ssr::answer(usecases::way_back::save_way_back(&services, &actor, form).await)
}

/// *Back to what is saved*: forgets choices that were refused.
#[server(prefix = "/api", endpoint = "discard_way_back", output = Postcard)]
pub(crate) async fn discard_way_back() -> Result<(), AppError> {
    use crate::ssr;

    let (services, actor) = ssr::signed_in().await?;
    ssr::answer(usecases::way_back::discard_way_back(&services, &actor).await)
}
