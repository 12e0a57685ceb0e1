//! Reading and writing opportunities.

use lever::{Archived, Confidentiality, ErrorKind, NewOpportunity, OpportunityFilter, Origin, Phone};
use serde_json::{Value, json};

use crate::support::{Play, Script};

/// The answer recorded for a create, without its wrapping.
fn recorded() -> Value {
    json!({
        "id": "90bb80d6", "name": "Nango Test Candidate", "contact": "1419004b",
        "headline": "Test Headline", "stage": "lead-new", "confidentiality": "non-confidential",
        "location": "", "phones": [{ "type": "mobile", "value": "(555) 123-4567" }],
        "emails": ["test@nango.dev"], "links": [], "archived": null, "tags": ["Test", "Full-time"],
        "sources": ["LinkedIn"],
        "stageChanges": [{ "toStageId": "lead-new", "toStageIndex": 0,
                           "updatedAt": 1782975358767_i64, "userId": "c4bc6266" }],
        "origin": "sourced", "sourcedBy": "c4bc6266", "owner": "c4bc6266",
        "followers": ["32bc4d3b"], "applications": ["75b839b7"], "createdAt": 1782975358767_i64,
        "updatedAt": 1782975358772_i64, "lastInteractionAt": 1782975358769_i64,
        "lastAdvancedAt": 1782975358767_i64, "snoozedUntil": null,
        "urls": { "list": "https://hire.lever.co/candidates",
                  "show": "https://hire.lever.co/candidates/90bb80d6" },
        "isAnonymized": false, "dataProtection": null
    })
}

fn new() -> NewOpportunity {
    NewOpportunity {
        name: "Nango Test Candidate".to_owned(),
        headline: Some("Test Headline".to_owned()),
        location: Some("Berlin".to_owned()),
        emails: vec!["test@nango.dev".to_owned()],
        phones: vec![Phone { kind: Some("mobile".to_owned()), value: "(555) 123-4567".to_owned() }],
        links: vec!["https://example.com/in/test".to_owned()],
        tags: vec!["marker-1".to_owned()],
        sources: vec!["CodeSignal".to_owned()],
        stage: Some("lead-new".to_owned()),
        origin: Some(Origin::Sourced),
        ..NewOpportunity::default()
    }
}

#[tokio::test]
async fn creating_sends_what_is_given_and_reads_deduped_beside_data() {
    let script = Script::play([
        Play::json(201, &json!({ "deduped": true, "data": recorded() })),
        Play::json(201, &json!({ "data": recorded() })),
        Play::json(201, &json!({ "deduped": null, "data": recorded() })),
    ])
    .await;
    let client = script.client();
    let created = client.create_opportunity(&new(), "c4bc6266 &x=1").await.unwrap();
    assert!(created.deduped);
    let opportunity = created.opportunity;
    assert_eq!(opportunity.id, "90bb80d6");
    assert_eq!(opportunity.contact.as_deref(), Some("1419004b"));
    assert_eq!(opportunity.stage.as_deref(), Some("lead-new"));
    assert_eq!(opportunity.emails, ["test@nango.dev"]);
    assert_eq!(opportunity.sources, ["LinkedIn"]);
    assert_eq!(opportunity.stage_changes[0].user_id.as_deref(), Some("c4bc6266"));
    assert_eq!(opportunity.urls_show.as_deref(), Some("https://hire.lever.co/candidates/90bb80d6"));
    assert_eq!(opportunity.updated_at, Some(1_782_975_358_772));
    assert_eq!(opportunity.archived, None);
    assert!(!opportunity.is_confidential());
    for _ in 0..2 {
        let created = client.create_opportunity(&new(), "u").await.unwrap();
        assert!(!created.deduped);
    }

    let seen = script.seen();
    assert_eq!(seen[0].line, "POST /v1/opportunities?perform_as=c4bc6266+%26x%3D1");
    assert_eq!(
        seen[0].json(),
        json!({
            "name": "Nango Test Candidate", "headline": "Test Headline", "location": "Berlin",
            "emails": ["test@nango.dev"], "phones": [{ "type": "mobile", "value": "(555) 123-4567" }],
            "links": ["https://example.com/in/test"], "tags": ["marker-1"],
            "sources": ["CodeSignal"], "stage": "lead-new", "origin": "sourced"
        })
    );
}

#[tokio::test]
async fn a_posting_a_stage_and_followers_go_with_it() {
    let script = Script::play([Play::json(201, &json!({ "deduped": false, "data": recorded() }))]).await;
    let new = NewOpportunity {
        name: "Jo".to_owned(),
        stage: Some("18b36353".to_owned()),
        postings: vec!["p1".to_owned()],
        followers: vec!["u1".to_owned(), "u2".to_owned()],
        ..NewOpportunity::default()
    };
    script.client().create_opportunity(&new, "u3").await.unwrap();
    assert_eq!(
        script.seen()[0].json(),
        json!({ "name": "Jo", "stage": "18b36353", "postings": ["p1"], "followers": ["u1", "u2"] })
    );
}

#[tokio::test]
async fn applications_are_expanded_where_asked_for() {
    let mut expanded = recorded();
    expanded["applications"] = json!([{ "id": "75b839b7", "type": "user", "candidateId": "90bb80d6",
        "opportunityId": "90bb80d6", "posting": "p1", "postingOwner": "u1", "archived": null }]);
    let script = Script::play([
        Play::json(200, &json!({ "data": [expanded], "hasNext": false })),
        Play::json(200, &json!({ "data": [recorded()], "hasNext": false })),
    ])
    .await;
    let client = script.client();
    let filter = OpportunityFilter { expand_applications: true, ..OpportunityFilter::default() };
    let found = client.opportunities_all(&filter, 10).await.unwrap();
    assert_eq!(found[0].applications[0].posting.as_deref(), Some("p1"));
    let found = client.opportunities_all(&OpportunityFilter::default(), 10).await.unwrap();
    assert_eq!(
        (found[0].applications[0].id.as_str(), &found[0].applications[0].posting),
        ("75b839b7", &None)
    );
    assert_eq!(
        script.lines(),
        ["GET /v1/opportunities?limit=100&expand=applications", "GET /v1/opportunities?limit=100"]
    );
}

#[tokio::test]
async fn creating_without_a_user_or_with_two_postings_is_refused_here() {
    let script = Script::play([]).await;
    let client = script.client();
    let two_postings = NewOpportunity { postings: vec!["p1".to_owned(), "p2".to_owned()], ..new() };
    for (opportunity, perform_as) in [(new(), " "), (two_postings, "u1")] {
        let error = client.create_opportunity(&opportunity, perform_as).await.unwrap_err();
        assert_eq!(error.kind(), ErrorKind::InvalidArgument);
        assert!(error.certainly_not_applied());
    }
    assert!(script.lines().is_empty());
}

#[tokio::test]
async fn one_opportunity_is_read_or_is_not_there() {
    let mut archived = recorded();
    archived["archived"] = json!({ "reason": "r1", "archivedAt": 1628513942512_i64 });
    archived["confidentiality"] = json!("confidential");
    let script = Script::play([
        Play::json(200, &json!({ "data": archived })),
        Play::error(404, "ResourceNotFound", "opportunities gone was not found"),
        Play::error(403, "ForbiddenError", "confidential"),
    ])
    .await;
    let client = script.client();
    let found = client.opportunity("90bb80d6").await.unwrap().unwrap();
    assert_eq!(
        found.archived,
        Some(Archived { reason: Some("r1".to_owned()), archived_at: Some(1_628_513_942_512) })
    );
    assert!(found.is_confidential());
    assert_eq!(client.opportunity("gone").await.unwrap(), None);
    let error = client.opportunity("hidden").await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Forbidden);
    assert_eq!(
        script.lines(),
        ["GET /v1/opportunities/90bb80d6", "GET /v1/opportunities/gone", "GET /v1/opportunities/hidden"]
    );
}

#[tokio::test]
async fn an_empty_id_does_not_ask_for_the_list() {
    let script = Script::play([]).await;
    let error = script.client().opportunity("").await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::InvalidArgument);
    assert!(script.lines().is_empty());
}

#[tokio::test]
async fn every_filter_reaches_the_query() {
    let empty = Play::json(200, &json!({ "data": [], "hasNext": false }));
    let script = Script::play([empty.clone(), empty.clone(), empty]).await;
    let client = script.client();
    let filter = OpportunityFilter {
        emails: vec![" Jo@Acme.com".to_owned(), "x@y.z".to_owned()],
        tags: vec!["Tag A".to_owned()],
        sources: vec!["CodeSignal".to_owned()],
        contact_ids: vec!["c1".to_owned()],
        updated_at_start: Some(1),
        updated_at_end: Some(2),
        created_at_start: Some(3),
        created_at_end: Some(4),
        archived: Some(false),
        confidentiality: Some(Confidentiality::All),
        expand_applications: true,
        limit: Some(500),
    };
    client.opportunities_page(&filter, None).await.unwrap();
    client.opportunities_page(&OpportunityFilter::default(), None).await.unwrap();
    client.deleted_opportunities_page(Some(1000), Some("%5B1%5D")).await.unwrap();
    assert_eq!(
        script.lines(),
        [
            "GET /v1/opportunities?limit=100&email=jo%40acme.com&email=x%40y.z&tag=Tag+A\
             &source=CodeSignal&contact_id=c1&updated_at_start=1&updated_at_end=2\
             &created_at_start=3&created_at_end=4&archived=false&confidentiality=all\
             &expand=applications",
            "GET /v1/opportunities?limit=100",
            "GET /v1/opportunities/deleted?limit=100&deleted_at_start=1000&offset=%255B1%255D",
        ]
    );
}

#[tokio::test]
async fn an_empty_filter_value_does_not_find_everybody() {
    let script = Script::play([]).await;
    for filter in [
        OpportunityFilter {
            emails: vec!["a@b.c".to_owned(), " ".to_owned()],
            ..OpportunityFilter::default()
        },
        OpportunityFilter { tags: vec![String::new()], ..OpportunityFilter::default() },
    ] {
        let error = script.client().opportunities_all(&filter, 10).await.unwrap_err();
        assert_eq!(error.kind(), ErrorKind::InvalidArgument);
    }
    assert!(script.lines().is_empty());
}

#[tokio::test]
async fn deleted_opportunities_say_when_and_by_whom() {
    let script = Script::play([Play::json(
        200,
        &json!({
            "data": [
                { "id": "o1", "contact": "c1", "deletedAt": 1417588008760_i64, "deletedBy": "u1",
                  "name": "Shane Smith" },
                { "id": "o2", "deletedAt": 1417588008761_i64, "deletedBy": null }
            ],
            "hasNext": false
        }),
    )])
    .await;
    let page = script.client().deleted_opportunities_page(None, None).await.unwrap();
    assert_eq!(page.next, None);
    assert_eq!(page.data[0].deleted_at, Some(1_417_588_008_760));
    assert_eq!(page.data[0].deleted_by.as_deref(), Some("u1"));
    assert_eq!(page.data[1].deleted_by, None);
}

/// Recorded: the answers to these writes, links apart, have no contact data.
fn blank() -> Value {
    let mut blank = recorded();
    for field in ["name", "headline", "location"] {
        blank[field] = json!("");
    }
    blank["emails"] = json!([]);
    blank["phones"] = json!([]);
    json!({ "data": blank })
}

#[tokio::test]
async fn moving_archiving_tagging_and_linking() {
    let answer = Play::json(200, &blank());
    let script = Script::play([(); 6].map(|()| answer.clone())).await;
    let client = script.client();
    client.move_stage("o1", "lead-responded", Some("u1")).await.unwrap();
    client.move_stage("o1", "offer", None).await.unwrap();
    client.archive("o1", Some("r1"), Some("u1")).await.unwrap();
    client.archive("o1", None, None).await.unwrap();
    client.add_tags("o1", &["a".to_owned(), "b".to_owned()], Some("u1")).await.unwrap();
    client.add_links("o1", &["https://jo.example".to_owned()], Some("u1")).await.unwrap();
    let seen: Vec<(String, Value)> =
        script.seen().iter().map(|seen| (seen.line.clone(), seen.json())).collect();
    let expected = [
        ("PUT /v1/opportunities/o1/stage?perform_as=u1", json!({ "stage": "lead-responded" })),
        ("PUT /v1/opportunities/o1/stage", json!({ "stage": "offer" })),
        ("PUT /v1/opportunities/o1/archived?perform_as=u1", json!({ "reason": "r1" })),
        ("PUT /v1/opportunities/o1/archived", json!({ "reason": null })),
        ("POST /v1/opportunities/o1/addTags?perform_as=u1", json!({ "tags": ["a", "b"] })),
        ("POST /v1/opportunities/o1/addLinks?perform_as=u1", json!({ "links": ["https://jo.example"] })),
    ];
    assert_eq!(seen, expected.map(|(line, body)| (line.to_owned(), body)).to_vec());
}
