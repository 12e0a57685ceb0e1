//! Reading an opportunity from Lever and applying what it says.
//!
//! A delivery is a hint: its signature covers neither what changed nor which
//! way. What counts is what Lever answers now, so order, repeats and gaps of
//! deliveries never change the end result, and one read serves every delivery
//! that waited. [`apply`] is also what an import and a reconciliation end in.

use std::collections::{BTreeMap, HashSet};
use std::time::Duration;

use domain::attention::AttentionKind;
use domain::event::Change;
use domain::ids::{CandidateId, DeliveryId, OrganisationId};
use domain::job::Job;
use domain::mapping::{Place, StageMap, Target};
use domain::pipeline::{Belief, Decision, Truth, decide};
use domain::status::{Status, StatusCause};
use domain::time::Timestamp;
use lever::{Client, DeletedOpportunity, Opportunity};
use serde_json::json;
use store::activity::{self, Activity};
use store::candidates::{self, Candidate, StatusUpdate};
use store::connections::{self, Connection};
use store::jobs::Claimed;
use store::opportunities::{self, Reading};
use store::status_changes::{self, StatusChange};
use store::{
    Tx, attention, catalogue, contact_opportunities, deliveries, erasures, imports, jobs, stage_map,
    status_writes,
};

use super::settle_deliveries::Together;
use super::{Ended, Ending, Stop, WITHOUT_LEVER, begin_fenced, lever_of};
use crate::candidates::seen_opportunity;
use crate::way_back::drop_wish;
use crate::webhooks::missed::{self, Readings, Told as ToldChange};
use crate::{Result, Services, calls, integration, outage};

/// After so many answers *not found* without a deletion being listed it is a
/// matter for a person.
const MISSING_ATTEMPTS: u32 = 5;
/// So long somebody may decide about the data of a person who was anonymised in
/// Lever; then it is erased here as well.
const ERASED_AFTER: Duration = Duration::from_secs(7 * 24 * 60 * 60);
/// How far before the last reading a deletion may be listed: clocks differ.
const OVERLAP: Duration = Duration::from_secs(5 * 60);

/// Reads the opportunity and applies it.
pub(super) async fn run(services: &Services, claimed: &Claimed, id: &str) -> Ended {
    let organisation = claimed.organisation;
    // Collected before the read: only what waited by then is surely in the answer.
    let (linked, pending) = {
        let mut tx = services.store.read().await?;
        let linked = opportunities::get(&mut tx, organisation, id).await?;
        (linked, deliveries::pending_for(&mut tx, organisation, id).await?)
    };
    let told: Vec<DeliveryId> = pending.iter().map(|delivery| delivery.id).collect();
    let Some(linked) = linked.filter(|linked| linked.unlinked_at.is_none()) else {
        let mut tx = begin_fenced(services, claimed).await?;
        let outcome = "not one of ours";
        deliveries::settle(&mut tx, organisation, &told, deliveries::IGNORED, outcome, services.now())
            .await?;
        jobs::finish(&mut tx, claimed).await?;
        tx.commit().await?;
        return Ok(Ending::Settled);
    };
    let Some((connection, client)) = lever_of(services, organisation).await? else {
        return Ok(Ending::Wait { until: services.now() + WITHOUT_LEVER });
    };
    calls::about(linked.candidate);
    let read_at = services.now();
    let together =
        Together { services, connection: &connection, told: &told, read_at, attempts: claimed.attempt };
    match client.opportunity(id).await? {
        Some(read) => {
            let mut tx = begin_fenced(services, claimed).await?;
            let source = Source { read_at, delivery: told.last().copied() };
            let applied = apply(services, &mut tx, &connection, &read, source).await?;
            let now = services.now();
            together.applied(&mut tx, &read, applied.as_ref()).await?;
            let should_tell = applied.as_ref().and_then(|applied| applied.told);
            missed::count(&mut tx, &connection, should_tell.as_slice()).await?;
            let kind = AttentionKind::DeliveryNotApplied;
            let mended = attention::resolve(&mut tx, organisation, kind, id, now).await?
                | outage::over(services, &mut tx, &connection).await?;
            jobs::finish(&mut tx, claimed).await?;
            tx.commit().await?;
            announce(services, organisation, applied.as_ref());
            if mended {
                services.changes.announce(organisation, Change::Attention);
            }
            Ok(Ending::Settled)
        }
        None => {
            if let Some(deletion) = deletion(&client, id, linked.read_at).await? {
                let mut tx = begin_fenced(services, claimed).await?;
                let by = deletion.deleted_by.as_deref();
                let upon = Unlinking { user: by, delivery: told.last().copied() };
                let unlinked = unlink(services, &mut tx, &connection, id, upon).await?;
                together.deleted(&mut tx, by).await?;
                jobs::finish(&mut tx, claimed).await?;
                tx.commit().await?;
                if let Some(candidate) = unlinked {
                    services.changes.announce(organisation, Change::Candidate { id: candidate });
                    services.changes.announce(organisation, Change::Attention);
                }
                return Ok(Ending::Settled);
            }
            let error = "Lever does not find the opportunity and lists no deletion".to_owned();
            if claimed.attempt < MISSING_ATTEMPTS {
                Ok(Ending::Retry { at: None, error })
            } else {
                Ok(Ending::Dead { error })
            }
        }
    }
}

/// Nobody could apply it: the deliveries say so, and a person is asked.
pub(super) async fn gave_up(
    services: &Services,
    tx: &mut Tx,
    claimed: &Claimed,
    id: &str,
) -> Result<Vec<Change>> {
    let organisation = claimed.organisation;
    let now = services.now();
    let Some(linked) = opportunities::get(tx, organisation, id).await? else { return Ok(Vec::new()) };
    let told: Vec<DeliveryId> =
        deliveries::pending_for(tx, organisation, id).await?.iter().map(|delivery| delivery.id).collect();
    deliveries::settle(tx, organisation, &told, deliveries::FAILED, "could not be applied", now).await?;
    deliveries::tried(tx, organisation, &told, claimed.attempt).await?;
    let kind = AttentionKind::DeliveryNotApplied;
    let detail = json!({ "url": linked.url });
    attention::raise(tx, organisation, kind, id, Some(linked.candidate), &detail, services.new_id(), now)
        .await?;
    Ok(vec![Change::Attention])
}

/// Where Lever lists the opportunity among the deleted ones. A key that may not
/// list them cannot tell.
async fn deletion(
    client: &Client,
    id: &str,
    last_seen: Timestamp,
) -> std::result::Result<Option<DeletedOpportunity>, Stop> {
    let mut found = None;
    for_each_deleted(client, last_seen, |deleted| {
        if deleted.id == id {
            found = Some(deleted.clone());
        }
    })
    .await?;
    Ok(found)
}

/// Walks over what was deleted since `since`, with overlap; gives the number of
/// requests.
///
/// A key without the permission to list them ends the walk: the permission is
/// optional, and its row in the table of permissions says what is missed.
pub(super) async fn for_each_deleted(
    client: &Client,
    since: Timestamp,
    mut visit: impl FnMut(&DeletedOpportunity),
) -> std::result::Result<u32, lever::Error> {
    let start = since.minus(OVERLAP).0;
    let mut requests = 0;
    let mut cursor: Option<String> = None;
    let mut seen = HashSet::new();
    loop {
        requests += 1;
        let page = match client.deleted_opportunities_page(Some(start), cursor.as_deref()).await {
            Ok(page) => page,
            Err(error) if error.kind() == lever::ErrorKind::Forbidden => {
                tracing::warn!(%error, "deletions in Lever cannot be seen with this key");
                return Ok(requests);
            }
            Err(error) => return Err(error),
        };
        page.data.iter().for_each(&mut visit);
        match page.next {
            Some(next) if seen.insert(next.clone()) => cursor = Some(next),
            _ => return Ok(requests),
        }
    }
}

/// What led to an unlinking.
#[derive(Clone, Copy, Debug)]
pub(super) struct Unlinking<'a> {
    /// Lever's id of the user who deleted it, where Lever says so.
    pub(super) user: Option<&'a str>,
    /// The newest delivery that told of it.
    pub(super) delivery: Option<DeliveryId>,
}

/// Unlinks an opportunity that was deleted in Lever: the candidate stays as
/// they are. Gives the candidate, unless it was not linked.
pub(super) async fn unlink(
    services: &Services,
    tx: &mut Tx,
    connection: &Connection,
    id: &str,
    upon: Unlinking<'_>,
) -> Result<Option<CandidateId>> {
    let (organisation, now) = (connection.organisation, services.now());
    let Some(linked) = opportunities::lock(tx, organisation, id).await? else { return Ok(None) };
    if !opportunities::unlink(tx, organisation, id, now).await? {
        return Ok(None);
    }
    imports::unlinked(tx, organisation, linked.candidate, id, now).await?;
    contact_opportunities::forget(tx, organisation, id).await?;
    drop_wish(services, tx, organisation, &linked).await?;
    // What was to be decided about it is moot.
    let subject = linked.candidate.to_string();
    attention::resolve(tx, organisation, AttentionKind::StatusConflict, &subject, now).await?;
    candidates::set_conflict(tx, organisation, linked.candidate, None).await?;
    attention::resolve(tx, organisation, AttentionKind::DeliveryNotApplied, id, now).await?;
    place_left(services, tx, organisation, &linked).await?;
    let name = candidates::get(tx, organisation, linked.candidate)
        .await?
        .map_or_else(|| "A candidate".to_owned(), |candidate| candidate.name);
    let user = match upon.user {
        Some(user) => catalogue::user(tx, organisation, connection.id, user).await?,
        None => None,
    };
    let by = user.map(|user| format!(" by {}", user.name)).unwrap_or_default();
    let unlinked = Activity {
        id: services.new_id(),
        at: now,
        member: None,
        candidate: Some(linked.candidate),
        kind: "unlinked",
        summary: format!("{name} was deleted in Lever{by} and is no longer linked."),
    };
    activity::record_upon(tx, organisation, &unlinked, upon.delivery).await?;
    Ok(Some(linked.candidate))
}

/// How we came to read an opportunity.
#[derive(Clone, Copy, Debug)]
pub(super) struct Source {
    /// When the request was begun.
    pub(super) read_at: Timestamp,
    /// The newest delivery that asked for it.
    pub(super) delivery: Option<DeliveryId>,
}

/// What applying did.
#[derive(Clone, Debug)]
pub(super) struct Applied {
    /// To whom.
    pub(super) candidate: CandidateId,
    /// Whether the status changed.
    pub(super) changed: bool,
    /// Whether attention items came or went.
    pub(super) attention: bool,
    /// What came of it, for the deliveries.
    pub(super) outcome: &'static str,
    /// Where it stood by our last reading.
    pub(super) was: Option<Place>,
    /// Where it stands.
    pub(super) is: Place,
    /// The status before and after.
    pub(super) status: (Status, Status),
    /// What Lever should have told of it.
    pub(super) told: Option<ToldChange>,
}

/// Tells open screens, after the commit.
pub(super) fn announce(services: &Services, organisation: OrganisationId, applied: Option<&Applied>) {
    if let Some(applied) = applied {
        services.changes.announce(organisation, Change::Candidate { id: applied.candidate });
        if applied.attention {
            services.changes.announce(organisation, Change::Attention);
        }
    }
}

/// Applies an opportunity that a member chose just now, in their transaction.
///
/// # Errors
/// As the store says.
pub(crate) async fn follow_now(
    services: &Services,
    tx: &mut Tx,
    connection: &Connection,
    read: &Opportunity,
    read_at: Timestamp,
) -> Result<()> {
    apply(services, tx, connection, read, Source { read_at, delivery: None }).await?;
    Ok(())
}

/// Applies what was read of an opportunity to the candidate it stands for, in
/// the caller's transaction. `None` when it is not linked.
pub(super) async fn apply(
    services: &Services,
    tx: &mut Tx,
    connection: &Connection,
    read: &Opportunity,
    source: Source,
) -> Result<Option<Applied>> {
    let organisation = connection.organisation;
    let Some(row) = opportunities::lock(tx, organisation, &read.id).await? else { return Ok(None) };
    if row.unlinked_at.is_some() {
        return Ok(None);
    }
    let Some(candidate) = candidates::hold(tx, organisation, row.candidate).await? else { return Ok(None) };
    let truth = Truth {
        stage: read.stage.clone().unwrap_or_default(),
        archived: read.archived.as_ref().map(|archived| archived.reason.clone().unwrap_or_default()),
    };
    let place = truth.place();
    let mut applied = Applied {
        candidate: candidate.id,
        changed: false,
        attention: false,
        outcome: "nothing changed",
        was: row.place(),
        is: place.clone(),
        status: (candidate.status, candidate.status),
        told: None,
    };
    if is_stale(&row, read, source.read_at) {
        applied.outcome = "a later reading was applied already";
        applied.was = None;
        return Ok(Some(applied));
    }

    let before = row.stage.clone().map(|stage| Truth { stage, archived: row.archived_reason.clone() });
    let map = stage_map::load(tx, organisation).await?;
    let memory = opportunities::memory(tx, organisation, &read.id).await?;
    let went = before.as_ref().is_some_and(|before| before.stage != truth.stage);
    let moves = moves(read);
    let landed = match memory.landed_moves {
        Some(landed) => landed,
        None => {
            let landed = moves.saturating_sub(u32::from(went));
            opportunities::set_landed(tx, organisation, &read.id, landed).await?;
            landed
        }
    };
    let mut belief = Belief {
        status: candidate.status,
        last_open: candidate.last_open,
        cause: candidate.cause,
        moved: went || moves > landed,
        decided: memory.decided_stage.map(|stage| Truth { stage, archived: memory.decided_reason }),
        agreed: memory.agreed,
    };
    match wished(services, tx, connection, &candidate, &truth, &map, &read.id).await? {
        Wished::Nothing => {
            if let Some(before) = &before {
                let (before_at, after_at) = (row.read_at, source.read_at);
                let readings =
                    Readings { services, connection, read, before, after: &truth, before_at, after_at };
                applied.told = readings.told(tx).await?;
            }
        }
        // Where the member saw it, or half of our own way: no news to them.
        Wished::OnTheWay => belief.decided = Some(truth.clone()),
        Wished::There { asked } => {
            (belief.decided, belief.agreed) = (Some(truth.clone()), true);
            applied.attention |= asked;
            applied.outcome = "as it was set here";
        }
    }
    if memory.moved != belief.moved {
        opportunities::set_moved(tx, organisation, &read.id, belief.moved).await?;
    }
    let at = Told {
        services,
        connection,
        candidate: &candidate,
        truth: &truth,
        before: before.as_ref(),
        mover: read.stage_changes.last().and_then(|change| change.user_id.as_deref()),
        source,
    };
    let mut held = false;
    match decide(&truth, &belief, &map) {
        Decision::Nothing => {
            // Whether they agree, or Lever stands where it stood when somebody decided.
            if candidate.conflict.is_some() {
                candidates::set_conflict(tx, organisation, candidate.id, None).await?;
                applied.attention |= at.conflict_over(tx).await?;
            }
        }
        Decision::Set(next) => {
            at.set(tx, next).await?;
            applied.attention |= at.conflict_over(tx).await?;
            applied.changed = true;
            applied.outcome = "status changed";
            applied.status.1 = next;
        }
        Decision::Unmapped => {
            held = true;
            applied.outcome = "held: the place in Lever is not mapped";
            applied.attention |= at.unmapped(tx, &place).await?;
        }
        Decision::Conflict(levers) => {
            applied.outcome = "a status set by hand was kept";
            applied.attention |= at.conflict(tx, levers).await?;
        }
    }
    if read.is_anonymized {
        applied.outcome = "anonymised in Lever";
        applied.attention |= at.anonymised(tx).await?;
    }
    let reading = Reading {
        stage: truth.stage.clone(),
        archived_reason: truth.archived.clone(),
        archived_at: read.archived.as_ref().and_then(|archived| archived.archived_at).map(Timestamp),
        held,
        lever_updated_at: read.updated_at.map(Timestamp),
        read_at: source.read_at,
    };
    opportunities::record_reading(tx, organisation, &read.id, &reading).await?;
    if let Some(seen) = seen_opportunity(services, connection, read, &BTreeMap::new(), source.read_at) {
        contact_opportunities::keep(tx, organisation, &seen).await?;
    }
    let (by, changed_at) = last_change(read);
    opportunities::set_changed(tx, organisation, &read.id, by, changed_at).await?;
    if row.held || row.place().as_ref() != Some(&place) {
        applied.attention |= place_left(services, tx, organisation, &row).await?;
    }
    Ok(Some(applied))
}

/// A candidate has left the place at which `left` says they were, or is no longer
/// held there: what was asked about it closes with the last one. Gives whether
/// items came or went.
///
/// # Errors
/// As the database says.
pub(crate) async fn place_left(
    services: &Services,
    tx: &mut Tx,
    organisation: OrganisationId,
    left: &opportunities::Opportunity,
) -> Result<bool> {
    let mut changed = false;
    if let (true, Some(place)) = (left.held, left.place())
        && !opportunities::any_held_at(tx, organisation, &place).await?
    {
        let (kind, subject) = (AttentionKind::UnmappedPlace, place.subject());
        changed = attention::resolve(tx, organisation, kind, &subject, services.now()).await?;
        if changed && let Some(connection) = connections::find(tx, organisation).await? {
            // It is among the changes that hold nobody again.
            integration::ask_about_changes(tx, services, &connection).await?;
        }
    }
    if let Some(stage) = left.stage.clone() {
        changed |= integration::stage_left(services, tx, organisation, stage).await?;
    }
    Ok(changed)
}

/// How what was read stands to a status that a member wants written there.
enum Wished {
    /// It has nothing to do with it.
    Nothing,
    /// The wish is not fulfilled yet, and this is no contradiction.
    OnTheWay,
    /// The wish is fulfilled, by our request or by somebody else.
    There {
        /// Whether an attention item about it was closed.
        asked: bool,
    },
}

/// Settles a wish that is fulfilled. This is how the echo of our own request is
/// recognised, whether it comes before the answer, twice, or by a reconciliation
/// alone: the status stays as the member set it.
async fn wished(
    services: &Services,
    tx: &mut Tx,
    connection: &Connection,
    candidate: &Candidate,
    truth: &Truth,
    map: &StageMap,
    id: &str,
) -> Result<Wished> {
    let (organisation, now) = (connection.organisation, services.now());
    let Some(write) = status_writes::find(tx, organisation, id).await? else { return Ok(Wished::Nothing) };
    if candidate.status != write.status || candidate.cause != StatusCause::Hand {
        return Ok(Wished::Nothing);
    }
    let place = truth.place();
    let means_it = place == write.to || map.target(&place) == Some(Target::Set(write.status));
    let elsewhere_bound = write.sent.as_ref().is_some_and(|sent| sent != truth)
        && write.look_at.is_some_and(|look_at| look_at > now);
    if !means_it || elsewhere_bound {
        let ours = *truth == write.seen || write.sent.as_ref() == Some(truth);
        return Ok(if ours { Wished::OnTheWay } else { Wished::Nothing });
    }
    status_writes::forget(tx, organisation, id).await?;
    opportunities::agree(tx, organisation, id, truth).await?;
    let (kind, subject) = (AttentionKind::StatusNotWritten, candidate.id.to_string());
    let asked = attention::resolve(tx, organisation, kind, &subject, now).await?;
    let place = place_name(tx, connection, &place).await?;
    let entry = Activity {
        id: services.new_id(),
        at: now,
        member: Some(write.member),
        candidate: Some(candidate.id),
        kind: "status_written",
        summary: format!("{} is {} in Lever too: {place}.", candidate.name, write.status),
    };
    activity::record(tx, organisation, &entry).await?;
    Ok(Wished::There { asked })
}

/// Who changed it last, where Lever says so, and when: an archive names nobody.
pub(super) fn last_change(read: &Opportunity) -> (Option<&str>, Option<Timestamp>) {
    match (&read.archived, read.stage_changes.last()) {
        (Some(archived), _) => (None, archived.archived_at.map(Timestamp)),
        (None, Some(change)) => (change.user_id.as_deref(), change.updated_at.map(Timestamp)),
        (None, None) => (None, None),
    }
}

/// Whether something later than `read` was applied already: a request begun
/// after ours, or at the same instant, was applied first, and Lever's own time
/// of the last change does not say that ours has more.
fn is_stale(row: &opportunities::Opportunity, read: &Opportunity, read_at: Timestamp) -> bool {
    if row.stage.is_none() {
        return false;
    }
    match (row.lever_updated_at, read.updated_at.map(Timestamp)) {
        (Some(known), Some(now)) if now > known => false,
        (Some(known), Some(now)) if now < known => row.read_at >= read_at,
        _ => row.read_at > read_at,
    }
}

/// How often Lever has moved it from one stage to another.
fn moves(read: &Opportunity) -> u32 {
    let stages: Vec<&str> =
        read.stage_changes.iter().filter_map(|change| change.to_stage_id.as_deref()).collect();
    let moves = stages.windows(2).filter(|pair| pair[0] != pair[1]).count();
    u32::try_from(moves).unwrap_or(u32::MAX)
}

/// What was told about a candidate, and what follows.
struct Told<'a> {
    services: &'a Services,
    connection: &'a Connection,
    candidate: &'a Candidate,
    truth: &'a Truth,
    before: Option<&'a Truth>,
    /// Lever's id of the user who made the last move.
    mover: Option<&'a str>,
    source: Source,
}

impl Told<'_> {
    async fn set(&self, tx: &mut Tx, next: Status) -> Result<()> {
        let organisation = self.connection.organisation;
        let now = self.services.now();
        let update = StatusUpdate {
            status: next,
            cause: StatusCause::Lever,
            at: now,
            last_open: last_open(self.candidate, next),
            conflict: None,
        };
        candidates::set_status(tx, organisation, self.candidate.id, &update).await?;
        let place = place_name(tx, self.connection, &self.truth.place()).await?;
        let actor = self.who_moved(tx).await?;
        let by = actor.as_ref().map_or_else(String::new, |actor| format!(", by {actor}"));
        let change = StatusChange {
            id: self.services.new_id(),
            candidate: self.candidate.id,
            from: self.candidate.status,
            to: next,
            cause: StatusCause::Lever,
            member: None,
            place: Some(place.clone()),
            lever_actor: actor,
            delivery: self.source.delivery,
            at: now,
        };
        status_changes::record(tx, organisation, &change).await?;
        let name = &self.candidate.name;
        self.log(tx, "status_from_lever", format!("{name} is now {next}: {place} in Lever{by}.")).await
    }

    /// Who made the last move, where Lever says so: it names nobody for an archive.
    async fn who_moved(&self, tx: &mut Tx) -> Result<Option<String>> {
        let moved = self.before.is_some_and(|before| before.stage != self.truth.stage);
        let Some(user) = self.mover.filter(|_| moved && self.truth.archived.is_none()) else {
            return Ok(None);
        };
        let known = catalogue::user(tx, self.connection.organisation, self.connection.id, user).await?;
        Ok(known.map(|user| user.name))
    }

    async fn unmapped(&self, tx: &mut Tx, place: &Place) -> Result<bool> {
        let organisation = self.connection.organisation;
        let now = self.services.now();
        let known = catalogue::find_place(tx, organisation, self.connection.id, place).await?;
        let (Place::Stage(id) | Place::Archived(id)) = place;
        let detail = json!({
            "place": if matches!(place, Place::Stage(_)) { "stage" } else { "reason" },
            "name": known.as_ref().map_or(id, |known| &known.text),
        });
        if known.is_none() {
            // New in Lever: its name is needed to map it.
            let job = Job::RefreshCatalogue { connection: self.connection.id };
            jobs::enqueue(tx, organisation, &job, self.services.new_id(), now, now).await?;
        }
        let (kind, subject, id) = (AttentionKind::UnmappedPlace, place.subject(), self.services.new_id());
        let raised = attention::raise(tx, organisation, kind, &subject, None, &detail, id, now).await?;
        if raised {
            // It is no longer among the changes that hold nobody.
            integration::ask_about_changes(tx, self.services, self.connection).await?;
        }
        Ok(raised)
    }

    async fn conflict(&self, tx: &mut Tx, levers: Status) -> Result<bool> {
        let organisation = self.connection.organisation;
        let candidate = self.candidate;
        candidates::set_conflict(tx, organisation, candidate.id, Some(levers)).await?;
        let place = place_name(tx, self.connection, &self.truth.place()).await?;
        let detail = json!({ "status": candidate.status.code(), "levers": levers.code(), "place": place });
        let kind = AttentionKind::StatusConflict;
        let subject = candidate.id.to_string();
        let id = self.services.new_id();
        let now = self.services.now();
        let raised =
            attention::raise(tx, organisation, kind, &subject, Some(candidate.id), &detail, id, now).await?;
        if candidate.conflict != Some(levers) {
            let (name, status) = (&candidate.name, candidate.status);
            let summary =
                format!("{name} is {levers} by Lever ({place}) and {status} by hand: somebody decides.");
            self.log(tx, "status_conflict", summary).await?;
        }
        Ok(raised)
    }

    async fn conflict_over(&self, tx: &mut Tx) -> Result<bool> {
        let organisation = self.connection.organisation;
        let subject = self.candidate.id.to_string();
        let kind = AttentionKind::StatusConflict;
        Ok(attention::resolve(tx, organisation, kind, &subject, self.services.now()).await?)
    }

    async fn anonymised(&self, tx: &mut Tx) -> Result<bool> {
        let organisation = self.connection.organisation;
        let kind = AttentionKind::Anonymised;
        let candidate = self.candidate.id;
        let now = self.services.now();
        let due = now + ERASED_AFTER;
        if !erasures::ask(tx, organisation, candidate, due, now).await? {
            return Ok(false);
        }
        let job = Job::EraseCandidate { candidate };
        jobs::enqueue(tx, organisation, &job, self.services.new_id(), due, now).await?;
        let (subject, id) = (candidate.to_string(), self.services.new_id());
        let detail = json!({ "due": due.0 });
        Ok(attention::raise(tx, organisation, kind, &subject, Some(candidate), &detail, id, now).await?)
    }

    async fn log(&self, tx: &mut Tx, kind: &'static str, summary: String) -> Result<()> {
        let entry = Activity {
            id: self.services.new_id(),
            at: self.services.now(),
            member: None,
            candidate: Some(self.candidate.id),
            kind,
            summary,
        };
        Ok(activity::record_upon(tx, self.connection.organisation, &entry, self.source.delivery).await?)
    }
}

/// The last open status once the status becomes `next`.
pub(crate) fn last_open(candidate: &Candidate, next: Status) -> Status {
    if next.is_open() {
        next
    } else if candidate.status.is_open() {
        candidate.status
    } else {
        candidate.last_open
    }
}

/// A place in people's words: `Stage Offer`, `Archived as Underqualified`. Its
/// id stands in until the catalogue knows its name.
pub(crate) async fn place_name(tx: &mut Tx, connection: &Connection, place: &Place) -> Result<String> {
    let known = catalogue::find_place(tx, connection.organisation, connection.id, place).await?;
    Ok(match place {
        Place::Stage(id) => format!("Stage {}", known.as_ref().map_or(id, |known| &known.text)),
        Place::Archived(id) if id.is_empty() => "Archived without a reason".to_owned(),
        Place::Archived(id) => format!("Archived as {}", known.as_ref().map_or(id, |known| &known.text)),
    })
}
