//! Adding a candidate by hand.

use leptos::prelude::*;
use leptos::server_fn::codec::Postcard;

use crate::problem::AppError;

/// Adds the candidate and shows their page.
#[server(prefix = "/api", endpoint = "add_candidate", output = Postcard)]
pub(crate) async fn add_candidate(
    #[server(default)] name: String,
    #[server(default)] email: String,
    #[server(default)] headline: String,
    #[server(default)] company: String,
    #[server(default)] location: String,
) -> Result<(), AppError> {
    use usecases::candidates::CandidateForm;

    use crate::ssr;

    let (services, actor) = ssr::signed_in().await?;
    let form = CandidateForm { name, email, headline, company, location };
    let id = ssr::answer(usecases::candidates::add(&services, &actor, form).await)?;
    ssr::go_to(&format!("/candidates/{id}"));
    Ok(())
}
