//! Several opportunities of one contact: which one counts is shown, and can be changed.

use std::time::Duration;

use domain::attention::AttentionKind;
use domain::import::Decision;
use domain::problem::Problem;
use domain::status::Status;
use domain::view::OpportunitiesView;
use lever::NewOpportunity;
use serde_json::json;
use usecases::way_back::{WayBackForm, save_way_back};
use usecases::{candidates, imports, integration};

use crate::lever_world::*;
use crate::scene::{Scene, scene};
use crate::support::candidate;

async fn shown(scene: &Scene) -> OpportunitiesView {
    candidates::opportunities_of(scene.services(), &scene.ana, scene.jo).await.unwrap()
}

/// Jo's, and another one of the same contact in Offer.
async fn two() -> (Scene, String, String) {
    let scene = scene().await;
    let first = scene.import_jo().await;
    scene.step(Duration::from_secs(1)).await;
    let second = scene.known_in_lever().await;
    (scene, first, second)
}

#[tokio::test]
async fn all_of_the_contact_are_shown_once_lever_was_asked() {
    let (scene, first, second) = two().await;
    let view = shown(&scene).await;
    assert_eq!(view.rows.iter().map(|row| row.id.as_str()).collect::<Vec<_>>(), [first.as_str()]);
    assert!(view.rows[0].counts && view.can_look);
    candidates::look_for_opportunities(scene.services(), &scene.ana, scene.jo).await.unwrap();
    let view = shown(&scene).await;
    assert_eq!(
        view.rows.iter().map(|row| row.id.as_str()).collect::<Vec<_>>(),
        [first.as_str(), second.as_str()]
    );
    assert_eq!((view.rows[1].counts, view.rows[1].stage.as_str()), (false, "Offer"));
    assert!(view.rows[1].owner.is_some() && view.rows[1].url.ends_with(&second));
    assert_eq!(view.rows[0].owner.as_deref(), Some("Ana Ruiz"));
    // What is gone there is not shown after the next look.
    scene.lever.delete(&second).await.unwrap();
    scene.step(Duration::from_secs(1)).await;
    candidates::look_for_opportunities(scene.services(), &scene.ana, scene.jo).await.unwrap();
    assert_eq!(shown(&scene).await.rows.len(), 1);
}

#[tokio::test]
async fn what_was_seen_before_a_decision_is_shown_without_asking_again() {
    for (decision, preset) in [(Some(Decision::Add), "ask"), (None, "add"), (Some(Decision::NotSame), "ask")]
    {
        let scene = scene().await;
        let known = scene.known_in_lever().await;
        let form = imports::SettingsForm {
            known_person: preset.into(),
            on_reply: "off".into(),
            ..imports::SettingsForm::default()
        };
        imports::save_settings(scene.services(), &scene.admin, form).await.unwrap();
        scene.click().await;
        work(&scene.world).await;
        if let Some(decision) = decision.clone() {
            imports::decide(scene.services(), &scene.ana, scene.jo, decision).await.unwrap();
            work(&scene.world).await;
        }
        let rows = shown(&scene).await.rows;
        assert!(rows[0].counts && rows[0].id != known);
        if decision == Some(Decision::NotSame) {
            assert_eq!(rows.len(), 1, "another person's is none of theirs");
        } else {
            assert_eq!(rows[1..].iter().map(|row| row.id.as_str()).collect::<Vec<_>>(), [known.as_str()]);
        }
    }
}

#[tokio::test]
async fn a_reconciliation_notices_another_one_by_itself() {
    let (scene, _, second) = two().await;
    integration::sync_now(scene.services(), &scene.admin).await.unwrap();
    scene.settle().await;
    assert_eq!(shown(&scene).await.rows[1].id, second);
    // Of people who are not linked nothing is kept.
    let stranger = NewOpportunity {
        name: "Somebody Else".into(),
        emails: vec!["else@people.example".into()],
        ..NewOpportunity::default()
    };
    scene.made_in_lever(stranger).await;
    scene.step(Duration::from_secs(1)).await;
    integration::sync_now(scene.services(), &scene.admin).await.unwrap();
    scene.settle().await;
    let mut tx = scene.services().store.read().await.unwrap();
    let kept: u32 = tx
        .one("select count(*) as kept from contact_opportunities", store::args![])
        .await
        .unwrap()
        .get("kept")
        .unwrap();
    assert_eq!(kept, 2);
}

#[tokio::test]
async fn whoever_follows_another_one_gets_its_status() {
    let (scene, first, second) = two().await;
    candidates::look_for_opportunities(scene.services(), &scene.ana, scene.jo).await.unwrap();
    // Also where the status was set by hand: choosing is a decision.
    candidates::set_status(scene.services(), &scene.ana, scene.jo, "interviewing").await.unwrap();
    candidates::follow(scene.services(), &scene.ana, scene.jo, &second).await.unwrap();
    let profile = scene.profile().await;
    assert_eq!((profile.row.status, profile.conflict), (Status::Offer, None));
    let card = profile.lever.unwrap();
    assert!(card.url.ends_with(&second), "{}", card.url);
    let view = shown(&scene).await;
    assert!(view.rows[0].counts && view.rows[0].id == second && !view.rows[1].counts);
    assert!(view.chosen.unwrap().starts_with("by Ana Ruiz, "));

    // The other one does not count any more.
    scene.lever.archive(&first, "Underqualified").await.unwrap();
    scene.deliver(&first, 1).await;
    assert_eq!(scene.status().await, Status::Offer);
    scene.lever.hire(&second).await.unwrap();
    scene.deliver(&second, 2).await;
    assert_eq!(scene.status().await, Status::Hired);

    // And back again.
    candidates::follow(scene.services(), &scene.ana, scene.jo, &first).await.unwrap();
    assert_eq!(scene.status().await, Status::Rejected);
}

#[tokio::test]
async fn nobody_is_asked_about_a_place_that_only_the_other_one_held() {
    let (scene, first, second) = two().await;
    let added = practice(&scene.lever, "POST", "stages", &json!({ "text": "Panel" })).await;
    scene.lever.set_stage(&first, added["id"].as_str().unwrap()).await.unwrap();
    scene.deliver(&first, 1).await;
    assert!(scene.asked_about(AttentionKind::UnmappedPlace).await.is_some());
    candidates::look_for_opportunities(scene.services(), &scene.ana, scene.jo).await.unwrap();
    candidates::follow(scene.services(), &scene.ana, scene.jo, &second).await.unwrap();
    assert_eq!(scene.status().await, Status::Offer);
    assert_eq!(scene.asked_about(AttentionKind::UnmappedPlace).await, None);
}

#[tokio::test]
async fn what_was_still_to_be_written_to_the_other_one_is_not() {
    let (scene, _, second) = two().await;
    let places = [("screening".to_owned(), stage(&scene, "Recruiter screen").await)].into_iter().collect();
    save_way_back(scene.services(), &scene.admin, WayBackForm { is_on: true, places, version: None })
        .await
        .unwrap();
    candidates::set_status(scene.services(), &scene.ana, scene.jo, "screening").await.unwrap();
    candidates::follow(scene.services(), &scene.ana, scene.jo, &second).await.unwrap();
    scene.settle().await;
    assert_eq!(scene.times_asked("opportunities.stage"), 0);
    assert_eq!(scene.status().await, Status::Offer);
    // From now on it is written to the one that counts.
    candidates::set_status(scene.services(), &scene.ana, scene.jo, "screening").await.unwrap();
    scene.settle().await;
    let written = scene
        .lever
        .received()
        .into_iter()
        .find(|call| call.endpoint.as_deref() == Some("opportunities.stage"));
    assert!(written.unwrap().path.contains(&second));
}

async fn stage(scene: &Scene, text: &str) -> String {
    let step = stages_step(&scene.world, &scene.admin).await;
    step.stages.into_iter().find(|row| row.text == text).unwrap().id
}

#[tokio::test]
async fn what_is_not_the_contacts_or_is_gone_or_is_anothers_is_refused() {
    let (scene, _, second) = two().await;
    let stranger = NewOpportunity {
        name: "Somebody Else".into(),
        emails: vec!["else@people.example".into()],
        ..NewOpportunity::default()
    };
    let strangers = scene.made_in_lever(stranger).await;
    let follow = async |id: &str| candidates::follow(scene.services(), &scene.ana, scene.jo, id).await;
    assert_eq!(refused(follow(&strangers).await), Problem::NotFound);
    assert_eq!(refused(follow("nothing").await), Problem::NotFound);
    let sam = candidate(&scene.world, &scene.ana, "Sam Other").await;
    link(&scene.world, &scene.admin, sam, &second, "offer", false).await;
    assert_eq!(refused(follow(&second).await), Problem::ChangedMeanwhile);
    assert_eq!(scene.status().await, Status::Responded);
    let unlinked =
        candidates::opportunities_of(scene.services(), &scene.ana, sam).await.map(|view| view.rows.len());
    assert_eq!(unlinked.unwrap(), 1);
    let nobody = candidate(&scene.world, &scene.ana, "Nobody There").await;
    let view = candidates::opportunities_of(scene.services(), &scene.ana, nobody).await;
    assert_eq!(refused(view), Problem::NotFound);
}
