//! The lights of a connection: how far the webhook of each event that is followed is set up.

use domain::connection::{LeverEvent, Light};
use domain::ids::{ConnectionId, OrganisationId};
use domain::time::Timestamp;

use crate::{Error, Result, Row, Tx, args};

/// One light.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LightRow {
    /// Which event.
    pub event: LeverEvent,
    /// How far.
    pub light: Light,
    /// When it turned.
    pub at: Option<Timestamp>,
    /// A Verify that could not be checked yet.
    pub held: Option<HeldVerify>,
    /// When a real event of this kind arrived last.
    pub last_event_at: Option<Timestamp>,
    /// Lever's id of the webhook, when it was registered through the API.
    pub webhook: Option<String>,
    /// Since when the webhook is being made anew in Lever.
    pub changing_at: Option<Timestamp>,
    /// Changes that were read and of which no event of this kind told.
    pub missed: Option<Missed>,
}

/// Changes of which no event told.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Missed {
    /// How many.
    pub changes: u32,
    /// When the first of them was made.
    pub since: Timestamp,
}

/// The signed fields of a Verify, exactly as sent.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct HeldVerify {
    /// The delivery's token.
    pub token: String,
    /// Its time, in the digits that were sent.
    pub triggered_at: String,
    /// Its signature; empty when it had none.
    pub signature: String,
}

impl LightRow {
    fn read(row: &Row) -> Result<Self> {
        let token: Option<String> = row.get("held_token")?;
        let triggered_at: Option<String> = row.get("held_triggered_at")?;
        let signature: Option<String> = row.get("held_signature")?;
        let missed: u32 = row.get("missed")?;
        let since: Option<Timestamp> = row.get("missed_since")?;
        Ok(Self {
            event: row.get("event")?,
            light: row.get("light")?,
            at: row.get("at")?,
            held: match (token, triggered_at, signature) {
                (Some(token), Some(triggered_at), Some(signature)) => {
                    Some(HeldVerify { token, triggered_at, signature })
                }
                _ => None,
            },
            last_event_at: row.get("last_event_at")?,
            webhook: row.get("webhook")?,
            changing_at: row.get("changing_at")?,
            missed: since.map(|since| Missed { changes: missed, since }),
        })
    }
}

/// Makes the lights of a new connection, all waiting.
///
/// # Errors
/// As the database says.
pub async fn insert_all(tx: &mut Tx, organisation: OrganisationId, connection: ConnectionId) -> Result<()> {
    for event in LeverEvent::FOLLOWED {
        tx.execute(
            "insert into lights (organisation_id, connection_id, event, light) values ($1, $2, $3, $4)",
            args![organisation, connection, event, Light::Waiting],
        )
        .await?;
    }
    Ok(())
}

/// The lights, in the article's order, that of deletions last.
///
/// # Errors
/// As the database says.
pub async fn list(
    tx: &mut Tx,
    organisation: OrganisationId,
    connection: ConnectionId,
) -> Result<Vec<LightRow>> {
    let rows = tx
        .all(
            "select * from lights where organisation_id = $1 and connection_id = $2",
            args![organisation, connection],
        )
        .await?;
    let mut lights = rows.iter().map(LightRow::read).collect::<Result<Vec<_>>>()?;
    lights.sort_unstable_by_key(|light| light.event);
    Ok(lights)
}

/// Turns a light; what was held is replaced by `held`.
///
/// # Errors
/// [`Error::RowsTouched`] when there is no such light.
pub async fn turn(
    tx: &mut Tx,
    organisation: OrganisationId,
    connection: ConnectionId,
    event: LeverEvent,
    light: Light,
    at: Option<Timestamp>,
    held: Option<&HeldVerify>,
) -> Result<()> {
    let touched = tx
        .execute(
            "update lights set light = $4, at = $5, held_token = $6, held_triggered_at = $7,
                held_signature = $8
             where organisation_id = $1 and connection_id = $2 and event = $3",
            args![
                organisation,
                connection,
                event,
                light,
                at,
                held.map(|held| held.token.as_str()),
                held.map(|held| held.triggered_at.as_str()),
                held.map(|held| held.signature.as_str()),
            ],
        )
        .await?;
    Error::expect_one("light", touched)
}

/// A real event of this kind arrived. A later one that is known already stands.
///
/// # Errors
/// [`Error::RowsTouched`] when there is no such light.
pub async fn saw_event(
    tx: &mut Tx,
    organisation: OrganisationId,
    connection: ConnectionId,
    event: LeverEvent,
    at: Timestamp,
) -> Result<()> {
    let touched = tx
        .execute(
            "update lights set last_event_at = case when last_event_at > $4 then last_event_at else $4 end
             where organisation_id = $1 and connection_id = $2 and event = $3",
            args![organisation, connection, event, at],
        )
        .await?;
    Error::expect_one("light event", touched)
}

/// A change was read that was made at `at`, and no event of this kind told of it.
///
/// # Errors
/// [`Error::RowsTouched`] when there is no such light.
pub async fn missed_event(
    tx: &mut Tx,
    organisation: OrganisationId,
    connection: ConnectionId,
    event: LeverEvent,
    at: Timestamp,
) -> Result<()> {
    let touched = tx
        .execute(
            "update lights set missed = missed + 1,
                missed_since = case when missed_since <= $4 then missed_since else $4 end
             where organisation_id = $1 and connection_id = $2 and event = $3",
            args![organisation, connection, event, at],
        )
        .await?;
    Error::expect_one("light event", touched)
}

/// Forgets the changes of which no event of this kind told, if the first of them was
/// made at `until` or before. Gives whether there were any.
///
/// # Errors
/// As the database says.
pub async fn forget_missed(
    tx: &mut Tx,
    organisation: OrganisationId,
    connection: ConnectionId,
    event: LeverEvent,
    until: Timestamp,
) -> Result<bool> {
    let touched = tx
        .execute(
            "update lights set missed = 0, missed_since = null
             where organisation_id = $1 and connection_id = $2 and event = $3 and missed_since <= $4",
            args![organisation, connection, event, until],
        )
        .await?;
    Ok(touched == 1)
}

/// Keeps Lever's id of the webhook registered for an event; `None` forgets it.
///
/// # Errors
/// [`Error::RowsTouched`] when there is no such light.
pub async fn set_webhook(
    tx: &mut Tx,
    organisation: OrganisationId,
    connection: ConnectionId,
    event: LeverEvent,
    webhook: Option<&str>,
) -> Result<()> {
    let touched = tx
        .execute(
            "update lights set webhook = $4
             where organisation_id = $1 and connection_id = $2 and event = $3",
            args![organisation, connection, event, webhook],
        )
        .await?;
    Error::expect_one("light webhook", touched)
}

/// Says that the webhook of an event is being made anew in Lever from now on,
/// unless somebody else began that at `stale` or later. Gives whether it may.
///
/// # Errors
/// As the database says.
pub async fn begin_change(
    tx: &mut Tx,
    organisation: OrganisationId,
    connection: ConnectionId,
    event: LeverEvent,
    stale: Timestamp,
    now: Timestamp,
) -> Result<bool> {
    let touched = tx
        .execute(
            "update lights set changing_at = $4
             where organisation_id = $1 and connection_id = $2 and event = $3
               and (changing_at is null or changing_at < $5)",
            args![organisation, connection, event, now, stale],
        )
        .await?;
    Ok(touched == 1)
}

/// The change that began at `began` has ended. `false`: it was given up for lost,
/// and somebody else may have begun another.
///
/// # Errors
/// As the database says.
pub async fn end_change(
    tx: &mut Tx,
    organisation: OrganisationId,
    connection: ConnectionId,
    event: LeverEvent,
    began: Timestamp,
) -> Result<bool> {
    let touched = tx
        .execute(
            "update lights set changing_at = null
             where organisation_id = $1 and connection_id = $2 and event = $3 and changing_at = $4",
            args![organisation, connection, event, began],
        )
        .await?;
    Ok(touched == 1)
}
