//! Job Stage Mapping: what each stage and archive reason means here.

use std::collections::{HashMap, HashSet};

use domain::ids::OrganisationId;
use domain::mapping::{Place, StageMap, Target};

use crate::catalogue::{parts, place};
use crate::{Error, Result, Tx, args};

/// The map as it is applied: what is not mapped, or in question, is absent.
///
/// # Errors
/// As the database says.
pub async fn load(tx: &mut Tx, organisation: OrganisationId) -> Result<StageMap> {
    let questioned = in_question(tx, organisation).await?;
    let decided = decided(tx, organisation).await?;
    Ok(decided
        .into_iter()
        .filter(|(place, _)| !questioned.contains(place))
        .filter_map(|(place, target)| target.map(|target| (place, target)))
        .collect())
}

/// The places that were renamed to what means something else, and about which
/// nobody has decided since.
///
/// # Errors
/// As the database says.
pub async fn in_question(tx: &mut Tx, organisation: OrganisationId) -> Result<HashSet<Place>> {
    let rows = tx
        .all(
            "select kind, lever_id from stage_map where organisation_id = $1 and in_question = 1",
            args![organisation],
        )
        .await?;
    rows.iter().map(|row| place(&row.get::<String>("kind")?, row.get("lever_id")?)).collect()
}

/// Puts the choice for a place in question, or no more; `false` when there is none.
///
/// # Errors
/// As the database says.
pub async fn question(
    tx: &mut Tx,
    organisation: OrganisationId,
    place: &Place,
    in_question: bool,
) -> Result<bool> {
    let (kind, id) = parts(place);
    let touched = tx
        .execute(
            "update stage_map set in_question = $4 where organisation_id = $1 and kind = $2 and lever_id = $3",
            args![organisation, kind, id, in_question],
        )
        .await?;
    Ok(touched == 1)
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
         on conflict (organisation_id, kind, lever_id) do update set target = excluded.target, in_question = 0",
        args![organisation, kind, id, target.map_or("", Target::code)],
    )
    .await?;
    Ok(())
}
