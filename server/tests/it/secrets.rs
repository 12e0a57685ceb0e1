//! Secrets go in and never come out: not in pages, not in answers, not in
//! addresses, not in logs.

use std::io::{self, Write};
use std::sync::{Arc, Mutex};

use reqwest::{Method, Response, StatusCode};
use serde_json::json;
use tracing_subscriber::fmt::MakeWriter;

use crate::support::{ADMIN, KEY, TestApp};

const TOKEN: &str = "canary-token-2c9d51e8b4";
const PASSWORD: &str = "canary-password-77aa";
const CAPABILITY: &str = "canary-capability-90be";
const MESSAGE: &str = "canary-message-13f2";

/// Keeps what is logged.
#[derive(Clone, Default)]
struct Log(Arc<Mutex<Vec<u8>>>);

impl Write for Log {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.lock().unwrap().extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

impl<'a> MakeWriter<'a> for Log {
    type Writer = Self;

    fn make_writer(&'a self) -> Self {
        self.clone()
    }
}

/// Everything the outside sees of an answer.
async fn seen(answer: Response) -> String {
    let headers = format!("{:?}", answer.headers());
    format!("{headers}\n{}", answer.text().await.unwrap())
}

#[tokio::test(flavor = "multi_thread")]
async fn a_secret_shows_up_nowhere() {
    let log = Log::default();
    server::telemetry::init_for_test(log.clone()).unwrap();
    let app = TestApp::start().await;
    let mut admin = app.member(ADMIN).await;
    let session = admin.cookie.as_deref().unwrap().split_once('=').unwrap().1.to_owned();
    let mut outside = Vec::new();

    // A refused sign-in, by program and by plain form.
    let wrong = [("email", ADMIN), ("password", PASSWORD)];
    outside.push(seen(app.stranger().call("sign_in", &wrong).await).await);
    outside.push(seen(app.stranger().submit("sign_in", &wrong).await).await);

    // The key: tested, refused together with a token that is the key, saved.
    let key = [("environment", "practice"), ("api_key", KEY)];
    outside.push(seen(admin.call("check_key", &key).await).await);
    let twice = [("environment", "practice"), ("api_key", KEY), ("signing_tokens", KEY)];
    outside.push(seen(admin.call("save_connection", &twice).await).await);
    outside.push(seen(admin.submit("save_connection", &twice).await).await);
    let wrong_key = [("environment", "practice"), ("api_key", PASSWORD), ("signing_tokens", TOKEN)];
    outside.push(seen(admin.submit("save_connection", &wrong_key).await).await);
    let right = [("environment", "practice"), ("api_key", KEY), ("signing_tokens", TOKEN)];
    let saved = admin.call("save_connection", &right).await;
    assert_eq!(saved.status(), StatusCode::OK);
    outside.push(seen(saved).await);
    let connect_page = seen(admin.get("/integrations/lever?step=connect").await).await;
    assert!(connect_page.contains(&KEY[KEY.len() - 4..]), "it says in what the key ends");
    let webhook = connect_page.split("/webhooks/lever/").nth(1).unwrap();
    let webhook: String =
        webhook.chars().take_while(|c| c.is_ascii_alphanumeric() || "-_".contains(*c)).collect();
    outside.push(connect_page);
    for page in ["/integrations", "/integrations/lever?step=users", "/candidates", "/activity", "/attention"]
    {
        outside.push(seen(admin.get(page).await).await);
    }

    // Deliveries, one of them wrong.
    for signing_token in [TOKEN, "another"] {
        let body = json!({
            "event": "candidateHired", "triggeredAt": 1_795_465_320_000_i64, "token": signing_token,
            "signature": lever_sim::signature(signing_token, signing_token, 1_795_465_320_000),
            "data": {"opportunityId": "none", "note": MESSAGE},
        });
        let answer = app
            .stranger()
            .request(Method::POST, &format!("/webhooks/lever/{webhook}"))
            .body(body.to_string());
        outside.push(seen(answer.send().await.unwrap()).await);
    }

    // Links, good for nobody.
    for page in ["/r/", "/invite/", "/set-up/", "/webhooks/lever/"] {
        seen(app.stranger().get(&format!("{page}{CAPABILITY}?{CAPABILITY}")).await).await;
    }
    for function in
        ["open_reply", "open_invite", "open_set_up", "join", "create_organisation", "answer_reply"]
    {
        app.stranger()
            .call(function, &[("token", CAPABILITY), ("text", MESSAGE), ("password", PASSWORD)])
            .await;
    }
    admin.submit("sign_out", &[]).await;
    app.stop().await;

    for answer in &outside {
        for secret in [KEY, TOKEN, PASSWORD, MESSAGE] {
            assert!(!answer.contains(secret), "{secret} in {answer}");
        }
    }
    let logged = String::from_utf8(log.0.lock().unwrap().clone()).unwrap();
    assert!(logged.contains("path=\"/webhooks/lever/***\""), "the access log was kept: {logged}");
    for secret in [KEY, TOKEN, PASSWORD, CAPABILITY, MESSAGE, server::demo::PASSWORD, &session, &webhook] {
        let line = logged.lines().find(|line| line.contains(secret));
        assert!(line.is_none(), "{secret} in the log: {line:?}");
    }
}
