//! The commands, one a file.

pub(crate) mod bench;
pub(crate) mod build;
pub(crate) mod pictures;
pub(crate) mod prove;
pub(crate) mod run;
pub(crate) mod test;
mod trials;

use anyhow::Result;

use crate::command;
use crate::project::{Project, WASM_TARGET};
use crate::stamp::{self, Fingerprint};

/// Downloads the libraries that the lock file names, so that a missing network
/// is told as that and not as a fault of the code.
///
/// # Errors
/// When they cannot be downloaded.
fn fetch_libraries(project: &Project) -> Result<()> {
    let stamp = project.work("libraries.stamp");
    let fingerprint = Fingerprint::default().file(&project.path("Cargo.lock"))?.finish();
    stamp::when_changed(&stamp, &fingerprint, true, || {
        let mut command = command::cargo(project);
        command.args(["fetch", "--target", WASM_TARGET]);
        if let Some(host) = host(project) {
            command.args(["--target", &host]);
        }
        command::run(
            &mut command,
            "The libraries could not be downloaded. Check the network connection and run the same \
             command again.",
        )
    })
}

/// The platform that the compiler runs on.
fn host(project: &Project) -> Option<String> {
    let mut command = command::clean(std::env::var_os("RUSTC").unwrap_or_else(|| "rustc".into()));
    command.current_dir(project.root()).arg("-vV");
    let version = command::answer(&mut command).ok()?;
    version.lines().find_map(|line| line.strip_prefix("host: ")).map(str::to_owned)
}
