//! User Account Mapping, filled in by itself: by e-mail, then by name.

use std::collections::{BTreeMap, HashMap, HashSet};

use serde::{Deserialize, Serialize};

use crate::ids::MemberId;

/// A member to find a Lever user for.
#[derive(Clone, Debug)]
pub struct KnownMember {
    /// Who.
    pub id: MemberId,
    /// Their name.
    pub name: String,
    /// Their e-mail address.
    pub email: String,
}

/// A Lever user who may be a member.
#[derive(Clone, Debug)]
pub struct KnownLeverUser {
    /// Lever's id.
    pub id: String,
    /// Their name in Lever.
    pub name: String,
    /// Their address in Lever.
    pub email: String,
    /// False when deactivated in Lever: never suggested.
    pub active: bool,
}

/// Why a Lever user was suggested.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum MatchedBy {
    /// The same e-mail address, whatever the case.
    Email,
    /// The same name, and only one of each.
    Name,
}

/// A suggestion.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Guess {
    /// Lever's id of the user.
    pub lever_user: String,
    /// Why.
    pub by: MatchedBy,
}

/// Suggests a Lever user for each member: first by e-mail (case-blind), then by
/// name where exactly one free user and one free member bear it. Nobody is
/// suggested twice, and nobody who is deactivated.
#[must_use]
pub fn suggest_users(members: &[KnownMember], users: &[KnownLeverUser]) -> BTreeMap<MemberId, Guess> {
    let mut guesses = BTreeMap::new();
    let mut taken = HashSet::new();
    for member in members {
        let address = folded(&member.email);
        let found = users
            .iter()
            .find(|user| user.active && folded(&user.email) == address && !taken.contains(&user.id));
        if let (Some(user), false) = (found, address.is_empty()) {
            taken.insert(user.id.clone());
            guesses.insert(member.id, Guess { lever_user: user.id.clone(), by: MatchedBy::Email });
        }
    }
    let free_members = by_name(members.iter().filter(|m| !guesses.contains_key(&m.id)), |m| &m.name);
    let free_users = by_name(users.iter().filter(|u| u.active && !taken.contains(&u.id)), |u| &u.name);
    for (name, members) in free_members {
        if let ([member], Some([user])) = (members.as_slice(), free_users.get(&name).map(Vec::as_slice)) {
            guesses.insert(member.id, Guess { lever_user: user.id.clone(), by: MatchedBy::Name });
        }
    }
    guesses
}

/// The members whose chosen Lever user another member chose too.
#[must_use]
pub fn duplicate_choices<'a>(choices: impl IntoIterator<Item = (MemberId, &'a str)>) -> Vec<MemberId> {
    let mut by_user: HashMap<&str, Vec<MemberId>> = HashMap::new();
    for (member, user) in choices {
        by_user.entry(user).or_default().push(member);
    }
    let mut members: Vec<MemberId> =
        by_user.into_values().filter(|members| members.len() > 1).flatten().collect();
    members.sort_unstable();
    members
}

fn folded(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ").to_lowercase()
}

fn by_name<'a, T>(
    items: impl Iterator<Item = &'a T>,
    name: impl Fn(&T) -> &String,
) -> HashMap<String, Vec<&'a T>> {
    let mut groups: HashMap<String, Vec<&T>> = HashMap::new();
    for item in items {
        let name = folded(name(item));
        if !name.is_empty() {
            groups.entry(name).or_default().push(item);
        }
    }
    groups
}

#[cfg(test)]
mod tests {
    use uuid::Uuid;

    use super::*;

    fn member(n: u128, name: &str, email: &str) -> KnownMember {
        KnownMember { id: MemberId(Uuid::from_u128(n)), name: name.into(), email: email.into() }
    }

    fn user(id: &str, name: &str, email: &str, active: bool) -> KnownLeverUser {
        KnownLeverUser { id: id.into(), name: name.into(), email: email.into(), active }
    }

    fn guess(lever_user: &str, by: MatchedBy) -> Option<Guess> {
        Some(Guess { lever_user: lever_user.into(), by })
    }

    #[test]
    fn e_mail_wins_over_name_and_case_does_not_matter() {
        let members = [member(1, "Ana Ruiz", "ana@acme.com")];
        let users = [
            user("namesake", "Ana Ruiz", "other@acme.com", true),
            user("right", "A. Ruiz", "Ana@Acme.com", true),
        ];
        let guesses = suggest_users(&members, &users);
        assert_eq!(guesses.get(&members[0].id).cloned(), guess("right", MatchedBy::Email));
    }

    #[test]
    fn a_name_counts_only_when_it_is_unmistakable() {
        let members = [member(1, "Ben  Okafor", "ben@acme.com"), member(2, "Jo Doe", "jo@acme.com")];
        let users = [
            user("ben", "ben okafor", "b@corp.com", true),
            user("jo-1", "Jo Doe", "x@corp.com", true),
            user("jo-2", "Jo Doe", "y@corp.com", true),
        ];
        let guesses = suggest_users(&members, &users);
        assert_eq!(guesses.get(&members[0].id).cloned(), guess("ben", MatchedBy::Name));
        assert_eq!(guesses.get(&members[1].id), None);
    }

    #[test]
    fn a_deactivated_user_is_never_suggested() {
        let members = [member(1, "Jo", "jo@acme.com")];
        assert!(suggest_users(&members, &[user("jo", "Jo", "jo@acme.com", false)]).is_empty());
    }

    #[test]
    fn nobody_is_suggested_twice() {
        let members = [member(1, "Jo", "jo@acme.com"), member(2, "Jo", "jo@acme.com")];
        assert_eq!(suggest_users(&members, &[user("jo", "Jo", "jo@acme.com", true)]).len(), 1);
    }

    #[test]
    fn both_members_of_a_double_choice_are_named() {
        let (a, b, c) = (member(1, "", "").id, member(2, "", "").id, member(3, "", "").id);
        assert_eq!(duplicate_choices([(a, "x"), (b, "y"), (c, "x")]), [a, c]);
    }
}
