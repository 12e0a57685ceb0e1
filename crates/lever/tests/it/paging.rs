//! Walking over pages.

use lever::{ErrorKind, OpportunityFilter};
use serde_json::{Value, json};

use crate::support::{Play, Script};

/// The form of a real page token: a percent-encoded JSON array that names the next item.
const TOKEN: &str = "%5B265.5%2C1439014920000%2C%22a81f9a2b%22%5D";

fn page(ids: &[&str], next: Option<&str>) -> Play {
    let data: Vec<Value> = ids.iter().map(|id| json!({ "id": id })).collect();
    Play::json(
        200,
        &match next {
            Some(next) => json!({ "data": data, "hasNext": true, "next": next }),
            None => json!({ "data": data, "hasNext": false }),
        },
    )
}

fn stale() -> Play {
    Play::error(400, "BadRequestError", "Invalid offset token: x")
}

async fn walk(script: &Script, max: usize) -> Result<Vec<String>, lever::Error> {
    let found = script.client().opportunities_all(&OpportunityFilter::default(), max).await?;
    Ok(found.into_iter().map(|opportunity| opportunity.id).collect())
}

#[tokio::test]
async fn the_token_goes_back_verbatim_encoded_once_more() {
    let script = Script::play([
        page(&["a", "b"], Some(TOKEN)),
        page(&["c"], Some("0.1414895548650.x y")),
        page(&["d"], None),
    ])
    .await;
    assert_eq!(walk(&script, 100).await.unwrap(), ["a", "b", "c", "d"]);
    assert_eq!(
        script.lines(),
        [
            "GET /v1/opportunities?limit=100",
            "GET /v1/opportunities?limit=100\
             &offset=%255B265.5%252C1439014920000%252C%2522a81f9a2b%2522%255D",
            "GET /v1/opportunities?limit=100&offset=0.1414895548650.x+y",
        ]
    );
}

#[tokio::test]
async fn one_page_hands_its_token_to_the_caller() {
    let script = Script::play([page(&["a"], Some(TOKEN))]).await;
    let page = script.client().opportunities_page(&OpportunityFilter::default(), None).await.unwrap();
    assert_eq!(page.next.as_deref(), Some(TOKEN));
}

#[tokio::test]
async fn a_walk_stops_at_its_bound() {
    let script =
        Script::play([page(&["a", "b"], Some("1")), page(&["c", "d"], Some("2")), page(&["e"], None)]).await;
    assert_eq!(walk(&script, 3).await.unwrap(), ["a", "b", "c"]);
    assert_eq!(script.lines().len(), 2);
}

#[tokio::test]
async fn an_item_that_moved_between_pages_is_returned_once() {
    let script = Script::play([page(&["a", "b"], Some("1")), page(&["b", "c"], None)]).await;
    assert_eq!(walk(&script, 100).await.unwrap(), ["a", "b", "c"]);
}

#[tokio::test]
async fn a_stale_token_starts_the_walk_again_once() {
    let script =
        Script::play([page(&["a"], Some("1")), stale(), page(&["a"], Some("2")), page(&["b"], None)]).await;
    assert_eq!(walk(&script, 100).await.unwrap(), ["a", "b"]);

    let script = Script::play([page(&["a"], Some("1")), stale(), page(&["a"], Some("2")), stale()]).await;
    let error = walk(&script, 100).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::BadRequest);
    assert_eq!(script.lines().len(), 4);
}

#[tokio::test]
async fn another_bad_request_does_not_start_again() {
    let script =
        Script::play([page(&["a"], Some("1")), Play::error(400, "BadRequestError", "Something else")]).await;
    assert_eq!(walk(&script, 100).await.unwrap_err().kind(), ErrorKind::BadRequest);
    assert_eq!(script.lines().len(), 2);
}

#[tokio::test]
async fn a_list_without_end_is_noticed() {
    let script =
        Script::play([page(&["a"], Some("1")), page(&["b"], Some("2")), page(&["a"], Some("1"))]).await;
    assert_eq!(walk(&script, 100).await.unwrap_err().kind(), ErrorKind::Unreadable);
}

#[tokio::test]
async fn a_next_page_without_a_token_is_not_taken_for_the_end() {
    let script = Script::play([Play::json(200, &json!({ "data": [{ "id": "a" }], "hasNext": true }))]).await;
    assert_eq!(walk(&script, 100).await.unwrap_err().kind(), ErrorKind::Unreadable);
}
