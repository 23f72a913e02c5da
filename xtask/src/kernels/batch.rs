//! Functions by the hundred, as programs that the kernel runs on request (`BPF_PROG_TEST_RUN`): what they return there must be what
//! the bundled runtime says.
//!
//! Two sources: the `// run:` lines of the file tests, which name their results, and random functions of `generate.rs`, whose
//! results the runtime gives. Each function `f` gets a program around it,
//!
//! ```c
//! SEC("socket") int lab_program_0(void *ctx) { lab_results[0] = f(lab_inputs[0], lab_inputs[1]); return 0; }
//! ```
//!
//! whose inputs are variables, so that nothing of it is known when it is compiled, and which calls the function, so that it stays
//! whole. File tests hold much that no kernel takes: what is
//! refused is counted, and no failure. Of the random functions none may be refused.

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;

use anyhow::{Context, Result, bail};
use bpfcc::{Options, compile_text};
use bpfcc_runtime::{Engine, EnvironmentChoice, Vm};

use super::generate;
use super::report::Outcome;
use super::testfile::{Action, Input, TestFile};

/// Packets have at least an Ethernet header (`bpf_prog_test_run_skb`).
const DATA: &str = "0000000000000000000000000000";
/// How many random functions there are.
const GENERATED: u64 = 60;

/// A file with programs, and what they must leave behind.
#[derive(Clone, Debug)]
pub(crate) struct Trial {
    /// `SOURCE/NAME`.
    pub(crate) name: String,
    /// The C text.
    pub(crate) text: String,
    /// For the compiler.
    pub(crate) flags: Vec<String>,
    /// Whether the kernel may refuse it.
    may_be_refused: bool,
    results: Vec<u64>,
}

/// A call of a function.
struct Call {
    function: String,
    inputs: Vec<u64>,
    result: u64,
}

/// The rows of the table that batches have, with what they show.
pub(crate) const SOURCES: [(&str, &str); 2] = [
    (
        FILE_TESTS,
        "Functions of the file tests, run by the kernel on request.",
    ),
    (
        RANDOM,
        "Random functions: what the kernel computes is what the bundled runtime computes.",
    ),
];
const FILE_TESTS: &str = "file-tests";
const RANDOM: &str = "random";

/// All trials: of the file tests below a folder, and random ones.
pub(crate) fn all(filetests: &Path) -> Result<Vec<Trial>> {
    let mut trials = Vec::new();
    of_folder(filetests, &mut trials)?;
    for seed in 0..GENERATED {
        trials.push(random(seed)?);
    }
    Ok(trials)
}

fn of_folder(folder: &Path, trials: &mut Vec<Trial>) -> Result<()> {
    let entries =
        fs::read_dir(folder).with_context(|| format!("cannot read {}", folder.display()))?;
    let mut paths: Vec<_> = entries
        .map(|entry| Ok(entry?.path()))
        .collect::<Result<_>>()?;
    paths.sort();
    for path in paths {
        if path.is_dir() {
            of_folder(&path, trials)?;
        } else if path.extension().is_some_and(|ending| ending == "c") {
            trials.extend(of_file(&path)?);
        }
    }
    Ok(())
}

/// The functions that a file test runs with numbers. Files with programs of their own are for `tests/kernel.rs`.
fn of_file(path: &Path) -> Result<Option<Trial>> {
    let text = fs::read_to_string(path)?;
    let Ok(file) = TestFile::parse(&text) else {
        bail!("{} is no file test", path.display());
    };
    if text.contains("SEC(")
        || text.contains("SECTION(")
        || file.flags.iter().any(|flag| flag == "-E")
    {
        return Ok(None);
    }
    let calls: Vec<Call> = file
        .steps
        .into_iter()
        .filter_map(|step| call(step.endian.is_none(), step.action))
        .collect();
    if calls.is_empty() {
        return Ok(None);
    }
    let stem = path.file_stem().unwrap_or_default().to_string_lossy();
    let folder = path
        .parent()
        .and_then(Path::file_name)
        .unwrap_or_default()
        .to_string_lossy();
    let include = path
        .parent()
        .unwrap_or(Path::new("."))
        .display()
        .to_string();
    let mut flags = file.flags;
    flags.extend(["-I".to_owned(), include, "-w".to_owned()]);
    Ok(Some(Trial::new(
        FILE_TESTS,
        &format!("{folder}-{stem}"),
        text,
        flags,
        &calls,
    )))
}

/// Calls whose result is the same in either byte order.
fn call(is_for_all: bool, action: Action) -> Option<Call> {
    let Action::Run {
        function,
        input: Input::Arguments(numbers),
        expected,
    } = action
    else {
        return None;
    };
    let result = expected.filter(|_| is_for_all)? as u64;
    let inputs = numbers.into_iter().map(|number| number as u64).collect();
    Some(Call {
        function,
        inputs,
        result,
    })
}

/// A random function, with what the runtime says of it for a few arguments.
fn random(seed: u64) -> Result<Trial> {
    let text = generate::function(seed);
    let compilation = compile_text("random.c", &text, &Options::default());
    let compiled = compilation
        .result
        .with_context(|| format!("random function {seed} does not compile:\n{text}"))?;
    let vm = Vm::load(
        &compiled.object,
        Some(generate::NAME),
        EnvironmentChoice::BySection,
    )?;
    let mut calls = Vec::new();
    for inputs in generate::inputs(seed) {
        let [a, b, c] = inputs;
        let result = vm.call(Engine::Interp, [a, b, c, 0, 0])?;
        calls.push(Call {
            function: generate::NAME.to_owned(),
            inputs: inputs.to_vec(),
            result,
        });
    }
    let mut trial = Trial::new(RANDOM, &seed.to_string(), text, Vec::new(), &calls);
    trial.may_be_refused = false;
    Ok(trial)
}

impl Trial {
    fn new(source: &str, name: &str, text: String, flags: Vec<String>, calls: &[Call]) -> Trial {
        Trial {
            name: format!("{source}/{name}"),
            text: text + &programs(calls),
            flags,
            may_be_refused: true,
            results: calls.iter().map(|call| call.result).collect(),
        }
    }

    /// What it means that the compiler refuses it.
    pub(crate) fn not_compiled(&self, label: &str, why: &str) -> Outcome {
        match self.may_be_refused {
            true => Outcome::refused(label),
            false => Outcome::failed(label, why),
        }
    }

    /// Lines for the agent.
    pub(crate) fn script(&self, label: &str, object: &str) -> String {
        let load = if self.may_be_refused {
            "try-load"
        } else {
            "load"
        };
        let mut script = format!("case {label}\nopen {object}\n{load}\n");
        for (index, result) in self.results.iter().enumerate() {
            script += &format!(
                "run lab_program_{index} {DATA}\nvar lab_results+{index} == {result:#x}\n"
            );
        }
        script
    }
}

/// The programs around the functions, as C.
fn programs(calls: &[Call]) -> String {
    let inputs: Vec<String> = calls
        .iter()
        .flat_map(|call| &call.inputs)
        .map(|input| format!("{input:#x}ull"))
        .collect();
    let mut text = format!(
        "\n#undef main\nchar lab_license[] __attribute__((section(\"license\"))) = \"GPL\";\n\
         unsigned long long lab_results[{}];\nvolatile unsigned long long lab_inputs[] = {{{}, 0}};\n",
        calls.len(),
        inputs.join(", ")
    );
    let functions: BTreeSet<&str> = calls.iter().map(|call| call.function.as_str()).collect();
    for function in functions {
        text += &format!("__typeof__({function}) {function} __attribute__((noinline));\n");
    }
    let mut next = 0;
    for (index, call) in calls.iter().enumerate() {
        let values: Vec<String> = call
            .inputs
            .iter()
            .enumerate()
            .map(|(i, _)| format!("lab_inputs[{}]", next + i))
            .collect();
        next += values.len();
        text += &format!(
            "__attribute__((section(\"socket\"))) int lab_program_{index}(void *ctx)\n\
             {{\n\tlab_results[{index}] = {}({});\n\treturn 0;\n}}\n",
            call.function,
            values.join(", ")
        );
    }
    text
}
