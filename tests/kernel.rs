//! The samples before the running kernel's own checker, by bpf(2) directly. Needs root on Linux; says so when it skips.
//! Nothing is attached: programs are loaded and test-run.

#[path = "support/kernel.rs"]
mod kernel;

use std::io::Write as _;
use std::os::fd::{AsRawFd, OwnedFd};
use std::path::Path;

use bpfcc::{Cpu, Level, Options, Target, compile_file};
use bpfcc_isa::program::program_type_for_section;
use bpfcc_isa::{Endian, Imm64, Insn, decode, encode};
use bpfcc_object::{Object, RelocKind, Section, SymbolKind};
use bpfcc_runtime::Image;

/// A map in the kernel.
struct KernelMap {
    name: String,
    value_size: usize,
    fd: OwnedFd,
}

/// Says that a test was skipped. Straight to the stream: the test harness hides what `eprintln!` prints.
fn skipped(why: &str) {
    // Best effort: nobody may be reading.
    let _ = writeln!(std::io::stderr(), "SKIPPED: {why}");
}

fn available() -> bool {
    match kernel::unavailable() {
        None => true,
        Some(why) => {
            skipped(&why);
            false
        }
    }
}

fn sample(name: &str, options: &Options) -> Object {
    let path = Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("samples")
        .join(name);
    let compilation = compile_file(&path, options);
    assert!(
        compilation.diagnostics.is_empty(),
        "{:#?}",
        compilation.diagnostics
    );
    compilation
        .result
        .expect("no diagnostics, so a result")
        .object
}

fn create_maps(object: &Object) -> Vec<KernelMap> {
    let image = Image::load(object).expect("the object loads");
    let specs = image.maps().maps().iter().map(|map| map.spec());
    specs
        .map(|spec| KernelMap {
            name: spec.name.clone(),
            value_size: spec.value_size as usize,
            fd: kernel::create_map(
                spec.kind.number(),
                spec.key_size,
                spec.value_size,
                spec.max_entries,
                spec.flags,
            )
            .expect("the kernel creates the map"),
        })
        .collect()
}

/// The section's instructions with descriptors in place of map symbols.
fn linked(object: &Object, section: &Section, maps: &[KernelMap]) -> Vec<u8> {
    let mut insns = decode(&section.data, Endian::Little).expect("valid instructions");
    let mut offset = 0;
    for insn in &mut insns {
        let reloc = section.relocs.iter().find(|reloc| reloc.offset == offset);
        offset += insn.slots() as u64 * 8;
        if let Some(reloc) = reloc {
            assert_eq!(
                reloc.kind,
                RelocKind::Imm64,
                "samples have no calls to relocate"
            );
            let name = &object.symbol(reloc.symbol).expect("a valid index").name;
            let map = maps
                .iter()
                .find(|map| map.name == *name)
                .expect("a symbol of a map");
            let Insn::LoadImm64 { value, .. } = insn else {
                panic!("not lddw: {insn}")
            };
            *value = Imm64::MapFd(map.fd.as_raw_fd());
        }
    }
    encode(&insns, Endian::Little)
}

fn load(object: &Object, maps: &[KernelMap]) -> OwnedFd {
    let entry = object
        .symbols
        .iter()
        .find(|s| s.kind == SymbolKind::Func)
        .expect("a function");
    let section = entry
        .section
        .and_then(|id| object.section(id))
        .expect("a defined function");
    let kind = program_type_for_section(&section.name).and_then(|kind| kind.number);
    let code = linked(object, section, maps);
    kernel::load_program(kind.expect("a type Linux knows"), &code, "GPL")
        .unwrap_or_else(|log| panic!("the kernel refuses `{}`: {log}", entry.name))
}

fn count(map: &KernelMap, key: u64) -> Option<u64> {
    let value = kernel::lookup(&map.fd, &key.to_ne_bytes(), map.value_size).ok()?;
    Some(u64::from_ne_bytes(value.try_into().expect("eight bytes")))
}

/// Two drops in one place and one in another, counted by the program inside the kernel from `first` on.
fn counts_drops(name: &str, options: &Options, first: u64) {
    let object = sample(name, options);
    let maps = create_maps(&object);
    let program = load(&object, &maps);
    for location in [0xaaaa_u64, 0xbbbb, 0xaaaa] {
        let result = kernel::run_raw_tracepoint(&program, &[1, location, 2]);
        assert_eq!(result.expect("the kernel runs the program"), 0);
    }
    assert_eq!(count(&maps[0], 0xaaaa), Some(first + 1));
    assert_eq!(count(&maps[0], 0xbbbb), Some(first));
    assert_eq!(count(&maps[0], 0xcccc), None);
}

/// Does something at every level and instruction set version.
fn at_every_level(target: Target, act: impl Fn(&Options)) {
    for level in [Level::O0, Level::O1] {
        for cpu in Cpu::ALL {
            act(&Options {
                target,
                level,
                cpu,
                ..Options::default()
            });
        }
    }
}

#[test]
fn linux_accepts_and_runs_the_drop_monitor_at_every_level() {
    if available() {
        at_every_level(Target::AsWritten, |options| {
            counts_drops("dropmon.bpf.c", options, 1);
        });
    }
}

/// The program of 2014 stores 0 for the first drop in a place.
#[test]
fn linux_runs_the_drop_monitor_of_2014_once_adapted() {
    if available() {
        at_every_level(Target::Linux, |options| {
            counts_drops("dropmon.c", options, 0);
        });
    }
}
