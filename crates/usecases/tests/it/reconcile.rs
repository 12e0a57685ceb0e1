//! What deliveries missed is repaired, within one period and on demand.

use std::time::Duration;

use domain::attention::AttentionKind;
use domain::problem::Problem;
use domain::status::Status;
use domain::view::{ImportView, Mend};
use lever_sim::FaultKind;
use usecases::{imports, integration, worker};

use crate::lever_world::*;
use crate::scene::{Scene, scene, scene_on};
use crate::support::answered_candidate;

async fn tick(scene: &Scene) {
    worker::tick(scene.services()).await.unwrap();
    work(&scene.world).await;
}

#[tokio::test]
async fn a_missed_delivery_is_repaired_within_one_period() {
    let scene = scene().await;
    let id = scene.import_jo().await;
    scene.lever.set_stage(&id, "Offer").await.unwrap();
    tick(&scene).await;
    assert_eq!(scene.status().await, Status::Responded, "it is not due yet");
    let period = scene.services().settings.timing.reconcile_every;
    scene.step(period).await;
    scene.lever.forget_received();
    tick(&scene).await;
    assert_eq!(scene.status().await, Status::Offer);
    // What can be mapped is read with it: no delivery tells of stages and users.
    let (candidates, catalogue) = (
        ["opportunities.list", "opportunities.deleted"],
        ["users.list", "stages.list", "archive_reasons.list", "postings.list"],
    );
    assert_eq!(scene.asked(), [&candidates[..], &catalogue[..]].concat());
    let sync = card(&scene.world, &scene.admin).await.sync.unwrap();
    assert!(!sync.running);
    assert_eq!((sync.looked_at, sync.changed, sync.problem), (1, 1, None));
    // The next one is a period away.
    scene.lever.forget_received();
    tick(&scene).await;
    assert_eq!(scene.asked(), Vec::<String>::new());

    scene.lever.delete(&id).await.unwrap();
    scene.step(period).await;
    tick(&scene).await;
    assert_eq!(scene.import().await, ImportView::Unlinked);
}

#[tokio::test]
async fn sync_now_reads_every_linked_candidate() {
    let scene = scene().await;
    let id = scene.import_jo().await;
    // Long ago, so that the window of changes does not hold it.
    scene.step(Duration::from_secs(3_600)).await;
    tick(&scene).await;
    scene.step(Duration::from_secs(600)).await;
    scene.lever.forget_received();
    integration::sync_now(scene.services(), &scene.admin).await.unwrap();
    integration::sync_now(scene.services(), &scene.admin).await.unwrap();
    assert!(card(&scene.world, &scene.admin).await.sync.unwrap().running);
    work(&scene.world).await;
    assert_eq!(scene.asked(), ["opportunities.list", "opportunities.get", "opportunities.deleted"]);
    let sync = card(&scene.world, &scene.admin).await.sync.unwrap();
    assert_eq!((sync.running, sync.looked_at, sync.changed), (false, 1, 0));
    assert_eq!(scene.only_id(), id);
    assert_eq!(refused(integration::sync_now(scene.services(), &scene.ana).await), Problem::NotAllowed);
}

#[tokio::test]
async fn people_who_are_not_ours_are_left_alone() {
    let scene = scene().await;
    scene.import_jo().await;
    let other = lever::NewOpportunity {
        name: "Somebody Else".into(),
        sources: vec!["CodeSignal".into()],
        stage: Some("offer".into()),
        ..lever::NewOpportunity::default()
    };
    scene.made_in_lever(other).await;
    integration::sync_now(scene.services(), &scene.admin).await.unwrap();
    work(&scene.world).await;
    let sync = card(&scene.world, &scene.admin).await.sync.unwrap();
    assert_eq!((sync.looked_at, sync.changed), (1, 0));
    let page =
        usecases::candidates::list(scene.services(), &scene.admin, &domain::view::CandidateFilter::default())
            .await
            .unwrap();
    assert_eq!(page.rows.len(), 1);
}

#[tokio::test]
async fn a_run_that_would_unlink_many_stops_and_asks() {
    let scene = scene().await;
    scene.click().await;
    for number in 0..6 {
        let candidate = answered_candidate(&scene.world, &scene.ana, &format!("Sam {number}")).await;
        imports::request(scene.services(), &scene.ana, candidate).await.unwrap();
    }
    work(&scene.world).await;
    let ids: Vec<String> =
        scene.in_lever().iter().map(|found| found["id"].as_str().unwrap().to_owned()).collect();
    assert_eq!(ids.len(), 7);
    for id in &ids[..6] {
        scene.lever.delete(id).await.unwrap();
    }
    integration::sync_now(scene.services(), &scene.admin).await.unwrap();
    work(&scene.world).await;
    assert_eq!(card(&scene.world, &scene.admin).await.linked, 7, "nothing is unlinked");
    let sync = card(&scene.world, &scene.admin).await.sync.unwrap();
    assert!(sync.problem.unwrap().contains("6 of 7"));
    let item = scene.asked_about(AttentionKind::TooManyUnlinked).await.unwrap();
    assert_eq!(item.mend, Some(Mend::Retry { label: "Unlink 6 candidates".into() }));
    // A run by the clock stops as well, and asks once.
    scene.step(Duration::from_secs(3_600)).await;
    tick(&scene).await;
    assert_eq!(card(&scene.world, &scene.admin).await.linked, 7);
    let items = scene.attention().await;
    assert_eq!(items.iter().filter(|row| row.kind == AttentionKind::TooManyUnlinked).count(), 1);
    let item = scene.asked_about(AttentionKind::TooManyUnlinked).await.unwrap();
    usecases::attention::retry(scene.services(), &scene.admin, item.id).await.unwrap();
    work(&scene.world).await;
    assert_eq!(card(&scene.world, &scene.admin).await.linked, 1);
    assert_eq!(scene.asked_about(AttentionKind::TooManyUnlinked).await, None);
}

#[tokio::test]
async fn a_run_that_fails_in_the_middle_is_done_again() {
    let scene = scene().await;
    let id = scene.import_jo().await;
    scene.lever.set_stage(&id, "Offer").await.unwrap();
    scene.fault("opportunities.deleted", FaultKind::Unavailable, 2).await;
    integration::sync_now(scene.services(), &scene.admin).await.unwrap();
    scene.settle().await;
    assert_eq!(scene.status().await, Status::Offer);
    let sync = card(&scene.world, &scene.admin).await.sync.unwrap();
    assert_eq!((sync.running, sync.problem), (false, None));
}

#[tokio::test]
async fn two_processes_queue_one_run_and_both_databases_repair() {
    for fresh in [store::testing::sqlite().await, store::testing::postgres().await] {
        let scene = scene_on(fresh).await;
        let id = scene.import_jo().await;
        scene.lever.hire(&id).await.unwrap();
        scene.step(scene.services().settings.timing.reconcile_every).await;
        scene.lever.forget_received();
        let ticks = [0, 1, 2].map(|_| {
            let services = scene.services().clone();
            tokio::spawn(async move { worker::tick(&services).await })
        });
        for tick in ticks {
            tick.await.unwrap().unwrap();
        }
        work(&scene.world).await;
        assert_eq!(scene.times_asked("opportunities.deleted"), 1);
        assert_eq!(scene.status().await, Status::Hired);
        scene.services().store.close().await;
    }
}
