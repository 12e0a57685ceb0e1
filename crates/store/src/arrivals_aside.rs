//! Table `arrivals_aside`: verified deliveries that could not be taken into the inbox for a
//! reason of their own. They wait here, so that others go on, and a job tries each again.

use domain::ids::{ArrivalId, CandidateId, ConnectionId, OrganisationId};
use domain::time::Timestamp;

use crate::arrivals::{self, Arrival};
use crate::{Error, Result, Tx, args};

/// A delivery that was put aside.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Aside {
    /// Which.
    pub id: ArrivalId,
    /// Over which connection it came.
    pub connection: ConnectionId,
    /// The opportunity that it names, where that can be read.
    pub opportunity: Option<String>,
    /// The delivery.
    pub arrival: Arrival,
}

/// Puts a delivery aside.
///
/// # Errors
/// As the database says.
pub async fn put(tx: &mut Tx, organisation: OrganisationId, aside: &Aside) -> Result<()> {
    tx.execute(
        "insert into arrivals_aside (id, organisation_id, connection_id, opportunity_id, received_at, written)
         values ($1, $2, $3, $4, $5, $6)",
        args![
            aside.id,
            organisation,
            aside.connection,
            aside.opportunity.as_deref(),
            aside.arrival.received_at,
            arrivals::write(std::slice::from_ref(&aside.arrival))?,
        ],
    )
    .await?;
    Ok(())
}

/// A delivery that was put aside, if it still is.
///
/// # Errors
/// As the database says.
pub async fn find(tx: &mut Tx, organisation: OrganisationId, id: ArrivalId) -> Result<Option<Aside>> {
    tx.optional(
        "select id, connection_id, opportunity_id, written from arrivals_aside
         where organisation_id = $1 and id = $2",
        args![organisation, id],
    )
    .await?
    .map(|row| {
        let arrival = arrivals::read(&row.get::<Vec<u8>>("written")?)?.pop();
        Ok(Aside {
            id: row.get("id")?,
            connection: row.get("connection_id")?,
            opportunity: row.get("opportunity_id")?,
            arrival: arrival.ok_or(Error::Inconsistent { column: "written" })?,
        })
    })
    .transpose()
}

/// Lets go of a delivery: it was taken in, or may not be kept any longer.
///
/// # Errors
/// As the database says.
pub async fn remove(tx: &mut Tx, organisation: OrganisationId, id: ArrivalId) -> Result<()> {
    tx.execute("delete from arrivals_aside where organisation_id = $1 and id = $2", args![organisation, id])
        .await?;
    Ok(())
}

/// Those that name an opportunity of this candidate.
///
/// # Errors
/// As the database says.
pub async fn of_candidate(
    tx: &mut Tx,
    organisation: OrganisationId,
    candidate: CandidateId,
) -> Result<Vec<ArrivalId>> {
    tx.all(
        "select id from arrivals_aside
         where organisation_id = $1 and opportunity_id in
            (select id from opportunities where organisation_id = $1 and candidate_id = $2)",
        args![organisation, candidate],
    )
    .await?
    .iter()
    .map(|row| row.get("id"))
    .collect()
}

/// At most `limit` that arrived before an instant, the oldest first.
///
/// # Errors
/// As the database says.
pub async fn older(
    tx: &mut Tx,
    organisation: OrganisationId,
    before: Timestamp,
    limit: u32,
) -> Result<Vec<ArrivalId>> {
    tx.all(
        "select id from arrivals_aside where organisation_id = $1 and received_at < $2
         order by received_at, id limit $3",
        args![organisation, before, limit],
    )
    .await?
    .iter()
    .map(|row| row.get("id"))
    .collect()
}
