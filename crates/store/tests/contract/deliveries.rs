//! The inbox and the quarantine.

use domain::delivery_settings::{Afterwards, Bodies, BodiesKept};
use domain::ids::{ConnectionId, DeliveryId};
use domain::status::Status;
use domain::time::Timestamp;
use store::activity::{Older, Within};
use store::deliveries::{self, Application, Body, NewDelivery, Reading};
use store::quarantine::{self, Held, Size};
use store::{Error, Store, Tx, args, delivery_settings};
use uuid::Uuid;

use crate::connections::connected;
use crate::fixtures::candidate;
use crate::on_both;

on_both!(
    a_token_is_accepted_once,
    pending_deliveries_are_settled_once,
    old_bodies_are_scrubbed_and_the_rest_stays,
    the_quarantine_knows_its_size_and_its_repeats,
    the_quarantine_lets_go,
    what_is_ignored_is_held_no_more_and_stands_in_the_log,
    what_was_read_is_kept_with_each_delivery,
    what_there_was_no_room_for_is_counted,
    bodies_are_kept_as_long_as_is_said,
    bodies_are_sealed_some_at_a_time_and_can_be_scrubbed_after_all,
);

fn delivery(connection: ConnectionId, token: &str, triggered_at: i64) -> NewDelivery<'_> {
    NewDelivery {
        id: DeliveryId(Uuid::new_v4()),
        connection,
        token,
        event: "candidateStageChange",
        opportunity: Some("o-1"),
        triggered_at: Timestamp(triggered_at),
        received_at: Timestamp(100),
        headers: &[],
        body: b"{}",
        ignored: None,
    }
}

async fn a_token_is_accepted_once(store: &Store) {
    let mut tx = store.begin().await.unwrap();
    let (organisation, connection) = connected(&mut tx).await;
    let (other, other_connection) = connected(&mut tx).await;
    let first = delivery(connection, "t", 1);
    assert!(deliveries::insert(&mut tx, organisation, &first).await.unwrap());
    assert!(!deliveries::insert(&mut tx, organisation, &delivery(connection, "t", 2)).await.unwrap());
    assert!(deliveries::insert(&mut tx, other, &delivery(other_connection, "t", 3)).await.unwrap());
    tx.commit().await.unwrap();

    let mut tx = store.begin().await.unwrap();
    assert!(!deliveries::insert(&mut tx, organisation, &delivery(connection, "t", 4)).await.unwrap());
    let kept = deliveries::get(&mut tx, organisation, first.id).await.unwrap().unwrap();
    assert_eq!(kept.triggered_at, Timestamp(1));
    assert_eq!((kept.state.as_str(), kept.settled_at), (deliveries::PENDING, None));
    assert_eq!(deliveries::get(&mut tx, other, first.id).await.unwrap(), None);

    let verify = NewDelivery { ignored: Some("verify"), opportunity: None, ..delivery(connection, "v", 5) };
    assert!(deliveries::insert(&mut tx, organisation, &verify).await.unwrap());
    let kept = deliveries::get(&mut tx, organisation, verify.id).await.unwrap().unwrap();
    assert_eq!(kept.state, deliveries::IGNORED);
    assert_eq!(kept.outcome.as_deref(), Some("verify"));
    assert_eq!(kept.settled_at, Some(Timestamp(100)));
}

async fn pending_deliveries_are_settled_once(store: &Store) {
    let mut tx = store.begin().await.unwrap();
    let (organisation, connection) = connected(&mut tx).await;
    let (other, _) = connected(&mut tx).await;
    let (late, early) = (delivery(connection, "late", 9), delivery(connection, "early", 3));
    let elsewhere = NewDelivery { opportunity: Some("o-2"), ..delivery(connection, "elsewhere", 1) };
    for new in [&late, &early, &elsewhere] {
        deliveries::insert(&mut tx, organisation, new).await.unwrap();
    }
    let pending = deliveries::pending_for(&mut tx, organisation, "o-1").await.unwrap();
    assert_eq!(pending.iter().map(|delivery| delivery.id).collect::<Vec<_>>(), [early.id, late.id]);
    assert!(deliveries::pending_for(&mut tx, other, "o-1").await.unwrap().is_empty());

    let ids = [early.id, late.id];
    deliveries::settle(&mut tx, other, &ids, deliveries::FAILED, "no", Timestamp(110)).await.unwrap();
    assert_eq!(deliveries::pending_for(&mut tx, organisation, "o-1").await.unwrap().len(), 2);
    deliveries::settle(&mut tx, organisation, &ids, deliveries::APPLIED, "Screening", Timestamp(120))
        .await
        .unwrap();
    deliveries::settle(&mut tx, organisation, &ids, deliveries::FAILED, "no", Timestamp(130)).await.unwrap();
    let settled = deliveries::get(&mut tx, organisation, late.id).await.unwrap().unwrap();
    assert_eq!(settled.state, deliveries::APPLIED);
    assert_eq!(settled.outcome.as_deref(), Some("Screening"));
    assert_eq!(settled.settled_at, Some(Timestamp(120)));
    assert!(deliveries::pending_for(&mut tx, organisation, "o-1").await.unwrap().is_empty());
    assert_eq!(deliveries::pending_for(&mut tx, organisation, "o-2").await.unwrap().len(), 1);
    let unknown = deliveries::settle(&mut tx, organisation, &ids, "lost", "", Timestamp(1)).await;
    assert!(matches!(unknown, Err(Error::Inconsistent { .. })));
}

fn held(event: &str, received_at: i64, body: &[u8]) -> Held {
    Held {
        id: id_made_at(received_at),
        event: event.into(),
        opportunity: None,
        received_at: Timestamp(received_at),
        headers: Vec::new(),
        body: body.to_vec(),
        ignored: false,
    }
}

/// Ids sort by age (RFC 9562, version 7).
fn id_made_at(millis: i64) -> DeliveryId {
    let mut random = [0; 10];
    random.copy_from_slice(&Uuid::new_v4().as_bytes()[6..]);
    let millis = u64::try_from(millis).unwrap();
    DeliveryId(uuid::Builder::from_unix_timestamp_millis(millis, &random).into_uuid())
}

async fn the_quarantine_knows_its_size_and_its_repeats(store: &Store) {
    let mut tx = store.begin().await.unwrap();
    let (organisation, connection) = connected(&mut tx).await;
    let (other, other_connection) = connected(&mut tx).await;
    let none = Size { count: 0, bytes: 0 };
    assert_eq!(quarantine::size(&mut tx, organisation, connection).await.unwrap(), none);
    let first = held("candidateHired", 10, b"12345");
    assert!(quarantine::insert(&mut tx, organisation, connection, &first).await.unwrap());
    let repeat = held("candidateHired", 20, b"12345");
    assert!(!quarantine::insert(&mut tx, organisation, connection, &repeat).await.unwrap());
    let second = held("candidateStageChange", 30, &[0xff, 0x00, 0xc3]);
    assert!(quarantine::insert(&mut tx, organisation, connection, &second).await.unwrap());
    assert!(quarantine::insert(&mut tx, other, other_connection, &held("x", 1, b"12345")).await.unwrap());
    let size = quarantine::size(&mut tx, organisation, connection).await.unwrap();
    assert_eq!(size, Size { count: 2, bytes: 8 + 2 * 2 }, "no headers are two brackets");
    let again = held("candidateHired", 40, b"6");
    assert!(quarantine::insert(&mut tx, organisation, connection, &again).await.unwrap());
    let by_event = quarantine::by_event(&mut tx, organisation, connection).await.unwrap();
    let by_event: Vec<_> = by_event.iter().map(|of| (of.event.as_str(), of.count, of.since.0)).collect();
    assert_eq!(by_event, [("candidateHired", 2, 10), ("candidateStageChange", 1, 30)]);
    assert!(quarantine::by_event(&mut tx, other, connection).await.unwrap().is_empty());
    assert!(quarantine::remove(&mut tx, organisation, again.id).await.unwrap());
    let all = quarantine::list(&mut tx, organisation, connection, None, 10).await.unwrap();
    assert_eq!(all, [first.clone(), second.clone()]);
    let page = quarantine::list(&mut tx, organisation, connection, Some(first.id), 1).await.unwrap();
    assert_eq!(page, [second]);
}

async fn what_there_was_no_room_for_is_counted(store: &Store) {
    let mut tx = store.begin().await.unwrap();
    let (organisation, connection) = connected(&mut tx).await;
    let (other, other_connection) = connected(&mut tx).await;
    for (event, at) in [("other", 5), ("candidateHired", 6), ("other", 9)] {
        quarantine::refuse(&mut tx, organisation, connection, event, Timestamp(at)).await.unwrap();
    }
    quarantine::refuse(&mut tx, other, other_connection, "other", Timestamp(3)).await.unwrap();
    let refused = quarantine::refused(&mut tx, organisation, connection).await.unwrap();
    let refused: Vec<_> = refused.iter().map(|of| (of.event.as_str(), of.count, of.since.0)).collect();
    assert_eq!(refused, [("candidateHired", 1, 6), ("other", 2, 5)]);
    // Whoever has something old is found, held or refused.
    let old = held("candidateHired", 4, b"1");
    assert!(quarantine::insert(&mut tx, organisation, connection, &old).await.unwrap());
    assert!(quarantine::with_older(&mut tx, Timestamp(3)).await.unwrap().is_empty());
    assert_eq!(quarantine::with_older(&mut tx, Timestamp(4)).await.unwrap(), [(other, other_connection)]);
    assert_eq!(quarantine::with_older(&mut tx, Timestamp(9)).await.unwrap().len(), 2);
    // What was refused is forgotten by the last of it.
    quarantine::remove_older(&mut tx, organisation, connection, Timestamp(9)).await.unwrap();
    let refused = quarantine::refused(&mut tx, organisation, connection).await.unwrap();
    assert_eq!(refused.iter().map(|of| of.event.as_str()).collect::<Vec<_>>(), ["other"]);
    assert_eq!(quarantine::forget_refusals(&mut tx, other, connection).await.unwrap(), 0);
    quarantine::ignore_all(&mut tx, organisation, connection).await.unwrap();
    assert!(quarantine::refused(&mut tx, organisation, connection).await.unwrap().is_empty());
    assert_eq!(quarantine::refused(&mut tx, other, other_connection).await.unwrap().len(), 1);
}

async fn bodies_are_kept_as_long_as_is_said(store: &Store) {
    let mut tx = store.begin().await.unwrap();
    let (organisation, _) = connected(&mut tx).await;
    let (other, _) = connected(&mut tx).await;
    let at_first = Bodies { kept: BodiesKept::Month, then: Afterwards::Scrub };
    assert_eq!(delivery_settings::bodies(&mut tx, organisation).await.unwrap(), at_first);
    for (kept, then) in [(BodiesKept::Quarter, Afterwards::Seal), (BodiesKept::Week, Afterwards::Scrub)] {
        let bodies = Bodies { kept, then };
        delivery_settings::set_bodies(&mut tx, organisation, bodies, Timestamp(1)).await.unwrap();
        assert_eq!(delivery_settings::bodies(&mut tx, organisation).await.unwrap(), bodies);
    }
    assert_eq!(delivery_settings::bodies(&mut tx, other).await.unwrap(), at_first);
}

async fn bodies_are_sealed_some_at_a_time_and_can_be_scrubbed_after_all(store: &Store) {
    let mut tx = store.begin().await.unwrap();
    let (organisation, connection) = connected(&mut tx).await;
    let (other, _) = connected(&mut tx).await;
    let mut ids = Vec::new();
    for (token, received_at) in [("a", 10), ("b", 20), ("c", 30)] {
        let new = NewDelivery { received_at: Timestamp(received_at), ..delivery(connection, token, 1) };
        deliveries::insert(&mut tx, organisation, &new).await.unwrap();
        ids.push(new.id);
    }
    let before = Timestamp(30);
    assert_eq!(deliveries::to_seal(&mut tx, other, before, 9).await.unwrap(), []);
    let oldest = deliveries::to_seal(&mut tx, organisation, before, 1).await.unwrap();
    assert_eq!(oldest, [(ids[0], b"{}".to_vec())]);
    for (id, _) in deliveries::to_seal(&mut tx, organisation, before, 9).await.unwrap() {
        deliveries::seal(&mut tx, other, id, b"theirs".to_vec()).await.unwrap();
        deliveries::seal(&mut tx, organisation, id, b"sealed".to_vec()).await.unwrap();
        // What is sealed is not sealed again.
        deliveries::seal(&mut tx, organisation, id, b"twice".to_vec()).await.unwrap();
    }
    assert_eq!(deliveries::to_seal(&mut tx, organisation, before, 9).await.unwrap(), []);
    let sealed = Body::Sealed(b"sealed".to_vec());
    let mut bodies = Vec::new();
    for id in &ids {
        bodies.push(deliveries::kept(&mut tx, organisation, *id).await.unwrap().unwrap().body);
    }
    assert_eq!(bodies, [sealed.clone(), sealed, Body::Sent(b"{}".to_vec())]);

    assert_eq!(deliveries::scrub_sealed(&mut tx, other, before, 9).await.unwrap(), 0);
    assert_eq!(deliveries::scrub_sealed(&mut tx, organisation, before, 1).await.unwrap(), 1);
    assert_eq!(deliveries::scrub_sealed(&mut tx, organisation, before, 9).await.unwrap(), 1);
    let kept = deliveries::kept(&mut tx, organisation, ids[0]).await.unwrap().unwrap();
    assert_eq!(kept.body, Body::Scrubbed);
    // What was scrubbed meanwhile stays so.
    deliveries::seal(&mut tx, organisation, ids[0], b"late".to_vec()).await.unwrap();
    let kept = deliveries::kept(&mut tx, organisation, ids[0]).await.unwrap().unwrap();
    assert_eq!(kept.body, Body::Scrubbed);
}

async fn old_bodies_are_scrubbed_and_the_rest_stays(store: &Store) {
    let mut tx = store.begin().await.unwrap();
    let (organisation, connection) = connected(&mut tx).await;
    let (other, _) = connected(&mut tx).await;
    let mut ids = Vec::new();
    for (token, received_at) in [("a", 10), ("b", 20), ("c", 30)] {
        let new = NewDelivery { received_at: Timestamp(received_at), ..delivery(connection, token, 1) };
        assert!(deliveries::insert(&mut tx, organisation, &new).await.unwrap());
        ids.push(new.id);
    }
    assert_eq!(
        deliveries::scrub(&mut tx, organisation, Timestamp(30), 1).await.unwrap(),
        1,
        "at most as many as asked for"
    );
    assert_eq!(deliveries::scrub(&mut tx, other, Timestamp(99), 10).await.unwrap(), 0);
    assert_eq!(deliveries::scrub(&mut tx, organisation, Timestamp(30), 10).await.unwrap(), 1);
    assert_eq!(deliveries::scrub(&mut tx, organisation, Timestamp(30), 10).await.unwrap(), 0);
    let rows = tx
        .all(
            "select cast(length(body) as bigint) as bytes from deliveries where connection_id = $1 order by received_at",
            args![connection],
        )
        .await
        .unwrap();
    let bytes: Vec<i64> = rows.iter().map(|row| row.get("bytes").unwrap()).collect();
    assert_eq!(bytes, [0, 0, 2]);
    // What happened stays, and the token stays burnt.
    let kept = deliveries::get(&mut tx, organisation, ids[0]).await.unwrap().unwrap();
    assert_eq!((kept.event.as_str(), kept.received_at), ("candidateStageChange", Timestamp(10)));
    assert!(!deliveries::insert(&mut tx, organisation, &delivery(connection, "a", 1)).await.unwrap());
}

async fn the_quarantine_lets_go(store: &Store) {
    let mut tx = store.begin().await.unwrap();
    let (organisation, connection) = connected(&mut tx).await;
    let (other, _) = connected(&mut tx).await;
    let rows = [held("a", 10, b"1"), held("b", 20, b"2"), held("c", 30, b"3"), held("d", 40, b"4")];
    for row in &rows {
        quarantine::insert(&mut tx, organisation, connection, row).await.unwrap();
    }
    assert_eq!(quarantine::remove_older(&mut tx, organisation, connection, Timestamp(20)).await.unwrap(), 1);
    assert!(!quarantine::remove(&mut tx, other, rows[1].id).await.unwrap());
    assert!(quarantine::remove(&mut tx, organisation, rows[1].id).await.unwrap());
    assert!(!quarantine::remove(&mut tx, organisation, rows[1].id).await.unwrap());
    assert_eq!(quarantine::ignore_all(&mut tx, other, connection).await.unwrap(), 0);
    assert_eq!(quarantine::ignore_all(&mut tx, organisation, connection).await.unwrap(), 2);
}

async fn what_is_ignored_is_held_no_more_and_stands_in_the_log(store: &Store) {
    let mut tx = store.begin().await.unwrap();
    let (organisation, connection) = connected(&mut tx).await;
    let (other, _) = connected(&mut tx).await;
    let headers = vec![("user-agent".to_owned(), "Lever".to_owned())];
    let first = Held {
        opportunity: Some("o-1".into()),
        headers: headers.clone(),
        ..held("candidateHired", 10, b"12345")
    };
    assert_eq!(first.bytes(), 5 + 15);
    assert!(quarantine::insert(&mut tx, organisation, connection, &first).await.unwrap());
    let kept = quarantine::get(&mut tx, organisation, first.id).await.unwrap();
    assert_eq!(kept, Some((connection, first.clone())));
    assert_eq!(quarantine::get(&mut tx, other, first.id).await.unwrap(), None);
    assert_eq!(quarantine::ignore_all(&mut tx, organisation, connection).await.unwrap(), 1);
    let none = Size { count: 0, bytes: 0 };
    assert_eq!(quarantine::size(&mut tx, organisation, connection).await.unwrap(), none);
    assert_eq!(quarantine::size_ignored(&mut tx, organisation, connection).await.unwrap().count, 1);
    assert!(quarantine::by_event(&mut tx, organisation, connection).await.unwrap().is_empty());
    assert!(quarantine::list(&mut tx, organisation, connection, None, 9).await.unwrap().is_empty());
    // The same body is held once, and ignored once.
    let again = held("candidateHired", 20, b"12345");
    assert!(quarantine::insert(&mut tx, organisation, connection, &again).await.unwrap());
    let repeat = Held { ignored: true, ..held("candidateHired", 30, b"12345") };
    assert!(!quarantine::insert(&mut tx, organisation, connection, &repeat).await.unwrap());

    let listed = async |tx: &mut Tx, organisation, ignored, within| {
        let found = quarantine::listed(tx, organisation, None, ignored, within, 10).await.unwrap();
        found.into_iter().map(|one| (one.received_at.0, one.ignored)).collect::<Vec<_>>()
    };
    assert_eq!(listed(&mut tx, organisation, None, Within::ALL).await, [(20, false), (10, true)]);
    assert_eq!(listed(&mut tx, organisation, Some(false), Within::ALL).await, [(20, false)]);
    assert_eq!(listed(&mut tx, organisation, Some(true), Within::ALL).await, [(10, true)]);
    let older = Some(Older { at: Timestamp(20), id: again.id.0 });
    assert_eq!(listed(&mut tx, organisation, None, Within { older, ..Within::ALL }).await, [(10, true)]);
    let since = Within { from: Timestamp(11), ..Within::ALL };
    assert_eq!(listed(&mut tx, organisation, None, since).await, [(20, false)]);
    assert!(listed(&mut tx, other, None, Within::ALL).await.is_empty());

    // By whom the body says it is about.
    let nora = candidate(&mut tx, organisation, "Nora Lind", 10).await.id;
    let theo = candidate(&mut tx, organisation, "Theo Berg", 11).await.id;
    tx.execute(
        "insert into opportunities (organisation_id, id, candidate_id, url, held, read_at)
         values ($1, 'o-1', $2, '', 0, 1)",
        args![organisation, nora],
    )
    .await
    .unwrap();
    let about = async |tx: &mut Tx, who| {
        quarantine::listed(tx, organisation, Some(&[who]), None, Within::ALL, 10).await.unwrap()
    };
    let hers = about(&mut tx, nora).await;
    assert_eq!((hers.len(), hers[0].id, hers[0].name.as_deref()), (1, first.id, Some("Nora Lind")));
    assert!(about(&mut tx, theo).await.is_empty());
}

async fn what_was_read_is_kept_with_each_delivery(store: &Store) {
    let mut tx = store.begin().await.unwrap();
    let (organisation, connection) = connected(&mut tx).await;
    let (one, two) = (delivery(connection, "one", 1), delivery(connection, "two", 2));
    for new in [&one, &two] {
        deliveries::insert(&mut tx, organisation, new).await.unwrap();
    }
    let application = Application {
        outcome: "status changed",
        at: Timestamp(120),
        attempts: 3,
        reading: Reading {
            at: Timestamp(115),
            place: "Stage Offer".into(),
            mover: Some("Ana".into()),
            others: 1,
            status: Some((Status::Responded, Status::Offer)),
        },
    };
    let ids = [one.id, two.id];
    let (other, _) = connected(&mut tx).await;
    deliveries::applied(&mut tx, other, &ids, &application).await.unwrap();
    deliveries::applied(&mut tx, organisation, &ids[..1], &application).await.unwrap();
    let kept = deliveries::kept(&mut tx, organisation, one.id).await.unwrap().unwrap();
    assert_eq!((kept.delivery.state.as_str(), kept.attempts), (deliveries::APPLIED, 3));
    assert_eq!(kept.delivery.outcome.as_deref(), Some("status changed"));
    assert_eq!(
        (kept.delivery.settled_at, kept.reading),
        (Some(Timestamp(120)), Some(application.reading.clone()))
    );
    let waits = deliveries::kept(&mut tx, organisation, two.id).await.unwrap().unwrap();
    assert_eq!((waits.delivery.state.as_str(), waits.reading), (deliveries::PENDING, None));
    // Read for nobody.
    let reading = Reading { mover: None, status: None, ..application.reading.clone() };
    let nobodys = Application { reading: reading.clone(), ..application };
    deliveries::applied(&mut tx, organisation, &ids, &nobodys).await.unwrap();
    let kept = deliveries::kept(&mut tx, organisation, two.id).await.unwrap().unwrap();
    assert_eq!(kept.reading, Some(reading));
    let settled = deliveries::kept(&mut tx, organisation, one.id).await.unwrap().unwrap();
    assert_ne!(settled.reading, kept.reading, "what is settled keeps what it has");
    // What waits again was not read.
    assert!(deliveries::reopen(&mut tx, organisation, one.id).await.unwrap());
    assert_eq!(deliveries::kept(&mut tx, organisation, one.id).await.unwrap().unwrap().reading, None);
}
