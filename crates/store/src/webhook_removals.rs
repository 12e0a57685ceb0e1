//! Webhooks that are removed from Lever after a connection was switched off,
//! with the key that the connection had.

use domain::connection::Environment;
use domain::ids::{ConnectionId, OrganisationId};
use domain::time::Timestamp;

use crate::{Error, Result, Row, Tx, args};

/// Being removed.
pub const ASKED: &str = "asked";
/// They are gone from Lever.
pub const REMOVED: &str = "removed";
/// Given up: they may still be there.
pub const FAILED: &str = "failed";

/// A removal, on its way or ended.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Removal {
    /// Which Lever.
    pub environment: Environment,
    /// Where that Lever is. Bound into the seal of the key.
    pub base_url: String,
    /// The key, sealed; gone once it has ended.
    pub key_sealed: Option<Vec<u8>>,
    /// One of the states above.
    pub state: String,
    /// Since when it is asked for.
    pub asked_at: Timestamp,
    /// When it ended.
    pub ended_at: Option<Timestamp>,
}

impl Removal {
    fn read(row: &Row) -> Result<Self> {
        Ok(Self {
            environment: row.get("environment")?,
            base_url: row.get("base_url")?,
            key_sealed: row.get("key_sealed")?,
            state: row.get("state")?,
            asked_at: row.get("asked_at")?,
            ended_at: row.get("ended_at")?,
        })
    }
}

/// Asks for the removal, in place of a former one.
///
/// # Errors
/// As the database says.
pub async fn ask(
    tx: &mut Tx,
    organisation: OrganisationId,
    connection: ConnectionId,
    environment: Environment,
    base_url: &str,
    key_sealed: &[u8],
    now: Timestamp,
) -> Result<()> {
    forget(tx, organisation, connection).await?;
    tx.execute(
        "insert into webhook_removals
            (connection_id, organisation_id, environment, base_url, key_sealed, state, asked_at)
         values ($1, $2, $3, $4, $5, $6, $7)",
        args![connection, organisation, environment, base_url, key_sealed.to_vec(), ASKED, now],
    )
    .await?;
    Ok(())
}

/// The last removal of a connection.
///
/// # Errors
/// As the database says.
pub async fn find(
    tx: &mut Tx,
    organisation: OrganisationId,
    connection: ConnectionId,
) -> Result<Option<Removal>> {
    let row = tx
        .optional(
            "select * from webhook_removals where organisation_id = $1 and connection_id = $2",
            args![organisation, connection],
        )
        .await?;
    row.as_ref().map(Removal::read).transpose()
}

/// It has ended as `state` says; the key is forgotten.
///
/// # Errors
/// [`Error::Inconsistent`] for a state that is no end; [`Error::RowsTouched`]
/// when none is on its way.
pub async fn end(
    tx: &mut Tx,
    organisation: OrganisationId,
    connection: ConnectionId,
    state: &'static str,
    now: Timestamp,
) -> Result<()> {
    if ![REMOVED, FAILED].contains(&state) {
        return Err(Error::Inconsistent { column: "state" });
    }
    let touched = tx
        .execute(
            "update webhook_removals set state = $3, key_sealed = null, ended_at = $4
             where organisation_id = $1 and connection_id = $2 and state = $5",
            args![organisation, connection, state, now, ASKED],
        )
        .await?;
    Error::expect_one("webhook removal", touched)
}

/// Forgets the last removal, with its key.
///
/// # Errors
/// As the database says.
pub async fn forget(tx: &mut Tx, organisation: OrganisationId, connection: ConnectionId) -> Result<u64> {
    tx.execute(
        "delete from webhook_removals where organisation_id = $1 and connection_id = $2",
        args![organisation, connection],
    )
    .await
}
