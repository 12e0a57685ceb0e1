//! Taking an invitation.

use domain::candidate::line;
use domain::event::Change;
use domain::ids::{MemberId, OrganisationId};
use domain::problem::{Field, FieldProblem, Problem};
use domain::view::InviteView;
use secrecy::SecretString;
use store::activity::{self, Activity};
use store::invites::{self, Invite, InviteKind};
use store::members::{self, Member};

use super::check_password;
use crate::capability::token_hash;
use crate::integration::look_after_members;
use crate::{Result, Services, password};

/// What the invite page shows. Changes nothing.
///
/// # Errors
/// [`Problem::LinkNotValid`].
pub async fn open_invite(services: &Services, token: &str) -> Result<InviteView> {
    let mut tx = services.store.read().await?;
    let invite = invites::open(&mut tx, InviteKind::Invitation, &token_hash(token), services.now())
        .await?
        .ok_or(Problem::LinkNotValid)?;
    let (organisation, email) = bound_to(&invite)?;
    let organisation =
        store::organisations::get(&mut tx, organisation).await?.ok_or(Problem::LinkNotValid)?;
    Ok(InviteView { organisation: organisation.name, email, role: invite.role })
}

/// Consumes the invitation; the new member is to be signed in.
///
/// # Errors
/// Fields, also when the address became a member's meanwhile; [`Problem::LinkNotValid`].
pub async fn join(services: &Services, token: &str, name: &str, password: SecretString) -> Result<MemberId> {
    let mut problems = Vec::new();
    let name = line(Field::Name, name, true, &mut problems);
    check_password(&password, &mut problems);
    if !problems.is_empty() {
        return Err(Problem::Fields(problems).into());
    }
    // Strangers get no hash computed.
    open_invite(services, token).await?;
    let password_hash = password::hash(password).await?;

    let now = services.now();
    let mut tx = services.store.begin().await?;
    let invite = invites::consume(&mut tx, InviteKind::Invitation, &token_hash(token), now)
        .await?
        .ok_or(Problem::LinkNotValid)?;
    let (organisation, email) = bound_to(&invite)?;
    let member = Member {
        id: services.new_id(),
        organisation,
        email,
        name,
        role: invite.role,
        active: true,
        created_at: now,
    };
    members::insert(&mut tx, &member, &password_hash).await.map_err(|error| match error {
        store::Error::Taken => Problem::field(FieldProblem::Taken(Field::Email)).into(),
        other => crate::Error::from(other),
    })?;
    let joined = Activity {
        id: services.new_id(),
        at: now,
        member: Some(member.id),
        candidate: None,
        kind: "member_joined",
        summary: format!("Joined as {}.", invite.role.label()),
    };
    activity::record(&mut tx, organisation, &joined).await?;
    let asked = look_after_members(&mut tx, services, organisation).await?;
    tx.commit().await?;
    services.changes.announce(organisation, Change::Members);
    if asked {
        services.changes.announce(organisation, Change::Attention);
    }
    Ok(member.id)
}

/// The organisation and the address; every invitation has both.
fn bound_to(invite: &Invite) -> Result<(OrganisationId, String)> {
    match (invite.organisation, &invite.email) {
        (Some(organisation), Some(email)) => Ok((organisation, email.clone())),
        _ => Err(Problem::LinkNotValid.into()),
    }
}
