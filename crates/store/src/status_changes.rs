//! Table `status_changes`: every change of a candidate's status, with its
//! provenance.

use domain::ids::{CandidateId, DeliveryId, MemberId, OrganisationId, StatusChangeId};
use domain::status::{Status, StatusCause};
use domain::time::Timestamp;

use crate::{Result, Row, Tx, args};

/// One change.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StatusChange {
    /// Which.
    pub id: StatusChangeId,
    /// Whose status.
    pub candidate: CandidateId,
    /// Before.
    pub from: Status,
    /// After.
    pub to: Status,
    /// What set it.
    pub cause: StatusCause,
    /// The member who set it by hand, wrote or answered.
    pub member: Option<MemberId>,
    /// The name of the stage or archive reason in Lever.
    pub place: Option<String>,
    /// The name of who moved it in Lever.
    pub lever_actor: Option<String>,
    /// The delivery that told.
    pub delivery: Option<DeliveryId>,
    /// When.
    pub at: Timestamp,
}

/// Adds a change to the history.
///
/// # Errors
/// As the database says.
pub async fn record(tx: &mut Tx, organisation: OrganisationId, change: &StatusChange) -> Result<()> {
    tx.execute(
        "insert into status_changes (id, organisation_id, candidate_id, from_status, to_status, cause, member_id,
                                     place, lever_actor, delivery_id, at)
         values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)",
        args![
            change.id,
            organisation,
            change.candidate,
            change.from,
            change.to,
            change.cause,
            change.member,
            change.place.as_deref(),
            change.lever_actor.as_deref(),
            change.delivery,
            change.at
        ],
    )
    .await?;
    Ok(())
}

/// What a delivery led to, if it changed a status: from, to, and whose.
///
/// # Errors
/// As the database says.
pub async fn of_delivery(
    tx: &mut Tx,
    organisation: OrganisationId,
    delivery: DeliveryId,
) -> Result<Option<StatusChange>> {
    tx.optional(
        "select id, candidate_id, from_status, to_status, cause, member_id, place, lever_actor, delivery_id, at
         from status_changes where organisation_id = $1 and delivery_id = $2
         order by at desc, id desc limit 1",
        args![organisation, delivery],
    )
    .await?
    .as_ref()
    .map(read)
    .transpose()
}

/// The history of a candidate, newest first; the latest 200.
///
/// # Errors
/// As the database says.
pub async fn list(
    tx: &mut Tx,
    organisation: OrganisationId,
    candidate: CandidateId,
) -> Result<Vec<StatusChange>> {
    let rows = tx
        .all(
            "select id, candidate_id, from_status, to_status, cause, member_id, place, lever_actor, delivery_id, at
             from status_changes where organisation_id = $1 and candidate_id = $2
             order by at desc, id desc limit 200",
            args![organisation, candidate],
        )
        .await?;
    rows.iter().map(read).collect()
}

fn read(row: &Row) -> Result<StatusChange> {
    Ok(StatusChange {
        id: row.get("id")?,
        candidate: row.get("candidate_id")?,
        from: row.get("from_status")?,
        to: row.get("to_status")?,
        cause: row.get("cause")?,
        member: row.get("member_id")?,
        place: row.get("place")?,
        lever_actor: row.get("lever_actor")?,
        delivery: row.get("delivery_id")?,
        at: row.get("at")?,
    })
}
