//! The door for files: what goes in comes out as it was, and to members only.

use app::AppError;
use domain::actor::{Actor, Role};
use domain::ids::CandidateId;
use domain::problem::{FieldProblem, Problem};
use domain::resume::{LARGEST_RESUME, ResumeRefused};
use leptos::prelude::FromServerFnError as _;
use reqwest::multipart::{Form, Part};
use reqwest::{Method, Response, StatusCode};
use store::members::Member;
use store::organisations::Organisation;
use usecases::candidates::CandidateForm;

use crate::support::{ADMIN, RECRUITER, TestApp, Visitor};

const PDF: &[u8] = b"%PDF-1.7\nNoor Haddad\n%%EOF";

async fn candidate(app: &TestApp, actor: &Actor, email: &str) -> CandidateId {
    let form = CandidateForm { name: "Noor Haddad".into(), email: email.into(), ..CandidateForm::default() };
    usecases::candidates::add(&app.services, actor, form).await.unwrap()
}

fn door(candidate: CandidateId) -> String {
    format!("/candidates/{candidate}/resume")
}

/// Sends a file as a browser does, with a page's `accept`.
async fn send(who: &Visitor, candidate: CandidateId, name: &str, content: Vec<u8>, accept: &str) -> Response {
    let file = Part::bytes(content).file_name(name.to_owned()).mime_str("application/x-msdownload").unwrap();
    who.request(Method::POST, &door(candidate))
        .header("accept", accept)
        .header("sec-fetch-site", "same-origin")
        .multipart(Form::new().part("resume", file))
        .send()
        .await
        .unwrap()
}

const FORM: &str = "text/html";
const PROGRAM: &str = "application/x-postcard";

fn refusal(refused: ResumeRefused) -> AppError {
    AppError::Problem(Problem::field(FieldProblem::Resume(refused)))
}

/// The words of a page.
async fn page(who: &Visitor, path: &str) -> String {
    let answer = who.get(path).await;
    assert_eq!(answer.status(), StatusCode::OK, "{path}");
    answer.text().await.unwrap()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_file_goes_in_and_comes_out_to_be_saved() {
    let app = TestApp::start().await;
    let ana = app.member(RECRUITER).await;
    let noor = candidate(&app, &app.actor(RECRUITER).await, "noor@people.example").await;
    let profile = format!("/candidates/{noor}");
    assert!(page(&ana, &profile).await.contains("No file is kept."));
    assert_eq!(ana.get(&door(noor)).await.status(), StatusCode::NOT_FOUND);

    let answer = send(&ana, noor, "Noor é <b>.exe", PDF.to_vec(), FORM).await;
    assert_eq!(answer.status(), StatusCode::SEE_OTHER);
    assert_eq!(answer.headers()["location"], profile.as_str());
    let shown = page(&ana, &profile).await;
    assert!(shown.contains("PDF, 26 bytes") && shown.contains("Noor é &lt;b&gt;.exe.pdf"), "{shown}");

    // Another member reads it; it is saved, never shown.
    let answer = app.member(ADMIN).await.get(&door(noor)).await;
    let header = |name: &str| answer.headers()[name].to_str().unwrap().to_owned();
    assert_eq!(header("content-type"), "application/pdf");
    assert_eq!(
        header("content-disposition"),
        "attachment; filename=\"Noor _ _b_.exe.pdf\"; filename*=UTF-8''Noor%20%C3%A9%20%3Cb%3E.exe.pdf"
    );
    assert_eq!(header("x-content-type-options"), "nosniff");
    assert_eq!(header("cache-control"), "no-store");
    assert!(header("content-security-policy").contains("default-src 'none'"));
    assert_eq!(answer.bytes().await.unwrap(), PDF);

    // Replaced, as the program in a browser does it, with the largest there may be.
    let mut large = "x".repeat(LARGEST_RESUME).into_bytes();
    let answer = send(&ana, noor, "noor.txt", large.clone(), PROGRAM).await;
    assert_eq!(answer.status(), StatusCode::OK);
    assert_eq!(ana.get(&door(noor)).await.bytes().await.unwrap(), large);

    // One byte more is refused, and the one before is still there.
    large.push(b'x');
    let answer = send(&ana, noor, "noor.txt", large, PROGRAM).await;
    assert_eq!(answer.status(), StatusCode::UNPROCESSABLE_ENTITY);
    assert_eq!(AppError::de(answer.bytes().await.unwrap()), refusal(ResumeRefused::TooLarge));
    assert!(page(&ana, &profile).await.contains("Text, 30.0 MB"));

    let removed = ana.call("remove_resume", &[("candidate", &noor.to_string())]).await;
    assert_eq!(removed.status(), StatusCode::OK);
    assert_eq!(ana.get(&door(noor)).await.status(), StatusCode::NOT_FOUND);
    app.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_refused_file_is_told_in_words_on_the_page() {
    let app = TestApp::start().await;
    let ana = app.member(RECRUITER).await;
    let noor = candidate(&app, &app.actor(RECRUITER).await, "noor@people.example").await;
    for (name, content, refused) in [
        ("noor.pdf", b"MZ\x90\0\x03\0".to_vec(), ResumeRefused::OtherKind),
        ("noor.pdf", Vec::new(), ResumeRefused::Empty),
        ("", Vec::new(), ResumeRefused::Missing),
    ] {
        let answer = send(&ana, noor, name, content.clone(), FORM).await;
        assert_eq!(answer.status(), StatusCode::SEE_OTHER, "{refused:?}");
        let page = page(&ana, answer.headers()["location"].to_str().unwrap()).await;
        assert_eq!(page.matches(refused.text()).count(), 1, "{refused:?}: {page}");
        assert_eq!(page.matches("Nothing was saved yet").count(), 1, "{refused:?}");
        assert!(page.contains("No file is kept."));
        let answer = send(&ana, noor, name, content, PROGRAM).await;
        assert_eq!(AppError::de(answer.bytes().await.unwrap()), refusal(refused));
    }
    // No form with files at all, and one without the field.
    let answer = ana.request(Method::POST, &door(noor)).form(&[("resume", "x")]).send().await.unwrap();
    assert_eq!(AppError::de(answer.bytes().await.unwrap()), refusal(ResumeRefused::Broken));
    let other = Form::new().text("else", "x");
    let answer = ana.request(Method::POST, &door(noor)).multipart(other).send().await.unwrap();
    assert_eq!(AppError::de(answer.bytes().await.unwrap()), refusal(ResumeRefused::Missing));
    app.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn strangers_other_sites_and_other_organisations_come_to_nothing() {
    let app = TestApp::start().await;
    let (ana, stranger) = (app.member(RECRUITER).await, app.stranger());
    let noor = candidate(&app, &app.actor(RECRUITER).await, "noor@people.example").await;
    assert_eq!(send(&ana, noor, "noor.pdf", PDF.to_vec(), PROGRAM).await.status(), StatusCode::OK);

    assert_eq!(stranger.get(&door(noor)).await.status(), StatusCode::UNAUTHORIZED);
    let answer = send(&stranger, noor, "evil.pdf", PDF.to_vec(), PROGRAM).await;
    assert_eq!(answer.status(), StatusCode::UNAUTHORIZED);
    assert_eq!(AppError::de(answer.bytes().await.unwrap()), AppError::Problem(Problem::SignedOut));

    for site in ["cross-site", "same-site"] {
        let answer = ana
            .request(Method::POST, &door(noor))
            .header("sec-fetch-site", site)
            .multipart(Form::new().part("resume", Part::bytes(PDF).file_name("evil.pdf")))
            .send()
            .await
            .unwrap();
        assert_eq!(answer.status(), StatusCode::FORBIDDEN, "{site}");
    }

    let theirs = candidate(&app, &somebody_elsewhere(&app).await, "their@people.example").await;
    assert_eq!(ana.get(&door(theirs)).await.status(), StatusCode::NOT_FOUND);
    let answer = send(&ana, theirs, "evil.pdf", PDF.to_vec(), PROGRAM).await;
    assert_eq!(answer.status(), StatusCode::NOT_FOUND);
    let answer = ana.call("draw_resume", &[("candidate", &theirs.to_string())]).await;
    assert_eq!(answer.status(), StatusCode::NOT_FOUND);
    let answer = ana.call("remove_resume", &[("candidate", &theirs.to_string())]).await;
    assert_eq!(answer.status(), StatusCode::NOT_FOUND);
    assert_eq!(ana.get("/candidates/none/resume").await.status(), StatusCode::NOT_FOUND);
    assert_eq!(ana.get(&door(noor)).await.bytes().await.unwrap(), PDF);
    app.stop().await;
}

/// A member of another organisation on the same server.
async fn somebody_elsewhere(app: &TestApp) -> Actor {
    let now = app.services.now();
    let organisation =
        Organisation { id: app.services.new_id(), name: "Else".into(), practice: true, created_at: now };
    let member = Member {
        id: app.services.new_id(),
        organisation: organisation.id,
        email: "boss@else.example".into(),
        name: "Their Boss".into(),
        role: Role::SuperAdmin,
        active: true,
        created_at: now,
    };
    let mut tx = app.services.store.begin().await.unwrap();
    store::organisations::insert(&mut tx, &organisation).await.unwrap();
    store::members::insert(&mut tx, &member, "").await.unwrap();
    tx.commit().await.unwrap();
    Actor {
        organisation: organisation.id,
        member: member.id,
        role: member.role,
        name: member.name,
        email: member.email,
    }
}
