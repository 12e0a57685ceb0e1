//! At most one run of an organisation is open.

use domain::time::Timestamp;
use std::collections::HashSet;

use store::activity::Older;
use store::differences::{self, Difference};
use store::reconciliations::{self, Cause, Phase, Progress, State};
use store::{Error, Store};

use crate::connections::connected;
use crate::fixtures::{candidate, id};
use crate::on_both;

on_both!(
    one_run_is_open_at_a_time,
    a_run_from_its_beginning_to_its_end,
    a_queued_run_becomes_more_thorough,
    what_is_asked_for_during_a_run_follows_it,
    another_organisation_sees_and_changes_nothing,
    two_processes_queue_one_run,
    differences_go_with_their_run,
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
    let early = reconciliations::progress(&mut tx, organisation, run, &progress(1)).await;
    assert!(matches!(early, Err(Error::RowsTouched { .. })));
    reconciliations::insert(&mut tx, organisation, run, connection, Cause::Asked, Timestamp(1))
        .await
        .unwrap();
    let queued = reconciliations::get(&mut tx, organisation, run).await.unwrap().unwrap();
    assert_eq!((queued.progress.phase, queued.since, queued.linked), (Phase::Window, None, 0));
    reconciliations::start(&mut tx, organisation, run, Timestamp(2), 7, Timestamp(5)).await.unwrap();
    reconciliations::progress(&mut tx, organisation, run, &progress(10)).await.unwrap();
    let running = reconciliations::get(&mut tx, organisation, run).await.unwrap().unwrap();
    assert_eq!((running.state, running.started_at), (State::Running, Timestamp(5)));
    assert_eq!((running.since, running.linked), (Some(Timestamp(2)), 7));
    assert_eq!(running.progress, progress(10));
    assert_eq!(running.connection, connection);
    // A worker was lost: it goes on where it was.
    reconciliations::start(&mut tx, organisation, run, Timestamp(3), 8, Timestamp(6)).await.unwrap();
    assert_eq!(reconciliations::get(&mut tx, organisation, run).await.unwrap().unwrap(), running);
    reconciliations::finish(&mut tx, organisation, run, Some("too many"), Timestamp(9)).await.unwrap();
    let over = reconciliations::get(&mut tx, organisation, run).await.unwrap().unwrap();
    assert_eq!((over.state, over.finished_at), (State::Stopped, Some(Timestamp(9))));
    assert_eq!(over.problem.as_deref(), Some("too many"));
    let again = reconciliations::finish(&mut tx, organisation, run, None, Timestamp(10)).await;
    assert!(matches!(again, Err(Error::RowsTouched { .. })));
    let restart = reconciliations::start(&mut tx, organisation, run, Timestamp(2), 7, Timestamp(10)).await;
    assert!(matches!(restart, Err(Error::RowsTouched { .. })));
    assert_eq!(reconciliations::latest_full(&mut tx, organisation).await.unwrap(), None, "it was stopped");
}

fn progress(looked_at: u32) -> Progress {
    Progress {
        phase: Phase::Linked,
        reached: Some("o-1".into()),
        pages: 2,
        looked_at,
        changed: 2,
        requests: 3,
    }
}

async fn differences_go_with_their_run(store: &Store) {
    let mut tx = store.begin().await.unwrap();
    let (organisation, connection) = connected(&mut tx).await;
    let (other, _) = connected(&mut tx).await;
    let (jo, ann) = (
        candidate(&mut tx, organisation, "Jo", 1).await.id,
        candidate(&mut tx, organisation, "Ann", 1).await.id,
    );
    let runs: [domain::ids::ReconciliationId; 3] = [id(), id(), id()];
    for (run, cause, at) in
        [(runs[0], Cause::Due, 10), (runs[1], Cause::Nightly, 20), (runs[2], Cause::Due, 30)]
    {
        reconciliations::insert(&mut tx, organisation, run, connection, cause, Timestamp(at)).await.unwrap();
        reconciliations::start(&mut tx, organisation, run, Timestamp(1), 2, Timestamp(at)).await.unwrap();
        reconciliations::finish(&mut tx, organisation, run, None, Timestamp(at + 5)).await.unwrap();
    }
    let difference = |run, candidate, done: &str, at| Difference {
        run,
        candidate,
        ours: "Stage New lead".into(),
        levers: "Stage Offer".into(),
        done: done.into(),
        at: Timestamp(at),
    };
    for found in [
        difference(runs[0], jo, "now Offer", 11),
        difference(runs[1], ann, "held", 21),
        difference(runs[1], ann, "now Offer", 22),
    ] {
        differences::record(&mut tx, organisation, &found).await.unwrap();
    }
    let list = differences::list(&mut tx, organisation, None, None, 10).await.unwrap();
    assert_eq!(
        list,
        [
            (difference(runs[1], ann, "now Offer", 22), "Ann".to_owned()),
            (difference(runs[0], jo, "now Offer", 11), "Jo".to_owned()),
        ]
    );
    assert_eq!(differences::list(&mut tx, organisation, Some(runs[0]), None, 10).await.unwrap(), list[1..]);
    assert!(differences::list(&mut tx, other, None, None, 10).await.unwrap().is_empty());
    let full = reconciliations::latest_full(&mut tx, organisation).await.unwrap().unwrap();
    assert_eq!((full.id, full.cause), (runs[1], Cause::Nightly));
    let ids = |runs: Vec<reconciliations::Reconciliation>| -> Vec<_> {
        runs.into_iter().map(|run| run.id).collect()
    };
    let listed = ids(reconciliations::list(&mut tx, organisation, None, 2).await.unwrap());
    assert_eq!(listed, [runs[2], runs[1]]);
    // Page by page, each from the last place of the one before.
    let after = Older { at: Timestamp(20), id: runs[1].0 };
    let second = ids(reconciliations::list(&mut tx, organisation, Some(after), 2).await.unwrap());
    assert_eq!(second, [runs[0]]);
    let older = differences::Older::from(&list[0].0);
    assert_eq!(differences::list(&mut tx, organisation, None, Some(older), 10).await.unwrap(), list[1..]);
    let older = differences::Older::from(&list[1].0);
    assert_eq!(differences::list(&mut tx, organisation, None, Some(older), 10).await.unwrap(), []);

    reconciliations::forget(&mut tx, other, Timestamp(100)).await.unwrap();
    reconciliations::forget(&mut tx, organisation, Timestamp(16)).await.unwrap();
    assert_eq!(differences::list(&mut tx, organisation, None, None, 10).await.unwrap(), list[..1]);
    let left: HashSet<_> =
        ids(reconciliations::list(&mut tx, organisation, None, 9).await.unwrap()).into_iter().collect();
    assert_eq!(left, HashSet::from([runs[1], runs[2]]));
}

async fn a_queued_run_becomes_more_thorough(store: &Store) {
    let mut tx = store.begin().await.unwrap();
    let (organisation, connection) = connected(&mut tx).await;
    let run = id();
    reconciliations::insert(&mut tx, organisation, run, connection, Cause::Due, Timestamp(1)).await.unwrap();
    for (asked, becomes) in [
        (Cause::Nightly, Cause::Nightly),
        (Cause::Asked, Cause::Asked),
        (Cause::Nightly, Cause::Asked),
        (Cause::Permitted, Cause::Permitted),
        (Cause::Asked, Cause::Permitted),
    ] {
        reconciliations::strengthen(&mut tx, organisation, asked).await.unwrap();
        assert_eq!(reconciliations::open(&mut tx, organisation).await.unwrap().unwrap().cause, becomes);
    }
    reconciliations::start(&mut tx, organisation, run, Timestamp(1), 0, Timestamp(2)).await.unwrap();
    assert!(!reconciliations::strengthen(&mut tx, organisation, Cause::Asked).await.unwrap());
}

async fn what_is_asked_for_during_a_run_follows_it(store: &Store) {
    let mut tx = store.begin().await.unwrap();
    let (organisation, connection) = connected(&mut tx).await;
    for (asked, follows) in [
        (&[][..], None),
        (&[Cause::Asked, Cause::Asked], Some(Cause::Asked)),
        (&[Cause::Asked, Cause::Permitted, Cause::Asked], Some(Cause::Permitted)),
    ] {
        let run = id();
        reconciliations::insert(&mut tx, organisation, run, connection, Cause::Due, Timestamp(1))
            .await
            .unwrap();
        assert!(!reconciliations::follow(&mut tx, organisation, Cause::Asked).await.unwrap(), "it is queued");
        reconciliations::start(&mut tx, organisation, run, Timestamp(1), 0, Timestamp(2)).await.unwrap();
        for cause in asked {
            assert!(reconciliations::follow(&mut tx, organisation, *cause).await.unwrap());
        }
        let ended = reconciliations::finish(&mut tx, organisation, run, None, Timestamp(3)).await.unwrap();
        assert_eq!(ended, follows);
    }
}

async fn another_organisation_sees_and_changes_nothing(store: &Store) {
    let mut tx = store.begin().await.unwrap();
    let (mine, connection) = connected(&mut tx).await;
    let (other, others) = connected(&mut tx).await;
    let run = id();
    reconciliations::insert(&mut tx, mine, run, connection, Cause::Due, Timestamp(1)).await.unwrap();
    assert_eq!(reconciliations::get(&mut tx, other, run).await.unwrap(), None);
    assert_eq!(reconciliations::latest(&mut tx, other).await.unwrap(), None);
    assert!(reconciliations::start(&mut tx, other, run, Timestamp(1), 0, Timestamp(2)).await.is_err());
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
