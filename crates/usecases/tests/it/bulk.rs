//! Many candidates in one run: each once, at a pace that leaves room, through
//! pauses, restarts and failures.

use std::time::Duration;

use domain::actor::{Actor, Role};
use domain::ids::{BulkImportId, CandidateId};
use domain::import::{BulkOutcome, BulkState, SkipReason};
use domain::job::{Job, Priority};
use domain::problem::Problem;
use domain::status::Status;
use domain::view::{BulkImportPage, CandidateFilter, ImportView};
use lever::RateConfig;
use lever_sim::{Fault, FaultKind, When};
use usecases::imports::bulk::{self, Whom};
use usecases::{imports, integration};

use crate::lever_world::*;
use crate::scene::{Scene, scene, scene_at_rate, scene_on};
use crate::support::{answered_candidate, candidate, member};

/// Candidates who have answered, Jo among them.
async fn crowd(scene: &Scene, count: usize) -> Vec<CandidateId> {
    let mut people = vec![scene.jo];
    for number in 1..count {
        people.push(answered_candidate(&scene.world, &scene.ana, &format!("Person {number}")).await);
    }
    people
}

async fn start(scene: &Scene, whom: Whom) -> BulkImportId {
    bulk::start(scene.services(), &scene.ana, whom).await.unwrap()
}

async fn page(scene: &Scene, actor: &Actor, id: BulkImportId) -> BulkImportPage {
    bulk::progress(scene.services(), actor, id, None, None).await.unwrap()
}

/// How many have each outcome, without those that nobody has.
async fn counts(scene: &Scene, id: BulkImportId) -> Vec<(BulkOutcome, u32)> {
    let run = page(scene, &scene.ana, id).await.run;
    run.counts.into_iter().filter(|(_, count)| *count > 0).collect()
}

async fn state(scene: &Scene, id: BulkImportId) -> BulkState {
    page(scene, &scene.ana, id).await.run.state
}

/// One opportunity for each address.
fn nobody_twice(scene: &Scene) {
    let mut emails: Vec<String> =
        scene.in_lever().iter().map(|found| found["emails"][0].as_str().unwrap().to_owned()).collect();
    let all = emails.len();
    emails.sort();
    emails.dedup();
    assert_eq!(emails.len(), all, "somebody is in Lever twice");
}

#[tokio::test]
async fn the_chosen_ones_are_imported_and_the_others_are_told_why_not() {
    for fresh in [store::testing::sqlite().await, store::testing::postgres().await] {
        let scene = scene_on(fresh).await;
        let mut people = crowd(&scene, 3).await;
        scene.import_jo().await;
        let quiet = candidate(&scene.world, &scene.ana, "Kim Quiet").await;
        people.push(quiet);
        // Named twice, and nobody's.
        people.push(people[1]);
        people.push(scene.services().new_id());
        let id = start(&scene, Whom::Candidates(people.clone())).await;
        scene.settle().await;

        let page = page(&scene, &scene.ana, id).await;
        assert_eq!((page.run.state, page.run.total, page.run.collecting), (BulkState::Done, 4, false));
        assert_eq!(counts(&scene, id).await, [(BulkOutcome::Imported, 2), (BulkOutcome::Skipped, 2)]);
        let told: Vec<_> = page.items.iter().map(|item| (item.candidate, item.reason.as_str())).collect();
        assert_eq!(
            told,
            [
                (scene.jo, SkipReason::InLever.text()),
                (people[1], ""),
                (people[2], ""),
                (quiet, SkipReason::NotEligible.text()),
            ]
        );
        assert_eq!(scene.in_lever().len(), 3);
        nobody_twice(&scene);
        scene.services().store.close().await;
    }
}

#[tokio::test]
async fn all_that_match_a_filter_are_imported() {
    let scene = scene().await;
    crowd(&scene, 30).await;
    candidate(&scene.world, &scene.ana, "Person Quiet").await;
    let whom = Whom::Matching(CandidateFilter {
        search: "pers".into(),
        status: Some(Status::Responded),
        ..CandidateFilter::default()
    });
    let id = start(&scene, whom).await;
    // Who comes later was not meant.
    scene.step(Duration::from_secs(1)).await;
    work(&scene.world).await;
    scene.settle().await;
    assert_eq!(counts(&scene, id).await, [(BulkOutcome::Imported, 29)]);
    assert_eq!(scene.in_lever().len(), 29);
    nobody_twice(&scene);
    let first = bulk::progress(scene.services(), &scene.ana, id, Some(BulkOutcome::Failed), None).await;
    assert!(first.unwrap().items.is_empty());
}

#[tokio::test]
async fn a_run_queues_no_more_than_some_seconds_of_work() {
    let scene = scene().await;
    let people = crowd(&scene, 40).await;
    let id = start(&scene, Whom::Candidates(people)).await;
    // The step of the run alone.
    assert!(usecases::worker::step(scene.services()).await.unwrap());
    let found = counts(&scene, id).await;
    assert_eq!(found, [(BulkOutcome::UnderWay, 20), (BulkOutcome::Waiting, 20)]);
    // A click of somebody else goes before all of them.
    let eager = answered_candidate(&scene.world, &scene.lee, "Eager Lou").await;
    imports::request(scene.services(), &scene.lee, eager).await.unwrap();
    let claimed = scene.lost_worker().await;
    assert_eq!(claimed.priority, Priority::Click);
    assert!(matches!(claimed.job, Job::ImportCandidate { .. }));
    scene.settle().await;
    assert_eq!(counts(&scene, id).await, [(BulkOutcome::Imported, 40)]);
}

#[tokio::test]
async fn a_click_on_one_of_many_makes_one_opportunity_and_is_first() {
    let scene = scene().await;
    let people = crowd(&scene, 10).await;
    let last = people[9];
    let id = start(&scene, Whom::Candidates(people)).await;
    assert!(usecases::worker::step(scene.services()).await.unwrap());
    imports::request(scene.services(), &scene.ana, last).await.unwrap();
    imports::request(scene.services(), &scene.lee, last).await.unwrap();
    assert!(usecases::worker::step(scene.services()).await.unwrap());
    let profile = usecases::candidates::profile(scene.services(), &scene.ana, last).await.unwrap();
    assert!(matches!(profile.row.import, ImportView::Imported { .. }), "{:?}", profile.row.import);
    scene.settle().await;
    assert_eq!(counts(&scene, id).await, [(BulkOutcome::Imported, 10)]);
    assert_eq!(scene.times_asked("opportunities.create"), 10);
    // And a second run of the same people asks Lever nothing.
    scene.lever.forget_received();
    let again = start(&scene, Whom::Matching(CandidateFilter::default())).await;
    scene.settle().await;
    assert_eq!(counts(&scene, again).await, [(BulkOutcome::Skipped, 10)]);
    assert_eq!(scene.asked(), Vec::<String>::new());
}

#[tokio::test]
async fn it_pauses_resumes_and_stops() {
    let scene = scene().await;
    let people = crowd(&scene, 50).await;
    let id = start(&scene, Whom::Candidates(people)).await;
    assert!(usecases::worker::step(scene.services()).await.unwrap());
    let ben = member(&scene.world, Role::Recruiter).await;
    assert_eq!(refused(bulk::pause(scene.services(), &ben, id).await), Problem::NotAllowed);
    bulk::pause(scene.services(), &scene.ana, id).await.unwrap();
    bulk::pause(scene.services(), &scene.ana, id).await.unwrap();
    scene.settle().await;
    // Who was on the way has arrived, and nobody else was begun.
    assert_eq!(counts(&scene, id).await, [(BulkOutcome::Imported, 20), (BulkOutcome::Waiting, 30)]);
    assert_eq!(state(&scene, id).await, BulkState::Paused);

    bulk::resume(scene.services(), &scene.lee, id).await.unwrap();
    assert!(usecases::worker::step(scene.services()).await.unwrap());
    bulk::stop(scene.services(), &scene.ana, id).await.unwrap();
    bulk::stop(scene.services(), &scene.ana, id).await.unwrap();
    scene.settle().await;
    assert_eq!(counts(&scene, id).await, [(BulkOutcome::Imported, 40), (BulkOutcome::Waiting, 10)]);
    assert_eq!(refused(bulk::resume(scene.services(), &scene.ana, id).await), Problem::ChangedMeanwhile);
    assert_eq!(scene.in_lever().len(), 40);
}

#[tokio::test]
async fn failed_ones_say_why_and_are_tried_again_together() {
    let scene = scene().await;
    let people = crowd(&scene, 6).await;
    let key = key_without(&scene.lever, &["opportunities.create"]).await;
    integration::save_connection(scene.services(), &scene.admin, form(&key, "")).await.unwrap();
    scene.settle().await;
    let id = start(&scene, Whom::Candidates(people)).await;
    scene.settle().await;
    assert_eq!(counts(&scene, id).await, [(BulkOutcome::Failed, 6)]);
    let failed = page(&scene, &scene.ana, id).await;
    assert_eq!((failed.run.state, failed.run.retryable()), (BulkState::Done, 6));
    let why = domain::import::ImportFailure::Forbidden.text();
    assert!(failed.items.iter().all(|item| item.reason == why));

    integration::save_connection(scene.services(), &scene.admin, form(KEY, "")).await.unwrap();
    bulk::retry_failed(scene.services(), &scene.ana, id).await.unwrap();
    scene.settle().await;
    assert_eq!(counts(&scene, id).await, [(BulkOutcome::Imported, 6)]);
    assert_eq!(scene.in_lever().len(), 6);
    let items = scene.attention().await;
    let left: Vec<_> = items.iter().filter(|item| item.candidate.is_some()).collect();
    assert!(left.is_empty(), "{left:?}");
}

#[tokio::test]
async fn a_run_goes_on_after_its_worker_was_lost() {
    let scene = scene().await;
    let people = crowd(&scene, 25).await;
    let id = start(&scene, Whom::Candidates(people)).await;
    // Lost with the first step in hand, and once more with an import in hand.
    scene.lost_worker().await;
    scene.step(scene.services().settings.timing.lease).await;
    assert!(usecases::worker::step(scene.services()).await.unwrap());
    scene.lost_worker().await;
    scene.settle().await;
    assert_eq!(counts(&scene, id).await, [(BulkOutcome::Imported, 25)]);
    assert_eq!(state(&scene, id).await, BulkState::Done);
    nobody_twice(&scene);
}

#[tokio::test]
async fn a_hundred_under_faults_are_each_in_lever_once() {
    for fresh in [store::testing::sqlite().await, store::testing::postgres().await] {
        let scene = scene_at_rate(fresh, RateConfig { per_second: 500.0, burst: 500 }).await;
        let people = crowd(&scene, 100).await;
        let kinds = [
            FaultKind::DropAfter,
            FaultKind::AppliedThenError,
            FaultKind::DropBefore,
            FaultKind::Unavailable,
            FaultKind::TooManyRequests { retry_after_seconds: Some(0) },
        ];
        let faults = ["opportunities.create", "notes.create"]
            .into_iter()
            .flat_map(|endpoint| {
                kinds.iter().map(move |kind| Fault::new(endpoint, kind.clone(), When::Probability(0.07)))
            })
            .chain(
                [FaultKind::InternalError, FaultKind::DropBefore]
                    .map(|kind| Fault::new("opportunities.list", kind, When::Probability(0.1))),
            )
            .collect();
        scene.lever.set_faults(faults).await.unwrap();
        let id = start(&scene, Whom::Candidates(people)).await;
        scene.settle().await;
        assert_eq!(counts(&scene, id).await, [(BulkOutcome::Imported, 100)]);
        assert_eq!(scene.in_lever().len(), 100);
        nobody_twice(&scene);
        assert!(scene.in_lever().iter().all(|found| found["notes"].as_array().unwrap().len() == 1));
        scene.services().store.close().await;
    }
}

#[tokio::test]
async fn who_may_see_and_start_it() {
    let scene = scene().await;
    let other = crate::support::another_organisation(&scene.world).await;
    let stranger = crate::support::member_of(&scene.world, other, Role::SuperAdmin).await;
    let services = scene.services();
    let nobody = bulk::start(services, &scene.ana, Whom::Candidates(Vec::new())).await;
    assert_eq!(refused(nobody), Problem::NobodyChosen);
    let unconnected = bulk::start(services, &stranger, Whom::Candidates(vec![scene.jo])).await;
    assert_eq!(refused(unconnected), Problem::NotConnected);
    let id = start(&scene, Whom::Candidates(vec![scene.jo])).await;
    assert_eq!(refused(bulk::progress(services, &stranger, id, None, None).await), Problem::NotFound);
    assert_eq!(refused(bulk::stop(services, &stranger, id).await), Problem::NotFound);
    assert!(bulk::newest(services, &stranger, "").await.unwrap().rows.is_empty());
    assert_eq!(bulk::newest(services, &scene.lee, "").await.unwrap().rows.len(), 1);
    let seen = page(&scene, &scene.lee, id).await.run;
    assert_eq!((seen.started_by.as_str(), seen.may_steer), ("Ana Ruiz", true));
}

#[tokio::test]
async fn a_run_stops_when_whoever_started_it_is_gone() {
    let scene = scene().await;
    let people = crowd(&scene, 3).await;
    let id = start(&scene, Whom::Candidates(people)).await;
    usecases::members::remove(scene.services(), &scene.admin, scene.ana.member).await.unwrap();
    scene.settle().await;
    let run = page(&scene, &scene.lee, id).await.run;
    assert_eq!((run.state, run.count(BulkOutcome::Imported)), (BulkState::Stopped, 0));
    assert!(scene.in_lever().is_empty());
}
