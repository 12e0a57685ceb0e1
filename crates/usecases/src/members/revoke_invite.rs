//! Withdrawing an invitation.

use domain::actor::{Action, Actor};
use domain::event::Change;
use domain::ids::InviteId;
use domain::problem::Problem;
use store::activity::{self, Activity};
use store::invites;

use crate::{Result, Services};

/// Makes the link void.
///
/// # Errors
/// [`Problem::NotFound`] when it was used or withdrawn already;
/// [`Problem::NotAllowed`] when the actor could not have made it.
pub async fn revoke_invite(services: &Services, actor: &Actor, invite: InviteId) -> Result<()> {
    services.require(actor, Action::ManageMembers)?;
    let mut tx = services.store.begin().await?;
    let found = invites::get(&mut tx, actor.organisation, invite).await?.ok_or(Problem::NotFound)?;
    if !actor.role.may_grant(found.role) {
        return Err(Problem::NotAllowed.into());
    }
    if !invites::revoke(&mut tx, actor.organisation, invite).await? {
        return Err(Problem::NotFound.into());
    }
    let revoked = Activity {
        id: services.new_id(),
        at: services.now(),
        member: Some(actor.member),
        candidate: None,
        kind: "invite_revoked",
        summary: format!("Withdrew the invitation of {}.", found.email.unwrap_or_default()),
    };
    activity::record(&mut tx, actor.organisation, &revoked).await?;
    tx.commit().await?;
    services.changes.announce(actor.organisation, Change::Members);
    Ok(())
}
