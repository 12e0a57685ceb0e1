//! Trying to send a message again that was not sent.

use domain::actor::{Action, Actor};
use domain::attention::AttentionKind;
use domain::event::Change;
use domain::ids::MessageId;
use domain::job::Job;
use domain::mail::MailState;
use domain::problem::Problem;
use store::activity::{self, Activity};
use store::{Tx, attention, candidates, jobs, messages};

use crate::{Result, Services};

/// Queues it again: it is the same letter. One that is on its way stays there.
///
/// # Errors
/// [`Problem::NotFound`].
pub async fn retry(services: &Services, actor: &Actor, id: MessageId) -> Result<()> {
    let mut tx = services.store.begin().await?;
    let told = retry_in(services, &mut tx, actor, id).await?;
    tx.commit().await?;
    for change in told {
        services.changes.announce(actor.organisation, change);
    }
    services.wake.notify_one();
    Ok(())
}

/// As [`retry`], within `tx`. Gives what open screens are told after the commit.
///
/// # Errors
/// As [`retry`]; the transaction is as it was.
pub(crate) async fn retry_in(
    services: &Services,
    tx: &mut Tx,
    actor: &Actor,
    id: MessageId,
) -> Result<Vec<Change>> {
    services.require(actor, Action::WorkWithCandidates)?;
    let organisation = actor.organisation;
    let now = services.now();
    let message = messages::get(tx, organisation, id).await?.ok_or(Problem::NotFound)?;
    let mail = messages::mail(tx, organisation, id).await?.ok_or(Problem::NotFound)?;
    if mail.state != MailState::Failed {
        return Ok(Vec::new());
    }
    messages::set_mail(tx, organisation, id, MailState::Queued, None, now).await?;
    // It comes back if it fails again.
    let (kind, subject) = (AttentionKind::MessageFailed, message.candidate.to_string());
    let asked = attention::resolve(tx, organisation, kind, &subject, now).await?;
    let job = Job::SendMessage { message: id };
    jobs::enqueue(tx, organisation, &job, services.new_id(), now, now).await?;
    let name = candidates::get(tx, organisation, message.candidate)
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
    activity::record(tx, organisation, &entry).await?;
    let mut told = vec![Change::Candidate { id: message.candidate }];
    told.extend(asked.then_some(Change::Attention));
    Ok(told)
}
