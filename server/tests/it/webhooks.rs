//! The webhook route: each status, and that nothing else changes.

use std::time::Duration;

use domain::actor::{Actor, Role};
use domain::connection::{ConnectionState, Environment, Light, SetUpStep};
use domain::view::Wizard;
use futures::stream;
use lever::webhook::{SigningToken, sign};
use reqwest::{Body, Method, StatusCode};
use serde_json::json;
use server::web::limits::DELIVERIES_AT_ONCE;
use store::members::Member;
use store::organisations::Organisation;
use tokio::task::JoinSet;
use usecases::integration::{self, ConnectForm};

use crate::support::{ADMIN, KEY, LIMIT, TestApp, until};

const TOKEN: &str = "canary-token-11c52a7f0e";

struct Scene {
    app: TestApp,
    path: String,
}

impl Scene {
    /// Set-up begun: the address is known, no token is.
    async fn begun() -> Self {
        let app = TestApp::start().await;
        let admin = app.actor(ADMIN).await;
        let Wizard::Connect(step) =
            integration::wizard(&app.services, &admin, SetUpStep::Connect).await.unwrap()
        else {
            panic!("the first step comes first")
        };
        let path = step.webhook_url.strip_prefix(&app.url).expect("the address is ours").to_owned();
        Self { app, path }
    }

    /// Key and token are saved.
    async fn with_token() -> Self {
        let scene = Self::begun().await;
        let admin = scene.app.actor(ADMIN).await;
        let form = ConnectForm {
            api_key: KEY.to_owned().into(),
            signing_tokens: TOKEN.to_owned().into(),
            environment: Environment::Practice,
        };
        integration::save_connection(&scene.app.services, &admin, form).await.unwrap();
        scene
    }

    async fn post(&self, body: impl Into<Body>) -> StatusCode {
        self.post_to(&self.path, body).await
    }

    async fn post_to(&self, path: &str, body: impl Into<Body>) -> StatusCode {
        let request =
            self.app.stranger().request(Method::POST, path).header("content-type", "application/json");
        request.body(body).send().await.unwrap().status()
    }

    /// The lights, as the wizard shows them.
    async fn lights(&self) -> Vec<Light> {
        let admin = self.app.actor(ADMIN).await;
        let card = integration::card(&self.app.services, &admin).await.unwrap();
        card.lights.iter().map(|light| light.light).collect()
    }
}

/// A delivery signed with `signing_token`.
fn delivery(event: &str, token: &str, signing_token: &str, data: serde_json::Value) -> String {
    let triggered_at: i64 = 1_795_465_320_000;
    json!({
        "id": "00000000-0000-0000-0000-000000000001",
        "event": event,
        "triggeredAt": triggered_at,
        "token": token,
        "signature": lever_sim::signature(signing_token, token, triggered_at),
        "data": data,
    })
    .to_string()
}

fn stage_change(token: &str, signing_token: &str) -> String {
    let data = json!({
        "opportunityId": "00000000-0000-0000-0000-0000000000aa",
        "contactId": "00000000-0000-0000-0000-0000000000ab",
        "fromStageId": "lead-new",
        "toStageId": "offer",
    });
    delivery("candidateStageChange", token, signing_token, data)
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_no_delivery_is_400() {
    let scene = Scene::with_token().await;
    assert_eq!(scene.post("").await, StatusCode::BAD_REQUEST);
    assert_eq!(scene.post("not json").await, StatusCode::BAD_REQUEST);
    assert_eq!(scene.post("{}").await, StatusCode::BAD_REQUEST);
    let wrong_type =
        json!({"event": "candidateHired", "triggeredAt": "soon", "token": 7, "signature": "x", "data": {}});
    assert_eq!(scene.post(wrong_type.to_string()).await, StatusCode::BAD_REQUEST);
    scene.app.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_too_large_is_413_however_it_is_sent() {
    let scene = Scene::with_token().await;
    let ten_megabytes = vec![b' '; 10 * 1024 * 1024];
    assert_eq!(scene.post(ten_megabytes.clone()).await, StatusCode::PAYLOAD_TOO_LARGE);
    let chunks = stream::iter(
        ten_megabytes.chunks(8192).map(|chunk| Ok::<_, std::io::Error>(chunk.to_vec())).collect::<Vec<_>>(),
    );
    assert_eq!(scene.post(Body::wrap_stream(chunks)).await, StatusCode::PAYLOAD_TOO_LARGE);
    // The last size that is taken, and the first that is not.
    let fits = " ".repeat(64 * 1024);
    assert_eq!(scene.post(fits.clone()).await, StatusCode::BAD_REQUEST);
    assert_eq!(scene.post(fits + " ").await, StatusCode::PAYLOAD_TOO_LARGE);
    scene.app.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_too_slow_is_408() {
    let scene = Scene::begun().await;
    let never = Body::wrap_stream(stream::pending::<Result<Vec<u8>, std::io::Error>>());
    let answered = tokio::time::timeout(Duration::from_secs(15), scene.post(never)).await;
    assert_eq!(answered.expect("the deadline is 10 s"), StatusCode::REQUEST_TIMEOUT);
    scene.app.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn only_post_and_only_known_addresses() {
    let scene = Scene::with_token().await;
    for method in [Method::GET, Method::PUT, Method::DELETE, Method::PATCH, Method::HEAD] {
        let answer = scene.app.stranger().request(method.clone(), &scene.path).send().await.unwrap();
        assert_eq!(answer.status(), StatusCode::METHOD_NOT_ALLOWED, "{method}");
    }
    let body = stage_change("t", TOKEN);
    assert_eq!(scene.post_to("/webhooks/lever/somewhere", body.clone()).await, StatusCode::NOT_FOUND);
    assert_eq!(scene.post_to("/webhooks/lever/", body.clone()).await, StatusCode::NOT_FOUND);
    assert_eq!(scene.post_to("/webhooks/other/x", body).await, StatusCode::NOT_FOUND);
    scene.app.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn neither_session_nor_origin_matter() {
    let scene = Scene::with_token().await;
    let answer = scene
        .app
        .stranger()
        .request(Method::POST, &scene.path)
        .header("sec-fetch-site", "cross-site")
        .header("origin", "https://hire.lever.co")
        .body(stage_change("cross", TOKEN))
        .send()
        .await
        .unwrap();
    assert_eq!(answer.status(), StatusCode::OK);
    assert!(answer.headers().get("set-cookie").is_none());
    scene.app.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_verify_before_any_token_is_200_and_turns_its_light_only() {
    let scene = Scene::begun().await;
    let verify = delivery("candidateHired", "verify-1", "any-token", json!({}));
    assert_eq!(scene.post(verify).await, StatusCode::OK);
    assert_eq!(scene.lights().await, [Light::Reached, Light::Waiting, Light::Waiting]);
    // A real event before any token cannot be told from a forgery.
    assert_eq!(scene.post(stage_change("real-1", "any-token")).await, StatusCode::UNAUTHORIZED);
    assert_eq!(scene.lights().await, [Light::Reached, Light::Waiting, Light::Waiting]);
    scene.app.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn with_a_token_the_signature_decides() {
    let scene = Scene::with_token().await;
    assert_eq!(scene.post(stage_change("one", TOKEN)).await, StatusCode::OK);
    assert_eq!(scene.post(stage_change("one", TOKEN)).await, StatusCode::OK, "a repeat");
    assert_eq!(scene.post(stage_change("two", "another-token")).await, StatusCode::UNAUTHORIZED);
    let unknown = delivery("candidateSang", "three", TOKEN, json!({"opportunityId": "x"}));
    assert_eq!(scene.post(unknown).await, StatusCode::OK, "an event nobody knows");
    scene.app.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn disconnected_is_200_and_ignored() {
    let scene = Scene::with_token().await;
    let admin = scene.app.actor(ADMIN).await;
    integration::disconnect(&scene.app.services, &admin).await.unwrap();
    assert_eq!(scene.post(stage_change("late", TOKEN)).await, StatusCode::OK);
    let card = integration::card(&scene.app.services, &admin).await.unwrap();
    assert_eq!(card.state, ConnectionState::Disconnected);
    scene.app.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_closed_store_is_503_with_retry_after() {
    let scene = Scene::with_token().await;
    scene.app.services.store.close().await;
    let answer = scene
        .app
        .stranger()
        .request(Method::POST, &scene.path)
        .body(stage_change("busy", TOKEN))
        .send()
        .await
        .unwrap();
    assert_eq!(answer.status(), StatusCode::SERVICE_UNAVAILABLE);
    assert!(answer.headers().get("retry-after").is_some());
    scene.app.stop().await;
}

/// How many deliveries are in the inbox, of whatever state.
async fn in_the_inbox(app: &TestApp) -> usize {
    let mut tx = app.services.store.read().await.unwrap();
    let row = tx.one("select count(*) as many from deliveries", store::args![]).await.unwrap();
    usize::try_from(row.get::<i64>("many").unwrap()).unwrap()
}

#[tokio::test(flavor = "multi_thread")]
async fn more_at_once_than_there_is_room_for_are_503_and_what_was_accepted_is_kept() {
    const MORE: usize = 44;
    let scene = Scene::with_token().await;
    // Nothing can be made durable, so everybody who was let in waits.
    let writer = scene.app.services.store.begin().await.unwrap();
    let mut posts = JoinSet::new();
    for number in 0..DELIVERIES_AT_ONCE + MORE {
        let body = stage_change(&format!("flood-{number}"), TOKEN);
        let post = scene.app.stranger().request(Method::POST, &scene.path).body(body).send();
        posts.spawn(async move { post.await.unwrap() });
    }
    for _ in 0..MORE {
        let answer =
            tokio::time::timeout(LIMIT, posts.join_next()).await.expect("it is full").unwrap().unwrap();
        assert_eq!(answer.status(), StatusCode::SERVICE_UNAVAILABLE);
        let again_in: u64 = answer.headers()["retry-after"].to_str().unwrap().parse().unwrap();
        assert!((1..60).contains(&again_in));
    }
    assert_eq!(in_the_inbox(&scene.app).await, 0);
    drop(writer);
    let rest = posts.join_all().await;
    assert_eq!(rest.len(), DELIVERIES_AT_ONCE);
    assert!(rest.iter().all(|answer| answer.status() == StatusCode::OK));
    until("all are in the inbox", || async {
        (in_the_inbox(&scene.app).await == DELIVERIES_AT_ONCE).then_some(())
    })
    .await;
    scene.app.stop().await;
}

/// A connection of another organisation: its address, and the token that signs there.
async fn another_connection(app: &TestApp, token: &str) -> String {
    let services = &app.services;
    let (organisation, member) = (services.new_id(), services.new_id());
    let created_at = services.now();
    let mut tx = services.store.begin().await.unwrap();
    let other = Organisation { id: organisation, name: "Other".into(), practice: true, created_at };
    store::organisations::insert(&mut tx, &other).await.unwrap();
    let theirs = Member {
        id: member,
        organisation,
        email: "other@other.example".into(),
        name: "Other".into(),
        role: Role::SuperAdmin,
        active: true,
        created_at,
    };
    store::members::insert(&mut tx, &theirs, "").await.unwrap();
    tx.commit().await.unwrap();
    let actor = Actor { organisation, member, role: theirs.role, name: theirs.name, email: theirs.email };
    let form = ConnectForm {
        api_key: KEY.to_owned().into(),
        signing_tokens: token.to_owned().into(),
        environment: Environment::Practice,
    };
    integration::save_connection(services, &actor, form).await.unwrap();
    let Wizard::Connect(step) = integration::wizard(services, &actor, SetUpStep::Connect).await.unwrap()
    else {
        panic!("the first step comes first")
    };
    step.webhook_url.strip_prefix(&app.url).expect("the address is ours").to_owned()
}

/// A delivery rightly signed, with `time` and `data` as they stand.
fn raw(token: &str, time: &str, data: &str) -> String {
    let signature = sign(&SigningToken::new(&TOKEN.into()), token, time);
    format!(
        r#"{{"event":"candidateStageChange","triggeredAt":{time},"token":"{token}","signature":"{signature}","data":{data}}}"#
    )
}

#[tokio::test(flavor = "multi_thread")]
async fn bad_input_gets_the_right_code_and_nobody_asks_lever() {
    let scene = Scene::with_token().await;
    let their_token = "canary-token-of-others-77";
    let their_path = another_connection(&scene.app, their_token).await;
    scene.app.lever.forget_received();
    let now = "1795465320000";
    let data = r#"{"opportunityId":"never-imported"}"#;
    let deep = format!(r#"{{"opportunityId":"o","x":{}1{}}}"#, "[".repeat(500), "]".repeat(500));
    let two_tokens = raw("bad-1", now, data).replacen('{', r#"{"token":"bad-2","#, 1);
    let cannot_be_read = [
        ("a time as a string", raw("bad-3", &format!("\"{now}\""), data)),
        ("a time as a float", raw("bad-4", &format!("{now}.5"), data)),
        ("a negative time", raw("bad-5", &format!("-{now}"), data)),
        ("the year 3000", raw("bad-6", "32503680000000", data)),
        ("duplicate keys", two_tokens),
        ("a duplicate opportunity", raw("bad-7", now, r#"{"opportunityId":"a","opportunityId":"b"}"#)),
        ("deep nesting", raw("bad-8", now, &deep)),
    ];
    for (what, body) in cannot_be_read {
        assert_eq!(scene.post(body).await, StatusCode::BAD_REQUEST, "{what}");
    }
    let theirs = stage_change("theirs", their_token);
    assert_eq!(scene.post(theirs.clone()).await, StatusCode::UNAUTHORIZED, "the token of another connection");
    assert_eq!(scene.post_to(&their_path, theirs).await, StatusCode::OK, "at its own door");
    assert_eq!(scene.post_to(&their_path, stage_change("ours", TOKEN)).await, StatusCode::UNAUTHORIZED);

    let unknown_fields = raw("fields", now, r#"{"opportunityId":"o","toStageId":7,"x":{"y":[1,null]}}"#)
        .replacen('{', r#"{"new":true,"#, 1);
    let unknown_event = delivery("candidateSang", "event", TOKEN, json!({ "opportunityId": "o" }));
    let fine = [
        ("an opportunity never imported", raw("never", now, data)),
        ("unknown fields", unknown_fields),
        ("an unknown event", unknown_event),
        ("a replay", raw("never", now, data)),
        ("a replay with a changed body", raw("never", now, r#"{"opportunityId":"another"}"#)),
    ];
    for (what, body) in fine {
        assert_eq!(scene.post(body).await, StatusCode::OK, "{what}");
    }
    // Each token once, and of the replay what came first.
    until("all are in the inbox", || async { (in_the_inbox(&scene.app).await == 4).then_some(()) }).await;
    let mut tx = scene.app.services.store.read().await.unwrap();
    let sql = "select opportunity_id, state from deliveries where token = 'never'";
    let row = tx.one(sql, store::args![]).await.unwrap();
    assert_eq!(row.get::<String>("opportunity_id").unwrap(), "never-imported");
    assert_eq!(row.get::<String>("state").unwrap(), store::deliveries::IGNORED);
    drop(tx);
    let asked: Vec<_> = scene.app.lever.received().into_iter().filter_map(|call| call.endpoint).collect();
    assert!(!asked.iter().any(|endpoint| endpoint.starts_with("opportunities.get")), "{asked:?}");
    scene.app.stop().await;
}
