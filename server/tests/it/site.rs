//! The embedded files: types, compression, caching. What is embedded depends on
//! whether the front end was built before, so these tests read what there is.

use reqwest::{Method, StatusCode};
use server::site::Site;

use crate::support::TestApp;

#[tokio::test(flavor = "multi_thread")]
async fn the_pages_name_the_folder_that_is_served() {
    let app = TestApp::start().await;
    let site = Site::find();
    let page = app.stranger().get("/sign-in").await.text().await.unwrap();
    let style = format!("/{}/fulcrum.css", site.package());
    assert!(page.contains(&style), "{page}");
    let answer =
        app.stranger().request(Method::GET, &style).header("accept-encoding", "br").send().await.unwrap();
    if !site.is_built() {
        assert_eq!(answer.status(), StatusCode::NOT_FOUND);
        app.stop().await;
        return;
    }
    assert_eq!(answer.status(), StatusCode::OK);
    let headers = answer.headers().clone();
    assert_eq!(headers["content-type"], "text/css; charset=utf-8");
    assert_eq!(headers["vary"], "accept-encoding");
    if site.package().contains('-') {
        assert_eq!(headers["cache-control"], "public, max-age=31536000, immutable");
    }
    let plain = app.stranger().request(Method::GET, &style).send().await.unwrap();
    assert!(plain.headers().get("content-encoding").is_none(), "whoever takes no coding gets none");
    let wasm = format!("/{}/fulcrum_bg.wasm", site.package());
    assert_eq!(app.stranger().get(&wasm).await.headers()["content-type"], "application/wasm");
    let again = app
        .stranger()
        .request(Method::GET, &style)
        .header("accept-encoding", "br")
        .header("if-none-match", &headers["etag"])
        .send()
        .await
        .unwrap();
    assert_eq!(again.status(), StatusCode::NOT_MODIFIED);
    assert!(again.bytes().await.unwrap().is_empty());
    app.stop().await;
}
