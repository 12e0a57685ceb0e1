//! The file of the Insight page.

use reqwest::StatusCode;

use crate::support::{RECRUITER, TestApp};

#[tokio::test(flavor = "multi_thread")]
async fn a_member_downloads_the_table_and_a_stranger_nothing() {
    let app = TestApp::start().await;
    assert_eq!(app.stranger().get("/insight.csv").await.status(), StatusCode::UNAUTHORIZED);
    let answer = app.member(RECRUITER).await.get("/insight.csv?month=nonsense").await;
    assert_eq!(answer.status(), StatusCode::OK);
    assert_eq!(answer.headers()["content-type"], "text/csv; charset=utf-8");
    assert_eq!(answer.headers()["content-disposition"], "attachment; filename=\"insight.csv\"");
    let table = answer.text().await.unwrap();
    // Nobody was written to yet.
    assert_eq!(
        table,
        "Month,Recruiter,Contacted,Responded,Screening,Interviewing,Offer,Hired,Median days in Contacted,\
         Median days in Responded,Median days in Screening,Median days in Interviewing,Median days in Offer\n"
    );
    app.stop().await;
}
