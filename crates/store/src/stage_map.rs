//! Job Stage Mapping: what each stage and archive reason means here.

use std::collections::HashMap;

use domain::ids::OrganisationId;
use domain::mapping::{Place, StageMap, Target};

use crate::catalogue::{parts, place};
use crate::{Error, Result, Tx, args};

/// The map as it is applied: what is not mapped is absent.
///
/// # Errors
/// As the database says.
pub async fn load(tx: &mut Tx, organisation: OrganisationId) -> Result<StageMap> {
    let decided = decided(tx, organisation).await?;
    Ok(decided.into_iter().filter_map(|(place, target)| target.map(|target| (place, target))).collect())
}

/// Every choice that was saved; `None` where somebody chose *not mapped*. An
/// absent place was never decided about.
///
/// # Errors
/// As the database says.
pub async fn decided(tx: &mut Tx, organisation: OrganisationId) -> Result<HashMap<Place, Option<Target>>> {
    let rows = tx
        .all("select kind, lever_id, target from stage_map where organisation_id = $1", args![organisation])
        .await?;
    rows.iter()
        .map(|row| {
            let place = place(&row.get::<String>("kind")?, row.get("lever_id")?)?;
            let target = match row.get::<String>("target")?.as_str() {
                "" => None,
                code => Some(Target::from_code(code).ok_or(Error::Inconsistent { column: "target" })?),
            };
            Ok((place, target))
        })
        .collect()
}

/// Saves the choice for one place; `None` chooses *not mapped*.
///
/// # Errors
/// As the database says.
pub async fn save(
    tx: &mut Tx,
    organisation: OrganisationId,
    place: &Place,
    target: Option<Target>,
) -> Result<()> {
    let (kind, id) = parts(place);
    tx.execute(
        "insert into stage_map (organisation_id, kind, lever_id, target) values ($1, $2, $3, $4)
         on conflict (organisation_id, kind, lever_id) do update set target = excluded.target",
        args![organisation, kind, id, target.map_or("", Target::code)],
    )
    .await?;
    Ok(())
}
