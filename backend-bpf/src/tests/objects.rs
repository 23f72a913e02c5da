//! Whole objects: sections, symbols, relocations, types and lines, after a round trip through ELF.

use std::sync::Arc;

use bpfcc_ir::Module;
use bpfcc_ir::debug::{DebugMember, DebugType, FuncDebug, IntEncoding, SourceFile, SourceLoc};
use bpfcc_ir::entity::DebugTypeId;
use bpfcc_object::btf::{self, BtfType, Kind};
use bpfcc_object::{Binding, Endian, Object, RelocKind, SectionKind, SymbolKind, elf};

use super::parse;
use crate::Options;

const SOURCE: &str = "int counter;
static long callback(void *ctx) { return 0; }
SEC(\"xdp\") int program(void *ctx) {
    counter = helper(&hits, callback);
    return callback(ctx);
}
";

const IR: &str = r#"
global @hits ".maps" map global size 16 align 8
global @LICENSE "license" readonly global size 4 align 1 = "GPL\x00"
global @counter ".bss" mutable global size 4 align 4
global @ops ".data" mutable global size 16 align 8 { 8: fn @program+0 }
global @text ".rodata.str1.1" string local size 3 align 1 = "hi\x00"
declare fn @helper(ptr.map, ptr.func, ptr) -> i32
fn @first() local {
b0:
    return
}
fn @callback(v0: ptr.ctx) -> i64 local {
b0:
    v1: i64 = const 0
    return v1
}
fn @program(v0: ptr.ctx) -> i64 section "xdp" {
b0:
    v1: ptr.map = global_addr @hits+0
    v2: ptr.func = func_addr @callback
    v3: ptr.global = global_addr @text+1
    v4: i32 = call @helper(v1, v2, v3)
    v5: ptr.global = global_addr @counter+0
    store.u32 v5+0, v4
    v6: i64 = call @callback(v0)
    return v6
}
"#;

/// The module with types, and with line 4 for what comes before the last call.
fn module() -> Module {
    let mut module = parse(IR);
    let int = push(&mut module, "int", 4);
    let long = push(&mut module, "long", 8);
    let types = &mut module.debug.types;
    let ctx = types.push(DebugType::Pointer(None));
    let proto = |result| DebugType::FuncProto {
        result: Some(result),
        params: vec![("ctx".to_string(), ctx)],
        variadic: false,
    };
    let (callback, program) = (types.push(proto(long)), types.push(proto(int)));
    let key = composite(types, "key", vec![("number", int)]);
    let kernel = composite(types, "kernel", vec![("secret", long)]);
    let to_kernel = types.push(DebugType::Pointer(Some(kernel)));
    let value = composite(types, "value", vec![("owner", to_kernel)]);
    let (to_key, to_value) = (
        types.push(DebugType::Pointer(Some(key))),
        types.push(DebugType::Pointer(Some(value))),
    );
    let map = composite(types, "", vec![("key", to_key), ("value", to_value)]);
    composite(types, "nobody_needs_this", vec![("number", int)]);
    module.debug.files.push(SourceFile {
        name: "program.c".to_string(),
        text: Arc::new(SOURCE.to_owned()),
        renamings: Vec::new(),
    });
    for global in module.globals.values_mut() {
        global.debug_type = match global.name.as_str() {
            "hits" => Some(map),
            "counter" => Some(int),
            _ => None,
        };
    }
    for func in module.functions.values_mut() {
        let (line, ty) = match func.name.as_str() {
            "callback" => (2, Some(callback)),
            "program" => (3, Some(program)),
            _ => continue,
        };
        let (file, column) = (0, 1);
        let loc = SourceLoc { file, line, column };
        func.debug = FuncDebug {
            loc,
            ty,
            ..FuncDebug::default()
        };
    }
    module
}

fn push(module: &mut Module, name: &str, bytes: u32) -> DebugTypeId {
    module.debug.types.push(DebugType::Int {
        name: name.to_string(),
        bytes,
        encoding: IntEncoding::Signed,
    })
}

type Types = bpfcc_ir::entity::PrimaryMap<DebugTypeId, DebugType>;

fn composite(types: &mut Types, name: &str, members: Vec<(&str, DebugTypeId)>) -> DebugTypeId {
    let members: Vec<DebugMember> = (0..)
        .zip(members)
        .map(|(index, (name, ty))| DebugMember {
            name: name.to_string(),
            ty,
            bit_offset: index * 64,
            bit_width: None,
        })
        .collect();
    types.push(DebugType::Composite {
        name: name.to_string(),
        is_union: false,
        bytes: members.len() as u32 * 8,
        members,
    })
}

/// Compiled, written and read back.
fn object() -> Object {
    let object = crate::compile(&module(), &Options::default()).unwrap();
    let bytes = elf::write(&object).unwrap();
    elf::read(&bytes).unwrap()
}

#[test]
fn sections_are_those_of_clang() {
    let object = object();
    let sections = object.sections.iter();
    let sections: Vec<_> = sections
        .map(|s| (s.name.as_str(), s.kind, s.size))
        .collect();
    assert_eq!(
        sections,
        [
            (".text", SectionKind::Code, 24),
            ("xdp", SectionKind::Code, 112),
            (".maps", SectionKind::Data, 16),
            ("license", SectionKind::ReadOnlyData, 4),
            (".bss", SectionKind::Bss, 4),
            (".data", SectionKind::Data, 16),
            (".rodata.str1.1", SectionKind::Strings, 3),
        ]
    );
}

#[test]
fn references_are_in_the_forms_that_libbpf_resolves() {
    let object = object();
    let (_, program) = object.section_by_name("xdp").unwrap();
    let relocs: Vec<_> = program
        .relocs
        .iter()
        .map(|reloc| {
            let symbol = object.symbol(reloc.symbol).unwrap();
            let section = symbol.section.and_then(|id| object.section(id));
            let name = match symbol.kind {
                SymbolKind::Section => section.map_or("", |section| &section.name),
                _ => &symbol.name,
            };
            (reloc.offset / 8, reloc.kind, name)
        })
        .collect();
    assert_eq!(
        relocs,
        [
            (1, RelocKind::Imm64, "hits"),
            (3, RelocKind::Imm64, ".text"),
            (5, RelocKind::Imm64, "text"),
            (7, RelocKind::Call, "helper"),
            (8, RelocKind::Imm64, "counter"),
            (12, RelocKind::Call, ".text"),
        ]
    );
    let immediate = |slot: usize| {
        let bytes = &program.data[slot * 8 + 4..slot * 8 + 8];
        i32::from_le_bytes(bytes.try_into().unwrap())
    };
    assert_eq!(immediate(3), 8, "`callback` starts 8 bytes into .text");
    assert_eq!(immediate(5), 1, "the addend of `&text[1]`");
    assert_eq!(immediate(7), -1, "a call of what is not here");
    assert_eq!(immediate(12), 0, "8 bytes are one slot, minus one");
}

#[test]
fn externs_have_no_type_and_data_points_to_functions() {
    let object = object();
    let (_, helper) = object.symbol_by_name("helper").unwrap();
    assert_eq!(
        (helper.section, helper.kind, helper.binding),
        (None, SymbolKind::NoType, Binding::Global)
    );
    let (_, data) = object.section_by_name(".data").unwrap();
    let [reloc] = data.relocs.as_slice() else {
        panic!("{:?}", data.relocs);
    };
    let target = object.symbol(reloc.symbol).unwrap();
    assert_eq!(
        (reloc.offset, reloc.kind, target.name.as_str()),
        (8, RelocKind::Abs64, "program")
    );
}

#[test]
fn keys_and_values_of_maps_are_described_and_what_they_point_to_is_only_declared() {
    let object = object();
    let btf = object.btf.unwrap();
    assert!(btf.find_by_name_kind("key", Kind::Struct).is_some());
    assert!(btf.find_by_name_kind("value", Kind::Struct).is_some());
    assert!(btf.find_by_name_kind("kernel", Kind::Fwd).is_some());
    assert!(btf.find_by_name_kind("kernel", Kind::Struct).is_none());
    let unneeded = btf.find_by_name_kind("nobody_needs_this", Kind::Struct);
    assert_eq!(unneeded, None);
    let maps = btf.find_by_name_kind(".maps", Kind::DataSec).unwrap();
    let Some(BtfType::DataSec { size: 16, vars, .. }) = btf.get(maps) else {
        panic!("{:?}", btf.get(maps));
    };
    assert_eq!((vars[0].offset, vars[0].size), (0, 16));
    let callback = btf.find_by_name_kind("callback", Kind::Func).unwrap();
    assert!(matches!(
        btf.get(callback),
        Some(BtfType::Func {
            linkage: btf::Linkage::Static,
            ..
        })
    ));
}

#[test]
fn every_function_has_a_record_and_a_line() {
    let object = object();
    let (btf, ext) = (object.btf.unwrap(), object.ext.unwrap());
    let text = ext.section(".text").unwrap();
    let functions: Vec<_> = text
        .funcs
        .iter()
        .map(|info| (info.offset, btf.get(info.func).map_or("", BtfType::name)))
        .collect();
    assert_eq!(functions, [(0, "first"), (8, "callback")]);
    let lines: Vec<_> = text.lines.iter().map(|l| (l.offset, l.line)).collect();
    assert_eq!(lines, [(0, 0), (8, 2)]);
    let program = &ext.section("xdp").unwrap().lines[0];
    assert_eq!(
        (program.offset, program.file.as_str(), program.text.as_str()),
        (0, "program.c", "SEC(\"xdp\") int program(void *ctx) {")
    );
}

#[test]
fn data_alone_has_types_and_no_lines() {
    let module = parse("global @counter \".bss\" mutable global size 4 align 4\n");
    let object = crate::compile(&module, &Options::default()).expect("a valid module");
    assert!(object.btf.is_some());
    assert!(object.ext.is_none(), "libbpf refuses an empty `.BTF.ext`");
}

#[test]
fn big_endian_objects_differ_only_in_byte_order() {
    let module = Module {
        endian: Endian::Big,
        ..module()
    };
    let object = crate::compile(&module, &Options::default()).unwrap();
    let read = elf::read(&elf::write(&object).unwrap()).unwrap();
    assert_eq!(read.endian, Endian::Big);
    let (_, text) = read.section_by_name(".text").unwrap();
    assert_eq!(text.data[8..16], [0xb7, 0, 0, 0, 0, 0, 0, 0]);
}
