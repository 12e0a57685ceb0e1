//! One click brings a candidate into Lever once, whatever happens on the way.

use std::time::Duration;

use domain::actor::Role;
use domain::attention::AttentionKind;
use domain::connection::ConnectionState;
use domain::import::{Decision, ImportFailure, ImportState};
use domain::job::Job;
use domain::problem::Problem;
use domain::status::Status;
use domain::view::{ImportView, Mend};
use lever_sim::FaultKind;
use serde_json::json;
use store::imports::Note;
use usecases::{imports, integration};

use crate::lever_world::*;
use crate::scene::{Scene, scene, scene_on};
use crate::support::{answered_candidate, candidate, member};

fn is_imported(view: &ImportView) -> bool {
    matches!(view, ImportView::Imported { .. })
}

/// What must hold in the end, however it came to it.
async fn exactly_once(scene: &Scene) {
    let only = scene.only();
    let ImportView::Imported { url } = scene.import().await else {
        panic!("not imported: {:?}", scene.row().await);
    };
    assert_eq!(Some(url.as_str()), only["urls"]["show"].as_str());
    assert!(only["notes"].as_array().unwrap().len() <= 1, "never two notes");
    assert_eq!(scene.status().await, Status::Responded, "the landing changes nothing");
}

#[tokio::test]
async fn a_clean_import_makes_three_calls() {
    let scene = scene().await;
    assert_eq!(scene.import().await, ImportView::Available { credited_to: Some("Ana Ruiz".into()) });
    scene.click().await;
    assert_eq!(scene.import().await, ImportView::Queued);
    work(&scene.world).await;

    assert_eq!(scene.asked(), ["opportunities.list", "opportunities.create", "notes.create"]);
    exactly_once(&scene).await;
    let only = scene.only();
    assert_eq!(only["name"], "Jo Park");
    assert_eq!(only["stage"], "lead-new");
    assert_eq!(only["origin"], "sourced");
    assert_eq!(only["sources"], json!(["CodeSignal"]));
    assert_eq!(only["creator"], "Ana Ruiz");
    assert_eq!(only["tags"], json!([domain::import::marker(scene.row().await.id)]));
    assert_eq!(only["emails"], json!(["jo.park@people.example"]));
    let note = only["notes"][0]["fields"][0]["value"].as_str().unwrap();
    for part in ["Would you like to talk?", "Yes, gladly.", &format!("/candidates/{}", scene.jo)] {
        assert!(note.contains(part), "{part} is missing in {note}");
    }
    let card = scene.profile().await.lever.unwrap();
    assert_eq!((card.stage.as_str(), card.credited_to.as_deref()), ("New lead", Some("Ana Ruiz")));
    assert!(scene.attention().await.is_empty());
}

#[tokio::test]
async fn a_second_click_and_a_second_member_change_nothing() {
    let scene = scene().await;
    scene.click().await;
    scene.click().await;
    imports::request(scene.services(), &scene.admin, scene.jo).await.unwrap();
    work(&scene.world).await;
    scene.click().await;
    work(&scene.world).await;
    exactly_once(&scene).await;
    assert_eq!(scene.times_asked("opportunities.create"), 1);
    assert_eq!(scene.only()["creator"], "Ana Ruiz");
}

#[tokio::test]
async fn whatever_lever_does_to_the_request_there_is_one_opportunity() {
    let certain = [
        FaultKind::TooManyRequests { retry_after_seconds: None },
        FaultKind::TooManyRequests { retry_after_seconds: Some(1) },
    ];
    let uncertain = [
        FaultKind::InternalError,
        FaultKind::Unavailable,
        FaultKind::DropBefore,
        FaultKind::DropAfter,
        FaultKind::DropMidBody,
        FaultKind::AppliedThenError,
    ];
    for (kind, is_certain) in
        certain.into_iter().map(|kind| (kind, true)).chain(uncertain.into_iter().map(|kind| (kind, false)))
    {
        let scene = scene().await;
        scene.fault("opportunities.create", kind.clone(), 1).await;
        scene.click().await;
        work(&scene.world).await;
        let shown = scene.import().await;
        let waits = if is_certain { ImportView::Queued } else { ImportView::Sending };
        assert_eq!(shown, waits, "{kind:?}");
        // Nothing is sent again before it can be seen whether it was carried out.
        let state = scene.row().await.state;
        assert_eq!(state == ImportState::Unknown, !is_certain, "{kind:?}: {state:?}");
        scene.settle().await;
        exactly_once(&scene).await;
        assert!(scene.times_asked("opportunities.create") <= 2, "{kind:?}");
        assert_eq!(scene.only()["notes"].as_array().unwrap().len(), 1, "{kind:?}");
    }
}

#[tokio::test]
async fn nothing_is_repeated_while_lever_keeps_failing_and_lists_lag() {
    let scene = scene().await;
    let behaviour = lever_sim::Behaviour { list_lag_ms: 4_000, ..scene.lever.behaviour() };
    scene.lever.set_behaviour(behaviour).await.unwrap();
    scene.fault("opportunities.create", FaultKind::AppliedThenError, 5).await;
    scene.click().await;
    scene.settle().await;
    exactly_once(&scene).await;
    assert_eq!(scene.times_asked("opportunities.create"), 1);
}

/// What our own request makes, when it reaches Lever after we gave it up.
async fn arrives_late(scene: &Scene) -> String {
    let new = lever::NewOpportunity {
        name: "Jo Park".into(),
        emails: vec!["jo.park@people.example".into()],
        tags: vec![scene.row().await.marker],
        ..lever::NewOpportunity::default()
    };
    let created = scene.made_in_lever(new).await;
    scene.lever.forget_received();
    created
}

#[tokio::test]
async fn a_request_that_outlives_its_deadline_is_found_again() {
    for arrives in [true, false] {
        let scene = scene().await;
        scene.fault("opportunities.create", FaultKind::Slow { delay_ms: 5_000 }, 1).await;
        scene.click().await;
        work(&scene.world).await;
        assert_eq!(scene.row().await.state, ImportState::Unknown);
        assert_eq!(scene.times_asked("opportunities.create"), 1);
        scene.lever.forget_received();
        let late = if arrives { Some(arrives_late(&scene).await) } else { None };
        scene.settle().await;
        exactly_once(&scene).await;
        assert_eq!(scene.times_asked("opportunities.create"), usize::from(!arrives));
        assert!(late.is_none_or(|late| late == scene.only_id()));
    }
}

#[tokio::test]
async fn a_crash_before_the_intent_delays_and_changes_nothing() {
    let scene = scene().await;
    scene.click().await;
    scene.lost_worker().await;
    work(&scene.world).await;
    assert!(scene.in_lever().is_empty());
    scene.step(scene.services().settings.timing.lease).await;
    work(&scene.world).await;
    exactly_once(&scene).await;
    assert_eq!(scene.times_asked("opportunities.create"), 1);
}

/// A worker that is lost right after it committed the intent.
async fn lost_with_intent(scene: &Scene) -> Duration {
    scene.click().await;
    let claimed = scene.lost_worker().await;
    let timing = scene.services().settings.timing;
    let row = scene.row().await;
    let user = scene.client().users(lever::UserFilter::default()).await.unwrap()[0].id.clone();
    let mut tx = scene.services().store.begin().await.unwrap();
    let until = claimed.lease_until + timing.lever_deadline;
    let now = scene.services().now();
    store::imports::intend(&mut tx, scene.ana.organisation, row.id, &user, until, now).await.unwrap();
    tx.commit().await.unwrap();
    scene.lever.forget_received();
    timing.lease + timing.lever_deadline + timing.settle
}

#[tokio::test]
async fn a_crash_after_the_intent_waits_before_it_looks_and_then_creates() {
    let scene = scene().await;
    let wait = lost_with_intent(&scene).await;
    assert_eq!(scene.import().await, ImportView::Sending);
    let short = Duration::from_millis(1);
    scene.step(wait - short).await;
    work(&scene.world).await;
    assert_eq!(scene.asked(), Vec::<String>::new(), "neither looked for nor repeated too early");
    assert_eq!(scene.row().await.state, ImportState::Unknown);
    scene.step(short).await;
    work(&scene.world).await;
    exactly_once(&scene).await;
    assert_eq!(scene.times_asked("opportunities.create"), 1);
}

#[tokio::test]
async fn a_crash_after_the_request_adopts_what_lever_has() {
    let scene = scene().await;
    let wait = lost_with_intent(&scene).await;
    let created = arrives_late(&scene).await;
    scene.step(wait).await;
    scene.settle().await;
    exactly_once(&scene).await;
    assert_eq!(scene.only_id(), created);
    assert_eq!(scene.times_asked("opportunities.create"), 0);
    assert_eq!(scene.only()["notes"].as_array().unwrap().len(), 1);
}

#[tokio::test]
async fn a_worker_cut_off_in_the_middle_of_the_request_leaves_one_opportunity() {
    for arrives in [true, false] {
        let scene = scene().await;
        scene.fault("opportunities.create", FaultKind::Slow { delay_ms: 5_000 }, 1).await;
        scene.click().await;
        let services = scene.services().clone();
        let worker = tokio::spawn(async move { usecases::worker::step(&services).await });
        tokio::time::timeout(Duration::from_secs(10), async {
            while scene.times_asked("opportunities.create") == 0 {
                tokio::time::sleep(Duration::from_millis(5)).await;
            }
        })
        .await
        .expect("the request arrives");
        worker.abort();
        assert!(worker.await.unwrap_err().is_cancelled());
        assert_eq!(scene.row().await.state, ImportState::Sending);
        scene.lever.forget_received();
        if arrives {
            arrives_late(&scene).await;
        }
        scene.settle().await;
        exactly_once(&scene).await;
        assert_eq!(scene.times_asked("opportunities.create"), usize::from(!arrives));
    }
}

#[tokio::test]
async fn a_crash_around_the_note_never_makes_two() {
    let scene = scene().await;
    scene.click().await;
    assert!(usecases::worker::step(scene.services()).await.unwrap());
    assert!(is_imported(&scene.import().await));
    let claimed = scene.lost_worker().await;
    assert!(matches!(claimed.job, Job::AddImportNote { .. }));
    scene.step(scene.services().settings.timing.lease).await;
    work(&scene.world).await;
    assert_eq!(scene.only()["notes"].as_array().unwrap().len(), 1);
    assert_eq!(scene.row().await.note, Note::Written);
}

#[tokio::test]
async fn two_workers_two_clicks_two_databases_one_opportunity() {
    for fresh in [store::testing::sqlite().await, store::testing::postgres().await] {
        let scene = scene_on(fresh).await;
        let clicks = [&scene.ana, &scene.lee].map(|actor| {
            let (services, actor, jo) = (scene.services().clone(), actor.clone(), scene.jo);
            tokio::spawn(async move { imports::request(&services, &actor, jo).await })
        });
        for click in clicks {
            click.await.unwrap().unwrap();
        }
        let workers = [0, 1, 2].map(|_| {
            let services = scene.services().clone();
            tokio::spawn(async move { usecases::worker::drain(&services).await })
        });
        for worker in workers {
            worker.await.unwrap().unwrap();
        }
        scene.settle().await;
        exactly_once(&scene).await;
        assert_eq!(scene.times_asked("opportunities.create"), 1);
        scene.services().store.close().await;
    }
}

#[tokio::test]
async fn somebody_with_the_same_address_is_a_matter_for_a_member() {
    let scene = scene().await;
    let known = scene.known_in_lever().await;
    scene.click().await;
    work(&scene.world).await;
    let import = scene.row().await.id;
    assert_eq!(scene.import().await, ImportView::NeedsDecision { import });
    assert_eq!(scene.times_asked("opportunities.create"), 0);
    let matches = scene.profile().await.matches;
    assert_eq!(matches.len(), 1);
    assert_eq!((matches[0].opportunity.as_str(), matches[0].stage.as_str()), (known.as_str(), "Offer"));
    assert!(matches[0].owner.is_some());
    let item = scene.asked_about(AttentionKind::ImportNeedsDecision).await.unwrap();
    assert_eq!(
        item.mend,
        Some(Mend::Open { label: "Decide about Jo Park".into(), href: format!("/candidates/{}", scene.jo) })
    );

    // Only one of the matches can be linked.
    let other = imports::decide(scene.services(), &scene.ana, scene.jo, Decision::Link("x".into())).await;
    assert_eq!(refused(other), Problem::NotFound);
    let link = Decision::Link(known.clone());
    imports::decide(scene.services(), &scene.ana, scene.jo, link.clone()).await.unwrap();
    imports::decide(scene.services(), &scene.ana, scene.jo, link).await.unwrap();
    work(&scene.world).await;
    assert!(is_imported(&scene.import().await));
    assert_eq!(scene.only_id(), known);
    assert_eq!(scene.only()["tags"], json!([]), "nothing is written to Lever");
    assert_eq!(scene.only()["notes"], json!([]));
    assert_eq!(scene.status().await, Status::Offer, "where they stand in Lever holds at once");
    assert_eq!(scene.asked_about(AttentionKind::ImportNeedsDecision).await, None);
    let late = imports::decide(scene.services(), &scene.ana, scene.jo, Decision::Add).await;
    assert_eq!(refused(late), Problem::ChangedMeanwhile);
}

#[tokio::test]
async fn an_opportunity_is_added_to_the_same_person_or_to_another() {
    for (decision, same_person) in [(Decision::Add, true), (Decision::NotSame, false)] {
        let scene = scene().await;
        let known = scene.known_in_lever().await;
        scene.click().await;
        work(&scene.world).await;
        imports::decide(scene.services(), &scene.ana, scene.jo, decision).await.unwrap();
        // Even when the end of the request is not known.
        scene.fault("opportunities.create", FaultKind::DropAfter, 1).await;
        scene.settle().await;
        let found = scene.in_lever();
        assert_eq!(found.len(), 2);
        let (old, new): (Vec<_>, Vec<_>) = found.iter().partition(|found| found["id"] == known);
        assert_eq!(old[0]["contact"] == new[0]["contact"], same_person);
        assert_eq!(new[0]["stage"], "lead-new");
        assert!(is_imported(&scene.import().await));
        assert_eq!(scene.times_asked("opportunities.create"), 1);
    }
}

#[tokio::test]
async fn a_chosen_opportunity_that_is_gone_is_looked_for_again() {
    let scene = scene().await;
    let known = scene.known_in_lever().await;
    scene.click().await;
    work(&scene.world).await;
    scene.lever.delete(&known).await.unwrap();
    imports::decide(scene.services(), &scene.ana, scene.jo, Decision::Link(known)).await.unwrap();
    work(&scene.world).await;
    let gone = ImportFailure::ChosenOpportunityGone.text().to_owned();
    assert_eq!(scene.import().await, ImportView::Failed { reason: gone });
    scene.click().await;
    work(&scene.world).await;
    exactly_once(&scene).await;
}

#[tokio::test]
async fn several_with_our_marker_are_a_matter_for_a_person() {
    let scene = scene().await;
    let wait = lost_with_intent(&scene).await;
    let new = lever::NewOpportunity {
        name: "Jo Park".into(),
        tags: vec![scene.row().await.marker],
        ..lever::NewOpportunity::default()
    };
    let first = scene.made_in_lever(new.clone()).await;
    scene.lever.step(1_000).await.unwrap();
    scene.made_in_lever(new).await;
    scene.step(wait).await;
    scene.settle().await;
    assert_eq!(scene.row().await.opportunity, Some(first));
    let item = scene.asked_about(AttentionKind::ImportFoundTwice).await.unwrap();
    usecases::attention::retry(scene.services(), &scene.ana, item.id).await.unwrap();
    assert_eq!(scene.asked_about(AttentionKind::ImportFoundTwice).await, None);
}

#[tokio::test]
async fn nobody_to_credit_is_told_and_mended() {
    let scene = scene().await;
    let organisation = scene.ana.organisation;
    let mut tx = scene.services().store.begin().await.unwrap();
    let connection = store::connections::find(&mut tx, organisation).await.unwrap().unwrap();
    let now = scene.services().now();
    store::connections::set_fallback(&mut tx, organisation, connection.id, None, now).await.unwrap();
    store::user_map::save(&mut tx, organisation, scene.ana.member, "").await.unwrap();
    tx.commit().await.unwrap();
    assert_eq!(scene.import().await, ImportView::Available { credited_to: None });
    scene.click().await;
    work(&scene.world).await;
    let reason = ImportFailure::NobodyToCredit.text().to_owned();
    assert_eq!(scene.import().await, ImportView::Failed { reason });
    let item = scene.asked_about(AttentionKind::ImportFailed).await.unwrap();
    assert_eq!(item.mend, Some(Mend::Retry { label: "Retry import of Jo Park".into() }));
    assert!(scene.in_lever().is_empty());

    let user = scene.client().users(lever::UserFilter::default()).await.unwrap()[0].id.clone();
    let mut tx = scene.services().store.begin().await.unwrap();
    store::user_map::save(&mut tx, organisation, scene.ana.member, &user).await.unwrap();
    tx.commit().await.unwrap();
    usecases::attention::retry(scene.services(), &scene.ana, item.id).await.unwrap();
    assert_eq!(scene.asked_about(AttentionKind::ImportFailed).await, None);
    work(&scene.world).await;
    exactly_once(&scene).await;
}

#[tokio::test]
async fn a_user_deactivated_in_lever_is_no_longer_credited() {
    let scene = scene().await;
    let users = scene.client().users(lever::UserFilter::default()).await.unwrap();
    let ana = users.iter().find(|user| user.name == "Ana Ruiz").unwrap();
    scene.lever.set_user_active(&ana.id, false).await.unwrap();
    scene.click().await;
    work(&scene.world).await;
    let reason = ImportFailure::CreditedUserGone.text().to_owned();
    assert_eq!(scene.import().await, ImportView::Failed { reason });
    // The catalogue was read again, so that the next screen knows.
    let mut tx = scene.services().store.read().await.unwrap();
    let organisation = scene.ana.organisation;
    let connection = store::connections::find(&mut tx, organisation).await.unwrap().unwrap();
    let known = store::catalogue::user(&mut tx, organisation, connection.id, &ana.id).await.unwrap();
    assert!(!known.unwrap().active);
    assert!(scene.in_lever().is_empty());
}

#[tokio::test]
async fn a_key_that_may_not_create_says_so() {
    let scene = scene().await;
    let key = key_without(&scene.lever, &["opportunities.create"]).await;
    integration::save_connection(scene.services(), &scene.admin, form(&key, "")).await.unwrap();
    scene.settle().await;
    scene.click().await;
    scene.settle().await;
    let reason = ImportFailure::Forbidden.text().to_owned();
    assert_eq!(scene.import().await, ImportView::Failed { reason });
    assert!(scene.asked_about(AttentionKind::PermissionMissing).await.is_some());
    integration::save_connection(scene.services(), &scene.admin, form(KEY, "")).await.unwrap();
    scene.click().await;
    scene.settle().await;
    exactly_once(&scene).await;
}

#[tokio::test]
async fn a_rejected_key_pauses_and_a_new_one_resumes() {
    let scene = scene().await;
    let key = key_without(&scene.lever, &[]).await;
    integration::save_connection(scene.services(), &scene.admin, form(&key, "")).await.unwrap();
    scene.settle().await;
    let keys = practice(&scene.lever, "GET", "keys", &json!({})).await;
    let ends = &key[key.len() - 4..];
    let id = keys["keys"].as_array().unwrap().iter().find(|known| known["last_four"] == ends).unwrap()["id"]
        .as_str()
        .unwrap()
        .to_owned();
    practice(&scene.lever, "DELETE", &format!("keys/{id}"), &json!({})).await;

    scene.click().await;
    work(&scene.world).await;
    assert_eq!(card(&scene.world, &scene.admin).await.state, ConnectionState::CredentialsRejected);
    assert_eq!(scene.import().await, ImportView::Queued);
    assert!(scene.asked_about(AttentionKind::KeyRejected).await.is_some());
    let sync = integration::sync_now(scene.services(), &scene.admin).await;
    assert_eq!(refused(sync), Problem::LeverRejectedKey);
    // Nobody asks Lever any more, however long it takes.
    scene.lever.forget_received();
    for _ in 0..5 {
        scene.step(Duration::from_secs(3_600)).await;
        usecases::worker::tick(scene.services()).await.unwrap();
        work(&scene.world).await;
    }
    assert_eq!(scene.asked(), Vec::<String>::new());

    integration::save_connection(scene.services(), &scene.admin, form(KEY, "")).await.unwrap();
    assert_eq!(scene.asked_about(AttentionKind::KeyRejected).await, None);
    scene.settle().await;
    exactly_once(&scene).await;
}

#[tokio::test]
async fn lever_kept_failing_is_told_and_a_retry_begins_by_looking() {
    let scene = scene().await;
    scene.fault("opportunities.create", FaultKind::AppliedThenError, 1).await;
    scene.click().await;
    work(&scene.world).await;
    // The look never succeeds.
    scene.fault("opportunities.list", FaultKind::InternalError, 1_000).await;
    for _ in 0..400 {
        scene.step(Duration::from_secs(60)).await;
        work(&scene.world).await;
        if scene.row().await.state == ImportState::Failed {
            break;
        }
    }
    let reason = ImportFailure::LeverKeptFailing.text().to_owned();
    assert_eq!(scene.import().await, ImportView::Failed { reason });
    scene.lever.set_faults(Vec::new()).await.unwrap();
    scene.click().await;
    scene.settle().await;
    exactly_once(&scene).await;
    assert_eq!(scene.times_asked("opportunities.create"), 1);
}

#[tokio::test]
async fn who_may_import_whom() {
    let scene = scene().await;
    let services = scene.services();
    let quiet = candidate(&scene.world, &scene.ana, "Kim Lee").await;
    assert_eq!(refused(imports::request(services, &scene.ana, quiet).await), Problem::NotEligible);
    let stranger = {
        let other = crate::support::another_organisation(&scene.world).await;
        crate::support::member_of(&scene.world, other, Role::SuperAdmin).await
    };
    assert_eq!(refused(imports::request(services, &stranger, scene.jo).await), Problem::NotFound);
    assert_eq!(
        refused(imports::decide(services, &stranger, scene.jo, Decision::Add).await),
        Problem::NotFound
    );
    let theirs = answered_candidate(&scene.world, &stranger, "Lou Poe").await;
    assert_eq!(refused(imports::request(services, &stranger, theirs).await), Problem::NotConnected);

    // A failed import is retried by whoever asked for it, or by an Admin.
    let key = key_without(&scene.lever, &["opportunities.create"]).await;
    integration::save_connection(services, &scene.admin, form(&key, "")).await.unwrap();
    scene.click().await;
    scene.settle().await;
    let ben = member(&scene.world, Role::Recruiter).await;
    assert_eq!(refused(imports::request(services, &ben, scene.jo).await), Problem::NotAllowed);
    let shown = usecases::attention::list(services, &ben, "").await.unwrap().items.rows;
    assert_eq!((shown[0].mend.clone(), shown[0].who_can.as_str()), (None, "Ana Ruiz or an Admin can"));
    assert_eq!(shown.len() as u32, usecases::attention::count(services, &ben).await.unwrap());
    let admin = member(&scene.world, Role::Admin).await;
    imports::request(services, &admin, scene.jo).await.unwrap();
    assert_eq!(scene.import().await, ImportView::Queued);
}

#[tokio::test]
async fn not_the_same_person_is_remembered_and_never_asked_again() {
    let scene = scene().await;
    scene.known_in_lever().await;
    scene.click().await;
    work(&scene.world).await;
    let known_by = &scene.profile().await.matches[0].known_by;
    assert_eq!(known_by, "Same e-mail address");
    imports::decide(scene.services(), &scene.ana, scene.jo, Decision::NotSame).await.unwrap();
    work(&scene.world).await;
    assert!(is_imported(&scene.import().await));
    // Deleted in Lever, and imported again: the stranger is still there.
    let ours = scene.row().await.opportunity.unwrap();
    scene.lever.delete(&ours).await.unwrap();
    let mut tx = scene.services().store.begin().await.unwrap();
    let (organisation, now) = (scene.ana.organisation, scene.services().now());
    assert!(store::opportunities::unlink(&mut tx, organisation, &ours, now).await.unwrap());
    assert!(store::imports::unlinked(&mut tx, organisation, scene.jo, &ours, now).await.unwrap());
    tx.commit().await.unwrap();
    scene.click().await;
    scene.settle().await;
    assert!(is_imported(&scene.import().await), "nobody is asked again: {:?}", scene.import().await);
    let contacts: std::collections::HashSet<_> =
        scene.in_lever().iter().map(|found| found["contact"].to_string()).collect();
    assert_eq!(contacts.len(), 2, "they are two people in Lever");
}

#[tokio::test]
async fn the_sheet_shows_every_opportunity_of_the_person() {
    let scene = scene().await;
    let known = scene.known_in_lever().await;
    let second = scene
        .made_in_lever(lever::NewOpportunity {
            name: "Jo P.".into(),
            emails: vec!["jo.park@people.example".into()],
            ..lever::NewOpportunity::default()
        })
        .await;
    scene.click().await;
    work(&scene.world).await;
    let shown: Vec<String> =
        scene.profile().await.matches.into_iter().map(|found| found.opportunity).collect();
    assert_eq!(shown.len(), 2);
    assert!(shown.contains(&known) && shown.contains(&second));
}

async fn wanted(scene: &Scene, form: imports::SettingsForm) {
    imports::save_settings(scene.services(), &scene.admin, form).await.unwrap();
}

#[tokio::test]
async fn an_organisation_may_preset_the_choice() {
    for (choice, opportunities) in [("link", 1), ("add", 2)] {
        let scene = scene().await;
        let known = scene.known_in_lever().await;
        let form = imports::SettingsForm {
            known_person: choice.into(),
            on_reply: "off".into(),
            tags: "Go, 2026".into(),
            note_when_linking: true,
            ..imports::SettingsForm::default()
        };
        wanted(&scene, form).await;
        scene.click().await;
        work(&scene.world).await;
        assert!(is_imported(&scene.import().await), "{choice}");
        let found = scene.in_lever();
        assert_eq!(found.len(), opportunities, "{choice}");
        let linked = scene.row().await.opportunity.unwrap();
        assert_eq!(linked == known, choice == "link");
        let chosen = found.iter().find(|found| found["id"] == json!(linked)).unwrap();
        assert_eq!(chosen["notes"].as_array().unwrap().len(), 1, "the conversation is there");
        if choice == "add" {
            let marker = domain::import::marker(scene.row().await.id);
            assert_eq!(chosen["tags"], json!([marker, "Go", "2026"]));
            assert_eq!(chosen["contact"], found.iter().find(|f| f["id"] == json!(known)).unwrap()["contact"]);
        }
    }
}

#[tokio::test]
async fn the_preset_asks_when_nothing_is_open() {
    let scene = scene().await;
    let known = scene.known_in_lever().await;
    let reason = scene.client().archive_reasons().await.unwrap()[0].id.clone();
    scene.lever.archive(&known, &reason).await.unwrap();
    let form = imports::SettingsForm {
        known_person: "link".into(),
        on_reply: "off".into(),
        ..imports::SettingsForm::default()
    };
    wanted(&scene, form).await;
    scene.click().await;
    work(&scene.world).await;
    assert!(matches!(scene.import().await, ImportView::NeedsDecision { .. }));
    assert!(scene.profile().await.matches[0].archived.is_some());
}

#[tokio::test]
async fn only_a_super_admin_changes_the_settings_and_refused_ones_change_nothing() {
    let scene = scene().await;
    let form = |known_person: &str, tags: String| imports::SettingsForm {
        known_person: known_person.into(),
        tags,
        on_reply: "off".into(),
        ..imports::SettingsForm::default()
    };
    let no = imports::save_settings(scene.services(), &scene.lee, form("ask", String::new())).await;
    assert_eq!(refused(no), Problem::NotAllowed);
    let wrong = imports::save_settings(scene.services(), &scene.admin, form("guess", "x".repeat(300))).await;
    assert!(matches!(refused(wrong), Problem::Fields(problems) if problems.len() == 2));
    wanted(&scene, form("add", " a ,b, a".into())).await;
    let shown = imports::settings(scene.services(), &scene.admin).await.unwrap();
    assert_eq!((shown.known_person.code(), shown.tags.as_str()), ("add", "a, b"));
}

/// Jo answers once more.
async fn answers(scene: &Scene, text: &str) {
    let mut tx = scene.services().store.read().await.unwrap();
    let link = store::reply_links::list(&mut tx, scene.ana.organisation, scene.jo).await.unwrap().remove(0);
    drop(tx);
    let token = scene.services().capabilities.reply_token(link.id).unwrap();
    usecases::replies::answer(scene.services(), &token, text).await.unwrap();
}

fn notes(scene: &Scene) -> Vec<String> {
    let only = scene.only();
    let notes = only["notes"].as_array().unwrap().iter();
    notes.map(|note| note["fields"][0]["value"].as_str().unwrap().to_owned()).collect()
}

#[tokio::test]
async fn later_answers_become_one_note_a_day() {
    let hour = Duration::from_secs(3600);
    let scene = scene().await;
    let form = imports::SettingsForm {
        known_person: "ask".into(),
        on_reply: "off".into(),
        note_of_replies: true,
        ..imports::SettingsForm::default()
    };
    wanted(&scene, form).await;
    scene.import_jo().await;
    scene.step(hour).await;
    answers(&scene, "One more thing.").await;
    scene.step(hour).await;
    answers(&scene, "And another, @ana.").await;
    scene.step(21 * hour).await;
    work(&scene.world).await;
    assert_eq!(notes(&scene).len(), 1, "not within a day of the first note");
    scene.step(2 * hour).await;
    work(&scene.world).await;
    let written = notes(&scene);
    assert_eq!(written.len(), 2);
    let later = written.iter().find(|note| note.contains("One more thing.")).unwrap();
    assert!(later.contains("And another, @\u{200b}ana."), "{later}");
    assert!(!later.contains("Yes, gladly."), "what is in the first note is not repeated: {later}");
    scene.step(48 * hour).await;
    work(&scene.world).await;
    assert_eq!(notes(&scene).len(), 2, "without an answer there is no note");

    // What may have arrived is looked for and not repeated; a later answer is written.
    answers(&scene, "Third.").await;
    scene.fault("notes.create", FaultKind::AppliedThenError, 1).await;
    scene.step(hour).await;
    scene.settle().await;
    assert_eq!(notes(&scene).iter().filter(|note| note.contains("Third.")).count(), 1);
    scene.step(25 * hour).await;
    answers(&scene, "Fourth.").await;
    // Refused for the moment: certainly not written, so it is tried again.
    scene.fault("notes.create", FaultKind::TooManyRequests { retry_after_seconds: None }, 1).await;
    scene.step(hour).await;
    scene.settle().await;
    let fourth: Vec<_> = notes(&scene).into_iter().filter(|note| note.contains("Fourth.")).collect();
    assert_eq!(fourth.len(), 1);
    assert!(!fourth[0].contains("Third."));
}

/// What an answer starts, from now on.
async fn on_reply(scene: &Scene, on_reply: &str) {
    let form = imports::SettingsForm {
        known_person: "ask".into(),
        on_reply: on_reply.into(),
        ..imports::SettingsForm::default()
    };
    wanted(scene, form).await;
}

const TEN_MINUTES: Duration = Duration::from_secs(600);

#[tokio::test]
async fn an_answer_imports_by_itself_after_the_hold_credited_to_the_author() {
    let scene = scene().await;
    on_reply(&scene, "by_itself").await;
    answers(&scene, "Yes.").await;
    assert!(matches!(scene.import().await, ImportView::Held { .. }));
    scene.step(TEN_MINUTES - Duration::from_secs(1)).await;
    work(&scene.world).await;
    assert!(scene.in_lever().is_empty(), "not before the hold is over");
    scene.step(Duration::from_secs(1)).await;
    scene.settle().await;
    exactly_once(&scene).await;
    assert_eq!(scene.only()["creator"], "Ana Ruiz", "who wrote the message that was answered");
}

#[tokio::test]
async fn a_held_import_can_be_undone_or_hastened() {
    for undone in [true, false] {
        let scene = scene().await;
        on_reply(&scene, "by_itself").await;
        answers(&scene, "Yes.").await;
        if undone {
            imports::undo(scene.services(), &scene.lee, scene.jo).await.unwrap();
            let again = imports::undo(scene.services(), &scene.lee, scene.jo).await;
            assert_eq!(refused(again), Problem::ChangedMeanwhile);
            assert!(matches!(scene.import().await, ImportView::Available { .. }));
        } else {
            scene.click().await;
            work(&scene.world).await;
            exactly_once(&scene).await;
        }
        scene.step(2 * TEN_MINUTES).await;
        scene.settle().await;
        assert_eq!(scene.times_asked("opportunities.create"), usize::from(!undone));
    }
}

#[tokio::test]
async fn a_link_that_a_member_opened_starts_nothing() {
    let scene = scene().await;
    on_reply(&scene, "by_itself").await;
    let mut tx = scene.services().store.begin().await.unwrap();
    let organisation = scene.ana.organisation;
    let link = store::reply_links::list(&mut tx, organisation, scene.jo).await.unwrap().remove(0);
    let now = scene.services().now();
    assert!(store::reply_links::set_member_opened(&mut tx, organisation, link.id, now).await.unwrap());
    tx.commit().await.unwrap();
    answers(&scene, "Yes.").await;
    scene.step(2 * TEN_MINUTES).await;
    scene.settle().await;
    assert!(matches!(scene.import().await, ImportView::Available { .. }));
    assert!(scene.in_lever().is_empty());
}

#[tokio::test]
async fn an_answer_asks_where_the_organisation_wants_to_be_asked() {
    let scene = scene().await;
    on_reply(&scene, "ask").await;
    answers(&scene, "Yes.").await;
    answers(&scene, "Really.").await;
    let item = scene.asked_about(AttentionKind::ImportOffered).await.unwrap();
    assert_eq!(item.mend, Some(Mend::Retry { label: "Import Jo Park into Lever".into() }));
    scene.step(2 * TEN_MINUTES).await;
    scene.settle().await;
    assert!(scene.in_lever().is_empty());
    usecases::attention::retry(scene.services(), &scene.ana, item.id).await.unwrap();
    assert_eq!(scene.asked_about(AttentionKind::ImportOffered).await, None);
    scene.settle().await;
    exactly_once(&scene).await;
}

#[tokio::test]
async fn imports_credited_to_the_fallback_are_listed() {
    for mapped in [true, false] {
        let scene = scene().await;
        let organisation = scene.ana.organisation;
        if !mapped {
            let user = scene.client().users(lever::UserFilter::default()).await.unwrap()[0].clone();
            let mut tx = scene.services().store.begin().await.unwrap();
            let connection = store::connections::find(&mut tx, organisation).await.unwrap().unwrap();
            let now = scene.services().now();
            let fallback = Some(user.id.as_str());
            store::connections::set_fallback(&mut tx, organisation, connection.id, fallback, now)
                .await
                .unwrap();
            store::user_map::save(&mut tx, organisation, scene.ana.member, "").await.unwrap();
            tx.commit().await.unwrap();
        }
        scene.import_jo().await;
        let listed = imports::settings(scene.services(), &scene.admin).await.unwrap().fallback_credits;
        let shown: Vec<_> =
            listed.iter().map(|credit| (credit.name.as_str(), credit.asked_by.as_str())).collect();
        assert_eq!(shown.is_empty(), mapped);
        assert!(mapped || shown == [("Jo Park", "Ana Ruiz")]);
    }
}
