//! At most one run of an organisation is open.

use domain::time::Timestamp;
use store::reconciliations::{self, Cause, State};
use store::{Error, Store};

use crate::connections::connected;
use crate::fixtures::id;
use crate::on_both;

on_both!(
    one_run_is_open_at_a_time,
    a_run_from_its_beginning_to_its_end,
    a_queued_run_becomes_more_thorough,
    another_organisation_sees_and_changes_nothing,
    two_processes_queue_one_run,
);

async fn one_run_is_open_at_a_time(store: &Store) {
    let mut tx = store.begin().await.unwrap();
    let (organisation, connection) = connected(&mut tx).await;
    let (first, second) = (id(), id());
    let due = Cause::Due;
    assert!(
        reconciliations::insert(&mut tx, organisation, first, connection, due, Timestamp(1)).await.unwrap()
    );
    assert!(
        !reconciliations::insert(&mut tx, organisation, second, connection, due, Timestamp(2)).await.unwrap()
    );
    let open = reconciliations::open(&mut tx, organisation).await.unwrap().unwrap();
    assert_eq!((open.id, open.state, open.cause), (first, State::Queued, due));
    reconciliations::finish(&mut tx, organisation, first, None, Timestamp(3)).await.unwrap();
    assert_eq!(reconciliations::open(&mut tx, organisation).await.unwrap(), None);
    assert!(
        reconciliations::insert(&mut tx, organisation, second, connection, due, Timestamp(4)).await.unwrap()
    );
    assert_eq!(reconciliations::latest(&mut tx, organisation).await.unwrap().unwrap().id, second);
}

async fn a_run_from_its_beginning_to_its_end(store: &Store) {
    let mut tx = store.begin().await.unwrap();
    let (organisation, connection) = connected(&mut tx).await;
    let run = id();
    let early = reconciliations::progress(&mut tx, organisation, run, 1, 1, 1).await;
    assert!(matches!(early, Err(Error::RowsTouched { .. })));
    reconciliations::insert(&mut tx, organisation, run, connection, Cause::Asked, Timestamp(1))
        .await
        .unwrap();
    reconciliations::start(&mut tx, organisation, run, Timestamp(5)).await.unwrap();
    reconciliations::progress(&mut tx, organisation, run, 10, 2, 3).await.unwrap();
    let running = reconciliations::get(&mut tx, organisation, run).await.unwrap().unwrap();
    assert_eq!((running.state, running.started_at), (State::Running, Timestamp(5)));
    assert_eq!((running.looked_at, running.changed, running.requests), (10, 2, 3));
    assert_eq!(running.connection, connection);
    // A worker was lost: it begins again.
    reconciliations::start(&mut tx, organisation, run, Timestamp(6)).await.unwrap();
    assert_eq!(reconciliations::get(&mut tx, organisation, run).await.unwrap().unwrap().looked_at, 0);
    reconciliations::finish(&mut tx, organisation, run, Some("too many"), Timestamp(9)).await.unwrap();
    let over = reconciliations::get(&mut tx, organisation, run).await.unwrap().unwrap();
    assert_eq!((over.state, over.finished_at), (State::Stopped, Some(Timestamp(9))));
    assert_eq!(over.problem.as_deref(), Some("too many"));
    let again = reconciliations::finish(&mut tx, organisation, run, None, Timestamp(10)).await;
    assert!(matches!(again, Err(Error::RowsTouched { .. })));
    let restart = reconciliations::start(&mut tx, organisation, run, Timestamp(10)).await;
    assert!(matches!(restart, Err(Error::RowsTouched { .. })));
}

async fn a_queued_run_becomes_more_thorough(store: &Store) {
    let mut tx = store.begin().await.unwrap();
    let (organisation, connection) = connected(&mut tx).await;
    let run = id();
    reconciliations::insert(&mut tx, organisation, run, connection, Cause::Due, Timestamp(1)).await.unwrap();
    for (asked, becomes) in
        [(Cause::Asked, Cause::Asked), (Cause::Permitted, Cause::Permitted), (Cause::Asked, Cause::Permitted)]
    {
        reconciliations::strengthen(&mut tx, organisation, asked).await.unwrap();
        assert_eq!(reconciliations::open(&mut tx, organisation).await.unwrap().unwrap().cause, becomes);
    }
    reconciliations::start(&mut tx, organisation, run, Timestamp(2)).await.unwrap();
    assert!(!reconciliations::strengthen(&mut tx, organisation, Cause::Asked).await.unwrap());
}

async fn another_organisation_sees_and_changes_nothing(store: &Store) {
    let mut tx = store.begin().await.unwrap();
    let (mine, connection) = connected(&mut tx).await;
    let (other, others) = connected(&mut tx).await;
    let run = id();
    reconciliations::insert(&mut tx, mine, run, connection, Cause::Due, Timestamp(1)).await.unwrap();
    assert_eq!(reconciliations::get(&mut tx, other, run).await.unwrap(), None);
    assert_eq!(reconciliations::latest(&mut tx, other).await.unwrap(), None);
    assert!(reconciliations::start(&mut tx, other, run, Timestamp(2)).await.is_err());
    assert!(reconciliations::finish(&mut tx, other, run, None, Timestamp(2)).await.is_err());
    assert!(!reconciliations::strengthen(&mut tx, other, Cause::Asked).await.unwrap());
    assert!(reconciliations::insert(&mut tx, other, id(), others, Cause::Due, Timestamp(1)).await.unwrap());
}

async fn two_processes_queue_one_run(store: &Store) {
    let mut tx = store.begin().await.unwrap();
    let (organisation, connection) = connected(&mut tx).await;
    tx.commit().await.unwrap();
    let mut tries = tokio::task::JoinSet::new();
    for _ in 0..4 {
        let store = store.clone();
        tries.spawn(async move {
            let mut tx = store.begin().await.unwrap();
            let queued =
                reconciliations::insert(&mut tx, organisation, id(), connection, Cause::Due, Timestamp(1))
                    .await;
            tx.commit().await.unwrap();
            queued.unwrap()
        });
    }
    let queued = tries.join_all().await;
    assert_eq!(queued.into_iter().filter(|queued| *queued).count(), 1);
}
