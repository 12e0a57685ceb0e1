//! What an organisation wants of its deliveries.

use domain::actor::{Action, Actor};
use domain::delivery_settings::{Afterwards, Bodies, BodiesKept};
use domain::problem::{Field, FieldProblem, Problem};
use store::activity::{self, Activity};
use store::delivery_settings;

use crate::{Result, Services};

/// How long the bodies of deliveries are kept, and what becomes of them then.
///
/// # Errors
/// [`Problem::NotAllowed`] for all but Super Admins.
pub async fn bodies_kept(services: &Services, actor: &Actor) -> Result<Bodies> {
    services.require(actor, Action::ManageIntegration)?;
    let mut tx = services.store.read().await?;
    Ok(delivery_settings::bodies(&mut tx, actor.organisation).await?)
}

/// Says how long they are kept, in days, and what becomes of them `then`. To those that
/// are older that happens within the hour; what is sealed is never unsealed by it.
///
/// # Errors
/// [`Problem::NotAllowed`]; [`Problem::Fields`] when one is none of the choices.
pub async fn save_bodies_kept(services: &Services, actor: &Actor, days: &str, then: &str) -> Result<()> {
    services.require(actor, Action::ManageIntegration)?;
    let kept = days
        .parse()
        .ok()
        .and_then(BodiesKept::from_days)
        .ok_or_else(|| Problem::field(FieldProblem::NotAChoice(Field::BodiesKept)))?;
    let then = Afterwards::from_code(then)
        .ok_or_else(|| Problem::field(FieldProblem::NotAChoice(Field::BodiesThen)))?;
    let now = services.now();
    let mut tx = services.store.begin().await?;
    delivery_settings::set_bodies(&mut tx, actor.organisation, Bodies { kept, then }, now).await?;
    let entry = Activity {
        id: services.new_id(),
        at: now,
        member: Some(actor.member),
        candidate: None,
        kind: "delivery_settings_saved",
        summary: match then {
            Afterwards::Scrub => format!("Bodies of deliveries are kept for {}.", kept.label()),
            Afterwards::Seal => format!("Bodies of deliveries are sealed after {}.", kept.label()),
        },
    };
    activity::record(&mut tx, actor.organisation, &entry).await?;
    tx.commit().await?;
    Ok(())
}
