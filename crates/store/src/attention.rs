//! Table `attention_items`: what a person must decide or mend. With its
//! subject, a kind stands at most once among the open items.

use domain::actor::Role;
use domain::attention::AttentionKind;
use domain::ids::{AttentionId, CandidateId, OrganisationId};
use domain::time::Timestamp;

use crate::{Error, Result, Row, Tx, args, attention_mails};

/// An open item.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Item {
    /// Which.
    pub id: AttentionId,
    /// What kind.
    pub kind: AttentionKind,
    /// What it is about; see [`AttentionKind`].
    pub subject: String,
    /// The candidate it is about.
    pub candidate: Option<CandidateId>,
    /// What its text needs.
    pub detail: serde_json::Value,
    /// Since when.
    pub created_at: Timestamp,
}

/// Opens an item, or brings the detail of the open one up to date. Gives
/// whether it is new. Where mail is configured, the first of a kind also queues
/// the mails that tell of it; see [`crate::Store::telling`].
///
/// # Errors
/// As the database says.
#[allow(clippy::too_many_arguments)]
pub async fn raise(
    tx: &mut Tx,
    organisation: OrganisationId,
    kind: AttentionKind,
    subject: &str,
    candidate: Option<CandidateId>,
    detail: &serde_json::Value,
    id: AttentionId,
    now: Timestamp,
) -> Result<bool> {
    let detail = detail.to_string();
    let inserted = tx
        .execute(
            "insert into attention_items (id, organisation_id, kind, subject, candidate_id, detail, created_at)
             values ($1, $2, $3, $4, $5, $6, $7)
             on conflict (organisation_id, kind, subject) where resolved_at is null do nothing",
            args![id, organisation, kind, subject, candidate, detail.as_str(), now],
        )
        .await?;
    if inserted == 0 {
        tx.execute(
            "update attention_items set detail = $4
             where organisation_id = $1 and kind = $2 and subject = $3 and resolved_at is null",
            args![organisation, kind, subject, detail],
        )
        .await?;
    } else if tx.tells() {
        attention_mails::tell(tx, organisation, kind, id, now).await?;
    }
    Ok(inserted == 1)
}

/// Closes the open item; `false` when there is none.
///
/// # Errors
/// As the database says.
pub async fn resolve(
    tx: &mut Tx,
    organisation: OrganisationId,
    kind: AttentionKind,
    subject: &str,
    now: Timestamp,
) -> Result<bool> {
    let touched = tx
        .execute(
            "update attention_items set resolved_at = $4
             where organisation_id = $1 and kind = $2 and subject = $3 and resolved_at is null",
            args![organisation, kind, subject, now],
        )
        .await?;
    Ok(touched > 0)
}

/// Closes every open item of a kind; gives how many there were.
///
/// # Errors
/// As the database says.
pub async fn resolve_all_of(
    tx: &mut Tx,
    organisation: OrganisationId,
    kind: AttentionKind,
    now: Timestamp,
) -> Result<u64> {
    tx.execute(
        "update attention_items set resolved_at = $3
         where organisation_id = $1 and kind = $2 and resolved_at is null",
        args![organisation, kind, now],
    )
    .await
}

/// Whether an item of this kind is open about this subject.
///
/// # Errors
/// As the database says.
pub async fn is_open(
    tx: &mut Tx,
    organisation: OrganisationId,
    kind: AttentionKind,
    subject: &str,
) -> Result<bool> {
    let row = tx
        .optional(
            "select id from attention_items
             where organisation_id = $1 and kind = $2 and subject = $3 and resolved_at is null",
            args![organisation, kind, subject],
        )
        .await?;
    Ok(row.is_some())
}

/// The subjects of the open items of a kind.
///
/// # Errors
/// As the database says.
pub async fn open_subjects(
    tx: &mut Tx,
    organisation: OrganisationId,
    kind: AttentionKind,
) -> Result<Vec<String>> {
    tx.all(
        "select subject from attention_items
         where organisation_id = $1 and kind = $2 and resolved_at is null order by subject",
        args![organisation, kind],
    )
    .await?
    .iter()
    .map(|row| row.get("subject"))
    .collect()
}

/// Whether a member of this role is shown items of this kind: recruiters see
/// what they can mend, everybody above sees all.
#[must_use]
pub fn shown_to(role: Role, kind: AttentionKind) -> bool {
    role > Role::Recruiter || kind.who_can() == Role::Recruiter
}

/// How many open items a member of this role is shown.
///
/// # Errors
/// As the database says.
pub async fn count_open(tx: &mut Tx, organisation: OrganisationId, role: Role) -> Result<u32> {
    let rows = tx
        .all(
            "select kind, count(*) as items from attention_items
             where organisation_id = $1 and resolved_at is null group by kind",
            args![organisation],
        )
        .await?;
    let mut open = 0;
    for row in &rows {
        if shown_to(role, row.get("kind")?) {
            open += row.get::<u32>("items")?;
        }
    }
    Ok(open)
}

/// The open items, newest first, at most `limit`.
///
/// # Errors
/// As the database says.
pub async fn list_open(tx: &mut Tx, organisation: OrganisationId, limit: u32) -> Result<Vec<Item>> {
    tx.all(
        "select id, kind, subject, candidate_id, detail, created_at from attention_items
         where organisation_id = $1 and resolved_at is null
         order by created_at desc, id desc limit $2",
        args![organisation, limit],
    )
    .await?
    .iter()
    .map(item)
    .collect()
}

/// The open items of a kind, newest first, at most `limit`.
///
/// # Errors
/// As the database says.
pub async fn open_of(
    tx: &mut Tx,
    organisation: OrganisationId,
    kind: AttentionKind,
    limit: u32,
) -> Result<Vec<Item>> {
    tx.all(
        "select id, kind, subject, candidate_id, detail, created_at from attention_items
         where organisation_id = $1 and kind = $2 and resolved_at is null
         order by created_at desc, id desc limit $3",
        args![organisation, kind, limit],
    )
    .await?
    .iter()
    .map(item)
    .collect()
}

/// One open item.
///
/// # Errors
/// As the database says.
pub async fn get_open(tx: &mut Tx, organisation: OrganisationId, id: AttentionId) -> Result<Option<Item>> {
    tx.optional(
        "select id, kind, subject, candidate_id, detail, created_at from attention_items
         where organisation_id = $1 and id = $2 and resolved_at is null",
        args![organisation, id],
    )
    .await?
    .as_ref()
    .map(item)
    .transpose()
}

fn item(row: &Row) -> Result<Item> {
    Ok(Item {
        id: row.get("id")?,
        kind: row.get("kind")?,
        subject: row.get("subject")?,
        candidate: row.get("candidate_id")?,
        detail: serde_json::from_str(&row.get::<String>("detail")?)
            .map_err(|_| Error::Inconsistent { column: "detail" })?,
        created_at: row.get("created_at")?,
    })
}
