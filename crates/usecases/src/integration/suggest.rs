//! What the maps hold, filled up with suggestions where nobody decided yet.

use std::collections::{BTreeMap, HashSet};

use domain::ids::MemberId;
use domain::mapping::{
    Guess, KnownLeverUser, KnownMember, MatchedBy, Place, Target, suggest_reason, suggest_stage,
    suggest_users,
};
use store::Tx;
use store::catalogue::{LeverPlace, LeverUser};
use store::connections::Connection;
use store::members::Member;

use crate::Result;

/// A member's Lever user: decided, else suggested.
#[derive(Clone, Debug)]
pub(super) struct UserChoice {
    /// Whose.
    pub(super) member: Member,
    /// Lever's id; `None` for nobody.
    pub(super) lever_user: Option<String>,
    /// Why it was suggested; `None` when it was decided.
    pub(super) suggested_by: Option<MatchedBy>,
}

/// A place's meaning: decided, else suggested.
#[derive(Clone, Debug)]
pub(super) struct PlaceChoice {
    /// Which.
    pub(super) place: LeverPlace,
    /// What it means; `None`: not mapped.
    pub(super) target: Option<Target>,
    /// Whether nobody decided about it yet.
    pub(super) suggested: bool,
}

/// Each active member, by name, with the Lever user they are. Suggestions come
/// from the Lever users that nobody was decided to be.
///
/// # Errors
/// As the store says.
pub(super) async fn users(
    tx: &mut Tx,
    connection: &Connection,
    lever_users: &[LeverUser],
) -> Result<Vec<UserChoice>> {
    let members = store::members::list(tx, connection.organisation).await?;
    let decided = store::user_map::load(tx, connection.organisation).await?;
    let guesses = guesses(&members, &decided, lever_users);
    Ok(members
        .into_iter()
        .map(|member| {
            let decided = decided.get(&member.id);
            let guess = guesses.get(&member.id);
            UserChoice {
                lever_user: match decided {
                    Some(user) => Some(user.clone()).filter(|user| !user.is_empty()),
                    None => guess.map(|guess| guess.lever_user.clone()),
                },
                suggested_by: guess.map(|guess| guess.by),
                member,
            }
        })
        .collect())
}

/// Suggestions for the members about whom `decided` says nothing, from the Lever
/// users that nobody was decided to be.
pub(super) fn guesses(
    members: &[Member],
    decided: &BTreeMap<MemberId, String>,
    lever_users: &[LeverUser],
) -> BTreeMap<MemberId, Guess> {
    // A member who left does not keep their Lever user from anybody.
    let taken: HashSet<&str> =
        members.iter().filter_map(|member| decided.get(&member.id)).map(String::as_str).collect();
    let undecided: Vec<KnownMember> = members
        .iter()
        .filter(|member| !decided.contains_key(&member.id))
        .map(|member| KnownMember { id: member.id, name: member.name.clone(), email: member.email.clone() })
        .collect();
    let free: Vec<KnownLeverUser> = lever_users
        .iter()
        .filter(|user| !taken.contains(user.id.as_str()))
        .map(|user| KnownLeverUser {
            id: user.id.clone(),
            name: user.name.clone(),
            email: user.email.clone(),
            active: user.active,
        })
        .collect();
    suggest_users(&undecided, &free)
}

/// Each stage in pipeline order, then each archive reason, with what it means.
///
/// # Errors
/// As the store says.
pub(super) async fn places(tx: &mut Tx, connection: &Connection) -> Result<Vec<PlaceChoice>> {
    let decided = store::stage_map::decided(tx, connection.organisation).await?;
    let places = store::catalogue::places(tx, connection.organisation, connection.id).await?;
    Ok(places
        .into_iter()
        .map(|place| match decided.get(&place.place) {
            Some(target) => PlaceChoice { target: *target, suggested: false, place },
            None => {
                let target = match &place.place {
                    Place::Stage(id) => suggest_stage(id, &place.text),
                    Place::Archived(_) => Some(suggest_reason(&place.text, place.hired)),
                };
                PlaceChoice { target, suggested: target.is_some(), place }
            }
        })
        .collect())
}
