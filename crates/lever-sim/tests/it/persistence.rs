//! What survives a stop, and a kill.

use std::{
    path::Path,
    process::{Child, Command, Stdio},
    time::Duration,
};

use lever_sim::{Fault, FaultKind, Settings, When};
use serde_json::{Value, json};

use crate::support::{KEY, Lever, Receiver, client, settings};

fn saved(path: &Path) -> Settings {
    Settings { data_file: Some(path.to_owned()), ..settings(20) }
}

#[tokio::test]
async fn a_stopped_account_comes_back_whole() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("practice/account.jsonl");
    let lever = Lever::start(saved(&path)).await;
    let id = lever.somebody().await;
    lever.running.set_stage(&id, "offer").await.unwrap();
    let reveal = lever.press("/settings/integrations/platform/key", &[]).await;
    lever.behave(|b| b.forbidden_code = "Kept".to_owned()).await;
    let ana = lever.user("ana@demo.example").await;
    let files = format!("{}/opportunities/{id}/files", lever.running.api_url);
    let form = reqwest::multipart::Form::new()
        .part("file", reqwest::multipart::Part::bytes(vec![0, 159, 255]).file_name("odd.pdf"));
    let sent = lever.http.post(format!("{files}?perform_as={ana}")).basic_auth(KEY, Some("")).multipart(form);
    assert!(sent.send().await.unwrap().status().is_success());
    let fault = Fault::new("tags.list", FaultKind::InternalError, When::Count(2));
    lever.running.set_faults(vec![fault]).await.unwrap();
    assert_eq!(lever.get("/tags").await.status.as_u16(), 500);
    let before = lever.running.opportunities();
    let shown = lever.show(&reveal).await;
    lever.running.stop().await.unwrap();

    let lever = Lever::start(saved(&path)).await;
    let urls_aside = |all: Vec<Value>| -> Vec<Value> {
        all.into_iter()
            .map(|mut o| {
                o["urls"] = Value::Null;
                o
            })
            .collect()
    };
    assert_eq!(urls_aside(lever.running.opportunities()), urls_aside(before));
    assert_eq!(lever.show(&reveal).await, shown, "a key that was not copied yet");
    assert_eq!(lever.running.behaviour().forbidden_code, "Kept");
    let statuses = [lever.get("/tags").await.status, lever.get("/tags").await.status];
    assert_eq!(statuses.map(|status| status.as_u16()), [500, 200], "one of the two was left");
    let file = lever.data(&format!("/opportunities/{id}/files")).await[0]["downloadUrl"].clone();
    let bytes = lever.http.get(file.as_str().unwrap()).send().await.unwrap().bytes().await.unwrap();
    assert_eq!(bytes[..], [0, 159, 255]);
    // New ids go on where they stopped.
    let other = lever.create(json!({"name": "After"})).await;
    assert_ne!(other["data"]["id"], *id);
}

#[tokio::test]
async fn a_pending_retry_is_made_after_a_restart() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("account.jsonl");
    let mut receiver = Receiver::start().await;
    receiver.answer(&[503]);
    let lever = Lever::start(saved(&path)).await;
    lever.behave(|b| b.fast_retry_pauses_ms = vec![60_000]).await;
    lever.subscribe(&receiver, &["candidateStageChange"]).await;
    let id = lever.somebody().await;
    lever.running.set_stage(&id, "offer").await.unwrap();
    let first = receiver.next().await;
    lever.running.stop().await.unwrap();

    let lever = Lever::start(saved(&path)).await;
    assert!(receiver.nothing_waits());
    lever.running.step(60_000).await.unwrap();
    assert_eq!(receiver.next().await.text, first.text);
}

struct Process {
    child: Child,
    api: String,
}

impl Drop for Process {
    fn drop(&mut self) {
        // It may have been killed by the test already.
        let _already_dead = self.child.kill();
        let _reaped = self.child.wait();
    }
}

/// Starts the program on a free port and waits until it answers.
async fn program(data: &Path) -> Process {
    let port = std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
    let child = Command::new(env!("CARGO_BIN_EXE_lever-sim"))
        .args(["--addr", &format!("127.0.0.1:{port}"), "--opportunities", "30"])
        .args(["--key", KEY, "--seed", "11", "--tokens", "per-webhook"])
        .arg("--data")
        .arg(data)
        .stderr(Stdio::null())
        .spawn()
        .unwrap();
    let process = Process { child, api: format!("http://127.0.0.1:{port}/v1") };
    let http = client();
    let ready = async {
        while http.get(&process.api).send().await.is_err() {
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
    };
    tokio::time::timeout(Duration::from_secs(30), ready).await.expect("the program did not start");
    process
}

#[tokio::test]
async fn every_answered_change_survives_a_sigkill() {
    // A client needs the TLS provider that opening an account installs.
    let _provider = Lever::with(0).await;
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("account.jsonl");
    let http = client();
    let mut process = program(&path).await;
    let get = async |api: &str, path: &str| -> Value {
        http.get(format!("{api}{path}")).basic_auth(KEY, Some("")).send().await.unwrap().json().await.unwrap()
    };
    let users = get(&process.api, "/users?email=ana@demo.example").await;
    let ana = users["data"][0]["id"].as_str().unwrap().to_owned();
    let mut answered = Vec::new();
    for round in 0..3 {
        // Killed while creates are under way: those that were answered count.
        let mut under_way = tokio::task::JoinSet::new();
        for number in 0..6 {
            let request = http
                .post(format!("{}/opportunities?perform_as={ana}", process.api))
                .basic_auth(KEY, Some(""))
                .json(&json!({"name": format!("Person {round}-{number}")}));
            under_way.spawn(async move {
                let answer = request.send().await.ok()?;
                let body: Value = answer.json().await.ok()?;
                body["data"]["id"].as_str().map(str::to_owned)
            });
        }
        let first = under_way.join_next().await.unwrap().unwrap();
        process.child.kill().unwrap();
        answered.extend(first);
        while let Some(done) = under_way.join_next().await {
            answered.extend(done.unwrap());
        }
        process = program(&path).await;
    }
    assert!(answered.len() >= 3);
    for id in &answered {
        let read = get(&process.api, &format!("/opportunities/{id}")).await;
        assert_eq!(read["data"]["id"], *id);
    }
}
