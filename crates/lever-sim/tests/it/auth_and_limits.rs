//! Auth and limits.

use lever_sim::{Fault, FaultKind, When};
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
async fn fault_switches_for_errors_and_slow_answers() {
    let lever = Lever::with(0).await;
    let set =
        |kind: FaultKind| lever.running.set_faults(vec![Fault::new("stages.list", kind, When::Count(1))]);
    set(FaultKind::InternalError).await.unwrap();
    assert_eq!(lever.get("/stages").await.refusal().0, 500);
    assert_eq!(lever.get("/stages").await.status, StatusCode::OK);

    set(FaultKind::Unavailable).await.unwrap();
    let answer = lever.get("/stages").await;
    assert_eq!(answer.status, StatusCode::SERVICE_UNAVAILABLE);
    assert!(serde_json::from_str::<serde_json::Value>(&answer.text).is_err());

    set(FaultKind::TooManyRequests { retry_after_seconds: Some(2) }).await.unwrap();
    let answer = lever.get("/stages").await;
    assert_eq!(answer.refusal().0, 429);
    assert_eq!(answer.headers["retry-after"], "2");

    set(FaultKind::Slow { delay_ms: 120 }).await.unwrap();
    let started = std::time::Instant::now();
    assert_eq!(lever.get("/stages").await.status, StatusCode::OK);
    assert!(started.elapsed().as_millis() >= 120);

    set(FaultKind::WrongContentType).await.unwrap();
    assert_eq!(lever.get("/stages").await.headers["content-type"], "text/html");

    set(FaultKind::ExtraFields).await.unwrap();
    assert!(lever.get("/stages").await.json()["data"][0]["practiceExtra"].is_object());
}

#[tokio::test]
async fn a_connection_can_be_dropped_before_after_and_in_the_middle() {
    let lever = Lever::with(0).await;
    let ana = lever.user("ana@demo.example").await;
    let path = format!("/opportunities?perform_as={ana}");
    let create = async |kind: FaultKind| {
        lever
            .running
            .set_faults(vec![Fault::new("opportunities.create", kind, When::Count(1))])
            .await
            .unwrap();
        let body = Some(json!({"name": "Dropped Person"}));
        lever.try_call(Method::POST, &path, body).await
    };
    assert!(create(FaultKind::DropBefore).await.is_err());
    assert_eq!(lever.running.opportunities().len(), 0);

    assert!(create(FaultKind::DropAfter).await.is_err());
    assert_eq!(lever.running.opportunities().len(), 1);

    assert!(create(FaultKind::DropMidBody).await.is_err());
    assert_eq!(lever.running.opportunities().len(), 2);

    let answer = create(FaultKind::AppliedThenError).await.unwrap();
    assert_eq!(answer.refusal().0, 500);
    assert_eq!(lever.running.opportunities().len(), 3);

    // However short the answer is.
    let cut = vec![Fault::new("tags.list", FaultKind::DropMidBody, When::Count(1))];
    lever.running.set_faults(cut).await.unwrap();
    assert!(lever.try_call(Method::GET, "/tags", None).await.is_err());

    // The next request is answered: only that connection was cut.
    assert_eq!(lever.get("/stages").await.status, StatusCode::OK);
}
