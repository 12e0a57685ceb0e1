//! Table `attention_items`: what a person must decide or mend. With its
//! subject, a kind stands at most once among the open items.

use domain::actor::Role;
use domain::attention::AttentionKind;
use domain::ids::{AttentionId, CandidateId, MemberId, OrganisationId};
use domain::import::ImportFailure;
use domain::time::Timestamp;

use crate::activity::Older;
use crate::{Engine, Error, Result, Row, Tx, args, attention_mails};

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

/// How many open items of each kind a member of this role is shown.
///
/// # Errors
/// As the database says.
pub async fn count_by_kind(
    tx: &mut Tx,
    organisation: OrganisationId,
    role: Role,
) -> Result<Vec<(AttentionKind, u32)>> {
    let rows = tx
        .all(
            "select kind, count(*) as items from attention_items
             where organisation_id = $1 and resolved_at is null group by kind",
            args![organisation],
        )
        .await?;
    let mut open = Vec::with_capacity(rows.len());
    for row in &rows {
        let kind = row.get("kind")?;
        if shown_to(role, kind) {
            open.push((kind, row.get("items")?));
        }
    }
    Ok(open)
}

/// How many open items a member of this role is shown.
///
/// # Errors
/// As the database says.
pub async fn count_open(tx: &mut Tx, organisation: OrganisationId, role: Role) -> Result<u32> {
    Ok(count_by_kind(tx, organisation, role).await?.into_iter().map(|(_, items)| items).sum())
}

/// How many failed imports can be tried again as they are: those that `asked_by` asked
/// for, or anybody.
///
/// # Errors
/// As the database says.
pub async fn count_imports_to_retry(
    tx: &mut Tx,
    organisation: OrganisationId,
    asked_by: Option<MemberId>,
) -> Result<u32> {
    let rows = tx
        .all(
            "select i.failure, count(*) as items
             from attention_items a
             join imports i on i.id = a.subject and i.organisation_id = a.organisation_id
             where a.organisation_id = $1 and a.kind = $2 and a.resolved_at is null
               and ($3 = '' or i.requested_by = $3)
             group by i.failure",
            args![
                organisation,
                AttentionKind::ImportFailed,
                asked_by.map(|member| member.to_string()).unwrap_or_default(),
            ],
        )
        .await?;
    let mut count = 0;
    for row in &rows {
        let failure: Option<ImportFailure> = row.get("failure")?;
        if !failure.is_some_and(ImportFailure::needs_another_choice) {
            count += row.get::<u32>("items")?;
        }
    }
    Ok(count)
}

// Arguments: $1 organisation, $2 and $3 the place, $4 the kinds, $5 the limit.
macro_rules! shown {
    ($kinds:literal) => {
        concat!(
            "select id, kind, subject, candidate_id, detail, created_at from attention_items
             where organisation_id = $1 and resolved_at is null and (created_at, id) < ($2, $3)
               and kind in (",
            $kinds,
            ") order by created_at desc, id desc limit $5"
        )
    };
}

/// The open items that a member of this role is shown, those older than a place or the
/// newest ones; newest first, at most `limit`.
///
/// # Errors
/// As the database says.
pub async fn list_open(
    tx: &mut Tx,
    organisation: OrganisationId,
    role: Role,
    older: Option<Older>,
    limit: u32,
) -> Result<Vec<Item>> {
    let sql = match tx.engine() {
        Engine::Sqlite => shown!("select value from json_each($4)"),
        Engine::Postgres => shown!("select jsonb_array_elements_text(cast($4 as jsonb))"),
    };
    let (at, id) = Older::place(older);
    let shown: Vec<&str> = AttentionKind::ALL
        .into_iter()
        .filter(|kind| shown_to(role, *kind))
        .map(AttentionKind::code)
        .collect();
    let shown = serde_json::to_string(&shown).map_err(|_| Error::Inconsistent { column: "kind" })?;
    tx.all(sql, args![organisation, at, id, shown, limit]).await?.iter().map(item).collect()
}

/// The open items of a kind, those older than a place or the newest ones; newest first,
/// at most `limit`.
///
/// # Errors
/// As the database says.
pub async fn open_of(
    tx: &mut Tx,
    organisation: OrganisationId,
    kind: AttentionKind,
    older: Option<Older>,
    limit: u32,
) -> Result<Vec<Item>> {
    let (at, id) = Older::place(older);
    tx.all(
        "select id, kind, subject, candidate_id, detail, created_at from attention_items
         where organisation_id = $1 and kind = $2 and resolved_at is null and (created_at, id) < ($3, $4)
         order by created_at desc, id desc limit $5",
        args![organisation, kind, at, id, limit],
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
