//! The Members page.

use domain::actor::{Action, Actor, Role};
use domain::view::{InviteRow, MemberRow, MembersPage};

use crate::{Result, Services};

/// Members and open invitations.
///
/// # Errors
/// [`domain::problem::Problem::NotAllowed`] for a Recruiter.
pub async fn list(services: &Services, actor: &Actor) -> Result<MembersPage> {
    services.require(actor, Action::ManageMembers)?;
    let mut tx = services.store.read().await?;
    let members = store::members::list(&mut tx, actor.organisation).await?;
    let invites = store::invites::list(&mut tx, actor.organisation, services.now()).await?;
    Ok(MembersPage {
        members: members
            .into_iter()
            .map(|member| MemberRow {
                id: member.id,
                is_viewer: member.id == actor.member,
                can_change: actor.role.may_grant(member.role),
                name: member.name,
                email: member.email,
                role: member.role,
            })
            .collect(),
        invites: invites
            .into_iter()
            .map(|invite| InviteRow {
                id: invite.id,
                email: invite.email.unwrap_or_default(),
                role: invite.role,
                expires: services.moment(invite.expires_at),
            })
            .collect(),
        grantable: Role::ALL.into_iter().filter(|role| actor.role.may_grant(*role)).collect(),
    })
}
