//! Bringing an opportunity where a member's status leads.
//!
//! Lever has no *change this if it still stands there*. So the opportunity is read
//! right before each request: if it stands where the member saw it, the intent is
//! committed and the request written; if it stands where the status leads, nothing
//! is left to do; if it stands elsewhere, somebody moved it in Lever meanwhile:
//! nothing is written, and the conflict is shown. An end that is not known leads
//! to the same reading once the request can no longer be carried out.
//!
//! That Lever is there is not taken from its answer, but read, and by whoever
//! reads it first: see `apply_opportunity`. So the delivery that our own request
//! causes may come before the answer, twice, or never.

use std::time::Duration;

use domain::attention::AttentionKind;
use domain::event::Change;
use domain::ids::OrganisationId;
use domain::job::Job;
use domain::mapping::Target;
use domain::pipeline::Truth;
use domain::status::StatusCause;
use domain::way_back::{Step, WriteFailure, comes_back, next_step};
use lever::{Client, ErrorKind, Opportunity, Priority};
use serde_json::json;
use store::activity::{self, Activity};
use store::connections::Connection;
use store::jobs::Claimed;
use store::opportunities;
use store::status_writes::{self, State, StatusWrite};
use store::{Tx, attention, candidates, catalogue, jobs, stage_map, way_back};

use super::apply_opportunity::{Source, announce, apply, place_name};
use super::{
    Ended, Ending, Stop, WITHOUT_LEVER, ask_for_permission, begin_fenced, inside_of_lever, lever_of,
    prolonged, still_ours,
};
use crate::{Result, Services, calls, integration, outage};

/// After so many refusals it is a matter for a person: the first may be because
/// what we believe of Lever's users and stages is old.
const MOST_REFUSALS: u32 = 1;
/// So long until what could not be applied is read again.
const AGAIN: Duration = Duration::from_secs(1);

/// Brings it there, request by request.
pub(super) async fn run(services: &Services, claimed: &Claimed, opportunity: &str) -> Ended {
    loop {
        let work = match Work::load(services, claimed, opportunity).await? {
            Loaded::Work(work) => work,
            Loaded::Ended(ended) => return Ok(ended),
        };
        if let Some(ended) = work.advance().await? {
            return Ok(ended);
        }
    }
}

/// Tried too often: a person is asked.
pub(super) async fn gave_up(
    services: &Services,
    tx: &mut Tx,
    claimed: &Claimed,
    opportunity: &str,
) -> Result<Vec<Change>> {
    let organisation = claimed.organisation;
    if opportunities::lock(tx, organisation, opportunity).await?.is_none() {
        return Ok(Vec::new());
    }
    match status_writes::find(tx, organisation, opportunity).await? {
        Some(write) if is_open(&write) => {
            refused(services, tx, organisation, &write, WriteFailure::GaveUp).await?;
            Ok(vec![Change::Candidate { id: write.candidate }, Change::Attention])
        }
        _ => Ok(Vec::new()),
    }
}

/// Marks it as given up, and asks a person.
async fn refused(
    services: &Services,
    tx: &mut Tx,
    organisation: OrganisationId,
    write: &StatusWrite,
    failure: WriteFailure,
) -> Result<()> {
    let now = services.now();
    if !status_writes::refuse(tx, organisation, write, failure, now).await? {
        return Ok(());
    }
    let (kind, subject) = (AttentionKind::StatusNotWritten, write.candidate.to_string());
    let detail = json!({ "status": write.status.code(), "failure": failure.code() });
    let id = services.new_id();
    attention::raise(tx, organisation, kind, &subject, Some(write.candidate), &detail, id, now).await?;
    let entry = Activity {
        id: services.new_id(),
        at: now,
        member: None,
        candidate: Some(write.candidate),
        kind: "status_write_failed",
        summary: format!("{} was not written to Lever. {}", write.status, failure.text()),
    };
    Ok(activity::record(tx, organisation, &entry).await?)
}

/// Whether something is to be done about it without a person.
fn is_open(write: &StatusWrite) -> bool {
    !matches!(write.state, State::Refused(_))
}

/// What is to be done, or why nothing is.
enum Loaded<'a> {
    Work(Box<Work<'a>>),
    Ended(Ending),
}

/// A status to be written, in hand.
struct Work<'a> {
    services: &'a Services,
    claimed: &'a Claimed,
    connection: Connection,
    client: Client,
    write: StatusWrite,
}

impl<'a> Work<'a> {
    async fn load(
        services: &'a Services,
        claimed: &'a Claimed,
        opportunity: &str,
    ) -> std::result::Result<Loaded<'a>, Stop> {
        let organisation = claimed.organisation;
        let Some((connection, client)) = lever_of(services, organisation).await? else {
            return Ok(Loaded::Ended(Ending::Wait { until: services.now() + WITHOUT_LEVER }));
        };
        let mut tx = services.store.read().await?;
        let write = status_writes::find(&mut tx, organisation, opportunity).await?;
        drop(tx);
        let Some(write) = write.filter(is_open) else { return Ok(Loaded::Ended(Ending::Done)) };
        if let Some(look_at) = write.look_at.filter(|look_at| *look_at > services.now()) {
            return Ok(Loaded::Ended(Ending::Wait { until: look_at }));
        }
        let work =
            Box::new(Self { services, claimed, connection, client: client.at(Priority::Click), write });
        calls::about_and_for(work.write.candidate, work.write.member);
        if let Some(why) = work.overtaken().await? {
            return work.drop_it(why).await.map(Loaded::Ended);
        }
        Ok(Loaded::Work(work))
    }

    fn organisation(&self) -> OrganisationId {
        self.claimed.organisation
    }

    /// Why nobody wants it any more, if nobody does.
    async fn overtaken(&self) -> Result<Option<&'static str>> {
        let (organisation, write) = (self.organisation(), &self.write);
        let mut tx = self.services.store.read().await?;
        let linked = opportunities::is_linked(&mut tx, organisation, &write.opportunity).await?;
        let candidate = candidates::get(&mut tx, organisation, write.candidate).await?;
        let stands = candidate.is_some_and(|candidate| {
            candidate.status == write.status && candidate.cause == StatusCause::Hand
        });
        Ok(if !way_back::is_on(&mut tx, organisation).await? {
            Some("the way back was switched off")
        } else if !linked {
            Some("the opportunity stands for nobody any more")
        } else if !stands {
            Some("the status has changed again")
        } else {
            None
        })
    }

    async fn drop_it(&self, why: &str) -> Ended {
        let (organisation, write) = (self.organisation(), &self.write);
        let mut tx = self.locked().await?;
        if self.is_unchanged(&mut tx).await? {
            status_writes::forget(&mut tx, organisation, &write.opportunity).await?;
            self.log_not_written(&mut tx, why).await?;
        }
        // What a member set meanwhile has a job of its own.
        jobs::finish(&mut tx, self.claimed).await?;
        tx.commit().await?;
        self.announce();
        Ok(Ending::Settled)
    }

    /// One reading and at most one request; `None`: there is more to do.
    async fn advance(&self) -> std::result::Result<Option<Ending>, Stop> {
        let write = &self.write;
        let read_at = self.services.now();
        let Some(read) = self.client.opportunity(&write.opportunity).await? else {
            return self.missing().await.map(Some);
        };
        let truth = Truth {
            stage: read.stage.clone().unwrap_or_default(),
            archived: read.archived.as_ref().map(|archived| archived.reason.clone().unwrap_or_default()),
        };
        let source = Source { read_at, delivery: None };
        if truth != write.seen && write.sent.as_ref() != Some(&truth) {
            return self.read_elsewhere(&read, &truth, source).await.map(Some);
        }
        match next_step(&truth, &write.to) {
            None => self.read_there(&read, source).await.map(Some),
            Some(step) => self.send(&truth, step).await,
        }
    }

    /// Lever stands where the status leads: whoever reads that settles it.
    async fn read_there(&self, read: &Opportunity, source: Source) -> Ended {
        let tx = self.locked().await?;
        self.apply_and_end(tx, read, source).await
    }

    /// Lever stands neither where the member saw it nor where we sent it: what
    /// somebody did there is kept, and so is the status, until a member decides.
    async fn read_elsewhere(&self, read: &Opportunity, truth: &Truth, source: Source) -> Ended {
        let (organisation, write) = (self.organisation(), &self.write);
        let mut tx = self.locked().await?;
        let (place, map) = (truth.place(), stage_map::load(&mut tx, organisation).await?);
        let agrees = place == write.to || map.target(&place) == Some(Target::Set(write.status));
        if !agrees && self.is_unchanged(&mut tx).await? {
            status_writes::forget(&mut tx, organisation, &write.opportunity).await?;
            opportunities::disagree(&mut tx, organisation, &write.opportunity).await?;
            let place = place_name(&mut tx, &self.connection, &place).await?;
            self.log_not_written(&mut tx, &format!("it had been moved there: {place}")).await?;
        }
        self.apply_and_end(tx, read, source).await
    }

    /// Applies what was read, and ends the job unless something is left to do.
    async fn apply_and_end(&self, mut tx: Tx, read: &Opportunity, source: Source) -> Ended {
        let (organisation, now) = (self.organisation(), self.services.now());
        let applied = Box::pin(apply(self.services, &mut tx, &self.connection, read, source)).await?;
        outage::over(self.services, &mut tx, &self.connection).await?;
        if self.is_unchanged(&mut tx).await? {
            // A later reading was applied before: it is read again.
            jobs::defer(&mut tx, self.claimed, now + AGAIN, now).await?;
        } else {
            // What a member set meanwhile has a job of its own.
            jobs::finish(&mut tx, self.claimed).await?;
        }
        tx.commit().await?;
        announce(self.services, organisation, applied.as_ref());
        self.announce();
        Ok(Ending::Settled)
    }

    /// Whether it is still to be written as it was when it was taken in hand.
    async fn is_unchanged(&self, tx: &mut Tx) -> Result<bool> {
        let standing = status_writes::find(tx, self.organisation(), &self.write.opportunity).await?;
        Ok(standing.is_some_and(|standing| is_open(&standing) && standing.revision == self.write.revision))
    }

    /// Lever does not have it any more, or not for this key: applying finds out.
    async fn missing(&self) -> Ended {
        let (organisation, opportunity) = (self.organisation(), self.write.opportunity.clone());
        let (mut tx, now) = (self.locked().await?, self.services.now());
        status_writes::forget(&mut tx, organisation, &opportunity).await?;
        let job = Job::ApplyOpportunity { opportunity };
        jobs::enqueue(&mut tx, organisation, &job, self.services.new_id(), now, now).await?;
        self.log_not_written(&mut tx, "it is not there any more").await?;
        jobs::finish(&mut tx, self.claimed).await?;
        tx.commit().await?;
        self.announce();
        Ok(Ending::Settled)
    }

    /// Who it is written as, or why it cannot be.
    async fn checked(&self) -> Result<std::result::Result<String, WriteFailure>> {
        let (organisation, write) = (self.organisation(), &self.write);
        let mut tx = self.services.store.read().await?;
        let known = catalogue::find_place(&mut tx, organisation, self.connection.id, &write.to).await?;
        let map = stage_map::load(&mut tx, organisation).await?;
        if !known.is_some_and(|known| known.active) || !comes_back(write.status, &write.to, &map) {
            return Ok(Err(WriteFailure::PlaceGone));
        }
        let user = integration::credited(&mut tx, &self.connection, write.member).await?;
        Ok(user.map(|user| user.id).ok_or(WriteFailure::Nobody))
    }

    /// Commits the intent, writes the request, and says what became of it.
    async fn send(
        &self,
        from: &Truth,
        (step, after): (Step, Truth),
    ) -> std::result::Result<Option<Ending>, Stop> {
        let (organisation, write) = (self.organisation(), &self.write);
        let perform_as = match self.checked().await? {
            Ok(user) => user,
            Err(failure) => return self.refuse(failure, None).await.map(Some),
        };
        let timing = self.services.settings.timing;
        let client = self.client.reserve().await;
        let until = {
            let mut tx = begin_fenced(self.services, self.claimed).await?;
            let until = prolonged(self.services, &mut tx, self.claimed).await?;
            opportunities::lock(&mut tx, organisation, &write.opportunity).await?;
            let look_at = until + timing.lever_deadline + timing.settle;
            let now = self.services.now();
            if !status_writes::sending(&mut tx, organisation, write, (from, &after), look_at, now).await? {
                return Ok(None);
            }
            tx.commit().await?;
            until
        };
        still_ours(self.services, self.claimed, until).await?;
        let (id, perform_as) = (write.opportunity.as_str(), Some(perform_as.as_str()));
        let answer = match &step {
            Step::Move(stage) => client.move_stage(id, stage, perform_as).await,
            Step::Archive(reason) => client.archive(id, Some(reason), perform_as).await,
            Step::Unarchive => client.archive(id, None, perform_as).await,
        };
        let Err(error) = answer else {
            let mut tx = self.locked().await?;
            status_writes::carried_out(&mut tx, organisation, id, &after, self.services.now()).await?;
            tx.commit().await?;
            return Ok(None);
        };
        if !error.certainly_not_applied() {
            return self.uncertain(error).await.map(Some);
        }
        match error.kind() {
            ErrorKind::Forbidden => self.refuse(WriteFailure::Forbidden, Some(&error)).await.map(Some),
            ErrorKind::NotFound | ErrorKind::BadRequest | ErrorKind::InvalidArgument => {
                if write.refusals >= MOST_REFUSALS {
                    return self.refuse(WriteFailure::Refused, Some(&error)).await.map(Some);
                }
                self.doubt(&error).await.map(Some)
            }
            _ => {
                let mut tx = self.locked().await?;
                status_writes::not_sent(&mut tx, organisation, id, false, self.services.now()).await?;
                tx.commit().await?;
                Err(Stop::Lever(error))
            }
        }
    }

    async fn locked(&self) -> std::result::Result<Tx, Stop> {
        let mut tx = begin_fenced(self.services, self.claimed).await?;
        opportunities::lock(&mut tx, self.organisation(), &self.write.opportunity).await?;
        Ok(tx)
    }

    /// The end is not known: the next try looks once it can be seen.
    async fn uncertain(&self, error: lever::Error) -> Ended {
        let now = self.services.now();
        let look_at = now + self.services.settings.timing.settle;
        let inside = inside_of_lever(&error);
        tracing::warn!(
            opportunity = self.write.opportunity,
            error = inside,
            "the end of writing a status is not known"
        );
        let mut tx = self.locked().await?;
        status_writes::uncertain(&mut tx, self.organisation(), &self.write.opportunity, look_at).await?;
        if error.kind() == ErrorKind::Unavailable {
            tx.commit().await?;
            return Err(Stop::Lever(error));
        }
        jobs::retry(&mut tx, self.claimed, look_at, &inside, now).await?;
        tx.commit().await?;
        Ok(Ending::Settled)
    }

    /// Refused for the first time: what we believe about Lever's users and stages
    /// may be old, so they are read before it is tried again.
    async fn doubt(&self, error: &lever::Error) -> Ended {
        let (organisation, now) = (self.organisation(), self.services.now());
        let inside = inside_of_lever(error);
        tracing::warn!(opportunity = self.write.opportunity, error = inside, "Lever refused a status");
        let mut tx = self.locked().await?;
        status_writes::not_sent(&mut tx, organisation, &self.write.opportunity, true, now).await?;
        let job = Job::RefreshCatalogue { connection: self.connection.id };
        jobs::enqueue(&mut tx, organisation, &job, self.services.new_id(), now, now).await?;
        jobs::retry(&mut tx, self.claimed, now + WITHOUT_LEVER, &inside, now).await?;
        tx.commit().await?;
        Ok(Ending::Settled)
    }

    /// Given up until a person has mended what is in the way.
    async fn refuse(&self, failure: WriteFailure, error: Option<&lever::Error>) -> Ended {
        let organisation = self.organisation();
        if let Some(error) = error {
            let inside = inside_of_lever(error);
            tracing::warn!(opportunity = self.write.opportunity, error = inside, "Lever refused a status");
        }
        let mut tx = self.locked().await?;
        status_writes::not_sent(&mut tx, organisation, &self.write.opportunity, true, self.services.now())
            .await?;
        refused(self.services, &mut tx, organisation, &self.write, failure).await?;
        if let (WriteFailure::Forbidden, Some(error)) = (failure, error) {
            ask_for_permission(self.services, &mut tx, organisation, error.operation()).await?;
        }
        if failure == WriteFailure::PlaceGone {
            let (job, now) = (Job::RefreshCatalogue { connection: self.connection.id }, self.services.now());
            jobs::enqueue(&mut tx, organisation, &job, self.services.new_id(), now, now).await?;
        }
        jobs::finish(&mut tx, self.claimed).await?;
        tx.commit().await?;
        self.announce();
        self.services.changes.announce(organisation, Change::Attention);
        Ok(Ending::Settled)
    }

    async fn log_not_written(&self, tx: &mut Tx, why: &str) -> Result<()> {
        let entry = Activity {
            id: self.services.new_id(),
            at: self.services.now(),
            member: None,
            candidate: Some(self.write.candidate),
            kind: "status_not_written",
            summary: format!("{} was not written to Lever: {why}.", self.write.status),
        };
        Ok(activity::record(tx, self.organisation(), &entry).await?)
    }

    fn announce(&self) {
        let id = self.write.candidate;
        self.services.changes.announce(self.organisation(), Change::Candidate { id });
    }
}
