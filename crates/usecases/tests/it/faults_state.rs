//! What stays wrong until somebody mends it: the key revoked, a credited user
//! deactivated, a stage gone, maintenance. Each ends in its attention item,
//! once, however many candidates and however much time it concerns; nothing is
//! lost, and the item closes by itself when its cause is gone.

use std::time::Duration;

use domain::attention::AttentionKind;
use domain::connection::ConnectionState;
use domain::import::{ImportFailure, ImportState};
use domain::status::Status;
use domain::view::{AttentionRow, ImportView, Mend};
use lever_sim::{Fault, FaultKind, When};
use serde_json::json;
use store::testing::Fresh;
use usecases::{imports, integration, worker};

use crate::faults_world::{Answers, FaultsWorld};
use crate::lever_world::*;

/// Three candidates of Ana's.
async fn world(fresh: Fresh) -> FaultsWorld {
    FaultsWorld::new(fresh, 3, Answers::Arrive).await
}

/// Hours in which nobody does anything.
async fn hours_pass(world: &FaultsWorld, hours: u32) {
    for _ in 0..hours * 12 {
        world.scene.step(Duration::from_secs(5 * 60)).await;
        worker::tick(world.scene.services()).await.unwrap();
        work(&world.scene.world).await;
    }
}

/// The one open item.
async fn only_item(world: &FaultsWorld) -> AttentionRow {
    let mut items = world.scene.attention().await;
    assert_eq!(items.len(), 1, "{items:#?}");
    items.remove(0)
}

/// Lever's users and stages are read again.
async fn refresh(world: &FaultsWorld) {
    read_catalogue(&world.scene.world, &world.scene.ana).await;
}

/// Lever's id of the user with this name.
async fn user(world: &FaultsWorld, name: &str) -> String {
    let users = practice(&world.scene.lever, "GET", "users", &json!({})).await;
    let found = users["users"].as_array().unwrap().iter().find(|user| user["name"] == name).unwrap();
    found["id"].as_str().unwrap().to_owned()
}

/// *Next* on User Account Mapping with Ana credited as that Lever user, and no fallback.
async fn credit_ana_as(world: &FaultsWorld, lever_user: &str) {
    let scene = &world.scene;
    let choice = [(scene.ana.member.to_string(), lever_user.to_owned())].into();
    integration::save_users(scene.services(), &scene.admin, choice, None).await.unwrap();
}

async fn key_revoked(fresh: Fresh) {
    let world = world(fresh).await;
    let scene = &world.scene;
    let key = key_without(&scene.lever, &[]).await;
    integration::save_connection(scene.services(), &scene.admin, form(&key, "")).await.unwrap();
    world.settle().await;
    scene.import_jo().await;
    scene.settle().await;

    let keys = practice(&scene.lever, "GET", "keys", &json!({})).await;
    let revoked = |known: &&serde_json::Value| known["last_four"] == key[key.len() - 4..];
    let id = keys["keys"].as_array().unwrap().iter().find(revoked).unwrap()["id"].as_str().unwrap();
    practice(&scene.lever, "DELETE", &format!("keys/{id}"), &json!({})).await;
    world.click_all().await;
    scene.lever.set_stage(&world.only_of(0), "Offer").await.unwrap();
    world.deliver_all().await;
    hours_pass(&world, 3).await;

    let item = only_item(&world).await;
    assert_eq!((item.kind, item.title.as_str()), (AttentionKind::KeyRejected, "Lever rejects the API key"));
    let reconnect = Mend::Open { label: "Reconnect".into(), href: "/integrations/lever?step=connect".into() };
    assert_eq!(item.mend, Some(reconnect));
    let state = card(&scene.world, &scene.admin).await.state;
    assert_eq!(state, ConnectionState::CredentialsRejected);
    assert_eq!(world.import_of(&world.people[1]).await.state, ImportState::Queued);
    assert_eq!(scene.status().await, Status::Responded);

    integration::save_connection(scene.services(), &scene.admin, form(KEY, "")).await.unwrap();
    world.settle().await;
    world.all_imported_once().await;
    world.all_as(&[Status::Offer, Status::Responded, Status::Responded]).await;
    assert_eq!(world.raised(AttentionKind::KeyRejected).await, 1);
}

async fn user_deactivated(fresh: Fresh) {
    let world = world(fresh).await;
    let scene = &world.scene;
    let (ana, lee) = (user(&world, "Ana Ruiz").await, user(&world, "Lee Lead").await);
    credit_ana_as(&world, &ana).await;
    scene.lever.set_user_active(&ana, false).await.unwrap();
    world.click_all().await;
    scene.settle().await;
    hours_pass(&world, 1).await;
    refresh(&world).await;

    let items = scene.attention().await;
    let of = |kind| items.iter().filter(|item| item.kind == kind).collect::<Vec<_>>();
    let gone = of(AttentionKind::MappedUserGone);
    assert_eq!(gone.len(), 1, "{items:#?}");
    assert_eq!(gone[0].title, "Ana Ruiz is deactivated in Lever");
    let reason = "Imports of Ana Ruiz are credited to them. Until you choose another, these imports fail.";
    assert_eq!(gone[0].reason, reason);
    let mend = Mend::Open { label: "Look at the changes".into(), href: "/integrations/changes".into() };
    assert_eq!(gone[0].mend, Some(mend));
    // Each click is answered for itself, and can be tried again.
    assert_eq!(of(AttentionKind::ImportFailed).len(), world.people.len());
    assert_eq!(items.len(), 1 + world.people.len());
    let reason = ImportFailure::CreditedUserGone.text().to_owned();
    assert_eq!(scene.import().await, ImportView::Failed { reason });
    assert!(scene.in_lever().is_empty());

    // She is back, and the item closes by itself.
    scene.lever.set_user_active(&ana, true).await.unwrap();
    refresh(&world).await;
    assert_eq!(scene.asked_about(AttentionKind::MappedUserGone).await, None);
    for person in &world.people {
        imports::request(scene.services(), &scene.ana, person.id).await.unwrap();
    }
    world.settle().await;
    world.all_imported_once().await;
    world.all_as(&[Status::Responded; 3]).await;
    assert_eq!(world.raised(AttentionKind::MappedUserGone).await, 1);
    assert_eq!(world.raised(AttentionKind::ImportFailed).await, 3);

    // Another time, with a fallback, and mended by the map.
    let step = users_step(&scene.world, &scene.admin).await;
    let users = step
        .members
        .iter()
        .map(|row| (row.member.to_string(), row.lever_user.clone().unwrap_or_default()))
        .collect();
    let fallback = user(&world, "Avery Admin").await;
    integration::save_users(scene.services(), &scene.admin, users, Some(fallback)).await.unwrap();
    scene.lever.set_user_active(&ana, false).await.unwrap();
    refresh(&world).await;
    assert!(only_item(&world).await.reason.ends_with("Until you choose another, Avery Admin is credited."));
    let step = users_step(&scene.world, &scene.admin).await;
    let users = step
        .members
        .iter()
        .map(|row| {
            let user = if row.member == scene.ana.member { lee.clone() } else { String::new() };
            (row.member.to_string(), user)
        })
        .collect();
    integration::save_users(scene.services(), &scene.admin, users, None).await.unwrap();
    // Lee's user is Ana's now, and there is no fallback for Lee.
    assert_eq!(only_item(&world).await.kind, AttentionKind::MemberUnmapped);
    assert_eq!(world.raised(AttentionKind::MappedUserGone).await, 2);
}

async fn stage_gone(fresh: Fresh) {
    let world = world(fresh).await;
    let scene = &world.scene;
    world.click_all().await;
    world.settle().await;
    let stages = practice(&scene.lever, "GET", "stages", &json!({})).await;
    let stage = stages["stages"].as_array().unwrap().iter().find(|stage| stage["text"] == "Phone interview");
    let stage = stage.unwrap()["id"].as_str().unwrap().to_owned();
    for number in 0..2 {
        scene.lever.set_stage(&world.only_of(number), &stage).await.unwrap();
    }
    world.settle().await;
    let there = [Status::Screening, Status::Screening, Status::Responded];
    world.all_as(&there).await;

    let change = |active: bool| {
        let path = format!("stages/{stage}");
        async move { practice(&scene.lever, "PUT", &path, &json!({ "active": active })).await }
    };
    change(false).await;
    for _ in 0..3 {
        world.reconcile().await;
    }
    let item = only_item(&world).await;
    assert_eq!(item.kind, AttentionKind::StageGone);
    assert_eq!(item.title, "Stage Phone interview is no longer in Lever");
    assert!(item.reason.starts_with("2 candidates were there when last seen"), "{}", item.reason);
    let mend =
        Mend::Open { label: "Open Job Stage Mapping".into(), href: "/integrations/lever?step=stages".into() };
    assert_eq!(item.mend, Some(mend));
    for (person, status) in world.people.iter().zip(there) {
        assert_eq!(world.status_of(person).await, status, "nothing is guessed");
    }

    // Back again.
    change(true).await;
    refresh(&world).await;
    world.all_as(&there).await;
    assert_eq!(world.raised(AttentionKind::StageGone).await, 1);

    // Gone again, and the two are moved.
    change(false).await;
    refresh(&world).await;
    assert_eq!(only_item(&world).await.kind, AttentionKind::StageGone);
    scene.lever.set_stage(&world.only_of(0), "Offer").await.unwrap();
    world.settle().await;
    assert_eq!(only_item(&world).await.kind, AttentionKind::StageGone, "one is still there");
    scene.lever.archive(&world.only_of(1), "Withdrew").await.unwrap();
    scene.lever.set_stage(&world.only_of(1), "Offer").await.unwrap();
    world.settle().await;
    world.all_as(&[Status::Offer, Status::Withdrawn, Status::Responded]).await;
    world.all_imported_once().await;
    assert_eq!(world.raised(AttentionKind::StageGone).await, 2);
}

async fn maintenance(fresh: Fresh) {
    let world = world(fresh).await;
    let scene = &world.scene;
    scene.import_jo().await;
    scene.settle().await;
    let closed = Fault::new("*", FaultKind::Unavailable, When::Probability(1.0));
    scene.lever.set_faults(vec![closed.clone()]).await.unwrap();
    world.click_all().await;
    scene.lever.set_stage(&world.only_of(0), "Offer").await.unwrap();
    world.deliver_all().await;

    work(&scene.world).await;
    scene.step(Duration::from_secs(2 * 60)).await;
    work(&scene.world).await;
    assert_eq!(scene.attention().await, [], "what is short is nobody's business");
    // Far longer than a job that fails is tried.
    hours_pass(&world, 2).await;
    let item = only_item(&world).await;
    assert_eq!((item.kind, item.title.as_str()), (AttentionKind::LeverUnavailable, "Lever is not there"));
    assert_eq!(item.mend, Some(Mend::Retry { label: "Try again now".into() }));
    let shown = card(&scene.world, &scene.admin).await;
    assert_eq!(shown.state, ConnectionState::NeedsAttention);
    assert_eq!(shown.reason.as_deref(), Some("Lever is not there: what is to be done waits."));
    assert_eq!(world.import_of(&world.people[1]).await.state, ImportState::Queued);
    assert_eq!(scene.status().await, Status::Responded);
    // Pressed while it goes on, nothing changes.
    usecases::attention::retry(scene.services(), &scene.admin, item.id).await.unwrap();
    work(&scene.world).await;
    assert_eq!(only_item(&world).await.id, item.id);

    scene.lever.set_faults(Vec::new()).await.unwrap();
    usecases::attention::retry(scene.services(), &scene.admin, item.id).await.unwrap();
    work(&scene.world).await;
    assert_eq!(scene.asked_about(AttentionKind::LeverUnavailable).await, None, "it closes by itself");
    world.settle().await;
    world.all_imported_once().await;
    world.all_as(&[Status::Offer, Status::Responded, Status::Responded]).await;
    assert_eq!(card(&scene.world, &scene.admin).await.state, ConnectionState::Connected);
    assert_eq!(world.raised(AttentionKind::LeverUnavailable).await, 1);

    // Nobody need press anything; and another time is told again.
    scene.lever.set_faults(vec![closed]).await.unwrap();
    hours_pass(&world, 1).await;
    assert_eq!(only_item(&world).await.kind, AttentionKind::LeverUnavailable);
    scene.lever.set_faults(Vec::new()).await.unwrap();
    hours_pass(&world, 1).await;
    assert_eq!(scene.attention().await, []);
    assert_eq!(world.raised(AttentionKind::LeverUnavailable).await, 2);
}

/// Each on both databases.
macro_rules! on_both {
    ($($story:ident)*) => { $(
        mod $story {
            #[tokio::test]
            async fn on_sqlite() {
                super::$story(store::testing::sqlite().await).await;
            }

            #[tokio::test]
            async fn on_postgresql() {
                super::$story(store::testing::postgres().await).await;
            }
        }
    )* };
}

on_both! { key_revoked user_deactivated stage_gone maintenance }
