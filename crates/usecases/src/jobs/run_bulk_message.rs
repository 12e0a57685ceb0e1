//! Writing a text to many candidates, one after the other.
//!
//! A step gathers some candidates, writes to some, and queues the next step: a text
//! to ten thousand holds neither the one writer nor the queue, and stops within a
//! second. That somebody was written to is committed with the message, so whatever
//! happens nobody is written to twice.

use std::time::Duration;

use domain::actor::Actor;
use domain::bulk_message::{BulkMessageState, NotWritten};
use domain::event::Change;
use domain::ids::{BulkMessageId, CandidateId, MessageId};
use domain::job::Priority;
use domain::template::{self, Values};
use store::activity::{self, Activity};
use store::bulk_messages::{self, BulkMessage};
use store::jobs::Claimed;
use store::{Tx, candidates, erasures, jobs, members};

use super::{Ended, Ending, Stop, begin_fenced, gather};
use crate::candidates::{Outgoing, put_into_outbox};
use crate::{Result, Services};

/// Candidates written to in one transaction.
const TURNS: u32 = 20;
/// Transactions of one step.
const ROUNDS: u32 = 10;
/// Most letters of one text that wait to be sent.
const ON_THE_WAY: u32 = 100;
/// Between two steps.
const PAUSE: Duration = Duration::from_secs(1);

/// One step.
pub(super) async fn run(services: &Services, claimed: &Claimed, id: BulkMessageId) -> Ended {
    let organisation = claimed.organisation;
    let (bulk, member) = {
        let mut tx = services.store.read().await?;
        let Some(bulk) = bulk_messages::get(&mut tx, organisation, id).await? else {
            return Ok(Ending::Done);
        };
        let member = members::get(&mut tx, organisation, bulk.written_by).await?;
        (bulk, member)
    };
    if bulk.state != BulkMessageState::Running {
        return Ok(Ending::Done);
    }
    let Some(member) = member.filter(|member| member.active) else {
        let why = "Stopped writing to many candidates: who wrote is no longer a member.";
        return end(services, claimed, id, BulkMessageState::Stopped, why).await;
    };
    let actor =
        Actor { organisation, member: member.id, role: member.role, name: member.name, email: member.email };
    let gathering = match &bulk.read_up_to {
        Some(read_up_to) => {
            let (found, next) = gather::next(services, organisation, &bulk.source, read_up_to).await?;
            let mut tx = begin_fenced(services, claimed).await?;
            let now = services.now();
            bulk_messages::collect(&mut tx, organisation, &bulk, &found, next.as_deref(), now).await?;
            tx.commit().await?;
            next.is_some()
        }
        None => false,
    };
    let waiting = write(services, claimed, &actor, &bulk).await?;
    if !gathering && !waiting {
        let why = "Came to the end of writing to many candidates.";
        return end(services, claimed, id, BulkMessageState::Done, why).await;
    }
    // The next step is a job of its own, so that thousands of steps are no failures.
    let mut tx = begin_fenced(services, claimed).await?;
    let now = services.now();
    jobs::finish(&mut tx, claimed).await?;
    jobs::enqueue(&mut tx, organisation, &claimed.job, services.new_id(), now + PAUSE, now).await?;
    tx.commit().await?;
    Ok(Ending::Settled)
}

/// The steps kept failing: it stops, and says so.
pub(super) async fn gave_up(
    services: &Services,
    tx: &mut Tx,
    claimed: &Claimed,
    id: BulkMessageId,
) -> Result<Vec<Change>> {
    let (from, to) = (BulkMessageState::Running, BulkMessageState::Stopped);
    if bulk_messages::move_state(tx, claimed.organisation, id, from, to, services.now()).await? {
        let why = "Stopped writing to many candidates, because it kept failing.";
        record(services, tx, claimed, "message_to_many_failed", why).await?;
    }
    Ok(Vec::new())
}

/// Writes to those for whom there is room; gives whether somebody still waits.
async fn write(
    services: &Services,
    claimed: &Claimed,
    actor: &Actor,
    bulk: &BulkMessage,
) -> std::result::Result<bool, Stop> {
    let organisation = claimed.organisation;
    for _ in 0..ROUNDS {
        let (counts, next) = {
            let mut tx = services.store.read().await?;
            let counts = bulk_messages::counts(&mut tx, organisation, bulk.id).await?;
            let room = ON_THE_WAY.saturating_sub(counts.queued).min(TURNS);
            (counts, bulk_messages::next_waiting(&mut tx, organisation, bulk.id, room).await?)
        };
        if next.is_empty() {
            return Ok(counts.waiting > 0);
        }
        let mut tx = begin_fenced(services, claimed).await?;
        if !bulk_messages::hold_running(&mut tx, organisation, bulk.id, services.now()).await? {
            return Ok(true);
        }
        for candidate in &next {
            let written = write_to(services, &mut tx, actor, bulk, *candidate).await?;
            bulk_messages::turn(&mut tx, organisation, bulk.id, *candidate, written).await?;
        }
        tx.commit().await?;
        services.wake.notify_one();
        for id in next {
            services.changes.announce(organisation, Change::Candidate { id });
        }
    }
    Ok(true)
}

/// Writes to one candidate, or says why not.
async fn write_to(
    services: &Services,
    tx: &mut Tx,
    actor: &Actor,
    bulk: &BulkMessage,
    candidate: CandidateId,
) -> Result<std::result::Result<MessageId, NotWritten>> {
    let organisation = actor.organisation;
    let Some(held) = candidates::hold(tx, organisation, candidate).await? else {
        return Ok(Err(NotWritten::Gone));
    };
    if erasures::is_erased(tx, organisation, candidate).await? {
        return Ok(Err(NotWritten::Gone));
    }
    let values = Values { name: &held.name, company: &held.company, my_name: &actor.name };
    let Ok(text) = template::fill(&bulk.body, &values) else {
        return Ok(Err(NotWritten::FieldUnknown));
    };
    let outgoing = Outgoing { author: actor.member, text, at: services.now(), urgency: Priority::Background };
    Ok(Ok(put_into_outbox(services, tx, &held, outgoing).await?))
}

/// Ends it together with its job, unless somebody stopped it.
async fn end(
    services: &Services,
    claimed: &Claimed,
    id: BulkMessageId,
    to: BulkMessageState,
    why: &str,
) -> Ended {
    let organisation = claimed.organisation;
    let mut tx = begin_fenced(services, claimed).await?;
    if bulk_messages::move_state(&mut tx, organisation, id, BulkMessageState::Running, to, services.now())
        .await?
    {
        record(services, &mut tx, claimed, "message_to_many_ended", why).await?;
    }
    let somebody = bulk_messages::items(&mut tx, organisation, id, None, 1).await?;
    jobs::finish(&mut tx, claimed).await?;
    tx.commit().await?;
    // Whoever looks at it sees that it is over.
    for item in somebody {
        services.changes.announce(organisation, Change::Candidate { id: item.candidate });
    }
    Ok(Ending::Settled)
}

async fn record(
    services: &Services,
    tx: &mut Tx,
    claimed: &Claimed,
    kind: &'static str,
    what: &str,
) -> Result<()> {
    let entry = Activity {
        id: services.new_id(),
        at: services.now(),
        member: None,
        candidate: None,
        kind,
        summary: what.to_owned(),
    };
    Ok(activity::record(tx, claimed.organisation, &entry).await?)
}
