//! Claim: whatever becomes of deliveries, and whatever people do on both sides at
//! once, after a reconciliation the state here is Lever's.
//!
//! The use cases run in this process, on databases that do not sync to the disk:
//! the claim is about order and loss, not about durability.

use std::time::Instant;

use anyhow::{Context, Result};
use tokio::task::JoinSet;

use crate::histories::{Tally, live_through};
use crate::say;

/// What is claimed.
#[derive(Clone, Debug, clap::Args)]
pub struct Arguments {
    /// How many candidates live a generated history
    #[arg(long, default_value_t = 100_000)]
    pub histories: usize,

    /// How many of them share a world, with one Lever and one database
    #[arg(long, default_value_t = 250)]
    pub in_one_world: usize,

    /// The seed of the first world; a divergence names the seed of its own
    #[arg(long, default_value_t = 1)]
    pub seed: u64,

    /// Worlds at the same time
    #[arg(long, default_value_t = 2)]
    pub at_once: usize,

    /// One world in so many is on the PostgreSQL server that
    /// FULCRUM_TEST_POSTGRES names, where it names one; 0: none
    #[arg(long, default_value_t = 10)]
    pub postgres_one_in: u64,
}

/// Runs the proof.
///
/// # Errors
/// What differs from Lever, with the seed that repeats it.
pub async fn run(arguments: &Arguments) -> Result<()> {
    let started = Instant::now();
    let in_one_world = arguments.in_one_world.max(1);
    let worlds = u64::try_from(arguments.histories.div_ceil(in_one_world))?;
    let postgres = std::env::var_os("FULCRUM_TEST_POSTGRES").is_some() && arguments.postgres_one_in > 0;
    if !postgres {
        say("PostgreSQL is left out: FULCRUM_TEST_POSTGRES names no server, or it was not asked for.");
    }
    let mut total = Tally::default();
    let mut on_postgres = 0;
    let mut running = JoinSet::new();
    for seed in (arguments.seed..).take(usize::try_from(worlds)?) {
        if running.len() >= arguments.at_once.max(1) {
            total += ended(running.join_next().await)?;
            tell(&total, started);
        }
        let here = postgres && seed.is_multiple_of(arguments.postgres_one_in);
        on_postgres += u64::from(here);
        // Every other world with the way back.
        let way_back = seed / 2 % 2 == 0;
        running.spawn(async move {
            let fresh = if here {
                store::testing::postgres_unsynced().await
            } else {
                store::testing::sqlite_unsynced().await
            };
            live_through(fresh, seed, in_one_world, way_back).await
        });
    }
    while let Some(one) = running.join_next().await {
        total += ended(Some(one))?;
    }
    tell(&total, started);
    say(format!(
        "Every one of {} histories ended as in Lever ({on_postgres} of {worlds} worlds on PostgreSQL).",
        total.histories
    ));
    Ok(())
}

fn ended(world: Option<std::result::Result<Result<Tally>, tokio::task::JoinError>>) -> Result<Tally> {
    world.context("no world is running")?.context("a world ended badly")?
}

fn tell(total: &Tally, started: Instant) {
    say(format!(
        "{:>7} histories, {} changes in Lever, {} deliveries, {} decisions by hand, {} requests of the way back, \
         {} times several at once; {} s",
        total.histories,
        total.changes,
        total.deliveries,
        total.by_hand,
        total.written,
        total.at_once,
        started.elapsed().as_secs()
    ));
}
