//! How a candidate can be reached: changed here, and what is new is added in Lever
//! where the way back is on.

use std::time::Duration;

use domain::attention::AttentionKind;
use domain::problem::{Field, FieldProblem, Problem};
use lever::ContactChange;
use lever_sim::FaultKind;
use serde_json::{Value, json};
use usecases::candidates::{self, ReachForm};
use usecases::way_back::{WayBackForm, save_way_back};

use crate::lever_world::*;
use crate::scene::{Scene, scene};
use crate::support::{candidate, listed_names};

fn form(emails: &str, phones: &str, links: &str) -> ReachForm {
    ReachForm { emails: emails.into(), phones: phones.into(), links: links.into() }
}

async fn switched_on() -> Scene {
    let scene = scene().await;
    scene.import_jo().await;
    let form = WayBackForm { is_on: true, ..WayBackForm::default() };
    save_way_back(scene.services(), &scene.admin, form).await.unwrap();
    scene.lever.forget_received();
    scene.step(Duration::from_secs(1)).await;
    scene
}

async fn change(scene: &Scene, emails: &str, phones: &str, links: &str) {
    candidates::change_reach(scene.services(), &scene.ana, scene.jo, form(emails, phones, links))
        .await
        .unwrap();
}

/// Addresses, numbers and links in Lever.
fn there(scene: &Scene) -> Value {
    let found = scene.only();
    let phones: Vec<&Value> =
        found["phones"].as_array().unwrap().iter().map(|phone| &phone["value"]).collect();
    json!([found["emails"], phones, found["links"]])
}

#[tokio::test]
async fn a_change_is_kept_searchable_and_audited() {
    let scene = scene().await;
    let other = candidate(&scene.world, &scene.ana, "Sam Other").await;
    change(&scene, "jo@home.example\njo.park@people.example", "+1 555 123", "https://jo.example").await;
    let profile = scene.profile().await;
    assert_eq!(profile.emails, ["jo@home.example", "jo.park@people.example"]);
    assert_eq!(profile.row.email, "jo@home.example", "the first is the usual one");
    assert_eq!(
        (profile.phones, profile.links),
        (vec!["+1 555 123".into()], vec!["https://jo.example".into()])
    );
    assert_eq!(listed_names(&scene.world, &scene.ana, "home").await, ["Jo Park"]);
    let page = candidates::reach(scene.services(), &scene.ana, scene.jo).await.unwrap();
    assert_eq!(page.emails, "jo@home.example\njo.park@people.example");
    assert!(!page.writes);
    let log = usecases::activity::list(scene.services(), &scene.admin, None).await;
    let told = format!("{log:?}");
    assert!(
        told.contains("Changed how Jo Park can be reached: e-mail addresses, phone numbers, links."),
        "{told}"
    );
    assert!(!told.contains("home.example"), "what it was changed to is not logged");

    // A corrected one is gone, also from the search.
    change(&scene, "jo@home.example", "", "").await;
    assert_eq!(listed_names(&scene.world, &scene.ana, "people").await, ["Sam Other"]);
    let taken = form("sam.other@people.example", "", "");
    let refusal = refused(candidates::change_reach(scene.services(), &scene.ana, scene.jo, taken).await);
    assert_eq!(refusal, Problem::field(FieldProblem::Taken(Field::Email)));
    assert_eq!(scene.profile().await.emails, ["jo@home.example"], "nothing was changed");
    let nobody = form("", "", "");
    let refusal = refused(candidates::change_reach(scene.services(), &scene.ana, other, nobody).await);
    assert_eq!(refusal, Problem::field(FieldProblem::AtLeastOneEmail));
    scene.settle().await;
    assert_eq!(scene.times_asked("contacts.update"), 0, "the way back is off");
}

#[tokio::test]
async fn what_is_new_is_added_and_nothing_that_others_put_there_is_removed() {
    let scene = switched_on().await;
    let contact = scene.only()["contact"].as_str().unwrap().to_owned();
    let theirs = ContactChange {
        emails: Some(vec!["jo.park@people.example".into(), "jo@lever.example".into()]),
        phones: Some(vec![lever::Phone { kind: Some("work".into()), value: "+49 30 1".into() }]),
    };
    scene.client().update_contact(&contact, &theirs).await.unwrap();
    scene.lever.forget_received();
    change(&scene, "jo@home.example", "+49 (30) 1\n+1 555 123", "https://jo.example").await;
    scene.settle().await;
    assert_eq!(
        there(&scene),
        json!([
            ["jo.park@people.example", "jo@lever.example", "jo@home.example"],
            ["+49 30 1", "+1 555 123"],
            ["https://jo.example"]
        ])
    );
    assert_eq!((scene.times_asked("contacts.update"), scene.times_asked("opportunities.add_links")), (1, 1));
    // Only what changed: the addresses were not sent with the number.
    scene.lever.forget_received();
    change(&scene, "jo@home.example", "+49 (30) 1\n+1 555 123\n+1 555 9", "https://jo.example").await;
    scene.settle().await;
    let sent = scene.lever.received().into_iter().find(|call| call.method == "PUT").unwrap().body;
    let sent: Value = serde_json::from_str(&sent).unwrap();
    assert_eq!(sent.as_object().unwrap().keys().collect::<Vec<_>>(), ["phones"]);
    assert_eq!(scene.times_asked("opportunities.add_links"), 0);
    assert_eq!(scene.attention().await, []);
    assert!(!candidates::reach(scene.services(), &scene.ana, scene.jo).await.unwrap().waits);
}

#[tokio::test]
async fn lost_answers_lead_to_a_look_and_nothing_is_there_twice() {
    for fault in
        [FaultKind::DropAfter, FaultKind::AppliedThenError, FaultKind::DropBefore, FaultKind::Unavailable]
    {
        let scene = switched_on().await;
        scene.fault("contacts.update", fault.clone(), 1).await;
        change(&scene, "jo.park@people.example\njo@home.example", "", "").await;
        scene.settle().await;
        assert_eq!(there(&scene)[0], json!(["jo.park@people.example", "jo@home.example"]), "{fault:?}");
        let times = if matches!(fault, FaultKind::DropAfter | FaultKind::AppliedThenError) { 1 } else { 2 };
        assert_eq!(scene.times_asked("contacts.update"), times, "{fault:?}");
    }
}

#[tokio::test]
async fn what_lever_refuses_is_asked_about_and_tried_again_by_one_press() {
    let scene = switched_on().await;
    scene.fault("contacts.update", FaultKind::PermissionMissing, 1).await;
    change(&scene, "jo.park@people.example\njo@home.example", "", "").await;
    scene.settle().await;
    assert!(scene.asked_about(AttentionKind::PermissionMissing).await.is_some());
    let item = scene.asked_about(AttentionKind::ContactNotWritten).await.unwrap();
    usecases::attention::retry(scene.services(), &scene.ana, item.id).await.unwrap();
    scene.settle().await;
    assert_eq!(there(&scene)[0], json!(["jo.park@people.example", "jo@home.example"]));
    assert_eq!(scene.asked_about(AttentionKind::ContactNotWritten).await, None);
}

#[tokio::test]
async fn an_anonymised_contact_is_left_alone() {
    let scene = switched_on().await;
    let id = scene.only_id();
    change(&scene, "jo.park@people.example\njo@home.example", "", "").await;
    scene.lever.anonymise(&id).await.unwrap();
    scene.settle().await;
    assert_eq!(scene.times_asked("contacts.update"), 0);
    assert_eq!(there(&scene)[0], json!([]));
}
