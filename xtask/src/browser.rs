//! The browser programs: Chromium, and Playwright that drives it.

use std::env;
use std::path::PathBuf;
use std::process::Command;

use anyhow::{Context, Result};

use crate::command;
use crate::node;
use crate::project::{PRACTICE_LEVER, Project, SERVER_BINARY};
use crate::system;

/// Playwright with its packages, a browser and the release binaries to drive.
pub(crate) struct Playwright<'a> {
    project: &'a Project,
    node: PathBuf,
    chromium: PathBuf,
}

impl<'a> Playwright<'a> {
    /// Finds or installs Node's packages and the browser.
    ///
    /// # Errors
    /// A missing tool, or no network.
    pub(crate) fn set_up(project: &'a Project) -> Result<Self> {
        let node = node::node()?;
        let chromium = chromium()?;
        node::install(project, &project.path("end2end"))?;
        Ok(Self { project, node, chromium })
    }

    /// A program of one of the packages, to be run in their folder.
    fn tool(&self, path: &str) -> Command {
        let folder = self.project.path("end2end");
        let mut command = command::clean(&self.node);
        command.arg(folder.join("node_modules").join(path)).current_dir(folder);
        command
    }

    /// Checks the types of everything in `end2end`.
    pub(crate) fn check_types(&self) -> Command {
        let mut types = self.tool("typescript/bin/tsc");
        types.arg("--noEmit");
        types
    }

    /// Runs what is in `end2end` against the release binaries.
    pub(crate) fn test(&self) -> Command {
        let mut tests = self.tool("@playwright/test/cli.js");
        tests
            .arg("test")
            .env("FULCRUM_BIN", self.project.binary("release", SERVER_BINARY))
            .env("LEVER_SIM_BIN", self.project.binary("release", PRACTICE_LEVER))
            .env("CHROMIUM", &self.chromium);
        tests
    }
}

/// The browser: the one that `CHROMIUM` names, else the system's, else Debian's package.
fn chromium() -> Result<PathBuf> {
    const ADVICE: &str = "Chromium is needed for the browser tests: install it, or name its \
         program in the variable CHROMIUM, and run the same command again.";
    if let Some(path) = env::var_os("CHROMIUM") {
        return Ok(PathBuf::from(path));
    }
    let there = || ["chromium", "chromium-browser", "google-chrome"].into_iter().find_map(command::find);
    if there().is_none() {
        // Without fonts every text is a row of boxes.
        system::install(&["chromium", "fonts-liberation"], ADVICE)?;
    }
    there().context(ADVICE)
}
