//! The lights.

use domain::connection::{LeverEvent, Light};
use domain::time::Timestamp;
use store::lights::{self, HeldVerify, Missed};
use store::{Error, Store};

use crate::connections::connected;
use crate::on_both;

on_both!(
    lights_turn_one_by_one,
    lights_belong_to_one_connection,
    a_webhook_is_made_anew_by_one_at_a_time,
    the_last_event_is_the_latest,
    changes_that_no_event_told_of_are_counted_until_one_comes,
);

async fn a_webhook_is_made_anew_by_one_at_a_time(store: &Store) {
    let mut tx = store.begin().await.unwrap();
    let (organisation, connection) = connected(&mut tx).await;
    lights::insert_all(&mut tx, organisation, connection).await.unwrap();
    let (event, at) = (LeverEvent::Hired, Timestamp);
    assert!(lights::begin_change(&mut tx, organisation, connection, event, at(0), at(10)).await.unwrap());
    assert!(!lights::begin_change(&mut tx, organisation, connection, event, at(10), at(15)).await.unwrap());
    let another = LeverEvent::StageChange;
    assert!(lights::begin_change(&mut tx, organisation, connection, another, at(10), at(15)).await.unwrap());
    let rows = lights::list(&mut tx, organisation, connection).await.unwrap();
    assert_eq!(rows[0].changing_at, Some(at(10)));
    // Given up for lost: whoever was first cannot end it any more.
    assert!(lights::begin_change(&mut tx, organisation, connection, event, at(11), at(20)).await.unwrap());
    assert!(!lights::end_change(&mut tx, organisation, connection, event, at(10)).await.unwrap());
    assert!(lights::end_change(&mut tx, organisation, connection, event, at(20)).await.unwrap());
    assert_eq!(lights::list(&mut tx, organisation, connection).await.unwrap()[0].changing_at, None);
}

async fn the_last_event_is_the_latest(store: &Store) {
    let mut tx = store.begin().await.unwrap();
    let (organisation, connection) = connected(&mut tx).await;
    lights::insert_all(&mut tx, organisation, connection).await.unwrap();
    for (at, last) in [(6, 6), (4, 6), (9, 9)] {
        lights::saw_event(&mut tx, organisation, connection, LeverEvent::Hired, Timestamp(at)).await.unwrap();
        let rows = lights::list(&mut tx, organisation, connection).await.unwrap();
        assert_eq!(rows[0].last_event_at, Some(Timestamp(last)));
    }
}

async fn changes_that_no_event_told_of_are_counted_until_one_comes(store: &Store) {
    let mut tx = store.begin().await.unwrap();
    let (organisation, connection) = connected(&mut tx).await;
    lights::insert_all(&mut tx, organisation, connection).await.unwrap();
    let (event, at) = (LeverEvent::StageChange, Timestamp);
    for made in [20, 10, 30] {
        lights::missed_event(&mut tx, organisation, connection, event, at(made)).await.unwrap();
    }
    let rows = lights::list(&mut tx, organisation, connection).await.unwrap();
    assert_eq!(rows[1].missed, Some(Missed { changes: 3, since: at(10) }));
    assert_eq!((rows[0].missed, rows[2].missed), (None, None));
    assert!(!lights::forget_missed(&mut tx, organisation, connection, event, at(9)).await.unwrap());
    assert!(lights::forget_missed(&mut tx, organisation, connection, event, at(10)).await.unwrap());
    assert!(!lights::forget_missed(&mut tx, organisation, connection, event, at(99)).await.unwrap());
    assert_eq!(lights::list(&mut tx, organisation, connection).await.unwrap()[1].missed, None);
}

async fn lights_turn_one_by_one(store: &Store) {
    let mut tx = store.begin().await.unwrap();
    let (organisation, connection) = connected(&mut tx).await;
    lights::insert_all(&mut tx, organisation, connection).await.unwrap();
    let rows = lights::list(&mut tx, organisation, connection).await.unwrap();
    assert_eq!(rows.iter().map(|row| row.event).collect::<Vec<_>>(), LeverEvent::FOLLOWED);
    assert!(rows.iter().all(|row| row.light == Light::Waiting && row.at.is_none() && row.held.is_none()));

    let held = HeldVerify { token: "t".into(), triggered_at: "1431454330072".into(), signature: "s".into() };
    let event = LeverEvent::StageChange;
    lights::turn(&mut tx, organisation, connection, event, Light::Reached, Some(Timestamp(5)), Some(&held))
        .await
        .unwrap();
    lights::saw_event(&mut tx, organisation, connection, LeverEvent::Hired, Timestamp(6)).await.unwrap();
    lights::set_webhook(&mut tx, organisation, connection, LeverEvent::ArchiveChange, Some("w-1"))
        .await
        .unwrap();
    let rows = lights::list(&mut tx, organisation, connection).await.unwrap();
    assert_eq!(rows[0].last_event_at, Some(Timestamp(6)));
    assert_eq!(rows[0].light, Light::Waiting);
    assert_eq!(rows[1].light, Light::Reached);
    assert_eq!(rows[1].at, Some(Timestamp(5)));
    assert_eq!(rows[1].held, Some(held));
    assert_eq!(rows[2].webhook.as_deref(), Some("w-1"));

    lights::turn(&mut tx, organisation, connection, event, Light::Verified, Some(Timestamp(7)), None)
        .await
        .unwrap();
    let rows = lights::list(&mut tx, organisation, connection).await.unwrap();
    assert_eq!((rows[1].light, &rows[1].held), (Light::Verified, &None));
}

async fn lights_belong_to_one_connection(store: &Store) {
    let mut tx = store.begin().await.unwrap();
    let (organisation, connection) = connected(&mut tx).await;
    let (other, _) = connected(&mut tx).await;
    lights::insert_all(&mut tx, organisation, connection).await.unwrap();
    assert!(lights::list(&mut tx, other, connection).await.unwrap().is_empty());
    let event = LeverEvent::Hired;
    let refused = [
        lights::turn(&mut tx, other, connection, event, Light::Verified, None, None).await,
        lights::saw_event(&mut tx, other, connection, event, Timestamp(1)).await,
        lights::set_webhook(&mut tx, other, connection, event, None).await,
        lights::missed_event(&mut tx, other, connection, event, Timestamp(1)).await,
    ];
    let now = Timestamp(1);
    lights::missed_event(&mut tx, organisation, connection, event, now).await.unwrap();
    assert!(!lights::forget_missed(&mut tx, other, connection, event, now).await.unwrap());
    assert!(!lights::begin_change(&mut tx, other, connection, event, now, now).await.unwrap());
    assert!(refused.iter().all(|result| matches!(result, Err(Error::RowsTouched { touched: 0, .. }))));
}
