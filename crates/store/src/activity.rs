//! Activity: the audit log and the log of what was sent, received and decided,
//! in one.

use domain::ids::{ActivityId, CandidateId, MemberId, OrganisationId};
use domain::time::Timestamp;

use crate::{Result, Tx, args};

/// An entry to write. Summaries hold no secret and no message text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Activity {
    /// Which.
    pub id: ActivityId,
    /// When.
    pub at: Timestamp,
    /// Who; none for Lever or Fulcrum itself.
    pub member: Option<MemberId>,
    /// The candidate it is about.
    pub candidate: Option<CandidateId>,
    /// A stable name of what happened: `message_sent`.
    pub kind: &'static str,
    /// What happened, in a sentence.
    pub summary: String,
}

/// An entry as read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Entry {
    /// Which.
    pub id: ActivityId,
    /// When.
    pub at: Timestamp,
    /// The member's name; none for Lever or Fulcrum itself.
    pub member: Option<String>,
    /// The candidate it is about.
    pub candidate: Option<CandidateId>,
    /// A stable name of what happened.
    pub kind: String,
    /// What happened, in a sentence.
    pub summary: String,
}

/// Where a page begins: after this entry, towards the older ones.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Older {
    /// When the last entry of the page before happened.
    pub at: Timestamp,
    /// Which entry it was.
    pub id: ActivityId,
}

/// Writes an entry.
///
/// # Errors
/// As the database says.
pub async fn record(tx: &mut Tx, organisation: OrganisationId, activity: &Activity) -> Result<()> {
    tx.execute(
        "insert into activity (id, organisation_id, at, member_id, candidate_id, kind, summary)
         values ($1, $2, $3, $4, $5, $6, $7)",
        args![
            activity.id,
            organisation,
            activity.at,
            activity.member,
            activity.candidate,
            activity.kind,
            &activity.summary,
        ],
    )
    .await?;
    Ok(())
}

/// At most `limit` entries, newest first, older than `older`.
///
/// # Errors
/// As the database says.
pub async fn list(
    tx: &mut Tx,
    organisation: OrganisationId,
    older: Option<Older>,
    limit: u32,
) -> Result<Vec<Entry>> {
    let (at, id) = match older {
        Some(older) => (older.at, older.id.to_string()),
        None => (Timestamp(i64::MAX), String::new()),
    };
    tx.all(
        "select a.id, a.at, m.name as member_name, a.candidate_id, a.kind, a.summary
         from activity a left join members m on m.id = a.member_id
         where a.organisation_id = $1 and (a.at, a.id) < ($2, $3)
         order by a.at desc, a.id desc limit $4",
        args![organisation, at, id, limit],
    )
    .await?
    .iter()
    .map(|row| {
        Ok(Entry {
            id: row.get("id")?,
            at: row.get("at")?,
            member: row.get("member_name")?,
            candidate: row.get("candidate_id")?,
            kind: row.get("kind")?,
            summary: row.get("summary")?,
        })
    })
    .collect()
}
