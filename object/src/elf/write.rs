//! [`Object`] → ELF.
//!
//! The bytes depend on nothing but the object. Relocations of `.BTF` and `.BTF.ext`, which clang writes, are left out on
//! purpose: both sections hold offsets from the start of a section, and in a relocatable file these are known. libbpf
//! ignores clang's relocations too: offsets in `.BTF.ext` it takes as they stand, and those of variables in a DATASEC as
//! well if its size is not 0; otherwise it looks for symbols of the variables' names (`btf_fixup_datasec`). So a compiler
//! should fill in sizes and offsets.

use std::borrow::Cow;

use object::Endianness;
use object::elf;
use object::write::elf::{FileHeader, Rel, SectionHeader, SinglePhaseWriter, Sym};

use super::{BTF_NAME, EXT_NAME};
use crate::btf::{self, BtfWriteError};
use crate::check::{Invalid, check};
use crate::{
    Binding, Endian, Object, Reloc, Section, SectionId, SectionKind, Symbol, SymbolId, SymbolKind,
    ext,
};

/// Why an object cannot be written.
#[derive(Debug, thiserror::Error)]
pub enum WriteError {
    /// It contradicts itself.
    #[error(transparent)]
    Invalid(#[from] Invalid),
    /// Its types have no encoding.
    #[error(transparent)]
    Btf(#[from] BtfWriteError),
    /// The writer makes the section of this name itself.
    #[error("section name `{0}` is reserved; set the field of the object instead")]
    ReservedName(String),
    /// The container has no room for that much.
    #[error("ELF: {0}")]
    Container(#[from] object::write::Error),
}

/// The object as a relocatable ELF file.
pub fn write(object: &Object) -> Result<Vec<u8>, WriteError> {
    check(object)?;
    check_reserved_names(object)?;
    let types = encode_types(object)?;
    let symbols = SymbolOrder::new(object);
    let parts = parts(object, &symbols, &types);
    emit(object, &symbols, &parts)
}

fn check_reserved_names(object: &Object) -> Result<(), WriteError> {
    for section in &object.sections {
        if [BTF_NAME, EXT_NAME].contains(&section.name.as_str()) {
            return Err(WriteError::ReservedName(section.name.clone()));
        }
    }
    Ok(())
}

/// Names and contents of the sections of types.
fn encode_types(object: &Object) -> Result<Vec<(&'static str, Vec<u8>)>, BtfWriteError> {
    Ok(match (&object.btf, &object.ext) {
        (None, _) => Vec::new(),
        (Some(types), None) => vec![(BTF_NAME, btf::write(types, object.endian)?)],
        (Some(types), Some(ext)) => {
            let both = ext::write(types, ext, object.endian)?;
            vec![(BTF_NAME, both.btf), (EXT_NAME, both.ext)]
        }
    })
}

/// Symbols in the order of the file, local ones first (gABI, "Symbol Table": `sh_info` separates them).
struct SymbolOrder {
    order: Vec<SymbolId>,
    /// Position in the file of each symbol of the object; position 0 is ELF's null symbol.
    positions: Vec<u32>,
    /// Null symbol and local symbols.
    local_count: u32,
}

impl SymbolOrder {
    fn new(object: &Object) -> SymbolOrder {
        let is_local = |id: &SymbolId| object.symbols[id.0].binding == Binding::Local;
        let ids = (0..object.symbols.len()).map(SymbolId);
        let (mut order, others): (Vec<_>, Vec<_>) = ids.partition(is_local);
        let local_count = order.len() as u32 + 1;
        order.extend(others);

        let mut positions = vec![0; order.len()];
        for (position, id) in (1..).zip(&order) {
            positions[id.0] = position;
        }
        SymbolOrder {
            order,
            positions,
            local_count,
        }
    }
}

/// A section of the file, apart from the tables at its end.
struct Part<'a> {
    name: Cow<'a, str>,
    contents: Contents<'a>,
    /// Complete but for name, offset and size.
    header: SectionHeader,
}

enum Contents<'a> {
    Bytes(&'a [u8]),
    /// As long as given, and none of it in the file.
    Zeros(u64),
    Relocs(Vec<Rel>),
}

/// All sections of the file, in order. Position 0 is ELF's null section, so the first of them has number 1.
fn parts<'a>(
    object: &'a Object,
    symbols: &SymbolOrder,
    types: &'a [(&'static str, Vec<u8>)],
) -> Vec<Part<'a>> {
    let mut parts = Vec::new();
    for section in &object.sections {
        parts.push(section_part(section));
        let number = parts.len() as u32;
        if !section.relocs.is_empty() {
            parts.push(reloc_part(section, number, symbols));
        }
    }
    parts.extend(types.iter().map(|(name, bytes)| types_part(name, bytes)));
    parts
}

fn section_part(section: &Section) -> Part<'_> {
    let (sh_type, sh_flags, sh_entsize) = match section.kind {
        SectionKind::Code => (elf::SHT_PROGBITS, elf::SHF_ALLOC | elf::SHF_EXECINSTR, 0),
        SectionKind::Data => (elf::SHT_PROGBITS, elf::SHF_ALLOC | elf::SHF_WRITE, 0),
        SectionKind::ReadOnlyData => (elf::SHT_PROGBITS, elf::SHF_ALLOC, 0),
        SectionKind::Strings => {
            let flags = elf::SHF_ALLOC | elf::SHF_MERGE | elf::SHF_STRINGS;
            (elf::SHT_PROGBITS, flags, 1)
        }
        SectionKind::Bss => (elf::SHT_NOBITS, elf::SHF_ALLOC | elf::SHF_WRITE, 0),
        SectionKind::Other => (elf::SHT_PROGBITS, elf::SectionFlags::default(), 0),
    };
    Part {
        name: Cow::Borrowed(&section.name),
        contents: match section.kind {
            SectionKind::Bss => Contents::Zeros(section.size),
            _ => Contents::Bytes(&section.data),
        },
        header: SectionHeader {
            sh_type,
            sh_flags,
            sh_entsize,
            sh_addralign: section.align,
            ..SectionHeader::default()
        },
    }
}

fn reloc_part<'a>(section: &Section, section_number: u32, symbols: &SymbolOrder) -> Part<'a> {
    let mut relocs = section.relocs.clone();
    relocs.sort_by_key(|reloc| reloc.offset);
    Part {
        name: Cow::Owned(format!(".rel{}", section.name)),
        contents: Contents::Relocs(relocs.iter().map(|reloc| rel(reloc, symbols)).collect()),
        header: SectionHeader {
            sh_type: elf::SHT_REL,
            sh_flags: elf::SHF_INFO_LINK,
            sh_info: section_number,
            sh_addralign: 8,
            sh_entsize: REL_LEN,
            ..SectionHeader::default()
        },
    }
}

/// Bytes of an `Elf64_Rel`.
const REL_LEN: u64 = 16;

fn rel(reloc: &Reloc, symbols: &SymbolOrder) -> Rel {
    Rel {
        r_offset: reloc.offset,
        r_sym: symbols.positions[reloc.symbol.0],
        r_type: elf::RelocationType(reloc.kind.number()),
        r_addend: 0,
    }
}

fn types_part<'a>(name: &'static str, bytes: &'a [u8]) -> Part<'a> {
    Part {
        name: Cow::Borrowed(name),
        contents: Contents::Bytes(bytes),
        header: SectionHeader {
            sh_type: elf::SHT_PROGBITS,
            sh_addralign: 4,
            ..SectionHeader::default()
        },
    }
}

/// Lays everything out; see the picture in the module above.
fn emit(object: &Object, symbols: &SymbolOrder, parts: &[Part<'_>]) -> Result<Vec<u8>, WriteError> {
    let endian = match object.endian {
        Endian::Little => Endianness::Little,
        Endian::Big => Endianness::Big,
    };
    let mut file = Vec::new();
    let mut writer = SinglePhaseWriter::new_single_phase(endian, true, &mut file);
    writer.write_file_header(&FileHeader {
        e_type: elf::ET_REL,
        e_machine: elf::EM_BPF,
        ..FileHeader::default()
    })?;
    let headers = emit_contents(&mut writer, parts);
    emit_symbols(&mut writer, object, symbols, parts);
    writer.write_strtab()?;
    writer.write_symtab_shndx();
    writer.write_shstrtab()?;
    emit_headers(&mut writer, headers, symbols);

    // Only now is it known where the section headers are.
    let mut header = Vec::new();
    writer.write_file_header_to(&mut header)?;
    drop(writer);
    file.splice(..header.len(), header);
    Ok(file)
}

/// Writes what the sections contain and gives their finished headers.
fn emit_contents<'a>(
    writer: &mut SinglePhaseWriter<'a>,
    parts: &'a [Part<'a>],
) -> Vec<SectionHeader> {
    // The section headers follow the parts, then .strtab, then .symtab.
    let symtab_number = parts.len() as u32 + 2;
    let mut headers = Vec::new();
    for part in parts {
        let mut header = part.header.clone();
        header.sh_offset = writer.write_align(header.sh_addralign.min(MAX_FILE_ALIGN));
        match &part.contents {
            Contents::Bytes(bytes) => {
                header.sh_size = bytes.len() as u64;
                writer.write(bytes);
            }
            Contents::Zeros(size) => header.sh_size = *size,
            Contents::Relocs(relocs) => {
                header.sh_size = relocs.len() as u64 * REL_LEN;
                header.sh_link = symtab_number;
                for rel in relocs {
                    writer.write_relocation(false, rel);
                }
            }
        }
        let name = writer.add_section_name(part.name.as_bytes());
        header.sh_name = writer.section_name_offset(Some(name));
        headers.push(header);
    }
    headers
}

/// Largest alignment that is kept in the file: readers want to see tables in place. That of memory stands in the header.
const MAX_FILE_ALIGN: u64 = 16;

fn emit_symbols<'a>(
    writer: &mut SinglePhaseWriter<'a>,
    object: &'a Object,
    symbols: &SymbolOrder,
    parts: &[Part<'_>],
) {
    let section_numbers = section_numbers(parts);
    writer.write_null_symbol();
    for id in &symbols.order {
        let symbol = &object.symbols[id.0];
        let name = writer.add_string(symbol.name.as_bytes());
        let sym = sym(symbol, writer.string_offset(Some(name)), &section_numbers);
        writer.write_symbol(&sym);
    }
}

/// Number in the file of each section of the object: relocations stand in between.
fn section_numbers(parts: &[Part<'_>]) -> Vec<u32> {
    (1..)
        .zip(parts)
        .filter(|(_, part)| !matches!(part.contents, Contents::Relocs(_)))
        .map(|(number, _)| number)
        .collect()
}

fn sym(symbol: &Symbol, st_name: u32, section_numbers: &[u32]) -> Sym {
    let st_type = match symbol.kind {
        SymbolKind::Func => elf::STT_FUNC,
        SymbolKind::Object => elf::STT_OBJECT,
        SymbolKind::Section => elf::STT_SECTION,
        SymbolKind::NoType => elf::STT_NOTYPE,
    };
    let st_bind = match symbol.binding {
        Binding::Local => elf::STB_LOCAL,
        Binding::Global => elf::STB_GLOBAL,
        Binding::Weak => elf::STB_WEAK,
    };
    let visibility = if symbol.hidden {
        elf::STV_HIDDEN
    } else {
        elf::STV_DEFAULT
    };
    Sym {
        section: symbol
            .section
            .map(|SectionId(place)| section_numbers[place]),
        st_name,
        st_info: elf::SymbolInfo::new(st_bind, st_type),
        st_other: visibility.into(),
        st_shndx: elf::SHN_UNDEF,
        st_value: symbol.value,
        st_size: symbol.size,
    }
}

fn emit_headers(
    writer: &mut SinglePhaseWriter<'_>,
    headers: Vec<SectionHeader>,
    symbols: &SymbolOrder,
) {
    writer.write_null_section_header();
    for header in &headers {
        writer.write_section_header(header);
    }
    writer.write_strtab_section_header();
    writer.write_symtab_section_header(symbols.local_count);
    writer.write_symtab_shndx_section_header();
    writer.write_shstrtab_section_header();
}
