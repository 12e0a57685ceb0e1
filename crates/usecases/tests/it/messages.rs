//! A text to many: previewed, sent once to each, stopped, and saved texts.

use std::time::Duration;

use domain::actor::{Actor, Role};
use domain::bulk_message::BulkMessageState;
use domain::ids::{BulkMessageId, CandidateId};
use domain::problem::{Field, FieldProblem, Problem};
use domain::status::Status;
use domain::view::BulkMessagePage;
use usecases::candidates::{profile, send_message};
use usecases::imports::bulk::Whom;
use usecases::messages::{
    begin, begun, delete_template, discard, page, preview, save_template, send, set_text, stop,
    template_choice, templates,
};
use usecases::worker;

use crate::support::{
    World, another_organisation, candidate, member, member_of, postgres_world, problem, world,
};

async fn crowd(world: &World, ana: &Actor, count: usize) -> Vec<CandidateId> {
    let mut people = Vec::new();
    for number in 1..=count {
        people.push(candidate(world, ana, &format!("Person{number} Lind")).await);
    }
    people
}

async fn settle(world: &World) {
    for _ in 0..100 {
        if worker::drain(&world.services).await.unwrap() == 0 {
            return;
        }
        world.clock.step(Duration::from_secs(1));
    }
    panic!("it does not come to an end");
}

async fn shown(world: &World, actor: &Actor, id: BulkMessageId) -> BulkMessagePage {
    page(&world.services, actor, id, None).await.unwrap()
}

async fn thread(world: &World, actor: &Actor, candidate: CandidateId) -> Vec<String> {
    let thread = profile(&world.services, actor, candidate).await.unwrap().thread;
    thread.into_iter().map(|message| message.body).collect()
}

#[tokio::test]
async fn everybody_chosen_is_written_to_once_by_name() {
    for world in [world().await, postgres_world().await] {
        let services = &world.services;
        let ana = member(&world, Role::Recruiter).await;
        let mut people = crowd(&world, &ana, 45).await;
        // Named twice, and nobody's.
        people.push(people[0]);
        people.push(services.new_id());
        let text = "Hi {first name},\nshall we talk? {my name}";
        let id = begin(services, &ana, Whom::Candidates(people.clone()), text).await.unwrap();
        let draft = shown(&world, &ana, id).await;
        assert_eq!((draft.run.state, draft.whom.count.as_str()), (BulkMessageState::Draft, "45 candidates"));
        assert_eq!((draft.whom.first.len(), draft.whom.more), (5, true));
        let hello = format!("Hi Person1,\nshall we talk? {}", ana.name);
        assert_eq!(draft.previews.len(), 3);
        assert_eq!(draft.previews[0].text.as_deref(), Some(&*hello));
        settle(&world).await;
        assert!(thread(&world, &ana, people[0]).await.is_empty(), "a draft is sent to nobody");

        // Pressed twice, by two at once.
        let boss = member(&world, Role::Admin).await;
        let (one, other) = tokio::join!(send(services, &ana, id), send(services, &boss, id));
        assert!(one.is_ok() && other.is_ok());
        settle(&world).await;
        send(services, &ana, id).await.unwrap();
        settle(&world).await;
        let done = shown(&world, &ana, id).await;
        assert_eq!((done.run.state, done.run.total, done.run.ended), (BulkMessageState::Done, 45, 45));
        assert_eq!(done.run.counts, ["45 in the outbox"]);
        for (number, candidate) in people[..45].iter().enumerate() {
            let expected = format!("Hi Person{},\nshall we talk? {}", number + 1, ana.name);
            assert_eq!(thread(&world, &ana, *candidate).await, [expected]);
        }
        let profile = profile(services, &ana, people[3]).await.unwrap();
        assert_eq!(profile.row.status, Status::Contacted);
        assert!(profile.thread[0].reply_url.is_some());
        services.store.close().await;
    }
}

#[tokio::test]
async fn all_that_match_are_meant_and_who_lacks_a_field_is_left_out() {
    let world = world().await;
    let services = &world.services;
    let ana = member(&world, Role::Recruiter).await;
    let people = crowd(&world, &ana, 3).await;
    let form = usecases::candidates::CandidateForm {
        name: "Kim Worker".into(),
        email: "kim@people.example".into(),
        company: "Lindwerk".into(),
        ..Default::default()
    };
    let kim = usecases::candidates::add(services, &ana, form).await.unwrap();
    candidate(&world, &ana, "Somebody Else").await;
    let whom = Whom::Matching(domain::view::CandidateFilter {
        search: "lin".into(),
        status: Some(Status::New),
        ..Default::default()
    });
    let id = begin(services, &ana, whom, "How is {company}, {name}?").await.unwrap();
    let draft = shown(&world, &ana, id).await;
    assert_eq!(draft.whom.count, "4 candidates");
    assert_eq!(draft.previews[0].text.as_deref(), Some("How is Lindwerk, Kim Worker?"));
    assert_eq!(draft.previews[1].text, None);
    send(services, &ana, id).await.unwrap();
    settle(&world).await;
    let done = shown(&world, &ana, id).await;
    assert_eq!(done.run.counts, ["1 in the outbox", "3 left out"]);
    assert_eq!(thread(&world, &ana, kim).await, ["How is Lindwerk, Kim Worker?"]);
    assert!(thread(&world, &ana, people[0]).await.is_empty());
    assert!(done.items.iter().any(|item| item.reason.contains("company is not known")));
}

#[tokio::test]
async fn a_text_to_one_is_filled_in_like_one_to_many() {
    for world in [world().await, postgres_world().await] {
        let services = &world.services;
        let ana = member(&world, Role::Recruiter).await;
        let nora = candidate(&world, &ana, "Nora Lindgren").await;
        let text = "Hi {first name},\nshall we talk? {My  Name}";
        let filled = format!("Hi Nora,\nshall we talk? {}", ana.name);
        assert_eq!(preview(services, &ana, nora, text).await.unwrap(), filled);
        assert!(thread(&world, &ana, nora).await.is_empty(), "a preview is sent to nobody");
        send_message(services, &ana, nora, text).await.unwrap();
        assert_eq!(thread(&world, &ana, nora).await, std::slice::from_ref(&filled));

        let unknown = Problem::field(FieldProblem::UnknownTemplateField(Field::Message));
        let nothing = Problem::field(FieldProblem::NothingToFillIn(Field::Message));
        let wrong = [("Hi {firstname}", unknown), ("How is {company}, {name}?", nothing)];
        for (text, expected) in wrong {
            assert_eq!(problem(preview(services, &ana, nora, text).await), expected, "{text}");
            assert_eq!(problem(send_message(services, &ana, nora, text).await), expected, "{text}");
        }
        assert_eq!(thread(&world, &ana, nora).await, [filled], "nothing else was sent");

        let elsewhere = another_organisation(&world).await;
        let stranger = member_of(&world, elsewhere, Role::SuperAdmin).await;
        assert_eq!(problem(preview(services, &stranger, nora, text).await), Problem::NotFound);
        services.store.close().await;
    }
}

#[tokio::test]
async fn what_is_wrong_is_said_beside_the_text_which_stays() {
    let world = world().await;
    let services = &world.services;
    let ana = member(&world, Role::Recruiter).await;
    let people = crowd(&world, &ana, 1).await;
    let nobody = begin(services, &ana, Whom::Candidates(Vec::new()), "Hello").await;
    assert_eq!(problem(nobody), Problem::NobodyChosen);
    let nobody = begun(services, &ana, Whom::Candidates(Vec::new()), "").await;
    assert_eq!(problem(nobody), Problem::NobodyChosen);
    let id = begin(services, &ana, Whom::Candidates(people), "Hi {firstname}").await.unwrap();
    let draft = shown(&world, &ana, id).await;
    let unknown = Problem::field(FieldProblem::UnknownTemplateField(Field::Message));
    assert_eq!(
        (draft.run.text.as_str(), draft.problems),
        ("Hi {firstname}", unknown.beside(&Field::Message))
    );
    assert!(draft.previews.is_empty());
    assert_eq!(problem(send(services, &ana, id).await), unknown);
    let long = "x".repeat(10_001);
    let too_long = Problem::field(FieldProblem::TooLong(Field::Message));
    assert_eq!(problem(set_text(services, &ana, id, &long).await), too_long);
    assert_eq!(shown(&world, &ana, id).await.run.text, long);
    let empty = Problem::field(FieldProblem::Missing(Field::Message));
    assert_eq!(problem(set_text(services, &ana, id, " ").await), empty);
    set_text(services, &ana, id, "Hi {first name}").await.unwrap();
    send(services, &ana, id).await.unwrap();
    assert_eq!(problem(set_text(services, &ana, id, "Other").await), Problem::ChangedMeanwhile);
    assert_eq!(problem(discard(services, &ana, id).await), Problem::ChangedMeanwhile);
}

#[tokio::test]
async fn it_stops_and_is_its_writers() {
    let world = world().await;
    let services = &world.services;
    let ana = member(&world, Role::Recruiter).await;
    let people = crowd(&world, &ana, 300).await;
    let id = begin(services, &ana, Whom::Candidates(people), "Hello").await.unwrap();
    let ben = member(&world, Role::Recruiter).await;
    let elsewhere = another_organisation(&world).await;
    let stranger = member_of(&world, elsewhere, Role::SuperAdmin).await;
    for (actor, expected) in [(&ben, Problem::NotAllowed), (&stranger, Problem::NotFound)] {
        assert_eq!(problem(send(services, actor, id).await), expected);
        assert_eq!(problem(set_text(services, actor, id, "Mine").await), expected);
        assert_eq!(problem(discard(services, actor, id).await), expected);
    }
    assert_eq!(problem(page(services, &stranger, id, None).await), Problem::NotFound);
    send(services, &ana, id).await.unwrap();
    assert!(worker::step(services).await.unwrap());
    stop(services, &ana, id).await.unwrap();
    stop(services, &ana, id).await.unwrap();
    settle(&world).await;
    let stopped = shown(&world, &ana, id).await;
    assert_eq!((stopped.run.state, stopped.run.ended), (BulkMessageState::Stopped, 200));
    assert_eq!(problem(send(services, &ana, id).await), Problem::ChangedMeanwhile);
    let first = stopped.next.unwrap();
    let second = page(services, &ana, id, Some(first)).await.unwrap();
    assert_eq!(second.items.len(), 50);
    assert_ne!(second.items[0].candidate, stopped.items[0].candidate);

    let draft = begin(services, &ana, Whom::Candidates(vec![people_of(&stopped)]), "x").await.unwrap();
    discard(services, &ana, draft).await.unwrap();
    assert_eq!(problem(page(services, &ana, draft, None).await), Problem::NotFound);
}

fn people_of(page: &BulkMessagePage) -> CandidateId {
    page.items[0].candidate
}

#[tokio::test]
async fn it_goes_on_after_its_worker_was_lost_and_nobody_is_written_to_twice() {
    let world = world().await;
    let services = &world.services;
    let ana = member(&world, Role::Recruiter).await;
    let people = crowd(&world, &ana, 250).await;
    let id = begin(services, &ana, Whom::Candidates(people.clone()), "Hello").await.unwrap();
    send(services, &ana, id).await.unwrap();
    assert!(worker::step(services).await.unwrap());
    // Lost with a step in hand.
    world.clock.step(Duration::from_secs(1));
    let mut tx = services.store.begin().await.unwrap();
    let (now, lease) = (services.now(), services.settings.timing.lease);
    let least = domain::job::Priority::Background;
    assert!(store::jobs::claim(&mut tx, "lost", now, lease, least).await.unwrap().is_some());
    tx.commit().await.unwrap();
    world.clock.step(lease);
    settle(&world).await;
    assert_eq!(shown(&world, &ana, id).await.run.state, BulkMessageState::Done);
    for candidate in people {
        assert_eq!(thread(&world, &ana, candidate).await.len(), 1);
    }
}

#[tokio::test]
async fn admins_save_texts_and_everybody_uses_them() {
    for world in [world().await, postgres_world().await] {
        let services = &world.services;
        let ana = member(&world, Role::Recruiter).await;
        let boss = member(&world, Role::Admin).await;
        let nora = candidate(&world, &ana, "Nora Lindgren").await;
        assert_eq!(problem(save_template(services, &ana, None, "A", "Hi").await), Problem::NotAllowed);
        let wrong = problem(save_template(services, &boss, None, " ", "Hi {nobody}").await);
        assert_eq!(wrong.beside(&Field::TemplateName).len(), 1);
        assert_eq!(wrong.beside(&Field::Message).len(), 1);
        save_template(services, &boss, None, "First contact", "Hi {first name}, at {company}?")
            .await
            .unwrap();
        save_template(services, &boss, None, "Again", "Hello again {first name}").await.unwrap();
        let taken = problem(save_template(services, &boss, None, "Again", "Other").await);
        assert_eq!(taken, Problem::field(FieldProblem::Taken(Field::TemplateName)));

        let saved = templates(services, &ana, "").await.unwrap();
        assert!(!saved.may_save);
        let names: Vec<&str> = saved.rows.iter().map(|row| row.name.as_str()).collect();
        assert_eq!(names, ["Again", "First contact"]);
        let first = saved.rows[1].id;
        save_template(services, &boss, Some(first), "First contact", "Hi {first name}!").await.unwrap();
        let edited = templates(services, &boss, &first.to_string()).await.unwrap().edited.unwrap();
        assert_eq!(edited.body, "Hi {first name}!");
        save_template(services, &boss, None, "Work", "{First name}, still at {company}?").await.unwrap();
        let choice = template_choice(services, &ana, nora).await.unwrap();
        assert_eq!(
            choice.texts,
            [
                ("Again".to_owned(), "Hello again Nora".to_owned()),
                ("First contact".to_owned(), "Hi Nora!".to_owned()),
                // What is not known of them can be seen.
                ("Work".to_owned(), "Nora, still at {company}?".to_owned())
            ]
        );
        let chosen = begun(services, &ana, Whom::Candidates(vec![nora]), &first.to_string()).await.unwrap();
        assert_eq!((chosen.text.as_str(), chosen.chosen), ("Hi {first name}!", Some(first)));
        assert_eq!(chosen.whom.count, "1 candidate");

        let elsewhere = another_organisation(&world).await;
        let stranger = member_of(&world, elsewhere, Role::SuperAdmin).await;
        assert!(templates(services, &stranger, &first.to_string()).await.unwrap().rows.is_empty());
        assert_eq!(problem(template_choice(services, &stranger, nora).await), Problem::NotFound);
        assert_eq!(problem(delete_template(services, &stranger, first).await), Problem::NotFound);
        let theirs = save_template(services, &stranger, Some(first), "Mine", "Hi").await;
        assert_eq!(problem(theirs), Problem::NotFound);
        delete_template(services, &boss, first).await.unwrap();
        assert_eq!(templates(services, &boss, "").await.unwrap().rows.len(), 2);
        services.store.close().await;
    }
}
