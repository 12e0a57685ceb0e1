//! What deliveries missed is repaired, within one period and on demand.

use std::time::Duration;

use domain::attention::AttentionKind;
use domain::problem::Problem;
use domain::status::Status;
use domain::view::{ImportView, Mend, RunsPage};
use lever_sim::{Fault, FaultKind, When};
use serde_json::json;
use usecases::integration::RunsAsked;
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
    assert_eq!(compared(&scene), ["opportunities.list", "opportunities.get", "opportunities.deleted"]);
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
    let asks = runs(&scene).await.asks.unwrap();
    assert_eq!((asks.item, asks.missing, asks.linked), (item.id, 6, 7));
    assert!(!asks.may_answer, "an Admin sees the question, and cannot answer it");
    // A run by the clock stops as well, and asks once.
    scene.step(Duration::from_secs(3_600)).await;
    tick(&scene).await;
    assert_eq!(card(&scene.world, &scene.admin).await.linked, 7);
    let items = scene.attention().await;
    assert_eq!(items.iter().filter(|row| row.kind == AttentionKind::TooManyUnlinked).count(), 1);
    let page = integration::runs(scene.services(), &scene.admin, RunsAsked::default()).await.unwrap();
    let asks = page.asks.unwrap();
    assert!(asks.may_answer);
    usecases::attention::retry(scene.services(), &scene.admin, asks.item).await.unwrap();
    work(&scene.world).await;
    assert_eq!(runs(&scene).await.asks, None);
    assert_eq!(card(&scene.world, &scene.admin).await.linked, 1);
    assert_eq!(scene.asked_about(AttentionKind::TooManyUnlinked).await, None);
}

/// What Lever was asked about opportunities; stages and users are read beside it.
fn compared(scene: &Scene) -> Vec<String> {
    scene.asked().into_iter().filter(|endpoint| endpoint.starts_with("opportunities.")).collect()
}

/// Asks for what one run found to differ.
fn of_run(run: domain::ids::ReconciliationId) -> RunsAsked {
    RunsAsked { run: Some(run), ..RunsAsked::default() }
}

/// The runs as an Admin sees them.
async fn runs(scene: &Scene) -> RunsPage {
    integration::runs(scene.services(), &scene.lee, RunsAsked::default()).await.unwrap()
}

#[tokio::test]
async fn every_night_everybody_is_compared() {
    let scene = scene().await;
    let id = scene.import_jo().await;
    let due = runs(&scene).await.next_full.unwrap();
    // Until then runs look at what changed only.
    let mut nightly = 0;
    for _ in 0..32 {
        scene.step(Duration::from_secs(60 * 60)).await;
        scene.lever.forget_received();
        tick(&scene).await;
        let in_full = runs(&scene).await.runs.rows[0].why.starts_with("Nightly");
        assert_eq!(scene.times_asked("opportunities.get") == 1, in_full, "{id} was not listed");
        nightly += u32::from(in_full);
        if in_full {
            assert_eq!(runs(&scene).await.runs.rows[0].compared, 1);
        }
    }
    assert_eq!(nightly, 1, "due {}", due.iso);
    let hour: u32 = due.iso[11..13].parse().unwrap();
    assert!((1..5).contains(&hour), "{}", due.iso);
    let next = runs(&scene).await.next_full.unwrap();
    assert_eq!(next.iso[11..], due.iso[11..], "at the same minute of every night");
    assert_ne!(next.iso[..10], due.iso[..10]);
}

/// Jo and so many others, imported long ago: no window of changes holds them.
async fn many_imported(scene: &Scene, others: u32) {
    scene.click().await;
    for number in 0..others {
        let candidate = answered_candidate(&scene.world, &scene.ana, &format!("Sam {number}")).await;
        imports::request(scene.services(), &scene.ana, candidate).await.unwrap();
    }
    work(&scene.world).await;
    scene.step(Duration::from_secs(3_600)).await;
    tick(scene).await;
    scene.step(Duration::from_secs(600)).await;
    scene.lever.forget_received();
}

#[tokio::test]
async fn a_run_goes_on_where_a_lost_worker_left_it() {
    for fresh in [store::testing::sqlite().await, store::testing::postgres().await] {
        let scene = scene_on(fresh).await;
        many_imported(&scene, 51).await;
        let ids: Vec<String> =
            scene.in_lever().iter().map(|found| found["id"].as_str().unwrap().to_owned()).collect();
        scene.lever.set_stage(ids.iter().min().unwrap(), "Offer").await.unwrap();
        integration::sync_now(scene.services(), &scene.admin).await.unwrap();
        // The second batch is not answered, and the worker is gone.
        let third = Fault::new("opportunities.list", FaultKind::Unavailable, When::Schedule(vec![3]));
        scene.lever.set_faults(vec![third]).await.unwrap();
        assert!(worker::step(scene.services()).await.unwrap());
        let left = runs(&scene).await.running.unwrap();
        assert!((50..52).contains(&left.compared), "{left:?}");
        assert_eq!((left.linked, left.pages, left.changed), (52, 2, 1));
        let text = format!("{} of 52 compared, 1 changed, 2 requests", left.compared);
        assert_eq!(card(&scene.world, &scene.admin).await.sync.unwrap().text, text);

        scene.lever.set_faults(Vec::new()).await.unwrap();
        scene.lever.forget_received();
        scene.step(Duration::from_secs(60)).await;
        work(&scene.world).await;
        assert_eq!(compared(&scene), ["opportunities.list", "opportunities.deleted"], "the rest only");
        let page = runs(&scene).await;
        assert_eq!(page.running, None);
        assert_eq!(
            (page.runs.rows[0].compared, page.runs.rows[0].changed, page.runs.rows[0].pages),
            (52, 1, 3)
        );
        assert_eq!(page.differences.rows.len(), 1, "found before the loss, and kept");
        scene.services().store.close().await;
    }
}

#[tokio::test]
async fn what_differed_is_listed_with_what_was_done() {
    let scene = scene().await;
    let id = scene.import_jo().await;
    scene.step(Duration::from_secs(60)).await;
    scene.lever.set_stage(&id, "Offer").await.unwrap();
    integration::sync_now(scene.services(), &scene.admin).await.unwrap();
    work(&scene.world).await;
    let page = runs(&scene).await;
    let found = &page.differences.rows[0];
    assert_eq!((found.candidate, found.name.as_str()), (scene.jo, "Jo Park"));
    assert_eq!(
        [found.ours.as_str(), &found.levers, &found.done],
        ["Stage New lead, Responded", "Stage Offer", "now Offer"]
    );
    let run = &page.runs.rows[0];
    assert_eq!((run.why, run.compared, run.changed, run.requests), ("Asked for, in full", 1, 1, 2));
    assert!(run.full);

    // A place that is not mapped is a difference too; a deletion as well.
    let stage = practice(&scene.lever, "POST", "stages", &json!({ "text": "Panel" })).await;
    scene.lever.set_stage(&id, stage["id"].as_str().unwrap()).await.unwrap();
    for _ in 0..2 {
        scene.step(Duration::from_secs(3_600)).await;
        tick(&scene).await;
    }
    scene.lever.delete(&id).await.unwrap();
    scene.step(Duration::from_secs(3_600)).await;
    tick(&scene).await;
    let page = runs(&scene).await;
    let done: Vec<&str> = page.differences.rows.iter().map(|found| found.done.as_str()).collect();
    assert_eq!(done, ["no longer linked", "held: the place in Lever is not mapped", "now Offer"]);
    let one = integration::runs(scene.services(), &scene.lee, of_run(page.runs.rows[0].id)).await.unwrap();
    assert_eq!(one.differences.rows.len(), 1);
    assert_eq!(
        refused(integration::runs(scene.services(), &scene.ana, RunsAsked::default()).await),
        Problem::NotAllowed
    );
    let nowhere = scene.services().new_id();
    let missing = integration::runs(scene.services(), &scene.lee, of_run(nowhere)).await;
    assert_eq!(refused(missing), Problem::NotFound);
    // They are kept for a month.
    scene.step(Duration::from_secs(31 * 24 * 3_600)).await;
    tick(&scene).await;
    let page = runs(&scene).await;
    assert!(page.differences.rows.is_empty());
    assert_eq!(page.runs.rows.len(), 1);
}

#[tokio::test]
async fn many_are_compared_in_few_requests() {
    let scene = scene().await;
    many_imported(&scene, 51).await;
    integration::sync_now(scene.services(), &scene.admin).await.unwrap();
    work(&scene.world).await;
    assert_eq!(runs(&scene).await.runs.rows[0].compared, 52);
    let lists = ["opportunities.list"; 3];
    assert_eq!(compared(&scene), [&lists[..], &["opportunities.deleted"]].concat());
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
async fn whoever_asks_during_a_run_gets_another_one() {
    for fresh in [store::testing::sqlite().await, store::testing::postgres().await] {
        let scene = scene_on(fresh).await;
        let id = scene.import_jo().await;
        scene.step(scene.services().settings.timing.reconcile_every).await;
        scene.fault("opportunities.deleted", FaultKind::Unavailable, 1).await;
        tick(&scene).await;
        assert!(runs(&scene).await.running.is_some(), "it has read what changed, and waits for Lever");
        scene.lever.set_stage(&id, "Offer").await.unwrap();
        let is_followed = async || runs(&scene).await.running.map(|run| run.followed);
        assert_eq!(is_followed().await, Some(false));
        integration::sync_now(scene.services(), &scene.admin).await.unwrap();
        assert_eq!(is_followed().await, Some(true), "whoever asked is told");
        integration::sync_now(scene.services(), &scene.admin).await.unwrap();
        work(&scene.world).await;
        assert_eq!(scene.status().await, Status::Offer);
        let page = runs(&scene).await;
        assert_eq!(page.running, None);
        let ran: Vec<_> = page.runs.rows.iter().map(|run| (run.why, run.changed)).take(2).collect();
        assert_eq!(ran, [("Asked for, in full", 1), ("Every 15 minutes", 0)]);
        scene.services().store.close().await;
    }
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

/// A key for this account that lacks the confidential grant and `without`, saved.
async fn narrower_key(scene: &Scene, without: &[&str]) {
    let body = json!({ "without": without, "confidential": false });
    let made = practice(&scene.lever, "POST", "keys", &body).await;
    let key = made["key"].as_str().unwrap();
    integration::save_connection(scene.services(), &scene.admin, form(key, "")).await.unwrap();
    scene.settle().await;
}

#[tokio::test]
async fn confidential_ones_are_compared_where_the_key_may() {
    for fresh in [store::testing::sqlite().await, store::testing::postgres().await] {
        let scene = scene_on(fresh).await;
        many_imported(&scene, 1).await;
        let all = scene.in_lever();
        let id_of = |name: &str| {
            let found = all.iter().find(|found| found["name"] == name).unwrap();
            found["id"].as_str().unwrap().to_owned()
        };
        let (jo, sam) = (id_of("Jo Park"), id_of("Sam 0"));
        let period = scene.services().settings.timing.reconcile_every;
        scene.lever.conceal(&jo).await.unwrap();
        scene.lever.set_stage(&jo, "Offer").await.unwrap();
        scene.step(period).await;
        tick(&scene).await;
        assert_eq!(scene.status().await, Status::Offer, "among the changed ones");
        let listed = scene
            .lever
            .received()
            .into_iter()
            .filter(|call| call.endpoint.as_deref() == Some("opportunities.list"));
        assert!(listed.into_iter().all(|call| call.query.contains("confidentiality=all")));

        // Another key, which may not: the others are compared all the same.
        narrower_key(&scene, &[]).await;
        scene.lever.forget_received();
        scene.lever.hire(&jo).await.unwrap();
        scene.lever.set_stage(&sam, "Offer").await.unwrap();
        scene.step(period).await;
        tick(&scene).await;
        assert_eq!(scene.status().await, Status::Offer, "it is not shown to this key");
        assert_eq!(statuses(&scene).await, [Status::Offer; 2]);
        let refused = scene.lever.received().into_iter().filter(|call| call.status == Some(403)).count();
        assert_eq!(refused, 0, "what is certain to be refused is not asked for");
        assert_eq!(card(&scene.world, &scene.admin).await.sync.unwrap().problem, None);
        scene.services().store.close().await;
    }
}

/// The statuses of everybody.
async fn statuses(scene: &Scene) -> Vec<Status> {
    let filter = domain::view::CandidateFilter::default();
    let page = usecases::candidates::list(scene.services(), &scene.admin, &filter).await.unwrap();
    page.rows.into_iter().map(|row| row.status).collect()
}

#[tokio::test]
async fn what_cannot_be_read_is_asked_about_and_listed_on_both_databases() {
    for fresh in [store::testing::sqlite().await, store::testing::postgres().await] {
        let scene = scene_on(fresh).await;
        many_imported(&scene, 3).await;
        let page = usecases::candidates::list(
            scene.services(),
            &scene.admin,
            &domain::view::CandidateFilter::default(),
        )
        .await
        .unwrap();
        let lever_id = |name: &str| {
            let found = scene.in_lever().into_iter().find(|found| found["name"] == name).unwrap();
            found["id"].as_str().unwrap().to_owned()
        };
        let [hidden, gone, moved] = ["Sam 0", "Sam 1", "Sam 2"].map(lever_id);
        narrower_key(&scene, &["opportunities.deleted"]).await;
        // The key may not list deletions: nobody can tell that it was one.
        scene.lever.conceal(&hidden).await.unwrap();
        scene.lever.delete(&gone).await.unwrap();
        scene.lever.set_stage(&moved, "Offer").await.unwrap();
        for _ in 0..2 {
            scene.step(Duration::from_secs(60)).await;
            integration::sync_now(scene.services(), &scene.admin).await.unwrap();
            work(&scene.world).await;
        }
        let mut asked: Vec<String> = scene
            .attention()
            .await
            .into_iter()
            .filter(|row| row.kind == AttentionKind::DeliveryNotApplied)
            .map(|row| row.title)
            .collect();
        asked.sort();
        let about = |name: &str| format!("An update about {name} could not be applied");
        assert_eq!(asked, [about("Sam 0"), about("Sam 1")], "once each, whatever the number of runs");
        assert!(scene.asked_about(AttentionKind::PermissionMissing).await.is_some(), "as for a delivery");
        let runs = runs(&scene).await;
        let last =
            integration::runs(scene.services(), &scene.admin, of_run(runs.runs.rows[0].id)).await.unwrap();
        let mut found: Vec<[&str; 4]> = last
            .differences
            .rows
            .iter()
            .map(|it| [&it.name, &it.ours, &it.levers, &it.done].map(String::as_str))
            .collect();
        found.sort_unstable();
        let kept = "kept as it is, and asked about";
        assert_eq!(
            found,
            [
                ["Sam 0", "Stage New lead, Responded", "not shown to this API key", kept],
                ["Sam 1", "Stage New lead, Responded", "not found, and not listed as deleted", kept],
            ]
        );
        assert_eq!(card(&scene.world, &scene.admin).await.linked, 4, "nothing is unlinked");
        let row = page.rows.iter().find(|row| row.name == "Sam 2").unwrap();
        let profile = usecases::candidates::profile(scene.services(), &scene.ana, row.id).await.unwrap();
        assert_eq!(profile.row.status, Status::Offer, "the others are brought up to date");

        // With a key that may do all, both end by themselves.
        integration::save_connection(scene.services(), &scene.admin, form(KEY, "")).await.unwrap();
        integration::sync_now(scene.services(), &scene.admin).await.unwrap();
        scene.settle().await;
        assert_eq!(scene.asked_about(AttentionKind::DeliveryNotApplied).await, None);
        assert_eq!(card(&scene.world, &scene.admin).await.linked, 3, "the deleted one is unlinked");
        scene.services().store.close().await;
    }
}

#[tokio::test]
async fn one_that_lever_lists_as_deleted_is_unlinked_and_nobody_is_asked() {
    let scene = scene().await;
    many_imported(&scene, 2).await;
    scene.lever.delete(scene.in_lever()[0]["id"].as_str().unwrap()).await.unwrap();
    integration::sync_now(scene.services(), &scene.admin).await.unwrap();
    work(&scene.world).await;
    assert_eq!(card(&scene.world, &scene.admin).await.linked, 2);
    assert_eq!(scene.attention().await, []);
    let found = runs(&scene).await.differences.rows;
    assert_eq!(found.iter().map(|it| it.done.as_str()).collect::<Vec<_>>(), ["no longer linked"]);
}

#[tokio::test]
async fn the_first_run_after_a_pause_is_called_the_back_fill() {
    let scene = scene().await;
    scene.import_jo().await;
    let period = scene.services().settings.timing.reconcile_every;
    scene.step(period).await;
    tick(&scene).await;
    scene.step(period).await;
    tick(&scene).await;
    assert_eq!(runs(&scene).await.runs.rows[0].why, "Every 15 minutes");
    scene.step(3 * period).await;
    tick(&scene).await;
    let page = runs(&scene).await;
    assert_eq!((page.runs.rows[0].why, page.runs.rows[0].full), ("Back-fill, after a pause", false));
    scene.step(period).await;
    tick(&scene).await;
    assert_eq!(runs(&scene).await.runs.rows[0].why, "Every 15 minutes");
}
