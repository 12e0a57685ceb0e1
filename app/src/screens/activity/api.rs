//! The activity log, and opening a delivery.

use domain::ids::DeliveryId;
use leptos::prelude::*;
use leptos::server_fn::codec::Postcard;

use crate::problem::AppError;
use crate::ui::drawn::Drawn;

/// One page of the log, newest first.
#[server(prefix = "/api", endpoint = "draw_activity", output = Postcard)]
pub(crate) async fn draw_activity(#[server(default)] address: String) -> Result<Drawn, AppError> {
    use super::drawing::log;
    use crate::ssr;

    let (services, actor) = ssr::signed_in().await?;
    let search = ssr::read_address(&address);
    let page = ssr::answer(usecases::activity::search(&services, &actor, search).await)?;
    Ok(ssr::draw(|| log(page)))
}

/// A delivery; `delivery` as it stands in the address.
#[server(prefix = "/api", endpoint = "draw_delivery", output = Postcard)]
pub(crate) async fn draw_delivery(#[server(default)] delivery: String) -> Result<Drawn, AppError> {
    use domain::problem::Problem;

    use super::delivery::opened;
    use crate::ssr;

    let (services, actor) = ssr::signed_in().await?;
    let delivery = delivery.parse().map_err(|_| ssr::refused(Problem::NotFound))?;
    let page = ssr::answer(usecases::activity::delivery(&services, &actor, delivery).await)?;
    Ok(ssr::draw(|| opened(page)))
}

/// Opens the sealed body of a delivery for a short while.
#[server(prefix = "/api", endpoint = "open_body", output = Postcard)]
pub(crate) async fn open_body(delivery: DeliveryId) -> Result<(), AppError> {
    use crate::ssr;

    let (services, actor) = ssr::signed_in().await?;
    ssr::answer(usecases::activity::open_body(&services, &actor, delivery).await)
}

/// Applies a delivery again.
#[server(prefix = "/api", endpoint = "replay_delivery", output = Postcard)]
pub(crate) async fn replay_delivery(delivery: DeliveryId) -> Result<(), AppError> {
    use crate::ssr;

    let (services, actor) = ssr::signed_in().await?;
    ssr::answer(usecases::activity::replay(&services, &actor, delivery).await)
}
