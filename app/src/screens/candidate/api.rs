//! A candidate's page.

use domain::ids::{CandidateId, MessageId};
use domain::view::CandidateProfile;
use leptos::prelude::*;
use leptos::server_fn::codec::Postcard;

use crate::problem::AppError;

/// Everything the page shows; `candidate` as it stands in the address.
#[server(prefix = "/api", endpoint = "read_candidate", output = Postcard)]
pub(crate) async fn read_candidate(candidate: String) -> Result<CandidateProfile, AppError> {
    use domain::problem::Problem;

    use crate::ssr;

    let (services, actor) = ssr::signed_in().await?;
    let candidate: CandidateId = candidate.parse().map_err(|_| ssr::refused(Problem::NotFound))?;
    let mut profile = ssr::answer(usecases::candidates::profile(&services, &actor, candidate).await)?;
    if let Some(text) = ssr::kept("text") {
        // What is wrong with it is said beside it once it is sent.
        profile.preview = usecases::messages::preview(&services, &actor, candidate, &text).await.ok();
    }
    Ok(profile)
}

/// Writes to the candidate; where `preview` says something, nothing is sent, and the
/// answer is how it would read.
#[server(prefix = "/api", endpoint = "send_message", output = Postcard)]
pub(crate) async fn send_message(
    candidate: CandidateId,
    #[server(default)] text: String,
    #[server(default)] preview: String,
) -> Result<Option<String>, AppError> {
    use leptos::server_fn::ServerFn;

    use crate::ssr;

    let (services, actor) = ssr::signed_in().await?;
    if preview.is_empty() {
        ssr::answer(usecases::candidates::send_message(&services, &actor, candidate, &text).await)?;
        return Ok(None);
    }
    let reads = ssr::answer(usecases::messages::preview(&services, &actor, candidate, &text).await)?;
    ssr::show_again(&format!("/candidates/{candidate}"), SendMessage::PATH);
    Ok(Some(reads))
}

/// Tries to send a message again that was not sent.
#[server(prefix = "/api", endpoint = "retry_message", output = Postcard)]
pub(crate) async fn retry_message(message: MessageId) -> Result<(), AppError> {
    use crate::ssr;

    let (services, actor) = ssr::signed_in().await?;
    ssr::answer(usecases::messages::retry(&services, &actor, message).await)
}

/// Sets the status by hand.
#[server(prefix = "/api", endpoint = "set_status", output = Postcard)]
pub(crate) async fn set_status(
    candidate: CandidateId,
    #[server(default)] status: String,
) -> Result<(), AppError> {
    use crate::ssr;

    let (services, actor) = ssr::signed_in().await?;
    ssr::answer(usecases::candidates::set_status(&services, &actor, candidate, &status).await)
}

/// Decides between a status set by hand and Lever's.
#[server(prefix = "/api", endpoint = "resolve_conflict", output = Postcard)]
pub(crate) async fn resolve_conflict(candidate: CandidateId, take_levers: bool) -> Result<(), AppError> {
    use crate::ssr;

    let (services, actor) = ssr::signed_in().await?;
    ssr::answer(usecases::candidates::resolve_conflict(&services, &actor, candidate, take_levers).await)
}

/// Decides about somebody who is already in Lever: *Link to this one* with the
/// opportunity, *Not the same person* with a mark, *Add an opportunity* without.
#[server(prefix = "/api", endpoint = "decide", output = Postcard)]
pub(crate) async fn decide(
    candidate: CandidateId,
    #[server(default)] opportunity: String,
    #[server(default)] not_same: String,
) -> Result<(), AppError> {
    use domain::import::Decision;

    use crate::ssr;

    let (services, actor) = ssr::signed_in().await?;
    let decision = if !not_same.is_empty() {
        Decision::NotSame
    } else if opportunity.is_empty() {
        Decision::Add
    } else {
        Decision::Link(opportunity)
    };
    ssr::answer(usecases::imports::decide(&services, &actor, candidate, decision).await)
}

/// Decides about the data of somebody who was anonymised in Lever.
#[server(prefix = "/api", endpoint = "decide_erasure", output = Postcard)]
pub(crate) async fn decide_erasure(candidate: CandidateId, keep: bool) -> Result<(), AppError> {
    use crate::ssr;

    let (services, actor) = ssr::signed_in().await?;
    ssr::answer(usecases::candidates::decide_erasure(&services, &actor, candidate, keep).await)
}
