//! Server-sent events: for members only, about their organisation only, and no
//! longer than they may listen.

use domain::event::Change;
use domain::ids::{CandidateId, OrganisationId};
use futures::StreamExt as _;
use futures::stream::BoxStream;
use reqwest::{Response, StatusCode};

use crate::support::{ADMIN, LIMIT, RECRUITER, TestApp};

/// The lines of a stream.
pub(crate) struct Lines {
    chunks: BoxStream<'static, Vec<u8>>,
    rest: String,
}

impl Lines {
    pub(crate) fn of(answer: Response) -> Self {
        assert_eq!(answer.status(), StatusCode::OK);
        assert_eq!(answer.headers()["content-type"], "text/event-stream");
        assert_eq!(answer.headers()["x-accel-buffering"], "no");
        assert!(answer.headers().get("content-encoding").is_none());
        let chunks = answer.bytes_stream().map(|chunk| chunk.map(|bytes| bytes.to_vec()).unwrap_or_default());
        Self { chunks: chunks.boxed(), rest: String::new() }
    }

    /// The next `data:` line; `None` when the stream has ended.
    pub(crate) async fn data(&mut self) -> Option<String> {
        // Comments that keep the line alive are no answer.
        tokio::time::timeout(LIMIT, self.next_data()).await.expect("no event came")
    }

    async fn next_data(&mut self) -> Option<String> {
        loop {
            if let Some((line, rest)) = self.rest.split_once('\n') {
                let (line, rest) = (line.to_owned(), rest.to_owned());
                self.rest = rest;
                if let Some(data) = line.strip_prefix("data: ") {
                    return Some(data.to_owned());
                }
                continue;
            }
            let chunk = self.chunks.next().await?;
            self.rest.push_str(&String::from_utf8(chunk).unwrap());
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn strangers_hear_nothing() {
    let app = TestApp::start().await;
    assert_eq!(app.stranger().get("/events").await.status(), StatusCode::UNAUTHORIZED);
    app.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_member_hears_of_their_own_organisation_only() {
    let app = TestApp::start().await;
    let admin = app.member(ADMIN).await;
    let organisation = app.actor(ADMIN).await.organisation;
    let mut lines = Lines::of(admin.get("/events").await);
    let id: CandidateId = app.services.new_id();
    app.services.changes.announce(app.services.new_id::<OrganisationId>(), Change::Connection);
    app.services.changes.announce(organisation, Change::Candidate { id });
    assert_eq!(lines.data().await.unwrap(), format!("candidate {id}"));
    app.stop().await;
    assert_eq!(lines.data().await, None, "stopping ends the stream");
}

#[tokio::test(flavor = "multi_thread")]
async fn another_role_ends_the_stream() {
    let app = TestApp::start().await;
    let ana = app.member(RECRUITER).await;
    let mut lines = Lines::of(ana.get("/events").await);
    let (admin, recruiter) = (app.actor(ADMIN).await, app.actor(RECRUITER).await);
    usecases::members::change_role(&app.services, &admin, recruiter.member, "admin").await.unwrap();
    assert_eq!(lines.data().await, None);
    app.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn signing_out_ends_the_stream_at_the_next_look() {
    let app = TestApp::start().await;
    let mut admin = app.member(ADMIN).await;
    let organisation = app.actor(ADMIN).await.organisation;
    let mut lines = Lines::of(admin.get("/events").await);
    admin.submit("sign_out", &[]).await;
    app.services.changes.announce(organisation, Change::Members);
    assert_eq!(lines.data().await, None);
    app.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn who_missed_something_is_told_to_show_everything() {
    let app = TestApp::start().await;
    let admin = app.member(ADMIN).await;
    let organisation = app.actor(ADMIN).await.organisation;
    let answer = admin.get("/events").await;
    // More than the channel, the socket and this client hold, without a pause to read.
    for _ in 0..200_000 {
        app.services.changes.announce(organisation, Change::Attention);
    }
    let mut lines = Lines::of(answer);
    loop {
        let data = lines.data().await.expect("the stream went on");
        if data == "all" {
            break;
        }
        assert_eq!(data, "attention");
    }
    app.stop().await;
}
