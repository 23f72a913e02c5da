//! C types: what kinds there are, how they are shared, and how large they are.
//!
//! [`Types`] owns every type of one compilation. A [`TypeId`] names a *shape*, and equal shapes have equal numbers, so
//! comparing types is comparing numbers. Qualifiers are no part of the shape: a [`QualType`] carries both.
//!
//! Typedef names and `btf_type_tag`s are kept as shapes of their own, because messages and BTF want to show them;
//! [`Types::canonical`] looks through them. Structs, unions and enums are named by [`RecordId`] and [`EnumId`]: two
//! declarations with the same members are still two types (C11 6.7.2.3p5).
//!
//! The data model is that of BPF: `long` and pointers 64 bits wide, `char` signed.
//!
//! ```
//! use bpfcc_frontend::types::{IntKind, Types};
//!
//! let mut types = Types::new();
//! let int = Types::int(IntKind::Int).unqualified();
//! let row = types.array(int, 3);
//! let pointer = types.pointer_to(row.unqualified());
//! assert_eq!(types.size_of(row), Some(12));
//! assert_eq!(types.spell(pointer.unqualified()), "int (*)[3]");
//! ```

mod layout;
mod relations;
mod spell;
mod vector;

use std::collections::HashMap;
use std::ops::BitOr;

use bpfcc_isa::Endian;

use crate::source::Span;

pub use layout::{FieldDecl, RecordOptions};

macro_rules! type_ids {
    ($($(#[$doc:meta])* $name:ident;)+) => {$(
        $(#[$doc])*
        #[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
        pub struct $name(u32);

        impl $name {
            /// Position in the table it belongs to.
            pub fn index(self) -> usize {
                self.0 as usize
            }
        }
    )+};
}

type_ids! {
    /// Names a shape in [`Types`].
    TypeId;
    /// Names a struct or union.
    RecordId;
    /// Names an enumeration.
    EnumId;
    /// Names a typedef.
    TypedefId;
}

impl TypeId {
    /// This shape without qualifiers.
    pub fn unqualified(self) -> QualType {
        QualType {
            ty: self,
            quals: Quals::NONE,
        }
    }

    /// This shape with qualifiers.
    pub fn with(self, quals: Quals) -> QualType {
        QualType { ty: self, quals }
    }
}

/// Type qualifiers (C11 6.7.3), and the address space of a pointed-to object.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, Default)]
pub struct Quals {
    /// `const`.
    pub is_const: bool,
    /// `volatile`.
    pub is_volatile: bool,
    /// `restrict`.
    pub is_restrict: bool,
    /// `_Atomic`.
    pub is_atomic: bool,
    /// `__attribute__((address_space(N)))`: 1 is a BPF arena.
    pub address_space: u8,
}

impl Quals {
    /// No qualifiers.
    pub const NONE: Quals = Quals {
        is_const: false,
        is_volatile: false,
        is_restrict: false,
        is_atomic: false,
        address_space: 0,
    };
    /// `const` alone.
    pub const CONST: Quals = Quals {
        is_const: true,
        ..Quals::NONE
    };
    /// `volatile` alone.
    pub const VOLATILE: Quals = Quals {
        is_volatile: true,
        ..Quals::NONE
    };

    /// Whether `other` has a qualifier that `self` has not.
    pub fn lacks_some_of(self, other: Quals) -> bool {
        (self | other) != self
    }
}

impl BitOr for Quals {
    type Output = Quals;

    fn bitor(self, other: Quals) -> Quals {
        Quals {
            is_const: self.is_const || other.is_const,
            is_volatile: self.is_volatile || other.is_volatile,
            is_restrict: self.is_restrict || other.is_restrict,
            is_atomic: self.is_atomic || other.is_atomic,
            address_space: self.address_space.max(other.address_space),
        }
    }
}

/// A shape with qualifiers: what a declaration gives its name.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub struct QualType {
    /// The shape.
    pub ty: TypeId,
    /// The qualifiers of the outermost level.
    pub quals: Quals,
}

impl QualType {
    /// The same type with more qualifiers.
    pub fn and(self, quals: Quals) -> QualType {
        QualType {
            ty: self.ty,
            quals: self.quals | quals,
        }
    }
}

macro_rules! int_kinds {
    ($($(#[$doc:meta])* $variant:ident $name:literal $size:literal $signed:literal $rank:literal;)+) => {
        /// The integer types, in the order of their conversion rank (C11 6.3.1.1).
        #[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
        pub enum IntKind { $($(#[$doc])* $variant,)+ }

        impl IntKind {
            /// All integer types.
            pub const ALL: &'static [IntKind] = &[$(IntKind::$variant),+];

            /// The type's usual spelling.
            pub fn name(self) -> &'static str {
                match self { $(IntKind::$variant => $name,)+ }
            }

            /// Size and alignment in bytes.
            pub fn bytes(self) -> u32 {
                match self { $(IntKind::$variant => $size,)+ }
            }

            /// Whether it has negative values.
            pub fn is_signed(self) -> bool {
                match self { $(IntKind::$variant => $signed,)+ }
            }

            /// Conversion rank: of two types, the usual arithmetic conversions choose the higher one.
            pub fn rank(self) -> u8 {
                match self { $(IntKind::$variant => $rank,)+ }
            }
        }
    };
}

int_kinds! {
    /// `_Bool`: 0 or 1.
    Bool "_Bool" 1 false 0;
    /// `char`, which is signed.
    Char "char" 1 true 1;
    /// `signed char`.
    SChar "signed char" 1 true 1;
    /// `unsigned char`.
    UChar "unsigned char" 1 false 1;
    /// `short`.
    Short "short" 2 true 2;
    /// `unsigned short`.
    UShort "unsigned short" 2 false 2;
    /// `int`.
    Int "int" 4 true 3;
    /// `unsigned int`.
    UInt "unsigned int" 4 false 3;
    /// `long`.
    Long "long" 8 true 4;
    /// `unsigned long`.
    ULong "unsigned long" 8 false 4;
    /// `long long`.
    LongLong "long long" 8 true 5;
    /// `unsigned long long`.
    ULongLong "unsigned long long" 8 false 5;
    /// `__int128`.
    Int128 "__int128" 16 true 6;
    /// `unsigned __int128`.
    UInt128 "unsigned __int128" 16 false 6;
}

impl IntKind {
    /// Width in bits of the representation; a `_Bool` takes eight.
    pub fn bits(self) -> u32 {
        self.bytes() * 8
    }

    /// The first type of this many bytes, other than `_Bool` and `char`.
    pub fn of_size(bytes: u32, is_signed: bool) -> Option<IntKind> {
        let is_plain = |kind: &IntKind| !matches!(kind, IntKind::Bool | IntKind::Char);
        let fits = |kind: &IntKind| kind.bytes() == bytes && kind.is_signed() == is_signed;
        let mut kinds = IntKind::ALL.iter().copied();
        kinds.find(|kind| is_plain(kind) && fits(kind))
    }

    /// The value that `value` has once it is converted to this type (C11 6.3.1.2 and 6.3.1.3): reduced modulo 2^width.
    ///
    /// Values above `i128::MAX` of `unsigned __int128` are represented by the same bits, as negative numbers.
    pub fn wrap(self, value: i128) -> i128 {
        if self == IntKind::Bool {
            return (value != 0).into();
        }
        let unused = 128 - self.bits();
        let shifted = (value as u128) << unused;
        if self.is_signed() {
            (shifted as i128) >> unused
        } else {
            (shifted >> unused) as i128
        }
    }

    /// Whether the type can represent `value` without change.
    pub fn holds(self, value: i128) -> bool {
        self.wrap(value) == value
    }

    /// The unsigned type of the same rank.
    pub fn to_unsigned(self) -> IntKind {
        match self {
            IntKind::Char | IntKind::SChar => IntKind::UChar,
            IntKind::Short => IntKind::UShort,
            IntKind::Int => IntKind::UInt,
            IntKind::Long => IntKind::ULong,
            IntKind::LongLong => IntKind::ULongLong,
            IntKind::Int128 => IntKind::UInt128,
            unsigned => unsigned,
        }
    }

    /// The signed type of the same rank.
    pub fn to_signed(self) -> IntKind {
        match self {
            IntKind::UChar => IntKind::SChar,
            IntKind::UShort => IntKind::Short,
            IntKind::UInt => IntKind::Int,
            IntKind::ULong => IntKind::Long,
            IntKind::ULongLong => IntKind::LongLong,
            IntKind::UInt128 => IntKind::Int128,
            signed => signed,
        }
    }

    /// The type after integer promotion (C11 6.3.1.1p2): what is narrower than `int` becomes `int`.
    pub fn promoted(self) -> IntKind {
        if self.rank() < IntKind::Int.rank() {
            IntKind::Int
        } else {
            self
        }
    }

    /// The common type of two operands after the usual arithmetic conversions (C11 6.3.1.8).
    pub fn common(self, other: IntKind) -> IntKind {
        let (a, b) = (self.promoted(), other.promoted());
        if a.is_signed() == b.is_signed() {
            return if a.rank() >= b.rank() { a } else { b };
        }
        let (signed, unsigned) = if a.is_signed() { (a, b) } else { (b, a) };
        if unsigned.rank() >= signed.rank() {
            unsigned
        } else if signed.bits() > unsigned.bits() {
            signed
        } else {
            signed.to_unsigned()
        }
    }
}

/// The floating-point types. Programs may name them, and structs may contain them; values that are not constant are refused by
/// `restrict`. In order of rank (C11 6.3.1.8).
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub enum FloatKind {
    /// `_Float16`.
    Half,
    /// `float` and `_Float32`.
    Float,
    /// `double`, `_Float64` and `_Float32x`.
    Double,
    /// `long double`, eight bytes on BPF.
    LongDouble,
    /// `_Float128` and `_Float64x`.
    Quad,
}

impl FloatKind {
    /// The type's usual spelling.
    pub fn name(self) -> &'static str {
        match self {
            FloatKind::Half => "_Float16",
            FloatKind::Float => "float",
            FloatKind::Double => "double",
            FloatKind::LongDouble => "long double",
            FloatKind::Quad => "_Float128",
        }
    }

    /// Size and alignment in bytes.
    pub fn bytes(self) -> u32 {
        match self {
            FloatKind::Half => 2,
            FloatKind::Float => 4,
            FloatKind::Double | FloatKind::LongDouble => 8,
            FloatKind::Quad => 16,
        }
    }
}

/// A parameter in a function type.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub struct Param {
    /// The name, if the prototype gives one.
    pub name: Option<String>,
    /// The type after arrays and functions became pointers (C11 6.7.6.3p7).
    pub ty: QualType,
    /// `btf_decl_tag`s.
    pub tags: Vec<String>,
}

/// What a function takes and gives.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub struct FunctionType {
    /// Result; `void` for none.
    pub result: TypeId,
    /// Parameters in order.
    pub params: Vec<Param>,
    /// Whether the list ends with `...`.
    pub variadic: bool,
    /// Whether there was a parameter list at all: `int f()` says nothing about its parameters.
    pub prototyped: bool,
}

/// Shape of a type.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub enum TypeKind {
    /// `void`.
    Void,
    /// An integer type.
    Int(IntKind),
    /// A floating-point type.
    Float(FloatKind),
    /// An enumeration.
    Enum(EnumId),
    /// A pointer to the given type.
    Pointer(QualType),
    /// An array.
    Array {
        /// Type of the elements.
        element: QualType,
        /// Number of elements; `None` if not (yet) known, as in a flexible array member. Zero is a GNU extension.
        len: Option<u64>,
    },
    /// A function.
    Function(FunctionType),
    /// A struct or union.
    Record(RecordId),
    /// A typedef's name for another type.
    Typedef(TypedefId),
    /// A type with a `btf_type_tag`.
    Tagged {
        /// The tag.
        tag: String,
        /// The type that carries it.
        inner: QualType,
    },
}

/// Struct or union.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum RecordKind {
    /// Members follow each other.
    Struct,
    /// Members overlap.
    Union,
}

impl RecordKind {
    /// The keyword.
    pub fn keyword(self) -> &'static str {
        match self {
            RecordKind::Struct => "struct",
            RecordKind::Union => "union",
        }
    }
}

/// A struct or union, perhaps only declared.
#[derive(Clone, PartialEq, Debug)]
pub struct Record {
    /// Struct or union.
    pub kind: RecordKind,
    /// The name after the keyword.
    pub tag: Option<String>,
    /// Where it was declared.
    pub span: Span,
    /// Members and size, once the `{ … }` was seen.
    pub definition: Option<RecordDef>,
}

/// What stands between the braces of a struct or union, laid out.
#[derive(Clone, PartialEq, Debug)]
pub struct RecordDef {
    /// Members in source order, unnamed bit-fields left out.
    pub fields: Vec<Field>,
    /// Size in bytes.
    pub size: u64,
    /// Alignment in bytes.
    pub align: u32,
    /// Accesses are to be relocated to the running kernel's layout (`preserve_access_index`).
    pub preserve_access_index: bool,
    /// `btf_decl_tag`s of the type.
    pub tags: Vec<String>,
}

/// A member of a struct or union.
#[derive(Clone, PartialEq, Debug)]
pub struct Field {
    /// The name; anonymous struct and union members have none.
    pub name: Option<String>,
    /// The declared type.
    pub ty: QualType,
    /// Offset in bits from the start of the record. A multiple of eight except for bit-fields.
    pub bit_offset: u64,
    /// Width in bits of a bit-field.
    pub bit_width: Option<u32>,
    /// `btf_decl_tag`s.
    pub tags: Vec<String>,
    /// The declaration.
    pub span: Span,
}

impl Field {
    /// Offset in bytes; for a bit-field, of the first byte that holds bits of it.
    pub fn offset(&self) -> u64 {
        self.bit_offset / 8
    }
}

/// Where the bits of a bit-field are, seen from the start of the record: `(load(offset, bytes) >> shift) & mask(width)`.
///
/// `bytes` is 1, 2, 4, 8 or 16 and the unit is aligned to it, unless the record is packed so that no such unit holds
/// the field: then `bytes` is the number of bytes, at most 17, that the field touches.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub struct BitField {
    /// Byte offset of the unit from the start of the record.
    pub offset: u64,
    /// Size of the unit in bytes.
    pub bytes: u32,
    /// Position of the lowest bit in the unit.
    pub shift: u32,
    /// Number of bits.
    pub width: u32,
}

/// One step of the way to a member: which record, and which of its fields.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub struct FieldRef {
    /// The record.
    pub record: RecordId,
    /// Index into [`RecordDef::fields`].
    pub index: usize,
}

/// An enumeration, perhaps only declared.
#[derive(Clone, PartialEq, Debug)]
pub struct Enum {
    /// The name after the keyword.
    pub tag: Option<String>,
    /// Where it was declared.
    pub span: Span,
    /// The integer type that represents it; `unsigned int` until it is known.
    pub repr: IntKind,
    /// Enumerators in source order, once the `{ … }` was seen.
    pub values: Option<Vec<(String, i128)>>,
}

/// A typedef.
#[derive(Clone, PartialEq, Debug)]
pub struct Typedef {
    /// The name.
    pub name: String,
    /// What it stands for.
    pub target: QualType,
    /// Alignment set by an attribute.
    pub align: Option<u32>,
    /// `btf_decl_tag`s.
    pub tags: Vec<String>,
    /// The declaration.
    pub span: Span,
}

/// All types of one compilation.
#[derive(Clone, Debug)]
pub struct Types {
    /// Byte order of numbers in memory.
    pub endian: Endian,
    kinds: Vec<TypeKind>,
    ids: HashMap<TypeKind, TypeId>,
    records: Vec<Record>,
    enums: Vec<Enum>,
    typedefs: Vec<Typedef>,
    /// All vectors: see `vector`.
    vectors: Vec<TypeId>,
}

impl Default for Types {
    fn default() -> Types {
        Types::new()
    }
}

impl Types {
    /// The `void` type.
    pub const VOID: TypeId = TypeId(0);
    /// The `int` type.
    pub const INT: TypeId = Types::int(IntKind::Int);

    /// The basic types alone.
    pub fn new() -> Types {
        let mut types = Types {
            endian: Endian::Little,
            kinds: Vec::new(),
            ids: HashMap::new(),
            records: Vec::new(),
            enums: Vec::new(),
            typedefs: Vec::new(),
            vectors: Vec::new(),
        };
        // Their places are known as constants.
        assert_eq!(types.intern(TypeKind::Void), Types::VOID);
        for &kind in IntKind::ALL {
            assert_eq!(types.intern(TypeKind::Int(kind)), Types::int(kind));
        }
        types
    }

    /// The number of a shape.
    pub fn intern(&mut self, kind: TypeKind) -> TypeId {
        if let Some(&id) = self.ids.get(&kind) {
            return id;
        }
        let id = TypeId(self.kinds.len() as u32);
        self.kinds.push(kind.clone());
        self.ids.insert(kind, id);
        id
    }

    /// An integer type.
    pub const fn int(kind: IntKind) -> TypeId {
        TypeId(1 + kind as u32)
    }

    /// A pointer type.
    pub fn pointer_to(&mut self, pointee: QualType) -> TypeId {
        self.intern(TypeKind::Pointer(pointee))
    }

    /// `void *`.
    pub fn void_pointer(&mut self) -> TypeId {
        self.pointer_to(Types::VOID.unqualified())
    }

    /// An array of known length.
    pub fn array(&mut self, element: QualType, len: u64) -> TypeId {
        self.intern(TypeKind::Array {
            element,
            len: Some(len),
        })
    }

    /// Declares a struct or union; each call makes a new type.
    pub fn declare_record(&mut self, kind: RecordKind, tag: Option<String>, span: Span) -> TypeId {
        let id = RecordId(self.records.len() as u32);
        self.records.push(Record {
            kind,
            tag,
            span,
            definition: None,
        });
        self.intern(TypeKind::Record(id))
    }

    /// Declares an enumeration; each call makes a new type.
    pub fn declare_enum(&mut self, tag: Option<String>, span: Span) -> TypeId {
        let id = EnumId(self.enums.len() as u32);
        self.enums.push(Enum {
            tag,
            span,
            repr: IntKind::UInt,
            values: None,
        });
        self.intern(TypeKind::Enum(id))
    }

    /// Gives an enumeration its values and the type that represents it.
    pub fn define_enum(&mut self, id: EnumId, repr: IntKind, values: Vec<(String, i128)>) {
        let definition = &mut self.enums[id.index()];
        definition.repr = repr;
        definition.values = Some(values);
    }

    /// Introduces a typedef; each call makes a new name.
    pub fn declare_typedef(&mut self, typedef: Typedef) -> TypeId {
        let id = TypedefId(self.typedefs.len() as u32);
        self.typedefs.push(typedef);
        self.intern(TypeKind::Typedef(id))
    }

    /// The shape behind a number.
    pub fn kind(&self, ty: TypeId) -> &TypeKind {
        &self.kinds[ty.index()]
    }

    /// The struct or union behind a number.
    pub fn record(&self, id: RecordId) -> &Record {
        &self.records[id.index()]
    }

    /// The enumeration behind a number.
    pub fn enumeration(&self, id: EnumId) -> &Enum {
        &self.enums[id.index()]
    }

    /// The typedef behind a number.
    pub fn typedef(&self, id: TypedefId) -> &Typedef {
        &self.typedefs[id.index()]
    }

    /// All structs and unions in order of declaration.
    pub fn records(&self) -> impl Iterator<Item = (RecordId, &Record)> {
        let numbered = self.records.iter().enumerate();
        numbered.map(|(index, record)| (RecordId(index as u32), record))
    }

    /// Looks through typedefs and tags; qualifiers that they carry are added.
    pub fn canonical(&self, ty: QualType) -> QualType {
        let mut ty = ty;
        loop {
            let inner = match self.kind(ty.ty) {
                TypeKind::Typedef(id) => self.typedef(*id).target,
                TypeKind::Tagged { inner, .. } => *inner,
                _ => return ty,
            };
            ty = inner.and(ty.quals);
        }
    }

    /// The shape behind typedefs and tags.
    pub fn shape(&self, ty: TypeId) -> &TypeKind {
        self.kind(self.canonical(ty.unqualified()).ty)
    }

    /// The integer kind that represents an integer or enumeration type.
    pub fn int_kind(&self, ty: TypeId) -> Option<IntKind> {
        match self.shape(ty) {
            TypeKind::Int(kind) => Some(*kind),
            TypeKind::Enum(id) => Some(self.enumeration(*id).repr),
            _ => None,
        }
    }

    /// What a pointer type points to.
    pub fn pointee(&self, ty: TypeId) -> Option<QualType> {
        match self.shape(ty) {
            TypeKind::Pointer(pointee) => Some(*pointee),
            _ => None,
        }
    }

    /// The address space of objects of this type; that of an array is its elements'.
    pub fn address_space(&self, ty: QualType) -> u8 {
        let mut ty = self.canonical(ty);
        while let Some((element, _)) = self.array_parts(ty) {
            ty = self.canonical(element);
        }
        ty.quals.address_space
    }

    /// Element type and length of an array type. Qualifiers belong to the elements (C11 6.7.3p9).
    pub fn array_parts(&self, ty: QualType) -> Option<(QualType, Option<u64>)> {
        let ty = self.canonical(ty);
        match self.kind(ty.ty) {
            TypeKind::Array { element, len } => Some((element.and(ty.quals), *len)),
            _ => None,
        }
    }

    /// The function type behind a type.
    pub fn function_type(&self, ty: TypeId) -> Option<&FunctionType> {
        match self.shape(ty) {
            TypeKind::Function(function) => Some(function),
            _ => None,
        }
    }

    /// The struct or union behind a type.
    pub fn record_id(&self, ty: TypeId) -> Option<RecordId> {
        match self.shape(ty) {
            TypeKind::Record(id) => Some(*id),
            _ => None,
        }
    }

    /// Whether the type is `void`.
    pub fn is_void(&self, ty: TypeId) -> bool {
        matches!(self.shape(ty), TypeKind::Void)
    }

    /// Whether the type is `_Bool`.
    pub fn is_bool(&self, ty: TypeId) -> bool {
        matches!(self.shape(ty), TypeKind::Int(IntKind::Bool))
    }

    /// Whether the type is a pointer.
    pub fn is_pointer(&self, ty: TypeId) -> bool {
        matches!(self.shape(ty), TypeKind::Pointer(_))
    }

    /// Whether the type is an integer or enumeration type.
    pub fn is_integer(&self, ty: TypeId) -> bool {
        self.int_kind(ty).is_some()
    }

    /// Whether the type is a floating-point type.
    pub fn is_float(&self, ty: TypeId) -> bool {
        matches!(self.shape(ty), TypeKind::Float(_))
    }

    /// Whether values of the type can be compared with zero: integers, pointers, floating-point numbers.
    pub fn is_scalar(&self, ty: TypeId) -> bool {
        self.is_integer(ty) || self.is_pointer(ty) || self.is_float(ty)
    }

    /// Whether the type is a struct or union.
    pub fn is_record(&self, ty: TypeId) -> bool {
        self.record_id(ty).is_some()
    }

    /// Whether the type is a function.
    pub fn is_function(&self, ty: TypeId) -> bool {
        matches!(self.shape(ty), TypeKind::Function(_))
    }

    /// Whether the type is an array.
    pub fn is_array(&self, ty: TypeId) -> bool {
        matches!(self.shape(ty), TypeKind::Array { .. })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn equal_shapes_have_equal_numbers() {
        let mut types = Types::new();
        let int = Types::INT.unqualified();
        assert_eq!(types.pointer_to(int), types.pointer_to(int));
        assert_ne!(
            types.pointer_to(int),
            types.pointer_to(int.and(Quals::CONST))
        );
    }

    #[test]
    fn conversion_keeps_the_low_bits() {
        assert_eq!(IntKind::UChar.wrap(-1), 255);
        assert_eq!(IntKind::SChar.wrap(200), -56);
        assert_eq!(IntKind::UInt.wrap(1 << 32), 0);
        assert_eq!(IntKind::Long.wrap(1 << 63), i128::from(i64::MIN));
        assert_eq!(IntKind::UInt128.wrap(-1), -1);
        assert_eq!(IntKind::Bool.wrap(256), 1);
    }

    #[test]
    fn usual_arithmetic_conversions() {
        use IntKind::*;
        let table = [
            (Char, UShort, Int),
            (Int, UInt, UInt),
            (Long, UInt, Long),
            (Long, ULong, ULong),
            (LongLong, ULong, ULongLong),
            (Int128, ULongLong, Int128),
            (Bool, Bool, Int),
        ];
        for (a, b, common) in table {
            assert_eq!(a.common(b), common, "{a:?} with {b:?}");
            assert_eq!(b.common(a), common, "{b:?} with {a:?}");
        }
    }
}
