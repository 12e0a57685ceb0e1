//! Many deliveries at once: made durable together, in bounded number, each
//! answered by itself.

use std::time::Duration;

use domain::actor::Actor;
use lever::webhook::{SigningToken, sign};
use lever::{BaseUrl, Transport};
use lever_sim::testing::Running;
use secrecy::SecretString;
use serde_json::json;
use store::testing::Fresh;
use tokio::task::JoinSet;
use usecases::LeverAccess;
use usecases::webhooks::{Receipt, receive};

use crate::lever_world::*;
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

async fn pending(world: &World, actor: &Actor) -> usize {
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
    assert_eq!(pending(&world, &admin).await, 0);
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

#[tokio::test]
async fn one_that_the_database_refuses_keeps_no_other_out() {
    // PostgreSQL takes no NUL in a text.
    let (_lever, world, admin, path) = connected_on(store::testing::postgres().await).await;
    let token = "\0refused";
    let signature = sign(&SigningToken::new(&SecretString::from(TOKEN)), token, &START.0.to_string());
    let refused = json!({
        "event": "candidateStageChange",
        "triggeredAt": START.0,
        "token": token,
        "signature": signature,
        "data": { "opportunityId": "o-1" },
    });
    let mut bodies: Vec<Vec<u8>> = (0..30).map(|number| stage_change(TOKEN, "o-1", number)).collect();
    bodies.insert(15, refused.to_string().into_bytes());
    let answers = post_all(&world, &path, bodies).await;
    assert_eq!(answers.iter().filter(|receipt| **receipt == Receipt::Accepted).count(), 30);
    assert_ne!(answers[15], Receipt::Accepted, "what is not stored is not acknowledged");
    assert_eq!(pending(&world, &admin).await, 30);
    world.services.store.close().await;
}
