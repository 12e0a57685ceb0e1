//! The door for Lever's deliveries: every answer it can give.

use std::time::Duration;

use domain::actor::Role;
use domain::attention::AttentionKind;
use domain::connection::{ConnectionState, LeverEvent, Light};
use domain::event::Change;
use lever::{BaseUrl, Transport};
use serde_json::json;
use usecases::webhooks::Receipt;
use usecases::{LeverAccess, integration};

use crate::lever_world::*;
use crate::support::{World, candidate, member, settings, world, world_on};

async fn held(world: &World, actor: &domain::actor::Actor) -> u32 {
    card(world, actor).await.held
}

async fn asked_about_tokens(world: &World, actor: &domain::actor::Actor) -> usize {
    let page = usecases::attention::list(&world.services, actor, "").await.unwrap();
    page.items.rows.iter().filter(|row| row.kind == AttentionKind::UnknownToken).count()
}

#[tokio::test]
async fn an_unknown_address_is_not_found() {
    let world = world().await;
    let body = verify(TOKEN, LeverEvent::Hired, 1);
    assert_eq!(post(&world, "no-such-address", &body).await, Receipt::UnknownConnection);
    assert_eq!(post(&world, "no-such-address", b"").await, Receipt::UnknownConnection);
    assert_eq!(post(&world, "", &body).await, Receipt::UnknownConnection);
}

#[tokio::test]
async fn what_cannot_be_read_is_refused_and_changes_nothing() {
    let world = world().await;
    let admin = member(&world, Role::SuperAdmin).await;
    let path = webhook_path(&world, &admin).await;
    let before = card(&world, &admin).await;
    let bodies: [&[u8]; 8] = [
        b"",
        b"  \n",
        b"hello",
        b"[]",
        b"\xff\xfe",
        br#"{"event":"candidateHired","triggeredAt":1431454330072,"data":{}}"#,
        br#"{"event":"candidateHired","token":"t","data":{}}"#,
        br#"{"event":"candidateHired","token":7,"triggeredAt":1431454330072,"data":{}}"#,
    ];
    for body in bodies {
        assert_eq!(
            post(&world, &path, body).await,
            Receipt::Malformed,
            "{:?}",
            String::from_utf8_lossy(body)
        );
    }
    assert_eq!(card(&world, &admin).await, before);
}

#[tokio::test]
async fn a_verify_needs_no_ids_and_tells_open_screens() {
    let lever = lever().await;
    let world = world_at(&lever).await;
    let admin = connected(&world).await;
    let path = webhook_path(&world, &admin).await;
    let mut news = world.services.changes.listen();
    let body = verify(TOKEN, LeverEvent::StageChange, 1);
    assert_eq!(post(&world, &path, &body).await, Receipt::Accepted);
    assert_eq!(lights(&world, &admin).await, [Light::Waiting, Light::Verified, Light::Waiting]);
    let told = news.recv().await.unwrap();
    assert_eq!((told.organisation, told.change), (admin.organisation, Change::Connection));
    world.clock.step(Duration::from_secs(3600));
    assert_eq!(post(&world, &path, &body).await, Receipt::Accepted, "repeated");
    let step = connect_step(&world, &admin).await;
    assert_eq!(step.lights[1].text(), "Candidate Stage Change: verified 20:22", "a repeat is no news");
    assert!(news.try_recv().is_err());
    assert!(queued(&world, &admin).await.iter().all(|key| !key.starts_with("apply:")));
}

#[tokio::test]
async fn a_verify_with_another_token_is_refused_once_one_is_live_for_its_event() {
    let lever = lever().await;
    let world = world_at(&lever).await;
    let admin = connected(&world).await;
    let path = webhook_path(&world, &admin).await;
    assert_eq!(post(&world, &path, &verify(TOKEN, LeverEvent::Hired, 1)).await, Receipt::Accepted);
    // The stored token is known to sign Candidate Hired and nothing else so far.
    assert_eq!(post(&world, &path, &verify(OTHER, LeverEvent::Hired, 2)).await, Receipt::NotVerified);
    assert_eq!(lights(&world, &admin).await[0], Light::OtherToken);
    let text = connect_step(&world, &admin).await.lights[0].text();
    assert_eq!(text, "Candidate Hired: this is not the token of Candidate Hired");
    let shown = card(&world, &admin).await;
    assert_eq!(shown.state, ConnectionState::NeedsAttention);
    assert!(shown.reason.unwrap().contains("Candidate Hired"));
    assert_eq!(post(&world, &path, &verify(OTHER, LeverEvent::StageChange, 3)).await, Receipt::Accepted);
    assert_eq!(lights(&world, &admin).await[1], Light::Reached);

    // The new token, pasted, explains both.
    integration::save_connection(&world.services, &admin, form("", OTHER)).await.unwrap();
    assert_eq!(lights(&world, &admin).await, [Light::Verified, Light::Verified, Light::Waiting]);
    assert_eq!(card(&world, &admin).await.state, ConnectionState::Connected);
    // The old one is accepted for another day, since Lever sends again.
    assert_eq!(post(&world, &path, &verify(TOKEN, LeverEvent::Hired, 4)).await, Receipt::Accepted);
    assert_eq!(connect_step(&world, &admin).await.tokens.len(), 1);
    world.clock.step(Duration::from_secs(24 * 60 * 60 - 1));
    assert_eq!(post(&world, &path, &verify(TOKEN, LeverEvent::Hired, 5)).await, Receipt::Accepted);
    world.clock.step(Duration::from_secs(1));
    assert_eq!(post(&world, &path, &verify(TOKEN, LeverEvent::Hired, 6)).await, Receipt::NotVerified);
}

#[tokio::test]
async fn while_set_up_is_unsaved_a_verify_is_always_answered() {
    let lever = lever().await;
    let world = world_at(&lever).await;
    let admin = member(&world, Role::SuperAdmin).await;
    let path = webhook_path(&world, &admin).await;
    integration::save_connection(&world.services, &admin, form(KEY, TOKEN)).await.unwrap();
    assert_eq!(post(&world, &path, &verify(OTHER, LeverEvent::Hired, 1)).await, Receipt::Accepted);
    assert_eq!(lights(&world, &admin).await[0], Light::Reached);
    let unsigned = br#"{"event":"candidateStageChange","triggeredAt":1431454330072,"token":"t","data":{}}"#;
    assert_eq!(post(&world, &path, unsigned).await, Receipt::Accepted);
    let other_event = delivery(OTHER, "applicationCreated", 2, &json!({}));
    assert_eq!(post(&world, &path, &other_event).await, Receipt::Accepted);
}

#[tokio::test]
async fn a_verified_event_of_a_linked_candidate_is_work_once() {
    let lever = lever().await;
    let world = world_at(&lever).await;
    let admin = connected(&world).await;
    let path = webhook_path(&world, &admin).await;
    let jo = candidate(&world, &admin, "Jo Doe").await;
    link(&world, &admin, jo, "o-1", "lead-new", false).await;
    let body = stage_change(TOKEN, "o-1", 1);
    assert_eq!(post(&world, &path, &body).await, Receipt::Accepted);
    assert_eq!(post(&world, &path, &body).await, Receipt::Accepted);
    // The event is not signed: the same token with another body is still a repeat.
    let forged = String::from_utf8(body).unwrap().replace("o-1", "o-2").into_bytes();
    assert_eq!(post(&world, &path, &forged).await, Receipt::Accepted);
    let mut tx = world.services.store.read().await.unwrap();
    let pending = store::deliveries::pending_for(&mut tx, admin.organisation, "o-1").await.unwrap();
    assert_eq!(pending.len(), 1);
    assert_eq!(pending[0].event, "candidateStageChange");
    drop(tx);
    let applies = queued(&world, &admin).await.iter().filter(|key| key.ends_with(":o-1")).count();
    assert_eq!(applies, 1);
    let shown = card(&world, &admin).await;
    assert_eq!(shown.lights[1].last_event.as_ref().unwrap().text, "20:22");
    assert_eq!(shown.lights[1].light, Light::Waiting, "only a Verify turns a light");
    assert_eq!(shown.linked, 1);
}

#[tokio::test]
async fn what_concerns_nobody_of_ours_is_recorded_and_ignored() {
    let lever = lever().await;
    let world = world_at(&lever).await;
    let admin = connected(&world).await;
    let path = webhook_path(&world, &admin).await;
    let jo = candidate(&world, &admin, "Jo Doe").await;
    link(&world, &admin, jo, "o-1", "lead-new", false).await;
    let bodies = [
        stage_change(TOKEN, "somebody-else", 1),
        delivery(TOKEN, "candidateHired", 2, &json!({ "contactId": "c" })),
        delivery(TOKEN, "interviewCreated", 3, &json!({ "opportunityId": "o-1" })),
    ];
    for body in bodies {
        assert_eq!(post(&world, &path, &body).await, Receipt::Accepted);
    }
    assert!(queued(&world, &admin).await.iter().all(|key| !key.starts_with("apply:")));
    let deleted = delivery(TOKEN, "candidateDeleted", 4, &json!({ "opportunityId": "o-1" }));
    assert_eq!(post(&world, &path, &deleted).await, Receipt::Accepted);
    assert!(queued(&world, &admin).await.iter().any(|key| key.ends_with(":o-1")), "deletions are followed");
}

#[tokio::test]
async fn what_does_not_verify_is_held_and_never_acted_on() {
    let lever = lever().await;
    let world = world_at(&lever).await;
    let admin = connected(&world).await;
    let path = webhook_path(&world, &admin).await;
    let jo = candidate(&world, &admin, "Jo Doe").await;
    link(&world, &admin, jo, "o-1", "lead-new", false).await;
    let body = stage_change(OTHER, "o-1", 1);
    assert_eq!(post(&world, &path, &body).await, Receipt::NotVerified);
    assert_eq!(post(&world, &path, &body).await, Receipt::NotVerified, "Lever repeats what was refused");
    assert_eq!(held(&world, &admin).await, 1);
    assert_eq!(asked_about_tokens(&world, &admin).await, 1);
    assert!(queued(&world, &admin).await.iter().all(|key| !key.starts_with("apply:")));
    let shown = card(&world, &admin).await;
    assert_eq!(shown.lights[1].last_event, None);
    assert!(shown.reason.unwrap().starts_with("1 delivery is held"));
    // Names of events that a stranger makes up ask nobody.
    let made_up = delivery(OTHER, "<script>", 2, &json!({ "opportunityId": "o-1" }));
    assert_eq!(post(&world, &path, &made_up).await, Receipt::NotVerified);
    assert_eq!(asked_about_tokens(&world, &admin).await, 1);
}

#[tokio::test]
async fn held_deliveries_come_in_by_themselves_once_their_token_is_saved() {
    let lever = lever().await;
    let world = world_at(&lever).await;
    let admin = connected(&world).await;
    work(&world).await;
    let path = webhook_path(&world, &admin).await;
    for number in 1..=60 {
        let body = stage_change(OTHER, &format!("o-{number}"), number);
        assert_eq!(post(&world, &path, &body).await, Receipt::NotVerified);
    }
    let wrong = delivery(THIRD, "candidateHired", 61, &json!({ "opportunityId": "o-1" }));
    post(&world, &path, &wrong).await;
    assert_eq!((held(&world, &admin).await, asked_about_tokens(&world, &admin).await), (61, 2));
    integration::save_connection(&world.services, &admin, form("", OTHER)).await.unwrap();
    work(&world).await;
    assert_eq!((held(&world, &admin).await, asked_about_tokens(&world, &admin).await), (1, 1));
    let shown = card(&world, &admin).await;
    assert!(shown.lights[1].last_event.is_some());
    // It came in once: Lever's own repeat of it is no work.
    assert_eq!(post(&world, &path, &stage_change(OTHER, "o-1", 1)).await, Receipt::Accepted);
    assert_eq!(held(&world, &admin).await, 1);
}

#[tokio::test]
async fn the_quarantine_is_bounded_and_refuses_the_newest() {
    let world = world().await;
    let admin = member(&world, Role::SuperAdmin).await;
    let path = webhook_path(&world, &admin).await;
    // Bodies of 60 kB: 4 MiB hold 69 of them.
    let filler = "x".repeat(60_000);
    for number in 1..=72 {
        let data = json!({ "opportunityId": "o-1", "filler": filler });
        let body = delivery(OTHER, "candidateHired", number, &data);
        assert_eq!(post(&world, &path, &body).await, Receipt::NotVerified);
    }
    assert_eq!(held(&world, &admin).await, 69);
    // After two weeks nobody asks for them any more.
    world.clock.step(Duration::from_secs(14 * 24 * 60 * 60 + 1));
    post(&world, &path, &stage_change(OTHER, "o-1", 100)).await;
    assert_eq!(held(&world, &admin).await, 1);
}

#[tokio::test]
async fn the_quarantine_holds_a_thousand() {
    let world = world().await;
    let admin = member(&world, Role::SuperAdmin).await;
    let path = webhook_path(&world, &admin).await;
    for number in 1..=1003 {
        world.clock.step(Duration::from_millis(100));
        post(&world, &path, &stage_change(OTHER, "o-1", number)).await;
    }
    assert_eq!(held(&world, &admin).await, 1000);
}

#[tokio::test]
async fn a_flood_that_does_not_verify_is_looked_at_in_measure() {
    let lever = lever().await;
    let world = world_at(&lever).await;
    let admin = connected(&world).await;
    work(&world).await;
    let path = webhook_path(&world, &admin).await;
    let mut number = 0;
    let mut flood = async |count: u64| {
        for _ in 0..count {
            number += 1;
            let receipt = post(&world, &path, &stage_change(OTHER, "o-1", number)).await;
            assert_eq!(receipt, Receipt::NotVerified);
        }
    };
    flood(250).await;
    assert_eq!(held(&world, &admin).await, 200);
    world.clock.step(Duration::from_secs(1));
    flood(30).await;
    assert_eq!(held(&world, &admin).await, 210);
    // What verifies is not in the way of it, nor is a light.
    assert_eq!(post(&world, &path, &stage_change(TOKEN, "o-1", 1_000)).await, Receipt::Accepted);
    let body = verify(OTHER, LeverEvent::Hired, 1_001);
    assert_eq!(post(&world, &path, &body).await, Receipt::Accepted);
    assert_eq!(lights(&world, &admin).await[0], Light::Reached);
    // Many of those are too many as well.
    let mut answers = Vec::new();
    for number in 0..250 {
        answers.push(post(&world, &path, &verify(OTHER, LeverEvent::Hired, 2_000 + number)).await);
    }
    assert_eq!(answers.iter().filter(|answer| **answer == Receipt::Busy).count(), 51);
}

#[tokio::test]
async fn a_real_event_before_any_token_is_held() {
    let world = world().await;
    let admin = member(&world, Role::SuperAdmin).await;
    let path = webhook_path(&world, &admin).await;
    assert_eq!(post(&world, &path, &stage_change(TOKEN, "o-1", 1)).await, Receipt::NotVerified);
    assert_eq!(held(&world, &admin).await, 1);
    assert_eq!(asked_about_tokens(&world, &admin).await, 0, "set-up is not finished");
}

#[tokio::test]
async fn a_store_that_cannot_answer_is_busy() {
    let world = world().await;
    let admin = member(&world, Role::SuperAdmin).await;
    let path = webhook_path(&world, &admin).await;
    world.services.store.close().await;
    assert_eq!(post(&world, &path, &stage_change(TOKEN, "o-1", 1)).await, Receipt::Busy);
}

/// Whichever comes first, the token or what it signed: both end in the light.
#[tokio::test]
async fn a_verify_at_the_moment_of_saving_is_not_lost() {
    for fresh in [store::testing::sqlite().await, store::testing::postgres().await] {
        let lever = lever().await;
        let transport = Transport::new(settings().timing.lever_deadline).unwrap();
        let base_url = BaseUrl::parse_override(&lever.api_url).unwrap();
        let world = world_on(fresh, settings(), LeverAccess::new(transport, Some(base_url), None));
        let admin = connected(&world).await;
        let path = webhook_path(&world, &admin).await;
        for round in 0..12_u64 {
            let token = format!("{TOKEN}{round}");
            let (body, event) =
                (verify(&token, LeverEvent::Hired, round * 2), stage_change(&token, "o-1", round * 2 + 1));
            // A little later in each round, so that every order comes up.
            let later = async |body: &[u8]| {
                for _ in 0..round * 8 {
                    tokio::task::yield_now().await;
                }
                post(&world, &path, body).await
            };
            let (saved, _, _) = tokio::join!(
                integration::save_connection(&world.services, &admin, form("", &token)),
                later(&body),
                later(&event),
            );
            saved.unwrap();
            work(&world).await;
            assert_eq!(lights(&world, &admin).await[0], Light::Verified, "round {round}");
            assert_eq!(held(&world, &admin).await, 0, "round {round}");
        }
        world.services.store.close().await;
    }
}
