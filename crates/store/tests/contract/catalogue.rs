//! Users, stages and archive reasons of a Lever account.

use domain::drift::{ChangeKind, Subject};
use domain::mapping::Place;
use domain::time::Timestamp;
use store::Store;
use store::catalogue::{self, LeverPlace, LeverUser};
use store::lever_changes;

use crate::connections::connected;
use crate::on_both;

on_both!(
    a_refresh_takes_over_what_lever_lists,
    the_catalogue_belongs_to_one_connection,
    what_changed_is_noticed_and_written_down,
);

fn user(id: &str, name: &str, active: bool) -> LeverUser {
    LeverUser { id: id.into(), name: name.into(), email: format!("{id}@acme.com"), active }
}

fn stage(id: &str, text: &str, position: u32) -> LeverPlace {
    LeverPlace { place: Place::Stage(id.into()), text: text.into(), hired: false, active: true, position }
}

fn reason(id: &str, text: &str, hired: bool, position: u32) -> LeverPlace {
    LeverPlace { place: Place::Archived(id.into()), text: text.into(), hired, active: true, position }
}

async fn a_refresh_takes_over_what_lever_lists(store: &Store) {
    let mut tx = store.begin().await.unwrap();
    let (organisation, connection) = connected(&mut tx).await;
    let users = [user("u-2", "Zoe", true), user("u-1", "ana", true), user("u-3", "Old", false)];
    // One id may be a stage's and a reason's.
    let places = [reason("x", "Hired", true, 0), stage("b", "Screen", 1), stage("x", "New lead", 0)];
    assert!(
        catalogue::refresh(&mut tx, organisation, connection, &users, &places, Timestamp(1))
            .await
            .unwrap()
            .changed
    );
    assert!(
        !catalogue::refresh(&mut tx, organisation, connection, &users, &places, Timestamp(1))
            .await
            .unwrap()
            .changed
    );
    let found = catalogue::users(&mut tx, organisation, connection).await.unwrap();
    assert_eq!(found, [users[1].clone(), users[0].clone(), users[2].clone()]);
    let found = catalogue::places(&mut tx, organisation, connection).await.unwrap();
    assert_eq!(found, [places[2].clone(), places[1].clone(), places[0].clone()]);

    // One user and one stage are gone, one stage has another name and a place of its own.
    let users = [user("u-2", "Zoe", true)];
    let places = [reason("x", "Hired", true, 0), stage("b", "Phone screen", 0)];
    assert!(
        catalogue::refresh(&mut tx, organisation, connection, &users, &places, Timestamp(1))
            .await
            .unwrap()
            .changed
    );
    assert!(
        !catalogue::refresh(&mut tx, organisation, connection, &users, &places, Timestamp(1))
            .await
            .unwrap()
            .changed
    );
    let gone = catalogue::user(&mut tx, organisation, connection, "u-1").await.unwrap().unwrap();
    assert_eq!(gone, user("u-1", "ana", false));
    let found = catalogue::places(&mut tx, organisation, connection).await.unwrap();
    let gone = LeverPlace { active: false, ..stage("x", "New lead", 0) };
    assert_eq!(found, [stage("b", "Phone screen", 0), gone.clone(), reason("x", "Hired", true, 0)]);
    let found = catalogue::find_place(&mut tx, organisation, connection, &gone.place).await.unwrap();
    assert_eq!(found, Some(gone));

    // And comes back.
    let users = [user("u-2", "Zoe", true), user("u-1", "Ana", true)];
    assert!(
        catalogue::refresh(&mut tx, organisation, connection, &users, &places, Timestamp(1))
            .await
            .unwrap()
            .changed
    );
    let found = catalogue::user(&mut tx, organisation, connection, "u-1").await.unwrap().unwrap();
    assert_eq!(found, user("u-1", "Ana", true));
}

async fn the_catalogue_belongs_to_one_connection(store: &Store) {
    let mut tx = store.begin().await.unwrap();
    let (organisation, connection) = connected(&mut tx).await;
    let (other, other_connection) = connected(&mut tx).await;
    let (users, places) = ([user("u", "Ana", true)], [stage("s", "Screen", 0)]);
    catalogue::refresh(&mut tx, organisation, connection, &users, &places, Timestamp(1)).await.unwrap();
    catalogue::refresh(&mut tx, other, other_connection, &[user("u", "Ben", true)], &[], Timestamp(1))
        .await
        .unwrap();
    assert_eq!(catalogue::users(&mut tx, organisation, connection).await.unwrap(), users);
    assert!(catalogue::users(&mut tx, other, connection).await.unwrap().is_empty());
    assert_eq!(catalogue::user(&mut tx, other, connection, "u").await.unwrap(), None);
    assert!(catalogue::places(&mut tx, other, connection).await.unwrap().is_empty());
    let place = Place::Stage("s".into());
    assert_eq!(catalogue::find_place(&mut tx, other, other_connection, &place).await.unwrap(), None);

    catalogue::clear(&mut tx, other, connection).await.unwrap();
    assert_eq!(catalogue::places(&mut tx, organisation, connection).await.unwrap(), places);
    catalogue::clear(&mut tx, organisation, connection).await.unwrap();
    assert!(catalogue::users(&mut tx, organisation, connection).await.unwrap().is_empty());
    assert!(catalogue::places(&mut tx, organisation, connection).await.unwrap().is_empty());
    assert_eq!(catalogue::users(&mut tx, other, other_connection).await.unwrap().len(), 1);
}

async fn what_changed_is_noticed_and_written_down(store: &Store) {
    let mut tx = store.begin().await.unwrap();
    let (organisation, connection) = connected(&mut tx).await;
    let (other, _) = connected(&mut tx).await;
    let users = [user("u-1", "Ana", true), user("u-2", "Ben", true), user("u-3", "Old", false)];
    let places = [stage("a", "Screen", 0), stage("b", "Loop", 1), reason("r", "Timing", false, 0)];
    let first =
        catalogue::refresh(&mut tx, organisation, connection, &users, &places, Timestamp(1)).await.unwrap();
    assert!(first.changed && first.changes.is_empty(), "at the first reading nothing is news");

    let users = [user("u-1", "Ana Ruiz", true), user("u-3", "Old", true), user("u-4", "Zoe", false)];
    let places = [stage("b", "Panel", 0), stage("c", "Background check", 1), reason("r", "Timing", false, 3)];
    let refreshed =
        catalogue::refresh(&mut tx, organisation, connection, &users, &places, Timestamp(2)).await.unwrap();
    let found: Vec<_> = refreshed
        .changes
        .iter()
        .map(|change| (change.subject, change.lever_id.as_str(), change.kind, change.name_before.as_deref()))
        .collect();
    assert_eq!(
        found,
        [
            (Subject::User, "u-1", ChangeKind::Renamed, Some("Ana")),
            (Subject::User, "u-3", ChangeKind::Returned, None),
            (Subject::User, "u-2", ChangeKind::Removed, None),
            (Subject::Stage, "b", ChangeKind::Renamed, Some("Loop")),
            (Subject::Stage, "c", ChangeKind::New, None),
            (Subject::Stage, "a", ChangeKind::Removed, None),
        ],
        "a new position is none, nor is a user who came deactivated"
    );
    for change in refreshed.changes.iter().chain(&refreshed.changes[..1]) {
        lever_changes::record(&mut tx, organisation, connection, change).await.unwrap();
    }
    let latest = lever_changes::latest(&mut tx, organisation, connection, 10).await.unwrap();
    assert_eq!(latest.len(), 6);
    assert!(refreshed.changes.iter().all(|change| latest.contains(change)));
    assert_eq!(lever_changes::latest(&mut tx, organisation, connection, 2).await.unwrap(), latest[..2]);
    assert!(lever_changes::latest(&mut tx, other, connection, 10).await.unwrap().is_empty());
}
