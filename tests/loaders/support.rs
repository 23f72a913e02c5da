//! What the tests of all loaders need.

use std::cell::OnceCell;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use crate::peers::{Scratch, clang, root, run};

/// What a loader cannot take whoever compiles it: words of its message, and why.
pub(crate) struct Limits {
    rows: &'static [(&'static str, &'static str)],
    met: Vec<OnceCell<()>>,
}

impl Limits {
    pub(crate) fn new(rows: &'static [(&'static str, &'static str)]) -> Limits {
        let met = rows.iter().map(|_| OnceCell::new()).collect();
        Limits { rows, met }
    }

    /// Whether one of them is behind this message.
    pub(crate) fn explain(&self, message: &str) -> bool {
        let row = self
            .rows
            .iter()
            .position(|(words, _)| message.contains(words));
        row.is_some_and(|row| {
            self.met[row].get_or_init(|| ());
            true
        })
    }

    /// Complains of rows that nothing meets any longer.
    pub(crate) fn assert_all_met(&self) {
        for ((words, why), met) in self.rows.iter().zip(&self.met) {
            assert!(met.get().is_some(), "nothing meets `{words}` ({why})");
        }
    }
}

/// The root of the repository.
pub(crate) fn repository() -> PathBuf {
    root("../..").canonicalize().expect("the repository")
}

/// The command `bpfcc`, built where these tests are.
pub(crate) fn bpfcc() -> PathBuf {
    // DIRECTORY/debug/deps/loaders-HASH
    let test = std::env::current_exe().expect("a path");
    let profile = test.ancestors().nth(2).expect("a target directory");
    let target = profile.parent().expect("a target directory");
    let mut build = Command::new(env!("CARGO"));
    build
        .args(["build", "--quiet", "--bin", "bpfcc", "--manifest-path"])
        .arg(repository().join("Cargo.toml"))
        .arg("--target-dir")
        .arg(target);
    run(&mut build);
    target.join("debug/bpfcc")
}

/// The object that the newest `clang-NN` makes of a file, if there is one and it takes the file.
pub(crate) fn clang_object(source: &Path, scratch: &Scratch) -> Option<Vec<u8>> {
    let object = scratch.0.join("clang.o");
    // The symbol of a section may clash with a variable of the same name.
    let flags = "-target bpf -O2 -g -w -Dlicense=_license -I/usr/include/x86_64-linux-gnu -c -o";
    let compiled = Command::new(clang()?)
        .args(flags.split(' '))
        .args([&object, source])
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .status();
    let compiled = compiled.is_ok_and(|status| status.success());
    compiled.then(|| std::fs::read(&object).expect("an object"))
}
