//! Comparing linked candidates with Lever and repairing the differences.
//!
//! What changed since the last run is listed by `updated_at`, with an overlap
//! because the list may shift while it is read and clocks differ; deletions
//! have a list of their own. A run that was asked for also reads every linked
//! opportunity singly, because old ones have no `updated_at`. Whatever is found
//! goes the same way as a delivery.

use std::collections::{BTreeSet, HashSet};
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
use store::jobs::Claimed;
use store::opportunities;
use store::reconciliations::{self, Cause, Reconciliation};
use store::{Tx, attention, deliveries, jobs};

use super::apply_opportunity::{Source, announce, apply, for_each_deleted, unlink};
use super::{Ended, Ending, Stop, WITHOUT_LEVER, begin_fenced, confidentiality, lever_of};
use crate::{Result, Services, outage};

/// How far before the end of the last run a window begins.
const OVERLAP: Duration = Duration::from_secs(5 * 60);
/// Up to so many linked candidates are read singly when a run was asked for.
const READ_SINGLY: u32 = 2_000;
/// So many may be unlinked without a person's word, however few are linked.
const UNLINKED_AT_LEAST: usize = 5;

/// Queues a run, in the caller's transaction. One that is queued already is
/// made due and as thorough as asked; one that is under way stands for this
/// one too. Gives whether a new one was queued. After the commit the worker is
/// to be woken.
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
        reconciliations::strengthen(tx, organisation, cause).await?;
        jobs::hasten(tx, organisation, &job, now).await?;
    }
    Ok(false)
}

/// Runs one reconciliation from its beginning.
pub(super) async fn run(services: &Services, claimed: &Claimed, id: ReconciliationId) -> Ended {
    let organisation = claimed.organisation;
    let Some((connection, client)) = lever_of(services, organisation).await? else {
        return Ok(Ending::Wait { until: services.now() + WITHOUT_LEVER });
    };
    let started = services.now();
    let run = {
        let mut tx = begin_fenced(services, claimed).await?;
        let Some(run) = reconciliations::get(&mut tx, organisation, id).await? else {
            return Ok(Ending::Done);
        };
        if run.finished_at.is_some() {
            return Ok(Ending::Done);
        }
        reconciliations::start(&mut tx, organisation, id, started).await?;
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
        looked_at: HashSet::new(),
        missing: BTreeSet::new(),
        changed: 0,
        requests: 0,
    };
    sweep.updated().await?;
    if run.cause != Cause::Due {
        sweep.singly().await?;
    }
    sweep.deleted().await?;
    sweep.finish(started).await
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
        reconciliations::finish(tx, claimed.organisation, id, Some(problem), services.now()).await?;
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
    /// Linked opportunities that were looked at.
    looked_at: HashSet<String>,
    /// Linked opportunities that Lever lists as deleted.
    missing: BTreeSet<String>,
    changed: u32,
    requests: u32,
}

impl Sweep<'_> {
    fn organisation(&self) -> OrganisationId {
        self.claimed.organisation
    }

    /// Since when changes are listed.
    fn since(&self) -> Timestamp {
        self.connection.read_up_to.unwrap_or(self.connection.created_at)
    }

    /// What was changed since the last run, page by page.
    async fn updated(&mut self) -> std::result::Result<(), Stop> {
        let filter = OpportunityFilter {
            updated_at_start: Some(self.since().minus(OVERLAP).0),
            confidentiality: confidentiality(self.connection),
            ..OpportunityFilter::default()
        };
        let mut cursor: Option<String> = None;
        let mut seen = HashSet::new();
        loop {
            let read_at = self.services.now();
            let page = self.client.opportunities_page(&filter, cursor.as_deref()).await?;
            self.requests += 1;
            self.apply_all(&page.data, read_at).await?;
            match page.next {
                Some(next) if seen.insert(next.clone()) => cursor = Some(next),
                _ => return Ok(()),
            }
        }
    }

    /// Every linked one that was not among the changed ones.
    async fn singly(&mut self) -> std::result::Result<(), Stop> {
        let organisation = self.organisation();
        let mut after = String::new();
        {
            let mut tx = self.services.store.read().await?;
            if opportunities::count_linked(&mut tx, organisation).await? > READ_SINGLY {
                return Ok(());
            }
        }
        loop {
            let ids = {
                let mut tx = self.services.store.read().await?;
                opportunities::linked_ids(&mut tx, organisation, &after, 100).await?
            };
            let Some(last) = ids.last() else { return Ok(()) };
            after.clone_from(last);
            for id in ids {
                if self.looked_at.contains(&id) {
                    continue;
                }
                let read_at = self.services.now();
                self.requests += 1;
                match self.client.opportunity(&id).await {
                    Ok(Some(read)) => self.apply_all(&[read], read_at).await?,
                    // Whether it was deleted, the list of deletions says.
                    Ok(None) => {}
                    Err(error) if error.kind() == lever::ErrorKind::Forbidden => {
                        tracing::warn!(opportunity = id, %error, "a linked opportunity cannot be read");
                    }
                    Err(error) => return Err(error.into()),
                }
            }
        }
    }

    /// Applies those that are linked; the others are none of ours.
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
                self.looked_at.insert(opportunity.id.clone());
                self.changed += u32::from(done.changed);
                attention::resolve(
                    &mut tx,
                    organisation,
                    AttentionKind::DeliveryNotApplied,
                    &opportunity.id,
                    self.services.now(),
                )
                .await?;
                applied.push(done);
            }
        }
        self.record_progress(&mut tx).await?;
        tx.commit().await?;
        for done in applied.iter().filter(|done| done.changed || done.attention) {
            announce(self.services, organisation, Some(done));
        }
        self.services.changes.announce(organisation, Change::Connection);
        Ok(())
    }

    async fn record_progress(&self, tx: &mut Tx) -> Result<()> {
        let looked_at = u32::try_from(self.looked_at.len()).unwrap_or(u32::MAX);
        let (changed, requests) = (self.changed, self.requests);
        reconciliations::progress(tx, self.organisation(), self.run.id, looked_at, changed, requests).await?;
        Ok(())
    }

    /// Linked ones that Lever lists as deleted.
    async fn deleted(&mut self) -> std::result::Result<(), Stop> {
        let since = match self.run.cause {
            Cause::Due => self.since(),
            // In full: since the beginning of the connection.
            Cause::Asked | Cause::Permitted => self.connection.created_at,
        };
        let mut listed = Vec::new();
        self.requests += for_each_deleted(self.client, since, |id| listed.push(id.to_owned())).await?;
        let mut tx = self.services.store.read().await?;
        for id in listed {
            if opportunities::is_linked(&mut tx, self.organisation(), &id).await? {
                self.missing.insert(id);
            }
        }
        Ok(())
    }

    /// Unlinks what was deleted, unless it is suspiciously much, and ends the run.
    async fn finish(&mut self, started: Timestamp) -> Ended {
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
            reconciliations::finish(&mut tx, organisation, self.run.id, Some(&problem), now).await?;
            jobs::finish(&mut tx, self.claimed).await?;
            tx.commit().await?;
            self.services.changes.announce(organisation, Change::Connection);
            self.services.changes.announce(organisation, Change::Attention);
            return Ok(Ending::Settled);
        }
        let mut unlinked: Vec<CandidateId> = Vec::new();
        for id in &self.missing {
            if let Some(candidate) = unlink(self.services, &mut tx, organisation, id).await? {
                let told: Vec<_> = deliveries::pending_for(&mut tx, organisation, id)
                    .await?
                    .iter()
                    .map(|delivery| delivery.id)
                    .collect();
                let outcome = "deleted in Lever";
                deliveries::settle(&mut tx, organisation, &told, deliveries::APPLIED, outcome, now).await?;
                self.changed += 1;
                unlinked.push(candidate);
            }
        }
        attention::resolve_all_of(&mut tx, organisation, kind, now).await?;
        self.record_progress(&mut tx).await?;
        reconciliations::finish(&mut tx, organisation, self.run.id, None, now).await?;
        connections::set_reconciled(&mut tx, organisation, self.connection.id, started, now).await?;
        outage::over(self.services, &mut tx, self.connection).await?;
        if self.run.cause != Cause::Due || self.changed > 0 {
            let entry = Activity {
                id: self.services.new_id(),
                at: now,
                member: None,
                candidate: None,
                kind: "reconciled",
                summary: format!(
                    "Compared {} linked candidates with Lever: {} changed.",
                    self.looked_at.len(),
                    self.changed
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
