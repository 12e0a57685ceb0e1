//! Writing to a candidate.

use std::time::Duration;

use domain::actor::{Action, Actor};
use domain::event::Change;
use domain::ids::{CandidateId, MemberId, MessageId};
use domain::job::{Job, Priority};
use domain::mail::MailState;
use domain::problem::Problem;
use domain::status::{Status, StatusCause};
use domain::time::Timestamp;
use store::activity::{self, Activity};
use store::candidates::{self, Candidate, StatusUpdate};
use store::messages::{self, Message};
use store::reply_links::{self, ReplyLink};
use store::status_changes::{self, StatusChange};
use store::{Tx, erasures, jobs};

use crate::capability::token_hash;
use crate::messages::for_one;
use crate::{Error, Result, Services};

/// For so long a message can be answered.
const ANSWERABLE_FOR: Duration = Duration::from_secs(90 * 24 * 60 * 60);

/// Puts the message into the outbox with a signed reply link, or on its way where
/// mail is configured; New becomes Contacted. Fields of the text are filled in.
///
/// # Errors
/// Fields; [`Problem::NotFound`].
pub async fn send_message(
    services: &Services,
    actor: &Actor,
    candidate: CandidateId,
    text: &str,
) -> Result<()> {
    services.require(actor, Action::WorkWithCandidates)?;
    let mut tx = services.store.begin().await?;
    let held = candidates::hold(&mut tx, actor.organisation, candidate).await?.ok_or(Problem::NotFound)?;
    if erasures::is_erased(&mut tx, actor.organisation, candidate).await? {
        return Err(Problem::NotFound.into());
    }
    let text = for_one(actor, &held, text)?;
    let urgency = Priority::Delivery;
    let outgoing = Outgoing { author: actor.member, text, at: services.now(), urgency };
    put_into_outbox(services, &mut tx, &held, outgoing).await?;
    tx.commit().await?;
    services.wake.notify_one();
    services.changes.announce(actor.organisation, Change::Candidate { id: candidate });
    Ok(())
}

/// A message on its way out.
pub(crate) struct Outgoing {
    /// Who writes.
    pub(crate) author: MemberId,
    /// What, checked.
    pub(crate) text: String,
    /// When.
    pub(crate) at: Timestamp,
    /// How urgently it is sent, where mail is configured.
    pub(crate) urgency: Priority,
}

/// Writes the message, its reply link, and all that follows from them.
pub(crate) async fn put_into_outbox(
    services: &Services,
    tx: &mut Tx,
    candidate: &Candidate,
    outgoing: Outgoing,
) -> Result<MessageId> {
    let organisation = candidate.organisation;
    let Outgoing { author, text, at, urgency } = outgoing;
    let message = Message {
        id: services.new_id(),
        candidate: candidate.id,
        inbound: false,
        author: Some(author),
        body: text,
        answers: None,
        created_at: at,
    };
    messages::insert(tx, organisation, &message).await?;
    let link = ReplyLink {
        id: services.new_id(),
        organisation,
        candidate: candidate.id,
        message: message.id,
        created_at: at,
        expires_at: at + ANSWERABLE_FOR,
        member_opened_at: None,
    };
    let token = services.capabilities.reply_token(link.id).map_err(Error::internal)?;
    reply_links::insert(tx, &link, &token_hash(&token)).await?;
    if services.mail.is_configured() {
        messages::set_mail(tx, organisation, message.id, MailState::Queued, None, at).await?;
        let job = Job::SendMessage { message: message.id };
        jobs::enqueue_at(tx, organisation, &job, urgency, services.new_id(), at, at).await?;
    }
    candidates::set_messaged(tx, organisation, candidate.id, at).await?;
    if candidate.status == Status::New {
        let update = StatusUpdate {
            status: Status::Contacted,
            cause: StatusCause::Message,
            at,
            last_open: Status::Contacted,
            conflict: candidate.conflict,
        };
        candidates::set_status(tx, organisation, candidate.id, &update).await?;
        let change = StatusChange {
            id: services.new_id(),
            candidate: candidate.id,
            from: candidate.status,
            to: update.status,
            cause: update.cause,
            member: Some(author),
            place: None,
            lever_actor: None,
            delivery: None,
            at,
        };
        status_changes::record(tx, organisation, &change).await?;
    }
    let sent = Activity {
        id: services.new_id(),
        at,
        member: Some(author),
        candidate: Some(candidate.id),
        kind: "message_sent",
        summary: format!("Wrote to {}.", candidate.name),
    };
    activity::record(tx, organisation, &sent).await?;
    Ok(message.id)
}
