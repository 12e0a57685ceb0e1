//! Reads.

use std::collections::BTreeSet;

use reqwest::{Method, StatusCode};
use serde_json::{Value, json};

use crate::support::{Lever, keys, texts};

#[tokio::test]
async fn lists_have_next_on_every_page_but_the_last_and_next_names_the_first_item_of_the_next() {
    let lever = Lever::with(57).await;
    let first = lever.get("/opportunities?limit=10").await.json();
    assert_eq!(keys(&first), ["data", "hasNext", "next"]);
    assert_eq!(first["data"].as_array().unwrap().len(), 10);
    let token = first["next"].as_str().unwrap();
    assert!(token.starts_with("%5B"), "{token}");

    let all = lever.all("/opportunities", 10).await;
    let ids: BTreeSet<&str> = all.iter().map(|o| o["id"].as_str().unwrap()).collect();
    assert_eq!((all.len(), ids.len()), (57, 57));
    assert!(token.contains(all[10]["id"].as_str().unwrap()));

    let whole = lever.get("/opportunities").await.json();
    assert_eq!(keys(&whole), ["data", "hasNext"]);
    assert_eq!(whole["hasNext"], false);
    assert_eq!(whole["data"].as_array().unwrap(), &all);
}

#[tokio::test]
async fn an_offset_is_accepted_once_and_twice_encoded_and_a_bad_one_is_400() {
    let lever = Lever::with(15).await;
    let first = lever.get("/opportunities?limit=10").await.json();
    let token = first["next"].as_str().unwrap();
    let verbatim = lever.get(&format!("/opportunities?limit=10&offset={token}")).await.json();
    let encoded = token.replace('%', "%25");
    let again = lever.get(&format!("/opportunities?limit=10&offset={encoded}")).await.json();
    assert_eq!(verbatim["data"].as_array().unwrap().len(), 5);
    assert_eq!(verbatim, again);

    let (status, code, message) = lever.get("/opportunities?offset=nonsense").await.refusal();
    assert_eq!((status, code.as_str()), (400, "BadRequestError"));
    assert!(message.contains("Invalid offset token"));
}

#[tokio::test]
async fn a_limit_lies_between_1_and_100() {
    let lever = Lever::with(120).await;
    assert_eq!(lever.data("/opportunities").await.as_array().unwrap().len(), 100);
    for limit in ["0", "101", "x", "-1"] {
        let answer = lever.get(&format!("/opportunities?limit={limit}")).await;
        assert_eq!(answer.refusal().0, 400, "{limit}");
    }
    lever.behave(|b| b.limit_out_of_range = lever_sim::LimitRule::Clamp).await;
    let clamped = lever.data("/opportunities?limit=0").await;
    assert_eq!(clamped.as_array().unwrap().len(), 1);
}

#[tokio::test]
async fn users_have_twelve_keys_match_an_exact_email_and_hide_the_deactivated() {
    let lever = Lever::with(0).await;
    let users = lever.data("/users").await;
    for user in users.as_array().unwrap() {
        assert_eq!(
            keys(user),
            [
                "id",
                "name",
                "username",
                "email",
                "accessRole",
                "photo",
                "createdAt",
                "deactivatedAt",
                "externalDirectoryId",
                "linkedContactIds",
                "jobTitle",
                "managerId",
            ]
        );
        assert_eq!(user["deactivatedAt"], Value::Null);
    }
    let created: Vec<i64> =
        users.as_array().unwrap().iter().map(|u| u["createdAt"].as_i64().unwrap()).collect();
    assert!(created.is_sorted_by(|a, b| a >= b), "newest first");

    let everybody = lever.data("/users?includeDeactivated=true").await;
    let gone: Vec<&Value> =
        everybody.as_array().unwrap().iter().filter(|u| !u["deactivatedAt"].is_null()).collect();
    assert_eq!(gone.len(), 1);
    let id = gone[0]["id"].as_str().unwrap();
    assert_eq!(lever.data(&format!("/users/{id}")).await["id"], id);

    let lead = lever.data("/users?email=lead@demo.example").await;
    assert_eq!(texts(&lead, "email"), ["Lead@Demo.Example"]);
    let none = lever.data("/users?email=lead@demo").await;
    assert_eq!(none, json!([]));
    let two = lever.data("/users?email=ana@demo.example&email=admin@demo.example").await;
    assert_eq!(two.as_array().unwrap().len(), 2);
    let admins = lever.data("/users?accessRole=super%20admin&accessRole=admin").await;
    assert_eq!(admins.as_array().unwrap().len(), 3);
}

#[tokio::test]
async fn the_account_has_the_users_a_demo_is_mapped_to() {
    let lever = Lever::with(0).await;
    let users = lever.data("/users?includeDeactivated=true").await;
    let find = |field: &str, value: &str| {
        users.as_array().unwrap().iter().find(|user| user[field] == value).cloned().unwrap_or(Value::Null)
    };
    assert_eq!(find("email", "admin@demo.example")["accessRole"], "super admin");
    assert_eq!(find("email", "ana@demo.example")["name"], "Ana Ruiz");
    assert_eq!(find("name", "Ben Okafor")["email"], "ben.okafor@corp.example");
    assert_eq!(find("accessRole", "interviewer")["accessRole"], "interviewer");
}

#[tokio::test]
async fn stages_come_in_pipeline_order_with_fixed_ids_and_only_id_and_text() {
    let lever = Lever::with(0).await;
    let stages = lever.data("/stages").await;
    assert_eq!(
        texts(&stages, "text"),
        [
            "New lead",
            "Reached out",
            "Responded",
            "New applicant",
            "Recruiter screen",
            "Phone interview",
            "On-site interview",
            "Reference check",
            "Offer",
        ]
    );
    let ids = texts(&stages, "id");
    assert_eq!(ids[..4], ["lead-new", "lead-reached-out", "lead-responded", "applicant-new"]);
    assert_eq!(ids[8], "offer");
    assert_eq!(keys(&stages[0]), ["id", "text"]);
    let (status, code, message) = lever.get("/stages/nope").await.refusal();
    assert_eq!(
        (status, code.as_str(), message.as_str()),
        (404, "ResourceNotFound", "stages nope was not found")
    );
    let disposition = lever.data("/disposition_stages").await;
    assert_eq!(keys(&disposition), ["stages", "archiveReasons"]);
    assert_eq!(keys(&disposition["stages"][0]), ["id", "text", "pipeline", "rank", "hasInterview"]);
    assert_eq!(disposition["stages"][8]["rank"], 261);
    assert_eq!(disposition["stages"][7]["rank"], 231.5);
    let reasons = &disposition["archiveReasons"];
    assert_eq!(keys(&reasons[0]), ["id", "text", "type", "status"]);
    assert_eq!((&reasons[0]["type"], &reasons[6]["type"]), (&Value::Null, &json!("hired")));
}

#[tokio::test]
async fn archive_reasons_are_the_seven_defaults_and_exactly_one_is_hired() {
    let lever = Lever::with(0).await;
    let reasons = lever.data("/archive_reasons").await;
    assert_eq!(
        texts(&reasons, "text"),
        [
            "Underqualified",
            "Unresponsive",
            "Timing",
            "Withdrew",
            "Offer declined",
            "Position closed",
            "Hired",
        ]
    );
    assert_eq!(keys(&reasons[0]), ["id", "text", "status", "type"]);
    let hired = lever.data("/archive_reasons?type=hired").await;
    assert_eq!(texts(&hired, "text"), ["Hired"]);
    let others = lever.data("/archive_reasons?type=non-hired").await;
    assert_eq!(others.as_array().unwrap().len(), 6);
}

#[tokio::test]
async fn sources_and_tags_are_labels_with_counts() {
    let lever = Lever::with(40).await;
    let sources = lever.data("/sources").await;
    assert_eq!(keys(&sources[0]), ["count", "text"]);
    let names = texts(&sources, "text");
    assert!(names.is_sorted_by_key(|name| name.to_lowercase()));
    assert!(names.contains(&"Added manually".to_owned()));
    let total: u64 = sources.as_array().unwrap().iter().map(|s| s["count"].as_u64().unwrap()).sum();
    assert_eq!(total, 40);
    lever.create(json!({"name": "T", "tags": ["only-here", "Zebra", "aardvark"]})).await;
    let tags = lever.data("/tags").await;
    assert_eq!(keys(&tags[0]), ["count", "text"]);
    assert!(texts(&tags, "text").is_sorted_by_key(|name| name.to_lowercase()), "case does not count");
    let page = lever.all("/tags", 3).await;
    assert_eq!(json!(page), tags, "page by page as in one go");
    let tag = tags.as_array().unwrap().iter().find(|t| t["text"] == "only-here");
    assert_eq!(tag.unwrap()["count"], 1);
}

#[tokio::test]
async fn postings_have_states_and_hide_the_confidential() {
    let lever = Lever::with(0).await;
    let postings = lever.data("/postings").await;
    assert_eq!(postings.as_array().unwrap().len(), 5);
    assert_eq!(
        keys(&postings[0]),
        [
            "id",
            "text",
            "state",
            "distributionChannels",
            "user",
            "owner",
            "hiringManager",
            "categories",
            "tags",
            "content",
            "country",
            "followers",
            "reqCode",
            "requisitionCodes",
            "urls",
            "confidentiality",
            "createdAt",
            "updatedAt",
            "workplaceType",
            "transcribeInterviews",
            "screening",
        ]
    );
    assert_eq!(
        keys(&postings[0]["categories"]),
        ["commitment", "department", "level", "location", "team", "allLocations"]
    );
    let made: Vec<i64> =
        postings.as_array().unwrap().iter().map(|p| p["createdAt"].as_i64().unwrap()).collect();
    assert!(made.is_sorted_by(|a, b| a >= b), "newest first");
    let published = lever.data("/postings?state=published").await;
    assert!(texts(&published, "state").iter().all(|s| s == "published"));
    let public = lever.data("/postings?distributionChannel=public&distributionChannel=internal").await;
    assert_eq!(public, published, "only what is published says where");
    assert_eq!(lever.get("/postings?distributionChannel=moon").await.refusal().0, 400);
    assert_eq!(lever.get("/postings?state=moon").await.refusal().0, 400);
    let all = lever.data("/postings?confidentiality=all").await;
    assert_eq!(all.as_array().unwrap().len(), 6);
    let expanded = lever.data("/postings?expand=owner&include=id").await;
    assert_eq!(keys(&expanded[0]), ["id", "owner"]);
    assert!(expanded[0]["owner"]["email"].is_string());
}

#[tokio::test]
async fn opportunities_have_exactly_the_recorded_keys_in_the_recorded_order() {
    let lever = Lever::with(200).await;
    let mut expected = vec![
        "id",
        "name",
        "contact",
        "headline",
        "stage",
        "confidentiality",
        "location",
        "phones",
        "emails",
        "links",
        "archived",
        "tags",
        "sources",
        "stageChanges",
        "origin",
        "sourcedBy",
        "owner",
        "followers",
        "applications",
        "createdAt",
        "updatedAt",
        "lastInteractionAt",
        "lastAdvancedAt",
        "snoozedUntil",
        "urls",
        "isAnonymized",
        "dataProtection",
    ];
    let all = lever.all("/opportunities", 100).await;
    assert_eq!(all.len(), 200);
    let (mut archived, mut located) = (0, 0);
    for opportunity in &all {
        if opportunity.get("opportunityLocation").is_some() {
            located += 1;
            expected.push("opportunityLocation");
            assert_eq!(keys(opportunity), expected);
            expected.pop();
        } else {
            assert_eq!(keys(opportunity), expected);
        }
        if !opportunity["archived"].is_null() {
            archived += 1;
            assert_eq!(keys(&opportunity["archived"]), ["reason", "archivedAt"]);
        }
        let changes = opportunity["stageChanges"].as_array().unwrap();
        assert_eq!(changes.last().unwrap()["toStageId"], opportunity["stage"]);
    }
    assert!(archived > 0 && located > 0, "archived are included by default");
    let id = all[0]["id"].as_str().unwrap();
    let one = lever.data(&format!("/opportunities/{id}")).await;
    assert_eq!(one, all[0]);
    assert_eq!(one["urls"]["show"], format!("{}/candidates/{id}", lever.running.base_url));
}

#[tokio::test]
async fn filters_narrow_and_a_repeated_one_is_a_union() {
    let lever = Lever::with(200).await;
    let all = lever.all("/opportunities", 100).await;
    let count = |holds: &dyn Fn(&Value) -> bool| all.iter().filter(|o| holds(o)).count();
    let has = |o: &Value, field: &str, value: &str| o[field].as_array().unwrap().iter().any(|v| v == value);
    let reason = lever.reason_id("Timing").await;
    let start = all[7]["updatedAt"].as_i64().unwrap();
    let contact = all[3]["contact"].as_str().unwrap();
    let email = all[3]["emails"][0].as_str().unwrap();
    for (query, expected) in [
        ("archived=true".to_owned(), count(&|o| !o["archived"].is_null())),
        ("archived=false".to_owned(), count(&|o| o["archived"].is_null())),
        ("tag=Rust".to_owned(), count(&|o| has(o, "tags", "Rust"))),
        ("tag=rust".to_owned(), 0),
        (
            "source=GitHub&source=Referral".to_owned(),
            count(&|o| has(o, "sources", "GitHub") || has(o, "sources", "Referral")),
        ),
        ("origin=applied".to_owned(), count(&|o| o["origin"] == "applied")),
        (
            "stage_id=lead-new&stage_id=offer".to_owned(),
            count(&|o| o["stage"] == "lead-new" || o["stage"] == "offer"),
        ),
        (format!("archive_reason_id={reason}"), count(&|o| o["archived"]["reason"] == *reason)),
        (
            format!("updated_at_start={start}"),
            count(&|o| o["updatedAt"].as_i64().is_some_and(|at| at >= start)),
        ),
        (
            format!("created_at_end={start}&origin=sourced"),
            count(&|o| o["createdAt"].as_i64().unwrap() <= start && o["origin"] == "sourced"),
        ),
        (format!("contact_id={contact}"), count(&|o| o["contact"] == contact)),
        (format!("email={}", email.to_uppercase()), count(&|o| has(o, "emails", email))),
        ("email=nobody@example.com".to_owned(), 0),
    ] {
        let found = lever.all(&format!("/opportunities?{query}"), 30).await;
        assert_eq!(found.len(), expected, "{query}");
    }
    for query in ["archived=maybe", "updated_at_start=yesterday", "confidentiality=x"] {
        let answer = lever.get(&format!("/opportunities?{query}")).await;
        assert_eq!(answer.refusal().0, 400, "{query}");
    }
}

#[tokio::test]
async fn posting_id_lists_active_candidacies_and_archived_posting_id_the_others() {
    let lever = Lever::with(300).await;
    let posting = lever.data("/postings?state=published").await[0]["id"].clone();
    let posting = posting.as_str().unwrap();
    let active = lever.all(&format!("/opportunities?posting_id={posting}"), 100).await;
    let archived = lever.all(&format!("/opportunities?archived_posting_id={posting}"), 100).await;
    assert!(!active.is_empty() && !archived.is_empty());
    assert!(active.iter().all(|o| o["archived"].is_null()));
    assert!(archived.iter().all(|o| o["archived"].is_object()));
}

#[tokio::test]
async fn confidential_ones_are_hidden_and_need_the_grant() {
    let lever = Lever::with(0).await;
    let postings = lever.data("/postings?confidentiality=confidential").await;
    let posting = postings[0]["id"].clone();
    let made = lever.create(json!({"name": "Secret", "postings": [posting]})).await;
    let id = made["data"]["id"].as_str().unwrap().to_owned();
    assert_eq!(made["data"]["confidentiality"], "confidential");
    assert_eq!(lever.data("/opportunities").await, json!([]));
    let shown = lever.data("/opportunities?confidentiality=all").await;
    assert_eq!(shown.as_array().unwrap().len(), 1);

    let key = lever.admin(Method::POST, "/keys", Some(json!({"confidential": false}))).await.json()["key"]
        .as_str()
        .unwrap()
        .to_owned();
    let plain = Lever { key, ..lever };
    let answer = plain.get(&format!("/opportunities/{id}")).await;
    assert_eq!(answer.refusal().0, 403);
    let answer = plain.get("/opportunities?confidentiality=all").await;
    assert_eq!(answer.refusal().0, 403);
}

#[tokio::test]
async fn expand_is_a_white_list_and_include_hides_the_rest() {
    let lever = Lever::with(30).await;
    let (status, code, message) = lever.get("/opportunities?expand=posting").await.refusal();
    assert_eq!(
        (status, code.as_str(), message.as_str()),
        (400, "BadRequestError", "posting is not expandable")
    );
    let all = lever
        .data(
            "/opportunities?expand=stage&expand=owner&expand=contact&expand=applications&expand=followers&expand=sourcedBy",
        )
        .await;
    let with_application =
        all.as_array().unwrap().iter().find(|o| !o["applications"].as_array().unwrap().is_empty()).unwrap();
    assert_eq!(keys(&with_application["stage"]), ["id", "text"]);
    let application = &with_application["applications"][0];
    assert_eq!(application["candidateId"], with_application["id"]);
    assert_eq!(application["opportunityId"], with_application["id"]);
    assert!(with_application["contact"]["location"]["name"].is_string());
    assert!(with_application["followers"][0]["email"].is_string());

    let narrow = lever.data("/opportunities?include=id&include=tags&expand=owner").await;
    assert_eq!(keys(&narrow[0]), ["id", "tags", "owner"]);
}

#[tokio::test]
async fn unknown_ids_and_routes_are_404_with_the_known_texts() {
    let lever = Lever::with(0).await;
    for (path, message) in [
        ("/opportunities/x", "opportunities x was not found"),
        ("/users/x", "users x was not found"),
        ("/contacts/x", "contacts x was not found"),
        ("/postings/x", "postings x was not found"),
        ("/archive_reasons/x", "archive_reasons x was not found"),
        ("/openapi.json", "/v1/openapi.json does not exist"),
        ("/candidates", "/v1/candidates does not exist"),
        ("/candidates/x", "/v1/candidates/x does not exist"),
    ] {
        let (status, code, text) = lever.get(path).await.refusal();
        assert_eq!((status, code.as_str(), text.as_str()), (404, "ResourceNotFound", message));
    }
    let id = lever.somebody().await;
    for method in [Method::DELETE, Method::PUT] {
        let answer = lever.call(method, &format!("/opportunities/{id}"), None).await;
        assert_eq!(answer.refusal().0, 404);
    }
}

#[tokio::test]
async fn deleted_ones_are_listed_apart_with_when_and_by_whom() {
    let lever = Lever::with(3).await;
    let id = lever.somebody().await;
    assert_eq!(lever.data("/opportunities/deleted").await, json!([]));
    let before = lever.running.now();
    lever.running.delete(&id).await.unwrap();
    assert_eq!(lever.get(&format!("/opportunities/{id}")).await.status, StatusCode::NOT_FOUND);
    let deleted = lever.data(&format!("/opportunities/deleted?deleted_at_start={before}")).await;
    assert_eq!(texts(&deleted, "id"), std::slice::from_ref(&id));
    assert_eq!(keys(&deleted[0])[26..], ["dataProtection", "deletedBy", "deletedAt"]);
    assert_eq!(deleted[0]["name"], "Nia Some");
    let admin = lever.user("admin@demo.example").await;
    assert_eq!(deleted[0]["deletedBy"], *admin);
    assert!(deleted[0]["deletedAt"].as_i64().unwrap() >= before);
    let later = lever.running.now() + 1_000;
    let none = lever.data(&format!("/opportunities/deleted?deleted_at_start={later}")).await;
    assert_eq!(none, json!([]));
    assert_eq!(lever.all("/opportunities", 10).await.len(), 3);
}

#[tokio::test]
async fn a_new_opportunity_can_be_made_to_show_up_in_lists_late() {
    let lever = Lever::with(0).await;
    lever.behave(|b| b.list_lag_ms = 60_000).await;
    let id = lever.somebody().await;
    assert_eq!(lever.data("/opportunities?email=nia@example.com").await, json!([]));
    assert_eq!(lever.data("/opportunities").await, json!([]));
    assert_eq!(lever.data(&format!("/opportunities/{id}")).await["id"], *id);
    lever.running.step(60_000).await.unwrap();
    let shown = lever.data("/opportunities?email=nia@example.com").await;
    assert_eq!(texts(&shown, "id"), [id]);
}

#[tokio::test]
async fn what_the_account_has_none_of_answers_an_empty_page_and_its_items_are_404() {
    let lever = Lever::with(0).await;
    let id = lever.somebody().await;
    let none = json!({"data": [], "hasNext": false});
    for name in ["feedback", "files", "file_actions", "forms", "interviews", "offers", "panels", "referrals"]
    {
        let path = format!("/opportunities/{id}/{name}");
        assert_eq!(lever.get(&path).await.json(), none, "{name}");
        assert_eq!(lever.get(&format!("/opportunities/nobody/{name}")).await.refusal().0, 404, "{name}");
        assert_eq!(lever.get(&format!("{path}?limit=x")).await.refusal().0, 400, "{name}");
        assert_eq!(lever.get(&format!("{path}?offset=x")).await.refusal().0, 400, "{name}");
    }
    for path in [
        "/requisitions",
        "/audit_events",
        "/feedback_templates",
        "/form_templates",
        "/eeo/responses",
        "/eeo/responses/pii",
        "/applications/deleted",
        "/postings/deleted",
    ] {
        assert_eq!(lever.get(path).await.json(), none, "{path}");
    }
    assert_eq!(lever.get("/requisition_fields").await.json(), json!({"data": []}), "no hasNext");
    for name in ["feedback", "files", "forms", "interviews", "panels", "referrals"] {
        let (status, code, message) = lever.get(&format!("/opportunities/{id}/{name}/zzz")).await.refusal();
        let text = format!("{name} zzz was not found");
        assert_eq!((status, code.as_str(), message), (404, "ResourceNotFound", text));
    }
    let (status, _, message) = lever.get("/requisitions/zzz").await.refusal();
    assert_eq!((status, message.as_str()), (404, "requisitions zzz was not found"));
}

#[tokio::test]
async fn an_opportunity_without_a_resume_answers_404_unless_set_to_an_empty_page() {
    let lever = Lever::with(0).await;
    let id = lever.somebody().await;
    let path = format!("/opportunities/{id}/resumes");
    let (status, code, _) = lever.get(&path).await.refusal();
    assert_eq!((status, code.as_str()), (404, "ResourceNotFound"));
    lever.behave(|b| b.no_resumes = lever_sim::NoResumes::Empty).await;
    assert_eq!(lever.get(&path).await.json(), json!({"data": [], "hasNext": false}));
}

#[tokio::test]
async fn contacts_and_applications_have_exactly_the_recorded_keys_in_the_recorded_order() {
    let lever = Lever::with(60).await;
    let all = lever.data("/opportunities?expand=applications&origin=applied").await;
    let one = all.as_array().unwrap().iter().find(|o| o["applications"][0].is_object()).unwrap();
    let application = &one["applications"][0];
    assert_eq!(
        keys(application),
        [
            "id",
            "type",
            "candidateId",
            "opportunityId",
            "posting",
            "postingHiringManager",
            "postingOwner",
            "name",
            "company",
            "phone",
            "email",
            "links",
            "comments",
            "user",
            "customQuestions",
            "createdAt",
            "archived",
            "requisitionForHire",
            "ipAddress",
            "referer",
            "userAgent",
            "acceptLanguage",
            "timezone",
        ]
    );
    assert_eq!((&application["type"], &application["name"]), (&json!("posting"), &one["name"]));
    let base = format!("/opportunities/{}/applications", one["id"].as_str().unwrap());
    assert_eq!(lever.data(&base).await, json!([application]));
    let id = application["id"].as_str().unwrap();
    assert_eq!(lever.data(&format!("{base}/{id}")).await, *application);
    assert_eq!(lever.get(&format!("{base}/x")).await.refusal().2, "applications x was not found");

    // A user fills in no form.
    let all = lever.data("/opportunities?expand=applications&origin=sourced").await;
    let by_user = all.as_array().unwrap().iter().find(|o| o["applications"][0].is_object()).unwrap();
    let by_user = &by_user["applications"][0];
    assert_eq!(by_user["type"], "user");
    assert_eq!(
        (&by_user["name"], &by_user["email"], &by_user["phone"]),
        (&json!(null), &json!(null), &json!(null))
    );

    let contact = lever.data(&format!("/contacts/{}", one["contact"].as_str().unwrap())).await;
    assert_eq!(
        keys(&contact),
        ["id", "name", "headline", "isAnonymized", "location", "emails", "phones", "dataProtection"]
    );
    assert_eq!(
        contact["dataProtection"],
        json!({"interviewIntelligence": {"allowed": true, "expiresAt": null}})
    );
}

#[tokio::test]
async fn opportunities_come_by_rank_then_last_advanced_first_then_by_id() {
    let lever = Lever::with(200).await;
    let stages = texts(&lever.data("/stages").await, "id");
    let place = |o: &Value| {
        let stage = stages.iter().position(|stage| o["stage"] == **stage).unwrap();
        (stage, -o["lastAdvancedAt"].as_i64().unwrap(), o["id"].as_str().unwrap().to_owned())
    };
    let all = lever.all("/opportunities", 30).await;
    assert!(all.iter().map(place).is_sorted());
    // The token is [rank, lastAdvancedAt, id] of the first item of the next page.
    let token = lever.get("/opportunities?limit=10").await.json()["next"].as_str().unwrap().to_owned();
    let eleventh = &all[10];
    let rest = format!("%2C{}%2C%22{}%22%5D", eleventh["lastAdvancedAt"], eleventh["id"].as_str().unwrap());
    assert!(token.ends_with(&rest), "{token}");
}

#[tokio::test]
async fn an_offset_can_be_made_to_go_stale_and_to_belong_to_its_filters() {
    let lever = Lever::with(30).await;
    lever.behave(|b| b.offset_life_ms = Some(60_000)).await;
    lever.running.freeze(None).await.unwrap();
    let first = lever.get("/opportunities?limit=10&archived=false").await.json();
    let token = first["next"].as_str().unwrap();
    let next = format!("/opportunities?limit=10&archived=false&offset={token}");
    lever.running.step(60_000).await.unwrap();
    assert_eq!(lever.get(&next).await.status, StatusCode::OK);
    let other = format!("/opportunities?limit=10&offset={token}");
    assert_eq!(lever.get(&other).await.status, StatusCode::OK);
    lever.running.step(1).await.unwrap();
    assert!(lever.get(&next).await.refusal().2.contains("Invalid offset token"));

    lever
        .behave(|b| {
            b.offset_life_ms = None;
            b.offset_with_changed_filters = lever_sim::ChangedFilters::Refuse;
        })
        .await;
    let first = lever.get("/opportunities?limit=10&archived=false").await.json();
    let token = first["next"].as_str().unwrap();
    let same = lever.get(&format!("/opportunities?offset={token}&archived=false&limit=5")).await;
    assert_eq!(same.status, StatusCode::OK, "the size of the page is no filter");
    let other = lever.get(&format!("/opportunities?limit=10&offset={token}")).await;
    assert_eq!(other.refusal().0, 400);
}

/// One filter, and what it asks of an opportunity.
type Filter = (String, Box<dyn Fn(&Value) -> bool>);

fn filter(query: impl Into<String>, holds: impl Fn(&Value) -> bool + 'static) -> Filter {
    (query.into(), Box::new(holds))
}

fn lists(o: &Value, field: &str, wanted: &[&str]) -> bool {
    o[field].as_array().unwrap().iter().any(|v| wanted.iter().any(|w| v == w))
}

#[tokio::test]
async fn any_two_filters_find_what_a_look_at_every_row_finds() {
    let lever = Lever::with(240).await;
    let all = lever.all("/opportunities", 100).await;
    for (number, one) in all.iter().enumerate().filter(|(number, _)| number % 7 == 3) {
        // Some until tomorrow, some until long ago.
        let until = if number % 2 == 0 { lever.running.now() + 86_400_000 } else { 5 };
        let path = format!("/opportunities/{}/snooze", one["id"].as_str().unwrap());
        let answer = lever.admin(Method::POST, &path, Some(json!({"until": until}))).await;
        assert_eq!(answer.status, StatusCode::OK);
    }
    let all = lever.all("/opportunities", 100).await;
    let applications = lever.all("/opportunities?expand=applications", 100).await;
    let now = lever.running.now();
    let posting_of: std::collections::HashMap<String, String> = applications
        .iter()
        .filter_map(|o| {
            Some((o["id"].as_str()?.to_owned(), o["applications"][0]["posting"].as_str()?.to_owned()))
        })
        .collect();
    let posting = posting_of.values().next().unwrap().clone();
    let at_posting = |wanted: String, archived: bool| {
        let posting_of = posting_of.clone();
        move |o: &Value| {
            posting_of.get(o["id"].as_str().unwrap()) == Some(&wanted)
                && o["archived"].is_object() == archived
        }
    };
    let middle = |field: &str| {
        let mut times: Vec<i64> = all.iter().filter_map(|o| o[field].as_i64()).collect();
        times.sort_unstable();
        (times[times.len() / 3], times[times.len() * 9 / 10])
    };
    let reason = lever.reason_id("Timing").await;
    let (contact, email) = (all[5]["contact"].clone(), all[5]["emails"][0].as_str().unwrap().to_owned());
    let mut filters = vec![
        filter("archived=true", |o| o["archived"].is_object()),
        filter("archived=false", |o| o["archived"].is_null()),
        filter("snoozed=true", move |o| o["snoozedUntil"].as_i64().is_some_and(|at| at > now)),
        filter("snoozed=false", move |o| o["snoozedUntil"].as_i64().is_none_or(|at| at <= now)),
        filter("tag=Rust&tag=Go", |o| lists(o, "tags", &["Rust", "Go"])),
        filter("tag=rust", |_| false),
        filter("source=GitHub&source=Referral", |o| lists(o, "sources", &["GitHub", "Referral"])),
        filter("origin=applied&origin=agency", |o| o["origin"] == "applied" || o["origin"] == "agency"),
        filter("stage_id=offer&stage_id=lead-new", |o| o["stage"] == "offer" || o["stage"] == "lead-new"),
        filter("location=Berlin&location=Remote", |o| {
            o["opportunityLocation"] == "Berlin" || o["opportunityLocation"] == "Remote"
        }),
        filter(format!("archive_reason_id={reason}"), move |o| o["archived"]["reason"] == *reason),
        filter(format!("posting_id={posting}"), at_posting(posting.clone(), false)),
        filter(format!("archived_posting_id={posting}"), at_posting(posting.clone(), true)),
        filter(format!("contact_id={}", contact.as_str().unwrap()), move |o| o["contact"] == contact),
        filter(format!("email={}", email.to_uppercase()), move |o| lists(o, "emails", &[&email])),
        filter("confidentiality=all", |_| true),
        filter("confidentiality=confidential", |_| false),
    ];
    for (name, field) in
        [("created_at", "createdAt"), ("updated_at", "updatedAt"), ("advanced_at", "lastAdvancedAt")]
    {
        let (start, end) = middle(field);
        let at = move |o: &Value| o[field].as_i64();
        filters.push(filter(format!("{name}_start={start}"), move |o| at(o).is_some_and(|at| at >= start)));
        filters.push(filter(format!("{name}_start={start}&{name}_end={end}"), move |o| {
            at(o).is_some_and(|at| at >= start && at <= end)
        }));
    }
    let end = all.iter().filter_map(|o| o["archived"]["archivedAt"].as_i64()).max().unwrap() - 1;
    filters.push(filter(format!("archived_at_end={end}"), move |o| {
        o["archived"]["archivedAt"].as_i64().is_some_and(|at| at <= end)
    }));

    for (place, (first, holds_first)) in filters.iter().enumerate() {
        for (second, holds_second) in &filters[place..] {
            let same = first.split('=').next() == second.split('=').next();
            if same && first != second {
                continue;
            }
            let query = if first == second { first.clone() } else { format!("{first}&{second}") };
            let expected: Vec<&Value> = all.iter().filter(|o| holds_first(o) && holds_second(o)).collect();
            // Pages of an odd size meet every way of walking.
            let found = lever.all(&format!("/opportunities?{query}"), 37).await;
            let ids = |items: Vec<&Value>| -> Vec<String> {
                items.iter().map(|o| o["id"].as_str().unwrap().to_owned()).collect()
            };
            assert_eq!(ids(found.iter().collect()), ids(expected), "{query}");
        }
    }
}
