//! What an organisation wants of its deliveries.

use domain::delivery_settings::BodiesKept;
use domain::ids::OrganisationId;
use domain::time::Timestamp;

use crate::{Error, Result, Tx, args};

/// How long bodies are kept; what nobody ever set is as at first.
///
/// # Errors
/// As the database says.
pub async fn bodies_kept(tx: &mut Tx, organisation: OrganisationId) -> Result<BodiesKept> {
    let row = tx
        .optional("select bodies_kept from delivery_settings where organisation_id = $1", args![organisation])
        .await?;
    match row {
        Some(row) => BodiesKept::from_days(row.get("bodies_kept")?)
            .ok_or(Error::Inconsistent { column: "bodies_kept" }),
        None => Ok(BodiesKept::default()),
    }
}

/// Says how long bodies are kept.
///
/// # Errors
/// As the database says.
pub async fn set_bodies_kept(
    tx: &mut Tx,
    organisation: OrganisationId,
    kept: BodiesKept,
    now: Timestamp,
) -> Result<()> {
    tx.execute(
        "insert into delivery_settings (organisation_id, bodies_kept, updated_at) values ($1, $2, $3)
         on conflict (organisation_id) do update
            set bodies_kept = excluded.bodies_kept, updated_at = excluded.updated_at",
        args![organisation, kept.days(), now],
    )
    .await?;
    Ok(())
}
