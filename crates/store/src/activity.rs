//! Activity: the audit log and the log of what was done, sent, received and
//! decided, in one. Calls to Lever and deliveries stand in tables of their own;
//! see [`crate::lever_calls`] and [`crate::deliveries::listed`].

use domain::activity::{Topic, is_failure};
use domain::ids::{ActivityId, CandidateId, DeliveryId, MemberId, OrganisationId};
use domain::time::Timestamp;
use uuid::Uuid;

use crate::{Engine, Result, Tx, args};

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
    /// A stable name of what happened: `message_sent`. It decides the topic.
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
    /// The delivery that led to it.
    pub delivery: Option<DeliveryId>,
    /// A stable name of what happened.
    pub kind: String,
    /// Whether something did not work.
    pub failed: bool,
    /// What happened, in a sentence.
    pub summary: String,
}

/// Where a page begins: after this line of the log, towards the older ones.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Older {
    /// When the last line of the page before happened.
    pub at: Timestamp,
    /// Which line it was, of whatever kind.
    pub id: Uuid,
}

impl Older {
    /// The first of what is left out, in the terms of the statements; without a place
    /// nothing is.
    pub(crate) fn place(older: Option<Self>) -> (Timestamp, String) {
        older.map_or((Timestamp(i64::MAX), String::new()), |older| (older.at, older.id.to_string()))
    }
}

/// Which part of time, and how it ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Within {
    /// Not before.
    pub from: Timestamp,
    /// The place after which the page begins, or the end of the time.
    pub older: Option<Older>,
    /// Only what failed, or only what did not.
    pub failed: Option<bool>,
}

impl Within {
    /// All of it.
    pub const ALL: Self = Self { from: Timestamp(i64::MIN), older: None, failed: None };

    /// The first of what is left out, in the terms of the statements.
    pub(crate) fn before(self) -> (Timestamp, String) {
        Older::place(self.older)
    }

    /// -1: however it ended; else whether it failed.
    pub(crate) fn failed_code(self) -> i64 {
        self.failed.map_or(-1, i64::from)
    }
}

/// Whose entries.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Filter {
    /// Only about these candidates.
    pub candidates: Option<Vec<CandidateId>>,
    /// Only by this member.
    pub member: Option<MemberId>,
    /// Only by people.
    pub people: bool,
    /// Only of this topic.
    pub topic: Option<Topic>,
}

/// Writes an entry.
///
/// # Errors
/// As the database says.
pub async fn record(tx: &mut Tx, organisation: OrganisationId, activity: &Activity) -> Result<()> {
    record_upon(tx, organisation, activity, None).await
}

/// Writes an entry of what a delivery led to, if one did.
///
/// # Errors
/// As the database says.
pub async fn record_upon(
    tx: &mut Tx,
    organisation: OrganisationId,
    activity: &Activity,
    delivery: Option<DeliveryId>,
) -> Result<()> {
    tx.execute(
        "insert into activity
            (id, organisation_id, at, member_id, candidate_id, kind, summary, topic, failed, delivery_id)
         values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)",
        args![
            activity.id,
            organisation,
            activity.at,
            activity.member,
            activity.candidate,
            activity.kind,
            &activity.summary,
            Topic::of(activity.kind).code(),
            is_failure(activity.kind),
            delivery,
        ],
    )
    .await?;
    Ok(())
}

/// Whether the member did something of this kind with the delivery, at `since` or later.
///
/// # Errors
/// As the database says.
pub async fn did(
    tx: &mut Tx,
    organisation: OrganisationId,
    member: MemberId,
    kind: &str,
    delivery: DeliveryId,
    since: Timestamp,
) -> Result<bool> {
    let row = tx
        .optional(
            "select id from activity
             where organisation_id = $1 and member_id = $2 and at >= $3 and kind = $4 and delivery_id = $5
             limit 1",
            args![organisation, member, since, kind, delivery],
        )
        .await?;
    Ok(row.is_some())
}

// A statement for each index that may lead. Arguments: $1 organisation, $2 and $3
// the place, $4 since when, $5 the limit, $6 whether it failed, then what is asked.
macro_rules! entries {
    ($condition:literal) => {
        concat!(
            "select a.id, a.at, m.name as member_name, a.candidate_id, a.delivery_id, a.kind, a.failed, a.summary
             from activity a left join members m on m.id = a.member_id
             where a.organisation_id = $1 and (a.at, a.id) < ($2, $3) and a.at >= $4
               and ($6 < 0 or a.failed = $6) ",
            $condition,
            " order by a.at desc, a.id desc limit $5"
        )
    };
}

/// At most `limit` entries, newest first.
///
/// # Errors
/// As the database says.
pub async fn list(
    tx: &mut Tx,
    organisation: OrganisationId,
    filter: &Filter,
    within: Within,
    limit: u32,
) -> Result<Vec<Entry>> {
    let (at, id) = within.before();
    let mut args = args![organisation, at, id, within.from, limit, within.failed_code()];
    let topic = filter.topic.map(Topic::code);
    let sql = if let Some(candidates) = &filter.candidates {
        args.extend(args![
            candidates.as_slice(),
            filter.member.map(|member| member.to_string()).unwrap_or_default(),
            topic.unwrap_or_default(),
            filter.people
        ]);
        match tx.engine() {
            Engine::Sqlite => entries!(
                "and a.candidate_id in (select value from json_each($7))
                 and ($8 = '' or a.member_id = $8) and ($9 = '' or a.topic = $9)
                 and ($10 = 0 or a.member_id is not null)"
            ),
            Engine::Postgres => entries!(
                "and a.candidate_id in (select jsonb_array_elements_text(cast($7 as jsonb)))
                 and ($8 = '' or a.member_id = $8) and ($9 = '' or a.topic = $9)
                 and ($10 = 0 or a.member_id is not null)"
            ),
        }
    } else {
        args.extend(filter.member.map(|member| member.to_string().into()));
        args.extend(topic.map(Into::into));
        match (filter.member.is_some(), topic.is_some(), filter.people, within.failed) {
            (true, true, ..) => entries!("and a.member_id = $7 and a.topic = $8"),
            (true, false, ..) => entries!("and a.member_id = $7"),
            // The few that failed lead.
            (false, true, _, Some(true)) => entries!("and a.failed = 1 and a.topic = $7"),
            (false, false, true, Some(true)) => entries!("and a.failed = 1 and a.member_id is not null"),
            (false, false, false, Some(true)) => entries!("and a.failed = 1"),
            (false, true, ..) => entries!("and a.topic = $7"),
            (false, false, true, _) => entries!("and a.member_id is not null"),
            (false, false, false, _) => entries!(""),
        }
    };
    tx.all(sql, args)
        .await?
        .iter()
        .map(|row| {
            Ok(Entry {
                id: row.get("id")?,
                at: row.get("at")?,
                member: row.get("member_name")?,
                candidate: row.get("candidate_id")?,
                delivery: row.get("delivery_id")?,
                kind: row.get("kind")?,
                failed: row.get("failed")?,
                summary: row.get("summary")?,
            })
        })
        .collect()
}

/// Forgets at most `limit` entries of all organisations from before `before`;
/// gives how many.
///
/// # Errors
/// As the database says.
pub async fn forget(tx: &mut Tx, before: Timestamp, limit: u32) -> Result<u64> {
    tx.execute(
        "delete from activity where id in (select id from activity where at < $1 order by at limit $2)",
        args![before, limit],
    )
    .await
}
