//! `cargo xtask build`: one file to deploy, and the practice Lever beside it.

use std::process::ExitCode;

use anyhow::Result;

use crate::command;
use crate::progress::Progress;
use crate::project::{PRACTICE_LEVER, Project, SERVER_BINARY, SERVER_PACKAGE};
use crate::site::{self, Mode};

/// Builds both binaries, the server with the site inside.
///
/// # Errors
/// A missing tool, no network, or code that does not compile.
pub(crate) fn run(project: &Project) -> Result<ExitCode> {
    let mut progress = Progress::new(site::STEPS + 2);
    progress.step("Libraries", || super::fetch_libraries(project))?;
    site::build(project, Mode::Release, &mut progress)?;
    progress.step("Server and practice Lever", || binaries(project))?;
    for name in [SERVER_BINARY, PRACTICE_LEVER] {
        eprintln!("    target/release/{name}");
    }
    Ok(ExitCode::SUCCESS)
}

/// Compiles both binaries for release around the site that stands in `target/site`.
///
/// # Errors
/// When the code does not compile.
pub(super) fn binaries(project: &Project) -> Result<()> {
    command::run(
        command::cargo(project)
            .args(["build", "--release"])
            .args(["--package", SERVER_PACKAGE])
            .args(["--package", PRACTICE_LEVER]),
        "The release could not be built; the lines above say why.",
    )
}
