//! What a candidate's page says about Lever.

use domain::actor::{Actor, Role};
use domain::connection::{ConnectionState, Environment};
use domain::ids::{CandidateId, MemberId};
use domain::mapping::Place;
use domain::status::{Status, StatusCause};
use domain::time::Timestamp;
use domain::view::{CandidateFilter, ImportView};
use store::catalogue::{LeverPlace, LeverUser};
use store::connections::NewConnection;
use store::imports::{Match, Note};
use store::opportunities::Opportunity;
use store::status_changes::StatusChange;
use usecases::candidates::{list, profile};

use crate::support::{World, answered_candidate, candidate, member, world};

fn place(place: Place, text: &str) -> LeverPlace {
    LeverPlace { place, text: text.into(), hired: false, active: true, position: 0 }
}

/// A connection that is set up, with a small catalogue; `mapped` is Jo Doe in Lever.
async fn connect(world: &World, mapped: MemberId, actor: &Actor) {
    let organisation = actor.organisation;
    let new = NewConnection {
        id: world.services.new_id(),
        environment: Environment::Operator,
        base_url: "http://127.0.0.1:9/v1".into(),
        webhook_sealed: vec![1],
        webhook_hash: "hash".into(),
    };
    let now = world.services.now();
    let mut tx = world.services.store.begin().await.unwrap();
    store::connections::insert(&mut tx, organisation, &new, now).await.unwrap();
    store::connections::set_state(&mut tx, organisation, new.id, ConnectionState::Connected, None, now)
        .await
        .unwrap();
    let users =
        [LeverUser { id: "user-jo".into(), name: "Jo Doe".into(), email: String::new(), active: true }];
    let places = [
        place(Place::Stage("offer".into()), "Offer"),
        place(Place::Stage("hired-stage".into()), "Hired"),
        place(Place::Archived("hired".into()), "Hired"),
        place(Place::Archived("no".into()), "Underqualified"),
    ];
    store::catalogue::refresh(&mut tx, organisation, new.id, &users, &places, world.services.now())
        .await
        .unwrap();
    store::user_map::save(&mut tx, organisation, mapped, "user-jo").await.unwrap();
    tx.commit().await.unwrap();
}

async fn change(
    world: &World,
    actor: &Actor,
    candidate: CandidateId,
    to: Status,
    place: &str,
    who: Option<&str>,
) {
    world.clock.step(std::time::Duration::from_secs(1));
    let change = StatusChange {
        id: world.services.new_id(),
        candidate,
        from: Status::Responded,
        to,
        cause: StatusCause::Lever,
        member: None,
        place: Some(place.into()),
        lever_actor: who.map(str::to_owned),
        delivery: None,
        at: world.services.now(),
    };
    let mut tx = world.services.store.begin().await.unwrap();
    store::status_changes::record(&mut tx, actor.organisation, &change).await.unwrap();
    tx.commit().await.unwrap();
}

#[tokio::test]
async fn the_history_says_what_set_each_status() {
    let world = world().await;
    let ana = member(&world, Role::Recruiter).await;
    connect(&world, ana.member, &ana).await;
    let nora = answered_candidate(&world, &ana, "Nora Lindgren").await;
    change(&world, &ana, nora, Status::Offer, "Offer", Some("Jo Doe")).await;
    change(&world, &ana, nora, Status::Rejected, "Underqualified", None).await;
    change(&world, &ana, nora, Status::Hired, "Hired", None).await;
    change(&world, &ana, nora, Status::Offer, "Hired", None).await;
    change(&world, &ana, nora, Status::Screening, "Gone since", None).await;
    world.clock.step(std::time::Duration::from_secs(1));
    usecases::candidates::set_status(&world.services, &ana, nora, "withdrawn").await.unwrap();
    let shown = profile(&world.services, &ana, nora).await.unwrap();
    let because: Vec<&str> = shown.history.iter().map(|change| &*change.because).collect();
    let expected = [
        &*format!("Set by {}", ana.name),
        "Gone since in Lever",
        "Stage Hired in Lever",
        "Archived as Hired in Lever",
        "Archived as Underqualified in Lever",
        "Stage Offer in Lever, by Jo Doe",
        "Answered",
        &*format!("{} wrote", ana.name),
    ];
    assert_eq!(because, expected);
}

#[tokio::test]
async fn the_button_says_who_will_be_credited() {
    let world = world().await;
    let ana = member(&world, Role::Recruiter).await;
    let ben = member(&world, Role::Recruiter).await;
    connect(&world, ana.member, &ana).await;
    let nora = answered_candidate(&world, &ana, "Nora Lindgren").await;
    candidate(&world, &ana, "Norbert Klar").await;
    for (viewer, credited) in [(&ana, Some("Jo Doe")), (&ben, None)] {
        let page = list(&world.services, viewer, &CandidateFilter::default()).await.unwrap();
        assert_eq!(page.lever, ConnectionState::Connected);
        let row = page.rows.iter().find(|row| row.id == nora).unwrap();
        assert_eq!(row.import, ImportView::Available { credited_to: credited.map(str::to_owned) });
        let other = page.rows.iter().find(|row| row.id != nora).unwrap();
        assert_eq!(other.import, ImportView::NotEligible { why: domain::import::NotEligible::NotMessaged });
    }
}

#[tokio::test]
async fn the_card_shows_where_the_opportunity_stands() {
    let world = world().await;
    let ana = member(&world, Role::Recruiter).await;
    connect(&world, ana.member, &ana).await;
    let nora = answered_candidate(&world, &ana, "Nora Lindgren").await;
    usecases::imports::request(&world.services, &ana, nora).await.unwrap();
    let found = Match {
        opportunity: "o-1".into(),
        name: "N. Lindgren".into(),
        stage: "Offer".into(),
        owner: Some("Jo Doe".into()),
        postings: vec!["Backend Engineer".into()],
        archived: Some("Underqualified".into()),
        archived_at: Some(Timestamp(world.services.now().0 - 86_400_000)),
        last_activity: None,
        url: "https://lever.example/o-1".into(),
        contact: None,
        known_by: String::new(),
    };
    let now = world.services.now();
    let mut tx = world.services.store.begin().await.unwrap();
    let import = store::imports::by_candidate(&mut tx, ana.organisation, nora).await.unwrap().unwrap();
    store::imports::ask(&mut tx, ana.organisation, import.id, &[found], now).await.unwrap();
    tx.commit().await.unwrap();
    let shown = profile(&world.services, &ana, nora).await.unwrap();
    assert_eq!(shown.row.import, ImportView::NeedsDecision { import: import.id });
    assert_eq!(shown.lever, None);
    assert_eq!(shown.matches.len(), 1);
    assert_eq!(shown.matches[0].archived.as_deref(), Some("Underqualified, 22 Nov, 20:22"));
    assert_eq!((&*shown.matches[0].stage, shown.matches[0].owner.as_deref()), ("Offer", Some("Jo Doe")));

    let decision = domain::import::Decision::Link("o-1".into());
    usecases::imports::decide(&world.services, &ana, nora, decision).await.unwrap();
    let mut tx = world.services.store.begin().await.unwrap();
    store::imports::imported(&mut tx, ana.organisation, import.id, "o-1", Note::None, now).await.unwrap();
    let opportunity = Opportunity {
        id: "o-1".into(),
        candidate: nora,
        contact: None,
        url: "https://lever.example/o-1".into(),
        stage: Some("offer".into()),
        archived_reason: Some("no".into()),
        archived_at: None,
        held: false,
        lever_updated_at: None,
        read_at: now,
        unlinked_at: None,
    };
    store::opportunities::link(&mut tx, ana.organisation, &opportunity).await.unwrap();
    tx.commit().await.unwrap();
    let shown = profile(&world.services, &ana, nora).await.unwrap();
    let card = shown.lever.unwrap();
    assert_eq!((&*card.stage, card.archived.as_deref()), ("Offer", Some("Underqualified")));
    assert_eq!((&*card.url, &*card.fresh.text), ("https://lever.example/o-1", "20:22"));
    assert_eq!(shown.row.import, ImportView::Imported { url: "https://lever.example/o-1".into() });
    assert!(shown.matches.is_empty());
    let page = list(&world.services, &ana, &CandidateFilter::default()).await.unwrap();
    assert_eq!(page.rows[0], shown.row);
}
