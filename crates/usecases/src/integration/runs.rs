//! The runs that compare with Lever: how far, what it took, what differed.

use domain::actor::{Action, Actor};
use domain::attention::AttentionKind;
use domain::ids::ReconciliationId;
use domain::nightly::next_full_run;
use domain::problem::Problem;
use domain::view::{DifferenceRow, Listed, RunAsks, RunRow, RunsPage};
use store::reconciliations::{self, Cause, Reconciliation};
use store::{Tx, attention, connections, differences};

use crate::paged::{cursor, cut, place, place_of_difference};
use crate::{Result, Services};

/// Runs of a page.
const RUNS: u32 = 50;
/// Differences of a page.
const DIFFERENCES: u32 = 50;

/// What is asked of the page.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct RunsAsked {
    /// Whose differences; `None`: those of all runs.
    pub run: Option<ReconciliationId>,
    /// The place of a page of runs; empty for the newest one.
    pub before: String,
    /// The place of a page of differences; empty for the newest one.
    pub differences_before: String,
}

/// The runs, and what one of them, or all of them, found to differ, newest first.
///
/// # Errors
/// [`Problem::NotAllowed`] for a Recruiter; [`Problem::NotFound`] when there is
/// no such run.
pub async fn runs(services: &Services, actor: &Actor, asked: RunsAsked) -> Result<RunsPage> {
    services.require(actor, Action::SyncNow)?;
    let organisation = actor.organisation;
    let mut tx = services.store.read().await?;
    let connection = connections::find(&mut tx, organisation).await?;
    let works = connection.is_some_and(|connection| connection.state.accepts_imports());
    let chosen = match asked.run {
        Some(run) => {
            let run = reconciliations::get(&mut tx, organisation, run).await?.ok_or(Problem::NotFound)?;
            Some((run.id, services.moment(run.started_at)))
        }
        None => None,
    };
    let running = reconciliations::open(&mut tx, organisation).await?;
    let older = place(&asked.before);
    let mut over = reconciliations::list(&mut tx, organisation, older, RUNS + 1).await?;
    let next = cut(&mut over, RUNS, |last| cursor(last.started_at, last.id));
    let runs = Listed {
        rows: over.into_iter().map(|run| row(services, run)).collect(),
        next,
        is_later: older.is_some(),
    };
    let next_full = match reconciliations::latest_full(&mut tx, organisation).await? {
        Some(full) if works => {
            let due = next_full_run(organisation, full.started_at).max(services.now());
            Some(services.moment(due))
        }
        Some(_) | None => None,
    };
    let older = place_of_difference(&asked.differences_before);
    let mut found = differences::list(&mut tx, organisation, asked.run, older, DIFFERENCES + 1).await?;
    let next = cut(&mut found, DIFFERENCES, |(last, _)| {
        cursor(last.at, format_args!("{}.{}", last.run, last.candidate))
    });
    let rows = found
        .into_iter()
        .map(|(difference, name)| DifferenceRow {
            candidate: difference.candidate,
            name,
            ours: difference.ours,
            levers: difference.levers,
            done: difference.done,
            at: services.moment(difference.at),
        })
        .collect();
    let asks = asks(&mut tx, actor).await?.filter(|_| works);
    Ok(RunsPage {
        can_sync: works,
        running: running.map(|run| row(services, run)),
        runs,
        next_full,
        asks,
        chosen,
        differences: Listed { rows, next, is_later: older.is_some() },
    })
}

/// The question of a run that would unlink many.
async fn asks(tx: &mut Tx, actor: &Actor) -> Result<Option<RunAsks>> {
    let organisation = actor.organisation;
    let kind = AttentionKind::TooManyUnlinked;
    Ok(attention::open_of(tx, organisation, kind, None, 1).await?.into_iter().next().map(|item| {
        let count = |key: &str| item.detail[key].as_u64().unwrap_or_default();
        RunAsks {
            item: item.id,
            missing: count("missing"),
            linked: count("linked"),
            may_answer: actor.role >= kind.who_can(),
        }
    }))
}

fn row(services: &Services, run: Reconciliation) -> RunRow {
    let ended = run.finished_at.unwrap_or_else(|| services.now());
    let period = services.settings.timing.reconcile_every;
    let late = run.since.is_some_and(|since| run.started_at.since(since) > period * 2);
    RunRow {
        id: run.id,
        why: match run.cause {
            Cause::Due if late => "Back-fill, after a pause",
            Cause::Due => "Every 15 minutes",
            Cause::Nightly => "Nightly, in full",
            Cause::Asked => "Asked for, in full",
            Cause::Permitted => "Deletions agreed to, in full",
        },
        started: services.moment(run.started_at),
        took: match ended.since(run.started_at).as_secs() {
            0 => "under 1 s".to_owned(),
            seconds @ 1..120 => format!("{seconds} s"),
            seconds => format!("{} min", seconds / 60),
        },
        since: run.since.map(|since| services.moment(since)),
        full: run.cause != Cause::Due,
        compared: run.progress.looked_at,
        linked: run.linked,
        pages: run.progress.pages,
        requests: run.progress.requests,
        changed: run.progress.changed,
        problem: run.problem,
        followed: run.followed_by.is_some(),
    }
}

/// `20 of 45 compared, 1 changed, 3 requests`; a run by the period compares
/// those only who changed.
pub(super) fn progress_text(run: &Reconciliation) -> String {
    let progress = &run.progress;
    let of = if run.cause == Cause::Due || run.linked < progress.looked_at {
        String::new()
    } else {
        format!(" of {}", run.linked)
    };
    let requests = if progress.requests == 1 { "request" } else { "requests" };
    format!(
        "{}{of} compared, {} changed, {} {requests}",
        progress.looked_at, progress.changed, progress.requests
    )
}
