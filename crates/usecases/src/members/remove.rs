//! Removing a member.

use domain::actor::{Action, Actor};
use domain::attention::AttentionKind;
use domain::event::Change;
use domain::ids::MemberId;
use domain::job::Job;
use domain::problem::Problem;
use store::activity::{self, Activity};
use store::{invites, jobs, members};

use crate::integration::look_after_members;
use crate::{Result, Services};

/// Ends the membership, the use of its sessions and the invitations the member
/// has made; history keeps the name.
///
/// # Errors
/// [`Problem::NotFound`]; [`Problem::NotAllowed`] when the member's role is above
/// the actor's; [`Problem::LastSuperAdmin`]; [`Problem::ChangedMeanwhile`].
pub async fn remove(services: &Services, actor: &Actor, member: MemberId) -> Result<()> {
    services.require(actor, Action::ManageMembers)?;
    let now = services.now();
    let mut tx = services.store.begin().await?;
    // Held before the target is read, so that two cannot remove one another.
    let super_admins = members::hold_super_admins(&mut tx, actor.organisation).await?;
    let target = members::get(&mut tx, actor.organisation, member)
        .await?
        .filter(|member| member.active)
        .ok_or(Problem::NotFound)?;
    if !actor.role.may_grant(target.role) {
        return Err(Problem::NotAllowed.into());
    }
    if super_admins == [member] {
        return Err(Problem::LastSuperAdmin.into());
    }
    if !members::remove(&mut tx, actor.organisation, member, target.role, now).await? {
        return Err(Problem::ChangedMeanwhile.into());
    }
    invites::revoke_made_by(&mut tx, actor.organisation, member).await?;
    // Nobody tells a former member.
    let mut mended = false;
    for about in AttentionKind::ALL {
        let mail = Job::SendAttentionMail { about, member };
        mended |= jobs::forget_dead(&mut tx, actor.organisation, &mail, now).await?;
    }
    mended |= look_after_members(&mut tx, services, actor.organisation).await?;
    let removed = Activity {
        id: services.new_id(),
        at: now,
        member: Some(actor.member),
        candidate: None,
        kind: "member_removed",
        summary: format!("Removed {} ({}).", target.name, target.email),
    };
    activity::record(&mut tx, actor.organisation, &removed).await?;
    tx.commit().await?;
    services.changes.announce(actor.organisation, Change::Members);
    if mended {
        services.changes.announce(actor.organisation, Change::Attention);
    }
    Ok(())
}
