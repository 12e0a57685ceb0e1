//! The candidate list.

use domain::ids::CandidateId;
use leptos::prelude::*;
use leptos::server_fn::codec::Postcard;

use crate::problem::AppError;
use crate::ui::drawn::Drawn;

/// One page of candidates, with the choices above it.
#[server(prefix = "/api", endpoint = "draw_candidates", output = Postcard)]
pub(crate) async fn draw_candidates(#[server(default)] address: String) -> Result<Drawn, AppError> {
    use super::drawing::{asked, list};
    use crate::ssr;

    let (services, actor) = ssr::signed_in().await?;
    let filter = asked(&address);
    let page = ssr::answer(usecases::candidates::list(&services, &actor, &filter).await)?;
    Ok(ssr::draw(|| list(page, &filter)))
}

/// One click on the Lever icon, or a retry.
#[server(prefix = "/api", endpoint = "request_import", output = Postcard)]
pub(crate) async fn request_import(candidate: CandidateId) -> Result<(), AppError> {
    use crate::ssr;

    let (services, actor) = ssr::signed_in().await?;
    ssr::answer(usecases::imports::request(&services, &actor, candidate).await)
}

/// Undoes an import that was to begin by itself.
#[server(prefix = "/api", endpoint = "undo_import", output = Postcard)]
pub(crate) async fn undo_import(candidate: CandidateId) -> Result<(), AppError> {
    use crate::ssr;

    let (services, actor) = ssr::signed_in().await?;
    ssr::answer(usecases::imports::undo(&services, &actor, candidate).await)
}
