//! The pages about Lever, as a browser without JavaScript gets them.

use reqwest::StatusCode;
use serde_json::json;

use crate::support::{ADMIN, KEY, RECRUITER, TestApp, Visitor, until};

const LEAD: &str = "lead@demo.example";

async fn page(visitor: &Visitor, path: &str) -> String {
    let answer = visitor.get(path).await;
    assert_eq!(answer.status(), StatusCode::OK, "{path}");
    answer.text().await.unwrap()
}

/// Sends a plain form; gives the address it leads to.
async fn submit(visitor: &mut Visitor, function: &str, fields: &[(&str, &str)]) -> String {
    let answer = visitor.submit(function, fields).await;
    assert_eq!(answer.status(), StatusCode::FOUND, "{function}");
    answer.headers()["location"].to_str().unwrap().to_owned()
}

async fn connected() -> (TestApp, Visitor) {
    let app = TestApp::start().await;
    let mut admin = app.member(ADMIN).await;
    submit(&mut admin, "connect_practice", &[]).await;
    until("the first comparison is over", || async {
        page(&admin, "/integrations/runs").await.contains("Asked for, in full").then_some(())
    })
    .await;
    (app, admin)
}

#[tokio::test(flavor = "multi_thread")]
async fn receiving_says_what_is_heard_and_takes_tokens() {
    let (app, mut admin) = connected().await;
    let shown = page(&admin, "/integrations/receiving").await;
    for text in
        ["Candidate Hired", "no real event yet", "verified", "Signing tokens", "30 days", "One token signs"]
    {
        assert!(shown.contains(text), "{text}");
    }
    // What was refused is said beside the field, and above.
    let refused = submit(&mut admin, "save_tokens", &[("signing_tokens", KEY)]).await;
    let (_, query) = refused.split_once('?').unwrap();
    let shown = page(&admin, &format!("/integrations/receiving?{query}")).await;
    assert!(shown.contains("<p>This is the API key."), "beside the field");
    assert!(shown.contains("Nothing was saved yet"), "above");
    assert!(!shown.contains(KEY));
    let kept = submit(&mut admin, "save_bodies_kept", &[("days", "7"), ("then", "seal")]).await;
    assert!(!kept.contains("__err"), "{kept}");
    let shown = page(&admin, "/integrations/receiving").await;
    for chosen in ["<option value=\"7\" selected>7 days", "<option value=\"seal\" selected>Seal them"] {
        assert!(shown.contains(chosen), "{chosen}");
    }

    // An Admin reads, and has nothing to press; a Recruiter is told to ask.
    let lead = page(&app.member(LEAD).await, "/integrations/receiving").await;
    assert!(
        lead.contains("no real event yet") && !lead.contains("Signing tokens") && !lead.contains("Rotate")
    );
    for path in ["receiving", "changes", "runs"] {
        let answer = app.member(RECRUITER).await.get(&format!("/integrations/{path}")).await;
        assert_eq!(answer.status(), StatusCode::FORBIDDEN, "{path}");
        assert!(answer.text().await.unwrap().contains("Your role does not allow this"), "{path}");
    }
    app.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn before_anything_is_set_up_each_page_says_so() {
    let app = TestApp::start().await;
    let admin = app.member(ADMIN).await;
    assert!(page(&admin, "/integrations/receiving").await.contains("Nothing is received yet"));
    assert!(page(&admin, "/integrations/runs").await.contains("No run yet"));
    assert!(page(&admin, "/integrations/changes").await.contains("appear here once it is"));
    app.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_new_stage_is_asked_about_looked_at_and_applied() {
    let (app, mut admin) = connected().await;
    let added = reqwest::Client::builder()
        .no_proxy()
        .build()
        .unwrap()
        .post(format!("{}/_practice/stages", app.lever.base_url))
        .json(&json!({ "text": "Panel interview" }))
        .send()
        .await
        .unwrap();
    let added: serde_json::Value = added.json().await.unwrap();
    let stage = format!("stages[id-{}]", added["id"].as_str().unwrap());
    submit(&mut admin, "sync_now", &[]).await;
    until("the new stage is asked about", || async {
        page(&admin, "/integrations/changes").await.contains("Stage Panel interview is new.").then_some(())
    })
    .await;
    assert!(page(&admin, "/attention").await.contains("/integrations/changes"));
    assert!(page(&admin, "/integrations").await.contains("Something changed in Lever"));
    let lead = page(&app.member(LEAD).await, "/integrations/changes").await;
    assert!(lead.contains("A Super Admin decides.") && !lead.contains("Apply"));

    // What is no choice is refused beside its row.
    let refused = submit(&mut admin, "apply_changes", &[(&stage, "promoted")]).await;
    let (_, query) = refused.split_once('?').unwrap();
    let shown = page(&admin, &format!("/integrations/changes?{query}")).await;
    assert!(shown.contains("<p>Choose one of the options."), "beside the row");
    let looked_at = submit(&mut admin, "preview_changes", &[(&stage, "offer")]).await;
    assert!(!looked_at.contains("__err"), "{looked_at}");
    let shown = page(&admin, "/integrations/changes").await;
    assert!(shown.contains("<option value=\"offer\" selected>Offer"), "the choice is kept");
    let applied = submit(&mut admin, "apply_changes", &[(&stage, "offer")]).await;
    assert!(!applied.contains("__err"), "{applied}");
    assert!(page(&admin, "/integrations/changes").await.contains("Nothing to decide"));
    app.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn maps_are_searched_by_the_address_and_saved_whole() {
    let (app, mut admin) = connected().await;
    let shown = page(&admin, "/integrations/lever?step=stages&search=offer%20DECLINED").await;
    let rows = |shown: &str, hidden: bool| {
        let tags = shown.split("<div").filter_map(|rest| rest.split_once('>').map(|(tag, _)| tag));
        tags.filter(|tag| tag.contains("map-row") && tag.contains("hidden") == hidden).count()
    };
    assert_eq!(rows(&shown, false), 1);
    let hidden = rows(&shown, true);
    assert!(hidden > 10, "the others are still in the form: {hidden}");
    let shown = page(&admin, "/integrations/lever?step=stages&unmapped=1").await;
    assert_eq!(rows(&shown, false), 0);

    // Previewed: the choice is shown, with whom it moves, until it is let go of.
    submit(&mut admin, "preview_stages", &[("stages[id-offer]", "hired")]).await;
    let shown = page(&admin, "/integrations/lever?step=stages").await;
    assert!(shown.contains("This moves nobody.") && shown.contains("Nothing is saved yet."));
    submit(&mut admin, "discard_stages", &[]).await;
    assert!(!page(&admin, "/integrations/lever?step=stages").await.contains("Nothing is saved yet."));
    app.stop().await;
}
