//! What every story needs: services on a database of its own, a clock that
//! stands still until it is stepped, and randomness that repeats.

use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use domain::actor::{Actor, Role};
use domain::ids::{CandidateId, MemberId, OrganisationId};
use domain::problem::Problem;
use domain::time::Timestamp;
use domain::view::CandidateFilter;
use lever::{BaseUrl, Transport};
use store::members::Member;
use store::organisations::Organisation;
use store::testing::Fresh;
use usecases::candidates::CandidateForm;
use usecases::webhooks::{Inbox, Unverified};
use usecases::{
    CapabilityKey, Changes, Ids, LeverAccess, Mailer, Practice, SealingKey, SeededRandom, Services, Settings,
    SteppedClock, Timing, Vault,
};

/// 2026-11-23T20:22:00Z
pub(crate) const START: Timestamp = Timestamp(1_795_465_320_000);

/// Nobody listens there: port 9 of this machine is closed.
pub(crate) const DEAD_LEVER: &str = "http://127.0.0.1:9";

/// Services on a database of their own.
pub(crate) struct World {
    /// What the use cases get.
    pub(crate) services: Services,
    /// Their clock.
    pub(crate) clock: Arc<SteppedClock>,
    /// Their database, gone when dropped.
    _fresh: Fresh,
    organisation: Mutex<Option<OrganisationId>>,
    numbers: AtomicU64,
}

/// How the installation of a story is set, unless it says otherwise.
pub(crate) fn settings() -> Settings {
    Settings {
        public_url: "http://127.0.0.1:3000".into(),
        platform: "CodeSignal".into(),
        demo: false,
        timing: Timing::default(),
    }
}

/// A world on SQLite whose Lever cannot be reached.
pub(crate) async fn world() -> World {
    world_with(settings(), BaseUrl::parse_override(DEAD_LEVER).unwrap()).await
}

/// A world in demo mode whose practice Lever cannot be reached.
pub(crate) async fn demo_world() -> World {
    let practice = Practice {
        base_url: BaseUrl::parse_override(DEAD_LEVER).unwrap(),
        key: None,
        switches: usecases::PracticeSwitches::default(),
    };
    world_on(
        store::testing::sqlite().await,
        Settings { demo: true, ..settings() },
        LeverAccess::new(Transport::new(Duration::from_secs(5)).unwrap(), None, Some(practice)),
    )
}

/// A world on SQLite with Lever at `base_url`.
pub(crate) async fn world_with(settings: Settings, base_url: BaseUrl) -> World {
    let transport = Transport::new(settings.timing.lever_deadline).unwrap();
    let lever = LeverAccess::new(transport, Some(base_url), None);
    world_on(store::testing::sqlite().await, settings, lever)
}

/// A world on PostgreSQL whose Lever cannot be reached.
pub(crate) async fn postgres_world() -> World {
    let settings = settings();
    let transport = Transport::new(settings.timing.lever_deadline).unwrap();
    let lever = LeverAccess::new(transport, Some(BaseUrl::parse_override(DEAD_LEVER).unwrap()), None);
    world_on(store::testing::postgres().await, settings, lever)
}

/// A world on this database, with this way to Lever.
pub(crate) fn world_on(fresh: Fresh, settings: Settings, lever: LeverAccess) -> World {
    let random = Arc::new(SeededRandom::new(7));
    let key = SealingKey::generate(&*random);
    let clock = Arc::new(SteppedClock::new(START));
    let services = Services {
        store: fresh.store.clone(),
        vault: Vault::new(key.clone()),
        capabilities: CapabilityKey::new(key),
        lever,
        mail: Mailer::default(),
        changes: Changes::default(),
        clock: clock.clone(),
        ids: Ids::default(),
        random,
        settings: Arc::new(settings),
        inbox: Inbox::default(),
        unverified: Unverified::default(),
        wake: Arc::default(),
    };
    World { services, clock, _fresh: fresh, organisation: Mutex::default(), numbers: AtomicU64::new(1) }
}

impl World {
    /// A number not given before.
    pub(crate) fn number(&self) -> u64 {
        self.numbers.fetch_add(1, Ordering::SeqCst)
    }
}

/// Another organisation.
pub(crate) async fn another_organisation(world: &World) -> OrganisationId {
    let organisation = Organisation {
        id: world.services.new_id(),
        name: format!("Organisation {}", world.number()),
        practice: world.services.settings.demo,
        created_at: world.services.now(),
    };
    let mut tx = world.services.store.begin().await.unwrap();
    store::organisations::insert(&mut tx, &organisation).await.unwrap();
    tx.commit().await.unwrap();
    organisation.id
}

/// The organisation of the story, made when asked for first.
pub(crate) async fn organisation(world: &World) -> OrganisationId {
    let known = *world.organisation.lock().unwrap();
    match known {
        Some(organisation) => organisation,
        None => {
            let organisation = another_organisation(world).await;
            *world.organisation.lock().unwrap() = Some(organisation);
            organisation
        }
    }
}

/// A new member of the story's organisation; nobody knows the password.
pub(crate) async fn member(world: &World, role: Role) -> Actor {
    let organisation = organisation(world).await;
    member_of(world, organisation, role).await
}

/// A new member of that organisation; nobody knows the password.
pub(crate) async fn member_of(world: &World, organisation: OrganisationId, role: Role) -> Actor {
    let number = world.number();
    let member = Member {
        id: world.services.new_id::<MemberId>(),
        organisation,
        email: format!("member{number}@acme.example"),
        name: format!("Member {number}"),
        role,
        active: true,
        created_at: world.services.now(),
    };
    let mut tx = world.services.store.begin().await.unwrap();
    store::members::insert(&mut tx, &member, "").await.unwrap();
    tx.commit().await.unwrap();
    Actor { organisation, member: member.id, role, name: member.name, email: member.email }
}

/// A candidate added by `actor`; the address is made from the name.
pub(crate) async fn candidate(world: &World, actor: &Actor, name: &str) -> CandidateId {
    let form = CandidateForm {
        name: name.into(),
        email: format!("{}@people.example", name.to_lowercase().replace(' ', ".")),
        ..CandidateForm::default()
    };
    usecases::candidates::add(&world.services, actor, form).await.unwrap()
}

/// The secret part of the newest reply link that `actor` may see.
pub(crate) async fn reply_token(world: &World, actor: &Actor, candidate: CandidateId) -> String {
    let profile = usecases::candidates::profile(&world.services, actor, candidate).await.unwrap();
    let url = profile.thread.iter().rev().find_map(|message| message.reply_url.clone()).unwrap();
    url.rsplit('/').next().unwrap().to_owned()
}

/// A candidate whom `actor` wrote to and who has answered.
pub(crate) async fn answered_candidate(world: &World, actor: &Actor, name: &str) -> CandidateId {
    let candidate = candidate(world, actor, name).await;
    let text = "Would you like to talk?";
    usecases::candidates::send_message(&world.services, actor, candidate, text).await.unwrap();
    let token = reply_token(world, actor, candidate).await;
    usecases::replies::answer(&world.services, &token, "Yes, gladly.").await.unwrap();
    candidate
}

/// What a person is shown instead of the result.
pub(crate) fn problem<T: std::fmt::Debug>(result: usecases::Result<T>) -> Problem {
    result.unwrap_err().problem().clone()
}

/// Everybody in the list, as `actor` sees it.
pub(crate) async fn listed_names(world: &World, actor: &Actor, search: &str) -> Vec<String> {
    let filter = CandidateFilter { search: search.into(), ..CandidateFilter::default() };
    let page = usecases::candidates::list(&world.services, actor, &filter).await.unwrap();
    page.rows.into_iter().map(|row| row.name).collect()
}
