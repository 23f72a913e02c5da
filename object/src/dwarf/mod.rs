//! DWARF: the same functions, variables, types and lines as in `.BTF` and `.BTF.ext`, for tools that read nothing else.
//!
//! No loader looks at it. `llvm-objdump -S` shows the source with it, `pahole` the layout of structs, debuggers both. All of it
//! is made of what the object says already, so that the two descriptions cannot differ:
//!
//! ```text
//!  .BTF      struct, pointer, …  ──types──────► entries (DIEs) of the compile unit     .debug_info, .debug_abbrev, .debug_str
//!            function, variable  ──symbols────► entries with an address
//!  .BTF.ext  lines               ──lines──────► the line program                       .debug_line, .debug_line_str
//!                                  sections ──► bytes, and relocations for what another section is to give
//! ```
//!
//! BTF does not know where things are declared ([`Places`]) and what the file is called ([`Unit`]); the compiler adds that.
//! Where parameters and local variables live nobody has written down, so parameters have types alone, and variables of functions
//! and inlined calls are not there.
//!
//! ```
//! use bpfcc_object::btf::{Btf, BtfType, IntEncoding};
//! use bpfcc_object::{Object, dwarf};
//!
//! let mut types = Btf::new();
//! types.add(BtfType::Int { name: "int".into(), size: 4, encoding: IntEncoding::Signed, bits: 32, offset: 0 });
//! let mut object = Object { btf: Some(types), ..Object::default() };
//! let unit = dwarf::Unit { version: dwarf::Version::V5, name: "a.c".into(), directory: "/src".into() };
//! dwarf::add(&mut object, &unit, &dwarf::Places::new())?;
//! assert!(object.section_by_name(".debug_info").is_some());
//! # Ok::<(), dwarf::DwarfError>(())
//! ```
//!
//! The format is that of <https://dwarfstd.org>; gimli encodes it.

mod entries;
mod lines;
mod sections;
mod symbols;
mod types;

use std::collections::BTreeMap;

use gimli::write::DwarfUnit;
use gimli::{Encoding, Format};

use crate::Object;
use crate::btf::{Btf, TypeId};
use entries::Entries;

/// Which edition of the standard is followed. BPF's tools read both.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub enum Version {
    /// Of 2010.
    V4,
    /// Of 2017, which clang writes if not told otherwise.
    #[default]
    V5,
}

impl Version {
    /// The version with this number.
    pub fn from_number(number: u16) -> Option<Version> {
        let mut all = [Version::V4, Version::V5].into_iter();
        all.find(|version| version.number() == number)
    }

    /// The number in the file.
    pub fn number(self) -> u16 {
        match self {
            Version::V4 => 4,
            Version::V5 => 5,
        }
    }
}

/// What was compiled.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Unit {
    /// How it is to be described.
    pub version: Version,
    /// The path of the C file.
    pub name: String,
    /// The directory that relative paths start from.
    pub directory: String,
}

/// Where something is declared.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Place {
    /// The path of the file.
    pub file: String,
    /// The line, from 1.
    pub line: u32,
}

/// Where functions and variables are declared, by their number in the types.
pub type Places = BTreeMap<TypeId, Place>;

/// Why there is no DWARF for an object.
#[derive(Debug, thiserror::Error)]
#[error("DWARF: {0}")]
pub struct DwarfError(#[from] gimli::write::Error);

/// Adds the sections that describe all that the object's types and lines tell.
pub fn add(object: &mut Object, unit: &Unit, places: &Places) -> Result<(), DwarfError> {
    let mut dwarf = DwarfUnit::new(Encoding {
        format: Format::Dwarf32,
        version: unit.version.number(),
        address_size: 8,
    });
    let mut files = lines::start(&mut dwarf, unit);
    lines::add(&mut dwarf, &mut files, object);
    let none = Btf::new();
    let types = object.btf.clone().unwrap_or(none);
    let mut entries = Entries::new(&mut dwarf, &types);
    entries.add_unit(unit);
    entries.add_types();
    symbols::add(&mut entries, &mut files, object, places);
    entries.add_tags();
    Ok(sections::add(dwarf, object)?)
}

/// A string as DWARF stores it: up to the first NUL, with which it would end there.
fn text(text: &str) -> &str {
    text.split('\0').next().unwrap_or_default()
}

#[cfg(test)]
mod tests;
