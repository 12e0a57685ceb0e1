//! News: what changed, told from one server process to the others. Kinds and
//! ids, never content, and kept for a minute only.

use domain::event::Change;
use domain::ids::{NewsId, OrganisationId, ProcessId};
use domain::time::Timestamp;

use crate::{Result, Tx, args};

/// One change that a process tells of.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct News {
    /// Which.
    pub id: NewsId,
    /// Whose screens it concerns.
    pub organisation: OrganisationId,
    /// What changed.
    pub change: Change,
}

/// Tells the other processes.
///
/// # Errors
/// As the database says.
pub async fn tell(tx: &mut Tx, from: ProcessId, news: &News, now: Timestamp) -> Result<()> {
    tx.execute(
        "insert into news (id, process_id, organisation_id, change, at) values ($1, $2, $3, $4, $5)",
        args![news.id, from, news.organisation, news.change.to_string(), now],
    )
    .await?;
    Ok(())
}

/// What other processes than `here` told from `since` on, oldest first.
/// Across organisations: each process serves screens of all of them.
///
/// # Errors
/// As the database says.
pub async fn heard(tx: &mut Tx, here: ProcessId, since: Timestamp) -> Result<Vec<News>> {
    tx.all(
        "select id, organisation_id, change from news where at >= $1 and process_id <> $2 order by at, id",
        args![since, here],
    )
    .await?
    .iter()
    .map(|row| {
        Ok(News {
            id: row.get("id")?,
            organisation: row.get("organisation_id")?,
            change: Change::read(&row.get::<String>("change")?),
        })
    })
    .collect()
}

/// Forgets what was told before `until`; gives how many.
///
/// # Errors
/// As the database says.
pub async fn forget(tx: &mut Tx, until: Timestamp) -> Result<u64> {
    tx.execute("delete from news where at < $1", args![until]).await
}
