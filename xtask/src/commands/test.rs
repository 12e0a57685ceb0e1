//! `cargo xtask test`: every check and every test, in one order, with one result line.
//!
//! A failing step does not hide the later ones, except those that need its result.

mod clients;

use std::process::ExitCode;
use std::time::Instant;

use anyhow::{Context, Result, anyhow, bail};
use clap::ValueEnum;

use super::build;
use crate::browser::Playwright;
use crate::command;
use crate::postgres::Cluster;
use crate::progress::{self, Progress};
use crate::project::{FRONT_END_PACKAGE, Project};
use crate::site::{self, Mode};

/// The command line of `cargo xtask test`.
#[derive(clap::Args)]
pub(crate) struct Arguments {
    /// Only these steps and what they need, separated by commas
    #[arg(long, value_enum, value_delimiter = ',')]
    only: Vec<Step>,
}

/// The steps, in their order.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum Step {
    /// Formatting
    Fmt,
    /// The site as people get it
    Site,
    /// Lints of everything, warnings denied
    Clippy,
    /// All Rust tests, on SQLite and PostgreSQL
    Rust,
    /// Other people's Lever clients against the practice Lever
    Clients,
    /// The release binaries
    Release,
    /// The size of the first load
    Budget,
    /// The code's own documentation, warnings denied
    Doc,
    /// The browser tests
    Browser,
}

impl Step {
    fn name(self) -> &'static str {
        match self {
            Self::Fmt => "Format",
            Self::Site => "Site",
            Self::Clippy => "Lints",
            Self::Rust => "Rust tests",
            Self::Clients => "Published clients",
            Self::Release => "Release binaries",
            Self::Budget => "Byte budget",
            Self::Doc => "Documentation",
            Self::Browser => "Browser tests",
        }
    }

    /// The steps whose result this one uses.
    fn needs(self) -> &'static [Self] {
        match self {
            Self::Release | Self::Budget => &[Self::Site],
            Self::Browser => &[Self::Site, Self::Release],
            Self::Fmt | Self::Site | Self::Clippy | Self::Rust | Self::Clients | Self::Doc => &[],
        }
    }

    fn run(self, project: &Project) -> Result<Tally> {
        match self {
            Self::Fmt => checked(format(project)),
            Self::Site => {
                let mut progress = Progress::new(site::STEPS + 1);
                progress.step("Libraries", || super::fetch_libraries(project))?;
                checked(site::build(project, Mode::Release, &mut progress))
            }
            Self::Clippy => checked(clippy(project)),
            Self::Rust => rust(project),
            Self::Clients => clients::run(project),
            Self::Release => checked(build::binaries(project)),
            Self::Budget => checked(site::check_budget(project)),
            Self::Doc => checked(documentation(project)),
            Self::Browser => browser(project),
        }
    }
}

/// How many checks ended well and how many did not.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
struct Tally {
    passed: u64,
    failed: u64,
}

impl Tally {
    const PASSED: Self = Self { passed: 1, failed: 0 };
    const FAILED: Self = Self { passed: 0, failed: 1 };

    fn add(&mut self, other: Self) {
        self.passed += other.passed;
        self.failed += other.failed;
    }

    /// A runner that ended badly without a failed test has failed itself; one
    /// that ended well without any test ran nothing.
    fn of_runner(succeeded: bool, counted: Self) -> Self {
        if succeeded && counted.failed == 0 && counted.passed > 0 {
            counted
        } else {
            Self { failed: counted.failed.max(1), ..counted }
        }
    }
}

impl std::fmt::Display for Tally {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{} passed, {} failed", self.passed, self.failed)
    }
}

/// Runs the steps; the last line on standard output is the result.
///
/// # Errors
/// Only when Ctrl-C cannot be handled: failures of steps are counted.
pub(crate) fn run(project: &Project, arguments: &Arguments) -> Result<ExitCode> {
    ctrlc::set_handler(|| {
        eprintln!("\nStopping; once more ends at once.");
        if command::stop_all() {
            std::process::exit(130);
        }
    })
    .context("Ctrl-C could not be handled")?;

    let steps = plan(&arguments.only);
    let mut progress = Progress::new(steps.len());
    let mut report: Vec<(Step, Tally, String)> = Vec::new();
    for step in steps {
        if command::stopping() {
            break;
        }
        let started = Instant::now();
        let tally = progress
            .step(step.name(), || {
                let failed =
                    report.iter().find(|(other, tally, _)| step.needs().contains(other) && tally.failed > 0);
                match failed {
                    Some((needed, ..)) => Err(anyhow!("Not run, for want of: {}", needed.name())),
                    None => step.run(project),
                }
            })
            .unwrap_or_else(|error| {
                eprintln!("\n{error:#}");
                Tally::FAILED
            });
        report.push((step, tally, progress::time(started.elapsed())));
    }

    eprintln!();
    let mut total = Tally::default();
    for (step, tally, time) in &report {
        eprintln!("{:<18} {tally}, {time}", step.name());
        total.add(*tally);
    }
    if command::stopping() {
        eprintln!("Stopped before the end.");
        return Ok(ExitCode::from(130));
    }
    print_result(total);
    Ok(ExitCode::from(u8::from(total.failed > 0)))
}

#[expect(clippy::print_stdout, reason = "the result is this command's output; everything else is progress")]
fn print_result(total: Tally) {
    println!("{total}");
}

/// The chosen steps and those they need, in their order; all when none is chosen.
fn plan(only: &[Step]) -> Vec<Step> {
    Step::value_variants()
        .iter()
        .copied()
        .filter(|step| {
            only.is_empty() || only.iter().any(|chosen| chosen == step || chosen.needs().contains(step))
        })
        .collect()
}

/// A step that is one check: its failure is told here and counted once.
fn checked(result: Result<()>) -> Result<Tally> {
    result.map(|()| Tally::PASSED)
}

fn format(project: &Project) -> Result<()> {
    command::run(
        command::cargo(project).args(["fmt", "--all", "--check"]),
        "Not formatted: run cargo fmt --all",
    )
}

/// The server's side and the browser's side apart: together they would give
/// `app` the features of both, which no program ever has.
fn clippy(project: &Project) -> Result<()> {
    let server_side: &[&str] = &["--workspace", "--exclude", FRONT_END_PACKAGE];
    let browser_side: &[&str] = &["--package", FRONT_END_PACKAGE];
    let mut clean = true;
    for (side, packages) in [("server", server_side), ("browser", browser_side)] {
        let mut lints = command::cargo(project);
        lints.arg("clippy").args(packages).args(["--all-targets", "--", "-D", "warnings"]);
        if let Err(error) = command::run(&mut lints, "The lints found something") {
            eprintln!("{error} on the {side} side");
            clean = false;
        }
    }
    if clean { Ok(()) } else { bail!("The lints found something; the lines above say where") }
}

/// All tests outside the browser, and the examples in the documentation.
fn rust(project: &Project) -> Result<Tally> {
    let cluster = Cluster::start()?;
    let packages = ["--workspace", "--exclude", FRONT_END_PACKAGE];
    let mut tests = command::cargo(project);
    let counter: fn(&str) -> Tally = if command::find("cargo-nextest").is_some() {
        tests.args(["nextest", "run", "--no-fail-fast"]);
        count_nextest
    } else {
        tests.args(["test", "--no-fail-fast", "--all-targets"]);
        count_cargo_test
    };
    tests.args(packages).env("FULCRUM_TEST_POSTGRES", cluster.url());
    let (succeeded, output) = command::watch(&mut tests)?;
    let mut tally = Tally::of_runner(succeeded, counter(&output));

    let mut examples = command::cargo(project);
    examples.args(["test", "--doc"]).args(packages);
    let (succeeded, output) = command::watch(&mut examples)?;
    let counted = count_cargo_test(&output);
    // There may be no example at all.
    if !succeeded || counted != Tally::default() {
        tally.add(Tally::of_runner(succeeded, counted));
    }
    Ok(tally)
}

fn documentation(project: &Project) -> Result<()> {
    command::run(
        command::cargo(project)
            .args(["doc", "--no-deps", "--document-private-items"])
            .args(["--workspace", "--exclude", FRONT_END_PACKAGE])
            // Private items are documented too, so links to them lead somewhere.
            .env("RUSTDOCFLAGS", "-D warnings -A rustdoc::private_intra_doc_links"),
        "The code's documentation has faults; the lines above say where.",
    )
}

/// What a person can do, in a browser, against the release binaries.
fn browser(project: &Project) -> Result<Tally> {
    let browser = Playwright::set_up(project)?;
    let mut tally =
        match command::run(&mut browser.check_types(), "The types of the browser tests do not fit") {
            Ok(()) => Tally::PASSED,
            Err(error) => {
                eprintln!("{error}");
                Tally::FAILED
            }
        };
    let mut tests = browser.test();
    let (succeeded, output) = command::watch(&mut tests)?;
    tally.add(Tally::of_runner(succeeded, count_playwright(&output)));
    Ok(tally)
}

/// Reads `Summary [ 1.2s] 5 tests run: 4 passed, 1 failed, 0 skipped`.
fn count_nextest(output: &str) -> Tally {
    let output = plain(output);
    let Some((_, counts)) = output
        .lines()
        .rev()
        .find_map(|line| line.split_once(" run: ").filter(|_| line.contains("Summary [")))
    else {
        return Tally::default();
    };
    let mut tally = Tally::default();
    for part in counts.split(", ") {
        let Some((number, what)) = number_and_rest(part) else {
            continue;
        };
        if what.starts_with("passed") {
            tally.passed += number;
        } else if what.starts_with("failed")
            || what.starts_with("timed out")
            || what.starts_with("exec failed")
        {
            tally.failed += number;
        }
    }
    tally
}

/// Reads every `test result: ok. 4 passed; 1 failed; 0 ignored; ...`.
fn count_cargo_test(output: &str) -> Tally {
    let mut tally = Tally::default();
    for line in plain(output).lines() {
        let Some(counts) = line.trim().strip_prefix("test result: ") else {
            continue;
        };
        let counts = counts.split_once(". ").map_or(counts, |(_, counts)| counts);
        for part in counts.split("; ") {
            match number_and_rest(part) {
                Some((number, "passed")) => tally.passed += number,
                Some((number, "failed")) => tally.failed += number,
                _ => {}
            }
        }
    }
    tally
}

/// Reads Playwright's closing lines: `2 failed`, `1 flaky`, `12 passed (1.2m)`.
fn count_playwright(output: &str) -> Tally {
    let output = plain(output);
    let last = |wanted: &str| {
        output
            .lines()
            .rev()
            .find_map(|line| {
                let (number, what) = number_and_rest(line)?;
                let what = what.split(" (").next().unwrap_or(what);
                (what == wanted).then_some(number)
            })
            .unwrap_or(0)
    };
    Tally {
        passed: last("passed"),
        failed: ["failed", "flaky", "interrupted", "did not run"].into_iter().map(last).sum(),
    }
}

/// `  12 passed (3s)` is 12 and `passed (3s)`.
fn number_and_rest(text: &str) -> Option<(u64, &str)> {
    let (number, rest) = text.trim().split_once(' ')?;
    Some((number.parse().ok()?, rest))
}

/// The text without terminal colours.
fn plain(text: &str) -> String {
    let mut parts = text.split("\u{1b}[");
    let mut plain = parts.next().unwrap_or_default().to_owned();
    for part in parts {
        let end = part.find(|c: char| c.is_ascii_alphabetic()).map_or(part.len(), |end| end + 1);
        plain.push_str(&part[end..]);
    }
    plain
}

#[cfg(test)]
mod tests {
    use super::*;

    fn tally(passed: u64, failed: u64) -> Tally {
        Tally { passed, failed }
    }

    #[test]
    fn nextest_is_read() {
        assert_eq!(
            count_nextest("------------\n     Summary [   0.123s] 12 tests run: 12 passed, 0 skipped\n"),
            tally(12, 0)
        );
        assert_eq!(
            count_nextest(
                "     Summary [   9.000s] 9 tests run: 5 passed (1 slow, 1 leaky), 2 failed, \
                 1 timed out, 1 exec failed, 3 skipped\n        FAIL [ 1s] a b\n"
            ),
            tally(5, 4)
        );
        assert_eq!(
            count_nextest(
                "\u{1b}[31;1m     Summary\u{1b}[0m [   0.1s] \u{1b}[1m1\u{1b}[0m test run: \
                 \u{1b}[1m1\u{1b}[0m \u{1b}[32;1mpassed\u{1b}[0m, \u{1b}[1m0\u{1b}[0m skipped"
            ),
            tally(1, 0)
        );
        assert_eq!(count_nextest("error: could not compile"), tally(0, 0));
    }

    #[test]
    fn cargo_test_is_summed_over_binaries() {
        let output = "running 2 tests\n\
             test result: ok. 2 passed; 0 failed; 0 ignored; 0 measured; 0 filtered out\n\
             test result: FAILED. 3 passed; 1 failed; 1 ignored; 0 measured; 0 filtered out\n";
        assert_eq!(count_cargo_test(output), tally(5, 1));
    }

    #[test]
    fn playwright_is_read_from_its_last_lines() {
        assert_eq!(count_playwright("  3 failed attempts were logged\n  12 passed (1.2m)\n"), tally(12, 0));
        assert_eq!(
            count_playwright(
                "  2 failed\n    [walk] › a.spec.ts\n  1 flaky\n  4 did not run\n  1 skipped\n  7 passed (3s)\n"
            ),
            tally(7, 7)
        );
        assert_eq!(count_playwright("Error: No tests found"), tally(0, 0));
    }

    #[test]
    fn a_runner_that_ran_nothing_or_ended_badly_has_failed() {
        assert_eq!(Tally::of_runner(true, tally(3, 0)), tally(3, 0));
        assert_eq!(Tally::of_runner(true, tally(0, 0)), tally(0, 1));
        assert_eq!(Tally::of_runner(false, tally(3, 0)), tally(3, 1));
        assert_eq!(Tally::of_runner(false, tally(3, 2)), tally(3, 2));
    }

    #[test]
    fn chosen_steps_bring_what_they_need() {
        assert_eq!(plan(&[]), Step::value_variants());
        assert_eq!(plan(&[Step::Fmt]), [Step::Fmt]);
        assert_eq!(plan(&[Step::Browser]), [Step::Site, Step::Release, Step::Browser]);
        assert_eq!(plan(&[Step::Budget, Step::Fmt]), [Step::Fmt, Step::Site, Step::Budget]);
    }

    #[test]
    fn the_result_line_has_its_form() {
        assert_eq!(tally(12, 0).to_string(), "12 passed, 0 failed");
    }
}
