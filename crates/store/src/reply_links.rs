//! Reply links: the public addresses by which candidates answer. Only the hash
//! of an address is stored.

use domain::ids::{CandidateId, MessageId, OrganisationId, ReplyLinkId};
use domain::time::Timestamp;

use crate::{Result, Row, Tx, args};

/// The link that goes out with one message.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ReplyLink {
    /// Which; the address is made from it.
    pub id: ReplyLinkId,
    /// Whose.
    pub organisation: OrganisationId,
    /// Who answers.
    pub candidate: CandidateId,
    /// The message it answers.
    pub message: MessageId,
    /// Since when.
    pub created_at: Timestamp,
    /// Until when it is valid.
    pub expires_at: Timestamp,
    /// When a member opened it first: from then on its answers never start an
    /// automatic import.
    pub member_opened_at: Option<Timestamp>,
}

/// Adds the link of a message.
///
/// # Errors
/// As the database says.
pub async fn insert(tx: &mut Tx, link: &ReplyLink, token_hash: &str) -> Result<()> {
    tx.execute(
        "insert into reply_links
            (id, organisation_id, candidate_id, message_id, token_hash, created_at, expires_at,
             member_opened_at)
         values ($1, $2, $3, $4, $5, $6, $7, $8)",
        args![
            link.id,
            link.organisation,
            link.candidate,
            link.message,
            token_hash,
            link.created_at,
            link.expires_at,
            link.member_opened_at,
        ],
    )
    .await?;
    Ok(())
}

/// The unexpired link behind a hash; this finds the organisation out.
///
/// # Errors
/// As the database says.
pub async fn open(tx: &mut Tx, token_hash: &str, now: Timestamp) -> Result<Option<ReplyLink>> {
    tx.optional(
        "select id, organisation_id, candidate_id, message_id, created_at, expires_at, member_opened_at
         from reply_links where token_hash = $1 and expires_at > $2",
        args![token_hash, now],
    )
    .await?
    .map(|row| read(&row))
    .transpose()
}

/// The links that went to a candidate, oldest first.
///
/// # Errors
/// As the database says.
pub async fn list(
    tx: &mut Tx,
    organisation: OrganisationId,
    candidate: CandidateId,
) -> Result<Vec<ReplyLink>> {
    tx.all(
        "select id, organisation_id, candidate_id, message_id, created_at, expires_at, member_opened_at
         from reply_links where organisation_id = $1 and candidate_id = $2 order by created_at, id",
        args![organisation, candidate],
    )
    .await?
    .iter()
    .map(read)
    .collect()
}

/// Notes that a member opened the link; says whether it was the first time.
///
/// # Errors
/// As the database says.
pub async fn set_member_opened(
    tx: &mut Tx,
    organisation: OrganisationId,
    id: ReplyLinkId,
    at: Timestamp,
) -> Result<bool> {
    let touched = tx
        .execute(
            "update reply_links set member_opened_at = $3
             where organisation_id = $1 and id = $2 and member_opened_at is null",
            args![organisation, id, at],
        )
        .await?;
    Ok(touched == 1)
}

/// Keeps what was typed and refused, so that the page can show it again.
///
/// # Errors
/// As the database says.
pub async fn set_draft(
    tx: &mut Tx,
    organisation: OrganisationId,
    id: ReplyLinkId,
    draft: &str,
) -> Result<()> {
    tx.execute(
        "update reply_links set draft = $3 where organisation_id = $1 and id = $2",
        args![organisation, id, draft],
    )
    .await?;
    Ok(())
}

/// What was typed and refused; empty when nothing was.
///
/// # Errors
/// As the database says.
pub async fn draft(tx: &mut Tx, organisation: OrganisationId, id: ReplyLinkId) -> Result<String> {
    let row = tx
        .optional(
            "select draft from reply_links where organisation_id = $1 and id = $2",
            args![organisation, id],
        )
        .await?;
    row.map_or_else(|| Ok(String::new()), |row| row.get("draft"))
}

fn read(row: &Row) -> Result<ReplyLink> {
    Ok(ReplyLink {
        id: row.get("id")?,
        organisation: row.get("organisation_id")?,
        candidate: row.get("candidate_id")?,
        message: row.get("message_id")?,
        created_at: row.get("created_at")?,
        expires_at: row.get("expires_at")?,
        member_opened_at: row.get("member_opened_at")?,
    })
}
