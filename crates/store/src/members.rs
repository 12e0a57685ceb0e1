//! Members: the people of an organisation who sign in.
//!
//! An address is a member's in one organisation only. Who was removed keeps the
//! row, for the history; the address is free again.

use std::collections::BTreeMap;

use domain::actor::Role;
use domain::ids::{MemberId, OrganisationId};
use domain::time::Timestamp;

use crate::{Engine, Result, Row, Tx, args, postings};

/// A person who signs in, or did.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Member {
    /// Who.
    pub id: MemberId,
    /// Whose.
    pub organisation: OrganisationId,
    /// Their canonical address; for a removed member, their id.
    pub email: String,
    /// Their name.
    pub name: String,
    /// What they may do.
    pub role: Role,
    /// False once removed.
    pub active: bool,
    /// Since when.
    pub created_at: Timestamp,
}

/// Adds a member; `password_hash` is an Argon2id PHC string.
///
/// # Errors
/// [`crate::Error::Taken`] when the address is a member's anywhere.
pub async fn insert(tx: &mut Tx, member: &Member, password_hash: &str) -> Result<()> {
    tx.execute(
        "insert into members
            (id, organisation_id, email, name, role, password_hash, active, created_at, updated_at)
         values ($1, $2, $3, $4, $5, $6, $7, $8, $8)",
        args![
            member.id,
            member.organisation,
            &member.email,
            &member.name,
            member.role,
            password_hash,
            member.active,
            member.created_at,
        ],
    )
    .await?;
    Ok(())
}

/// A member of the organisation, removed or not.
///
/// # Errors
/// As the database says.
pub async fn get(tx: &mut Tx, organisation: OrganisationId, id: MemberId) -> Result<Option<Member>> {
    tx.optional(
        "select id, organisation_id, email, name, role, active, created_at from members
         where organisation_id = $1 and id = $2",
        args![organisation, id],
    )
    .await?
    .map(|row| read(&row))
    .transpose()
}

/// Who a session belongs to; this finds the organisation out.
///
/// # Errors
/// As the database says.
pub async fn of_session(tx: &mut Tx, id: MemberId) -> Result<Option<Member>> {
    tx.optional(
        "select id, organisation_id, email, name, role, active, created_at from members
         where id = $1 and active = 1",
        args![id],
    )
    .await?
    .map(|row| read(&row))
    .transpose()
}

/// Who signs in with this address, and their password's hash; this finds the
/// organisation out.
///
/// # Errors
/// As the database says.
pub async fn of_sign_in(tx: &mut Tx, email: &str) -> Result<Option<(Member, String)>> {
    tx.optional(
        "select id, organisation_id, email, name, role, active, created_at, password_hash from members
         where email = $1 and active = 1",
        args![email],
    )
    .await?
    .map(|row| Ok((read(&row)?, row.get("password_hash")?)))
    .transpose()
}

/// Whether the address is a member's, in any organisation.
///
/// # Errors
/// As the database says.
pub async fn address_taken(tx: &mut Tx, email: &str) -> Result<bool> {
    Ok(tx.optional("select id from members where email = $1", args![email]).await?.is_some())
}

/// The active members by name.
///
/// # Errors
/// As the database says.
pub async fn list(tx: &mut Tx, organisation: OrganisationId) -> Result<Vec<Member>> {
    let mut members = tx
        .all(
            "select id, organisation_id, email, name, role, active, created_at from members
             where organisation_id = $1 and active = 1",
            args![organisation],
        )
        .await?
        .iter()
        .map(read)
        .collect::<Result<Vec<_>>>()?;
    // Sorted here: the databases order text differently.
    members.sort_by_cached_key(|member| (member.name.to_lowercase(), member.id));
    Ok(members)
}

/// Everybody's name, removed members too: for threads and histories.
///
/// # Errors
/// As the database says.
pub async fn names(tx: &mut Tx, organisation: OrganisationId) -> Result<BTreeMap<MemberId, String>> {
    tx.all("select id, name from members where organisation_id = $1", args![organisation])
        .await?
        .iter()
        .map(|row| Ok((row.get("id")?, row.get("name")?)))
        .collect()
}

/// The active Super Admins, held until the transaction ends: nobody else can
/// remove or demote one of them meanwhile.
///
/// # Errors
/// As the database says.
pub async fn hold_super_admins(tx: &mut Tx, organisation: OrganisationId) -> Result<Vec<MemberId>> {
    let sql = match tx.engine() {
        Engine::Sqlite => {
            "select id from members where organisation_id = $1 and role = $2 and active = 1 order by id"
        }
        Engine::Postgres => {
            "select id from members where organisation_id = $1 and role = $2 and active = 1 order by id
             for update"
        }
    };
    tx.all(sql, args![organisation, Role::SuperAdmin]).await?.iter().map(|row| row.get("id")).collect()
}

/// Gives an active member another role, if they still have the role `from`;
/// says whether they had.
///
/// # Errors
/// As the database says.
pub async fn set_role(
    tx: &mut Tx,
    organisation: OrganisationId,
    id: MemberId,
    from: Role,
    to: Role,
    at: Timestamp,
) -> Result<bool> {
    let touched = tx
        .execute(
            "update members set role = $4, updated_at = $5
             where organisation_id = $1 and id = $2 and role = $3 and active = 1",
            args![organisation, id, from, to, at],
        )
        .await?;
    Ok(touched == 1)
}

/// Ends a membership, if they still have the role `from`; says whether they had.
/// Their name stays for the history, their address and Lever user become free.
///
/// # Errors
/// As the database says.
pub async fn remove(
    tx: &mut Tx,
    organisation: OrganisationId,
    id: MemberId,
    from: Role,
    at: Timestamp,
) -> Result<bool> {
    let touched = tx
        .execute(
            "update members set active = 0, email = id, password_hash = '', updated_at = $4
             where organisation_id = $1 and id = $2 and role = $3 and active = 1",
            args![organisation, id, from, at],
        )
        .await?;
    if touched == 1 {
        tx.execute(
            "delete from user_map where organisation_id = $1 and member_id = $2",
            args![organisation, id],
        )
        .await?;
        postings::remember(tx, organisation, id, None).await?;
    }
    Ok(touched == 1)
}

fn read(row: &Row) -> Result<Member> {
    Ok(Member {
        id: row.get("id")?,
        organisation: row.get("organisation_id")?,
        email: row.get("email")?,
        name: row.get("name")?,
        role: row.get("role")?,
        active: row.get("active")?,
        created_at: row.get("created_at")?,
    })
}
