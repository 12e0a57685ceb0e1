//! Every way in which a call can fail, and what the caller may conclude from it.

use std::{sync::Arc, time::Duration};

use lever::{
    BaseUrl, Client, Error, ErrorKind, NewOpportunity, Priority, RateBudget, RateConfig, SecretString,
    Transport,
};
use serde_json::json;
use tokio::{
    net::TcpListener,
    time::{Instant, timeout},
};

use crate::support::{KEY, Play, Script, client};

async fn create(client: &Client) -> Error {
    let new = NewOpportunity {
        name: "Jo Doe".to_owned(),
        emails: vec!["jo@acme.example".to_owned()],
        ..NewOpportunity::default()
    };
    client.create_opportunity(&new, "u1").await.unwrap_err()
}

async fn create_against(play: Play) -> Error {
    let script = Script::play([play]).await;
    let error = create(&script.client()).await;
    // A write is never repeated behind the caller's back.
    assert_eq!(script.lines(), ["POST /v1/opportunities?perform_as=u1"]);
    error
}

#[tokio::test]
async fn each_status_has_its_kind() {
    for (status, kind, certainly_not_applied) in [
        (301, ErrorKind::Redirected, false),
        (400, ErrorKind::BadRequest, true),
        (401, ErrorKind::Unauthorized, true),
        (403, ErrorKind::Forbidden, true),
        (404, ErrorKind::NotFound, true),
        (409, ErrorKind::Conflict, false),
        (429, ErrorKind::RateLimited { retry_after: None }, true),
        (500, ErrorKind::ServerFault, false),
        (503, ErrorKind::Unavailable, false),
    ] {
        let error = create_against(Play::error(status, "SomeError", "Some message.")).await;
        assert_eq!(error.kind(), kind);
        assert_eq!(error.status(), Some(status));
        assert_eq!(error.certainly_not_applied(), certainly_not_applied);
        assert_eq!(error.lever_message(), Some("Some message."));
    }
}

#[tokio::test]
async fn a_redirect_is_not_followed() {
    let elsewhere = Script::play([]).await;
    let error = create_against(Play::raw(&format!(
        "HTTP/1.1 307 Temporary Redirect\r\nlocation: {}/opportunities\r\ncontent-length: 0\r\n\r\n",
        elsewhere.base()
    )))
    .await;
    assert_eq!(error.kind(), ErrorKind::Redirected);
    assert!(!error.retryable());
    assert!(elsewhere.lines().is_empty());
}

#[tokio::test]
async fn a_503_need_not_be_json() {
    let error = create_against(Play::text(503, "text/html", "<h1>Down for\nwork</h1>")).await;
    assert_eq!(error.kind(), ErrorKind::Unavailable);
    assert_eq!(error.lever_message(), Some("<h1>Down for work</h1>"));
    assert!(error.retryable());
    // Nor need its body arrive.
    let error =
        create_against(Play::Cut(b"HTTP/1.1 503 Unavailable\r\ncontent-length: 100\r\n\r\n<h1>".to_vec()))
            .await;
    assert_eq!(error.kind(), ErrorKind::Unavailable);
}

#[tokio::test]
async fn a_429_may_name_a_pause() {
    let error = create_against(Play::raw(
        "HTTP/1.1 429 Too Many Requests\r\nretry-after: 7\r\ncontent-length: 0\r\n\r\n",
    ))
    .await;
    let pause = Some(Duration::from_secs(7));
    assert_eq!(error.kind(), ErrorKind::RateLimited { retry_after: pause });
    assert_eq!(error.retry_after(), pause);
    assert_eq!(error.lever_message(), None);
}

#[tokio::test]
async fn after_a_429_the_budget_of_the_key_waits() {
    let script = Script::play([
        Play::raw("HTTP/1.1 429 Too Many Requests\r\nretry-after: 1\r\ncontent-length: 0\r\n\r\n"),
        Play::json(200, &json!({ "data": [] })),
    ])
    .await;
    let client = script.client();
    client.webhooks().await.unwrap_err();
    let started = Instant::now();
    // Another priority, but the same key.
    client.at(Priority::Click).webhooks().await.unwrap();
    assert!(started.elapsed() >= Duration::from_millis(950));
}

#[tokio::test]
async fn a_connection_that_is_refused_was_not_used() {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    drop(listener);
    let base = BaseUrl::parse_override(&format!("http://{address}")).unwrap();
    let error = create(&client(&base, Duration::from_secs(5))).await;
    assert_eq!(error.kind(), ErrorKind::NotSent);
    assert!(error.certainly_not_applied() && error.retryable());
}

#[tokio::test]
async fn a_failed_tls_handshake_sends_nothing() {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    tokio::spawn(async move {
        while let Ok((stream, _)) = listener.accept().await {
            drop(stream);
        }
    });
    let base = BaseUrl::parse_override(&format!("https://{address}")).unwrap();
    let error = create(&client(&base, Duration::from_secs(5))).await;
    assert_eq!(error.kind(), ErrorKind::NotSent);
    assert!(error.certainly_not_applied() && error.retryable());
}

#[tokio::test]
async fn a_host_that_does_not_exist_was_not_reached() {
    // RFC 2606: never resolves.
    let base = BaseUrl::parse_override("https://lever.invalid").unwrap();
    let error = create(&client(&base, Duration::from_secs(20))).await;
    assert_eq!(error.kind(), ErrorKind::NotSent);
}

#[tokio::test]
async fn a_connection_dropped_after_the_request_is_ambiguous() {
    let error = create_against(Play::Cut(Vec::new())).await;
    assert_eq!(error.kind(), ErrorKind::Ambiguous);
    assert!(!error.certainly_not_applied());
    assert!(error.retryable());
    assert_eq!(error.status(), None);
}

#[tokio::test]
async fn a_success_cut_short_is_ambiguous() {
    for cut in [
        "HTTP/1.1 201 Crea",
        "HTTP/1.1 201 Created\r\ncontent-length: 100\r\n\r\n{\"data\":{\"id\":\"o1\"",
        "HTTP/1.1 201 Created\r\ntransfer-encoding: chunked\r\n\r\n5\r\n{\"dat",
    ] {
        let error = create_against(Play::Cut(cut.as_bytes().to_vec())).await;
        assert_eq!(error.kind(), ErrorKind::Ambiguous, "{cut}");
        assert!(!error.certainly_not_applied());
    }
}

#[tokio::test]
async fn no_answer_within_the_deadline_is_ambiguous() {
    let slow_body = Play::raw("HTTP/1.1 201 Created\r\ncontent-length: 100\r\n\r\n{\"data\":{\"id\":");
    for play in [Play::Silence, slow_body] {
        let script = Script::play([play]).await;
        let client = client(&script.base(), Duration::from_millis(300));
        let error = timeout(Duration::from_secs(5), create(&client))
            .await
            .expect("the deadline did not end the request");
        assert_eq!(error.kind(), ErrorKind::Ambiguous);
        assert!(!error.certainly_not_applied());
    }
}

#[tokio::test]
async fn a_success_that_is_not_what_it_should_be_is_unreadable() {
    for body in ["", "<html>", "{}", r#"{"data":null}"#, r#"{"data":{"name":"x"}}"#] {
        let error = create_against(Play::text(201, "application/json", body)).await;
        assert_eq!(error.kind(), ErrorKind::Unreadable, "{body}");
        assert_eq!(error.status(), Some(201));
        assert!(!error.certainly_not_applied());
    }
}

#[tokio::test]
async fn an_endless_body_is_not_read_to_the_end() {
    let megabyte = "x".repeat(1 << 20);
    let chunk = format!("{:x}\r\n{megabyte}\r\n", megabyte.len());
    let body = chunk.repeat(17);
    let error =
        create_against(Play::raw(&format!("HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n{body}")))
            .await;
    assert_eq!(error.kind(), ErrorKind::Unreadable);
}

#[tokio::test]
async fn a_write_that_succeeded_is_a_success_even_when_its_answer_is_lost() {
    let script =
        Script::play([Play::Cut(b"HTTP/1.1 200 OK\r\ncontent-length: 100\r\n\r\n{\"data\":".to_vec())]).await;
    script.client().move_stage("o1", "offer", None).await.unwrap();
}

#[tokio::test]
async fn neither_key_nor_address_shows_in_an_error() {
    for play in [
        Play::error(403, "ForbiddenError", &format!("key {KEY} may not")),
        Play::Cut(Vec::new()),
        Play::text(201, "application/json", r#"{"data":"jo@acme.example"}"#),
    ] {
        let error = create_against(play).await;
        let mut texts = vec![error.to_string(), format!("{error:?}")];
        let mut source = std::error::Error::source(&error);
        while let Some(error) = source {
            texts.push(format!("{error} {error:?}"));
            source = error.source();
        }
        for text in texts {
            for secret in [KEY, "jo@acme.example", "cHJhY3RpY2Uta2V5", "perform_as"] {
                assert!(!text.contains(secret), "{secret} in {text}");
            }
        }
    }
    let base = BaseUrl::parse_override("http://127.0.0.1:1").unwrap();
    assert!(!format!("{:?}", client(&base, Duration::from_secs(1))).contains(KEY));
}

#[tokio::test]
async fn a_reserved_place_is_used_by_the_first_request_only() {
    let empty = Play::json(200, &json!({ "data": [] }));
    let script = Script::play([empty.clone(), empty]).await;
    let transport = Transport::new(Duration::from_secs(5)).unwrap();
    let budget = Arc::new(RateBudget::new(RateConfig { per_second: 0.01, burst: 1 }));
    let client = Client::new(&transport, &script.base(), SecretString::from(format!(" {KEY}\n")), budget);
    let ready = client.reserve().await;
    ready.webhooks().await.unwrap();
    // The next token comes in a hundred seconds.
    assert!(timeout(Duration::from_millis(200), ready.webhooks()).await.is_err());
    assert_eq!(script.lines().len(), 1);
}
