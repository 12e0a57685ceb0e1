//! User Account Mapping: which member is which Lever user.

use std::collections::BTreeMap;

use domain::ids::{MemberId, OrganisationId};

use crate::{Result, Tx, args};

/// Every choice that was saved. An **empty text** means that somebody chose
/// nobody for this member; an absent member was never decided about.
///
/// # Errors
/// As the database says.
pub async fn load(tx: &mut Tx, organisation: OrganisationId) -> Result<BTreeMap<MemberId, String>> {
    let rows = tx
        .all("select member_id, lever_user from user_map where organisation_id = $1", args![organisation])
        .await?;
    rows.iter().map(|row| Ok((row.get("member_id")?, row.get("lever_user")?))).collect()
}

/// Lever's id of the user a member is mapped to.
///
/// # Errors
/// As the database says.
pub async fn of_member(
    tx: &mut Tx,
    organisation: OrganisationId,
    member: MemberId,
) -> Result<Option<String>> {
    let row = tx
        .optional(
            "select lever_user from user_map where organisation_id = $1 and member_id = $2 and lever_user <> ''",
            args![organisation, member],
        )
        .await?;
    row.map(|row| row.get("lever_user")).transpose()
}

/// Saves the choice for one member; an empty text chooses nobody.
///
/// # Errors
/// As the database says.
pub async fn save(
    tx: &mut Tx,
    organisation: OrganisationId,
    member: MemberId,
    lever_user: &str,
) -> Result<()> {
    tx.execute(
        "insert into user_map (organisation_id, member_id, lever_user) values ($1, $2, $3)
         on conflict (organisation_id, member_id) do update set lever_user = excluded.lever_user",
        args![organisation, member, lever_user],
    )
    .await?;
    Ok(())
}

/// Forgets every choice: another Lever account takes the place of the one they
/// were made for.
///
/// # Errors
/// As the database says.
pub async fn clear(tx: &mut Tx, organisation: OrganisationId) -> Result<u64> {
    tx.execute("delete from user_map where organisation_id = $1", args![organisation]).await
}
