//! Table `contact_opportunities`: every opportunity seen of a contact that a
//! candidate is linked to, whether it counts for the candidate or not.

use domain::ids::OrganisationId;
use domain::time::Timestamp;

use crate::{Result, Row, Tx, args};

/// Most opportunities of one contact that are given.
const MOST: u32 = 50;

/// An opportunity of a contact, as seen last.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Seen {
    /// Lever's id.
    pub id: String,
    /// Lever's id of the person.
    pub contact: String,
    /// The stage.
    pub stage: String,
    /// The archive reason while archived; empty when Lever gave none.
    pub archived_reason: Option<String>,
    /// When it was archived.
    pub archived_at: Option<Timestamp>,
    /// Lever's id of its owner.
    pub owner: Option<String>,
    /// The posting's title, where it was asked for.
    pub posting: Option<String>,
    /// Lever's page.
    pub url: String,
    /// When it was read.
    pub read_at: Timestamp,
}

/// Keeps what was read. A posting that was not asked for stays as it was known.
///
/// # Errors
/// As the database says.
pub async fn keep(tx: &mut Tx, organisation: OrganisationId, seen: &Seen) -> Result<()> {
    tx.execute(
        "insert into contact_opportunities (organisation_id, id, contact_id, stage, archived_reason, archived_at,
                                            owner, posting, url, read_at)
         values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)
         on conflict (organisation_id, id) do update
         set contact_id = excluded.contact_id, stage = excluded.stage, archived_reason = excluded.archived_reason,
             archived_at = excluded.archived_at, owner = excluded.owner,
             posting = coalesce(excluded.posting, contact_opportunities.posting), url = excluded.url,
             read_at = excluded.read_at
         where contact_opportunities.read_at <= excluded.read_at",
        args![
            organisation,
            seen.id.as_str(),
            seen.contact.as_str(),
            seen.stage.as_str(),
            seen.archived_reason.as_deref(),
            seen.archived_at,
            seen.owner.as_deref(),
            seen.posting.as_deref(),
            seen.url.as_str(),
            seen.read_at
        ],
    )
    .await?;
    Ok(())
}

/// Every opportunity seen of a contact, in the order of Lever's ids.
///
/// # Errors
/// As the database says.
pub async fn of_contact(tx: &mut Tx, organisation: OrganisationId, contact: &str) -> Result<Vec<Seen>> {
    tx.all(
        "select id, contact_id, stage, archived_reason, archived_at, owner, posting, url, read_at
         from contact_opportunities where organisation_id = $1 and contact_id = $2 order by id limit $3",
        args![organisation, contact, MOST],
    )
    .await?
    .iter()
    .map(read)
    .collect()
}

/// It is no longer in Lever.
///
/// # Errors
/// As the database says.
pub async fn forget(tx: &mut Tx, organisation: OrganisationId, id: &str) -> Result<()> {
    tx.execute(
        "delete from contact_opportunities where organisation_id = $1 and id = $2",
        args![organisation, id],
    )
    .await?;
    Ok(())
}

/// Forgets those of a contact that were not read since `read_at`: Lever does not
/// have them any more.
///
/// # Errors
/// As the database says.
pub async fn forget_unread(
    tx: &mut Tx,
    organisation: OrganisationId,
    contact: &str,
    read_at: Timestamp,
) -> Result<()> {
    tx.execute(
        "delete from contact_opportunities where organisation_id = $1 and contact_id = $2 and read_at < $3",
        args![organisation, contact, read_at],
    )
    .await?;
    Ok(())
}

/// Whether a candidate is linked to an opportunity of this contact.
///
/// # Errors
/// As the database says.
pub async fn concerns_us(tx: &mut Tx, organisation: OrganisationId, contact: &str) -> Result<bool> {
    let row = tx
        .optional(
            "select id from opportunities
             where organisation_id = $1 and contact_id = $2 and unlinked_at is null limit 1",
            args![organisation, contact],
        )
        .await?;
    Ok(row.is_some())
}

fn read(row: &Row) -> Result<Seen> {
    Ok(Seen {
        id: row.get("id")?,
        contact: row.get("contact_id")?,
        stage: row.get("stage")?,
        archived_reason: row.get("archived_reason")?,
        archived_at: row.get("archived_at")?,
        owner: row.get("owner")?,
        posting: row.get("posting")?,
        url: row.get("url")?,
        read_at: row.get("read_at")?,
    })
}
