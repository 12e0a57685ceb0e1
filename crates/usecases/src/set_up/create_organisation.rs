//! Creating the organisation and its first Super Admin.

use domain::candidate::line;
use domain::email::EmailAddress;
use domain::ids::MemberId;
use domain::problem::{Field, FieldProblem, Problem};
use secrecy::SecretString;
use store::activity::{self, Activity};
use store::invites::{self, InviteKind};
use store::members::{self, Member};
use store::organisations::{self, Organisation};

use crate::capability::token_hash;
use crate::members::check_password;
use crate::{Result, Services, password};

/// What the set-up form holds.
#[derive(Debug)]
pub struct NewOrganisation {
    /// The organisation's name.
    pub organisation: String,
    /// The Super Admin's name.
    pub name: String,
    /// Their address.
    pub email: String,
    /// Their password.
    pub password: SecretString,
}

/// Consumes the link; the new member is to be signed in. In demo mode the
/// organisation is a practice one, for life.
///
/// # Errors
/// Fields; [`Problem::LinkNotValid`].
pub async fn create_organisation(services: &Services, token: &str, new: NewOrganisation) -> Result<MemberId> {
    let mut problems = Vec::new();
    let organisation_name = line(Field::Organisation, &new.organisation, true, &mut problems);
    let name = line(Field::Name, &new.name, true, &mut problems);
    let email = if new.email.trim().is_empty() {
        problems.push(FieldProblem::Missing(Field::Email));
        None
    } else {
        EmailAddress::parse(&new.email)
            .map_err(|_| problems.push(FieldProblem::NotAnEmail(Field::Email)))
            .ok()
    };
    check_password(&new.password, &mut problems);
    let email = match email {
        Some(email) if problems.is_empty() => email,
        _ => return Err(Problem::Fields(problems).into()),
    };
    // Strangers get no hash computed.
    super::open(services, token).await?;
    let password_hash = password::hash(new.password).await?;

    let now = services.now();
    let mut tx = services.store.begin().await?;
    let link = invites::consume(&mut tx, InviteKind::SetUp, &token_hash(token), now)
        .await?
        .ok_or(Problem::LinkNotValid)?;
    if organisations::any(&mut tx).await? {
        return Err(Problem::LinkNotValid.into());
    }
    let organisation = Organisation {
        id: services.new_id(),
        name: organisation_name,
        practice: services.settings.demo,
        created_at: now,
    };
    let member = Member {
        id: services.new_id(),
        organisation: organisation.id,
        email: email.to_string(),
        name,
        role: link.role,
        active: true,
        created_at: now,
    };
    organisations::insert(&mut tx, &organisation).await?;
    members::insert(&mut tx, &member, &password_hash).await?;
    let created = Activity {
        id: services.new_id(),
        at: now,
        member: Some(member.id),
        candidate: None,
        kind: "organisation_created",
        summary: format!("Created the organisation {}.", organisation.name),
    };
    activity::record(&mut tx, organisation.id, &created).await?;
    tx.commit().await?;
    Ok(member.id)
}
