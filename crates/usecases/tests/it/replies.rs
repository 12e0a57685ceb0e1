//! The public reply page.

use std::time::Duration;

use domain::actor::Role;
use domain::problem::{Field, FieldProblem, Problem};
use domain::status::Status;
use domain::view::{MessageDelivery, ReplyPage, ReplyState};
use usecases::candidates::{profile, send_message};
use usecases::replies::{answer, open};

use crate::support::{
    another_organisation, answered_candidate, candidate, member, member_of, problem, reply_token, world,
};

#[tokio::test]
async fn the_page_shows_the_message_and_nothing_else() {
    let world = world().await;
    let ana = member(&world, Role::Recruiter).await;
    let nora = candidate(&world, &ana, "Nora Lindgren").await;
    send_message(&world.services, &ana, nora, "Would you like to talk?").await.unwrap();
    let token = reply_token(&world, &ana, nora).await;
    let viewer = usecases::session::viewer(&world.services, &ana).await.unwrap();
    let page = ReplyPage {
        first_name: "Nora".into(),
        sender: ana.name.clone(),
        organisation: viewer.organisation,
        message: "Would you like to talk?".into(),
        state: ReplyState::Open,
        draft: String::new(),
    };
    assert_eq!(open(&world.services, &token, None).await.unwrap(), page);
    assert_eq!(open(&world.services, &token, None).await.unwrap(), page, "looking changes nothing");
    answer(&world.services, &token, "Yes.").await.unwrap();
    let answered = ReplyPage { state: ReplyState::Answered, ..page };
    assert_eq!(open(&world.services, &token, None).await.unwrap(), answered);
}

#[tokio::test]
async fn an_answer_sets_responded_and_joins_the_thread() {
    let world = world().await;
    let ana = member(&world, Role::Recruiter).await;
    let nora = candidate(&world, &ana, "Nora Lindgren").await;
    send_message(&world.services, &ana, nora, "Would you like to talk?").await.unwrap();
    let token = reply_token(&world, &ana, nora).await;
    let mut news = world.services.changes.listen();
    world.clock.step(Duration::from_secs(60));
    answer(&world.services, &token, " Yes, gladly. ").await.unwrap();
    assert_eq!(news.try_recv().unwrap().change, domain::event::Change::Candidate { id: nora });
    answer(&world.services, &token, "On Thursday?").await.unwrap();

    let shown = profile(&world.services, &ana, nora).await.unwrap();
    assert_eq!((shown.row.status, shown.row.status_since.text.as_str()), (Status::Responded, "20:23"));
    let thread: Vec<_> =
        shown.thread.iter().map(|message| (&*message.from, message.inbound, &*message.body)).collect();
    let expected = [
        (&*ana.name, false, "Would you like to talk?"),
        ("Nora Lindgren", true, "Yes, gladly."),
        ("Nora Lindgren", true, "On Thursday?"),
    ];
    assert_eq!(thread, expected);
    assert_eq!(shown.thread[1].delivery, MessageDelivery::Received);
    assert_eq!(shown.thread[1].reply_url, None);
    let history: Vec<_> = shown.history.iter().map(|change| (change.to, &*change.because)).collect();
    let wrote = format!("{} wrote", ana.name);
    assert_eq!(history, [(Status::Responded, "Answered"), (Status::Contacted, &*wrote)]);
    let boss = member(&world, Role::Admin).await;
    let log = usecases::activity::list(&world.services, &boss, None).await.unwrap();
    assert_eq!((&*log.rows[0].who, &*log.rows[0].what), ("Candidate", "Nora Lindgren answered."));
}

#[tokio::test]
async fn a_later_status_stays() {
    let world = world().await;
    let ana = member(&world, Role::Recruiter).await;
    let nora = answered_candidate(&world, &ana, "Nora Lindgren").await;
    usecases::candidates::set_status(&world.services, &ana, nora, "interviewing").await.unwrap();
    let token = reply_token(&world, &ana, nora).await;
    answer(&world.services, &token, "One more question.").await.unwrap();
    send_message(&world.services, &ana, nora, "Ask me.").await.unwrap();
    let shown = profile(&world.services, &ana, nora).await.unwrap();
    assert_eq!((shown.row.status, shown.thread.len()), (Status::Interviewing, 4));
}

#[tokio::test]
async fn a_link_takes_twenty_answers_an_hour() {
    let world = world().await;
    let ana = member(&world, Role::Recruiter).await;
    let nora = candidate(&world, &ana, "Nora Lindgren").await;
    send_message(&world.services, &ana, nora, "Hello").await.unwrap();
    let token = reply_token(&world, &ana, nora).await;
    for number in 0..20 {
        world.clock.step(Duration::from_secs(60));
        answer(&world.services, &token, &format!("Answer {number}")).await.unwrap();
    }
    let closed = Problem::TooManyTries { minutes: 41 };
    assert_eq!(problem(answer(&world.services, &token, "Answer 20").await), closed);
    world.clock.step(Duration::from_secs(41 * 60));
    answer(&world.services, &token, "Answer 21").await.unwrap();
    assert_eq!(profile(&world.services, &ana, nora).await.unwrap().thread.len(), 22);
}

#[tokio::test]
async fn what_cannot_be_answered_says_so() {
    let world = world().await;
    let ana = member(&world, Role::Recruiter).await;
    let nora = candidate(&world, &ana, "Nora Lindgren").await;
    send_message(&world.services, &ana, nora, "Hello").await.unwrap();
    let token = reply_token(&world, &ana, nora).await;
    let empty = Problem::field(FieldProblem::Missing(Field::Answer));
    assert_eq!(problem(answer(&world.services, &token, "  ").await), empty);
    let long = Problem::field(FieldProblem::TooLong(Field::Answer));
    assert_eq!(problem(answer(&world.services, &token, &"x".repeat(10_001)).await), long);
    // One bit of the signature makes another link.
    let mut forged = token.clone().into_bytes();
    let last = forged.len() - 3;
    forged[last] = if forged[last] == b'A' { b'B' } else { b'A' };
    for token in [String::from_utf8(forged).unwrap(), "guess".into(), String::new()] {
        assert_eq!(problem(open(&world.services, &token, None).await), Problem::LinkNotValid);
        assert_eq!(problem(answer(&world.services, &token, "Yes").await), Problem::LinkNotValid);
    }
    world.clock.step(Duration::from_secs(90 * 24 * 60 * 60));
    assert_eq!(problem(open(&world.services, &token, None).await), Problem::LinkNotValid);
    assert_eq!(problem(answer(&world.services, &token, "Yes").await), Problem::LinkNotValid);
    assert_eq!(profile(&world.services, &ana, nora).await.unwrap().thread.len(), 1);
}

#[tokio::test]
async fn a_members_visit_is_noted_once() {
    let world = world().await;
    let ana = member(&world, Role::Recruiter).await;
    let boss = member(&world, Role::Admin).await;
    let elsewhere = another_organisation(&world).await;
    let stranger = member_of(&world, elsewhere, Role::SuperAdmin).await;
    let nora = candidate(&world, &ana, "Nora Lindgren").await;
    send_message(&world.services, &ana, nora, "Hello").await.unwrap();
    let token = reply_token(&world, &ana, nora).await;
    let visits = async || {
        let log = usecases::activity::list(&world.services, &boss, None).await.unwrap();
        let of_pages =
            log.rows.into_iter().filter(|row| row.what == "Opened the reply page of Nora Lindgren.");
        of_pages.map(|row| row.who).collect::<Vec<_>>()
    };
    let noted = async || {
        let mut tx = world.services.store.read().await.unwrap();
        let links = store::reply_links::list(&mut tx, ana.organisation, nora).await.unwrap();
        links[0].member_opened_at
    };
    open(&world.services, &token, None).await.unwrap();
    open(&world.services, &token, Some(&stranger)).await.unwrap();
    assert_eq!((visits().await, noted().await), (vec![], None));
    let at = usecases::Clock::now(&*world.clock);
    open(&world.services, &token, Some(&ana)).await.unwrap();
    world.clock.step(Duration::from_secs(60));
    open(&world.services, &token, Some(&ana)).await.unwrap();
    assert_eq!((visits().await, noted().await), (vec![ana.name.clone()], Some(at)));
}

#[tokio::test]
async fn what_was_typed_and_refused_is_there_again() {
    let world = world().await;
    let ana = member(&world, Role::Recruiter).await;
    let nora = candidate(&world, &ana, "Nora Lindgren").await;
    send_message(&world.services, &ana, nora, "Hello").await.unwrap();
    let token = reply_token(&world, &ana, nora).await;
    let long = "é".repeat(10_001);
    answer(&world.services, &token, &long).await.unwrap_err();
    assert_eq!(open(&world.services, &token, None).await.unwrap().draft, long);
    answer(&world.services, &token, " ").await.unwrap_err();
    assert_eq!(open(&world.services, &token, None).await.unwrap().draft, long, "nothing was typed");
    answer(&world.services, &token, "Shorter.").await.unwrap();
    assert_eq!(open(&world.services, &token, None).await.unwrap().draft, "");
}
