//! ELF → [`Object`]. Nothing in the bytes is believed before it is checked.

use object::Endianness;
use object::elf::{self, FileHeader64, Rel64, SectionHeader64, Sym64};
use object::read::elf::{FileHeader, Rel, SectionHeader, SectionTable, Sym, SymbolTable};
use object::read::{SectionIndex, SymbolIndex};

use super::{BTF_NAME, EXT_NAME};
use crate::btf::{self, BtfError};
use crate::bytes::{u32_from_bytes, u32_to_bytes};
use crate::check::{Invalid, check};
use crate::{
    Binding, Endian, Object, Reloc, RelocKind, Section, SectionId, SectionKind, Symbol, SymbolId,
    SymbolKind, ext,
};

/// Why bytes are not a BPF object file.
#[derive(Debug, thiserror::Error)]
pub enum ReadError {
    /// Not a 64-bit ELF file, or a damaged one.
    #[error("ELF: {0}")]
    Container(#[from] object::read::Error),
    /// Sections lie one over the other; a small file could stand for any amount of data.
    #[error("the sections are together larger than the file")]
    Overlap,
    /// An ELF file for another machine.
    #[error("the file is for machine {0}; BPF is {machine}", machine = elf::EM_BPF.0)]
    NotBpf(u16),
    /// An executable or a shared object.
    #[error("the file is of type {0}; an object file is {ty}", ty = elf::ET_REL.0)]
    NotRelocatable(u16),
    /// It contradicts itself.
    #[error(transparent)]
    Invalid(#[from] Invalid),
    /// `.BTF` or `.BTF.ext` is damaged.
    #[error("BTF: {0}")]
    Btf(#[from] BtfError),
    /// A name that is not UTF-8.
    #[error("the name of {0} is not UTF-8")]
    Name(Place),
    /// A symbol that is neither function, object, section, file nor nothing in particular; or neither local, global nor
    /// weak.
    #[error("symbol {symbol} has the unknown type or binding {info:#04x}")]
    SymbolInfo {
        /// Number of the symbol.
        symbol: usize,
        /// Its `st_info`.
        info: u8,
    },
    /// A relocation with explicit addends.
    #[error("section {0} holds relocations of the RELA form; BPF has REL")]
    Rela(usize),
    /// A relocation for which there is no rule.
    #[error("unknown relocation type {kind} at {offset} of section `{section}`")]
    RelocKind {
        /// The section that is relocated.
        section: String,
        /// Offset in it.
        offset: u64,
        /// The type.
        kind: u32,
    },
    /// A relocation that refers to a symbol that does not exist, or to one that an [`Object`] has no place for.
    #[error(
        "the relocation at {offset} of section `{section}` refers to symbol {symbol}, which is of no use"
    )]
    RelocSymbol {
        /// The section that is relocated.
        section: String,
        /// Offset in it.
        offset: u64,
        /// Number of the symbol.
        symbol: usize,
    },
}

/// Something in a file that has a name.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Place {
    /// The section with this number.
    Section(usize),
    /// The symbol with this number.
    Symbol(usize),
}

impl std::fmt::Display for Place {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Place::Section(number) => write!(f, "section {number}"),
            Place::Symbol(number) => write!(f, "symbol {number}"),
        }
    }
}

/// The object that an ELF file holds.
pub fn read(bytes: &[u8]) -> Result<Object, ReadError> {
    let mut reader = Reader::new(bytes)?;
    reader.sections()?;
    reader.symbols()?;
    reader.relocs()?;
    reader.types()?;
    check(&reader.object)?;
    Ok(reader.object)
}

/// The `.BTF` section of an ELF file for any machine, a kernel's `vmlinux` for one; `None` if it has none.
pub fn types_section(bytes: &[u8]) -> Result<Option<&[u8]>, ReadError> {
    let header = Header::parse(bytes)?;
    let endian = header.endian()?;
    let sections = header.sections(endian, bytes)?;
    match sections.section_by_name(endian, BTF_NAME.as_bytes()) {
        Some((_, section)) => Ok(Some(section.data(endian, bytes)?)),
        None => Ok(None),
    }
}

/// Everything is a 64-bit file of either byte order.
type Header = FileHeader64<Endianness>;

struct Reader<'a> {
    bytes: &'a [u8],
    endian: Endianness,
    headers: SectionTable<'a, Header>,
    symbol_table: SymbolTable<'a, Header>,
    /// Position in the object of each section of the file, unless it serves only the container.
    section_ids: Vec<Option<SectionId>>,
    /// Position in the object of each symbol of the file, unless there is no place for it.
    symbol_ids: Vec<Option<SymbolId>>,
    object: Object,
}

impl<'a> Reader<'a> {
    fn new(bytes: &'a [u8]) -> Result<Reader<'a>, ReadError> {
        let header = Header::parse(bytes)?;
        let endian = header.endian()?;
        if header.e_machine(endian) != elf::EM_BPF {
            return Err(ReadError::NotBpf(header.e_machine(endian).0));
        }
        if header.e_type(endian) != elf::ET_REL {
            return Err(ReadError::NotRelocatable(header.e_type(endian).0));
        }
        let headers = header.sections(endian, bytes)?;
        check_overlap(&headers, endian, bytes.len() as u64)?;
        let symbol_table = headers.symbols(endian, bytes, elf::SHT_SYMTAB)?;
        Ok(Reader {
            bytes,
            endian,
            headers,
            symbol_table,
            section_ids: Vec::new(),
            symbol_ids: Vec::new(),
            object: Object {
                endian: match endian {
                    Endianness::Little => Endian::Little,
                    Endianness::Big => Endian::Big,
                },
                ..Object::default()
            },
        })
    }

    fn sections(&mut self) -> Result<(), ReadError> {
        let headers = self.headers;
        for (index, header) in (0..).map(SectionIndex).zip(headers.iter()) {
            let name = self.section_name(index, header)?;
            let id = if serves_container(name, header.sh_type(self.endian)) {
                None
            } else {
                let section = self.section(name, header)?;
                Some(self.object.add_section(section))
            };
            self.section_ids.push(id);
        }
        Ok(())
    }

    fn section(
        &self,
        name: &str,
        header: &SectionHeader64<Endianness>,
    ) -> Result<Section, ReadError> {
        Ok(Section {
            name: name.to_owned(),
            kind: section_kind(header, self.endian),
            data: header.data(self.endian, self.bytes)?.to_vec(),
            size: header.sh_size(self.endian),
            // Both 0 and 1 mean that there is no constraint (gABI, "Section Header").
            align: header.sh_addralign(self.endian).max(1),
            relocs: Vec::new(),
        })
    }

    fn section_name(
        &self,
        index: SectionIndex,
        header: &SectionHeader64<Endianness>,
    ) -> Result<&'a str, ReadError> {
        let name = self.headers.section_name(self.endian, header)?;
        str::from_utf8(name).map_err(|_| ReadError::Name(Place::Section(index.0)))
    }

    fn symbols(&mut self) -> Result<(), ReadError> {
        let symbols = self.symbol_table.symbols();
        for (index, symbol) in (0..).map(SymbolIndex).zip(symbols) {
            let symbol = self.symbol(index, symbol)?;
            let id = symbol.map(|symbol| self.object.add_symbol(symbol));
            self.symbol_ids.push(id);
        }
        Ok(())
    }

    /// `None` for the null symbol and for what an object has no place for.
    fn symbol(
        &self,
        index: SymbolIndex,
        symbol: &Sym64<Endianness>,
    ) -> Result<Option<Symbol>, ReadError> {
        let bad_info = || ReadError::SymbolInfo {
            symbol: index.0,
            info: symbol.st_info.0,
        };
        let kind = match Sym::st_type(symbol) {
            elf::STT_FUNC => SymbolKind::Func,
            elf::STT_OBJECT => SymbolKind::Object,
            elf::STT_SECTION => SymbolKind::Section,
            elf::STT_NOTYPE => SymbolKind::NoType,
            elf::STT_FILE => return Ok(None),
            _ => return Err(bad_info()),
        };
        let binding = match Sym::st_bind(symbol) {
            elf::STB_LOCAL => Binding::Local,
            elf::STB_GLOBAL => Binding::Global,
            elf::STB_WEAK => Binding::Weak,
            _ => return Err(bad_info()),
        };
        let Some(section) = self.section_of(index, symbol)? else {
            return Ok(None);
        };
        Ok(Some(Symbol {
            name: self.symbol_name(index, symbol, kind)?.to_owned(),
            section,
            value: symbol.st_value(self.endian),
            size: symbol.st_size(self.endian),
            kind,
            binding,
            // libbpf takes STV_INTERNAL for hidden as well.
            hidden: matches!(
                Sym::st_visibility(symbol),
                elf::STV_HIDDEN | elf::STV_INTERNAL
            ),
        }))
    }

    /// `Some(None)` for an undefined symbol; `None` for the null symbol, for absolute and common symbols, and for those of
    /// sections that serve only the container.
    fn section_of(
        &self,
        index: SymbolIndex,
        symbol: &Sym64<Endianness>,
    ) -> Result<Option<Option<SectionId>>, ReadError> {
        let section = self
            .symbol_table
            .symbol_section(self.endian, symbol, index)?;
        if let Some(section) = section {
            self.headers.section(section)?;
            return Ok(self.section_ids.get(section.0).copied().flatten().map(Some));
        }
        let is_undefined = symbol.st_shndx(self.endian) == elf::SHN_UNDEF;
        Ok((is_undefined && index.0 != 0).then_some(None))
    }

    /// The name; that of a section symbol is the section's and is not repeated.
    fn symbol_name(
        &self,
        index: SymbolIndex,
        symbol: &Sym64<Endianness>,
        kind: SymbolKind,
    ) -> Result<&'a str, ReadError> {
        if kind == SymbolKind::Section {
            return Ok("");
        }
        let name = self.symbol_table.symbol_name(self.endian, symbol)?;
        str::from_utf8(name).map_err(|_| ReadError::Name(Place::Symbol(index.0)))
    }

    fn relocs(&mut self) -> Result<(), ReadError> {
        let headers = self.headers;
        for (number, header) in headers.iter().enumerate() {
            if header.sh_type(self.endian) == elf::SHT_RELA {
                return Err(ReadError::Rela(number));
            }
            let Some((rels, _)) = header.rel(self.endian, self.bytes)? else {
                continue;
            };
            let target = header.info_link(self.endian);
            self.headers.section(target)?;
            if let Some(id) = self.section_ids[target.0] {
                self.relocs_of(id, rels)?;
            }
        }
        for section in &mut self.object.sections {
            section.relocs.sort_by_key(|reloc| reloc.offset);
        }
        Ok(())
    }

    fn relocs_of(&mut self, id: SectionId, rels: &[Rel64<Endianness>]) -> Result<(), ReadError> {
        for rel in rels {
            let kind = rel.r_type(self.endian);
            if kind == elf::R_BPF_NONE {
                continue;
            }
            let name = &self.object.sections[id.0].name;
            let reloc = self.reloc(name, rel)?;
            self.object.sections[id.0].relocs.push(reloc);
        }
        Ok(())
    }

    fn reloc(&self, section: &str, rel: &Rel64<Endianness>) -> Result<Reloc, ReadError> {
        let offset = rel.r_offset(self.endian);
        let kind = Rel::r_type(rel, self.endian).0;
        let symbol = Rel::r_sym(rel, self.endian) as usize;
        Ok(Reloc {
            offset,
            symbol: self
                .symbol_ids
                .get(symbol)
                .copied()
                .flatten()
                .ok_or_else(|| ReadError::RelocSymbol {
                    section: section.to_owned(),
                    offset,
                    symbol,
                })?,
            kind: RelocKind::from_number(kind).ok_or_else(|| ReadError::RelocKind {
                section: section.to_owned(),
                offset,
                kind,
            })?,
        })
    }

    fn types(&mut self) -> Result<(), ReadError> {
        let btf = self.relocated_contents(BTF_NAME)?;
        let ext = self.relocated_contents(EXT_NAME)?;
        match (btf, ext) {
            (None, None) => {}
            (None, Some(_)) => return Err(Invalid::ExtWithoutBtf.into()),
            (Some(btf), None) => self.object.btf = Some(btf::read(&btf)?),
            (Some(btf), Some(ext)) => {
                let (btf, ext) = ext::read(&btf, &ext)?;
                self.object.btf = Some(btf);
                self.object.ext = Some(ext);
            }
        }
        Ok(())
    }

    /// What the section of this name contains, after its relocations, if there is one.
    fn relocated_contents(&self, name: &str) -> Result<Option<Vec<u8>>, ReadError> {
        let Some((index, header)) = self.headers.section_by_name(self.endian, name.as_bytes())
        else {
            return Ok(None);
        };
        let mut contents = header.data(self.endian, self.bytes)?.to_vec();
        for header in self.headers.iter() {
            if header.info_link(self.endian) != index {
                continue;
            }
            if let Some((rels, _)) = header.rel(self.endian, self.bytes)? {
                self.apply(name, rels, &mut contents)?;
            }
        }
        Ok(Some(contents))
    }

    /// Adds the offset of each symbol in its section to the four bytes that refer to it. LLVM before version 13 gave these
    /// relocations the type of a call; there is only one thing they can mean.
    fn apply(
        &self,
        section: &str,
        rels: &[Rel64<Endianness>],
        contents: &mut [u8],
    ) -> Result<(), ReadError> {
        for rel in rels {
            let offset = rel.r_offset(self.endian);
            let symbol = SymbolIndex(rel.r_sym(self.endian) as usize);
            let value = self.symbol_table.symbol(symbol)?.st_value(self.endian);
            let place = usize::try_from(offset)
                .ok()
                .and_then(|start| contents.get_mut(start..)?.first_chunk_mut())
                .ok_or_else(|| Invalid::RelocOutOfRange {
                    section: section.to_owned(),
                    offset,
                })?;
            let sum = u32_from_bytes(self.object.endian, *place).wrapping_add(value as u32);
            *place = u32_to_bytes(self.object.endian, sum);
        }
        Ok(())
    }
}

/// Sections have no byte in common, so together they are no larger than the file.
fn check_overlap(
    headers: &SectionTable<'_, Header>,
    endian: Endianness,
    file_len: u64,
) -> Result<(), ReadError> {
    let in_file = headers
        .iter()
        .filter_map(|header| header.file_range(endian));
    let total = in_file.fold(0u64, |total, (_, size)| total.saturating_add(size));
    if total > file_len {
        return Err(ReadError::Overlap);
    }
    Ok(())
}

/// Whether an [`Object`] does without this section: it has the contents in another form, or they are numbers of sections
/// and symbols that are of no use outside this file.
fn serves_container(name: &str, sh_type: elf::SectionType) -> bool {
    /// SHT_LLVM_ADDRSIG.
    const LLVM_ADDRSIG: elf::SectionType = elf::SectionType(0x6fff_4c03);
    [BTF_NAME, EXT_NAME].contains(&name)
        || matches!(
            sh_type,
            elf::SHT_NULL
                | elf::SHT_SYMTAB
                | elf::SHT_SYMTAB_SHNDX
                | elf::SHT_STRTAB
                | elf::SHT_REL
                | elf::SHT_RELA
                | elf::SHT_GROUP
                | LLVM_ADDRSIG
        )
}

fn section_kind(header: &SectionHeader64<Endianness>, endian: Endianness) -> SectionKind {
    let flags = header.sh_flags(endian);
    let has = |flag: elf::SectionFlags| flags & flag == flag;
    if header.sh_type(endian) == elf::SHT_NOBITS {
        SectionKind::Bss
    } else if header.sh_type(endian) != elf::SHT_PROGBITS || !has(elf::SHF_ALLOC) {
        SectionKind::Other
    } else if has(elf::SHF_EXECINSTR) {
        SectionKind::Code
    } else if has(elf::SHF_WRITE) {
        SectionKind::Data
    } else if has(elf::SHF_MERGE | elf::SHF_STRINGS) && header.sh_entsize(endian) == 1 {
        SectionKind::Strings
    } else {
        SectionKind::ReadOnlyData
    }
}
