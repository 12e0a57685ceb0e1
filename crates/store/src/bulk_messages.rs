//! Tables `bulk_messages` and `bulk_message_items`: a text to many candidates, and
//! who has had it. Whom it is for is said as for an import of many.

use domain::bulk_message::{BulkMessageState, NotWritten};
use domain::ids::{BulkMessageId, CandidateId, MemberId, MessageId, OrganisationId};
use domain::mail::{MailFailure, MailState};
use domain::time::Timestamp;

use crate::activity::Older;
use crate::bulk_imports::Source;
use crate::{Error, Result, Row, Tx, args};

/// A text to many.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct BulkMessage {
    /// Which.
    pub id: BulkMessageId,
    /// The member who writes.
    pub written_by: MemberId,
    /// Where it stands.
    pub state: BulkMessageState,
    /// Whom it is for.
    pub source: Source,
    /// How far the source has been read, in its own terms; `None`: to its end.
    pub read_up_to: Option<String>,
    /// The text, with fields to fill in.
    pub body: String,
    /// Items so far.
    pub total: u32,
    /// When it was begun.
    pub created_at: Timestamp,
    /// When it came to its end.
    pub finished_at: Option<Timestamp>,
}

/// How many are how far.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Counts {
    /// Their turn has not come.
    pub waiting: u32,
    /// Written to, in the outbox.
    pub outbox: u32,
    /// Written to, and on the way.
    pub queued: u32,
    /// Sent.
    pub sent: u32,
    /// Not sent.
    pub failed: u32,
    /// Not written to.
    pub skipped: u32,
}

/// One candidate.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Item {
    /// The place.
    pub position: u32,
    /// Who.
    pub candidate: CandidateId,
    /// Their name.
    pub name: String,
    /// How far their message is; `None`: not written.
    pub mail: Option<MailState>,
    /// Why it was not sent.
    pub failure: Option<MailFailure>,
    /// Why they were not written to.
    pub skipped: Option<NotWritten>,
}

/// Begins a text, as a draft.
///
/// # Errors
/// [`Error::Taken`] when it was begun before.
pub async fn insert(tx: &mut Tx, organisation: OrganisationId, bulk: &BulkMessage) -> Result<()> {
    let source = serde_json::to_string(&bulk.source).map_err(|_| Error::Inconsistent { column: "source" })?;
    tx.execute(
        "insert into bulk_messages (id, organisation_id, written_by, state, source, read_up_to, body, total,
                                    created_at, updated_at, finished_at)
         values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $9, $10)",
        args![
            bulk.id,
            organisation,
            bulk.written_by,
            bulk.state.code(),
            source,
            bulk.read_up_to.as_deref(),
            &bulk.body,
            bulk.total,
            bulk.created_at,
            bulk.finished_at
        ],
    )
    .await?;
    Ok(())
}

/// One text.
///
/// # Errors
/// As the database says.
pub async fn get(
    tx: &mut Tx,
    organisation: OrganisationId,
    id: BulkMessageId,
) -> Result<Option<BulkMessage>> {
    tx.optional(
        "select id, written_by, state, source, read_up_to, body, total, created_at, finished_at
         from bulk_messages where organisation_id = $1 and id = $2",
        args![organisation, id],
    )
    .await?
    .as_ref()
    .map(bulk)
    .transpose()
}

/// The texts older than a place, or the newest ones; newest first, at most `limit`.
///
/// # Errors
/// As the database says.
pub async fn newest(
    tx: &mut Tx,
    organisation: OrganisationId,
    older: Option<Older>,
    limit: u32,
) -> Result<Vec<BulkMessage>> {
    let (at, id) = Older::place(older);
    tx.all(
        "select id, written_by, state, source, read_up_to, body, total, created_at, finished_at
         from bulk_messages where organisation_id = $1 and (created_at, id) < ($2, $3)
         order by created_at desc, id desc limit $4",
        args![organisation, at, id, limit],
    )
    .await?
    .iter()
    .map(bulk)
    .collect()
}

/// Changes the text of a draft; `false` when it is none any more.
///
/// # Errors
/// As the database says.
pub async fn set_body(
    tx: &mut Tx,
    organisation: OrganisationId,
    id: BulkMessageId,
    body: &str,
    now: Timestamp,
) -> Result<bool> {
    let touched = tx
        .execute(
            "update bulk_messages set body = $3, updated_at = $4
             where organisation_id = $1 and id = $2 and state = 'draft'",
            args![organisation, id, body, now],
        )
        .await?;
    Ok(touched == 1)
}

/// Moves it from one state to another; `false` when it is in another than `from`.
///
/// # Errors
/// As the database says.
pub async fn move_state(
    tx: &mut Tx,
    organisation: OrganisationId,
    id: BulkMessageId,
    from: BulkMessageState,
    to: BulkMessageState,
    now: Timestamp,
) -> Result<bool> {
    let touched = tx
        .execute(
            "update bulk_messages set state = $4, updated_at = $5, finished_at = $6
             where organisation_id = $1 and id = $2 and state = $3",
            args![organisation, id, from.code(), to.code(), now, to.is_over().then_some(now)],
        )
        .await?;
    Ok(touched == 1)
}

/// Deletes a draft; `false` when it is none any more.
///
/// # Errors
/// As the database says.
pub async fn discard(tx: &mut Tx, organisation: OrganisationId, id: BulkMessageId) -> Result<bool> {
    let touched = tx
        .execute(
            "delete from bulk_messages where organisation_id = $1 and id = $2 and state = 'draft'",
            args![organisation, id],
        )
        .await?;
    Ok(touched == 1)
}

/// Holds it until the transaction ends, so that nobody stops it in between;
/// `false` when it is not being sent.
///
/// # Errors
/// As the database says.
pub async fn hold_running(
    tx: &mut Tx,
    organisation: OrganisationId,
    id: BulkMessageId,
    now: Timestamp,
) -> Result<bool> {
    let touched = tx
        .execute(
            "update bulk_messages set updated_at = $3
             where organisation_id = $1 and id = $2 and state = 'running'",
            args![organisation, id, now],
        )
        .await?;
    Ok(touched == 1)
}

/// Adds candidates at the end; who is in it already is left out. Notes how far the
/// source has been read.
///
/// # Errors
/// As the database says.
pub async fn collect(
    tx: &mut Tx,
    organisation: OrganisationId,
    bulk: &BulkMessage,
    candidates: &[CandidateId],
    read_up_to: Option<&str>,
    now: Timestamp,
) -> Result<u32> {
    let mut total = bulk.total;
    for candidate in candidates {
        let added = tx
            .execute(
                "insert into bulk_message_items (organisation_id, bulk_message_id, position, candidate_id, state)
                 values ($1, $2, $3, $4, 'waiting')
                 on conflict (bulk_message_id, candidate_id) do nothing",
                args![organisation, bulk.id, total, *candidate],
            )
            .await?;
        total += u32::from(added == 1);
    }
    let touched = tx
        .execute(
            "update bulk_messages set total = $3, read_up_to = $4, updated_at = $5
             where organisation_id = $1 and id = $2",
            args![organisation, bulk.id, total, read_up_to, now],
        )
        .await?;
    Error::expect_one("collect bulk message", touched)?;
    Ok(total)
}

/// The next candidates whose turn comes, at most `limit`.
///
/// # Errors
/// As the database says.
pub async fn next_waiting(
    tx: &mut Tx,
    organisation: OrganisationId,
    id: BulkMessageId,
    limit: u32,
) -> Result<Vec<CandidateId>> {
    tx.all(
        "select candidate_id from bulk_message_items
         where organisation_id = $1 and bulk_message_id = $2 and state = 'waiting' order by position limit $3",
        args![organisation, id, limit],
    )
    .await?
    .iter()
    .map(|row| row.get("candidate_id"))
    .collect()
}

/// A waiting item's turn has come: `Ok` with its message, or why there is none.
///
/// # Errors
/// [`Error::RowsTouched`] when it does not wait.
pub async fn turn(
    tx: &mut Tx,
    organisation: OrganisationId,
    id: BulkMessageId,
    candidate: CandidateId,
    written: std::result::Result<MessageId, NotWritten>,
) -> Result<()> {
    let state = if written.is_ok() { "written" } else { "skipped" };
    let touched = tx
        .execute(
            "update bulk_message_items set state = $4, reason = $5, message_id = $6
             where organisation_id = $1 and bulk_message_id = $2 and candidate_id = $3 and state = 'waiting'",
            args![organisation, id, candidate, state, written.err().map(NotWritten::code), written.ok()],
        )
        .await?;
    Error::expect_one("turn of a bulk message item", touched)
}

/// How many are how far.
///
/// # Errors
/// As the database says.
pub async fn counts(tx: &mut Tx, organisation: OrganisationId, id: BulkMessageId) -> Result<Counts> {
    let rows = tx
        .all(
            "select i.state as item, m.delivery, count(*) as n
             from bulk_message_items i left join messages m on m.id = i.message_id
             where i.organisation_id = $1 and i.bulk_message_id = $2
             group by i.state, m.delivery",
            args![organisation, id],
        )
        .await?;
    let mut counts = Counts::default();
    for row in &rows {
        let n: u32 = row.get("n")?;
        match (row.get::<String>("item")?.as_str(), mail(row)?) {
            ("waiting", _) => counts.waiting += n,
            ("skipped", _) => counts.skipped += n,
            (_, Some(MailState::Queued)) => counts.queued += n,
            (_, Some(MailState::Sent)) => counts.sent += n,
            (_, Some(MailState::Failed)) => counts.failed += n,
            (_, Some(MailState::Outbox) | None) => counts.outbox += n,
        }
    }
    Ok(counts)
}

/// The candidates from a place on, at most `limit`.
///
/// # Errors
/// As the database says.
pub async fn items(
    tx: &mut Tx,
    organisation: OrganisationId,
    id: BulkMessageId,
    after: Option<u32>,
    limit: u32,
) -> Result<Vec<Item>> {
    tx.all(
        "select i.position, i.candidate_id, c.name, i.reason, m.delivery, m.failure
         from bulk_message_items i
         join candidates c on c.id = i.candidate_id
         left join messages m on m.id = i.message_id
         where i.organisation_id = $1 and i.bulk_message_id = $2 and i.position > $3
         order by i.position limit $4",
        args![organisation, id, after.map_or(-1, i64::from), limit],
    )
    .await?
    .iter()
    .map(|row| {
        let reason: Option<String> = row.get("reason")?;
        let failure: Option<String> = row.get("failure")?;
        Ok(Item {
            position: row.get("position")?,
            candidate: row.get("candidate_id")?,
            name: row.get("name")?,
            mail: mail(row)?,
            failure: failure.as_deref().and_then(MailFailure::from_code),
            skipped: reason.as_deref().and_then(NotWritten::from_code),
        })
    })
    .collect()
}

fn mail(row: &Row) -> Result<Option<MailState>> {
    Ok(row.get::<Option<String>>("delivery")?.as_deref().and_then(MailState::from_code))
}

fn bulk(row: &Row) -> Result<BulkMessage> {
    let state: String = row.get("state")?;
    let source: String = row.get("source")?;
    Ok(BulkMessage {
        id: row.get("id")?,
        written_by: row.get("written_by")?,
        state: BulkMessageState::from_code(&state).ok_or(Error::Inconsistent { column: "state" })?,
        source: serde_json::from_str(&source).map_err(|_| Error::Inconsistent { column: "source" })?,
        read_up_to: row.get("read_up_to")?,
        body: row.get("body")?,
        total: row.get("total")?,
        created_at: row.get("created_at")?,
        finished_at: row.get("finished_at")?,
    })
}
