//! Python packages: other people's Lever clients, for the tests alone.

use std::path::{Path, PathBuf};

use anyhow::{Context, Result, bail};

use crate::command;
use crate::project::Project;
use crate::stamp::{self, Fingerprint};
use crate::system;

/// The oldest version that the packages run on.
const OLDEST: (u32, u32) = (3, 10);
/// Prints the version, and fails where environments cannot be made.
const ASK: &str = "import ensurepip, sys, venv; print(*sys.version_info[:2])";

/// The Python program and its version, installed through apt-get where it is missing.
fn python() -> Result<(PathBuf, String)> {
    let (major, minor) = OLDEST;
    let advice = format!(
        "Python {major}.{minor} or later, with its modules venv and ensurepip, is needed to test \
         published Lever clients: install it and run the same command again."
    );
    let there = || {
        let python = command::find("python3")?;
        let version = command::answer(command::clean(&python).args(["-c", ASK])).ok()?;
        Some((python, version))
    };
    let found = match there() {
        Some(found) => Some(found),
        None => {
            system::install(&["python3", "python3-venv"], &advice)?;
            there()
        }
    };
    let (python, version) = found.with_context(|| advice.clone())?;
    if numbers(&version).is_none_or(|found| found < OLDEST) {
        bail!("Python {version} is too old. {advice}");
    }
    Ok((python, version))
}

/// `3 11` is 3 and 11.
fn numbers(version: &str) -> Option<(u32, u32)> {
    let (major, minor) = version.split_once(' ')?;
    Some((major.parse().ok()?, minor.parse().ok()?))
}

/// Installs exactly what a folder's `requirements.txt` names, by version and
/// hash, into an environment of its own, unless that is done. Gives the
/// environment's Python.
///
/// # Errors
/// When pip fails, most often for want of a network.
pub(crate) fn install(project: &Project, folder: &Path) -> Result<PathBuf> {
    let (system, version) = python()?;
    let requirements = folder.join("requirements.txt");
    let name = folder.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
    let environment = project.path("target/tools").join(&name);
    let python = environment.join("bin/python");
    let stamp = project.work(format!("{name}-packages.stamp"));
    let fingerprint = Fingerprint::default().text(&version).file(&requirements)?.finish();
    stamp::when_changed(&stamp, &fingerprint, python.is_file(), || {
        let mut make = command::clean(&system);
        make.args(["-m", "venv", "--clear"]).arg(&environment);
        command::run(&mut make, "Python could not make an environment for packages.")?;
        let mut install = command::clean(&python);
        install
            .args(["-m", "pip", "install", "--quiet", "--no-input", "--disable-pip-version-check"])
            .args(["--require-hashes", "--requirement"])
            .arg(&requirements);
        command::run(
            &mut install,
            "The Python packages could not be downloaded. Check the network connection and run the \
             same command again.",
        )
    })?;
    Ok(python)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn versions_are_read_and_compared() {
        assert_eq!(numbers("3 11"), Some((3, 11)));
        assert!(numbers("3 9") < Some(OLDEST));
        assert_eq!(numbers("3"), None);
    }
}
