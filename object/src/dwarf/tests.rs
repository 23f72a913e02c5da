use super::*;
use crate::btf::{BtfType, Linkage};
use crate::ext::{BtfExt, FuncInfo, LineInfo};
use crate::{Binding, Endian, RelocKind, Section, SectionKind, Symbol, SymbolKind};

fn unit(name: &str) -> Unit {
    Unit {
        version: Version::V4,
        name: name.into(),
        directory: String::new(),
    }
}

/// A function in slot 1 of `.text`, with a line of this file.
fn object(endian: Endian, file: &str) -> Object {
    let mut object = Object {
        endian,
        ..Object::default()
    };
    let section = object.add_section(Section::new(".text", SectionKind::Code, vec![0; 24], 8));
    object.add_symbol(Symbol {
        name: "f".into(),
        section: Some(section),
        value: 8,
        size: 16,
        kind: SymbolKind::Func,
        binding: Binding::Global,
        hidden: false,
    });
    let mut types = Btf::new();
    let proto = types.add(BtfType::FuncProto {
        result: TypeId::VOID,
        params: Vec::new(),
    });
    let func = types.add(BtfType::Func {
        name: "f".into(),
        proto,
        linkage: Linkage::Global,
    });
    let mut ext = BtfExt::default();
    let info = ext.section_mut(".text");
    info.funcs.push(FuncInfo { offset: 8, func });
    info.lines.push(LineInfo {
        offset: 8,
        file: file.into(),
        text: String::new(),
        line: 1,
        column: 1,
    });
    (object.btf, object.ext) = (Some(types), Some(ext));
    object
}

/// BPF has no room for addends in relocations: they are in the bytes, in the order of the object.
#[test]
fn addends_stand_in_the_bytes() {
    for endian in Endian::ALL {
        let mut object = object(endian, "a.c");
        add(&mut object, &unit("a.c"), &Places::new()).expect("it fits");
        let (_, info) = object.section_by_name(".debug_info").expect("entries");
        let mut relocs = info.relocs.iter();
        let is_address = |r: &&crate::Reloc| r.kind == RelocKind::Abs64;
        let starts = relocs.clone().filter(is_address).map(|reloc| {
            let bytes = &info.data[reloc.offset as usize..][..8];
            let mut bytes: [u8; 8] = bytes.try_into().expect("eight of them");
            endian.arrange(&mut bytes);
            u64::from_le_bytes(bytes)
        });
        // Of the function and of the unit, which begins with the section.
        let mut starts: Vec<u64> = starts.collect();
        starts.sort();
        assert_eq!(starts, [0, 8], "{endian:?}");
        assert!(relocs.any(|reloc| reloc.kind == RelocKind::Abs32));
    }
}

/// `#line` may call a file anything; names end at a NUL.
#[test]
fn strange_names_are_no_trouble() {
    for version in [Version::V4, Version::V5] {
        for name in ["", "\0", "a\0b"] {
            let mut object = object(Endian::Little, name);
            let unit = Unit {
                version,
                directory: name.into(),
                ..unit(name)
            };
            add(&mut object, &unit, &Places::new()).expect("it fits");
        }
    }
}

/// Only a broken file has types that go round in a circle.
#[test]
fn circles_end() {
    let mut types = Btf::new();
    let tag = types.push(BtfType::TypeTag {
        value: "user".into(),
        target: TypeId(1),
        attribute: false,
    });
    types.push(BtfType::Ptr { target: tag });
    types.push(BtfType::Array {
        element: TypeId(3),
        index: TypeId::VOID,
        count: 2,
    });
    let mut object = Object {
        btf: Some(types),
        ..Object::default()
    };
    add(&mut object, &unit("a.c"), &Places::new()).expect("it fits");
}
