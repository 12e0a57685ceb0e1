//! The sheet before an import, by plain forms only.

use domain::ids::CandidateId;
use reqwest::StatusCode;
use usecases::candidates::CandidateForm;

use crate::support::{ADMIN, RECRUITER, TestApp, Visitor, until};

async fn page(visitor: &Visitor, path: &str) -> String {
    let answer = visitor.get(path).await;
    assert_eq!(answer.status(), StatusCode::OK, "{path}");
    answer.text().await.unwrap()
}

/// Noor, who has answered Ana; Lever is connected.
async fn noor(app: &TestApp) -> CandidateId {
    let (services, ana) = (&app.services, app.actor(RECRUITER).await);
    usecases::integration::connect_practice(services, &app.actor(ADMIN).await).await.unwrap();
    let form = CandidateForm {
        name: "Noor Haddad".into(),
        email: "noor@people.example".into(),
        ..CandidateForm::default()
    };
    let noor = usecases::candidates::add(services, &ana, form).await.unwrap();
    usecases::candidates::send_message(services, &ana, noor, "Shall we talk?").await.unwrap();
    let profile = usecases::candidates::profile(services, &ana, noor).await.unwrap();
    let link = profile.thread[0].reply_url.clone().unwrap();
    usecases::replies::answer(services, link.rsplit('/').next().unwrap(), "Gladly.").await.unwrap();
    noor
}

#[tokio::test(flavor = "multi_thread")]
async fn a_plain_form_chooses_filters_is_refused_and_imports() {
    let app = TestApp::start().await;
    let noor = noor(&app).await;
    let sheet = format!("/candidates/{noor}/import");
    let mut ana = app.member(RECRUITER).await;
    until("the postings are known here", || async {
        page(&ana, &sheet).await.contains("Backend Engineer").then_some(())
    })
    .await;
    let shown = page(&ana, &sheet).await;
    for part in ["noor@people.example", "Credited to", "Ana Ruiz", "CodeSignal", "Data Scientist", "New lead"]
    {
        assert!(shown.contains(part), "{part} is not on the sheet");
    }

    // Filtering keeps what was chosen.
    let filtered = page(&ana, &format!("{sheet}?search=data&stage=offer&followers%5B%5D=none")).await;
    assert!(!filtered.contains("Backend Engineer") && filtered.contains("1 of 2 postings match."));
    let offer = filtered.split("<option").find(|option| option.contains("value=\"offer\"")).unwrap();
    assert!(offer.split('>').next().unwrap().contains("selected"), "{offer}");

    let id = noor.to_string();
    let answer = ana.submit("import_chosen", &[("candidate", &id), ("posting", "gone")]).await;
    let led = answer.headers()["location"].to_str().unwrap().to_owned();
    let (_, query) = led.split_once('?').unwrap();
    let refused = page(&ana, &format!("{sheet}?{query}")).await;
    assert_eq!(refused.matches("Choose one of the options.").count(), 1);
    assert_eq!(refused.matches("Nothing was saved yet").count(), 1);

    let answer = ana.submit("import_chosen", &[("candidate", &id), ("stage", "offer")]).await;
    assert_eq!(answer.headers()["location"], format!("/candidates/{noor}").as_str());
    until("the import is done", || async {
        page(&ana, &sheet).await.contains("Noor Haddad is in Lever.").then_some(())
    })
    .await;
    let there = app.lever.opportunities();
    let there = there.iter().find(|found| found["name"] == "Noor Haddad").unwrap();
    assert_eq!(there["stage"], "offer");
    assert_eq!(ana.get("/candidates/none/import").await.status(), StatusCode::NOT_FOUND);
    app.stop().await;
}
