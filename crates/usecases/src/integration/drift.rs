//! What changes in Lever while nobody looks: new, renamed, removed and returned
//! stages, archive reasons and users. It is noticed whenever they are read,
//! written down, and whoever may decide is asked once, with a proposal.

use std::collections::{BTreeMap, HashSet};

use domain::actor::{Action, Actor};
use domain::attention::AttentionKind;
use domain::drift::{ChangeKind, LeverChange, Subject, puts_in_question};
use domain::event::Change;
use domain::ids::{ConnectionId, OrganisationId};
use domain::job::Job;
use domain::mapping::{MatchedBy, Place, Preview, StageMap, Target, preview, suggest_reason, suggest_stage};
use domain::problem::Problem;
use domain::status::Status;
use domain::view::{DriftPage, DriftedMember, DriftedPlace, PlaceQuestion};
use serde_json::json;
use store::Tx;
use store::activity::Activity;
use store::catalogue::{LeverPlace, LeverUser, Refreshed};
use store::connections::Connection;
use store::map_saves::{self, Map};
use store::members::Member;
use store::opportunities::Standing;

use super::save_stages::StagesDraft;
use super::save_users::UsersDraft;
use super::{progress, save_stages, save_users, suggest, wizard};
use crate::{Result, Services};

/// So many changes are told in one entry of the activity log.
const TOLD: usize = 5;
/// So many are listed on the screen.
const LISTED: u32 = 50;

/// Writes down what a reading found, puts in question what a new name speaks
/// against, and asks. Gives whether attention items came or went.
///
/// # Errors
/// As the database says.
pub(crate) async fn noticed(
    tx: &mut Tx,
    services: &Services,
    connection: &Connection,
    refreshed: &Refreshed,
) -> std::result::Result<bool, store::Error> {
    let organisation = connection.organisation;
    let changes = &refreshed.changes;
    for change in changes {
        store::lever_changes::record(tx, organisation, connection.id, change).await?;
        if change.kind == ChangeKind::Renamed && change.subject != Subject::User {
            renamed(tx, services, connection, change).await?;
        }
    }
    if !changes.is_empty() {
        let mut told: Vec<String> = changes.iter().take(TOLD).map(LeverChange::text).collect();
        if changes.len() > TOLD {
            told.push(format!("And {} more.", changes.len() - TOLD));
        }
        let entry = Activity {
            id: services.new_id(),
            at: services.now(),
            member: None,
            candidate: None,
            kind: "lever_changed",
            summary: format!("In Lever: {}", told.join(" ")),
        };
        store::activity::record(tx, organisation, &entry).await?;
    }
    ask(tx, services, connection).await
}

/// A new name may mean something else, and the name before may be back.
async fn renamed(
    tx: &mut Tx,
    services: &Services,
    connection: &Connection,
    change: &LeverChange,
) -> std::result::Result<(), store::Error> {
    let organisation = connection.organisation;
    let id = change.lever_id.clone();
    let place = if change.subject == Subject::Stage { Place::Stage(id) } else { Place::Archived(id) };
    let Some(known) = store::catalogue::find_place(tx, organisation, connection.id, &place).await? else {
        return Ok(());
    };
    let decided = store::stage_map::decided(tx, organisation).await?.get(&place).copied().flatten();
    let before = LeverPlace { text: change.name_before.clone().unwrap_or_default(), ..known.clone() };
    let (before, now) = (suggested(&before), suggested(&known));
    if puts_in_question(before, now, decided) {
        store::stage_map::question(tx, organisation, &place, true).await?;
    } else if now == decided && store::stage_map::in_question(tx, organisation).await?.contains(&place) {
        store::stage_map::question(tx, organisation, &place, false).await?;
        let kind = AttentionKind::UnmappedPlace;
        let at = services.now();
        store::attention::resolve(tx, organisation, kind, &place.subject(), at).await?;
        for opportunity in store::opportunities::held(tx, organisation).await? {
            let job = Job::ApplyOpportunity { opportunity };
            store::jobs::enqueue(tx, organisation, &job, services.new_id(), at, at).await?;
        }
    }
    Ok(())
}

fn suggested(place: &LeverPlace) -> Option<Target> {
    match &place.place {
        Place::Stage(id) => suggest_stage(id, &place.text),
        Place::Archived(_) => Some(suggest_reason(&place.text, place.hired)),
    }
}

/// Asks about what nobody has decided, in one item, and closes it once there is
/// nothing more. What holds a candidate's status has an item of its own. Gives
/// whether the item came or went.
///
/// # Errors
/// As the database says.
pub(crate) async fn ask(
    tx: &mut Tx,
    services: &Services,
    connection: &Connection,
) -> std::result::Result<bool, store::Error> {
    let (organisation, now) = (connection.organisation, services.now());
    let kind = AttentionKind::LeverChanged;
    let held: HashSet<String> =
        store::attention::open_subjects(tx, organisation, AttentionKind::UnmappedPlace)
            .await?
            .into_iter()
            .collect();
    let undecided = undecided_places(tx, connection).await?;
    let of = |is_stage: bool| {
        undecided
            .iter()
            .filter(|undecided| matches!(undecided.place.place, Place::Stage(_)) == is_stage)
            .filter(|undecided| !held.contains(&undecided.place.place.subject()))
            .count()
    };
    let (stages, reasons) = (of(true), of(false));
    let lever_users = store::catalogue::users(tx, organisation, connection.id).await?;
    let users = undecided_members(tx, connection, &lever_users).await?.iter().filter(|it| !it.gone).count();
    let subject = connection.id.to_string();
    if stages + reasons + users == 0 {
        return store::attention::resolve(tx, organisation, kind, &subject, now).await;
    }
    let detail = json!({ "stages": stages, "reasons": reasons, "users": users });
    let id = services.new_id();
    store::attention::raise(tx, organisation, kind, &subject, None, &detail, id, now).await
}

/// A stage or reason about which nobody has decided.
struct UndecidedPlace {
    place: LeverPlace,
    /// By the rules that map by themselves.
    proposal: Option<Target>,
    /// What was decided before it was renamed.
    in_question: bool,
}

async fn undecided_places(
    tx: &mut Tx,
    connection: &Connection,
) -> std::result::Result<Vec<UndecidedPlace>, store::Error> {
    let organisation = connection.organisation;
    let decided = store::stage_map::decided(tx, organisation).await?;
    let in_question = store::stage_map::in_question(tx, organisation).await?;
    Ok(store::catalogue::places(tx, organisation, connection.id)
        .await?
        .into_iter()
        .filter(|place| place.active)
        .filter_map(|place| {
            let in_question = in_question.contains(&place.place);
            (in_question || !decided.contains_key(&place.place)).then(|| UndecidedPlace {
                proposal: suggested(&place),
                in_question,
                place,
            })
        })
        .collect())
}

/// What is asked about one stage or reason: the proposal, and what it would do.
/// `None` when it is not known in Lever (any more).
///
/// # Errors
/// As the database says.
pub(crate) async fn question_about(
    tx: &mut Tx,
    organisation: OrganisationId,
    connection: ConnectionId,
    place: &Place,
) -> Result<Option<PlaceQuestion>> {
    let Some(known) = store::catalogue::find_place(tx, organisation, connection, place).await? else {
        return Ok(None);
    };
    let target = suggested(&known);
    let map = store::stage_map::load(tx, organisation).await?;
    let map = save_stages::merged(&map, &[(place.clone(), target)]);
    let standings = store::opportunities::standings(tx, organisation, Some(place)).await?;
    let concerned = standings.iter().filter(|standing| standing.truth.rests_on(place, &map));
    let (Place::Stage(id) | Place::Archived(id)) = place.clone();
    Ok(Some(PlaceQuestion {
        id,
        name: known.text,
        archived: matches!(place, Place::Archived(_)),
        targets: targets(),
        target,
        preview: foresee(concerned, &map).text(),
        version: map_saves::last(tx, organisation, Map::Stages).await?.map_or(0, |save| save.version),
    }))
}

/// Everything that a stage or reason can mean.
pub(super) fn targets() -> Vec<Target> {
    [Target::Keep].into_iter().chain(Status::ALL.map(Target::Set)).collect()
}

/// A member for whom there is another Lever user.
struct UndecidedMember {
    member: Member,
    /// By the rules that map by themselves.
    proposal: Option<String>,
    by: Option<MatchedBy>,
    /// Whether their Lever user was deactivated: that has an item of its own.
    gone: bool,
}

async fn undecided_members(
    tx: &mut Tx,
    connection: &Connection,
    lever_users: &[LeverUser],
) -> std::result::Result<Vec<UndecidedMember>, store::Error> {
    let members = store::members::list(tx, connection.organisation).await?;
    let mut decided = store::user_map::load(tx, connection.organisation).await?;
    let mut gone = HashSet::new();
    decided.retain(|member, user| {
        let stays = user.is_empty() || lever_users.iter().any(|known| known.id == *user && known.active);
        if !stays {
            gone.insert(*member);
        }
        stays
    });
    let guesses = suggest::guesses(&members, &decided, lever_users);
    Ok(members
        .into_iter()
        .filter_map(|member| {
            let guess = guesses.get(&member.id);
            let gone = gone.contains(&member.id);
            (gone || guess.is_some()).then(|| UndecidedMember {
                proposal: guess.map(|guess| guess.lever_user.clone()),
                by: guess.map(|guess| guess.by),
                gone,
                member,
            })
        })
        .collect())
}

/// What changed and waits for a decision, each with its proposal and what it
/// would do, and what was noticed lately.
///
/// # Errors
/// [`Problem::NotAllowed`] for a Recruiter; [`Problem::NotConnected`] before
/// set-up is complete.
pub async fn drift(services: &Services, actor: &Actor) -> Result<DriftPage> {
    services.require(actor, Action::ReadMaps)?;
    let organisation = actor.organisation;
    let connection = {
        let mut tx = services.store.read().await?;
        complete(&mut tx, actor).await?
    };
    wizard::refresh_if_old(services, &connection).await?;
    let mut tx = services.store.read().await?;
    let tx = &mut tx;
    let log = store::lever_changes::latest(tx, organisation, connection.id, LISTED).await?;
    let standings = store::opportunities::standings(tx, organisation, None).await?;
    let map = store::stage_map::load(tx, organisation).await?;
    let draft: StagesDraft =
        progress::draft(tx, actor, domain::connection::SetUpStep::Stages).await?.unwrap_or_default();
    let drafted: UsersDraft =
        progress::draft(tx, actor, domain::connection::SetUpStep::Users).await?.unwrap_or_default();
    let what = |subject: Subject, id: &str| {
        log.iter()
            .find(|change| {
                change.subject == subject && change.lever_id == id && change.kind != ChangeKind::Removed
            })
            .map(LeverChange::text)
    };

    let (mut stages, mut reasons) = (Vec::new(), Vec::new());
    let mut everything: Vec<(Place, Option<Target>)> = Vec::new();
    for undecided in undecided_places(tx, &connection).await? {
        let place = undecided.place.place;
        let (rows, subject, chosen, id) = match &place {
            Place::Stage(id) => (&mut stages, Subject::Stage, draft.stages.get(id), id.clone()),
            Place::Archived(id) => (&mut reasons, Subject::Reason, draft.reasons.get(id), id.clone()),
        };
        let target = match chosen {
            Some(code) => Target::from_code(code),
            None => undecided.proposal,
        };
        everything.push((place.clone(), target));
        let alone = save_stages::merged(&map, &[(place.clone(), target)]);
        let here = standings.iter().filter(|standing| standing.truth.place() == place);
        let concerned = standings.iter().filter(|standing| standing.truth.rests_on(&place, &alone));
        let mut text = what(subject, &id)
            .unwrap_or_else(|| format!("{} {} is not mapped.", subject.label(), undecided.place.text));
        if undecided.in_question {
            text.push_str(" What it means here is held until you decide.");
        }
        rows.push(DriftedPlace {
            preview: foresee(concerned, &alone).text(),
            people: here.map(|standing| standing.people).sum(),
            id,
            name: undecided.place.text,
            what: text,
            target,
        });
    }
    let lever_users = store::catalogue::users(tx, organisation, connection.id).await?;
    let mapped = store::user_map::load(tx, organisation).await?;
    let name_of = |id: &str| lever_users.iter().find(|user| user.id == id).map(|user| user.name.as_str());
    let members = undecided_members(tx, &connection, &lever_users)
        .await?
        .into_iter()
        .map(|undecided| {
            let member = undecided.member;
            let what = if undecided.gone {
                let former =
                    mapped.get(&member.id).and_then(|user| name_of(user)).unwrap_or("Their Lever user");
                format!("{former} is deactivated in Lever.")
            } else {
                let proposed = undecided.proposal.as_deref().unwrap_or_default();
                what(Subject::User, proposed).unwrap_or_else(|| "They have no Lever user yet.".to_owned())
            };
            let chosen = drafted.users.get(&member.id.to_string());
            DriftedMember {
                member: member.id,
                name: member.name,
                what,
                lever_user: match chosen {
                    Some(user) => Some(user.clone()).filter(|user| !user.is_empty()),
                    None => undecided.proposal,
                },
                suggested_by: undecided.by.filter(|_| chosen.is_none()),
            }
        })
        .collect();
    let all = save_stages::merged(&map, &everything);
    let moved = standings
        .iter()
        .filter(|standing| everything.iter().any(|(place, _)| standing.truth.rests_on(place, &all)));
    Ok(DriftPage {
        may_apply: actor.role.may(Action::ManageIntegration),
        stages,
        reasons,
        members,
        lever_users: wizard::options(lever_users),
        targets: targets(),
        stages_version: match draft.base {
            Some(base) => base,
            None => map_saves::last(tx, organisation, Map::Stages).await?.map_or(0, |save| save.version),
        },
        users_version: match drafted.base {
            Some(base) => base,
            None => map_saves::last(tx, organisation, Map::Users).await?.map_or(0, |save| save.version),
        },
        preview: foresee(moved, &all).text(),
        log: log.iter().map(|change| (change.text(), services.moment(change.at))).collect(),
    })
}

/// What `map` would make of these people.
pub(super) fn foresee<'a>(people: impl IntoIterator<Item = &'a Standing>, map: &StageMap) -> Preview {
    preview(people.into_iter().map(|alike| (&alike.truth, &alike.belief, alike.people)), map)
}

/// The choices of the screen: Lever's id to a target's code, member to Lever's id.
#[derive(Clone, Debug, Default)]
pub struct DriftForm {
    /// Stages.
    pub stages: BTreeMap<String, String>,
    /// Archive reasons.
    pub reasons: BTreeMap<String, String>,
    /// Members.
    pub users: BTreeMap<String, String>,
    /// Upon which save of the stage map it is based.
    pub stages_version: Option<u32>,
    /// Upon which save of the user map it is based.
    pub users_version: Option<u32>,
}

/// Saves the choices, and applies them to everybody they concern.
///
/// # Errors
/// [`Problem::NotAllowed`]; [`Problem::NotConnected`]; [`Problem::Fields`] with a
/// problem beside each choice that cannot be saved. Then nothing changes but the drafts.
pub async fn apply_drift(services: &Services, actor: &Actor, form: DriftForm) -> Result<()> {
    services.require(actor, Action::ManageIntegration)?;
    let organisation = actor.organisation;
    let mut tx = services.store.begin().await?;
    complete(&mut tx, actor).await?;
    let connection = store::connections::lock(&mut tx, organisation).await?.ok_or(Problem::NotConnected)?;
    let stages =
        save_stages::StagesForm { stages: form.stages, reasons: form.reasons, version: form.stages_version };
    let users = save_users::UsersForm { users: form.users, fallback: None, version: form.users_version };
    let stages = save_stages::check(&mut tx, actor, &connection, stages).await?;
    let users = save_users::check(&mut tx, actor, &connection, users).await?;
    let problems: Vec<_> = stages.problems.iter().chain(&users.problems).cloned().collect();
    if !problems.is_empty() {
        stages.keep_draft(&mut tx, services, actor).await?;
        users.keep_draft(&mut tx, services, actor).await?;
        tx.commit().await?;
        return Err(Problem::Fields(problems).into());
    }
    if !users.is_empty() {
        users.write(&mut tx, services, actor, &connection).await?;
    }
    if !stages.is_empty() {
        stages.write(&mut tx, services, actor, &connection).await?;
    }
    tx.commit().await?;
    services.changes.announce(organisation, Change::Connection);
    services.changes.announce(organisation, Change::Attention);
    services.wake.notify_one();
    Ok(())
}

/// Keeps the choices without saving them: the screen then shows what they would do.
///
/// # Errors
/// [`Problem::NotAllowed`]; [`Problem::NotConnected`].
pub async fn preview_drift(services: &Services, actor: &Actor, form: DriftForm) -> Result<()> {
    services.require(actor, Action::ManageIntegration)?;
    let mut tx = services.store.begin().await?;
    complete(&mut tx, actor).await?;
    let stages =
        StagesDraft { stages: form.stages, reasons: form.reasons, base: form.stages_version, told: None };
    let users = UsersDraft { users: form.users, base: form.users_version, ..UsersDraft::default() };
    stages.keep(&mut tx, services, actor).await?;
    if !users.users.is_empty() {
        users.keep(&mut tx, services, actor).await?;
    }
    tx.commit().await?;
    services.changes.announce(actor.organisation, Change::Connection);
    Ok(())
}

/// The connection, once set-up was completed.
async fn complete(tx: &mut Tx, actor: &Actor) -> Result<Connection> {
    let connection = store::connections::find(tx, actor.organisation).await?.ok_or(Problem::NotConnected)?;
    if !connection.state.accepts_imports() || !progress::is_complete(tx, &connection).await? {
        return Err(Problem::NotConnected.into());
    }
    Ok(connection)
}
