//! Importing many candidates in one run.

use domain::ids::{BulkImportId, CandidateId};
use domain::import::BulkDeed;
use leptos::prelude::*;
use leptos::server_fn::codec::Postcard;

use crate::problem::AppError;
use crate::ui::drawn::Drawn;

/// A page of runs.
#[server(prefix = "/api", endpoint = "draw_bulk_imports", output = Postcard)]
pub(crate) async fn draw_bulk_imports(#[server(default)] address: String) -> Result<Drawn, AppError> {
    use super::drawing::{AskedList, runs};
    use crate::ssr;

    let (services, actor) = ssr::signed_in().await?;
    let AskedList { before } = ssr::read_address(&address);
    let newest = ssr::answer(usecases::imports::bulk::newest(&services, &actor, &before).await)?;
    Ok(ssr::draw(|| runs(newest)))
}

/// A run and one page of its results.
#[server(prefix = "/api", endpoint = "draw_bulk_import", output = Postcard)]
pub(crate) async fn draw_bulk_import(#[server(default)] address: String) -> Result<Drawn, AppError> {
    use domain::import::BulkOutcome;
    use domain::problem::Problem;

    use super::drawing::{Asked, run};
    use crate::ssr;

    let (services, actor) = ssr::signed_in().await?;
    let Asked { bulk, outcome, after } = ssr::read_address(&address);
    let bulk = bulk.parse().map_err(|_| ssr::refused(Problem::NotFound))?;
    let outcome = BulkOutcome::from_code(&outcome);
    let page = usecases::imports::bulk::progress(&services, &actor, bulk, outcome, after).await;
    let page = ssr::answer(page)?;
    Ok(ssr::draw(|| run(page)))
}

/// Imports these candidates and shows how far it is.
#[server(prefix = "/api", endpoint = "import_selected", output = Postcard)]
pub(crate) async fn import_selected(#[server(default)] candidates: Vec<CandidateId>) -> Result<(), AppError> {
    use usecases::imports::bulk::{Whom, start};

    use crate::ssr;

    let (services, actor) = ssr::signed_in().await?;
    let id = ssr::answer(start(&services, &actor, Whom::Candidates(candidates)).await)?;
    ssr::go_to(&format!("/imports/{id}"));
    Ok(())
}

/// Imports everybody whom the list shows for these choices, and shows how far it
/// is. The fields are those of the list's address.
#[server(prefix = "/api", endpoint = "import_matching", output = Postcard)]
pub(crate) async fn import_matching(
    #[server(default)] search: String,
    #[server(default)] status: String,
    #[server(default)] owner: String,
    #[server(default)] lever: String,
    #[server(default)] score_from: String,
    #[server(default)] score_to: String,
) -> Result<(), AppError> {
    use domain::view::CandidateFilter;
    use usecases::imports::bulk::{Whom, start};

    use crate::ssr;

    let (services, actor) = ssr::signed_in().await?;
    let filter = CandidateFilter::from_pairs(|name| match name {
        "search" => Some(&search),
        "status" => Some(&status),
        "owner" => Some(&owner),
        "lever" => Some(&lever),
        "score_from" => Some(&score_from),
        "score_to" => Some(&score_to),
        _ => None,
    });
    let id = ssr::answer(start(&services, &actor, Whom::Matching(filter)).await)?;
    ssr::go_to(&format!("/imports/{id}"));
    Ok(())
}

/// Pauses, resumes or stops a run, or tries failed ones again.
#[server(prefix = "/api", endpoint = "steer_bulk_import", output = Postcard)]
pub(crate) async fn steer_bulk_import(bulk: BulkImportId, deed: BulkDeed) -> Result<(), AppError> {
    use usecases::imports::bulk::{pause, resume, retry_failed, stop};

    use crate::ssr;

    let (services, actor) = ssr::signed_in().await?;
    ssr::answer(match deed {
        BulkDeed::Pause => pause(&services, &actor, bulk).await,
        BulkDeed::Resume => resume(&services, &actor, bulk).await,
        BulkDeed::Stop => stop(&services, &actor, bulk).await,
        BulkDeed::Retry => retry_failed(&services, &actor, bulk).await,
    })
}
