//! docs/errors.md is checked like code: each wrong program gives its error, each right one compiles, and every code that the
//! compiler knows has its part.

#[expect(
    dead_code,
    reason = "the lowest version matters to programs that are run"
)]
#[path = "support/flags.rs"]
mod flags;

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

use bpfcc::compile_text;
use bpfcc_frontend::diagnostic::any_error;
use bpfcc_frontend::warn::WARNINGS;

/// Errors that no short program gives.
const WITHOUT_EXAMPLE: &[&str] = &[
    "blocks",
    "jump",
    "large-memory-operation",
    "missing-expression",
    "nesting",
    "statement-expression",
    "system",
    "type-as-value",
];

/// Programs of a part: flags and text.
fn programs(part: &str) -> Vec<(Vec<String>, String)> {
    let mut programs = Vec::new();
    let mut blocks = part.split("```");
    blocks.next();
    while let (Some(block), Some(_)) = (blocks.next(), blocks.next()) {
        let (head, text) = block.split_once('\n').expect("a block has lines");
        let flags = head.split_whitespace().skip(1).map(str::to_owned);
        programs.push((flags.collect(), text.to_owned()));
    }
    programs
}

/// Codes of errors, and whether there is any.
fn compile(flags: &[String], text: &str) -> (Vec<&'static str>, bool, String) {
    let options = flags::options(flags).expect("flags");
    let compilation = compile_text("example.c", text, &options);
    let errors = compilation.diagnostics.iter().filter(|d| d.is_error());
    let codes = errors.filter_map(|error| error.code).collect();
    let shown = format!("{:?}", compilation.diagnostics);
    (codes, any_error(&compilation.diagnostics), shown)
}

#[test]
fn examples_are_as_wrong_and_as_right_as_they_claim() {
    let mut wrong = Vec::new();
    for code in bpfcc::explain::error_codes() {
        let part = bpfcc::explain::explain(code).expect("it has a part");
        let programs = programs(&part);
        if programs.is_empty() && !WITHOUT_EXAMPLE.contains(&code) {
            wrong.push(format!("{code}: has no example"));
        }
        for (index, (flags, text)) in programs.iter().enumerate() {
            let (codes, any, shown) = compile(flags, text);
            if index == 0 && codes != [code] {
                wrong.push(format!("{code}: the wrong program gives {codes:?} {shown}"));
            }
            if index == 1 && any {
                wrong.push(format!("{code}: the right program gives {shown}"));
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

fn sources(folder: &Path, into: &mut Vec<PathBuf>) {
    for entry in fs::read_dir(folder).expect("a folder") {
        let path = entry.expect("an entry").path();
        if path.is_dir() {
            sources(&path, into);
        } else if path.extension().is_some_and(|extension| extension == "rs") {
            into.push(path);
        }
    }
}

/// Words in quotes behind `before`.
fn quoted<'t>(text: &'t str, before: &str) -> impl Iterator<Item = &'t str> {
    let found = text.match_indices(before);
    found.filter_map(move |(at, _)| {
        let rest = text[at + before.len()..].trim_start().strip_prefix('"')?;
        rest.split_once('"').map(|(word, _)| word)
    })
}

#[test]
fn every_code_is_explained() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let mut files = Vec::new();
    for folder in ["src", "frontend/src"] {
        sources(&root.join(folder), &mut files);
    }
    let rules = bpfcc_frontend::restrict::Rule::ALL.iter();
    let mut used: BTreeSet<String> = rules.map(|rule| rule.code().to_owned()).collect();
    for file in files {
        let text = fs::read_to_string(file).expect("a file");
        for before in [".code(", "self.error(", "checker.error("] {
            used.extend(quoted(&text, before).map(str::to_owned));
        }
    }
    let is_warning = |code: &str| WARNINGS.iter().any(|row| row.name == code);
    let unexplained: Vec<_> = used
        .iter()
        .filter(|code| bpfcc::explain::explain(code).is_none())
        .collect();
    assert!(unexplained.is_empty(), "{unexplained:?}");
    let unused: Vec<_> = bpfcc::explain::error_codes()
        .filter(|code| !used.contains(*code) && !is_warning(code))
        .collect();
    // These are not named where the diagnostic is made.
    let elsewhere = ["large-memory-operation", "preprocessor"];
    assert_eq!(unused, elsewhere);
}
