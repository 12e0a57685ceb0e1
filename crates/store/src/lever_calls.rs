//! Every request to Lever: what was asked and what for, how it ended and how long
//! it took. Neither keys, ids, queries nor bodies.

use domain::ids::{CallId, CandidateId, MemberId, OrganisationId};
use domain::time::Timestamp;

use crate::activity::Within;
use crate::{Engine, Result, Tx, args};

/// One request.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LeverCall {
    /// Which.
    pub id: CallId,
    /// Whose.
    pub organisation: OrganisationId,
    /// When it ended.
    pub at: Timestamp,
    /// The name of the call: `create opportunity`.
    pub operation: String,
    /// What it was made for.
    pub purpose: String,
    /// The candidate it is about, where there is one.
    pub candidate: Option<CandidateId>,
    /// The member it was made for, where there is one.
    pub member: Option<MemberId>,
    /// The HTTP method.
    pub method: String,
    /// The kind of path.
    pub path: String,
    /// The status of the answer, if there was one.
    pub status: Option<u32>,
    /// How long the answer took.
    pub milliseconds: i64,
}

impl LeverCall {
    /// Whether it was anything but a success.
    #[must_use]
    pub fn failed(&self) -> bool {
        !self.status.is_some_and(|status| (200..300).contains(&status))
    }
}

/// Writes requests.
///
/// # Errors
/// As the database says.
pub async fn record(tx: &mut Tx, calls: &[LeverCall]) -> Result<()> {
    for call in calls {
        tx.execute(
            "insert into lever_calls (id, organisation_id, at, operation, purpose, candidate_id, method, path,
                                      status, failed, milliseconds, member_id)
             values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12)",
            args![
                call.id,
                call.organisation,
                call.at,
                &call.operation,
                &call.purpose,
                call.candidate,
                &call.method,
                &call.path,
                call.status.map(i64::from),
                call.failed(),
                call.milliseconds,
                call.member,
            ],
        )
        .await?;
    }
    Ok(())
}

// Arguments: $1 organisation, $2 and $3 the place, $4 since when, $5 the limit,
// $6 whether it failed, then the candidates and the member.
macro_rules! calls {
    ($condition:literal) => {
        concat!(
            "select id, organisation_id, at, operation, purpose, candidate_id, member_id, method, path, status,
                    milliseconds
             from lever_calls
             where organisation_id = $1 and (at, id) < ($2, $3) and at >= $4 and ($6 < 0 or failed = $6) ",
            $condition,
            " order by at desc, id desc limit $5"
        )
    };
}

/// At most `limit` requests, about these candidates and for this member if said,
/// newest first.
///
/// # Errors
/// As the database says.
pub async fn list(
    tx: &mut Tx,
    organisation: OrganisationId,
    candidates: Option<&[CandidateId]>,
    member: Option<MemberId>,
    within: Within,
    limit: u32,
) -> Result<Vec<LeverCall>> {
    let (at, id) = within.before();
    let mut args = args![organisation, at, id, within.from, limit, within.failed_code()];
    args.extend(candidates.map(Into::into));
    args.extend(member.map(|member| member.to_string().into()));
    let sql = match (candidates, member, tx.engine()) {
        (Some(_), None, Engine::Sqlite) => calls!("and candidate_id in (select value from json_each($7))"),
        (Some(_), None, Engine::Postgres) => {
            calls!("and candidate_id in (select jsonb_array_elements_text(cast($7 as jsonb)))")
        }
        (Some(_), Some(_), Engine::Sqlite) => {
            calls!("and candidate_id in (select value from json_each($7)) and member_id = $8")
        }
        (Some(_), Some(_), Engine::Postgres) => calls!(
            "and candidate_id in (select jsonb_array_elements_text(cast($7 as jsonb))) and member_id = $8"
        ),
        (None, Some(_), _) => calls!("and member_id = $7"),
        (None, None, _) if within.failed == Some(true) => calls!("and failed = 1"),
        (None, None, _) => calls!(""),
    };
    tx.all(sql, args)
        .await?
        .iter()
        .map(|row| {
            Ok(LeverCall {
                id: row.get("id")?,
                organisation: row.get("organisation_id")?,
                at: row.get("at")?,
                operation: row.get("operation")?,
                purpose: row.get("purpose")?,
                candidate: row.get("candidate_id")?,
                member: row.get("member_id")?,
                method: row.get("method")?,
                path: row.get("path")?,
                status: row
                    .get::<Option<i64>>("status")?
                    .map(|status| u32::try_from(status).unwrap_or_default()),
                milliseconds: row.get("milliseconds")?,
            })
        })
        .collect()
}

/// Forgets at most `limit` requests of all organisations from before `before`;
/// gives how many.
///
/// # Errors
/// As the database says.
pub async fn forget(tx: &mut Tx, before: Timestamp, limit: u32) -> Result<u64> {
    tx.execute(
        "delete from lever_calls where id in (select id from lever_calls where at < $1 order by at limit $2)",
        args![before, limit],
    )
    .await
}
