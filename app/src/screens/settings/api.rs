//! The settings of imports.

use domain::view::SettingsPage;
use leptos::prelude::*;
use leptos::server_fn::codec::Postcard;

use crate::problem::AppError;

/// The page.
#[server(prefix = "/api", endpoint = "read_settings", output = Postcard)]
pub(crate) async fn read_settings() -> Result<SettingsPage, AppError> {
    use crate::ssr;

    let (services, actor) = ssr::signed_in().await?;
    ssr::answer(usecases::imports::settings(&services, &actor).await)
}

/// Saves the form. A box that is not ticked is not sent.
#[server(prefix = "/api", endpoint = "save_settings", output = Postcard)]
pub(crate) async fn save_settings(
    #[server(default)] known_person: String,
    #[server(default)] tags: String,
    #[server(default)] note_when_linking: String,
    #[server(default)] note_of_replies: String,
    #[server(default)] on_reply: String,
) -> Result<(), AppError> {
    use usecases::imports::SettingsForm;

    use crate::ssr;

    let (services, actor) = ssr::signed_in().await?;
    let form = SettingsForm {
        known_person,
        tags,
        note_when_linking: !note_when_linking.is_empty(),
        note_of_replies: !note_of_replies.is_empty(),
        on_reply,
    };
    ssr::answer(usecases::imports::save_settings(&services, &actor, form).await)
}
