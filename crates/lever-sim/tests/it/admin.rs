//! The API under `/_practice`.

use reqwest::{Method, StatusCode};
use serde_json::{Value, json};

use crate::support::{Lever, Receiver, texts};

#[tokio::test]
async fn settings_are_changed_in_part_and_nonsense_is_refused() {
    let lever = Lever::with(0).await;
    let before = lever.admin(Method::GET, "/settings", None).await.json();
    let after = lever.admin(Method::PUT, "/settings", Some(json!({"forbidden_code": "Nope"}))).await.json();
    assert_eq!(after["forbidden_code"], "Nope");
    assert_eq!(after["retry_pauses_ms"], before["retry_pauses_ms"]);
    for wrong in [json!({"no_such_setting": 1}), json!({"delivery_drop": 7.0}), json!({"rate_burst": "many"})]
    {
        let answer = lever.admin(Method::PUT, "/settings", Some(wrong)).await;
        assert_eq!(answer.status, StatusCode::BAD_REQUEST);
    }
}

#[tokio::test]
async fn the_clock_is_frozen_and_stepped() {
    let lever = Lever::with(0).await;
    let at = 1_800_000_000_000_i64;
    lever.admin(Method::POST, "/clock/freeze", Some(json!({"at": at}))).await;
    let id = lever.somebody().await;
    let made = lever.data(&format!("/opportunities/{id}")).await;
    assert_eq!(made["createdAt"], at);
    let stepped = lever.admin(Method::POST, "/clock/step", Some(json!({"ms": 5_000}))).await.json();
    assert_eq!(stepped, json!({"now": at + 5_000, "frozen": true}));
    let running = lever.admin(Method::POST, "/clock/run", None).await.json();
    assert_eq!(running["frozen"], false);
    assert!(running["now"].as_i64().unwrap() >= at + 5_000);
}

#[tokio::test]
async fn users_stages_and_reasons_are_added_renamed_and_deactivated() {
    let lever = Lever::with(0).await;
    let user = lever
        .admin(Method::POST, "/users", Some(json!({"name": "Extra", "email": "extra@corp.example"})))
        .await
        .json();
    let id = user["id"].as_str().unwrap();
    lever
        .admin(Method::PUT, &format!("/users/{id}"), Some(json!({"name": "Renamed", "active": false})))
        .await;
    let read = lever.data(&format!("/users/{id}")).await;
    assert_eq!(read["name"], "Renamed");
    assert!(read["deactivatedAt"].is_i64());

    let screen = lever.stage_id("Recruiter screen").await;
    let stage = lever
        .admin(Method::POST, "/stages", Some(json!({"text": "Hiring manager review", "after": screen})))
        .await
        .json();
    let names = texts(&lever.data("/stages").await, "text");
    assert_eq!(names[5], "Hiring manager review");
    let last = lever.admin(Method::POST, "/stages", Some(json!({"text": "Background check"}))).await;
    assert_eq!(last.status, StatusCode::OK);
    assert_eq!(texts(&lever.data("/stages").await, "text").last().unwrap(), "Background check");
    let stage = stage["id"].as_str().unwrap();
    lever.admin(Method::PUT, &format!("/stages/{stage}"), Some(json!({"active": false}))).await;
    assert_eq!(lever.data("/stages").await.as_array().unwrap().len(), 10);
    let fixed = lever.admin(Method::PUT, "/stages/lead-new", Some(json!({"text": "X"}))).await;
    assert_eq!(fixed.status, StatusCode::BAD_REQUEST);

    let reason =
        lever.admin(Method::POST, "/archive_reasons", Some(json!({"text": "Moved away"}))).await.json();
    let reason = reason["id"].as_str().unwrap();
    lever.admin(Method::PUT, &format!("/archive_reasons/{reason}"), Some(json!({"active": false}))).await;
    let listed = lever.data(&format!("/archive_reasons/{reason}")).await;
    assert_eq!(listed["status"], "inactive");
}

#[tokio::test]
async fn opportunities_are_dumped_with_their_creator_and_acted_on() {
    let lever = Lever::with(150).await;
    let id = lever.somebody().await;
    for (deed, body) in [("stage", json!({"stage": "offer"})), ("hire", json!({})), ("unarchive", json!({}))]
    {
        let answer = lever.admin(Method::POST, &format!("/opportunities/{id}/{deed}"), Some(body)).await;
        assert_eq!(answer.status, StatusCode::OK, "{}", answer.text);
    }
    let dump = lever.admin(Method::GET, "/opportunities", None).await.json();
    let all = dump["opportunities"].as_array().unwrap();
    assert_eq!(all.len(), 151);
    let mine = all.iter().find(|o| o["id"] == *id).unwrap();
    assert_eq!(mine["creator"], "Ana Ruiz");
    assert_eq!(mine["stage"], "offer");
    assert_eq!(mine["archived"], Value::Null);
    let answer = lever.admin(Method::POST, &format!("/opportunities/{id}/fly"), None).await;
    assert_eq!(answer.status, StatusCode::NOT_FOUND);
}

#[tokio::test]
async fn deliveries_are_listed_with_their_attempts_and_sent_again() {
    let lever = Lever::with(0).await;
    let mut receiver = Receiver::start().await;
    lever.subscribe(&receiver, &["candidateStageChange"]).await;
    let id = lever.somebody().await;
    lever.admin(Method::POST, &format!("/opportunities/{id}/stage"), Some(json!({"stage": "offer"}))).await;
    let first = receiver.next().await;
    let made = lever.admin(Method::GET, "/deliveries", None).await.json()["deliveries"][0].clone();
    let number = made["id"].as_str().unwrap();
    let again = lever.admin(Method::POST, &format!("/deliveries/{number}/rerun"), None).await;
    assert_eq!(again.status, StatusCode::OK, "{}", again.text);
    assert_eq!(receiver.next().await.text, first.text);
    let unknown = lever.admin(Method::POST, "/deliveries/0/rerun", None).await;
    assert_eq!(unknown.status, StatusCode::NOT_FOUND);
    let listed = lever.admin(Method::GET, "/deliveries", None).await.json();
    assert_eq!(texts(&listed["deliveries"], "kind"), ["event", "rerun"]);
    assert_eq!(listed["deliveries"][0]["attempts"][0]["status"], 200);
    assert_eq!(listed["deliveries"][0]["attempts"][0]["request"], first.text);
}

#[tokio::test]
async fn the_request_log_tells_what_was_asked_and_holds_no_key() {
    let lever = Lever::with(0).await;
    let ana = lever.user("ana@demo.example").await;
    lever.post(&format!("/opportunities?perform_as={ana}"), json!({"name": "Logged"})).await;
    let log = lever.admin(Method::GET, "/requests", None).await;
    assert!(!log.text.contains(&lever.key));
    let requests = log.json()["requests"].clone();
    let last = &requests[1];
    assert_eq!(last["method"], "POST");
    assert_eq!(last["path"], "/v1/opportunities");
    assert_eq!(last["query"], format!("perform_as={ana}"));
    assert_eq!(last["endpoint"], "opportunities.create");
    assert_eq!(last["status"], 201);
    assert!(last["body"].as_str().unwrap().contains("Logged"));
    let rest = lever.admin(Method::GET, "/requests?since=1", None).await.json();
    assert_eq!(rest["requests"].as_array().unwrap().len(), 1);
    lever.admin(Method::DELETE, "/requests", None).await;
    assert!(lever.running.received().is_empty());
}

#[tokio::test]
async fn a_reset_brings_back_the_seeded_account() {
    let lever = Lever::with(4).await;
    let before = lever.all("/opportunities", 100).await;
    lever.somebody().await;
    lever.running.delete(before[0]["id"].as_str().unwrap()).await.unwrap();
    lever.admin(Method::POST, "/reset", None).await;
    assert_eq!(lever.all("/opportunities", 100).await, before);
    assert_eq!(lever.data("/opportunities?email=nia@example.com").await, json!([]));
}

#[tokio::test]
async fn the_admin_api_is_for_this_machine_and_for_no_foreign_page() {
    let lever = Lever::with(0).await;
    let post = |name: &'static str, value: &'static str| {
        lever.http.post(format!("{}/_practice/reset", lever.running.base_url)).header(name, value).send()
    };
    for (name, value) in
        [("host", "rebound.example"), ("sec-fetch-site", "cross-site"), ("origin", "https://evil.example")]
    {
        let answer = post(name, value).await.unwrap();
        assert_eq!(answer.status(), StatusCode::FORBIDDEN, "{name}");
    }
    let unknown = lever.admin(Method::GET, "/nothing", None).await;
    assert_eq!(unknown.status, StatusCode::NOT_FOUND);
}

#[tokio::test]
async fn a_key_with_a_known_text_is_given_the_new_permissions() {
    let lever = Lever::with(0).await;
    let hook = json!({"url": "https://example.com/a", "event": "candidateHired"});
    lever.post("/webhooks", hook).await;
    let narrow = json!({"key": lever.key, "permissions": ["users.list", "webhooks.list"]});
    lever.admin(Method::POST, "/keys", Some(narrow)).await;
    assert_eq!(lever.data("/webhooks").await.as_array().unwrap().len(), 1, "its webhooks stay its own");
    assert_eq!(lever.get("/users").await.status, StatusCode::OK);
    assert_eq!(lever.get("/stages").await.status, StatusCode::FORBIDDEN);
}

#[tokio::test]
async fn every_kind_of_fault_and_every_flag_stands_in_the_documentation() {
    let document = include_str!("../../../../docs/practice-lever.md");
    let lever = Lever::with(0).await;
    for kind in [
        json!({"kind": "too-many-requests"}),
        json!({"kind": "internal-error"}),
        json!({"kind": "unavailable"}),
        json!({"kind": "slow", "delay_ms": 1}),
        json!({"kind": "key-rejected"}),
        json!({"kind": "permission-missing"}),
        json!({"kind": "list-lag", "delay_ms": 1}),
        json!({"kind": "drop-before"}),
        json!({"kind": "drop-after"}),
        json!({"kind": "drop-mid-body"}),
        json!({"kind": "applied-then-error"}),
        json!({"kind": "wrong-content-type"}),
        json!({"kind": "extra-fields"}),
    ] {
        let name = kind["kind"].as_str().unwrap().to_owned();
        assert!(document.contains(&format!("| `{name}` |")), "{name}");
        let mut fault = kind;
        fault["endpoint"] = json!("*");
        fault["when"] = json!({"count": 0});
        let set = lever.admin(Method::PUT, "/faults", Some(json!({"faults": [fault]}))).await;
        assert_eq!(set.status, StatusCode::OK, "{name}: {}", set.text);
    }
    let help = std::process::Command::new(env!("CARGO_BIN_EXE_lever-sim")).arg("--help").output().unwrap();
    let help = String::from_utf8(help.stdout).unwrap();
    let flags: Vec<&str> = help
        .split_whitespace()
        .filter(|word| word.starts_with("--") && !["--help", "--version"].contains(word))
        .collect();
    assert!(flags.len() >= 7);
    for flag in flags {
        assert!(document.contains(&format!("`{flag}`")), "{flag}");
    }
}

#[tokio::test]
async fn postings_are_closed_and_deleted() {
    let lever = Lever::with(0).await;
    let postings = lever.admin(Method::GET, "/postings", None).await.json();
    let id_of = |text: &str| {
        let all = postings["postings"].as_array().unwrap();
        all.iter().find(|posting| posting["text"] == text).unwrap()["id"].as_str().unwrap().to_owned()
    };
    let (backend, data) = (id_of("Backend Engineer"), id_of("Data Scientist"));
    let user = lever.admin(Method::GET, "/users", None).await.json()["users"][0]["id"].clone();
    let path = format!("/opportunities?perform_as={}", user.as_str().unwrap());
    let new = |posting: &str| json!({ "name": "Jo", "postings": [posting] });

    let wrong = lever.admin(Method::PUT, &format!("/postings/{backend}"), Some(json!({"state": "x"}))).await;
    assert_eq!(wrong.status, StatusCode::BAD_REQUEST);
    let closed =
        lever.admin(Method::PUT, &format!("/postings/{backend}"), Some(json!({"state": "closed"}))).await;
    assert_eq!(closed.json()["state"], "closed");
    let published = lever.get("/postings?state=published").await.json();
    assert!(published["data"].as_array().unwrap().iter().all(|posting| posting["id"] != json!(backend)));
    let refused = lever.post(&path, new(&backend)).await;
    assert_eq!(refused.status, StatusCode::BAD_REQUEST);
    assert_eq!(refused.json()["message"], format!("postings {backend} is closed"));
    lever.admin(Method::PUT, "/settings", Some(json!({"closed_posting_refused": false}))).await;
    assert_eq!(lever.post(&path, new(&backend)).await.status, StatusCode::CREATED);

    assert_eq!(lever.post(&path, new(&data)).await.status, StatusCode::CREATED);
    let deleted = lever.admin(Method::DELETE, &format!("/postings/{data}"), None).await;
    assert_eq!(deleted.json()["deleted"], json!(data));
    assert_eq!(lever.get(&format!("/postings/{data}")).await.status, StatusCode::NOT_FOUND);
    let refused = lever.post(&path, new(&data)).await;
    assert_eq!(refused.json()["message"], format!("postings {data} was not found"));
    let again = lever.admin(Method::DELETE, &format!("/postings/{data}"), None).await;
    assert_eq!(again.status, StatusCode::NOT_FOUND);
}
