//! Node packages: what optimises a release of the site, and what drives the
//! browser. `cargo xtask run` needs neither.

use std::path::{Path, PathBuf};

use anyhow::{Context, Result, bail};

use crate::command;
use crate::project::Project;
use crate::stamp::{self, Fingerprint};
use crate::system;

/// The oldest major version of Node that the packages run on.
const OLDEST: u32 = 20;

/// The Node program, installed through apt-get where it is missing.
///
/// # Errors
/// When there is none, or it is too old.
pub(crate) fn node() -> Result<PathBuf> {
    let advice = format!(
        "Node {OLDEST} or later is needed to optimise the site and to test it in a browser: \
         install it from https://nodejs.org and run the same command again."
    );
    if command::find("node").is_none() || command::find("npm").is_none() {
        system::install(&["nodejs", "npm"], &advice)?;
    }
    let node = command::find("node").with_context(|| advice.clone())?;
    let version = command::answer(command::clean(&node).arg("--version"))?;
    if major(&version).is_none_or(|major| major < OLDEST) {
        bail!("Node {version} is too old. {advice}");
    }
    Ok(node)
}

/// `v20.20.2` is 20.
fn major(version: &str) -> Option<u32> {
    version.strip_prefix('v')?.split('.').next()?.parse().ok()
}

/// Installs exactly what a folder's `package-lock.json` names, unless that is done.
/// Install scripts of packages do not run.
///
/// # Errors
/// When npm fails, most often for want of a network.
pub(crate) fn install(project: &Project, folder: &Path) -> Result<()> {
    let name = folder.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
    let stamp = project.work(format!("{name}-packages.stamp"));
    let fingerprint = Fingerprint::default().file(&folder.join("package-lock.json"))?.finish();
    stamp::when_changed(&stamp, &fingerprint, folder.join("node_modules").is_dir(), || {
        let npm = command::find("npm").context("npm is missing: it comes with Node")?;
        let mut command = command::clean(npm);
        command
            .current_dir(folder)
            // The browser is the system's own.
            .env("PLAYWRIGHT_SKIP_BROWSER_DOWNLOAD", "1")
            .args(["ci", "--ignore-scripts", "--no-audit", "--no-fund"]);
        command::run(
            &mut command,
            "The Node packages could not be downloaded. Check the network connection and run the \
             same command again.",
        )
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_major_version_is_read() {
        assert_eq!(major("v20.20.2"), Some(20));
        assert_eq!(major("20"), None);
        assert_eq!(major(""), None);
    }
}
