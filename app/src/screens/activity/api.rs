//! The activity log.

use domain::view::ActivityPage;
use leptos::prelude::*;
use leptos::server_fn::codec::Postcard;

use crate::problem::AppError;

/// One page, newest first; `before` is a page's cursor, or empty for the newest.
#[server(prefix = "/api", endpoint = "list_activity", output = Postcard)]
pub(crate) async fn list_activity(#[server(default)] before: String) -> Result<ActivityPage, AppError> {
    use crate::ssr;

    let (services, actor) = ssr::signed_in().await?;
    let before = (!before.is_empty()).then_some(before.as_str());
    ssr::answer(usecases::activity::list(&services, &actor, before).await)
}
