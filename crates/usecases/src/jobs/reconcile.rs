//! Comparing linked candidates with Lever and repairing the differences.
//!
//! What changed since the last run is listed by `updated_at`, with an overlap
//! because the list may shift while it is read and clocks differ; deletions
//! have a list of their own. A full run, the night's or one that was asked for,
//! also reads every linked opportunity that was not listed, because old ones
//! have no `updated_at`. Whatever is found goes the same way as a delivery, and
//! what cannot be read ends as a delivery does that cannot be applied.
//!
//! With every page what was reached is written down, so that whoever takes a
//! run over after a crash goes on from there. What differed is kept with the run.

use std::collections::{BTreeMap, BTreeSet, HashSet};
use std::time::Duration;

use domain::attention::AttentionKind;
use domain::event::Change;
use domain::ids::{CandidateId, ConnectionId, OrganisationId, ReconciliationId};
use domain::job::Job;
use domain::time::Timestamp;
use lever::{Client, Opportunity, OpportunityFilter};
use serde_json::json;
use store::activity::{self, Activity};
use store::connections::{self, Connection};
use store::differences::{self, Difference};
use store::jobs::Claimed;
use store::opportunities;
use store::reconciliations::{self, Cause, Phase, Progress, Reconciliation};
use store::{Tx, attention, candidates, contact_opportunities, deliveries, jobs};

use super::apply_opportunity::{
    Applied, Source, Unlinking, announce, apply, for_each_deleted, place_name, unlink,
};
use super::{
    Ended, Ending, Stop, WITHOUT_LEVER, ask_for_permission, begin_fenced, confidentiality, lever_of,
};
use crate::candidates::seen_opportunity;
use crate::webhooks::missed;
use crate::{Result, Services, calls, outage};

/// How far before the end of the last run a window begins.
const OVERLAP: Duration = Duration::from_secs(5 * 60);
/// So many linked candidates are asked about at once: their ids fill an address
/// of two thousand characters.
const AT_ONCE: u32 = 50;
/// So long runs are kept, with what they found.
const KEPT: Duration = Duration::from_secs(30 * 24 * 60 * 60);
/// So many may be unlinked without a person's word, however few are linked.
const UNLINKED_AT_LEAST: usize = 5;

/// Queues a run, in the caller's transaction. One that is queued already is
/// made due and as thorough as asked. One that is under way stands for what the clock
/// asks for; when a person asks, it may have read already what they want to see, and
/// another one follows it. Gives whether a new one was queued. After the commit the
/// worker is to be woken.
///
/// # Errors
/// As the database says.
pub(crate) async fn enqueue(
    tx: &mut Tx,
    services: &Services,
    organisation: OrganisationId,
    connection: ConnectionId,
    cause: Cause,
) -> Result<bool> {
    let now = services.now();
    let id: ReconciliationId = services.new_id();
    let job = Job::Reconcile { reconciliation: id };
    if reconciliations::insert(tx, organisation, id, connection, cause, now).await? {
        jobs::enqueue(tx, organisation, &job, services.new_id(), now, now).await?;
        return Ok(true);
    }
    if cause != Cause::Due {
        let is_queued = reconciliations::strengthen(tx, organisation, cause).await?;
        if !is_queued && cause != Cause::Nightly {
            reconciliations::follow(tx, organisation, cause).await?;
        }
        jobs::hasten(tx, organisation, &job, now).await?;
    }
    Ok(false)
}

/// Ends a run, and queues the one that is to follow it. After the commit the worker is
/// to be woken.
async fn finish(
    tx: &mut Tx,
    services: &Services,
    organisation: OrganisationId,
    run: &Reconciliation,
    problem: Option<&str>,
    now: Timestamp,
) -> Result<()> {
    if let Some(cause) = reconciliations::finish(tx, organisation, run.id, problem, now).await? {
        enqueue(tx, services, organisation, run.connection, cause).await?;
    }
    Ok(())
}

/// Runs one reconciliation, from its beginning or from where it was left.
pub(super) async fn run(services: &Services, claimed: &Claimed, id: ReconciliationId) -> Ended {
    let organisation = claimed.organisation;
    let Some((connection, client)) = lever_of(services, organisation).await? else {
        return Ok(Ending::Wait { until: services.now() + WITHOUT_LEVER });
    };
    let run = {
        let mut tx = begin_fenced(services, claimed).await?;
        match reconciliations::get(&mut tx, organisation, id).await? {
            Some(run) if run.finished_at.is_none() => {}
            Some(_) | None => return Ok(Ending::Done),
        }
        let since = connection.read_up_to.unwrap_or(connection.created_at);
        let linked = opportunities::count_linked(&mut tx, organisation).await?;
        reconciliations::start(&mut tx, organisation, id, since, linked, services.now()).await?;
        let Some(run) = reconciliations::get(&mut tx, organisation, id).await? else {
            return Ok(Ending::Done);
        };
        tx.commit().await?;
        run
    };
    services.changes.announce(organisation, Change::Connection);
    let mut sweep = Sweep {
        services,
        claimed,
        connection: &connection,
        client: &client,
        run: &run,
        progress: run.progress.clone(),
        looked_at: HashSet::new(),
        missing: BTreeMap::new(),
        listed: None,
    };
    loop {
        match sweep.progress.phase {
            Phase::Window => sweep.window().await?,
            Phase::Linked => sweep.linked().await?,
            Phase::Deleted => {
                sweep.deleted().await?;
                return sweep.finish().await;
            }
        }
    }
}

/// Tried too often: the run says so, and the next one is due after the period.
pub(super) async fn gave_up(
    services: &Services,
    tx: &mut Tx,
    claimed: &Claimed,
    id: ReconciliationId,
) -> Result<Vec<Change>> {
    let Some(run) = reconciliations::get(tx, claimed.organisation, id).await? else {
        return Ok(Vec::new());
    };
    if run.finished_at.is_none() {
        let problem = "Lever kept answering with errors.";
        finish(tx, services, claimed.organisation, &run, Some(problem), services.now()).await?;
    }
    Ok(vec![Change::Connection])
}

/// One run in hand.
struct Sweep<'a> {
    services: &'a Services,
    claimed: &'a Claimed,
    connection: &'a Connection,
    client: &'a Client,
    run: &'a Reconciliation,
    progress: Progress,
    /// Linked opportunities that this worker looked at.
    looked_at: HashSet<String>,
    /// Linked opportunities that Lever lists as deleted, and who deleted them.
    missing: BTreeMap<String, Option<String>>,
    /// All that Lever lists as deleted, once it was asked because of one that it
    /// does not find.
    listed: Option<HashSet<String>>,
}

/// A linked opportunity that Lever does not give.
struct Unreadable {
    id: String,
    /// When it was asked for.
    read_at: Timestamp,
    why: Refusal,
}

/// Why Lever does not give an opportunity.
enum Refusal {
    /// It is confidential, or the key lacks the permission for this call.
    Forbidden(&'static str),
    /// There is none, as far as Lever says.
    NotFound,
}

impl Sweep<'_> {
    fn organisation(&self) -> OrganisationId {
        self.claimed.organisation
    }

    fn is_full(&self) -> bool {
        self.run.cause != Cause::Due
    }

    /// Since when changes are listed.
    fn since(&self) -> Timestamp {
        self.run.since.unwrap_or(self.connection.created_at)
    }

    /// What is reached; it is written down with the next change.
    fn reach(&mut self, phase: Phase, reached: Option<String>) {
        self.progress.phase = phase;
        self.progress.reached = reached;
    }

    /// What was changed since the last run, page by page.
    async fn window(&mut self) -> std::result::Result<(), Stop> {
        let filter = OpportunityFilter {
            updated_at_start: Some(self.since().minus(OVERLAP).0),
            confidentiality: confidentiality(self.connection),
            ..OpportunityFilter::default()
        };
        let mut left_at = self.progress.reached.clone();
        let mut cursor = left_at.clone();
        let mut seen = HashSet::new();
        loop {
            let read_at = self.services.now();
            let page = match self.client.opportunities_page(&filter, cursor.as_deref()).await {
                // Cursors go stale: a run that was left begins its list again.
                Err(error) if error.kind() == lever::ErrorKind::BadRequest && left_at.is_some() => {
                    tracing::info!(%error, "the cursor of a run is stale");
                    (left_at, cursor) = (None, None);
                    self.progress.requests += 1;
                    continue;
                }
                page => page?,
            };
            left_at = None;
            self.progress.requests += 1;
            self.progress.pages += 1;
            cursor = page.next.filter(|next| seen.insert(next.clone()));
            match &cursor {
                Some(next) => self.reach(Phase::Window, Some(next.clone())),
                None if self.is_full() => self.reach(Phase::Linked, None),
                None => self.reach(Phase::Deleted, None),
            }
            self.apply_all(&page.data, read_at).await?;
            if cursor.is_none() {
                return Ok(());
            }
        }
    }

    /// Every linked one that was not among the changed ones.
    async fn linked(&mut self) -> std::result::Result<(), Stop> {
        let organisation = self.organisation();
        let mut after = self.progress.reached.clone().unwrap_or_default();
        loop {
            let batch = {
                let mut tx = self.services.store.read().await?;
                let begun = self.run.started_at;
                opportunities::linked_unread(&mut tx, organisation, &after, begun, AT_ONCE).await?
            };
            let Some((last, _)) = batch.last() else {
                self.reach(Phase::Deleted, None);
                return Ok(());
            };
            after.clone_from(last);
            let wanted: Vec<(String, Option<String>)> =
                batch.into_iter().filter(|(id, _)| !self.looked_at.contains(id)).collect();
            let listed: BTreeSet<String> = wanted.iter().filter_map(|(_, contact)| contact.clone()).collect();
            if listed.len() > 1 {
                self.listed_by_person(listed.into_iter().collect()).await?;
            }
            let mut unreadable = Vec::new();
            for (id, _) in wanted {
                if !self.looked_at.contains(&id) {
                    unreadable.extend(self.singly(id).await?);
                }
            }
            self.reach(Phase::Linked, Some(after.clone()));
            self.not_applied(unreadable).await?;
        }
    }

    /// All opportunities of these people, in few requests.
    async fn listed_by_person(&mut self, contact_ids: Vec<String>) -> std::result::Result<(), Stop> {
        let filter = OpportunityFilter {
            contact_ids,
            confidentiality: confidentiality(self.connection),
            ..OpportunityFilter::default()
        };
        let mut cursor: Option<String> = None;
        let mut seen = HashSet::new();
        loop {
            let read_at = self.services.now();
            let page = self.client.opportunities_page(&filter, cursor.as_deref()).await?;
            self.progress.requests += 1;
            self.progress.pages += 1;
            self.apply_all(&page.data, read_at).await?;
            cursor = page.next.filter(|next| seen.insert(next.clone()));
            if cursor.is_none() {
                return Ok(());
            }
        }
    }

    /// Reads one by itself; gives it back where Lever does not give it.
    async fn singly(&mut self, id: String) -> std::result::Result<Option<Unreadable>, Stop> {
        let linked = {
            let mut tx = self.services.store.read().await?;
            opportunities::get(&mut tx, self.organisation(), &id).await?
        };
        // Unlinked meanwhile.
        let Some(linked) = linked else { return Ok(None) };
        let read_at = self.services.now();
        self.progress.requests += 1;
        let why = match calls::about_one(linked.candidate, self.client.opportunity(&id)).await {
            Ok(Some(read)) => {
                self.apply_all(&[read], read_at).await?;
                return Ok(None);
            }
            Ok(None) => Refusal::NotFound,
            Err(error) if error.kind() == lever::ErrorKind::Forbidden => {
                tracing::warn!(opportunity = id, %error, "a linked opportunity cannot be read");
                Refusal::Forbidden(error.operation())
            }
            Err(error) => return Err(error.into()),
        };
        Ok(Some(Unreadable { id, read_at, why }))
    }

    /// Asks about those that Lever does not give, once each, and writes down that
    /// they differ. What Lever lists as deleted is unlinked at the end of the run.
    /// What is reached is written down with it.
    async fn not_applied(&mut self, unreadable: Vec<Unreadable>) -> std::result::Result<(), Stop> {
        let organisation = self.organisation();
        if unreadable.iter().any(|one| matches!(one.why, Refusal::NotFound)) {
            self.list_deleted().await?;
        }
        let listed = |id: &str| self.listed.as_ref().is_some_and(|listed| listed.contains(id));
        let mut tx = begin_fenced(self.services, self.claimed).await?;
        let now = self.services.now();
        let mut asked = false;
        for Unreadable { id, read_at, why } in unreadable {
            let Some(row) = opportunities::get(&mut tx, organisation, &id).await? else { continue };
            // Unlinked meanwhile, or given to somebody who asked later.
            if row.unlinked_at.is_some() || row.read_at > read_at {
                continue;
            }
            let levers = match why {
                Refusal::NotFound if listed(&id) => continue,
                Refusal::NotFound => "not found, and not listed as deleted",
                Refusal::Forbidden(operation) => {
                    ask_for_permission(self.services, &mut tx, organisation, operation).await?;
                    "not shown to this API key"
                }
            };
            let (kind, detail) = (AttentionKind::DeliveryNotApplied, json!({ "url": row.url }));
            let (candidate, item) = (row.candidate, self.services.new_id());
            attention::raise(&mut tx, organisation, kind, &id, Some(candidate), &detail, item, now).await?;
            let place = match row.place() {
                Some(place) => place_name(&mut tx, self.connection, &place).await?,
                None => "linked".to_owned(),
            };
            let ours = match candidates::get(&mut tx, organisation, candidate).await? {
                Some(candidate) => format!("{place}, {}", candidate.status),
                None => place,
            };
            let difference = Difference {
                run: self.run.id,
                candidate,
                ours,
                levers: levers.to_owned(),
                done: "kept as it is, and asked about".to_owned(),
                at: now,
            };
            differences::record(&mut tx, organisation, &difference).await?;
            asked = true;
        }
        self.record_progress(&mut tx).await?;
        tx.commit().await?;
        if asked {
            self.services.changes.announce(organisation, Change::Attention);
        }
        self.services.changes.announce(organisation, Change::Connection);
        Ok(())
    }

    /// Asks, once in a run, what was deleted since the beginning of the connection.
    async fn list_deleted(&mut self) -> std::result::Result<(), Stop> {
        if self.listed.is_none() {
            let mut listed = HashSet::new();
            let since = self.connection.created_at;
            self.progress.requests += for_each_deleted(self.client, since, |deleted| {
                listed.insert(deleted.id.clone());
            })
            .await?;
            self.listed = Some(listed);
        }
        Ok(())
    }

    /// Applies those that are linked; the others are none of ours. What is
    /// reached is written down with it.
    async fn apply_all(&mut self, read: &[Opportunity], read_at: Timestamp) -> std::result::Result<(), Stop> {
        let organisation = self.organisation();
        let mut tx = begin_fenced(self.services, self.claimed).await?;
        let mut applied = Vec::new();
        // In one order everywhere, so that two servers never wait for each other.
        let mut read: Vec<&Opportunity> = read.iter().collect();
        read.sort_by(|a, b| a.id.cmp(&b.id));
        for opportunity in read {
            let source = Source { read_at, delivery: None };
            if let Some(done) = apply(self.services, &mut tx, self.connection, opportunity, source).await? {
                if self.looked_at.insert(opportunity.id.clone()) {
                    self.progress.looked_at += 1;
                }
                self.progress.changed += u32::from(done.changed);
                self.note(&mut tx, &done).await?;
                attention::resolve(
                    &mut tx,
                    organisation,
                    AttentionKind::DeliveryNotApplied,
                    &opportunity.id,
                    self.services.now(),
                )
                .await?;
                applied.push(done);
            } else {
                self.see(&mut tx, opportunity, read_at).await?;
            }
        }
        let told: Vec<_> = applied.iter().filter_map(|done| done.told).collect();
        missed::count(&mut tx, self.connection, &told).await?;
        self.record_progress(&mut tx).await?;
        tx.commit().await?;
        for done in applied.iter().filter(|done| done.changed || done.attention) {
            announce(self.services, organisation, Some(done));
        }
        self.services.changes.announce(organisation, Change::Connection);
        Ok(())
    }

    /// Keeps what is seen of another opportunity of somebody who is linked: a member
    /// may want to follow that one.
    async fn see(&self, tx: &mut Tx, read: &Opportunity, read_at: Timestamp) -> Result<()> {
        let organisation = self.organisation();
        let seen = seen_opportunity(self.services, self.connection, read, &BTreeMap::new(), read_at);
        if let Some(seen) = seen
            && contact_opportunities::concerns_us(tx, organisation, &seen.contact).await?
        {
            contact_opportunities::keep(tx, organisation, &seen).await?;
        }
        Ok(())
    }

    async fn record_progress(&self, tx: &mut Tx) -> Result<()> {
        reconciliations::progress(tx, self.organisation(), self.run.id, &self.progress).await?;
        Ok(())
    }

    /// Writes down what differed, if anything did.
    async fn note(&self, tx: &mut Tx, done: &Applied) -> Result<()> {
        let Some(was) = done.was.as_ref().filter(|was| **was != done.is || done.changed) else {
            return Ok(());
        };
        let (from, to) = done.status;
        let difference = Difference {
            run: self.run.id,
            candidate: done.candidate,
            ours: format!("{}, {from}", place_name(tx, self.connection, was).await?),
            levers: place_name(tx, self.connection, &done.is).await?,
            done: if done.changed { format!("now {to}") } else { done.outcome.to_owned() },
            at: self.services.now(),
        };
        differences::record(tx, self.organisation(), &difference).await?;
        Ok(())
    }

    /// Linked ones that Lever lists as deleted.
    async fn deleted(&mut self) -> std::result::Result<(), Stop> {
        // In full: since the beginning of the connection.
        let since = if self.is_full() { self.connection.created_at } else { self.since() };
        let mut listed = Vec::new();
        self.progress.requests +=
            for_each_deleted(self.client, since, |deleted| listed.push(deleted.clone())).await?;
        let mut tx = self.services.store.read().await?;
        for lever::DeletedOpportunity { id, deleted_by, .. } in listed {
            if opportunities::is_linked(&mut tx, self.organisation(), &id).await? {
                self.missing.insert(id, deleted_by);
            }
        }
        Ok(())
    }

    /// Unlinks what was deleted, unless it is suspiciously much, and ends the run.
    async fn finish(&mut self) -> Ended {
        let organisation = self.organisation();
        let mut tx = begin_fenced(self.services, self.claimed).await?;
        let now = self.services.now();
        let linked = opportunities::count_linked(&mut tx, organisation).await?;
        let (missing, allowed) = (self.missing.len(), may_unlink(linked));
        let kind = AttentionKind::TooManyUnlinked;
        if missing > allowed && self.run.cause != Cause::Permitted {
            let problem = format!("Lever lists {missing} of {linked} linked candidates as deleted.");
            attention::resolve_all_of(&mut tx, organisation, kind, now).await?;
            let detail = json!({ "missing": missing, "linked": linked });
            let (subject, id) = (self.run.id.to_string(), self.services.new_id());
            attention::raise(&mut tx, organisation, kind, &subject, None, &detail, id, now).await?;
            self.record_progress(&mut tx).await?;
            finish(&mut tx, self.services, organisation, self.run, Some(&problem), now).await?;
            jobs::finish(&mut tx, self.claimed).await?;
            tx.commit().await?;
            self.services.changes.announce(organisation, Change::Connection);
            self.services.changes.announce(organisation, Change::Attention);
            return Ok(Ending::Settled);
        }
        let mut unlinked: Vec<CandidateId> = Vec::new();
        for (id, user) in &self.missing {
            let place = opportunities::get(&mut tx, organisation, id).await?.and_then(|row| row.place());
            let upon = Unlinking { user: user.as_deref(), delivery: None };
            if let Some(candidate) = unlink(self.services, &mut tx, self.connection, id, upon).await? {
                let difference = Difference {
                    run: self.run.id,
                    candidate,
                    ours: match place {
                        Some(place) => place_name(&mut tx, self.connection, &place).await?,
                        None => "linked".to_owned(),
                    },
                    levers: "deleted".to_owned(),
                    done: "no longer linked".to_owned(),
                    at: now,
                };
                differences::record(&mut tx, organisation, &difference).await?;
                let told: Vec<_> = deliveries::pending_for(&mut tx, organisation, id)
                    .await?
                    .iter()
                    .map(|delivery| delivery.id)
                    .collect();
                let outcome = "deleted in Lever";
                deliveries::settle(&mut tx, organisation, &told, deliveries::APPLIED, outcome, now).await?;
                self.progress.changed += 1;
                unlinked.push(candidate);
            }
        }
        attention::resolve_all_of(&mut tx, organisation, kind, now).await?;
        self.record_progress(&mut tx).await?;
        finish(&mut tx, self.services, organisation, self.run, None, now).await?;
        let begun = self.run.started_at;
        connections::set_reconciled(&mut tx, organisation, self.connection.id, begun, now).await?;
        reconciliations::forget(&mut tx, organisation, now.minus(KEPT)).await?;
        outage::over(self.services, &mut tx, self.connection).await?;
        let progress = &self.progress;
        if self.is_full() || progress.changed > 0 {
            let entry = Activity {
                id: self.services.new_id(),
                at: now,
                member: None,
                candidate: None,
                kind: "reconciled",
                summary: format!(
                    "Compared {} linked candidates with Lever: {} changed.",
                    progress.looked_at, progress.changed
                ),
            };
            activity::record(&mut tx, organisation, &entry).await?;
        }
        jobs::finish(&mut tx, self.claimed).await?;
        tx.commit().await?;
        for candidate in unlinked {
            self.services.changes.announce(organisation, Change::Candidate { id: candidate });
        }
        self.services.changes.announce(organisation, Change::Connection);
        self.services.changes.announce(organisation, Change::Attention);
        Ok(Ending::Settled)
    }
}

/// How many of `linked` candidates one run may unlink by itself: five, or two
/// in a hundred if that is more.
fn may_unlink(linked: u32) -> usize {
    usize::try_from(linked / 50).unwrap_or(usize::MAX).max(UNLINKED_AT_LEAST)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_run_unlinks_five_or_two_in_a_hundred() {
        assert_eq!(may_unlink(0), 5);
        assert_eq!(may_unlink(299), 5);
        assert_eq!(may_unlink(300), 6);
        assert_eq!(may_unlink(10_000), 200);
    }
}
