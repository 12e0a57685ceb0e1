//! The data of the demo.

use domain::actor::{Actor, Role};
use domain::connection::ConnectionState;
use domain::status::Status;
use domain::view::{CandidateFilter, CandidatePage, Count};
use usecases::candidates::{list, profile};
use usecases::demo::seed;
use usecases::session::{actor, sign_in};

use crate::support::{World, demo_world};

async fn signed_in(world: &World, email: &str) -> Actor {
    let member = sign_in(&world.services, email, "fulcrum-demo".into(), "peer").await.unwrap();
    actor(&world.services, member).await.unwrap().unwrap()
}

async fn everybody(world: &World, viewer: &Actor, status: Option<Status>) -> CandidatePage {
    let filter = CandidateFilter { status, ..CandidateFilter::default() };
    list(&world.services, viewer, &filter).await.unwrap()
}

#[tokio::test]
async fn the_demo_has_four_members_and_twenty_five_candidates_of_whom_five_answered() {
    let world = demo_world().await;
    seed(&world.services, false).await.unwrap();
    for (email, role) in [
        ("admin@demo.example", Role::SuperAdmin),
        ("lead@demo.example", Role::Admin),
        ("ana@demo.example", Role::Recruiter),
        ("ben@demo.example", Role::Recruiter),
    ] {
        assert_eq!(signed_in(&world, email).await.role, role);
    }
    let ana = signed_in(&world, "ana@demo.example").await;
    let page = everybody(&world, &ana, None).await;
    assert_eq!((page.total, page.lever), (Count::Exactly(25), ConnectionState::NotConnected));
    assert!(page.rows.iter().all(|row| row.email.ends_with("@people.example")));
    assert!(page.rows.iter().all(|row| row.score.is_some_and(|score| (300..=850).contains(&score))));
    assert_eq!(everybody(&world, &ana, Some(Status::Responded)).await.rows.len(), 5);
    assert_eq!(everybody(&world, &ana, Some(Status::Contacted)).await.rows.len(), 7);
    assert_eq!(everybody(&world, &ana, Some(Status::New)).await.rows.len(), 13);

    let now = world.services.now();
    let mut tx = world.services.store.read().await.unwrap();
    for row in &page.rows {
        let shown = profile(&world.services, &ana, row.id).await.unwrap();
        let stored = store::candidates::get(&mut tx, ana.organisation, row.id).await.unwrap().unwrap();
        assert!(stored.created_at < now && stored.status_at < now);
        let answers = shown.thread.iter().filter(|message| message.inbound).count();
        assert_eq!(answers, usize::from(row.status == Status::Responded), "{}", row.name);
        assert_eq!(shown.thread.is_empty(), row.status == Status::New, "{}", row.name);
        assert_eq!(stored.answered_at.is_some(), answers > 0, "{}", row.name);
        if let (Some(wrote), Some(answered)) = (stored.messaged_at, stored.answered_at) {
            assert!(stored.created_at < wrote && wrote < answered && answered < now, "{}", row.name);
        }
        assert!(shown.links.iter().all(|link| link.starts_with("https://")));
    }
}

#[tokio::test]
async fn an_empty_demo_has_its_members_only() {
    let world = demo_world().await;
    seed(&world.services, true).await.unwrap();
    let lead = signed_in(&world, "lead@demo.example").await;
    let page = everybody(&world, &lead, None).await;
    assert!(page.empty);
    let members = usecases::members::list(&world.services, &lead).await.unwrap().members;
    let names: Vec<&str> = members.iter().map(|member| member.name.as_str()).collect();
    assert_eq!(names, ["Ana Ruiz", "Avery Admin", "Ben Okafor", "Lee Lead"]);
}

#[tokio::test]
async fn a_second_start_adds_nothing() {
    let world = demo_world().await;
    seed(&world.services, false).await.unwrap();
    seed(&world.services, false).await.unwrap();
    let mut tx = world.services.store.read().await.unwrap();
    assert_eq!(store::organisations::all(&mut tx).await.unwrap().len(), 1);
    assert!(store::organisations::all(&mut tx).await.unwrap()[0].practice);
    drop(tx);
    let ana = signed_in(&world, "ana@demo.example").await;
    assert_eq!(everybody(&world, &ana, None).await.total, Count::Exactly(25));
}
