//! Several processes use one key no faster than one may.

use store::lever_rates::{self, Pace, Slot};
use store::{Store, Tx};

use crate::on_both;

on_both!(
    a_burst_then_the_steady_rate,
    whoever_may_wait_longer_goes_first,
    a_refusal_blocks_everybody_once,
    processes_at_the_same_time_share_the_slots,
);

/// Ten a second, three at once.
const PACE: Pace = Pace { interval: 100_000, ahead: 200_000 };
const SECOND: i64 = 1_000_000;

async fn take(tx: &mut Tx, patience: i64, now: i64) -> Slot {
    lever_rates::take(tx, "key", PACE, patience, now).await.unwrap()
}

async fn a_burst_then_the_steady_rate(store: &Store) {
    let mut tx = store.begin().await.unwrap();
    let now = 50 * SECOND;
    for _ in 0..3 {
        assert!(matches!(take(&mut tx, 0, now).await, Slot::At(at) if at <= now));
    }
    assert_eq!(take(&mut tx, 0, now).await, Slot::AskAgain(now + 100_000));
    // Whoever may wait gets a slot to come.
    assert_eq!(take(&mut tx, SECOND, now).await, Slot::At(now + 100_000));
    assert_eq!(take(&mut tx, SECOND, now).await, Slot::At(now + 200_000));
    // A long rest gives no more than the burst.
    let later = now + 60 * SECOND;
    for _ in 0..3 {
        assert!(matches!(take(&mut tx, 0, later).await, Slot::At(at) if at <= later));
    }
    assert_eq!(take(&mut tx, 0, later).await, Slot::AskAgain(later + 100_000));
    // Another key has its own.
    let other = lever_rates::take(&mut tx, "other", PACE, 0, later).await.unwrap();
    assert!(matches!(other, Slot::At(at) if at <= later));
}

async fn whoever_may_wait_longer_goes_first(store: &Store) {
    let mut tx = store.begin().await.unwrap();
    let now = 50 * SECOND;
    let mut clicks = 0;
    while let Slot::At(_) = take(&mut tx, SECOND, now).await {
        clicks += 1;
    }
    assert_eq!(clicks, 3 + 10);
    // With a second of clicks ahead, background work asks again when they are nearly through.
    assert_eq!(take(&mut tx, 200_000, now).await, Slot::AskAgain(now + 900_000));
}

async fn a_refusal_blocks_everybody_once(store: &Store) {
    let mut tx = store.begin().await.unwrap();
    let now = 50 * SECOND;
    assert_eq!(lever_rates::refusals(&mut tx, "key", now).await.unwrap(), Some(0));
    lever_rates::block(&mut tx, "key", PACE, now + SECOND, now).await.unwrap();
    // A second 429 of the same moment changes nothing.
    lever_rates::block(&mut tx, "key", PACE, now + 9 * SECOND, now).await.unwrap();
    assert_eq!(lever_rates::refusals(&mut tx, "key", now).await.unwrap(), None);
    assert_eq!(take(&mut tx, SECOND, now).await, Slot::AskAgain(now + SECOND));
    let after = now + SECOND;
    assert_eq!(lever_rates::refusals(&mut tx, "key", after).await.unwrap(), Some(1));
    // No burst into a limit that was just hit.
    assert_eq!(take(&mut tx, 0, after).await, Slot::At(after));
    assert_eq!(take(&mut tx, 0, after).await, Slot::AskAgain(after + 100_000));
    lever_rates::accepted(&mut tx, "key", after).await.unwrap();
    assert_eq!(lever_rates::refusals(&mut tx, "key", after).await.unwrap(), Some(0));
}

async fn processes_at_the_same_time_share_the_slots(store: &Store) {
    let now = 50 * SECOND;
    let takers: Vec<_> = (0..8)
        .map(|_| {
            let store = store.clone();
            tokio::spawn(async move {
                let mut slots = Vec::new();
                for _ in 0..5 {
                    let mut tx = store.begin().await.unwrap();
                    slots.push(take(&mut tx, SECOND, now).await);
                    tx.commit().await.unwrap();
                }
                slots
            })
        })
        .collect();
    let mut given = Vec::new();
    for taker in takers {
        given.extend(taker.await.unwrap().into_iter().filter_map(|slot| match slot {
            Slot::At(at) => Some(at),
            Slot::AskAgain(_) => None,
        }));
    }
    given.sort_unstable();
    let expected: Vec<i64> = (0..13).map(|number| now - PACE.ahead + number * PACE.interval).collect();
    assert_eq!(given, expected, "each slot is given once");
}
