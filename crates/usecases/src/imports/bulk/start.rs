//! Starting an import of many.

use domain::actor::{Action, Actor};
use domain::event::Change;
use domain::ids::{BulkImportId, CandidateId};
use domain::import::BulkState;
use domain::job::Job;
use domain::problem::Problem;
use domain::view::{CandidateFilter, CandidateOrder};
use store::activity::{self, Activity};
use store::bulk_imports::{self, BulkImport, Source};
use store::{connections, jobs};

use crate::{Result, Services};

/// Whom an import of many is about.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Whom {
    /// These.
    Candidates(Vec<CandidateId>),
    /// Everybody whom the candidate list shows for this.
    Matching(CandidateFilter),
}

/// Starts a run, credited to the actor. Who has no answer yet, or is in Lever
/// already, is left out with the reason.
///
/// # Errors
/// [`Problem::NotConnected`]; [`Problem::NobodyChosen`].
pub async fn start(services: &Services, actor: &Actor, whom: Whom) -> Result<BulkImportId> {
    services.require(actor, Action::WorkWithCandidates)?;
    let organisation = actor.organisation;
    let now = services.now();
    let (source, summary) = match whom {
        Whom::Candidates(candidates) if candidates.is_empty() => return Err(Problem::NobodyChosen.into()),
        Whom::Candidates(candidates) => {
            let summary = format!("Started to import {} candidates into Lever.", candidates.len());
            (Source::Candidates(candidates), summary)
        }
        Whom::Matching(filter) => {
            // Nobody is left out because of the page or the order somebody looked at.
            let filter =
                CandidateFilter { order: CandidateOrder::default(), after: None, before: None, ..filter };
            let summary = "Started to import all candidates that match a filter into Lever.".to_owned();
            (Source::Filter(filter), summary)
        }
    };
    let bulk = BulkImport {
        id: services.new_id(),
        requested_by: actor.member,
        state: BulkState::Running,
        source,
        // The job gathers the candidates, some at a time.
        read_up_to: Some(String::new()),
        total: 0,
        created_at: now,
        finished_at: None,
    };
    let mut tx = services.store.begin().await?;
    let connected =
        connections::find(&mut tx, organisation).await?.is_some_and(|found| found.state.accepts_imports());
    if !connected {
        return Err(Problem::NotConnected.into());
    }
    bulk_imports::insert(&mut tx, organisation, &bulk).await?;
    let job = Job::RunBulkImport { bulk: bulk.id };
    jobs::enqueue(&mut tx, organisation, &job, services.new_id(), now, now).await?;
    let started = Activity {
        id: services.new_id(),
        at: now,
        member: Some(actor.member),
        candidate: None,
        kind: "bulk_import_started",
        summary,
    };
    activity::record(&mut tx, organisation, &started).await?;
    tx.commit().await?;

    services.changes.announce(organisation, Change::BulkImport { id: bulk.id });
    services.wake.notify_one();
    Ok(bulk.id)
}
