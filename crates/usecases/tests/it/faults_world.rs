//! Both sides at work over HTTP: the real use cases and worker here, the
//! practice Lever there, deliveries from there to an address of ours. What is
//! judged is the far side: what Lever has, and whether we say the same.

use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::Duration;

use axum::Router;
use axum::body::Bytes;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::routing::post;
use domain::attention::AttentionKind;
use domain::connection::LeverEvent;
use domain::ids::CandidateId;
use domain::import::ImportState;
use domain::status::Status;
use lever::RateConfig;
use serde_json::{Value, json};
use store::imports::{Import, Note};
use store::testing::Fresh;
use tokio::net::TcpListener;
use usecases::webhooks::{Receipt, receive};
use usecases::{Services, Settings, Timing, integration, worker};

use crate::lever_world::*;
use crate::scene::{Scene, quick, scene_with};
use crate::support::answered_candidate;

/// As fast as the practice Lever may be asked here.
const RATE: RateConfig = RateConfig { per_second: 1000.0, burst: 1000 };

/// What befalls the answers to Lever's deliveries, one in five of them.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Answers {
    /// Nothing.
    Arrive,
    /// The delivery was not taken: the store was busy.
    Refuse,
    /// The delivery was taken, and Lever does not learn of it.
    GetLost,
}

/// The address that Lever delivers to.
#[derive(Clone)]
struct Receiver {
    services: Services,
    answers: Answers,
    count: Arc<AtomicU32>,
}

impl Receiver {
    async fn take(State(this): State<Self>, Path(path): Path<String>, body: Bytes) -> StatusCode {
        let fails = this.count.fetch_add(1, Ordering::SeqCst) % 5 == 1;
        if fails && this.answers == Answers::Refuse {
            return StatusCode::SERVICE_UNAVAILABLE;
        }
        let receipt = receive(&this.services, &path, &body).await;
        if fails && this.answers == Answers::GetLost {
            return StatusCode::BAD_GATEWAY;
        }
        match receipt {
            Receipt::Accepted => StatusCode::OK,
            Receipt::Malformed => StatusCode::BAD_REQUEST,
            Receipt::NotVerified => StatusCode::UNAUTHORIZED,
            Receipt::UnknownConnection => StatusCode::NOT_FOUND,
            Receipt::Busy => StatusCode::SERVICE_UNAVAILABLE,
        }
    }
}

/// A candidate who has answered.
pub(crate) struct Person {
    pub(crate) id: CandidateId,
    email: String,
}

/// A scene whose Lever delivers for itself, with several candidates.
pub(crate) struct FaultsWorld {
    pub(crate) scene: Scene,
    pub(crate) people: Vec<Person>,
}

impl FaultsWorld {
    /// With `count` candidates of Ana's, connected, the webhooks registered.
    pub(crate) async fn new(fresh: Fresh, count: usize, answers: Answers) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let timing = Timing { lever_deadline: Duration::from_millis(400), ..quick().timing };
        let public_url = format!("http://{}", listener.local_addr().unwrap());
        let scene = scene_with(fresh, Settings { public_url, timing, ..quick() }, RATE).await;
        let receiver = Receiver { services: scene.services().clone(), answers, count: Arc::default() };
        let routes = Router::new().route("/webhooks/lever/{path}", post(Receiver::take)).with_state(receiver);
        tokio::spawn(async move { axum::serve(listener, routes).await.unwrap() });

        let behaviour =
            lever_sim::Behaviour { retry_mode: lever_sim::RetryMode::Fast, ..scene.lever.behaviour() };
        scene.lever.set_behaviour(behaviour).await.unwrap();
        for event in LeverEvent::ALL {
            let path = format!("events/{}", event.code());
            practice(&scene.lever, "PUT", &path, &json!({ "on": true })).await;
        }
        // On a busy machine it may take longer than the short deadline: pressed again, it goes on.
        while integration::register_webhooks(scene.services(), &scene.admin).await.is_err() {}
        work(&scene.world).await;

        let mut people = vec![Person { id: scene.jo, email: "jo.park@people.example".into() }];
        for number in 1..count {
            let name = format!("Sam Number{number}");
            let id = answered_candidate(&scene.world, &scene.ana, &name).await;
            people.push(Person { id, email: format!("sam.number{number}@people.example") });
        }
        scene.lever.forget_received();
        Self { scene, people }
    }

    /// Ana clicks on everybody.
    pub(crate) async fn click_all(&self) {
        for person in &self.people {
            usecases::imports::request(self.scene.services(), &self.scene.ana, person.id).await.unwrap();
        }
    }

    /// The opportunities in Lever of one candidate.
    pub(crate) fn of(&self, person: &Person) -> Vec<Value> {
        let theirs =
            |found: &Value| found["emails"].as_array().is_some_and(|all| all.contains(&json!(person.email)));
        self.scene.in_lever().into_iter().filter(theirs).collect()
    }

    /// The one opportunity of a candidate, by its place in the list.
    pub(crate) fn only_of(&self, number: usize) -> String {
        let found = self.of(&self.people[number]);
        assert_eq!(found.len(), 1, "exactly one opportunity: {found:#?}");
        found[0]["id"].as_str().unwrap().to_owned()
    }

    pub(crate) async fn status_of(&self, person: &Person) -> Status {
        let scene = &self.scene;
        usecases::candidates::profile(scene.services(), &scene.ana, person.id).await.unwrap().row.status
    }

    /// The stored import of a candidate.
    pub(crate) async fn import_of(&self, person: &Person) -> Import {
        let mut tx = self.scene.services().store.read().await.unwrap();
        store::imports::by_candidate(&mut tx, self.scene.ana.organisation, person.id).await.unwrap().unwrap()
    }

    /// Time passes until Lever has made every delivery, or given it up.
    pub(crate) async fn deliver_all(&self) {
        tokio::time::timeout(Duration::from_secs(20), async {
            let due = |delivery: &Value| {
                (delivery["progress"]["is"] == "pending")
                    .then(|| delivery["progress"]["due"].as_i64().unwrap())
            };
            while let Some(next) = self.scene.lever.deliveries().iter().filter_map(due).min() {
                let now = self.scene.lever.step(0).await.unwrap();
                match u64::try_from(next - now) {
                    Ok(wait) if wait > 0 => self.scene.step(Duration::from_millis(wait)).await,
                    // It is under way.
                    _ => tokio::time::sleep(Duration::from_millis(2)).await,
                }
            }
        })
        .await
        .expect("every delivery is made");
    }

    /// Everything on its way arrives, and is worked off.
    pub(crate) async fn settle(&self) {
        self.deliver_all().await;
        self.scene.settle().await;
        // What was worked off may have changed Lever.
        self.deliver_all().await;
        self.scene.settle().await;
    }

    /// The next run by the clock.
    pub(crate) async fn reconcile(&self) {
        self.scene.step(self.scene.services().settings.timing.reconcile_every).await;
        worker::tick(self.scene.services()).await.unwrap();
        self.settle().await;
    }

    /// Everybody is in Lever exactly once, as they should be, and the import
    /// knows which opportunity it is.
    pub(crate) async fn all_imported_once(&self) {
        for (number, person) in self.people.iter().enumerate() {
            let id = self.only_of(number);
            let import = self.import_of(person).await;
            assert_eq!((import.state, import.opportunity.as_ref()), (ImportState::Imported, Some(&id)));
            let found = &self.of(person)[0];
            assert_eq!(found["sources"], json!(["CodeSignal"]));
            assert_eq!(found["creator"], "Ana Ruiz");
            assert_eq!(found["origin"], "sourced");
            assert_eq!(found["tags"], json!([import.marker]));
            assert_eq!(found["stageChanges"][0]["toStageId"], "lead-new");
            let notes = found["notes"].as_array().unwrap().len();
            assert_eq!((import.note, notes), (Note::Written, 1), "one note, neither none nor two");
        }
        assert_eq!(self.scene.in_lever().len(), self.people.len(), "and nobody else");
    }

    /// Every status equals what Lever has, and nobody is asked for anything.
    pub(crate) async fn all_as(&self, expected: &[Status]) {
        for (person, expected) in self.people.iter().zip(expected) {
            assert_eq!(self.status_of(person).await, *expected, "{}: {:#?}", person.email, self.of(person));
        }
        assert_eq!(self.scene.attention().await, []);
        let mut tx = self.scene.services().store.read().await.unwrap();
        let dead = store::jobs::dead(&mut tx, self.scene.ana.organisation, 10).await.unwrap();
        assert_eq!(dead, []);
    }

    /// How often an item of this kind was raised, open and resolved ones together.
    pub(crate) async fn raised(&self, kind: AttentionKind) -> u32 {
        let mut tx = self.scene.services().store.read().await.unwrap();
        let sql = "select count(*) as items from attention_items where organisation_id = $1 and kind = $2";
        let row = tx.one(sql, store::args![self.scene.ana.organisation, kind]).await.unwrap();
        row.get("items").unwrap()
    }
}
