//! An organisation's link to a Lever account. One organisation has at most one.

use domain::connection::{ConnectionState, Environment, SetUpStep};
use domain::ids::{ConnectionId, OrganisationId};
use domain::time::Timestamp;

use crate::engine::Engine;
use crate::{Error, Result, Row, Tx, args};

/// A stored connection. Its secrets are sealed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Connection {
    /// Which.
    pub id: ConnectionId,
    /// Whose.
    pub organisation: OrganisationId,
    /// Where it stands.
    pub state: ConnectionState,
    /// Why, in words for a person, when something is the matter.
    pub state_reason: Option<String>,
    /// Which Lever.
    pub environment: Environment,
    /// Where that Lever is. Bound into the seal of the key.
    pub base_url: String,
    /// The API key, sealed.
    pub key_sealed: Option<Vec<u8>>,
    /// The last four characters of the key.
    pub key_ends_in: Option<String>,
    /// Since when the key is stored.
    pub key_set_at: Option<Timestamp>,
    /// The secret part of the webhook address, sealed.
    pub webhook_sealed: Vec<u8>,
    /// The first unfinished step of the wizard.
    pub step: SetUpStep,
    /// The identity of the Lever account: the id of its hired archive reason.
    pub account: Option<String>,
    /// The Lever user who is credited when a member has none.
    pub fallback_user: Option<String>,
    /// What the key may do, as last tested: JSON, a list of `domain::view::PermissionRow`.
    pub permissions: String,
    /// Up to when Lever's changes were read.
    pub read_up_to: Option<Timestamp>,
    /// When a reconciliation ended last.
    pub reconciled_at: Option<Timestamp>,
    /// When users, stages and archive reasons were read last.
    pub catalogue_read_at: Option<Timestamp>,
    /// When it was made.
    pub created_at: Timestamp,
    /// When it changed last.
    pub updated_at: Timestamp,
}

impl Connection {
    fn read(row: &Row) -> Result<Self> {
        Ok(Self {
            id: row.get("id")?,
            organisation: row.get("organisation_id")?,
            state: row.get("state")?,
            state_reason: row.get("state_reason")?,
            environment: row.get("environment")?,
            base_url: row.get("base_url")?,
            key_sealed: row.get("key_sealed")?,
            key_ends_in: row.get("key_ends_in")?,
            key_set_at: row.get("key_set_at")?,
            webhook_sealed: row.get("webhook_sealed")?,
            step: row.get("step")?,
            account: row.get("account")?,
            fallback_user: row.get("fallback_user")?,
            permissions: row.get("permissions")?,
            read_up_to: row.get("read_up_to")?,
            reconciled_at: row.get("reconciled_at")?,
            catalogue_read_at: row.get("catalogue_read_at")?,
            created_at: row.get("created_at")?,
            updated_at: row.get("updated_at")?,
        })
    }
}

/// A connection at the first look at the wizard: no key, three steps to go.
#[derive(Clone, Debug)]
pub struct NewConnection {
    /// Which.
    pub id: ConnectionId,
    /// Which Lever is offered first.
    pub environment: Environment,
    /// Where that is.
    pub base_url: String,
    /// The secret part of the webhook address, sealed.
    pub webhook_sealed: Vec<u8>,
    /// Its hash, by which deliveries find the connection.
    pub webhook_hash: String,
}

/// A tested API key with the Lever it belongs to.
#[derive(Clone, Debug)]
pub struct Key {
    /// Which Lever.
    pub environment: Environment,
    /// Where that is.
    pub base_url: String,
    /// The key, sealed.
    pub sealed: Vec<u8>,
    /// Its last four characters.
    pub ends_in: String,
}

/// Makes the connection of an organisation. `false`: it has one already, and
/// nothing changed.
///
/// # Errors
/// As the database says.
pub async fn insert(
    tx: &mut Tx,
    organisation: OrganisationId,
    new: &NewConnection,
    now: Timestamp,
) -> Result<bool> {
    let touched = tx
        .execute(
            "insert into connections (id, organisation_id, state, environment, base_url, webhook_sealed,
                webhook_hash, step, permissions, created_at, updated_at)
             values ($1, $2, $3, $4, $5, $6, $7, $8, '[]', $9, $9)
             on conflict (organisation_id) do nothing",
            args![
                new.id,
                organisation,
                ConnectionState::SetUpUnfinished,
                new.environment,
                &new.base_url,
                new.webhook_sealed.clone(),
                &new.webhook_hash,
                SetUpStep::Connect,
                now,
            ],
        )
        .await?;
    Ok(touched == 1)
}

/// The connection of an organisation.
///
/// # Errors
/// As the database says.
pub async fn find(tx: &mut Tx, organisation: OrganisationId) -> Result<Option<Connection>> {
    let row =
        tx.optional("select * from connections where organisation_id = $1", args![organisation]).await?;
    row.as_ref().map(Connection::read).transpose()
}

/// The connection of an organisation, kept from other writers until the
/// transaction ends. On SQLite a writing transaction is alone anyway.
///
/// # Errors
/// As the database says.
pub async fn lock(tx: &mut Tx, organisation: OrganisationId) -> Result<Option<Connection>> {
    if tx.engine() == Engine::Sqlite {
        return find(tx, organisation).await;
    }
    let row = tx
        .optional("select * from connections where organisation_id = $1 for update", args![organisation])
        .await?;
    row.as_ref().map(Connection::read).transpose()
}

/// The connection whose webhook address hashes to `hash`, whoever's it is.
///
/// # Errors
/// As the database says.
pub async fn by_webhook(tx: &mut Tx, hash: &str) -> Result<Option<Connection>> {
    let row = tx.optional("select * from connections where webhook_hash = $1", args![hash]).await?;
    row.as_ref().map(Connection::read).transpose()
}

/// The working connections of every organisation, for the scheduler.
///
/// # Errors
/// As the database says.
pub async fn all_connected(tx: &mut Tx) -> Result<Vec<Connection>> {
    let rows = tx
        .all(
            "select * from connections where state = $1 or state = $2 order by id",
            args![ConnectionState::Connected, ConnectionState::NeedsAttention],
        )
        .await?;
    rows.iter().map(Connection::read).collect()
}

/// Says where the connection stands, and why.
///
/// # Errors
/// [`Error::RowsTouched`] when there is no such connection.
pub async fn set_state(
    tx: &mut Tx,
    organisation: OrganisationId,
    id: ConnectionId,
    state: ConnectionState,
    reason: Option<&str>,
    now: Timestamp,
) -> Result<()> {
    let touched = tx
        .execute(
            "update connections set state = $3, state_reason = $4, updated_at = $5
             where organisation_id = $1 and id = $2",
            args![organisation, id, state, reason, now],
        )
        .await?;
    Error::expect_one("connection state", touched)
}

/// Keeps a tested key, with the Lever it belongs to.
///
/// # Errors
/// [`Error::RowsTouched`] when there is no such connection.
pub async fn set_key(
    tx: &mut Tx,
    organisation: OrganisationId,
    id: ConnectionId,
    key: &Key,
    now: Timestamp,
) -> Result<()> {
    let touched = tx
        .execute(
            "update connections set environment = $3, base_url = $4, key_sealed = $5, key_ends_in = $6,
                key_set_at = $7, updated_at = $7
             where organisation_id = $1 and id = $2",
            args![organisation, id, key.environment, &key.base_url, key.sealed.clone(), &key.ends_in, now],
        )
        .await?;
    Error::expect_one("connection key", touched)
}

/// Forgets the key.
///
/// # Errors
/// [`Error::RowsTouched`] when there is no such connection.
pub async fn forget_key(
    tx: &mut Tx,
    organisation: OrganisationId,
    id: ConnectionId,
    now: Timestamp,
) -> Result<()> {
    let touched = tx
        .execute(
            "update connections set key_sealed = null, key_ends_in = null, key_set_at = null, updated_at = $3
             where organisation_id = $1 and id = $2",
            args![organisation, id, now],
        )
        .await?;
    Error::expect_one("connection key", touched)
}

/// Keeps what a key was found to be allowed, as JSON.
///
/// # Errors
/// [`Error::RowsTouched`] when there is no such connection.
pub async fn set_permissions(
    tx: &mut Tx,
    organisation: OrganisationId,
    id: ConnectionId,
    permissions: &str,
    now: Timestamp,
) -> Result<()> {
    let touched = tx
        .execute(
            "update connections set permissions = $3, updated_at = $4
             where organisation_id = $1 and id = $2",
            args![organisation, id, permissions, now],
        )
        .await?;
    Error::expect_one("connection permissions", touched)
}

/// Says which Lever account it is. `None`: it shows no hired archive reason.
///
/// # Errors
/// [`Error::RowsTouched`] when there is no such connection.
pub async fn set_account(
    tx: &mut Tx,
    organisation: OrganisationId,
    id: ConnectionId,
    account: Option<&str>,
    now: Timestamp,
) -> Result<()> {
    let touched = tx
        .execute(
            "update connections set account = $3, updated_at = $4 where organisation_id = $1 and id = $2",
            args![organisation, id, account, now],
        )
        .await?;
    Error::expect_one("connection account", touched)
}

/// Says which step of the wizard comes next.
///
/// # Errors
/// [`Error::RowsTouched`] when there is no such connection.
pub async fn set_step(
    tx: &mut Tx,
    organisation: OrganisationId,
    id: ConnectionId,
    step: SetUpStep,
    now: Timestamp,
) -> Result<()> {
    let touched = tx
        .execute(
            "update connections set step = $3, updated_at = $4 where organisation_id = $1 and id = $2",
            args![organisation, id, step, now],
        )
        .await?;
    Error::expect_one("connection step", touched)
}

/// Says who is credited when a member has no Lever user.
///
/// # Errors
/// [`Error::RowsTouched`] when there is no such connection.
pub async fn set_fallback(
    tx: &mut Tx,
    organisation: OrganisationId,
    id: ConnectionId,
    lever_user: Option<&str>,
    now: Timestamp,
) -> Result<()> {
    let touched = tx
        .execute(
            "update connections set fallback_user = $3, updated_at = $4
             where organisation_id = $1 and id = $2",
            args![organisation, id, lever_user, now],
        )
        .await?;
    Error::expect_one("connection fallback", touched)
}

/// A reconciliation ended at `at`, having read Lever's changes up to `read_up_to`.
///
/// # Errors
/// [`Error::RowsTouched`] when there is no such connection.
pub async fn set_reconciled(
    tx: &mut Tx,
    organisation: OrganisationId,
    id: ConnectionId,
    read_up_to: Timestamp,
    at: Timestamp,
) -> Result<()> {
    let touched = tx
        .execute(
            "update connections set read_up_to = $3, reconciled_at = $4, updated_at = $4
             where organisation_id = $1 and id = $2",
            args![organisation, id, read_up_to, at],
        )
        .await?;
    Error::expect_one("connection reconciled", touched)
}

/// Users, stages and archive reasons were read at `at`.
///
/// # Errors
/// [`Error::RowsTouched`] when there is no such connection.
pub async fn set_catalogue_read(
    tx: &mut Tx,
    organisation: OrganisationId,
    id: ConnectionId,
    at: Timestamp,
) -> Result<()> {
    let touched = tx
        .execute(
            "update connections set catalogue_read_at = $3 where organisation_id = $1 and id = $2",
            args![organisation, id, at],
        )
        .await?;
    Error::expect_one("connection catalogue", touched)
}
