//! The main job: `samples/dropmon.c`, the example of 2014, and `samples/dropmon.bpf.c`, the same for libbpf.

use std::path::{Path, PathBuf};

use bpfcc::stages::{self, Stage};
use bpfcc::{Compiled, Dialect, Options, compile_file};
use bpfcc_object::elf;
use bpfcc_runtime::{Engine, EnvironmentChoice, Vm};

fn sample(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("samples")
        .join(name)
}

fn compile(name: &str) -> Compiled {
    let compilation = compile_file(&sample(name), &Options::default());
    assert!(
        compilation.diagnostics.is_empty(),
        "{:#?}",
        compilation.diagnostics
    );
    compilation.result.expect("no diagnostics, so a result")
}

/// What became of an instruction of the listing in the mail of 13 February 2014.
enum Fate {
    /// It is there.
    Same,
    /// Another one does its work, for this reason.
    Instead(&'static str, &'static str),
    /// It is not needed, for this reason.
    Gone(&'static str),
}
use Fate::{Gone, Instead, Same};

const IN_R1: &str = "the context is still in r1, so it is read from there";
const IN_R2: &str = "r1 keeps the context for the call, so the value goes through r2";

/// The ten instructions of the mail, up to the first branch.
const LISTING_OF_2014: [(&str, Fate); 10] = [
    ("mov r6, r1", Same),
    ("ldd r1, 8(r6)", Instead("ldd r2, 8(r1)", IN_R1)),
    ("std -8(r10), r1", Instead("std -8(r10), r2", IN_R2)),
    (
        "mov r7, 0",
        Gone("a constant is made where it is needed; no register is kept for it"),
    ),
    ("mov r3, r10", Same),
    ("addi r3, -8", Same),
    ("mov r1, r6", Gone(IN_R1)),
    (
        "mov r2, r7",
        Instead("mov r2, 0", "the constant goes straight into the argument"),
    ),
    ("call bpf_table_lookup", Same),
    ("jeqi r0, 0 goto .LBB0_2", Same),
];

#[test]
fn the_listing_of_2014_is_matched_or_beaten() {
    let options = Options {
        dialect: Dialect::Bpf64,
        ..Options::default()
    };
    let text = stages::file_text(&sample("dropmon.c"), &options, &Stage::Assembly);
    let text = text.result.expect("it compiles");
    let lines: Vec<&str> = text
        .lines()
        .skip_while(|line| *line != "dropmon:")
        .skip(1)
        .collect();
    let branch = lines
        .iter()
        .position(|line| line.contains(" goto "))
        .expect("a branch");
    let mut ours: Vec<&str> = lines[..=branch].iter().map(|line| line.trim()).collect();
    for (theirs, fate) in &LISTING_OF_2014 {
        let expected = match fate {
            Same => theirs,
            Instead(line, _why) => line,
            Gone(_why) => continue,
        };
        let found = ours.iter().position(|line| line == expected);
        ours.remove(
            found.unwrap_or_else(|| panic!("`{expected}` (2014: `{theirs}`) is not in\n{text}")),
        );
    }
    assert_eq!(
        ours, [""; 0],
        "instructions that 2014 did not need, in\n{text}"
    );
}

/// Counts per place after these events, by the object file as it would be on disk.
fn counts(name: &str, map: &str, engine: Engine, places: &[u64]) -> Vec<(u64, u64)> {
    let bytes = compile(name).to_elf().expect("an object can be written");
    let object = elf::read(&bytes).expect("what was written can be read");
    let vm = Vm::load(&object, Some("dropmon"), EnvironmentChoice::BySection).expect("it loads");
    // SAFETY: the samples are ours, and the interpreter has run them on the same events.
    let vm = unsafe { vm.trust() };
    for place in places {
        let mut context = vec![0; vm.environment().context().size()];
        context[8..16].copy_from_slice(&place.to_le_bytes());
        assert_eq!(vm.run(engine, &mut context).expect("it runs"), 0);
    }
    let number = |bytes: Vec<u8>| u64::from_le_bytes(bytes.try_into().expect("eight bytes"));
    let entries = vm.map(map).expect("the map").entries();
    entries
        .into_iter()
        .map(|(key, value)| (number(key), number(value)))
        .collect()
}

#[test]
fn drops_are_counted_per_place() {
    let places = [7, 9, 7, 7, 9, 8];
    for engine in [Engine::Interp, Engine::Jit] {
        if engine == Engine::Jit && !cfg!(all(target_arch = "x86_64", unix)) {
            continue;
        }
        // The program of 2014 stores 0 for the first drop in a place.
        assert_eq!(
            counts("dropmon.c", "tables[0]", engine, &places),
            [(7, 2), (8, 0), (9, 1)]
        );
        assert_eq!(
            counts("dropmon.bpf.c", "drops", engine, &places),
            [(7, 3), (8, 1), (9, 2)]
        );
    }
}
