//! What no file of the project may hold.

#![expect(clippy::unwrap_used, reason = "a test fails by panicking, in its helpers too")]

use std::env;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

fn root() -> PathBuf {
    let package = PathBuf::from(env::var_os("CARGO_MANIFEST_DIR").unwrap());
    package.parent().unwrap().to_path_buf()
}

/// Every text file that Git keeps or would keep, as path and content.
fn texts() -> Vec<(String, String)> {
    let output = Command::new("git")
        .current_dir(root())
        .args(["ls-files", "-z", "--cached", "--others", "--exclude-standard"])
        .output()
        .unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let texts: Vec<(String, String)> = String::from_utf8(output.stdout)
        .unwrap()
        .split_terminator('\0')
        .filter_map(|path| {
            // A picture is no text; a file may be deleted and not yet committed.
            let text = fs::read_to_string(root().join(path)).ok()?;
            Some((path.to_owned(), text))
        })
        .collect();
    assert!(texts.iter().any(|(path, _)| path == "Cargo.toml"));
    texts
}

fn lines_with<'a>(texts: &'a [(String, String)], wanted: &str) -> Vec<(&'a str, usize, &'a str)> {
    texts
        .iter()
        .flat_map(|(path, text)| {
            text.lines()
                .enumerate()
                .filter(|(_, line)| line.contains(wanted))
                .map(|(number, line)| (path.as_str(), number + 1, line.trim()))
        })
        .collect()
}

#[test]
fn no_file_names_a_path_of_one_machine_or_a_private_registry() {
    let texts = texts();
    for wanted in [
        concat!("/wo", "rk/"),
        concat!("/ro", "ot/"),
        concat!("/home", "/"),
        concat!("/Use", "rs/"),
        concat!("arti", "factory"),
        concat!("registry.", "npmjs"),
    ] {
        let found = lines_with(&texts, wanted);
        assert!(found.is_empty(), "{wanted}: {found:#?}");
    }
}

#[test]
fn nothing_is_left_for_later() {
    let texts = texts();
    for wanted in
        [concat!("TO", "DO"), concat!("FIX", "ME"), concat!("to", "do!("), concat!("unimpl", "emented!(")]
    {
        let found = lines_with(&texts, wanted);
        assert!(found.is_empty(), "{wanted}: {found:#?}");
    }
}

/// The server-only part of the screens is whole modules, each behind one gate;
/// `#[server]` removes the bodies that use them from the browser's build by itself.
#[test]
fn the_screens_are_gated_by_modules() {
    let gate = "feature = \"ssr\"";
    let texts: Vec<(String, String)> = texts()
        .into_iter()
        .filter(|(path, _)| {
            Path::new(path).starts_with("app/src") && Path::new(path).extension().is_some_and(|e| e == "rs")
        })
        .collect();
    let found = lines_with(&texts, gate);
    assert!(found.len() > 1, "{found:#?}");
    for (path, number, _) in found {
        let (_, text) = texts.iter().find(|(name, _)| name == path).unwrap();
        let next = text.lines().nth(number).unwrap().trim();
        assert!(
            next.trim_start_matches("pub(crate) ").trim_start_matches("pub ").starts_with("mod ")
                && next.ends_with(';'),
            "{path}:{number}: the gate stands on a module, not on: {next}"
        );
    }
}

/// What the server tells the browser is read by position, without names. Only
/// jobs, which the store keeps as JSON, say their kind beside their fields.
#[test]
fn everything_sent_to_the_browser_can_be_read_by_position() {
    let texts: Vec<(String, String)> = texts()
        .into_iter()
        .filter(|(path, _)| {
            (path.starts_with("crates/domain/src/") || path.starts_with("app/src/"))
                && path != "crates/domain/src/job.rs"
        })
        .collect();
    assert!(texts.len() > 50);
    for wanted in ["skip_serializing", "untagged", "serde(flatten", "serde(tag = \"kind\""] {
        let found = lines_with(&texts, wanted);
        assert!(found.is_empty(), "{wanted}: {found:#?}");
    }
}
