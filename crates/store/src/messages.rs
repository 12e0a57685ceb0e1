//! Messages: the conversation with a candidate.

use domain::ids::{CandidateId, MemberId, MessageId, OrganisationId};
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
