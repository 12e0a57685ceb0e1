//! Input that is odd, endless or hostile: stored as it is or refused beside its
//! field, and never in the way of others.

use std::time::Duration;

use domain::actor::{Actor, Role};
use domain::candidate::Phone;
use domain::ids::CandidateId;
use domain::import::{BulkOutcome, ImportFailure};
use domain::problem::{Field, FieldProblem, Problem};
use domain::status::{Status, StatusCause};
use domain::view::{CandidateFilter, ImportView};
use serde_json::{Value, json};
use store::candidates::Candidate;
use usecases::candidates::{CandidateForm, add, list, profile, send_message};
use usecases::imports::bulk::{self, Whom};

use crate::lever_world::*;
use crate::scene::{Scene, scene_on};
use crate::support::{
    World, answered_candidate, listed_names, member, postgres_world, problem, reply_token, world,
};

const RIGHT_TO_LEFT: &str = "نور حداد";
const EMOJI: &str = "👩\u{200d}💻 Ada 😀";
const HTML: &str = "<img src=x onerror=alert(1)> & \"Jo\"";
const FORMULA: &str = "=HYPERLINK(\"http://evil.example\")";

fn typed(name: &str, email: &str) -> CandidateForm {
    CandidateForm { name: name.into(), email: email.into(), ..CandidateForm::default() }
}

async fn a_form_is_taken_or_refused_beside_its_field(world: World) {
    let ana = member(&world, Role::Recruiter).await;
    let services = &world.services;
    for (number, name) in [RIGHT_TO_LEFT, EMOJI, HTML, FORMULA].into_iter().enumerate() {
        let id = add(services, &ana, typed(name, &format!("p{number}@people.example"))).await.unwrap();
        assert_eq!(profile(services, &ana, id).await.unwrap().row.name, name);
    }
    // Nothing invisible is kept: neither what breaks a database nor what turns a line around.
    let form = CandidateForm {
        headline: "Engineer\0\r\nat heart".into(),
        company: "Klar\u{202e}werk".into(),
        ..typed("Jo\0\nPark", "jo@people.example")
    };
    let jo = add(services, &ana, form).await.unwrap();
    let shown = profile(services, &ana, jo).await.unwrap().row;
    assert_eq!(
        (shown.name.as_str(), shown.headline.as_str(), shown.company.as_str()),
        ("Jo Park", "Engineer at heart", "Klar werk")
    );

    let endless = "x".repeat(5_000);
    let too_long = |field| Problem::field(FieldProblem::TooLong(field));
    let refused = add(services, &ana, typed(&endless, "long@people.example")).await;
    assert_eq!(problem(refused), too_long(Field::Name));
    let form = CandidateForm { headline: endless.clone(), ..typed("Jo", "long@people.example") };
    assert_eq!(problem(add(services, &ana, form).await), too_long(Field::Headline));
    for email in
        ["", "a@people.example, b@people.example, nobody", "a\0b@people.example", "<jo>@people.example"]
    {
        let refused = problem(add(services, &ana, typed("Jo", email)).await);
        let why = if email.is_empty() { FieldProblem::Missing } else { FieldProblem::NotAnEmail };
        assert_eq!(refused, Problem::field(why(Field::Email)), "{email:?}");
    }

    send_message(services, &ana, jo, "Hello\0\r\n<b>you</b> 😀").await.unwrap();
    world.clock.step(Duration::from_secs(1));
    let token = reply_token(&world, &ana, jo).await;
    usecases::replies::answer(services, &token, "\u{202e}Yes\0").await.unwrap();
    let said: Vec<String> =
        profile(services, &ana, jo).await.unwrap().thread.into_iter().map(|message| message.body).collect();
    assert_eq!(said, ["Hello\n<b>you</b> 😀", "Yes"]);
    let refused = send_message(services, &ana, jo, &"x".repeat(10_001)).await;
    assert_eq!(problem(refused), too_long(Field::Message));
    assert_eq!(
        problem(send_message(services, &ana, jo, "\0").await),
        Problem::field(FieldProblem::Missing(Field::Message))
    );

    for search in ["\0", "jo\0", "' or 1=1 --", "%_", &endless] {
        let filter = CandidateFilter { search: search.to_owned(), ..CandidateFilter::default() };
        list(services, &ana, &filter).await.unwrap();
    }
    assert_eq!(listed_names(&world, &ana, "نور").await, [RIGHT_TO_LEFT]);
    services.store.close().await;
}

#[tokio::test]
async fn a_form_is_taken_or_refused_beside_its_field_on_sqlite() {
    a_form_is_taken_or_refused_beside_its_field(world().await).await;
}

#[tokio::test]
async fn a_form_is_taken_or_refused_beside_its_field_on_postgresql() {
    // A zero byte is what PostgreSQL takes in no text.
    a_form_is_taken_or_refused_beside_its_field(postgres_world().await).await;
}

/// Somebody who has answered, with whatever another program may have stored.
async fn stored(scene: &Scene, name: &str, emails: &[&str], links: &[&str]) -> CandidateId {
    let now = scene.services().now();
    let candidate = Candidate {
        id: scene.services().new_id(),
        organisation: scene.ana.organisation,
        name: name.into(),
        headline: "At <Klarwerk> & \"sons\"".into(),
        company: String::new(),
        location: String::new(),
        phones: vec![Phone { kind: None, value: "javascript:1".into() }],
        links: links.iter().map(|link| (*link).to_owned()).collect(),
        skills: vec!["@here".into()],
        score: None,
        owner: Some(scene.ana.member),
        status: Status::Responded,
        cause: StatusCause::Reply,
        status_at: now,
        last_open: Status::Responded,
        conflict: None,
        messaged_at: Some(now),
        answered_at: Some(now),
        created_at: now,
    };
    let emails: Vec<String> = emails.iter().map(|email| (*email).to_owned()).collect();
    let mut tx = scene.services().store.begin().await.unwrap();
    store::candidates::insert(&mut tx, scene.ana.organisation, &candidate, &emails).await.unwrap();
    tx.commit().await.unwrap();
    candidate.id
}

/// What Lever has of the person with this address.
fn in_lever(scene: &Scene, email: &str) -> Value {
    let found = scene.in_lever().into_iter().filter(|found| found["emails"][0] == email);
    let found: Vec<Value> = found.collect();
    assert_eq!(found.len(), 1, "{email}");
    found[0].clone()
}

#[tokio::test]
async fn odd_people_do_not_break_the_run_of_the_others() {
    for fresh in [store::testing::sqlite().await, store::testing::postgres().await] {
        let scene = scene_on(fresh).await;
        let endless = "x".repeat(5_000);
        let links =
            ["javascript:alert(1)", "https://jo.example/cv", "https://a.example/\"x", "data:text/html,1"];
        let mut people = vec![scene.jo];
        for (name, email) in [
            (RIGHT_TO_LEFT, "rtl@people.example"),
            (EMOJI, "emoji@people.example"),
            (HTML, "html@people.example"),
            (FORMULA, "formula@people.example"),
            ("@ana", "at@people.example"),
            (&endless, "endless@people.example"),
        ] {
            people.push(stored(&scene, name, &[email], &links).await);
        }
        let three = ["first@people.example", "not an address", "third@people.example"];
        people.push(stored(&scene, "Three Addresses", &three, &[]).await);
        let without = stored(&scene, "No Address", &[], &[]).await;
        let malformed = stored(&scene, "Bad Address", &["nobody at all"], &[]).await;
        people.extend([without, malformed]);
        people.push(answered_candidate(&scene.world, &scene.ana, "Last One").await);

        let id = bulk::start(scene.services(), &scene.ana, Whom::Candidates(people)).await.unwrap();
        scene.settle().await;
        let run = bulk::progress(scene.services(), &scene.ana, id, None, None).await.unwrap().run;
        assert_eq!((run.count(BulkOutcome::Imported), run.count(BulkOutcome::Failed)), (9, 2));

        for (email, name) in [
            ("rtl@people.example", RIGHT_TO_LEFT),
            ("emoji@people.example", EMOJI),
            ("html@people.example", HTML),
            ("formula@people.example", FORMULA),
            ("last.one@people.example", "Last One"),
        ] {
            let found = in_lever(&scene, email);
            assert_eq!(found["name"], name);
            assert_eq!(found["notes"].as_array().unwrap().len(), 1, "{name}");
        }
        assert_eq!(in_lever(&scene, "html@people.example")["links"], json!(["https://jo.example/cv"]));
        let note = in_lever(&scene, "at@people.example")["notes"][0]["fields"][0]["value"].to_string();
        assert!(note.contains("@\u{200b}here") && !note.contains("@here"), "nobody is notified: {note}");
        let sent = &in_lever(&scene, "first@people.example")["emails"];
        assert_eq!(sent, &json!(["first@people.example", "third@people.example"]));
        for nobody in [without, malformed] {
            let shown = profile(scene.services(), &scene.ana, nobody).await.unwrap().row.import;
            assert_eq!(shown, ImportView::Failed { reason: ImportFailure::NoEmail.text().to_owned() });
        }
        scene.services().store.close().await;
    }
}

#[tokio::test]
async fn only_web_addresses_become_links() {
    let scene = crate::scene::scene().await;
    let links =
        ["javascript:alert(1)", "https://jo.example/cv", "HTTP://b.example", "vbscript:x", "//c.example"];
    let id = stored(&scene, "Jo", &["links@people.example"], &links).await;
    let shown = profile(scene.services(), &scene.ana, id).await.unwrap().links;
    assert_eq!(shown, ["https://jo.example/cv", "HTTP://b.example"]);
}

#[tokio::test]
async fn a_recruiter_whose_name_is_a_formula_is_a_text_in_the_table() {
    let scene = crate::scene::scene().await;
    let name = "=cmd|' /C calc'!A0, \"x\"";
    let mallory: Actor = named_member(&scene.world, name, "mallory@demo.example", Role::Recruiter).await;
    answered_candidate(&scene.world, &mallory, "Somebody Else").await;
    let table = usecases::insight::csv(scene.services(), &scene.ana, "", "").await.unwrap();
    let table = String::from_utf8(table).unwrap();
    assert!(table.contains("\"'=cmd|' /C calc'!A0, \"\"x\"\"\""), "{table}");
    assert!(!table.contains(",=") && !table.contains("\"="), "{table}");
}
