//! The one button of the demo that connects the practice Lever.

use domain::actor::{Action, Actor};
use domain::connection::{ConnectionState, Environment, SetUpStep};
use domain::event::Change;
use domain::mapping::{Place, Target};
use domain::problem::Problem;
use store::reconciliations::Cause;

use super::{key, progress, register_webhooks, save_stages, suggest};
use crate::jobs::enqueue_reconciliation;
use crate::{Error, Result, Services, calls};

/// Does what the wizard does, with the practice key and the suggested maps.
/// What somebody decided before is kept. The fallback is the presser's Lever
/// user, else the first active one.
///
/// # Errors
/// [`Problem::NotAllowed`] outside the demo, and for everybody but a Super
/// Admin; else as the steps of the wizard.
pub async fn connect_practice(services: &Services, actor: &Actor) -> Result<()> {
    services.require(actor, Action::ManageIntegration)?;
    let practice = services.lever.practice().filter(|_| services.settings.demo).ok_or(Problem::NotAllowed)?;
    let practice_key = practice.key.clone().ok_or(Problem::NotAllowed)?;
    progress::ensure(services, actor).await?;
    let (organisation, base_url) = (actor.organisation, practice.base_url.clone());
    let tested = key::test(services, organisation, Environment::Practice, base_url, practice_key);
    let tested = calls::by(actor, None, tested).await.map_err(|refused| Problem::field(refused.problem))?;

    let mut tx = services.store.begin().await?;
    let connection = store::connections::lock(&mut tx, organisation).await?.ok_or(Problem::NotFound)?;
    key::keep(&mut tx, services, &connection, &tested, services.now()).await?.map_err(Problem::field)?;
    let summary = "Stored the practice key for Lever".to_owned();
    progress::record(&mut tx, services, actor, "lever_key_stored", summary).await?;
    tx.commit().await?;

    register_webhooks::register_webhooks(services, actor).await?;
    practice.switches.turn_on().await.map_err(|inside| Error::because(Problem::LeverUnreachable, inside))?;

    let now = services.now();
    let mut tx = services.store.begin().await?;
    let connection = store::connections::lock(&mut tx, organisation)
        .await?
        .filter(|connection| connection.key_sealed.is_some())
        .ok_or(Problem::ChangedMeanwhile)?;
    let id = connection.id;
    let lever_users = store::catalogue::users(&mut tx, organisation, id).await?;
    let users = suggest::users(&mut tx, &connection, &lever_users).await?;
    for choice in users.iter().filter(|choice| choice.suggested_by.is_some()) {
        let user = choice.lever_user.as_deref().unwrap_or_default();
        store::user_map::save(&mut tx, organisation, choice.member.id, user).await?;
    }
    if connection.fallback_user.is_none() {
        let own = users.iter().find(|choice| choice.member.id == actor.member);
        let fallback = own
            .and_then(|choice| choice.lever_user.as_deref())
            .or_else(|| lever_users.iter().find(|user| user.active).map(|user| user.id.as_str()));
        store::connections::set_fallback(&mut tx, organisation, id, fallback, now).await?;
    }
    let chosen: Vec<(Place, Option<Target>)> = suggest::places(&mut tx, &connection)
        .await?
        .into_iter()
        .filter(|choice| choice.suggested)
        .map(|choice| (choice.place.place, choice.target))
        .collect();
    save_stages::apply(&mut tx, services, actor, &connection, &chosen).await?;
    store::connections::set_step(&mut tx, organisation, id, SetUpStep::Stages, now).await?;
    store::connections::set_state(&mut tx, organisation, id, ConnectionState::Connected, None, now).await?;
    for step in [SetUpStep::Connect, SetUpStep::Users, SetUpStep::Stages] {
        store::drafts::discard(&mut tx, organisation, step).await?;
    }
    enqueue_reconciliation(&mut tx, services, organisation, id, Cause::Asked).await?;
    let summary = "Connected the practice Lever".to_owned();
    progress::record(&mut tx, services, actor, "lever_connected", summary).await?;
    tx.commit().await?;
    services.changes.announce(organisation, Change::Connection);
    services.changes.announce(organisation, Change::Attention);
    services.wake.notify_one();
    Ok(())
}
