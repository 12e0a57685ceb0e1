//! The style guide.

use leptos::prelude::*;
use leptos::server_fn::codec::Postcard;

use crate::problem::AppError;
use crate::ui::drawn::Drawn;

/// Every part in every state; not found outside the demo.
#[server(prefix = "/api", endpoint = "draw_styleguide", output = Postcard)]
pub(crate) async fn draw_styleguide() -> Result<Drawn, AppError> {
    use domain::problem::Problem;

    use super::drawing::parts;
    use crate::ssr;

    let (services, _actor) = ssr::signed_in().await?;
    if !services.settings.demo {
        return Err(ssr::refused(Problem::NotFound));
    }
    Ok(ssr::draw(parts))
}
