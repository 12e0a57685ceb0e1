//! Bodies of deliveries that are sealed instead of scrubbed, and opened by a Super Admin.

use std::time::Duration;

use domain::ids::DeliveryId;
use domain::problem::Problem;
use domain::view::{ActivitySearch, DeliveryBody, DeliveryPage};
use usecases::{SealingKey, SystemRandom, Vault, activity, housekeeping, webhooks};

use crate::lever_world::*;
use crate::scene::{Scene, scene_on};

const DAY: Duration = Duration::from_secs(24 * 60 * 60);

/// A scene in which a body has been sealed; which delivery's, and what it was.
async fn sealed(scene: &Scene) -> (DeliveryId, String) {
    let services = scene.services();
    let opportunity = scene.import_jo().await;
    scene.deliver(&opportunity, 1).await;
    webhooks::save_bodies_kept(services, &scene.admin, "7", "seal").await.unwrap();
    let search = ActivitySearch { what: "deliveries".into(), ..ActivitySearch::default() };
    let log = activity::search(services, &scene.admin, search).await.unwrap();
    let id = log.rows[0].delivery.unwrap();
    let DeliveryBody::Sent(body) = opened(scene, &scene.admin, id).await.body else { panic!("it is young") };
    assert_eq!(body.as_bytes(), stage_change(TOKEN, &opportunity, 1));
    scene.step(DAY * 7 + Duration::from_secs(1)).await;
    housekeeping::sweep(services).await;
    (id, body)
}

async fn opened(scene: &Scene, actor: &domain::actor::Actor, id: DeliveryId) -> DeliveryPage {
    activity::delivery(scene.services(), actor, id).await.unwrap()
}

/// What stands in the database.
async fn stored(scene: &Scene, id: DeliveryId) -> Vec<u8> {
    let mut tx = scene.services().store.read().await.unwrap();
    let row = tx.one("select body from deliveries where id = $1", store::args![id]).await.unwrap();
    row.get("body").unwrap()
}

#[tokio::test]
async fn a_sealed_body_is_opened_by_a_super_admin_for_a_while_and_the_log_says_so() {
    for fresh in [store::testing::sqlite().await, store::testing::postgres().await] {
        let scene = scene_on(fresh).await;
        let services = scene.services();
        let (id, body) = sealed(&scene).await;
        let at_rest = String::from_utf8_lossy(&stored(&scene, id).await).into_owned();
        assert!(!at_rest.contains("candidateStageChange") && !at_rest.is_empty());
        let page = opened(&scene, &scene.admin, id).await;
        assert_eq!(page.body, DeliveryBody::Sealed { can_open: true });
        assert!(page.said.iter().all(|(name, _)| *name != "To stage"), "{:?}", page.said);
        assert_eq!(opened(&scene, &scene.lee, id).await.body, DeliveryBody::Sealed { can_open: false });
        for actor in [&scene.lee, &scene.ana] {
            assert_eq!(refused(activity::open_body(services, actor, id).await), Problem::NotAllowed);
        }

        activity::open_body(services, &scene.admin, id).await.unwrap();
        assert_eq!(opened(&scene, &scene.admin, id).await.body, DeliveryBody::Opened(body));
        assert_eq!(opened(&scene, &scene.lee, id).await.body, DeliveryBody::Sealed { can_open: false });
        let search = ActivitySearch { what: "people".into(), ..ActivitySearch::default() };
        let log = activity::search(services, &scene.lee, search).await.unwrap();
        assert_eq!(
            (log.rows[0].what.as_str(), log.rows[0].delivery, log.rows[0].candidate),
            ("Opened the sealed body of a delivery.", Some(id), Some(scene.jo))
        );
        assert_eq!(log.rows[0].who, scene.admin.name);
        scene.step(Duration::from_secs(10 * 60 + 1)).await;
        assert_eq!(opened(&scene, &scene.admin, id).await.body, DeliveryBody::Sealed { can_open: true });

        // A replay needs no body; a second look of the housekeeping seals nothing twice.
        activity::replay(services, &scene.lee, id).await.unwrap();
        work(&scene.world).await;
        let before = stored(&scene, id).await;
        housekeeping::sweep(services).await;
        assert_eq!(stored(&scene, id).await, before);
        services.store.close().await;
    }
}

#[tokio::test]
async fn it_opens_in_its_own_row_and_with_its_own_key_only() {
    let scene = scene_on(store::testing::sqlite().await).await;
    let (id, body) = sealed(&scene).await;
    activity::open_body(scene.services(), &scene.admin, id).await.unwrap();
    assert_eq!(opened(&scene, &scene.admin, id).await.body, DeliveryBody::Opened(body));
    let other = Vault::new(SealingKey::generate(&SystemRandom));
    let elsewhere = usecases::Services { vault: other, ..scene.services().clone() };
    let page = activity::delivery(&elsewhere, &scene.admin, id).await.unwrap();
    assert_eq!(page.body, DeliveryBody::Unreadable);
    // The sealed text of another row.
    let place = usecases::Place {
        table: "deliveries",
        column: "body",
        organisation: scene.admin.organisation,
        row: "another",
    };
    let row = scene.services().vault.seal(&SystemRandom, &place, &"{}".into()).unwrap();
    let mut tx = scene.services().store.begin().await.unwrap();
    tx.execute("update deliveries set body = $2 where id = $1", store::args![id, row]).await.unwrap();
    tx.commit().await.unwrap();
    assert_eq!(opened(&scene, &scene.admin, id).await.body, DeliveryBody::Unreadable);
}

#[tokio::test]
async fn what_is_sealed_goes_with_the_person_and_by_another_choice() {
    for fresh in [store::testing::sqlite().await, store::testing::postgres().await] {
        let scene = scene_on(fresh).await;
        let services = scene.services();
        let (id, _) = sealed(&scene).await;
        scene.deliver(&scene.only_id(), 2).await;
        webhooks::save_bodies_kept(services, &scene.admin, "30", "scrub").await.unwrap();
        housekeeping::sweep(services).await;
        let still = opened(&scene, &scene.admin, id).await.body;
        assert_eq!(still, DeliveryBody::Sealed { can_open: true }, "its time is not over");
        scene.step(DAY * 23).await;
        housekeeping::sweep(services).await;
        assert_eq!(opened(&scene, &scene.admin, id).await.body, DeliveryBody::Scrubbed);
        assert_eq!(refused(activity::open_body(services, &scene.admin, id).await), Problem::NotFound);
        services.store.close().await;
    }
    for fresh in [store::testing::sqlite().await, store::testing::postgres().await] {
        let scene = scene_on(fresh).await;
        let services = scene.services();
        let (id, _) = sealed(&scene).await;
        let (organisation, now) = (scene.admin.organisation, services.now());
        let mut tx = services.store.begin().await.unwrap();
        store::erasures::ask(&mut tx, organisation, scene.jo, now, now).await.unwrap();
        assert!(store::erasures::erase(&mut tx, organisation, scene.jo, now).await.unwrap());
        tx.commit().await.unwrap();
        assert_eq!(stored(&scene, id).await, Vec::<u8>::new());
        assert_eq!(opened(&scene, &scene.admin, id).await.body, DeliveryBody::Scrubbed);
        services.store.close().await;
    }
}

#[tokio::test]
async fn more_than_one_batch_is_sealed_in_one_look() {
    let scene = scene_on(store::testing::sqlite().await).await;
    scene.import_jo().await;
    let path = webhook_path(&scene.world, &scene.admin).await;
    for number in 1..=205 {
        post(&scene.world, &path, &stage_change(TOKEN, "somebody-else", number)).await;
    }
    webhooks::save_bodies_kept(scene.services(), &scene.admin, "7", "seal").await.unwrap();
    scene.step(DAY * 8).await;
    housekeeping::sweep(scene.services()).await;
    let mut tx = scene.services().store.read().await.unwrap();
    let sql = "select body_kept, count(*) as many from deliveries group by body_kept";
    let rows = tx.all(sql, store::args![]).await.unwrap();
    let kept: Vec<(i64, i64)> =
        rows.iter().map(|row| (row.get("body_kept").unwrap(), row.get("many").unwrap())).collect();
    assert_eq!(kept, [(2, 205)]);
}
