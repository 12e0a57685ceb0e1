//! Benchmarks, one a file.

pub mod imports;

use anyhow::Result;
use clap::Subcommand;

use crate::parties::Programs;

/// Which.
#[derive(Debug, Subcommand)]
pub enum Benchmark {
    /// Imports a second, and duplicates, beside a client that retries blindly
    Imports(imports::Arguments),
}

/// Runs it.
///
/// # Errors
/// The budget that was missed, or what stood in the way.
pub async fn run(programs: &Programs, benchmark: Benchmark) -> Result<()> {
    match benchmark {
        Benchmark::Imports(arguments) => imports::run(programs, &arguments).await,
    }
}
