//! Proofs, one a file.

pub mod imports;
pub mod sync;

use anyhow::Result;
use clap::Subcommand;

use crate::parties::Programs;

/// Which.
#[derive(Debug, Subcommand)]
pub enum Proof {
    /// Imports under faults and kills: no duplicate, nobody missing, nothing stuck
    Imports(imports::Arguments),
    /// Generated histories of candidates: after a reconciliation all is as in Lever
    Sync(sync::Arguments),
}

/// Runs it.
///
/// # Errors
/// What was broken.
pub async fn run(programs: &Programs, proof: Proof) -> Result<()> {
    match proof {
        Proof::Imports(arguments) => imports::run(programs, &arguments).await,
        Proof::Sync(arguments) => sync::run(&arguments).await,
    }
}
