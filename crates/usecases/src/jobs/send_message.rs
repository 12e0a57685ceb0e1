//! Sending one message to a candidate by mail.

use std::time::Duration;

use domain::attention::AttentionKind;
use domain::event::Change;
use domain::ids::{MessageId, OrganisationId};
use domain::mail::{MailFailure, MailState};
use serde_json::json;
use store::activity::{self, Activity};
use store::candidates::Candidate;
use store::jobs::Claimed;
use store::messages::Message;
use store::{Tx, attention, candidates, erasures, jobs, members, messages, organisations, reply_links};

use super::{Ended, Ending, Stop, begin_fenced};
use crate::mail::{Letter, NotSent};
use crate::{Error, Result, Services};

/// How long a letter waits while others are on their way.
const FOR_A_PLACE: Duration = Duration::from_millis(500);

/// Sends it, and says what became of it.
pub(super) async fn run(services: &Services, claimed: &Claimed, id: MessageId) -> Ended {
    let organisation = claimed.organisation;
    if !services.mail.is_configured() {
        // Mail was switched off meanwhile: it stands in the outbox, as all others do.
        return settle(services, claimed, id, MailState::Outbox).await;
    }
    let Some(_place) = services.mail.place() else {
        return Ok(Ending::Wait { until: services.now() + FOR_A_PLACE });
    };
    let mut tx = services.store.read().await?;
    let Some(message) = messages::get(&mut tx, organisation, id).await? else { return Ok(Ending::Done) };
    if messages::mail(&mut tx, organisation, id).await?.map(|mail| mail.state) != Some(MailState::Queued) {
        return Ok(Ending::Done);
    }
    let Some(written) = write(services, &mut tx, organisation, &message).await? else {
        drop(tx);
        return failed(services, claimed, &message, MailFailure::NoAddress).await;
    };
    drop(tx);
    match services.mail.send(&written.letter(&message)).await {
        Ok(()) => settle(services, claimed, id, MailState::Sent).await,
        Err(NotSent::Later { inside }) => Ok(Ending::Retry { at: None, error: inside }),
        Err(NotSent::Never { failure, inside }) => {
            tracing::warn!(message = %id, inside, "a message was not sent");
            failed(services, claimed, &message, failure).await
        }
    }
}

/// The mail server kept failing: the message says so.
pub(super) async fn gave_up(
    services: &Services,
    tx: &mut Tx,
    claimed: &Claimed,
    id: MessageId,
) -> Result<Vec<Change>> {
    let organisation = claimed.organisation;
    let Some(message) = messages::get(tx, organisation, id).await? else { return Ok(Vec::new()) };
    note_failure(services, tx, organisation, &message, MailFailure::KeptFailing).await?;
    Ok(vec![Change::Candidate { id: message.candidate }, Change::Attention])
}

/// A letter's parts.
struct Written {
    to_name: String,
    to: String,
    from_name: String,
    subject: String,
    text: String,
}

impl Written {
    fn letter(&self, message: &Message) -> Letter<'_> {
        Letter {
            id: message.id.0,
            to_name: &self.to_name,
            to: &self.to,
            from_name: &self.from_name,
            subject: &self.subject,
            text: &self.text,
            at: message.created_at,
        }
    }
}

/// Writes the letter; `None` when there is nowhere to send it.
async fn write(
    services: &Services,
    tx: &mut Tx,
    organisation: OrganisationId,
    message: &Message,
) -> std::result::Result<Option<Written>, Stop> {
    let Some(Candidate { name, .. }) = candidates::get(tx, organisation, message.candidate).await? else {
        return Ok(None);
    };
    let address = candidates::emails(tx, organisation, message.candidate).await?.into_iter().next();
    let Some(to) = address else { return Ok(None) };
    if erasures::is_erased(tx, organisation, message.candidate).await? {
        return Ok(None);
    }
    let link = reply_links::list(tx, organisation, message.candidate)
        .await?
        .into_iter()
        .find(|link| link.message == message.id)
        .ok_or_else(|| Error::internal("the message has no reply link"))?;
    let token = services.capabilities.reply_token(link.id).map_err(Error::internal)?;
    let here = organisations::get(tx, organisation).await?.map(|here| here.name).unwrap_or_default();
    let author = match message.author {
        Some(author) => members::get(tx, organisation, author).await?.map(|member| member.name),
        None => None,
    };
    let author = author.unwrap_or_else(|| here.clone());
    Ok(Some(Written {
        to_name: name,
        to,
        from_name: format!("{author} ({here})"),
        subject: format!("{author} of {here} wrote to you"),
        text: format!(
            "{}\n\n-- \nAnswer here, without an account: {}/r/{token}\n{author}, {here}\n",
            message.body, services.settings.public_url
        ),
    }))
}

async fn failed(services: &Services, claimed: &Claimed, message: &Message, why: MailFailure) -> Ended {
    let organisation = claimed.organisation;
    let mut tx = begin_fenced(services, claimed).await?;
    note_failure(services, &mut tx, organisation, message, why).await?;
    jobs::finish(&mut tx, claimed).await?;
    tx.commit().await?;
    services.changes.announce(organisation, Change::Candidate { id: message.candidate });
    services.changes.announce(organisation, Change::Attention);
    Ok(Ending::Settled)
}

/// The message, the log and the list of what needs attention say so.
async fn note_failure(
    services: &Services,
    tx: &mut Tx,
    organisation: OrganisationId,
    message: &Message,
    why: MailFailure,
) -> Result<()> {
    let now = services.now();
    if !messages::set_mail(tx, organisation, message.id, MailState::Failed, Some(why), now).await? {
        return Ok(());
    }
    // Nobody can mend that somebody erased is not written to.
    if !erasures::is_erased(tx, organisation, message.candidate).await? {
        let (kind, subject) = (AttentionKind::MessageFailed, message.candidate.to_string());
        let detail = json!({ "failure": why.code(), "message": message.id });
        let (item, candidate) = (services.new_id(), Some(message.candidate));
        attention::raise(tx, organisation, kind, &subject, candidate, &detail, item, now).await?;
    }
    let name = candidates::get(tx, organisation, message.candidate)
        .await?
        .map_or_else(|| "a candidate".to_owned(), |candidate| candidate.name);
    let entry = Activity {
        id: services.new_id(),
        at: now,
        member: None,
        candidate: Some(message.candidate),
        kind: "message_failed",
        summary: format!("The message to {name} was not sent: {}", why.text()),
    };
    Ok(activity::record(tx, organisation, &entry).await?)
}

async fn settle(services: &Services, claimed: &Claimed, id: MessageId, state: MailState) -> Ended {
    let organisation = claimed.organisation;
    let now = services.now();
    let mut tx = begin_fenced(services, claimed).await?;
    messages::set_mail(&mut tx, organisation, id, state, None, now).await?;
    let candidate = messages::get(&mut tx, organisation, id).await?.map(|message| message.candidate);
    let mended = match candidate {
        // Whoever gets this one can be reached, whatever became of those before.
        Some(candidate) if state == MailState::Sent => {
            let kind = AttentionKind::MessageFailed;
            attention::resolve(&mut tx, organisation, kind, &candidate.to_string(), now).await?
        }
        _ => false,
    };
    jobs::finish(&mut tx, claimed).await?;
    tx.commit().await?;
    if let Some(id) = candidate {
        services.changes.announce(organisation, Change::Candidate { id });
    }
    if mended {
        services.changes.announce(organisation, Change::Attention);
    }
    Ok(Ending::Settled)
}
