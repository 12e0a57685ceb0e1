//! Insight.

use leptos::prelude::*;
use leptos::server_fn::codec::Postcard;

use crate::problem::AppError;
use crate::ui::drawn::Drawn;

/// The funnel of a month and a member.
#[server(prefix = "/api", endpoint = "draw_insight", output = Postcard)]
pub(crate) async fn draw_insight(#[server(default)] address: String) -> Result<Drawn, AppError> {
    use super::drawing::{Asked, found};
    use crate::ssr;

    let (services, actor) = ssr::signed_in().await?;
    let Asked { month, member } = ssr::read_address(&address);
    let page = ssr::answer(usecases::insight::read(&services, &actor, &month, &member).await)?;
    Ok(ssr::draw(|| found(page)))
}
