//! Benchmarks, one a file.

mod budgets;
mod disk;
mod load;
mod no_op;
mod scene;
mod times;

pub mod backlog;
pub mod deliveries;
pub mod imports;
pub mod list;
pub mod start;

use anyhow::Result;
use clap::Subcommand;

use crate::parties::Programs;

/// Which.
#[derive(Debug, Subcommand)]
pub enum Benchmark {
    /// Imports a second, and duplicates, beside a client that retries blindly
    Imports(imports::Arguments),
    /// Deliveries: made durable, acknowledged, on the screen
    Deliveries(deliveries::Arguments),
    /// What waited during an outage of Lever, worked off
    Backlog(backlog::Arguments),
    /// The start of the server, and its memory
    Start(start::Arguments),
    /// The candidate list of an organisation with a million
    List(list::Arguments),
}

/// Runs it.
///
/// # Errors
/// The budget that was missed, or what stood in the way.
pub async fn run(programs: &Programs, benchmark: Benchmark) -> Result<()> {
    match benchmark {
        Benchmark::Imports(arguments) => imports::run(programs, &arguments).await,
        Benchmark::Deliveries(arguments) => deliveries::run(programs, &arguments).await,
        Benchmark::Backlog(arguments) => backlog::run(programs, &arguments).await,
        Benchmark::Start(arguments) => start::run(programs, &arguments).await,
        Benchmark::List(arguments) => list::run(&arguments).await,
    }
}
