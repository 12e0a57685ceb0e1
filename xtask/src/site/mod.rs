//! The site: everything the server embeds, in `target/site`.
//!
//! - `pkg-HASH/fulcrum.js`, `fulcrum_bg.wasm`, `fulcrum.css`, and what the
//!   JavaScript imports. HASH is made from their contents, so browsers may keep
//!   them for ever.
//! - the files of `public/`, at the root.
//!
//! In a release each file that compresses stands there as it is, as `.br` and as
//! `.gz`; the demo is served over no network.
//!
//! Built in a folder of its own for each mode and copied only when its content
//! differs, so a second start changes nothing and the server is not compiled again.

mod budget;
mod compress;
mod front_end;
mod optimise;
mod style;

use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result};

pub(crate) use self::budget::check as check_budget;
use crate::progress::Progress;
use crate::project::{OUTPUT_NAME, PUBLIC, Project, SITE, SITE_PACKAGE, STYLE};
use crate::stamp::{self, Fingerprint};
use crate::wasm_toolchain::WasmToolchain;

/// What the site is built for.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Mode {
    /// `cargo xtask run`: the shortest wait; needs no Node.
    Demo,
    /// What people are given: the smallest download.
    Release,
}

impl Mode {
    fn name(self) -> &'static str {
        match self {
            Self::Demo => "demo",
            Self::Release => "release",
        }
    }
}

/// How many steps [`build`] announces.
pub(crate) const STEPS: usize = 3;

/// Builds the site, as far as its inputs changed.
///
/// # Errors
/// A sentence for people: a missing tool, code or style that does not compile.
pub(crate) fn build(project: &Project, mode: Mode, progress: &mut Progress) -> Result<()> {
    let toolchain = progress.step("Standard library for WebAssembly", || WasmToolchain::set_up(project))?;
    let module = progress.step("Front end", || front_end::compile(project, &toolchain, mode))?;
    progress.step("Site", || assemble(project, mode, &module))
}

/// Makes the site out of the compiled module, the style sheets and `public/`.
fn assemble(project: &Project, mode: Mode, module: &Path) -> Result<()> {
    let mut fingerprint = Fingerprint::default()
        .text(mode.name())
        .file(module)?
        .folder(&folder_of(project, STYLE))?
        .folder(&project.path(PUBLIC))?
        // How the site is made is an input as well.
        .folder(&project.path("xtask/src/site"))?
        .file(&project.path("Cargo.lock"))?;
    if mode == Mode::Release {
        fingerprint = fingerprint.folder(&project.path(optimise::TOOLS))?;
    }
    let fingerprint = fingerprint.finish();

    let built = project.work(format!("site-{}", mode.name()));
    let stamp = project.work(format!("site-{}.stamp", mode.name()));
    stamp::when_changed(&stamp, &fingerprint, built.is_dir(), || {
        assemble_into(project, mode, module, &built)
    })?;
    publish(&built, &project.path(SITE))
}

fn assemble_into(project: &Project, mode: Mode, module: &Path, into: &Path) -> Result<()> {
    // First, because it is the quickest to find a mistake in.
    let style = style::bundle(&project.path(STYLE))?;
    stamp::empty_folder(into)?;
    let package = into.join(SITE_PACKAGE);
    stamp::create_folder(&package)?;
    front_end::bind(module, &package, mode)?;
    if mode == Mode::Release {
        optimise::optimise(project, &package)?;
    }
    fs::write(package.join(format!("{OUTPUT_NAME}.css")), style)
        .context("Could not write the style sheet")?;
    let hash = Fingerprint::default().folder(&package)?.finish();
    fs::rename(&package, into.join(format!("{SITE_PACKAGE}-{hash}")))
        .context("Could not name the folder of the front end after its content")?;
    copy(&project.path(PUBLIC), into)?;
    if mode == Mode::Release {
        compress::compress(into)?;
    }
    Ok(())
}

/// Makes `site` equal to `built`. Files that are equal already stay as they are,
/// because the server's build watches them.
fn publish(built: &Path, site: &Path) -> Result<()> {
    copy(built, site)?;
    for path in stamp::files(site)? {
        let kept = path.strip_prefix(site).is_ok_and(|name| built.join(name).is_file());
        if !kept {
            fs::remove_file(&path).with_context(|| format!("Could not remove {}", path.display()))?;
        }
    }
    remove_empty_folders(site)
}

/// Removes folders below `folder` that hold nothing.
fn remove_empty_folders(folder: &Path) -> Result<()> {
    for entry in fs::read_dir(folder)? {
        let path = entry?.path();
        if path.is_dir() {
            remove_empty_folders(&path)?;
            if fs::read_dir(&path)?.next().is_none() {
                fs::remove_dir(&path)?;
            }
        }
    }
    Ok(())
}

/// Copies every file below `from` that differs.
fn copy(from: &Path, to: &Path) -> Result<()> {
    for path in stamp::files(from)? {
        let name = path.strip_prefix(from).unwrap_or(&path);
        let target = to.join(name);
        let content = fs::read(&path).with_context(|| format!("Could not read {}", path.display()))?;
        if fs::read(&target).is_ok_and(|there| there == content) {
            continue;
        }
        if let Some(folder) = target.parent() {
            stamp::create_folder(folder)?;
        }
        fs::write(&target, content).with_context(|| format!("Could not write {}", target.display()))?;
    }
    Ok(())
}

/// The folder that a file of the checkout is in.
fn folder_of(project: &Project, file: &str) -> PathBuf {
    let path = project.path(file);
    path.parent().map(Path::to_path_buf).unwrap_or(path)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn publishing_removes_what_is_gone_and_leaves_what_is_equal() {
        let folder = tempfile::tempdir().unwrap();
        let (built, site) = (folder.path().join("built"), folder.path().join("site"));
        fs::create_dir_all(built.join("pkg-new")).unwrap();
        fs::write(built.join("pkg-new/a.js"), "new").unwrap();
        fs::write(built.join("same.txt"), "same").unwrap();
        fs::create_dir_all(site.join("pkg-old")).unwrap();
        fs::write(site.join("pkg-old/a.js"), "old").unwrap();
        fs::write(site.join("same.txt"), "same").unwrap();
        let before = fs::metadata(site.join("same.txt")).unwrap().modified().unwrap();

        publish(&built, &site).unwrap();

        let names: Vec<PathBuf> = stamp::files(&site)
            .unwrap()
            .iter()
            .map(|path| path.strip_prefix(&site).unwrap().to_path_buf())
            .collect();
        assert_eq!(names, [Path::new("pkg-new/a.js"), Path::new("same.txt")].map(Path::to_path_buf));
        assert!(!site.join("pkg-old").exists());
        let after = fs::metadata(site.join("same.txt")).unwrap().modified().unwrap();
        assert_eq!(before, after);
    }
}
