//! Candidates: adding, finding, writing.

use std::time::Duration;

use domain::actor::Role;
use domain::connection::ConnectionState;
use domain::problem::{Field, FieldProblem, Problem};
use domain::status::Status;
use domain::view::{CandidateFilter, Count, ImportView, MessageDelivery};
use usecases::candidates::{CandidateForm, add, list, profile, send_message};

use crate::support::{
    another_organisation, candidate, demo_world, listed_names, member, member_of, problem, world,
};

#[tokio::test]
async fn an_added_candidate_is_in_the_list() {
    let world = world().await;
    let ana = member(&world, Role::Recruiter).await;
    let before = list(&world.services, &ana, &CandidateFilter::default()).await.unwrap();
    assert!(before.empty);
    assert_eq!((before.total, before.lever), (Count::Exactly(0), ConnectionState::NotConnected));

    let mut news = world.services.changes.listen();
    let form = CandidateForm {
        name: " Nora Lindgren ".into(),
        email: "Nora@People.example".into(),
        headline: "Backend engineer".into(),
        company: "Klarwerk".into(),
        location: "Stockholm".into(),
    };
    let nora = add(&world.services, &ana, form.clone()).await.unwrap();
    assert_eq!(news.try_recv().unwrap().change, domain::event::Change::Candidate { id: nora });
    let page = list(&world.services, &ana, &CandidateFilter::default()).await.unwrap();
    assert!(!page.empty);
    assert_eq!(page.total, Count::Exactly(1));
    let row = &page.rows[0];
    assert_eq!(
        (row.id, row.name.as_str(), row.email.as_str()),
        (nora, "Nora Lindgren", "nora@people.example")
    );
    assert_eq!((row.company.as_str(), row.owner.as_ref()), ("Klarwerk", Some(&ana.name)));
    assert_eq!((row.status, &row.import), (Status::New, &ImportView::NotConnected));
    let shown = profile(&world.services, &ana, nora).await.unwrap();
    assert_eq!(shown.row, *row);
    assert_eq!(
        (shown.location.as_str(), shown.emails),
        ("Stockholm", vec!["nora@people.example".to_owned()])
    );
    assert_eq!((shown.thread, shown.history, shown.lever), (vec![], vec![], None));

    let taken = Problem::field(FieldProblem::Taken(Field::Email));
    assert_eq!(problem(add(&world.services, &ana, form).await), taken);
    let missing = vec![FieldProblem::Missing(Field::Name), FieldProblem::Missing(Field::Email)];
    let empty = add(&world.services, &ana, CandidateForm::default()).await;
    assert_eq!(problem(empty), Problem::Fields(missing));
    assert_eq!(listed_names(&world, &ana, "").await, ["Nora Lindgren"]);
}

#[tokio::test]
async fn candidates_are_found_by_words_and_status() {
    let world = world().await;
    let ana = member(&world, Role::Recruiter).await;
    let nora = candidate(&world, &ana, "Nora Lindgren").await;
    world.clock.step(Duration::from_secs(1));
    candidate(&world, &ana, "Norbert Klar").await;
    send_message(&world.services, &ana, nora, "Hello").await.unwrap();
    assert_eq!(listed_names(&world, &ana, "nor").await, ["Norbert Klar", "Nora Lindgren"]);
    assert_eq!(listed_names(&world, &ana, " lind NO ").await, ["Nora Lindgren"]);
    assert_eq!(listed_names(&world, &ana, "people klar").await, ["Norbert Klar"]);
    assert_eq!(listed_names(&world, &ana, "nobody").await, [""; 0]);
    let filter = CandidateFilter { status: Some(Status::Contacted), ..CandidateFilter::default() };
    let page = list(&world.services, &ana, &filter).await.unwrap();
    assert_eq!(page.rows.iter().map(|row| row.id).collect::<Vec<_>>(), [nora]);
    let filter = CandidateFilter { status: Some(Status::Hired), ..filter };
    let page = list(&world.services, &ana, &filter).await.unwrap();
    assert!(page.rows.is_empty() && !page.empty, "nothing found is not an empty organisation");
}

#[tokio::test]
async fn pages_lead_to_each_other() {
    let world = world().await;
    let ana = member(&world, Role::Recruiter).await;
    for number in 0..120 {
        if number % 3 == 0 {
            world.clock.step(Duration::from_millis(1));
        }
        candidate(&world, &ana, &format!("Candidate {number}")).await;
    }
    let turn = async |after: Option<String>, before: Option<String>| {
        let filter = CandidateFilter { after, before, ..CandidateFilter::default() };
        list(&world.services, &ana, &filter).await.unwrap()
    };
    let first = turn(None, None).await;
    assert_eq!((first.rows.len(), first.total, &first.previous), (50, Count::Exactly(120), &None));
    let second = turn(first.next.clone(), None).await;
    assert_eq!(second.rows.len(), 50);
    let third = turn(second.next.clone(), None).await;
    assert_eq!((third.rows.len(), &third.next), (20, &None));
    let mut names: Vec<&String> =
        [&first, &second, &third].iter().flat_map(|page| &page.rows).map(|row| &row.name).collect();
    names.sort();
    names.dedup();
    assert_eq!(names.len(), 120);

    assert_eq!(turn(None, third.previous).await, second);
    assert_eq!(turn(None, second.previous).await, first);
    // Nothing before the first page: the first page.
    let beyond = turn(None, Some(format!("{0}.{1}.{0}", i64::MAX, first.rows[0].id))).await;
    assert_eq!(beyond, first);
    for rubbish in ["", ".", "1", "x.y", "1.y", "1.y.z", "99999999999999999999.0.0"] {
        assert_eq!(turn(Some(rubbish.into()), None).await, first, "{rubbish}");
    }
}

#[tokio::test]
async fn a_message_goes_to_the_outbox_and_new_becomes_contacted() {
    let world = world().await;
    let ana = member(&world, Role::Recruiter).await;
    let nora = candidate(&world, &ana, "Nora Lindgren").await;
    let mut news = world.services.changes.listen();
    world.clock.step(Duration::from_secs(60));
    send_message(&world.services, &ana, nora, "  Would you like to talk?  ").await.unwrap();
    assert_eq!(news.try_recv().unwrap().change, domain::event::Change::Candidate { id: nora });
    world.clock.step(Duration::from_secs(60));
    send_message(&world.services, &ana, nora, "Just checking in.").await.unwrap();

    let shown = profile(&world.services, &ana, nora).await.unwrap();
    assert_eq!((shown.row.status, shown.row.status_since.text.as_str()), (Status::Contacted, "20:23"));
    let bodies: Vec<&str> = shown.thread.iter().map(|message| message.body.as_str()).collect();
    assert_eq!(bodies, ["Would you like to talk?", "Just checking in."]);
    let first = &shown.thread[0];
    assert_eq!((&first.from, first.inbound, first.delivery), (&ana.name, false, MessageDelivery::Outbox));
    let history: Vec<_> =
        shown.history.iter().map(|change| (change.from, change.to, &*change.because)).collect();
    assert_eq!(history, [(Status::New, Status::Contacted, &*format!("{} wrote", ana.name))]);

    let empty = Problem::field(FieldProblem::Missing(Field::Message));
    assert_eq!(problem(send_message(&world.services, &ana, nora, " \n ").await), empty);
    let long = Problem::field(FieldProblem::TooLong(Field::Message));
    let text = "x".repeat(10_001);
    assert_eq!(problem(send_message(&world.services, &ana, nora, &text).await), long);
}

#[tokio::test]
async fn a_reply_page_is_shown_to_the_author_and_to_super_admins() {
    let world = world().await;
    let ana = member(&world, Role::Recruiter).await;
    let nora = candidate(&world, &ana, "Nora Lindgren").await;
    send_message(&world.services, &ana, nora, "Hello").await.unwrap();
    let mut urls = Vec::new();
    for viewer in [
        ana,
        member(&world, Role::SuperAdmin).await,
        member(&world, Role::Admin).await,
        member(&world, Role::Recruiter).await,
    ] {
        let shown = profile(&world.services, &viewer, nora).await.unwrap();
        urls.push(shown.thread[0].reply_url.clone());
    }
    let url = urls[0].clone().unwrap();
    assert!(url.starts_with("http://127.0.0.1:3000/r/"), "{url}");
    assert_eq!(urls, [Some(url.clone()), Some(url), None, None]);

    let demo = demo_world().await;
    let ana = member(&demo, Role::Recruiter).await;
    let ben = member(&demo, Role::Recruiter).await;
    let nora = candidate(&demo, &ana, "Nora Lindgren").await;
    send_message(&demo.services, &ana, nora, "Hello").await.unwrap();
    assert!(profile(&demo.services, &ben, nora).await.unwrap().thread[0].reply_url.is_some());
    demo.clock.step(Duration::from_secs(90 * 24 * 60 * 60));
    assert!(profile(&demo.services, &ben, nora).await.unwrap().thread[0].reply_url.is_none());
}

#[tokio::test]
async fn candidates_of_another_organisation_do_not_exist() {
    let world = world().await;
    let ana = member(&world, Role::Recruiter).await;
    let elsewhere = another_organisation(&world).await;
    let stranger = member_of(&world, elsewhere, Role::SuperAdmin).await;
    let nora = candidate(&world, &ana, "Nora Lindgren").await;
    assert_eq!(problem(profile(&world.services, &stranger, nora).await), Problem::NotFound);
    assert_eq!(problem(send_message(&world.services, &stranger, nora, "Hello").await), Problem::NotFound);
    assert_eq!(listed_names(&world, &stranger, "").await, [""; 0]);
    assert_eq!(listed_names(&world, &stranger, "nora").await, [""; 0]);
    // The same address is free there.
    candidate(&world, &stranger, "Nora Lindgren").await;
    assert_eq!(profile(&world.services, &ana, nora).await.unwrap().thread, []);
}
