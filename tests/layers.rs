//! Who may import whom: ARCHITECTURE.md's arrows against what the manifests say.

use std::collections::BTreeMap;
use std::process::Command;

use serde_json::Value;

/// Each package of the workspace with the packages of the workspace it may depend on.
const ARROWS: &[(&str, &[&str])] = &[
    ("bpfcc-isa", &[]),
    ("bpfcc-object", &["bpfcc-isa"]),
    ("bpfcc-ir", &["bpfcc-isa"]),
    ("bpfcc-frontend", &["bpfcc-ir", "bpfcc-isa"]),
    ("bpfcc-backend", &["bpfcc-ir", "bpfcc-isa", "bpfcc-object"]),
    ("bpfcc-runtime", &["bpfcc-isa", "bpfcc-object"]),
    (
        "bpfcc",
        &[
            "bpfcc-backend",
            "bpfcc-frontend",
            "bpfcc-ir",
            "bpfcc-isa",
            "bpfcc-object",
            "bpfcc-runtime",
        ],
    ),
    ("xtask", &["bpfcc", "bpfcc-runtime"]),
];

fn metadata() -> Value {
    let output = Command::new(env!("CARGO"))
        .args(["metadata", "--no-deps", "--offline", "--format-version=1"])
        .output()
        .expect("cargo runs");
    assert!(
        output.status.success(),
        "{}",
        String::from_utf8_lossy(&output.stderr)
    );
    serde_json::from_slice(&output.stdout).expect("cargo prints JSON")
}

/// Normal dependencies of each package, by name, sorted.
fn dependencies(metadata: &Value) -> BTreeMap<String, Vec<String>> {
    let text = |value: &Value| value.as_str().expect("a string").to_owned();
    let packages = metadata["packages"].as_array().expect("a list of packages");
    packages
        .iter()
        .map(|package| {
            let all = package["dependencies"]
                .as_array()
                .expect("a list of dependencies");
            let normal = all.iter().filter(|d| d["kind"].is_null());
            let mut names: Vec<String> = normal.map(|d| text(&d["name"])).collect();
            names.sort();
            (text(&package["name"]), names)
        })
        .collect()
}

#[test]
fn crates_import_along_the_arrows_only() {
    let found: BTreeMap<String, Vec<String>> = dependencies(&metadata())
        .into_iter()
        .map(|(name, deps)| {
            (
                name,
                deps.into_iter()
                    .filter(|d| d.starts_with("bpfcc"))
                    .collect(),
            )
        })
        .collect();
    let expected: BTreeMap<String, Vec<String>> = ARROWS
        .iter()
        .map(|(name, deps)| {
            (
                name.to_string(),
                deps.iter().map(|d| d.to_string()).collect(),
            )
        })
        .collect();
    assert_eq!(found, expected);
}

#[test]
fn the_command_line_parser_stays_in_the_root_package() {
    for (name, deps) in dependencies(&metadata()) {
        assert!(
            name == "bpfcc" || !deps.iter().any(|d| d == "clap"),
            "{name} depends on clap"
        );
    }
}
