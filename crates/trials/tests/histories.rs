//! Two thousand generated histories, on both databases; `cargo xtask prove sync`
//! runs a hundred thousand.

#![allow(clippy::unwrap_used, clippy::expect_used)]

use store::testing::Fresh;
use trials::histories::live_through;

/// Histories that share a world.
const IN_ONE_WORLD: usize = 250;
/// Worlds on SQLite.
const WORLDS: u64 = 6;
/// Worlds with the way back, on SQLite.
const WORLDS_WITH_THE_WAY_BACK: u64 = 4;
/// Worlds on PostgreSQL.
const WORLDS_ON_POSTGRES: u64 = 2;

/// `FULCRUM_HISTORIES_SEED` runs one world again.
fn seeds(first: u64, worlds: u64) -> Vec<u64> {
    match std::env::var("FULCRUM_HISTORIES_SEED") {
        Ok(seed) => vec![seed.parse().expect("a number")],
        Err(_) => (first..first + worlds).collect(),
    }
}

async fn lives(fresh: Fresh, seed: u64, way_back: bool) {
    let tally = match live_through(fresh, seed, IN_ONE_WORLD, way_back).await {
        Ok(tally) => tally,
        Err(difference) => panic!("{difference:#}"),
    };
    assert_eq!(tally.histories, IN_ONE_WORLD);
    // Something did happen.
    assert!(tally.changes > 300 && tally.deliveries > 300, "{tally:?}");
    assert!(tally.by_hand > 50 && tally.at_once > 50, "{tally:?}");
    assert_eq!(tally.written > 20, way_back, "{tally:?}");
}

#[tokio::test]
async fn whatever_happens_the_state_is_levers_on_sqlite() {
    for seed in seeds(1, WORLDS) {
        lives(store::testing::sqlite_unsynced().await, seed, false).await;
    }
}

#[tokio::test]
async fn whatever_happens_the_state_is_levers_on_postgres() {
    for seed in seeds(1_001, WORLDS_ON_POSTGRES) {
        lives(store::testing::postgres_unsynced().await, seed, false).await;
    }
}

#[tokio::test]
async fn with_the_way_back_the_two_are_the_same_or_somebody_is_asked_on_sqlite() {
    for seed in seeds(2_001, WORLDS_WITH_THE_WAY_BACK) {
        lives(store::testing::sqlite_unsynced().await, seed, true).await;
    }
}

#[tokio::test]
async fn with_the_way_back_the_two_are_the_same_or_somebody_is_asked_on_postgres() {
    for seed in seeds(3_001, WORLDS_ON_POSTGRES) {
        lives(store::testing::postgres_unsynced().await, seed, true).await;
    }
}
