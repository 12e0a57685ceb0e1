//! How a candidate can be reached.

use domain::ids::CandidateId;
use leptos::prelude::*;
use leptos::server_fn::codec::Postcard;

use crate::problem::AppError;
use crate::ui::drawn::Drawn;

/// The form.
#[server(prefix = "/api", endpoint = "draw_reach", output = Postcard)]
pub(crate) async fn draw_reach(candidate: String) -> Result<Drawn, AppError> {
    use domain::problem::Problem;

    use super::drawing::form;
    use crate::ssr;

    let (services, actor) = ssr::signed_in().await?;
    let candidate: CandidateId = candidate.parse().map_err(|_| ssr::refused(Problem::NotFound))?;
    let reach = ssr::answer(usecases::candidates::reach(&services, &actor, candidate).await)?;
    Ok(ssr::draw(|| form(reach)))
}

/// Saves it, and shows the candidate.
#[server(prefix = "/api", endpoint = "change_reach", output = Postcard)]
pub(crate) async fn change_reach(
    candidate: CandidateId,
    #[server(default)] emails: String,
    #[server(default)] phones: String,
    #[server(default)] links: String,
) -> Result<(), AppError> {
    use usecases::candidates::ReachForm;

    use crate::ssr;

    let (services, actor) = ssr::signed_in().await?;
    let form = ReachForm { emails, phones, links };
    ssr::answer(usecases::candidates::change_reach(&services, &actor, candidate, form).await)?;
    ssr::go_to(&format!("/candidates/{candidate}"));
    Ok(())
}
