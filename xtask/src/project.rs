//! Where things are, and the names that the build and `cargo leptos` share.

use std::env;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result};

/// Name of the front end's files: `fulcrum.js`, `fulcrum_bg.wasm`, `fulcrum.css`.
pub(crate) const OUTPUT_NAME: &str = "fulcrum";
/// Package of the server binary.
pub(crate) const SERVER_PACKAGE: &str = "server";
/// Name of the server binary.
pub(crate) const SERVER_BINARY: &str = "fulcrum";
/// Package and binary of the practice Lever.
pub(crate) const PRACTICE_LEVER: &str = "lever-sim";
/// Package and binary of the proofs and benchmarks.
pub(crate) const TRIALS: &str = "trials";
/// Package that becomes the WebAssembly module.
pub(crate) const FRONT_END_PACKAGE: &str = "frontend";
/// Cargo profile of the front end in a release: optimised for size.
pub(crate) const FRONT_END_RELEASE_PROFILE: &str = "wasm-release";
/// Cargo profile of the front end in `cargo xtask run`: optimised for the wait.
pub(crate) const FRONT_END_DEMO_PROFILE: &str = "wasm-dev";
/// The folder that the server embeds.
pub(crate) const SITE: &str = "target/site";
/// Start of the name of the folder with the front end's files inside the site;
/// here the content hash follows it, `cargo leptos` uses it bare.
pub(crate) const SITE_PACKAGE: &str = "pkg";
/// The style sheet that imports all others.
pub(crate) const STYLE: &str = "style/main.css";
/// Files copied to the root of the site as they are.
pub(crate) const PUBLIC: &str = "public";
/// Where Fulcrum listens unless told otherwise.
pub(crate) const ADDRESS: &str = "127.0.0.1:3000";
/// Where the practice Lever of the demo listens.
pub(crate) const PRACTICE_ADDRESS: &str = "127.0.0.1:3100";
/// The target of the front end.
pub(crate) const WASM_TARGET: &str = "wasm32-unknown-unknown";
/// Compiler flags of the front end; `.cargo/config.toml` gives the server the same.
pub(crate) const RUST_FLAGS: [&str; 2] = ["--cfg", "erase_components"];

/// The checkout that this build driver belongs to.
pub(crate) struct Project {
    root: PathBuf,
}

impl Project {
    /// Finds the checkout: Cargo says where this package is, and the workspace is its parent.
    ///
    /// # Errors
    /// When it was not started by `cargo xtask`.
    pub(crate) fn find() -> Result<Self> {
        let package = env::var_os("CARGO_MANIFEST_DIR")
            .map(PathBuf::from)
            .context("Start the build driver through Cargo: cargo xtask run")?;
        let root = package.parent().context("The build driver is not inside a workspace")?;
        Ok(Self { root: root.to_path_buf() })
    }

    /// The root of the checkout.
    pub(crate) fn root(&self) -> &Path {
        &self.root
    }

    /// A path inside the checkout.
    pub(crate) fn path(&self, relative: impl AsRef<Path>) -> PathBuf {
        self.root.join(relative)
    }

    /// Where the build driver keeps its own results and stamps.
    pub(crate) fn work(&self, relative: impl AsRef<Path>) -> PathBuf {
        self.path("target/xtask").join(relative)
    }

    /// A built binary.
    pub(crate) fn binary(&self, profile: &str, name: &str) -> PathBuf {
        self.path("target").join(profile).join(format!("{name}{}", env::consts::EXE_SUFFIX))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::command::{answer, cargo};

    /// People who know Leptos run `cargo leptos watch`; it must build what the build driver builds.
    #[test]
    fn cargo_leptos_metadata_equals_the_build_drivers_values() {
        let project = Project::find().unwrap();
        let answer =
            answer(cargo(&project).args(["metadata", "--no-deps", "--format-version", "1"])).unwrap();
        let metadata: serde_json::Value = serde_json::from_str(&answer).unwrap();
        let projects = metadata["metadata"]["leptos"].as_array().unwrap();
        assert_eq!(projects.len(), 1, "one Leptos project");
        let leptos = &projects[0];
        for (key, value) in [
            ("name", OUTPUT_NAME),
            ("output-name", OUTPUT_NAME),
            ("bin-package", SERVER_PACKAGE),
            ("bin-target", SERVER_BINARY),
            ("lib-package", FRONT_END_PACKAGE),
            ("lib-profile-release", FRONT_END_RELEASE_PROFILE),
            ("lib-profile-dev", FRONT_END_DEMO_PROFILE),
            ("site-root", SITE),
            ("site-pkg-dir", SITE_PACKAGE),
            ("style-file", STYLE),
            ("assets-dir", PUBLIC),
            ("site-addr", ADDRESS),
        ] {
            assert_eq!(leptos[key].as_str(), Some(value), "{key}");
        }
        assert_eq!(leptos["style-bundle"].as_bool(), Some(true));
        assert_eq!(
            leptos["always-erase-components"].as_bool(),
            Some(RUST_FLAGS.contains(&"erase_components")),
            "both sides are compiled with erased components, or neither"
        );
    }

    #[test]
    fn the_server_is_compiled_with_the_flags_of_the_front_end() {
        let project = Project::find().unwrap();
        let config = std::fs::read_to_string(project.path(".cargo/config.toml")).unwrap();
        let flags = RUST_FLAGS.map(|flag| format!("\"{flag}\"")).join(", ");
        assert!(config.contains(&format!("rustflags = [{flags}]")), "{config}");
    }

    #[test]
    fn every_named_package_and_profile_exists() {
        let project = Project::find().unwrap();
        let manifest = std::fs::read_to_string(project.path("Cargo.toml")).unwrap();
        for profile in [FRONT_END_RELEASE_PROFILE, FRONT_END_DEMO_PROFILE] {
            assert!(manifest.contains(&format!("[profile.{profile}]")), "{profile}");
        }
        for package in [SERVER_PACKAGE, FRONT_END_PACKAGE] {
            assert!(project.path(package).join("Cargo.toml").is_file(), "{package}");
        }
        assert!(project.path("crates").join(PRACTICE_LEVER).join("Cargo.toml").is_file());
    }
}
