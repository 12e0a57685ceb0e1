//! The card on the Integrations page.

use domain::actor::{Action, Actor, Role};
use domain::attention::AttentionKind;
use domain::connection::{ConnectionState, Light};
use domain::ids::OrganisationId;
use domain::view::{IntegrationCard, PermissionWorks, SyncView};
use store::Tx;
use store::connections::Connection;
use store::lights::LightRow;
use store::reconciliations::{Reconciliation, State};

use super::{progress, receiving, runs, secrets, wizard};
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
        mend: None,
        changed: false,
        can_manage,
        can_sync: actor.role.may(Action::SyncNow) && stored.accepts_imports(),
        can_read_maps,
        managers,
        in_flight: String::new(),
        removes_webhooks: false,
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
    let matter = matter(&mut tx, services, &connection, &lights, card.held).await?;
    if matter.is_some() && stored == ConnectionState::Connected {
        card.state = ConnectionState::NeedsAttention;
    }
    if let Some((reason, mend)) = matter {
        card.reason = Some(reason);
        card.mend = mend.filter(|_| can_read_maps).map(str::to_owned);
    }
    card.changed = can_read_maps && stored.accepts_imports() && changed(&mut tx, organisation).await?;
    if can_manage && stored.accepts_imports() {
        card.in_flight = in_flight(&mut tx, services, organisation).await?;
        card.removes_webhooks = lights.iter().any(|light| light.webhook.is_some());
    }
    card.lights = wizard::articles_lights(services, &lights, true);
    card.sync =
        store::reconciliations::latest(&mut tx, organisation).await?.map(|run| sync_view(services, run));
    Ok(card)
}

/// Whether somebody is asked what a change in Lever means here.
async fn changed(tx: &mut Tx, organisation: OrganisationId) -> Result<bool> {
    for kind in [AttentionKind::LeverChanged, AttentionKind::UnmappedPlace] {
        if !store::attention::open_subjects(tx, organisation, kind).await?.is_empty() {
            return Ok(true);
        }
    }
    Ok(false)
}

/// The jobs that bring candidates into Lever.
const IMPORTS: &str = "import_candidate";
/// The jobs that bring news from Lever here.
const UPDATES: &str = "apply_opportunity";

/// What switching the connection off would interrupt, in words.
async fn in_flight(tx: &mut Tx, services: &Services, organisation: OrganisationId) -> Result<String> {
    let waiting = store::health::waiting(tx, organisation, services.now()).await?;
    let of = |kind: &str| -> u32 {
        waiting.iter().filter(|waiting| waiting.kind == kind).map(|waiting| waiting.due + waiting.later).sum()
    };
    let (running, _) = store::health::running_and_dead(tx, organisation).await?;
    Ok(interrupted(running, of(IMPORTS), of(UPDATES)))
}

/// `2 requests are with Lever and are finished. 3 imports wait for a new key.`
fn interrupted(running: u32, imports: u32, updates: u32) -> String {
    let count = |count: u32, one: &str| match count {
        1 => format!("1 {one}"),
        many => format!("{many} {one}s"),
    };
    let at_work = match running {
        0 => "No work for Lever is being done right now.".to_owned(),
        1 => "1 piece of work for Lever is being done, and is finished.".to_owned(),
        many => format!("{many} pieces of work for Lever are being done, and are finished."),
    };
    let waiting: Vec<String> = [(imports, "import"), (updates, "update")]
        .into_iter()
        .filter(|(number, _)| *number > 0)
        .map(|(number, what)| count(number, what))
        .collect();
    match waiting.as_slice() {
        [] => at_work,
        waiting if imports + updates == 1 => {
            format!("{at_work} {} waits for a new key.", waiting.join(" and "))
        }
        waiting => format!("{at_work} {} wait for a new key.", waiting.join(" and ")),
    }
}

/// Where deliveries are looked at.
const RECEIVING: Option<&str> = Some("/integrations/receiving");

/// What is the matter with a connection that should work, most urgent first, and
/// where it is mended, unless a new key is the way.
async fn matter(
    tx: &mut Tx,
    services: &Services,
    connection: &Connection,
    lights: &[LightRow],
    held: u32,
) -> Result<Option<(String, Option<&'static str>)>> {
    if connection.state == ConnectionState::CredentialsRejected {
        let rejected = "Lever no longer accepts the API key. Reconnect with a new one: nothing is lost.";
        let reason = connection.state_reason.clone().unwrap_or_else(|| rejected.to_owned());
        return Ok(Some((reason, None)));
    }
    if connection.state == ConnectionState::Disconnected {
        let removal = receiving::removal(tx, services, connection).await?;
        return Ok(removal.filter(|removal| removal.failed).map(|removal| (removal.text, None)));
    }
    if !connection.state.accepts_imports() {
        return Ok(None);
    }
    if secrets::base_url_of(services, connection).is_none() {
        let moved = "The operator has set another address for Lever. Reconnect with a key for it.";
        return Ok(Some((moved.to_owned(), None)));
    }
    if let Some(reason) = &connection.state_reason {
        return Ok(Some((reason.clone(), None)));
    }
    let missing = progress::permissions(connection)?
        .into_iter()
        .find(|row| !row.optional && row.works == PermissionWorks::No);
    if let Some(row) = missing {
        let reason = format!(
            "The key lacks the permission \u{201c}{}\u{201d}, needed for {}.",
            row.tick, row.needed_for
        );
        return Ok(Some((reason, None)));
    }
    if let Some(light) = lights.iter().find(|light| light.light == Light::OtherToken) {
        let reason = format!(
            "The stored signing token is not the token of {}. Copy it from Lever's Webhooks page again.",
            light.event.label()
        );
        return Ok(Some((reason, RECEIVING)));
    }
    let tokens =
        store::signing_tokens::live(tx, connection.organisation, connection.id, services.now()).await?;
    if tokens.is_empty() {
        let reason = "No webhook signing token is stored, so no delivery can be verified.";
        return Ok(Some((reason.to_owned(), RECEIVING)));
    }
    if held > 0 {
        let deliveries =
            if held == 1 { "1 delivery is".to_owned() } else { format!("{held} deliveries are") };
        let reason = format!(
            "{deliveries} held: no stored signing token fits. Paste the tokens from Lever's Webhooks page."
        );
        return Ok(Some((reason, RECEIVING)));
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_in_flight_is_counted_in_words() {
        assert_eq!(interrupted(0, 0, 0), "No work for Lever is being done right now.");
        assert_eq!(
            interrupted(1, 3, 1),
            "1 piece of work for Lever is being done, and is finished. 3 imports and 1 update wait for a new key."
        );
        assert_eq!(
            interrupted(2, 1, 0),
            "2 pieces of work for Lever are being done, and are finished. 1 import waits for a new key."
        );
    }
}
