//! The build driver: `cargo xtask run`, `cargo xtask build`, `cargo xtask test`,
//! and the proofs and benchmarks: `cargo xtask prove`, `cargo xtask bench`.
//!
//! Owns: how the front end becomes a site (WebAssembly, its JavaScript, style
//! sheet, compression, content hash), how missing tools are set up, and the one
//! command that checks everything. It imports none of the other crates, so it
//! compiles first and quickly on a fresh machine.
//!
//! Everything it tells people goes to standard error; the result line of
//! `cargo xtask test` is the one line on standard output.

mod browser;
mod command;
mod commands;
mod node;
mod postgres;
mod progress;
mod project;
mod python;
mod site;
mod stamp;
mod system;
mod wasm_toolchain;

use std::process::ExitCode;

use clap::{Parser, Subcommand};

use crate::project::Project;

/// Builds, runs and tests Fulcrum.
#[derive(Parser)]
#[command(name = "cargo xtask", bin_name = "cargo xtask", version)]
struct Arguments {
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    /// Set up what is missing, build, and start Fulcrum with demo data and a practice Lever
    Run(commands::run::Arguments),
    /// Build target/release/fulcrum (with the site inside) and target/release/lever-sim
    Build,
    /// Run every check and every test; the last line is "N passed, N failed"
    Test(commands::test::Arguments),
    /// Write a picture of every screen: light, dark and on a phone
    Pictures(commands::pictures::Arguments),
    /// Try hard to break a promise of the release binaries
    Prove(commands::prove::Arguments),
    /// Measure the release binaries
    Bench(commands::bench::Arguments),
}

fn main() -> ExitCode {
    let arguments = Arguments::parse();
    let ready = || {
        system::c_tools()?;
        Project::find()
    };
    let outcome = ready().and_then(|project| match arguments.command {
        Command::Run(arguments) => commands::run::run(&project, &arguments),
        Command::Build => commands::build::run(&project),
        Command::Test(arguments) => commands::test::run(&project, &arguments),
        Command::Pictures(arguments) => commands::pictures::run(&project, &arguments),
        Command::Prove(arguments) => commands::prove::run(&project, &arguments),
        Command::Bench(arguments) => commands::bench::run(&project, &arguments),
    });
    match outcome {
        Ok(status) => status,
        Err(error) => {
            eprintln!("\n{error}");
            for cause in error.chain().skip(1) {
                eprintln!("  because: {cause}");
            }
            ExitCode::FAILURE
        }
    }
}
