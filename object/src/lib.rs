//! BPF object files: what a compiler writes and a loader reads, side by side, so that a round trip is one test.
//!
//! An [`Object`] mirrors a relocatable ELF file with machine EM_BPF (247): sections, symbols and relocations, and the two
//! sections that have a structure of their own, `.BTF` (types, [`btf::Btf`]) and `.BTF.ext` (functions and lines,
//! [`ext::BtfExt`]), already decoded. Reader and writer do not know what a section *means*; that is the loader's business. The
//! linker ([`link::link`]), which makes one object of several, knows it of licences and maps; [`maps::definitions`] tells what maps
//! there are; [`dwarf::add`] describes an object a second time, for tools that know no BTF; [`needs`], which says what kernels can load an object, looks into all of it.
//!
//! The smallest object that Linux loads, a program that returns 0 and its license:
//!
//! ```
//! use bpfcc_object::{Binding, Object, Section, SectionKind, Symbol, SymbolKind, elf};
//!
//! let mut object = Object::default();
//! let code = vec![
//!     0xb7, 0, 0, 0, 0, 0, 0, 0, // r0 = 0
//!     0x95, 0, 0, 0, 0, 0, 0, 0, // exit
//! ];
//! let section = object.add_section(Section::new("socket", SectionKind::Code, code, 8));
//! object.add_section(Section::new("license", SectionKind::Data, b"GPL\0".to_vec(), 1));
//! object.add_symbol(Symbol {
//!     name: "nothing".into(),
//!     section: Some(section),
//!     value: 0,
//!     size: 16,
//!     kind: SymbolKind::Func,
//!     binding: Binding::Global,
//!     hidden: false,
//! });
//!
//! let file = elf::write(&object)?;
//! let back = elf::read(&file)?;
//! assert_eq!(back, object);
//! let (_, function) = back.symbol_by_name("nothing").unwrap();
//! assert_eq!(function.size, 16);
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```

mod check;
mod lookup;

pub mod btf;
pub mod dwarf;
pub mod elf;
pub mod ext;
pub mod link;
pub mod maps;
pub mod needs;

mod bytes;
#[cfg(test)]
mod testing;

pub use check::Invalid;

/// Position of a section in [`Object::sections`].
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Debug)]
pub struct SectionId(pub usize);

/// Position of a symbol in [`Object::symbols`].
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Debug)]
pub struct SymbolId(pub usize);

pub use bpfcc_isa::Endian;

/// A relocatable BPF object file.
#[derive(Clone, PartialEq, Debug, Default)]
pub struct Object {
    /// Byte order.
    pub endian: Endian,
    /// Sections in file order, without the ones that only serve the container (symbol and string tables, relocations,
    /// `.BTF`, `.BTF.ext`).
    pub sections: Vec<Section>,
    /// Symbols; the writer puts local ones first, as ELF demands.
    pub symbols: Vec<Symbol>,
    /// Types, if the file has `.BTF`.
    pub btf: Option<btf::Btf>,
    /// Function and line information, if the file has `.BTF.ext`.
    pub ext: Option<ext::BtfExt>,
}

/// A section with its relocations.
#[derive(Clone, PartialEq, Debug)]
pub struct Section {
    /// Name, e.g. `raw_tracepoint/kfree_skb`, `.maps`, `license`.
    pub name: String,
    /// Flags and type.
    pub kind: SectionKind,
    /// Contents; empty for [`SectionKind::Bss`].
    pub data: Vec<u8>,
    /// Size in bytes; `data.len()` except for [`SectionKind::Bss`].
    pub size: u64,
    /// Alignment in bytes, a power of two.
    pub align: u64,
    /// Places in `data` that depend on a symbol, by ascending offset.
    pub relocs: Vec<Reloc>,
}

/// What the container says about a section.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum SectionKind {
    /// PROGBITS, alloc + execinstr: instructions.
    Code,
    /// PROGBITS, alloc + write.
    Data,
    /// PROGBITS, alloc.
    ReadOnlyData,
    /// PROGBITS, alloc + merge + strings, entries of one byte: `.rodata.str1.1`.
    Strings,
    /// NOBITS, alloc + write.
    Bss,
    /// Anything else (debug information, notes), kept as bytes.
    Other,
}

/// A name for a place.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Symbol {
    /// Name; empty for section symbols.
    pub name: String,
    /// The section it lies in; `None` for an undefined (extern) symbol.
    pub section: Option<SectionId>,
    /// Byte offset in the section.
    pub value: u64,
    /// Size in bytes.
    pub size: u64,
    /// What is there.
    pub kind: SymbolKind,
    /// Who can see it.
    pub binding: Binding,
    /// STV_HIDDEN: for libbpf, a global function that is verified as if it were static.
    pub hidden: bool,
}

/// ELF symbol type.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum SymbolKind {
    /// STT_FUNC.
    Func,
    /// STT_OBJECT.
    Object,
    /// STT_SECTION.
    Section,
    /// STT_NOTYPE, e.g. externs.
    NoType,
}

/// ELF symbol binding.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum Binding {
    /// Only this file.
    Local,
    /// Every file.
    Global,
    /// Every file; may be overridden or missing.
    Weak,
}

/// A relocation. BPF uses REL entries: the addend stands in the relocated bytes themselves.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Reloc {
    /// Byte offset in the section.
    pub offset: u64,
    /// The symbol referred to.
    pub symbol: SymbolId,
    /// How its address enters the bytes.
    pub kind: RelocKind,
}

/// R_BPF_* (Linux `Documentation/bpf/llvm_reloc.rst`).
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum RelocKind {
    /// R_BPF_64_64 (1): the two immediates of an `lddw`.
    Imm64,
    /// R_BPF_64_ABS64 (2): eight bytes of data.
    Abs64,
    /// R_BPF_64_ABS32 (3): four bytes of data.
    Abs32,
    /// R_BPF_64_NODYLD32 (4): four bytes in `.BTF` and `.BTF.ext`.
    NoDyld32,
    /// R_BPF_64_32 (10): the immediate of a `call`; (S + A) / 8 - 1.
    Call,
}

impl RelocKind {
    /// All kinds, each with its number in ELF.
    const NUMBERS: [(RelocKind, u32); 5] = [
        (RelocKind::Imm64, 1),
        (RelocKind::Abs64, 2),
        (RelocKind::Abs32, 3),
        (RelocKind::NoDyld32, 4),
        (RelocKind::Call, 10),
    ];

    /// The number in ELF.
    pub fn number(self) -> u32 {
        Self::NUMBERS[self as usize].1
    }

    /// The kind with this number in ELF.
    pub fn from_number(number: u32) -> Option<RelocKind> {
        Self::NUMBERS
            .into_iter()
            .find(|&(_, candidate)| candidate == number)
            .map(|(kind, _)| kind)
    }

    /// Bytes from [`Reloc::offset`] on that it concerns: the datum, or the whole instruction.
    pub fn width(self) -> u64 {
        match self {
            RelocKind::Imm64 => 16,
            RelocKind::Abs64 | RelocKind::Call => 8,
            RelocKind::Abs32 | RelocKind::NoDyld32 => 4,
        }
    }
}
