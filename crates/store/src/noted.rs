//! How far a conversation stands in Lever: up to which message, and when the
//! last note was written.

use domain::ids::{ImportId, OrganisationId};
use domain::time::Timestamp;

use crate::imports::Note;
use crate::{Error, Result, Tx, args};

/// How far the conversation of an import stands in Lever.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Noted {
    /// The last note holds the messages after this instant; `None` for a note that was
    /// written without a reference by which it could be found again.
    pub since: Option<Timestamp>,
    /// Messages up to this instant are in a note.
    pub up_to: Timestamp,
    /// When the note was written.
    pub at: Timestamp,
    /// While it is sending: not before this instant can it be seen whether it arrived.
    pub look_at: Option<Timestamp>,
    /// Whether it is certain that it was.
    pub state: Note,
}

/// How far it stands; `None` before the first note.
///
/// # Errors
/// As the database says.
pub async fn find(tx: &mut Tx, organisation: OrganisationId, import: ImportId) -> Result<Option<Noted>> {
    tx.optional(
        "select since, up_to, at, look_at, state from noted where organisation_id = $1 and import_id = $2",
        args![organisation, import],
    )
    .await?
    .map(|row| {
        Ok(Noted {
            since: row.get("since")?,
            up_to: row.get("up_to")?,
            at: row.get("at")?,
            look_at: row.get("look_at")?,
            state: Note::from_code(&row.get::<String>("state")?)
                .ok_or(Error::Inconsistent { column: "state" })?,
        })
    })
    .transpose()
}

/// Says how far it stands now.
///
/// # Errors
/// As the database says.
pub async fn save(tx: &mut Tx, organisation: OrganisationId, import: ImportId, noted: &Noted) -> Result<()> {
    tx.execute(
        "insert into noted (import_id, organisation_id, since, up_to, at, look_at, state)
         values ($1, $2, $3, $4, $5, $6, $7)
         on conflict (import_id) do update
            set since = excluded.since, up_to = excluded.up_to, at = excluded.at,
                look_at = excluded.look_at, state = excluded.state
            where noted.organisation_id = excluded.organisation_id",
        args![import, organisation, noted.since, noted.up_to, noted.at, noted.look_at, noted.state.code()],
    )
    .await?;
    Ok(())
}
