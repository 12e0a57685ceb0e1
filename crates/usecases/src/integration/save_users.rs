//! *Next* on User Account Mapping.

use std::collections::{BTreeMap, HashMap};

use domain::actor::{Action, Actor};
use domain::connection::SetUpStep;
use domain::event::Change;
use domain::ids::MemberId;
use domain::mapping::duplicate_choices;
use domain::problem::{Field, FieldProblem, Problem};
use serde::{Deserialize, Serialize};
use store::catalogue::LeverUser;
use store::connections::Connection;

use super::{gone, progress};
use crate::{Result, Services};

/// What is kept of a refused form.
#[derive(Debug, Default, Serialize, Deserialize)]
pub(super) struct UsersDraft {
    /// Member id to Lever id, empty for nobody.
    pub(super) users: BTreeMap<String, String>,
    /// The chosen fallback.
    pub(super) fallback: Option<String>,
}

/// Saves which member is which Lever user (member id to Lever id, empty for
/// nobody) and the fallback. Absent members keep theirs.
///
/// # Errors
/// [`Problem::NotAllowed`]; [`Problem::NotConnected`] before the first step is
/// done; [`Problem::Fields`] with a problem beside each member whose choice is
/// unknown, deactivated or somebody else's too. Then nothing changes but the draft.
pub async fn save_users(
    services: &Services,
    actor: &Actor,
    users: BTreeMap<String, String>,
    fallback: Option<String>,
) -> Result<()> {
    services.require(actor, Action::ManageIntegration)?;
    let users: BTreeMap<String, String> =
        users.into_iter().map(|(member, user)| (member, user.trim().to_owned())).collect();
    let fallback = fallback.map(|user| user.trim().to_owned()).filter(|user| !user.is_empty());
    let (organisation, now) = (actor.organisation, services.now());
    let mut tx = services.store.begin().await?;
    let connection = store::connections::lock(&mut tx, organisation)
        .await?
        .filter(|connection| progress::first_unfinished(connection) >= SetUpStep::Users)
        .ok_or(Problem::NotConnected)?;
    let known: HashMap<String, LeverUser> = store::catalogue::users(&mut tx, organisation, connection.id)
        .await?
        .into_iter()
        .map(|user| (user.id.clone(), user))
        .collect();
    let members: Vec<MemberId> =
        store::members::list(&mut tx, organisation).await?.into_iter().map(|member| member.id).collect();
    let saved = store::user_map::load(&mut tx, organisation).await?;

    let mut problems = Vec::new();
    let mut chosen: BTreeMap<MemberId, String> =
        members.iter().filter_map(|member| saved.get(member).map(|user| (*member, user.clone()))).collect();
    for (text, user) in &users {
        let field = Field::MemberMap(text.clone());
        let member = text.parse::<MemberId>().ok().filter(|member| members.contains(member));
        match member {
            None => problems.push(FieldProblem::NotAChoice(field)),
            Some(member) => {
                problems.extend(refusal(&known, user, field));
                chosen.insert(member, user.clone());
            }
        }
    }
    if let Some(user) = &fallback {
        problems.extend(refusal(&known, user, Field::Fallback));
    }
    let somebody = chosen.iter().filter(|(_, user)| !user.is_empty());
    for member in duplicate_choices(somebody.map(|(member, user)| (*member, user.as_str()))) {
        problems.push(FieldProblem::SameLeverUser(Field::MemberMap(member.to_string())));
    }
    if !problems.is_empty() {
        progress::keep_draft(&mut tx, services, actor, SetUpStep::Users, &UsersDraft { users, fallback })
            .await?;
        tx.commit().await?;
        return Err(Problem::Fields(problems).into());
    }

    for (member, user) in chosen.iter().filter(|(member, user)| saved.get(member) != Some(user)) {
        store::user_map::save(&mut tx, organisation, *member, user).await?;
    }
    store::connections::set_fallback(&mut tx, organisation, connection.id, fallback.as_deref(), now).await?;
    if connection.step == SetUpStep::Users {
        store::connections::set_step(&mut tx, organisation, connection.id, SetUpStep::Stages, now).await?;
    }
    store::drafts::discard(&mut tx, organisation, SetUpStep::Users).await?;
    let attention = gone::look_for_gone(
        &mut tx,
        services,
        &Connection { fallback_user: fallback.clone(), ..connection.clone() },
    )
    .await?;
    let mapped = chosen.values().filter(|user| !user.is_empty()).count();
    let summary = format!("Saved the user map: {mapped} of {} members have a Lever user", members.len());
    progress::record(&mut tx, services, actor, "lever_users_mapped", summary).await?;
    tx.commit().await?;
    services.changes.announce(organisation, Change::Connection);
    if attention {
        services.changes.announce(organisation, Change::Attention);
    }
    Ok(())
}

/// Why this Lever user cannot be chosen, if they cannot.
fn refusal(known: &HashMap<String, LeverUser>, user: &str, field: Field) -> Option<FieldProblem> {
    if user.is_empty() {
        return None;
    }
    match known.get(user) {
        None => Some(FieldProblem::NotAChoice(field)),
        Some(user) if !user.active => Some(FieldProblem::DeactivatedLeverUser(field)),
        Some(_) => None,
    }
}
