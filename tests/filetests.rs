//! Every `.c` file under `tests/filetests` is a test; `support/testfile.rs` says how it is written.
//!
//! Stage blocks and diagnostics are compared under the file's flags. `run` lines are executed in both byte orders, at every
//! optimisation level and instruction set version, by the IR evaluator, the interpreter and the JIT (for which the byte order
//! must be the host's), and all must give what the line says.
//! `BLESS=1 cargo test --test filetests` rewrites the blocks.

#[path = "support/engines.rs"]
mod engines;
#[path = "support/flags.rs"]
mod flags;
#[path = "support/steps.rs"]
mod steps;
#[path = "support/testfile.rs"]
mod testfile;

use std::fmt;
use std::path::Path;

use bpfcc::stages::{self, Stage};
use bpfcc::{Compilation, Compiled, Cpu, Endian, Level, Options, Version, render};
use bpfcc_frontend::diagnostic::Diagnostic;
use bpfcc_frontend::source::Sources;
use engines::{How, Machine};
use flags::{lowest_cpu, options};
use similar::TextDiff;
use steps::check_steps;
use testfile::{Block, Expected, TestFile};

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
    let asked = options(&file.flags)?;
    for endian in byte_orders(&file.flags, asked.endian) {
        for level in [Level::O0, Level::O1] {
            for cpu in Cpu::ALL
                .into_iter()
                .filter(|&cpu| cpu >= lowest_cpu(&file.flags) && cpu <= highest_cpu(&asked))
            {
                let options = Options {
                    level,
                    cpu,
                    endian,
                    ..asked.clone()
                };
                check_run(source, file, &options).map_err(|why| {
                    let (endian, cpu) = (endian.name(), cpu.name());
                    format!("{endian} endian at {level:?} {cpu}: {why}")
                })?;
            }
        }
    }
    Ok(())
}

/// The last version there is, or the last that the file's kernel runs.
fn highest_cpu(asked: &Options) -> Cpu {
    asked.kernel.map_or(Cpu::V4, Version::newest_cpu)
}

/// Both, unless the file asks for one.
fn byte_orders(flags: &[String], asked: Endian) -> Vec<Endian> {
    match flags.iter().any(|flag| flag.starts_with("--endian=")) {
        true => vec![asked],
        false => Endian::ALL.to_vec(),
    }
}

fn check_run(source: &Source<'_>, file: &TestFile, options: &Options) -> Result<(), String> {
    let compilation = source.compile(options);
    let compiled = compilation.result.ok_or("it does not compile")?;
    for &how in How::available(&compiled.object) {
        let machine = Machine::new(&compiled)?;
        check_steps(&machine, how, file).map_err(|why| format!("{how:?}: {why}"))?;
    }
    Ok(())
}

datatest_stable::harness! {
    { test = filetest, root = "tests/filetests", pattern = r"\.c$" },
}
