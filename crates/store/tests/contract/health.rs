//! What the health page counts.

use std::time::Duration;

use domain::job::Job;
use domain::time::Timestamp;
use store::deliveries::{self, APPLIED, NewDelivery};
use store::health::{self, Hour, Minute, Waited, Waiting};
use store::lever_calls::{self, LeverCall};
use store::{Store, jobs};

use crate::connections::connected;
use crate::fixtures::{id, organisation};

crate::on_both!(
    deliveries_are_counted_by_the_hour,
    requests_are_counted_by_the_minute,
    jobs_are_counted_by_what_they_wait_for
);

const HOUR: i64 = 3_600_000;
const MINUTE: i64 = 60_000;

async fn deliveries_are_counted_by_the_hour(store: &Store) {
    let mut tx = store.begin().await.unwrap();
    let elsewhere = organisation(&mut tx).await;
    let (here, connection) = connected(&mut tx).await;
    for (token, at, applied_at) in [
        ("before", HOUR - 1, None),
        ("a", HOUR, Some(HOUR + 250)),
        ("b", 2 * HOUR - 251, Some(2 * HOUR - 1)),
        ("later", 2 * HOUR - 1, Some(2 * HOUR + 40)),
        ("c", 3 * HOUR, None),
    ] {
        let new = NewDelivery {
            id: id(),
            connection,
            token,
            event: "candidateStageChange",
            opportunity: Some("o-1"),
            triggered_at: Timestamp(at),
            received_at: Timestamp(at),
            headers: &[],
            body: b"{}",
            ignored: None,
        };
        assert!(deliveries::insert(&mut tx, here, &new).await.unwrap());
        if let Some(applied_at) = applied_at {
            deliveries::settle(&mut tx, here, &[new.id], APPLIED, "", Timestamp(applied_at)).await.unwrap();
        }
    }
    let since = Timestamp(HOUR);
    assert_eq!(
        health::hours(&mut tx, here, since).await.unwrap(),
        [
            Hour { began: Timestamp(HOUR), received: 3, slowest: Some(Duration::from_millis(250)) },
            Hour { began: Timestamp(3 * HOUR), received: 1, slowest: None },
        ]
    );
    // Over the turn of an hour: one that was applied, one that still waits.
    let waited = |arrived, settled: Option<i64>| Waited {
        arrived: Timestamp(arrived),
        settled: settled.map(Timestamp),
        deliveries: 1,
    };
    assert_eq!(
        health::waited(&mut tx, here, since).await.unwrap(),
        [waited(HOUR, Some(2 * HOUR)), waited(3 * HOUR, None)]
    );
    assert_eq!(health::waited(&mut tx, elsewhere, since).await.unwrap(), []);
    assert_eq!(health::last_delivery(&mut tx, here, since).await.unwrap(), Some(Timestamp(3 * HOUR)));
    assert_eq!(health::hours(&mut tx, elsewhere, since).await.unwrap(), []);
    assert_eq!(health::last_delivery(&mut tx, elsewhere, since).await.unwrap(), None);
}

async fn requests_are_counted_by_the_minute(store: &Store) {
    let mut tx = store.begin().await.unwrap();
    let (here, elsewhere) = (organisation(&mut tx).await, organisation(&mut tx).await);
    let calls: Vec<LeverCall> = [MINUTE - 1, MINUTE, 2 * MINUTE - 1, 5 * MINUTE]
        .into_iter()
        .map(|at| LeverCall {
            id: id(),
            organisation: here,
            at: Timestamp(at),
            operation: "list stages".to_owned(),
            purpose: "screen".to_owned(),
            candidate: None,
            member: None,
            method: "GET".to_owned(),
            path: "/stages".to_owned(),
            status: Some(200),
            milliseconds: 5,
        })
        .collect();
    lever_calls::record(&mut tx, &calls).await.unwrap();
    let since = Timestamp(MINUTE);
    assert_eq!(
        health::requests(&mut tx, here, since).await.unwrap(),
        [
            Minute { began: Timestamp(MINUTE), requests: 2 },
            Minute { began: Timestamp(5 * MINUTE), requests: 1 },
        ]
    );
    assert_eq!(health::requests(&mut tx, elsewhere, since).await.unwrap(), []);
}

async fn jobs_are_counted_by_what_they_wait_for(store: &Store) {
    let mut tx = store.begin().await.unwrap();
    let (here, elsewhere) = (organisation(&mut tx).await, organisation(&mut tx).await);
    for (opportunity, at) in [("o-1", 50), ("o-2", 80), ("o-3", 200)] {
        let job = Job::ApplyOpportunity { opportunity: opportunity.to_owned() };
        jobs::enqueue(&mut tx, here, &job, id(), Timestamp(at), Timestamp(10)).await.unwrap();
    }
    assert_eq!(
        health::waiting(&mut tx, here, Timestamp(100)).await.unwrap(),
        [Waiting { kind: "apply_opportunity".into(), due: 2, later: 1, first: Timestamp(50) }]
    );
    assert_eq!(health::running_and_dead(&mut tx, here).await.unwrap(), (0, 0));
    assert_eq!(health::waiting(&mut tx, elsewhere, Timestamp(100)).await.unwrap(), []);
}
