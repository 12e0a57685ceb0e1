//! The runs that compare with Lever.

use leptos::prelude::*;
use leptos::server_fn::codec::Postcard;

use crate::problem::AppError;
use crate::ui::drawn::Drawn;

/// The page; `run` in the address chooses whose differences are shown.
#[server(prefix = "/api", endpoint = "draw_runs", output = Postcard)]
pub(crate) async fn draw_runs(#[server(default)] address: String) -> Result<Drawn, AppError> {
    use domain::problem::Problem;

    use super::drawing::{Asked, page};
    use crate::ssr;

    let (services, actor) = ssr::signed_in().await?;
    let Asked { run } = ssr::read_address(&address);
    let chosen = match run.as_str() {
        "" => None,
        run => Some(run.parse().map_err(|_| ssr::refused(Problem::NotFound))?),
    };
    let runs = ssr::answer(usecases::integration::runs(&services, &actor, chosen).await)?;
    Ok(ssr::draw(|| page(runs)))
}
