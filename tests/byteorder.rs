//! Both byte orders, held against clang: what it makes of the file tests for big-endian machines does the same in our
//! interpreter as what we make of them.

#[expect(dead_code, reason = "an object of clang's is only interpreted")]
#[path = "support/engines.rs"]
mod engines;
#[expect(dead_code, reason = "the byte order and the version are chosen here")]
#[path = "support/flags.rs"]
mod flags;
#[path = "support/peers.rs"]
mod peers;
#[path = "support/steps.rs"]
mod steps;
#[expect(dead_code, reason = "only what is run is of interest")]
#[path = "support/testfile.rs"]
mod testfile;

use std::path::{Path, PathBuf};
use std::process::Command;

use bpfcc::{Endian, Options, compile_file};
use bpfcc_object::elf;
use engines::{How, Machine};
use peers::{Scratch, clang, file_tests, root};
use steps::check_steps;
use testfile::TestFile;

/// Files whose little-endian object by clang does as they say: in others something is left to the compiler.
#[test]
fn clangs_objects_do_as_the_file_tests_say() {
    let Some(clang) = clang() else { return };
    let scratch = Scratch::new("byteorder");
    let mut wrong = String::new();
    let mut compared = 0;
    for path in file_tests(&root("tests/filetests/run")) {
        let text = std::fs::read_to_string(&path).expect("a readable file");
        let file = TestFile::parse(&text).expect("a file test");
        let judge = |endian| {
            let object = clangs_object(&clang, &scratch, &path, endian)?;
            compare(&path, &file, endian, &object)
        };
        if judge(Endian::Little) != Some(Ok(())) {
            continue;
        }
        if let Some(outcome) = judge(Endian::Big) {
            compared += 1;
            if let Err(why) = outcome {
                wrong += &format!("{}: {why}\n", path.display());
            }
        }
    }
    assert!(wrong.is_empty(), "{wrong}");
    assert!(compared > 25, "clang compiled {compared} file tests only");
}

/// What clang makes of a file, unless it refuses: it has no backend for much of C.
fn clangs_object(clang: &str, scratch: &Scratch, source: &Path, endian: Endian) -> Option<PathBuf> {
    let object = scratch.0.join("clang.o");
    let target = match endian {
        Endian::Little => "--target=bpfel",
        Endian::Big => "--target=bpfeb",
    };
    let output = Command::new(clang)
        .args([
            target,
            "-mcpu=v4",
            "-O2",
            "-g",
            "-w",
            "-fwrapv",
            "-fno-strict-aliasing",
        ])
        .args(["-c", "-o"])
        .args([&object, source])
        .output()
        .expect("the command starts");
    output.status.success().then_some(object)
}

/// Whether clang's object gives what the file says; `None` if the runtime cannot load it, since it calls what nobody has.
fn compare(
    path: &Path,
    file: &TestFile,
    endian: Endian,
    object: &Path,
) -> Option<Result<(), String>> {
    let options = Options {
        endian,
        ..flags::options(&file.flags).expect("known flags")
    };
    let compiled = compile_file(path, &options).result?;
    let bytes = std::fs::read(object).expect("clang wrote it");
    let object = elf::read(&bytes).ok()?;
    let machine = Machine::with_object(&compiled, &object).ok()?;
    Some(check_steps(&machine, How::Interp, file))
}
