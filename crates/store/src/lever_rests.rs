//! Table `lever_rests`: organisations whose work for Lever rests, because Lever
//! failed again and again. [`crate::jobs::claim`] obeys it.

use std::time::Duration;

use domain::ids::OrganisationId;
use domain::time::Timestamp;

use crate::{Result, Tx, args};

/// A rest.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Rest {
    /// When the first of this series of rests began.
    pub since: Timestamp,
    /// No job asks Lever before this instant.
    pub until: Timestamp,
}

/// A rest that begins so long after the end of the former one begins a new series.
const APART: Duration = Duration::from_secs(120);

/// No job of the organisation asks Lever before `until`; a longer rest stays.
///
/// # Errors
/// As the database says.
pub async fn begin(
    tx: &mut Tx,
    organisation: OrganisationId,
    until: Timestamp,
    now: Timestamp,
) -> Result<()> {
    tx.execute(
        "insert into lever_rests (organisation_id, until, since) values ($1, $2, $3)
         on conflict (organisation_id) do update
         set until = case when excluded.until > lever_rests.until then excluded.until else lever_rests.until end,
             since = case when lever_rests.until < $4 then excluded.since else lever_rests.since end",
        args![organisation, until, now, now.minus(APART)],
    )
    .await?;
    Ok(())
}

/// The rest that is going on, or was until a moment ago: between two rests Lever
/// is tried with one request.
///
/// # Errors
/// As the database says.
pub async fn find(tx: &mut Tx, organisation: OrganisationId, now: Timestamp) -> Result<Option<Rest>> {
    tx.optional(
        "select since, until from lever_rests where organisation_id = $1 and until >= $2",
        args![organisation, now.minus(APART)],
    )
    .await?
    .map(|row| Ok(Rest { since: row.get("since")?, until: row.get("until")? }))
    .transpose()
}
