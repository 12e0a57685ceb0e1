//! `cargo xtask bench [NAME]`: measures the built programs.

use std::process::ExitCode;

use anyhow::Result;

use super::trials;
use crate::project::Project;

/// The command line of `cargo xtask bench`.
#[derive(clap::Args)]
pub(crate) struct Arguments {
    /// Which benchmark, and its flags; "help" lists them. All, when left away
    #[arg(trailing_var_arg = true, allow_hyphen_values = true)]
    benchmark: Vec<String>,
}

/// Builds what is needed and measures.
///
/// # Errors
/// The budget that was missed, or code that does not compile.
pub(crate) fn run(project: &Project, arguments: &Arguments) -> Result<ExitCode> {
    trials::run(project, "bench", &arguments.benchmark)
}
