//! Whether statuses set here are written to Lever, and where each leads.

use std::collections::BTreeMap;

use domain::actor::{Action, Actor};
use domain::event::Change;
use domain::mapping::{Choices, Place, StageMap, Target};
use domain::problem::{Field, FieldProblem, Problem};
use domain::status::Status;
use domain::view::{ReturnChoice, ReturnRow, WayBackPage};
use domain::way_back::{ReturnMap, comes_back, is_of_kind, suggest};
use serde::{Deserialize, Serialize};
use store::activity::{self, Activity};
use store::catalogue::{self, LeverPlace};
use store::connections::{self, Connection};
use store::map_saves::{self, Map};
use store::{Tx, drafts, stage_map, status_writes, way_back as table};

use super::try_all_again;
use crate::integration::progress;
use crate::integration::together::{Told, together};
use crate::{Result, Services};

/// Whether it is on, among the choices.
const IS_ON: &str = "is_on";

/// What the form holds.
#[derive(Clone, Debug, Default)]
pub struct WayBackForm {
    /// Whether it is to be on.
    pub is_on: bool,
    /// Code of a status to Lever's id of where it leads, empty for nowhere. A
    /// status that is absent leads nowhere.
    pub places: BTreeMap<String, String>,
    /// Upon which save it is based; `None`: the last one.
    pub version: Option<u32>,
}

/// What is kept of a form that was refused.
#[derive(Debug, Serialize, Deserialize)]
struct Draft {
    is_on: bool,
    /// As in the form.
    places: BTreeMap<String, String>,
    /// Upon which save it is based.
    base: u32,
    /// Who was told of which save.
    told: Option<Told>,
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
    let is_on = table::is_on(&mut tx, organisation).await?;
    let draft: Option<Draft> = progress::draft(&mut tx, actor, drafts::Form::WayBack).await?;
    let is_draft = draft.is_some();
    let (asked_on, chosen, version) = match draft {
        Some(draft) => (draft.is_on, draft.places, draft.base),
        None => {
            let last = map_saves::last(&mut tx, organisation, Map::WayBack).await?;
            let returns = shown(&mut tx, actor, &places, &map).await?;
            let chosen =
                returns.iter().map(|(status, place)| (status.code().to_owned(), id_of(place).to_owned()));
            (is_on, chosen.collect(), last.map_or(0, |save| save.version))
        }
    };
    let rows = Status::ALL
        .into_iter()
        .map(|status| row(status, &places, &map, chosen.get(status.code()).map_or("", String::as_str)))
        .collect();
    let refused = status_writes::refused(&mut tx, organisation).await?.len();
    Ok(WayBackPage {
        is_on,
        asked_on,
        saved,
        is_draft,
        version,
        rows,
        refused: u32::try_from(refused).unwrap_or(u32::MAX),
    })
}

/// What is saved; before that, what is suggested.
async fn shown(tx: &mut Tx, actor: &Actor, places: &[LeverPlace], map: &StageMap) -> Result<ReturnMap> {
    if table::is_saved(tx, actor.organisation).await? {
        return Ok(table::map(tx, actor.organisation).await?);
    }
    Ok(suggest(map, places.iter().filter(|known| known.active).map(|known| &known.place)))
}

/// Forgets choices that were refused: the page shows again what is saved.
///
/// # Errors
/// [`Problem::NotAllowed`].
pub async fn discard_way_back(services: &Services, actor: &Actor) -> Result<()> {
    services.require(actor, Action::ManageIntegration)?;
    let mut tx = services.store.begin().await?;
    drafts::discard(&mut tx, actor.organisation, drafts::Form::WayBack).await?;
    tx.commit().await?;
    Ok(())
}

/// Saves both. What somebody else saved since the form was opened is kept; what was
/// given up before is tried again.
///
/// # Errors
/// As [`way_back`]; [`Problem::Fields`] with a problem beside each status that leads to
/// what is no longer in Lever, or means something else here, or was saved differently
/// meanwhile. Then nothing changes but the draft.
pub async fn save_way_back(services: &Services, actor: &Actor, form: WayBackForm) -> Result<()> {
    services.require(actor, Action::ManageIntegration)?;
    let (organisation, now) = (actor.organisation, services.now());
    let mut tx = services.store.begin().await?;
    // Of two who save at once the second sees what the first saved.
    connections::lock(&mut tx, organisation).await?;
    let (_, places) = connected(&mut tx, actor).await?;
    let map = stage_map::load(&mut tx, organisation).await?;
    if map_saves::last(&mut tx, organisation, Map::WayBack).await?.is_none() {
        // The first save: what every open form shows is what they are based upon.
        let is_on = table::is_on(&mut tx, organisation).await?;
        let before = choices_of(is_on, &shown(&mut tx, actor, &places, &map).await?);
        map_saves::keep(&mut tx, organisation, Map::WayBack, &before, None, now).await?;
    }
    let earlier: Option<Draft> = progress::draft(&mut tx, actor, drafts::Form::WayBack).await?;
    let told = earlier.and_then(|draft| draft.told);
    let version = form.version.map(|version| version.max(1));
    let together = together(&mut tx, actor, Map::WayBack, typed(form), version, told).await?;
    let is_on = together.choices.get(IS_ON).is_some_and(|code| code == switch(true));

    let (mut returns, mut problems) = (Vec::new(), Vec::new());
    for status in Status::ALL {
        if together.conflicts.contains(status.code()) {
            problems.push(FieldProblem::SavedMeanwhile(Field::WayBack(status), None));
        }
        match chosen(status, together.choices.get(status.code()), &places, &map) {
            Ok(place) => returns.extend(place.map(|place| (status, place))),
            Err(problem) => problems.push(problem),
        }
    }
    if !problems.is_empty() {
        let told = (!together.conflicts.is_empty()).then_some(together.told).or(told);
        let mut places = together.choices;
        places.remove(IS_ON);
        let draft = Draft { is_on, places, base: together.version, told };
        progress::keep_draft(&mut tx, services, actor, drafts::Form::WayBack, &draft).await?;
        tx.commit().await?;
        return Err(Problem::Fields(problems).into());
    }
    let returns: ReturnMap = returns.into_iter().collect();
    let was_on = table::is_on(&mut tx, organisation).await?;
    table::save(&mut tx, organisation, is_on, &returns, now).await?;
    let saved = choices_of(is_on, &returns);
    map_saves::keep(&mut tx, organisation, Map::WayBack, &saved, Some(actor.member), now).await?;
    drafts::discard(&mut tx, organisation, drafts::Form::WayBack).await?;
    let again = is_on && try_all_again(services, &mut tx, organisation).await?;
    let entry = Activity {
        id: services.new_id(),
        at: now,
        member: Some(actor.member),
        candidate: None,
        kind: "way_back_saved",
        summary: match (was_on, is_on) {
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

/// Every row of a form.
fn typed(form: WayBackForm) -> Choices {
    let WayBackForm { is_on, mut places, .. } = form;
    let rows = Status::ALL.map(|status| {
        let place = places.remove(status.code()).unwrap_or_default();
        (status.code().to_owned(), place.trim().to_owned())
    });
    rows.into_iter().chain([(IS_ON.to_owned(), switch(is_on).to_owned())]).collect()
}

/// What is saved, as the rows of a form.
fn choices_of(is_on: bool, returns: &ReturnMap) -> Choices {
    let places =
        returns.iter().map(|(status, place)| (status.code().to_owned(), id_of(place).to_owned())).collect();
    typed(WayBackForm { is_on, places, version: None })
}

fn switch(is_on: bool) -> &'static str {
    if is_on { "on" } else { "off" }
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

fn row(status: Status, places: &[LeverPlace], map: &StageMap, chosen: &str) -> ReturnRow {
    let choices = places
        .iter()
        .filter(|known| is_of_kind(status, &known.place))
        .filter(|known| known.active || id_of(&known.place) == chosen)
        .map(|known| ReturnChoice { id: id_of(&known.place).to_owned(), label: label(status, known, map) })
        .collect();
    ReturnRow { status, choices, chosen: chosen.to_owned() }
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
