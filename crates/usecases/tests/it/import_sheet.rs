//! The sheet before sending: what is chosen there is what Lever gets, at every
//! try, and nothing else chooses anything.

use domain::actor::{Actor, Role};
use domain::attention::AttentionKind;
use domain::ids::CandidateId;
use domain::import::{Choice, Decision, ImportFailure, ImportState};
use domain::problem::{Field, FieldProblem, Problem};
use domain::status::{Status, StatusCause};
use domain::view::{ImportSheet, ImportView, Mend, PermissionWorks, SheetOption};
use lever::OpportunityFilter;
use lever_sim::FaultKind;
use serde_json::{Value, json};
use store::candidates::StatusUpdate;
use usecases::imports::{self, ChoiceForm};
use usecases::integration;

use crate::lever_world::*;
use crate::scene::{Scene, scene, scene_on};
use crate::support::{answered_candidate, candidate, member};

const POSTING: &str = "Backend Engineer";

async fn sheet_of(scene: &Scene, actor: &Actor, candidate: CandidateId) -> ImportSheet {
    imports::sheet(scene.services(), actor, candidate).await.unwrap()
}

async fn sheet(scene: &Scene) -> ImportSheet {
    sheet_of(scene, &scene.ana, scene.jo).await
}

/// The id of the option that begins with this text.
fn option(options: &[SheetOption], label: &str) -> String {
    let found = options.iter().find(|option| option.label.starts_with(label));
    found.unwrap_or_else(|| panic!("{label} is not offered: {options:#?}")).id.clone()
}

fn chosen(options: &[SheetOption]) -> Vec<&str> {
    options.iter().filter(|option| option.chosen).map(|option| option.label.as_str()).collect()
}

/// Backend Engineer, the stage of this name, and Lee follows.
async fn form(scene: &Scene, stage: &str) -> ChoiceForm {
    let sheet = sheet(scene).await;
    ChoiceForm {
        posting: option(&sheet.postings, POSTING),
        stage: option(&sheet.stages, stage),
        followers: vec![option(&sheet.followers, "Lee Lead")],
    }
}

async fn send(scene: &Scene, form: &ChoiceForm) {
    imports::request_chosen(scene.services(), &scene.ana, scene.jo, form.clone()).await.unwrap();
}

/// The posting of an opportunity, as Lever says.
async fn posting_of(scene: &Scene, opportunity: &str) -> Option<String> {
    let filter = OpportunityFilter { expand_applications: true, ..OpportunityFilter::default() };
    let found = scene.client().opportunities_all(&filter, 100).await.unwrap();
    let found = found.into_iter().find(|found| found.id == opportunity).unwrap();
    found.applications.into_iter().find_map(|application| application.posting)
}

async fn lever_user(scene: &Scene, name: &str) -> String {
    let users = scene.client().users(lever::UserFilter::default()).await.unwrap();
    users.into_iter().find(|user| user.name == name).unwrap().id
}

/// Exactly one opportunity, as chosen.
async fn as_chosen(scene: &Scene, form: &ChoiceForm) {
    let only = scene.only();
    assert!(matches!(scene.import().await, ImportView::Imported { .. }), "{:?}", scene.row().await);
    assert_eq!(posting_of(scene, &scene.only_id()).await.as_ref(), Some(&form.posting));
    assert_eq!(only["stageChanges"][0]["toStageId"], json!(form.stage));
    assert_eq!(only["creator"], "Ana Ruiz");
    let followers = only["followers"].as_array().unwrap();
    for follower in [&form.followers[0], &lever_user(scene, "Ana Ruiz").await] {
        assert!(followers.contains(&json!(follower)), "{followers:?}");
    }
}

/// Closes, publishes or deletes a posting in Lever.
async fn posting(scene: &Scene, method: &str, id: &str, body: &Value) {
    practice(&scene.lever, method, &format!("postings/{id}"), body).await;
}

async fn failed_with(scene: &Scene, failure: ImportFailure) {
    assert_eq!(scene.import().await, ImportView::Failed { reason: failure.text().to_owned() });
    assert_eq!(scene.row().await.failure, Some(failure));
    assert!(scene.in_lever().is_empty());
    // Trying again as it was would not help: the sheet is where to go.
    let item = scene.asked_about(AttentionKind::ImportFailed).await.unwrap();
    let href = format!("/candidates/{}/import", scene.jo);
    assert_eq!(item.mend, Some(Mend::Open { label: "Choose again for Jo Park".into(), href }));
}

#[tokio::test]
async fn what_is_chosen_is_what_lever_gets() {
    for fresh in [store::testing::sqlite().await, store::testing::postgres().await] {
        let scene = scene_on(fresh).await;
        let shown = sheet(&scene).await;
        assert_eq!((shown.blocked, shown.credited_to.as_deref()), (None, Some("Ana Ruiz")));
        let of = |what: &str| {
            let line = shown.sent.iter().find(|(label, _)| *label == what);
            line.map(|(_, values)| values.clone()).unwrap()
        };
        assert_eq!(of("Name"), ["Jo Park"]);
        assert_eq!(of("E-mail"), ["jo.park@people.example"]);
        assert_eq!(of("Source"), ["CodeSignal"]);
        // Published ones only, and nothing confidential.
        let titles: Vec<&str> = shown.postings.iter().map(|posting| posting.label.as_str()).collect();
        assert_eq!(titles, ["Backend Engineer, Engineering, Berlin", "Data Scientist, Data, Remote"]);
        assert_eq!(chosen(&shown.postings), Vec::<&str>::new());
        assert_eq!(chosen(&shown.stages), ["New lead: keeps the status"]);
        assert_eq!(chosen(&shown.followers), Vec::<&str>::new());
        assert!(shown.followers.iter().all(|user| !user.label.starts_with("Ana")), "she follows anyway");

        scene.lever.forget_received();
        let form = form(&scene, "Recruiter screen").await;
        send(&scene, &form).await;
        assert_eq!(scene.import().await, ImportView::Queued);
        work(&scene.world).await;
        assert_eq!(scene.asked(), ["opportunities.list", "opportunities.create", "notes.create"]);
        as_chosen(&scene, &form).await;
        assert!(scene.only()["tags"].as_array().unwrap().contains(&json!(POSTING)), "Lever's own tags");
        scene.services().store.close().await;
    }
}

#[tokio::test]
async fn the_posting_is_remembered_for_the_sheet_and_never_for_the_icon() {
    let scene = scene().await;
    let first = form(&scene, "New lead").await;
    send(&scene, &first).await;
    work(&scene.world).await;
    as_chosen(&scene, &first).await;

    let kim = answered_candidate(&scene.world, &scene.ana, "Kim Lee").await;
    let shown = sheet_of(&scene, &scene.ana, kim).await;
    assert_eq!(chosen(&shown.postings), ["Backend Engineer, Engineering, Berlin"]);
    assert_eq!(chosen(&shown.stages), ["New lead: keeps the status"]);
    assert_eq!(chosen(&shown.followers), Vec::<&str>::new());
    let lees = sheet_of(&scene, &scene.lee, kim).await;
    assert_eq!(chosen(&lees.postings), Vec::<&str>::new(), "it is Ana's choice");

    imports::request(scene.services(), &scene.ana, kim).await.unwrap();
    work(&scene.world).await;
    let kims = scene.in_lever().into_iter().find(|found| found["name"] == "Kim Lee").unwrap();
    assert_eq!(posting_of(&scene, kims["id"].as_str().unwrap()).await, None);
    assert_eq!(kims["stage"], "lead-new");

    // None is a choice as well, and a posting that was closed is not offered.
    let lou = answered_candidate(&scene.world, &scene.ana, "Lou Poe").await;
    imports::request_chosen(scene.services(), &scene.ana, lou, ChoiceForm::default()).await.unwrap();
    let max = answered_candidate(&scene.world, &scene.ana, "Max Roe").await;
    assert_eq!(chosen(&sheet_of(&scene, &scene.ana, max).await.postings), Vec::<&str>::new());
    imports::request_chosen(scene.services(), &scene.ana, max, first.clone()).await.unwrap();
    posting(&scene, "PUT", &first.posting, &json!({ "state": "closed" })).await;
    read_catalogue(&scene.world, &scene.ana).await;
    let pat = answered_candidate(&scene.world, &scene.ana, "Pat Doe").await;
    let shown = sheet_of(&scene, &scene.ana, pat).await;
    assert_eq!(shown.postings.len(), 1);
    assert_eq!(chosen(&shown.postings), Vec::<&str>::new());
}

#[tokio::test]
async fn every_try_sends_the_same() {
    // Not applied, not known whether, applied without an answer.
    for kind in [
        FaultKind::TooManyRequests { retry_after_seconds: None },
        FaultKind::DropBefore,
        FaultKind::DropAfter,
        FaultKind::AppliedThenError,
    ] {
        let scene = scene().await;
        let form = form(&scene, "Recruiter screen").await;
        scene.fault("opportunities.create", kind.clone(), 1).await;
        send(&scene, &form).await;
        scene.settle().await;
        as_chosen(&scene, &form).await;
    }

    // After a failure, by the plain *Retry*, as the icon and the result list of many have it.
    let scene = scene().await;
    let chosen_form = form(&scene, "Recruiter screen").await;
    let key = key_without(&scene.lever, &["opportunities.create"]).await;
    integration::save_connection(scene.services(), &scene.admin, crate::lever_world::form(&key, ""))
        .await
        .unwrap();
    scene.settle().await;
    send(&scene, &chosen_form).await;
    scene.settle().await;
    assert_eq!(scene.row().await.failure, Some(ImportFailure::Forbidden));
    let again = sheet(&scene).await;
    assert_eq!(again.failed.as_deref(), Some(ImportFailure::Forbidden.text()));
    assert!(!again.may_be_there);
    assert_eq!(chosen(&again.stages), ["Recruiter screen: status Screening"]);
    assert_eq!(chosen(&again.followers), ["Lee Lead"]);
    integration::save_connection(scene.services(), &scene.admin, crate::lever_world::form(KEY, ""))
        .await
        .unwrap();
    scene.click().await;
    scene.settle().await;
    as_chosen(&scene, &chosen_form).await;
}

#[tokio::test]
async fn an_opportunity_added_after_a_decision_is_as_chosen() {
    let scene = scene().await;
    let known = scene.known_in_lever().await;
    let form = form(&scene, "Phone interview").await;
    send(&scene, &form).await;
    work(&scene.world).await;
    let shown = sheet(&scene).await;
    assert_eq!(shown.blocked.as_deref(), Some("Jo Park may already be in Lever: decide about that first."));
    imports::decide(scene.services(), &scene.ana, scene.jo, Decision::Add).await.unwrap();
    work(&scene.world).await;
    let new = scene.in_lever().into_iter().find(|found| found["id"] != json!(known)).unwrap();
    assert_eq!(new["stage"], json!(form.stage));
    assert_eq!(posting_of(&scene, new["id"].as_str().unwrap()).await, Some(form.posting));
}

#[tokio::test]
async fn a_posting_that_is_gone_is_told_and_nothing_is_sent_twice() {
    // Closed and known here; refused by Lever, in either way; deleted.
    for (known_here, status, deleted) in
        [(true, 400, false), (false, 400, false), (false, 400, true), (false, 404, true)]
    {
        let scene = scene().await;
        let behaviour = lever_sim::Behaviour { reference_refused_status: status, ..scene.lever.behaviour() };
        scene.lever.set_behaviour(behaviour).await.unwrap();
        let form = form(&scene, "New lead").await;
        send(&scene, &form).await;
        if deleted {
            posting(&scene, "DELETE", &form.posting, &json!({})).await;
        } else {
            posting(&scene, "PUT", &form.posting, &json!({ "state": "closed" })).await;
        }
        if known_here {
            // The catalogue is read while the import waits.
            scene.fault("opportunities.list", FaultKind::Unavailable, 1).await;
            work(&scene.world).await;
            assert_eq!(scene.row().await.state, ImportState::Queued);
            read_catalogue(&scene.world, &scene.ana).await;
        }
        scene.settle().await;
        failed_with(&scene, ImportFailure::PostingGone).await;
        assert_eq!(scene.times_asked("opportunities.create"), usize::from(!known_here));

        // What is offered was read again, and another choice goes through.
        let shown = sheet(&scene).await;
        assert_eq!(shown.failed.as_deref(), Some(ImportFailure::PostingGone.text()));
        assert_eq!(shown.postings.len(), 1);
        let stale = imports::request_chosen(scene.services(), &scene.ana, scene.jo, form).await;
        let problem = Problem::field(FieldProblem::NotAChoice(Field::Posting));
        assert_eq!(refused(stale), problem);
        let other = ChoiceForm { posting: option(&shown.postings, "Data"), ..ChoiceForm::default() };
        send(&scene, &other).await;
        scene.settle().await;
        assert_eq!(posting_of(&scene, &scene.only_id()).await, Some(other.posting));
        assert_eq!(scene.asked_about(AttentionKind::ImportFailed).await, None);
    }
}

#[tokio::test]
async fn a_stage_or_a_follower_that_is_gone_is_told() {
    for known_here in [true, false] {
        let scene = scene().await;
        let form = form(&scene, "Recruiter screen").await;
        send(&scene, &form).await;
        practice(&scene.lever, "PUT", &format!("stages/{}", form.stage), &json!({ "active": false })).await;
        if known_here {
            scene.fault("opportunities.list", FaultKind::Unavailable, 1).await;
            work(&scene.world).await;
            read_catalogue(&scene.world, &scene.ana).await;
        }
        scene.settle().await;
        failed_with(&scene, ImportFailure::StageGone).await;
        let problem = Problem::field(FieldProblem::NotAChoice(Field::Stage));
        let again = imports::request_chosen(scene.services(), &scene.ana, scene.jo, form.clone()).await;
        assert_eq!(refused(again), problem);

        let form = ChoiceForm { stage: String::new(), ..form };
        send(&scene, &form).await;
        scene.lever.set_user_active(&form.followers[0], false).await.unwrap();
        scene.fault("opportunities.list", FaultKind::Unavailable, 1).await;
        work(&scene.world).await;
        read_catalogue(&scene.world, &scene.ana).await;
        scene.settle().await;
        failed_with(&scene, ImportFailure::FollowerGone).await;
        let shown = sheet(&scene).await;
        assert!(shown.followers.iter().all(|user| user.id != form.followers[0]));
        send(&scene, &ChoiceForm { followers: Vec::new(), ..form }).await;
        scene.settle().await;
        assert_eq!(scene.only()["stage"], "lead-new");
    }
}

#[tokio::test]
async fn the_landing_follows_the_stage_map_and_a_kept_stage_changes_nothing() {
    // A stage that means a status: they stand there, so that is their status, at once.
    let scene = scene().await;
    send(&scene, &form(&scene, "Recruiter screen").await).await;
    work(&scene.world).await;
    assert_eq!(scene.status().await, Status::Screening);
    let id = scene.only_id();
    scene.deliver(&id, 1).await;
    assert_eq!(scene.status().await, Status::Screening, "reading again changes nothing");
    // A later move to the kept stage is a move, as ever.
    scene.lever.set_stage(&id, "New lead").await.unwrap();
    scene.deliver(&id, 2).await;
    assert_eq!(scene.status().await, Status::Responded);

    // A stage that keeps the status, other than New lead.
    let scene = scene_kept("Phone interview", "keep").await;
    send(&scene, &form(&scene, "Phone interview: keeps the status").await).await;
    work(&scene.world).await;
    assert_eq!(scene.status().await, Status::Contacted, "the landing changes nothing");
    let id = scene.only_id();
    scene.deliver(&id, 1).await;
    assert_eq!(scene.status().await, Status::Contacted);
    scene.lever.set_stage(&id, "Offer").await.unwrap();
    scene.deliver(&id, 2).await;
    scene.lever.set_stage(&id, "Phone interview").await.unwrap();
    scene.deliver(&id, 3).await;
    assert_eq!(scene.status().await, Status::Responded, "a later move back is a move");

    // A stage without a meaning holds the status and asks.
    let scene = scene_kept("Phone interview", "").await;
    send(&scene, &form(&scene, "Phone interview: not mapped").await).await;
    work(&scene.world).await;
    assert_eq!(scene.status().await, Status::Contacted);
    assert!(scene.asked_about(AttentionKind::UnmappedPlace).await.is_some());
}

/// A scene in which that stage has this meaning, and Jo the status Contacted.
async fn scene_kept(stage: &str, target: &str) -> Scene {
    let scene = scene().await;
    let step = stages_step(&scene.world, &scene.admin).await;
    let codes = |rows: Vec<domain::view::PlaceRow>| {
        rows.into_iter()
            .map(|row| {
                let code = row.target.map_or("", domain::mapping::Target::code).to_owned();
                let code = if row.text == stage { target.to_owned() } else { code };
                (row.id, code)
            })
            .collect()
    };
    integration::save_stages(scene.services(), &scene.admin, codes(step.stages), codes(step.reasons))
        .await
        .unwrap();
    work(&scene.world).await;
    // By a message, not by hand: nothing is in conflict.
    let update = StatusUpdate {
        status: Status::Contacted,
        cause: StatusCause::Message,
        at: scene.services().now(),
        last_open: Status::Contacted,
        conflict: None,
    };
    let mut tx = scene.services().store.begin().await.unwrap();
    store::candidates::set_status(&mut tx, scene.ana.organisation, scene.jo, &update).await.unwrap();
    tx.commit().await.unwrap();
    scene
}

#[tokio::test]
async fn a_key_that_may_not_list_postings_imports_without() {
    let scene = scene().await;
    let key = key_without(&scene.lever, &["postings.list"]).await;
    integration::save_connection(scene.services(), &scene.admin, crate::lever_world::form(&key, ""))
        .await
        .unwrap();
    scene.settle().await;
    let shown = connect_step(&scene.world, &scene.admin).await;
    let row = shown.permissions.iter().find(|row| row.tick == "Find all postings").unwrap();
    assert_eq!((row.works, row.optional), (PermissionWorks::No, true));
    let sheet = sheet(&scene).await;
    assert!(sheet.blocked.is_none() && sheet.postings.is_empty() && !sheet.stages.is_empty());
    read_catalogue(&scene.world, &scene.ana).await;
    assert!(scene.attention().await.is_empty(), "it is optional");
    let form = ChoiceForm { stage: option(&sheet.stages, "Offer"), ..ChoiceForm::default() };
    send(&scene, &form).await;
    work(&scene.world).await;
    assert_eq!(scene.only()["stage"], "offer");
    assert_eq!(posting_of(&scene, &scene.only_id()).await, None);
}

#[tokio::test]
async fn two_tabs_send_one_choice_and_the_other_is_told() {
    let scene = scene().await;
    let form = form(&scene, "Recruiter screen").await;
    send(&scene, &form).await;
    send(&scene, &form).await;
    let other = ChoiceForm::default();
    let late = imports::request_chosen(scene.services(), &scene.lee, scene.jo, other.clone()).await;
    assert_eq!(refused(late), Problem::ChangedMeanwhile);
    scene.click().await;
    work(&scene.world).await;
    as_chosen(&scene, &form).await;
    send(&scene, &form).await;
    let late = imports::request_chosen(scene.services(), &scene.ana, scene.jo, other).await;
    assert_eq!(refused(late), Problem::ChangedMeanwhile);
    assert_eq!(scene.times_asked("opportunities.create"), 1);
    let shown = sheet(&scene).await;
    assert_eq!(shown.blocked.as_deref(), Some("Jo Park is in Lever."));
    assert_eq!(shown.url.as_deref(), scene.only()["urls"]["show"].as_str());

    // Deleted there: imported anew, nothing of the old choice is left.
    let id = scene.only_id();
    scene.lever.delete(&id).await.unwrap();
    scene.deliver(&id, 1).await;
    assert_eq!(scene.import().await, ImportView::Unlinked);
    scene.click().await;
    assert_eq!(scene.row().await.choice, Choice::default());
}

#[tokio::test]
async fn the_sheet_says_why_there_is_nothing_to_send() {
    let scene = scene().await;
    let services = scene.services();
    let quiet = candidate(&scene.world, &scene.ana, "Kim Lee").await;
    let why = async |actor: &Actor, candidate| sheet_of(&scene, actor, candidate).await.blocked.unwrap();
    assert!(why(&scene.ana, quiet).await.starts_with("Nobody has written to Kim Lee yet."));
    usecases::candidates::send_message(services, &scene.ana, quiet, "Shall we talk?").await.unwrap();
    assert_eq!(why(&scene.ana, quiet).await, "Available once Kim Lee answers.");
    let early = imports::request_chosen(services, &scene.ana, quiet, ChoiceForm::default()).await;
    assert_eq!(refused(early), Problem::NotEligible);

    // What is not offered cannot be chosen.
    let good = form(&scene, "Offer").await;
    let unmapped = lever_user(&scene, "Tom Castellano").await;
    let reason = scene.client().archive_reasons().await.unwrap()[0].id.clone();
    for (form, field) in [
        (ChoiceForm { posting: "none-such".into(), ..good.clone() }, Field::Posting),
        (ChoiceForm { stage: reason, ..good.clone() }, Field::Stage),
        (ChoiceForm { followers: vec![unmapped], ..good.clone() }, Field::Followers),
    ] {
        let result = imports::request_chosen(services, &scene.ana, scene.jo, form).await;
        assert_eq!(refused(result), Problem::field(FieldProblem::NotAChoice(field)));
    }
    assert!(matches!(scene.import().await, ImportView::Available { .. }), "nothing was begun");

    let other = crate::support::another_organisation(&scene.world).await;
    let stranger = crate::support::member_of(&scene.world, other, Role::SuperAdmin).await;
    assert_eq!(refused(imports::sheet(services, &stranger, scene.jo).await), Problem::NotFound);
    let theirs = answered_candidate(&scene.world, &stranger, "Lou Poe").await;
    assert_eq!(why(&stranger, theirs).await, Problem::NotConnected.text());
    let unconnected = imports::request_chosen(services, &stranger, theirs, ChoiceForm::default()).await;
    assert_eq!(refused(unconnected), Problem::NotConnected);

    send(&scene, &good).await;
    assert_eq!(why(&scene.ana, scene.jo).await, "Jo Park is on the way into Lever.");
    posting(&scene, "DELETE", &good.posting, &json!({})).await;
    scene.settle().await;
    let ben = member(&scene.world, Role::Recruiter).await;
    assert!(why(&ben, scene.jo).await.starts_with("Somebody else asked for this import"));
    let result = imports::request_chosen(services, &ben, scene.jo, ChoiceForm::default()).await;
    assert_eq!(refused(result), Problem::NotAllowed);
    assert_eq!(sheet_of(&scene, &scene.lee, scene.jo).await.blocked, None, "an Admin can");
}

#[tokio::test]
async fn the_check_sheet_shows_the_postings() {
    let scene = scene().await;
    let postings = practice(&scene.lever, "GET", "postings", &json!({})).await;
    let id_of = |text: &str| {
        let all = postings["postings"].as_array().unwrap();
        all.iter().find(|posting| posting["text"] == text).unwrap()["id"].as_str().unwrap().to_owned()
    };
    let made = async |posting: Option<&str>| {
        let new = lever::NewOpportunity {
            name: "Jo P.".into(),
            emails: vec!["jo.park@people.example".into()],
            postings: posting.map(id_of).into_iter().collect(),
            ..lever::NewOpportunity::default()
        };
        scene.made_in_lever(new).await
    };
    // Published, only ever unlisted, gone since, and none.
    let (open, unlisted) = (made(Some(POSTING)).await, made(Some("Account Executive")).await);
    let (gone, none) = (made(Some("Data Scientist")).await, made(None).await);
    posting(&scene, "DELETE", &id_of("Data Scientist"), &json!({})).await;
    read_catalogue(&scene.world, &scene.ana).await;
    scene.click().await;
    work(&scene.world).await;
    let matches = scene.profile().await.matches;
    let postings_of =
        |id: &str| matches.iter().find(|found| found.opportunity == id).unwrap().postings.clone();
    assert_eq!(postings_of(&open), POSTING);
    assert_eq!(postings_of(&unlisted), "Account Executive");
    assert_eq!(postings_of(&gone), "Data Scientist", "its title is kept");
    assert_eq!(postings_of(&none), "");

    // A key that may read none of them.
    let scene = crate::scene::scene().await;
    let made = lever::NewOpportunity {
        name: "Jo P.".into(),
        emails: vec!["jo.park@people.example".into()],
        postings: vec![option(&sheet(&scene).await.postings, POSTING)],
        ..lever::NewOpportunity::default()
    };
    scene.made_in_lever(made).await;
    let key = key_without(&scene.lever, &["postings.list", "postings.get"]).await;
    integration::save_connection(scene.services(), &scene.admin, crate::lever_world::form(&key, ""))
        .await
        .unwrap();
    scene.settle().await;
    scene.click().await;
    scene.settle().await;
    let matches = scene.profile().await.matches;
    assert_eq!(matches[0].postings, "A posting that the API key cannot read");
}

#[tokio::test]
async fn whoever_looks_after_the_candidate_owns_what_is_made_and_whoever_clicks_is_credited() {
    let scene = scene().await;
    let lees = sheet_of(&scene, &scene.lee, scene.jo).await;
    let owner = lees.sent.iter().find(|(what, _)| *what == "Owner").map(|(_, values)| values.clone());
    assert_eq!(
        (lees.credited_to.as_deref(), owner.unwrap().as_slice()),
        (Some("Lee Lead"), &["Ana Ruiz".to_owned()][..])
    );
    imports::request(scene.services(), &scene.lee, scene.jo).await.unwrap();
    work(&scene.world).await;
    assert_eq!(scene.only()["creator"], "Lee Lead");
    assert_eq!(scene.only()["owner"], json!(lever_user(&scene, "Ana Ruiz").await));
}
