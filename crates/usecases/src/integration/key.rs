//! Testing an API key, and keeping one that works.

use std::time::Duration;

use domain::attention::AttentionKind;
use domain::connection::{ConnectionState, Environment, SetUpStep};
use domain::ids::OrganisationId;
use domain::problem::FieldProblem;
use domain::time::Timestamp;
use domain::view::PermissionRow;
use lever::{BaseUrl, Priority};
use secrecy::{ExposeSecret, SecretString};
use store::Tx;
use store::connections::{Connection, Key};
use store::signing_tokens::Signs;

use super::account::{self, Account};
use super::{drift, gone, progress, secrets, tokens};
use crate::{Error, Result, Services, calls};

/// How long a key that was just tested is not tested again: pasting it tests
/// it, and pressing *Next* sends it once more.
const TESTED_JUST_NOW: Duration = Duration::from_secs(60);

/// A key that works, and what it shows.
pub(super) struct TestedKey {
    key: SecretString,
    environment: Environment,
    base_url: BaseUrl,
    /// What it may do.
    pub(super) permissions: Vec<PermissionRow>,
    account: Account,
}

/// A key that cannot be used, and why.
pub(super) struct RefusedKey {
    /// The sentence beside the field.
    pub(super) problem: FieldProblem,
    /// What it may do.
    pub(super) permissions: Vec<PermissionRow>,
}

/// The pasted text without the blanks that come with copying.
pub(super) fn trimmed(pasted: &SecretString) -> SecretString {
    SecretString::from(pasted.expose_secret().trim())
}

/// Tests a key that a person pasted. A signing token of ours is told apart: one
/// that has signed something is not even tried.
///
/// # Errors
/// As the store says.
pub(super) async fn test_pasted(
    services: &Services,
    connection: &Connection,
    environment: Environment,
    base_url: BaseUrl,
    key: SecretString,
) -> Result<std::result::Result<TestedKey, RefusedKey>> {
    let signs = {
        let mut tx = services.store.read().await?;
        tokens::signs(&mut tx, services, connection, &key).await?
    };
    let is_a_token = || RefusedKey { problem: FieldProblem::KeyIsAToken, permissions: Vec::new() };
    if signs.is_some_and(|signs| signs != Signs::Unknown) {
        return Ok(Err(is_a_token()));
    }
    // The key may have been pasted as a token first: Lever knows which it is.
    Ok(match test(services, connection.organisation, environment, base_url, key).await {
        Err(refused) if signs.is_some() && refused.problem == FieldProblem::KeyRejected => Err(is_a_token()),
        tested => tested,
    })
}

/// Tries every endpoint needed and reads what there is to map. Asks Lever: no
/// transaction may be open.
pub(super) async fn test(
    services: &Services,
    organisation: OrganisationId,
    environment: Environment,
    base_url: BaseUrl,
    key: SecretString,
) -> std::result::Result<TestedKey, RefusedKey> {
    let client = services.lever.client(&base_url, key.clone()).at(Priority::Click);
    let client = calls::noted(services, organisation, &client);
    let probes = client.probe().await;
    let permissions = account::permission_rows(&probes);
    if let Some(problem) = account::refusal(&probes) {
        // A key that Lever does not know lacks no permission in particular.
        let known = problem != FieldProblem::KeyRejected;
        return Err(RefusedKey { problem, permissions: if known { permissions } else { Vec::new() } });
    }
    match account::read(&client).await {
        Ok(account) => Ok(TestedKey { key, environment, base_url, permissions, account }),
        Err(error) => {
            tracing::info!(%error, "the account of a pasted key could not be read");
            Err(RefusedKey { problem: account::key_problem(&error), permissions })
        }
    }
}

/// Whether this very key was stored, after a test, a moment ago.
///
/// # Errors
/// When the stored key cannot be opened.
pub(super) fn was_just_tested(
    services: &Services,
    connection: &Connection,
    environment: Environment,
    key: &SecretString,
) -> Result<bool> {
    let recent = connection.key_set_at.is_some_and(|at| services.now().since(at) < TESTED_JUST_NOW);
    if !recent
        || connection.environment != environment
        || connection.state == ConnectionState::CredentialsRejected
        || secrets::base_url_of(services, connection).is_none()
    {
        return Ok(false);
    }
    let stored = secrets::key_of(services, connection)?;
    Ok(stored.is_some_and(|stored| secrets::same(stored.expose_secret(), key.expose_secret())))
}

/// Keeps a tested key, sealed, with what it shows. A connection whose key Lever
/// had rejected works again. Gives the problem when it opens another account
/// than the one that was set up; then nothing changes.
///
/// # Errors
/// As the store says.
pub(super) async fn keep(
    tx: &mut Tx,
    services: &Services,
    connection: &Connection,
    tested: &TestedKey,
    now: Timestamp,
) -> Result<std::result::Result<(), FieldProblem>> {
    let (organisation, id) = (connection.organisation, connection.id);
    let complete = progress::is_complete(tx, connection).await?;
    let another = match (&connection.account, &tested.account.identity) {
        (Some(known), Some(found)) => known != found,
        _ => false,
    };
    if another && complete {
        return Ok(Err(FieldProblem::KeyOfAnotherAccount));
    }
    if another {
        // Nothing was imported yet: begin again with the other account.
        store::catalogue::clear(tx, organisation, id).await?;
        store::user_map::clear(tx, organisation).await?;
        store::connections::set_fallback(tx, organisation, id, None, now).await?;
        store::connections::set_step(tx, organisation, id, SetUpStep::Connect, now).await?;
        for step in [SetUpStep::Users, SetUpStep::Stages] {
            store::drafts::discard(tx, organisation, step).await?;
        }
    }
    let sealed = Key {
        environment: tested.environment,
        base_url: tested.base_url.as_str().to_owned(),
        sealed: secrets::seal_key(
            services,
            organisation,
            id,
            tested.environment,
            &tested.base_url,
            &tested.key,
        )?,
        ends_in: secrets::ends_in(tested.key.expose_secret()),
    };
    store::connections::set_key(tx, organisation, id, &sealed, now).await?;
    let permissions = serde_json::to_string(&tested.permissions).map_err(Error::internal)?;
    store::connections::set_permissions(tx, organisation, id, &permissions, now).await?;
    if tested.account.identity.is_some() {
        store::connections::set_account(tx, organisation, id, tested.account.identity.as_deref(), now)
            .await?;
    }
    let refreshed = tested.account.keep(tx, organisation, id, now).await?;
    store::connections::set_catalogue_read(tx, organisation, id, now).await?;
    if matches!(connection.state, ConnectionState::CredentialsRejected | ConnectionState::NeedsAttention) {
        let state = if complete { ConnectionState::Connected } else { ConnectionState::SetUpUnfinished };
        store::connections::set_state(tx, organisation, id, state, None, now).await?;
    }
    store::attention::resolve_all_of(tx, organisation, AttentionKind::KeyRejected, now).await?;
    store::attention::resolve_all_of(tx, organisation, AttentionKind::PermissionMissing, now).await?;
    // Lever has just answered.
    services.lever.outages().over(organisation);
    store::attention::resolve_all_of(tx, organisation, AttentionKind::LeverUnavailable, now).await?;
    if complete {
        gone::look_for_gone(tx, services, connection).await?;
        drift::noticed(tx, services, connection, &refreshed).await?;
    }
    Ok(Ok(()))
}
