//! The sheet before an import is sent.

use domain::ids::CandidateId;
use leptos::prelude::*;
use leptos::server_fn::codec::Postcard;

use crate::problem::AppError;
use crate::ui::drawn::Drawn;

/// What would be sent, and what there is to choose.
#[server(prefix = "/api", endpoint = "draw_import_sheet", output = Postcard)]
pub(crate) async fn draw_import_sheet(#[server(default)] address: String) -> Result<Drawn, AppError> {
    use domain::problem::Problem;

    use super::drawing::{Asked, page};
    use crate::ssr;

    let (services, actor) = ssr::signed_in().await?;
    let asked: Asked = ssr::read_address(&address);
    let candidate = asked.of.parse().map_err(|_| ssr::refused(Problem::NotFound))?;
    let sheet = ssr::answer(usecases::imports::sheet(&services, &actor, candidate).await)?;
    Ok(ssr::draw(|| page(sheet, asked)))
}

/// Imports with what was chosen, and shows the candidate.
#[server(prefix = "/api", endpoint = "import_chosen", output = Postcard)]
pub(crate) async fn import_chosen(
    candidate: CandidateId,
    #[server(default)] posting: String,
    #[server(default)] stage: String,
    #[server(default)] followers: Vec<String>,
) -> Result<(), AppError> {
    use usecases::imports::{ChoiceForm, request_chosen};

    use crate::ssr;

    let (services, actor) = ssr::signed_in().await?;
    let form = ChoiceForm { posting, stage, followers };
    ssr::answer(request_chosen(&services, &actor, candidate, form).await)?;
    ssr::go_to(&format!("/candidates/{candidate}"));
    Ok(())
}
