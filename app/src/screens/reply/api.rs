//! The candidate's side: reading a message and answering it, without an account.

use domain::view::ReplyPage;
use leptos::prelude::*;
use leptos::server_fn::codec::Postcard;

use crate::problem::AppError;

/// The message behind the link.
#[server(prefix = "/api", endpoint = "open_reply", output = Postcard)]
pub(crate) async fn open_reply(token: String) -> Result<ReplyPage, AppError> {
    use crate::ssr;

    let services = ssr::services()?;
    let member = ssr::visitor(&services).await?;
    ssr::answer(usecases::replies::open(&services, &token, member.as_ref()).await)
}

/// Takes the answer.
#[server(prefix = "/api", endpoint = "answer_reply", output = Postcard)]
pub(crate) async fn answer_reply(token: String, #[server(default)] text: String) -> Result<(), AppError> {
    use crate::ssr;

    let services = ssr::services()?;
    ssr::answer(usecases::replies::answer(&services, &token, &text).await)
}
