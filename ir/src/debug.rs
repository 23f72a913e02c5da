//! What the compiler remembers of the source: files, places and C types, as BTF needs them.

use std::sync::Arc;

use crate::entity::{DebugTypeId, PrimaryMap};

/// A place in the source; line 0 means unknown.
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Debug, Default)]
pub struct SourceLoc {
    /// Index in [`DebugInfo::files`].
    pub file: u32,
    /// Line, from 1.
    pub line: u32,
    /// Column in characters, from 1.
    pub column: u32,
}

impl SourceLoc {
    /// No place.
    pub const UNKNOWN: SourceLoc = SourceLoc {
        file: 0,
        line: 0,
        column: 0,
    };
}

/// A source file.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct SourceFile {
    /// Path as the user gave it or as the include search found it.
    pub name: String,
    /// Text, so that line information can carry it.
    pub text: Arc<String>,
    /// What `#line` and line markers say, by ascending line.
    pub renamings: Vec<Renaming>,
}

/// From a line of a file on, lines count from another one, in a file with another name.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Renaming {
    /// The line in the file.
    pub from: u32,
    /// What it is called.
    pub line: u32,
    /// The file that it is said to be in.
    pub name: String,
}

impl SourceFile {
    /// The file and the number that a line is said to have.
    pub fn presumed(&self, line: u32) -> (&str, u32) {
        let behind = self
            .renamings
            .partition_point(|renaming| renaming.from <= line);
        match behind.checked_sub(1).map(|index| &self.renamings[index]) {
            Some(renaming) => (
                &renaming.name,
                renaming.line.saturating_add(line - renaming.from),
            ),
            None => (&self.name, line),
        }
    }
}

/// Files and types.
#[derive(Clone, Debug, Default)]
pub struct DebugInfo {
    /// Source files.
    pub files: Vec<SourceFile>,
    /// C types, each once.
    pub types: PrimaryMap<DebugTypeId, DebugType>,
    /// `btf_decl_tag`s of types and their members.
    pub type_tags: Vec<(DebugTypeId, DeclTag)>,
}

impl DebugInfo {
    /// The type, which is added if it is not there yet.
    pub fn type_id(&mut self, ty: DebugType) -> DebugTypeId {
        let known = self.types.iter().find(|(_, known)| **known == ty);
        match known {
            Some((id, _)) => id,
            None => self.types.push(ty),
        }
    }
}

/// `__attribute__((btf_decl_tag("text")))` on a declaration.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct DeclTag {
    /// The tag's text.
    pub text: String,
    /// Which member or parameter of the declaration is meant; `None` for the whole.
    pub component: Option<u32>,
}

impl DeclTag {
    /// These tags on a declaration as a whole.
    pub fn whole(texts: &[String]) -> impl Iterator<Item = DeclTag> {
        DeclTag::on(None, texts)
    }

    /// These tags on the member or parameter with this number.
    pub fn component(number: usize, texts: &[String]) -> impl Iterator<Item = DeclTag> {
        DeclTag::on(u32::try_from(number).ok(), texts)
    }

    fn on(component: Option<u32>, texts: &[String]) -> impl Iterator<Item = DeclTag> {
        let tag = move |text: &String| DeclTag {
            text: text.clone(),
            component,
        };
        texts.iter().map(tag)
    }
}

/// A function's place and type.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct FuncDebug {
    /// Declaration.
    pub loc: SourceLoc,
    /// A [`DebugType::FuncProto`].
    pub ty: Option<DebugTypeId>,
    /// `btf_decl_tag`s of the function and its parameters.
    pub tags: Vec<DeclTag>,
}

/// How an integer prints.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum IntEncoding {
    /// Unsigned number.
    Unsigned,
    /// Signed number.
    Signed,
    /// `_Bool`.
    Bool,
    /// `char`, signed.
    Char,
}

/// A type qualifier.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum Qualifier {
    /// `const`.
    Const,
    /// `volatile`.
    Volatile,
    /// `restrict`.
    Restrict,
}

/// A member of a struct or union.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct DebugMember {
    /// Name; empty if anonymous.
    pub name: String,
    /// Type.
    pub ty: DebugTypeId,
    /// Offset in bits.
    pub bit_offset: u32,
    /// Width in bits of a bit-field.
    pub bit_width: Option<u8>,
}

/// A C type. `None` in place of an id means `void`. Cycles go through struct and union members.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum DebugType {
    /// Integer.
    Int {
        /// C name, e.g. `unsigned int`.
        name: String,
        /// Size in bytes.
        bytes: u32,
        /// How it prints.
        encoding: IntEncoding,
    },
    /// Floating-point type; only mentioned, never computed with.
    Float {
        /// C name.
        name: String,
        /// Size in bytes.
        bytes: u32,
    },
    /// Pointer.
    Pointer(Option<DebugTypeId>),
    /// Array; `count` is 0 for flexible arrays.
    Array {
        /// Element type.
        element: DebugTypeId,
        /// Number of elements.
        count: u32,
    },
    /// Struct or union with members.
    Composite {
        /// Tag; empty if anonymous.
        name: String,
        /// Union, not struct.
        is_union: bool,
        /// Size in bytes.
        bytes: u32,
        /// Members in order.
        members: Vec<DebugMember>,
    },
    /// Struct or union that is only declared.
    Forward {
        /// Tag.
        name: String,
        /// Union, not struct.
        is_union: bool,
    },
    /// Enumeration.
    Enum {
        /// Tag; empty if anonymous.
        name: String,
        /// Size in bytes.
        bytes: u32,
        /// Whether values are signed.
        signed: bool,
        /// Names and values.
        values: Vec<(String, i128)>,
    },
    /// Typedef.
    Typedef {
        /// Name.
        name: String,
        /// What it names.
        target: Option<DebugTypeId>,
    },
    /// What a pointer points to, with a `btf_type_tag`.
    Tagged {
        /// The tag's text.
        tag: String,
        /// What is tagged.
        target: Option<DebugTypeId>,
    },
    /// Qualified type.
    Qualified(Qualifier, Option<DebugTypeId>),
    /// Function type.
    FuncProto {
        /// Result.
        result: Option<DebugTypeId>,
        /// Names (may be empty) and types of parameters.
        params: Vec<(String, DebugTypeId)>,
        /// `...` at the end.
        variadic: bool,
    },
}
