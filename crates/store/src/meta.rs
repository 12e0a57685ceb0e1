//! Facts about this database: a few named texts that belong to no organisation.

use crate::{Result, Tx, args};

/// The text under `key`.
///
/// # Errors
/// As the database says.
pub async fn get(tx: &mut Tx, key: &str) -> Result<Option<String>> {
    tx.optional("select value from meta where key = $1", args![key])
        .await?
        .map(|row| row.get("value"))
        .transpose()
}

/// Sets the text under `key`.
///
/// # Errors
/// As the database says.
pub async fn put(tx: &mut Tx, key: &str, value: &str) -> Result<()> {
    tx.execute(
        "insert into meta (key, value) values ($1, $2)
         on conflict (key) do update set value = excluded.value",
        args![key, value],
    )
    .await?;
    Ok(())
}
