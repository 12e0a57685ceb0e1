//! Running other programs: the environment they get, where they are, what is
//! said when they fail, and which of them must be ended when this one is.

use std::env;
use std::ffi::OsStr;
use std::io::{self, BufRead, BufReader, Read};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Mutex, PoisonError};
use std::thread;

use anyhow::{Context, Result, bail};

use crate::project::Project;

/// The Cargo that runs the build driver, in the root of the checkout.
pub(crate) fn cargo(project: &Project) -> Command {
    let program = env::var_os("CARGO").unwrap_or_else(|| "cargo".into());
    let mut command = clean(program);
    command.current_dir(project.root());
    command
}

/// A command without the variables that `cargo run` adds for the build driver,
/// speaking on standard error.
///
/// Build scripts of dependencies watch some of them (`CARGO_MANIFEST_DIR`,
/// `CARGO_PKG_NAME`): left in place, each change between `cargo build` and
/// `cargo xtask` would compile those dependencies again.
pub(crate) fn clean(program: impl AsRef<OsStr>) -> Command {
    let mut command = Command::new(program);
    command.stdout(io::stderr());
    for (name, _) in env::vars_os() {
        let text = name.to_string_lossy();
        if text.starts_with("CARGO_PKG_")
            || text.starts_with("CARGO_MANIFEST_")
            || text.starts_with("CARGO_BIN_")
            || text == "OUT_DIR"
        {
            command.env_remove(&name);
        }
    }
    if let Some(libraries) = env::var_os("LD_LIBRARY_PATH") {
        let kept: Vec<PathBuf> = env::split_paths(&libraries).filter(|path| !added_by_cargo(path)).collect();
        match env::join_paths(kept) {
            Ok(kept) if !kept.is_empty() => command.env("LD_LIBRARY_PATH", kept),
            _ => command.env_remove("LD_LIBRARY_PATH"),
        };
    }
    command
}

/// `cargo run` puts the build's own folders and the toolchain's target libraries first.
fn added_by_cargo(path: &Path) -> bool {
    let text = path.to_string_lossy();
    text.contains("/target/debug") || text.contains("/lib/rustlib/")
}

/// The first program of this name on the search path.
pub(crate) fn find(name: &str) -> Option<PathBuf> {
    let name = format!("{name}{}", env::consts::EXE_SUFFIX);
    env::split_paths(&env::var_os("PATH")?).map(|folder| folder.join(&name)).find(|path| path.is_file())
}

/// Runs a command whose output people see as it comes.
///
/// # Errors
/// `failure` is the sentence for people when it does not end well.
pub(crate) fn run(command: &mut Command, failure: &str) -> Result<()> {
    let mut child = start(command)?;
    let id = child.id();
    let status = child.wait();
    ended(id);
    let status = status.with_context(|| format!("Could not wait for {}", shown(command)))?;
    if status.success() {
        Ok(())
    } else if status.code().is_none() {
        // Without this its silence would look like a fault of its own.
        bail!("{} was stopped from outside ({status}).", command.get_program().display())
    } else {
        bail!("{failure}")
    }
}

/// Runs a command for its answer; its messages reach people.
///
/// # Errors
/// When it cannot be started or does not end well.
pub(crate) fn answer(command: &mut Command) -> Result<String> {
    let output = command
        .stdout(Stdio::piped())
        .stderr(Stdio::inherit())
        .output()
        .with_context(|| format!("Could not start {}", shown(command)))?;
    if !output.status.success() {
        bail!("{} did not end well", shown(command));
    }
    Ok(String::from_utf8_lossy(&output.stdout).trim().to_owned())
}

/// Runs a command whose output people see line by line while it is kept: for
/// test runners, whose counts are read from it. Says whether it ended well.
///
/// # Errors
/// When it cannot be started.
pub(crate) fn watch(command: &mut Command) -> Result<(bool, String)> {
    let mut child = start(command.stdout(Stdio::piped()).stderr(Stdio::piped()))?;
    let id = child.id();
    let streams: [Option<Box<dyn Read + Send>>; 2] =
        [child.stdout.take().map(|s| Box::new(s) as _), child.stderr.take().map(|s| Box::new(s) as _)];
    let kept = Mutex::new(String::new());
    thread::scope(|scope| {
        for stream in streams.into_iter().flatten() {
            let kept = &kept;
            scope.spawn(move || {
                let mut lines = BufReader::new(stream);
                let mut line = Vec::new();
                while matches!(lines.read_until(b'\n', &mut line), Ok(read) if read > 0) {
                    let text = String::from_utf8_lossy(&line);
                    eprint!("{text}");
                    kept.lock().unwrap_or_else(PoisonError::into_inner).push_str(&text);
                    line.clear();
                }
            });
        }
    });
    let status = child.wait();
    ended(id);
    let succeeded = status.with_context(|| format!("Could not wait for {}", shown(command)))?.success();
    Ok((succeeded, kept.into_inner().unwrap_or_else(PoisonError::into_inner)))
}

/// Set by [`stop_all`]: nothing is started any more.
static STOPPING: AtomicBool = AtomicBool::new(false);

/// Processes that must not outlive the build driver, by their ids.
static RUNNING: Mutex<Vec<u32>> = Mutex::new(Vec::new());

/// Starts a command and remembers it until [`ended`].
///
/// # Errors
/// When it cannot be started, or everything is being stopped.
pub(crate) fn start(command: &mut Command) -> Result<Child> {
    if stopping() {
        bail!("Stopped");
    }
    let child = command.spawn().with_context(|| format!("Could not start {}", shown(command)))?;
    RUNNING.lock().unwrap_or_else(PoisonError::into_inner).push(child.id());
    Ok(child)
}

/// Forgets a process that has ended.
pub(crate) fn ended(id: u32) {
    RUNNING.lock().unwrap_or_else(PoisonError::into_inner).retain(|running| *running != id);
}

/// True once [`stop_all`] was called.
pub(crate) fn stopping() -> bool {
    STOPPING.load(Ordering::SeqCst)
}

/// Interrupts every process that was started and has not [`ended`], and lets no
/// other start. True when that had been asked before.
pub(crate) fn stop_all() -> bool {
    let before = STOPPING.swap(true, Ordering::SeqCst);
    let running = RUNNING.lock().unwrap_or_else(PoisonError::into_inner).clone();
    for id in running {
        interrupt(id);
    }
    before
}

/// Does to a process what Ctrl-C does. The shell's own `kill` is used, because
/// small systems have no other.
pub(crate) fn interrupt(id: u32) {
    let result = Command::new("sh")
        .args(["-c", &format!("kill -INT {id}")])
        // A process that has just ended by itself is no news.
        .stderr(Stdio::null())
        .status();
    if let Err(error) = result {
        eprintln!("Process {id} could not be stopped: {error}");
    }
}

/// The command as people would type it, for messages.
fn shown(command: &Command) -> String {
    let mut text = command.get_program().to_string_lossy().into_owned();
    for argument in command.get_args() {
        text.push(' ');
        text.push_str(&argument.to_string_lossy());
    }
    text
}

#[cfg(all(test, unix))]
mod tests {
    use super::*;

    #[test]
    fn a_failing_command_gives_the_sentence_for_people() {
        let error = run(&mut Command::new("false"), "It did not work.").unwrap_err();
        assert_eq!(error.to_string(), "It did not work.");
    }

    #[test]
    fn a_command_that_another_program_stopped_is_told_as_that() {
        let error = run(Command::new("sh").args(["-c", "kill -TERM $$"]), "It did not work.").unwrap_err();
        assert!(error.to_string().starts_with("sh was stopped from outside"), "{error}");
    }

    #[test]
    fn a_missing_program_is_named() {
        let error = run(&mut Command::new("no-such-program"), "").unwrap_err();
        assert!(error.to_string().contains("no-such-program"), "{error}");
    }

    #[test]
    fn watched_output_holds_both_streams_and_the_end() {
        let (succeeded, text) = watch(
            Command::new("sh").args(["-c", "echo to standard output; echo to standard error >&2; exit 3"]),
        )
        .unwrap();
        assert!(!succeeded);
        assert!(text.contains("to standard output\n"), "{text}");
        assert!(text.contains("to standard error\n"), "{text}");
    }

    #[test]
    fn variables_of_the_build_driver_are_not_handed_on() {
        let text = answer(&mut clean("env")).unwrap();
        assert!(!text.contains("CARGO_PKG_NAME="), "{text}");
        assert!(!text.contains("CARGO_MANIFEST_DIR="), "{text}");
    }

    #[test]
    fn what_is_on_the_search_path_is_found() {
        assert!(find("sh").is_some());
        assert_eq!(find("no-such-program"), None);
    }
}
