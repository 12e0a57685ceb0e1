//! Trying to send a message again that was not sent.

use domain::actor::{Action, Actor};
use domain::attention::AttentionKind;
use domain::event::Change;
use domain::ids::MessageId;
use domain::job::Job;
use domain::mail::MailState;
use domain::problem::Problem;
use store::activity::{self, Activity};
use store::{attention, candidates, jobs, messages};

use crate::{Result, Services};

/// Queues it again: it is the same letter. One that is on its way stays there.
///
/// # Errors
/// [`Problem::NotFound`].
pub async fn retry(services: &Services, actor: &Actor, id: MessageId) -> Result<()> {
    services.require(actor, Action::WorkWithCandidates)?;
    let organisation = actor.organisation;
    let now = services.now();
    let mut tx = services.store.begin().await?;
    let message = messages::get(&mut tx, organisation, id).await?.ok_or(Problem::NotFound)?;
    let mail = messages::mail(&mut tx, organisation, id).await?.ok_or(Problem::NotFound)?;
    if mail.state != MailState::Failed {
        return Ok(());
    }
    messages::set_mail(&mut tx, organisation, id, MailState::Queued, None, now).await?;
    // It comes back if it fails again.
    let (kind, subject) = (AttentionKind::MessageFailed, message.candidate.to_string());
    let asked = attention::resolve(&mut tx, organisation, kind, &subject, now).await?;
    let job = Job::SendMessage { message: id };
    jobs::enqueue(&mut tx, organisation, &job, services.new_id(), now, now).await?;
    let name = candidates::get(&mut tx, organisation, message.candidate)
        .await?
        .map_or_else(|| "a candidate".to_owned(), |candidate| candidate.name);
    let entry = Activity {
        id: services.new_id(),
        at: now,
        member: Some(actor.member),
        candidate: Some(message.candidate),
        kind: "message_retried",
        summary: format!("Asked to send the message to {name} again."),
    };
    activity::record(&mut tx, organisation, &entry).await?;
    tx.commit().await?;
    services.changes.announce(organisation, Change::Candidate { id: message.candidate });
    if asked {
        services.changes.announce(organisation, Change::Attention);
    }
    services.wake.notify_one();
    Ok(())
}
