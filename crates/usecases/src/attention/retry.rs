//! The one-press mend.

use domain::actor::{Action, Actor};
use domain::attention::AttentionKind;
use domain::event::Change;
use domain::ids::{AttentionId, CandidateId};
use domain::job::{Job, Priority};
use domain::problem::Problem;
use store::activity::{self, Activity};
use store::attention::Item;
use store::reconciliations::Cause;
use store::{Tx, attention, connections, deliveries, jobs};

use crate::jobs::{enqueue_reconciliation, given_up};
use crate::{Result, Services, candidates, imports, messages, way_back};

/// Tries again what the item is about.
///
/// # Errors
/// [`Problem::NotFound`] when there is no such open item, or it is not mended
/// by trying again; [`Problem::NotAllowed`]; whatever the retried use case says.
pub async fn retry(services: &Services, actor: &Actor, item: AttentionId) -> Result<()> {
    let organisation = actor.organisation;
    let mut tx = services.store.begin().await?;
    let item = attention::get_open(&mut tx, organisation, item)
        .await?
        .filter(|item| attention::shown_to(actor.role, item.kind))
        .ok_or(Problem::NotFound)?;
    if item.kind == AttentionKind::Anonymised {
        drop(tx);
        let candidate = item.candidate.ok_or(Problem::NotFound)?;
        return candidates::decide_erasure(services, actor, candidate, false).await;
    }
    let told = again(services, &mut tx, actor, &item, Priority::Click).await?;
    tx.commit().await?;
    for change in told {
        services.changes.announce(organisation, change);
    }
    services.wake.notify_one();
    Ok(())
}

/// As [`retry`], within `tx` and, where an import is tried again, as urgently as said. Gives
/// what open screens are told after the commit.
///
/// # Errors
/// As [`retry`]; after a [`Problem`] the transaction is as it was.
pub(super) async fn again(
    services: &Services,
    tx: &mut Tx,
    actor: &Actor,
    item: &Item,
    priority: Priority,
) -> Result<Vec<Change>> {
    let organisation = actor.organisation;
    let now = services.now();
    let mut told = vec![Change::Attention];
    let summary = match item.kind {
        AttentionKind::ImportFailed | AttentionKind::ImportOffered => {
            let candidate = item.candidate.ok_or(Problem::NotFound)?;
            return imports::request_in(services, tx, actor, candidate, priority).await;
        }
        AttentionKind::MessageFailed => {
            let message = item.detail["message"].as_str().and_then(|id| id.parse().ok());
            return messages::retry_in(services, tx, actor, message.ok_or(Problem::NotFound)?).await;
        }
        AttentionKind::DeliveryNotApplied => {
            services.require(actor, Action::SyncNow)?;
            // They are settled by what comes of it this time.
            deliveries::reopen_failed(tx, organisation, &item.subject).await?;
            let job = Job::ApplyOpportunity { opportunity: item.subject.clone() };
            jobs::enqueue(tx, organisation, &job, services.new_id(), now, now).await?;
            "Asked to apply an update from Lever again."
        }
        AttentionKind::TooManyUnlinked => {
            services.require(actor, Action::ManageIntegration)?;
            let connection = connections::find(tx, organisation).await?.ok_or(Problem::NotConnected)?;
            if !connection.state.accepts_imports() {
                return Err(Problem::NotConnected.into());
            }
            enqueue_reconciliation(tx, services, organisation, connection.id, Cause::Permitted).await?;
            "Agreed that candidates deleted in Lever are unlinked."
        }
        // It closes by itself once Lever has answered.
        AttentionKind::LeverUnavailable => {
            services.require(actor, Action::SyncNow)?;
            let connection = connections::find(tx, organisation).await?.ok_or(Problem::NotConnected)?;
            enqueue_reconciliation(tx, services, organisation, connection.id, Cause::Asked).await?;
            let summary = "Asked to try Lever again, which was not there.";
            record(services, tx, actor, item.candidate, summary).await?;
            return Ok(Vec::new());
        }
        AttentionKind::StatusNotWritten => {
            services.require(actor, Action::WorkWithCandidates)?;
            let candidate = item.candidate.ok_or(Problem::NotFound)?;
            way_back::try_again(services, tx, organisation, candidate).await?;
            "Asked to write a status to Lever again."
        }
        AttentionKind::ContactNotWritten => {
            services.require(actor, Action::WorkWithCandidates)?;
            let candidate = item.candidate.ok_or(Problem::NotFound)?;
            candidates::add_again(services, tx, actor, candidate).await?;
            "Asked to add to a contact in Lever again."
        }
        AttentionKind::WorkGivenUp => {
            services.require(actor, Action::SyncNow)?;
            if let Some(job) = given_up_job(item) {
                told.extend(given_up::again(services, tx, organisation, &job).await?);
            }
            "Asked to try again what was given up."
        }
        // Nothing here can be tried: a person has cleaned up in Lever, and says so.
        AttentionKind::ImportFoundTwice => {
            services.require(actor, Action::WorkWithCandidates)?;
            "Said that the surplus opportunities in Lever are gone."
        }
        AttentionKind::ImportNeedsDecision
        | AttentionKind::UnmappedPlace
        | AttentionKind::StatusConflict
        | AttentionKind::KeyRejected
        | AttentionKind::PermissionMissing
        | AttentionKind::UnknownToken
        | AttentionKind::Anonymised
        | AttentionKind::MappedUserGone
        | AttentionKind::MemberUnmapped
        | AttentionKind::StageGone
        | AttentionKind::SilentWebhooks
        | AttentionKind::LeverChanged => return Err(Problem::NotFound.into()),
    };
    // It comes back if it fails again.
    attention::resolve(tx, organisation, item.kind, &item.subject, now).await?;
    record(services, tx, actor, item.candidate, summary).await?;
    Ok(told)
}

/// The job that was given up.
pub(super) fn given_up_job(item: &Item) -> Option<Job> {
    serde_json::from_value(item.detail["job"].clone()).ok()
}

async fn record(
    services: &Services,
    tx: &mut Tx,
    actor: &Actor,
    candidate: Option<CandidateId>,
    summary: &str,
) -> Result<()> {
    let entry = Activity {
        id: services.new_id(),
        at: services.now(),
        member: Some(actor.member),
        candidate,
        kind: "retried",
        summary: summary.to_owned(),
    };
    Ok(activity::record(tx, actor.organisation, &entry).await?)
}
