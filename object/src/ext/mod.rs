//! `.BTF.ext`: which instruction belongs to which function, source line and kernel field.
//!
//! In a file it is a header and three tables, each a list of records per code section:
//!
//! ```text
//!  magic 0xeb9f │ version 1 │ flags 0 │ header length 32 │ functions, lines, relocations: offset, length each
//!  each table:  record size │ section name │ count │ records … │ section name │ count │ records …
//! ```
//!
//! Instruction offsets count bytes from the start of the section, and names are offsets into the strings of `.BTF`, so the
//! two sections are written and read together: [`write()`] makes both, and [`read()`] wants both.

mod types;

mod read;
mod text;
mod write;

pub use bpfcc_isa::CoreReloKind;
pub use read::read;
pub use text::text;
pub use types::{BtfExt, CoreRelo, FuncInfo, LineInfo, SectionInfo};
pub use write::{WithExt, write};

/// Length of the header with all three tables. Files without relocations may stop after the lines.
const HEADER_LEN: u32 = 32;
/// Length of the oldest header, that of Linux 4.20, which has no relocations.
const SHORT_HEADER_LEN: u32 = 24;
/// Bytes of a function record.
const FUNC_LEN: u32 = 8;
/// Bytes of a line record.
const LINE_LEN: u32 = 16;
/// Bytes of a relocation record.
const RELO_LEN: u32 = 16;
/// A line record has its column in this many low bits of a word, and its line above them.
const COLUMN_BITS: u32 = 10;

#[cfg(test)]
mod tests;
