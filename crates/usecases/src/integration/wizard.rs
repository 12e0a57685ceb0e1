//! The wizard at one step.

use std::collections::HashMap;
use std::time::Duration;

use domain::actor::{Action, Actor};
use domain::connection::{LeverEvent, SetUpStep};
use domain::job::Job;
use domain::mapping::{Place, Target};
use domain::problem::Problem;
use domain::time::Timestamp;
use domain::view::{
    ConnectStep, LeverUserOption, LightView, MemberMapRow, PlaceRow, SecretView, StagesStep, UsersStep,
    Wizard,
};
use store::Tx;
use store::catalogue::LeverUser;
use store::connections::Connection;
use store::lights::LightRow;
use store::map_saves::Map;
use store::opportunities::Crowd;

use super::progress::ConnectDraft;
use super::save_stages::StagesDraft;
use super::save_users::UsersDraft;
use super::{drift, progress, save_stages, secrets, suggest};
use crate::moment::ago;
use crate::{Result, Services};

/// How many names the preview of a stage shows.
const NAMES: u32 = 3;
/// How old the picture of the Lever account may be for somebody who maps.
const OLD: Duration = Duration::from_secs(60);

/// The step asked for, or where to go when it is too early. The first look
/// creates the connection with its webhook address. Admins may look at the
/// maps; only a Super Admin sees the first step.
///
/// # Errors
/// [`Problem::NotAllowed`]; [`Problem::NotConnected`] for an Admin while there
/// is nothing to look at yet.
pub async fn wizard(services: &Services, actor: &Actor, step: SetUpStep) -> Result<Wizard> {
    let needed = match step {
        SetUpStep::Connect => Action::ManageIntegration,
        SetUpStep::Users | SetUpStep::Stages => Action::ReadMaps,
    };
    services.require(actor, needed)?;
    let connection = if actor.role.may(Action::ManageIntegration) {
        let connection = progress::ensure(services, actor).await?;
        let first = progress::first_unfinished(&connection);
        if step > first {
            return Ok(Wizard::Elsewhere { step: first });
        }
        connection
    } else {
        let mut tx = services.store.read().await?;
        let connection = store::connections::find(&mut tx, actor.organisation)
            .await?
            .filter(|connection| connection.step > SetUpStep::Connect)
            .ok_or(Problem::NotConnected)?;
        if step > connection.step {
            return Ok(Wizard::Elsewhere { step: connection.step });
        }
        connection
    };
    if step > SetUpStep::Connect {
        refresh_if_old(services, &connection).await?;
    }
    let mut tx = services.store.read().await?;
    Ok(match step {
        SetUpStep::Connect => Wizard::Connect(connect(&mut tx, services, actor, &connection).await?),
        SetUpStep::Users => Wizard::Users(users(&mut tx, actor, &connection).await?),
        SetUpStep::Stages => Wizard::Stages(stages(&mut tx, actor, &connection).await?),
    })
}

/// Whoever maps should see Lever as it is: what was read a while ago is read
/// again. Open screens are told when that brought something new.
pub(super) async fn refresh_if_old(services: &Services, connection: &Connection) -> Result<()> {
    let now = services.now();
    let old = connection.catalogue_read_at.is_none_or(|at| now.since(at) > OLD);
    if !old || !connection.state.accepts_imports() {
        return Ok(());
    }
    let mut tx = services.store.begin().await?;
    let job = Job::RefreshCatalogue { connection: connection.id };
    store::jobs::enqueue(&mut tx, connection.organisation, &job, services.new_id(), now, now).await?;
    tx.commit().await?;
    services.wake.notify_one();
    Ok(())
}

async fn connect(
    tx: &mut Tx,
    services: &Services,
    actor: &Actor,
    connection: &Connection,
) -> Result<ConnectStep> {
    let organisation =
        store::organisations::get(tx, connection.organisation).await?.ok_or(Problem::NotFound)?;
    let environments = progress::offered(services, &organisation);
    let draft: Option<ConnectDraft> = progress::draft(tx, actor, SetUpStep::Connect).await?;
    let draft = draft.unwrap_or_default();
    let environment = draft
        .environment
        .filter(|chosen| environments.contains(chosen))
        .or_else(|| Some(connection.environment).filter(|stored| environments.contains(stored)))
        .or_else(|| environments.first().copied())
        .unwrap_or(connection.environment);
    let key = match (&connection.key_ends_in, connection.key_set_at) {
        (Some(ends_in), Some(since)) if secrets::base_url_of(services, connection).is_some() => {
            Some(SecretView { ends_in: ends_in.clone(), since: services.moment(since) })
        }
        _ => None,
    };
    let tokens = store::signing_tokens::live(tx, connection.organisation, connection.id, services.now())
        .await?
        .into_iter()
        .filter(|token| token.retired_at.is_none())
        .map(|token| SecretView { ends_in: token.ends_in, since: services.moment(token.created_at) })
        .collect();
    let lights = store::lights::list(tx, connection.organisation, connection.id).await?;
    Ok(ConnectStep {
        key,
        tokens,
        environment,
        environments,
        webhook_url: secrets::webhook_url(services, connection)?,
        webhook_settings_url: services.lever.webhook_settings_url(environment),
        lights: articles_lights(services, &lights, false),
        permissions: if draft.permissions.is_empty() {
            progress::permissions(connection)?
        } else {
            draft.permissions
        },
        reconnecting: progress::is_complete(tx, connection).await?,
    })
}

/// As [`light_views`], the three of the article: that of deletions is a matter for the page
/// about receiving.
pub(super) fn articles_lights(services: &Services, lights: &[LightRow], beat: bool) -> Vec<LightView> {
    let mut views = light_views(services, lights, beat);
    views.retain(|view| LeverEvent::ALL.contains(&view.event));
    views
}

/// The lights as people see them; after set-up they beat, from the first real event on.
pub(super) fn light_views(services: &Services, lights: &[LightRow], beat: bool) -> Vec<LightView> {
    lights
        .iter()
        .map(|light| LightView {
            event: light.event,
            light: light.light,
            at: light.at.map(|at| services.moment(at)),
            last_event: light.last_event_at.map(|at| services.moment(at)),
            heard: (beat && light.last_event_at.is_some()).then(|| heard(light, services.now())),
        })
        .collect()
}

/// `last real event 3 minutes ago`.
pub(super) fn heard(light: &LightRow, now: Timestamp) -> String {
    match light.last_event_at {
        Some(at) => format!("last real event {}", ago(at, now)),
        None => "no real event yet".to_owned(),
    }
}

async fn users(tx: &mut Tx, actor: &Actor, connection: &Connection) -> Result<UsersStep> {
    let lever_users = store::catalogue::users(tx, connection.organisation, connection.id).await?;
    let draft: Option<UsersDraft> = progress::draft(tx, actor, SetUpStep::Users).await?;
    let fallback = match &draft {
        Some(draft) => draft.fallback.clone(),
        None => connection.fallback_user.clone(),
    };
    let members = suggest::users(tx, connection, &lever_users)
        .await?
        .into_iter()
        .map(|choice| {
            let drafted = draft.as_ref().and_then(|draft| draft.users.get(&choice.member.id.to_string()));
            let (lever_user, suggested_by) = match drafted {
                Some(chosen) => (Some(chosen.clone()).filter(|chosen| !chosen.is_empty()), None),
                None => (choice.lever_user, choice.suggested_by),
            };
            MemberMapRow {
                member: choice.member.id,
                name: choice.member.name,
                email: choice.member.email,
                lever_user,
                suggested_by,
            }
        })
        .collect();
    let version = match draft.as_ref().and_then(|draft| draft.base) {
        Some(base) => base,
        None => last_save(tx, connection, Map::Users).await?,
    };
    Ok(UsersStep { members, lever_users: options(lever_users), fallback, version })
}

/// The users of the account as choices.
pub(super) fn options(lever_users: Vec<LeverUser>) -> Vec<LeverUserOption> {
    lever_users
        .into_iter()
        .map(|user| LeverUserOption {
            label: if user.email.is_empty() { user.name } else { format!("{} ({})", user.name, user.email) },
            id: user.id,
            active: user.active,
        })
        .collect()
}

async fn last_save(tx: &mut Tx, connection: &Connection, map: Map) -> Result<u32> {
    let last = store::map_saves::last(tx, connection.organisation, map).await?;
    Ok(last.map_or(0, |save| save.version))
}

async fn stages(tx: &mut Tx, actor: &Actor, connection: &Connection) -> Result<StagesStep> {
    let draft: Option<StagesDraft> = progress::draft(tx, actor, SetUpStep::Stages).await?;
    let preview = match &draft {
        Some(draft) => {
            let saved = store::stage_map::load(tx, connection.organisation).await?;
            let everybody = store::opportunities::standings(tx, connection.organisation, None).await?;
            let choices = draft.choices();
            let map = save_stages::merged(&saved, &choices);
            let changed: Vec<&Place> = choices
                .iter()
                .map(|(place, _)| place)
                .filter(|place| saved.target(place) != map.target(place))
                .collect();
            // Those whom saving looks at again: who is concerned, and who is held.
            let concerned = everybody.iter().filter(|standing| {
                saved.target(&standing.truth.place()).is_none()
                    || changed.iter().any(|place| standing.truth.rests_on(place, &map))
            });
            Some(drift::foresee(concerned, &map).text())
        }
        None => None,
    };
    let draft = draft.unwrap_or_default();
    let mut crowds: HashMap<Place, Crowd> = store::opportunities::crowds(tx, connection.organisation, NAMES)
        .await?
        .into_iter()
        .map(|crowd| (crowd.place.clone(), crowd))
        .collect();
    let (mut stages, mut reasons) = (Vec::new(), Vec::new());
    for choice in suggest::places(tx, connection).await? {
        let crowd = crowds.remove(&choice.place.place);
        let (rows, drafted, id) = match &choice.place.place {
            Place::Stage(id) => (&mut stages, draft.stages.get(id), id.clone()),
            Place::Archived(id) => (&mut reasons, draft.reasons.get(id), id.clone()),
        };
        // A stage that Lever lists no more matters only while somebody is in it.
        if !choice.place.active && matches!(choice.place.place, Place::Stage(_)) && crowd.is_none() {
            continue;
        }
        let (target, suggested) = match drafted {
            Some(code) => (Target::from_code(code), false),
            None => (choice.target, choice.suggested),
        };
        rows.push(PlaceRow {
            id,
            text: choice.place.text,
            target,
            suggested,
            people: crowd.as_ref().map_or(0, |crowd| crowd.people),
            names: crowd.map_or_else(Vec::new, |crowd| crowd.names),
            active: choice.place.active,
        });
    }
    let version = match draft.base {
        Some(base) => base,
        None => last_save(tx, connection, Map::Stages).await?,
    };
    Ok(StagesStep { stages, reasons, targets: drift::targets(), version, preview })
}
