//! The machine: its package manager and the user that runs the build.

use std::path::Path;
use std::process::{Command, Stdio};

use anyhow::{Result, bail};

use crate::command;

/// True when every one of these Debian packages is installed.
pub(crate) fn installed(packages: &[&str]) -> bool {
    packages.iter().all(|package| {
        Command::new("dpkg-query")
            .args(["-W", "-f=${Status}", package])
            .stderr(Stdio::null())
            .output()
            .is_ok_and(|output| output.stdout == b"install ok installed")
    })
}

/// Installs Debian packages that are missing.
///
/// # Errors
/// When there is no apt-get, nobody to run it as, or it fails; `otherwise` says
/// what a person can do instead.
pub(crate) fn install(packages: &[&str], otherwise: &str) -> Result<()> {
    if installed(packages) {
        return Ok(());
    }
    let names = packages.join(" ");
    let Some(apt_get) = command::find("apt-get") else {
        bail!("{otherwise}");
    };
    let administrator = if is_root() {
        None
    } else if let Some(sudo) = command::find("sudo") {
        Some(sudo)
    } else {
        bail!("Packages are missing; run as root: apt-get install {names}");
    };
    let apt = |arguments: &[&str]| {
        let mut command = match &administrator {
            Some(sudo) => {
                let mut command = command::clean(sudo);
                command.arg(&apt_get);
                command
            }
            None => command::clean(&apt_get),
        };
        command.env("DEBIAN_FRONTEND", "noninteractive").arg("--quiet").args(arguments);
        command
    };
    eprintln!("    installing {names}");
    let failure = format!("apt-get could not install {names}. {otherwise}");
    command::run(&mut apt(&["update"]), &failure)?;
    let mut arguments = vec!["install", "--yes", "--no-install-recommends"];
    arguments.extend_from_slice(packages);
    command::run(&mut apt(&arguments), &failure)
}

/// Sees to it that C can be compiled: the embedded database and the server's allocator are C.
///
/// # Errors
/// When a tool is missing and cannot be installed.
pub(crate) fn c_tools() -> Result<()> {
    if command::find("cc").is_some() && command::find("make").is_some() {
        return Ok(());
    }
    install(
        &["gcc", "libc6-dev", "make"],
        "A C compiler and make are needed to build the server: install them and run the same command again.",
    )
}

/// True when this process runs as root: then PostgreSQL must not, and Chromium needs no sandbox.
pub(crate) fn is_root() -> bool {
    Command::new("id").arg("-u").output().is_ok_and(|output| output.stdout.trim_ascii() == b"0")
}

/// The user and group numbers of an account.
pub(crate) fn account(name: &str) -> Option<(u32, u32)> {
    account_in(&std::fs::read_to_string(Path::new("/etc/passwd")).ok()?, name)
}

fn account_in(accounts: &str, name: &str) -> Option<(u32, u32)> {
    accounts.lines().find_map(|line| {
        let mut fields = line.split(':');
        (fields.next()? == name).then_some(())?;
        let user = fields.nth(1)?.parse().ok()?;
        let group = fields.next()?.parse().ok()?;
        Some((user, group))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn accounts_are_read_by_name() {
        let accounts = "root:x:0:0:root:/root:/bin/bash\npostgres:x:104:112::/var/lib:/bin/sh\n";
        assert_eq!(account_in(accounts, "postgres"), Some((104, 112)));
        assert_eq!(account_in(accounts, "post"), None);
    }
}
