//! Table `lever_changes`: what was noticed to be new, renamed, gone or back
//! when users, stages and archive reasons of a Lever account were read again.

use domain::drift::{ChangeKind, LeverChange, Subject};
use domain::ids::{ConnectionId, OrganisationId};

use crate::{Error, Result, Row, Tx, args};

/// Writes a change down, once.
///
/// # Errors
/// As the database says.
pub async fn record(
    tx: &mut Tx,
    organisation: OrganisationId,
    connection: ConnectionId,
    change: &LeverChange,
) -> Result<()> {
    tx.execute(
        "insert into lever_changes (organisation_id, connection_id, subject, lever_id, change, name_before, name, at)
         values ($1, $2, $3, $4, $5, $6, $7, $8)
         on conflict (connection_id, subject, lever_id, change, at) do nothing",
        args![
            organisation,
            connection,
            change.subject.code(),
            &change.lever_id,
            change.kind.code(),
            change.name_before.as_deref(),
            &change.name,
            change.at
        ],
    )
    .await?;
    Ok(())
}

/// The changes noticed last, newest first, at most `limit`.
///
/// # Errors
/// As the database says.
pub async fn latest(
    tx: &mut Tx,
    organisation: OrganisationId,
    connection: ConnectionId,
    limit: u32,
) -> Result<Vec<LeverChange>> {
    tx.all(
        "select subject, lever_id, change, name_before, name, at from lever_changes
         where organisation_id = $1 and connection_id = $2
         order by at desc, subject, name, lever_id limit $3",
        args![organisation, connection, limit],
    )
    .await?
    .iter()
    .map(read)
    .collect()
}

fn read(row: &Row) -> Result<LeverChange> {
    Ok(LeverChange {
        subject: Subject::from_code(&row.get::<String>("subject")?)
            .ok_or(Error::Inconsistent { column: "subject" })?,
        lever_id: row.get("lever_id")?,
        kind: ChangeKind::from_code(&row.get::<String>("change")?)
            .ok_or(Error::Inconsistent { column: "change" })?,
        name_before: row.get("name_before")?,
        name: row.get("name")?,
        at: row.get("at")?,
    })
}
