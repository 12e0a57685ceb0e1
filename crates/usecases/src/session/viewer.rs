//! What every screen's frame shows.

use domain::actor::Actor;
use domain::problem::Problem;
use domain::view::Viewer;

use crate::{Result, Services, attention};

/// The signed-in member, for the frame.
///
/// # Errors
/// [`Problem::NotFound`] when the organisation is gone.
pub async fn viewer(services: &Services, actor: &Actor) -> Result<Viewer> {
    let attention = attention::count(services, actor).await?;
    let mut tx = services.store.read().await?;
    let organisation =
        store::organisations::get(&mut tx, actor.organisation).await?.ok_or(Problem::NotFound)?;
    Ok(Viewer {
        name: actor.name.clone(),
        email: actor.email.clone(),
        role: actor.role,
        organisation: organisation.name,
        platform: services.settings.platform.clone(),
        attention,
        demo: services.settings.demo,
    })
}
