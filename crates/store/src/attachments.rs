//! Table `attachments`: the résumé of an import on its way into Lever.

use domain::ids::{ImportId, OrganisationId};
use domain::resume::Attachment;
use domain::time::Timestamp;

use crate::{Result, Tx, args};

/// How the résumé of an import stands.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Attached {
    /// The file's name as sent last.
    pub name: String,
    /// Its size in bytes.
    pub size: i64,
    /// How it stands.
    pub state: Attachment,
    /// While it is sending: not before this instant can it be seen whether it arrived.
    pub look_at: Option<Timestamp>,
    /// Since when it stands so.
    pub at: Timestamp,
}

/// How it stands; `None` where nothing is attached.
///
/// # Errors
/// As the database says.
pub async fn find(tx: &mut Tx, organisation: OrganisationId, import: ImportId) -> Result<Option<Attached>> {
    tx.optional(
        "select name, size, state, look_at, at from attachments where organisation_id = $1 and import_id = $2",
        args![organisation, import],
    )
    .await?
    .map(|row| {
        Ok(Attached {
            name: row.get("name")?,
            size: row.get("size")?,
            state: row.get("state")?,
            look_at: row.get("look_at")?,
            at: row.get("at")?,
        })
    })
    .transpose()
}

/// Says how it stands now.
///
/// # Errors
/// As the database says.
pub async fn save(
    tx: &mut Tx,
    organisation: OrganisationId,
    import: ImportId,
    attached: &Attached,
) -> Result<()> {
    tx.execute(
        "insert into attachments (import_id, organisation_id, name, size, state, look_at, at)
         values ($1, $2, $3, $4, $5, $6, $7)
         on conflict (import_id) do update
            set name = excluded.name, size = excluded.size, state = excluded.state,
                look_at = excluded.look_at, at = excluded.at
            where attachments.organisation_id = excluded.organisation_id",
        args![
            import,
            organisation,
            &attached.name,
            attached.size,
            attached.state,
            attached.look_at,
            attached.at
        ],
    )
    .await?;
    Ok(())
}

/// Forgets it: the import begins anew, or attaches nothing.
///
/// # Errors
/// As the database says.
pub async fn forget(tx: &mut Tx, organisation: OrganisationId, import: ImportId) -> Result<()> {
    tx.execute(
        "delete from attachments where organisation_id = $1 and import_id = $2",
        args![organisation, import],
    )
    .await?;
    Ok(())
}
