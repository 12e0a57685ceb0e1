//! Deliveries as nobody should send them: each gets the right answer, and nothing
//! changes here that Lever does not confirm.

use std::time::Duration;

use domain::connection::LeverEvent;
use domain::status::Status;
use lever::webhook::{SigningToken, sign};
use secrecy::SecretString;
use serde_json::json;
use usecases::integration;
use usecases::webhooks::Receipt;

use crate::lever_world::*;
use crate::scene::{Scene, scene};
use crate::support::{START, another_organisation, member_of};

/// The text of a delivery with `time` as its `triggeredAt` and `data`, both as
/// they stand, rightly signed with [`TOKEN`].
fn raw(token: &str, event: &str, time: &str, data: &str) -> Vec<u8> {
    let signature = sign(&SigningToken::new(&SecretString::from(TOKEN)), token, time);
    format!(
        r#"{{"event":"{event}","triggeredAt":{time},"token":"{token}","signature":"{signature}","data":{data}}}"#
    )
    .into_bytes()
}

/// Deliveries stored, of whatever state.
async fn stored(scene: &Scene) -> i64 {
    let mut tx = scene.services().store.read().await.unwrap();
    let row = tx
        .one(
            "select count(*) as stored from deliveries where organisation_id = $1",
            store::args![scene.admin.organisation],
        )
        .await
        .unwrap();
    row.get("stored").unwrap()
}

/// Everything that a delivery could have changed here: status, history, place and
/// what is asked, and what was asked of Lever.
async fn all_of(scene: &Scene) -> String {
    let profile = scene.profile().await;
    format!("{:?} {:?} {:?}", profile, scene.attention().await, card(&scene.world, &scene.admin).await.linked)
}

#[tokio::test]
async fn what_cannot_be_read_although_signed_changes_nothing() {
    let scene = scene().await;
    let id = scene.import_jo().await;
    let path = webhook_path(&scene.world, &scene.admin).await;
    // Lever has moved on, so that reading it would show.
    scene.lever.set_stage(&id, "Offer").await.unwrap();
    let (before, before_stored) = (all_of(&scene).await, stored(&scene).await);
    scene.lever.forget_received();
    let now = START.0.to_string();
    let data = format!(r#"{{"opportunityId":"{id}"}}"#);
    let event = "candidateStageChange";
    let deep = format!(r#"{{"opportunityId":"{id}","x":{}1{}}}"#, "[".repeat(500), "]".repeat(500));
    let twice = format!(r#"{{"opportunityId":"o-9","opportunityId":"{id}"}}"#);
    let signed_twice = String::from_utf8(raw("t-1", event, &now, &data)).unwrap().replacen(
        "{\"event\"",
        "{\"token\":\"t-2\",\"event\"",
        1,
    );
    let bodies = [
        ("a time in quotes", raw("t-3", event, &format!("\"{now}\""), &data)),
        ("a time with a fraction", raw("t-4", event, &format!("{now}.0"), &data)),
        ("a time with an exponent", raw("t-5", event, "1.8e12", &data)),
        ("a time before 1970", raw("t-6", event, &format!("-{now}"), &data)),
        ("the year 3000", raw("t-7", event, "32503680000000", &data)),
        ("the year 1970", raw("t-8", event, "1", &data)),
        ("no time at all", raw("t-9", event, "null", &data)),
        ("two tokens", signed_twice.into_bytes()),
        ("two opportunities", raw("t-10", event, &now, &twice)),
        ("nested without end", raw("t-11", event, &now, &deep)),
    ];
    for (what, body) in bodies {
        assert_eq!(post(&scene.world, &path, &body).await, Receipt::Malformed, "{what}");
    }
    work(&scene.world).await;
    assert_eq!(all_of(&scene).await, before);
    assert_eq!(stored(&scene).await, before_stored);
    assert!(scene.asked().is_empty(), "Lever was not asked: {:?}", scene.asked());
}

#[tokio::test]
async fn a_replay_with_a_changed_body_is_no_work() {
    let scene = scene().await;
    let id = scene.import_jo().await;
    let path = webhook_path(&scene.world, &scene.admin).await;
    scene.step(Duration::from_secs(1)).await;
    let first = stage_change(TOKEN, "somebody-else", 1);
    assert_eq!(post(&scene.world, &path, &first).await, Receipt::Accepted);
    work(&scene.world).await;
    let before = stored(&scene).await;
    scene.lever.set_stage(&id, "Offer").await.unwrap();
    scene.lever.forget_received();
    // The signature does not cover event and data: with the token that Lever sent, a
    // stranger could name anybody.
    let text = String::from_utf8(first).unwrap();
    for forged in [
        text.replace("somebody-else", &id),
        text.replace("somebody-else", &id).replace("candidateStageChange", "candidateDeleted"),
    ] {
        assert_eq!(post(&scene.world, &path, forged.as_bytes()).await, Receipt::Accepted);
    }
    work(&scene.world).await;
    assert_eq!(stored(&scene).await, before);
    assert!(scene.asked().is_empty());
    assert_eq!(scene.status().await, Status::Responded);
}

#[tokio::test]
async fn what_a_delivery_says_is_never_believed() {
    let scene = scene().await;
    let id = scene.import_jo().await;
    let path = webhook_path(&scene.world, &scene.admin).await;
    scene.step(Duration::from_secs(1)).await;
    // Rightly signed, and nothing of it is so in Lever.
    let (hired, deleted) = (
        delivery(TOKEN, "candidateHired", 1, &json!({ "opportunityId": id })),
        delivery(TOKEN, "candidateDeleted", 2, &json!({ "opportunityId": id, "deletedBy": "x" })),
    );
    // Unknown fields are Lever's to add.
    let data = format!(
        r#"{{"opportunityId":"{id}","toStageId":"offer","x":{{"y":[1,null]}},"toArchived":{{"reason":"r"}}}}"#
    );
    let strange = raw("t-strange", "candidateStageChange", &START.0.to_string(), &data);
    let future = raw("t-future", "candidateStageChange", "7258118400000", &data);
    for body in [hired, deleted, strange, future] {
        assert_eq!(post(&scene.world, &path, &body).await, Receipt::Accepted);
        work(&scene.world).await;
        assert_eq!(scene.status().await, Status::Responded);
        assert_eq!(card(&scene.world, &scene.admin).await.linked, 1, "still linked");
    }
    // After one from the future what really happens is still seen.
    scene.lever.set_stage(&id, "Offer").await.unwrap();
    scene.deliver(&id, 3).await;
    assert_eq!(scene.status().await, Status::Offer);
}

#[tokio::test]
async fn an_event_of_somebody_never_imported_asks_nobody_and_nothing() {
    let scene = scene().await;
    let path = webhook_path(&scene.world, &scene.admin).await;
    let known = scene.known_in_lever().await;
    for (number, event) in
        (1..).zip(["candidateStageChange", "candidateHired", "candidateDeleted", "candidateSang"])
    {
        let body = delivery(TOKEN, event, number, &json!({ "opportunityId": known }));
        assert_eq!(post(&scene.world, &path, &body).await, Receipt::Accepted, "{event}");
    }
    work(&scene.world).await;
    assert!(scene.asked().is_empty());
    assert!(scene.attention().await.is_empty());
    assert_eq!(stored(&scene).await, 4, "all are on record");
}

#[tokio::test]
async fn a_token_of_another_connection_signs_nothing_here() {
    let scene = scene().await;
    let id = scene.import_jo().await;
    let path = webhook_path(&scene.world, &scene.admin).await;
    let other = another_organisation(&scene.world).await;
    let stranger = member_of(&scene.world, other, domain::actor::Role::SuperAdmin).await;
    integration::save_connection(&scene.world.services, &stranger, form(KEY, OTHER)).await.unwrap();
    save_suggested_maps(&scene.world, &stranger).await;
    work(&scene.world).await;
    let their_path = webhook_path(&scene.world, &stranger).await;
    scene.lever.set_stage(&id, "Offer").await.unwrap();
    scene.lever.forget_received();

    // Signed with their token, at our door; signed with ours, at theirs.
    let theirs = stage_change(OTHER, &id, 1);
    assert_eq!(post(&scene.world, &path, &theirs).await, Receipt::NotVerified);
    let ours = stage_change(TOKEN, &id, 2);
    assert_eq!(post(&scene.world, &their_path, &ours).await, Receipt::NotVerified);
    let verify = verify(OTHER, LeverEvent::Hired, 3);
    assert_eq!(post(&scene.world, &path, &verify).await, Receipt::NotVerified);
    // Rightly signed at their door, about somebody of ours: nobody of theirs.
    assert_eq!(post(&scene.world, &their_path, &stage_change(OTHER, &id, 4)).await, Receipt::Accepted);
    work(&scene.world).await;
    assert!(scene.asked().is_empty(), "{:?}", scene.asked());
    assert_eq!(scene.status().await, Status::Responded);
    // The very token that they have seen is not burnt for us.
    assert_eq!(post(&scene.world, &path, &stage_change(TOKEN, &id, 4)).await, Receipt::Accepted);
    work(&scene.world).await;
    assert_eq!(scene.status().await, Status::Offer);
}
