//! Sessions: begun, cycled, ended, and never readable in the database.

use reqwest::StatusCode;
use store::args;

use crate::support::{ADMIN, TestApp};

#[tokio::test(flavor = "multi_thread")]
async fn signing_in_cycles_the_id_and_ends_the_old_session() {
    let app = TestApp::start().await;
    let first = app.member(ADMIN).await;
    let mut again = first.clone();
    again.sign_in(ADMIN).await;
    assert_ne!(first.cookie, again.cookie);
    assert_eq!(again.get("/candidates").await.status(), StatusCode::OK);
    let old = first.get("/candidates").await;
    assert_eq!(old.status(), StatusCode::FOUND);
    assert!(old.headers()["location"].to_str().unwrap().starts_with("/sign-in"));
    app.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn an_id_made_up_by_somebody_is_not_taken_over() {
    let app = TestApp::start().await;
    let mut visitor = app.stranger();
    let planted = "fulcrum_session=AAAAAAAAAAAAAAAAAAAAAA".to_owned();
    visitor.cookie = Some(planted.clone());
    visitor.sign_in(ADMIN).await;
    assert_ne!(visitor.cookie.as_ref(), Some(&planted));
    let mut attacker = app.stranger();
    attacker.cookie = Some(planted);
    assert_eq!(attacker.get("/candidates").await.status(), StatusCode::FOUND);
    app.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn signing_out_ends_the_session_for_whoever_kept_the_cookie() {
    let app = TestApp::start().await;
    let mut admin = app.member(ADMIN).await;
    let kept = admin.clone();
    admin.submit("sign_out", &[]).await;
    assert_eq!(admin.cookie, None, "the browser is told to forget it");
    assert_eq!(kept.get("/candidates").await.status(), StatusCode::FOUND);
    app.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_id_is_not_in_the_database() {
    let app = TestApp::start().await;
    let admin = app.member(ADMIN).await;
    let id = admin.cookie.as_deref().unwrap().split_once('=').unwrap().1.to_owned();
    let mut tx = app.services.store.read().await.unwrap();
    let rows = tx.all("select id_hash, data from sessions", args![]).await.unwrap();
    assert_eq!(rows.len(), 1);
    for row in rows {
        let stored: String = row.get("id_hash").unwrap();
        let data: String = row.get("data").unwrap();
        assert_eq!(stored.len(), 64, "SHA-256 in hexadecimal");
        assert!(!stored.contains(&id) && !data.contains(&id));
    }
    drop(tx);
    app.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_removed_member_is_out_at_once() {
    let app = TestApp::start().await;
    let ana = app.member("ana@demo.example").await;
    assert_eq!(ana.get("/candidates").await.status(), StatusCode::OK);
    let admin = app.actor(ADMIN).await;
    let removed = app.actor("ana@demo.example").await;
    usecases::members::remove(&app.services, &admin, removed.member).await.unwrap();
    assert_eq!(ana.get("/candidates").await.status(), StatusCode::FOUND);
    app.stop().await;
}
