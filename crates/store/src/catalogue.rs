//! What is known of a Lever account: its users, stages and archive reasons, as
//! last read. What Lever does not list any more stays, marked inactive, so that
//! old names can still be shown.

use std::collections::BTreeMap;

use domain::drift::{ChangeKind, LeverChange, Subject};
use domain::ids::{ConnectionId, OrganisationId};
use domain::mapping::Place;
use domain::time::Timestamp;

use crate::{Error, Result, Row, Tx, args, postings};

/// A user of the Lever account.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LeverUser {
    /// Lever's id.
    pub id: String,
    /// The name in Lever.
    pub name: String,
    /// The address in Lever; may be empty.
    pub email: String,
    /// False when deactivated in Lever.
    pub active: bool,
}

impl LeverUser {
    fn read(row: &Row) -> Result<Self> {
        Ok(Self {
            id: row.get("id")?,
            name: row.get("name")?,
            email: row.get("email")?,
            active: row.get("active")?,
        })
    }
}

/// A stage or an archive reason of the Lever account.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LeverPlace {
    /// Which.
    pub place: Place,
    /// Its name in Lever.
    pub text: String,
    /// Whether it is the reason that means hired.
    pub hired: bool,
    /// False when people cannot choose it any more.
    pub active: bool,
    /// Its position among its kind, from 0.
    pub position: u32,
}

impl LeverPlace {
    fn read(row: &Row) -> Result<Self> {
        let id = row.get("id")?;
        Ok(Self {
            place: place(&row.get::<String>("kind")?, id)?,
            text: row.get("text")?,
            hired: row.get("hired")?,
            active: row.get("active")?,
            position: row.get("position")?,
        })
    }
}

/// The text of a place's kind in the database, and Lever's id.
pub(crate) fn parts(place: &Place) -> (&'static str, &str) {
    match place {
        Place::Stage(id) => ("stage", id),
        Place::Archived(id) => ("reason", id),
    }
}

/// Reads [`parts`] back.
pub(crate) fn place(kind: &str, id: String) -> Result<Place> {
    match kind {
        "stage" => Ok(Place::Stage(id)),
        "reason" => Ok(Place::Archived(id)),
        _ => Err(Error::Inconsistent { column: "kind" }),
    }
}

/// Every known user, active ones first, by name.
///
/// # Errors
/// As the database says.
pub async fn users(
    tx: &mut Tx,
    organisation: OrganisationId,
    connection: ConnectionId,
) -> Result<Vec<LeverUser>> {
    let rows = tx
        .all(
            "select id, name, email, active from lever_users
             where organisation_id = $1 and connection_id = $2 order by active desc, lower(name), id",
            args![organisation, connection],
        )
        .await?;
    rows.iter().map(LeverUser::read).collect()
}

/// One user by Lever's id.
///
/// # Errors
/// As the database says.
pub async fn user(
    tx: &mut Tx,
    organisation: OrganisationId,
    connection: ConnectionId,
    id: &str,
) -> Result<Option<LeverUser>> {
    let row = tx
        .optional(
            "select id, name, email, active from lever_users
             where organisation_id = $1 and connection_id = $2 and id = $3",
            args![organisation, connection, id],
        )
        .await?;
    row.as_ref().map(LeverUser::read).transpose()
}

/// Every known stage in pipeline order, then every known archive reason.
///
/// # Errors
/// As the database says.
pub async fn places(
    tx: &mut Tx,
    organisation: OrganisationId,
    connection: ConnectionId,
) -> Result<Vec<LeverPlace>> {
    let rows = tx
        .all(
            "select kind, id, text, hired, active, position from lever_places
             where organisation_id = $1 and connection_id = $2 order by kind desc, active desc, position, id",
            args![organisation, connection],
        )
        .await?;
    rows.iter().map(LeverPlace::read).collect()
}

/// One stage or archive reason.
///
/// # Errors
/// As the database says.
pub async fn find_place(
    tx: &mut Tx,
    organisation: OrganisationId,
    connection: ConnectionId,
    place: &Place,
) -> Result<Option<LeverPlace>> {
    let (kind, id) = parts(place);
    let row = tx
        .optional(
            "select kind, id, text, hired, active, position from lever_places
             where organisation_id = $1 and connection_id = $2 and kind = $3 and id = $4",
            args![organisation, connection, kind, id],
        )
        .await?;
    row.as_ref().map(LeverPlace::read).transpose()
}

/// What a refresh found.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Refreshed {
    /// Whether anything changed at all.
    pub changed: bool,
    /// What is new, renamed, gone or back; nothing at the first reading.
    pub changes: Vec<LeverChange>,
}

impl Refreshed {
    fn note(
        &mut self,
        (subject, id): (Subject, &str),
        before: Option<(&str, bool)>,
        now: Option<(&str, bool)>,
        at: Timestamp,
    ) {
        let mut note = |kind, name: &str, name_before: Option<&str>| {
            self.changes.push(LeverChange {
                subject,
                lever_id: id.to_owned(),
                kind,
                name_before: name_before.map(str::to_owned),
                name: name.to_owned(),
                at,
            });
        };
        match (before, now) {
            (None, Some((name, true))) => note(ChangeKind::New, name, None),
            (Some((name, true)), None | Some((_, false))) => note(ChangeKind::Removed, name, None),
            (Some((_, false)), Some((name, true))) => note(ChangeKind::Returned, name, None),
            (Some((before, true)), Some((name, true))) if before != name => {
                note(ChangeKind::Renamed, name, Some(before));
            }
            _ => {}
        }
    }
}

/// Takes over what Lever lists now. What it lists no more is marked inactive.
///
/// # Errors
/// As the database says.
pub async fn refresh(
    tx: &mut Tx,
    organisation: OrganisationId,
    connection: ConnectionId,
    listed_users: &[LeverUser],
    listed_places: &[LeverPlace],
    now: Timestamp,
) -> Result<Refreshed> {
    let mut refreshed = Refreshed::default();

    let mut known: BTreeMap<String, LeverUser> =
        users(tx, organisation, connection).await?.into_iter().map(|user| (user.id.clone(), user)).collect();
    let mut known_places = places(tx, organisation, connection).await?;
    let first = known.is_empty() && known_places.is_empty();
    for user in listed_users {
        let before = known.remove(&user.id);
        if before.as_ref() != Some(user) {
            refreshed.changed = true;
            let was = before.as_ref().map(|before| (before.name.as_str(), before.active));
            refreshed.note((Subject::User, &user.id), was, Some((&user.name, user.active)), now);
            put_user(tx, organisation, connection, user).await?;
        }
    }
    for gone in known.into_values().filter(|user| user.active) {
        refreshed.changed = true;
        refreshed.note((Subject::User, &gone.id), Some((&gone.name, true)), None, now);
        put_user(tx, organisation, connection, &LeverUser { active: false, ..gone }).await?;
    }

    for listed in listed_places {
        let before = known_places
            .iter()
            .position(|place| place.place == listed.place)
            .map(|position| known_places.swap_remove(position));
        if before.as_ref() != Some(listed) {
            refreshed.changed = true;
            let was = before.as_ref().map(|before| (before.text.as_str(), before.active));
            refreshed.note(subject(&listed.place), was, Some((&listed.text, listed.active)), now);
            put_place(tx, organisation, connection, listed).await?;
        }
    }
    for gone in known_places.into_iter().filter(|place| place.active) {
        refreshed.changed = true;
        refreshed.note(subject(&gone.place), Some((&gone.text, true)), None, now);
        put_place(tx, organisation, connection, &LeverPlace { active: false, ..gone }).await?;
    }
    if first {
        refreshed.changes.clear();
    }
    Ok(refreshed)
}

fn subject(place: &Place) -> (Subject, &str) {
    match place {
        Place::Stage(id) => (Subject::Stage, id),
        Place::Archived(id) => (Subject::Reason, id),
    }
}

async fn put_user(
    tx: &mut Tx,
    organisation: OrganisationId,
    connection: ConnectionId,
    user: &LeverUser,
) -> Result<()> {
    tx.execute(
        "insert into lever_users (organisation_id, connection_id, id, name, email, active)
         values ($1, $2, $3, $4, $5, $6)
         on conflict (connection_id, id) do update
            set name = excluded.name, email = excluded.email, active = excluded.active",
        args![organisation, connection, &user.id, &user.name, &user.email, user.active],
    )
    .await?;
    Ok(())
}

async fn put_place(
    tx: &mut Tx,
    organisation: OrganisationId,
    connection: ConnectionId,
    place: &LeverPlace,
) -> Result<()> {
    let (kind, id) = parts(&place.place);
    tx.execute(
        "insert into lever_places (organisation_id, connection_id, kind, id, text, hired, active, position)
         values ($1, $2, $3, $4, $5, $6, $7, $8)
         on conflict (connection_id, kind, id) do update
            set text = excluded.text, hired = excluded.hired, active = excluded.active,
                position = excluded.position",
        args![organisation, connection, kind, id, &place.text, place.hired, place.active, place.position],
    )
    .await?;
    Ok(())
}

/// Forgets the account: another one takes its place before set-up was complete.
///
/// # Errors
/// As the database says.
pub async fn clear(tx: &mut Tx, organisation: OrganisationId, connection: ConnectionId) -> Result<()> {
    tx.execute(
        "delete from lever_users where organisation_id = $1 and connection_id = $2",
        args![organisation, connection],
    )
    .await?;
    tx.execute(
        "delete from lever_places where organisation_id = $1 and connection_id = $2",
        args![organisation, connection],
    )
    .await?;
    postings::clear(tx, organisation, connection).await?;
    tx.execute("delete from remembered_postings where organisation_id = $1", args![organisation]).await?;
    Ok(())
}
