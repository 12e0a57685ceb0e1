//! Many deliveries at once: made durable together, in bounded number, each
//! answered by itself.

use std::sync::Arc;
use std::time::Duration;

use domain::actor::Actor;
use domain::attention::AttentionKind;
use domain::ids::ArrivalId;
use domain::job::Job;
use domain::time::Timestamp;
use domain::view::AttentionRow;
use lever::{BaseUrl, Transport};
use lever_sim::testing::Running;
use serde_json::json;
use sha2::{Digest as _, Sha256};
use store::activity::Within;
use store::arrivals::{self, Arrival, NewArrival, NewBatch};
use store::arrivals_aside::{self, Aside};
use store::signing_tokens::{self, Signs};
use store::testing::Fresh;
use store::{Engine, Tx, connections, deliveries};
use tokio::sync::oneshot;
use tokio::task::JoinSet;
use usecases::webhooks::{Inbox, Receipt, receive, take_in_all};
use usecases::{LeverAccess, Services, SystemClock, integration, worker};

use crate::lever_world::*;
use crate::scene::scene_on;
use crate::support::{START, World, candidate, settings, world_on};

/// A connected world with one linked candidate, and the address of its webhooks.
async fn connected_on(fresh: Fresh) -> (Running, World, Actor, String) {
    let lever = lever().await;
    let transport = Transport::new(settings().timing.lever_deadline).unwrap();
    let base_url = BaseUrl::parse_override(&lever.api_url).unwrap();
    let world = world_on(fresh, settings(), LeverAccess::new(transport, Some(base_url), None));
    let admin = connected(&world).await;
    work(&world).await;
    let jo = candidate(&world, &admin, "Jo Doe").await;
    link(&world, &admin, jo, "o-1", "lead-new", false).await;
    let path = webhook_path(&world, &admin).await;
    (lever, world, admin, path)
}

/// Posts them all at the same time; the answers in the order of the bodies.
async fn post_all(world: &World, path: &str, bodies: Vec<Vec<u8>>) -> Vec<Receipt> {
    let mut posts = JoinSet::new();
    for (number, body) in bodies.into_iter().enumerate() {
        let (services, path) = (world.services.clone(), path.to_owned());
        posts.spawn(async move { (number, receive(&services, &path, &body).await) });
    }
    let mut answers = posts.join_all().await;
    answers.sort_unstable_by_key(|(number, _)| *number);
    answers.into_iter().map(|(_, receipt)| receipt).collect()
}

/// How many wait in the inbox to be applied, once all that arrived is in it.
async fn pending(world: &World, actor: &Actor) -> usize {
    take_in_all(&world.services).await.unwrap();
    let mut tx = world.services.store.read().await.unwrap();
    store::deliveries::pending_for(&mut tx, actor.organisation, "o-1").await.unwrap().len()
}

#[tokio::test]
async fn each_of_many_at_once_is_answered_by_itself_and_taken_once() {
    for fresh in [store::testing::sqlite().await, store::testing::postgres().await] {
        let (_lever, world, admin, path) = connected_on(fresh).await;
        let mut bodies: Vec<Vec<u8>> = (0..300).map(|number| stage_change(TOKEN, "o-1", number)).collect();
        // Repeats, a stranger's, somebody who is not ours, and no JSON.
        bodies.extend((0..20).map(|number| stage_change(TOKEN, "o-1", number)));
        bodies.push(stage_change(OTHER, "o-1", 1_000));
        bodies.push(stage_change(TOKEN, "somebody-else", 1_001));
        bodies.push(b"{".to_vec());
        let answers = post_all(&world, &path, bodies).await;
        assert!(answers[..320].iter().all(|receipt| *receipt == Receipt::Accepted));
        assert_eq!(answers[320..], [Receipt::NotVerified, Receipt::Accepted, Receipt::Malformed]);
        assert_eq!(pending(&world, &admin).await, 300);
        let applies = queued(&world, &admin).await.into_iter().filter(|key| key.ends_with(":o-1")).count();
        assert_eq!(applies, 1, "one reading serves them all");
        assert_eq!(card(&world, &admin).await.held, 1);
        world.services.store.close().await;
    }
}

/// A transaction in which nobody else can write arrivals down.
async fn hold_the_writer(world: &World) -> Tx {
    let mut tx = world.services.store.begin().await.unwrap();
    if tx.engine() == Engine::Postgres {
        tx.execute("lock table arrivals in exclusive mode", store::args![]).await.unwrap();
    }
    tx
}

#[tokio::test]
async fn nobody_is_answered_before_the_commit() {
    for fresh in [store::testing::sqlite().await, store::testing::postgres().await] {
        let (_lever, world, admin, path) = connected_on(fresh).await;
        let held = hold_the_writer(&world).await;
        let mut posted = tokio::spawn({
            let (services, path) = (world.services.clone(), path.clone());
            async move { receive(&services, &path, &stage_change(TOKEN, "o-1", 1)).await }
        });
        let early = tokio::time::timeout(Duration::from_millis(300), &mut posted).await;
        assert!(early.is_err(), "answered before the commit: {early:?}");
        assert_eq!(arrived(&world, &admin).await, 0);
        drop(held);
        assert_eq!(posted.await.unwrap(), Receipt::Accepted);
        // At the answer it is there for everybody: as an arrival, or in the inbox already.
        let mut tx = world.services.store.read().await.unwrap();
        let waits = arrivals::waiting(&mut tx, admin.organisation).await.unwrap().0;
        let inbox = deliveries::pending_for(&mut tx, admin.organisation, "o-1").await.unwrap().len();
        assert_eq!(waits as usize + inbox, 1);
        drop(tx);
        world.services.store.close().await;
    }
}

/// Lets the database refuse what is to be written down, or no more.
async fn refuse(world: &World, is_refused: bool) {
    let mut tx = world.services.store.begin().await.unwrap();
    let sql = match (tx.engine(), is_refused) {
        // The file may not grow: as on a disk that is full.
        (Engine::Sqlite, true) => "pragma max_page_count = 1",
        (Engine::Sqlite, false) => "pragma max_page_count = 1000000",
        (Engine::Postgres, true) => "alter table arrivals add constraint no_room check (false) not valid",
        (Engine::Postgres, false) => "alter table arrivals drop constraint no_room",
    };
    tx.execute(sql, store::args![]).await.unwrap();
    tx.commit().await.unwrap();
}

#[tokio::test]
async fn what_cannot_be_made_durable_is_sent_away_and_what_was_accepted_stays() {
    for fresh in [store::testing::sqlite().await, store::testing::postgres().await] {
        let (_lever, world, admin, path) = connected_on(fresh).await;
        let filler = "x".repeat(40_000);
        let send = async |number| {
            let data = json!({ "opportunityId": "o-1", "filler": filler });
            receive(&world.services, &path, &delivery(TOKEN, "candidateStageChange", number, &data)).await
        };
        assert_eq!(send(1).await, Receipt::Accepted);
        take_in_all(&world.services).await.unwrap();
        refuse(&world, true).await;
        let mut accepted = 1;
        // Some may still find room that was given back.
        for number in 2..100 {
            match send(number).await {
                Receipt::Accepted => accepted += 1,
                other => {
                    assert_eq!(other, Receipt::Busy);
                    break;
                }
            }
        }
        assert!(accepted < 98, "nothing was sent away");
        refuse(&world, false).await;
        assert_eq!(send(1_000).await, Receipt::Accepted, "Lever comes again");
        assert_eq!(pending(&world, &admin).await, accepted + 1);
        world.services.store.close().await;
    }
}

#[tokio::test]
async fn a_line_that_is_full_sends_away_and_goes_on_when_it_can() {
    let (_lever, world, admin, path) = connected_on(store::testing::sqlite().await).await;
    // The one writer is taken: nothing can be made durable.
    let writer = world.services.store.begin().await.unwrap();
    let mut posts = JoinSet::new();
    for number in 0..900 {
        let (services, path) = (world.services.clone(), path.clone());
        let body = stage_change(TOKEN, "o-1", number);
        posts.spawn(async move { receive(&services, &path, &body).await });
    }
    // Those that find no place are answered at once, and nobody else is.
    let mut busy = 0;
    while let Ok(Some(answer)) = tokio::time::timeout(Duration::from_millis(500), posts.join_next()).await {
        assert_eq!(answer.unwrap(), Receipt::Busy);
        busy += 1;
    }
    assert!((100..400).contains(&busy), "{busy} were sent away");
    assert_eq!(arrived(&world, &admin).await, 0);
    drop(writer);
    let rest = posts.join_all().await;
    assert!(rest.iter().all(|receipt| *receipt == Receipt::Accepted));
    assert_eq!((rest.len() + busy, pending(&world, &admin).await), (900, rest.len()));
}

#[tokio::test]
async fn whoever_hangs_up_keeps_nobody_waiting() {
    let (_lever, world, admin, path) = connected_on(store::testing::sqlite().await).await;
    let writer = world.services.store.begin().await.unwrap();
    let mut posts = Vec::new();
    for number in 0..20 {
        let (services, path) = (world.services.clone(), path.clone());
        let body = stage_change(TOKEN, "o-1", number);
        posts.push(tokio::spawn(async move { receive(&services, &path, &body).await }));
    }
    tokio::time::sleep(Duration::from_millis(50)).await;
    for post in posts.iter().step_by(2) {
        post.abort();
    }
    drop(writer);
    for (number, post) in posts.into_iter().enumerate() {
        if number % 2 == 1 {
            assert_eq!(post.await.unwrap(), Receipt::Accepted);
        }
    }
    assert_eq!(post(&world, &path, &stage_change(TOKEN, "o-1", 99)).await, Receipt::Accepted);
    assert!(pending(&world, &admin).await >= 11);
}

/// Writes these bodies down as a process does that vanishes right after.
async fn left_behind(world: &World, actor: &Actor, path: &str, bodies: &[Vec<u8>]) {
    let mut tx = world.services.store.read().await.unwrap();
    let connection = connections::find(&mut tx, actor.organisation).await.unwrap().unwrap();
    let tokens = signing_tokens::live(&mut tx, actor.organisation, connection.id, START).await.unwrap();
    drop(tx);
    let mark = signing_tokens::mark(&tokens);
    let signed_by = Some(tokens[0].id);
    // A flood comes in batches.
    for bodies in bodies.chunks(40) {
        let arrival = |body| NewArrival { signed_by, received_at: START, headers: &[], body };
        let batch = NewBatch {
            organisation: actor.organisation,
            connection: connection.id,
            address: &hex::encode(Sha256::digest(path)),
            tokens: &mark,
            arrivals: bodies.iter().map(|body| arrival(body)).collect(),
        };
        assert_eq!(arrivals::append(&world.services.store, &[batch]).await.unwrap().len(), 1);
    }
}

/// How many wait to be taken in.
async fn arrived(world: &World, actor: &Actor) -> u32 {
    let mut tx = world.services.store.read().await.unwrap();
    arrivals::waiting(&mut tx, actor.organisation).await.unwrap().0
}

#[tokio::test]
async fn what_a_vanished_process_acknowledged_is_taken_in_within_three_seconds() {
    for fresh in [store::testing::sqlite().await, store::testing::postgres().await] {
        let (_lever, world, admin, path) = connected_on(fresh).await;
        left_behind(&world, &admin, &path, &[stage_change(TOKEN, "o-1", 1), stage_change(TOKEN, "o-1", 2)])
            .await;
        let (stop, stopped) = oneshot::channel::<()>();
        let services = Services { clock: Arc::new(SystemClock), ..world.services.clone() };
        let worker = tokio::spawn(worker::run(services, async move { stopped.await.unwrap_or_default() }));
        let taken_in = async {
            while arrived(&world, &admin).await > 0 {
                tokio::time::sleep(Duration::from_millis(10)).await;
            }
        };
        tokio::time::timeout(Duration::from_secs(3), taken_in).await.expect("in time");
        let mut tx = world.services.store.read().await.unwrap();
        let log = deliveries::listed(&mut tx, admin.organisation, None, Within::ALL, 10).await.unwrap();
        assert_eq!(log.len(), 2);
        drop(tx);
        stop.send(()).unwrap();
        worker.await.unwrap();
        world.services.store.close().await;
    }
}

/// Works and lets time pass until so many deliveries were given up; gives what is said of them.
async fn given_up_after_a_while(world: &World, actor: &Actor, wanted: usize) -> Vec<AttentionRow> {
    for _ in 0..100 {
        work(world).await;
        let items = given_up(world, actor).await;
        if items.len() >= wanted {
            return items;
        }
        world.clock.step(Duration::from_secs(10));
    }
    panic!("nobody is asked");
}

/// The items about work that was given up.
async fn given_up(world: &World, actor: &Actor) -> Vec<AttentionRow> {
    let page = usecases::attention::list(&world.services, actor, "").await.unwrap();
    page.items.rows.into_iter().filter(|row| row.kind == AttentionKind::WorkGivenUp).collect()
}

/// Those put aside until now.
async fn aside(world: &World, actor: &Actor) -> Vec<ArrivalId> {
    let mut tx = world.services.store.read().await.unwrap();
    let end = Timestamp(i64::MAX);
    arrivals_aside::older(&mut tx, actor.organisation, end, 10).await.unwrap()
}

#[tokio::test]
async fn one_that_cannot_be_taken_in_is_put_aside_and_keeps_no_other_out() {
    for fresh in [store::testing::sqlite().await, store::testing::postgres().await] {
        let (_lever, world, admin, path) = connected_on(fresh).await;
        let services = &world.services;
        let mut bodies: Vec<Vec<u8>> = (0..100).map(|number| stage_change(TOKEN, "o-1", number)).collect();
        bodies.insert(15, b"{".to_vec());
        left_behind(&world, &admin, &path, &bodies).await;
        assert_eq!(pending(&world, &admin).await, 100);
        assert_eq!(arrived(&world, &admin).await, 0, "nothing waits at the head of others");
        assert_eq!(post(&world, &path, &stage_change(TOKEN, "o-1", 1_000)).await, Receipt::Accepted);
        assert_eq!((pending(&world, &admin).await, arrived(&world, &admin).await), (101, 0));
        let queue = integration::health(services, &admin).await.unwrap().queue;
        let shown = queue.iter().find(|row| row.what == "Take in delivery").unwrap();
        assert_eq!((shown.due, shown.later), (0, 1));

        // After a few tries a person is asked.
        work(&world).await;
        assert_eq!(given_up(&world, &admin).await, []);
        let began = services.now();
        let items = given_up_after_a_while(&world, &admin, 1).await;
        assert!(services.now().since(began) < Duration::from_secs(600));
        assert_eq!(items.len(), 1);
        assert_eq!(items[0].title, "A delivery from Lever could not be taken in");
        usecases::attention::retry(services, &admin, items[0].id).await.unwrap();
        assert_eq!(given_up(&world, &admin).await, []);
        let items = given_up_after_a_while(&world, &admin, 1).await;
        assert_eq!(items.len(), 1, "it comes back if it fails again");

        // Whatever kept it out is gone.
        let put_aside = aside(&world, &admin).await;
        let mut tx = services.store.begin().await.unwrap();
        let mut one = arrivals_aside::find(&mut tx, admin.organisation, put_aside[0]).await.unwrap().unwrap();
        one.arrival.body = stage_change(TOKEN, "o-1", 2_000);
        arrivals_aside::remove(&mut tx, admin.organisation, one.id).await.unwrap();
        arrivals_aside::put(&mut tx, admin.organisation, &one).await.unwrap();
        tx.commit().await.unwrap();
        usecases::attention::retry(services, &admin, items[0].id).await.unwrap();
        work(&world).await;
        assert_eq!(given_up(&world, &admin).await, []);
        assert_eq!(aside(&world, &admin).await, []);
        let mut tx = services.store.read().await.unwrap();
        let log = deliveries::listed(&mut tx, admin.organisation, None, Within::ALL, 200).await.unwrap();
        assert_eq!(log.len(), 102);
        drop(tx);
        services.store.close().await;
    }
}

#[tokio::test]
async fn one_put_aside_is_kept_no_longer_than_other_bodies_and_goes_with_the_candidate() {
    for fresh in [store::testing::sqlite().await, store::testing::postgres().await] {
        let scene = scene_on(fresh).await;
        let (world, admin) = (&scene.world, &scene.admin);
        let services = &world.services;
        let opportunity = scene.import_jo().await;
        let mut tx = services.store.begin().await.unwrap();
        let connection = connections::find(&mut tx, admin.organisation).await.unwrap().unwrap().id;
        for opportunity in [Some(opportunity), None] {
            let body = b"{".to_vec();
            let arrival = Arrival { signed_by: None, received_at: services.now(), headers: Vec::new(), body };
            let aside = Aside { id: services.new_id(), connection, opportunity, arrival };
            arrivals_aside::put(&mut tx, admin.organisation, &aside).await.unwrap();
            let job = Job::TakeInDelivery { arrival: aside.id };
            let now = services.now();
            store::jobs::enqueue(&mut tx, admin.organisation, &job, services.new_id(), now, now)
                .await
                .unwrap();
        }
        tx.commit().await.unwrap();
        let items = given_up_after_a_while(world, admin, 2).await;
        let mut titles: Vec<_> = items.into_iter().map(|row| row.title).collect();
        titles.sort();
        assert_eq!(
            titles,
            [
                "A delivery from Lever about Jo Park could not be taken in",
                "A delivery from Lever could not be taken in",
            ]
        );
        let now = services.now();
        let mut tx = services.store.begin().await.unwrap();
        store::erasures::ask(&mut tx, admin.organisation, scene.jo, now, now).await.unwrap();
        tx.commit().await.unwrap();
        usecases::candidates::decide_erasure(services, admin, scene.jo, false).await.unwrap();
        assert_eq!((aside(world, admin).await.len(), given_up(world, admin).await.len()), (1, 1));

        usecases::housekeeping::sweep(services).await;
        assert_eq!(aside(world, admin).await.len(), 1);
        world.clock.step(Duration::from_secs(31 * 86_400));
        usecases::housekeeping::sweep(services).await;
        assert_eq!(aside(world, admin).await, []);
        assert_eq!(given_up(world, admin).await, []);
        let health = integration::health(services, admin).await.unwrap();
        assert_eq!(health.given_up, 0);
        services.store.close().await;
    }
}

#[tokio::test]
async fn deliveries_are_sent_away_while_too_many_wait_to_be_taken_in() {
    let (_lever, world, admin, path) = connected_on(store::testing::sqlite().await).await;
    let services = Services { inbox: Inbox::default().with_room_for(20), ..world.services.clone() };
    let bodies: Vec<Vec<u8>> = (0..3_000).map(|number| stage_change(TOKEN, "o-1", number)).collect();
    left_behind(&world, &admin, &path, &bodies).await;
    let next = async |number| receive(&services, &path, &stage_change(TOKEN, "o-1", number)).await;
    // The first one finds out, those behind it are sent away, and when there is room again they are not.
    assert_eq!(next(10_000).await, Receipt::Accepted);
    let mut number = 10_000;
    let mut until = async |wanted| {
        while next(number + 1).await != wanted {
            number += 1;
            tokio::task::yield_now().await;
        }
    };
    tokio::time::timeout(Duration::from_secs(30), until(Receipt::Busy)).await.expect("it is full");
    assert!(arrived(&world, &admin).await > 0);
    tokio::time::timeout(Duration::from_secs(60), until(Receipt::Accepted)).await.expect("there is room");
    take_in_all(&services).await.unwrap();
    assert_eq!(arrived(&world, &admin).await, 0);
}

#[tokio::test]
async fn a_token_that_signs_two_events_at_once_is_the_accounts() {
    let (_lever, world, admin, path) = connected_on(store::testing::sqlite().await).await;
    let ids = json!({ "opportunityId": "o-1" });
    let bodies = ["candidateHired", "candidateStageChange"]
        .iter()
        .zip(1..)
        .map(|(event, number)| delivery(TOKEN, event, number, &ids))
        .collect::<Vec<_>>();
    left_behind(&world, &admin, &path, &bodies).await;
    take_in_all(&world.services).await.unwrap();
    let mut tx = world.services.store.read().await.unwrap();
    let connection = connections::find(&mut tx, admin.organisation).await.unwrap().unwrap().id;
    let tokens = signing_tokens::live(&mut tx, admin.organisation, connection, START).await.unwrap();
    assert_eq!(tokens.iter().map(|token| token.signs).collect::<Vec<_>>(), [Signs::Several]);
}

#[tokio::test]
async fn tokens_that_another_server_saves_or_removes_count_at_once() {
    for fresh in [store::testing::sqlite().await, store::testing::postgres().await] {
        let (_lever, world, admin, path) = connected_on(fresh).await;
        let send = async |token: &str, number| post(&world, &path, &stage_change(token, "o-1", number)).await;
        assert_eq!(send(TOKEN, 1).await, Receipt::Accepted);
        assert_eq!(send(OTHER, 2).await, Receipt::NotVerified);

        let elsewhere = Services { inbox: Inbox::default(), ..world.services.clone() };
        integration::save_tokens(&elsewhere, &admin, &OTHER.into()).await.unwrap();
        assert_eq!([send(TOKEN, 3).await, send(OTHER, 4).await], [Receipt::Accepted; 2]);

        let mut tx = world.services.store.begin().await.unwrap();
        let connection = connections::find(&mut tx, admin.organisation).await.unwrap().unwrap().id;
        let tokens = signing_tokens::live(&mut tx, admin.organisation, connection, START).await.unwrap();
        signing_tokens::delete(&mut tx, admin.organisation, tokens[0].id).await.unwrap();
        tx.commit().await.unwrap();
        let together =
            post_all(&world, &path, [TOKEN, OTHER].map(|token| stage_change(token, "o-1", 5)).into());
        assert_eq!(together.await, [Receipt::NotVerified, Receipt::Accepted]);
        assert_eq!(send(TOKEN, 6).await, Receipt::NotVerified);
        assert_eq!(pending(&world, &admin).await, 4);
        world.services.store.close().await;
    }
}
