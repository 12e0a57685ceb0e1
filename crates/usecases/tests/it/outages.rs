//! What Lever never sent, and what it could not be told: made up for.

use std::time::{Duration, Instant};

use domain::attention::AttentionKind;
use domain::status::Status;
use lever::{BaseUrl, RateConfig, Transport};
use lever_sim::{Fault, FaultKind, When};
use store::testing::Fresh;
use tokio::task::JoinSet;
use usecases::{LeverAccess, worker};

use crate::faults_world::{Answers, FaultsWorld};
use crate::lever_world::*;

/// Candidates of a story.
const PEOPLE: usize = 40;

/// Each story on both databases.
macro_rules! on_both {
    ($($story:ident),* $(,)?) => {
        mod sqlite {
            $(#[tokio::test]
            async fn $story() {
                super::$story(store::testing::sqlite().await).await;
            })*
        }

        mod postgres {
            $(#[tokio::test]
            async fn $story() {
                super::$story(store::testing::postgres().await).await;
            })*
        }
    };
}

on_both!(
    one_delivery_in_twenty_never_comes,
    an_hour_without_lever,
    what_waited_for_an_hour_takes_the_rate_that_lever_gives,
);

async fn imported(fresh: Fresh) -> FaultsWorld {
    let world = FaultsWorld::new(fresh, PEOPLE, Answers::Arrive).await;
    world.click_all().await;
    world.settle().await;
    world.all_imported_once().await;
    world
}

/// Moves everybody in Lever; gives what their statuses then are.
async fn move_all(world: &FaultsWorld) -> Vec<Status> {
    let stages = [("Recruiter screen", Status::Screening), ("Offer", Status::Offer)];
    let mut expected = Vec::new();
    for number in 0..world.people.len() {
        let (stage, status) = stages[number % stages.len()];
        world.scene.lever.set_stage(&world.only_of(number), stage).await.unwrap();
        expected.push(status);
    }
    expected
}

async fn one_delivery_in_twenty_never_comes(fresh: Fresh) {
    let world = imported(fresh).await;
    let lossy = lever_sim::Behaviour { delivery_drop: 0.05, ..world.scene.lever.behaviour() };
    world.scene.lever.set_behaviour(lossy).await.unwrap();
    let expected = move_all(&world).await;
    world.settle().await;
    let mut missed = 0;
    for (person, expected) in world.people.iter().zip(&expected) {
        missed += usize::from(world.status_of(person).await != *expected);
    }
    assert!((1..PEOPLE / 2).contains(&missed), "some, and not most, never came: {missed}");
    world.reconcile().await;
    world.all_as(&expected).await;
}

async fn an_hour_without_lever(fresh: Fresh) {
    let world = imported(fresh).await;
    let (scene, services) = (&world.scene, world.scene.services());
    let late = crate::support::answered_candidate(&scene.world, &scene.ana, "Late Comer").await;
    scene
        .lever
        .set_faults(vec![Fault::new("*", FaultKind::Unavailable, When::Probability(1.0))])
        .await
        .unwrap();
    let expected = move_all(&world).await;
    world.deliver_all().await;
    usecases::imports::request(services, &scene.ana, late).await.unwrap();
    for _ in 0..60 {
        scene.step(Duration::from_secs(60)).await;
        worker::tick(services).await.unwrap();
        work(&scene.world).await;
    }
    for person in &world.people {
        assert_eq!(world.status_of(person).await, Status::Responded, "nothing is guessed");
    }
    assert!(scene.asked_about(AttentionKind::LeverUnavailable).await.is_some());

    // Nobody waits longer for its end than the longest rest and a moment, and no
    // reconciliation is needed.
    scene.lever.set_faults(Vec::new()).await.unwrap();
    for _ in 0..8 {
        scene.step(Duration::from_secs(15)).await;
        work(&scene.world).await;
    }
    world.all_as(&expected).await;
    world.settle().await;
    world.reconcile().await;
    world.all_as(&expected).await;
    let late = usecases::candidates::profile(services, &scene.ana, late).await.unwrap();
    assert!(matches!(late.row.import, domain::view::ImportView::Imported { .. }), "{:?}", late.row.import);
    assert_eq!(scene.in_lever().len(), PEOPLE + 1);
}

/// Works as one process does: several jobs at a time, until nothing is due.
async fn work_together(world: &FaultsWorld) {
    let mut hands = JoinSet::new();
    for _ in 0..4 {
        let services = world.scene.services().clone();
        hands.spawn(async move { while worker::step(&services).await.unwrap() {} });
    }
    hands.join_all().await;
}

async fn what_waited_for_an_hour_takes_the_rate_that_lever_gives(fresh: Fresh) {
    let mut world = imported(fresh).await;
    let away = Fault::new("*", FaultKind::Unavailable, When::Probability(1.0));
    world.scene.lever.set_faults(vec![away]).await.unwrap();
    let expected = move_all(&world).await;
    world.deliver_all().await;
    for _ in 0..60 {
        world.scene.step(Duration::from_secs(60)).await;
        worker::tick(world.scene.services()).await.unwrap();
        work(&world.scene.world).await;
    }
    // So far time was stepped. What follows is asked at Lever's own rate, by the real clock.
    let rate = RateConfig::default();
    let base_url = BaseUrl::parse_override(&world.scene.lever.api_url).unwrap();
    let transport = Transport::new(Duration::from_secs(5)).unwrap();
    world.scene.world.services.lever = LeverAccess::at_rate(transport, Some(base_url), None, rate);
    world.scene.lever.set_faults(Vec::new()).await.unwrap();
    world.scene.step(Duration::from_secs(120)).await;
    world.scene.lever.forget_received();
    let began = Instant::now();
    // How many were asked, and when the last one of them came.
    let mut asked = (0, began);
    let watch = async {
        loop {
            tokio::time::sleep(Duration::from_millis(2)).await;
            let now = world.scene.lever.received().len();
            if now > asked.0 {
                asked = (now, Instant::now());
            }
        }
    };
    tokio::select! {
        () = work_together(&world) => {}
        () = watch => {}
    }
    let (asked, lasted) = (asked.0, asked.1.duration_since(began).as_secs_f64());
    assert_eq!(asked, world.scene.lever.received().len(), "the last one was seen");
    world.all_as(&expected).await;
    assert!(asked >= PEOPLE, "everybody was read: {asked}");
    let allowed = f64::from(rate.burst) + rate.per_second * lasted;
    let share = asked as f64 / allowed;
    assert!(
        (0.95..=1.0).contains(&share),
        "{asked} requests in {lasted:.2} s, {allowed:.1} allowed: {share:.3}"
    );
}
