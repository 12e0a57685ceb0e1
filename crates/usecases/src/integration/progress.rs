//! How far set-up is, and what every step of it shares.

use std::net::IpAddr;

use domain::actor::Actor;
use domain::connection::{Environment, SetUpStep};
use domain::event::Change;
use domain::ids::ConnectionId;
use domain::problem::Problem;
use domain::view::PermissionRow;
use secrecy::SecretString;
use serde::{Deserialize, Serialize};
use store::Tx;
use store::activity::Activity;
use store::connections::{Connection, NewConnection};
use store::drafts::Form;
use store::organisations::Organisation;

use super::secrets;
use crate::capability::{fresh_token, token_hash};
use crate::{Error, Result, Services};

/// What is kept of a refused first step, beside the secrets that were valid.
#[derive(Debug, Default, Serialize, Deserialize)]
pub(super) struct ConnectDraft {
    /// The chosen environment, by its code.
    pub(super) environment: Option<Environment>,
    /// What the refused key may do.
    pub(super) permissions: Vec<PermissionRow>,
}

/// The connection of the actor's organisation; the first look makes it, with
/// its webhook address and three waiting lights.
///
/// # Errors
/// [`Problem::NotFound`] when the organisation is gone; as the store says.
pub(super) async fn ensure(services: &Services, actor: &Actor) -> Result<Connection> {
    let mut tx = services.store.read().await?;
    if let Some(connection) = store::connections::find(&mut tx, actor.organisation).await? {
        return Ok(connection);
    }
    drop(tx);

    let mut tx = services.store.begin().await?;
    let organisation =
        store::organisations::get(&mut tx, actor.organisation).await?.ok_or(Problem::NotFound)?;
    let (environment, base_url) = offered(services, &organisation)
        .into_iter()
        .find_map(|environment| Some((environment, services.lever.base_url(environment)?)))
        .ok_or_else(|| Error::internal("no Lever is offered to an organisation of this kind"))?;
    let id: ConnectionId = services.new_id();
    let path = fresh_token(&*services.random);
    let new = NewConnection {
        id,
        environment,
        base_url: base_url.as_str().to_owned(),
        webhook_hash: token_hash(&path),
        webhook_sealed: secrets::seal_webhook(services, actor.organisation, id, &SecretString::from(path))?,
    };
    let now = services.now();
    if store::connections::insert(&mut tx, actor.organisation, &new, now).await? {
        store::lights::insert_all(&mut tx, actor.organisation, id).await?;
        record(&mut tx, services, actor, "lever_set_up_begun", "Began to set up Lever".into()).await?;
    }
    let connection =
        store::connections::find(&mut tx, actor.organisation).await?.ok_or(Problem::ChangedMeanwhile)?;
    tx.commit().await?;
    services.changes.announce(actor.organisation, Change::Connection);
    Ok(connection)
}

/// The environments an organisation may choose from. Practice and real never
/// mix: a practice organisation has the practice Lever only, and nobody else has it.
pub(super) fn offered(services: &Services, organisation: &Organisation) -> Vec<Environment> {
    services
        .lever
        .environments()
        .into_iter()
        .filter(|environment| (*environment == Environment::Practice) == organisation.practice)
        .collect()
}

/// The first step that is not done: without a key that is the first of all.
pub(super) fn first_unfinished(connection: &Connection) -> SetUpStep {
    if connection.key_sealed.is_none() { SetUpStep::Connect } else { connection.step }
}

/// Whether set-up was completed once: every step done and a map saved. A
/// connection that was switched off stays complete.
///
/// # Errors
/// As the store says.
pub(super) async fn is_complete(tx: &mut Tx, connection: &Connection) -> Result<bool> {
    Ok(connection.step == SetUpStep::Stages
        && !store::stage_map::load(tx, connection.organisation).await?.sets_nothing())
}

/// What Lever said about the stored key when it was tested last.
///
/// # Errors
/// When the store holds something else.
pub(super) fn permissions(connection: &Connection) -> Result<Vec<PermissionRow>> {
    serde_json::from_str(&connection.permissions).map_err(Error::internal)
}

/// The draft of a form, read from its JSON.
///
/// # Errors
/// When the store holds something else.
pub(crate) async fn draft<T: for<'de> Deserialize<'de>>(
    tx: &mut Tx,
    actor: &Actor,
    form: impl Into<Form>,
) -> Result<Option<T>> {
    match store::drafts::find(tx, actor.organisation, form).await? {
        Some(body) => serde_json::from_str(&body).map(Some).map_err(Error::internal),
        None => Ok(None),
    }
}

/// Keeps the draft of a form.
///
/// # Errors
/// As the store says.
pub(crate) async fn keep_draft(
    tx: &mut Tx,
    services: &Services,
    actor: &Actor,
    form: impl Into<Form>,
    draft: &impl Serialize,
) -> Result<()> {
    let body = serde_json::to_string(draft).map_err(Error::internal)?;
    store::drafts::save(tx, actor.organisation, form, &body, services.now()).await?;
    Ok(())
}

/// Refuses what would give Lever an address that it does not deliver to.
///
/// # Errors
/// [`Problem::PublicUrlNotHttps`].
pub(super) fn require_deliverable(services: &Services) -> Result<()> {
    if is_deliverable(&services.settings.public_url) {
        Ok(())
    } else {
        Err(Problem::PublicUrlNotHttps.into())
    }
}

/// Lever delivers to https only; plain http on this machine is for practice.
fn is_deliverable(public_url: &str) -> bool {
    if public_url.starts_with("https://") {
        return true;
    }
    let Some(rest) = public_url.strip_prefix("http://") else { return false };
    let authority = rest.split(['/', '?', '#']).next().unwrap_or_default();
    let host = match authority.strip_prefix('[') {
        Some(address) => address.split(']').next().unwrap_or_default(),
        None => authority.rsplit_once(':').map_or(authority, |(host, _)| host),
    };
    host == "localhost" || host.parse::<IpAddr>().is_ok_and(|address| address.is_loopback())
}

/// Writes what a person did into the audit log.
///
/// # Errors
/// As the store says.
pub(super) async fn record(
    tx: &mut Tx,
    services: &Services,
    actor: &Actor,
    kind: &'static str,
    summary: String,
) -> Result<()> {
    let activity = Activity {
        id: services.new_id(),
        at: services.now(),
        member: Some(actor.member),
        candidate: None,
        kind,
        summary,
    };
    store::activity::record(tx, actor.organisation, &activity).await?;
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lever_delivers_to_https_and_practice_to_this_machine() {
        for url in [
            "https://fulcrum.example",
            "http://127.0.0.1:3000",
            "http://localhost",
            "http://localhost:3000",
            "http://[::1]:3000",
        ] {
            assert!(is_deliverable(url), "{url}");
        }
        for url in [
            "http://fulcrum.example",
            "http://10.0.0.1:3000",
            "http://127.0.0.1.example",
            "http://localhost.example:80",
            "ftp://127.0.0.1",
            "",
        ] {
            assert!(!is_deliverable(url), "{url}");
        }
    }
}
