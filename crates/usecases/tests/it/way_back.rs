//! A status set here is written to Lever, where the organisation wants it: judged
//! by what Lever has in the end, in whose name, and by what the screens show.

use std::collections::BTreeMap;
use std::time::Duration;

use domain::actor::{Actor, Role};
use domain::attention::AttentionKind;
use domain::import::Decision;
use domain::mapping::Target;
use domain::problem::{Field, FieldProblem, Problem};
use domain::status::Status;
use domain::view::{ConflictView, Mend};
use lever_sim::FaultKind;
use serde_json::{Value, json};
use usecases::imports::{ChoiceForm, decide, request_chosen};
use usecases::way_back::{WayBackForm, discard_way_back, save_way_back, way_back};
use usecases::{candidates, integration};

use crate::lever_world::*;
use crate::scene::{Scene, scene, scene_on};
use crate::support::member;

/// Lever's id of a stage or a reason.
async fn place(scene: &Scene, text: &str) -> String {
    let step = stages_step(&scene.world, &scene.admin).await;
    let mut rows = step.stages.into_iter().chain(step.reasons);
    rows.find(|row| row.text == text).unwrap_or_else(|| panic!("there is no {text}")).id
}

/// Where each status leads in these stories.
const LEADS: [(Status, &str); 7] = [
    (Status::Contacted, "Reached out"),
    (Status::Responded, "New lead"),
    (Status::Screening, "Recruiter screen"),
    (Status::Interviewing, "On-site interview"),
    (Status::Offer, "Offer"),
    (Status::Hired, "Hired"),
    (Status::Rejected, "Underqualified"),
];

async fn leads(scene: &Scene) -> BTreeMap<String, String> {
    let mut places = BTreeMap::new();
    for (status, text) in LEADS {
        places.insert(status.code().to_owned(), place(scene, text).await);
    }
    places
}

async fn switch(scene: &Scene, is_on: bool) {
    let places = leads(scene).await;
    save_way_back(scene.services(), &scene.admin, WayBackForm { is_on, places, version: None })
        .await
        .unwrap();
}

/// Switched on, with Jo in New lead.
async fn switched_on() -> (Scene, String) {
    let scene = scene().await;
    let id = scene.import_jo().await;
    switch(&scene, true).await;
    scene.lever.forget_received();
    scene.step(Duration::from_secs(1)).await;
    (scene, id)
}

async fn set(scene: &Scene, by: &Actor, status: Status) {
    candidates::set_status(scene.services(), by, scene.jo, status.code()).await.unwrap();
}

/// The name of Jo's stage in Lever.
async fn stage_in_lever(scene: &Scene) -> String {
    let id = scene.only()["stage"].as_str().unwrap().to_owned();
    let step = stages_step(&scene.world, &scene.admin).await;
    step.stages.into_iter().find(|row| row.id == id).map_or(id, |row| row.text)
}

/// The name of the Lever user who moved Jo last.
async fn mover(scene: &Scene) -> String {
    let moves = scene.only()["stageChanges"].as_array().unwrap().clone();
    let by = moves.last().unwrap()["userId"].as_str().unwrap_or_default().to_owned();
    let users = scene.client().users(lever::UserFilter::default()).await.unwrap();
    users.into_iter().find(|user| user.id == by).map(|user| user.name).unwrap_or_default()
}

async fn because(scene: &Scene) -> String {
    scene.profile().await.history.remove(0).because
}

async fn conflict(scene: &Scene) -> Option<ConflictView> {
    scene.profile().await.conflict
}

/// Nothing differs, and nobody is asked.
async fn agree(scene: &Scene, status: Status, stage: &str) {
    assert_eq!(stage_in_lever(scene).await, stage);
    let profile = scene.profile().await;
    assert_eq!((profile.row.status, profile.conflict), (status, None));
    assert_eq!(profile.lever.unwrap().writing, None);
    assert_eq!(scene.attention().await, [], "nobody is asked");
}

const WRITES: [&str; 2] = ["opportunities.stage", "opportunities.archived"];

fn writes(scene: &Scene) -> usize {
    scene.asked().iter().filter(|asked| WRITES.contains(&asked.as_str())).count()
}

#[tokio::test]
async fn off_is_the_beginning_and_writes_nothing() {
    let scene = scene().await;
    scene.import_jo().await;
    let page = way_back(scene.services(), &scene.admin).await.unwrap();
    assert!(!page.is_on && !page.saved);
    let chosen = |status: Status| {
        let row = page.rows.iter().find(|row| row.status == status).unwrap();
        row.choices.iter().find(|choice| choice.id == row.chosen).map(|choice| choice.label.clone())
    };
    assert_eq!(chosen(Status::Offer).as_deref(), Some("Offer"), "the stage map leaves no doubt");
    assert_eq!(chosen(Status::Hired).as_deref(), Some("Hired"));
    assert_eq!(chosen(Status::Rejected), None, "several reasons reject");
    assert_eq!(chosen(Status::New), None);

    scene.lever.forget_received();
    set(&scene, &scene.ana, Status::Offer).await;
    scene.settle().await;
    assert_eq!(scene.asked(), Vec::<String>::new(), "nothing is asked of Lever");
    assert_eq!(stage_in_lever(&scene).await, "New lead");
    // Saved, and still off.
    switch(&scene, false).await;
    set(&scene, &scene.ana, Status::Screening).await;
    scene.settle().await;
    assert_eq!(writes(&scene), 0);
}

#[tokio::test]
async fn the_setting_is_for_super_admins_and_refuses_what_is_gone_beside_the_field() {
    let scene = scene().await;
    for member in [&scene.ana, &scene.lee] {
        assert_eq!(refused(way_back(scene.services(), member).await), Problem::NotAllowed);
        let saved = save_way_back(scene.services(), member, WayBackForm::default()).await;
        assert_eq!(refused(saved), Problem::NotAllowed);
    }
    let added = practice(&scene.lever, "POST", "stages", &json!({ "text": "Background check" })).await;
    read_catalogue(&scene.world, &scene.admin).await;
    let gone = place(&scene, "Reference check").await;
    practice(&scene.lever, "PUT", &format!("stages/{gone}"), &json!({ "active": false })).await;
    read_catalogue(&scene.world, &scene.admin).await;
    let places = [
        ("interviewing", gone.as_str()),
        ("screening", "offer"),
        ("responded", added["id"].as_str().unwrap()),
        // An archive reason is no stage.
        ("offer", &place(&scene, "Hired").await),
        ("contacted", ""),
    ];
    let places = places.into_iter().map(|(status, id)| (status.to_owned(), id.to_owned())).collect();
    let form = WayBackForm { is_on: true, places, version: None };
    let problem = refused(save_way_back(scene.services(), &scene.admin, form).await);
    let field = Field::WayBack;
    assert_eq!(
        problem,
        Problem::Fields(vec![
            FieldProblem::ComesBackAs(field(Status::Responded), None),
            FieldProblem::ComesBackAs(field(Status::Screening), Some(Status::Offer)),
            FieldProblem::GoneInLever(field(Status::Interviewing)),
            FieldProblem::GoneInLever(field(Status::Offer)),
        ])
    );
    assert!(!way_back(scene.services(), &scene.admin).await.unwrap().is_on, "nothing was saved");
}

/// Two Super Admins at one form, on either database.
async fn the_second_who_saves_is_told_and_loses_nothing(fresh: store::testing::Fresh) {
    let scene = scene_on(fresh).await;
    let second = member(&scene.world, Role::SuperAdmin).await;
    let services = scene.services();
    let opened = way_back(services, &scene.admin).await.unwrap();
    let form = |changes: &[(Status, &str)]| {
        let mut places: BTreeMap<String, String> =
            opened.rows.iter().map(|row| (row.status.code().to_owned(), row.chosen.clone())).collect();
        places.extend(changes.iter().map(|(status, id)| (status.code().to_owned(), (*id).to_owned())));
        WayBackForm { is_on: false, places, version: Some(opened.version) }
    };
    let (recruiter, phone) =
        (place(&scene, "Recruiter screen").await, place(&scene, "Phone interview").await);
    let (on_site, reference) =
        (place(&scene, "On-site interview").await, place(&scene, "Reference check").await);
    let shown = async || {
        let page = way_back(services, &scene.admin).await.unwrap();
        let chosen = [Status::Screening, Status::Interviewing, Status::Offer]
            .map(|status| page.rows.iter().find(|row| row.status == status).unwrap().chosen.clone());
        (page.is_on, page.asked_on, page.is_draft, chosen)
    };
    // Nobody ever saved, and both opened the same form: what either changed is kept, the
    // switch too, and what was suggested.
    let mine = WayBackForm { is_on: true, ..form(&[(Status::Screening, &recruiter)]) };
    save_way_back(services, &scene.admin, mine).await.unwrap();
    save_way_back(services, &second, form(&[(Status::Interviewing, &on_site)])).await.unwrap();
    let saved = [recruiter.clone(), on_site.clone(), "offer".to_owned()];
    assert_eq!(shown().await, (true, true, false, saved.clone()));

    // And one status differently: the second is told, and nothing is saved yet.
    let theirs = form(&[(Status::Screening, &phone), (Status::Interviewing, &reference)]);
    let theirs = WayBackForm { is_on: true, version: Some(2), ..theirs };
    let refusal = refused(save_way_back(services, &second, theirs.clone()).await);
    let told = FieldProblem::SavedMeanwhile(Field::WayBack(Status::Interviewing), None);
    assert_eq!(refusal, Problem::field(told));
    let mut tx = services.store.read().await.unwrap();
    let map = store::way_back::map(&mut tx, second.organisation).await.unwrap();
    assert_eq!(map.place(Status::Screening), Some(&domain::mapping::Place::Stage(recruiter)));
    drop(tx);
    // What they chose is still there, and can be let go.
    let chosen = [phone.clone(), reference.clone(), "offer".to_owned()];
    assert_eq!(shown().await, (true, true, true, chosen.clone()));
    discard_way_back(services, &second).await.unwrap();
    assert_eq!(shown().await, (true, true, false, saved));
    assert_eq!(refused(discard_way_back(services, &scene.lee).await), Problem::NotAllowed);

    // Told once more, since the draft is gone; saving again keeps it.
    let again = save_way_back(services, &second, theirs.clone()).await;
    assert!(matches!(refused(again), Problem::Fields(_)));
    save_way_back(services, &second, theirs).await.unwrap();
    assert_eq!(shown().await, (true, true, false, chosen));
}

async fn lever_has_the_stage_and_names_the_member(fresh: store::testing::Fresh) {
    let scene = scene_on(fresh).await;
    let id = scene.import_jo().await;
    switch(&scene, true).await;
    scene.lever.forget_received();
    scene.step(Duration::from_secs(1)).await;
    set(&scene, &scene.ana, Status::Interviewing).await;
    assert_eq!(queued(&scene.world, &scene.ana).await, [format!("status:{}:{id}", scene.ana.organisation)]);
    assert_eq!(
        scene.profile().await.lever.unwrap().writing.as_deref(),
        Some("On its way: On-site interview")
    );
    work(&scene.world).await;
    assert_eq!(
        scene.asked(),
        ["opportunities.get", "opportunities.stage", "opportunities.get"],
        "looked at before and after"
    );
    assert_eq!(mover(&scene).await, "Ana Ruiz");
    agree(&scene, Status::Interviewing, "On-site interview").await;
    assert_eq!(because(&scene).await, "Set by Ana Ruiz");
    scene.services().store.close().await;
}

#[tokio::test]
async fn the_second_who_saves_is_told_and_loses_nothing_on_sqlite() {
    the_second_who_saves_is_told_and_loses_nothing(store::testing::sqlite().await).await;
}

#[tokio::test]
async fn the_second_who_saves_is_told_and_loses_nothing_on_postgres() {
    the_second_who_saves_is_told_and_loses_nothing(store::testing::postgres().await).await;
}

#[tokio::test]
async fn lever_has_the_stage_and_names_the_member_on_sqlite() {
    lever_has_the_stage_and_names_the_member(store::testing::sqlite().await).await;
}

#[tokio::test]
async fn lever_has_the_stage_and_names_the_member_on_postgres() {
    lever_has_the_stage_and_names_the_member(store::testing::postgres().await).await;
}

#[tokio::test]
async fn closing_archives_and_opening_again_unarchives_into_the_stage() {
    let (scene, id) = switched_on().await;
    set(&scene, &scene.ana, Status::Offer).await;
    work(&scene.world).await;
    set(&scene, &scene.ana, Status::Rejected).await;
    work(&scene.world).await;
    let there = scene.only();
    assert_eq!(there["archived"]["reason"], place(&scene, "Underqualified").await.as_str());
    assert_eq!(there["stage"], "offer", "the stage is kept");
    agree(&scene, Status::Rejected, "Offer").await;

    // Another reason, then out of the archive and to another stage.
    set(&scene, &scene.ana, Status::Hired).await;
    work(&scene.world).await;
    assert_eq!(scene.only()["archived"]["reason"], place(&scene, "Hired").await.as_str());
    set(&scene, &scene.ana, Status::Screening).await;
    work(&scene.world).await;
    assert_eq!(scene.only()["archived"], Value::Null);
    agree(&scene, Status::Screening, "Recruiter screen").await;
    // The deliveries of all that tell nothing new.
    for number in 1..6 {
        scene.deliver(&id, number).await;
    }
    agree(&scene, Status::Screening, "Recruiter screen").await;
    assert_eq!(because(&scene).await, "Set by Ana Ruiz");
}

#[tokio::test]
async fn our_own_echo_changes_nothing_early_twice_or_by_a_reconciliation_alone() {
    for echo in ["early", "twice", "never"] {
        let (scene, id) = switched_on().await;
        set(&scene, &scene.ana, Status::Offer).await;
        if echo == "early" {
            // Carried out, but the answer is lost: the delivery is here first.
            scene.fault("opportunities.stage", FaultKind::DropAfter, 1).await;
            work(&scene.world).await;
            assert_eq!(stage_in_lever(&scene).await, "Offer");
            scene.deliver(&id, 1).await;
            agree(&scene, Status::Offer, "Offer").await;
        } else {
            work(&scene.world).await;
        }
        if echo == "twice" {
            scene.deliver(&id, 1).await;
            scene.deliver(&id, 2).await;
        }
        scene.settle().await;
        integration::sync_now(scene.services(), &scene.admin).await.unwrap();
        scene.settle().await;
        agree(&scene, Status::Offer, "Offer").await;
        assert_eq!(because(&scene).await, "Set by Ana Ruiz", "{echo}");
        assert_eq!(writes(&scene), 1, "{echo}");

        // What Lever does next is news, and contradicts nobody.
        scene.lever.set_stage(&id, "Recruiter screen").await.unwrap();
        scene.deliver(&id, 9).await;
        agree(&scene, Status::Screening, "Recruiter screen").await;
        assert!(because(&scene).await.starts_with("Stage Recruiter screen in Lever, by "));
    }
}

#[tokio::test]
async fn an_answer_that_is_lost_leads_to_a_look_and_never_to_a_second_move() {
    let faults = [
        FaultKind::DropAfter,
        FaultKind::AppliedThenError,
        FaultKind::DropMidBody,
        FaultKind::SlowAnswer { delay_ms: 900 },
    ];
    for fault in faults {
        let (scene, _) = switched_on().await;
        scene.fault("opportunities.stage", fault.clone(), 1).await;
        set(&scene, &scene.ana, Status::Offer).await;
        work(&scene.world).await;
        let looked_at_once = writes(&scene);
        scene.settle().await;
        assert_eq!((looked_at_once, writes(&scene)), (1, 1), "{fault:?}");
        agree(&scene, Status::Offer, "Offer").await;
        assert_eq!(because(&scene).await, "Set by Ana Ruiz");
    }
    for fault in [FaultKind::DropBefore, FaultKind::InternalError, FaultKind::Unavailable] {
        let (scene, _) = switched_on().await;
        scene.fault("opportunities.stage", fault.clone(), 1).await;
        set(&scene, &scene.ana, Status::Offer).await;
        work(&scene.world).await;
        assert_eq!(stage_in_lever(&scene).await, "New lead");
        scene.settle().await;
        assert_eq!(writes(&scene), 2, "{fault:?}");
        agree(&scene, Status::Offer, "Offer").await;
    }
}

#[tokio::test]
async fn a_worker_that_is_lost_after_the_request_leaves_a_look_behind() {
    let (scene, id) = switched_on().await;
    set(&scene, &scene.ana, Status::Offer).await;
    let lost = scene.lost_worker().await;
    assert_eq!(lost.key, format!("status:{}:{id}", scene.ana.organisation));
    // It had written its intent and the request when it vanished.
    scene.lever.set_stage(&id, "Offer").await.unwrap();
    scene.settle().await;
    scene.step(Duration::from_secs(60)).await;
    scene.settle().await;
    assert_eq!(writes(&scene), 0, "it is there");
    agree(&scene, Status::Offer, "Offer").await;
}

#[tokio::test]
async fn what_was_moved_there_meanwhile_is_not_overwritten_and_a_member_decides() {
    for take_levers in [false, true] {
        let (scene, id) = switched_on().await;
        // Moved there, and nobody has told us yet.
        scene.lever.set_stage(&id, "Recruiter screen").await.unwrap();
        set(&scene, &scene.ana, Status::Offer).await;
        scene.settle().await;
        assert_eq!(writes(&scene), 0, "nothing is written");
        assert_eq!(stage_in_lever(&scene).await, "Recruiter screen");
        let seen = conflict(&scene).await.unwrap();
        assert_eq!((scene.status().await, seen.levers), (Status::Offer, Status::Screening));
        assert!(seen.there.starts_with("Stage Recruiter screen, by "), "{}", seen.there);
        assert!(seen.here.starts_with("by Ana Ruiz, "), "{}", seen.here);
        assert!(seen.writes);
        assert!(scene.asked_about(AttentionKind::StatusConflict).await.is_some());
        integration::sync_now(scene.services(), &scene.admin).await.unwrap();
        scene.settle().await;
        assert!(conflict(&scene).await.is_some(), "it stays until somebody decides");

        candidates::resolve_conflict(scene.services(), &scene.lee, scene.jo, take_levers).await.unwrap();
        scene.settle().await;
        if take_levers {
            agree(&scene, Status::Screening, "Recruiter screen").await;
            assert_eq!(writes(&scene), 0);
        } else {
            agree(&scene, Status::Offer, "Offer").await;
            assert_eq!(mover(&scene).await, "Lee Lead", "who decided is named");
        }
    }
}

#[tokio::test]
async fn a_wish_that_was_not_to_be_had_is_not_forgotten_when_lever_goes_back() {
    let (scene, id) = switched_on().await;
    scene.lever.set_stage(&id, "Recruiter screen").await.unwrap();
    set(&scene, &scene.ana, Status::Offer).await;
    scene.settle().await;
    scene.lever.set_stage(&id, "New lead").await.unwrap();
    scene.deliver(&id, 1).await;
    let seen = conflict(&scene).await.unwrap();
    assert_eq!((scene.status().await, seen.levers), (Status::Offer, Status::Responded));
}

#[tokio::test]
async fn what_lever_already_means_is_not_written() {
    let (scene, id) = switched_on().await;
    scene.lever.set_stage(&id, "Phone interview").await.unwrap();
    scene.deliver(&id, 1).await;
    set(&scene, &scene.ana, Status::Offer).await;
    scene.settle().await;
    // Somebody moves it, while it is to be written, to where it means the same.
    set(&scene, &scene.ana, Status::Screening).await;
    scene.lever.set_stage(&id, "Phone interview").await.unwrap();
    scene.settle().await;
    agree(&scene, Status::Screening, "Phone interview").await;
    assert_eq!(writes(&scene), 1, "the offer alone");
}

#[tokio::test]
async fn a_status_set_twice_ends_where_the_last_one_leads() {
    let (scene, _) = switched_on().await;
    set(&scene, &scene.ana, Status::Offer).await;
    set(&scene, &scene.ana, Status::Interviewing).await;
    scene.settle().await;
    assert_eq!(writes(&scene), 1, "what was overtaken is not written");
    agree(&scene, Status::Interviewing, "On-site interview").await;

    // While the end of the first is not known.
    scene.fault("opportunities.stage", FaultKind::DropAfter, 1).await;
    set(&scene, &scene.ana, Status::Offer).await;
    work(&scene.world).await;
    set(&scene, &scene.lee, Status::Interviewing).await;
    scene.settle().await;
    agree(&scene, Status::Interviewing, "On-site interview").await;
    assert_eq!(mover(&scene).await, "Lee Lead");
}

#[tokio::test]
async fn a_deactivated_user_is_replaced_by_the_fallback_and_nobody_at_all_is_asked_about() {
    for status in [400, 404] {
        let (scene, _) = switched_on().await;
        let behaviour = lever_sim::Behaviour { perform_as_refused_status: status, ..scene.lever.behaviour() };
        scene.lever.set_behaviour(behaviour).await.unwrap();
        let users = scene.client().users(lever::UserFilter::default()).await.unwrap();
        let ana = users.iter().find(|user| user.name == "Ana Ruiz").unwrap().id.clone();
        let other =
            users.iter().find(|user| !["Ana Ruiz", "Lee Lead"].contains(&user.name.as_str())).unwrap();
        let step = users_step(&scene.world, &scene.admin).await;
        let map = |step: domain::view::UsersStep| {
            step.members
                .into_iter()
                .map(|row| (row.member.to_string(), row.lever_user.unwrap_or_default()))
                .collect::<BTreeMap<_, _>>()
        };
        let users = map(step);
        integration::save_users(scene.services(), &scene.admin, users.clone(), Some(other.id.clone()))
            .await
            .unwrap();
        // Deactivated there, and we have not read that yet.
        practice(&scene.lever, "PUT", &format!("users/{ana}"), &json!({ "active": false })).await;
        set(&scene, &scene.ana, Status::Offer).await;
        scene.settle().await;
        assert_eq!(stage_in_lever(&scene).await, "Offer", "{status}");
        assert_eq!(mover(&scene).await, other.name);

        // Without a fallback there is nobody.
        let unmapped: BTreeMap<_, _> = users.keys().map(|member| (member.clone(), String::new())).collect();
        integration::save_users(scene.services(), &scene.admin, unmapped, None).await.unwrap();
        set(&scene, &scene.ana, Status::Screening).await;
        scene.settle().await;
        assert_eq!(stage_in_lever(&scene).await, "Offer");
        let item = scene.asked_about(AttentionKind::StatusNotWritten).await.unwrap();
        assert_eq!(item.title, "Screening of Jo Park is not in Lever");
        assert!(item.reason.contains("User Account Mapping"), "{}", item.reason);
        let writing = scene.profile().await.lever.unwrap().writing.unwrap();
        assert!(writing.starts_with("Screening was not written: "), "{writing}");
        // Somebody is chosen: it is written without another press.
        integration::save_users(scene.services(), &scene.admin, BTreeMap::new(), Some(other.id.clone()))
            .await
            .unwrap();
        scene.settle().await;
        assert_eq!(stage_in_lever(&scene).await, "Recruiter screen");
        assert_eq!(scene.asked_about(AttentionKind::StatusNotWritten).await, None);
    }
}

#[tokio::test]
async fn a_rejected_key_pauses_and_a_new_one_resumes() {
    let (scene, _) = switched_on().await;
    scene.fault("opportunities.get", FaultKind::KeyRejected, 1).await;
    set(&scene, &scene.ana, Status::Offer).await;
    work(&scene.world).await;
    assert!(scene.asked_about(AttentionKind::KeyRejected).await.is_some());
    assert_eq!(writes(&scene), 0);
    scene.step(Duration::from_secs(3600)).await;
    work(&scene.world).await;
    assert_eq!(writes(&scene), 0, "it waits");
    integration::save_connection(scene.services(), &scene.admin, form(KEY, "")).await.unwrap();
    scene.settle().await;
    assert_eq!(stage_in_lever(&scene).await, "Offer");
    assert_eq!(conflict(&scene).await, None);
}

#[tokio::test]
async fn a_key_rejected_on_the_write_itself_pauses_too() {
    let (scene, _) = switched_on().await;
    scene.fault("opportunities.stage", FaultKind::KeyRejected, 1).await;
    set(&scene, &scene.ana, Status::Offer).await;
    work(&scene.world).await;
    assert!(scene.asked_about(AttentionKind::KeyRejected).await.is_some());
    integration::save_connection(scene.services(), &scene.admin, form(KEY, "")).await.unwrap();
    scene.settle().await;
    agree(&scene, Status::Offer, "Offer").await;
}

#[tokio::test]
async fn a_permission_that_is_missing_is_asked_for() {
    let (scene, _) = switched_on().await;
    scene.fault("opportunities.stage", FaultKind::PermissionMissing, 1).await;
    set(&scene, &scene.ana, Status::Offer).await;
    scene.settle().await;
    assert!(scene.asked_about(AttentionKind::PermissionMissing).await.is_some());
    let item = scene.asked_about(AttentionKind::StatusNotWritten).await.unwrap();
    assert_eq!(item.mend, Some(Mend::Retry { label: "Write the status of Jo Park again".into() }));
    usecases::attention::retry(scene.services(), &scene.ana, item.id).await.unwrap();
    scene.settle().await;
    assert_eq!(stage_in_lever(&scene).await, "Offer");
    assert_eq!(scene.asked_about(AttentionKind::StatusNotWritten).await, None);
}

#[tokio::test]
async fn a_stage_that_is_gone_is_asked_about_and_another_one_mends_it() {
    let (scene, id) = switched_on().await;
    let mut places = leads(&scene).await;
    let gone = place(&scene, "On-site interview").await;
    practice(&scene.lever, "PUT", &format!("stages/{gone}"), &json!({ "active": false })).await;
    set(&scene, &scene.ana, Status::Interviewing).await;
    scene.settle().await;
    assert_eq!(scene.only()["stage"], "lead-new");
    let item = scene.asked_about(AttentionKind::StatusNotWritten).await.unwrap();
    assert!(item.reason.contains("way back"), "{}", item.reason);
    assert_eq!(scene.status().await, Status::Interviewing, "it stays here");
    assert_eq!(way_back(scene.services(), &scene.admin).await.unwrap().refused, 1);

    let problem = refused(
        save_way_back(
            scene.services(),
            &scene.admin,
            WayBackForm { is_on: true, places: places.clone(), version: None },
        )
        .await,
    );
    assert_eq!(problem, Problem::field(FieldProblem::GoneInLever(Field::WayBack(Status::Interviewing))));
    places.insert("interviewing".into(), place(&scene, "Reference check").await);
    save_way_back(scene.services(), &scene.admin, WayBackForm { is_on: true, places, version: None })
        .await
        .unwrap();
    scene.settle().await;
    assert_eq!(scene.asked_about(AttentionKind::StatusNotWritten).await, None);
    assert_eq!(stage_in_lever(&scene).await, "Reference check");
    assert_eq!(conflict(&scene).await, None);
    scene.deliver(&id, 1).await;
    assert_eq!(because(&scene).await, "Set by Ana Ruiz");
}

#[tokio::test]
async fn a_stage_that_means_something_else_by_now_is_not_written() {
    let (scene, _) = switched_on().await;
    let step = stages_step(&scene.world, &scene.admin).await;
    let codes = |rows: Vec<domain::view::PlaceRow>| {
        rows.into_iter()
            .map(|row| {
                let target =
                    if row.text == "Offer" { Some(Target::Set(Status::Interviewing)) } else { row.target };
                (row.id, target.map_or("", Target::code).to_owned())
            })
            .collect()
    };
    let (stages, reasons) = (codes(step.stages), codes(step.reasons));
    integration::save_stages(scene.services(), &scene.admin, stages, reasons).await.unwrap();
    set(&scene, &scene.ana, Status::Offer).await;
    scene.settle().await;
    assert_eq!(writes(&scene), 0);
    assert!(scene.asked_about(AttentionKind::StatusNotWritten).await.is_some());
}

#[tokio::test]
async fn disconnected_it_waits_and_a_move_made_meanwhile_is_a_conflict() {
    let (scene, id) = switched_on().await;
    set(&scene, &scene.ana, Status::Offer).await;
    integration::disconnect(scene.services(), &scene.admin).await.unwrap();
    scene.step(Duration::from_secs(3600)).await;
    work(&scene.world).await;
    assert_eq!(writes(&scene), 0, "nothing is written while disconnected");
    scene.lever.set_stage(&id, "Recruiter screen").await.unwrap();
    integration::save_connection(scene.services(), &scene.admin, form(KEY, TOKEN)).await.unwrap();
    save_suggested_maps(&scene.world, &scene.admin).await;
    scene.settle().await;
    assert_eq!(stage_in_lever(&scene).await, "Recruiter screen");
    assert_eq!(conflict(&scene).await.map(|conflict| conflict.levers), Some(Status::Screening));
}

#[tokio::test]
async fn deleted_there_nothing_is_written_and_nobody_is_asked() {
    let (scene, id) = switched_on().await;
    scene.lever.delete(&id).await.unwrap();
    set(&scene, &scene.ana, Status::Offer).await;
    scene.settle().await;
    assert_eq!(writes(&scene), 0);
    let profile = scene.profile().await;
    assert_eq!((profile.row.status, profile.conflict, profile.lever), (Status::Offer, None, None));
    assert_eq!(scene.attention().await, []);
}

#[tokio::test]
async fn switched_off_meanwhile_nothing_is_written() {
    let (scene, _) = switched_on().await;
    set(&scene, &scene.ana, Status::Offer).await;
    switch(&scene, false).await;
    scene.settle().await;
    assert_eq!(writes(&scene), 0);
    assert_eq!(scene.profile().await.lever.unwrap().writing, None);
}

#[tokio::test]
async fn a_status_that_leads_nowhere_stays_here() {
    let (scene, id) = switched_on().await;
    set(&scene, &scene.ana, Status::Withdrawn).await;
    scene.settle().await;
    scene.deliver(&id, 1).await;
    assert_eq!(writes(&scene), 0);
    assert_eq!((scene.status().await, conflict(&scene).await), (Status::Withdrawn, None));
}

#[tokio::test]
async fn an_answer_overtakes_a_status_that_is_still_to_be_written() {
    let (scene, _) = switched_on().await;
    set(&scene, &scene.ana, Status::New).await;
    set(&scene, &scene.ana, Status::Contacted).await;
    let token = crate::support::reply_token(&scene.world, &scene.ana, scene.jo).await;
    usecases::replies::answer(scene.services(), &token, "Still here.").await.unwrap();
    scene.settle().await;
    assert_eq!(scene.status().await, Status::Responded);
    assert_eq!(stage_in_lever(&scene).await, "New lead");
    assert_eq!(writes(&scene), 0);
}

/// Switched on, with Jo's import asked for and nothing in Lever yet.
async fn on_the_way(fresh: store::testing::Fresh) -> Scene {
    let scene = scene_on(fresh).await;
    switch(&scene, true).await;
    scene.click().await;
    scene.step(Duration::from_secs(1)).await;
    scene
}

async fn what_is_set_while_the_import_is_on_its_way_is_brought(fresh: store::testing::Fresh) {
    let scene = on_the_way(fresh).await;
    // Created, and the answer is lost: in Lever, and not known here.
    scene.fault("opportunities.create", FaultKind::DropAfter, 1).await;
    work(&scene.world).await;
    set(&scene, &scene.lee, Status::Interviewing).await;
    let page = candidates::reach(scene.services(), &scene.ana, scene.jo).await.unwrap();
    assert!(page.writes && !page.waits);
    let reach = |emails: &str, phones: &str, links: &str| candidates::ReachForm {
        emails: format!("jo.park@people.example\n{emails}"),
        phones: phones.into(),
        links: links.into(),
    };
    let (services, ana, jo) = (scene.services(), &scene.ana, scene.jo);
    let first = reach("jo@home.example\nwrong@home.example", "+1 555 123", "https://jo.example");
    candidates::change_reach(services, ana, jo, first).await.unwrap();
    assert!(candidates::reach(services, ana, jo).await.unwrap().waits);
    // What is taken out again is not brought.
    let second = reach("jo@home.example", "+1 555 123", "https://jo.example");
    candidates::change_reach(services, ana, jo, second).await.unwrap();
    scene.settle().await;

    agree(&scene, Status::Interviewing, "On-site interview").await;
    assert_eq!(mover(&scene).await, "Lee Lead", "in the name of who set it");
    assert_eq!(because(&scene).await, "Set by Lee Lead");
    let there = scene.only();
    assert_eq!(there["emails"], json!(["jo.park@people.example", "jo@home.example"]));
    assert_eq!(there["phones"][0]["value"], "+1 555 123");
    assert_eq!(there["links"], json!(["https://jo.example"]));
    assert!(!candidates::reach(services, ana, jo).await.unwrap().waits);
    scene.services().store.close().await;
}

#[tokio::test]
async fn what_is_set_while_the_import_is_on_its_way_is_brought_on_sqlite() {
    what_is_set_while_the_import_is_on_its_way_is_brought(store::testing::sqlite().await).await;
}

#[tokio::test]
async fn what_is_set_while_the_import_is_on_its_way_is_brought_on_postgres() {
    what_is_set_while_the_import_is_on_its_way_is_brought(store::testing::postgres().await).await;
}

#[tokio::test]
async fn what_was_set_before_the_import_or_with_the_way_back_off_stays_here() {
    let scene = scene().await;
    switch(&scene, true).await;
    set(&scene, &scene.ana, Status::Interviewing).await;
    scene.step(Duration::from_secs(1)).await;
    scene.import_jo().await;
    scene.settle().await;
    agree(&scene, Status::Interviewing, "New lead").await;

    // Off: as before.
    let scene = crate::scene::scene().await;
    scene.click().await;
    scene.step(Duration::from_secs(1)).await;
    set(&scene, &scene.ana, Status::Interviewing).await;
    scene.settle().await;
    agree(&scene, Status::Interviewing, "New lead").await;
    assert_eq!(writes(&scene), 0);
}

#[tokio::test]
async fn a_status_set_meanwhile_goes_before_the_stage_chosen_on_the_sheet() {
    let scene = scene().await;
    switch(&scene, true).await;
    let choice = ChoiceForm { stage: "offer".into(), ..ChoiceForm::default() };
    request_chosen(scene.services(), &scene.ana, scene.jo, choice).await.unwrap();
    scene.step(Duration::from_secs(1)).await;
    set(&scene, &scene.ana, Status::Screening).await;
    scene.settle().await;
    agree(&scene, Status::Screening, "Recruiter screen").await;
}

#[tokio::test]
async fn linked_to_one_that_stands_elsewhere_both_statuses_are_shown() {
    let scene = scene().await;
    switch(&scene, true).await;
    let known = scene.known_in_lever().await;
    scene.click().await;
    work(&scene.world).await;
    scene.step(Duration::from_secs(1)).await;
    set(&scene, &scene.ana, Status::Screening).await;
    let link = Decision::Link(known);
    decide(scene.services(), &scene.ana, scene.jo, link).await.unwrap();
    scene.settle().await;
    // It was in Offer before: that is not overwritten without a person's word.
    assert_eq!(stage_in_lever(&scene).await, "Offer");
    assert!(conflict(&scene).await.is_some());
    assert_eq!(scene.status().await, Status::Screening);
}
