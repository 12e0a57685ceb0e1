//! Organisations: the tenants.

use domain::ids::OrganisationId;
use domain::time::Timestamp;

use crate::{Result, Row, Tx, args};

/// A company using the platform.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Organisation {
    /// Which one.
    pub id: OrganisationId,
    /// Its name.
    pub name: String,
    /// Practice for life, or real for life.
    pub practice: bool,
    /// Since when.
    pub created_at: Timestamp,
}

/// Adds an organisation.
///
/// # Errors
/// As the database says.
pub async fn insert(tx: &mut Tx, organisation: &Organisation) -> Result<()> {
    tx.execute(
        "insert into organisations (id, name, practice, created_at) values ($1, $2, $3, $4)",
        args![organisation.id, &organisation.name, organisation.practice, organisation.created_at],
    )
    .await?;
    Ok(())
}

/// The organisation itself.
///
/// # Errors
/// As the database says.
pub async fn get(tx: &mut Tx, id: OrganisationId) -> Result<Option<Organisation>> {
    tx.optional("select id, name, practice, created_at from organisations where id = $1", args![id])
        .await?
        .map(read)
        .transpose()
}

/// Whether there is any organisation: until then, the set-up link is valid.
///
/// # Errors
/// As the database says.
pub async fn any(tx: &mut Tx) -> Result<bool> {
    Ok(tx.optional("select id from organisations limit 1", args![]).await?.is_some())
}

/// Every organisation, oldest first.
///
/// # Errors
/// As the database says.
pub async fn all(tx: &mut Tx) -> Result<Vec<Organisation>> {
    tx.all("select id, name, practice, created_at from organisations order by created_at, id", args![])
        .await?
        .into_iter()
        .map(read)
        .collect()
}

fn read(row: Row) -> Result<Organisation> {
    Ok(Organisation {
        id: row.get("id")?,
        name: row.get("name")?,
        practice: row.get("practice")?,
        created_at: row.get("created_at")?,
    })
}
