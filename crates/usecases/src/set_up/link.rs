//! The one-time set-up link.

use std::time::Duration;

use domain::actor::Role;
use store::invites::{self, Invite, InviteKind};

use crate::capability::{fresh_token, token_hash};
use crate::{Result, Services};

/// Invitations and set-up links are valid for so long.
pub(crate) const VALID_FOR: Duration = Duration::from_secs(72 * 60 * 60);

/// The set-up address to print at start; `None` once an organisation exists.
/// It is a fresh one each time, and makes those of earlier starts void.
///
/// # Errors
/// Faults of the store only.
pub async fn link(services: &Services) -> Result<Option<String>> {
    let now = services.now();
    let mut tx = services.store.begin().await?;
    if store::organisations::any(&mut tx).await? {
        return Ok(None);
    }
    let token = fresh_token(&*services.random);
    let invite = Invite {
        id: services.new_id(),
        kind: InviteKind::SetUp,
        organisation: None,
        email: None,
        role: Role::SuperAdmin,
        created_by: None,
        created_at: now,
        expires_at: now + VALID_FOR,
    };
    invites::revoke_set_up(&mut tx).await?;
    invites::insert(&mut tx, &invite, &token_hash(&token)).await?;
    tx.commit().await?;
    Ok(Some(format!("{}/set-up/{token}", services.settings.public_url)))
}
