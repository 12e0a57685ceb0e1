//! Bad input: the error shape of Lever, and nothing stored. A `limit` out of range
//! stands in `reads.rs`, an unknown `perform_as` in `writes.rs`, an upload that is
//! too large in `files.rs`.

use reqwest::{Method, StatusCode};
use serde_json::{Value, json};

use crate::support::{Answer, Lever};

async fn raw(lever: &Lever, method: Method, path: &str, body: &'static str) -> Answer {
    let response = lever
        .http
        .request(method, format!("{}{path}", lever.running.api_url))
        .basic_auth(&lever.key, Some(""))
        .header("content-type", "application/json")
        .body(body)
        .send()
        .await
        .unwrap();
    Answer {
        status: response.status(),
        headers: response.headers().clone(),
        text: response.text().await.unwrap(),
    }
}

/// Everything a create is refused for leaves no trace.
async fn refused(bodies: impl IntoIterator<Item = Value>) {
    let lever = Lever::with(0).await;
    let ana = lever.user("ana@demo.example").await;
    let path = format!("/opportunities?perform_as={ana}");
    for body in bodies {
        let answer = lever.post(&path, body.clone()).await;
        let (status, code, _) = answer.refusal();
        assert_eq!((status, code.as_str()), (400, "BadRequestError"), "{body}");
    }
    assert!(lever.running.opportunities().is_empty(), "nothing stored");
    assert_eq!(lever.running.received().last().unwrap().status, Some(400));
}

#[tokio::test]
async fn malformed_json_is_refused_everywhere() {
    let lever = Lever::with(0).await;
    let ana = lever.user("ana@demo.example").await;
    let id = lever.somebody().await;
    let before = lever.running.opportunities();
    for (method, path) in [
        (Method::POST, format!("/opportunities?perform_as={ana}")),
        (Method::PUT, format!("/opportunities/{id}/stage")),
        (Method::PUT, format!("/opportunities/{id}/archived")),
        (Method::POST, format!("/opportunities/{id}/addTags")),
        (Method::POST, format!("/opportunities/{id}/notes")),
        (Method::POST, format!("/opportunities/{id}/files?perform_as={ana}")),
        (Method::PUT, format!("/contacts/{}", before[0]["contact"].as_str().unwrap())),
        (Method::POST, "/users".to_owned()),
        (Method::POST, "/webhooks".to_owned()),
        (Method::PUT, "/webhooks".to_owned()),
    ] {
        for body in ["{\"name\": ", "{'stage': 'offer'}", "[1]", "\"text\"", "\u{1}"] {
            let answer = raw(&lever, method.clone(), &path, body).await;
            let (status, code, _) = answer.refusal();
            assert_eq!((status, code.as_str()), (400, "BadRequestError"), "{method} {path} {body}");
        }
    }
    assert_eq!(lever.running.opportunities(), before);
    assert_eq!(lever.data("/webhooks").await, json!([]));
}

#[tokio::test]
async fn an_unknown_object_is_told_before_a_bad_body_unless_set_otherwise() {
    let lever = Lever::with(0).await;
    let path = "/opportunities/nobody/stage";
    assert_eq!(raw(&lever, Method::PUT, path, "{").await.status, StatusCode::NOT_FOUND);
    lever.behave(|b| b.validation_order = lever_sim::ValidationOrder::BodyFirst).await;
    assert_eq!(raw(&lever, Method::PUT, path, "{").await.status, StatusCode::BAD_REQUEST);
}

#[tokio::test]
async fn wrong_types_are_refused() {
    refused([
        json!([]),
        json!({"name": 5}),
        json!({"headline": {}}),
        json!({"emails": "x@example.com"}),
        json!({"emails": [1]}),
        json!({"phones": ["555"]}),
        json!({"phones": [{"type": "mobile"}]}),
        json!({"links": {"0": "x"}}),
        json!({"tags": "one"}),
        json!({"sources": [null]}),
        json!({"postings": "one"}),
        json!({"createdAt": "now"}),
        json!({"createdAt": 1.5}),
        json!({"archived": "yes"}),
        json!({"archived": {"archivedAt": 5}}),
    ])
    .await;
}

#[tokio::test]
async fn unknown_names_are_refused() {
    refused([
        json!({"stage": "no-such-stage"}),
        json!({"origin": "elsewhere"}),
        json!({"owner": "nobody"}),
        json!({"followers": ["nobody"]}),
        json!({"postings": ["nothing"]}),
        json!({"contact": "nobody"}),
        json!({"archived": {"reason": "unknown"}}),
    ])
    .await;
}

#[tokio::test]
async fn two_postings_are_refused() {
    let lever = Lever::with(0).await;
    let postings = lever.data("/postings").await;
    refused([json!({"postings": [postings[0]["id"], postings[1]["id"]]})]).await;
}

#[tokio::test]
async fn a_created_at_in_the_future_is_refused() {
    let lever = Lever::with(0).await;
    let future = lever.running.now() + 3_600_000;
    refused([json!({"createdAt": future})]).await;
    let id = lever.somebody().await;
    let path = format!("/opportunities/{id}/notes");
    assert_eq!(lever.post(&path, json!({"value": "x", "createdAt": future})).await.refusal().0, 400);
    assert_eq!(lever.data(&path).await, json!([]));
}

#[tokio::test]
async fn notes_tags_and_links_have_the_limits_that_are_set_and_none_by_default() {
    let lever = Lever::with(0).await;
    let id = lever.somebody().await;
    let base = format!("/opportunities/{id}");
    let long = "x".repeat(50_000);
    let many: Vec<String> = (0..300).map(|n| format!("t{n}")).collect();
    assert_eq!(
        lever.post(&format!("{base}/notes"), json!({"value": long})).await.status,
        StatusCode::CREATED
    );
    assert_eq!(lever.post(&format!("{base}/addTags"), json!({"tags": many})).await.status, StatusCode::OK);
    lever
        .behave(|b| {
            b.note_length_limit = Some(10);
            b.labels_limit = Some(2);
        })
        .await;
    let before = lever.running.opportunities();
    assert_eq!(lever.post(&format!("{base}/notes"), json!({"value": "x".repeat(11)})).await.refusal().0, 400);
    for (deed, field) in [("addTags", "tags"), ("addSources", "sources"), ("addLinks", "links")] {
        let answer = lever.post(&format!("{base}/{deed}"), json!({field: ["a", "b", "c"]})).await;
        assert_eq!(answer.refusal().0, 400, "{deed}");
    }
    assert_eq!(lever.running.opportunities(), before);
}

/// A small generator, so that the same bodies are sent on every run.
struct Dice(u64);

impl Dice {
    fn below(&mut self, bound: usize) -> usize {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        usize::try_from(self.0 >> 33).unwrap() % bound
    }

    fn value(&mut self, depth: usize) -> Value {
        let texts = ["", " ", "offer", "sourced", "x@example.com", "\u{0}", "\u{202e}x", "null", "[]", "é"];
        match self.below(if depth > 1 { 7 } else { 9 }) {
            0 => Value::Null,
            1 => json!(self.below(2) == 0),
            2 => json!([0, -1, i64::MAX, i64::MIN, 1_500_000_000_000][self.below(5)]),
            3 => json!(0.5),
            4..=6 => json!(texts[self.below(texts.len())]),
            7 => (0..self.below(3)).map(|_| self.value(depth + 1)).collect(),
            _ => {
                let names = ["reason", "archivedAt", "type", "value", "x"];
                (0..self.below(3)).map(|_| (names[self.below(5)].to_owned(), self.value(depth + 1))).collect()
            }
        }
    }
}

#[tokio::test]
async fn whatever_is_sent_is_created_or_refused_and_a_refusal_stores_nothing() {
    const FIELDS: [&str; 17] = [
        "name",
        "headline",
        "location",
        "emails",
        "phones",
        "links",
        "tags",
        "sources",
        "stage",
        "origin",
        "owner",
        "followers",
        "postings",
        "contact",
        "createdAt",
        "archived",
        "opportunityLocation",
    ];
    let lever = Lever::with(0).await;
    let ana = lever.user("ana@demo.example").await;
    let path = format!("/opportunities?perform_as={ana}");
    let mut dice = Dice(7);
    let (mut created, mut refused) = (0, 0);
    for _ in 0..600 {
        let count = 1 + dice.below(3);
        let body: Value =
            (0..count).map(|_| (FIELDS[dice.below(FIELDS.len())].to_owned(), dice.value(0))).collect();
        let answer = lever.post(&path, body.clone()).await;
        if answer.status == StatusCode::CREATED {
            created += 1;
            let id = answer.json()["data"]["id"].as_str().unwrap().to_owned();
            assert_eq!(lever.get(&format!("/opportunities/{id}")).await.status, StatusCode::OK, "{body}");
        } else {
            refused += 1;
            assert_eq!(answer.refusal().0, 400, "{body}");
        }
        assert_eq!(lever.running.opportunities().len(), created, "{body}");
    }
    assert!(created > 50 && refused > 50, "{created} and {refused}");
    // Every one of them can be shown.
    assert_eq!(lever.all("/opportunities", 100).await.len(), created);
    lever.show("/candidates").await;
}
