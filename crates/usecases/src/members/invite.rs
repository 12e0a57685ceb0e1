//! Inviting somebody by link.

use domain::actor::{Action, Actor, Role};
use domain::email::EmailAddress;
use domain::event::Change;
use domain::problem::{Field, FieldProblem, Problem};
use domain::view::NewInvite;
use store::activity::{self, Activity};
use store::invites::{self, Invite, InviteKind};

use crate::capability::{fresh_token, token_hash};
use crate::set_up::VALID_FOR;
use crate::{Result, Services};

/// Makes a single-use link, valid for 72 hours, bound to address and role (a [`domain::actor::Role`] code).
/// It replaces the address's earlier one.
///
/// # Errors
/// Fields, also when the address is a member's in any organisation;
/// [`Problem::NotAllowed`] when the actor may not grant the role.
pub async fn invite(services: &Services, actor: &Actor, email: &str, role: &str) -> Result<NewInvite> {
    services.require(actor, Action::ManageMembers)?;
    let mut problems = Vec::new();
    let email = if email.trim().is_empty() {
        problems.push(FieldProblem::Missing(Field::Email));
        None
    } else {
        EmailAddress::parse(email).map_err(|_| problems.push(FieldProblem::NotAnEmail(Field::Email))).ok()
    };
    let role = Role::from_code(role);
    if role.is_none() {
        problems.push(FieldProblem::NotAChoice(Field::Role));
    }
    let (Some(email), Some(role)) = (email, role) else {
        return Err(Problem::Fields(problems).into());
    };
    if !actor.role.may_grant(role) {
        return Err(Problem::NotAllowed.into());
    }

    let now = services.now();
    let token = fresh_token(&*services.random);
    let mut tx = services.store.begin().await?;
    if store::members::address_taken(&mut tx, email.as_str()).await? {
        return Err(Problem::field(FieldProblem::Taken(Field::Email)).into());
    }
    invites::revoke_of_address(&mut tx, actor.organisation, email.as_str()).await?;
    let invite = Invite {
        id: services.new_id(),
        kind: InviteKind::Invitation,
        organisation: Some(actor.organisation),
        email: Some(email.to_string()),
        role,
        created_by: Some(actor.member),
        created_at: now,
        expires_at: now + VALID_FOR,
    };
    invites::insert(&mut tx, &invite, &token_hash(&token)).await?;
    let invited = Activity {
        id: services.new_id(),
        at: now,
        member: Some(actor.member),
        candidate: None,
        kind: "member_invited",
        summary: format!("Invited {email} as {}.", role.label()),
    };
    activity::record(&mut tx, actor.organisation, &invited).await?;
    tx.commit().await?;
    services.changes.announce(actor.organisation, Change::Members);
    Ok(NewInvite {
        email: email.to_string(),
        url: format!("{}/invite/{token}", services.settings.public_url),
    })
}
