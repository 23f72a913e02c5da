//! Types of values: two integer widths, as the machine has them, and pointers with a kind.

use std::fmt;

use bpfcc_isa::Width;

/// Type of a value.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum Type {
    /// 32-bit integer. C's narrower types are promoted to it and stored back with narrower stores.
    I32,
    /// 64-bit integer.
    I64,
    /// 64-bit pointer.
    Ptr(PtrKind),
}

impl Type {
    /// Pointer of unknown kind.
    pub const PTR: Type = Type::Ptr(PtrKind::Mem);

    /// Width of arithmetic and comparisons on this type.
    pub fn width(self) -> Width {
        match self {
            Type::I32 => Width::W32,
            Type::I64 | Type::Ptr(_) => Width::W64,
        }
    }

    /// Size in bytes.
    pub fn bytes(self) -> u32 {
        self.width().bits() / 8
    }

    /// Whether this is a pointer of any kind.
    pub fn is_ptr(self) -> bool {
        matches!(self, Type::Ptr(_))
    }

    /// Whether a value of type `self` may stand where `other` is expected: the same type, or a pointer that is known
    /// more precisely.
    pub fn fits(self, other: Type) -> bool {
        match (self, other) {
            (Type::Ptr(a), Type::Ptr(b)) => a.fits(b),
            _ => self == other,
        }
    }
}

impl fmt::Display for Type {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Type::I32 => f.write_str("i32"),
            Type::I64 => f.write_str("i64"),
            Type::Ptr(PtrKind::Mem) => f.write_str("ptr"),
            Type::Ptr(kind) => write!(f, "ptr.{}", kind.name()),
        }
    }
}

macro_rules! ptr_kinds {
    ($($(#[$doc:meta])* $variant:ident $name:literal;)+) => {
        /// What a pointer points to, as far as known: the checker's register types, without their bounds.
        #[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
        pub enum PtrKind { $($(#[$doc])* $variant,)+ }

        impl PtrKind {
            /// All kinds.
            pub const ALL: &'static [PtrKind] = &[$(PtrKind::$variant),+];

            /// The name after `ptr.` in the IR's text.
            pub fn name(self) -> &'static str {
                match self { $(PtrKind::$variant => $name,)+ }
            }
        }
    };
}

ptr_kinds! {
    /// Anything: the top of the order.
    Mem "mem";
    /// The program's context.
    Ctx "ctx";
    /// Packet bytes: `ctx->data` and what is computed from it.
    Packet "packet";
    /// Packet meta data: `ctx->data_meta`.
    PacketMeta "packet_meta";
    /// The end of the packet: only compared, never dereferenced.
    PacketEnd "packet_end";
    /// A map value, not null.
    MapValue "map_value";
    /// The result of a map lookup before its null check.
    MapValueOrNull "map_value_or_null";
    /// A map itself.
    Map "map";
    /// A stack slot of this function.
    Stack "stack";
    /// A global variable in `.data`, `.bss` or `.rodata`.
    Global "global";
    /// A function, as a callback.
    Func "func";
}

impl PtrKind {
    /// Whether a pointer of kind `self` may stand where `other` is expected.
    pub fn fits(self, other: PtrKind) -> bool {
        self == other
            || other == PtrKind::Mem
            || (self == PtrKind::MapValue && other == PtrKind::MapValueOrNull)
    }

    /// The least kind that both fit.
    pub fn join(self, other: PtrKind) -> PtrKind {
        if self.fits(other) {
            other
        } else if other.fits(self) {
            self
        } else {
            PtrKind::Mem
        }
    }

    /// What a pointer of this kind is once it is known not to be null.
    pub fn non_null(self) -> PtrKind {
        if self == PtrKind::MapValueOrNull {
            PtrKind::MapValue
        } else {
            self
        }
    }
}
