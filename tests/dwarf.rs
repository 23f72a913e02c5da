//! DWARF in the hands of the tools that it is for. Each test needs packages of Debian and says so when it skips.

#[path = "support/corpus.rs"]
mod corpus;
#[path = "support/flags.rs"]
mod flags;
#[path = "support/peers.rs"]
mod peers;

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::process::Command;

use bpfcc::{Cpu, Dwarf, Endian, Level, Options};
use bpfcc_object::dwarf::Version;
use bpfcc_object::{Object, SymbolKind, elf};
use peers::{Scratch, bpftool_load, bpftool_works, clang, find, llvm, root, run};

const VERSIONS: [Version; 2] = [Version::V4, Version::V5];

/// DWARF of this version.
fn dwarf(version: Version) -> Option<Dwarf> {
    Some(Dwarf {
        version,
        directory: root("").display().to_string(),
    })
}

/// Samples and what is tested in the kernel, at every level, in both byte orders, with the newest instructions.
fn corpus() -> Vec<(PathBuf, Options)> {
    let cases = corpus::cases(&root("")).into_iter();
    let cases = cases.filter(|case| {
        let folder = case.source.parent();
        let is_meant = |name| folder.is_some_and(|folder| folder.ends_with(name));
        case.options.cpu == Cpu::V4 && (is_meant("samples") || is_meant("filetests/linux"))
    });
    let ways = cases.flat_map(|case| {
        Endian::ALL.map(|endian| {
            let options = Options {
                endian,
                dwarf: dwarf(Version::V5),
                ..case.options.clone()
            };
            (case.source.clone(), options)
        })
    });
    ways.collect()
}

/// The corpus as objects on disk.
fn compiled_corpus(scratch: &Scratch) -> Vec<PathBuf> {
    let ways = corpus().into_iter().enumerate();
    let objects = ways.map(|(number, (source, mut options))| {
        // Every other one in the older version.
        options.dwarf = dwarf(VERSIONS[number % 2]);
        let object = scratch.compile(&source, &options);
        let object = object.unwrap_or_else(|| panic!("{} with {options:?}", source.display()));
        let place = scratch.0.join(format!("{number}.o"));
        std::fs::rename(object, &place).expect("a writable directory");
        place
    });
    objects.collect()
}

fn read(path: &Path) -> Object {
    elf::read(&std::fs::read(path).expect("a file")).expect("an object")
}

/// Functions in two sections, one of them in a header.
const PROGRAM: &str = r#"#include "twice.h"

__attribute__((section("tc"))) int prog(int a, int b)
{
	if (a > b)
		return twice(a);
	return b;
}
"#;
const HEADER: &str = "static __attribute__((noinline)) int twice(int x)
{
	return x * 3;
}
";
const LISTED: [&str; 6] = [
    "Disassembly of section .text:",
    "; \treturn x * 3;",
    "Disassembly of section tc:",
    "; \tif (a > b)",
    "; \t\treturn twice(a);",
    "; \treturn b;",
];

#[test]
fn llvm_objdump_shows_the_lines_between_the_instructions() {
    let Some(objdump) = llvm("llvm-objdump") else {
        return;
    };
    let scratch = Scratch::new("dwarf-source");
    let source = scratch.0.join("prog.c");
    std::fs::write(&source, PROGRAM).expect("disk space");
    std::fs::write(scratch.0.join("twice.h"), HEADER).expect("disk space");
    for (version, endian) in [(Version::V4, Endian::Big), (Version::V5, Endian::Little)] {
        let options = Options {
            dwarf: dwarf(version),
            endian,
            ..Options::default()
        };
        let object = scratch.compile(&source, &options).expect("it compiles");
        let listing = run(Command::new(&objdump).arg("-S").arg(&object));
        let lines = listing.lines();
        let lines = lines.filter(|line| line.starts_with([';', 'D']));
        assert_eq!(lines.collect::<Vec<_>>(), LISTED, "{version:?}\n{listing}");
    }
}

#[test]
fn llvm_finds_nothing_wrong() {
    let Some(dwarfdump) = llvm("llvm-dwarfdump") else {
        return;
    };
    let scratch = Scratch::new("dwarf-verify");
    let objects = compiled_corpus(&scratch);
    let report = run(Command::new(dwarfdump).arg("--verify").args(&objects));
    let clean = report.lines().filter(|line| *line == "No errors.").count();
    assert_eq!(clean, objects.len(), "{report}");
    assert!(clean > 80, "only {clean} objects");
}

/// What is in a file: each kind of declaration, with all that is said about it.
const DECLARATIONS: &str = r#"struct point { int x; };
extern struct point *unknown;
static volatile int hidden __attribute__((section(".data.hidden"))) = 3;
static __attribute__((section("tc"))) int first(struct point *p)
{
	return hidden + unknown->x;
}
__attribute__((section("tc"))) int second(void) { return 0; }
int (*table[])(struct point *) = { first };
"#;

/// The type of a pointer to a function is there; those of the functions themselves are not.
const DECLARED: [&str; 8] = [
    "subroutine_type prototyped=true type=int",
    "formal_parameter type=point *",
    "subprogram decl_file=entries.c decl_line=4 high_pc=0x0000000000000048 low_pc=0x0000000000000000 name=first prototyped=true type=int",
    "formal_parameter name=p type=point *",
    "subprogram decl_file=entries.c decl_line=8 external=true high_pc=0x0000000000000058 low_pc=0x0000000000000048 name=second prototyped=true type=int",
    "variable decl_file=entries.c decl_line=2 declaration=true external=true name=unknown type=point *",
    "variable decl_file=entries.c decl_line=3 location=DW_OP_addr 0x0 name=hidden type=volatile int",
    "variable decl_file=entries.c decl_line=9 external=true location=DW_OP_addr 0x0 name=table type=int (*[1]",
];

/// Entries of functions and variables, each on a line: tag, then attributes by name.
fn declarations(dump: &str) -> Vec<String> {
    let mut entries: Vec<Vec<String>> = Vec::new();
    for line in dump.lines() {
        let line = line.trim();
        if let Some((_, tag)) = line.split_once("DW_TAG_") {
            entries.push(vec![tag.to_owned()]);
        } else if let Some((name, value)) = line.split_once('\t')
            && let (Some(name), Some(entry)) = (name.strip_prefix("DW_AT_"), entries.last_mut())
        {
            // Of a type its name, without the number of its entry.
            let value = value
                .trim_matches(['(', ')'])
                .split('"')
                .nth(1)
                .unwrap_or(value);
            entry.push(format!("{name}={}", value.trim_matches(['(', ')'])));
        }
    }
    let meant = entries.iter_mut().filter(|entry| {
        let tags = [
            "subprogram",
            "variable",
            "formal_parameter",
            "subroutine_type",
        ];
        tags.contains(&entry[0].as_str())
    });
    meant
        .map(|entry| {
            entry[1..].sort();
            entry.join(" ")
        })
        .collect()
}

#[test]
fn functions_and_variables_say_where_they_are() {
    let Some(dwarfdump) = llvm("llvm-dwarfdump") else {
        return;
    };
    let scratch = Scratch::new("dwarf-entries");
    let source = scratch.0.join("entries.c");
    std::fs::write(&source, DECLARATIONS).expect("disk space");
    for endian in Endian::ALL {
        let options = Options {
            endian,
            dwarf: dwarf(Version::V5),
            ..Options::default()
        };
        let object = scratch.compile(&source, &options).expect("it compiles");
        let dump = run(Command::new(&dwarfdump).arg("--debug-info").arg(&object));
        let name = source.display().to_string();
        let shown = declarations(&dump);
        let shown: Vec<String> = shown
            .iter()
            .map(|line| line.replace(&name, "entries.c"))
            .collect();
        assert_eq!(shown, DECLARED, "{dump}");
    }
}

/// Where a line of the source starts, in one section: offset, file and line.
type Rows = Vec<(u32, String, u32)>;

/// The rows of the line programs that llvm-dwarfdump prints, sequence by sequence.
fn line_rows(text: &str) -> Vec<Rows> {
    let mut files: BTreeMap<String, String> = BTreeMap::new();
    let mut sequences = vec![Rows::new()];
    let mut number = String::new();
    for line in text.lines() {
        let words: Vec<&str> = line.split_whitespace().collect();
        if let Some(rest) = line.strip_prefix("file_names[") {
            number = rest.trim().trim_end_matches("]:").to_owned();
        } else if let (["name:", ..], Some((_, name))) = (words.as_slice(), line.split_once('"')) {
            files.insert(number.clone(), name.trim_end_matches('"').to_owned());
        } else if let [address, line, _, file, ..] = words.as_slice()
            && let Some(address) = address.strip_prefix("0x")
        {
            let address = u32::from_str_radix(address, 16).expect("an address");
            if words.contains(&"end_sequence") {
                sequences.push(Rows::new());
            } else if let Some(sequence) = sequences.last_mut() {
                let line = line.parse().expect("a line");
                sequence.push((address, files[*file].clone(), line));
            }
        }
    }
    sequences.pop();
    sequences
}

#[test]
fn each_instruction_has_the_line_that_it_has_in_btf() {
    let Some(dwarfdump) = llvm("llvm-dwarfdump") else {
        return;
    };
    let scratch = Scratch::new("dwarf-lines");
    let mut instructions = 0;
    for path in compiled_corpus(&scratch) {
        let text = run(Command::new(&dwarfdump).arg("--debug-line").arg(&path));
        let sequences = line_rows(&text);
        let object = read(&path);
        let known = object
            .ext
            .as_ref()
            .map_or([].as_slice(), |ext| &ext.sections);
        assert_eq!(sequences.len(), known.len(), "{text}");
        for (rows, info) in sequences.iter().zip(known) {
            let (_, section) = object.section_by_name(&info.name).expect("its section");
            for offset in (0..section.size as u32).step_by(8) {
                let row = rows.iter().rfind(|(start, ..)| *start <= offset);
                let (_, file, line) = row.expect("a row for each instruction");
                let expected = info.line_at(offset).expect("a line for each instruction");
                assert_eq!((file, line), (&expected.file, &expected.line), "{text}");
                instructions += 1;
            }
        }
    }
    assert!(instructions > 1000, "only {instructions} instructions");
}

/// Every kind of type that has a layout; unnamed ones clang nests, and pahole prints those twice.
const TYPES: &str = r#"
enum colour { RED, GREEN = -7, BLUE = 0x7fffffff };
enum wide { HUGE = 0x123456789abcdef };
typedef unsigned long word;
typedef int (*callback)(struct all *self, const char *, ...);
union either { int number; void *address; char bytes[3]; };
struct __attribute__((packed)) inner { char tag; union either either; };
struct all {
	int low:3, high:7;
	unsigned long far:40;
	_Bool flag;
	signed char small;
	unsigned char byte;
	enum colour colour;
	enum wide wide;
	const char *text;
	volatile int *const place;
	struct inner inner[2][3];
	callback call;
	struct unknown *opaque;
	word words[0];
	struct all *next;
	__int128_t large;
	int flexible[];
} *all;
union either *either;
struct inner *inner;
"#;

#[test]
fn pahole_shows_the_layout_that_it_shows_of_clangs_objects() {
    let (Some(pahole), Some(clang)) = (find(&["pahole"], "pahole"), clang()) else {
        return;
    };
    let scratch = Scratch::new("dwarf-layout");
    let source = scratch.0.join("types.c");
    std::fs::write(&source, TYPES).expect("disk space");
    let theirs = scratch.0.join("clang.o");
    for (version, endian) in VERSIONS.into_iter().zip(Endian::ALL) {
        let options = Options {
            dwarf: dwarf(version),
            endian,
            ..Options::default()
        };
        let ours = scratch.compile(&source, &options).expect("it compiles");
        let target = match endian {
            Endian::Little => "bpfel",
            Endian::Big => "bpfeb",
        };
        run(Command::new(&clang)
            .args(["-target", target, "-O2", "-w", "-c"])
            .arg(format!("-gdwarf-{}", version.number()))
            .arg("-o")
            .args([&theirs, &source]));
        for name in ["all", "either", "inner"] {
            let shown = [&ours, &theirs].map(|object| {
                run(Command::new(&pahole)
                    .args(["-F", "dwarf", "-C", name])
                    .arg(object))
            });
            assert!(!shown[0].is_empty(), "no {name}");
            assert_eq!(shown[0], shown[1], "{version:?} {target}");
        }
    }
}

/// `pahole -J` makes BTF of DWARF.
#[test]
fn pahole_makes_the_btf_that_we_make() {
    let (Some(pahole), Some(bpftool)) =
        (find(&["pahole"], "pahole"), find(&["bpftool"], "bpftool"))
    else {
        return;
    };
    let scratch = Scratch::new("dwarf-btf");
    let source = scratch.0.join("types.c");
    std::fs::write(&source, TYPES).expect("disk space");
    let options = Options {
        dwarf: dwarf(Version::V5),
        ..Options::default()
    };
    let object = scratch.compile(&source, &options).expect("it compiles");
    let definitions = |object: &Path| {
        let mut command = Command::new(&bpftool);
        let text = run(command
            .args(["btf", "dump", "file"])
            .arg(object)
            .args(["format", "c"]));
        let mut blocks: Vec<String> = text.split("\n\n").map(str::to_owned).collect();
        blocks.sort();
        blocks.into_iter()
    };
    // pahole 1.24 makes one array of an array of arrays.
    let ours = definitions(&object).map(|block| block.replace("[2][3]", "[6]"));
    let ours: Vec<String> = ours.collect();
    run(Command::new(&pahole).arg("-J").arg(&object));
    assert_eq!(definitions(&object).collect::<Vec<_>>(), ours);
}

/// Nothing else depends on whether there is DWARF.
#[test]
fn dwarf_changes_nothing_but_its_own_sections() {
    for (source, options) in corpus().into_iter().filter(|(_, o)| o.level == Level::O1) {
        let compile = |options: &Options| {
            let compiled = bpfcc::compile_file(&source, options).result;
            compiled.expect("it compiles").object
        };
        let with = compile(&options);
        let without = compile(&Options {
            dwarf: None,
            ..options
        });
        let (sections, added) = with.sections.split_at(without.sections.len());
        assert_eq!(sections, without.sections, "{}", source.display());
        assert!(!added.is_empty());
        let mut added = added.iter();
        assert!(added.all(|section| section.name.starts_with(".debug_")));
        let (symbols, added) = with.symbols.split_at(without.symbols.len());
        assert_eq!(symbols, without.symbols);
        let mut added = added.iter();
        assert!(added.all(|symbol| symbol.kind == SymbolKind::Section));
        assert_eq!((with.btf, with.ext), (without.btf, without.ext));
    }
}

/// A sample with DWARF, and the same without.
fn sample(scratch: &Scratch) -> [PathBuf; 2] {
    [("with.o", dwarf(Version::V5)), ("without.o", None)].map(|(name, dwarf)| {
        let options = Options {
            dwarf,
            ..Options::default()
        };
        let object = scratch.compile(&root("samples/dropmon.bpf.c"), &options);
        let place = scratch.0.join(name);
        std::fs::rename(object.expect("it compiles"), &place).expect("a writable directory");
        place
    })
}

fn has_dwarf(object: &Object) -> bool {
    let mut sections = object.sections.iter();
    sections.any(|section| section.name.starts_with(".debug_"))
}

#[test]
fn stripping_leaves_btf() {
    let Some(strip) = llvm("llvm-strip") else {
        return;
    };
    let scratch = Scratch::new("dwarf-strip");
    let [with, without] = sample(&scratch);
    assert!(has_dwarf(&read(&with)));
    run(Command::new(strip).arg("-g").arg(&with));
    let (stripped, without) = (read(&with), read(&without));
    assert!(!has_dwarf(&stripped));
    assert_eq!((stripped.btf, stripped.ext), (without.btf, without.ext));
}

#[test]
fn linkers_drop_dwarf() {
    let scratch = Scratch::new("dwarf-link");
    let [with, without] = sample(&scratch);
    let [linked, expected] = [&with, &without].map(|path| {
        let input = bpfcc_object::link::Input {
            name: path.display().to_string(),
            object: read(path),
        };
        bpfcc_object::link::link(&[input]).expect("it links")
    });
    assert_eq!(linked.sections.len(), expected.sections.len());
    assert_eq!((linked.btf, linked.ext), (expected.btf, expected.ext));
    if bpftool_works() {
        let place = scratch.0.join("linked.o");
        let mut bpftool = Command::new("bpftool");
        run(bpftool.args(["gen", "object"]).arg(&place).arg(&with));
        assert!(!has_dwarf(&read(&place)));
        bpftool_load(&place).unwrap_or_else(|why| panic!("{why}"));
    }
}

#[test]
fn libbpf_loads_objects_with_dwarf() {
    if !bpftool_works() {
        return;
    }
    let scratch = Scratch::new("dwarf-load");
    let object = scratch.0.join("program.o");
    for mut case in corpus::cases(&root("")) {
        if case.options.level == Level::O1 && case.options.cpu == Cpu::V3 {
            case.options.dwarf = dwarf(Version::V5);
            std::fs::write(&object, case.object()).expect("disk space");
            bpftool_load(&object).unwrap_or_else(|why| panic!("{case}: {why}"));
        }
    }
}
