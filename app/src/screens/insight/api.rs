//! Insight.

use domain::view::InsightPage;
use leptos::prelude::*;
use leptos::server_fn::codec::Postcard;

use crate::problem::AppError;

/// The funnel of a month and a member; empty means all of them.
#[server(prefix = "/api", endpoint = "read_insight", output = Postcard)]
pub(crate) async fn read_insight(
    #[server(default)] month: String,
    #[server(default)] member: String,
) -> Result<InsightPage, AppError> {
    use crate::ssr;

    let (services, actor) = ssr::signed_in().await?;
    ssr::answer(usecases::insight::read(&services, &actor, &month, &member).await)
}
