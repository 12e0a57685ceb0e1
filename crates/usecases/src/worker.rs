//! The worker: claims due jobs, runs them, settles them.
//!
//! One loop claims; what it claims runs beside it. Clicks have places of their
//! own, so that they never wait behind background work. While a job runs its
//! lease is renewed; whoever loses it is stopped at once. A scheduler queues
//! what is due by the clock.

use std::future::Future;
use std::sync::Arc;
use std::time::Duration;

use domain::attention::AttentionKind;
use domain::connection::ConnectionState;
use domain::event::Change;
use domain::job::{Job, Priority, backoff};
use domain::nightly::next_full_run;
use domain::time::Timestamp;
use lever::ErrorKind;
use serde_json::json;
use store::activity::{self, Activity};
use store::jobs::Claimed;
use store::reconciliations::{self, Cause};
use store::sessions::Sessions;
use store::{Engine, attention, connections, jobs, lever_rests};
use tokio::sync::{OwnedSemaphorePermit, Semaphore, oneshot, watch};
use tokio::task::JoinSet;
use tokio::time::{sleep, timeout};
use uuid::Uuid;

use crate::jobs::{
    Ending, Stop, ask_for_permission, enqueue_reconciliation, gave_up, inside, inside_of_lever,
    run as run_job,
};
use crate::{Error, Result, Services, calls, housekeeping, outage, webhooks};

/// Jobs of every kind at the same time.
const PLACES: usize = 8;
/// Further places for clicks alone.
const PLACES_FOR_CLICKS: usize = 4;
/// Every so many claims the job that is due longest is taken, whatever its
/// urgency, so that a stream of clicks does not keep all else waiting.
const TURN_OF_THE_OLDEST: u32 = 4;
/// Longest pause between two looks for due jobs: work that another process
/// queued, or left behind, is found within it.
const POLL: Duration = Duration::from_millis(250);
/// Between two looks for deliveries that nobody takes in.
const ATTENDANCE: Duration = Duration::from_secs(1);
/// Pause after the store could not be asked.
const STORE_AWAY: Duration = Duration::from_millis(500);
/// How long running jobs may take to end by themselves when the worker stops.
const GRACE: Duration = Duration::from_secs(5);
/// Longest pause between two looks at what is due by the clock.
const SCHEDULE: Duration = Duration::from_secs(5);
/// Between two sweeps of expired sessions and of what else grows old.
const SWEEP: Duration = Duration::from_secs(60 * 60);
/// The longest pause asked for by a failing Lever that is obeyed.
const LONGEST_OBEYED: Duration = Duration::from_secs(5 * 60);
/// The longest pause of what a person waits for.
const LONGEST_PAUSE_OF_CLICKS: Duration = Duration::from_secs(15);
/// The longest pause, of our own choice, of what waits for Lever to be there again: short,
/// however long that lasts, because resting spares Lever, and what waited shall go on soon.
const LONGEST_PAUSE_WHILE_AWAY: Duration = Duration::from_secs(15);
/// The first pause after a 429 that names none.
const RATE_PAUSE: Duration = Duration::from_secs(2);

/// Works until `stop` resolves, then finishes or releases what it holds.
pub async fn run(services: Services, stop: impl Future<Output = ()> + Send + 'static) {
    void_former_leases(&services).await;
    let (stopping, stopped) = watch::channel(false);
    let scheduler = tokio::spawn(schedule(services.clone(), stopped.clone()));
    let attendant = tokio::spawn(attend(services.clone(), stopped.clone()));
    // The log of calls goes on until the last job has ended.
    let (idle, until_idle) = oneshot::channel::<()>();
    let calls = tokio::spawn(calls::keep(services.clone(), async move { drop(until_idle.await) }));
    let dispatcher = tokio::spawn(dispatch(services, stopped));
    stop.await;
    stopping.send_replace(true);
    for task in [scheduler, attendant, dispatcher] {
        report_task(task.await);
    }
    drop(idle);
    report_task(calls.await);
}

fn report_task(ended: std::result::Result<(), tokio::task::JoinError>) {
    if let Err(error) = ended {
        tracing::error!(%error, "a task of the worker ended badly");
    }
}

/// Takes in what has arrived, then claims and runs one due job; `false` when nothing is
/// due. For tests.
///
/// # Errors
/// When the store cannot be asked.
pub async fn step(services: &Services) -> Result<bool> {
    webhooks::take_in_all(services).await?;
    let owner = format!("step {}", services.new_id::<Uuid>());
    match claim(services, &owner, Turn::Urgent(Priority::Background)).await? {
        Some(claimed) => {
            work(services, claimed).await;
            Ok(true)
        }
        None => Ok(false),
    }
}

/// Runs jobs one after the other until nothing is due; gives how many. For tests.
///
/// # Errors
/// When the store cannot be asked.
pub async fn drain(services: &Services) -> Result<u32> {
    let mut done = 0;
    while step(services).await? {
        done += 1;
    }
    Ok(done)
}

/// Queues what is due by the clock: reconciliations whose period is over, once a
/// night in full, and with each a reading of Lever's users and stages.
///
/// # Errors
/// When the store cannot be asked.
pub async fn tick(services: &Services) -> Result<()> {
    let due = {
        let now = services.now();
        let mut tx = services.store.read().await?;
        let mut due = Vec::new();
        for connection in connections::all_connected(&mut tx).await? {
            let organisation = connection.organisation;
            let is_due = match reconciliations::latest(&mut tx, organisation).await? {
                None => true,
                Some(latest) => latest
                    .finished_at
                    .is_some_and(|finished| finished + services.settings.timing.reconcile_every <= now),
            };
            if is_due {
                let full = reconciliations::latest_full(&mut tx, organisation).await?;
                let nightly = full.is_none_or(|full| next_full_run(organisation, full.started_at) <= now);
                due.push((connection, if nightly { Cause::Nightly } else { Cause::Due }));
            }
        }
        due
    };
    for (connection, cause) in due {
        let mut tx = services.store.begin().await?;
        // Another process may be at the same: the table takes one open run only.
        enqueue_reconciliation(&mut tx, services, connection.organisation, connection.id, cause).await?;
        // Stages, reasons and users change in Lever too, and no delivery tells of it.
        let (refresh, now) = (Job::RefreshCatalogue { connection: connection.id }, services.now());
        jobs::enqueue(&mut tx, connection.organisation, &refresh, services.new_id(), now, now).await?;
        tx.commit().await?;
        services.wake.notify_one();
    }
    Ok(())
}

/// On SQLite this process alone has the database, so whoever held a lease is
/// gone. An import's own waiting is not touched by this: it stands in the import.
async fn void_former_leases(services: &Services) {
    if services.store.engine() != Engine::Sqlite {
        return;
    }
    let voided = async {
        let mut tx = services.store.begin().await?;
        let voided = jobs::void_leases(&mut tx, services.now()).await?;
        tx.commit().await?;
        Ok::<_, store::Error>(voided)
    };
    match voided.await {
        Ok(0) => {}
        Ok(voided) => tracing::info!(voided, "jobs of the former process go on"),
        // They go on when their leases run out.
        Err(error) => tracing::error!(error = inside(&error), "leases of the former process stay"),
    }
}

/// Has deliveries taken in that a process which vanished left behind, or for which the
/// store was away, until the worker stops.
async fn attend(services: Services, mut stopped: watch::Receiver<bool>) {
    while !*stopped.borrow() {
        match services.inbox.is_behind(&services).await {
            Ok(true) => services.inbox.attend(&services),
            Ok(false) => {}
            Err(error) => tracing::warn!(error = inside(&error), "nobody knows what has arrived"),
        }
        tokio::select! {
            () = sleep(ATTENDANCE) => {}
            _ = stopped.changed() => {}
        }
    }
}

/// Claims and starts jobs until the worker stops.
async fn dispatch(services: Services, mut stopped: watch::Receiver<bool>) {
    let owner = services.new_id::<Uuid>().to_string();
    let places = Arc::new(Semaphore::new(PLACES));
    let places_for_clicks = Arc::new(Semaphore::new(PLACES_FOR_CLICKS));
    let mut running = JoinSet::new();
    let mut claims = 0;
    while !*stopped.borrow() {
        while let Some(ended) = running.try_join_next() {
            report(ended);
        }
        let places = (&places, &places_for_clicks);
        let pause = match start_next(&services, &owner, claims, places, &stopped, &mut running).await {
            Ok(true) => {
                claims = claims.wrapping_add(1);
                continue;
            }
            Ok(false) => POLL,
            Err(error) => {
                tracing::error!(error = inside(&error), "due jobs cannot be claimed");
                STORE_AWAY
            }
        };
        tokio::select! {
            () = services.wake.notified() => {}
            () = sleep(pause) => {}
            _ = stopped.changed() => {}
        }
    }
    let ended = timeout(GRACE, async {
        while let Some(ended) = running.join_next().await {
            report(ended);
        }
    });
    if ended.await.is_err() {
        tracing::warn!("jobs that do not end are left to their leases");
        running.shutdown().await;
    }
}

fn report(ended: std::result::Result<(), tokio::task::JoinError>) {
    if let Err(error) = ended {
        tracing::error!(%error, "a job ended badly; it goes on when its lease has run out");
    }
}

/// Claims one job that has a place, and starts it; `false` when there is none.
async fn start_next(
    services: &Services,
    owner: &str,
    claims: u32,
    (places, places_for_clicks): (&Arc<Semaphore>, &Arc<Semaphore>),
    stopped: &watch::Receiver<bool>,
    running: &mut JoinSet<()>,
) -> Result<bool> {
    let (place, turn): (OwnedSemaphorePermit, Turn) =
        match (Arc::clone(places).try_acquire_owned(), Arc::clone(places_for_clicks).try_acquire_owned()) {
            (Ok(place), _) if claims % TURN_OF_THE_OLDEST == TURN_OF_THE_OLDEST - 1 => (place, Turn::Oldest),
            (Ok(place), _) => (place, Turn::Urgent(Priority::Background)),
            (Err(_), Ok(place)) => (place, Turn::Urgent(Priority::Click)),
            (Err(_), Err(_)) => return Ok(false),
        };
    let Some(claimed) = claim(services, owner, turn).await? else { return Ok(false) };
    let (services, mut stopped) = (services.clone(), stopped.clone());
    running.spawn(async move {
        let _place = place;
        let held = claimed.clone();
        tokio::select! {
            () = work(&services, claimed) => {}
            () = too_late(&mut stopped) => release(&services, &held).await,
        }
        // A place is free, and a job with the same key may have waited.
        services.wake.notify_one();
    });
    Ok(true)
}

/// Resolves shortly before the worker gives up waiting for running jobs.
async fn too_late(stopped: &mut watch::Receiver<bool>) {
    // An error means that the worker is gone: the same as stopped.
    drop(stopped.wait_for(|stopped| *stopped).await);
    sleep(GRACE.mul_f64(0.8)).await;
}

/// Lets go of a job that was cut short, so that the next process need not wait
/// for the end of its lease. What an import had on its way stands in the import.
async fn release(services: &Services, claimed: &Claimed) {
    let released = async {
        let mut tx = services.store.begin().await?;
        jobs::release(&mut tx, claimed, services.now()).await?;
        tx.commit().await
    };
    if let Err(error) = released.await {
        tracing::warn!(job = %claimed.id, error = inside(&error), "a job was not released");
    }
}

/// Which job is claimed.
#[derive(Clone, Copy, Debug)]
enum Turn {
    /// The most urgent one, at least so urgent.
    Urgent(Priority),
    /// The one that is due longest.
    Oldest,
}

async fn claim(services: &Services, owner: &str, turn: Turn) -> Result<Option<Claimed>> {
    let mut tx = services.store.begin().await?;
    let (now, lease) = (services.now(), services.settings.timing.lease);
    let claimed = match turn {
        Turn::Urgent(least) => jobs::claim(&mut tx, owner, now, lease, least).await,
        Turn::Oldest => jobs::claim_oldest(&mut tx, owner, now, lease).await,
    };
    match claimed {
        Ok(None) => Ok(None),
        Ok(Some(claimed)) => {
            tx.commit().await?;
            Ok(Some(claimed))
        }
        // Another process was faster with a job of the same key.
        Err(store::Error::Taken) => Ok(None),
        Err(error) => Err(error.into()),
    }
}

/// Runs a claimed job and settles it.
async fn work(services: &Services, claimed: Claimed) {
    let started = services.now();
    let kind = claimed.job.kind();
    let ended = if claimed.attempt > claimed.max_attempts {
        Ok(Ending::Dead { error: "it was begun too often without coming to an end".to_owned() })
    } else {
        tokio::select! {
            ended = run_job(services, &claimed) => ended,
            () = lease_lost(services, &claimed) => Err(Stop::LeaseLost),
        }
    };
    tracing::debug!(job = %claimed.id, kind, attempt = claimed.attempt, ?ended, "a job ended");
    let mended = claimed.given_up && matches!(ended, Ok(Ending::Done | Ending::Settled));
    if let Err(error) = settle(services, &claimed, started, ended).await {
        // Whoever claims it after the end of the lease finds it as it is now.
        tracing::error!(job = %claimed.id, kind, error = inside(&error), "a job was not settled");
    } else if mended {
        services.changes.announce(claimed.organisation, Change::Attention);
    }
}

/// Renews the lease while the job runs; resolves when it is lost.
async fn lease_lost(services: &Services, claimed: &Claimed) {
    let lease = services.settings.timing.lease;
    loop {
        sleep(lease / 3).await;
        let renewed = async {
            let mut tx = services.store.begin().await?;
            let until = jobs::renew(&mut tx, claimed, services.now(), lease).await?;
            tx.commit().await?;
            Ok::<_, store::Error>(until)
        };
        match renewed.await {
            Ok(Some(_)) => {}
            Ok(None) => return,
            Err(error) => {
                tracing::warn!(job = %claimed.id, error = inside(&error), "a lease was not renewed")
            }
        }
    }
}

/// Writes down how the job ended, in one transaction with what follows from it.
async fn settle(
    services: &Services,
    claimed: &Claimed,
    started: Timestamp,
    ended: std::result::Result<Ending, Stop>,
) -> std::result::Result<(), store::Error> {
    let now = services.now();
    let settlement = match ended {
        Ok(Ending::Settled) => return Ok(()),
        Err(Stop::LeaseLost) => {
            tracing::warn!(job = %claimed.id, kind = claimed.job.kind(), "a lease was lost: another has the job");
            return Ok(());
        }
        Ok(Ending::Done) => {
            let mut tx = services.store.begin().await?;
            jobs::finish(&mut tx, claimed).await?;
            return tx.commit().await;
        }
        Ok(Ending::Wait { until }) => {
            let mut tx = services.store.begin().await?;
            jobs::defer(&mut tx, claimed, until, now).await?;
            return tx.commit().await;
        }
        Ok(Ending::Retry { at, error }) => Failed { at, error, for_good: false, permission: None },
        Ok(Ending::Dead { error }) => Failed { at: None, error, for_good: true, permission: None },
        Err(Stop::Fault(error)) => {
            Failed { at: None, error: inside_of_fault(&error), for_good: false, permission: None }
        }
        Err(Stop::Lever(error)) => match error.kind() {
            ErrorKind::Unauthorized => return reject_key(services, claimed, started).await,
            ErrorKind::RateLimited { retry_after } => {
                let pause = jittered(services, retry_after.unwrap_or(RATE_PAUSE));
                let mut tx = services.store.begin().await?;
                jobs::defer(&mut tx, claimed, now + pause, now).await?;
                return tx.commit().await;
            }
            ErrorKind::Unavailable | ErrorKind::NotSent => {
                return wait_for_lever(services, claimed, &error).await;
            }
            ErrorKind::Resting { retry_after } => return rest(services, claimed, retry_after).await,
            ErrorKind::Forbidden => Failed {
                at: None,
                error: inside_of_lever(&error),
                for_good: true,
                permission: Some(error.operation()),
            },
            _ => {
                let at = asked_pause(services, &error).map(|pause| now + pause);
                Failed { at, error: inside_of_lever(&error), for_good: false, permission: None }
            }
        },
    };
    fail(services, claimed, settlement).await
}

/// Lever failed again and again: all work of the organisation that needs Lever
/// waits, and this job has not failed.
async fn rest(
    services: &Services,
    claimed: &Claimed,
    retry_after: Duration,
) -> std::result::Result<(), store::Error> {
    let (organisation, now) = (claimed.organisation, services.now());
    let until = now + retry_after;
    // Not all at the same moment.
    let at = until + Duration::from_secs(1).mul_f64(services.random.unit());
    let mut tx = services.store.begin().await?;
    jobs::defer(&mut tx, claimed, at, now).await?;
    lever_rests::begin(&mut tx, organisation, until, now).await?;
    let told = outage::goes_on(services, &mut tx, organisation).await?;
    tx.commit().await?;
    tracing::warn!(%organisation, ?retry_after, "Lever keeps failing: work for it rests");
    services.changes.announce(organisation, Change::Connection);
    if told {
        services.changes.announce(organisation, Change::Attention);
    }
    Ok(())
}

/// The pause that Lever asked for.
fn asked_pause(services: &Services, error: &lever::Error) -> Option<Duration> {
    error.retry_after().map(|asked| jittered(services, asked.min(LONGEST_OBEYED)))
}

/// Up to a half longer, so that not all come back at once.
fn jittered(services: &Services, pause: Duration) -> Duration {
    pause.mul_f64(1.0 + 0.5 * services.random.unit())
}

/// The usual pause after so many failures; shorter where people wait: Lever
/// itself is spared by resting when it keeps failing.
fn own_pause(services: &Services, claimed: &Claimed, failures: u32) -> Duration {
    let pause = backoff(failures, services.random.unit());
    match claimed.job {
        Job::ImportCandidate { .. }
        | Job::AddImportNote { .. }
        | Job::AttachResume { .. }
        | Job::WriteStatus { .. }
        | Job::WriteContact { .. } => pause.min(LONGEST_PAUSE_OF_CLICKS),
        _ => pause,
    }
}

/// How a job failed.
struct Failed {
    /// When to try again; `None`: after the usual pause.
    at: Option<Timestamp>,
    /// The inside.
    error: String,
    /// Whether trying again is pointless.
    for_good: bool,
    /// The call for which the key lacks the permission.
    permission: Option<&'static str>,
}

async fn fail(
    services: &Services,
    claimed: &Claimed,
    failed: Failed,
) -> std::result::Result<(), store::Error> {
    let now = services.now();
    let Failed { at, error, for_good, permission } = failed;
    let kind = claimed.job.kind();
    let mut tx = services.store.begin().await?;
    if !for_good && claimed.attempt < claimed.max_attempts {
        let at = at.unwrap_or_else(|| now + own_pause(services, claimed, claimed.failures()));
        tracing::warn!(job = %claimed.id, kind, failures = claimed.failures(), error, "a job failed and is tried again");
        jobs::retry(&mut tx, claimed, at, &error, now).await?;
        return tx.commit().await;
    }
    tracing::error!(job = %claimed.id, kind, attempt = claimed.attempt, error, "a job is given up");
    jobs::bury(&mut tx, claimed, &error, now).await?;
    let mut told = match gave_up(services, &mut tx, claimed, permission.is_some()).await {
        Ok(told) => told,
        Err(error) => {
            // The job must not be lost from sight for want of its telling.
            tracing::error!(job = %claimed.id, kind, error = inside_of_fault(&error), "nobody was told");
            drop(tx);
            tx = services.store.begin().await?;
            jobs::bury(&mut tx, claimed, "given up, and nobody could be told", now).await?;
            Vec::new()
        }
    };
    if let Some(operation) = permission {
        ask_for_permission(services, &mut tx, claimed.organisation, operation).await?;
        told.push(Change::Attention);
    }
    tx.commit().await?;
    for change in told {
        services.changes.announce(claimed.organisation, change);
    }
    Ok(())
}

/// Lever is not there: the job waits, however long that lasts, and somebody is
/// told when it lasts.
async fn wait_for_lever(
    services: &Services,
    claimed: &Claimed,
    error: &lever::Error,
) -> std::result::Result<(), store::Error> {
    let now = services.now();
    let own = backoff(claimed.attempt, services.random.unit()).min(LONGEST_PAUSE_WHILE_AWAY);
    let until = now + asked_pause(services, error).unwrap_or(own);
    tracing::warn!(
        job = %claimed.id, kind = claimed.job.kind(), attempt = claimed.attempt,
        error = inside_of_lever(error), "Lever is not there: a job waits"
    );
    let mut tx = services.store.begin().await?;
    jobs::defer(&mut tx, claimed, until, now).await?;
    let told = outage::goes_on(services, &mut tx, claimed.organisation).await?;
    tx.commit().await?;
    if told {
        services.changes.announce(claimed.organisation, Change::Connection);
        services.changes.announce(claimed.organisation, Change::Attention);
    }
    Ok(())
}

/// Lever rejects the key: every job waits, none is lost, a person is asked. A
/// key that was replaced while the job ran is not blamed for its predecessor.
async fn reject_key(
    services: &Services,
    claimed: &Claimed,
    started: Timestamp,
) -> std::result::Result<(), store::Error> {
    let now = services.now();
    let organisation = claimed.organisation;
    let mut tx = services.store.begin().await?;
    jobs::defer(&mut tx, claimed, now, now).await?;
    let connection = connections::lock(&mut tx, organisation).await?;
    let blamed = connection.filter(|connection| {
        matches!(connection.state, ConnectionState::Connected | ConnectionState::NeedsAttention)
            && connection.key_set_at.is_none_or(|set| set <= started)
    });
    let Some(connection) = blamed else { return tx.commit().await };
    let reason = "Lever no longer accepts the API key.";
    let state = ConnectionState::CredentialsRejected;
    connections::set_state(&mut tx, organisation, connection.id, state, Some(reason), now).await?;
    // Whoever rejects a key is there.
    services.lever.outages().over(organisation);
    attention::resolve_all_of(&mut tx, organisation, AttentionKind::LeverUnavailable, now).await?;
    let (kind, subject, id) = (AttentionKind::KeyRejected, connection.id.to_string(), services.new_id());
    attention::raise(&mut tx, organisation, kind, &subject, None, &json!({}), id, now).await?;
    let entry = Activity {
        id: services.new_id(),
        at: now,
        member: None,
        candidate: None,
        kind: "key_rejected",
        summary: "Lever rejected the API key: work for Lever waits for a new one.".to_owned(),
    };
    activity::record(&mut tx, organisation, &entry).await?;
    tx.commit().await?;
    tracing::warn!(%organisation, "Lever rejects the key: jobs wait");
    services.changes.announce(organisation, Change::Connection);
    services.changes.announce(organisation, Change::Attention);
    Ok(())
}

fn inside_of_fault(error: &Error) -> String {
    std::error::Error::source(error).map_or_else(|| error.to_string(), inside)
}

/// Queues what is due by the clock until the worker stops.
async fn schedule(services: Services, mut stopped: watch::Receiver<bool>) {
    let pause = (services.settings.timing.reconcile_every / 4).clamp(POLL, SCHEDULE);
    let sessions = Sessions::new(services.store.clone());
    let mut swept: Option<Timestamp> = None;
    while !*stopped.borrow() {
        if let Err(error) = tick(&services).await {
            tracing::error!(error = inside_of_fault(&error), "what is due by the clock was not queued");
        }
        let now = services.now();
        if swept.is_none_or(|swept| swept + SWEEP <= now) {
            match sessions.delete_expired(now).await {
                Ok(deleted) => tracing::debug!(deleted, "expired sessions were deleted"),
                Err(error) => tracing::error!(error = inside(&error), "expired sessions stay"),
            }
            housekeeping::sweep(&services).await;
            swept = Some(now);
        }
        tokio::select! {
            () = sleep(pause) => {}
            _ = stopped.changed() => {}
        }
    }
}
