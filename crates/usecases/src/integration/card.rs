//! The card on the Integrations page.

use domain::actor::{Action, Actor, Role};
use domain::connection::{ConnectionState, Light};
use domain::view::{IntegrationCard, PermissionWorks, SyncView};
use store::Tx;
use store::connections::Connection;
use store::lights::LightRow;
use store::reconciliations::{Reconciliation, State};

use super::{progress, runs, secrets, wizard};
use crate::{Result, Services};

/// The connection as this actor may see it.
///
/// # Errors
/// As the store says.
pub async fn card(services: &Services, actor: &Actor) -> Result<IntegrationCard> {
    let mut tx = services.store.read().await?;
    let organisation = actor.organisation;
    let connection = store::connections::find(&mut tx, organisation).await?;
    let managers = store::members::list(&mut tx, organisation)
        .await?
        .into_iter()
        .filter(|member| member.role == Role::SuperAdmin)
        .map(|member| member.name)
        .collect();
    let stored = connection.as_ref().map_or(ConnectionState::NotConnected, |connection| connection.state);
    let can_manage = actor.role.may(Action::ManageIntegration);
    let can_read_maps = actor.role.may(Action::ReadMaps);
    let mut card = IntegrationCard {
        state: stored,
        reason: None,
        can_manage,
        can_sync: actor.role.may(Action::SyncNow) && stored.accepts_imports(),
        can_read_maps,
        managers,
        resume: None,
        practice_offer: can_manage
            && !stored.accepts_imports()
            && services.settings.demo
            && services.lever.practice().is_some_and(|practice| practice.key.is_some()),
        environment: None,
        permissions: Vec::new(),
        lights: Vec::new(),
        sync: None,
        linked: store::opportunities::count_linked(&mut tx, organisation).await?,
        held: 0,
    };
    let Some(connection) = connection else { return Ok(card) };

    let lights = store::lights::list(&mut tx, organisation, connection.id).await?;
    card.environment = Some(connection.environment);
    if stored == ConnectionState::SetUpUnfinished && can_manage {
        card.resume = Some(progress::first_unfinished(&connection));
    }
    if stored != ConnectionState::Disconnected {
        card.held = store::quarantine::size(&mut tx, organisation, connection.id).await?.count;
    }
    if can_read_maps {
        card.permissions = progress::permissions(&connection)?;
    }
    let reason = reason(&mut tx, services, &connection, &lights, card.held).await?;
    if reason.is_some() && stored == ConnectionState::Connected {
        card.state = ConnectionState::NeedsAttention;
    }
    card.reason = reason;
    card.lights = wizard::light_views(services, &lights);
    card.sync =
        store::reconciliations::latest(&mut tx, organisation).await?.map(|run| sync_view(services, run));
    Ok(card)
}

/// What is the matter with a connection that should work, most urgent first.
async fn reason(
    tx: &mut Tx,
    services: &Services,
    connection: &Connection,
    lights: &[LightRow],
    held: u32,
) -> Result<Option<String>> {
    if connection.state == ConnectionState::CredentialsRejected {
        let rejected = "Lever no longer accepts the API key. Reconnect with a new one: nothing is lost.";
        return Ok(Some(connection.state_reason.clone().unwrap_or_else(|| rejected.to_owned())));
    }
    if !connection.state.accepts_imports() {
        return Ok(None);
    }
    if secrets::base_url_of(services, connection).is_none() {
        let moved = "The operator has set another address for Lever. Reconnect with a key for it.";
        return Ok(Some(moved.to_owned()));
    }
    if let Some(reason) = &connection.state_reason {
        return Ok(Some(reason.clone()));
    }
    let missing = progress::permissions(connection)?
        .into_iter()
        .find(|row| !row.optional && row.works == PermissionWorks::No);
    if let Some(row) = missing {
        return Ok(Some(format!(
            "The key lacks the permission \u{201c}{}\u{201d}, needed for {}.",
            row.tick, row.needed_for
        )));
    }
    if let Some(light) = lights.iter().find(|light| light.light == Light::OtherToken) {
        return Ok(Some(format!(
            "The stored signing token is not the token of {}. Copy it from Lever's Webhooks page again.",
            light.event.label()
        )));
    }
    let tokens =
        store::signing_tokens::live(tx, connection.organisation, connection.id, services.now()).await?;
    if tokens.is_empty() {
        return Ok(Some("No webhook signing token is stored, so no delivery can be verified.".to_owned()));
    }
    if held > 0 {
        let deliveries =
            if held == 1 { "1 delivery is".to_owned() } else { format!("{held} deliveries are") };
        return Ok(Some(format!(
            "{deliveries} held: no stored signing token verifies them. Paste the tokens from Lever's Webhooks page."
        )));
    }
    Ok(None)
}

fn sync_view(services: &Services, run: Reconciliation) -> SyncView {
    SyncView {
        running: matches!(run.state, State::Queued | State::Running),
        started: services.moment(run.started_at),
        finished: run.finished_at.map(|at| services.moment(at)),
        looked_at: run.progress.looked_at,
        changed: run.progress.changed,
        text: runs::progress_text(&run),
        problem: run.problem,
    }
}
