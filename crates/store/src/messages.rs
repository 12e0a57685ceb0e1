//! Messages: the conversation with a candidate.

use std::collections::HashMap;

use domain::ids::{CandidateId, MemberId, MessageId, OrganisationId};
use domain::mail::{MailFailure, MailState};
use domain::time::Timestamp;

use crate::{Error, Result, Row, Tx, args};

/// One message of a thread.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Message {
    /// Which.
    pub id: MessageId,
    /// The candidate it is to or from.
    pub candidate: CandidateId,
    /// True when the candidate wrote it.
    pub inbound: bool,
    /// The member who wrote it.
    pub author: Option<MemberId>,
    /// The text.
    pub body: String,
    /// For an answer: the message it answers.
    pub answers: Option<MessageId>,
    /// When it was written.
    pub created_at: Timestamp,
}

/// Adds a message: an outbound one to the outbox, an inbound one as received.
///
/// # Errors
/// As the database says.
pub async fn insert(tx: &mut Tx, organisation: OrganisationId, message: &Message) -> Result<()> {
    let (direction, delivery) = if message.inbound { ("in", "received") } else { ("out", "outbox") };
    tx.execute(
        "insert into messages
            (id, organisation_id, candidate_id, direction, author_id, body, answers_id, delivery, created_at,
             sent_at)
         values ($1, $2, $3, $4, $5, $6, $7, $8, $9, null)",
        args![
            message.id,
            organisation,
            message.candidate,
            direction,
            message.author,
            &message.body,
            message.answers,
            delivery,
            message.created_at,
        ],
    )
    .await?;
    Ok(())
}

/// How far an outbound message is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Mail {
    /// Where it stands.
    pub state: MailState,
    /// Why it was not sent.
    pub failure: Option<MailFailure>,
    /// When the mail server took it.
    pub sent_at: Option<Timestamp>,
}

/// How far an outbound message is; `None` for an answer.
///
/// # Errors
/// As the database says.
pub async fn mail(tx: &mut Tx, organisation: OrganisationId, id: MessageId) -> Result<Option<Mail>> {
    let row = tx
        .optional(
            "select delivery, failure, sent_at from messages
             where organisation_id = $1 and id = $2 and direction = 'out'",
            args![organisation, id],
        )
        .await?;
    row.as_ref().map(read_mail).transpose()
}

/// How far the outbound messages to a candidate are.
///
/// # Errors
/// As the database says.
pub async fn mails(
    tx: &mut Tx,
    organisation: OrganisationId,
    candidate: CandidateId,
) -> Result<HashMap<MessageId, Mail>> {
    tx.all(
        "select id, delivery, failure, sent_at from messages
         where organisation_id = $1 and candidate_id = $2 and direction = 'out'",
        args![organisation, candidate],
    )
    .await?
    .iter()
    .map(|row| Ok((row.get("id")?, read_mail(row)?)))
    .collect()
}

/// Says how far an outbound message is; `false` when there is none.
///
/// # Errors
/// As the database says.
pub async fn set_mail(
    tx: &mut Tx,
    organisation: OrganisationId,
    id: MessageId,
    state: MailState,
    failure: Option<MailFailure>,
    now: Timestamp,
) -> Result<bool> {
    let sent_at = (state == MailState::Sent).then_some(now);
    let touched = tx
        .execute(
            "update messages set delivery = $3, failure = $4, sent_at = $5
             where organisation_id = $1 and id = $2 and direction = 'out'",
            args![organisation, id, state.code(), failure.map(MailFailure::code), sent_at],
        )
        .await?;
    Ok(touched == 1)
}

fn read_mail(row: &Row) -> Result<Mail> {
    let state: String = row.get("delivery")?;
    let failure: Option<String> = row.get("failure")?;
    Ok(Mail {
        state: MailState::from_code(&state).ok_or(Error::Inconsistent { column: "delivery" })?,
        failure: failure.as_deref().and_then(MailFailure::from_code),
        sent_at: row.get("sent_at")?,
    })
}

/// One message.
///
/// # Errors
/// As the database says.
pub async fn get(tx: &mut Tx, organisation: OrganisationId, id: MessageId) -> Result<Option<Message>> {
    tx.optional(
        "select id, candidate_id, direction, author_id, body, answers_id, created_at from messages
         where organisation_id = $1 and id = $2",
        args![organisation, id],
    )
    .await?
    .map(|row| read(&row))
    .transpose()
}

/// The thread of a candidate, oldest first.
///
/// # Errors
/// As the database says.
pub async fn list(tx: &mut Tx, organisation: OrganisationId, candidate: CandidateId) -> Result<Vec<Message>> {
    tx.all(
        "select id, candidate_id, direction, author_id, body, answers_id, created_at from messages
         where organisation_id = $1 and candidate_id = $2
         order by created_at, id",
        args![organisation, candidate],
    )
    .await?
    .iter()
    .map(read)
    .collect()
}

/// When the answer number `rank` (the newest is 0) to `message` after `since`
/// arrived, if there were so many.
///
/// # Errors
/// As the database says.
pub async fn nth_newest_answer(
    tx: &mut Tx,
    organisation: OrganisationId,
    message: &Message,
    since: Timestamp,
    rank: u32,
) -> Result<Option<Timestamp>> {
    tx.optional(
        "select created_at from messages
         where organisation_id = $1 and candidate_id = $2 and answers_id = $3 and created_at > $4
         order by created_at desc, id desc limit 1 offset $5",
        args![organisation, message.candidate, message.id, since, rank],
    )
    .await?
    .map(|row| row.get("created_at"))
    .transpose()
}

/// Whether `message` has been answered.
///
/// # Errors
/// As the database says.
pub async fn answered(tx: &mut Tx, organisation: OrganisationId, message: &Message) -> Result<bool> {
    Ok(tx
        .optional(
            "select id from messages
             where organisation_id = $1 and candidate_id = $2 and answers_id = $3 limit 1",
            args![organisation, message.candidate, message.id],
        )
        .await?
        .is_some())
}

fn read(row: &Row) -> Result<Message> {
    Ok(Message {
        id: row.get("id")?,
        candidate: row.get("candidate_id")?,
        inbound: match row.get::<String>("direction")?.as_str() {
            "in" => true,
            "out" => false,
            _ => return Err(Error::Inconsistent { column: "direction" }),
        },
        author: row.get("author_id")?,
        body: row.get("body")?,
        answers: row.get("answers_id")?,
        created_at: row.get("created_at")?,
    })
}
