//! Tries to sign in that failed or have not ended, for the limit.
//!
//! A subject is a hash of an account's address or of a peer: neither stands
//! here in clear.

use domain::time::Timestamp;
use uuid::Uuid;

use crate::{Result, Tx, args};

/// Notes a try of `subject`.
///
/// # Errors
/// As the database says.
pub async fn record(tx: &mut Tx, id: Uuid, subject: &str, at: Timestamp) -> Result<()> {
    tx.execute(
        "insert into sign_in_failures (id, subject, at) values ($1, $2, $3)",
        args![id.to_string(), subject, at],
    )
    .await?;
    Ok(())
}

/// The instant of the try number `rank` (the newest is 0) of `subject` after
/// `since`, if there were so many.
///
/// # Errors
/// As the database says.
pub async fn nth_newest(
    tx: &mut Tx,
    subject: &str,
    since: Timestamp,
    rank: u32,
) -> Result<Option<Timestamp>> {
    tx.optional(
        "select at from sign_in_failures where subject = $1 and at > $2
         order by at desc, id desc limit 1 offset $3",
        args![subject, since, rank],
    )
    .await?
    .map(|row| row.get("at"))
    .transpose()
}

/// Forgets one try: it succeeded.
///
/// # Errors
/// As the database says.
pub async fn forget(tx: &mut Tx, id: Uuid) -> Result<()> {
    tx.execute("delete from sign_in_failures where id = $1", args![id.to_string()]).await?;
    Ok(())
}

/// Forgets every try of `subject`.
///
/// # Errors
/// As the database says.
pub async fn forget_all_of(tx: &mut Tx, subject: &str) -> Result<u64> {
    tx.execute("delete from sign_in_failures where subject = $1", args![subject]).await
}

/// Forgets every try up to `until`: they no longer count.
///
/// # Errors
/// As the database says.
pub async fn forget_until(tx: &mut Tx, until: Timestamp) -> Result<u64> {
    tx.execute("delete from sign_in_failures where at <= $1", args![until]).await
}
