//! The account a fresh practice Lever starts with. Everything follows from the
//! seed: the same seed gives the same people, in the same stages, with the same
//! ids, on every machine.

use crate::{
    cursor::Rank,
    random::Random,
    settings::Settings,
    state::{
        State,
        archive_reason::ArchiveReason,
        contact::{Contact, Phone},
        opportunity::{Application, Archived, Opportunity, Origin, StageChange},
        posting::Posting,
        stage::{NEW_LEAD, Stage},
        user::User,
    },
};

/// 1 June 2026, 09:00 UTC: what the seeded account calls now, so that its times
/// do not depend on the day it is made.
const BASE: i64 = 1_780_304_400_000;
const DAY: i64 = 24 * 3_600 * 1_000;

/// Name, e-mail, role, active. The first five stand beside the members of the
/// demo organisation: one by e-mail, one by e-mail in another case, one by
/// e-mail, one by name only, and one who is no longer active.
const USERS: [(&str, &str, &str, bool); 12] = [
    ("Avery Admin", "admin@demo.example", "super admin", true),
    ("Lee Lead", "Lead@Demo.Example", "admin", true),
    ("Ana Ruiz", "ana@demo.example", "team member", true),
    ("Ben Okafor", "ben.okafor@corp.example", "team member", true),
    ("Dana Former", "dana.former@demo.example", "team member", false),
    ("Ivy Interviewer", "ivy@corp.example", "interviewer", true),
    ("Mara Lindqvist", "mara.lindqvist@corp.example", "admin", true),
    ("Tom Castellano", "tom.castellano@corp.example", "team member", true),
    ("Priya Nair", "priya.nair@corp.example", "limited team member", true),
    ("Jonas Weber", "jonas.weber@corp.example", "team member", true),
    ("Chloe Martin", "chloe.martin@corp.example", "interviewer", true),
    ("Kenji Sato", "kenji.sato@corp.example", "interviewer", true),
];

/// Id (empty: made from the seed), text, pipeline, rank. Ids, texts and ranks of
/// the fixed ones, and the ranks around them, are from recorded traffic.
const STAGES: [(&str, &str, &str, f64); 9] = [
    (NEW_LEAD, "New lead", "lead", 1.0),
    ("lead-reached-out", "Reached out", "lead", 3.0),
    ("lead-responded", "Responded", "lead", 5.0),
    ("applicant-new", "New applicant", "applicant", 101.0),
    ("", "Recruiter screen", "screen", 201.0),
    ("", "Phone interview", "screen", 211.0),
    ("", "On-site interview", "onsite", 231.0),
    ("", "Reference check", "onsite", 231.5),
    ("offer", "Offer", "offer", 261.0),
];

/// The default set of a new account.
const REASONS: [(&str, bool); 7] = [
    ("Underqualified", false),
    ("Unresponsive", false),
    ("Timing", false),
    ("Withdrew", false),
    ("Offer declined", false),
    ("Position closed", false),
    ("Hired", true),
];

/// Title, state, team, department, location, confidential.
const POSTINGS: [(&str, &str, &str, &str, &str, bool); 6] = [
    ("Backend Engineer", "published", "Engineering", "Product", "Berlin", false),
    ("Data Scientist", "published", "Data", "Product", "Remote", false),
    ("Account Executive", "internal", "Sales", "Revenue", "Chicago, IL", false),
    ("Support Engineer", "closed", "Support", "Customer Success", "Lisbon", false),
    ("Site Reliability Engineer", "draft", "Engineering", "Product", "Berlin", false),
    ("Chief of Staff", "published", "Executive", "Office of the CEO", "London", true),
];

/// Sources a new account offers (recorded traffic).
pub(crate) const SOURCES: [&str; 7] =
    ["Added manually", "Extension", "GitHub", "Job site", "LinkedIn", "Referral", "Social referral"];

const FIRST: [&str; 32] = [
    "Amara", "Bruno", "Carla", "Daniel", "Elif", "Farid", "Grace", "Hana", "Igor", "Julia", "Kofi", "Lena",
    "Marco", "Nadia", "Oscar", "Paula", "Quinn", "Rosa", "Sven", "Tara", "Umar", "Vera", "Wendy", "Xavier",
    "Yuki", "Zoe", "Noah", "Mina", "Luis", "Ingrid", "Hugo", "Freya",
];
const LAST: [&str; 40] = [
    "Abbott", "Bergman", "Chen", "Duarte", "Eriksen", "Fontaine", "Garcia", "Haddad", "Ivanova", "Jensen",
    "Kowalski", "Larsen", "Moreau", "Nakamura", "Oyelaran", "Petrov", "Quintero", "Rossi", "Schmidt",
    "Tanaka", "Ueda", "Vargas", "Walsh", "Xu", "Yilmaz", "Zhang", "Brooks", "Costa", "Dubois", "Evans",
    "Fischer", "Gupta", "Hughes", "Iyer", "Jones", "Khan", "Lopez", "Mensah", "Novak", "Okonkwo",
];
const HEADLINES: [&str; 8] = [
    "Backend developer",
    "Full-stack engineer",
    "Data engineer",
    "Machine learning engineer",
    "Frontend developer",
    "Site reliability engineer",
    "Account executive",
    "",
];
const PLACES: [&str; 8] =
    ["Berlin", "Lisbon", "Chicago, IL", "London", "Nairobi", "São Paulo", "Toronto", ""];
const TAGS: [&str; 6] = ["Rust", "Python", "Go", "Leadership", "Relocates", "Referred again"];

/// A fresh account.
pub(crate) fn account(settings: &Settings) -> State {
    let mut state = State::empty(settings.seed, settings.behaviour.clone());
    let users = seed_users(&mut state);
    seed_stages(&mut state);
    seed_reasons(&mut state);
    let postings = seed_postings(&mut state, &users);
    // People come from a generator of their own, so that their number does not
    // move the ids of everything made later.
    let mut random = Random::new(settings.seed ^ 0xA5A5_0F0F_3C3C_9696);
    seed_people(&mut state, &mut random, settings.opportunities, &users, &postings);
    state
}

fn seed_users(state: &mut State) -> Vec<String> {
    let mut ids = Vec::new();
    for (place, (name, email, role, active)) in (0_i64..).zip(USERS) {
        let id = state.new_id();
        let created_at = BASE - (900 - place * 20) * DAY;
        let user = User {
            id: id.clone(),
            name: name.to_owned(),
            username: email.split('@').next().unwrap_or(email).to_lowercase(),
            email: email.to_owned(),
            access_role: role.to_owned(),
            created_at,
            deactivated_at: (!active).then_some(BASE - 30 * DAY),
            external_directory_id: None,
            job_title: None,
            manager_id: None,
        };
        state.users.insert(&id, user);
        ids.push(id);
    }
    if let Some(first) = ids.first() {
        state.meta.edit().page_user.clone_from(first);
    }
    ids
}

fn seed_stages(state: &mut State) {
    for (id, text, pipeline, rank) in STAGES {
        let id = if id.is_empty() { state.new_id() } else { id.to_owned() };
        let stage = Stage {
            id: id.clone(),
            text: text.to_owned(),
            pipeline: pipeline.to_owned(),
            rank: Rank::from_number(rank),
            active: true,
        };
        state.stages.insert(&id, stage);
    }
}

fn seed_reasons(state: &mut State) {
    for (place, (text, hired)) in (0_i64..).zip(REASONS) {
        let id = state.new_id();
        let reason = ArchiveReason { id: id.clone(), text: text.to_owned(), active: true, hired, place };
        state.archive_reasons.insert(&id, reason);
    }
}

fn seed_postings(state: &mut State, users: &[String]) -> Vec<String> {
    let mut ids = Vec::new();
    for (place, (text, status, team, department, location, confidential)) in (0_i64..).zip(POSTINGS) {
        let id = state.new_id();
        let owner = users[3 + usize::try_from(place % 2).unwrap_or(0) * 3].clone();
        let created_at = BASE - (400 - place * 31) * DAY;
        let posting = Posting {
            id: id.clone(),
            text: text.to_owned(),
            state: status.to_owned(),
            user: users[0].clone(),
            followers: vec![owner.clone()],
            owner,
            hiring_manager: (place % 2 == 0).then(|| users[7].clone()),
            confidential,
            team: team.to_owned(),
            department: department.to_owned(),
            location: location.to_owned(),
            commitment: "Full-time".to_owned(),
            tags: Vec::new(),
            created_at,
            updated_at: created_at,
        };
        state.postings.insert(&id, posting);
        ids.push(id);
    }
    ids
}

fn seed_people(state: &mut State, random: &mut Random, count: usize, users: &[String], postings: &[String]) {
    let stages: Vec<String> = state.pipeline().iter().map(|s| s.id.clone()).collect();
    let reasons: Vec<String> = state.reasons().iter().map(|r| r.id.clone()).collect();
    // Neither the deactivated user nor the interviewers own candidates.
    let owners: Vec<String> = [0, 1, 2, 3, 6, 7, 9].map(|n| users[n].clone()).to_vec();
    let mut contact = String::new();
    for number in 0..count {
        // Every 25th is another opportunity of the person before.
        if number == 0 || number % 25 != 24 {
            contact = seed_contact(state, random, number);
        }
        let id = random.uuid();
        let age = i64::try_from(random.below(400)).unwrap_or(0);
        let second = i64::try_from(random.below(86_400)).unwrap_or(0);
        let created_at = BASE - (age + 2) * DAY + second * 1_000;
        let owner = random.pick(&owners).clone();
        let origin = match random.below(10) {
            0..=5 => Origin::Sourced,
            6 | 7 => Origin::Applied,
            8 => Origin::Referred,
            _ => *random.pick(&Origin::ALL),
        };
        let first = if matches!(origin, Origin::Applied | Origin::Referred) { 3 } else { 0 };
        let steps = random.below(stages.len() - first);
        let mut at = created_at;
        let mut stage_changes = Vec::new();
        for (index, stage) in stages.iter().enumerate().skip(first).take(steps + 1) {
            stage_changes.push(StageChange {
                stage: stage.clone(),
                index,
                at,
                // Imported rows do not say who it was.
                user: (number % 23 != 7).then(|| owner.clone()),
            });
            at += i64::try_from(random.below(usize::try_from(DAY).unwrap_or(1))).unwrap_or(0) + 1;
        }
        let advanced = stage_changes.last().map_or(created_at, |change| change.at);
        let archived = (random.below(5) == 0)
            .then(|| Archived { reason: random.pick(&reasons).clone(), archived_at: advanced + 3_600_000 });
        let touched = archived.as_ref().map_or(advanced, |a| a.archived_at);
        // The confidential posting, the last one, has nobody yet.
        let posting = (random.below(5) < 2).then(|| random.pick(&postings[..postings.len() - 1]).clone());
        let location =
            posting.as_ref().and_then(|id| state.postings.get(id)).map(|posting| posting.location.clone());
        let person = state.contacts.get(&contact).cloned().unwrap_or_default();
        let application = posting.map(|posting| Application {
            id: random.uuid(),
            kind: if origin == Origin::Applied { "posting" } else { "user" }.to_owned(),
            posting,
            user: Some(owner.clone()),
            name: Some(person.name.clone()),
            email: person.emails.first().cloned(),
            phone: person.phones.first().map(|phone| phone.value.clone()),
            links: person.links.clone(),
            created_at,
            archived: archived.clone(),
        });
        let opportunity = Opportunity {
            id: id.clone(),
            contact: contact.clone(),
            stage: stage_changes.last().map_or_else(|| NEW_LEAD.to_owned(), |change| change.stage.clone()),
            confidential: false,
            archived,
            tags: (0..random.below(3)).map(|_| (*random.pick(&TAGS)).to_owned()).fold(
                Vec::new(),
                |mut tags, tag| {
                    if !tags.contains(&tag) {
                        tags.push(tag);
                    }
                    tags
                },
            ),
            sources: vec![(*random.pick(&SOURCES)).to_owned()],
            stage_changes,
            origin,
            sourced_by: (origin == Origin::Sourced).then(|| owner.clone()),
            owner: (number % 17 != 5).then(|| owner.clone()),
            followers: vec![owner.clone()],
            application,
            created_at,
            updated_at: (number % 29 != 11).then_some(touched + 1),
            last_interaction_at: Some(touched),
            last_advanced_at: Some(advanced),
            snoozed_until: None,
            location,
            recorded_at: created_at,
            created_by: Some(owner),
            listed_from: None,
        };
        state.opportunities.insert(&id, opportunity);
    }
}

fn seed_contact(state: &mut State, random: &mut Random, number: usize) -> String {
    let id = random.uuid();
    let (first, last) = (*random.pick(&FIRST), *random.pick(&LAST));
    let contact = Contact {
        id: id.clone(),
        name: format!("{first} {last}"),
        headline: (*random.pick(&HEADLINES)).to_owned(),
        location: (*random.pick(&PLACES)).to_owned(),
        emails: vec![format!("{}.{}.{number}@example.com", first.to_lowercase(), last.to_lowercase())],
        phones: if random.below(2) == 0 {
            vec![Phone {
                kind: Some("mobile".to_owned()),
                value: format!("+1 555 {:07}", random.below(10_000_000)),
            }]
        } else {
            Vec::new()
        },
        links: if random.below(3) == 0 {
            vec![format!("https://github.example/{}-{number}", last.to_lowercase())]
        } else {
            Vec::new()
        },
        anonymised: false,
        created_at: BASE - 420 * DAY,
    };
    state.contacts.insert(&id, contact);
    id
}

#[cfg(test)]
mod tests {
    use super::*;

    fn dump(seed: u64, opportunities: usize) -> String {
        let mut state = account(&Settings { seed, opportunities, ..Settings::default() });
        let mut out = String::new();
        state
            .dump(&mut |row| {
                out.push_str(&serde_json::to_string(&row)?);
                Ok(())
            })
            .unwrap();
        out
    }

    #[test]
    fn the_same_seed_gives_the_same_account_and_another_one_another() {
        assert_eq!(dump(7, 60), dump(7, 60));
        assert_ne!(dump(7, 60), dump(8, 60));
    }

    #[test]
    fn the_number_of_people_does_not_move_other_ids() {
        let ids = |opportunities| {
            let mut state = account(&Settings { opportunities, ..Settings::default() });
            (state.hired_reason(), state.meta.get().signing_token.clone(), state.new_id())
        };
        assert_eq!(ids(0), ids(300));
    }

    #[test]
    fn an_account_has_as_many_opportunities_as_asked_for() {
        let state = account(&Settings { opportunities: 130, ..Settings::default() });
        assert_eq!(state.opportunities.len(), 130);
        assert_eq!(state.contacts.len(), 125);
        assert!(state.opportunities.values().any(|o| o.archived.is_some()));
        assert!(state.opportunities.values().any(|o| o.application.is_some()));
    }
}
