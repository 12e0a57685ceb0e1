//! Keeping a log of every request to Lever: what was asked and what for, how it
//! ended, how long it took, about whom and for whom. Never a key, an id of Lever's, a
//! query or a body. What Lever allows again closes the question for its permission.
//!
//! Requests are noted as they end and written some at a time, a few times a
//! second, so that the log costs next to no commits. A process that is killed
//! loses the notes of the last moment, and nothing else.

use std::cell::RefCell;
use std::collections::BTreeMap;
use std::future::Future;
use std::pin::pin;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use domain::actor::Actor;
use domain::attention::AttentionKind;
use domain::event::Change;
use domain::ids::{CandidateId, MemberId, OrganisationId};
use domain::time::Timestamp;
use lever::{Call, Client};
use store::lever_calls::{self, LeverCall};
use store::{Tx, attention};
use tokio::time::MissedTickBehavior;

use crate::{Result, Services};

/// Between two writings.
const WRITE_EVERY: Duration = Duration::from_millis(250);
/// Notes kept while they cannot be written: an hour of Lever's rate would be more
/// than anybody reads, and memory is bounded.
const MOST: usize = 5_000;

tokio::task_local! {
    /// What the task at hand is about.
    static ABOUT: RefCell<About>;
}

#[derive(Clone, Copy)]
struct About {
    purpose: &'static str,
    candidate: Option<CandidateId>,
    member: Option<MemberId>,
}

/// What is asked of Lever by no job is asked by a person, on a screen.
const BY_A_PERSON: About = About { purpose: "screen", candidate: None, member: None };

impl About {
    fn at_hand() -> Self {
        ABOUT.try_with(|about| *about.borrow()).unwrap_or(BY_A_PERSON)
    }

    async fn of<F: Future>(self, deed: F) -> F::Output {
        ABOUT.scope(RefCell::new(self), deed).await
    }
}

/// Does `deed`, whose requests are made for `purpose`: the kind of a job.
pub(crate) async fn during<F: Future>(purpose: &'static str, deed: F) -> F::Output {
    About { purpose, candidate: None, member: None }.of(deed).await
}

/// Does `deed`, whose requests `actor` waits for, about a candidate where there is one.
pub(crate) async fn by<F: Future>(actor: &Actor, candidate: Option<CandidateId>, deed: F) -> F::Output {
    About { candidate, member: Some(actor.member), ..BY_A_PERSON }.of(deed).await
}

/// Does `deed`, whose requests are about `candidate`, within a job about many.
pub(crate) async fn about_one<F: Future>(candidate: CandidateId, deed: F) -> F::Output {
    About { candidate: Some(candidate), ..About::at_hand() }.of(deed).await
}

/// From now on the requests of the job at hand are about `candidate`.
pub(crate) fn about(candidate: CandidateId) {
    let _no_job = ABOUT.try_with(|about| about.borrow_mut().candidate = Some(candidate));
}

/// From now on the requests of the job at hand are about `candidate`, and made for
/// `member`.
pub(crate) fn about_and_for(candidate: CandidateId, member: MemberId) {
    about(candidate);
    let _no_job = ABOUT.try_with(|about| about.borrow_mut().member = Some(member));
}

/// Requests that have ended and are not written yet. Cheap to clone.
#[derive(Clone, Debug, Default)]
pub(crate) struct CallLog(Arc<Mutex<Vec<Noted>>>);

#[derive(Debug)]
struct Noted {
    organisation: OrganisationId,
    at: Timestamp,
    call: Call,
    purpose: &'static str,
    candidate: Option<CandidateId>,
    member: Option<MemberId>,
}

impl CallLog {
    /// The list is valid between any two statements.
    fn lock(&self) -> MutexGuard<'_, Vec<Noted>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn note(&self, noted: Noted) {
        let mut waiting = self.lock();
        if waiting.len() < MOST {
            waiting.push(noted);
        } else {
            tracing::warn!("a request to Lever was not noted: too many wait to be written");
        }
    }
}

/// The same client, whose requests are noted for this organisation.
pub(crate) fn noted(services: &Services, organisation: OrganisationId, client: &Client) -> Client {
    let (log, clock) = (services.lever.calls().clone(), Arc::clone(&services.clock));
    client.observed(Arc::new(move |call| {
        let About { purpose, candidate, member } = About::at_hand();
        log.note(Noted { organisation, at: clock.now(), call, purpose, candidate, member });
    }))
}

/// Writes what was noted until now.
///
/// # Errors
/// As the store says; then the notes wait for the next time.
pub async fn write(services: &Services) -> Result<()> {
    let log = services.lever.calls();
    let waiting = std::mem::take(&mut *log.lock());
    if waiting.is_empty() {
        return Ok(());
    }
    let calls: Vec<LeverCall> = waiting.iter().map(|noted| row(services, noted)).collect();
    let allowed = allowed(&waiting);
    let written = async {
        let mut tx = services.store.begin().await?;
        lever_calls::record(&mut tx, &calls).await?;
        let permitted = permitted_again(&mut tx, &allowed, services.now()).await?;
        tx.commit().await?;
        Ok::<_, store::Error>(permitted)
    };
    let written = written.await;
    if written.is_err() {
        let mut later = log.lock();
        let came_meanwhile = std::mem::replace(&mut *later, waiting);
        later.extend(came_meanwhile);
        later.truncate(MOST);
    }
    for organisation in written? {
        services.changes.announce(organisation, Change::Attention);
    }
    Ok(())
}

/// What Lever allowed, and when last: the operations of each organisation.
type Allowed = BTreeMap<OrganisationId, BTreeMap<&'static str, Timestamp>>;

/// What Lever allowed of what was noted, and has not refused since.
fn allowed(noted: &[Noted]) -> Allowed {
    let mut allowed = Allowed::new();
    for Noted { organisation, at, call, .. } in noted {
        match call.status {
            Some(200..=299) => {
                allowed.entry(*organisation).or_default().insert(call.operation, *at);
            }
            Some(403) => {
                allowed.entry(*organisation).or_default().remove(call.operation);
            }
            _ => {}
        }
    }
    allowed
}

/// Closes the questions for permissions that Lever has given since it refused. Where none is
/// open, nothing is written. Gives whose were closed.
async fn permitted_again(
    tx: &mut Tx,
    allowed: &Allowed,
    now: Timestamp,
) -> std::result::Result<Vec<OrganisationId>, store::Error> {
    let kind = AttentionKind::PermissionMissing;
    let mut permitted = Vec::new();
    for (organisation, operations) in allowed {
        let mut closed = false;
        for item in attention::open_of(tx, *organisation, kind, None, u32::MAX).await? {
            let refused_at = item.detail["at"].as_i64().map_or(item.created_at, Timestamp);
            if operations.get(item.subject.as_str()).is_some_and(|at| *at >= refused_at) {
                closed |= attention::resolve(tx, *organisation, kind, &item.subject, now).await?;
            }
        }
        permitted.extend(closed.then_some(*organisation));
    }
    Ok(permitted)
}

fn row(services: &Services, noted: &Noted) -> LeverCall {
    LeverCall {
        id: services.new_id(),
        organisation: noted.organisation,
        at: noted.at,
        operation: noted.call.operation.to_owned(),
        purpose: noted.purpose.to_owned(),
        candidate: noted.candidate,
        member: noted.member,
        method: noted.call.method.clone(),
        path: noted.call.path.clone(),
        status: noted.call.status.map(u32::from),
        milliseconds: i64::try_from(noted.call.took.as_millis()).unwrap_or(i64::MAX),
    }
}

/// Writes what is noted, a few times a second, until `stop`; then once more.
pub(crate) async fn keep(services: Services, stop: impl Future<Output = ()> + Send) {
    let mut stop = pin!(stop);
    let mut times = tokio::time::interval(WRITE_EVERY);
    times.set_missed_tick_behavior(MissedTickBehavior::Delay);
    loop {
        let stopped = tokio::select! {
            () = &mut stop => true,
            _ = times.tick() => false,
        };
        if let Err(error) = write(&services).await {
            let problem = error.into_problem();
            tracing::warn!(%problem, "requests to Lever wait to be written into the log");
        }
        if stopped {
            return;
        }
    }
}
