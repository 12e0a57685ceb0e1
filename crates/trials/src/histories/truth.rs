//! What must hold after a reconciliation, told from the practice Lever's own
//! records and from what members did, independently of how it came about.

use std::collections::{HashMap, HashSet};

use anyhow::{Context, Result};
use domain::actor::Role;
use domain::attention::AttentionKind;
use domain::mapping::{Place, StageMap, Target};
use domain::status::{Status, StatusCause};
use serde_json::Value;
use store::attention;

use super::world::{Person, World};

/// Something that is not as it must be.
pub(super) struct Difference {
    /// Whose, by index.
    pub(super) person: Option<usize>,
    pub(super) text: String,
}

/// How often an opportunity was moved from one stage to another.
pub(super) fn moves(opportunity: &Value) -> usize {
    let stages: Vec<&str> = opportunity["stageChanges"]
        .as_array()
        .map(|changes| changes.iter().filter_map(|change| change["toStageId"].as_str()).collect())
        .unwrap_or_default();
    stages.windows(2).filter(|pair| pair[0] != pair[1]).count()
}

/// What Lever says the status is; `None` where the place is not mapped.
fn meaning(place: &Place, stage: &str, moved: bool, own: Status, map: &StageMap) -> Option<Status> {
    Some(match map.target(place)? {
        Target::Set(status) => status,
        Target::Keep => {
            let of_stage = map.target(&Place::Stage(stage.to_owned()));
            match (place, of_stage) {
                (Place::Archived(_), Some(Target::Set(status))) if status.is_open() => status,
                _ if moved => Status::Responded,
                _ => own,
            }
        }
    })
}

/// Everything that is not as it must be.
pub(super) async fn differences(world: &World) -> Result<Vec<Difference>> {
    let organisation = world.admin.organisation;
    let lever: HashMap<String, Value> = world
        .lever
        .opportunities()
        .into_iter()
        .map(|found| (found["id"].as_str().unwrap_or_default().to_owned(), found))
        .collect();
    let mut tx = world.services.store.read().await?;
    let map = store::stage_map::load(&mut tx, organisation).await?;
    let asked: HashSet<(AttentionKind, String)> =
        attention::list_open(&mut tx, organisation, Role::SuperAdmin, None, 100_000)
            .await?
            .into_iter()
            .map(|item| (item.kind, item.subject))
            .collect();
    let mut found = Vec::new();
    let mut held_places = HashSet::new();
    for (index, person) in world.people.iter().enumerate() {
        let mut tell = |text: String| {
            found.push(Difference {
                person: Some(index),
                text: format!("{} ({}): {text}", person.opportunity, person.candidate),
            });
        };
        let theirs = lever.get(&person.opportunity).context("an opportunity vanished from Lever")?;
        let ours = store::opportunities::get(&mut tx, organisation, &person.opportunity)
            .await?
            .context("an opportunity vanished here")?;
        let candidate = store::candidates::get(&mut tx, organisation, person.candidate)
            .await?
            .context("a candidate vanished")?;
        let pending = store::deliveries::pending_for(&mut tx, organisation, &person.opportunity).await?;
        if !pending.is_empty() {
            tell(format!("{} deliveries are pending", pending.len()));
        }
        if theirs.get("deletedAt").is_some() {
            if ours.unlinked_at.is_none() {
                tell("deleted in Lever, linked here".into());
            }
            continue;
        }
        if ours.unlinked_at.is_some() {
            tell("in Lever, unlinked here".into());
            continue;
        }
        let stage = theirs["stage"].as_str().unwrap_or_default().to_owned();
        let reason = theirs["archived"].as_object().and_then(|archived| archived["reason"].as_str());
        if (ours.stage.as_deref(), ours.archived_reason.as_deref()) != (Some(stage.as_str()), reason) {
            tell(format!(
                "stands at {stage} {reason:?} in Lever, at {:?} {:?} here",
                ours.stage, ours.archived_reason
            ));
        }
        if theirs["isAnonymized"] == true
            && !asked.contains(&(AttentionKind::Anonymised, person.candidate.to_string()))
        {
            tell("anonymised in Lever, and nobody is asked".into());
        }
        let place = match reason {
            Some(reason) => Place::Archived(reason.to_owned()),
            None => Place::Stage(stage.clone()),
        };
        let moved = moves(theirs) > person.landed_moves;
        let levers = meaning(&place, &stage, moved, person.own, &map);
        if ours.held != levers.is_none() {
            tell(format!("held is {} at {place:?}, which means {levers:?}", ours.held));
        }
        let Some(levers) = levers else {
            held_places.insert(place.subject());
            continue;
        };
        if world.way_back {
            let write = store::status_writes::find(&mut tx, organisation, &person.opportunity).await?;
            let refused = matches!(
                write.as_ref().map(|write| write.state),
                Some(store::status_writes::State::Refused(_))
            );
            if write.is_some() && !refused {
                tell(format!("{write:?} is still to be written"));
            }
            if refused != asked.contains(&(AttentionKind::StatusNotWritten, person.candidate.to_string())) {
                tell(format!("refused {refused}, and an open item does not fit"));
            }
            let memory = store::opportunities::memory(&mut tx, organisation, &person.opportunity).await?;
            // Where Lever was brought to a stage that keeps the status, any is right.
            let kept = map.target(&place) == Some(Target::Keep) && memory.agreed;
            let same = candidate.status == levers || kept;
            if candidate.conflict.is_some_and(|marked| marked != levers)
                || (same && candidate.conflict.is_some())
            {
                tell(format!("marked {:?}, but {levers:?} in Lever", candidate.conflict));
            }
            if !same && candidate.conflict.is_none() && !refused {
                tell(format!(
                    "status {:?} by {:?}, but {levers:?} in Lever ({place:?}), and nobody is asked; {memory:?}",
                    candidate.status, candidate.cause
                ));
            }
            let marked = asked.contains(&(AttentionKind::StatusConflict, person.candidate.to_string()));
            if marked != candidate.conflict.is_some() {
                tell(format!("conflict {:?}, but an open item: {marked}", candidate.conflict));
            }
            continue;
        }
        let stands_as_decided = person.decided == Some((stage, reason.map(str::to_owned)));
        let (status, conflict) = expected(person, levers, stands_as_decided);
        if (candidate.status, candidate.conflict) != (status, conflict) {
            tell(format!(
                "status {:?} by {:?} with conflict {:?}, but {levers:?} in Lever ({place:?}, moved {moved}) \
                 and {:?} by hand make {status:?} with conflict {conflict:?}",
                candidate.status, candidate.cause, candidate.conflict, person.by_hand
            ));
        }
        if person.by_hand.is_none() && candidate.cause == StatusCause::Hand {
            tell("set by hand, says the candidate".into());
        }
        let marked = asked.contains(&(AttentionKind::StatusConflict, person.candidate.to_string()));
        if marked != candidate.conflict.is_some() {
            tell(format!("conflict {:?}, but an open item: {marked}", candidate.conflict));
        }
        let history = store::status_changes::list(&mut tx, organisation, person.candidate).await?;
        let newest = history.first().map(|newest| newest.at);
        // Of several at one instant any may be the last.
        let ends = |status| history.iter().any(|change| Some(change.at) == newest && change.to == status);
        if newest.is_some() && !ends(candidate.status) {
            tell(format!("status {:?}, but the history ends in {:?}", candidate.status, history[0].to));
        }
    }
    for (kind, subject) in asked {
        let wanted = match kind {
            AttentionKind::UnmappedPlace => held_places.remove(&subject),
            AttentionKind::DeliveryNotApplied | AttentionKind::TooManyUnlinked => false,
            _ => true,
        };
        if !wanted {
            found.push(Difference {
                person: None,
                text: format!("{kind:?} asks about {subject} for nothing"),
            });
        }
    }
    for subject in held_places {
        found.push(Difference { person: None, text: format!("nobody is asked about {subject}") });
    }
    Ok(found)
}

/// Status and conflict mark.
fn expected(person: &Person, levers: Status, stands_as_decided: bool) -> (Status, Option<Status>) {
    match person.by_hand {
        None => (levers, None),
        Some(status) if status == levers || stands_as_decided => (status, None),
        Some(status) => (status, Some(levers)),
    }
}
