//! Changes in Lever.

use std::collections::BTreeMap;

use leptos::prelude::*;
use leptos::server_fn::codec::Postcard;

use crate::problem::AppError;
use crate::ui::drawn::Drawn;

/// The page.
#[server(prefix = "/api", endpoint = "draw_changes", output = Postcard)]
pub(crate) async fn draw_changes() -> Result<Drawn, AppError> {
    use domain::problem::Problem;

    use super::drawing::{not_connected, page};
    use crate::ssr;

    let (services, actor) = ssr::signed_in().await?;
    match usecases::integration::drift(&services, &actor).await.map_err(usecases::Error::into_problem) {
        Ok(drift) => Ok(ssr::draw(|| page(drift))),
        Err(Problem::NotConnected) => Ok(ssr::draw(not_connected)),
        Err(problem) => Err(ssr::refused(problem)),
    }
}

/// *Apply*: Lever's ids to targets' codes, members to Lever's ids.
#[server(prefix = "/api", endpoint = "apply_changes", output = Postcard)]
pub(crate) async fn apply_changes(
    #[server(default)] stages: BTreeMap<String, String>,
    #[server(default)] reasons: BTreeMap<String, String>,
    #[server(default)] users: BTreeMap<String, String>,
    #[server(default)] stages_version: Option<u32>,
    #[server(default)] users_version: Option<u32>,
) -> Result<(), AppError> {
    use usecases::integration::{DriftForm, apply_drift};

    use crate::ssr;

    let (services, actor) = ssr::signed_in().await?;
    let (stages, reasons, users) = (ssr::by_id(stages), ssr::by_id(reasons), ssr::by_id(users));
    let form = DriftForm { stages, reasons, users, stages_version, users_version };
    ssr::answer(apply_drift(&services, &actor, form).await)
}

/// *Preview*: keeps the choices, and saves nothing.
#[server(prefix = "/api", endpoint = "preview_changes", output = Postcard)]
pub(crate) async fn preview_changes(
    #[server(default)] stages: BTreeMap<String, String>,
    #[server(default)] reasons: BTreeMap<String, String>,
    #[server(default)] users: BTreeMap<String, String>,
    #[server(default)] stages_version: Option<u32>,
    #[server(default)] users_version: Option<u32>,
) -> Result<(), AppError> {
    use usecases::integration::{DriftForm, preview_drift};

    use crate::ssr;

    let (services, actor) = ssr::signed_in().await?;
    let (stages, reasons, users) = (ssr::by_id(stages), ssr::by_id(reasons), ssr::by_id(users));
    let form = DriftForm { stages, reasons, users, stages_version, users_version };
    ssr::answer(preview_drift(&services, &actor, form).await)
}
