//! Proofs, one a file.

pub mod imports;

use anyhow::Result;
use clap::Subcommand;

use crate::parties::Programs;

/// Which.
#[derive(Debug, Subcommand)]
pub enum Proof {
    /// Imports under faults and kills: no duplicate, nobody missing, nothing stuck
    Imports(imports::Arguments),
}

/// Runs it.
///
/// # Errors
/// What was broken.
pub async fn run(programs: &Programs, proof: Proof) -> Result<()> {
    match proof {
        Proof::Imports(arguments) => imports::run(programs, &arguments).await,
    }
}
