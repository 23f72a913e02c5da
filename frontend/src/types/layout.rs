//! Sizes, alignments and member offsets: the System V rules, as GCC and clang apply them on BPF.
//!
//! A struct is laid out from its first member to its last, counting in bits. A member starts at the next multiple of its
//! alignment. A bit-field starts at the next free bit, unless it would then cross a boundary of its declared type: then it
//! starts at that boundary. `unsigned a:3, b:30; char c;`:
//!
//! ```text
//! byte  0        1        2        3        4        5        6        7        8
//!       aaa.............................    bbbbbbbb bbbbbbbb bbbbbbbb bbbbbb.. cccccccc
//! ```
//!
//! On big-endian machines the same holds, with the bits of a byte counted from the most significant one, as clang and GCC do:
//! the first bit-field of a struct is the highest bits of its first byte.
//!
//! A zero-width bit-field moves on to the next boundary; unnamed bit-fields do not raise the record's alignment.

use bpfcc_isa::Endian;

use crate::source::Span;

use super::{
    BitField, Field, FieldRef, QualType, RecordDef, RecordId, RecordKind, TypeId, TypeKind, Types,
};

/// A member as it is declared, before it has a place.
#[derive(Clone, PartialEq, Debug)]
pub struct FieldDecl {
    /// The name, if any.
    pub name: Option<String>,
    /// The declared type, complete except for a flexible array.
    pub ty: QualType,
    /// Width of a bit-field.
    pub bit_width: Option<u32>,
    /// `__attribute__((packed))` on the member.
    pub packed: bool,
    /// `__attribute__((aligned(N)))` or `_Alignas` on the member.
    pub align: Option<u32>,
    /// `btf_decl_tag`s.
    pub tags: Vec<String>,
    /// The declaration.
    pub span: Span,
}

/// What attributes and pragmas say about a whole record.
#[derive(Clone, PartialEq, Debug, Default)]
pub struct RecordOptions {
    /// `__attribute__((packed))`.
    pub packed: bool,
    /// `__attribute__((aligned(N)))`.
    pub align: Option<u32>,
    /// The innermost `#pragma pack(N)`.
    pub pack: Option<u32>,
    /// `__attribute__((preserve_access_index))`.
    pub preserve_access_index: bool,
    /// `btf_decl_tag`s.
    pub tags: Vec<String>,
}

/// State of a layout in progress: all positions in bits.
struct Layout<'a> {
    kind: RecordKind,
    options: &'a RecordOptions,
    /// First free bit.
    next: u64,
    /// Size so far.
    size: u64,
    align: u64,
}

impl Layout<'_> {
    /// The place of a member that is no bit-field.
    fn place_member(&mut self, decl: &FieldDecl, size: u64, natural: u64) -> u64 {
        let packed = self.options.packed || decl.packed;
        let natural = if packed { 8 } else { natural };
        let align = self.limit(natural.max(bits(decl.align)));
        let start = self.start().next_multiple_of(8).next_multiple_of(align);
        self.occupy(start, size);
        self.align = self.align.max(align);
        start
    }

    /// The place of a bit-field whose declared type has `unit` bits.
    fn place_bit_field(&mut self, decl: &FieldDecl, width: u64, unit: u64, natural: u64) -> u64 {
        let explicit = bits(decl.align);
        let packed = (self.options.packed || decl.packed) && width != 0;
        let mut align = if packed { 1 } else { natural }.max(explicit);
        if width != 0 {
            align = self.limit(align);
        }
        let mut start = self.start();
        let crosses = start % align + width > unit && self.options.pack.is_none();
        if width == 0 || crosses {
            start = start.next_multiple_of(align);
        } else if explicit != 0 {
            start = start.next_multiple_of(self.limit(explicit));
        }
        self.occupy(start, width);
        if decl.name.is_some() {
            self.align = self.align.max(align);
        }
        start
    }

    fn limit(&self, align: u64) -> u64 {
        match self.options.pack {
            Some(pack) => align.min(u64::from(pack) * 8),
            None => align,
        }
    }

    fn start(&self) -> u64 {
        match self.kind {
            RecordKind::Struct => self.next,
            RecordKind::Union => 0,
        }
    }

    fn occupy(&mut self, start: u64, width: u64) {
        self.next = start.saturating_add(width);
        self.size = self.size.max(self.next);
    }
}

fn bits(bytes: Option<u32>) -> u64 {
    u64::from(bytes.unwrap_or(0)) * 8
}

impl Types {
    /// Gives a record its members and lays them out.
    pub fn define_record(&mut self, id: RecordId, decls: Vec<FieldDecl>, options: &RecordOptions) {
        let mut layout = Layout {
            kind: self.record(id).kind,
            options,
            next: 0,
            size: 0,
            align: bits(options.align).max(8),
        };
        let mut fields = Vec::with_capacity(decls.len());
        for decl in decls {
            let size = self.size_of(decl.ty.ty).unwrap_or(0).saturating_mul(8);
            let natural = u64::from(self.align_of(decl.ty.ty)) * 8;
            let bit_offset = match decl.bit_width {
                Some(width) => layout.place_bit_field(&decl, u64::from(width), size, natural),
                None => layout.place_member(&decl, size, natural),
            };
            if decl.bit_width.is_none() || decl.name.is_some() {
                fields.push(Field {
                    name: decl.name,
                    ty: decl.ty,
                    bit_offset,
                    bit_width: decl.bit_width,
                    tags: decl.tags,
                    span: decl.span,
                });
            }
        }
        let size = layout.size.checked_next_multiple_of(layout.align);
        self.records[id.index()].definition = Some(RecordDef {
            fields,
            size: size.unwrap_or(u64::MAX) / 8,
            align: (layout.align / 8) as u32,
            preserve_access_index: options.preserve_access_index,
            tags: options.tags.clone(),
        });
    }

    /// Size in bytes; `None` for incomplete types and functions. As in GNU C, `void` has size 1.
    pub fn size_of(&self, ty: TypeId) -> Option<u64> {
        match self.shape(ty) {
            TypeKind::Void => Some(1),
            TypeKind::Int(kind) => Some(kind.bytes().into()),
            TypeKind::Float(kind) => Some(kind.bytes().into()),
            TypeKind::Enum(id) => {
                let definition = self.enumeration(*id);
                definition.values.as_ref()?;
                Some(definition.repr.bytes().into())
            }
            TypeKind::Pointer(_) => Some(8),
            TypeKind::Array { element, len } => self.size_of(element.ty)?.checked_mul((*len)?),
            TypeKind::Record(id) => self.record(*id).definition.as_ref().map(|def| def.size),
            TypeKind::Function(_) | TypeKind::Typedef(_) | TypeKind::Tagged { .. } => None,
        }
    }

    /// Alignment in bytes; 1 for what has none.
    pub fn align_of(&self, ty: TypeId) -> u32 {
        match self.kind(ty) {
            TypeKind::Void | TypeKind::Function(_) => 1,
            TypeKind::Int(kind) => kind.bytes(),
            TypeKind::Float(kind) => kind.bytes(),
            TypeKind::Enum(id) => self.enumeration(*id).repr.bytes(),
            TypeKind::Pointer(_) => 8,
            TypeKind::Array { element, .. } => self.align_of(element.ty),
            TypeKind::Record(id) => {
                let definition = self.record(*id).definition.as_ref();
                definition.map_or(1, |def| def.align)
            }
            TypeKind::Typedef(id) => {
                let typedef = self.typedef(*id);
                typedef
                    .align
                    .unwrap_or_else(|| self.align_of(typedef.target.ty))
            }
            TypeKind::Tagged { inner, .. } => self.align_of(inner.ty),
        }
    }

    /// Whether the type has a size (C11 6.2.5p1).
    pub fn is_complete(&self, ty: TypeId) -> bool {
        !self.is_void(ty) && self.size_of(ty).is_some()
    }

    /// The fields of a record; none while it is incomplete.
    pub fn fields(&self, id: RecordId) -> &[Field] {
        match &self.record(id).definition {
            Some(definition) => &definition.fields,
            None => &[],
        }
    }

    /// Whether the running kernel may have the members of this record elsewhere (`preserve_access_index`).
    pub fn is_preserved(&self, id: RecordId) -> bool {
        let definition = self.record(id).definition.as_ref();
        definition.is_some_and(|definition| definition.preserve_access_index)
    }

    /// The field behind a reference.
    pub fn field(&self, field: FieldRef) -> &Field {
        &self.fields(field.record)[field.index]
    }

    /// The way to the member `name`, through anonymous members (C11 6.7.2.1p13); the last step is the member itself.
    pub fn find_field(&self, record: RecordId, name: &str) -> Option<Vec<FieldRef>> {
        for (index, field) in self.fields(record).iter().enumerate() {
            let here = FieldRef { record, index };
            if field.name.as_deref() == Some(name) {
                return Some(vec![here]);
            }
            if field.name.is_none()
                && let Some(inner) = self.record_id(field.ty.ty)
                && let Some(mut path) = self.find_field(inner, name)
            {
                path.insert(0, here);
                return Some(path);
            }
        }
        None
    }

    /// How libbpf reaches the bits of a bit-field in the running kernel's record (`bpf_core_calc_field_relo` in Linux): by a
    /// unit of the declared type's size, or a larger one. `None` if it does not.
    pub fn relocated_bit_field(&self, field: FieldRef) -> Option<BitField> {
        let field = self.field(field);
        let width = field.bit_width?;
        let declared = self.size_of(field.ty.ty)?;
        let units = [1, 2, 4, 8].into_iter().filter(|&bytes| bytes >= declared);
        units.into_iter().find_map(|bytes| {
            let offset = field.offset() / bytes * bytes;
            let shift = field.bit_offset - offset * 8;
            (shift + u64::from(width) <= bytes * 8).then(|| BitField {
                offset,
                bytes: bytes as u32,
                shift: self.shift(shift as u32, width, bytes as u32),
                width,
            })
        })
    }

    /// How to reach the bits of a bit-field; `None` if the field is an ordinary member.
    pub fn bit_field(&self, field: FieldRef) -> Option<BitField> {
        let record_size = self.record(field.record).definition.as_ref()?.size;
        let field = self.field(field);
        let width = field.bit_width?;
        let end = field.bit_offset + u64::from(width);
        let unit = |bytes: u32| {
            let offset = field.offset() / u64::from(bytes) * u64::from(bytes);
            let holds =
                offset + u64::from(bytes) <= record_size && end <= (offset + u64::from(bytes)) * 8;
            holds.then_some((offset, bytes))
        };
        let touched = (end.div_ceil(8) - field.offset()) as u32;
        let (offset, bytes) = [1, 2, 4, 8, 16]
            .into_iter()
            .find_map(unit)
            .unwrap_or((field.offset(), touched));
        Some(BitField {
            offset,
            bytes,
            shift: self.shift((field.bit_offset - offset * 8) as u32, width, bytes),
            width,
        })
    }

    /// The position of the lowest bit of a bit-field that comes `start` bits after the start of its unit.
    fn shift(&self, start: u32, width: u32, bytes: u32) -> u32 {
        match self.endian {
            Endian::Little => start,
            Endian::Big => bytes * 8 - start - width,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::{IntKind, Quals};
    use super::*;
    use crate::source::Sources;

    /// Builds one record from `(name, type, bit width)` rows.
    struct Bench {
        types: Types,
        span: Span,
    }

    impl Bench {
        fn new() -> Bench {
            let mut sources = Sources::new();
            let file = sources.add_virtual("t.c", "");
            Bench {
                types: Types::new(),
                span: sources.span(file, 0, 0),
            }
        }

        fn int(&self, name: &str, kind: IntKind) -> FieldDecl {
            FieldDecl {
                name: (!name.is_empty()).then(|| name.to_owned()),
                ty: Types::int(kind).with(Quals::NONE),
                bit_width: None,
                packed: false,
                align: None,
                tags: Vec::new(),
                span: self.span,
            }
        }

        fn bits(&self, name: &str, kind: IntKind, width: u32) -> FieldDecl {
            FieldDecl {
                bit_width: Some(width),
                ..self.int(name, kind)
            }
        }

        fn record(
            &mut self,
            kind: RecordKind,
            fields: Vec<FieldDecl>,
            options: RecordOptions,
        ) -> RecordId {
            let ty = self.types.declare_record(kind, None, self.span);
            let id = self.types.record_id(ty).expect("just made");
            self.types.define_record(id, fields, &options);
            id
        }

        /// Size, alignment and bit offsets of a struct.
        fn layout(
            &mut self,
            fields: Vec<FieldDecl>,
            options: RecordOptions,
        ) -> (u64, u32, Vec<u64>) {
            let id = self.record(RecordKind::Struct, fields, options);
            let def = self.types.record(id).definition.as_ref().expect("defined");
            let offsets = def.fields.iter().map(|field| field.bit_offset).collect();
            (def.size, def.align, offsets)
        }
    }

    use IntKind::{Char, Int, Long, Short, UChar, UInt, ULong};

    #[test]
    fn members_are_aligned_and_the_end_is_padded() {
        let mut b = Bench::new();
        let fields = vec![b.int("a", Char), b.int("b", Long), b.int("c", Short)];
        assert_eq!(
            b.layout(fields, RecordOptions::default()),
            (24, 8, vec![0, 64, 128])
        );
    }

    #[test]
    fn packed_and_aligned_records() {
        let mut b = Bench::new();
        let fields = [b.int("a", Char), b.int("b", Int), b.int("c", Short)];
        let packed = RecordOptions {
            packed: true,
            ..Default::default()
        };
        assert_eq!(b.layout(fields.to_vec(), packed), (7, 1, vec![0, 8, 40]));
        let both = RecordOptions {
            packed: true,
            align: Some(4),
            ..Default::default()
        };
        assert_eq!(b.layout(fields.to_vec(), both), (8, 4, vec![0, 8, 40]));
        let pack2 = RecordOptions {
            pack: Some(2),
            ..Default::default()
        };
        assert_eq!(b.layout(fields.to_vec(), pack2), (8, 2, vec![0, 16, 48]));
    }

    #[test]
    fn an_aligned_member_moves_and_raises_the_record() {
        let mut b = Bench::new();
        let mut aligned = b.int("b", Char);
        aligned.align = Some(16);
        let fields = vec![b.int("a", Char), aligned];
        assert_eq!(
            b.layout(fields, RecordOptions::default()),
            (32, 16, vec![0, 128])
        );
    }

    #[test]
    fn bit_fields_share_units_but_do_not_cross_them() {
        let mut b = Bench::new();
        let fields = vec![
            b.bits("a", UInt, 3),
            b.bits("b", UInt, 30),
            b.int("c", Char),
        ];
        assert_eq!(
            b.layout(fields, RecordOptions::default()),
            (12, 4, vec![0, 32, 64])
        );
        let fields = vec![b.int("c", Char), b.bits("a", UInt, 20), b.int("d", UChar)];
        assert_eq!(
            b.layout(fields, RecordOptions::default()),
            (8, 4, vec![0, 8, 32])
        );
    }

    #[test]
    fn zero_width_ends_a_unit_and_unnamed_fields_do_not_align() {
        let mut b = Bench::new();
        let fields = vec![
            b.int("a", Char),
            b.bits("", Int, 0),
            b.bits("b", UChar, 2),
            b.int("c", Char),
        ];
        assert_eq!(
            b.layout(fields, RecordOptions::default()),
            (6, 1, vec![0, 32, 40])
        );
        let fields = vec![b.int("a", Char), b.bits("", ULong, 40)];
        assert_eq!(b.layout(fields, RecordOptions::default()), (6, 1, vec![0]));
    }

    #[test]
    fn packed_bit_fields_follow_each_other_without_gaps() {
        let mut b = Bench::new();
        let fields = vec![
            b.bits("a", UInt, 5),
            b.bits("b", UInt, 30),
            b.bits("c", UInt, 5),
        ];
        let packed = RecordOptions {
            packed: true,
            ..Default::default()
        };
        assert_eq!(b.layout(fields, packed), (5, 1, vec![0, 5, 35]));
    }

    #[test]
    fn union_members_overlap() {
        let mut b = Bench::new();
        let fields = vec![b.int("a", Char), b.int("b", Int), b.bits("c", UInt, 9)];
        let id = b.record(RecordKind::Union, fields, RecordOptions::default());
        let def = b.types.record(id).definition.as_ref().expect("defined");
        assert_eq!((def.size, def.align), (4, 4));
        assert!(def.fields.iter().all(|field| field.bit_offset == 0));
    }

    #[test]
    fn members_of_anonymous_members_are_found() {
        let mut b = Bench::new();
        let inner = vec![b.int("x", Char), b.int("y", Long)];
        let inner = b.record(RecordKind::Union, inner, RecordOptions::default());
        let mut anonymous = b.int("", Int);
        anonymous.ty = b
            .types
            .intern(TypeKind::Record(inner))
            .with(Quals::default());
        let outer = vec![b.int("a", Int), anonymous];
        let outer = b.record(RecordKind::Struct, outer, RecordOptions::default());
        let path = b.types.find_field(outer, "y").expect("found");
        assert_eq!(path.len(), 2);
        assert_eq!(b.types.field(path[0]).offset(), 8);
        assert_eq!(b.types.find_field(outer, "z"), None);
    }

    #[test]
    fn the_unit_of_a_bit_field_lies_inside_the_record() {
        let mut b = Bench::new();
        let fields = vec![b.bits("a", UInt, 3), b.bits("b", UInt, 29)];
        let id = b.record(RecordKind::Struct, fields, RecordOptions::default());
        let unit = |types: &Types, index| {
            let field = FieldRef { record: id, index };
            types.bit_field(field).expect("a bit-field")
        };
        assert_eq!(
            unit(&b.types, 0),
            BitField {
                offset: 0,
                bytes: 1,
                shift: 0,
                width: 3
            }
        );
        assert_eq!(
            unit(&b.types, 1),
            BitField {
                offset: 0,
                bytes: 4,
                shift: 3,
                width: 29
            }
        );
    }
}
