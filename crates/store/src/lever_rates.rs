//! Table `lever_rates`: how fast an API key is used, by several server processes
//! together.
//!
//! One row a key, the generic cell rate algorithm (ITU-T I.371): the row holds
//! when the next request would go out if none were let go ahead. A request is
//! given its instant at once, in the order of asking, so that processes neither
//! race nor poll. Instants are microseconds since the epoch.

use crate::{Result, Tx, args};

/// How a key may be used.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Pace {
    /// Between two requests, in microseconds.
    pub interval: i64,
    /// How far requests may go ahead after a quiet time, in microseconds: one
    /// interval less than what may go out at once.
    pub ahead: i64,
}

/// When a request may go out.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Slot {
    /// At this instant, which may have passed: now.
    At(i64),
    /// There is none within what the request may wait for: ask again then.
    AskAgain(i64),
}

/// Takes the next slot of a key for a request that may wait `patience`
/// microseconds for it.
///
/// # Errors
/// As the database says.
pub async fn take(tx: &mut Tx, key_hash: &str, pace: Pace, patience: i64, now: i64) -> Result<Slot> {
    let row = tx
        .optional(
            "insert into lever_rates (key_hash, next_at, blocked_until, refusals)
             values ($1, cast($2 as bigint) + cast($3 as bigint), 0, 0)
             on conflict (key_hash) do update
             set next_at = cast($3 as bigint)
                         + case when lever_rates.next_at > $2 then lever_rates.next_at else $2 end
             where lever_rates.blocked_until <= $2
               and lever_rates.next_at <= cast($2 as bigint) + cast($4 as bigint) + cast($5 as bigint)
             returning next_at",
            args![key_hash, now, pace.interval, pace.ahead, patience],
        )
        .await?;
    if let Some(row) = row {
        let next_at: i64 = row.get("next_at")?;
        return Ok(Slot::At(next_at - pace.interval - pace.ahead));
    }
    let row =
        tx.one("select next_at, blocked_until from lever_rates where key_hash = $1", args![key_hash]).await?;
    let (next_at, blocked_until): (i64, i64) = (row.get("next_at")?, row.get("blocked_until")?);
    Ok(Slot::AskAgain(blocked_until.max(next_at - pace.ahead - patience)))
}

/// How many 429 came in a row, if the key is not blocked at `now`; `None` while
/// it is: a 429 that comes then belongs to the one that blocked it.
///
/// # Errors
/// As the database says.
pub async fn refusals(tx: &mut Tx, key_hash: &str, now: i64) -> Result<Option<u32>> {
    let row = tx
        .optional("select blocked_until, refusals from lever_rates where key_hash = $1", args![key_hash])
        .await?;
    let Some(row) = row else { return Ok(Some(0)) };
    let blocked_until: i64 = row.get("blocked_until")?;
    Ok(if blocked_until <= now { Some(row.get("refusals")?) } else { None })
}

/// Lever refused a request with 429: no request before `until`, and none ahead
/// right after it.
///
/// # Errors
/// As the database says.
pub async fn block(tx: &mut Tx, key_hash: &str, pace: Pace, until: i64, now: i64) -> Result<()> {
    tx.execute(
        "insert into lever_rates (key_hash, next_at, blocked_until, refusals)
         values ($1, cast($2 as bigint) + cast($3 as bigint), $2, 1)
         on conflict (key_hash) do update
         set next_at = excluded.next_at, blocked_until = excluded.blocked_until,
             refusals = lever_rates.refusals + 1
         where lever_rates.blocked_until <= $4",
        args![key_hash, until, pace.ahead, now],
    )
    .await?;
    Ok(())
}

/// Lever took a request: the next 429 counts as the first again.
///
/// # Errors
/// As the database says.
pub async fn accepted(tx: &mut Tx, key_hash: &str, now: i64) -> Result<()> {
    tx.execute(
        "update lever_rates set refusals = 0 where key_hash = $1 and blocked_until <= $2 and refusals > 0",
        args![key_hash, now],
    )
    .await?;
    Ok(())
}
