//! Needs attention.

use domain::ids::AttentionId;
use domain::view::AttentionPage;
use leptos::prelude::*;
use leptos::server_fn::codec::Postcard;

use crate::problem::AppError;

/// The open items.
#[server(prefix = "/api", endpoint = "list_attention", output = Postcard)]
pub(crate) async fn list_attention() -> Result<AttentionPage, AppError> {
    use crate::ssr;

    let (services, actor) = ssr::signed_in().await?;
    ssr::answer(usecases::attention::list(&services, &actor).await)
}

/// The one-press mend.
#[server(prefix = "/api", endpoint = "retry_attention", output = Postcard)]
pub(crate) async fn retry_attention(item: AttentionId) -> Result<(), AppError> {
    use crate::ssr;

    let (services, actor) = ssr::signed_in().await?;
    ssr::answer(usecases::attention::retry(&services, &actor, item).await)
}
