//! *Save* on Job Stage Mapping.

use std::collections::{BTreeMap, BTreeSet, HashSet};

use domain::actor::{Action, Actor};
use domain::attention::AttentionKind;
use domain::connection::{ConnectionState, SetUpStep};
use domain::event::Change;
use domain::job::Job;
use domain::mapping::{Place, StageMap, Target};
use domain::problem::{Field, FieldProblem, Problem};
use serde::{Deserialize, Serialize};
use store::Tx;
use store::connections::Connection;
use store::reconciliations::Cause;

use super::progress;
use crate::jobs::enqueue_reconciliation;
use crate::{Result, Services};

/// What is kept of a refused form: Lever id to target code, empty for not mapped.
#[derive(Debug, Default, Serialize, Deserialize)]
pub(super) struct StagesDraft {
    /// The stages.
    pub(super) stages: BTreeMap<String, String>,
    /// The archive reasons.
    pub(super) reasons: BTreeMap<String, String>,
}

/// Saves what each stage and reason means (Lever id to target code, empty for
/// not mapped); set-up is then complete and held statuses are applied.
///
/// # Errors
/// [`Problem::NotAllowed`]; [`Problem::NotConnected`] before the steps before
/// are done; [`Problem::Fields`] beside what is no choice, or when nothing at
/// all is mapped to a status. Then nothing changes but the draft.
pub async fn save_stages(
    services: &Services,
    actor: &Actor,
    stages: BTreeMap<String, String>,
    reasons: BTreeMap<String, String>,
) -> Result<()> {
    services.require(actor, Action::ManageIntegration)?;
    let organisation = actor.organisation;
    let mut tx = services.store.begin().await?;
    let connection = store::connections::lock(&mut tx, organisation)
        .await?
        .filter(|connection| progress::first_unfinished(connection) >= SetUpStep::Stages)
        .ok_or(Problem::NotConnected)?;
    let known: HashSet<Place> = store::catalogue::places(&mut tx, organisation, connection.id)
        .await?
        .into_iter()
        .map(|place| place.place)
        .collect();

    let mut problems = Vec::new();
    let mut chosen: Vec<(Place, Option<Target>)> = Vec::new();
    let of_stages =
        stages.iter().map(|(id, code)| (Place::Stage(id.clone()), code, Field::StageMap(id.clone())));
    let of_reasons =
        reasons.iter().map(|(id, code)| (Place::Archived(id.clone()), code, Field::ReasonMap(id.clone())));
    for (place, code, field) in of_stages.chain(of_reasons) {
        let target = match code.trim() {
            "" => Some(None),
            code => Target::from_code(code).map(Some),
        };
        match target {
            Some(target) if known.contains(&place) => chosen.push((place, target)),
            Some(_) | None => problems.push(FieldProblem::NotAChoice(field)),
        }
    }
    let before = store::stage_map::load(&mut tx, organisation).await?;
    if problems.is_empty() && merged(&before, &chosen).sets_nothing() {
        problems.push(FieldProblem::NothingMapped);
    }
    if !problems.is_empty() {
        let draft = StagesDraft { stages, reasons };
        progress::keep_draft(&mut tx, services, actor, SetUpStep::Stages, &draft).await?;
        tx.commit().await?;
        return Err(Problem::Fields(problems).into());
    }

    store::drafts::discard(&mut tx, organisation, SetUpStep::Stages).await?;
    apply(&mut tx, services, actor, &connection, &chosen).await?;
    if connection.state == ConnectionState::SetUpUnfinished {
        let (state, now) = (ConnectionState::Connected, services.now());
        store::connections::set_state(&mut tx, organisation, connection.id, state, None, now).await?;
        enqueue_reconciliation(&mut tx, services, organisation, connection.id, Cause::Asked).await?;
        progress::record(&mut tx, services, actor, "lever_connected", "Connected Lever".into()).await?;
    }
    tx.commit().await?;
    services.changes.announce(organisation, Change::Connection);
    services.changes.announce(organisation, Change::Attention);
    services.wake.notify_one();
    Ok(())
}

/// The map once `chosen` is saved over `before`.
fn merged(before: &StageMap, chosen: &[(Place, Option<Target>)]) -> StageMap {
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
        if before.target(place) != *target {
            again.extend(store::opportunities::ids_at(tx, organisation, place).await?);
        }
    }
    for opportunity in again {
        let job = Job::ApplyOpportunity { opportunity };
        store::jobs::enqueue(tx, organisation, &job, services.new_id(), now, now).await?;
    }
    let mapped = chosen.iter().filter(|(_, target)| target.is_some()).count();
    let summary = format!("Saved the stage map: {mapped} of {} stages and reasons are mapped", chosen.len());
    progress::record(tx, services, actor, "lever_stages_mapped", summary).await
}
