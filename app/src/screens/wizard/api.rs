//! The wizard's steps.

use std::collections::BTreeMap;

use domain::connection::SetUpStep;
use domain::view::{PermissionRow, Wizard};
use leptos::prelude::*;
use leptos::server_fn::codec::Postcard;

use crate::problem::AppError;

/// The step asked for; one that is too early leads to the first unfinished one.
#[server(prefix = "/api", endpoint = "wizard_step", output = Postcard)]
pub(crate) async fn wizard_step(step: SetUpStep) -> Result<Wizard, AppError> {
    use crate::ssr;

    let (services, actor) = ssr::signed_in().await?;
    let wizard = ssr::answer(usecases::integration::wizard(&services, &actor, step).await)?;
    if let Wizard::Elsewhere { step } = &wizard {
        ssr::go_to(&super::address(*step));
    }
    Ok(wizard)
}

/// Tests a key that was just pasted.
#[server(prefix = "/api", endpoint = "check_key", output = Postcard)]
pub(crate) async fn check_key(
    #[server(default)] environment: String,
    #[server(default)] api_key: String,
) -> Result<Vec<PermissionRow>, AppError> {
    use crate::ssr;

    let (services, actor) = ssr::signed_in().await?;
    let environment = ssr::environment(&environment)?;
    ssr::answer(usecases::integration::check_key(&services, &actor, environment, api_key.into()).await)
}

/// *Register the webhooks for me*, with the key that is pasted or stored.
#[server(prefix = "/api", endpoint = "register_webhooks", output = Postcard)]
pub(crate) async fn register_webhooks(
    #[server(default)] environment: String,
    #[server(default)] api_key: String,
) -> Result<(), AppError> {
    use crate::ssr;

    let (services, actor) = ssr::signed_in().await?;
    if !api_key.trim().is_empty() {
        let environment = ssr::environment(&environment)?;
        ssr::answer(usecases::integration::check_key(&services, &actor, environment, api_key.into()).await)?;
    }
    ssr::answer(usecases::integration::register_webhooks(&services, &actor).await)
}

/// *Next* on the first step.
#[server(prefix = "/api", endpoint = "save_connection", output = Postcard)]
pub(crate) async fn save_connection(
    #[server(default)] api_key: String,
    #[server(default)] signing_tokens: String,
    #[server(default)] environment: String,
) -> Result<(), AppError> {
    use usecases::integration::ConnectForm;

    use crate::ssr;

    let (services, actor) = ssr::signed_in().await?;
    let environment = ssr::environment(&environment)?;
    let form = ConnectForm { api_key: api_key.into(), signing_tokens: signing_tokens.into(), environment };
    ssr::answer(usecases::integration::save_connection(&services, &actor, form).await)?;
    ssr::go_to(&super::address(SetUpStep::Users));
    Ok(())
}

/// *Next* on User Account Mapping: member to Lever user.
#[server(prefix = "/api", endpoint = "save_users", output = Postcard)]
pub(crate) async fn save_users(
    #[server(default)] users: BTreeMap<String, String>,
    #[server(default)] fallback: String,
) -> Result<(), AppError> {
    use crate::ssr;

    let (services, actor) = ssr::signed_in().await?;
    let fallback = (!fallback.is_empty()).then_some(fallback);
    ssr::answer(usecases::integration::save_users(&services, &actor, ssr::by_id(users), fallback).await)?;
    ssr::go_to(&super::address(SetUpStep::Stages));
    Ok(())
}

/// *Save* on Job Stage Mapping: Lever's id to a target's code.
#[server(prefix = "/api", endpoint = "save_stages", output = Postcard)]
pub(crate) async fn save_stages(
    #[server(default)] stages: BTreeMap<String, String>,
    #[server(default)] reasons: BTreeMap<String, String>,
) -> Result<(), AppError> {
    use crate::ssr;

    let (services, actor) = ssr::signed_in().await?;
    ssr::answer(
        usecases::integration::save_stages(&services, &actor, ssr::by_id(stages), ssr::by_id(reasons)).await,
    )?;
    ssr::go_to("/integrations");
    Ok(())
}
