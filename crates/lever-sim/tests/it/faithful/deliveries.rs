//! Deliveries: when, what, how signed, and how often.

use lever_sim::{AbsentSide, HireOrder, RetryToken, Settings, TokenMode, signature};
use reqwest::Method;
use serde_json::{Value, json};

use crate::support::{Lever, Posted, Receiver, keys, settings};

const ALL: [&str; 4] =
    ["candidateHired", "candidateStageChange", "candidateArchiveChange", "candidateDeleted"];

async fn account_token(lever: &Lever) -> String {
    lever.admin(Method::GET, "/events", None).await.json()["signing_token"].as_str().unwrap().to_owned()
}

fn is_signed_with(posted: &Posted, signing_token: &str) -> bool {
    let body = posted.body();
    body["signature"]
        == signature(signing_token, body["token"].as_str().unwrap(), body["triggeredAt"].as_i64().unwrap())
}

#[tokio::test]
async fn the_envelope_is_signed_over_token_and_time_and_there_is_no_signature_header() {
    let lever = Lever::with(0).await;
    let mut receiver = Receiver::start().await;
    lever.subscribe(&receiver, &ALL).await;
    let id = lever.somebody().await;
    lever.running.set_stage(&id, "offer").await.unwrap();
    let posted = receiver.next().await;
    let body = posted.body();
    assert_eq!(keys(&body), ["id", "triggeredAt", "event", "data", "signature", "token"]);
    let opportunity = lever.data(&format!("/opportunities/{id}")).await;
    assert_eq!(body["event"], "candidateStageChange");
    assert_eq!(
        body["data"],
        json!({"candidateId": id, "opportunityId": id, "contactId": opportunity["contact"],
            "fromStageId": "lead-new", "toStageId": "offer"})
    );
    assert!(is_signed_with(&posted, &account_token(&lever).await));
    assert_eq!(posted.headers["user-agent"], "Lever-Webhooks");
    assert_eq!(posted.headers["content-type"], "application/json");
    assert!(posted.headers.keys().all(|name| !name.as_str().contains("sign")));
}

#[tokio::test]
async fn each_webhook_signs_with_its_own_token_where_the_account_says_so() {
    let lever = Lever::start(Settings { tokens: TokenMode::PerWebhook, ..settings(0) }).await;
    let mut receiver = Receiver::start().await;
    lever.subscribe(&receiver, &["candidateStageChange"]).await;
    let events = lever.admin(Method::GET, "/events", None).await.json();
    let own =
        events["events"]["candidateStageChange"]["webhooks"][0]["signing_token"].as_str().unwrap().to_owned();
    let id = lever.somebody().await;
    lever.running.set_stage(&id, "offer").await.unwrap();
    let posted = receiver.next().await;
    assert!(is_signed_with(&posted, &own));
    assert!(!is_signed_with(&posted, &account_token(&lever).await));
}

#[tokio::test]
async fn an_account_without_a_token_sends_no_signature() {
    let lever = Lever::with(0).await;
    lever.behave(|b| b.deliveries_signed = false).await;
    let mut receiver = Receiver::start().await;
    lever.subscribe(&receiver, &["candidateStageChange"]).await;
    receiver.answer(&[500]);
    let id = lever.somebody().await;
    lever.running.set_stage(&id, "offer").await.unwrap();
    let body = receiver.next().await.body();
    assert_eq!(keys(&body), ["id", "triggeredAt", "event", "data", "token"]);
    assert_eq!(receiver.next().await.body(), body, "nor does the retry");
}

#[tokio::test]
async fn nothing_is_sent_while_the_toggle_is_off_or_the_origin_is_excluded() {
    let lever = Lever::with(0).await;
    let mut receiver = Receiver::start().await;
    lever
        .post(
            "/webhooks",
            json!({"url": receiver.url, "event": "candidateStageChange",
                "configuration": {"conditions": {"origins": ["agency"]}}}),
        )
        .await;
    let sourced = lever.somebody().await;
    let agency = lever.create(json!({"name": "A", "origin": "agency"})).await;
    let agency = agency["data"]["id"].as_str().unwrap();
    lever.running.set_stage(agency, "offer").await.unwrap();
    lever.admin(Method::PUT, "/events/candidateStageChange", Some(json!({"on": true}))).await;
    lever.running.set_stage(&sourced, "offer").await.unwrap();
    lever.running.set_stage(agency, "lead-new").await.unwrap();
    let first = receiver.next().await.body();
    assert_eq!(first["data"]["opportunityId"], agency);
    assert_eq!(first["data"]["toStageId"], "lead-new");
    assert_eq!(lever.running.deliveries().len(), 1, "nothing else was queued");
}

#[tokio::test]
async fn a_hire_fires_both_events_in_the_order_that_is_set_and_an_unhire_one() {
    let lever = Lever::with(0).await;
    let mut receiver = Receiver::start().await;
    lever.subscribe(&receiver, &ALL).await;
    let id = lever.somebody().await;
    let hired = lever.reason_id("Hired").await;
    lever.running.hire(&id).await.unwrap();
    let (first, second) = (receiver.next().await.body(), receiver.next().await.body());
    assert_eq!(first["event"], "candidateHired");
    assert_eq!(keys(&first["data"]), ["candidateId", "opportunityId", "contactId"]);
    assert_eq!(second["event"], "candidateArchiveChange");
    assert_eq!(second["data"]["fromArchived"], Value::Null);
    assert_eq!(second["data"]["toArchived"]["reason"], *hired);

    lever.running.unarchive(&id).await.unwrap();
    let back = receiver.next().await.body();
    assert_eq!(back["event"], "candidateArchiveChange");
    assert_eq!(back["data"]["toArchived"], Value::Null);
    assert_eq!(back["data"]["fromArchived"]["reason"], *hired);

    lever
        .behave(|b| {
            b.hire_order = HireOrder::ArchiveFirst;
            b.absent_sides = AbsentSide::Absent;
        })
        .await;
    lever.running.hire(&id).await.unwrap();
    let first = receiver.next().await.body();
    assert_eq!(first["event"], "candidateArchiveChange");
    assert!(first["data"].get("fromArchived").is_none());
    assert_eq!(receiver.next().await.body()["event"], "candidateHired");
}

#[tokio::test]
async fn a_deletion_tells_who_did_it_and_then_the_opportunity_is_404() {
    let lever = Lever::with(0).await;
    let mut receiver = Receiver::start().await;
    lever.subscribe(&receiver, &ALL).await;
    let id = lever.somebody().await;
    lever.running.delete(&id).await.unwrap();
    let body = receiver.next().await.body();
    assert_eq!(body["event"], "candidateDeleted");
    let admin = lever.user("admin@demo.example").await;
    assert_eq!(body["data"]["deletedBy"], *admin);
    assert_eq!(lever.get(&format!("/opportunities/{id}")).await.refusal().0, 404);
}

#[tokio::test]
async fn changes_through_the_api_fire_too_unless_switched_off_and_a_creation_does_not() {
    let lever = Lever::with(0).await;
    let mut receiver = Receiver::start().await;
    lever.subscribe(&receiver, &ALL).await;
    let id = lever.somebody().await;
    let path = format!("/opportunities/{id}/stage");
    lever.put(&path, json!({"stage": "offer"})).await;
    let body = receiver.next().await.body();
    assert_eq!(body["data"]["fromStageId"], "lead-new", "the creation came first");
    lever.behave(|b| b.api_changes_fire = false).await;
    lever.put(&path, json!({"stage": "lead-new"})).await;
    assert_eq!(lever.running.deliveries().len(), 1);
}

#[tokio::test]
async fn whatever_is_written_through_the_api_is_told_of_and_what_is_refused_is_not() {
    let lever = Lever::with(0).await;
    let mut receiver = Receiver::start().await;
    lever.subscribe(&receiver, &ALL).await;
    lever.subscribe(&receiver, &["contactUpdated"]).await;
    let id = lever.somebody().await;
    let ana = lever.user("ana@demo.example").await;
    let hired = lever.reason_id("Hired").await;
    let contact = lever.data(&format!("/opportunities/{id}")).await["contact"].as_str().unwrap().to_owned();
    let at = |what: &str, user: &str| format!("/opportunities/{id}/{what}?perform_as={user}");

    // Nobody is told of what was refused.
    for user in ["nobody", somebody_who_left(&lever).await.as_str()] {
        assert_eq!(lever.put(&at("stage", user), json!({"stage": "offer"})).await.refusal().0, 400);
        assert_eq!(lever.put(&at("archived", user), json!({"reason": hired})).await.refusal().0, 400);
    }
    lever.put(&at("stage", &ana), json!({"stage": "offer"})).await;
    lever.put(&at("archived", &ana), json!({"reason": hired})).await;
    lever.put(&at("archived", &ana), json!({"reason": null})).await;
    lever.put(&format!("/contacts/{contact}"), json!({"phones": [{"value": "1"}]})).await;
    let mut told = Vec::new();
    for _ in 0..5 {
        told.push(receiver.next().await.body()["event"].as_str().unwrap().to_owned());
    }
    told.sort_unstable();
    let archived = "candidateArchiveChange";
    assert_eq!(told, [archived, archived, "candidateHired", "candidateStageChange", "contactUpdated"]);
    let moves = lever.data(&format!("/opportunities/{id}")).await["stageChanges"].clone();
    assert_eq!(moves[1]["userId"], ana, "the actor is in the history");
    assert_eq!(lever.running.deliveries().len(), 5);
}

async fn somebody_who_left(lever: &Lever) -> String {
    let left = lever.user("tom.castellano@corp.example").await;
    lever.post(&format!("/users/{left}/deactivate"), json!({})).await;
    left
}

#[tokio::test]
async fn a_failure_is_tried_again_five_times_with_the_same_body_and_then_given_up() {
    let lever = Lever::with(0).await;
    let mut receiver = Receiver::start().await;
    lever.subscribe(&receiver, &["candidateStageChange"]).await;
    receiver.answer(&[500, 404, 302, 401, 503, 500]);
    let id = lever.somebody().await;
    lever.running.set_stage(&id, "offer").await.unwrap();
    let first = receiver.next().await;
    for _ in 0..5 {
        assert_eq!(receiver.next().await.text, first.text);
    }
    // The next event shows that there was no seventh attempt.
    lever.running.set_stage(&id, "lead-new").await.unwrap();
    assert_eq!(receiver.next().await.body()["data"]["toStageId"], "lead-new");
    let deliveries = lever.running.deliveries();
    assert_eq!(deliveries[0]["progress"]["is"], "failed");
    assert_eq!(deliveries[0]["attempts"].as_array().unwrap().len(), 6);
}

#[tokio::test]
async fn a_retry_succeeds_and_can_carry_a_new_token_with_the_old_time() {
    let lever = Lever::with(0).await;
    lever.behave(|b| b.retry_token = RetryToken::New).await;
    let mut receiver = Receiver::start().await;
    lever.subscribe(&receiver, &["candidateStageChange"]).await;
    receiver.answer(&[500]);
    let id = lever.somebody().await;
    lever.running.set_stage(&id, "offer").await.unwrap();
    let (first, second) = (receiver.next().await, receiver.next().await);
    assert_ne!(first.body()["token"], second.body()["token"]);
    assert_eq!(first.body()["triggeredAt"], second.body()["triggeredAt"]);
    let token = account_token(&lever).await;
    assert!(is_signed_with(&first, &token) && is_signed_with(&second, &token));
}

#[tokio::test]
async fn the_normal_pauses_grow_and_follow_the_accounts_clock() {
    let lever = Lever::with(0).await;
    lever.behave(|b| b.retry_mode = lever_sim::RetryMode::Normal).await;
    let mut receiver = Receiver::start().await;
    lever.subscribe(&receiver, &["candidateStageChange"]).await;
    receiver.answer(&[500, 500]);
    let id = lever.somebody().await;
    lever.running.freeze(None).await.unwrap();
    lever.running.set_stage(&id, "offer").await.unwrap();
    receiver.next().await;
    for (short, rest) in [(59_000, 1_000), (299_000, 1_000)] {
        wait_for_attempts(&lever).await;
        lever.running.step(short).await.unwrap();
        assert!(receiver.nothing_waits());
        lever.running.step(rest).await.unwrap();
        receiver.next().await;
    }
}

/// Until the attempt that was just received is recorded and the next one is set.
async fn wait_for_attempts(lever: &Lever) {
    let recorded = async {
        loop {
            let delivery = &lever.running.deliveries()[0];
            let due = delivery["progress"]["due"].as_i64().unwrap_or(0);
            if due > lever.running.now() {
                return;
            }
            tokio::task::yield_now().await;
        }
    };
    tokio::time::timeout(std::time::Duration::from_secs(5), recorded)
        .await
        .expect("the attempt was not recorded");
}

#[tokio::test]
async fn switches_for_duplicates_drops_delay_and_no_id() {
    let lever = Lever::with(0).await;
    let mut receiver = Receiver::start().await;
    lever.subscribe(&receiver, &["candidateStageChange"]).await;
    let id = lever.somebody().await;
    lever
        .behave(|b| {
            b.delivery_duplicate = 1.0;
            b.envelope_id = false;
        })
        .await;
    lever.running.set_stage(&id, "offer").await.unwrap();
    let (first, second) = (receiver.next().await, receiver.next().await);
    assert_eq!(first.text, second.text);
    assert!(first.body().get("id").is_none());

    lever
        .behave(|b| {
            b.delivery_duplicate = 0.0;
            b.delivery_drop = 1.0;
        })
        .await;
    lever.running.set_stage(&id, "lead-new").await.unwrap();
    lever
        .behave(|b| {
            b.delivery_drop = 0.0;
            b.delivery_delay_ms = 150;
        })
        .await;
    let started = std::time::Instant::now();
    lever.running.set_stage(&id, "applicant-new").await.unwrap();
    let body = receiver.next().await.body();
    assert_eq!(body["data"]["toStageId"], "applicant-new", "the other was dropped");
    assert!(started.elapsed().as_millis() >= 150);
    assert_eq!(lever.running.deliveries()[2]["progress"]["is"], "dropped");
}

#[tokio::test]
async fn the_order_of_one_opportunitys_events_is_kept_or_reversed_as_set() {
    let lever = Lever::with(0).await;
    let mut receiver = Receiver::start().await;
    lever.subscribe(&receiver, &["candidateStageChange"]).await;
    let id = lever.somebody().await;
    let stages = ["offer", "lead-new", "applicant-new", "lead-responded"];
    for stage in stages {
        lever.running.set_stage(&id, stage).await.unwrap();
    }
    for stage in stages {
        assert_eq!(receiver.next().await.body()["data"]["toStageId"], stage);
    }
    lever.behave(|b| b.delivery_reverse = true).await;
    for stage in stages {
        lever.running.set_stage(&id, stage).await.unwrap();
    }
    for stage in stages.iter().rev() {
        assert_eq!(receiver.next().await.body()["data"]["toStageId"], *stage);
    }
}

#[tokio::test]
async fn verify_connection_through_the_api_posts_empty_data_and_can_refuse() {
    let lever = Lever::with(0).await;
    let mut receiver = Receiver::start().await;
    let body = json!({"url": receiver.url, "event": "candidateHired",
        "configuration": {"verifyConnection": true}});
    let made = lever.post("/webhooks", body.clone()).await;
    assert_eq!(made.status.as_u16(), 201);
    let posted = receiver.next().await;
    assert_eq!(posted.body()["data"], json!({}));
    assert!(is_signed_with(&posted, &account_token(&lever).await));
    receiver.answer(&[401]);
    assert_eq!(lever.post("/webhooks", body).await.refusal().0, 400);
    assert_eq!(lever.data("/webhooks").await.as_array().unwrap().len(), 1);
}

#[tokio::test]
async fn an_unreachable_url_is_a_failure_like_any_other() {
    let lever = Lever::with(0).await;
    let mut receiver = Receiver::start().await;
    lever.post("/webhooks", json!({"url": "http://127.0.0.1:1/x", "event": "candidateStageChange"})).await;
    lever.subscribe(&receiver, &["candidateStageChange"]).await;
    let id = lever.somebody().await;
    lever.running.set_stage(&id, "offer").await.unwrap();
    receiver.next().await;
    let deliveries = lever.running.deliveries();
    assert_eq!(deliveries.len(), 2, "both webhooks are told");
}

#[tokio::test]
async fn a_webhook_that_keeps_failing_is_switched_off_where_that_is_set() {
    let lever = Lever::with(0).await;
    lever
        .behave(|b| {
            b.disable_after_failures = Some(2);
            b.fast_retry_pauses_ms = Vec::new();
            b.deleted_by = lever_sim::DeletedBy::Absent;
        })
        .await;
    let mut receiver = Receiver::start().await;
    let mut witness = Receiver::start().await;
    lever.subscribe(&receiver, &["candidateStageChange"]).await;
    lever.subscribe(&witness, &["candidateStageChange", "candidateDeleted"]).await;
    receiver.answer(&[500, 200, 500, 500]);
    let id = lever.somebody().await;
    for stage in ["offer", "lead-new", "offer", "lead-new"] {
        lever.running.set_stage(&id, stage).await.unwrap();
        receiver.next().await;
        witness.next().await;
    }
    // Two in a row: this one goes to the witness alone.
    lever.running.set_stage(&id, "offer").await.unwrap();
    witness.next().await;
    assert!(receiver.nothing_waits());
    lever.running.delete(&id).await.unwrap();
    assert!(witness.next().await.body()["data"].get("deletedBy").is_none());
}
