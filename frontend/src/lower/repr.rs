//! How values of C live in the IR.
//!
//! | C type | in registers |
//! |---|---|
//! | `_Bool`, `char`, `short`, `int`, enumerations of these | an `i32` that holds the value, extended by the type's sign |
//! | `long`, `long long` | an `i64` |
//! | pointers | a `ptr`; where variables meet, its kind is left to the pass [`kinds`](bpfcc_ir::pass::kinds) |
//! | `__int128` | two `i64` |
//! | structs, unions, arrays | nothing: they stay in memory |

use bpfcc_ir::{Type, Value};

use crate::types::{IntKind, TypeId, TypeKind, Types};

/// How values of a C type live in the IR.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Repr {
    /// `void`.
    Nothing,
    /// One value.
    Word(Type),
    /// Two values of 64 bits.
    Pair,
    /// Bytes.
    Memory,
}

/// How values of `ty` live in the IR. Floating-point types are their bits: they are copied, never computed with.
pub(super) fn repr(types: &Types, ty: TypeId) -> Repr {
    match types.shape(ty) {
        TypeKind::Pointer(_) => Repr::Word(Type::PTR),
        TypeKind::Int(_) | TypeKind::Enum(_) => bits_repr(arithmetic_kind(types, ty).bits()),
        TypeKind::Float(kind) => bits_repr(kind.bytes() * 8),
        TypeKind::Array { .. } | TypeKind::Record(_) => Repr::Memory,
        TypeKind::Void | TypeKind::Function(_) | TypeKind::Typedef(_) | TypeKind::Tagged { .. } => {
            Repr::Nothing
        }
    }
}

fn bits_repr(bits: u32) -> Repr {
    match bits {
        0..=32 => Repr::Word(Type::I32),
        33..=64 => Repr::Word(Type::I64),
        _ => Repr::Pair,
    }
}

/// The integer type that a scalar computes like. Pointers compute like `unsigned long`.
pub(super) fn arithmetic_kind(types: &Types, ty: TypeId) -> IntKind {
    types.int_kind(ty).unwrap_or(IntKind::ULong)
}

/// The register type of integers of this kind, of the halves if it is 128 bits wide.
pub(super) fn word_type(kind: IntKind) -> Type {
    if kind.bits() <= 32 {
        Type::I32
    } else {
        Type::I64
    }
}

/// A scalar value of C.
#[derive(Clone, Copy, Debug)]
pub(super) enum Scalar {
    /// In one register.
    Word(Value),
    /// In two.
    Pair(Wide),
}

/// A 128-bit integer.
#[derive(Clone, Copy, Debug)]
pub(super) struct Wide {
    /// Bits 0 to 63.
    pub(super) lo: Value,
    /// Bits 64 to 127.
    pub(super) hi: Value,
}

impl Scalar {
    /// The register, or the lower of two.
    pub(super) fn word(self) -> Value {
        match self {
            Scalar::Word(value) | Scalar::Pair(Wide { lo: value, .. }) => value,
        }
    }

    /// All registers, the lower first.
    pub(super) fn words(self) -> Vec<Value> {
        match self {
            Scalar::Word(value) => vec![value],
            Scalar::Pair(wide) => vec![wide.lo, wide.hi],
        }
    }

    /// The scalar in these registers, as [`Scalar::words`] gives them.
    pub(super) fn from_words(words: &[Value]) -> Scalar {
        match *words {
            [lo, hi] => Scalar::Pair(Wide { lo, hi }),
            [value] => Scalar::Word(value),
            _ => panic!("a scalar is in one or two registers, not {}", words.len()),
        }
    }
}
