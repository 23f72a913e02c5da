//! Every `.c` file under `tests/filetests` is a test; `support/testfile.rs` says how it is written.
//!
//! Stage blocks and diagnostics are compared under the file's flags. `run` lines are executed at every optimisation level
//! and instruction set version by the IR evaluator, the interpreter and the JIT, and all must give what the line says.
//! `BLESS=1 cargo test --test filetests` rewrites the blocks.

#[path = "support/engines.rs"]
mod engines;
#[path = "support/flags.rs"]
mod flags;
#[path = "support/testfile.rs"]
mod testfile;

use std::fmt;
use std::path::Path;

use bpfcc::stages::{self, Stage};
use bpfcc::{Compilation, Compiled, Cpu, Level, Options, render};
use bpfcc_frontend::diagnostic::Diagnostic;
use bpfcc_frontend::source::Sources;
use engines::{Call, How, Machine};
use flags::{lowest_cpu, options};
use similar::TextDiff;
use testfile::{Action, Block, Expected, TestFile};

/// A failure that prints as text, not as a quoted string.
struct Failure(String);

impl fmt::Debug for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl fmt::Display for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl std::error::Error for Failure {}

fn filetest(path: &Path, text: String) -> datatest_stable::Result<()> {
    check(path, &text).map_err(|why| Box::new(Failure(format!("{}: {why}", path.display()))).into())
}

fn check(path: &Path, text: &str) -> Result<(), String> {
    let file = TestFile::parse(text)?;
    let source = Source {
        name: file_name(path),
        text,
    };
    check_blocks(path, &source, &file)?;
    check_diagnostics(&source, &file)?;
    check_runs(&source, &file)
}

/// What is compiled: under the file's bare name, so that texts do not depend on the directory.
struct Source<'a> {
    name: String,
    text: &'a str,
}

impl Source<'_> {
    fn compile(&self, options: &Options) -> Compilation<Compiled> {
        bpfcc::compile_text(&self.name, self.text, options)
    }

    /// What the compiler says, or with `-E` its preprocessor.
    fn diagnose(&self, flags: &[String]) -> Result<(Sources, Vec<Diagnostic>), String> {
        let options = options(flags)?;
        if preprocess_only(flags) {
            let text = stages::text(&self.name, self.text, &options, &Stage::Preprocessed);
            return Ok((text.sources, text.diagnostics));
        }
        let compilation = self.compile(&options);
        Ok((compilation.sources, compilation.diagnostics))
    }
}

/// Whether the file is for the preprocessor alone.
fn preprocess_only(flags: &[String]) -> bool {
    flags.iter().any(|flag| flag == "-E")
}

fn file_name(path: &Path) -> String {
    path.file_name()
        .unwrap_or_default()
        .to_string_lossy()
        .into_owned()
}

// Blocks.

fn check_blocks(path: &Path, source: &Source<'_>, file: &TestFile) -> Result<(), String> {
    let mut blessed = source.text.to_owned();
    let mut differences = String::new();
    for block in file.blocks.iter().rev() {
        let actual = block_text(source, file, block)?;
        if actual.contains("*/") {
            return Err(format!("the text of `{}` contains `*/`", block.stage));
        }
        let expected = &source.text[block.range.clone()];
        if actual != expected {
            differences += &format!("`{}` differs:\n{}", block.stage, diff(expected, &actual));
            blessed.replace_range(block.range.clone(), &actual);
        }
    }
    if differences.is_empty() {
        return Ok(());
    }
    if std::env::var_os("BLESS").is_some() {
        return std::fs::write(path, blessed).map_err(|error| error.to_string());
    }
    Err(format!("{differences}\n(BLESS=1 rewrites the blocks)"))
}

fn block_text(source: &Source<'_>, file: &TestFile, block: &Block) -> Result<String, String> {
    let mut words = block.stage.split_whitespace();
    let name = words.next().ok_or("a block needs a stage")?;
    let mut flags = file.flags.clone();
    flags.extend(words.map(str::to_owned));
    if name == "diagnostics" {
        let (sources, all) = source.diagnose(&flags)?;
        let all = all.iter();
        let texts = all.map(|d| render::diagnostic(&sources, d, false) + "\n");
        return Ok(texts.collect());
    }
    let options = options(&flags)?;
    let stage: Stage = name.parse()?;
    let compilation = stages::text(&source.name, source.text, &options, &stage);
    let text = compilation
        .result
        .ok_or_else(|| format!("stage `{name}` was not reached"))?;
    Ok(if text.ends_with('\n') {
        text
    } else {
        text + "\n"
    })
}

fn diff(expected: &str, actual: &str) -> String {
    TextDiff::from_lines(expected, actual)
        .unified_diff()
        .header("file", "actual")
        .to_string()
}

// Diagnostics.

fn check_diagnostics(source: &Source<'_>, file: &TestFile) -> Result<(), String> {
    let (sources, diagnostics) = source.diagnose(&file.flags)?;
    let mut unclaimed: Vec<&Expected> = file.diagnostics.iter().collect();
    let mut surprises = String::new();
    for diagnostic in &diagnostics {
        let line = diagnostic
            .span
            .map(|span| sources.location(span).line as usize);
        let claimed = unclaimed.iter().position(|expected| {
            Some(expected.line) == line
                && expected.severity == diagnostic.severity.to_string()
                && diagnostic.message.contains(&expected.text)
        });
        match claimed {
            Some(index) => {
                unclaimed.remove(index);
            }
            None => {
                surprises += &render::diagnostic(&sources, diagnostic, false);
                surprises.push('\n');
            }
        }
    }
    if !surprises.is_empty() {
        return Err(format!(
            "diagnostics that no `//~` line claims:\n{surprises}"
        ));
    }
    match unclaimed.as_slice() {
        [] => Ok(()),
        missing => Err(format!("diagnostics that did not come: {missing:#?}")),
    }
}

// Runs.

fn check_runs(source: &Source<'_>, file: &TestFile) -> Result<(), String> {
    if file.steps.is_empty() {
        return Ok(());
    }
    for level in [Level::O0, Level::O1] {
        for cpu in Cpu::ALL
            .into_iter()
            .filter(|&cpu| cpu >= lowest_cpu(&file.flags))
        {
            let options = Options {
                level,
                cpu,
                ..options(&file.flags)?
            };
            let compiled = source
                .compile(&options)
                .result
                .ok_or("it does not compile")?;
            for &how in How::available() {
                let machine = Machine::new(&compiled)?;
                check_steps(&machine, how, file)
                    .map_err(|why| format!("{how:?} at {level:?} {}: {why}", cpu.name()))?;
            }
        }
    }
    Ok(())
}

fn check_steps(machine: &Machine<'_>, how: How, file: &TestFile) -> Result<(), String> {
    let calls: Vec<Call<'_>> = file
        .steps
        .iter()
        .filter_map(|step| match &step.action {
            Action::Run {
                function, input, ..
            } => Some(Call { function, input }),
            Action::Map { .. } => None,
        })
        .collect();
    let mut results = machine.run(how, &calls)?.into_iter();
    for step in &file.steps {
        let (actual, expected) = match &step.action {
            Action::Run {
                function, expected, ..
            } => {
                let actual = results.next().expect("one result per run line");
                (
                    Some(actual),
                    expected.map(|value| Some(machine.cut(function, value as u64))),
                )
            }
            Action::Map { map, key, expected } => {
                let actual = entry(machine, map, *key)?;
                (actual, Some(expected.map(|value| value as u64)))
            }
        };
        if expected.is_some_and(|expected| expected != actual) {
            let show =
                |value: Option<u64>| value.map_or("none".to_owned(), |v| format!("{v} ({v:#x})"));
            let (expected, actual) = (show(expected.flatten()), show(actual));
            return Err(format!(
                "line {}: expected {expected}, got {actual}",
                step.line
            ));
        }
    }
    Ok(())
}

/// The value of a map's key as a number, after all runs.
fn entry(machine: &Machine<'_>, name: &str, key: i128) -> Result<Option<u64>, String> {
    let map = machine
        .vm
        .map(name)
        .ok_or_else(|| format!("there is no map `{name}`"))?;
    let key = key.to_le_bytes();
    let key = &key[..(map.spec().key_size as usize).min(key.len())];
    let value = map.get(key).map(|bytes| {
        let mut word = [0; 8];
        let len = bytes.len().min(8);
        word[..len].copy_from_slice(&bytes[..len]);
        u64::from_le_bytes(word)
    });
    Ok(value)
}

datatest_stable::harness! {
    { test = filetest, root = "tests/filetests", pattern = r"\.c$" },
}
