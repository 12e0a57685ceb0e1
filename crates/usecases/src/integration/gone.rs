//! What the maps rely on and Lever has no longer: users who are credited and
//! were deactivated, stages that candidates are in and that were removed. Looked
//! for whenever Lever's users and stages were read, or a map was saved, and with
//! them the members whom nobody in Lever stands for.

use std::collections::{BTreeMap, BTreeSet};

use domain::attention::AttentionKind;
use domain::ids::OrganisationId;
use domain::mapping::Place;
use serde_json::{Value, json};
use store::catalogue::LeverUser;
use store::connections::Connection;
use store::{Tx, attention, catalogue, members, opportunities, user_map};

use super::unmapped;
use crate::Services;

/// Asks about what is gone, once each, and closes what is there again or no
/// longer relied on. Gives whether items came or went.
///
/// # Errors
/// As the database says.
pub(crate) async fn look_for_gone(
    tx: &mut Tx,
    services: &Services,
    connection: &Connection,
) -> Result<bool, store::Error> {
    let organisation = connection.organisation;
    let users = users(tx, connection).await?;
    let stages = stages(tx, connection).await?;
    let mut changed = ask(tx, services, organisation, AttentionKind::MappedUserGone, users).await?;
    changed |= ask(tx, services, organisation, AttentionKind::StageGone, stages).await?;
    changed |= unmapped::look_for_unmapped(tx, services, connection).await?;
    Ok(changed)
}

/// A candidate has left a stage: nobody need be asked about it once it is empty.
/// Gives whether an item went.
///
/// # Errors
/// As the database says.
pub(crate) async fn stage_left(
    services: &Services,
    tx: &mut Tx,
    organisation: OrganisationId,
    stage: String,
) -> Result<bool, store::Error> {
    let kind = AttentionKind::StageGone;
    if !attention::is_open(tx, organisation, kind, &stage).await?
        || !opportunities::ids_at(tx, organisation, &Place::Stage(stage.clone())).await?.is_empty()
    {
        return Ok(false);
    }
    attention::resolve(tx, organisation, kind, &stage, services.now()).await
}

/// Deactivated users who are credited, with the detail of their item.
async fn users(tx: &mut Tx, connection: &Connection) -> Result<BTreeMap<String, Value>, store::Error> {
    let organisation = connection.organisation;
    let known = catalogue::users(tx, organisation, connection.id).await?;
    let find = |id: &str| known.iter().find(|user| user.id == id);
    let fallback = connection.fallback_user.as_deref().and_then(find);
    let instead = fallback.filter(|user| user.active).map(|user| &user.name);
    let mapped = user_map::load(tx, organisation).await?;
    let mut concerned: BTreeMap<String, (&LeverUser, Vec<String>)> = BTreeMap::new();
    for member in members::list(tx, organisation).await? {
        if let Some(user) = mapped.get(&member.id).and_then(|id| find(id)).filter(|user| !user.active) {
            concerned.entry(user.id.clone()).or_insert((user, Vec::new())).1.push(member.name);
        }
    }
    if let Some(user) = fallback.filter(|user| !user.active) {
        concerned.entry(user.id.clone()).or_insert((user, Vec::new()));
    }
    let detail = |(id, (user, members)): (String, (&LeverUser, Vec<String>))| {
        let is_fallback = fallback.is_some_and(|fallback| fallback.id == id);
        let detail =
            json!({ "name": user.name, "members": members, "fallback": is_fallback, "instead": instead });
        (id, detail)
    };
    Ok(concerned.into_iter().map(detail).collect())
}

/// Removed stages in which candidates were when last seen, with the detail of
/// their item.
async fn stages(tx: &mut Tx, connection: &Connection) -> Result<BTreeMap<String, Value>, store::Error> {
    let organisation = connection.organisation;
    let mut gone = BTreeMap::new();
    for known in catalogue::places(tx, organisation, connection.id).await? {
        let Place::Stage(id) = &known.place else { continue };
        if known.active {
            continue;
        }
        let people = opportunities::ids_at(tx, organisation, &known.place).await?.len();
        if people > 0 {
            gone.insert(id.clone(), json!({ "name": known.text, "people": people }));
        }
    }
    Ok(gone)
}

/// Opens an item for each subject, and closes the others of its kind.
async fn ask(
    tx: &mut Tx,
    services: &Services,
    organisation: OrganisationId,
    kind: AttentionKind,
    about: BTreeMap<String, Value>,
) -> Result<bool, store::Error> {
    let now = services.now();
    let open: BTreeSet<String> =
        attention::open_subjects(tx, organisation, kind).await?.into_iter().collect();
    let mut changed = false;
    for subject in open.iter().filter(|subject| !about.contains_key(*subject)) {
        changed |= attention::resolve(tx, organisation, kind, subject, now).await?;
    }
    for (subject, detail) in about {
        let id = services.new_id();
        changed |= attention::raise(tx, organisation, kind, &subject, None, &detail, id, now).await?;
    }
    Ok(changed)
}
