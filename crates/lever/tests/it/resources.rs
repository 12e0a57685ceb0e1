//! Users, stages, archive reasons, contacts, notes, files and webhook subscriptions.

use std::time::Duration;

use lever::{
    ArchiveReasonKind, ContactChange, ErrorKind, ExposeSecret, NewFile, Phone, Stage, UserFilter,
    webhook::{self, Event},
};
use serde_json::{Value, json};

use crate::support::{Play, Script};

#[tokio::test]
async fn users_are_listed() {
    let script = Script::play([Play::json(
        200,
        &json!({
            "data": [
                { "id": "8890620d", "name": "Jo Doe", "username": "jodoe", "email": "jo@acme.com",
                  "accessRole": "super admin", "photo": null, "createdAt": 1711661927140_i64,
                  "deactivatedAt": null, "externalDirectoryId": null, "linkedContactIds": null,
                  "jobTitle": null, "managerId": null },
                { "id": "b1", "name": null, "email": null, "deactivatedAt": 1711661927141_i64 }
            ],
            "hasNext": false
        }),
    )])
    .await;
    let users = script.client().users(UserFilter::default()).await.unwrap();
    assert_eq!(script.lines(), ["GET /v1/users?limit=100"]);
    assert_eq!(users.len(), 2);
    assert_eq!(users[0].id, "8890620d");
    assert_eq!(users[0].name, "Jo Doe");
    assert_eq!(users[0].username, "jodoe");
    assert_eq!(users[0].email.as_deref(), Some("jo@acme.com"));
    assert_eq!(users[0].access_role.as_deref(), Some("super admin"));
    assert!(users[0].is_active());
    assert_eq!(users[1].name, "");
    assert_eq!(users[1].email, None);
    assert!(!users[1].is_active());
}

#[tokio::test]
async fn users_are_filtered_by_canonical_address() {
    let script = Script::play([Play::json(200, &json!({ "data": [], "hasNext": false }))]).await;
    let filter = UserFilter { include_deactivated: true, email: Some(" Jo+x@Acme.COM ".to_owned()) };
    assert_eq!(script.client().users(filter).await.unwrap(), []);
    assert_eq!(script.lines(), ["GET /v1/users?limit=100&includeDeactivated=true&email=jo%2Bx%40acme.com"]);
    let filter = UserFilter { include_deactivated: false, email: Some(" ".to_owned()) };
    let error = script.client().users(filter).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::InvalidArgument);
    assert_eq!(script.lines().len(), 1);
}

#[tokio::test]
async fn stages_keep_their_order_and_their_fixed_ids() {
    let script = Script::play([Play::json(
        200,
        &json!({
            "data": [
                { "id": "lead-new", "text": "New lead" },
                { "id": "18b36353-0c7d-4b8e-a6b1-1c4f2a1de9c3", "text": "Phone screen" },
                { "id": "offer", "text": "Offer" }
            ],
            "hasNext": false
        }),
    )])
    .await;
    let stages = script.client().stages().await.unwrap();
    assert_eq!(script.lines(), ["GET /v1/stages?limit=100"]);
    let ids: Vec<&str> = stages.iter().map(|stage| stage.id.as_str()).collect();
    assert_eq!(ids, [Stage::NEW_LEAD, "18b36353-0c7d-4b8e-a6b1-1c4f2a1de9c3", Stage::OFFER]);
    assert_eq!(stages[1].text, "Phone screen");
}

#[tokio::test]
async fn archive_reasons_know_which_one_means_hired() {
    let script = Script::play([Play::json(
        200,
        &json!({
            "data": [
                { "id": "r1", "text": "Hired", "status": "active", "type": "hired" },
                { "id": "r2", "text": "Timing", "status": "inactive", "type": "non-hired" },
                { "id": "r3", "text": "Odd", "status": "active", "type": "other" },
                { "id": "r4", "text": "Older", "status": "active" }
            ],
            "hasNext": false
        }),
    )])
    .await;
    let reasons = script.client().archive_reasons().await.unwrap();
    assert_eq!(script.lines(), ["GET /v1/archive_reasons?limit=100"]);
    let kinds: Vec<_> = reasons.iter().map(|reason| reason.kind).collect();
    assert_eq!(
        kinds,
        [
            ArchiveReasonKind::Hired,
            ArchiveReasonKind::NonHired,
            ArchiveReasonKind::Unknown,
            ArchiveReasonKind::Unknown
        ]
    );
    assert!(reasons[0].is_active());
    assert!(!reasons[1].is_active());
}

/// A posting as recorded from Lever, with the fields that nobody here reads.
fn recorded_posting(id: &str, state: &str) -> Value {
    json!({
        "id": id, "text": "Backend Engineer", "state": state,
        "distributionChannels": ["public", "internal"],
        "user": "8890620d", "owner": "8890620d", "hiringManager": null,
        "categories": { "commitment": "Full-time", "department": "Product", "level": null,
                        "location": "Berlin", "team": "Engineering", "allLocations": ["Berlin"] },
        "tags": [], "content": { "description": "", "descriptionHtml": "", "lists": [],
                                 "closing": "", "closingHtml": "" },
        "country": "US", "followers": [], "reqCode": null, "requisitionCodes": [],
        "urls": { "list": "https://jobs.lever.co/acme", "show": "https://jobs.lever.co/acme/p1" },
        "confidentiality": "non-confidential", "createdAt": 1711661927140_i64,
        "updatedAt": 1711661927140_i64, "workplaceType": "unspecified"
    })
}

#[tokio::test]
async fn published_postings_are_listed_on_both_channels() {
    let script = Script::play([
        Play::json(
            200,
            &json!({ "data": [recorded_posting("p1", "published")], "hasNext": true, "next": "%5B1%5D" }),
        ),
        Play::json(
            200,
            &json!({ "data": [{ "id": "p2", "text": null, "categories": null }], "hasNext": false }),
        ),
    ])
    .await;
    let postings = script.client().published_postings().await.unwrap();
    let asked =
        "GET /v1/postings?limit=100&state=published&distributionChannel=public&distributionChannel=internal";
    assert_eq!(script.lines(), [asked.to_owned(), format!("{asked}&offset=%255B1%255D")]);
    assert_eq!((postings[0].id.as_str(), postings[0].text.as_str()), ("p1", "Backend Engineer"));
    assert!(postings[0].is_published() && !postings[0].is_confidential());
    assert_eq!(postings[0].owner.as_deref(), Some("8890620d"));
    let belongs = &postings[0].categories;
    assert_eq!(
        [belongs.location.as_str(), belongs.team.as_str(), belongs.department.as_str()],
        ["Berlin", "Engineering", "Product"]
    );
    assert_eq!((postings[1].text.as_str(), postings[1].is_published()), ("", false));
}

#[tokio::test]
async fn one_posting_is_read_in_any_state_or_is_not_there() {
    let script = Script::play([
        Play::json(200, &json!({ "data": recorded_posting("p1", "closed") })),
        Play::error(404, "ResourceNotFound", "postings p2 was not found"),
        Play::error(403, "ForbiddenError", "confidential"),
    ])
    .await;
    let client = script.client();
    assert!(!client.posting("p1").await.unwrap().unwrap().is_published());
    assert_eq!(client.posting("p2").await.unwrap(), None);
    assert_eq!(client.posting("p3").await.unwrap_err().kind(), ErrorKind::Forbidden);
    assert_eq!(script.lines(), ["GET /v1/postings/p1", "GET /v1/postings/p2", "GET /v1/postings/p3"]);
}

#[tokio::test]
async fn of_a_contact_only_what_is_given_is_changed() {
    let answer = Play::json(200, &json!({ "data": { "id": "c1" } }));
    let script = Script::play([answer.clone(), answer]).await;
    let client = script.client();
    let emails = Some(vec!["jo@people.example".to_owned()]);
    client.update_contact("c1", &ContactChange { emails, phones: None }).await.unwrap();
    let phones = Some(vec![Phone { kind: Some("work".to_owned()), value: "1".to_owned() }]);
    client.update_contact("c1", &ContactChange { emails: None, phones }).await.unwrap();
    let seen: Vec<(String, serde_json::Value)> =
        script.seen().iter().map(|seen| (seen.line.clone(), seen.json())).collect();
    let line = "PUT /v1/contacts/c1".to_owned();
    let expected = [
        (line.clone(), json!({ "emails": ["jo@people.example"] })),
        (line, json!({ "phones": [{ "type": "work", "value": "1" }] })),
    ];
    assert_eq!(seen, expected);
}

#[tokio::test]
async fn a_contact_has_its_place_as_an_object() {
    let script = Script::play([
        Play::json(
            200,
            &json!({ "data": {
                "id": "c1", "name": "Shane Smith", "headline": "Brickly LLC", "isAnonymized": false,
                "location": { "name": "Oakland" }, "emails": ["shane@exampleq3.com"],
                "phones": [{ "type": null, "value": "(123) 456-7891" }],
                "dataProtection": { "interviewIntelligence": { "allowed": true, "expiresAt": null } }
            } }),
        ),
        Play::error(404, "ResourceNotFound", "contacts c2 was not found"),
    ])
    .await;
    let client = script.client();
    let contact = client.contact("c1").await.unwrap().unwrap();
    assert_eq!(contact.location, "Oakland");
    assert_eq!(contact.phones[0].kind, None);
    assert_eq!(contact.phones[0].value, "(123) 456-7891");
    assert_eq!(client.contact("c2").await.unwrap(), None);
    assert_eq!(script.lines(), ["GET /v1/contacts/c1", "GET /v1/contacts/c2"]);
}

#[tokio::test]
async fn a_note_is_added_and_its_id_read_from_either_field() {
    let recorded = json!({ "data": {
        "id": "7f8004a4", "text": "Note",
        "fields": [{ "createdAt": 1782974189118_i64, "score": null, "stage": "lead-reached-out",
                     "text": "Comment", "type": "note", "user": "be129d9b", "value": "hello" }],
        "user": "be129d9b", "secret": false, "completedAt": 1782974189118_i64, "deletedAt": null,
        "createdAt": 1782974189118_i64, "noteId": "7f8004a4-note" } });
    let script = Script::play([
        Play::json(201, &recorded),
        Play::json(201, &json!({ "data": { "noteId": "documented" } })),
        Play::json(201, &json!({ "data": { "id": "only-id" } })),
    ])
    .await;
    let client = script.client();
    let id = client.add_note("o1", "hello\nyou", Some("be129d9b")).await;
    assert_eq!(id.unwrap(), "7f8004a4-note");
    assert_eq!(client.add_note("o1", "x", None).await.unwrap(), "documented");
    assert_eq!(client.add_note("o1", "x", None).await.unwrap(), "only-id");
    let seen = script.seen();
    assert_eq!(seen[0].line, "POST /v1/opportunities/o1/notes?perform_as=be129d9b");
    assert_eq!(seen[0].header("content-type"), Some("application/json"));
    assert_eq!(seen[0].json(), json!({ "value": "hello\nyou" }));
    assert_eq!(seen[1].line, "POST /v1/opportunities/o1/notes");
}

#[tokio::test]
async fn notes_are_listed_with_their_texts_over_all_pages() {
    let script = Script::play([
        Play::json(
            200,
            &json!({ "data": [{ "id": "n2", "text": "Note", "fields": [
                { "type": "note", "text": "Comment", "value": "hello", "score": null },
                { "type": "score", "value": 4 }, { "type": "note" }
            ] }], "hasNext": true, "next": "%5B1%5D" }),
        ),
        Play::json(200, &json!({ "data": [{ "id": "n1", "fields": null }], "hasNext": false })),
        Play::error(404, "ResourceNotFound", "opportunities o2 was not found"),
    ])
    .await;
    let client = script.client();
    let notes = client.notes("o1").await.unwrap();
    let texts: Vec<&str> = notes[0].fields.iter().map(|field| field.value.as_str()).collect();
    assert_eq!((notes.len(), texts), (2, vec!["hello", "", ""]));
    assert_eq!((notes[1].id.as_str(), notes[1].fields.len()), ("n1", 0));
    assert_eq!(client.notes("o2").await.unwrap_err().kind(), ErrorKind::NotFound);
    assert_eq!(
        script.lines(),
        [
            "GET /v1/opportunities/o1/notes?limit=100",
            "GET /v1/opportunities/o1/notes?limit=100&offset=%255B1%255D",
            "GET /v1/opportunities/o2/notes?limit=100"
        ]
    );
}

#[tokio::test]
async fn a_file_is_uploaded_as_a_form_and_listed() {
    let file = json!({ "id": "f1", "downloadUrl": "https://lever.example/f1", "ext": ".pdf",
                       "name": "Jo \u{1f600}.pdf", "uploadedAt": 1782974189118_i64, "status": "processed",
                       "size": 6 });
    let script = Script::play([
        Play::json(200, &json!({ "data": file })),
        Play::json(
            200,
            &json!({ "data": [file, { "id": "f2", "name": null, "size": null }], "hasNext": false }),
        ),
        Play::error(403, "ForbiddenError", "no"),
        Play::error(408, "RequestTimeout", "File took too long to upload."),
        Play::Silence,
    ])
    .await;
    let client = script.client();
    let new = NewFile {
        name: "Jo \u{1f600}\".pdf".to_owned(),
        media_type: "application/pdf".to_owned(),
        bytes: b"%PDF-1".to_vec(),
    };
    let long = Duration::from_secs(10);
    let uploaded = client.upload_file("o1", new.clone(), "u1", long).await.unwrap();
    let (name, size) = (uploaded.name.as_str(), uploaded.size);
    assert_eq!((uploaded.id.as_str(), name, size), ("f1", "Jo \u{1f600}.pdf", Some(6)));
    let files = client.files("o1").await.unwrap();
    assert_eq!((files[0].uploaded_at, files[1].size), (Some(1_782_974_189_118), None));

    let refused = client.upload_file("o1", new.clone(), "u1", long).await.unwrap_err();
    assert!(refused.kind() == ErrorKind::Forbidden && refused.certainly_not_applied());
    // Lever's own time limit, and ours: it may have arrived.
    for deadline in [long, Duration::from_millis(50)] {
        let slow = client.upload_file("o1", new.clone(), "u1", deadline).await.unwrap_err();
        assert!(slow.kind() == ErrorKind::Ambiguous && !slow.certainly_not_applied());
    }
    let unsendable = [
        NewFile { media_type: "none".to_owned(), ..new.clone() },
        NewFile { name: "a\r\nContent-Type: text/html\r\n\r\n".to_owned(), ..new.clone() },
        NewFile { name: String::new(), ..new },
    ];
    for file in unsendable {
        let error = client.upload_file("o1", file, "u1", long).await.unwrap_err();
        assert_eq!(error.kind(), ErrorKind::InvalidArgument);
    }

    let seen = script.seen();
    assert_eq!(seen.len(), 5);
    assert_eq!(seen[0].line, "POST /v1/opportunities/o1/files?perform_as=u1");
    assert_eq!(seen[1].line, "GET /v1/opportunities/o1/files?limit=100");
    let kind = seen[0].header("content-type").unwrap();
    assert!(kind.starts_with("multipart/form-data; boundary="), "{kind}");
    let body = String::from_utf8_lossy(&seen[0].body);
    for part in ["name=\"file\"", "Content-Type: application/pdf", "\r\n\r\n%PDF-1\r\n--"] {
        assert!(body.contains(part), "{part} is missing in {body}");
    }
}

/// The recorded answer to `POST /webhooks`.
fn created_webhook() -> Value {
    json!({
        "id": "w1", "event": "candidateHired", "url": "https://example.com/hook",
        "configuration": {
            "conditions": { "origins": ["applied", "sourced", "referred", "university", "internal",
                                        "agency"] },
            "signatureToken": "00112233445566778899aabbccddeeff0011223344556677"
        },
        "createdAt": 1782974189118_i64, "updatedAt": 1782974189118_i64
    })
}

#[tokio::test]
async fn a_webhook_is_created_whether_the_answer_is_nested_once_or_twice() {
    let script = Script::play([
        Play::json(201, &json!({ "data": created_webhook() })),
        Play::json(201, &json!({ "data": { "data": created_webhook() } })),
    ])
    .await;
    let client = script.client();
    for verify in [false, true] {
        let created =
            client.create_webhook("https://example.com/hook", &Event::CandidateHired, verify).await.unwrap();
        assert_eq!(created.id, "w1");
        assert_eq!(
            created.signature_token.expose_secret(),
            "00112233445566778899aabbccddeeff0011223344556677"
        );
        assert_eq!(
            webhook::sign(
                &created.signing_token(),
                "be58f711f349c7780e4579cd7c63341ac6f881e4dccc3154",
                "1431454330072"
            ),
            "79d1b38035b86b71663a28e2eb1e275db010403850d9690c1c63f00861f00aee"
        );
        assert!(!format!("{created:?}").contains("0011223344"));
    }
    let seen = script.seen();
    assert_eq!(seen[0].line, "POST /v1/webhooks");
    assert_eq!(seen[0].json(), json!({ "url": "https://example.com/hook", "event": "candidateHired" }));
    assert_eq!(seen[1].json()["configuration"], json!({ "verifyConnection": true }));
}

#[tokio::test]
async fn a_created_webhook_without_a_token_is_not_taken_for_success() {
    let mut body = created_webhook();
    body["configuration"].as_object_mut().unwrap().remove("signatureToken");
    let script = Script::play([Play::json(201, &json!({ "data": body }))]).await;
    let error = script
        .client()
        .create_webhook("https://example.com/hook", &Event::CandidateHired, false)
        .await
        .unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Unreadable);
    assert!(!error.certainly_not_applied());
}

#[tokio::test]
async fn webhooks_are_listed_without_has_next_and_deleted() {
    let mut listed = created_webhook();
    listed["configuration"].as_object_mut().unwrap().remove("signatureToken");
    let script = Script::play([
        Play::json(200, &json!({ "data": [listed] })),
        Play::raw("HTTP/1.1 204 No Content\r\n\r\n"),
        Play::error(404, "ResourceNotFound", "webhooks w2 was not found"),
    ])
    .await;
    let client = script.client();
    let webhooks = client.webhooks().await.unwrap();
    assert_eq!(webhooks.len(), 1);
    assert_eq!(Event::from_name(&webhooks[0].event), Event::CandidateHired);
    assert_eq!(webhooks[0].url, "https://example.com/hook");
    assert!(!format!("{webhooks:?}").contains("/hook"));
    client.delete_webhook("w1").await.unwrap();
    let error = client.delete_webhook("w2").await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::NotFound);
    assert_eq!(script.lines(), ["GET /v1/webhooks", "DELETE /v1/webhooks/w1", "DELETE /v1/webhooks/w2"]);
}
