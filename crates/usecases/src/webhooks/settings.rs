//! What an organisation wants of its deliveries.

use domain::actor::{Action, Actor};
use domain::delivery_settings::BodiesKept;
use domain::problem::{Field, FieldProblem, Problem};
use store::activity::{self, Activity};
use store::delivery_settings;

use crate::{Result, Services};

/// How long the bodies of deliveries are kept.
///
/// # Errors
/// [`Problem::NotAllowed`] for all but Super Admins.
pub async fn bodies_kept(services: &Services, actor: &Actor) -> Result<BodiesKept> {
    services.require(actor, Action::ManageIntegration)?;
    let mut tx = services.store.read().await?;
    Ok(delivery_settings::bodies_kept(&mut tx, actor.organisation).await?)
}

/// Says how long they are kept, in days. Those that are older are scrubbed within
/// the hour.
///
/// # Errors
/// [`Problem::NotAllowed`]; [`Problem::Fields`] when it is none of the choices.
pub async fn save_bodies_kept(services: &Services, actor: &Actor, days: &str) -> Result<()> {
    services.require(actor, Action::ManageIntegration)?;
    let kept = days
        .parse()
        .ok()
        .and_then(BodiesKept::from_days)
        .ok_or_else(|| Problem::field(FieldProblem::NotAChoice(Field::BodiesKept)))?;
    let now = services.now();
    let mut tx = services.store.begin().await?;
    delivery_settings::set_bodies_kept(&mut tx, actor.organisation, kept, now).await?;
    let entry = Activity {
        id: services.new_id(),
        at: now,
        member: Some(actor.member),
        candidate: None,
        kind: "delivery_settings_saved",
        summary: format!("Bodies of deliveries are kept for {}.", kept.label()),
    };
    activity::record(&mut tx, actor.organisation, &entry).await?;
    tx.commit().await?;
    Ok(())
}
