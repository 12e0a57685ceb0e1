//! Tables `way_back` and `return_map`: whether statuses set here are written to
//! Lever, and where each leads.

use domain::ids::OrganisationId;
use domain::status::Status;
use domain::time::Timestamp;
use domain::way_back::ReturnMap;

use crate::catalogue::{parts, place};
use crate::{Result, Tx, args};

/// Whether it is on; off where nobody ever said so.
///
/// # Errors
/// As the database says.
pub async fn is_on(tx: &mut Tx, organisation: OrganisationId) -> Result<bool> {
    let row =
        tx.optional("select is_on from way_back where organisation_id = $1", args![organisation]).await?;
    row.map_or(Ok(false), |row| row.get("is_on"))
}

/// Whether somebody ever saved it: before that a map is suggested.
///
/// # Errors
/// As the database says.
pub async fn is_saved(tx: &mut Tx, organisation: OrganisationId) -> Result<bool> {
    let row =
        tx.optional("select is_on from way_back where organisation_id = $1", args![organisation]).await?;
    Ok(row.is_some())
}

/// Where each status leads.
///
/// # Errors
/// As the database says.
pub async fn map(tx: &mut Tx, organisation: OrganisationId) -> Result<ReturnMap> {
    tx.all("select status, kind, lever_id from return_map where organisation_id = $1", args![organisation])
        .await?
        .iter()
        .map(|row| {
            let status: Status = row.get("status")?;
            Ok((status, place(&row.get::<String>("kind")?, row.get("lever_id")?)?))
        })
        .collect()
}

/// Replaces both.
///
/// # Errors
/// As the database says.
pub async fn save(
    tx: &mut Tx,
    organisation: OrganisationId,
    is_on: bool,
    map: &ReturnMap,
    now: Timestamp,
) -> Result<()> {
    tx.execute(
        "insert into way_back (organisation_id, is_on, updated_at) values ($1, $2, $3)
         on conflict (organisation_id) do update set is_on = excluded.is_on, updated_at = excluded.updated_at",
        args![organisation, is_on, now],
    )
    .await?;
    tx.execute("delete from return_map where organisation_id = $1", args![organisation]).await?;
    for (status, leads_to) in map.iter() {
        let (kind, id) = parts(leads_to);
        tx.execute(
            "insert into return_map (organisation_id, status, kind, lever_id) values ($1, $2, $3, $4)",
            args![organisation, status, kind, id],
        )
        .await?;
    }
    Ok(())
}
