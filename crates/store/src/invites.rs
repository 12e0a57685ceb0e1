//! Invitations and set-up links: single use, found by the hash of their secret.

use domain::actor::Role;
use domain::ids::{InviteId, MemberId, OrganisationId};
use domain::time::Timestamp;

use crate::{Error, Result, Row, Tx, args};

/// What a link lets its bearer do.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum InviteKind {
    /// Join an organisation.
    Invitation,
    /// Create the first organisation.
    SetUp,
}

impl InviteKind {
    /// The stable text in the database.
    fn code(self) -> &'static str {
        match self {
            Self::Invitation => "invite",
            Self::SetUp => "set_up",
        }
    }

    fn from_code(code: &str) -> Option<Self> {
        [Self::Invitation, Self::SetUp].into_iter().find(|kind| kind.code() == code)
    }
}

/// A link that was made, used or not.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Invite {
    /// Which.
    pub id: InviteId,
    /// What for.
    pub kind: InviteKind,
    /// The organisation to join; none for a set-up link.
    pub organisation: Option<OrganisationId>,
    /// The address it is bound to; none for a set-up link.
    pub email: Option<String>,
    /// The role it grants.
    pub role: Role,
    /// Who made it.
    pub created_by: Option<MemberId>,
    /// When.
    pub created_at: Timestamp,
    /// Until when it is valid.
    pub expires_at: Timestamp,
}

/// Adds a link, of which only the hash is kept.
///
/// # Errors
/// As the database says.
pub async fn insert(tx: &mut Tx, invite: &Invite, token_hash: &str) -> Result<()> {
    tx.execute(
        "insert into invites
            (id, kind, organisation_id, token_hash, email, role, created_by, created_at, expires_at, used_at)
         values ($1, $2, $3, $4, $5, $6, $7, $8, $9, null)",
        args![
            invite.id,
            invite.kind.code(),
            invite.organisation,
            token_hash,
            invite.email.as_deref(),
            invite.role,
            invite.created_by,
            invite.created_at,
            invite.expires_at,
        ],
    )
    .await?;
    Ok(())
}

/// The unused, unexpired link behind a hash; this finds the organisation out.
///
/// # Errors
/// As the database says.
pub async fn open(tx: &mut Tx, kind: InviteKind, token_hash: &str, now: Timestamp) -> Result<Option<Invite>> {
    tx.optional(
        "select id, kind, organisation_id, email, role, created_by, created_at, expires_at from invites
         where token_hash = $1 and kind = $2 and used_at is null and expires_at > $3",
        args![token_hash, kind.code(), now],
    )
    .await?
    .map(|row| read(&row))
    .transpose()
}

/// Uses a link up: of all who try, one gets it.
///
/// # Errors
/// As the database says.
pub async fn consume(
    tx: &mut Tx,
    kind: InviteKind,
    token_hash: &str,
    now: Timestamp,
) -> Result<Option<Invite>> {
    tx.optional(
        "update invites set used_at = $3
         where token_hash = $1 and kind = $2 and used_at is null and expires_at > $3
         returning id, kind, organisation_id, email, role, created_by, created_at, expires_at",
        args![token_hash, kind.code(), now],
    )
    .await?
    .map(|row| read(&row))
    .transpose()
}

/// The organisation's open invitations, newest first.
///
/// # Errors
/// As the database says.
pub async fn list(tx: &mut Tx, organisation: OrganisationId, now: Timestamp) -> Result<Vec<Invite>> {
    tx.all(
        "select id, kind, organisation_id, email, role, created_by, created_at, expires_at from invites
         where organisation_id = $1 and kind = $2 and used_at is null and expires_at > $3
         order by created_at desc, id desc limit 500",
        args![organisation, InviteKind::Invitation.code(), now],
    )
    .await?
    .iter()
    .map(read)
    .collect()
}

/// One unused invitation of the organisation.
///
/// # Errors
/// As the database says.
pub async fn get(tx: &mut Tx, organisation: OrganisationId, id: InviteId) -> Result<Option<Invite>> {
    tx.optional(
        "select id, kind, organisation_id, email, role, created_by, created_at, expires_at from invites
         where organisation_id = $1 and id = $2 and used_at is null",
        args![organisation, id],
    )
    .await?
    .map(|row| read(&row))
    .transpose()
}

/// Makes an unused invitation void; says whether there was one.
///
/// # Errors
/// As the database says.
pub async fn revoke(tx: &mut Tx, organisation: OrganisationId, id: InviteId) -> Result<bool> {
    let touched = tx
        .execute(
            "delete from invites where organisation_id = $1 and id = $2 and used_at is null",
            args![organisation, id],
        )
        .await?;
    Ok(touched == 1)
}

/// Makes the unused invitations of one address void: the next one replaces them.
///
/// # Errors
/// As the database says.
pub async fn revoke_of_address(tx: &mut Tx, organisation: OrganisationId, email: &str) -> Result<u64> {
    tx.execute(
        "delete from invites where organisation_id = $1 and email = $2 and used_at is null",
        args![organisation, email],
    )
    .await
}

/// Makes the unused invitations void that a member has made.
///
/// # Errors
/// As the database says.
pub async fn revoke_made_by(tx: &mut Tx, organisation: OrganisationId, member: MemberId) -> Result<u64> {
    tx.execute(
        "delete from invites where organisation_id = $1 and created_by = $2 and used_at is null",
        args![organisation, member],
    )
    .await
}

/// Makes every unused set-up link void.
///
/// # Errors
/// As the database says.
pub async fn revoke_set_up(tx: &mut Tx) -> Result<u64> {
    tx.execute("delete from invites where kind = $1 and used_at is null", args![InviteKind::SetUp.code()])
        .await
}

fn read(row: &Row) -> Result<Invite> {
    Ok(Invite {
        id: row.get("id")?,
        kind: InviteKind::from_code(&row.get::<String>("kind")?)
            .ok_or(Error::Inconsistent { column: "kind" })?,
        organisation: row.get("organisation_id")?,
        email: row.get("email")?,
        role: row.get("role")?,
        created_by: row.get("created_by")?,
        created_at: row.get("created_at")?,
        expires_at: row.get("expires_at")?,
    })
}
