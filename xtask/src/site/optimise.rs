//! What makes a release of the site small: Binaryen's `wasm-opt` for the module
//! and Terser for its JavaScript, both as Node packages pinned by a lock file.

use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result};

use crate::command;
use crate::node;
use crate::project::{OUTPUT_NAME, Project};
use crate::stamp;

/// The folder that pins the Node packages.
pub(super) const TOOLS: &str = "xtask/tools";

/// The features that the compiler and wasm-bindgen use in the module, and what
/// `-Oz` must not do: inlining and sorting make the module smaller on disk, but
/// its many alike functions less alike, and so a tenth larger once compressed.
const WASM_OPT: [&str; 11] = [
    "-Oz",
    "--skip-pass=inlining",
    "--skip-pass=inlining-optimizing",
    "--skip-pass=reorder-functions",
    "--skip-pass=reorder-locals",
    "--enable-bulk-memory",
    "--enable-nontrapping-float-to-int",
    "--enable-sign-ext",
    "--enable-mutable-globals",
    "--enable-reference-types",
    "--enable-multivalue",
];

/// Makes the module and its JavaScript in `package` smaller, in place.
///
/// # Errors
/// When Node or a package is missing, or an optimiser refuses its input.
pub(super) fn optimise(project: &Project, package: &Path) -> Result<()> {
    let node = node::node()?;
    let tools = install_tools(project)?;
    let module = package.join(format!("{OUTPUT_NAME}_bg.wasm"));
    rewrite(&module, |output| {
        let mut command = command::clean(&node);
        command
            .arg(tools.join("node_modules/binaryen/bin/wasm-opt"))
            .arg(&module)
            .args(WASM_OPT)
            .arg("-o")
            .arg(output);
        command::run(&mut command, "wasm-opt could not optimise the front end.")
    })?;
    for path in stamp::files(package)? {
        if path.extension().is_some_and(|extension| extension == "js") {
            rewrite(&path, |output| {
                let mut command = command::clean(&node);
                command
                    .arg(tools.join("node_modules/terser/bin/terser"))
                    .arg(&path)
                    .args(["--module", "--compress", "--mangle", "--output"])
                    .arg(output);
                command::run(&mut command, "Terser could not minify the JavaScript.")
            })?;
        }
    }
    Ok(())
}

/// Has `work` write another file, which then takes the place of `path`.
fn rewrite(path: &Path, work: impl FnOnce(&Path) -> Result<()>) -> Result<()> {
    let mut name = path.as_os_str().to_owned();
    name.push(".new");
    let output = PathBuf::from(name);
    work(&output)?;
    fs::rename(&output, path).with_context(|| format!("Could not replace {}", path.display()))
}

/// Installs the packages under `target/`, so that the checkout stays clean.
fn install_tools(project: &Project) -> Result<PathBuf> {
    let tools = project.path("target/tools");
    stamp::create_folder(&tools)?;
    for name in ["package.json", "package-lock.json"] {
        let from = project.path(TOOLS).join(name);
        fs::copy(&from, tools.join(name)).with_context(|| format!("Could not copy {}", from.display()))?;
    }
    node::install(project, &tools)?;
    Ok(tools)
}
