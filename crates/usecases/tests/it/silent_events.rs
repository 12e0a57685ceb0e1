//! Events of one kind that do not come although there was what they should tell of.

use std::time::Duration;

use domain::attention::AttentionKind;
use domain::connection::LeverEvent;
use domain::status::Status;
use domain::view::{AttentionRow, Mend};
use serde_json::json;
use usecases::webhooks::Receipt;
use usecases::{housekeeping, worker};

use crate::lever_world::*;
use crate::scene::{Scene, scene, scene_on};

const MINUTE: Duration = Duration::from_secs(60);
const DAY: Duration = Duration::from_secs(24 * 60 * 60);

/// Somebody imported whom a comparison has seen just now.
async fn compared(scene: &Scene) -> String {
    let id = scene.import_jo().await;
    compare(scene).await;
    id
}

/// The comparison of the next period.
async fn compare(scene: &Scene) {
    scene.step(scene.services().settings.timing.reconcile_every).await;
    worker::tick(scene.services()).await.unwrap();
    work(&scene.world).await;
}

async fn tell(scene: &Scene, token: &str, event: LeverEvent, id: &str, number: u64) -> Receipt {
    scene.step(Duration::from_secs(1)).await;
    let path = webhook_path(&scene.world, &scene.admin).await;
    let body = delivery(token, event.code(), number, &json!({ "opportunityId": id }));
    let receipt = post(&scene.world, &path, &body).await;
    work(&scene.world).await;
    receipt
}

/// What is asked after so long, at the hourly look.
async fn asked_after(scene: &Scene, time: Duration) -> Option<AttentionRow> {
    scene.step(time).await;
    housekeeping::sweep(scene.services()).await;
    scene.asked_about(AttentionKind::SilentWebhooks).await
}

#[tokio::test]
async fn a_hire_of_which_only_the_archive_told_is_asked_about_until_a_hire_is_told_of() {
    for fresh in [store::testing::sqlite().await, store::testing::postgres().await] {
        let scene = scene_on(fresh).await;
        let id = compared(&scene).await;
        scene.step(MINUTE).await;
        scene.lever.hire(&id).await.unwrap();
        assert_eq!(tell(&scene, TOKEN, LeverEvent::ArchiveChange, &id, 1).await, Receipt::Accepted);
        assert_eq!(scene.status().await, Status::Hired);
        assert_eq!(asked_after(&scene, DAY - MINUTE).await, None, "it may still be on its way");
        let item = asked_after(&scene, MINUTE).await.unwrap();
        assert_eq!(item.title, "Candidate Hired does not come from Lever");
        let said = "Lever shows a change of which no Candidate Hired told, made 23 Nov, 20:";
        assert!(item.reason.starts_with(said), "{}", item.reason);
        let label = "Look at the webhooks".to_owned();
        assert_eq!(item.mend, Some(Mend::Open { label, href: "/integrations/receiving".into() }));

        // The others go on, and say nothing about this one.
        tell(&scene, TOKEN, LeverEvent::StageChange, &id, 2).await;
        assert!(asked_after(&scene, MINUTE).await.is_some());
        tell(&scene, TOKEN, LeverEvent::Hired, "somebody-else", 3).await;
        assert_eq!(scene.asked_about(AttentionKind::SilentWebhooks).await, None, "at once");
        assert_eq!(asked_after(&scene, MINUTE).await, None);
        scene.services().store.close().await;
    }
}

#[tokio::test]
async fn changes_that_only_a_comparison_finds_are_counted_by_their_event() {
    let scene = scene().await;
    let id = compared(&scene).await;
    for stage in ["Recruiter screen", "Offer"] {
        scene.lever.set_stage(&id, stage).await.unwrap();
        compare(&scene).await;
    }
    assert_eq!(scene.status().await, Status::Offer);
    let item = asked_after(&scene, DAY).await.unwrap();
    assert_eq!(item.title, "Candidate Stage Change does not come from Lever");
    assert!(item.reason.starts_with("Lever shows 2 changes of which no"), "{}", item.reason);
    // A Verify shows that Lever reaches us.
    let path = webhook_path(&scene.world, &scene.admin).await;
    post(&scene.world, &path, &verify(TOKEN, LeverEvent::Hired, 1)).await;
    assert!(asked_after(&scene, MINUTE).await.is_some(), "that was another webhook");
    post(&scene.world, &path, &verify(TOKEN, LeverEvent::StageChange, 2)).await;
    assert_eq!(asked_after(&scene, MINUTE).await, None);
    // And what is missed from then on is asked about anew.
    compare(&scene).await;
    scene.lever.set_stage(&id, "New lead").await.unwrap();
    compare(&scene).await;
    let item = asked_after(&scene, DAY).await.unwrap();
    assert!(item.reason.starts_with("Lever shows a change of which no"), "{}", item.reason);
}

#[tokio::test]
async fn one_that_is_lost_among_others_that_come_is_no_matter() {
    let scene = scene().await;
    let id = compared(&scene).await;
    scene.lever.set_stage(&id, "Recruiter screen").await.unwrap();
    compare(&scene).await;
    scene.lever.archive(&id, "Underqualified").await.unwrap();
    compare(&scene).await;
    tell(&scene, TOKEN, LeverEvent::StageChange, "somebody-else", 1).await;
    tell(&scene, TOKEN, LeverEvent::ArchiveChange, "somebody-else", 2).await;
    assert_eq!(asked_after(&scene, DAY * 2).await, None);
    // So is one that comes late.
    scene.lever.unarchive(&id).await.unwrap();
    compare(&scene).await;
    compare(&scene).await;
    tell(&scene, TOKEN, LeverEvent::ArchiveChange, &id, 3).await;
    assert_eq!(asked_after(&scene, DAY).await, None);
}

#[tokio::test]
async fn what_happened_while_nobody_was_here_to_be_told_is_not_counted() {
    let scene = scene().await;
    let id = compared(&scene).await;
    scene.step(MINUTE).await;
    scene.lever.set_stage(&id, "Offer").await.unwrap();
    scene.step(Duration::from_secs(3 * 60 * 60)).await;
    compare(&scene).await;
    assert_eq!(scene.status().await, Status::Offer, "by the back-fill");
    assert_eq!(asked_after(&scene, DAY * 2).await, None);
}

#[tokio::test]
async fn events_that_are_held_for_want_of_their_token_did_come() {
    let scene = scene().await;
    let id = compared(&scene).await;
    scene.step(MINUTE).await;
    scene.lever.archive(&id, "Underqualified").await.unwrap();
    assert_eq!(tell(&scene, OTHER, LeverEvent::ArchiveChange, &id, 1).await, Receipt::NotVerified);
    compare(&scene).await;
    assert_eq!(scene.status().await, Status::Rejected);
    assert_eq!(asked_after(&scene, DAY).await, None);
    assert!(scene.asked_about(AttentionKind::UnknownToken).await.is_some(), "asked about as what it is");
    usecases::integration::save_tokens(scene.services(), &scene.admin, &OTHER.into()).await.unwrap();
    work(&scene.world).await;
    assert_eq!(scene.asked_about(AttentionKind::UnknownToken).await, None);
    assert_eq!(asked_after(&scene, MINUTE).await, None);
}
