//! The main job once, through every door: connect, message, answer, import, and
//! what happens in Lever comes back to an open screen.

use reqwest::StatusCode;
use serde_json::Value;

use crate::events::Lines;
use crate::support::{ADMIN, RECRUITER, TestApp, Visitor, until};

const NAME: &str = "Noor Haddad";
const EMAIL: &str = "noor.haddad@people.example";

async fn page(visitor: &Visitor, path: &str) -> String {
    let answer = visitor.get(path).await;
    assert_eq!(answer.status(), StatusCode::OK, "{path}");
    answer.text().await.unwrap()
}

/// Sends a plain form that must be taken; gives the address it leads to.
async fn submit(visitor: &mut Visitor, function: &str, fields: &[(&str, &str)]) -> String {
    let answer = visitor.submit(function, fields).await;
    assert_eq!(answer.status(), StatusCode::FOUND, "{function}");
    let location = answer.headers()["location"].to_str().unwrap().to_owned();
    assert!(!location.contains("__err"), "{function} was refused: {location}");
    location
}

fn in_lever(app: &TestApp) -> Option<Value> {
    let with_email = |opportunity: &Value| {
        opportunity["emails"].as_array().is_some_and(|emails| emails.iter().any(|email| email == EMAIL))
    };
    app.lever.opportunities().into_iter().find(with_email)
}

#[tokio::test(flavor = "multi_thread")]
async fn a_candidate_goes_to_lever_and_their_status_comes_back() {
    let app = TestApp::start().await;
    submit(&mut app.member(ADMIN).await, "connect_practice", &[]).await;

    let mut ana = app.member(RECRUITER).await;
    let profile = submit(&mut ana, "add_candidate", &[("name", NAME), ("email", EMAIL)]).await;
    let id = profile.rsplit('/').next().unwrap().to_owned();
    submit(&mut ana, "send_message", &[("candidate", &id), ("text", "Shall we talk?")]).await;
    assert!(page(&ana, "/candidates").await.contains(&format!("Available once {NAME} answers")));

    let shown = page(&ana, &profile).await;
    let token = shown.split("/r/").nth(1).and_then(|rest| rest.split('"').next()).expect("a reply link");
    let mut candidate = app.stranger();
    assert!(page(&candidate, &format!("/r/{token}")).await.contains("Shall we talk?"));
    submit(&mut candidate, "answer_reply", &[("token", token), ("text", "Gladly.")]).await;
    assert!(page(&ana, "/candidates").await.contains(&format!("Import {NAME} into Lever")));

    submit(&mut ana, "request_import", &[("candidate", &id)]).await;
    until("the import is done", || async {
        page(&ana, "/candidates").await.contains(&format!("View {NAME} in Lever")).then_some(())
    })
    .await;
    let opportunity = in_lever(&app).expect("an opportunity");
    assert_eq!(opportunity["stage"], "lead-new");
    assert_eq!(opportunity["sources"], serde_json::json!(["CodeSignal"]));
    assert_eq!(opportunity["creator"], "Ana Ruiz");

    // An open screen hears of it once the delivery was worked off.
    let mut lines = Lines::of(ana.get("/events").await);
    app.lever.set_stage(opportunity["id"].as_str().unwrap(), "offer").await.unwrap();
    loop {
        let data = lines.data().await.expect("the stream went on");
        if data.contains(&id) && page(&ana, &profile).await.contains("Offer") {
            break;
        }
    }
    app.stop().await;
}
