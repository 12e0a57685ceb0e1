//! The wizard's steps.

use std::collections::BTreeMap;

use domain::view::{ConnectStep as View, PermissionRow};
use leptos::prelude::*;
use leptos::server_fn::codec::Postcard;

use crate::problem::AppError;
use crate::ui::drawn::Drawn;

/// The first step.
#[server(prefix = "/api", endpoint = "connect_step", output = Postcard)]
pub(crate) async fn connect_step() -> Result<View, AppError> {
    use domain::connection::SetUpStep;
    use domain::problem::Problem;
    use domain::view::Wizard;

    use crate::ssr;

    let (services, actor) = ssr::signed_in().await?;
    let wizard = usecases::integration::wizard(&services, &actor, SetUpStep::Connect).await;
    match ssr::answer(wizard)? {
        Wizard::Connect(step) => Ok(step),
        // No step comes before the first.
        _ => Err(ssr::refused(Problem::NotFound)),
    }
}

/// User Account Mapping; too early, it leads to the first unfinished step.
#[server(prefix = "/api", endpoint = "draw_users", output = Postcard)]
pub(crate) async fn draw_users(#[server(default)] address: String) -> Result<Drawn, AppError> {
    use domain::connection::SetUpStep;

    super::drawing::draw_map(SetUpStep::Users, &address).await
}

/// Job Stage Mapping; too early, it leads to the first unfinished step.
#[server(prefix = "/api", endpoint = "draw_stages", output = Postcard)]
pub(crate) async fn draw_stages(#[server(default)] address: String) -> Result<Drawn, AppError> {
    use domain::connection::SetUpStep;

    super::drawing::draw_map(SetUpStep::Stages, &address).await
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
    use domain::connection::SetUpStep;
    use usecases::integration::ConnectForm;

    use crate::ssr;

    let (services, actor) = ssr::signed_in().await?;
    let environment = ssr::environment(&environment)?;
    let form = ConnectForm { api_key: api_key.into(), signing_tokens: signing_tokens.into(), environment };
    ssr::answer(usecases::integration::save_connection(&services, &actor, form).await)?;
    ssr::go_to(&super::drawing::address(SetUpStep::Users));
    Ok(())
}

/// *Next* on User Account Mapping: member to Lever user.
#[server(prefix = "/api", endpoint = "save_users", output = Postcard)]
pub(crate) async fn save_users(
    #[server(default)] users: BTreeMap<String, String>,
    #[server(default)] fallback: String,
    #[server(default)] version: Option<u32>,
) -> Result<(), AppError> {
    use domain::connection::SetUpStep;
    use usecases::integration::{UsersForm, save_users_upon};

    use crate::ssr;

    let (services, actor) = ssr::signed_in().await?;
    let form = UsersForm { users: ssr::by_id(users), fallback: Some(fallback), version };
    ssr::answer(save_users_upon(&services, &actor, form).await)?;
    ssr::go_to(&super::drawing::address(SetUpStep::Stages));
    Ok(())
}

/// *Save* on Job Stage Mapping: Lever's id to a target's code.
#[server(prefix = "/api", endpoint = "save_stages", output = Postcard)]
pub(crate) async fn save_stages(
    #[server(default)] stages: BTreeMap<String, String>,
    #[server(default)] reasons: BTreeMap<String, String>,
    #[server(default)] version: Option<u32>,
) -> Result<(), AppError> {
    use usecases::integration::{StagesForm, save_stages_upon};

    use crate::ssr;

    let (services, actor) = ssr::signed_in().await?;
    let form = StagesForm { stages: ssr::by_id(stages), reasons: ssr::by_id(reasons), version };
    ssr::answer(save_stages_upon(&services, &actor, form).await)?;
    ssr::go_to("/integrations");
    Ok(())
}

/// *Preview* on Job Stage Mapping: keeps the choices, and saves nothing.
#[server(prefix = "/api", endpoint = "preview_stages", output = Postcard)]
pub(crate) async fn preview_stages(
    #[server(default)] stages: BTreeMap<String, String>,
    #[server(default)] reasons: BTreeMap<String, String>,
    #[server(default)] version: Option<u32>,
) -> Result<(), AppError> {
    use usecases::integration::StagesForm;

    use crate::ssr;

    let (services, actor) = ssr::signed_in().await?;
    let form = StagesForm { stages: ssr::by_id(stages), reasons: ssr::by_id(reasons), version };
    ssr::answer(usecases::integration::preview_stages(&services, &actor, form).await)
}

/// *Back to what is saved* on Job Stage Mapping.
#[server(prefix = "/api", endpoint = "discard_stages", output = Postcard)]
pub(crate) async fn discard_stages() -> Result<(), AppError> {
    use crate::ssr;

    let (services, actor) = ssr::signed_in().await?;
    ssr::answer(usecases::integration::discard_stages(&services, &actor).await)
}
