//! Another site cannot act for a member.

use reqwest::{Method, StatusCode};

use crate::support::{ADMIN, TestApp};

#[tokio::test(flavor = "multi_thread")]
async fn cross_site_requests_are_refused_and_change_nothing() {
    let app = TestApp::start().await;
    let admin = app.member(ADMIN).await;
    let with = |name: &'static str, value: String| {
        let request = admin
            .request(Method::POST, "/api/sign_out")
            .header("accept", "application/x-postcard")
            .header("content-type", "application/x-www-form-urlencoded")
            .header(name, value);
        async move { request.send().await.unwrap().status() }
    };
    assert_eq!(with("sec-fetch-site", "cross-site".into()).await, StatusCode::FORBIDDEN);
    assert_eq!(with("sec-fetch-site", "same-site".into()).await, StatusCode::FORBIDDEN);
    assert_eq!(with("origin", "https://evil.example".into()).await, StatusCode::FORBIDDEN);
    assert_eq!(with("origin", "null".into()).await, StatusCode::FORBIDDEN);
    // Nobody was signed out by that.
    assert_eq!(admin.get("/candidates").await.status(), StatusCode::OK);
    // The page itself may, by either header.
    assert_eq!(with("origin", app.url.clone()).await, StatusCode::OK);
    app.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_request_of_no_browser_passes() {
    let app = TestApp::start().await;
    let answer = app
        .stranger()
        .request(Method::POST, "/api/sign_in")
        .header("accept", "application/x-postcard")
        .form(&[("email", ADMIN), ("password", server::demo::PASSWORD)])
        .send()
        .await
        .unwrap();
    assert_eq!(answer.status(), StatusCode::OK);
    app.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn behind_a_proxy_the_public_address_counts() {
    let app = TestApp::start_at(Some("https://fulcrum.example.com")).await;
    let from = |origin: &'static str| {
        let request = app
            .stranger()
            .request(Method::POST, "/api/sign_in")
            .header("accept", "application/x-postcard")
            .header("origin", origin)
            .form(&[("email", ADMIN), ("password", server::demo::PASSWORD)]);
        async move { request.send().await.unwrap().status() }
    };
    assert_eq!(from("https://fulcrum.example.com").await, StatusCode::OK);
    assert_eq!(from("https://other.example.com").await, StatusCode::FORBIDDEN);
    app.stop().await;
}
