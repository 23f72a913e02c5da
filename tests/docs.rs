//! Documents are checked like code: commands in the README and in docs/objdump.md print what these say, and paths in
//! ARCHITECTURE.md exist.

use std::fs;
use std::path::Path;
use std::process::Command;

fn read(name: &str) -> String {
    fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join(name)).expect(name)
}

/// A command of a `console` block with the output that follows it.
struct Example {
    command: String,
    output: Vec<String>,
}

fn examples(document: &str) -> Vec<Example> {
    let mut examples: Vec<Example> = Vec::new();
    let mut inside = false;
    for line in document.lines() {
        match (inside, line) {
            (false, "```console") => inside = true,
            (true, "```") => inside = false,
            (true, line) => match line.strip_prefix("$ ") {
                Some(command) => {
                    examples.push(Example {
                        command: command.to_owned(),
                        output: Vec::new(),
                    });
                }
                None => examples
                    .last_mut()
                    .expect("a command first")
                    .output
                    .push(line.to_owned()),
            },
            (false, _) => {}
        }
    }
    examples
}

/// What the command prints, both streams one after the other; `None` for commands that are not ours to run.
fn run(command: &str, directory: &Path) -> Option<Vec<String>> {
    let args = command
        .strip_prefix("cargo run -- ")
        .or_else(|| command.strip_prefix("bpfcc "))?;
    let output = Command::new(env!("CARGO_BIN_EXE_bpfcc"))
        .args(args.split_whitespace())
        .current_dir(directory)
        .output()
        .expect("the command starts");
    let text = [output.stdout, output.stderr].concat();
    let text = String::from_utf8(text).expect("UTF-8");
    Some(text.trim_end().lines().map(str::to_owned).collect())
}

/// Whether lines are as expected, `…` standing for any number of lines.
fn matches(expected: &[String], actual: &[String]) -> bool {
    match expected.split_first() {
        None => actual.is_empty(),
        Some((first, rest)) if first == "…" => {
            (0..=actual.len()).any(|skipped| matches(rest, &actual[skipped..]))
        }
        Some((first, rest)) => actual
            .split_first()
            .is_some_and(|(line, others)| line == first && matches(rest, others)),
    }
}

/// A directory with links to what the commands read, so that what they write does not land in the source tree.
fn scratch() -> std::path::PathBuf {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let scratch = std::env::temp_dir().join(format!("bpfcc-docs-{}", std::process::id()));
    for folder in [
        "samples",
        "tests/filetests/errors",
        "tests/filetests/objdump",
    ] {
        fs::create_dir_all(scratch.join(folder)).expect("a temporary directory");
        for entry in fs::read_dir(root.join(folder)).expect(folder) {
            let entry = entry.expect("a readable entry");
            fs::copy(entry.path(), scratch.join(folder).join(entry.file_name()))
                .expect("disk space");
        }
    }
    scratch
}

#[test]
fn commands_of_documents_print_what_they_say() {
    for document in ["README.md", "docs/objdump.md"] {
        let directory = scratch();
        for example in examples(&read(document)) {
            let jit = cfg!(all(target_arch = "x86_64", unix));
            if example.command.contains("--engine jit") && !jit {
                continue;
            }
            if let Some(actual) = run(&example.command, &directory) {
                assert!(
                    matches(&example.output, &actual),
                    "{document}: `{}` prints\n{}",
                    example.command,
                    actual.join("\n")
                );
            }
        }
        fs::remove_dir_all(directory).expect("ours");
    }
}

#[test]
fn ci_runs_the_test_command_of_the_readme() {
    let commands = examples(&read("README.md"));
    let test = commands
        .iter()
        .find(|example| example.command.starts_with("cargo test"));
    let test = &test.expect("the README names a test command").command;
    assert!(
        read(".ci/run")
            .lines()
            .any(|line| line == format!("step {test}")),
        "{test}"
    );
}

#[test]
fn paths_in_documents_exist() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let roots = [
        "src/",
        "isa/",
        "object/",
        "frontend/",
        "ir/",
        "backend-bpf/",
        "runtime/",
        "tests/",
        "docs/",
        "samples/",
    ];
    for document in ["ARCHITECTURE.md", "README.md", "docs/objdump.md"] {
        let text = read(document);
        let quoted = text.split('`').skip(1).step_by(2);
        for path in quoted.filter(|word| roots.iter().any(|root| word.starts_with(root))) {
            let exists = path.contains("NAME") || root.join(path).exists();
            assert!(exists, "{document} names `{path}`, which does not exist");
        }
    }
}
