//! Members and invitations.

use domain::ids::{InviteId, MemberId};
use domain::view::{MembersPage, NewInvite};
use leptos::prelude::*;
use leptos::server_fn::codec::Postcard;

use crate::problem::AppError;

/// Everybody, and the open invitations.
#[server(prefix = "/api", endpoint = "list_members", output = Postcard)]
pub(crate) async fn list_members() -> Result<MembersPage, AppError> {
    use crate::ssr;

    let (services, actor) = ssr::signed_in().await?;
    ssr::answer(usecases::members::list(&services, &actor).await)
}

/// Makes an invitation; its link is in the answer and nowhere else.
#[server(prefix = "/api", endpoint = "invite_member", output = Postcard)]
pub(crate) async fn invite_member(
    #[server(default)] email: String,
    #[server(default)] role: String,
) -> Result<NewInvite, AppError> {
    use crate::ssr;

    let (services, actor) = ssr::signed_in().await?;
    let invite = ssr::answer(usecases::members::invite(&services, &actor, &email, &role).await)?;
    ssr::keep_invite_link(&services, &invite.url);
    Ok(invite)
}

/// The link of the invitation that a plain form just made on this browser.
#[server(prefix = "/api", endpoint = "fresh_invite_link", output = Postcard)]
pub(crate) async fn fresh_invite_link() -> Result<Option<String>, AppError> {
    use crate::ssr;

    ssr::signed_in().await?;
    Ok(ssr::take_invite_link())
}

/// Makes an invitation's link void.
#[server(prefix = "/api", endpoint = "revoke_invite", output = Postcard)]
pub(crate) async fn revoke_invite(invite: InviteId) -> Result<(), AppError> {
    use crate::ssr;

    let (services, actor) = ssr::signed_in().await?;
    ssr::answer(usecases::members::revoke_invite(&services, &actor, invite).await)
}

/// Gives a member another role.
#[server(prefix = "/api", endpoint = "change_role", output = Postcard)]
pub(crate) async fn change_role(member: MemberId, #[server(default)] role: String) -> Result<(), AppError> {
    use crate::ssr;

    let (services, actor) = ssr::signed_in().await?;
    ssr::answer(usecases::members::change_role(&services, &actor, member, &role).await)
}

/// Ends a membership.
#[server(prefix = "/api", endpoint = "remove_member", output = Postcard)]
pub(crate) async fn remove_member(member: MemberId) -> Result<(), AppError> {
    use crate::ssr;

    let (services, actor) = ssr::signed_in().await?;
    ssr::answer(usecases::members::remove(&services, &actor, member).await)
}
