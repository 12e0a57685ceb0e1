//! `cargo xtask prove NAME`: tries hard to break a promise of the built programs.

use std::process::ExitCode;

use anyhow::Result;

use super::trials;
use crate::project::Project;

/// The command line of `cargo xtask prove`.
#[derive(clap::Args)]
pub(crate) struct Arguments {
    /// Which proof, and its flags; "help" lists them
    #[arg(trailing_var_arg = true, allow_hyphen_values = true, required = true)]
    proof: Vec<String>,
}

/// Builds what is needed and runs the proof.
///
/// # Errors
/// The promise that was broken, or code that does not compile.
pub(crate) fn run(project: &Project, arguments: &Arguments) -> Result<ExitCode> {
    trials::run(project, "prove", &arguments.proof)
}
