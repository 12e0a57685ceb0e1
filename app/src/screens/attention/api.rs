//! Needs attention.

use domain::attention::AttentionKind;
use domain::ids::AttentionId;
use leptos::prelude::*;
use leptos::server_fn::codec::Postcard;

use crate::problem::AppError;
use crate::ui::drawn::Drawn;

/// A page of the open items.
#[server(prefix = "/api", endpoint = "draw_attention", output = Postcard)]
pub(crate) async fn draw_attention(#[server(default)] address: String) -> Result<Drawn, AppError> {
    use super::address::Asked;
    use super::drawing::items;
    use crate::ssr;

    let (services, actor) = ssr::signed_in().await?;
    let Asked { before } = ssr::read_address(&address);
    let page = ssr::answer(usecases::attention::list(&services, &actor, &before).await)?;
    Ok(ssr::draw(|| items(page)))
}

/// The one-press mend.
#[server(prefix = "/api", endpoint = "retry_attention", output = Postcard)]
pub(crate) async fn retry_attention(item: AttentionId) -> Result<(), AppError> {
    use crate::ssr;

    let (services, actor) = ssr::signed_in().await?;
    ssr::answer(usecases::attention::retry(&services, &actor, item).await)
}

/// The one-press mend for all items of a kind.
#[server(prefix = "/api", endpoint = "retry_all_attention", output = Postcard)]
pub(crate) async fn retry_all_attention(kind: AttentionKind) -> Result<(), AppError> {
    use crate::ssr;

    let (services, actor) = ssr::signed_in().await?;
    ssr::answer(usecases::attention::retry_all(&services, &actor, kind).await).map(|_| ())
}
