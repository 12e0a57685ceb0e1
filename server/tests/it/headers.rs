//! What every answer says to the browser.

use std::collections::BTreeSet;

use reqwest::header::HeaderMap;
use reqwest::{Method, StatusCode};

use crate::support::{ADMIN, TestApp, session_cookie};

fn text<'a>(headers: &'a HeaderMap, name: &str) -> &'a str {
    headers.get(name).unwrap_or_else(|| panic!("{name} is missing")).to_str().unwrap()
}

#[tokio::test(flavor = "multi_thread")]
async fn every_answer_carries_the_security_headers() {
    let app = TestApp::start().await;
    let admin = app.member(ADMIN).await;
    let mut answers = Vec::new();
    for path in ["/sign-in", "/healthz", "/nowhere", "/pkg-0/gone.js", "/webhooks/elsewhere"] {
        answers.push((path, admin.get(path).await));
    }
    answers.push(("/candidates", admin.get("/candidates").await));
    answers.push(("/api/nothing", admin.call("nothing", &[]).await));
    for (path, answer) in answers {
        let headers = answer.headers();
        assert_eq!(text(headers, "x-content-type-options"), "nosniff", "{path}");
        assert_eq!(text(headers, "referrer-policy"), "same-origin", "{path}");
        assert_eq!(text(headers, "x-frame-options"), "DENY", "{path}");
        assert_eq!(text(headers, "cross-origin-opener-policy"), "same-origin", "{path}");
        assert_eq!(text(headers, "cross-origin-resource-policy"), "same-origin", "{path}");
        assert!(text(headers, "content-security-policy").contains("frame-ancestors 'none'"), "{path}");
        assert_eq!(text(headers, "cache-control"), "no-store", "{path}");
        assert!(headers.get("strict-transport-security").is_none(), "{path}: not over http");
    }
    app.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn each_page_has_a_nonce_of_its_own_and_its_scripts_carry_it() {
    let app = TestApp::start().await;
    let visitor = app.stranger();
    let mut nonces = BTreeSet::new();
    for path in ["/sign-in", "/sign-in", "/nowhere"] {
        let answer = visitor.get(path).await;
        let policy = text(answer.headers(), "content-security-policy").to_owned();
        let nonce = policy.split("'nonce-").nth(1).and_then(|rest| rest.split('\'').next());
        let nonce = nonce.unwrap_or_else(|| panic!("{path}: no nonce in {policy}")).to_owned();
        let page = answer.text().await.unwrap();
        let scripts = page.matches("<script").count();
        assert!(scripts > 0, "{path}");
        assert_eq!(
            page.matches(&format!("nonce=\"{nonce}\"")).count(),
            scripts + link_nonces(&page),
            "{path}: {page}"
        );
        assert!(!page.contains(" onclick="), "{path}");
        assert!(nonces.insert(nonce), "a nonce came twice");
    }
    app.stop().await;
}

/// Preload links carry the nonce, too.
fn link_nonces(page: &str) -> usize {
    page.split("<link").skip(1).filter(|link| link.split('>').next().unwrap_or("").contains("nonce=")).count()
}

#[tokio::test(flavor = "multi_thread")]
async fn an_address_that_leads_nowhere_is_a_page_with_404() {
    let app = TestApp::start().await;
    let answer = app.stranger().get("/nowhere").await;
    assert_eq!(answer.status(), StatusCode::NOT_FOUND);
    assert!(answer.text().await.unwrap().contains("<html"));
    let gone = app.stranger().get("/pkg-0/gone.js").await;
    assert_eq!(gone.status(), StatusCode::NOT_FOUND);
    assert!(!gone.text().await.unwrap().contains("<html"));
    app.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_cookie_fits_the_address() {
    for (public_url, prefix, secure) in [
        (None, "fulcrum_session=", false),
        (Some("https://fulcrum.example.com"), "__Host-fulcrum_session=", true),
    ] {
        let app = TestApp::start_at(public_url).await;
        let answer = app.stranger().sign_in(ADMIN).await;
        let cookie = session_cookie(answer.headers()).unwrap();
        assert!(cookie.starts_with(prefix), "{cookie}");
        let attributes: Vec<&str> = cookie.split(';').skip(1).map(str::trim).collect();
        assert!(attributes.contains(&"HttpOnly"), "{cookie}");
        assert!(attributes.contains(&"SameSite=Lax"), "{cookie}");
        assert!(attributes.contains(&"Path=/"), "{cookie}");
        assert_eq!(attributes.contains(&"Secure"), secure, "{cookie}");
        assert!(!attributes.iter().any(|attribute| attribute.starts_with("Domain")), "{cookie}");
        assert_eq!(answer.headers().contains_key("strict-transport-security"), secure);
        app.stop().await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_form_that_is_too_large_is_refused() {
    let app = TestApp::start().await;
    let answer = app
        .stranger()
        .request(Method::POST, "/api/sign_in")
        .header("content-type", "application/x-www-form-urlencoded")
        .body("a".repeat(300 * 1024))
        .send()
        .await
        .unwrap();
    assert_eq!(answer.status(), StatusCode::PAYLOAD_TOO_LARGE);
    app.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn pages_are_compressed_for_whoever_takes_it() {
    let app = TestApp::start().await;
    let request = app.stranger().request(Method::GET, "/sign-in").header("accept-encoding", "gzip");
    let answer = request.send().await.unwrap();
    assert_eq!(text(answer.headers(), "content-encoding"), "gzip");
    let plain = app.stranger().get("/sign-in").await;
    assert!(plain.headers().get("content-encoding").is_none());
    app.stop().await;
}
