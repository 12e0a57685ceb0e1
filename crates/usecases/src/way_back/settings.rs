//! Whether statuses set here are written to Lever, and where each leads.

use std::collections::BTreeMap;

use domain::actor::{Action, Actor};
use domain::event::Change;
use domain::mapping::{Place, StageMap, Target};
use domain::problem::{Field, FieldProblem, Problem};
use domain::status::Status;
use domain::view::{ReturnChoice, ReturnRow, WayBackPage};
use domain::way_back::{ReturnMap, comes_back, is_of_kind, suggest};
use store::activity::{self, Activity};
use store::catalogue::{self, LeverPlace};
use store::connections::{self, Connection};
use store::{Tx, stage_map, status_writes, way_back as table};

use super::try_all_again;
use crate::{Result, Services};

/// What the form holds.
#[derive(Clone, Debug, Default)]
pub struct WayBackForm {
    /// Whether it is to be on.
    pub is_on: bool,
    /// Code of a status to Lever's id of where it leads, empty for nowhere. A
    /// status that is absent leads nowhere.
    pub places: BTreeMap<String, String>,
}

/// The page.
///
/// # Errors
/// [`Problem::NotAllowed`] for all but Super Admins; [`Problem::NotConnected`]
/// before the stage map was saved.
pub async fn way_back(services: &Services, actor: &Actor) -> Result<WayBackPage> {
    services.require(actor, Action::ManageIntegration)?;
    let organisation = actor.organisation;
    let mut tx = services.store.read().await?;
    let (_, places) = connected(&mut tx, actor).await?;
    let map = stage_map::load(&mut tx, organisation).await?;
    let saved = table::is_saved(&mut tx, organisation).await?;
    let returns = if saved {
        table::map(&mut tx, organisation).await?
    } else {
        suggest(&map, places.iter().filter(|known| known.active).map(|known| &known.place))
    };
    let rows = Status::ALL.into_iter().map(|status| row(status, &places, &map, &returns)).collect();
    let refused = status_writes::refused(&mut tx, organisation).await?.len();
    Ok(WayBackPage {
        is_on: table::is_on(&mut tx, organisation).await?,
        saved,
        rows,
        refused: u32::try_from(refused).unwrap_or(u32::MAX),
    })
}

/// Saves both. What was given up before is tried again.
///
/// # Errors
/// As [`way_back`]; [`Problem::Fields`] with a problem beside each status that leads to
/// what is no longer in Lever, or means something else here. Then nothing changes.
pub async fn save_way_back(services: &Services, actor: &Actor, form: WayBackForm) -> Result<()> {
    services.require(actor, Action::ManageIntegration)?;
    let (organisation, now) = (actor.organisation, services.now());
    let mut tx = services.store.begin().await?;
    let (_, places) = connected(&mut tx, actor).await?;
    let map = stage_map::load(&mut tx, organisation).await?;
    let (mut returns, mut problems) = (Vec::new(), Vec::new());
    for status in Status::ALL {
        match chosen(status, form.places.get(status.code()), &places, &map) {
            Ok(place) => returns.extend(place.map(|place| (status, place))),
            Err(problem) => problems.push(problem),
        }
    }
    if !problems.is_empty() {
        return Err(Problem::Fields(problems).into());
    }
    let returns: ReturnMap = returns.into_iter().collect();
    let was_on = table::is_on(&mut tx, organisation).await?;
    table::save(&mut tx, organisation, form.is_on, &returns, now).await?;
    let again = form.is_on && try_all_again(services, &mut tx, organisation).await?;
    let entry = Activity {
        id: services.new_id(),
        at: now,
        member: Some(actor.member),
        candidate: None,
        kind: "way_back_saved",
        summary: match (was_on, form.is_on) {
            (false, true) => "Switched the way back on: statuses set here are written to Lever.",
            (true, false) => "Switched the way back off: statuses set here stay here.",
            _ => "Changed where statuses lead in Lever.",
        }
        .to_owned(),
    };
    activity::record(&mut tx, organisation, &entry).await?;
    tx.commit().await?;
    services.changes.announce(organisation, Change::Connection);
    if again {
        services.changes.announce(organisation, Change::Attention);
        services.wake.notify_one();
    }
    Ok(())
}

/// The connection, and the stages and reasons of its account.
async fn connected(tx: &mut Tx, actor: &Actor) -> Result<(Connection, Vec<LeverPlace>)> {
    let connection = connections::find(tx, actor.organisation)
        .await?
        .filter(|connection| connection.state.accepts_imports())
        .ok_or(Problem::NotConnected)?;
    let places = catalogue::places(tx, actor.organisation, connection.id).await?;
    Ok((connection, places))
}

fn row(status: Status, places: &[LeverPlace], map: &StageMap, returns: &ReturnMap) -> ReturnRow {
    let saved = returns.place(status);
    let choices = places
        .iter()
        .filter(|known| is_of_kind(status, &known.place))
        .filter(|known| known.active || saved == Some(&known.place))
        .map(|known| ReturnChoice { id: id_of(&known.place).to_owned(), label: label(status, known, map) })
        .collect();
    let chosen = saved.map_or_else(String::new, |place| id_of(place).to_owned());
    ReturnRow { status, choices, chosen }
}

/// The name, and why it cannot be chosen where it cannot.
fn label(status: Status, known: &LeverPlace, map: &StageMap) -> String {
    let text = &known.text;
    if !known.active {
        return format!("{text} (no longer in Lever)");
    }
    match map.target(&known.place) {
        Some(Target::Set(means)) if means != status => format!("{text} (means {means})"),
        None => format!("{text} (has no status)"),
        Some(_) => text.clone(),
    }
}

fn id_of(place: &Place) -> &str {
    let (Place::Stage(id) | Place::Archived(id)) = place;
    id
}

/// Where a status is to lead, as chosen.
fn chosen(
    status: Status,
    id: Option<&String>,
    places: &[LeverPlace],
    map: &StageMap,
) -> std::result::Result<Option<Place>, FieldProblem> {
    let Some(id) = id.filter(|id| !id.is_empty()) else { return Ok(None) };
    let field = Field::WayBack(status);
    let known = places
        .iter()
        .find(|known| is_of_kind(status, &known.place) && id_of(&known.place) == id.as_str())
        .filter(|known| known.active)
        .ok_or_else(|| FieldProblem::GoneInLever(field.clone()))?;
    if comes_back(status, &known.place, map) {
        return Ok(Some(known.place.clone()));
    }
    let means = match map.target(&known.place) {
        Some(Target::Set(means)) => Some(means),
        Some(Target::Keep) | None => None,
    };
    Err(FieldProblem::ComesBackAs(field, means))
}
