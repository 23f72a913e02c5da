//! Linking, by us and by libbpf: the same files through both, and the result in the kernel. Needs bpftool, and says so when it
//! skips; the files are compiled by clang as well if there is one.

#[path = "support/peers.rs"]
mod peers;

use std::path::{Path, PathBuf};
use std::process::Command;

use bpfcc::Options;
use bpfcc_object::btf::{self, Btf, TypeId};
use bpfcc_object::link::{self, Input};
use bpfcc_object::{Object, elf, ext};
use peers::{Scratch, bpftool_works, clang, find, root, run, text};

/// Files of `tests/link`; what they do together is in their comments.
const LINK_SOURCES: [&str; 3] = ["one.c", "two.c", "three.c"];

/// The files as objects: ours, and clang's if there is a clang.
fn link_inputs(scratch: &Scratch) -> Vec<[PathBuf; 3]> {
    let source = |name| root("tests/link").join(name);
    let ours = LINK_SOURCES.map(|name| {
        let compiled = scratch.compile(&source(name), &Options::default());
        compiled.expect(name)
    });
    let clang = clang();
    let theirs = clang.map(|clang| {
        LINK_SOURCES.map(|name| {
            let object = scratch.0.join(format!("clang-{name}")).with_extension("o");
            run(Command::new(&clang)
                .args(["--target=bpf", "-mcpu=v3", "-O2", "-g", "-c", "-o"])
                .args([&object, &source(name)]));
            object
        })
    });
    [Some(ours), theirs].into_iter().flatten().collect()
}

fn read_object(path: &Path) -> Object {
    let bytes = std::fs::read(path).expect("a readable file");
    elf::read(&bytes).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
}

/// Links the files and writes the result beside them.
fn link_files(objects: &[PathBuf], output: &Path) -> Object {
    let inputs = objects.iter().map(|path| Input {
        name: path.display().to_string(),
        object: read_object(path),
    });
    let inputs: Vec<Input> = inputs.collect();
    let linked = link::link(&inputs).unwrap_or_else(|errors| panic!("{errors:#?}"));
    std::fs::write(output, elf::write(&linked).expect("it can be written")).expect("disk space");
    linked
}

fn link_with_bpftool(objects: &[PathBuf], output: &Path) -> Object {
    run(Command::new("bpftool")
        .args(["gen", "object"])
        .arg(output)
        .args(objects));
    read_object(output)
}

#[test]
fn we_link_as_libbpf_does() {
    if find(&["bpftool"], "bpftool").is_none() {
        return;
    }
    let scratch = Scratch::new("linkers");
    for mut objects in link_inputs(&scratch) {
        // In this order every name is used before it is defined, and the other way round.
        for _ in 0..2 {
            let paths = ["ours.o", "theirs.o"].map(|name| scratch.0.join(name));
            let ours = link_files(&objects, &paths[0]);
            let theirs = link_with_bpftool(&objects, &paths[1]);
            assert_eq!(sections(&ours), sections(&theirs), "{objects:?}");
            assert_eq!(symbols(&ours), symbols(&theirs), "{objects:?}");
            let [our_types, their_types] = [&ours, &theirs].map(types);
            // libbpf leaves prototypes of declarations behind that nothing refers to.
            for line in &our_types {
                assert!(their_types.contains(line), "{objects:?}: {line}");
            }
            for line in their_types.iter().filter(|line| !our_types.contains(line)) {
                let is_left_over = ["FUNC_PROTO", "\t'"]
                    .iter()
                    .any(|start| line.starts_with(start));
                assert!(is_left_over, "{objects:?}: {line}");
            }
            let [our_header, their_header] = paths.map(|path| {
                let mut lines = Vec::from_iter(
                    run(Command::new("bpftool")
                        .args(["btf", "dump", "file"])
                        .arg(path)
                        .args(["format", "c"]))
                    .lines()
                    .map(str::to_owned),
                );
                lines.sort();
                lines
            });
            assert_eq!(our_header, their_header);
            objects.reverse();
        }
    }
}

/// Contents and relocations of each section, by name.
fn sections(object: &Object) -> Vec<String> {
    let mut lines = Vec::new();
    for section in &object.sections {
        let (name, kind, align) = (&section.name, section.kind, section.align);
        lines.push(format!("{name} {kind:?} {align} {:02x?}", section.data));
        for reloc in &section.relocs {
            let symbol = object.symbol(reloc.symbol).expect("a valid number");
            let target = symbol.section.and_then(|id| object.section(id));
            let target = target.map_or("", |section| &section.name);
            lines.push(format!(
                "{name} {} {:?} {target} {}",
                reloc.offset, reloc.kind, symbol.name
            ));
        }
    }
    lines.sort();
    lines
}

fn symbols(object: &Object) -> Vec<String> {
    let lines = object.symbols.iter().map(|symbol| {
        let section = symbol.section.and_then(|id| object.section(id));
        let section = section.map(|section| section.name.clone());
        let number = None;
        format!(
            "{section:?} {:?}",
            bpfcc_object::Symbol {
                section: number,
                ..symbol.clone()
            }
        )
    });
    let mut lines: Vec<String> = lines.collect();
    lines.sort();
    lines
}

/// Types and what refers to them, with names in place of numbers: the order may differ.
fn types(object: &Object) -> Vec<String> {
    let btf = object.btf.as_ref().expect("types");
    let ext = object.ext.as_ref().expect("lines");
    let text = format!("{}{}", btf::text(btf), ext::text(ext));
    let mut lines: Vec<String> = text.lines().map(|line| unnumbered(btf, line)).collect();
    lines.sort();
    lines
}

fn unnumbered(btf: &Btf, line: &str) -> String {
    let line = match line.strip_prefix('[') {
        Some(numbered) => numbered.split_once(' ').map_or("", |(_, rest)| rest),
        None => line,
    };
    let mut parts = line.split("type_id=");
    let mut text = parts.next().unwrap_or_default().to_owned();
    for part in parts {
        let end = part.find(|c: char| !c.is_ascii_digit());
        let (number, rest) = part.split_at(end.unwrap_or(part.len()));
        let ty = btf.get(TypeId(number.parse().expect("a number")));
        let words = ty.map_or("void".into(), |ty| format!("{:?} {}", ty.kind(), ty.name()));
        text += &format!("type=({words}){rest}");
    }
    text
}

#[test]
fn linux_runs_what_we_link() {
    if !bpftool_works() {
        return;
    }
    let scratch = Scratch::new("linked");
    let (linked, packet) = (scratch.0.join("linked.o"), scratch.0.join("packet"));
    std::fs::write(&packet, [0; 64]).expect("disk space");
    for objects in link_inputs(&scratch) {
        link_files(&objects, &linked);
        for (program, result) in [("prog", LINK_RESULT), ("other", LINK_OTHER_RESULT)] {
            let printed =
                bpftool_run(&linked, program, &packet).unwrap_or_else(|why| panic!("{why}"));
            let expected = format!("Return value: {result},");
            assert!(
                printed.contains(&expected),
                "{program} of {objects:?}: {printed}"
            );
        }
    }
}

/// What `prog` and `other` give when they run first; `tests/link.rs` says so of the bundled runtime.
const LINK_RESULT: u64 = 5 + 1102 + 10 + 8 + 1_000_000 + 41 + 5;
const LINK_OTHER_RESULT: u64 = b'5' as u64 + 40 + 20;

/// Loads an object and test-runs one of its programs on a packet, in a mount namespace whose end unloads it again.
fn bpftool_run(object: &Path, program: &str, packet: &Path) -> Result<String, String> {
    let script = "mount -t bpf none /sys/fs/bpf && bpftool prog loadall \"$1\" /sys/fs/bpf/bpfcc \
                  && bpftool prog run pinned /sys/fs/bpf/bpfcc/\"$2\" data_in \"$3\"";
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
        .arg(object)
        .arg(program)
        .arg(packet);
    let output = command.output().map_err(|error| error.to_string())?;
    match output.status.success() {
        true => Ok(text(&output)),
        false => Err(text(&output)),
    }
}
