//! Table `map_saves`: the user map, the stage map and the way back as they were
//! saved, so that whoever saves second can be told, and merged with who was first.

use domain::ids::{MemberId, OrganisationId};
use domain::mapping::Choices;
use domain::time::Timestamp;

use crate::{Error, Result, Tx, args};

/// So many are kept: a form that is older is compared with the oldest.
const KEPT: u32 = 50;

/// Which map.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Map {
    /// User Account Mapping.
    Users,
    /// Job Stage Mapping.
    Stages,
    /// The way back.
    WayBack,
}

impl Map {
    fn code(self) -> &'static str {
        match self {
            Self::Users => "users",
            Self::Stages => "stages",
            Self::WayBack => "way_back",
        }
    }
}

/// The last save.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Save {
    /// Its number, from 1.
    pub version: u32,
    /// Who saved; none for Fulcrum itself.
    pub member: Option<MemberId>,
    /// When.
    pub at: Timestamp,
}

/// The last save of a map; none before the first.
///
/// # Errors
/// As the database says.
pub async fn last(tx: &mut Tx, organisation: OrganisationId, map: Map) -> Result<Option<Save>> {
    tx.optional(
        "select version, member_id, at from map_saves where organisation_id = $1 and map = $2
         order by version desc limit 1",
        args![organisation, map.code()],
    )
    .await?
    .map(|row| Ok(Save { version: row.get("version")?, member: row.get("member_id")?, at: row.get("at")? }))
    .transpose()
}

/// The map as it was saved then, or at the next save that is still kept; empty
/// before the first.
///
/// # Errors
/// As the database says.
pub async fn choices(tx: &mut Tx, organisation: OrganisationId, map: Map, version: u32) -> Result<Choices> {
    if version == 0 {
        return Ok(Choices::new());
    }
    let row = tx
        .optional(
            "select body from map_saves where organisation_id = $1 and map = $2 and version >= $3
             order by version limit 1",
            args![organisation, map.code(), version],
        )
        .await?;
    match row {
        Some(row) => serde_json::from_str(&row.get::<String>("body")?)
            .map_err(|_| Error::Inconsistent { column: "body" }),
        None => Ok(Choices::new()),
    }
}

/// Keeps a map as it is saved now; gives its version. The caller holds the
/// connection, so that two never take one number.
///
/// # Errors
/// As the database says.
pub async fn keep(
    tx: &mut Tx,
    organisation: OrganisationId,
    map: Map,
    choices: &Choices,
    member: Option<MemberId>,
    now: Timestamp,
) -> Result<u32> {
    let version = last(tx, organisation, map).await?.map_or(0, |save| save.version) + 1;
    let body = serde_json::to_string(choices).map_err(|_| Error::Inconsistent { column: "body" })?;
    tx.execute(
        "insert into map_saves (organisation_id, map, version, body, member_id, at)
         values ($1, $2, $3, $4, $5, $6)",
        args![organisation, map.code(), version, body, member, now],
    )
    .await?;
    tx.execute(
        "delete from map_saves where organisation_id = $1 and map = $2 and version <= $3",
        args![organisation, map.code(), i64::from(version) - i64::from(KEPT)],
    )
    .await?;
    Ok(version)
}
