//! A connected world with a recruiter, a candidate who has answered, and the
//! practice Lever to look at.

#![allow(dead_code)]

use std::time::Duration;

use domain::actor::{Actor, Role};
use domain::attention::AttentionKind;
use domain::ids::CandidateId;
use domain::job::Priority;
use domain::status::Status;
use domain::view::{AttentionRow, CandidateProfile, ImportView};
use lever::{BaseUrl, CircuitConfig, RateConfig};
use lever_sim::testing::Running;
use lever_sim::{Fault, FaultKind, When};
use serde_json::Value;
use store::imports::Import;
use store::jobs::Claimed;
use store::testing::Fresh;
use usecases::{LeverAccess, Services, Settings, Timing};

use crate::lever_world::*;
use crate::support::{START, World, answered_candidate, settings, world_on};

/// Everything a story about the way into Lever needs.
pub(crate) struct Scene {
    pub(crate) lever: Running,
    pub(crate) world: World,
    /// A Super Admin.
    pub(crate) admin: Actor,
    /// A recruiter who is mapped to Lever's user *Ana Ruiz*.
    pub(crate) ana: Actor,
    /// An Admin who is mapped to a Lever user as well.
    pub(crate) lee: Actor,
    /// A candidate to whom Ana wrote and who has answered.
    pub(crate) jo: CandidateId,
}

/// Short deadlines, so that a story about one need not wait long for it.
pub(crate) fn quick() -> Settings {
    let timing = Timing { lever_deadline: Duration::from_millis(700), ..Timing::default() };
    Settings { timing, ..settings() }
}

pub(crate) async fn scene() -> Scene {
    scene_on(store::testing::sqlite().await).await
}

pub(crate) async fn scene_on(fresh: Fresh) -> Scene {
    scene_at_rate(fresh, RateConfig::default()).await
}

/// A scene in which each key may be used so fast.
pub(crate) async fn scene_at_rate(fresh: Fresh, rate: RateConfig) -> Scene {
    scene_with(fresh, quick(), rate).await
}

/// Rests that a story need not wait long for.
pub(crate) fn quick_circuit() -> CircuitConfig {
    let first_rest = Duration::from_millis(2);
    CircuitConfig { first_rest, longest_rest: first_rest, ..CircuitConfig::default() }
}

/// A scene on this database, in an installation that is set like this and where
/// each key may be used so fast.
pub(crate) async fn scene_with(fresh: Fresh, settings: Settings, rate: RateConfig) -> Scene {
    let lever = lever().await;
    let behaviour = lever_sim::Behaviour { rate_per_second: 1000.0, rate_burst: 1000.0, ..lever.behaviour() };
    lever.set_behaviour(behaviour).await.unwrap();
    lever.freeze(Some(START.0)).await.unwrap();
    let base = BaseUrl::parse_override(&lever.api_url).unwrap();
    let transport = lever::Transport::new(settings.timing.lever_deadline).unwrap();
    let world = world_on(
        fresh,
        settings,
        LeverAccess::at_rate(transport, Some(base), None, rate).with_circuit(quick_circuit()),
    );
    let ana = named_member(&world, "Ana Ruiz", "ana@demo.example", Role::Recruiter).await;
    let lee = named_member(&world, "Lee Lead", "lead@demo.example", Role::Admin).await;
    let admin = connected(&world).await;
    work(&world).await;
    let jo = answered_candidate(&world, &ana, "Jo Park").await;
    lever.forget_received();
    let scene = Scene { lever, world, admin, ana, lee, jo };
    // What comes next is later than what was set up.
    scene.step(Duration::from_secs(1)).await;
    scene
}

impl Scene {
    pub(crate) fn services(&self) -> &Services {
        &self.world.services
    }

    /// One click of Ana.
    pub(crate) async fn click(&self) {
        usecases::imports::request(self.services(), &self.ana, self.jo).await.unwrap();
    }

    pub(crate) async fn profile(&self) -> CandidateProfile {
        usecases::candidates::profile(self.services(), &self.ana, self.jo).await.unwrap()
    }

    pub(crate) async fn import(&self) -> ImportView {
        self.profile().await.row.import
    }

    pub(crate) async fn status(&self) -> Status {
        self.profile().await.row.status
    }

    /// The stored import.
    pub(crate) async fn row(&self) -> Import {
        let mut tx = self.services().store.read().await.unwrap();
        store::imports::by_candidate(&mut tx, self.ana.organisation, self.jo).await.unwrap().unwrap()
    }

    /// The open attention items an Admin sees.
    pub(crate) async fn attention(&self) -> Vec<AttentionRow> {
        usecases::attention::list(self.services(), &self.admin, "").await.unwrap().items.rows
    }

    pub(crate) async fn asked_about(&self, kind: AttentionKind) -> Option<AttentionRow> {
        self.attention().await.into_iter().find(|row| row.kind == kind)
    }

    /// Moves both clocks on.
    pub(crate) async fn step(&self, by: Duration) {
        self.world.clock.step(by);
        self.lever.step(i64::try_from(by.as_millis()).unwrap()).await.unwrap();
    }

    /// Works and lets time pass until nothing is queued for the next day.
    pub(crate) async fn settle(&self) {
        for _ in 0..400 {
            work(&self.world).await;
            let mut tx = self.services().store.read().await.unwrap();
            let soon = self.services().now() + Duration::from_secs(86_400);
            if store::jobs::count_live(&mut tx, self.ana.organisation, soon).await.unwrap() == 0 {
                return;
            }
            drop(tx);
            self.step(Duration::from_secs(1)).await;
        }
        panic!("it does not come to an end: {:?}", self.row().await);
    }

    /// Claims the next job as a worker that is then lost.
    pub(crate) async fn lost_worker(&self) -> Claimed {
        let mut tx = self.services().store.begin().await.unwrap();
        let lease = self.services().settings.timing.lease;
        let now = self.services().now();
        let claimed =
            store::jobs::claim(&mut tx, "lost", now, lease, Priority::Background).await.unwrap().unwrap();
        tx.commit().await.unwrap();
        claimed
    }

    /// The opportunities in Lever, without deleted ones.
    pub(crate) fn in_lever(&self) -> Vec<Value> {
        self.lever.opportunities().into_iter().filter(|found| found.get("deletedAt").is_none()).collect()
    }

    /// The one opportunity in Lever.
    pub(crate) fn only(&self) -> Value {
        let mut found = self.in_lever();
        assert_eq!(found.len(), 1, "exactly one opportunity: {found:#?}");
        found.remove(0)
    }

    pub(crate) fn only_id(&self) -> String {
        self.only()["id"].as_str().unwrap().to_owned()
    }

    /// The names of the endpoints asked so far.
    pub(crate) fn asked(&self) -> Vec<String> {
        self.lever.received().into_iter().filter_map(|received| received.endpoint).collect()
    }

    pub(crate) fn times_asked(&self, endpoint: &str) -> usize {
        self.asked().iter().filter(|asked| *asked == endpoint).count()
    }

    /// The next calls of an endpoint go wrong.
    pub(crate) async fn fault(&self, endpoint: &str, kind: FaultKind, times: u32) {
        self.lever.set_faults(vec![Fault::new(endpoint, kind, When::Count(times))]).await.unwrap();
    }

    /// Imported, with nothing special about it.
    pub(crate) async fn import_jo(&self) -> String {
        self.click().await;
        work(&self.world).await;
        let id = self.only_id();
        assert!(matches!(self.import().await, ImportView::Imported { .. }));
        id
    }

    /// A client of Lever beside ours.
    pub(crate) fn client(&self) -> lever::Client {
        let base = BaseUrl::parse_override(&self.lever.api_url).unwrap();
        self.services().lever.client(&base, KEY.into())
    }

    /// Somebody makes an opportunity in Lever by hand.
    pub(crate) async fn made_in_lever(&self, new: lever::NewOpportunity) -> String {
        let users = self.client().users(lever::UserFilter::default()).await.unwrap();
        self.client().create_opportunity(&new, &users[0].id).await.unwrap().opportunity.id
    }

    /// Somebody with Jo's address is in Lever already.
    pub(crate) async fn known_in_lever(&self) -> String {
        let new = lever::NewOpportunity {
            name: "Jo P.".into(),
            emails: vec!["JO.PARK@people.example".into()],
            stage: Some("offer".into()),
            ..lever::NewOpportunity::default()
        };
        let id = self.made_in_lever(new).await;
        self.lever.forget_received();
        id
    }

    /// A second later tells of a change by a signed delivery, and works it off.
    pub(crate) async fn deliver(&self, opportunity: &str, number: u64) {
        self.step(Duration::from_secs(1)).await;
        let path = webhook_path(&self.world, &self.admin).await;
        let receipt = post(&self.world, &path, &stage_change(TOKEN, opportunity, number)).await;
        assert_eq!(receipt, usecases::webhooks::Receipt::Accepted);
        work(&self.world).await;
    }
}
