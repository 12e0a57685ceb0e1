//! Subscriptions by the API.

use lever_sim::{Settings, TokenMode};
use reqwest::{Method, StatusCode};
use serde_json::json;

use crate::support::{Lever, keys, settings, texts};

fn per_webhook() -> Settings {
    Settings { tokens: TokenMode::PerWebhook, ..settings(0) }
}

#[tokio::test]
async fn subscriptions_show_their_token_only_when_made_and_duplicates_are_kept() {
    let lever = Lever::start(per_webhook()).await;
    let body = json!({"url": "https://example.com/a", "event": "candidateHired"});
    let made = lever.post("/webhooks", body.clone()).await;
    assert_eq!(made.status, StatusCode::CREATED);
    let hook = made.json()["data"].clone();
    assert_eq!(keys(&hook), ["id", "event", "url", "configuration", "createdAt", "updatedAt"]);
    assert_eq!(
        hook["configuration"]["conditions"]["origins"],
        json!(["applied", "sourced", "referred", "university", "internal", "agency"])
    );
    let token = hook["configuration"]["signatureToken"].as_str().unwrap();
    assert!(token.len() == 48 && token.bytes().all(|b| b.is_ascii_hexdigit()));
    let twin = lever.post("/webhooks", body).await.json();
    assert_ne!(twin["data"]["configuration"]["signatureToken"], token);

    let moved = json!({"url": "https://example.com/a", "event": "candidateStageChange"});
    let moved = lever.post("/webhooks", moved).await.json()["data"]["id"].clone();
    let third = json!({"url": "https://example.com/c", "event": "candidateHired"});
    let third = lever.post("/webhooks", third).await.json()["data"]["id"].clone();
    let events = texts(&lever.data("/webhooks").await, "event");
    assert_eq!(events[..3], ["candidateHired", "candidateHired", "candidateHired"]);
    assert_eq!(events[3], "candidateStageChange", "by event, then by age");
    for id in [moved, third] {
        lever.call(Method::DELETE, &format!("/webhooks/{}", id.as_str().unwrap()), None).await;
    }

    let list = lever.get("/webhooks").await.json();
    assert_eq!(keys(&list), ["data"], "no hasNext");
    assert_eq!(list["data"].as_array().unwrap().len(), 2);
    assert!(list["data"][0]["configuration"].get("signatureToken").is_none());

    let deleted =
        lever.call(Method::DELETE, &format!("/webhooks/{}", hook["id"].as_str().unwrap()), None).await;
    assert_eq!((deleted.status, deleted.text.as_str()), (StatusCode::NO_CONTENT, ""));
    assert_eq!(lever.data("/webhooks").await.as_array().unwrap().len(), 1);
}

#[tokio::test]
async fn in_account_mode_the_token_of_a_new_webhook_is_the_accounts() {
    let lever = Lever::with(0).await;
    let made = lever
        .post("/webhooks", json!({"url": "https://example.com/a", "event": "candidateHired"}))
        .await
        .json();
    let events = lever.admin(Method::GET, "/events", None).await.json();
    assert_eq!(made["data"]["configuration"]["signatureToken"], events["signing_token"]);
}

#[tokio::test]
async fn a_key_sees_and_changes_only_its_own() {
    let lever = Lever::with(0).await;
    let made = lever
        .post("/webhooks", json!({"url": "https://example.com/a", "event": "candidateHired"}))
        .await
        .json();
    let id = made["data"]["id"].as_str().unwrap().to_owned();
    let changed = lever
        .put(
            "/webhooks",
            json!({"data": [{"id": id, "url": "https://example.com/b",
                "configuration": {"conditions": {"origins": ["agency"]}}}]}),
        )
        .await
        .json();
    assert_eq!(changed["data"][0]["url"], "https://example.com/b");
    assert_eq!(changed["data"][0]["configuration"]["conditions"]["origins"], json!(["agency"]));
    lever.press("/settings/webhooks/events/candidateHired/add", &[]).await;
    assert_eq!(
        texts(&lever.data("/webhooks").await, "id"),
        [id.as_str()],
        "a webhook of the page is not the key's"
    );

    let key =
        lever.admin(Method::POST, "/keys", Some(json!({}))).await.json()["key"].as_str().unwrap().to_owned();
    let other = Lever { key, ..lever };
    assert_eq!(other.data("/webhooks").await, json!([]));
    let answer = other.call(Method::DELETE, &format!("/webhooks/{id}"), None).await;
    assert_eq!(answer.refusal().0, 404);
    let answer = other.put("/webhooks", json!({"data": [{"id": id, "url": "https://evil.example/"}]})).await;
    assert_eq!(answer.refusal().0, 404);
}

#[tokio::test]
async fn real_targets_must_be_https_and_events_must_exist() {
    let lever = Lever::with(0).await;
    for body in [
        json!({"url": "http://example.com/a", "event": "candidateHired"}),
        json!({"url": "no url", "event": "candidateHired"}),
        json!({"url": "https://example.com/a", "event": "candidateSneezed"}),
        json!({"url": "https://example.com/a"}),
        json!({"event": "candidateHired"}),
        json!({"url": "https://example.com/a", "event": "candidateHired",
            "configuration": {"conditions": {"origins": ["moon"]}}}),
    ] {
        let answer = lever.post("/webhooks", body.clone()).await;
        assert_eq!(answer.refusal().0, 400, "{body}");
    }
    assert_eq!(lever.data("/webhooks").await, json!([]));
    // Origins directly in the configuration, as Lever's own collection has it.
    let made = lever
        .post(
            "/webhooks",
            json!({"url": "http://127.0.0.1:9/a", "event": "candidateHired",
                "configuration": {"origins": ["agency"]}}),
        )
        .await;
    assert_eq!(made.status, StatusCode::CREATED);
    assert_eq!(made.json()["data"]["configuration"]["conditions"]["origins"], json!(["agency"]));
}
