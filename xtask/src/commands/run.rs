//! `cargo xtask run`: from a checkout to a working demo.

use std::env;
use std::io::ErrorKind;
use std::net::{SocketAddr, TcpListener};
use std::process::{ExitCode, Stdio};

use anyhow::{Result, bail};

use crate::command;
use crate::progress::Progress;
use crate::project::{ADDRESS, PRACTICE_ADDRESS, Project, SERVER_BINARY, SERVER_PACKAGE};
use crate::site::{self, Mode};

/// The command line of `cargo xtask run`.
#[derive(clap::Args)]
pub(crate) struct Arguments {
    /// Handed to `fulcrum serve --demo`, for example: -- --empty
    #[arg(last = true)]
    server: Vec<String>,
}

/// Builds what changed and becomes the server.
///
/// # Errors
/// One sentence on what is in the way and what to do.
pub(crate) fn run(project: &Project, arguments: &Arguments) -> Result<ExitCode> {
    let given = |flag, variable: &str| setting(&arguments.server, flag, env::var(variable).ok());
    check_free(given("--addr", "FULCRUM_ADDR"), ADDRESS, "Fulcrum", "--addr")?;
    if given("--lever-url", "FULCRUM_LEVER_URL").is_none() {
        let practice = given("--practice-addr", "FULCRUM_PRACTICE_ADDR");
        check_free(practice, PRACTICE_ADDRESS, "the practice Lever", "--practice-addr")?;
    }
    let mut progress = Progress::new(site::STEPS + 2);
    progress.step("Libraries", || super::fetch_libraries(project))?;
    site::build(project, Mode::Demo, &mut progress)?;
    progress.step("Server", || {
        command::run(
            command::cargo(project).args(["build", "--package", SERVER_PACKAGE]),
            "The server could not be built; the lines above say why.",
        )
    })?;
    let mut server = command::clean(project.binary("debug", SERVER_BINARY));
    server
        .current_dir(project.root())
        .args(["serve", "--demo"])
        .args(&arguments.server)
        .stdout(Stdio::inherit());
    become_process(&mut server)
}

/// On Unix the server takes this process's place, so that signals and the exit
/// status are its own.
#[cfg(unix)]
fn become_process(command: &mut std::process::Command) -> Result<ExitCode> {
    use std::os::unix::process::CommandExt;
    bail!("The server could not be started: {}", command.exec())
}

#[cfg(not(unix))]
fn become_process(command: &mut std::process::Command) -> Result<ExitCode> {
    command::run(command, "The server stopped; the lines above say why.")?;
    Ok(ExitCode::SUCCESS)
}

/// A setting of the server: its flag, else its variable.
fn setting(server: &[String], flag: &str, variable: Option<String>) -> Option<String> {
    let mut arguments = server.iter();
    while let Some(argument) = arguments.next() {
        if argument == flag
            && let Some(value) = arguments.next()
        {
            return Some(value.clone());
        }
        let joined = argument.strip_prefix(flag).and_then(|rest| rest.strip_prefix('='));
        if let Some(value) = joined {
            return Some(value.to_owned());
        }
    }
    variable.filter(|value| !value.trim().is_empty())
}

/// Before minutes of building, not after them: is the port where `who` will listen free?
fn check_free(given: Option<String>, default: &str, who: &str, flag: &str) -> Result<()> {
    let address = given.unwrap_or_else(|| default.to_owned()).replace("localhost", "127.0.0.1");
    // What is not an address is the server's to refuse, in its own words.
    let Ok(socket) = address.parse::<SocketAddr>() else {
        return Ok(());
    };
    match TcpListener::bind(socket) {
        Err(error) if error.kind() == ErrorKind::AddrInUse => {
            let port = socket.port();
            bail!(
                "Port {port}, where {who} would listen, is taken by another program: stop that program, \
                 or choose another port: cargo xtask run -- {flag} {}:{}",
                socket.ip(),
                port.checked_add(10).unwrap_or(8080)
            );
        }
        _ => Ok(()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_flag_comes_before_the_variable() {
        let flags = |text: &str| -> Vec<String> { text.split(' ').map(str::to_owned).collect() };
        let given = |text: &str, variable: &str| setting(&flags(text), "--addr", Some(variable.to_owned()));
        assert_eq!(given("--empty --addr here", "there").as_deref(), Some("here"));
        assert_eq!(given("--addr=here", "there").as_deref(), Some("here"));
        assert_eq!(given("--address=here", "there").as_deref(), Some("there"));
        assert_eq!(given("--empty", ""), None);
    }

    #[test]
    fn a_taken_port_is_told_with_what_to_do() {
        let taken = TcpListener::bind("127.0.0.1:0").unwrap();
        let address = taken.local_addr().unwrap();
        let check =
            || check_free(Some(format!("localhost:{}", address.port())), ADDRESS, "Fulcrum", "--addr");
        let message = check().unwrap_err().to_string();
        assert!(message.contains(&format!("Port {}", address.port())), "{message}");
        assert!(message.contains("cargo xtask run -- --addr 127.0.0.1:"), "{message}");
        drop(taken);
        check().unwrap();
    }
}
