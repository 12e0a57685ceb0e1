//! Faults of the API, and of the account.

use lever_sim::{Fault, FaultKind, When};
use reqwest::{Method, StatusCode};
use serde_json::{Value, json};
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::TcpStream,
};

use crate::support::{KEY, Lever, settings};

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

#[tokio::test]
async fn faults_are_set_by_probability_count_and_schedule_and_report_how_often_they_struck() {
    let lever = Lever::with(0).await;
    let faults = json!({"faults": [
        {"endpoint": "stages.list", "kind": "internal-error", "when": {"schedule": [2]}},
        {"endpoint": "*", "kind": "too-many-requests", "retry_after_seconds": 1, "when": {"probability": 0.0}},
    ]});
    let set = lever.admin(Method::PUT, "/faults", Some(faults)).await;
    assert_eq!(set.status, StatusCode::OK, "{}", set.text);
    let mut statuses = Vec::new();
    for _ in 0..3 {
        statuses.push(lever.get("/stages").await.status.as_u16());
    }
    assert_eq!(statuses, [200, 500, 200]);
    let shown = lever.admin(Method::GET, "/faults", None).await.json();
    assert_eq!(shown["faults"][0]["matched"], 3);
    assert_eq!(shown["faults"][0]["struck"], 1);
    for wrong in [
        json!({"faults": [{"endpoint": "moon.list", "kind": "internal-error", "when": {"count": 1}}]}),
        json!({"faults": [{"endpoint": "*", "kind": "internal-error", "when": {"probability": 2.0}}]}),
    ] {
        let answer = lever.admin(Method::PUT, "/faults", Some(wrong)).await;
        assert_eq!(answer.status, StatusCode::BAD_REQUEST);
    }
}

#[tokio::test]
async fn every_fault_strikes_by_probability_count_calls_and_window() {
    let lever = Lever::with(0).await;
    lever.running.freeze(Some(1_000)).await.unwrap();
    let kinds = [
        FaultKind::TooManyRequests { retry_after_seconds: None },
        FaultKind::TooManyRequests { retry_after_seconds: Some(3) },
        FaultKind::InternalError,
        FaultKind::Unavailable,
        FaultKind::Slow { delay_ms: 1 },
        FaultKind::SlowAnswer { delay_ms: 1 },
        FaultKind::KeyRejected,
        FaultKind::PermissionMissing,
        FaultKind::DropBefore,
        FaultKind::DropAfter,
        FaultKind::DropMidBody,
        FaultKind::AppliedThenError,
        FaultKind::WrongContentType,
        FaultKind::ExtraFields,
    ];
    for kind in kinds {
        for (when, expected) in [
            (When::Probability(1.0), [true, true, true]),
            (When::Probability(0.0), [false, false, false]),
            (When::Count(2), [true, true, false]),
            (When::Schedule(vec![2]), [false, true, false]),
            (When::Window { from: 1_000, to: 1_001 }, [true, true, true]),
            (When::Window { from: 1_001, to: 2_000 }, [false, false, false]),
        ] {
            let fault = Fault::new("stages.list", kind.clone(), when.clone());
            lever.running.set_faults(vec![fault]).await.unwrap();
            for strikes in expected {
                let before = struck(&lever).await;
                let answer = lever.try_call(Method::GET, "/stages", None).await;
                assert_eq!(struck(&lever).await - before == 1, strikes, "{kind:?} {when:?}");
                let untouched = answer.is_ok_and(|answer| {
                    answer.status == StatusCode::OK
                        && answer.headers["content-type"] == "application/json; charset=utf-8"
                        && answer.json()["data"][0].get("practiceExtra").is_none()
                });
                let visible =
                    strikes && !matches!(kind, FaultKind::Slow { .. } | FaultKind::SlowAnswer { .. });
                assert_eq!(untouched, !visible, "{kind:?} {when:?}");
            }
        }
    }
}

/// How often the first fault has struck.
async fn struck(lever: &Lever) -> u64 {
    lever.admin(Method::GET, "/faults", None).await.json()["faults"][0]["struck"].as_u64().unwrap()
}

#[tokio::test]
async fn a_key_or_its_permission_can_seem_gone_for_a_while() {
    let lever = Lever::with(0).await;
    let ana = lever.user("ana@demo.example").await;
    let create = format!("/opportunities?perform_as={ana}");
    for (kind, status, code) in [
        (FaultKind::KeyRejected, 401, "UnauthorizedError"),
        (FaultKind::PermissionMissing, 403, "ForbiddenError"),
    ] {
        let fault = Fault::new("opportunities.create", kind, When::Count(1));
        lever.running.set_faults(vec![fault]).await.unwrap();
        let (met, called, _) = lever.post(&create, json!({"name": "Nobody"})).await.refusal();
        assert_eq!((met, called.as_str()), (status, code));
        assert!(lever.running.opportunities().is_empty());
    }
    assert_eq!(lever.post(&create, json!({"name": "Somebody"})).await.status, StatusCode::CREATED);
}

#[tokio::test]
async fn what_some_calls_create_can_show_up_in_lists_late() {
    let lever = Lever::with(0).await;
    lever.running.freeze(None).await.unwrap();
    let late = FaultKind::ListLag { delay_ms: 5_000 };
    let fault = Fault::new("opportunities.create", late, When::Schedule(vec![2]));
    lever.running.set_faults(vec![fault]).await.unwrap();
    let names = async || {
        let mut names = crate::support::texts(&lever.data("/opportunities").await, "name");
        names.sort();
        names
    };
    let mut ids = Vec::new();
    for name in ["A", "B", "C"] {
        let made = lever.create(json!({"name": name, "emails": [format!("{name}@example.com")]})).await;
        ids.push(made["data"]["id"].as_str().unwrap().to_owned());
    }
    assert_eq!(names().await, ["A", "C"]);
    assert_eq!(lever.data("/opportunities?email=b@example.com").await, json!([]));
    assert_eq!(lever.data(&format!("/opportunities/{}", ids[1])).await["name"], "B", "by its id at once");
    lever.running.step(5_000).await.unwrap();
    assert_eq!(names().await, ["A", "B", "C"]);
}

#[tokio::test]
async fn what_a_probability_decides_follows_from_the_seed() {
    let statuses = async |seed: u64| {
        let lever = Lever::start(lever_sim::Settings { seed, ..settings(0) }).await;
        let fault = Fault::new("*", FaultKind::InternalError, When::Probability(0.2));
        lever.running.set_faults(vec![fault]).await.unwrap();
        let mut statuses = Vec::new();
        for _ in 0..60 {
            statuses.push(lever.get("/stages").await.status.as_u16());
        }
        statuses
    };
    let seven = statuses(7).await;
    assert!(seven.contains(&200) && seven.contains(&500));
    assert_eq!(statuses(7).await, seven);
    assert_ne!(statuses(8).await, seven);
}

#[tokio::test]
async fn a_maintenance_window_answers_503_until_the_clock_has_passed_it() {
    let lever = Lever::with(0).await;
    let ana = lever.user("ana@demo.example").await;
    let now = lever.running.freeze(None).await.unwrap();
    let window = json!({"faults": [{"endpoint": "*", "kind": "unavailable",
        "when": {"window": {"from": now + 1_000, "to": now + 60_000}}}]});
    let set = lever.admin(Method::PUT, "/faults", Some(window)).await;
    assert_eq!(set.status, StatusCode::OK, "{}", set.text);
    assert_eq!(lever.get("/stages").await.status, StatusCode::OK);
    lever.running.step(1_000).await.unwrap();
    let create = format!("/opportunities?perform_as={ana}");
    assert_eq!(lever.post(&create, json!({"name": "Nobody"})).await.status, StatusCode::SERVICE_UNAVAILABLE);
    lever.running.step(59_000).await.unwrap();
    assert_eq!(lever.data("/opportunities").await, json!([]), "nothing was applied");
}

#[tokio::test]
async fn a_connection_dropped_before_the_request_is_read_ends_without_its_body() {
    let lever = Lever::with(0).await;
    let fault = Fault::new("opportunities.create", FaultKind::DropBefore, When::Count(1));
    lever.running.set_faults(vec![fault]).await.unwrap();
    let mut line = TcpStream::connect(lever.running.address).await.unwrap();
    line.write_all(b"POST /v1/opportunities HTTP/1.1\r\nhost: x\r\ncontent-length: 100\r\n\r\n")
        .await
        .unwrap();
    let mut answer = Vec::new();
    // The end, or a reset: either way nothing was said.
    let _end_or_reset = line.read_to_end(&mut answer).await;
    assert!(answer.is_empty());
    let received = lever.running.received();
    assert_eq!((received[0].status, received[0].body.as_str()), (None, ""));
}

#[tokio::test]
async fn a_request_that_lever_gives_up_on_is_not_applied() {
    let lever = Lever::with(0).await;
    let ana = lever.user("ana@demo.example").await;
    lever
        .behave(|b| {
            b.request_timeout_ms = Some(20);
            b.request_timeout_status = 500;
        })
        .await;
    let slow = Fault::new("*", FaultKind::Slow { delay_ms: 3_600_000 }, When::Count(1));
    lever.running.set_faults(vec![slow]).await.unwrap();
    let answer = lever.post(&format!("/opportunities?perform_as={ana}"), json!({"name": "Never"})).await;
    assert_eq!(answer.refusal().0, 500);
    assert!(lever.running.opportunities().is_empty());
}

#[tokio::test]
async fn the_bodies_of_a_500_and_a_503_are_as_set() {
    let lever = Lever::with(0).await;
    lever
        .behave(|b| {
            b.internal_error_code = "Boom".to_owned();
            b.internal_error_message = "It broke.".to_owned();
            b.unavailable_content_type = "text/plain".to_owned();
            b.unavailable_body = "closed".to_owned();
        })
        .await;
    let fault = |kind| vec![Fault::new("stages.list", kind, When::Count(1))];
    lever.running.set_faults(fault(FaultKind::InternalError)).await.unwrap();
    assert_eq!(lever.get("/stages").await.refusal(), (500, "Boom".to_owned(), "It broke.".to_owned()));
    lever.running.set_faults(fault(FaultKind::Unavailable)).await.unwrap();
    let answer = lever.get("/stages").await;
    assert_eq!(
        (answer.headers["content-type"].to_str().unwrap(), answer.text.as_str()),
        ("text/plain", "closed")
    );
}

#[tokio::test]
async fn a_revoked_key_a_deactivated_user_and_a_stage_that_is_gone_are_refused() {
    let lever = Lever::with(0).await;
    let ana = lever.user("ana@demo.example").await;
    let screen = lever.stage_id("Recruiter screen").await;
    let id = lever.somebody().await;
    let change = async |path: &str, body: Value| {
        let answer = lever.admin(Method::PUT, path, Some(body)).await;
        assert_eq!(answer.status, StatusCode::OK, "{}", answer.text);
    };
    change(&format!("/stages/{screen}"), json!({"text": "Renamed", "active": false})).await;
    let path = format!("/opportunities/{id}/stage");
    let (status, _, message) = lever.put(&path, json!({"stage": screen})).await.refusal();
    assert_eq!((status, message), (400, format!("stages {screen} was not found")));
    assert_eq!(lever.data(&format!("/stages/{screen}")).await["text"], "Renamed", "still read by its id");
    change(&format!("/users/{ana}"), json!({"active": false})).await;
    let path = format!("/opportunities?perform_as={ana}");
    assert_eq!(lever.post(&path, json!({"name": "Late"})).await.refusal().0, 400);
    let keys = lever.admin(Method::GET, "/keys", None).await.json();
    let key = keys["keys"][0]["id"].as_str().unwrap();
    lever.admin(Method::DELETE, &format!("/keys/{key}"), None).await;
    assert_eq!(lever.get("/stages").await.refusal().0, 401, "{KEY} is gone");
    assert_eq!(lever.running.opportunities().len(), 1);
}
