use super::*;
use crate::btf::TypeId;
use crate::testing::{damaged, every_kind, every_record};
use crate::{
    Binding, Endian, Invalid, Object, Reloc, RelocKind, Section, SectionId, SectionKind, Symbol,
    SymbolId, SymbolKind,
};

/// A program that uses a map, a string, a variable and a function of another file; local symbols stand first, so that
/// reading gives the same object.
fn sample(endian: Endian) -> Object {
    let mut object = Object {
        endian,
        btf: Some(every_kind()),
        ext: Some(every_record(TypeId(18), TypeId(4))),
        ..Object::default()
    };
    let mut code =
        |name: &str| object.add_section(Section::new(name, SectionKind::Code, vec![0; 48], 8));
    let (program, other) = (code("xdp"), code("tc"));
    let maps = object.add_section(Section::new(".maps", SectionKind::Data, vec![0; 32], 8));
    let constants = Section::new(".rodata", SectionKind::ReadOnlyData, vec![1, 2, 3], 1);
    object.add_section(constants);
    let text = Section::new(".rodata.str1.1", SectionKind::Strings, b"hi\0".to_vec(), 1);
    let text = object.add_section(text);
    let bss = object.add_section(Section::bss(".bss", 1 << 40, 4));
    let debug = Section::new(".debug_info", SectionKind::Other, vec![0; 12], 1);
    let debug = object.add_section(debug);

    let text = object.section_symbol(text);
    let func = |name: &str, section| symbol(name, section, SymbolKind::Func);
    let local = object.add_symbol(Symbol {
        value: 16,
        size: 32,
        binding: Binding::Local,
        ..func("helper", Some(other))
    });
    object.add_symbol(Symbol {
        size: 48,
        ..func("prog", Some(program))
    });
    object.add_symbol(Symbol {
        hidden: true,
        ..func("quiet", Some(other))
    });
    let map = object.add_symbol(symbol("counts", Some(maps), SymbolKind::Object));
    let count = object.add_symbol(symbol("count", Some(bss), SymbolKind::Object));
    let kfunc = object.add_symbol(Symbol {
        binding: Binding::Weak,
        ..symbol("bpf_kfunc", None, SymbolKind::NoType)
    });

    object.sections[program.0].relocs = vec![
        reloc(0, map, RelocKind::Imm64),
        reloc(16, text, RelocKind::Imm64),
        reloc(32, kfunc, RelocKind::Call),
        reloc(40, local, RelocKind::Call),
    ];
    object.sections[debug.0].relocs = vec![
        reloc(0, count, RelocKind::Abs64),
        reloc(8, text, RelocKind::Abs32),
    ];
    object
}

fn symbol(name: &str, section: Option<SectionId>, kind: SymbolKind) -> Symbol {
    Symbol {
        name: name.into(),
        section,
        value: 0,
        size: 0,
        kind,
        binding: Binding::Global,
        hidden: false,
    }
}

fn reloc(offset: u64, symbol: SymbolId, kind: RelocKind) -> Reloc {
    Reloc {
        offset,
        symbol,
        kind,
    }
}

#[test]
fn an_object_survives_a_round_trip() {
    for endian in [Endian::Little, Endian::Big] {
        let object = sample(endian);
        let bytes = write(&object).unwrap();
        assert_eq!(read(&bytes).unwrap(), object, "{endian:?}");
        assert_eq!(write(&object).unwrap(), bytes, "the same bytes each time");
    }
}

#[test]
fn an_empty_object_is_a_file() {
    let empty = Object::default();
    assert_eq!(read(&write(&empty).unwrap()).unwrap(), empty);
}

#[test]
fn a_file_may_start_at_any_address() {
    let object = sample(Endian::Little);
    let bytes = write(&object).unwrap();
    for shift in 1..8 {
        let shifted = [&vec![0; shift], &bytes[..]].concat();
        assert_eq!(read(&shifted[shift..]).unwrap(), object);
    }
}

#[test]
fn local_symbols_come_first_and_relocations_follow_them() {
    let mut object = Object::default();
    let section = Section::new("xdp", SectionKind::Code, vec![0; 24], 8);
    let section = object.add_section(section);
    let global = object.add_symbol(symbol("global", Some(section), SymbolKind::Func));
    let local = object.add_symbol(Symbol {
        binding: Binding::Local,
        ..symbol("local", Some(section), SymbolKind::Func)
    });
    object.sections[0].relocs = vec![
        reloc(16, global, RelocKind::Call),
        reloc(0, local, RelocKind::Imm64),
    ];

    let back = read(&write(&object).unwrap()).unwrap();
    let names: Vec<_> = back.symbols.iter().map(|symbol| &symbol.name).collect();
    assert_eq!(names, ["local", "global"]);
    let referred = back.sections[0].relocs.iter().map(|reloc| {
        let symbol = back.symbol(reloc.symbol).unwrap();
        (reloc.offset, symbol.name.as_str())
    });
    assert_eq!(referred.collect::<Vec<_>>(), [(0, "local"), (16, "global")]);
}

#[test]
fn things_are_found_by_name_and_place() {
    let mut object = sample(Endian::Little);
    let (maps, section) = object.section_by_name(".maps").unwrap();
    assert_eq!(section.kind, SectionKind::Data);
    let (counts, _) = object.symbol_by_name("counts").unwrap();
    let inside: Vec<_> = object.symbols_in(maps).map(|(id, _)| id).collect();
    assert_eq!(inside, [counts]);
    assert_eq!(object.section_by_name("none"), None);

    let (text, _) = object.section_by_name(".rodata.str1.1").unwrap();
    let count = object.symbols.len();
    assert_eq!(object.section_symbol(text), SymbolId(0));
    assert_eq!(object.section_symbol(maps), SymbolId(count));
}

#[test]
fn an_object_that_contradicts_itself_is_refused() {
    let error = |change: fn(&mut Object)| {
        let mut object = sample(Endian::Little);
        change(&mut object);
        match write(&object) {
            Err(WriteError::Invalid(invalid)) => invalid,
            other => panic!("expected Invalid, got {other:?}"),
        }
    };
    use Invalid::*;
    assert!(matches!(
        error(|o| o.sections[0].name = "a\0".into()),
        NulInName(_)
    ));
    assert!(matches!(
        error(|o| o.sections[0].align = 3),
        Alignment { .. }
    ));
    assert!(matches!(
        error(|o| o.sections[0].align = 0),
        Alignment { .. }
    ));
    assert!(matches!(
        error(|o| o.sections[0].size = 1),
        SectionSize { .. }
    ));
    assert!(matches!(
        error(|o| o.sections[5].data = vec![0]),
        SectionSize { .. }
    ));
    assert!(matches!(
        error(|o| o.sections[0].relocs[0].offset = 40),
        RelocOutOfRange { .. }
    ));
    assert!(matches!(
        error(|o| o.sections[0].relocs[0].offset = u64::MAX),
        RelocOutOfRange { .. }
    ));
    assert!(matches!(
        error(|o| o.sections[0].relocs[0].symbol = SymbolId(99)),
        RelocSymbol { .. }
    ));
    assert!(matches!(
        error(|o| o.symbols[0].section = Some(SectionId(99))),
        SymbolSection(_)
    ));
    assert!(matches!(
        error(|o| o.symbols[1].size = 33),
        SymbolOutOfRange { .. }
    ));
    assert!(matches!(error(|o| o.btf = None), ExtWithoutBtf));
}

#[test]
fn the_writer_keeps_its_own_section_names() {
    let mut object = sample(Endian::Little);
    object.sections[3].name = ".BTF".into();
    assert!(matches!(write(&object), Err(WriteError::ReservedName(name)) if name == ".BTF"));
}

#[test]
fn files_for_other_machines_are_refused() {
    let mut bytes = write(&Object::default()).unwrap();
    bytes[18] = 62;
    assert!(matches!(read(&bytes), Err(ReadError::NotBpf(62))));
    assert!(matches!(read(b"#!/bin/sh"), Err(ReadError::Container(_))));
}

#[test]
fn sections_may_not_overlap() {
    let mut bytes = write(&sample(Endian::Little)).unwrap();
    let headers = u64::from_le_bytes(bytes[40..48].try_into().unwrap()) as usize;
    let (first_offset, first_size) = (headers + 64 + 24, headers + 64 + 32);
    let whole_file = bytes.len() as u64;
    bytes[first_offset..][..8].fill(0);
    bytes[first_size..][..8].copy_from_slice(&whole_file.to_le_bytes());
    assert!(matches!(read(&bytes), Err(ReadError::Overlap)));
}

#[test]
fn damaged_files_are_read_or_refused() {
    for endian in [Endian::Little, Endian::Big] {
        let bytes = write(&sample(endian)).unwrap();
        for bad in damaged(&bytes) {
            if let Ok(object) = read(&bad) {
                let _ = write(&object);
            }
        }
    }
}

#[test]
fn relocation_numbers_are_those_of_elf() {
    let numbers = [
        (RelocKind::Imm64, 1),
        (RelocKind::Abs64, 2),
        (RelocKind::Abs32, 3),
        (RelocKind::NoDyld32, 4),
        (RelocKind::Call, 10),
    ];
    for (kind, number) in numbers {
        assert_eq!(kind.number(), number);
        assert_eq!(RelocKind::from_number(number), Some(kind));
    }
    assert_eq!(RelocKind::from_number(0), None);
}
