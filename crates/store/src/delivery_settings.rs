//! What an organisation wants of its deliveries.

use domain::delivery_settings::{Afterwards, Bodies, BodiesKept};
use domain::ids::OrganisationId;
use domain::time::Timestamp;

use crate::{Error, Result, Tx, args};

/// How long bodies are kept, and what becomes of them then; what nobody ever set is as
/// at first.
///
/// # Errors
/// As the database says.
pub async fn bodies(tx: &mut Tx, organisation: OrganisationId) -> Result<Bodies> {
    let row = tx
        .optional(
            "select bodies_kept, sealed from delivery_settings where organisation_id = $1",
            args![organisation],
        )
        .await?;
    match row {
        Some(row) => Ok(Bodies {
            kept: BodiesKept::from_days(row.get("bodies_kept")?)
                .ok_or(Error::Inconsistent { column: "bodies_kept" })?,
            then: if row.get("sealed")? { Afterwards::Seal } else { Afterwards::Scrub },
        }),
        None => Ok(Bodies::default()),
    }
}

/// Says how long bodies are kept, and what becomes of them then.
///
/// # Errors
/// As the database says.
pub async fn set_bodies(
    tx: &mut Tx,
    organisation: OrganisationId,
    bodies: Bodies,
    now: Timestamp,
) -> Result<()> {
    tx.execute(
        "insert into delivery_settings (organisation_id, bodies_kept, sealed, updated_at) values ($1, $2, $3, $4)
         on conflict (organisation_id) do update
            set bodies_kept = excluded.bodies_kept, sealed = excluded.sealed, updated_at = excluded.updated_at",
        args![organisation, bodies.kept.days(), bodies.then == Afterwards::Seal, now],
    )
    .await?;
    Ok(())
}
