//! The opportunities of one contact in Lever.

use domain::ids::CandidateId;
use leptos::prelude::*;
use leptos::server_fn::codec::Postcard;

use crate::problem::AppError;
use crate::ui::drawn::Drawn;

/// All that are known; nothing for a candidate who is not linked.
#[server(prefix = "/api", endpoint = "draw_opportunities", output = Postcard)]
pub(crate) async fn draw_opportunities(candidate: String) -> Result<Drawn, AppError> {
    use domain::problem::Problem;

    use super::drawing::all;
    use crate::ssr;

    let (services, actor) = ssr::signed_in().await?;
    let candidate: CandidateId = candidate.parse().map_err(|_| ssr::refused(Problem::NotFound))?;
    match usecases::candidates::opportunities_of(&services, &actor, candidate).await {
        Ok(view) => Ok(ssr::draw(|| all(view))),
        Err(error) if matches!(error.problem(), Problem::NotFound | Problem::NotConnected) => {
            Ok(ssr::draw(|| ()))
        }
        Err(error) => ssr::answer(Err(error)),
    }
}

/// *Look in Lever*: asks for all of the contact's opportunities.
#[server(prefix = "/api", endpoint = "look_for_opportunities", output = Postcard)]
pub(crate) async fn look_for_opportunities(candidate: CandidateId) -> Result<(), AppError> {
    use crate::ssr;

    let (services, actor) = ssr::signed_in().await?;
    ssr::answer(usecases::candidates::look_for_opportunities(&services, &actor, candidate).await)
}

/// *Follow this one*.
#[server(prefix = "/api", endpoint = "follow_opportunity", output = Postcard)]
pub(crate) async fn follow_opportunity(
    candidate: CandidateId,
    #[server(default)] opportunity: String,
) -> Result<(), AppError> {
    use crate::ssr;

    let (services, actor) = ssr::signed_in().await?;
    ssr::answer(usecases::candidates::follow(&services, &actor, candidate, &opportunity).await)
}
