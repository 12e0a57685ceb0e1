//! The secrets of a connection: sealed in the store, opened only where they
//! are used, each bound to its row. The key is also bound to the Lever it was
//! pasted for, so that no setting can ever send it elsewhere.

use domain::connection::Environment;
use domain::ids::{ConnectionId, OrganisationId, SigningTokenId};
use lever::BaseUrl;
use lever::webhook::SigningToken;
use secrecy::{ExposeSecret, SecretString};
use store::connections::Connection;
use store::webhook_removals::Removal;
use subtle::ConstantTimeEq;

use crate::{Error, Place, Result, Services, calls};

/// A client with the stored key. `None`: no key is stored, or the one that is
/// belongs to a Lever address that this installation no longer uses.
///
/// # Errors
/// When the key cannot be opened with this installation's sealing key.
pub(crate) fn client_of(services: &Services, connection: &Connection) -> Result<Option<lever::Client>> {
    let Some(base_url) = base_url_of(services, connection) else { return Ok(None) };
    // Organisations with one key take turns.
    let (one, other) = connection.organisation.0.as_u64_pair();
    let lane = one ^ other;
    Ok(key_of(services, connection)?.map(|key| {
        let client = services.lever.client(&base_url, key).in_lane(lane);
        calls::noted(services, connection.organisation, &client)
    }))
}

/// Where the stored key belongs, if this installation still uses that address.
pub(super) fn base_url_of(services: &Services, connection: &Connection) -> Option<BaseUrl> {
    services.lever.base_url(connection.environment).filter(|base| base.as_str() == connection.base_url)
}

/// The stored key.
///
/// # Errors
/// When it cannot be opened with this installation's sealing key.
pub(super) fn key_of(services: &Services, connection: &Connection) -> Result<Option<SecretString>> {
    let Some(sealed) = &connection.key_sealed else { return Ok(None) };
    let row = key_row(connection.id, connection.environment, &connection.base_url);
    let place =
        Place { table: "connections", column: "key", organisation: connection.organisation, row: &row };
    services.vault.open(&place, sealed).map(Some).map_err(Error::internal)
}

/// Whether two secrets are the same, found out in a time that does not tell where
/// they differ.
pub(super) fn same(one: &str, other: &str) -> bool {
    one.as_bytes().ct_eq(other.as_bytes()).into()
}

/// A client with the key that a removal of webhooks has. `None`: the key is
/// forgotten, or belongs to a Lever address that this installation no longer uses.
///
/// # Errors
/// When the key cannot be opened with this installation's sealing key.
pub(crate) fn client_of_removal(
    services: &Services,
    connection: &Connection,
    removal: &Removal,
) -> Result<Option<lever::Client>> {
    let Some(sealed) = &removal.key_sealed else { return Ok(None) };
    let base_url =
        services.lever.base_url(removal.environment).filter(|base| base.as_str() == removal.base_url);
    let Some(base_url) = base_url else { return Ok(None) };
    let row = key_row(connection.id, removal.environment, &removal.base_url);
    let key = services
        .vault
        .open(&removal_place(connection.organisation, &row), sealed)
        .map_err(Error::internal)?;
    Ok(Some(calls::noted(services, connection.organisation, &services.lever.client(&base_url, key))))
}

/// Seals the key of the connection for the removal of its webhooks.
///
/// # Errors
/// When it is too long for the cipher.
pub(super) fn seal_for_removal(
    services: &Services,
    connection: &Connection,
    key: &SecretString,
) -> Result<Vec<u8>> {
    let row = key_row(connection.id, connection.environment, &connection.base_url);
    let place = removal_place(connection.organisation, &row);
    services.vault.seal(&*services.random, &place, key).map_err(Error::internal)
}

fn removal_place(organisation: OrganisationId, row: &str) -> Place<'_> {
    Place { table: "webhook_removals", column: "key", organisation, row }
}

/// Seals a key for the connection and the Lever it was tested with.
///
/// # Errors
/// When it is too long for the cipher.
pub(super) fn seal_key(
    services: &Services,
    organisation: OrganisationId,
    connection: ConnectionId,
    environment: Environment,
    base_url: &BaseUrl,
    key: &SecretString,
) -> Result<Vec<u8>> {
    let row = key_row(connection, environment, base_url.as_str());
    let place = Place { table: "connections", column: "key", organisation, row: &row };
    services.vault.seal(&*services.random, &place, key).map_err(Error::internal)
}

fn key_row(connection: ConnectionId, environment: Environment, base_url: &str) -> String {
    format!("{connection}|{}|{base_url}", environment.code())
}

/// Seals the secret part of the webhook address.
///
/// # Errors
/// When it is too long for the cipher.
pub(super) fn seal_webhook(
    services: &Services,
    organisation: OrganisationId,
    connection: ConnectionId,
    path: &SecretString,
) -> Result<Vec<u8>> {
    let row = connection.to_string();
    let place = Place { table: "connections", column: "webhook", organisation, row: &row };
    services.vault.seal(&*services.random, &place, path).map_err(Error::internal)
}

/// The address that Lever posts to.
///
/// # Errors
/// When it cannot be opened with this installation's sealing key.
pub(super) fn webhook_url(services: &Services, connection: &Connection) -> Result<String> {
    let row = connection.id.to_string();
    let place =
        Place { table: "connections", column: "webhook", organisation: connection.organisation, row: &row };
    let path = services.vault.open(&place, &connection.webhook_sealed).map_err(Error::internal)?;
    Ok(format!("{}/webhooks/lever/{}", services.settings.public_url, path.expose_secret()))
}

/// Seals a signing token.
///
/// # Errors
/// When it is too long for the cipher.
pub(super) fn seal_token(
    services: &Services,
    organisation: OrganisationId,
    id: SigningTokenId,
    token: &SecretString,
) -> Result<Vec<u8>> {
    let row = id.to_string();
    let place = Place { table: "signing_tokens", column: "sealed", organisation, row: &row };
    services.vault.seal(&*services.random, &place, token).map_err(Error::internal)
}

/// Opens a signing token.
///
/// # Errors
/// When it cannot be opened with this installation's sealing key.
pub(super) fn open_token(
    services: &Services,
    organisation: OrganisationId,
    id: SigningTokenId,
    sealed: &[u8],
) -> Result<SigningToken> {
    let row = id.to_string();
    let place = Place { table: "signing_tokens", column: "sealed", organisation, row: &row };
    let token = services.vault.open(&place, sealed).map_err(Error::internal)?;
    Ok(SigningToken::new(&token))
}

/// What people are shown of a secret: its last four characters, or nothing of
/// one that is so short that they would give it away.
pub(super) fn ends_in(secret: &str) -> String {
    let characters: Vec<char> = secret.chars().collect();
    if characters.len() > 8 { characters[characters.len() - 4..].iter().collect() } else { String::new() }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_short_secret_shows_nothing() {
        assert_eq!(ends_in("practice-key-1a2b"), "1a2b");
        assert_eq!(ends_in("12345678"), "");
        assert_eq!(ends_in("ключ-от-всего"), "сего");
    }
}
