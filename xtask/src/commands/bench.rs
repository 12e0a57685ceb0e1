//! `cargo xtask bench [NAME]`: measures the built programs.

use std::process::ExitCode;

use anyhow::{Result, bail};

use super::{build, trials};
use crate::browser::Playwright;
use crate::command;
use crate::node;
use crate::project::Project;

/// The benchmark that needs a browser; the others are in the program `trials`.
const SCREENS: &str = "screens";

/// The command line of `cargo xtask bench`.
#[derive(clap::Args)]
pub(crate) struct Arguments {
    /// Which benchmark, and its flags: "screens" is what Lighthouse says of them and how soon a key is answered, "help" lists the
    /// others. All, when left away
    #[arg(trailing_var_arg = true, allow_hyphen_values = true)]
    benchmark: Vec<String>,
}

/// Builds what is needed and measures.
///
/// # Errors
/// The budget that was missed, or code that does not compile.
pub(crate) fn run(project: &Project, arguments: &Arguments) -> Result<ExitCode> {
    match arguments.benchmark.as_slice() {
        [] => {
            // A missed budget must not hide what the other has to say.
            let programs = trials::run(project, "bench", &[]);
            let screens = screens(project);
            programs.and(screens)
        }
        [name] if name == SCREENS => screens(project),
        [name, ..] if name == SCREENS => bail!("{SCREENS} takes no flags."),
        all => trials::run(project, "bench", all),
    }
}

/// Lets Lighthouse look at the screens of the release, and times the keyboard on the list.
fn screens(project: &Project) -> Result<ExitCode> {
    build::run(project)?;
    let browser = Playwright::set_up(project)?;
    node::install(project, &project.path("end2end/speed"))?;
    command::run(
        browser.test().args(["--config", "speed.config.ts"]),
        "Not every screen is within its budget; the lines above say which.",
    )?;
    Ok(ExitCode::SUCCESS)
}
