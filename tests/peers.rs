//! Our objects in the hands of other people's tools. Each test needs one of Debian's packages and says so when it skips.

#[path = "support/flags.rs"]
mod flags;
#[path = "support/peers.rs"]
mod peers;

use std::path::Path;
use std::process::Command;

use bpfcc::{Cpu, Endian, Level, Options, Target};
use flags::{lowest_cpu, options};
use peers::{Scratch, clang, file_tests, find, root, run, skipped, text};

fn objdump() -> Option<String> {
    let versions: Vec<String> = (14..30)
        .rev()
        .map(|v| format!("llvm-objdump-{v}"))
        .collect();
    let mut names: Vec<&str> = versions.iter().map(String::as_str).collect();
    names.push("llvm-objdump");
    find(&names, "llvm")
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

/// Loads an object through bpftool, in a mount namespace whose end unloads it again.
fn bpftool_load(object: &Path) -> Result<(), String> {
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

fn bpftool_works() -> bool {
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

#[test]
fn bpftool_loads_the_drop_monitors() {
    if !bpftool_works() {
        return;
    }
    let scratch = Scratch::new("bpftool");
    for sample in ["samples/dropmon.bpf.c", "samples/dropmon.c"] {
        let options = Options {
            target: Target::Linux,
            ..Options::default()
        };
        let object = scratch.compile(&root(sample), &options).expect(sample);
        bpftool_load(&object).unwrap_or_else(|why| panic!("{sample}: {why}"));
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

/// File tests whose programs are in a section of Linux are judged by its checker too, at every level that they are for.
#[test]
fn linux_accepts_the_file_tests() {
    if !bpftool_works() {
        return;
    }
    let scratch = Scratch::new("filetests");
    let mut loaded = 0;
    for file in file_tests(&root("tests/filetests")) {
        let source = std::fs::read_to_string(&file).expect("a readable file");
        let flags = flags_of(&source);
        let options = options(&flags).expect("known flags");
        let lies_in = |name| file.parent().is_some_and(|folder| folder.ends_with(name));
        let is_for_linux = options.target == Target::Linux
            || lies_in("linux")
            || source.contains("SEC(\"raw_tracepoint/");
        // Those about headers call their programs like functions, which libbpf does not link.
        let is_for_linux = is_for_linux && !lies_in("headers");
        if !is_for_linux || source.contains("//~ error") {
            continue;
        }
        for &level in levels(&flags) {
            let cpus = Cpu::ALL.into_iter();
            for cpu in cpus.filter(|&cpu| cpu >= lowest_cpu(&flags)) {
                let options = Options {
                    level,
                    cpu,
                    ..options.clone()
                };
                let object = scratch
                    .compile(&file, &options)
                    .expect("file tests compile");
                bpftool_load(&object).unwrap_or_else(|why| {
                    panic!("{} at {level:?} {}: {why}", file.display(), cpu.name())
                });
                loaded += 1;
            }
        }
    }
    assert!(loaded > 0, "no file test has a program for Linux");
}

/// All levels, unless the file names `-O1` because the kernel accepts what only the passes make of it.
fn levels(flags: &[String]) -> &'static [Level] {
    if flags.iter().any(|flag| flag == "-O1") {
        &[Level::O1]
    } else {
        &[Level::O0, Level::O1]
    }
}

/// The words after `// flags:`.
fn flags_of(source: &str) -> Vec<String> {
    let lines = source.lines();
    let flags = lines.filter_map(|line| line.trim().strip_prefix("// flags:"));
    flags
        .flat_map(str::split_whitespace)
        .map(str::to_owned)
        .collect()
}
