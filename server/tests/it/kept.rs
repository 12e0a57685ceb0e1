//! Nothing typed is lost without JavaScript: a form that was refused, or sent after the
//! session had ended, stands there again as it was sent.

use domain::ids::CandidateId;
use reqwest::Method;
use usecases::candidates::CandidateForm;

use crate::support::{ADMIN, RECRUITER, TestApp, Visitor, session_cookie};

const PASSWORD: &str = "a-password-that-shows-up-nowhere";

/// Sends the plain form of the page at `page`, and gives the address it leads to.
async fn send(visitor: &mut Visitor, page: &str, function: &str, fields: &[(&str, &str)]) -> String {
    let answer = visitor
        .request(Method::POST, &format!("/api/{function}"))
        .header("accept", "text/html")
        .header("referer", format!("{}{page}", visitor.url))
        .header("sec-fetch-site", "same-origin")
        .form(fields)
        .send()
        .await
        .unwrap();
    if let Some(cookie) = session_cookie(answer.headers()) {
        visitor.cookie = cookie.split(';').next().map(str::to_owned);
    }
    let location = answer.headers()["location"].to_str().unwrap();
    location.strip_prefix(visitor.url.as_str()).unwrap_or(location).to_owned()
}

async fn shown(visitor: &Visitor, address: &str) -> String {
    visitor.get(address).await.text().await.unwrap()
}

async fn candidate(app: &TestApp, name: &str, email: &str) -> CandidateId {
    let form = CandidateForm { name: name.into(), email: email.into(), ..CandidateForm::default() };
    usecases::candidates::add(&app.services, &app.actor(RECRUITER).await, form).await.unwrap()
}

/// The value of the hidden field `next` of the sign-in page.
fn next_of(page: &str) -> String {
    let field = page.split("name=\"next\"").nth(1).expect("a field for the way on");
    let value = field.split("value=\"").nth(1).and_then(|rest| rest.split('"').next());
    value.expect("a way on").replace("&amp;", "&")
}

#[tokio::test(flavor = "multi_thread")]
async fn a_refused_form_stands_there_as_it_was_sent() {
    let app = TestApp::start().await;
    let noor = candidate(&app, "Noor Haddad", "noor@people.example").await;
    let invited =
        usecases::members::invite(&app.services, &app.actor(ADMIN).await, "new@demo.example", "recruiter")
            .await
            .unwrap();
    let invitation = invited.url.strip_prefix(&app.url).unwrap().to_owned();
    let token = invitation.rsplit('/').next().unwrap();
    let (page, reach) = (format!("/candidates/{noor}"), format!("/candidates/{noor}/reach"));
    let noor = noor.to_string();
    let long = "x".repeat(201);
    type Fields<'a> = Vec<(&'a str, &'a str)>;
    let (stranger, admin) = (app.stranger(), app.member(ADMIN).await);
    let forms: Vec<(&Visitor, &str, &str, Fields<'_>, &str)> = vec![
        (
            &admin,
            "/candidates/new",
            "add_candidate",
            vec![("name", "Theo <b>Blanc"), ("email", "nonsense"), ("company", "Blanc & Fils")],
            "not an e-mail address",
        ),
        (
            &admin,
            "/messages/templates",
            "save_template",
            vec![("name", "A \"quoted\" name"), ("text", "</textarea><b>Hello {nobody}")],
            "can be filled in",
        ),
        (
            &admin,
            &page,
            "send_message",
            vec![("candidate", &noor), ("text", "</textarea>How is {company}?")],
            "company is not known",
        ),
        (
            &admin,
            &reach,
            "change_reach",
            vec![("candidate", &noor), ("emails", "nonsense"), ("phones", "+49 1"), ("links", "")],
            "not an e-mail address",
        ),
        (&admin, "/members", "invite_member", vec![("email", "nobody"), ("role", "admin")], "not an e-mail"),
        (
            &admin,
            "/settings",
            "save_settings",
            vec![("known_person", "ask"), ("on_reply", "off"), ("tags", &long)],
            "At most 20 tags",
        ),
        (
            &stranger,
            &invitation,
            "join",
            vec![("token", token), ("name", &long), ("password", PASSWORD)],
            "At most 200",
        ),
        (
            &stranger,
            "/sign-in",
            "sign_in",
            vec![("email", "nobody@demo.example"), ("password", PASSWORD)],
            "do not match",
        ),
    ];
    for (who, page, function, fields, wrong) in forms {
        let mut visitor = who.clone();
        let address = send(&mut visitor, page, function, &fields).await;
        assert!(address.starts_with(page) && address.contains("__err="), "{function}: {address}");
        let html = shown(&visitor, &address).await;
        assert!(html.contains(wrong), "{function} does not say what is wrong");
        for (name, typed) in fields.into_iter().filter(|(_, typed)| !typed.is_empty()) {
            if ["password", "token"].contains(&name) {
                continue;
            }
            let in_html = typed.replace('&', "&amp;").replace('<', "&lt;");
            let drawn = [in_html.clone(), in_html.replace('>', "&gt;"), in_html.replace('"', "&quot;")];
            assert!(drawn.iter().any(|drawn| html.contains(drawn)), "{function} lost {name}: {html}");
        }
        assert!(!html.contains(PASSWORD), "{function} shows the password");
        assert!(!html.contains("</textarea><b>") && !html.contains("</textarea>How"), "{function}");
        // Nobody else's, and not where nothing was refused.
        let elsewhere = shown(&app.stranger(), &address).await;
        assert!(!elsewhere.contains("nonsense") && !elsewhere.contains("nobody@demo"), "{function}");
    }
    app.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_was_typed_outlasts_the_session() {
    let app = TestApp::start().await;
    let noor = candidate(&app, "Noor Haddad", "noor@people.example").await;
    let (page, id) = (format!("/candidates/{noor}"), noor.to_string());
    let mut ana = app.stranger();
    let text = "Shall we talk, {first name}?";
    let address = send(&mut ana, &page, "send_message", &[("candidate", &id), ("text", text)]).await;
    let asked = ana.get(&address).await;
    let sign_in = asked.headers()["location"].to_str().unwrap().to_owned();
    assert!(sign_in.starts_with("/sign-in?next="), "{sign_in}");
    let next = next_of(&shown(&ana, &sign_in).await);
    let before = ana.cookie.clone();

    // A wrong password first: that costs neither the text nor the way on.
    let wrong = [("email", RECRUITER), ("password", PASSWORD), ("next", &next)];
    let refused = send(&mut ana, &sign_in, "sign_in", &wrong).await;
    assert_eq!(next_of(&shown(&ana, &refused).await), next);
    let right = [("email", RECRUITER), ("password", server::demo::PASSWORD), ("next", &next)];
    let led = send(&mut ana, &refused, "sign_in", &right).await;
    assert_ne!(ana.cookie, before, "signing in begins another session");
    let html = shown(&ana, &led).await;
    assert!(html.contains(&format!(">{text}</textarea>")), "the text is lost");
    assert!(!html.contains("You are signed out"), "that is over");
    // Neither on other pages, nor on the same one asked for anew.
    assert!(!shown(&ana, &page).await.contains(text));

    let sent = send(&mut ana, &led, "send_message", &[("candidate", &id), ("text", text)]).await;
    let html = shown(&ana, &sent).await;
    assert!(html.contains("Shall we talk, Noor?") && !html.contains(text));
    assert!(!shown(&ana, &led).await.contains(text), "what was sent is forgotten");
    app.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_preview_is_shown_below_what_was_typed() {
    let app = TestApp::start().await;
    let noor = candidate(&app, "Noor Haddad", "noor@people.example").await;
    let (page, id) = (format!("/candidates/{noor}"), noor.to_string());
    let mut ana = app.member(RECRUITER).await;
    let fields = [("candidate", id.as_str()), ("text", "Hi {first name}!"), ("preview", "1")];
    let address = send(&mut ana, &page, "send_message", &fields).await;
    let html = shown(&ana, &address).await;
    assert!(html.contains(">Hi {first name}!</textarea>") && html.contains("Hi Noor!"), "{html}");
    assert!(!shown(&ana, &page).await.contains("Hi Noor!"), "nothing was sent");
    app.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_name_cannot_end_the_title_of_a_page() {
    let app = TestApp::start().await;
    let name = "Noor </title><meta name=x>";
    let noor = candidate(&app, name, "noor@people.example").await;
    let html = shown(&app.member(RECRUITER).await, &format!("/candidates/{noor}")).await;
    assert!(!html.contains("<meta name=x>"), "a name became markup");
    assert!(html.contains("Noor &lt;/title>&lt;meta name=x>"), "the title shows the name");
    app.stop().await;
}
