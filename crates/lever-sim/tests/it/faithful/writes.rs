//! Writes.

use reqwest::{Method, StatusCode};
use serde_json::{Value, json};

use crate::support::{Lever, keys};

#[tokio::test]
async fn a_create_answers_201_with_deduped_and_the_defaults() {
    let lever = Lever::with(0).await;
    let ana = lever.user("ana@demo.example").await;
    let made =
        lever.create(json!({"name": "Kim New", "headline": "Engineer", "emails": ["kim@example.com"]})).await;
    assert_eq!(keys(&made), ["deduped", "data"]);
    assert_eq!(made["deduped"], false);
    let data = &made["data"];
    assert_eq!(data["stage"], "lead-new");
    assert_eq!(data["origin"], "sourced");
    assert_eq!(data["sourcedBy"], *ana);
    assert_eq!(data["owner"], *ana);
    assert_eq!(data["followers"], json!([ana]));
    assert_eq!(data["sources"], json!([]));
    assert_eq!(data["tags"], json!([]));
    assert_eq!(data["archived"], Value::Null);
    assert_eq!(data["name"], "Kim New");
    assert_eq!(data["location"], "");
    let change = &data["stageChanges"][0];
    assert_eq!(keys(change), ["toStageId", "toStageIndex", "updatedAt", "userId"]);
    assert_eq!(change["userId"], *ana);
    let id = data["id"].as_str().unwrap();
    assert_eq!(lever.data(&format!("/opportunities/{id}")).await, *data);

    lever.behave(|b| b.deduped_false = lever_sim::DedupedFalse::Absent).await;
    let made = lever.create(json!({"name": "Kim Other"})).await;
    assert_eq!(keys(&made), ["data"]);
}

#[tokio::test]
async fn a_create_without_perform_as_or_with_an_unknown_one_is_refused() {
    let lever = Lever::with(0).await;
    let (status, code, message) = lever.post("/opportunities", json!({})).await.refusal();
    assert_eq!(
        (status, code.as_str(), message.as_str()),
        (400, "BadRequestError", "Missing required parameter: perform_as")
    );
    let answer = lever.post("/opportunities?perform_as=nobody", json!({})).await;
    assert_eq!(answer.refusal().0, 400);

    let everybody = lever.data("/users?includeDeactivated=true").await;
    let gone = everybody.as_array().unwrap().iter().find(|u| !u["deactivatedAt"].is_null()).unwrap()["id"]
        .as_str()
        .unwrap()
        .to_owned();
    let path = format!("/opportunities?perform_as={gone}");
    assert_eq!(lever.post(&path, json!({})).await.refusal().0, 400);
    lever.behave(|b| b.perform_as_refused_status = 404).await;
    let (status, _, message) = lever.post(&path, json!({})).await.refusal();
    assert_eq!(status, 404);
    assert_eq!(message, format!("users {gone} was not found"));
    assert!(lever.running.opportunities().is_empty(), "nothing stored");
}

#[tokio::test]
async fn a_posting_makes_one_application_and_appends_its_tags() {
    let lever = Lever::with(0).await;
    let posting = lever.data("/postings?state=published").await[0].clone();
    let made = lever.create(json!({"name": "App", "tags": ["mine"], "postings": [posting["id"]]})).await;
    let data = &made["data"];
    let categories = &posting["categories"];
    assert_eq!(
        data["tags"],
        json!([
            "mine",
            posting["text"],
            categories["department"],
            categories["team"],
            categories["location"],
            categories["commitment"]
        ])
    );
    assert_eq!(data["applications"].as_array().unwrap().len(), 1);
    assert!(data.get("opportunityLocation").is_none(), "not in this answer");
    let id = data["id"].as_str().unwrap();
    let read = lever.data(&format!("/opportunities/{id}?expand=applications")).await;
    assert_eq!(read["opportunityLocation"], categories["location"]);
    assert_eq!(read["applications"][0]["type"], "user");
    assert_eq!(read["applications"][0]["posting"], posting["id"]);
}

#[tokio::test]
async fn a_known_email_leads_to_the_same_contact_and_always_to_a_new_opportunity() {
    let lever = Lever::with(0).await;
    let body = json!({"name": "First Name", "emails": ["Same@Example.com"]});
    let first = lever.create(body.clone()).await;
    let again =
        lever.create(json!({"name": "Other Name", "emails": ["x@example.com", " same@example.COM "]})).await;
    let third = lever.create(body).await;
    assert_eq!(first["deduped"], false);
    assert_eq!(again["deduped"], true);
    assert_eq!(again["data"]["contact"], first["data"]["contact"]);
    assert_eq!(again["data"]["name"], "First Name", "the contact's own data wins");
    let ids = [&first, &again, &third].map(|made| made["data"]["id"].clone());
    assert!(ids[0] != ids[1] && ids[1] != ids[2] && ids[0] != ids[2]);
    let found = lever.data("/opportunities?email=SAME@example.com").await;
    assert_eq!(found.as_array().unwrap().len(), 3);

    // Without an e-mail nobody is the same.
    let one = lever.create(json!({"name": "First Name"})).await;
    let two = lever.create(json!({"name": "First Name"})).await;
    assert_ne!(one["data"]["contact"], two["data"]["contact"]);

    // To a given contact, details are added.
    let contact = one["data"]["contact"].clone();
    let added = lever.create(json!({"contact": contact, "emails": ["later@example.com"]})).await;
    assert_eq!(added["data"]["contact"], contact);
    assert_eq!(added["data"]["emails"], json!(["later@example.com"]));
}

#[tokio::test]
async fn stage_archive_tag_and_source_writes_answer_with_blank_contact_fields_and_links_do_not() {
    let lever = Lever::with(0).await;
    let posting = lever.data("/postings?state=published").await[0]["id"].clone();
    let made = lever
        .create(json!({"name": "Nia Some", "emails": ["nia@example.com"], "headline": "H", "location": "L",
            "phones": [{"type": "mobile", "value": "1"}], "links": ["https://example.com/0"],
            "postings": [posting]}))
        .await;
    let id = made["data"]["id"].as_str().unwrap().to_owned();
    let given = made["data"]["tags"].clone();
    let offer = "offer";
    let reason = lever.reason_id("Timing").await;
    let base = format!("/opportunities/{id}");
    let answers = [
        lever.put(&format!("{base}/stage"), json!({"stage": offer})).await,
        lever.put(&format!("{base}/archived"), json!({"reason": reason})).await,
        lever.post(&format!("{base}/addTags"), json!({"tags": ["a"]})).await,
        lever.post(&format!("{base}/addSources"), json!({"sources": ["b"]})).await,
    ];
    for answer in answers {
        assert_eq!(answer.status, StatusCode::OK, "{}", answer.text);
        let data = answer.json()["data"].clone();
        for field in ["name", "headline", "location"] {
            assert_eq!(data[field], "", "{field}");
        }
        for field in ["emails", "phones", "links"] {
            assert_eq!(data[field], json!([]), "{field}");
        }
        assert!(data.get("opportunityLocation").is_none());
        assert_eq!(data["id"], *id);
    }
    let linked =
        lever.post(&format!("{base}/addLinks"), json!({"links": ["https://example.com/nia"]})).await.json();
    assert_eq!(linked["data"]["name"], "Nia Some");
    assert_eq!(linked["data"]["emails"], json!(["nia@example.com"]));
    assert!(linked["data"].get("opportunityLocation").is_none(), "no write answers with it");
    assert_eq!(linked["data"]["links"], json!(["https://example.com/0", "https://example.com/nia"]));
    let read = lever.data(&base).await;
    assert_eq!(read["name"], "Nia Some");
    assert_eq!(read["tags"].as_array().unwrap().last().unwrap(), "a");
    assert_eq!(read["sources"], json!(["b"]));
    assert_eq!(read["stage"], "offer");
    assert_eq!(read["archived"]["reason"], *reason);

    lever.post(&format!("{base}/removeTags"), json!({"tags": ["a"]})).await;
    lever.post(&format!("{base}/removeSources"), json!({"sources": ["b"]})).await;
    lever.post(&format!("{base}/removeLinks"), json!({"links": ["https://example.com/nia"]})).await;
    let read = lever.data(&base).await;
    assert_eq!((&read["tags"], &read["sources"]), (&given, &json!([])));
    assert_eq!(read["links"], json!(["https://example.com/0"]));
}

#[tokio::test]
async fn a_move_is_in_the_history_with_its_times_and_works_on_an_archived_one() {
    let lever = Lever::with(0).await;
    let id = lever.somebody().await;
    let ana = lever.user("ana@demo.example").await;
    let screen = lever.stage_id("Recruiter screen").await;
    lever.running.freeze(None).await.unwrap();
    let at = lever.running.step(5_000).await.unwrap();
    let moved = lever
        .put(&format!("/opportunities/{id}/stage?perform_as={ana}"), json!({"stage": screen}))
        .await
        .json()["data"]
        .clone();
    assert_eq!(
        moved["stageChanges"][1],
        json!({"toStageId": screen, "toStageIndex": 4, "updatedAt": at, "userId": ana})
    );
    assert_eq!(moved["lastAdvancedAt"], at);
    assert_eq!(moved["lastInteractionAt"], at);
    assert_eq!(moved["updatedAt"], at + 1);

    lever.running.archive(&id, "Timing").await.unwrap();
    let path = format!("/opportunities/{id}/stage");
    let moved = lever.put(&path, json!({"stage": "offer"})).await.json();
    assert_eq!(moved["data"]["stage"], "offer");
    assert!(moved["data"]["archived"].is_object());
    assert!(moved["data"]["stageChanges"][2].get("userId").is_none(), "nobody was named");

    // To where it is already: nothing happens, unless the switch says so.
    let again = lever.put(&path, json!({"stage": "offer"})).await.json();
    assert_eq!(again["data"], moved["data"]);
    let answer = lever.put(&path, json!({"stage": "nowhere"})).await;
    assert_eq!(answer.refusal().0, 400);
    let answer = lever.put(&path, json!({})).await;
    assert_eq!(answer.refusal().2, "Missing required parameter: stage");
}

#[tokio::test]
async fn archiving_restamps_for_a_new_reason_and_null_unarchives() {
    let lever = Lever::with(0).await;
    let id = lever.somebody().await;
    let timing = lever.reason_id("Timing").await;
    let withdrew = lever.reason_id("Withdrew").await;
    let path = format!("/opportunities/{id}/archived");
    lever.running.freeze(None).await.unwrap();
    let first = lever.running.step(1_000).await.unwrap();
    let archived = lever.put(&path, json!({"reason": timing})).await.json();
    assert_eq!(archived["data"]["archived"], json!({"reason": timing, "archivedAt": first}));
    assert_eq!(archived["data"]["lastAdvancedAt"], first);
    let second = lever.running.step(1_000).await.unwrap();
    let other = lever.put(&path, json!({"reason": withdrew})).await.json();
    assert_eq!(other["data"]["archived"], json!({"reason": withdrew, "archivedAt": second}));
    assert_eq!(other["data"]["lastAdvancedAt"], first);
    assert_eq!(other["data"]["stage"], "lead-new", "the stage is kept");
    let third = lever.running.step(1_000).await.unwrap();
    let again = lever.put(&path, json!({"reason": withdrew})).await.json();
    assert_eq!(again["data"]["archived"]["archivedAt"], third, "the same reason stamps anew too");
    lever.behave(|b| b.same_reason_archive = lever_sim::SameReason::Ignore).await;
    lever.running.step(1_000).await.unwrap();
    let ignored = lever.put(&path, json!({"reason": withdrew})).await.json();
    assert_eq!(ignored["data"], again["data"]);
    let back = lever.put(&path, json!({"reason": null})).await.json();
    assert_eq!(back["data"]["archived"], Value::Null);
    for body in [json!({}), json!({"reason": "x"}), json!({"reason": 5})] {
        assert_eq!(lever.put(&path, body).await.refusal().0, 400);
    }
}

#[tokio::test]
async fn notes_answer_201_with_the_object_and_a_note_id() {
    let lever = Lever::with(0).await;
    let id = lever.somebody().await;
    let ana = lever.user("ana@demo.example").await;
    let path = format!("/opportunities/{id}/notes");
    let made = lever.post(&format!("{path}?perform_as={ana}"), json!({"value": "hello"})).await;
    assert_eq!(made.status, StatusCode::CREATED);
    let note = made.json()["data"].clone();
    assert_eq!(
        keys(&note),
        ["id", "text", "fields", "user", "secret", "completedAt", "deletedAt", "createdAt", "noteId",]
    );
    assert_eq!(note["noteId"], note["id"]);
    assert_eq!(note["text"], "Note");
    assert_eq!(note["user"], *ana);
    assert_eq!(note["fields"][0]["value"], "hello");
    assert_eq!(note["fields"][0]["stage"], "lead-new");

    let nobody = lever.post(&path, json!({"value": "x"})).await.json();
    assert_eq!(nobody["data"]["user"], Value::Null, "the actor is missing");
    let note_id = note["id"].as_str().unwrap();
    lever.post(&format!("{path}?note_id={note_id}"), json!({"value": "more"})).await;
    let thread = lever.data(&format!("{path}/{note_id}")).await;
    assert_eq!(thread["fields"][1]["value"], "more");
    assert_eq!(lever.data(&path).await.as_array().unwrap().len(), 2);

    assert_eq!(lever.post(&path, json!({})).await.refusal().0, 400);
    let answer = lever.post(&path, json!({"value": "x", "score": 9})).await;
    assert_eq!(answer.refusal().0, 400);
    let deleted = lever.call(Method::DELETE, &format!("{path}/{note_id}"), None).await;
    assert_eq!((deleted.status, deleted.text.as_str()), (StatusCode::NO_CONTENT, ""));
}

#[tokio::test]
async fn without_perform_as_optional_routes_accept_unless_switched_to_refuse() {
    let lever = Lever::with(0).await;
    let id = lever.somebody().await;
    let path = format!("/opportunities/{id}/addTags");
    let answer = lever.post(&path, json!({"tags": ["a"]})).await;
    assert_eq!(answer.status, StatusCode::OK);
    lever.behave(|b| b.perform_as_always_required = true).await;
    let answer = lever.post(&path, json!({"tags": ["b"]})).await;
    assert_eq!(answer.refusal().2, "Missing required parameter: perform_as");
    let read = lever.data(&format!("/opportunities/{id}")).await;
    assert_eq!(read["tags"], json!(["a"]));
}

#[tokio::test]
async fn a_contact_is_changed_in_part_and_an_anonymised_one_not_at_all() {
    let lever = Lever::with(0).await;
    let made =
        lever.create(json!({"name": "Old", "headline": "Keeps it", "emails": ["o@example.com"]})).await;
    let id = made["data"]["id"].as_str().unwrap();
    let contact = made["data"]["contact"].as_str().unwrap();
    let path = format!("/contacts/{contact}");
    let changed =
        lever.put(&path, json!({"name": "New", "emails": ["n@example.com"]})).await.json()["data"].clone();
    assert_eq!(keys(&changed), ["id", "name", "headline", "location", "emails", "phones"]);
    assert_eq!(changed["headline"], "Keeps it");
    let read = lever.data(&path).await;
    assert_eq!(read["isAnonymized"], false);
    assert_eq!(read["location"], json!({"name": ""}));
    assert_eq!(lever.data(&format!("/opportunities/{id}")).await["name"], "New");
    assert_eq!(lever.data("/opportunities?email=o@example.com").await, json!([]));

    lever.running.anonymise(id).await.unwrap();
    let erased = lever.data(&format!("/opportunities/{id}")).await;
    assert_eq!(erased["isAnonymized"], true);
    assert_eq!((&erased["name"], &erased["emails"]), (&json!(""), &json!([])));
    assert_eq!(lever.put(&path, json!({"name": "Back"})).await.refusal().0, 400);
    let ana = lever.user("ana@demo.example").await;
    let answer = lever.post(&format!("/opportunities?perform_as={ana}"), json!({"contact": contact})).await;
    assert_eq!(answer.refusal().0, 400);
}

#[tokio::test]
async fn users_are_made_replaced_and_deactivated() {
    let lever = Lever::with(0).await;
    let made = lever
        .post("/users", json!({"name": "New User", "email": "new@corp.example", "jobTitle": "Lead"}))
        .await;
    assert_eq!(made.status, StatusCode::CREATED);
    let id = made.json()["data"]["id"].as_str().unwrap().to_owned();
    let replaced = lever
        .put(&format!("/users/{id}"), json!({"name": "Renamed", "email": "new@corp.example"}))
        .await
        .json();
    assert_eq!(replaced["data"]["jobTitle"], Value::Null, "left out is wiped");
    let gone = lever.post(&format!("/users/{id}/deactivate"), json!({})).await.json();
    assert!(gone["data"]["deactivatedAt"].is_i64());
    assert_eq!(lever.data("/users?email=new@corp.example").await, json!([]));
    let back = lever.post(&format!("/users/{id}/reactivate"), json!({})).await.json();
    assert_eq!(back["data"]["deactivatedAt"], Value::Null);
    let twice = lever.post("/users", json!({"name": "X", "email": "NEW@corp.example"})).await;
    assert_eq!(twice.refusal().0, 400);
}

#[tokio::test]
async fn a_create_takes_every_documented_field() {
    let lever = Lever::with(0).await;
    let ben = lever.user("ben.okafor@corp.example").await;
    let lee = lever.user("lead@demo.example").await;
    let screen = lever.stage_id("Recruiter screen").await;
    let timing = lever.reason_id("Timing").await;
    let posting = lever.data("/postings?state=published").await[0].clone();
    let made = lever
        .create(json!({
            "name": "Full House", "headline": "H", "location": "Here", "emails": ["full@example.com"],
            "links": ["https://example.com/full"], "phones": [{"value": "1"}, {"type": "work", "value": "2"}],
            "tags": ["t"], "sources": ["CodeSignal"], "stage": screen, "origin": "agency", "owner": ben,
            "followers": [lee], "postings": [posting["id"]], "createdAt": 1_700_000_000_000_i64,
            "archived": {"reason": timing, "archivedAt": 1_700_000_001_000_i64}, "opportunityLocation": "There",
        }))
        .await;
    let id = made["data"]["id"].as_str().unwrap();
    let ana = lever.user("ana@demo.example").await;
    let read = lever.data(&format!("/opportunities/{id}?expand=applications")).await;
    for (field, expected) in [
        ("name", json!("Full House")),
        ("headline", json!("H")),
        ("location", json!("Here")),
        ("emails", json!(["full@example.com"])),
        ("links", json!(["https://example.com/full"])),
        ("phones", json!([{"type": null, "value": "1"}, {"type": "work", "value": "2"}])),
        ("sources", json!(["CodeSignal"])),
        ("stage", json!(screen)),
        ("origin", json!("agency")),
        ("sourcedBy", Value::Null),
        ("owner", json!(ben)),
        ("followers", json!([lee, ana, posting["owner"]])),
        ("createdAt", json!(1_700_000_000_000_i64)),
        ("archived", json!({"reason": timing, "archivedAt": 1_700_000_001_000_i64})),
        ("opportunityLocation", json!("There")),
    ] {
        assert_eq!(read[field], expected, "{field}");
    }
    assert_eq!(read["tags"][0], "t");
    assert_eq!(read["applications"][0]["archived"], read["archived"]);

    // As an interviewer, and owned by the posting's owner.
    let ivy = lever.user("ivy@corp.example").await;
    let path = format!("/opportunities?perform_as={ivy}&perform_as_posting_owner=true");
    assert_eq!(lever.post(&path, json!({"name": "None"})).await.refusal().0, 400, "which posting?");
    let made = lever.post(&path, json!({"name": "Owned", "postings": [posting["id"]]})).await;
    assert_eq!(made.status, StatusCode::CREATED, "an interviewer may");
    let made = made.json();
    assert_eq!(made["data"]["owner"], posting["owner"]);
    assert_eq!(made["data"]["followers"], json!([posting["owner"]]), "an interviewer does not follow");
    assert_eq!(made["data"]["sourcedBy"], *ivy);
}
