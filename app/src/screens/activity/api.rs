//! The activity log.

use leptos::prelude::*;
use leptos::server_fn::codec::Postcard;

use crate::problem::AppError;
use crate::ui::drawn::Drawn;

/// One page of the log, newest first.
#[server(prefix = "/api", endpoint = "draw_activity", output = Postcard)]
pub(crate) async fn draw_activity(#[server(default)] address: String) -> Result<Drawn, AppError> {
    use super::drawing::{Asked, log};
    use crate::ssr;

    let (services, actor) = ssr::signed_in().await?;
    let Asked { before } = ssr::read_address(&address);
    let page = ssr::answer(usecases::activity::list(&services, &actor, before.as_deref()).await)?;
    Ok(ssr::draw(log(page, before.is_none())))
}
