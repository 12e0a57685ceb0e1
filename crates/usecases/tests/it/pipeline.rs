//! What happens in Lever shows here, by the stage map.

use std::time::Duration;

use domain::attention::AttentionKind;
use domain::connection::{LeverEvent, Light};
use domain::mapping::Target;
use domain::problem::Problem;
use domain::status::Status;
use domain::view::{ActivitySearch, ImportView, Mend, StatusChangeView};
use lever_sim::FaultKind;
use serde_json::json;
use usecases::webhooks::Receipt;
use usecases::{candidates, integration};

use crate::lever_world::*;
use crate::scene::{Scene, scene, scene_on};

async fn newest(scene: &Scene) -> StatusChangeView {
    scene.profile().await.history.remove(0)
}

#[tokio::test]
async fn the_whole_way_of_a_candidate() {
    let scene = scene().await;
    let id = scene.import_jo().await;
    assert_eq!(scene.status().await, Status::Responded);
    let steps: [(&str, Status); 4] = [
        ("Recruiter screen", Status::Screening),
        ("On-site interview", Status::Interviewing),
        ("Offer", Status::Offer),
        ("New lead", Status::Responded),
    ];
    let mut number = 0;
    for (stage, status) in steps {
        scene.lever.set_stage(&id, stage).await.unwrap();
        number += 1;
        scene.deliver(&id, number).await;
        assert_eq!(scene.status().await, status, "{stage}");
        let change = newest(&scene).await;
        assert_eq!(change.to, status);
        assert!(change.because.starts_with(&format!("Stage {stage} in Lever, by ")), "{}", change.because);
    }
    scene.lever.set_stage(&id, "Offer").await.unwrap();
    scene.deliver(&id, 10).await;
    scene.lever.archive(&id, "Withdrew").await.unwrap();
    scene.deliver(&id, 11).await;
    assert_eq!(scene.status().await, Status::Withdrawn);
    assert_eq!(newest(&scene).await.because, "Archived as Withdrew in Lever");
    assert_eq!(scene.profile().await.lever.unwrap().archived.as_deref(), Some("Withdrew"));
    scene.lever.unarchive(&id).await.unwrap();
    scene.deliver(&id, 12).await;
    assert_eq!(scene.status().await, Status::Offer);
    scene.lever.hire(&id).await.unwrap();
    scene.deliver(&id, 13).await;
    assert_eq!(scene.status().await, Status::Hired);
}

#[tokio::test]
async fn unarchiving_in_new_lead_restores_the_last_open_status() {
    let scene = scene().await;
    let id = scene.import_jo().await;
    scene.lever.archive(&id, "Underqualified").await.unwrap();
    scene.deliver(&id, 1).await;
    assert_eq!(scene.status().await, Status::Rejected);
    scene.lever.unarchive(&id).await.unwrap();
    scene.deliver(&id, 2).await;
    assert_eq!(scene.status().await, Status::Responded);
}

#[tokio::test]
async fn order_repeats_and_gaps_of_deliveries_do_not_matter() {
    let scene = scene().await;
    let id = scene.import_jo().await;
    let path = webhook_path(&scene.world, &scene.admin).await;
    scene.lever.set_stage(&id, "Recruiter screen").await.unwrap();
    scene.lever.set_stage(&id, "Offer").await.unwrap();
    scene.lever.forget_received();
    for number in [5, 3, 3, 4, 5] {
        post(&scene.world, &path, &stage_change(TOKEN, &id, number)).await;
    }
    work(&scene.world).await;
    assert_eq!(scene.asked(), ["opportunities.get"], "one read serves every delivery that waited");
    assert_eq!(scene.status().await, Status::Offer);
    let history = scene.profile().await.history.len();
    scene.deliver(&id, 9).await;
    assert_eq!(scene.profile().await.history.len(), history, "the same truth twice changes nothing");
}

#[tokio::test]
async fn a_new_stage_holds_the_status_until_it_is_mapped() {
    let scene = scene().await;
    let id = scene.import_jo().await;
    let added = practice(&scene.lever, "POST", "stages", &json!({ "text": "Background check" })).await;
    let stage = added["id"].as_str().unwrap().to_owned();
    scene.lever.set_stage(&id, &stage).await.unwrap();
    scene.deliver(&id, 1).await;
    assert_eq!(scene.status().await, Status::Responded);
    let item = scene.asked_about(AttentionKind::UnmappedPlace).await.unwrap();
    assert_eq!(item.title, "Stage Background check has no status", "its name was learnt");
    let Some(Mend::Place(question)) = item.mend else { panic!("{:?}", item.mend) };
    assert_eq!((question.id.as_str(), question.name.as_str()), (stage.as_str(), "Background check"));
    assert_eq!(question.target, None, "its name tells nothing");
    assert!(question.preview.starts_with("This moves nobody. One person keeps"), "{}", question.preview);
    let card = card(&scene.world, &scene.admin).await;
    assert!(card.changed, "the card leads there");

    let step = stages_step(&scene.world, &scene.admin).await;
    assert_eq!(step.stages.iter().find(|row| row.id == stage).unwrap().names, ["Jo Park"]);
    let codes = |rows: Vec<domain::view::PlaceRow>| {
        rows.into_iter()
            .map(|row| {
                let code = if row.id == stage { "interviewing" } else { row.target.map_or("", Target::code) };
                (row.id, code.to_owned())
            })
            .collect()
    };
    let (stages, reasons) = (codes(step.stages), codes(step.reasons));
    integration::save_stages(scene.services(), &scene.admin, stages, reasons).await.unwrap();
    work(&scene.world).await;
    assert_eq!(scene.status().await, Status::Interviewing);
    assert_eq!(scene.asked_about(AttentionKind::UnmappedPlace).await, None);
}

#[tokio::test]
async fn leaving_an_unmapped_stage_mends_it() {
    let scene = scene().await;
    let id = scene.import_jo().await;
    let added = practice(&scene.lever, "POST", "stages", &json!({ "text": "Background check" })).await;
    scene.lever.set_stage(&id, added["id"].as_str().unwrap()).await.unwrap();
    scene.deliver(&id, 1).await;
    assert!(scene.asked_about(AttentionKind::UnmappedPlace).await.is_some());
    scene.lever.set_stage(&id, "Offer").await.unwrap();
    scene.deliver(&id, 2).await;
    assert_eq!(scene.status().await, Status::Offer);
    assert_eq!(scene.asked_about(AttentionKind::UnmappedPlace).await, None);
}

#[tokio::test]
async fn a_status_set_by_hand_is_kept_with_a_mark_until_somebody_decides() {
    for take_levers in [true, false] {
        let scene = scene().await;
        let id = scene.import_jo().await;
        candidates::set_status(scene.services(), &scene.ana, scene.jo, "interviewing").await.unwrap();
        assert_eq!(newest(&scene).await.because, "Set by Ana Ruiz");
        scene.deliver(&id, 1).await;
        assert_eq!(scene.profile().await.conflict, None, "Lever standing still is no news");
        scene.lever.set_stage(&id, "Offer").await.unwrap();
        scene.deliver(&id, 2).await;
        let profile = scene.profile().await;
        assert_eq!(profile.row.status, Status::Interviewing);
        let conflict = profile.conflict.unwrap();
        assert_eq!(conflict.levers, Status::Offer);
        assert!(conflict.there.starts_with("Stage Offer, by "), "{}", conflict.there);
        assert!(conflict.here.starts_with("by Ana Ruiz, "), "{}", conflict.here);
        assert!(!conflict.writes);
        assert!(scene.asked_about(AttentionKind::StatusConflict).await.is_some());

        candidates::resolve_conflict(scene.services(), &scene.ana, scene.jo, take_levers).await.unwrap();
        let profile = scene.profile().await;
        let expected = if take_levers { Status::Offer } else { Status::Interviewing };
        assert_eq!((profile.row.status, profile.conflict), (expected, None));
        assert_eq!(scene.asked_about(AttentionKind::StatusConflict).await, None);
        scene.deliver(&id, 3).await;
        assert_eq!(scene.profile().await.conflict, None, "it is decided");
        scene.lever.hire(&id).await.unwrap();
        scene.deliver(&id, 4).await;
        let profile = scene.profile().await;
        if take_levers {
            assert_eq!((profile.row.status, profile.conflict), (Status::Hired, None));
        } else {
            let conflict = profile.conflict.map(|conflict| (conflict.levers, conflict.there));
            assert_eq!(profile.row.status, Status::Interviewing);
            assert_eq!(conflict.as_ref().map(|(levers, _)| *levers), Some(Status::Hired), "{conflict:?}");
        }
    }
}

#[tokio::test]
async fn a_conflict_ends_when_lever_agrees() {
    let scene = scene().await;
    let id = scene.import_jo().await;
    candidates::set_status(scene.services(), &scene.ana, scene.jo, "offer").await.unwrap();
    scene.lever.set_stage(&id, "Recruiter screen").await.unwrap();
    scene.deliver(&id, 1).await;
    assert_eq!(scene.profile().await.conflict.map(|conflict| conflict.levers), Some(Status::Screening));
    scene.lever.set_stage(&id, "Offer").await.unwrap();
    scene.deliver(&id, 2).await;
    assert_eq!(scene.profile().await.conflict, None);
    assert_eq!(scene.asked_about(AttentionKind::StatusConflict).await, None);
}

#[tokio::test]
async fn a_deletion_unlinks_and_the_candidate_can_be_imported_again() {
    let scene = scene().await;
    let id = scene.import_jo().await;
    scene.lever.set_stage(&id, "Offer").await.unwrap();
    scene.deliver(&id, 1).await;
    scene.lever.delete(&id).await.unwrap();
    scene.deliver(&id, 2).await;
    assert_eq!(scene.import().await, ImportView::Unlinked);
    assert_eq!(scene.status().await, Status::Offer, "only the link is gone");
    assert_eq!(scene.profile().await.lever, None);
    scene.click().await;
    work(&scene.world).await;
    assert_ne!(scene.only_id(), id);
    assert!(matches!(scene.import().await, ImportView::Imported { .. }));
}

#[tokio::test]
async fn a_deletion_told_of_by_its_own_webhook_unlinks_at_once_and_only_if_lever_lists_it() {
    for fresh in [store::testing::sqlite().await, store::testing::postgres().await] {
        let scene = scene_on(fresh).await;
        let id = scene.import_jo().await;
        let path = webhook_path(&scene.world, &scene.admin).await;
        let tell = async |number: u64| {
            scene.step(Duration::from_secs(1)).await;
            let data = json!({ "opportunityId": id, "deletedBy": "somebody" });
            let told = delivery(OTHER, LeverEvent::Deleted.code(), number, &data);
            let receipt = post(&scene.world, &path, &told).await;
            work(&scene.world).await;
            receipt
        };
        // Its own token, pasted once the first Verify has come.
        let first = verify(OTHER, LeverEvent::Deleted, 1);
        assert_eq!(post(&scene.world, &path, &first).await, Receipt::NotVerified);
        integration::save_tokens(scene.services(), &scene.admin, &OTHER.into()).await.unwrap();
        let row =
            integration::receiving(scene.services(), &scene.admin).await.unwrap().unwrap().events.remove(3);
        assert_eq!((row.event, row.light.light), (LeverEvent::Deleted, Light::Verified));

        assert_eq!(tell(2).await, Receipt::Accepted);
        assert!(matches!(scene.import().await, ImportView::Imported { .. }), "Lever still has it");
        scene.lever.delete(&id).await.unwrap();
        scene.lever.forget_received();
        assert_eq!(tell(3).await, Receipt::Accepted);
        assert_eq!(scene.import().await, ImportView::Unlinked, "no comparison is needed");
        assert_eq!(scene.asked(), ["opportunities.get", "opportunities.deleted"]);
        let row =
            integration::receiving(scene.services(), &scene.admin).await.unwrap().unwrap().events.remove(3);
        assert_eq!(row.heard, "last real event just now");
        assert_eq!(row.signed_by.unwrap().ends_in, OTHER[44..]);
        scene.services().store.close().await;
    }
}

#[tokio::test]
async fn not_found_without_a_deletion_is_a_matter_for_a_person() {
    let scene = scene().await;
    let id = scene.import_jo().await;
    // The key may not see deletions, so nothing says that it was deleted.
    let key = key_without(&scene.lever, &["opportunities.deleted"]).await;
    integration::save_connection(scene.services(), &scene.admin, form(&key, "")).await.unwrap();
    scene.settle().await;
    scene.lever.delete(&id).await.unwrap();
    scene.deliver(&id, 1).await;
    scene.settle().await;
    assert!(matches!(scene.import().await, ImportView::Imported { .. }), "still linked");
    let item = scene.asked_about(AttentionKind::DeliveryNotApplied).await.unwrap();
    integration::save_connection(scene.services(), &scene.admin, form(KEY, "")).await.unwrap();
    scene.settle().await;
    if scene.asked_about(AttentionKind::DeliveryNotApplied).await.is_some() {
        usecases::attention::retry(scene.services(), &scene.admin, item.id).await.unwrap();
        scene.settle().await;
    }
    assert_eq!(scene.import().await, ImportView::Unlinked);
    assert_eq!(scene.asked_about(AttentionKind::DeliveryNotApplied).await, None);
}

#[tokio::test]
async fn a_held_place_is_asked_about_until_its_last_person_is_unlinked() {
    for fresh in [store::testing::sqlite().await, store::testing::postgres().await] {
        let scene = scene_on(fresh).await;
        let id = scene.import_jo().await;
        let added = practice(&scene.lever, "POST", "stages", &json!({ "text": "Panel" })).await;
        let panel = added["id"].as_str().unwrap();
        scene.lever.set_stage(&id, panel).await.unwrap();
        scene.deliver(&id, 1).await;
        assert!(scene.asked_about(AttentionKind::UnmappedPlace).await.is_some());
        assert_eq!(scene.asked_about(AttentionKind::LeverChanged).await, None);
        scene.lever.delete(&id).await.unwrap();
        scene.deliver(&id, 2).await;
        assert_eq!(scene.import().await, ImportView::Unlinked);
        assert_eq!(scene.asked_about(AttentionKind::UnmappedPlace).await, None, "it holds nobody");
        assert!(scene.asked_about(AttentionKind::LeverChanged).await.is_some(), "it is new all the same");

        // Found by a reconciliation alone, with a stage that is gone.
        scene.click().await;
        work(&scene.world).await;
        let id = scene.only_id();
        scene.lever.set_stage(&id, panel).await.unwrap();
        scene.deliver(&id, 3).await;
        practice(&scene.lever, "PUT", &format!("stages/{panel}"), &json!({ "active": false })).await;
        read_catalogue(&scene.world, &scene.ana).await;
        for kind in [AttentionKind::UnmappedPlace, AttentionKind::StageGone] {
            assert!(scene.asked_about(kind).await.is_some(), "{kind:?}");
        }
        scene.lever.delete(&id).await.unwrap();
        integration::sync_now(scene.services(), &scene.admin).await.unwrap();
        work(&scene.world).await;
        assert_eq!(scene.import().await, ImportView::Unlinked);
        assert_eq!(scene.attention().await, []);
        scene.services().store.close().await;
    }
}

#[tokio::test]
async fn trying_again_settles_the_deliveries_that_failed_on_both_databases() {
    for fresh in [store::testing::sqlite().await, store::testing::postgres().await] {
        let scene = scene_on(fresh).await;
        let id = scene.import_jo().await;
        scene.lever.set_stage(&id, "Offer").await.unwrap();
        scene.fault("opportunities.get", FaultKind::PermissionMissing, 1).await;
        scene.deliver(&id, 1).await;
        let told = ActivitySearch { what: "deliveries".into(), ..ActivitySearch::default() };
        let page = usecases::activity::search(scene.services(), &scene.admin, told).await.unwrap();
        let delivery = page.rows[0].delivery.unwrap();
        let state = async || {
            usecases::activity::delivery(scene.services(), &scene.admin, delivery).await.unwrap().state
        };
        assert_eq!(state().await, "Failed");
        let item = scene.asked_about(AttentionKind::DeliveryNotApplied).await.unwrap();
        usecases::attention::retry(scene.services(), &scene.admin, item.id).await.unwrap();
        assert_eq!(state().await, "Waiting");
        work(&scene.world).await;
        assert_eq!((state().await, scene.status().await), ("Applied", Status::Offer));
        assert_eq!(scene.asked_about(AttentionKind::DeliveryNotApplied).await, None);
        scene.services().store.close().await;
    }
}

#[tokio::test]
async fn an_anonymised_person_keeps_the_status_and_is_asked_about() {
    let scene = scene().await;
    let id = scene.import_jo().await;
    scene.lever.set_stage(&id, "Offer").await.unwrap();
    scene.deliver(&id, 1).await;
    scene.lever.anonymise(&id).await.unwrap();
    scene.deliver(&id, 2).await;
    assert_eq!(scene.status().await, Status::Offer);
    let item = scene.asked_about(AttentionKind::Anonymised).await.unwrap();
    assert!(item.reason.contains("erased here on 30 Nov"), "{}", item.reason);
    let label = "Erase Jo Park here now".to_owned();
    assert_eq!(item.mend, Some(Mend::Erasure { candidate: scene.jo, label }));
    let asked = scene.profile().await.erasure.unwrap();
    assert!(asked.due.text.starts_with("30 Nov"), "{}", asked.due.text);
    assert!(!asked.may_decide, "Ana sees it, and cannot decide");
    let decide = candidates::decide_erasure(scene.services(), &scene.lee, scene.jo, true).await;
    assert_eq!(refused(decide), Problem::NotAllowed);
}

const DAY: Duration = Duration::from_secs(24 * 60 * 60);

async fn anonymised(scene: &crate::scene::Scene) -> String {
    let id = scene.import_jo().await;
    scene.lever.anonymise(&id).await.unwrap();
    scene.deliver(&id, 1).await;
    assert!(scene.asked_about(AttentionKind::Anonymised).await.is_some());
    id
}

/// Every text that the database holds in the tables that are about people.
async fn all_texts(scene: &crate::scene::Scene) -> String {
    let mut texts = String::new();
    let mut tx = scene.services().store.read().await.unwrap();
    for sql in [
        "select name || email as text from candidates left join candidate_emails on candidate_id = id",
        "select sort_name || coalesce(found_by, '') as text from candidates",
        "select word || sort_name || coalesce(found_by, '') as text from candidate_words",
        "select body as text from messages",
        "select summary as text from activity",
        "select matches || coalesce(failure_detail, '') as text from imports",
        "select detail as text from attention_items",
    ] {
        for row in tx.all(sql, store::args![]).await.unwrap() {
            texts.push_str(&row.get::<Option<String>>("text").unwrap().unwrap_or_default());
            texts.push('\n');
        }
    }
    texts
}

#[tokio::test]
async fn the_data_of_an_anonymised_person_is_erased_after_seven_days() {
    let scene = scene().await;
    let id = anonymised(&scene).await;
    scene.step(6 * DAY).await;
    work(&scene.world).await;
    assert_eq!(scene.profile().await.row.name, "Jo Park");
    assert!(all_texts(&scene).await.contains("Jo Park"));

    scene.step(DAY).await;
    work(&scene.world).await;
    let left = scene.profile().await;
    assert_eq!((left.row.name.as_str(), left.row.email.as_str()), ("Erased candidate", ""));
    assert_eq!(left.row.status, Status::Responded, "what is counted stays");
    assert_eq!(left.thread.len(), 2, "that they wrote to each other stays");
    assert!(left.thread.iter().all(|message| message.body.is_empty()));
    let texts = all_texts(&scene).await;
    for gone in ["Jo Park", "jo.park", "Yes, gladly"] {
        assert!(!texts.contains(gone), "{gone} is still there:\n{texts}");
    }
    assert!(texts.contains("Erased the data of a candidate who was anonymised in Lever."));
    assert_eq!(scene.asked_about(AttentionKind::Anonymised).await, None);

    // They are out of reach, and nobody is asked again.
    let written = candidates::send_message(scene.services(), &scene.ana, scene.jo, "Hello?").await;
    assert_eq!(refused(written), Problem::NotFound);
    scene.deliver(&id, 2).await;
    assert_eq!(scene.asked_about(AttentionKind::Anonymised).await, None);
    let insight = usecases::insight::read(scene.services(), &scene.admin, "", "").await;
    assert!(insight.is_ok(), "{insight:?}");
}

#[tokio::test]
async fn a_super_admin_may_keep_the_data_of_an_anonymised_person() {
    let scene = scene().await;
    let id = anonymised(&scene).await;
    let seen = candidates::profile(scene.services(), &scene.admin, scene.jo).await.unwrap();
    assert!(seen.erasure.unwrap().may_decide);
    candidates::decide_erasure(scene.services(), &scene.admin, scene.jo, true).await.unwrap();
    assert_eq!(scene.profile().await.erasure, None);
    assert_eq!(scene.asked_about(AttentionKind::Anonymised).await, None);
    scene.step(8 * DAY).await;
    work(&scene.world).await;
    scene.deliver(&id, 2).await;
    assert_eq!(scene.profile().await.row.name, "Jo Park");
    assert_eq!(scene.asked_about(AttentionKind::Anonymised).await, None);
    let again = candidates::decide_erasure(scene.services(), &scene.admin, scene.jo, false).await;
    assert_eq!(refused(again), Problem::NotFound);
}

#[tokio::test]
async fn one_press_erases_an_anonymised_person_at_once() {
    let scene = scene().await;
    anonymised(&scene).await;
    let item = scene.asked_about(AttentionKind::Anonymised).await.unwrap();
    usecases::attention::retry(scene.services(), &scene.admin, item.id).await.unwrap();
    assert_eq!(scene.profile().await.row.name, "Erased candidate");
    assert_eq!(scene.asked_about(AttentionKind::Anonymised).await, None);
    scene.step(8 * DAY).await;
    work(&scene.world).await;
}
