use super::*;
use crate::btf::{Btf, BtfType, Linkage, SectionVar, TypeId};
use crate::elf;
use crate::ext::{BtfExt, FuncInfo, SectionInfo};
use crate::testing::{damaged, every_kind, every_record, int};
use crate::{
    Binding, Reloc, RelocKind, Section, SectionId, SectionKind, Symbol, SymbolId, SymbolKind,
};

fn named(name: &str, object: Object) -> Input {
    Input {
        name: name.into(),
        object,
    }
}

fn linked(inputs: &[Input]) -> Object {
    link(inputs).unwrap_or_else(|errors| panic!("{errors:#?}"))
}

/// The only thing that stands in the way.
fn refusal(inputs: &[Input]) -> String {
    let errors = link(inputs).expect_err("they cannot be linked");
    assert_eq!(errors.len(), 1, "{errors:#?}");
    errors[0].to_string()
}

fn code(name: &str, bytes: &[u8]) -> Section {
    Section::new(name, SectionKind::Code, bytes.to_vec(), 8)
}

fn data(name: &str, bytes: &[u8], align: u64) -> Section {
    Section::new(name, SectionKind::Data, bytes.to_vec(), align)
}

fn symbol(name: &str, section: Option<SectionId>, value: u64, binding: Binding) -> Symbol {
    Symbol {
        name: name.into(),
        section,
        value,
        size: if section.is_some() { 4 } else { 0 },
        kind: match section {
            Some(_) => SymbolKind::Object,
            None => SymbolKind::NoType,
        },
        binding,
        hidden: false,
    }
}

/// A file that defines or declares an `int` of this name.
fn variable(file: &str, name: &str, value: Option<u8>, binding: Binding) -> Input {
    let mut object = Object::default();
    let mut btf = Btf::new();
    let number = btf.add(int());
    let linkage = match (value, binding) {
        (None, _) => Linkage::Extern,
        (_, Binding::Local) => Linkage::Static,
        _ => Linkage::Global,
    };
    let ty = btf.add(BtfType::Var {
        name: name.into(),
        ty: number,
        linkage,
    });
    let section = value.map(|value| object.add_section(data(".data", &[value, 0, 0, 0], 4)));
    let vars = vec![SectionVar {
        ty,
        offset: 0,
        size: 4,
    }];
    btf.add(BtfType::DataSec {
        name: if value.is_some() { ".data" } else { ".extern" }.into(),
        size: 4,
        vars,
    });
    object.add_symbol(symbol(name, section, 0, binding));
    object.btf = Some(btf);
    named(file, object)
}

#[test]
fn sections_of_one_name_stand_behind_each_other_where_their_alignment_wants() {
    let file = |bytes: &[u8], align| {
        let mut object = Object::default();
        object.add_section(data("table", bytes, align));
        object.add_section(Section::bss(".bss", 3, align));
        named("a.o", object)
    };
    let result = linked(&[file(&[1, 2, 3], 1), file(&[4, 5], 4), file(&[6], 1)]);
    let [table, bss] = &result.sections[..] else {
        panic!("{result:#?}")
    };
    assert_eq!(table.data, [1, 2, 3, 0, 4, 5, 0, 0, 6]);
    assert_eq!((table.size, table.align), (9, 4));
    assert_eq!((bss.size, bss.data.len(), bss.align), (11, 0, 4));
}

#[test]
fn strong_definitions_win_over_weak_ones_and_those_over_declarations() {
    use Binding::{Global, Weak};
    let value_of = |inputs: &[Input]| {
        let result = linked(inputs);
        let [symbol] = &result.symbols[..] else {
            panic!("{result:#?}")
        };
        let value = result.sections[0].data[symbol.value as usize];
        // The types say the same.
        let btf = result.btf.expect("types");
        let text = crate::btf::text(&btf);
        let place = format!("offset={} size=4 (VAR 'x')", symbol.value);
        assert!(text.contains("VAR 'x' type_id=1, linkage=global"), "{text}");
        assert!(
            text.contains("DATASEC '.data'") && text.contains(&place),
            "{text}"
        );
        (value, symbol.binding)
    };
    let file = |value, binding| variable("x.o", "x", value, binding);
    let declared = || file(None, Global);
    assert_eq!(
        value_of(&[file(Some(1), Weak), file(Some(2), Weak)]),
        (1, Weak)
    );
    assert_eq!(
        value_of(&[file(Some(1), Weak), file(Some(2), Global)]),
        (2, Global)
    );
    assert_eq!(
        value_of(&[file(Some(1), Global), file(Some(2), Weak)]),
        (1, Global)
    );
    assert_eq!(
        value_of(&[declared(), file(Some(2), Weak), declared()]),
        (2, Global)
    );
    let all = [file(Some(1), Weak), declared(), file(Some(3), Global)];
    assert_eq!(value_of(&all), (3, Global));
}

#[test]
fn two_strong_definitions_are_one_too_many() {
    let file = |name| variable(name, "x", Some(1), Binding::Global);
    let expected = "`x` is defined twice\n  a.o, section `.data` at 0: int x\n  b.o, section `.data` at 0: int x\n\
                    make one of them `static`, `__weak` or `extern`";
    assert_eq!(refusal(&[file("a.o"), file("b.o")]), expected);
}

#[test]
fn what_is_static_may_have_any_name() {
    let file = |value| variable("x.o", "x", Some(value), Binding::Local);
    let result = linked(&[file(1), file(2)]);
    let values: Vec<u64> = result.symbols.iter().map(|symbol| symbol.value).collect();
    assert_eq!(values, [0, 4]);
    let expected = "\
[1] INT 'int' size=4 bits_offset=0 nr_bits=32 encoding=SIGNED
[2] VAR 'x' type_id=1, linkage=static
[3] VAR 'x' type_id=1, linkage=static
[4] DATASEC '.data' size=8 vlen=2
\ttype_id=2 offset=0 size=4 (VAR 'x')
\ttype_id=3 offset=4 size=4 (VAR 'x')
";
    assert_eq!(crate::btf::text(&result.btf.expect("types")), expected);
}

#[test]
fn whoever_hides_a_name_hides_it() {
    let mut declared = variable("a.o", "x", None, Binding::Global);
    declared.object.symbols[0].hidden = true;
    let defined = variable("b.o", "x", Some(1), Binding::Weak);
    let result = linked(&[declared, defined]);
    assert!(result.symbols[0].hidden);
    // Even a strong declaration makes it strong, as libbpf has it.
    assert_eq!(result.symbols[0].binding, Binding::Global);
}

#[test]
fn what_several_files_have_must_be_described() {
    let mut silent = variable("b.o", "x", None, Binding::Global);
    silent.object.btf = None;
    let defined = variable("a.o", "x", Some(1), Binding::Global);
    let expected =
        "`b.o` does not describe `x`, which other files have as well; compile it with types (-g)";
    assert_eq!(refusal(&[defined, silent]), expected);
}

/// Each place holds the addend 24 before; the second part begins at 16.
#[test]
fn addends_to_sections_move_with_what_they_mean() {
    let kinds = [
        (RelocKind::Imm64, 4, 40),
        (RelocKind::Call, 4, 26),
        (RelocKind::Abs32, 0, 40),
        (RelocKind::Abs64, 0, 40),
    ];
    for (kind, at, expected) in kinds {
        for endian in [Endian::Little, Endian::Big] {
            let is_little = endian == Endian::Little;
            let place = if is_little || kind != RelocKind::Abs64 {
                at
            } else {
                4
            };
            let mut object = Object {
                endian,
                ..Object::default()
            };
            let mut bytes = [0; 16];
            bytes[place + if is_little { 0 } else { 3 }] = 24;
            let target = object.add_section(code("target", &[0; 16]));
            let symbol = object.section_symbol(target);
            let mut from = data("from", &bytes, 8);
            from.relocs.push(Reloc {
                offset: 0,
                symbol,
                kind,
            });
            object.add_section(from);
            let file = named("a.o", object);
            let result = linked(&[file.clone(), file]);
            let (_, from) = result.section_by_name("from").expect("the section");
            let offsets: Vec<u64> = from.relocs.iter().map(|reloc| reloc.offset).collect();
            assert_eq!(offsets, [0, 16]);
            let values = [0, 16].map(|start| {
                let word = from.data[start + place..]
                    .first_chunk()
                    .expect("four bytes");
                crate::bytes::u32_from_bytes(endian, *word)
            });
            assert_eq!(values, [24, expected], "{kind:?} {endian:?}");
        }
    }
}

#[test]
fn addends_to_names_stay() {
    let mut object = Object::default();
    let text = object.add_section(code(".text", &[0; 8]));
    let target = object.add_symbol(symbol("f", Some(text), 0, Binding::Local));
    let mut program = code("xdp", &[0x85, 0x10, 0, 0, 0xff, 0xff, 0xff, 0xff]);
    program.relocs.push(Reloc {
        offset: 0,
        symbol: target,
        kind: RelocKind::Call,
    });
    object.add_section(program);
    let file = named("a.o", object);
    let result = linked(&[file.clone(), file]);
    let (_, program) = result.section_by_name("xdp").expect("the section");
    assert_eq!(program.data[4..8], [0xff; 4]);
    assert_eq!(program.data[12..16], [0xff; 4]);
    assert_eq!(program.relocs[1].symbol, SymbolId(1));
    assert_eq!(result.symbols[1].value, 8);
}

#[test]
fn records_follow_their_instructions() {
    let file = |name: &str| {
        let mut object = Object::default();
        object.add_section(code("xdp", &[0; 16]));
        let mut btf = Btf::new();
        let proto = btf.add(BtfType::FuncProto {
            result: TypeId::VOID,
            params: vec![],
        });
        let func = btf.add(BtfType::Func {
            name: name.into(),
            proto,
            linkage: Linkage::Static,
        });
        let mut section = SectionInfo::new("xdp");
        section.funcs.push(FuncInfo { offset: 8, func });
        object.btf = Some(btf);
        object.ext = Some(BtfExt {
            sections: vec![section],
        });
        named("a.o", object)
    };
    let result = linked(&[file("f"), file("g"), file("f")]);
    let ext = result.ext.expect("records");
    let funcs = [(8, 2), (24, 3), (40, 2)].map(|(offset, func)| FuncInfo {
        offset,
        func: TypeId(func),
    });
    assert_eq!(ext.section("xdp").expect("the section").funcs, funcs);
}

#[test]
fn the_licence_is_there_once() {
    let file = |kind, text: &[u8]| {
        let mut object = Object::default();
        let section = object.add_section(Section::new("license", kind, text.to_vec(), 1));
        object.add_symbol(symbol("_license", Some(section), 0, Binding::Global));
        named("a.o", object)
    };
    let [one, other] =
        [SectionKind::Data, SectionKind::ReadOnlyData].map(|kind| file(kind, b"GPL\0"));
    let result = linked(&[one.clone(), other]);
    assert_eq!(result.sections[0].data, b"GPL\0");
    assert_eq!(result.symbols.len(), 1);
    assert_eq!(
        refusal(&[one, file(SectionKind::Data, b"BSD\0")]),
        "`a.o` and `a.o` differ in section `license`: \"GPL\" and \"BSD\"; an object has but one, so make them the same"
    );
}

#[test]
fn sections_that_do_not_fit_together_are_refused() {
    let file = |name: &str, section: Section| {
        let mut object = Object::default();
        object.add_section(section);
        named(name, object)
    };
    let text = |section| file("b.o", section);
    let first = || file("a.o", data("x", &[0; 8], 8));
    assert_eq!(
        refusal(&[first(), text(code("x", &[0; 8]))]),
        "section `x` is of another kind in `b.o` than in `a.o`; give it another name in one of them"
    );
    assert_eq!(
        refusal(&[first(), text(code("y", &[0; 12]))]),
        "section `y` of `b.o` has 12 bytes, which is no whole number of instructions"
    );
    assert_eq!(
        refusal(&[first(), text(data("x", &[0; 8], 1 << 40))]),
        "section `x` becomes too large with that of `b.o`"
    );
    assert_eq!(
        refusal(&[
            text(Section::bss("z", u64::MAX, 1)),
            text(Section::bss("z", 1, 1))
        ]),
        "section `z` becomes too large with that of `b.o`"
    );
}

#[test]
fn byte_orders_do_not_mix() {
    let [one, other] = [Endian::Little, Endian::Big].map(|endian| {
        let name = if endian == Endian::Little {
            "el.o"
        } else {
            "eb.o"
        };
        named(
            name,
            Object {
                endian,
                ..Object::default()
            },
        )
    });
    assert_eq!(
        refusal(&[one, other]),
        "`el.o` and `eb.o` have different byte orders; compile all files for the same target"
    );
}

#[test]
fn damaged_files_are_linked_or_refused() {
    let mut object = Object::default();
    let text = object.add_section(code("xdp", &[0; 24]));
    let values = object.add_section(data(".maps", &[0; 16], 8));
    let program = object.add_symbol(symbol("prog", Some(text), 0, Binding::Weak));
    object.add_symbol(symbol("counts", Some(values), 0, Binding::Weak));
    let section = object.section_symbol(text);
    for (offset, symbol, kind) in [
        (0, program, RelocKind::Call),
        (8, section, RelocKind::Imm64),
    ] {
        object.sections[text.0].relocs.push(Reloc {
            offset,
            symbol,
            kind,
        });
    }
    object.btf = Some(every_kind());
    object.ext = Some(every_record(TypeId(18), TypeId(4)));
    let bytes = elf::write(&object).expect("it can be written");
    let good = named("good.o", object);
    linked(&[good.clone(), good.clone()]);
    // A fifth of them, which touches every byte.
    for bad in damaged(&bytes).step_by(5) {
        if let Ok(object) = elf::read(&bad) {
            let bad = named("bad.o", object);
            for inputs in [[good.clone(), bad.clone()], [bad.clone(), good.clone()]] {
                if let Ok(result) = link(&inputs) {
                    let _ = elf::write(&result);
                }
            }
        }
    }
}
