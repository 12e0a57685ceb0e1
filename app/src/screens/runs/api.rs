//! The runs that compare with Lever.

use leptos::prelude::*;
use leptos::server_fn::codec::Postcard;

use crate::problem::AppError;
use crate::ui::drawn::Drawn;

/// The page; `run` in the address chooses whose differences are shown, `before` and
/// `differences` the pages of both lists.
#[server(prefix = "/api", endpoint = "draw_runs", output = Postcard)]
pub(crate) async fn draw_runs(#[server(default)] address: String) -> Result<Drawn, AppError> {
    use domain::problem::Problem;
    use usecases::integration::RunsAsked;

    use super::drawing::{Asked, page};
    use crate::ssr;

    let (services, actor) = ssr::signed_in().await?;
    let asked: Asked = ssr::read_address(&address);
    let run = match asked.run.as_str() {
        "" => None,
        run => Some(run.parse().map_err(|_| ssr::refused(Problem::NotFound))?),
    };
    let (before, differences_before) = (asked.before.clone(), asked.differences.clone());
    let wanted = RunsAsked { run, before, differences_before };
    let runs = ssr::answer(usecases::integration::runs(&services, &actor, wanted).await)?;
    Ok(ssr::draw(|| page(runs, asked)))
}
