//! Messages to many, and saved texts.

use std::collections::BTreeMap;

use domain::bulk_message::BulkMessageDeed;
use domain::ids::{BulkMessageId, CandidateId, TemplateId};
use leptos::prelude::*;
use leptos::server_fn::codec::Postcard;

use crate::problem::AppError;
use crate::ui::drawn::Drawn;

/// A page of messages to many.
#[server(prefix = "/api", endpoint = "draw_messages", output = Postcard)]
pub(crate) async fn draw_messages(#[server(default)] address: String) -> Result<Drawn, AppError> {
    use super::address::AskedList;
    use super::drawing::runs;
    use crate::ssr;

    let (services, actor) = ssr::signed_in().await?;
    let AskedList { before } = ssr::read_address(&address);
    let newest = ssr::answer(usecases::messages::newest(&services, &actor, &before).await)?;
    Ok(ssr::draw(|| runs(newest)))
}

/// Where one is begun: the address says for whom.
#[server(prefix = "/api", endpoint = "draw_new_message", output = Postcard)]
pub(crate) async fn draw_new_message(#[server(default)] address: String) -> Result<Drawn, AppError> {
    use domain::problem::Problem;

    use super::address::Asked;
    use super::drawing::{begun, nobody};
    use crate::ssr;

    let (services, actor) = ssr::signed_in().await?;
    let asked = Asked::read(&address);
    match usecases::messages::begun(&services, &actor, asked.whom(), &asked.template).await {
        Err(error) if *error.problem() == Problem::NobodyChosen => Ok(ssr::draw(nobody)),
        begun_now => {
            let page = ssr::answer(begun_now)?;
            Ok(ssr::draw(|| begun(page, asked)))
        }
    }
}

/// A message to many: a draft, one that is being sent, or one that was.
#[server(prefix = "/api", endpoint = "draw_message", output = Postcard)]
pub(crate) async fn draw_message(#[server(default)] address: String) -> Result<Drawn, AppError> {
    use domain::problem::Problem;

    use super::address::AskedOne;
    use super::drawing::run;
    use crate::ssr;

    let (services, actor) = ssr::signed_in().await?;
    let AskedOne { message, after } = ssr::read_address(&address);
    let message = message.parse().map_err(|_| ssr::refused(Problem::NotFound))?;
    let page = ssr::answer(usecases::messages::page(&services, &actor, message, after).await)?;
    Ok(ssr::draw(|| run(page)))
}

/// Keeps a text as a draft, and shows how it reads.
#[server(prefix = "/api", endpoint = "begin_message", output = Postcard)]
pub(crate) async fn begin_message(
    #[server(default)] candidates: Vec<CandidateId>,
    #[server(default)] all: String,
    #[server(default)] matching: BTreeMap<String, String>,
    #[server(default)] text: String,
) -> Result<(), AppError> {
    use domain::view::CandidateFilter;

    use super::address::whom;
    use crate::ssr;

    let (services, actor) = ssr::signed_in().await?;
    let matching = CandidateFilter::from_pairs(|name| matching.get(name).map(String::as_str));
    let whom = whom(candidates, !all.is_empty(), matching);
    let id = ssr::answer(usecases::messages::begin(&services, &actor, whom, &text).await)?;
    ssr::go_to(&format!("/messages/{id}"));
    Ok(())
}

/// Changes the text of a draft.
#[server(prefix = "/api", endpoint = "save_message_text", output = Postcard)]
pub(crate) async fn save_message_text(
    message: BulkMessageId,
    #[server(default)] text: String,
) -> Result<(), AppError> {
    use crate::ssr;

    let (services, actor) = ssr::signed_in().await?;
    ssr::answer(usecases::messages::set_text(&services, &actor, message, &text).await)
}

/// Sends it to everybody, or stops.
#[server(prefix = "/api", endpoint = "steer_message", output = Postcard)]
pub(crate) async fn steer_message(message: BulkMessageId, deed: BulkMessageDeed) -> Result<(), AppError> {
    use crate::ssr;

    let (services, actor) = ssr::signed_in().await?;
    ssr::answer(match deed {
        BulkMessageDeed::Send => usecases::messages::send(&services, &actor, message).await,
        BulkMessageDeed::Stop => usecases::messages::stop(&services, &actor, message).await,
    })
}

/// Throws a draft away.
#[server(prefix = "/api", endpoint = "discard_message", output = Postcard)]
pub(crate) async fn discard_message(message: BulkMessageId) -> Result<(), AppError> {
    use crate::ssr;

    let (services, actor) = ssr::signed_in().await?;
    ssr::answer(usecases::messages::discard(&services, &actor, message).await)?;
    ssr::go_to("/messages");
    Ok(())
}

/// The saved texts, and the form for one.
#[server(prefix = "/api", endpoint = "draw_templates", output = Postcard)]
pub(crate) async fn draw_templates(#[server(default)] address: String) -> Result<Drawn, AppError> {
    use super::address::AskedTemplate;
    use super::templates::page;
    use crate::ssr;

    let (services, actor) = ssr::signed_in().await?;
    let AskedTemplate { template } = ssr::read_address(&address);
    let templates = ssr::answer(usecases::messages::templates(&services, &actor, &template).await)?;
    Ok(ssr::draw(|| page(templates)))
}

/// The saved texts as they read for one candidate, to choose from.
#[server(prefix = "/api", endpoint = "draw_template_choice", output = Postcard)]
pub(crate) async fn draw_template_choice(#[server(default)] candidate: String) -> Result<Drawn, AppError> {
    use domain::problem::Problem;

    use super::templates::choice;
    use crate::ssr;

    let (services, actor) = ssr::signed_in().await?;
    let candidate = candidate.parse().map_err(|_| ssr::refused(Problem::NotFound))?;
    let texts = ssr::answer(usecases::messages::template_choice(&services, &actor, candidate).await)?;
    Ok(ssr::draw(|| choice(texts)))
}

/// Saves a text under a name; `template` is empty for a new one.
#[server(prefix = "/api", endpoint = "save_template", output = Postcard)]
pub(crate) async fn save_template(
    #[server(default)] template: String,
    #[server(default)] name: String,
    #[server(default)] text: String,
) -> Result<(), AppError> {
    use domain::problem::Problem;

    use crate::ssr;

    let (services, actor) = ssr::signed_in().await?;
    let template = match template.as_str() {
        "" => None,
        id => Some(id.parse().map_err(|_| ssr::refused(Problem::NotFound))?),
    };
    ssr::answer(usecases::messages::save_template(&services, &actor, template, &name, &text).await)?;
    ssr::go_to("/messages/templates");
    Ok(())
}

/// Deletes a saved text.
#[server(prefix = "/api", endpoint = "delete_template", output = Postcard)]
pub(crate) async fn delete_template(template: TemplateId) -> Result<(), AppError> {
    use crate::ssr;

    let (services, actor) = ssr::signed_in().await?;
    ssr::answer(usecases::messages::delete_template(&services, &actor, template).await)
}
