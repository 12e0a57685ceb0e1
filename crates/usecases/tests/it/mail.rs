//! Messages by mail, and mails about what needs attention.

use std::time::Duration;

use domain::actor::{Actor, Role};
use domain::attention::AttentionKind;
use domain::ids::CandidateId;
use domain::problem::Problem;
use domain::view::{MessageDelivery, MessageView};
use serde_json::json;
use store::testing::Fresh;
use usecases::candidates::{profile, send_message};
use usecases::messages::retry;
use usecases::{Services, attention, worker};

use crate::smtp::{Fault, Smtp, header};
use crate::support::{
    World, another_organisation, candidate, member, member_of, problem, settings, world, world_on,
};

/// A world with a mail server.
async fn mailing(fresh: Fresh) -> (World, Smtp) {
    let smtp = Smtp::start().await;
    let transport = lever::Transport::new(settings().timing.lever_deadline).unwrap();
    let dead = lever::BaseUrl::parse_override(crate::support::DEAD_LEVER).unwrap();
    let mut world = world_on(fresh, settings(), usecases::LeverAccess::new(transport, Some(dead), None));
    let services = world.services.clone();
    world.services = Services { mail: smtp.mailer(), store: services.store.clone().telling(), ..services };
    (world, smtp)
}

async fn work(world: &World) {
    worker::drain(&world.services).await.unwrap();
}

async fn last(world: &World, actor: &Actor, candidate: CandidateId) -> MessageView {
    profile(&world.services, actor, candidate).await.unwrap().thread.pop().unwrap()
}

#[tokio::test]
async fn without_mail_messages_stay_in_the_outbox() {
    let world = world().await;
    let ana = member(&world, Role::Recruiter).await;
    let nora = candidate(&world, &ana, "Nora Lindgren").await;
    send_message(&world.services, &ana, nora, "Hello").await.unwrap();
    assert!(!worker::step(&world.services).await.unwrap(), "no work is queued");
    let message = last(&world, &ana, nora).await;
    assert_eq!((message.delivery, message.failure), (MessageDelivery::Outbox, None));
    retry(&world.services, &ana, message.id).await.unwrap();
    assert_eq!(last(&world, &ana, nora).await.delivery, MessageDelivery::Outbox);
}

#[tokio::test]
async fn a_message_is_sent_once_with_a_link_to_answer() {
    for fresh in [store::testing::sqlite().await, store::testing::postgres().await] {
        let (world, smtp) = mailing(fresh).await;
        let ana = member(&world, Role::Recruiter).await;
        let nora = candidate(&world, &ana, "Nora Lindgren").await;
        send_message(&world.services, &ana, nora, "Would you like to talk?").await.unwrap();
        assert_eq!(last(&world, &ana, nora).await.delivery, MessageDelivery::Queued);
        let mut news = world.services.changes.listen();
        work(&world).await;
        assert_eq!(news.try_recv().unwrap().change, domain::event::Change::Candidate { id: nora });
        let message = last(&world, &ana, nora).await;
        assert_eq!(message.delivery, MessageDelivery::Sent);
        let letters = smtp.letters();
        assert_eq!(letters.len(), 1);
        let letter = &letters[0];
        assert_eq!(header(letter, "Message-ID"), format!("<{}@acme.example>", message.id));
        assert!(header(letter, "To").contains("<nora.lindgren@people.example>"), "{letter}");
        assert!(header(letter, "From").ends_with("<hiring@acme.example>"), "{letter}");
        assert!(letter.contains("Would you like to talk?"));
        assert!(letter.contains(&message.reply_url.unwrap()), "{letter}");
        world.services.store.close().await;
    }
}

#[tokio::test]
async fn what_passes_by_itself_is_tried_again_and_is_the_same_letter() {
    let (world, smtp) = mailing(store::testing::sqlite().await).await;
    let ana = member(&world, Role::Recruiter).await;
    let nora = candidate(&world, &ana, "Nora Lindgren").await;
    smtp.faults(&[
        Fault::Gone,
        Fault::Recipient("450 come again"),
        Fault::Letter("421 closing"),
        Fault::KeptAndGone,
    ]);
    send_message(&world.services, &ana, nora, "Hello").await.unwrap();
    for _ in 0..20 {
        work(&world).await;
        if last(&world, &ana, nora).await.delivery == MessageDelivery::Sent {
            break;
        }
        assert_eq!(last(&world, &ana, nora).await.delivery, MessageDelivery::Queued);
        world.clock.step(Duration::from_secs(30));
    }
    assert_eq!(last(&world, &ana, nora).await.delivery, MessageDelivery::Sent);
    let ids: Vec<String> =
        smtp.letters().iter().map(|letter| header(letter, "Message-ID").to_owned()).collect();
    assert_eq!(ids.len(), 2, "nobody could know whether the first arrived");
    assert_eq!(ids[0], ids[1]);
}

#[tokio::test]
async fn a_refusal_is_told_and_can_be_tried_again() {
    let (world, smtp) = mailing(store::testing::sqlite().await).await;
    let ana = member(&world, Role::Recruiter).await;
    let boss = member(&world, Role::Admin).await;
    let nora = candidate(&world, &ana, "Nora Lindgren").await;
    smtp.faults(&[Fault::Recipient("550 no such user nora.lindgren@people.example")]);
    send_message(&world.services, &ana, nora, "Hello").await.unwrap();
    work(&world).await;
    let message = last(&world, &ana, nora).await;
    assert_eq!(message.delivery, MessageDelivery::Failed);
    assert!(message.failure.unwrap().contains("no such address"));
    let asked = attention::list(&world.services, &ana, "").await.unwrap().items.rows;
    assert_eq!(asked[0].title, "The message to Nora Lindgren was not sent");
    assert!(asked[0].reason.contains("no such address"), "{}", asked[0].reason);
    let log = usecases::activity::list(&world.services, &boss, None).await.unwrap();
    assert!(log.rows[0].failed && log.rows[0].what.starts_with("The message to Nora Lindgren was not sent"));

    let elsewhere = another_organisation(&world).await;
    let stranger = member_of(&world, elsewhere, Role::SuperAdmin).await;
    assert_eq!(problem(retry(&world.services, &stranger, message.id).await), Problem::NotFound);
    attention::retry(&world.services, &ana, asked[0].id).await.unwrap();
    assert_eq!(attention::list(&world.services, &ana, "").await.unwrap().items.rows, []);
    retry(&world.services, &boss, message.id).await.unwrap();
    assert_eq!(last(&world, &ana, nora).await.delivery, MessageDelivery::Queued);
    work(&world).await;
    assert_eq!(last(&world, &ana, nora).await.delivery, MessageDelivery::Sent);
    assert_eq!(smtp.letters().len(), 1);
    retry(&world.services, &ana, message.id).await.unwrap();
    work(&world).await;
    assert_eq!(smtp.letters().len(), 1, "what was sent is sent");

    // A server that stays away for hours.
    send_message(&world.services, &ana, nora, "Again").await.unwrap();
    smtp.faults(&[Fault::Gone; 80]);
    for _ in 0..60 {
        work(&world).await;
        world.clock.step(Duration::from_secs(6 * 60));
    }
    let message = last(&world, &ana, nora).await;
    assert_eq!(message.delivery, MessageDelivery::Failed);
    assert!(message.failure.unwrap().contains("for hours"));
    let asked = attention::list(&world.services, &ana, "").await.unwrap().items.rows;
    assert!(asked[0].reason.contains("for hours"), "{}", asked[0].reason);
    // Another one reaches them.
    smtp.heal();
    send_message(&world.services, &ana, nora, "And again").await.unwrap();
    work(&world).await;
    assert_eq!(last(&world, &ana, nora).await.delivery, MessageDelivery::Sent);
    assert_eq!(attention::list(&world.services, &ana, "").await.unwrap().items.rows, []);
}

#[tokio::test]
async fn nobody_is_asked_about_a_message_to_somebody_erased() {
    let (world, smtp) = mailing(store::testing::sqlite().await).await;
    let ana = member(&world, Role::Recruiter).await;
    let nora = candidate(&world, &ana, "Nora Lindgren").await;
    send_message(&world.services, &ana, nora, "Hello").await.unwrap();
    let (now, mut tx) = (world.services.now(), world.services.store.begin().await.unwrap());
    assert!(store::erasures::ask(&mut tx, ana.organisation, nora, now, now).await.unwrap());
    assert!(store::erasures::erase(&mut tx, ana.organisation, nora, now).await.unwrap());
    tx.commit().await.unwrap();
    work(&world).await;
    assert_eq!(last(&world, &ana, nora).await.delivery, MessageDelivery::Failed);
    assert!(smtp.letters().is_empty());
    assert_eq!(attention::list(&world.services, &ana, "").await.unwrap().items.rows, []);
}

/// Raises an item, as any use case does.
async fn raise(world: &World, actor: &Actor, kind: AttentionKind, subject: &str) {
    let services = &world.services;
    let mut tx = services.store.begin().await.unwrap();
    let (id, now) = (services.new_id(), services.now());
    store::attention::raise(&mut tx, actor.organisation, kind, subject, None, &json!({}), id, now)
        .await
        .unwrap();
    tx.commit().await.unwrap();
    work(world).await;
    world.clock.step(Duration::from_secs(1));
}

async fn resolve(world: &World, actor: &Actor, kind: AttentionKind, subject: &str) {
    let mut tx = world.services.store.begin().await.unwrap();
    let now = world.services.now();
    assert!(store::attention::resolve(&mut tx, actor.organisation, kind, subject, now).await.unwrap());
    tx.commit().await.unwrap();
    world.clock.step(Duration::from_secs(1));
}

#[tokio::test]
async fn super_admins_are_told_of_the_first_of_a_kind() {
    for fresh in [store::testing::sqlite().await, store::testing::postgres().await] {
        let (world, smtp) = mailing(fresh).await;
        let boss = member(&world, Role::SuperAdmin).await;
        member(&world, Role::Admin).await;
        let (failed, silent) = (AttentionKind::ImportFailed, AttentionKind::SilentWebhooks);
        raise(&world, &boss, failed, "Nora Lindgren").await;
        let letters = smtp.letters();
        assert_eq!(letters.len(), 1, "Super Admins only");
        assert!(header(&letters[0], "To").contains(&format!("<{}>", boss.email)));
        assert!(letters[0].contains("http://127.0.0.1:3000/attention"), "{}", letters[0]);
        assert!(!letters[0].contains("Nora"), "nobody is named: {}", letters[0]);

        raise(&world, &boss, failed, "2").await;
        raise(&world, &boss, failed, "2").await;
        assert_eq!(smtp.letters().len(), 1, "not on each");
        raise(&world, &boss, silent, "1").await;
        assert_eq!(smtp.letters().len(), 2, "another kind");
        resolve(&world, &boss, failed, "Nora Lindgren").await;
        raise(&world, &boss, failed, "3").await;
        assert_eq!(smtp.letters().len(), 2, "one of the kind was open all the time");
        for subject in ["2", "3"] {
            resolve(&world, &boss, failed, subject).await;
        }
        raise(&world, &boss, failed, "4").await;
        assert_eq!(smtp.letters().len(), 3, "all of the kind had been resolved");

        // What is mended before the mail leaves is nobody's business any more.
        smtp.faults(&[Fault::Gone]);
        raise(&world, &boss, AttentionKind::KeyRejected, "1").await;
        resolve(&world, &boss, AttentionKind::KeyRejected, "1").await;
        world.clock.step(Duration::from_secs(60));
        work(&world).await;
        assert_eq!(smtp.letters().len(), 3);
        world.services.store.close().await;
    }
}

#[tokio::test]
async fn an_item_that_is_undone_tells_nobody_and_without_mail_nobody_is_told() {
    let (world, smtp) = mailing(store::testing::sqlite().await).await;
    let boss = member(&world, Role::SuperAdmin).await;
    let services = &world.services;
    let mut tx = services.store.begin().await.unwrap();
    let (kind, id, now) = (AttentionKind::ImportFailed, services.new_id(), services.now());
    store::attention::raise(&mut tx, boss.organisation, kind, "1", None, &json!({}), id, now).await.unwrap();
    drop(tx);
    work(&world).await;
    assert!(smtp.letters().is_empty());

    let quiet = crate::support::world().await;
    let boss = member(&quiet, Role::SuperAdmin).await;
    let mut tx = quiet.services.store.begin().await.unwrap();
    let id = quiet.services.new_id();
    store::attention::raise(&mut tx, boss.organisation, kind, "1", None, &json!({}), id, now).await.unwrap();
    tx.commit().await.unwrap();
    assert!(!worker::step(&quiet.services).await.unwrap(), "no work is queued");
}
