//! Auth and limits.

use reqwest::{Method, StatusCode};
use serde_json::json;

use crate::support::{Lever, settings};

#[tokio::test]
async fn basic_auth_with_the_key_as_user_and_401_without_or_with_a_wrong_one() {
    let lever = Lever::with(0).await;
    assert_eq!(lever.get("/users").await.status, StatusCode::OK);

    let bare = lever.http.get(format!("{}/users", lever.running.api_url)).send().await.unwrap();
    assert_eq!(bare.status(), StatusCode::UNAUTHORIZED);
    let body: serde_json::Value = bare.json().await.unwrap();
    assert_eq!(body, json!({"code": "UnauthorizedError", "message": "The request requires authentication."}));

    let wrong = Lever { key: "not-a-key".to_owned(), ..lever };
    let (status, code, _) = wrong.get("/users").await.refusal();
    assert_eq!((status, code.as_str()), (401, "UnauthorizedError"));
}

#[tokio::test]
async fn keys_carry_permissions_and_a_confidential_grant_and_a_missing_one_is_403() {
    let lever = Lever::with(0).await;
    let made = lever
        .admin(
            Method::POST,
            "/keys",
            Some(json!({"name": "narrow", "permissions": ["users.list", "opportunities.list"]})),
        )
        .await
        .json();
    let narrow = Lever { key: made["key"].as_str().unwrap().to_owned(), ..lever };
    assert_eq!(narrow.get("/users").await.status, StatusCode::OK);
    let (status, code, _) = narrow.get("/stages").await.refusal();
    assert_eq!((status, code.as_str()), (403, "ForbiddenError"));
    let (status, _, _) = narrow.get("/opportunities?confidentiality=all").await.refusal();
    assert_eq!(status, 403);
    assert_eq!(narrow.get("/opportunities").await.status, StatusCode::OK);

    let id = made["id"].as_str().unwrap();
    narrow.admin(Method::DELETE, &format!("/keys/{id}"), None).await;
    assert_eq!(narrow.get("/users").await.status, StatusCode::UNAUTHORIZED);
}

#[tokio::test]
async fn a_token_bucket_per_key_and_429_without_retry_after_unless_switched_on() {
    let mut settings = settings(0);
    settings.behaviour.rate_per_second = 0.001;
    settings.behaviour.rate_burst = 3.0;
    let lever = Lever::start(settings).await;
    for _ in 0..3 {
        assert_eq!(lever.get("/stages").await.status, StatusCode::OK);
    }
    let limited = lever.get("/stages").await;
    assert_eq!(limited.refusal().0, 429);
    assert!(!limited.headers.contains_key("retry-after"));

    lever.behave(|b| b.retry_after_seconds = Some(7)).await;
    let limited = lever.get("/stages").await;
    assert_eq!(limited.headers["retry-after"], "7");

    // Another key has a bucket of its own.
    let made = lever.admin(Method::POST, "/keys", Some(json!({}))).await;
    let other = Lever { key: made.json()["key"].as_str().unwrap().to_owned(), ..lever };
    assert_eq!(other.get("/stages").await.status, StatusCode::OK);
}

#[tokio::test]
async fn answers_carry_the_headers_that_were_recorded() {
    let lever = Lever::with(0).await;
    for path in ["/stages", "/nothing", "/users/x"] {
        let answer = lever.get(path).await;
        assert_eq!(answer.headers["content-type"], "application/json; charset=utf-8");
        assert_eq!(answer.headers["server"], "lever-data-api");
        assert_eq!(answer.headers["x-lever-region"], "global");
    }
}

#[tokio::test]
async fn the_bucket_is_levers_ten_a_second_and_twenty_at_once() {
    let defaults = lever_sim::Settings { key: Some(crate::support::KEY.to_owned()), ..Default::default() };
    let lever = Lever::start(defaults).await;
    let started = std::time::Instant::now();
    let mut taken = 0;
    for _ in 0..40 {
        taken += u32::from(lever.get("/stages").await.status == StatusCode::OK);
    }
    let refilled = (started.elapsed().as_secs_f64() * 10.0).ceil() as u32;
    assert!((20..=20 + refilled).contains(&taken), "{taken} in {:?}", started.elapsed());
}

#[tokio::test]
async fn a_partners_key_may_have_to_say_who_it_is() {
    let lever = Lever::with(0).await;
    lever
        .behave(|b| {
            b.partner_client_id = Some("acme".to_owned());
            b.partner_key_permissions = vec!["stages.list".to_owned()];
            b.key_length = 12;
            b.key_alphabet = "abc".to_owned();
        })
        .await;
    let reveal = lever.press("/settings/integrations/platform/key", &[]).await;
    let page = lever.show(&reveal).await;
    let key = page.split("value=\"").nth(1).unwrap().split('"').next().unwrap().to_owned();
    assert!(key.len() == 12 && key.bytes().all(|byte| b"abc".contains(&byte)), "{key}");
    let get = async |path: &str, client: Option<&str>| {
        let mut request =
            lever.http.get(format!("{}{path}", lever.running.api_url)).basic_auth(&key, Some(""));
        if let Some(client) = client {
            request = request.header("x-lever-client-id", client);
        }
        request.send().await.unwrap().status().as_u16()
    };
    assert_eq!(get("/stages", None).await, 403);
    assert_eq!(get("/stages", Some("other")).await, 403);
    assert_eq!(get("/stages", Some("acme")).await, 200);
    assert_eq!(get("/users", Some("acme")).await, 403, "not among its permissions");
    assert_eq!(lever.get("/users").await.status, StatusCode::OK, "no partner's key");
}
