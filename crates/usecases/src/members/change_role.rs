//! Changing a member's role.

use domain::actor::{Action, Actor, Role};
use domain::event::Change;
use domain::ids::MemberId;
use domain::problem::{Field, FieldProblem, Problem};
use store::activity::{self, Activity};
use store::{invites, members};

use crate::integration::look_after_members;
use crate::{Result, Services};

/// Gives `member` another role (a [`domain::actor::Role`] code). A lesser role
/// also makes the invitations void that the member has made.
///
/// # Errors
/// [`Problem::NotFound`]; [`Problem::NotAllowed`] when either role is above the
/// actor's; [`Problem::LastSuperAdmin`]; [`Problem::ChangedMeanwhile`].
pub async fn change_role(services: &Services, actor: &Actor, member: MemberId, role: &str) -> Result<()> {
    services.require(actor, Action::ManageMembers)?;
    let role = Role::from_code(role).ok_or_else(|| Problem::field(FieldProblem::NotAChoice(Field::Role)))?;
    let now = services.now();
    let mut tx = services.store.begin().await?;
    // Held before the target is read, so that two cannot demote one another.
    let super_admins = members::hold_super_admins(&mut tx, actor.organisation).await?;
    let target = members::get(&mut tx, actor.organisation, member)
        .await?
        .filter(|member| member.active)
        .ok_or(Problem::NotFound)?;
    if !actor.role.may_grant(target.role) || !actor.role.may_grant(role) {
        return Err(Problem::NotAllowed.into());
    }
    if target.role == role {
        return Ok(());
    }
    if super_admins == [member] {
        return Err(Problem::LastSuperAdmin.into());
    }
    if !members::set_role(&mut tx, actor.organisation, member, target.role, role, now).await? {
        return Err(Problem::ChangedMeanwhile.into());
    }
    if role < target.role {
        invites::revoke_made_by(&mut tx, actor.organisation, member).await?;
    }
    let changed = Activity {
        id: services.new_id(),
        at: now,
        member: Some(actor.member),
        candidate: None,
        kind: "role_changed",
        summary: format!("Made {} {}, who was {}.", target.name, role.label(), target.role.label()),
    };
    activity::record(&mut tx, actor.organisation, &changed).await?;
    let asked = look_after_members(&mut tx, services, actor.organisation).await?;
    tx.commit().await?;
    services.changes.announce(actor.organisation, Change::Members);
    if asked {
        services.changes.announce(actor.organisation, Change::Attention);
    }
    Ok(())
}
