//! Two server processes on one database: together they make one opportunity,
//! and use a key no faster than one may.

use std::sync::Arc;
use std::time::{Duration, Instant};

use domain::attention::AttentionKind;
use domain::ids::CandidateId;
use domain::import::{BulkState, ImportState};
use domain::view::ImportView;
use lever::{BaseUrl, CircuitConfig, RateConfig, Transport};
use lever_sim::{Fault, FaultKind, When};
use store::imports::Note;
use usecases::imports::bulk::{self, Whom};
use usecases::{Changes, Ids, LeverAccess, Services, SystemClock, imports, worker};

use crate::lever_world::*;
use crate::scene::{Scene, scene, scene_at_rate, scene_on};
use crate::support::answered_candidate;

const FAST: RateConfig = RateConfig { per_second: 500.0, burst: 500 };

/// Another process on the scene's database: it shares nothing else.
fn another(scene: &Scene, rate: RateConfig) -> Services {
    let services = scene.services().clone();
    let transport = Transport::new(services.settings.timing.lever_deadline).unwrap();
    let base = BaseUrl::parse_override(&scene.lever.api_url).unwrap();
    let lever = LeverAccess::at_rate(transport, Some(base), None, rate)
        .sharing(&services.store, services.clock.clone());
    Services { lever, changes: Changes::default(), ids: Ids::default(), wake: Arc::default(), ..services }
}

/// Waits for the practice Lever to be asked.
async fn asked(scene: &Scene, endpoint: &str) {
    tokio::time::timeout(Duration::from_secs(10), async {
        while scene.times_asked(endpoint) == 0 {
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
    })
    .await
    .expect("Lever is asked");
}

async fn one_opportunity_and_one_note(scene: &Scene) {
    assert!(matches!(scene.import().await, ImportView::Imported { .. }));
    assert_eq!(scene.only()["notes"].as_array().unwrap().len(), 1);
    assert_eq!(scene.times_asked("opportunities.create"), 1);
    assert_eq!(scene.row().await.state, ImportState::Imported);
    assert_eq!(scene.row().await.note, Note::Written);
}

#[tokio::test]
async fn a_holder_that_stalls_before_it_writes_writes_nothing() {
    for fresh in [store::testing::sqlite().await, store::testing::postgres().await] {
        let scene = scene_on(fresh).await;
        let (a, b) = (another(&scene, FAST), another(&scene, FAST));
        scene.fault("opportunities.list", FaultKind::SlowAnswer { delay_ms: 500 }, 1).await;
        scene.click().await;
        let stalled = tokio::spawn(async move { worker::step(&a).await });
        asked(&scene, "opportunities.list").await;
        // Its lease runs out meanwhile, and another process does the work.
        scene.step(scene.services().settings.timing.lease).await;
        worker::drain(&b).await.unwrap();
        one_opportunity_and_one_note(&scene).await;
        stalled.await.unwrap().unwrap();
        scene.settle().await;
        one_opportunity_and_one_note(&scene).await;
        scene.services().store.close().await;
    }
}

#[tokio::test]
async fn a_holder_that_wakes_with_an_answer_finds_it_adopted() {
    for fresh in [store::testing::sqlite().await, store::testing::postgres().await] {
        let scene = scene_on(fresh).await;
        let (a, b) = (another(&scene, FAST), another(&scene, FAST));
        scene.fault("opportunities.create", FaultKind::SlowAnswer { delay_ms: 500 }, 1).await;
        scene.click().await;
        let stalled = tokio::spawn(async move { worker::step(&a).await });
        asked(&scene, "opportunities.create").await;
        let timing = scene.services().settings.timing;
        scene.step(timing.lease).await;
        worker::drain(&b).await.unwrap();
        // Not before the deadline of the request and the settle time are over as well.
        assert_eq!(scene.row().await.state, ImportState::Unknown);
        scene.step(timing.lever_deadline + timing.settle).await;
        worker::drain(&b).await.unwrap();
        stalled.await.unwrap().unwrap();
        scene.settle().await;
        one_opportunity_and_one_note(&scene).await;
        scene.services().store.close().await;
    }
}

#[tokio::test]
async fn two_processes_clicks_and_many_at_once_make_one_opportunity_each() {
    let scene = scene_at_rate(store::testing::postgres().await, FAST).await;
    let mut people: Vec<CandidateId> = vec![scene.jo];
    for number in 1..30 {
        people.push(answered_candidate(&scene.world, &scene.ana, &format!("Person {number}")).await);
    }
    let processes = [another(&scene, FAST), another(&scene, FAST)]
        .map(|services| Services { clock: Arc::new(SystemClock), ..services });
    let mut running = Vec::new();
    for services in processes.clone() {
        let (stop, stopped) = tokio::sync::oneshot::channel::<()>();
        let worker = tokio::spawn(worker::run(services, async move {
            stopped.await.ok();
        }));
        running.push((stop, worker));
    }
    let [a, b] = &processes;
    let (first, second) = tokio::join!(
        bulk::start(a, &scene.ana, Whom::Candidates(people.clone())),
        bulk::start(b, &scene.lee, Whom::Candidates(people.clone())),
    );
    let runs = [first.unwrap(), second.unwrap()];
    for (number, person) in people.iter().enumerate() {
        let (services, actor) = if number % 2 == 0 { (a, &scene.ana) } else { (b, &scene.lee) };
        imports::request(services, actor, *person).await.unwrap();
    }
    tokio::time::timeout(Duration::from_secs(40), async {
        for run in runs {
            while bulk::progress(a, &scene.ana, run, None, None).await.unwrap().run.state != BulkState::Done {
                tokio::time::sleep(Duration::from_millis(50)).await;
            }
        }
    })
    .await
    .expect("both runs end");
    for (stop, worker) in running {
        stop.send(()).unwrap();
        worker.await.unwrap();
    }
    let mut emails: Vec<String> =
        scene.in_lever().iter().map(|found| found["emails"][0].as_str().unwrap().to_owned()).collect();
    emails.sort();
    emails.dedup();
    assert_eq!((emails.len(), scene.in_lever().len()), (30, 30));
    assert_eq!(scene.times_asked("opportunities.create"), 30);
    scene.services().store.close().await;
}

#[tokio::test]
async fn two_processes_together_keep_to_the_rate_of_one_key() {
    let scene = scene_on(store::testing::postgres().await).await;
    let behaviour =
        lever_sim::Behaviour { rate_per_second: 20.0, rate_burst: 10.0, ..scene.lever.behaviour() };
    scene.lever.set_behaviour(behaviour).await.unwrap();
    let rate = RateConfig { per_second: 20.0, burst: 5 };
    let base = BaseUrl::parse_override(&scene.lever.api_url).unwrap();
    let clients = [another(&scene, rate), another(&scene, rate)].map(|services| {
        let clock = Arc::new(SystemClock);
        let lever = services.lever.clone().sharing(&services.store, clock);
        lever.client(&base, KEY.into())
    });
    scene.lever.forget_received();
    let began = Instant::now();
    let mut asking = tokio::task::JoinSet::new();
    for number in 0..40 {
        let client = clients[number % 2].clone();
        asking.spawn(async move { client.stages().await.is_ok() });
    }
    assert!(asking.join_all().await.into_iter().all(|answered| answered));
    let took = began.elapsed().as_secs_f64();
    // Five at once, then 35 at twenty a second.
    assert!((1.7..3.5).contains(&took), "took {took}");
    assert!(scene.lever.received().iter().all(|received| received.status != Some(429)));
    scene.services().store.close().await;
}

#[tokio::test]
async fn while_lever_is_away_work_rests_and_nothing_is_given_up() {
    let scene = scene().await;
    let mut people = vec![scene.jo];
    for number in 1..6 {
        people.push(answered_candidate(&scene.world, &scene.ana, &format!("Person {number}")).await);
    }
    scene.lever.set_faults(vec![Fault::new("*", FaultKind::Unavailable, When::Count(30))]).await.unwrap();
    for person in &people {
        imports::request(scene.services(), &scene.ana, *person).await.unwrap();
    }
    // Rests are measured by the machine's clock.
    let first_rest = Duration::from_millis(100);
    let circuit = CircuitConfig { first_rest, longest_rest: first_rest, ..CircuitConfig::default() };
    let services = another(&scene, FAST);
    let services = Services { lever: services.lever.clone().with_circuit(circuit), ..services };
    let mut rested = false;
    for _ in 0..100 {
        worker::drain(&services).await.unwrap();
        let now = scene.services().now();
        let mut tx = scene.services().store.read().await.unwrap();
        rested |= store::lever_rests::find(&mut tx, scene.ana.organisation, now).await.unwrap().is_some();
        drop(tx);
        scene.step(Duration::from_secs(5)).await;
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    scene.settle().await;
    assert!(rested);
    assert_eq!(scene.in_lever().len(), people.len());
    assert_eq!(scene.asked_about(AttentionKind::ImportFailed).await, None);
}
