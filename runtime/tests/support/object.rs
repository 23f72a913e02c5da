//! Objects as a compiler would write them, piece by piece.

use bpfcc_isa::{Endian, Insn, encode};
use bpfcc_object::btf::{Btf, BtfType, IntEncoding, Linkage, Member, TypeId};
use bpfcc_object::{
    Binding, Object, Reloc, RelocKind, Section, SectionId, SectionKind, Symbol, SymbolId,
    SymbolKind,
};

/// Adds a section.
pub(crate) fn section(
    object: &mut Object,
    name: &str,
    kind: SectionKind,
    data: Vec<u8>,
) -> SectionId {
    object.sections.push(Section {
        name: name.to_owned(),
        kind,
        size: data.len() as u64,
        data,
        align: 8,
        relocs: Vec::new(),
    });
    SectionId(object.sections.len() - 1)
}

/// Adds a section of code.
pub(crate) fn code(object: &mut Object, name: &str, insns: &[Insn]) -> SectionId {
    section(object, name, SectionKind::Code, encode(insns, Endian::HOST))
}

/// Adds a symbol.
pub(crate) fn symbol(
    object: &mut Object,
    name: &str,
    kind: SymbolKind,
    section: Option<SectionId>,
    value: u64,
    size: u64,
) -> SymbolId {
    object.symbols.push(Symbol {
        name: name.to_owned(),
        section,
        value,
        size,
        kind,
        binding: Binding::Global,
        hidden: false,
    });
    SymbolId(object.symbols.len() - 1)
}

/// Adds a function symbol at a slot of a section.
pub(crate) fn function(object: &mut Object, name: &str, section: SectionId, slot: u64) -> SymbolId {
    symbol(object, name, SymbolKind::Func, Some(section), slot * 8, 0)
}

/// Adds a relocation of the instruction at a slot.
pub(crate) fn relocate(
    object: &mut Object,
    section: SectionId,
    slot: u64,
    symbol: SymbolId,
    kind: RelocKind,
) {
    let offset = slot * 8;
    object.sections[section.0].relocs.push(Reloc {
        offset,
        symbol,
        kind,
    });
}

/// 32-bit words as bytes.
pub(crate) fn words(words: &[u32]) -> Vec<u8> {
    words.iter().flat_map(|word| word.to_ne_bytes()).collect()
}

/// A member of a map definition: a number, or a type of this many bytes.
#[derive(Clone, Copy)]
pub(crate) enum MapMember {
    Number(u32),
    Type(u32),
}

/// Adds `struct { … } name SEC(".maps")` with its BTF.
pub(crate) fn btf_map(object: &mut Object, name: &str, members: &[(&str, MapMember)]) -> SymbolId {
    let id = match object.sections.iter().position(|s| s.name == ".maps") {
        Some(at) => SectionId(at),
        None => section(object, ".maps", SectionKind::Data, Vec::new()),
    };
    let value = object.sections[id.0].size;
    let size = members.len() as u64 * 8;
    object.sections[id.0].size += size;
    object.sections[id.0].data.extend(vec![0; size as usize]);

    let btf = object.btf.get_or_insert_with(Btf::new);
    let members: Vec<Member> = (0..)
        .zip(members)
        .map(|(at, (name, member))| Member {
            name: (*name).to_owned(),
            ty: member_type(btf, *member),
            bit_offset: at * 64,
            bit_size: 0,
        })
        .collect();
    let ty = btf.add(BtfType::Struct {
        name: String::new(),
        size: size as u32,
        members,
    });
    btf.add(BtfType::Var {
        name: name.to_owned(),
        ty,
        linkage: Linkage::Global,
    });
    symbol(object, name, SymbolKind::Object, Some(id), value, size)
}

fn member_type(btf: &mut Btf, member: MapMember) -> TypeId {
    let int = |btf: &mut Btf, size: u32| {
        btf.add(BtfType::Int {
            name: format!("u{}", size * 8),
            size,
            encoding: IntEncoding::Unsigned,
            bits: (size * 8) as u8,
            offset: 0,
        })
    };
    let target = match member {
        MapMember::Type(size) => int(btf, size),
        MapMember::Number(count) => {
            let element = int(btf, 4);
            btf.add(BtfType::Array {
                element,
                index: element,
                count,
            })
        }
    };
    btf.add(BtfType::Ptr { target })
}
