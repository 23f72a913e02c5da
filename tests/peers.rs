//! Our objects in the hands of other people's tools. Each test needs one of Debian's packages and says so when it skips.

#[path = "support/corpus.rs"]
mod corpus;
#[path = "support/flags.rs"]
mod flags;
#[path = "support/peers.rs"]
mod peers;

use std::path::Path;
use std::process::Command;

use bpfcc::{Cpu, Endian, Options};
use bpfcc_object::{Section, SectionKind, Symbol, SymbolKind, elf};
use peers::{Scratch, bpftool_load, bpftool_works, clang, find, llvm, root, run};

fn objdump() -> Option<String> {
    llvm("llvm-objdump")
}

#[test]
fn llvm_disassembles_the_samples() {
    let Some(objdump) = objdump() else { return };
    let scratch = Scratch::new("objdump");
    for sample in ["dropmon.c", "dropmon.bpf.c"] {
        let object = scratch
            .compile(&root("samples").join(sample), &Options::default())
            .expect(sample);
        let listing = run(Command::new(&objdump).args(["-d", "-r", "-t"]).arg(&object));
        assert!(listing.contains("<dropmon>:"), "{listing}");
        assert!(listing.contains(" = *(u64 *)(r1 + 0x8)"), "{listing}");
        assert!(!listing.contains("<unknown>"), "{listing}");
    }
}

/// Clang and we assemble the same text.
#[test]
fn clang_encodes_naked_functions_alike() {
    let (Some(clang), Some(objdump)) = (clang(), objdump()) else {
        return;
    };
    let scratch = Scratch::new("naked");
    let source = root("tests/filetests/asm/verifier.c");
    let theirs = scratch.0.join("clang.o");
    let code = |object: &Path| -> Vec<String> {
        let listing = run(Command::new(&objdump).arg("-d").arg(object));
        // Slot, bytes and text are parted by tabs.
        let bytes = listing.lines().filter_map(|line| line.split('\t').nth(1));
        bytes.map(str::to_owned).collect()
    };
    for (endian, target) in [(Endian::Little, "bpfel"), (Endian::Big, "bpfeb")] {
        run(Command::new(&clang)
            .args(["-target", target, "-mcpu=v4", "-O2", "-w", "-c", "-o"])
            .args([&theirs, &source]));
        let options = Options {
            cpu: Cpu::V4,
            endian,
            ..Options::default()
        };
        let ours = scratch.compile(&source, &options).expect("it compiles");
        assert!(!code(&ours).is_empty());
        assert_eq!(code(&ours), code(&theirs), "{target}");
    }
}

#[test]
fn binutils_read_the_samples() {
    let Some(readelf) = find(&["readelf"], "binutils") else {
        return;
    };
    let scratch = Scratch::new("readelf");
    for sample in ["dropmon.c", "dropmon.bpf.c"] {
        let object = scratch
            .compile(&root("samples").join(sample), &Options::default())
            .expect(sample);
        let listing = run(Command::new(&readelf).args(["-a", "-W"]).arg(&object));
        assert!(listing.contains("Linux BPF"), "{listing}");
    }
}

/// The two orders differ in nothing but the order: tools that read both print the same.
#[test]
fn tools_read_big_endian_objects() {
    let Some(objdump) = objdump() else { return };
    let scratch = Scratch::new("big");
    let source = root("samples/dropmon.bpf.c");
    let seen = Endian::ALL.map(|endian| {
        let options = Options {
            endian,
            ..Options::default()
        };
        let object = scratch.compile(&source, &options).expect("it compiles");
        let flags = ["-d", "-r", "-S", "--no-show-raw-insn"];
        let listing = run(Command::new(&objdump).args(flags).arg(&object));
        let types = find(&["bpftool"], "bpftool").map(|bpftool| {
            run(Command::new(bpftool)
                .args(["btf", "dump", "file"])
                .arg(&object))
        });
        (listing, types)
    });
    assert!(
        seen[0].0.contains("r1 = *(u64 *)(r1 + 0x8)"),
        "{}",
        seen[0].0
    );
    assert_eq!(seen[0], seen[1]);
}

/// All sections and kinds of symbols that there are.
const ALL_SECTIONS: &str = r#"#include <linux/bpf.h>
#include <bpf/bpf_helpers.h>
char LICENSE[] SEC("license") = "GPL";
__u32 _version SEC("version") = 1;
const char apart[] SEC("own") = "x";
const volatile int configured = 3;
const int constant = 4;
int initialised = 3, zero;
static volatile int of_file;
static const volatile int constant_of_file = 4;
static volatile int initialised_of_file = 3;
static const char *const names[] = { "a", "b" };
int in_bss SEC(".bss.x");
int in_data SEC(".data.y") = 0;
const int in_rodata SEC(".rodata.z") = 1;
__weak int weak_variable = 5;
__hidden int hidden_variable = 6;
struct {
	__uint(type, BPF_MAP_TYPE_ARRAY);
	__uint(max_entries, 1);
	__type(key, int);
	__type(value, long);
} map SEC(".maps");
struct bpf_map_def { unsigned int type, key_size, value_size, max_entries, map_flags; };
struct bpf_map_def legacy SEC("maps") = { .type = BPF_MAP_TYPE_ARRAY, .key_size = 4, .value_size = 8, .max_entries = 1 };
extern int CONFIG_HZ __kconfig;
extern int kernel_function(void) __ksym __weak;
extern const int kernel_variable __ksym __weak;
struct operations { int (*first)(void); };
SEC("struct_ops/first") int first(void *ctx) { return 0; }
SEC(".struct_ops") struct operations one = { .first = (void *)first };
SEC(".struct_ops.link") struct operations other = { .first = (void *)first };
static __noinline int of_file_only(int x)
{
	return x * initialised_of_file + of_file + constant_of_file + configured + bpf_get_prandom_u32();
}
__weak __noinline int weak(int x) { return x + 1 + initialised; }
__hidden __noinline int hidden(int x) { return x + 2 + zero; }
SEC("xdp") int prog(struct xdp_md *ctx)
{
	static int counter;
	int key = 0;
	void *value = bpf_map_lookup_elem(&map, &key);

	value = value ? value : bpf_map_lookup_elem(&legacy, &key);
	counter++;
	return of_file_only(2) + weak(3) + hidden(2) + !!value + CONFIG_HZ + (kernel_function ? kernel_function() : 0) +
	       !!&kernel_variable + names[key][0] + in_bss + in_data + in_rodata + weak_variable + hidden_variable;
}
"#;

/// What a loader sees of sections and symbols. The size of code is the compiler's business, and so is the order of variables.
fn outline(object: &[u8]) -> Vec<String> {
    let object = elf::read(object).expect("an object");
    let is_code = |section: &Section| section.kind == SectionKind::Code;
    // Clang has an empty `.text` in every object, and debug information.
    let sections = object.sections.iter();
    let sections = sections.filter(|s| s.size > 0 && s.kind != SectionKind::Other);
    let mut lines: Vec<String> = sections
        .map(|s| format!("section {} {:?} {}", s.name, s.kind, s.align))
        .collect();
    // Symbols of sections and of strings are for relocations alone.
    let named = |s: &&Symbol| s.kind != SymbolKind::Section && !s.name.starts_with(".str");
    for symbol in object.symbols.iter().filter(named) {
        let section = symbol.section.and_then(|id| object.section(id));
        let size = if section.is_some_and(is_code) {
            0
        } else {
            symbol.size
        };
        let (name, section) = (&symbol.name, section.map(|s| &s.name));
        let Symbol {
            kind,
            binding,
            hidden,
            ..
        } = symbol;
        lines.push(format!(
            "symbol {name} {section:?} {size} {kind:?} {binding:?} {hidden}"
        ));
    }
    lines.sort();
    lines
}

#[test]
fn sections_and_symbols_are_those_of_clang() {
    let Some(clang) = clang() else { return };
    let scratch = Scratch::new("outline");
    let all = scratch.0.join("sections.c");
    std::fs::write(&all, ALL_SECTIONS).expect("disk space");
    for source in [all, root("samples/dropmon.bpf.c")] {
        let theirs = scratch.0.join("clang.o");
        run(Command::new(&clang)
            .args(
                "--target=bpf -mcpu=v3 -O2 -g -w -I/usr/include/x86_64-linux-gnu -c -o".split(' '),
            )
            .args([&theirs, &source]));
        let ours = scratch
            .compile(&source, &Options::default())
            .expect("it compiles");
        let [ours, theirs] =
            [ours, theirs].map(|path| outline(&std::fs::read(path).expect("an object")));
        assert_eq!(ours, theirs, "{}", source.display());
    }
}

/// Two files that use each other's functions, variables and maps; of `weak` the first is taken.
const LINKED: [(&str, &str); 2] = [
    (
        "defines.c",
        r#"#include <linux/bpf.h>
#include <bpf/bpf_helpers.h>
struct { __uint(type, BPF_MAP_TYPE_RINGBUF); __uint(max_entries, 4096); } events SEC(".maps");
int shared = 5;
__noinline int helper(int x) { return x * bpf_get_prandom_u32(); }
__weak int weak(int x) { return x + bpf_get_prandom_u32(); }
SEC("raw_tp/sys_enter") int first(void *ctx) { shared += weak(2); return 0; }
char license[] SEC("license") = "GPL";
"#,
    ),
    (
        "uses.c",
        r#"#include <linux/bpf.h>
#include <bpf/bpf_helpers.h>
extern struct { __uint(type, BPF_MAP_TYPE_RINGBUF); __uint(max_entries, 4096); } events SEC(".maps");
extern int shared;
extern int helper(int x);
__weak int weak(int x) { return x - bpf_get_prandom_u32(); }
SEC("raw_tp/sys_exit") int second(void *ctx)
{
	int value = helper(shared) + weak(1);
	return bpf_ringbuf_output(&events, &value, sizeof(value), 0);
}
char license[] SEC("license") = "GPL";
"#,
    ),
];

#[test]
fn libbpf_links_objects() {
    if !bpftool_works() {
        return;
    }
    let scratch = Scratch::new("link");
    let objects = LINKED.map(|(name, text)| {
        let source = scratch.0.join(name);
        std::fs::write(&source, text).expect("disk space");
        scratch.compile(&source, &Options::default()).expect(name)
    });
    let linked = scratch.0.join("linked.o");
    run(Command::new("bpftool")
        .args(["gen", "object"])
        .arg(&linked)
        .args(&objects));
    bpftool_load(&linked).unwrap_or_else(|why| panic!("{why}"));
}

/// Samples and file tests, at every level that they are for.
#[test]
fn linux_accepts_the_corpus_through_bpftool() {
    if !bpftool_works() {
        return;
    }
    let scratch = Scratch::new("corpus");
    let object = scratch.0.join("program.o");
    for case in corpus::cases(&root("")) {
        std::fs::write(&object, case.object()).expect("disk space");
        bpftool_load(&object).unwrap_or_else(|why| panic!("{case}: {why}"));
    }
}
