//! *Next* on User Account Mapping.

use std::collections::{BTreeMap, HashMap};

use domain::actor::{Action, Actor};
use domain::connection::SetUpStep;
use domain::event::Change;
use domain::ids::MemberId;
use domain::mapping::{Choices, duplicate_choices};
use domain::problem::{Field, FieldProblem, Problem};
use serde::{Deserialize, Serialize};
use store::Tx;
use store::catalogue::LeverUser;
use store::connections::Connection;
use store::map_saves::{self, Map};

use super::together::{Told, together};
use super::{drift, gone, progress};
use crate::way_back::try_all_again;
use crate::{Result, Services};

/// The row of the fallback among the choices.
const FALLBACK: &str = "fallback";

/// What is kept of a form that was refused or is to be previewed.
#[derive(Debug, Default, Serialize, Deserialize)]
pub(super) struct UsersDraft {
    /// Member id to Lever id, empty for nobody.
    pub(super) users: BTreeMap<String, String>,
    /// The chosen fallback.
    pub(super) fallback: Option<String>,
    /// Upon which save of the map it is based.
    #[serde(default)]
    pub(super) base: Option<u32>,
    /// Who was told of which save.
    #[serde(default)]
    pub(super) told: Option<Told>,
}

impl UsersDraft {
    /// Keeps it.
    pub(super) async fn keep(&self, tx: &mut Tx, services: &Services, actor: &Actor) -> Result<()> {
        progress::keep_draft(tx, services, actor, SetUpStep::Users, self).await
    }
}

/// The form: member id to Lever id, empty for nobody.
#[derive(Clone, Debug, Default)]
pub struct UsersForm {
    /// Members; absent ones keep theirs.
    pub users: BTreeMap<String, String>,
    /// Who is credited when a member has no Lever user, empty for nobody;
    /// `None` keeps who it is.
    pub fallback: Option<String>,
    /// Upon which save of the map it is based; `None`: the last one.
    pub version: Option<u32>,
}

/// Saves which member is which Lever user, upon the map as it is now.
///
/// # Errors
/// As [`save_users_upon`].
pub async fn save_users(
    services: &Services,
    actor: &Actor,
    users: BTreeMap<String, String>,
    fallback: Option<String>,
) -> Result<()> {
    let fallback = Some(fallback.unwrap_or_default());
    save_users_upon(services, actor, UsersForm { users, fallback, version: None }).await
}

/// Saves which member is which Lever user, and the fallback. What somebody else
/// saved since the form was opened is kept.
///
/// # Errors
/// [`Problem::NotAllowed`]; [`Problem::NotConnected`] before the first step is
/// done; [`Problem::Fields`] with a problem beside each member whose choice is
/// unknown, deactivated or somebody else's too, or was saved differently
/// meanwhile. Then nothing changes but the draft.
pub async fn save_users_upon(services: &Services, actor: &Actor, form: UsersForm) -> Result<()> {
    services.require(actor, Action::ManageIntegration)?;
    let organisation = actor.organisation;
    let mut tx = services.store.begin().await?;
    let connection = store::connections::lock(&mut tx, organisation)
        .await?
        .filter(|connection| progress::first_unfinished(connection) >= SetUpStep::Users)
        .ok_or(Problem::NotConnected)?;
    let checked = check(&mut tx, actor, &connection, form).await?;
    if !checked.problems.is_empty() {
        checked.keep_draft(&mut tx, services, actor).await?;
        tx.commit().await?;
        return Err(Problem::Fields(checked.problems).into());
    }
    let attention = checked.write(&mut tx, services, actor, &connection).await?;
    tx.commit().await?;
    services.changes.announce(organisation, Change::Connection);
    if attention {
        services.changes.announce(organisation, Change::Attention);
    }
    Ok(())
}

/// A form that was looked at.
pub(super) struct Checked {
    /// Every member who is mapped or chosen for.
    chosen: BTreeMap<MemberId, String>,
    /// As it is saved.
    saved: BTreeMap<MemberId, String>,
    fallback: Option<String>,
    members: usize,
    draft: UsersDraft,
    /// Why it cannot be saved.
    pub(super) problems: Vec<FieldProblem>,
}

impl Checked {
    /// Whether it changes nothing that is not said otherwise by the map.
    pub(super) fn is_empty(&self) -> bool {
        self.draft.users.is_empty()
    }

    /// Keeps what was chosen.
    pub(super) async fn keep_draft(&self, tx: &mut Tx, services: &Services, actor: &Actor) -> Result<()> {
        self.draft.keep(tx, services, actor).await
    }

    /// Saves what was chosen, and forgets the draft. Gives whether attention
    /// items came or went.
    pub(super) async fn write(
        &self,
        tx: &mut Tx,
        services: &Services,
        actor: &Actor,
        connection: &Connection,
    ) -> Result<bool> {
        let (organisation, now) = (actor.organisation, services.now());
        for (member, user) in self.chosen.iter().filter(|(member, user)| self.saved.get(member) != Some(user))
        {
            store::user_map::save(tx, organisation, *member, user).await?;
        }
        let fallback = self.fallback.as_deref();
        store::connections::set_fallback(tx, organisation, connection.id, fallback, now).await?;
        if connection.step == SetUpStep::Users {
            store::connections::set_step(tx, organisation, connection.id, SetUpStep::Stages, now).await?;
        }
        store::drafts::discard(tx, organisation, SetUpStep::Users).await?;
        let mut saved: Choices =
            self.chosen.iter().map(|(member, user)| (member.to_string(), user.clone())).collect();
        saved.insert(FALLBACK.to_owned(), self.fallback.clone().unwrap_or_default());
        map_saves::keep(tx, organisation, Map::Users, &saved, Some(actor.member), now).await?;
        let connection = Connection { fallback_user: self.fallback.clone(), ..connection.clone() };
        let mut attention = gone::look_for_gone(tx, services, &connection).await?;
        // What nobody could be named for may have somebody now.
        attention |= try_all_again(services, tx, organisation).await?;
        if progress::is_complete(tx, &connection).await? {
            attention |= drift::ask(tx, services, &connection).await?;
        }
        let mapped = self.chosen.values().filter(|user| !user.is_empty()).count();
        let summary = format!("Saved the user map: {mapped} of {} members have a Lever user", self.members);
        progress::record(tx, services, actor, "lever_users_mapped", summary).await?;
        Ok(attention)
    }
}

/// Looks at a form, together with what was saved since it was opened.
///
/// # Errors
/// As the store says.
pub(super) async fn check(
    tx: &mut Tx,
    actor: &Actor,
    connection: &Connection,
    form: UsersForm,
) -> Result<Checked> {
    let organisation = actor.organisation;
    let known: HashMap<String, LeverUser> = store::catalogue::users(tx, organisation, connection.id)
        .await?
        .into_iter()
        .map(|user| (user.id.clone(), user))
        .collect();
    let members: Vec<MemberId> =
        store::members::list(tx, organisation).await?.into_iter().map(|member| member.id).collect();
    let saved = store::user_map::load(tx, organisation).await?;
    let earlier: Option<UsersDraft> = progress::draft(tx, actor, SetUpStep::Users).await?;
    let told = earlier.and_then(|draft| draft.told);
    let mut typed: Choices =
        form.users.into_iter().map(|(member, user)| (member, user.trim().to_owned())).collect();
    if let Some(fallback) = form.fallback {
        typed.insert(FALLBACK.to_owned(), fallback.trim().to_owned());
    }
    let together = together(tx, actor, Map::Users, typed, form.version, told).await?;
    let mut users = together.choices;
    let fallback = match users.remove(FALLBACK) {
        Some(fallback) => Some(fallback).filter(|user| !user.is_empty()),
        None => connection.fallback_user.clone(),
    };

    let mut problems = Vec::new();
    let mut chosen: BTreeMap<MemberId, String> =
        members.iter().filter_map(|member| saved.get(member).map(|user| (*member, user.clone()))).collect();
    for (text, user) in &users {
        let field = Field::MemberMap(text.clone());
        let member = text.parse::<MemberId>().ok().filter(|member| members.contains(member));
        match member {
            None => problems.push(FieldProblem::NotAChoice(field)),
            Some(member) => {
                if together.conflicts.contains(text) {
                    problems.push(FieldProblem::SavedMeanwhile(field.clone(), None));
                }
                problems.extend(refusal(&known, user, field));
                chosen.insert(member, user.clone());
            }
        }
    }
    if together.conflicts.contains(FALLBACK) {
        problems.push(FieldProblem::SavedMeanwhile(Field::Fallback, None));
    }
    if let Some(user) = &fallback {
        problems.extend(refusal(&known, user, Field::Fallback));
    }
    let somebody = chosen.iter().filter(|(_, user)| !user.is_empty());
    for member in duplicate_choices(somebody.map(|(member, user)| (*member, user.as_str()))) {
        problems.push(FieldProblem::SameLeverUser(Field::MemberMap(member.to_string())));
    }
    let told = (!together.conflicts.is_empty()).then_some(together.told).or(told);
    let draft = UsersDraft { users, fallback: fallback.clone(), base: Some(together.version), told };
    Ok(Checked { chosen, saved, fallback, members: members.len(), draft, problems })
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
