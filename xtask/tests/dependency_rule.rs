//! Who may import whom. The manifests hold the rule; these tests hold the manifests.

#![expect(clippy::unwrap_used, reason = "a test fails by panicking, in its helpers too")]

use std::collections::{BTreeMap, BTreeSet};
use std::env;
use std::path::PathBuf;
use std::process::Command;

/// Libraries that must not reach the browser nor the rules: they do input and output.
const INPUT_AND_OUTPUT: [&str; 4] = ["tokio", "sqlx", "reqwest", "axum"];

fn cargo(arguments: &[&str]) -> String {
    let root = PathBuf::from(env::var_os("CARGO_MANIFEST_DIR").unwrap());
    let output = Command::new(env::var_os("CARGO").unwrap_or_else(|| "cargo".into()))
        .current_dir(root.parent().unwrap())
        .args(arguments)
        .output()
        .unwrap();
    assert!(output.status.success(), "cargo {arguments:?}: {}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8(output.stdout).unwrap()
}

/// The names of everything a package is linked with.
fn linked(package: &str, arguments: &[&str]) -> BTreeSet<String> {
    let mut all = vec![
        "tree",
        "--package",
        package,
        "--edges",
        "normal,no-proc-macro",
        "--prefix",
        "none",
        "--format",
        "{lib}",
    ];
    all.extend_from_slice(arguments);
    let names: BTreeSet<String> = cargo(&all).lines().map(str::to_owned).collect();
    assert!(names.contains(package), "{package} is in its own tree");
    names
}

/// A library or one of its parts: `sqlx` forbids `sqlx_core` too.
fn found<'a>(names: &'a BTreeSet<String>, library: &str) -> Vec<&'a String> {
    let part = format!("{library}_");
    names.iter().filter(|name| *name == library || name.starts_with(&part)).collect()
}

fn assert_none(names: &BTreeSet<String>, libraries: &[&str]) {
    for library in libraries {
        let found = found(names, library);
        assert!(found.is_empty(), "{found:?}");
    }
}

#[test]
fn the_browser_is_sent_no_server_library() {
    let names = linked("frontend", &["--target", "wasm32-unknown-unknown"]);
    assert!(names.contains("app") && names.contains("wasm_bindgen"));
    assert_none(&names, &INPUT_AND_OUTPUT);
    assert_none(&names, &["leptos_axum", "hyper", "rustls"]);
}

#[test]
fn the_rules_do_no_input_or_output() {
    let names = linked("domain", &[]);
    assert_none(&names, &INPUT_AND_OUTPUT);
    assert_none(&names, &["leptos"]);
}

#[test]
fn each_room_imports_only_the_rooms_it_may() {
    let rule: BTreeMap<&str, &[&str]> = BTreeMap::from([
        ("domain", &[][..]),
        ("store", &["domain"]),
        ("lever", &[]),
        ("lever-sim", &[]),
        ("usecases", &["domain", "lever", "store"]),
        ("app", &["domain", "usecases"]),
        ("frontend", &["app"]),
        ("server", &["app", "domain", "lever", "lever-sim", "store", "usecases"]),
        ("trials", &["domain", "lever", "lever-sim", "store", "usecases"]),
        ("xtask", &[]),
    ]);
    let metadata: serde_json::Value =
        serde_json::from_str(&cargo(&["metadata", "--no-deps", "--format-version", "1"])).unwrap();
    let packages = metadata["packages"].as_array().unwrap();
    let names: BTreeSet<&str> = packages.iter().map(|package| package["name"].as_str().unwrap()).collect();
    assert_eq!(names, rule.keys().copied().collect(), "every package of the workspace has its rule");
    for package in packages {
        let name = package["name"].as_str().unwrap();
        for dependency in package["dependencies"].as_array().unwrap() {
            let imported = dependency["name"].as_str().unwrap();
            // Tests may import more; `kind` is null for what is linked into the package.
            if dependency["kind"].is_null() && names.contains(imported) {
                assert!(rule[name].contains(&imported), "{name} must not import {imported}");
                assert!(
                    name != "app" || imported == "domain" || dependency["optional"] == true,
                    "app imports {imported} on the server only"
                );
            }
        }
    }
}

#[test]
fn the_screens_without_the_server_know_the_rules_alone() {
    let names = linked("app", &["--no-default-features", "--features", "hydrate"]);
    for room in ["usecases", "store", "lever", "server", "lever_sim"] {
        assert!(!names.contains(room), "{room}");
    }
    assert_none(&names, &INPUT_AND_OUTPUT);
}
