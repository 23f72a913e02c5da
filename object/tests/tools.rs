//! Our reader and writer against other people's: clang writes what we read, and binutils, LLVM and bpftool read what we
//! write. A tool that is not installed is skipped, loudly.

use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::process::Command;

use bpfcc_object::btf::{self, Btf, BtfType, IntEncoding, Kind, Linkage, Param, SectionVar};
use bpfcc_object::ext::{BtfExt, FuncInfo, LineInfo};
use bpfcc_object::{
    Binding, Endian, Object, Reloc, RelocKind, Section, SectionKind, Symbol, SymbolKind, elf,
};

/// Says that a test was skipped. Straight to the stream: the test harness hides what `eprintln!` prints.
fn skipped(why: &str) {
    // Best effort: nobody may be reading.
    let _ = writeln!(std::io::stderr(), "SKIPPED: {why}");
}

/// What a command prints, with its complaints; `None` if there is no such command.
fn output_of(command: &mut Command) -> Option<String> {
    let name = command.get_program().to_string_lossy().into_owned();
    let output = match command.output() {
        Ok(output) => output,
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => {
            skipped(&format!("`{name}` is not installed"));
            return None;
        }
        Err(error) => panic!("`{name}` could not be started: {error}"),
    };
    let text = [output.stdout, output.stderr].concat();
    let text = String::from_utf8_lossy(&text).into_owned();
    assert!(output.status.success(), "{name} failed:\n{text}");
    Some(text)
}

/// A file for one test. Tests run at the same time, so each has its own name.
fn scratch(name: &str) -> PathBuf {
    Path::new(env!("CARGO_TARGET_TMPDIR")).join(name)
}

/// Compiles `data/features.c`; `None` if there is no clang that knows BPF.
fn compiled_by_clang(target: &str, test: &str) -> Option<PathBuf> {
    let targets = output_of(Command::new("clang").arg("--print-targets"))?;
    if !targets.contains(target) {
        skipped(&format!("clang has no target `{target}`"));
        return None;
    }
    let source = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/data/features.c");
    let object = scratch(&format!("{test}-{target}.o"));
    let mut clang = Command::new("clang");
    clang.args(["-target", target, "-O2", "-g", "-c"]);
    output_of(clang.arg(source).arg("-o").arg(&object))?;
    Some(object)
}

/// A program that counts in a map, with types and lines.
fn counting_program(endian: Endian) -> Object {
    let mut object = Object {
        endian,
        ..Object::default()
    };
    let code = Section::new("xdp", SectionKind::Code, counting_code(endian), 8);
    let code = object.add_section(code);
    let maps = Section::new(".maps", SectionKind::Data, vec![0; 8], 8);
    let maps = object.add_section(maps);
    let license = Section::new("license", SectionKind::Data, b"GPL\0".to_vec(), 1);
    object.add_section(license);
    let symbol = |name: &str, section, size, kind| Symbol {
        name: name.into(),
        section: Some(section),
        value: 0,
        size,
        kind,
        binding: Binding::Global,
        hidden: false,
    };
    object.add_symbol(symbol("prog", code, 32, SymbolKind::Func));
    let map = object.add_symbol(symbol("counts", maps, 8, SymbolKind::Object));
    object.section_symbol(maps);
    object.sections[code.0].relocs.push(Reloc {
        offset: 0,
        symbol: map,
        kind: RelocKind::Imm64,
    });
    add_types(&mut object);
    object
}

/// `r1 = counts ll; r0 = 0; exit`. The register fields of a byte change places with the byte order.
fn counting_code(endian: Endian) -> Vec<u8> {
    let r1 = match endian {
        Endian::Little => 0x01,
        Endian::Big => 0x10,
    };
    let insns = [[0x18, r1], [0, 0], [0xb7, 0], [0x95, 0]];
    insns
        .into_iter()
        .flat_map(|[opcode, registers]| [opcode, registers, 0, 0, 0, 0, 0, 0])
        .collect()
}

fn add_types(object: &mut Object) {
    let mut types = Btf::new();
    let int = types.add(BtfType::Int {
        name: "int".into(),
        size: 4,
        encoding: IntEncoding::Signed,
        bits: 32,
        offset: 0,
    });
    let pointer = types.add(BtfType::Ptr { target: int });
    let ctx = Param {
        name: "ctx".into(),
        ty: pointer,
    };
    let proto = types.add(BtfType::FuncProto {
        result: int,
        params: vec![ctx],
    });
    let func = types.add(BtfType::Func {
        name: "prog".into(),
        proto,
        linkage: Linkage::Global,
    });
    let var = types.add(BtfType::Var {
        name: "counts".into(),
        ty: pointer,
        linkage: Linkage::Global,
    });
    types.add(BtfType::DataSec {
        name: ".maps".into(),
        size: 8,
        vars: vec![SectionVar {
            ty: var,
            offset: 0,
            size: 8,
        }],
    });

    let mut ext = BtfExt::default();
    let info = ext.section_mut("xdp");
    info.funcs.push(FuncInfo { offset: 0, func });
    info.lines.push(LineInfo {
        offset: 16,
        file: "prog.c".into(),
        text: "  return 0;".into(),
        line: 3,
        column: 3,
    });
    object.btf = Some(types);
    object.ext = Some(ext);
}

#[test]
fn objects_of_clang_are_read() {
    for target in ["bpfel", "bpfeb"] {
        let Some(path) = compiled_by_clang(target, "read") else {
            continue;
        };
        let object = elf::read(&std::fs::read(path).unwrap()).unwrap();
        check_features(&object);
        let again = elf::read(&elf::write(&object).unwrap()).unwrap();
        check_features(&again);
        assert_eq!(again.btf, object.btf);
        assert_eq!(again.ext, object.ext);
    }
}

/// What must be there of `data/features.c`, whatever the version of clang.
fn check_features(object: &Object) {
    let (code, section) = object.section_by_name("raw_tracepoint/kfree_skb").unwrap();
    assert_eq!(section.kind, SectionKind::Code);
    let refers_to = |name: &str, kind| {
        let (symbol, _) = object.symbol_by_name(name).unwrap();
        let mut relocs = section.relocs.iter();
        relocs.any(|reloc| reloc.symbol == symbol && reloc.kind == kind)
    };
    assert!(refers_to("counts", RelocKind::Imm64));
    assert!(refers_to("flags", RelocKind::Imm64));
    assert!(refers_to("scaled", RelocKind::Call));
    assert!(
        object
            .symbols_in(code)
            .any(|(_, symbol)| symbol.name == "prog")
    );
    let (_, elsewhere) = object.symbol_by_name("elsewhere").unwrap();
    assert_eq!(
        (elsewhere.section, elsewhere.binding),
        (None, Binding::Weak)
    );

    let kind_of = |name: &str| object.section_by_name(name).unwrap().1.kind;
    assert_eq!(kind_of(".bss"), SectionKind::Bss);
    assert_eq!(kind_of(".maps"), SectionKind::Data);
    assert_eq!(kind_of(".rodata"), SectionKind::ReadOnlyData);
    assert_eq!(kind_of(".rodata.str1.1"), SectionKind::Strings);

    let types = object.btf.as_ref().unwrap();
    let flags = types.find_by_name_kind("flags", Kind::Struct).unwrap();
    let Some(BtfType::Struct { members, .. }) = types.get(flags) else {
        panic!("`flags` is not a struct");
    };
    assert_eq!(members[0].bit_size, 3);
    check_variables(object, types);

    let info = object.ext.as_ref().unwrap().section(&section.name).unwrap();
    let func = types.get(info.funcs[0].func).unwrap();
    assert_eq!((func.kind(), func.name()), (Kind::Func, "prog"));
    assert!(info.line_at(0).unwrap().text.contains("prog"));
}

/// Clang leaves the offsets of global variables to relocations.
fn check_variables(object: &Object, types: &Btf) {
    let bss = types.find_by_name_kind(".bss", Kind::DataSec).unwrap();
    let Some(BtfType::DataSec { vars, .. }) = types.get(bss) else {
        panic!("`.bss` is not a section");
    };
    let mut offsets = vars.iter().map(|var| {
        let name = types.get(var.ty).unwrap().name();
        (name, u64::from(var.offset))
    });
    let (_, flags) = object.symbol_by_name("flags").unwrap();
    assert!(offsets.any(|found| found == ("flags", flags.value)));
}

#[test]
fn binutils_and_llvm_read_our_objects() {
    for endian in [Endian::Little, Endian::Big] {
        let path = scratch(&format!("tools-{endian:?}.o"));
        std::fs::write(&path, elf::write(&counting_program(endian)).unwrap()).unwrap();
        if let Some(text) = output_of(Command::new("readelf").arg("-aW").arg(&path)) {
            assert!(!text.to_lowercase().contains("warning"), "{text}");
            assert!(text.contains("Linux BPF"), "{text}");
        }
        let mut objdump = Command::new("llvm-objdump");
        if let Some(text) = output_of(objdump.args(["-d", "-r", "-t"]).arg(&path)) {
            assert!(!text.to_lowercase().contains("warning"), "{text}");
            assert!(
                text.contains("r1 = 0x0 ll") || text.contains("r1 = 0 ll"),
                "{text}"
            );
            assert!(text.contains("R_BPF_64_64\tcounts"), "{text}");
        }
    }
}

#[test]
fn bpftool_prints_the_same_types() {
    let path = scratch("types.o");
    std::fs::write(
        &path,
        elf::write(&counting_program(Endian::Little)).unwrap(),
    )
    .unwrap();
    for path in [Some(path), compiled_by_clang("bpfel", "types")]
        .into_iter()
        .flatten()
    {
        let mut bpftool = Command::new("bpftool");
        bpftool.args(["btf", "dump", "file"]).arg(&path);
        let Some(theirs) = output_of(bpftool.args(["format", "raw"])) else {
            return;
        };
        let object = elf::read(&std::fs::read(path).unwrap()).unwrap();
        assert_eq!(
            without_offsets(&theirs),
            without_offsets(&btf::text(&object.btf.unwrap()))
        );
    }
}

/// bpftool does not apply relocations, so offsets in sections differ for files of clang.
fn without_offsets(text: &str) -> Vec<String> {
    let is_offset = |word: &&str| !word.starts_with("offset=");
    let line = |line: &str| {
        line.split(' ')
            .filter(is_offset)
            .collect::<Vec<_>>()
            .join(" ")
    };
    text.lines().map(line).collect()
}

/// libbpf's linker checks a file more strictly than its loader does, and needs no kernel.
#[test]
fn libbpf_links_our_objects() {
    let ours = elf::write(&counting_program(Endian::Little)).unwrap();
    let rewritten = compiled_by_clang("bpfel", "link").map(|path| {
        let object = elf::read(&std::fs::read(path).unwrap()).unwrap();
        elf::write(&object).unwrap()
    });
    for (name, bytes) in [("ours", Some(ours)), ("rewritten", rewritten)] {
        let Some(bytes) = bytes else { continue };
        let (input, linked) = (
            scratch(&format!("{name}.o")),
            scratch(&format!("{name}-linked.o")),
        );
        std::fs::write(&input, &bytes).unwrap();
        let mut bpftool = Command::new("bpftool");
        bpftool.args(["gen", "object"]).arg(&linked).arg(&input);
        if output_of(&mut bpftool).is_none() {
            return;
        }
        let before = elf::read(&bytes).unwrap();
        let after = elf::read(&std::fs::read(&linked).unwrap()).unwrap();
        let code = |object: &Object| {
            let code = object
                .sections
                .iter()
                .filter(|s| s.kind == SectionKind::Code);
            code.map(|section| (section.name.clone(), section.relocs.len()))
                .collect::<Vec<_>>()
        };
        assert_eq!(code(&after), code(&before));
    }
}

/// pahole has deduplicated them with libbpf's algorithm.
#[test]
fn the_kernels_types_have_no_duplicates() {
    let Ok(bytes) = std::fs::read("/sys/kernel/btf/vmlinux") else {
        skipped("the running kernel has no BTF");
        return;
    };
    let types = btf::read(&bytes).expect("the kernel's BTF can be read");
    let result = btf::dedup(types.clone());
    assert!(
        result.btf == types,
        "{} types of {}",
        result.btf.len(),
        types.len()
    );
}
