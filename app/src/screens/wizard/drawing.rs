//! The two maps, as the server draws them.

use domain::actor::Action;
use domain::connection::SetUpStep;
use domain::problem::Problem;
use domain::view::Wizard;
use leptos::prelude::*;

use super::stages::stages;
use super::users::users;
use crate::problem::AppError;
use crate::ssr;
use crate::ui::drawn::Drawn;

/// Where a step is.
pub(super) fn address(step: SetUpStep) -> String {
    format!("/integrations/lever?step={}", step.code())
}

/// The map of this step, or the way to the step that comes first.
pub(super) async fn draw_map(step: SetUpStep, asked: &str) -> Result<Drawn, AppError> {
    let (services, actor) = ssr::signed_in().await?;
    let may_save = actor.role.may(Action::ManageIntegration);
    let sought = ssr::read_address(asked);
    match ssr::answer(usecases::integration::wizard(&services, &actor, step).await)? {
        Wizard::Users(step) => Ok(ssr::draw(|| users(step, may_save, &sought))),
        Wizard::Stages(step) => Ok(ssr::draw(|| stages(step, may_save, &sought))),
        Wizard::Elsewhere { step } => {
            let href = address(step);
            ssr::go_to(&href);
            let words = format!("Go to {}", step.heading());
            Ok(ssr::draw(|| {
                view! {
                    <p class="dialog-body">
                        <a href=href>{words}</a>
                    </p>
                }
            }))
        }
        Wizard::Connect(_) => Err(ssr::refused(Problem::NotFound)),
    }
}
