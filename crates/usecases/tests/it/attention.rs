//! What needs attention, mended several at once.

use domain::attention::AttentionKind;
use domain::event::Change;
use domain::problem::Problem;
use domain::view::ImportView;
use lever_sim::FaultKind;
use serde_json::json;
use usecases::{attention, imports};

use crate::lever_world::*;
use crate::scene::{Scene, scene, scene_on};
use crate::support::answered_candidate;

/// Whom the Lever user of Ana stands for; nobody is left to be credited with `""`.
async fn map_ana(scene: &Scene, user: &str) {
    let organisation = scene.ana.organisation;
    let mut tx = scene.services().store.begin().await.unwrap();
    let connection = store::connections::find(&mut tx, organisation).await.unwrap().unwrap();
    let now = scene.services().now();
    store::connections::set_fallback(&mut tx, organisation, connection.id, None, now).await.unwrap();
    store::user_map::save(&mut tx, organisation, scene.ana.member, user).await.unwrap();
    tx.commit().await.unwrap();
}

async fn labels(scene: &Scene, actor: &domain::actor::Actor) -> Vec<String> {
    let page = attention::list(scene.services(), actor, "").await.unwrap();
    page.several.into_iter().map(|several| several.label).collect()
}

#[tokio::test]
async fn failed_imports_are_all_tried_again_at_one_press_on_both_databases() {
    for fresh in [store::testing::sqlite().await, store::testing::postgres().await] {
        let scene = scene_on(fresh).await;
        let mut people = vec![scene.jo];
        for name in ["Sam One", "Sam Two"] {
            people.push(answered_candidate(&scene.world, &scene.ana, name).await);
        }
        map_ana(&scene, "").await;
        for candidate in &people {
            imports::request(scene.services(), &scene.ana, *candidate).await.unwrap();
        }
        work(&scene.world).await;
        assert_eq!(labels(&scene, &scene.ana).await, ["Retry all 3 failed imports"]);
        assert_eq!(labels(&scene, &scene.lee).await, ["Retry all 3 failed imports"]);

        let user = scene.client().users(lever::UserFilter::default()).await.unwrap()[0].id.clone();
        map_ana(&scene, &user).await;
        let kind = AttentionKind::ImportFailed;
        assert_eq!(attention::retry_all(scene.services(), &scene.ana, kind).await.unwrap(), 3);
        work(&scene.world).await;
        assert!(matches!(scene.import().await, ImportView::Imported { .. }));
        assert_eq!(scene.in_lever().len(), people.len());
        assert_eq!(scene.attention().await, [], "what is mended vanishes by itself");
        assert_eq!(attention::retry_all(scene.services(), &scene.ana, kind).await.unwrap(), 0);
        scene.services().store.close().await;
    }
}

#[tokio::test]
async fn a_press_for_all_mends_what_the_member_may_mend() {
    let scene = scene().await;
    let theirs = answered_candidate(&scene.world, &scene.lee, "Sam One").await;
    let mine = answered_candidate(&scene.world, &scene.ana, "Sam Two").await;
    let organisation = scene.ana.organisation;
    let mut tx = scene.services().store.begin().await.unwrap();
    store::user_map::save(&mut tx, organisation, scene.lee.member, "").await.unwrap();
    tx.commit().await.unwrap();
    map_ana(&scene, "").await;
    imports::request(scene.services(), &scene.lee, theirs).await.unwrap();
    for candidate in [mine, scene.jo] {
        imports::request(scene.services(), &scene.ana, candidate).await.unwrap();
    }
    work(&scene.world).await;
    // A Recruiter tries their own again.
    assert_eq!(labels(&scene, &scene.ana).await, ["Retry all 2 failed imports"]);
    assert_eq!(labels(&scene, &scene.admin).await, ["Retry all 3 failed imports"]);
    let kind = AttentionKind::ImportFailed;
    assert_eq!(attention::retry_all(scene.services(), &scene.ana, kind).await.unwrap(), 2);
}

#[tokio::test]
async fn updates_are_applied_again_by_admins_and_nothing_else_is_tried() {
    let scene = scene().await;
    let id = scene.import_jo().await;
    let organisation = scene.ana.organisation;
    let mut tx = scene.services().store.begin().await.unwrap();
    for subject in [id.as_str(), "o-2"] {
        let (item, now) = (scene.services().new_id(), scene.services().now());
        let kind = AttentionKind::DeliveryNotApplied;
        store::attention::raise(&mut tx, organisation, kind, subject, Some(scene.jo), &json!({}), item, now)
            .await
            .unwrap();
    }
    tx.commit().await.unwrap();
    let kind = AttentionKind::DeliveryNotApplied;
    assert_eq!(labels(&scene, &scene.lee).await, ["Retry all 2 updates from Lever"]);
    assert_eq!(labels(&scene, &scene.ana).await, [""; 0]);
    assert_eq!(refused(attention::retry_all(scene.services(), &scene.ana, kind).await), Problem::NotFound);
    assert_eq!(attention::retry_all(scene.services(), &scene.lee, kind).await.unwrap(), 2);
    for kind in [AttentionKind::KeyRejected, AttentionKind::TooManyUnlinked, AttentionKind::Anonymised] {
        let refusal = attention::retry_all(scene.services(), &scene.admin, kind).await;
        assert_eq!(refused(refusal), Problem::NotFound, "{kind:?}");
    }
}

#[tokio::test]
async fn a_missing_permission_vanishes_with_the_first_call_that_lever_allows() {
    for fresh in [store::testing::sqlite().await, store::testing::postgres().await] {
        let scene = scene_on(fresh).await;
        let id = scene.import_jo().await;
        let services = scene.services();
        let asked = async || scene.asked_about(AttentionKind::PermissionMissing).await.is_some();
        scene.deliver(&id, 1).await;
        scene.fault("opportunities.get", FaultKind::PermissionMissing, 1).await;
        scene.deliver(&id, 2).await;
        assert!(asked().await);
        // It was allowed before it was refused: that says nothing.
        usecases::calls::write(services).await.unwrap();
        assert!(asked().await);
        // Another call is allowed: that is no answer either.
        usecases::integration::sync_now(services, &scene.admin).await.unwrap();
        scene.fault("opportunities.get", FaultKind::PermissionMissing, 100).await;
        work(&scene.world).await;
        usecases::calls::write(services).await.unwrap();
        assert!(asked().await);

        scene.lever.set_faults(Vec::new()).await.unwrap();
        scene.deliver(&id, 3).await;
        let mut heard = services.changes.listen();
        usecases::calls::write(services).await.unwrap();
        assert!(!asked().await, "it vanishes by itself");
        let told = heard.try_recv().unwrap();
        assert_eq!((told.organisation, told.change), (scene.admin.organisation, Change::Attention));
        // Nothing is open: nothing is told.
        scene.deliver(&id, 4).await;
        let mut heard = services.changes.listen();
        usecases::calls::write(services).await.unwrap();
        assert!(heard.try_recv().is_err());
        services.store.close().await;
    }
}
