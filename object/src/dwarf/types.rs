//! Types of BTF → entries. Each kind has its tag; DWARF counts bytes where BTF counts bits, and knows no types of tags.

use std::collections::BTreeSet;

use gimli::constants::{self, DwAte, DwTag};
use gimli::write::{AttributeValue, UnitEntryId};

use super::entries::Entries;
use crate::btf::{Btf, BtfType, Enumerator, FwdKind, IntEncoding, Kind, Member, TypeId};

impl Entries<'_> {
    /// All types, each as an entry below the unit, but for those of functions that nothing points to: DWARF has no type of a
    /// function beside the function.
    pub(super) fn add_types(&mut self) {
        let btf = self.btf;
        let used = used_prototypes(btf);
        let types = || {
            let types = btf.iter();
            let used = types.filter(|(id, ty)| ty.kind() != Kind::FuncProto || used.contains(id));
            used.filter_map(|(id, ty)| Some((id, ty, tag(ty)?)))
        };
        for (id, _, _) in types() {
            self.reserve(id);
        }
        for (id, ty, tag) in types() {
            if let Some(entry) = self.entry(id) {
                self.dwarf
                    .unit
                    .add_reserved(entry, self.dwarf.unit.root(), tag);
                self.set_name(entry, ty.name());
                self.describe(entry, id, ty);
            }
        }
    }

    fn describe(&mut self, entry: UnitEntryId, id: TypeId, ty: &BtfType) {
        match ty {
            BtfType::Int {
                name,
                size,
                encoding,
                ..
            } => self.set_base(entry, *size, base_encoding(name, *encoding)),
            BtfType::Float { size, .. } => self.set_base(entry, *size, constants::DW_ATE_float),
            BtfType::Ptr { target } => self.set_pointee(entry, *target),
            BtfType::Typedef { target, .. }
            | BtfType::Volatile { target }
            | BtfType::Const { target }
            | BtfType::Restrict { target } => self.set_type(entry, *target),
            BtfType::Array { .. } => self.add_dimensions(entry, id),
            BtfType::Struct { size, members, .. } | BtfType::Union { size, members, .. } => {
                self.set_size(entry, *size);
                self.add_members(entry, id, members);
            }
            BtfType::Enum {
                size,
                signed,
                values,
                ..
            }
            | BtfType::Enum64 {
                size,
                signed,
                values,
                ..
            } => {
                self.set_size(entry, *size);
                self.add_values(entry, *signed, values);
            }
            BtfType::Fwd { .. } => self.set_flag(entry, constants::DW_AT_declaration),
            BtfType::FuncProto { .. } => self.add_params(entry, id, id),
            // They have no tag, and so no entry here.
            BtfType::Func { .. }
            | BtfType::Var { .. }
            | BtfType::DataSec { .. }
            | BtfType::DeclTag { .. }
            | BtfType::TypeTag { .. } => {}
        }
    }

    fn set_size(&mut self, entry: UnitEntryId, size: u32) {
        self.set_number(entry, constants::DW_AT_byte_size, size.into());
    }

    fn set_base(&mut self, entry: UnitEntryId, size: u32, encoding: DwAte) {
        self.set_size(entry, size);
        let encoding = AttributeValue::Encoding(encoding);
        self.set(entry, constants::DW_AT_encoding, encoding);
    }

    /// A `btf_type_tag` is on what is pointed to; clang writes it below the pointer.
    fn set_pointee(&mut self, entry: UnitEntryId, target: TypeId) {
        let (tags, _) = self.type_tags(target);
        self.set_type(entry, target);
        for tag in tags {
            self.annotate(entry, "btf_type_tag", tag);
        }
    }

    /// An array of arrays is one array with several dimensions. Of no elements nothing is said, as for `[]`.
    fn add_dimensions(&mut self, entry: UnitEntryId, id: TypeId) {
        let mut current = id;
        for _ in 0..=self.btf.len() {
            let Some(BtfType::Array {
                element,
                index,
                count,
            }) = self.btf.get(current)
            else {
                break;
            };
            let dimension = self.child(entry, constants::DW_TAG_subrange_type);
            self.set_type(dimension, *index);
            if *count != 0 {
                self.set_number(dimension, constants::DW_AT_count, u64::from(*count));
            }
            current = *element;
        }
        self.set_type(entry, current);
    }

    fn add_members(&mut self, entry: UnitEntryId, owner: TypeId, members: &[Member]) {
        for (number, member) in members.iter().enumerate() {
            let child = self.child(entry, constants::DW_TAG_member);
            self.set_name(child, &member.name);
            self.set_type(child, member.ty);
            let (offset, width) = (u64::from(member.bit_offset), u64::from(member.bit_size));
            if width != 0 {
                self.set_number(child, constants::DW_AT_bit_size, width);
                self.set_number(child, constants::DW_AT_data_bit_offset, offset);
            } else {
                self.set_number(child, constants::DW_AT_data_member_location, offset / 8);
            }
            self.remember(owner, Some(number), child);
        }
    }

    fn add_values(&mut self, entry: UnitEntryId, signed: bool, values: &[Enumerator]) {
        for value in values {
            let child = self.child(entry, constants::DW_TAG_enumerator);
            self.set_name(child, &value.name);
            let number = if signed {
                AttributeValue::Sdata(value.value as i64)
            } else {
                AttributeValue::Udata(value.value as u64)
            };
            self.set(child, constants::DW_AT_const_value, number);
        }
    }
}

/// What types and variables refer to, as opposed to functions.
fn used_prototypes(btf: &Btf) -> BTreeSet<TypeId> {
    let mut used = BTreeSet::new();
    let types = btf.iter().map(|(_, ty)| ty);
    for ty in types.filter(|ty| ty.kind() != Kind::Func) {
        ty.clone().each_reference(|id| {
            used.insert(*id);
        });
    }
    used
}

/// What DWARF calls a kind of types; `None` for what is no type there.
fn tag(ty: &BtfType) -> Option<DwTag> {
    Some(match ty {
        BtfType::Int { .. } | BtfType::Float { .. } => constants::DW_TAG_base_type,
        BtfType::Ptr { .. } => constants::DW_TAG_pointer_type,
        BtfType::Array { .. } => constants::DW_TAG_array_type,
        BtfType::Struct { .. } => constants::DW_TAG_structure_type,
        BtfType::Union { .. } => constants::DW_TAG_union_type,
        BtfType::Enum { .. } | BtfType::Enum64 { .. } => constants::DW_TAG_enumeration_type,
        BtfType::Fwd { kind, .. } => match kind {
            FwdKind::Struct => constants::DW_TAG_structure_type,
            FwdKind::Union => constants::DW_TAG_union_type,
        },
        BtfType::Typedef { .. } => constants::DW_TAG_typedef,
        BtfType::Volatile { .. } => constants::DW_TAG_volatile_type,
        BtfType::Const { .. } => constants::DW_TAG_const_type,
        BtfType::Restrict { .. } => constants::DW_TAG_restrict_type,
        BtfType::FuncProto { .. } => constants::DW_TAG_subroutine_type,
        BtfType::Func { .. }
        | BtfType::Var { .. }
        | BtfType::DataSec { .. }
        | BtfType::DeclTag { .. }
        | BtfType::TypeTag { .. } => return None,
    })
}

/// BTF does not tell characters from numbers; their names do.
fn base_encoding(name: &str, encoding: IntEncoding) -> DwAte {
    match encoding {
        IntEncoding::Bool => constants::DW_ATE_boolean,
        IntEncoding::Unsigned if name == "unsigned char" => constants::DW_ATE_unsigned_char,
        IntEncoding::Unsigned => constants::DW_ATE_unsigned,
        IntEncoding::Signed if !matches!(name, "char" | "signed char") => constants::DW_ATE_signed,
        IntEncoding::Signed | IntEncoding::Char => constants::DW_ATE_signed_char,
    }
}
