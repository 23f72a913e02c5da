//! The BTF type graph: types that name each other by number.
//!
//! The kinds and their meaning are those of Linux `Documentation/bpf/btf.rst`; the encoding is the business of the reader
//! and the writer. Number 0 is `void` and is not stored; the first type added gets number 1.

use std::collections::HashMap;
use std::fmt;

use super::Kind;

/// Number of a type; 0 is `void`.
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Debug, Default)]
pub struct TypeId(pub u32);

impl TypeId {
    /// C's `void`, which no graph stores.
    pub const VOID: TypeId = TypeId(0);
}

impl fmt::Display for TypeId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

/// A type, variable, function, section or tag. Names are empty where C has none.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub enum BtfType {
    /// BTF_KIND_INT.
    Int {
        /// `unsigned int`, `_Bool`, …
        name: String,
        /// Bytes in memory.
        size: u32,
        /// How to print it.
        encoding: IntEncoding,
        /// Significant bits, `8 * size` unless this describes an old-style bit-field.
        bits: u8,
        /// Bit offset in an old-style bit-field, otherwise 0.
        offset: u8,
    },
    /// BTF_KIND_PTR.
    Ptr {
        /// What it points to.
        target: TypeId,
    },
    /// BTF_KIND_ARRAY.
    Array {
        /// Type of one element.
        element: TypeId,
        /// An integer type; C gives no choice, but the kernel demands one.
        index: TypeId,
        /// Number of elements.
        count: u32,
    },
    /// BTF_KIND_STRUCT.
    Struct {
        /// The tag.
        name: String,
        /// Bytes in memory.
        size: u32,
        /// Members by ascending offset.
        members: Vec<Member>,
    },
    /// BTF_KIND_UNION.
    Union {
        /// The tag.
        name: String,
        /// Bytes in memory.
        size: u32,
        /// Members in the order of the source.
        members: Vec<Member>,
    },
    /// BTF_KIND_ENUM: values of 32 bits.
    Enum {
        /// The tag.
        name: String,
        /// Bytes in memory.
        size: u32,
        /// Whether any value is negative.
        signed: bool,
        /// Constants in the order of the source.
        values: Vec<Enumerator>,
    },
    /// BTF_KIND_FWD: `struct name;` or `union name;` and no more.
    Fwd {
        /// The tag.
        name: String,
        /// Whether `struct` or `union` was written.
        kind: FwdKind,
    },
    /// BTF_KIND_TYPEDEF.
    Typedef {
        /// The new name.
        name: String,
        /// What it stands for.
        target: TypeId,
    },
    /// BTF_KIND_VOLATILE.
    Volatile {
        /// The qualified type.
        target: TypeId,
    },
    /// BTF_KIND_CONST.
    Const {
        /// The qualified type.
        target: TypeId,
    },
    /// BTF_KIND_RESTRICT.
    Restrict {
        /// The qualified type.
        target: TypeId,
    },
    /// BTF_KIND_FUNC: a function, as opposed to its type.
    Func {
        /// Its name.
        name: String,
        /// Its type, a [`BtfType::FuncProto`].
        proto: TypeId,
        /// Who can see it.
        linkage: Linkage,
    },
    /// BTF_KIND_FUNC_PROTO.
    FuncProto {
        /// Result; [`TypeId::VOID`] for none.
        result: TypeId,
        /// Parameters; a last one without name and of type `void` stands for `...`.
        params: Vec<Param>,
    },
    /// BTF_KIND_VAR.
    Var {
        /// Its name.
        name: String,
        /// Its type.
        ty: TypeId,
        /// Who can see it.
        linkage: Linkage,
    },
    /// BTF_KIND_DATASEC: which variables lie where in an ELF section.
    DataSec {
        /// Name of the section.
        name: String,
        /// Its size in bytes; 0 in files of clang, where the loader takes it from ELF.
        size: u32,
        /// Variables by ascending offset.
        vars: Vec<SectionVar>,
    },
    /// BTF_KIND_FLOAT.
    Float {
        /// `float`, `double`, …
        name: String,
        /// Bytes in memory.
        size: u32,
    },
    /// BTF_KIND_DECL_TAG: `__attribute__((btf_decl_tag("value")))`.
    DeclTag {
        /// The tag's text.
        value: String,
        /// The declaration it is on.
        target: TypeId,
        /// Which member or parameter of the target is meant; `None` for the whole.
        component: Option<u32>,
        /// The text is a whole attribute rather than a `btf_decl_tag` (kind_flag, Linux 6.15).
        attribute: bool,
    },
    /// BTF_KIND_TYPE_TAG: `__attribute__((btf_type_tag("value")))`.
    TypeTag {
        /// The tag's text.
        value: String,
        /// The type it is on.
        target: TypeId,
        /// The text is a whole attribute rather than a `btf_type_tag` (kind_flag, Linux 6.15).
        attribute: bool,
    },
    /// BTF_KIND_ENUM64: values of 64 bits.
    Enum64 {
        /// The tag.
        name: String,
        /// Bytes in memory.
        size: u32,
        /// Whether any value is negative.
        signed: bool,
        /// Constants in the order of the source.
        values: Vec<Enumerator>,
    },
}

/// How to print an integer. The kernel allows at most one of the three bits (`btf_int_check_meta`).
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, Default)]
pub enum IntEncoding {
    /// Unsigned, and nothing more to say.
    #[default]
    Unsigned,
    /// BTF_INT_SIGNED.
    Signed,
    /// BTF_INT_CHAR; clang describes `char` as signed or unsigned instead.
    Char,
    /// BTF_INT_BOOL.
    Bool,
}

/// A member of a struct or union.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub struct Member {
    /// Its name; empty for an anonymous struct or union.
    pub name: String,
    /// Its type; for a bit-field the declared one.
    pub ty: TypeId,
    /// Offset from the start of the struct, in bits.
    pub bit_offset: u32,
    /// Width in bits of a bit-field; 0 for an ordinary member.
    pub bit_size: u8,
}

/// A constant of an enum.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub struct Enumerator {
    /// Its name.
    pub name: String,
    /// Its value as C sees it: negative only in signed enums.
    pub value: i128,
}

/// A parameter of a function type.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub struct Param {
    /// Its name, if it has one.
    pub name: String,
    /// Its type.
    pub ty: TypeId,
}

/// A variable's place in a section.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub struct SectionVar {
    /// The [`BtfType::Var`]; or a [`BtfType::Func`] for externs of functions in `.ksyms`.
    pub ty: TypeId,
    /// Offset in the section, in bytes.
    pub offset: u32,
    /// Size in bytes.
    pub size: u32,
}

/// What is declared by [`BtfType::Fwd`].
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum FwdKind {
    /// `struct name;`
    Struct,
    /// `union name;`
    Union,
}

/// Visibility of a function or variable.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum Linkage {
    /// `static`.
    Static,
    /// Defined here, visible everywhere.
    Global,
    /// Defined elsewhere.
    Extern,
}

impl BtfType {
    /// Which variant this is.
    pub fn kind(&self) -> Kind {
        match self {
            BtfType::Int { .. } => Kind::Int,
            BtfType::Ptr { .. } => Kind::Ptr,
            BtfType::Array { .. } => Kind::Array,
            BtfType::Struct { .. } => Kind::Struct,
            BtfType::Union { .. } => Kind::Union,
            BtfType::Enum { .. } => Kind::Enum,
            BtfType::Fwd { .. } => Kind::Fwd,
            BtfType::Typedef { .. } => Kind::Typedef,
            BtfType::Volatile { .. } => Kind::Volatile,
            BtfType::Const { .. } => Kind::Const,
            BtfType::Restrict { .. } => Kind::Restrict,
            BtfType::Func { .. } => Kind::Func,
            BtfType::FuncProto { .. } => Kind::FuncProto,
            BtfType::Var { .. } => Kind::Var,
            BtfType::DataSec { .. } => Kind::DataSec,
            BtfType::Float { .. } => Kind::Float,
            BtfType::DeclTag { .. } => Kind::DeclTag,
            BtfType::TypeTag { .. } => Kind::TypeTag,
            BtfType::Enum64 { .. } => Kind::Enum64,
        }
    }

    /// The name (of a tag: its text); empty for the kinds that have none.
    pub fn name(&self) -> &str {
        match self {
            BtfType::Int { name, .. }
            | BtfType::Struct { name, .. }
            | BtfType::Union { name, .. }
            | BtfType::Enum { name, .. }
            | BtfType::Enum64 { name, .. }
            | BtfType::Fwd { name, .. }
            | BtfType::Typedef { name, .. }
            | BtfType::Func { name, .. }
            | BtfType::Var { name, .. }
            | BtfType::DataSec { name, .. }
            | BtfType::Float { name, .. } => name,
            BtfType::DeclTag { value, .. } | BtfType::TypeTag { value, .. } => value,
            BtfType::Ptr { .. }
            | BtfType::Array { .. }
            | BtfType::Volatile { .. }
            | BtfType::Const { .. }
            | BtfType::Restrict { .. }
            | BtfType::FuncProto { .. } => "",
        }
    }

    /// Whether two equal ones are one and the same. Functions, variables and sections are *things*: two local `static int x`
    /// are equal and yet distinct.
    fn is_shareable(&self) -> bool {
        !matches!(self.kind(), Kind::Func | Kind::Var | Kind::DataSec)
    }
}

/// A graph of types.
#[derive(Clone, Debug, Default)]
pub struct Btf {
    /// The type with number `n` is at `n - 1`.
    types: Vec<BtfType>,
    /// Number of each shareable type, so that [`Btf::add`] finds an equal one.
    numbers: HashMap<BtfType, TypeId>,
}

impl PartialEq for Btf {
    fn eq(&self, other: &Self) -> bool {
        self.types == other.types
    }
}

impl Btf {
    /// A graph that knows only `void`.
    pub fn new() -> Btf {
        Btf::default()
    }

    /// The number of this type: that of an equal one if there is one, otherwise a new one. Functions, variables and
    /// sections always get a new number.
    pub fn add(&mut self, ty: BtfType) -> TypeId {
        match self.numbers.get(&ty) {
            Some(&id) => id,
            None => self.push(ty),
        }
    }

    /// Adds a type even if there is an equal one. With [`Btf::replace`] this makes a type that refers to itself: add the
    /// struct without members, add what points to it, then replace it by the whole.
    pub fn push(&mut self, ty: BtfType) -> TypeId {
        let id = TypeId(self.types.len() as u32 + 1);
        if ty.is_shareable() {
            self.numbers.entry(ty.clone()).or_insert(id);
        }
        self.types.push(ty);
        id
    }

    /// Puts another type in the place of an existing one, which is returned; `None` and no change if `id` is `void` or not
    /// in the graph.
    pub fn replace(&mut self, id: TypeId, ty: BtfType) -> Option<BtfType> {
        let place = self.types.get_mut(position(id)?)?;
        let old = std::mem::replace(place, ty.clone());
        if self.numbers.get(&old) == Some(&id) {
            self.numbers.remove(&old);
        }
        if ty.is_shareable() {
            self.numbers.entry(ty).or_insert(id);
        }
        Some(old)
    }

    /// The type with this number; `None` for `void` and for numbers not in the graph.
    pub fn get(&self, id: TypeId) -> Option<&BtfType> {
        self.types.get(position(id)?)
    }

    /// All types by ascending number.
    pub fn iter(&self) -> impl Iterator<Item = (TypeId, &BtfType)> {
        (1..).map(TypeId).zip(&self.types)
    }

    /// The types by ascending number, without their numbers.
    pub(crate) fn into_types(self) -> Vec<BtfType> {
        self.types
    }

    /// Number of types, not counting `void`.
    pub fn len(&self) -> usize {
        self.types.len()
    }

    /// Whether there is only `void`.
    pub fn is_empty(&self) -> bool {
        self.types.is_empty()
    }

    /// The first type of this name and kind.
    pub fn find_by_name_kind(&self, name: &str, kind: Kind) -> Option<TypeId> {
        self.iter()
            .find(|(_, ty)| ty.kind() == kind && ty.name() == name)
            .map(|(id, _)| id)
    }

    /// Follows typedefs, qualifiers and type tags to what they are about. A cycle of them, which only a hostile file has,
    /// counts as `void`.
    pub fn strip(&self, id: TypeId) -> TypeId {
        let mut current = id;
        for _ in 0..=self.types.len() {
            match self.get(current) {
                Some(
                    BtfType::Typedef { target, .. }
                    | BtfType::Volatile { target }
                    | BtfType::Const { target }
                    | BtfType::Restrict { target }
                    | BtfType::TypeTag { target, .. },
                ) => current = *target,
                _ => return current,
            }
        }
        TypeId::VOID
    }

    /// Bytes that a value of this type takes in memory; `None` for what has no size (`void`, functions, `struct s;`) or
    /// more than fits.
    pub fn size_of(&self, id: TypeId) -> Option<u64> {
        let mut count: u64 = 1;
        let mut current = id;
        // Each round steps into one array; more rounds than types means a cycle.
        for _ in 0..=self.types.len() {
            current = self.strip(current);
            let one = match self.get(current)? {
                BtfType::Array {
                    element, count: n, ..
                } => {
                    count = count.checked_mul(u64::from(*n))?;
                    current = *element;
                    continue;
                }
                BtfType::Var { ty, .. } => {
                    current = *ty;
                    continue;
                }
                BtfType::Ptr { .. } => 8,
                BtfType::Int { size, .. }
                | BtfType::Struct { size, .. }
                | BtfType::Union { size, .. }
                | BtfType::Enum { size, .. }
                | BtfType::Enum64 { size, .. }
                | BtfType::DataSec { size, .. }
                | BtfType::Float { size, .. } => *size,
                _ => return None,
            };
            return count.checked_mul(u64::from(one));
        }
        None
    }
}

/// Where the type with this number is stored; `None` for `void`.
fn position(id: TypeId) -> Option<usize> {
    usize::try_from(id.0).ok()?.checked_sub(1)
}
