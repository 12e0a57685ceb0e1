//! Running the program `trials`, which holds the proofs and the benchmarks.

use std::process::ExitCode;

use anyhow::Result;

use crate::command;
use crate::progress::Progress;
use crate::project::{Project, TRIALS};

/// Builds the programs for release and runs `trials DEED ARGUMENTS`.
///
/// # Errors
/// When the code does not compile, or the trial ends badly.
pub(super) fn run(project: &Project, deed: &str, arguments: &[String]) -> Result<ExitCode> {
    let mut progress = Progress::new(4);
    progress.step("Libraries", || super::fetch_libraries(project))?;
    // Apart from the trials, whose features they would share: what is tried is
    // what `cargo xtask build` makes, and stays so in its place.
    progress.step("Programs", || super::build::binaries(project))?;
    progress.step("Trials", || {
        command::run(
            command::cargo(project).args(["build", "--release", "--package", TRIALS]),
            "The trials could not be built; the lines above say why.",
        )
    })?;
    progress.step("Trial", || {
        let mut trial = command::clean(project.binary("release", TRIALS));
        trial.current_dir(project.root()).arg(deed).args(arguments).stdout(std::process::Stdio::inherit());
        command::run(&mut trial, "It did not end well; the lines above say why.")
    })?;
    Ok(ExitCode::SUCCESS)
}
