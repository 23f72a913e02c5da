//! What `.BTF.ext` says, with its strings in place.
//!
//! In the file the strings are offsets into the string table of `.BTF`; here they are plain strings, and the two sections
//! are written and read together.

use bpfcc_isa::CoreReloKind;

use crate::btf::TypeId;

/// What is known about the instructions of an object file.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct BtfExt {
    /// One entry per code section that something is known about.
    pub sections: Vec<SectionInfo>,
}

impl BtfExt {
    /// What is known about the section of this name.
    pub fn section(&self, name: &str) -> Option<&SectionInfo> {
        self.sections.iter().find(|section| section.name == name)
    }

    /// The entry of the section of this name, added at the end if there is none.
    pub fn section_mut(&mut self, name: &str) -> &mut SectionInfo {
        let place = self.sections.iter().position(|s| s.name == name);
        let place = place.unwrap_or_else(|| {
            self.sections.push(SectionInfo::new(name));
            self.sections.len() - 1
        });
        &mut self.sections[place]
    }
}

/// What is known about the instructions of one section. All offsets count bytes from its start and ascend.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct SectionInfo {
    /// The section's name.
    pub name: String,
    /// Where functions start.
    pub funcs: Vec<FuncInfo>,
    /// Where lines of the source start.
    pub lines: Vec<LineInfo>,
    /// Instructions that depend on the layout of the running kernel's types.
    pub relos: Vec<CoreRelo>,
}

impl SectionInfo {
    /// A section about which nothing is known yet.
    pub fn new(name: impl Into<String>) -> SectionInfo {
        SectionInfo {
            name: name.into(),
            ..SectionInfo::default()
        }
    }

    /// The line that the instruction at this byte offset comes from: the last one that starts at or before it.
    pub fn line_at(&self, offset: u32) -> Option<&LineInfo> {
        self.lines.iter().rev().find(|line| line.offset <= offset)
    }
}

/// A function starts here.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct FuncInfo {
    /// Byte offset in the section.
    pub offset: u32,
    /// The function, a [`crate::btf::BtfType::Func`].
    pub func: TypeId,
}

/// A line of the source starts here.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct LineInfo {
    /// Byte offset in the section.
    pub offset: u32,
    /// The source file.
    pub file: String,
    /// The text of the line.
    pub text: String,
    /// Line number, from 1; the file has room for 22 bits.
    pub line: u32,
    /// Column number, from 1, 0 if unknown; the file has room for 10 bits, and larger ones become the largest.
    pub column: u32,
}

/// A CO-RE relocation: a number in an instruction that depends on the running kernel's types.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct CoreRelo {
    /// Byte offset of the instruction in the section.
    pub offset: u32,
    /// The type that the access starts from.
    pub root: TypeId,
    /// The path of the access, e.g. `0:1:2`: element 0, then member 1, then member 2.
    pub access: String,
    /// What is to be found out.
    pub kind: CoreReloKind,
}
