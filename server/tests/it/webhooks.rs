//! The webhook route: each status, and that nothing else changes.

use std::time::Duration;

use domain::connection::{ConnectionState, Environment, Light, SetUpStep};
use domain::view::Wizard;
use futures::stream;
use reqwest::{Body, Method, StatusCode};
use serde_json::json;
use usecases::integration::{self, ConnectForm};

use crate::support::{ADMIN, KEY, TestApp};

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
