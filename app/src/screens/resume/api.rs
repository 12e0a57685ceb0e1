//! A candidate's résumé.

use domain::ids::CandidateId;
use leptos::prelude::*;
use leptos::server_fn::codec::Postcard;

use crate::problem::AppError;
use crate::ui::drawn::Drawn;

/// The file, and how it stands in Lever.
#[server(prefix = "/api", endpoint = "draw_resume", output = Postcard)]
pub(crate) async fn draw_resume(candidate: String) -> Result<Drawn, AppError> {
    use domain::problem::Problem;

    use super::drawing::panel;
    use crate::ssr;

    let (services, actor) = ssr::signed_in().await?;
    let candidate: CandidateId = candidate.parse().map_err(|_| ssr::refused(Problem::NotFound))?;
    let shown = ssr::answer(usecases::resumes::panel(&services, &actor, candidate).await)?;
    Ok(ssr::draw(|| panel(candidate, shown)))
}

/// Forgets the file.
#[server(prefix = "/api", endpoint = "remove_resume", output = Postcard)]
pub(crate) async fn remove_resume(candidate: CandidateId) -> Result<(), AppError> {
    use crate::ssr;

    let (services, actor) = ssr::signed_in().await?;
    ssr::answer(usecases::resumes::remove(&services, &actor, candidate).await)
}
