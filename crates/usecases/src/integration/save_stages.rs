//! *Save* on Job Stage Mapping.

use std::collections::{BTreeMap, BTreeSet, HashSet};

use domain::actor::{Action, Actor};
use domain::attention::AttentionKind;
use domain::connection::{ConnectionState, SetUpStep};
use domain::event::Change;
use domain::job::Job;
use domain::mapping::{Choices, Place, StageMap, Target};
use domain::pipeline::Truth;
use domain::problem::{Field, FieldProblem, Problem};
use serde::{Deserialize, Serialize};
use store::Tx;
use store::connections::Connection;
use store::map_saves::{self, Map};
use store::reconciliations::Cause;

use super::together::{Told, together};
use super::unmapped::look_after_members;
use super::{drift, progress};
use crate::jobs::enqueue_reconciliation;
use crate::{Result, Services};

/// What is kept of a form that was refused or is to be previewed: Lever id to
/// target code, empty for not mapped.
#[derive(Debug, Default, Serialize, Deserialize)]
pub(super) struct StagesDraft {
    /// The stages.
    pub(super) stages: BTreeMap<String, String>,
    /// The archive reasons.
    pub(super) reasons: BTreeMap<String, String>,
    /// Upon which save of the map it is based.
    #[serde(default)]
    pub(super) base: Option<u32>,
    /// Who was told of which save.
    #[serde(default)]
    pub(super) told: Option<Told>,
}

impl StagesDraft {
    /// Keeps it.
    pub(super) async fn keep(&self, tx: &mut Tx, services: &Services, actor: &Actor) -> Result<()> {
        progress::keep_draft(tx, services, actor, SetUpStep::Stages, self).await
    }

    /// What it would make of the map; what is no choice is left out.
    pub(super) fn choices(&self) -> Vec<(Place, Option<Target>)> {
        choices_of(&self.stages, &self.reasons)
            .into_iter()
            .filter_map(|(subject, code)| {
                let place = Place::from_subject(&subject)?;
                Some((place, if code.is_empty() { None } else { Some(Target::from_code(&code)?) }))
            })
            .collect()
    }
}

/// The form: Lever id to target code, empty for not mapped.
#[derive(Clone, Debug, Default)]
pub struct StagesForm {
    /// The stages.
    pub stages: BTreeMap<String, String>,
    /// The archive reasons.
    pub reasons: BTreeMap<String, String>,
    /// Upon which save of the map it is based; `None`: the last one.
    pub version: Option<u32>,
}

/// Saves what each stage and reason means, upon the map as it is now.
///
/// # Errors
/// As [`save_stages_upon`].
pub async fn save_stages(
    services: &Services,
    actor: &Actor,
    stages: BTreeMap<String, String>,
    reasons: BTreeMap<String, String>,
) -> Result<()> {
    save_stages_upon(services, actor, StagesForm { stages, reasons, version: None }).await
}

/// Saves what each stage and reason means; set-up is then complete and held
/// statuses are applied. What somebody else saved since the form was opened is kept.
///
/// # Errors
/// [`Problem::NotAllowed`]; [`Problem::NotConnected`] before the steps before
/// are done; [`Problem::Fields`] beside what is no choice, or what somebody else
/// saved differently meanwhile, or when nothing at all is mapped to a status.
/// Then nothing changes but the draft.
pub async fn save_stages_upon(services: &Services, actor: &Actor, form: StagesForm) -> Result<()> {
    services.require(actor, Action::ManageIntegration)?;
    let organisation = actor.organisation;
    let mut tx = services.store.begin().await?;
    let connection = at_stages(&mut tx, actor).await?;
    let checked = check(&mut tx, actor, &connection, form).await?;
    if !checked.problems.is_empty() {
        checked.keep_draft(&mut tx, services, actor).await?;
        tx.commit().await?;
        return Err(Problem::Fields(checked.problems).into());
    }
    checked.write(&mut tx, services, actor, &connection).await?;
    if connection.state == ConnectionState::SetUpUnfinished {
        let (state, now) = (ConnectionState::Connected, services.now());
        store::connections::set_state(&mut tx, organisation, connection.id, state, None, now).await?;
        look_after_members(&mut tx, services, organisation).await?;
        enqueue_reconciliation(&mut tx, services, organisation, connection.id, Cause::Asked).await?;
        progress::record(&mut tx, services, actor, "lever_connected", "Connected Lever".into()).await?;
    }
    tx.commit().await?;
    services.changes.announce(organisation, Change::Connection);
    services.changes.announce(organisation, Change::Attention);
    services.wake.notify_one();
    Ok(())
}

/// Keeps the choices without saving them: the step then shows what they would do.
///
/// # Errors
/// [`Problem::NotAllowed`]; [`Problem::NotConnected`].
pub async fn preview_stages(services: &Services, actor: &Actor, form: StagesForm) -> Result<()> {
    services.require(actor, Action::ManageIntegration)?;
    let mut tx = services.store.begin().await?;
    at_stages(&mut tx, actor).await?;
    let StagesForm { stages, reasons, version } = form;
    StagesDraft { stages, reasons, base: version, told: None }.keep(&mut tx, services, actor).await?;
    tx.commit().await?;
    Ok(())
}

/// Forgets choices that were previewed or refused: the step shows again what is saved.
///
/// # Errors
/// [`Problem::NotAllowed`].
pub async fn discard_stages(services: &Services, actor: &Actor) -> Result<()> {
    services.require(actor, Action::ManageIntegration)?;
    let mut tx = services.store.begin().await?;
    store::drafts::discard(&mut tx, actor.organisation, SetUpStep::Stages).await?;
    tx.commit().await?;
    Ok(())
}

async fn at_stages(tx: &mut Tx, actor: &Actor) -> Result<Connection> {
    Ok(store::connections::lock(tx, actor.organisation)
        .await?
        .filter(|connection| progress::first_unfinished(connection) >= SetUpStep::Stages)
        .ok_or(Problem::NotConnected)?)
}

/// A form that was looked at.
pub(super) struct Checked {
    chosen: Vec<(Place, Option<Target>)>,
    draft: StagesDraft,
    /// Why it cannot be saved.
    pub(super) problems: Vec<FieldProblem>,
}

impl Checked {
    /// Whether it holds no choice.
    pub(super) fn is_empty(&self) -> bool {
        self.chosen.is_empty()
    }

    /// Keeps what was chosen.
    pub(super) async fn keep_draft(&self, tx: &mut Tx, services: &Services, actor: &Actor) -> Result<()> {
        self.draft.keep(tx, services, actor).await
    }

    /// Saves what was chosen, and forgets the draft.
    pub(super) async fn write(
        &self,
        tx: &mut Tx,
        services: &Services,
        actor: &Actor,
        connection: &Connection,
    ) -> Result<()> {
        store::drafts::discard(tx, actor.organisation, SetUpStep::Stages).await?;
        apply(tx, services, actor, connection, &self.chosen).await
    }
}

/// Looks at a form, together with what was saved since it was opened.
///
/// # Errors
/// As the store says.
pub(super) async fn check(
    tx: &mut Tx,
    actor: &Actor,
    connection: &Connection,
    form: StagesForm,
) -> Result<Checked> {
    let organisation = actor.organisation;
    let known: HashSet<Place> = store::catalogue::places(tx, organisation, connection.id)
        .await?
        .into_iter()
        .map(|place| place.place)
        .collect();
    let earlier: Option<StagesDraft> = progress::draft(tx, actor, SetUpStep::Stages).await?;
    let typed = choices_of(&form.stages, &form.reasons);
    let told = earlier.and_then(|draft| draft.told);
    let together = together(tx, actor, Map::Stages, typed, form.version, told).await?;

    let mut problems = Vec::new();
    let mut chosen: Vec<(Place, Option<Target>)> = Vec::new();
    for (subject, code) in &together.choices {
        let Some(place) = Place::from_subject(subject) else { continue };
        let target = match code.as_str() {
            "" => Some(None),
            code => Target::from_code(code).map(Some),
        };
        match target {
            Some(target) if known.contains(&place) => {
                if together.conflicts.contains(subject) {
                    let saved = together.saved.get(subject).and_then(|code| Target::from_code(code));
                    problems.push(FieldProblem::SavedMeanwhile(field(&place), saved));
                }
                chosen.push((place, target));
            }
            Some(_) | None => problems.push(FieldProblem::NotAChoice(field(&place))),
        }
    }
    // As the form has them: stages, then reasons.
    problems.sort_by_key(|problem| matches!(problem.field(), Field::ReasonMap(_)));
    let before = store::stage_map::load(tx, organisation).await?;
    if problems.is_empty() && merged(&before, &chosen).sets_nothing() {
        problems.push(FieldProblem::NothingMapped);
    }
    let (mut stages, mut reasons) = (BTreeMap::new(), BTreeMap::new());
    for (subject, code) in together.choices {
        match Place::from_subject(&subject) {
            Some(Place::Stage(id)) => stages.insert(id, code),
            Some(Place::Archived(id)) => reasons.insert(id, code),
            None => None,
        };
    }
    let base = Some(together.version);
    let told = (!together.conflicts.is_empty()).then_some(together.told).or(told);
    Ok(Checked { chosen, draft: StagesDraft { stages, reasons, base, told }, problems })
}

fn field(place: &Place) -> Field {
    match place {
        Place::Stage(id) => Field::StageMap(id.clone()),
        Place::Archived(id) => Field::ReasonMap(id.clone()),
    }
}

/// The rows of a form, by what they are about.
fn choices_of(stages: &BTreeMap<String, String>, reasons: &BTreeMap<String, String>) -> Choices {
    let of_stages = stages.iter().map(|(id, code)| (Place::Stage(id.clone()), code));
    let of_reasons = reasons.iter().map(|(id, code)| (Place::Archived(id.clone()), code));
    of_stages.chain(of_reasons).map(|(place, code)| (place.subject(), code.trim().to_owned())).collect()
}

/// The map once `chosen` is saved over `before`.
pub(super) fn merged(before: &StageMap, chosen: &[(Place, Option<Target>)]) -> StageMap {
    let kept = before
        .iter()
        .filter(|(place, _)| !chosen.iter().any(|(decided, _)| decided == *place))
        .map(|(place, target)| (place.clone(), target));
    let decided = chosen.iter().filter_map(|(place, target)| target.map(|target| (place.clone(), target)));
    kept.chain(decided).collect()
}

/// Saves the choices, looks again at whoever they concern, and settles what
/// was asked about places that are mapped now.
///
/// # Errors
/// As the store says.
pub(super) async fn apply(
    tx: &mut Tx,
    services: &Services,
    actor: &Actor,
    connection: &Connection,
    chosen: &[(Place, Option<Target>)],
) -> Result<()> {
    let (organisation, now) = (connection.organisation, services.now());
    let before = store::stage_map::load(tx, organisation).await?;
    let mut again: BTreeSet<String> =
        store::opportunities::held(tx, organisation).await?.into_iter().collect();
    for (place, target) in chosen {
        store::stage_map::save(tx, organisation, place, *target).await?;
        if target.is_some() {
            let (kind, subject) = (AttentionKind::UnmappedPlace, place.subject());
            store::attention::resolve(tx, organisation, kind, &subject, now).await?;
        }
    }
    let after = store::stage_map::load(tx, organisation).await?;
    for (place, _) in chosen.iter().filter(|(place, _)| before.target(place) != after.target(place)) {
        again.extend(store::opportunities::ids_at(tx, organisation, place).await?);
        if let Place::Stage(stage) = place {
            // While archived for a kept reason it is the stage that says what they are.
            let archived = store::opportunities::archived_in(tx, organisation, stage).await?;
            again.extend(archived.into_iter().filter_map(|(id, reason)| {
                let truth = Truth { stage: stage.clone(), archived: Some(reason) };
                truth.rests_on(place, &after).then_some(id)
            }));
        }
    }
    for opportunity in again {
        let job = Job::ApplyOpportunity { opportunity };
        store::jobs::enqueue(tx, organisation, &job, services.new_id(), now, now).await?;
    }
    let saved: Choices = store::stage_map::decided(tx, organisation)
        .await?
        .into_iter()
        .map(|(place, target)| (place.subject(), target.map_or("", Target::code).to_owned()))
        .collect();
    map_saves::keep(tx, organisation, Map::Stages, &saved, Some(actor.member), now).await?;
    drift::ask(tx, services, connection).await?;
    let mapped = chosen.iter().filter(|(_, target)| target.is_some()).count();
    let summary = format!("Saved the stage map: {mapped} of {} stages and reasons are mapped", chosen.len());
    progress::record(tx, services, actor, "lever_stages_mapped", summary).await
}
