//! Other people's Lever clients, exactly as published, against the practice Lever.

use anyhow::Result;

use super::{Tally, number_and_rest, plain};
use crate::command;
use crate::project::{PRACTICE_LEVER, Project};
use crate::python;

/// Where the clients' versions and tests are.
const FOLDER: &str = "end2end/clients";

/// Installs the clients, builds the practice Lever, and runs the one against the other.
///
/// # Errors
/// A missing tool, no network, or code that does not compile.
pub(super) fn run(project: &Project) -> Result<Tally> {
    let folder = project.path(FOLDER);
    let python = python::install(project, &folder)?;
    command::run(
        command::cargo(project).args(["build", "--package", PRACTICE_LEVER]),
        "The practice Lever could not be built; the lines above say why.",
    )?;
    let mut tests = command::clean(python);
    tests
        .current_dir(&folder)
        .args(["-m", "unittest", "--verbose"])
        .env("LEVER_SIM_BIN", project.binary("debug", PRACTICE_LEVER))
        .env("PYTHONDONTWRITEBYTECODE", "1");
    let (succeeded, output) = command::watch(&mut tests)?;
    Ok(Tally::of_runner(succeeded, count_unittest(&output)))
}

/// Reads the closing lines of Python's unittest: `Ran 12 tests in 3.4s`, then
/// `OK` or `FAILED (failures=1, errors=2)`.
fn count_unittest(output: &str) -> Tally {
    let output = plain(output);
    let mut tally = Tally::default();
    let mut not_passed = 0;
    for line in output.lines() {
        if let Some((ran, rest)) = line.strip_prefix("Ran ").and_then(number_and_rest)
            && rest.starts_with("test")
        {
            tally.passed = ran;
        }
        let Some((_, counts)) = ["FAILED (", "OK ("].into_iter().find_map(|end| line.split_once(end)) else {
            continue;
        };
        for part in counts.trim_end_matches(')').split(", ") {
            let Some((what, number)) = part.split_once('=') else { continue };
            let number = number.parse().unwrap_or(0);
            match what {
                "failures" | "errors" | "unexpected successes" => {
                    tally.failed += number;
                    not_passed += number;
                }
                "skipped" | "expected failures" => not_passed += number,
                _ => {}
            }
        }
    }
    tally.passed = tally.passed.saturating_sub(not_passed);
    tally
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn unittest_is_read() {
        let end = |end: &str| {
            count_unittest(&format!("test_it (t.T.test_it) ... ok\n\nRan 13 tests in 9.1s\n\n{end}\n"))
        };
        assert_eq!(end("OK"), Tally { passed: 13, failed: 0 });
        assert_eq!(end("OK (skipped=3)"), Tally { passed: 10, failed: 0 });
        assert_eq!(end("FAILED (failures=1, errors=2)"), Tally { passed: 10, failed: 3 });
        // What a whole class needs failed: none of its tests was begun.
        assert_eq!(
            count_unittest("Ran 0 tests in 0.4s\n\nFAILED (errors=1)\n"),
            Tally { passed: 0, failed: 1 }
        );
        assert_eq!(count_unittest("No module named unittest"), Tally::default());
    }
}
