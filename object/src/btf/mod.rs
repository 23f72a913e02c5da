//! BTF: the types, functions and variables of a program, as Linux wants to know them.
//!
//! In a file it is a header, the types one after the other, and a string table:
//!
//! ```text
//!  magic 0xeb9f │ version 1 │ flags 0 │ header length 24 │ types: offset, length │ strings: offset, length
//!  each type:   name │ kind_flag:1 0:2 kind:5 0:8 vlen:16 │ size or type │ what the kind adds, vlen times for lists
//! ```
//!
//! The format is described in Linux `Documentation/bpf/btf.rst`. [`write()`] and [`read()`] go between those bytes and a
//! [`Btf`]; [`text()`] and [`definitions()`] are for people, [`header()`] for C compilers, and [`dedup()`] for linkers.

mod kind;
mod references;
mod types;

mod dedup;
mod header;
mod lazy;
mod read;
mod strings;
mod text;
mod write;

pub use dedup::{Deduplicated, dedup};
pub use header::{Declarations, HeaderError, Names, definitions, empty_header, header};
pub use kind::Kind;
pub use read::{BtfError, read};
pub use text::text;
pub use types::{
    Btf, BtfType, Enumerator, FwdKind, IntEncoding, Linkage, Member, Param, SectionVar, TypeId,
};
pub use write::{BtfWriteError, write};

pub(crate) use lazy::LazyBtf;
pub(crate) use read::{endian_of, read_with_strings, split_header};
pub(crate) use strings::{StringTable, Strings};
pub(crate) use write::{assemble, write_types};

/// First two bytes of `.BTF` and `.BTF.ext`; their order tells the byte order of the rest.
pub(crate) const MAGIC: u16 = 0xeb9f;
/// The only version there is.
pub(crate) const VERSION: u8 = 1;

/// Length of the header that [`write()`] writes; [`read()`] accepts longer ones.
const HEADER_LEN: u32 = 24;
/// Set in the second word of a type, with a meaning that depends on the kind.
const KIND_FLAG: u32 = 1 << 31;
/// Most members, parameters, … that one type can have (`BTF_MAX_VLEN`).
const MAX_VLEN: u32 = 0xffff;
/// The component of a declaration tag that is on the whole declaration.
const NO_COMPONENT: u32 = u32::MAX;
/// Bits of a member's offset in a struct with bit-fields; the width stands above them.
const BITFIELD_OFFSET_BITS: u32 = 24;

#[cfg(test)]
mod tests;
