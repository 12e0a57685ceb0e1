//! The compiler of the front end: where the standard library for
//! `wasm32-unknown-unknown` comes from.
//!
//! Three ways, in this order:
//!
//! 1. The active toolchain has the target: nothing to do. On an ordinary machine
//!    rustup brings it, because `rust-toolchain.toml` names it.
//! 2. rustup is there and may download: `rustup target add`. Where
//!    `RUSTUP_AUTO_INSTALL=0` is set it may not, and is not asked to.
//! 3. Debian's own packages: a compiler, its Cargo and the source of its standard
//!    library, which is compiled once (about a minute) into a folder under
//!    `target/`. Nothing of the machine's toolchains is changed.

use std::env;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context, Result, bail};

use crate::command;
use crate::project::{Project, RUST_FLAGS, WASM_TARGET};
use crate::stamp::{self, Fingerprint};
use crate::system;

/// Debian's compiler, Cargo and library source, kept current for its browsers.
const DEBIAN_PACKAGES: [&str; 3] = ["rustc-web", "cargo-web", "rust-web-src"];
const DEBIAN_RUSTC: &str = "/usr/bin/rustc";
const DEBIAN_CARGO: &str = "/usr/bin/cargo";
/// Debian's linker, for machines without any rustup toolchain.
const DEBIAN_LINKER_PACKAGE: &str = "lld-19";
const DEBIAN_LINKER: &str = "wasm-ld-19";
/// What a person can do when none of the ways is open.
const ADVICE: &str = "The front end needs Rust's standard library for WebAssembly. Install Rust \
     through https://rustup.rs, run: rustup target add wasm32-unknown-unknown, and then the same \
     command again.";

/// How to call Cargo for the front end.
pub(crate) enum WasmToolchain {
    /// The toolchain that builds everything else.
    Active,
    /// Debian's compiler with the library that was compiled for it.
    Debian {
        /// The folder given to `--sysroot`.
        sysroot: PathBuf,
        /// A linker for WebAssembly.
        linker: PathBuf,
    },
}

impl WasmToolchain {
    /// Finds the standard library, or sets it up.
    ///
    /// # Errors
    /// A sentence that says what is missing and what to do.
    pub(crate) fn set_up(project: &Project) -> Result<Self> {
        if let Some(sysroot) = active_sysroot(project)
            && library(&sysroot).is_dir()
        {
            return Ok(Self::Active);
        }
        if env::var_os("RUSTUP_AUTO_INSTALL").is_none_or(|value| value != "0")
            && let Some(rustup) = command::find("rustup")
        {
            let mut command = command::clean(rustup);
            command.current_dir(project.root()).args(["target", "add", WASM_TARGET]);
            command::run(
                &mut command,
                "rustup could not add the target wasm32-unknown-unknown. Check the network \
                 connection and run the same command again.",
            )?;
            return Ok(Self::Active);
        }
        debian(project)
    }

    /// `cargo build` for the front end's target, with the flags that both sides share.
    pub(crate) fn cargo_build(&self, project: &Project) -> Command {
        let mut flags: Vec<String> = RUST_FLAGS.map(str::to_owned).into();
        let mut command = match self {
            Self::Active => command::cargo(project),
            Self::Debian { sysroot, linker } => {
                flags.push(format!("--sysroot={}", sysroot.display()));
                flags.push(format!("-Clinker={}", linker.display()));
                let mut command = debian_cargo();
                command.current_dir(project.root());
                command
            }
        };
        command
            // Separated by this character, flags may hold paths with blanks.
            .env("CARGO_ENCODED_RUSTFLAGS", flags.join("\u{1f}"))
            .env_remove("RUSTFLAGS")
            .args(["build", "--target", WASM_TARGET]);
        command
    }
}

/// The folder of the toolchain that `rustc` stands for in the checkout.
fn active_sysroot(project: &Project) -> Option<PathBuf> {
    let rustc = env::var_os("RUSTC").unwrap_or_else(|| "rustc".into());
    let mut command = command::clean(rustc);
    command.current_dir(project.root()).args(["--print", "sysroot"]);
    command::answer(&mut command).ok().map(PathBuf::from)
}

/// Where a toolchain keeps the standard library of the target.
fn library(sysroot: &Path) -> PathBuf {
    sysroot.join("lib/rustlib").join(WASM_TARGET).join("lib")
}

/// Debian's Cargo with Debian's compiler, whatever rustup says.
fn debian_cargo() -> Command {
    let mut command = command::clean(DEBIAN_CARGO);
    command
        .env("RUSTC", DEBIAN_RUSTC)
        .env_remove("CARGO")
        .env_remove("RUSTUP_TOOLCHAIN")
        .env_remove("LD_LIBRARY_PATH");
    command
}

/// Sets up Debian's compiler and the standard library for it.
fn debian(project: &Project) -> Result<WasmToolchain> {
    system::install(&DEBIAN_PACKAGES, ADVICE)?;
    let linker = linker(project)?;
    let folder = project.path("target/wasm-toolchain");
    let sysroot = folder.join("sysroot");
    // The library serves only the very compiler that made it.
    let version = command::answer(command::clean(DEBIAN_RUSTC).arg("-vV"))?;
    let fingerprint = Fingerprint::default().text(&version).finish();
    let library = library(&sysroot);
    stamp::when_changed(&folder.join("stamp"), &fingerprint, library.is_dir(), || {
        compile_library(&folder.join("library"), &linker, &library)
    })?;
    Ok(WasmToolchain::Debian { sysroot, linker })
}

/// Compiles the standard library, as the dependency of an empty crate, into `into`.
fn compile_library(folder: &Path, linker: &Path, into: &Path) -> Result<()> {
    const EMPTY: &str = "empty";
    stamp::empty_folder(folder)?;
    stamp::create_folder(&folder.join("src"))?;
    let manifest =
        format!("[package]\nname = \"{EMPTY}\"\nversion = \"0.0.0\"\nedition = \"2024\"\n\n[workspace]\n");
    fs::write(folder.join("Cargo.toml"), manifest)?;
    fs::write(folder.join("src/lib.rs"), "#![no_std]\n")?;
    let target = folder.join("target");
    let mut command = debian_cargo();
    command
        .current_dir(folder)
        // Building the standard library is not stable in Cargo; this compiler's own source fits it.
        .env("RUSTC_BOOTSTRAP", "1")
        .env("CARGO_ENCODED_RUSTFLAGS", format!("-Clinker={}", linker.display()))
        .env_remove("RUSTFLAGS")
        .args(["build", "-Z", "build-std=std,panic_abort", "--release"])
        .args(["--target", WASM_TARGET, "--target-dir"])
        .arg(&target);
    command::run(
        &mut command,
        "The standard library for WebAssembly could not be compiled; the lines above say why.",
    )?;
    stamp::empty_folder(into)?;
    let compiled = target.join(WASM_TARGET).join("release/deps");
    for path in stamp::files(&compiled)? {
        let Some(name) = path.file_name().map(|name| name.to_string_lossy()) else {
            continue;
        };
        if name.ends_with(".rlib") && !name.starts_with(&format!("lib{EMPTY}-")) {
            fs::copy(&path, into.join(&*name))
                .with_context(|| format!("Could not copy {}", path.display()))?;
        }
    }
    Ok(())
}

/// A linker for WebAssembly: the one inside the active toolchain, else Debian's.
fn linker(project: &Project) -> Result<PathBuf> {
    if let Some(sysroot) = active_sysroot(project) {
        let rustlib = sysroot.join("lib/rustlib");
        let hosts = fs::read_dir(&rustlib).into_iter().flatten().flatten();
        for host in hosts {
            let linker = host.path().join("bin/rust-lld");
            if linker.is_file() {
                return Ok(linker);
            }
        }
    }
    if command::find(DEBIAN_LINKER).is_none() {
        system::install(&[DEBIAN_LINKER_PACKAGE], ADVICE)?;
    }
    match command::find(DEBIAN_LINKER) {
        Some(linker) => Ok(linker),
        None => bail!("{ADVICE}"),
    }
}
