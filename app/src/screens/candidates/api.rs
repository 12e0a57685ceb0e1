//! The candidate list.

use domain::ids::CandidateId;
use domain::view::{CandidateFilter, CandidatePage};
use leptos::prelude::*;
use leptos::server_fn::codec::Postcard;

use crate::problem::AppError;

/// One page of candidates.
#[server(prefix = "/api", endpoint = "list_candidates", output = Postcard)]
pub(crate) async fn list_candidates(filter: CandidateFilter) -> Result<CandidatePage, AppError> {
    use crate::ssr;

    let (services, actor) = ssr::signed_in().await?;
    ssr::answer(usecases::candidates::list(&services, &actor, &filter).await)
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
