//! Other people's tools: finding and running them.

#![allow(dead_code, reason = "each test uses a part")]

use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use bpfcc::{Options, compile_file};

/// A directory of its own for a test, removed at the end.
pub(crate) struct Scratch(pub(crate) PathBuf);

impl Scratch {
    pub(crate) fn new(name: &str) -> Scratch {
        let path = std::env::temp_dir().join(format!("bpfcc-{name}-{}", std::process::id()));
        std::fs::create_dir_all(&path).expect("a temporary directory");
        Scratch(path)
    }

    /// Compiles a file into the directory.
    pub(crate) fn compile(&self, source: &Path, options: &Options) -> Option<PathBuf> {
        let compiled = compile_file(source, options).result?;
        let object = self.0.join(source.file_name()?).with_extension("o");
        std::fs::write(
            &object,
            compiled.to_elf().expect("an object can be written"),
        )
        .expect("disk space");
        Some(object)
    }
}

impl Drop for Scratch {
    fn drop(&mut self) {
        // Best effort: it is the system's temporary directory.
        let _ = std::fs::remove_dir_all(&self.0);
    }
}

pub(crate) fn root(path: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join(path)
}

/// The first of these commands that is installed, or a word about what to install.
pub(crate) fn find(names: &[&str], package: &str) -> Option<String> {
    let runs = |name: &&&str| {
        Command::new(name)
            .arg("--version")
            .output()
            .is_ok_and(|o| o.status.success())
    };
    let found = names.iter().find(runs).map(|name| name.to_string());
    if found.is_none() {
        skipped(&format!(
            "none of {names:?} is installed (package {package})"
        ));
    }
    found
}

/// Says that a test was skipped. Straight to the stream: the test harness hides what `eprintln!` prints.
pub(crate) fn skipped(why: &str) {
    // Best effort: nobody may be reading.
    let _ = writeln!(std::io::stderr(), "SKIPPED: {why}");
}

pub(crate) fn text(output: &Output) -> String {
    format!(
        "{}{}",
        String::from_utf8_lossy(&output.stdout),
        String::from_utf8_lossy(&output.stderr)
    )
}

pub(crate) fn run(command: &mut Command) -> String {
    let output = command.output().expect("the command starts");
    assert!(
        output.status.success(),
        "{command:?} failed:\n{}",
        text(&output)
    );
    assert!(
        output.stderr.is_empty(),
        "{command:?} complains:\n{}",
        text(&output)
    );
    text(&output)
}

pub(crate) fn file_tests(directory: &Path) -> Vec<PathBuf> {
    let entries = std::fs::read_dir(directory).expect("a readable directory");
    let paths = entries.map(|entry| entry.expect("a readable entry").path());
    let mut files: Vec<PathBuf> = paths
        .flat_map(|path| {
            if path.is_dir() {
                file_tests(&path)
            } else {
                vec![path]
            }
        })
        .filter(|path| path.extension().is_some_and(|extension| extension == "c"))
        .collect();
    files.sort();
    files
}

/// The newest clang.
pub(crate) fn clang() -> Option<String> {
    let names: Vec<String> = (18..30).rev().map(|v| format!("clang-{v}")).collect();
    let mut names: Vec<&str> = names.iter().map(String::as_str).collect();
    names.push("clang");
    find(&names, "clang")
}

/// The newest of LLVM's tools of this name.
pub(crate) fn llvm(tool: &str) -> Option<String> {
    let versions = (14..30).rev().map(|version| format!("{tool}-{version}"));
    let names: Vec<String> = versions.chain([tool.to_owned()]).collect();
    let names: Vec<&str> = names.iter().map(String::as_str).collect();
    find(&names, "llvm")
}

/// Whether programs may be loaded through bpftool.
pub(crate) fn bpftool_works() -> bool {
    if find(&["bpftool"], "bpftool").is_none() {
        return false;
    }
    let probe = Command::new("unshare")
        .args(["--mount", "bpftool", "prog", "list"])
        .output();
    let works = probe.is_ok_and(|output| output.status.success());
    if !works {
        skipped("bpftool may not use bpf(2) here; run as root on Linux");
    }
    works
}

/// Loads an object through bpftool, in a mount namespace whose end unloads it again.
pub(crate) fn bpftool_load(object: &Path) -> Result<(), String> {
    let script = "mount -t bpf none /sys/fs/bpf && bpftool prog loadall \"$1\" /sys/fs/bpf/bpfcc";
    let mut command = Command::new("unshare");
    command
        .args([
            "--mount",
            "--propagation",
            "private",
            "sh",
            "-c",
            script,
            "sh",
        ])
        .arg(object);
    let output = command.output().map_err(|error| error.to_string())?;
    if output.status.success() {
        Ok(())
    } else {
        Err(text(&output))
    }
}
