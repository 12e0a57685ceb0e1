//! `cargo xtask pictures`: every screen in every state, to be looked at.

use std::path::PathBuf;
use std::process::ExitCode;

use anyhow::{Context, Result};
use clap::Args;

use super::build;
use crate::browser::Playwright;
use crate::command;
use crate::project::Project;
use crate::stamp;

/// What to photograph into.
#[derive(Args)]
pub(crate) struct Arguments {
    /// The folder for the pictures; it is emptied first
    #[arg(long, default_value = "target/pictures")]
    into: PathBuf,
}

/// Builds the release, opens every screen light, dark and on a phone, and writes the pictures.
///
/// # Errors
/// When something does not build or a screen does not show what it should.
pub(crate) fn run(project: &Project, arguments: &Arguments) -> Result<ExitCode> {
    build::run(project)?;
    let browser = Playwright::set_up(project)?;
    let folder = project.path(&arguments.into);
    stamp::empty_folder(&folder)?;
    command::run(
        browser.test().args(["--config", "pictures.config.ts"]).env("FULCRUM_PICTURES", &folder),
        "Not every screen could be photographed; the lines above say which.",
    )?;
    let pictures = stamp::files(&folder)?.len();
    eprintln!("{pictures} pictures in {}", folder.display());
    (pictures > 0).then_some(ExitCode::SUCCESS).context("There is no picture.")
}
