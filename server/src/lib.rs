//! The doors: the process, its settings, and everything HTTP that is no screen.
//!
//! This crate composes the others and knows them all; it has no rules and no
//! SQL of its own. Read [`router`] first: every address and the order of the
//! layers stand there on one page.
//!
//! * [`config`] turns flags and environment into settings, or refuses in a sentence.
//! * [`boot`] opens the database and the key and makes [`usecases::Services`].
//! * [`serve`] runs the listener and the worker until told to stop.
//! * [`demo`] keeps practice and real apart and hosts the practice Lever.
//! * [`doctor`] says in words what is wrong with an installation.
//! * [`web`] holds the doors that are no screens, and the layers.

pub mod boot;
pub mod config;
pub mod demo;
pub mod doctor;
pub mod key_file;
pub mod refusal;
pub mod router;
pub mod serve;
pub mod shutdown;
pub mod site;
pub mod telemetry;
pub mod web;

use std::process::ExitCode;

use clap::Parser as _;

use crate::config::{Command, CommandLine, Settings};
use crate::refusal::Refusal;

/// Reads the command line, does what it says, and tells what stands in the way.
#[must_use]
pub fn main() -> ExitCode {
    match run(CommandLine::parse()) {
        Ok(code) => code,
        Err(refusal) => {
            eprintln!("fulcrum: {refusal}");
            ExitCode::FAILURE
        }
    }
}

fn run(line: CommandLine) -> Result<ExitCode, Refusal> {
    telemetry::init();
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build().map_err(|error| {
        Refusal::new(format!("The program cannot start: {error}."), "Look at the limits set for it.")
    })?;
    let inline_key = std::env::var(config::KEY_VARIABLE).ok();
    let code = runtime.block_on(async {
        match line.command {
            Command::Serve(arguments) => {
                serve::serve(Settings::for_serve(arguments, inline_key)?).await?;
                Ok(ExitCode::SUCCESS)
            }
            Command::Migrate(arguments) => {
                boot::migrate(&arguments).await?;
                Ok(ExitCode::SUCCESS)
            }
            Command::Doctor(arguments) => doctor::examine(Settings::for_doctor(arguments, inline_key)?).await,
        }
    });
    // What still runs has had its time: a blocked thread must not hold the exit.
    runtime.shutdown_timeout(std::time::Duration::from_secs(1));
    code
}
