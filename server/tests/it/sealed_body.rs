//! A sealed body of a delivery: opened by a plain form, for who opened it.

use domain::ids::DeliveryId;
use reqwest::{Method, StatusCode};
use usecases::housekeeping;

use crate::support::{ADMIN, TestApp, Visitor, until};

const LEAD: &str = "lead@demo.example";

/// Stands in the body, and nowhere else.
const CANARY: &str = "canary-in-the-body-3b7e";

async fn page(visitor: &Visitor, path: &str) -> String {
    let answer = visitor.get(path).await;
    assert_eq!(answer.status(), StatusCode::OK, "{path}");
    answer.text().await.unwrap()
}

async fn submit(visitor: &mut Visitor, function: &str, fields: &[(&str, &str)]) {
    let answer = visitor.submit(function, fields).await;
    let location = answer.headers()["location"].to_str().unwrap();
    assert!(!location.contains("__err"), "{function} was refused: {location}");
}

/// Posts a delivery as Lever does; gives its id here.
async fn delivered(app: &TestApp) -> DeliveryId {
    let events = app.lever.base_url.clone() + "/_practice/events";
    let events: serde_json::Value =
        crate::support::client().get(events).send().await.unwrap().json().await.unwrap();
    let hook = &events["events"]["candidateStageChange"]["webhooks"][0];
    let (url, token) = (hook["url"].as_str().unwrap(), hook["signing_token"].as_str().unwrap());
    let at: i64 = 1_795_465_320_000;
    let body = serde_json::json!({
        "event": "candidateStageChange",
        "triggeredAt": at,
        "token": "t-1",
        "signature": lever_sim::signature(token, "t-1", at),
        "data": { "opportunityId": "o-1", "said": CANARY },
    });
    let path = url.strip_prefix(&app.url).expect("it leads here");
    let answer = app.stranger().request(Method::POST, path).body(body.to_string()).send().await.unwrap();
    assert_eq!(answer.status(), StatusCode::OK);
    until("it is in the inbox", || async {
        let mut tx = app.services.store.read().await.unwrap();
        let row = tx.optional("select id from deliveries where token = 't-1'", store::args![]).await.unwrap();
        row.map(|row| row.get("id").unwrap())
    })
    .await
}

#[tokio::test(flavor = "multi_thread")]
async fn a_super_admin_opens_it_by_a_plain_form() {
    let app = TestApp::start().await;
    let mut admin = app.member(ADMIN).await;
    submit(&mut admin, "connect_practice", &[]).await;
    let id = delivered(&app).await;
    let at = format!("/activity/deliveries/{id}");
    assert!(page(&admin, &at).await.contains(CANARY));

    submit(&mut admin, "save_bodies_kept", &[("days", "7"), ("then", "seal")]).await;
    let mut tx = app.services.store.begin().await.unwrap();
    let eight_days: i64 = 8 * 24 * 60 * 60 * 1_000;
    let sql = "update deliveries set received_at = received_at - $1";
    tx.execute(sql, store::args![eight_days]).await.unwrap();
    tx.commit().await.unwrap();
    housekeeping::sweep(&app.services).await;

    let shown = page(&admin, &at).await;
    assert!(!shown.contains(CANARY) && shown.contains("The body is sealed. You can open it"), "{shown}");
    let mut lead = app.member(LEAD).await;
    let shown = page(&lead, &at).await;
    assert!(shown.contains("A Super Admin can open it") && !shown.contains("Open the body"));
    let refused = lead.submit("open_body", &[("delivery", &id.to_string())]).await;
    assert!(refused.headers()["location"].to_str().unwrap().contains("__err"));

    assert!(page(&admin, &at).await.contains("Open the body"));
    submit(&mut admin, "open_body", &[("delivery", &id.to_string())]).await;
    assert!(page(&admin, &at).await.contains(CANARY));
    assert!(!page(&lead, &at).await.contains(CANARY), "opened for who opened it");
    assert!(page(&lead, "/activity").await.contains("Opened the sealed body of a delivery."));
    app.stop().await;
}
