//! How far an import of many is, and what became of each candidate.

use std::time::Duration;

use domain::actor::{Action, Actor};
use domain::ids::BulkImportId;
use domain::import::{BulkOutcome, BulkState, ImportFailure, SkipReason};
use domain::problem::Problem;
use domain::view::{BulkImportPage, BulkImportView, BulkItemView, Listed};
use store::bulk_imports::{self, BulkImport, Counts, Item};
use store::{Tx, members};

use super::steer::may_steer;
use crate::paged::{cursor, cut, place};
use crate::{Result, Services};

/// Results of a page.
const PAGE: u32 = 50;
/// Runs of a page.
const RUNS: u32 = 20;
/// The time over which the rate is taken.
const MINUTE: Duration = Duration::from_secs(60);

/// A run with one page of its results, in the order of the run.
///
/// # Errors
/// [`Problem::NotFound`].
pub async fn progress(
    services: &Services,
    actor: &Actor,
    id: BulkImportId,
    outcome: Option<BulkOutcome>,
    after: Option<u32>,
) -> Result<BulkImportPage> {
    services.require(actor, Action::WorkWithCandidates)?;
    let organisation = actor.organisation;
    let mut tx = services.store.read().await?;
    let bulk = bulk_imports::get(&mut tx, organisation, id).await?.ok_or(Problem::NotFound)?;
    let run = view(services, &mut tx, actor, &bulk).await?;
    let mut items = bulk_imports::items(&mut tx, organisation, id, outcome, after, PAGE + 1).await?;
    let more = items.len() > PAGE as usize;
    items.truncate(PAGE as usize);
    let next = items.last().filter(|_| more).map(|last| last.position);
    Ok(BulkImportPage { run, outcome, items: items.into_iter().map(item).collect(), next })
}

/// The runs, newest first; `before` is the place of a page, empty for the newest one.
///
/// # Errors
/// Faults of the store only.
pub async fn newest(services: &Services, actor: &Actor, before: &str) -> Result<Listed<BulkImportView>> {
    services.require(actor, Action::WorkWithCandidates)?;
    let mut tx = services.store.read().await?;
    let older = place(before);
    let mut found = bulk_imports::newest(&mut tx, actor.organisation, older, RUNS + 1).await?;
    let next = cut(&mut found, RUNS, |last| cursor(last.created_at, last.id));
    let mut rows = Vec::new();
    for bulk in &found {
        rows.push(view(services, &mut tx, actor, bulk).await?);
    }
    Ok(Listed { rows, next, is_later: older.is_some() })
}

async fn view(services: &Services, tx: &mut Tx, actor: &Actor, bulk: &BulkImport) -> Result<BulkImportView> {
    let organisation = actor.organisation;
    let now = services.now();
    let counts = bulk_imports::counts(tx, organisation, bulk.id).await?;
    let left = counts.left();
    let ended = bulk.total.saturating_sub(left);
    let per_minute = if bulk.state == BulkState::Running {
        let since = now.minus(MINUTE);
        let ended = bulk_imports::ended_since(tx, organisation, bulk.id, since).await?;
        Some(per_minute(ended, now.since(bulk.created_at)))
    } else {
        None
    };
    let names = members::names(tx, organisation).await?;
    Ok(BulkImportView {
        id: bulk.id,
        state: bulk.state,
        started_by: names.get(&bulk.requested_by).cloned().unwrap_or_else(|| "A former member".to_owned()),
        started: services.moment(bulk.created_at),
        finished: bulk.finished_at.map(|at| services.moment(at)),
        total: bulk.total,
        collecting: bulk.read_up_to.is_some() && !bulk.state.is_over(),
        counts: BulkOutcome::ALL.map(|outcome| (outcome, count(&counts, outcome))).to_vec(),
        ended,
        per_minute,
        time_left: per_minute.and_then(|per_minute| time_left(left, per_minute)),
        may_steer: may_steer(actor, bulk),
    })
}

fn count(counts: &Counts, outcome: BulkOutcome) -> u32 {
    match outcome {
        BulkOutcome::Waiting => counts.waiting,
        BulkOutcome::UnderWay => counts.under_way,
        BulkOutcome::Imported => counts.imported,
        BulkOutcome::NeedsDecision => counts.needs_decision,
        BulkOutcome::Failed => counts.failed,
        BulkOutcome::Skipped => counts.skipped,
    }
}

/// The rate of a run that may be younger than a minute.
fn per_minute(ended: u32, age: Duration) -> u32 {
    let share = (MINUTE.as_secs_f64() / age.as_secs_f64().max(1.0)).max(1.0);
    (f64::from(ended) * share).round() as u32
}

/// How long `left` take; `None` while that cannot be told.
fn time_left(left: u32, per_minute: u32) -> Option<String> {
    if left == 0 || per_minute == 0 {
        return None;
    }
    let minutes = left.div_ceil(per_minute);
    Some(match minutes {
        1 => "about a minute".to_owned(),
        2..90 => format!("about {minutes} minutes"),
        _ => format!("about {} hours", (minutes + 30) / 60),
    })
}

fn item(item: Item) -> BulkItemView {
    let reason = match item.outcome {
        BulkOutcome::Skipped => item.skipped.map_or("", SkipReason::text),
        BulkOutcome::Failed => item.failure.map_or("", ImportFailure::text),
        BulkOutcome::NeedsDecision => "May already be in Lever: somebody decides.",
        BulkOutcome::Waiting | BulkOutcome::UnderWay | BulkOutcome::Imported => "",
    };
    BulkItemView {
        candidate: item.candidate,
        name: item.name,
        outcome: item.outcome,
        reason: reason.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_time_left_is_told_as_people_say_it() {
        assert_eq!(time_left(0, 100), None);
        assert_eq!(time_left(100, 0), None);
        assert_eq!(time_left(10, 200).as_deref(), Some("about a minute"));
        assert_eq!(time_left(401, 200).as_deref(), Some("about 3 minutes"));
        assert_eq!(time_left(20_000, 200).as_deref(), Some("about 2 hours"));
    }

    #[test]
    fn the_rate_of_a_young_run_is_scaled_up() {
        assert_eq!(per_minute(10, Duration::from_secs(30)), 20);
        assert_eq!(per_minute(10, Duration::from_secs(600)), 10);
        assert_eq!(per_minute(1, Duration::ZERO), 60);
    }
}
