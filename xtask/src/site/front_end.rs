//! The WebAssembly module and the JavaScript that loads it.

use std::path::{Path, PathBuf};

use anyhow::{Context, Result};
use wasm_bindgen_cli_support::Bindgen;

use super::Mode;
use crate::command;
use crate::project::{
    FRONT_END_DEMO_PROFILE, FRONT_END_PACKAGE, FRONT_END_RELEASE_PROFILE, OUTPUT_NAME, Project, WASM_TARGET,
};
use crate::wasm_toolchain::WasmToolchain;

/// Compiles the front end; returns the module that the compiler wrote.
///
/// # Errors
/// When the code does not compile or a dependency cannot be downloaded.
pub(super) fn compile(project: &Project, toolchain: &WasmToolchain, mode: Mode) -> Result<PathBuf> {
    let profile = match mode {
        Mode::Demo => FRONT_END_DEMO_PROFILE,
        Mode::Release => FRONT_END_RELEASE_PROFILE,
    };
    // Apart from the server's folder: the two builds may use different compilers.
    let target = project.path("target/front");
    let mut command = toolchain.cargo_build(project);
    command.args(["--package", FRONT_END_PACKAGE, "--profile", profile]).arg("--target-dir").arg(&target);
    command::run(&mut command, "The front end could not be built; the lines above say why.")?;
    Ok(target.join(WASM_TARGET).join(profile).join(format!("{FRONT_END_PACKAGE}.wasm")))
}

/// Writes `fulcrum_bg.wasm`, `fulcrum.js` and what that imports into `folder`.
///
/// # Errors
/// When the module is not one that wasm-bindgen understands.
pub(super) fn bind(module: &Path, folder: &Path, mode: Mode) -> Result<()> {
    let mut bindgen = Bindgen::new();
    bindgen
        .input_path(module)
        .out_name(OUTPUT_NAME)
        .typescript(false)
        .web(true)
        .context("wasm-bindgen refused its options")?
        // Function names help whoever reads a panic in the demo; people download the release.
        .remove_name_section(mode == Mode::Release)
        .remove_producers_section(true)
        .generate(folder)
        .context("wasm-bindgen could not make the JavaScript of the front end")
}
