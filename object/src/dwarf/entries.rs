//! The tree of entries under construction: a tag, attributes, and entries below it.

use std::collections::BTreeMap;

use gimli::constants::{self, DwAt, DwTag};
use gimli::write::{AttributeValue, DwarfUnit, UnitEntryId};

use super::{Unit, text};
use crate::btf::{Btf, BtfType, TypeId};

/// `DW_TAG_LLVM_annotation`: a `btf_type_tag` or `btf_decl_tag`, below what it is on.
const ANNOTATION: DwTag = DwTag(0x6000);

/// The entries of a unit, and which of them stand for the types of BTF.
pub(super) struct Entries<'a> {
    pub(super) dwarf: &'a mut DwarfUnit,
    pub(super) btf: &'a Btf,
    /// Types, functions and variables; and with a number, their members and parameters.
    known: BTreeMap<(TypeId, Option<u32>), UnitEntryId>,
}

impl<'a> Entries<'a> {
    pub(super) fn new(dwarf: &'a mut DwarfUnit, btf: &'a Btf) -> Entries<'a> {
        Entries {
            dwarf,
            btf,
            known: BTreeMap::new(),
        }
    }

    /// What is said about the file as a whole.
    pub(super) fn add_unit(&mut self, unit: &Unit) {
        let root = self.root();
        let producer = concat!("bpfcc ", env!("CARGO_PKG_VERSION"));
        self.set_text(root, constants::DW_AT_producer, producer);
        let language = AttributeValue::Language(constants::DW_LANG_C11);
        self.set(root, constants::DW_AT_language, language);
        self.set_text(root, constants::DW_AT_name, &unit.name);
        self.set_text(root, constants::DW_AT_comp_dir, &unit.directory);
    }

    /// Tags of declarations, below what they are on.
    pub(super) fn add_tags(&mut self) {
        for (_, ty) in self.btf.iter() {
            let BtfType::DeclTag {
                value,
                target,
                component,
                ..
            } = ty
            else {
                continue;
            };
            if let Some(&entry) = self.known.get(&(*target, *component)) {
                self.annotate(entry, "btf_decl_tag", value);
            }
        }
    }

    /// A tag below an entry.
    pub(super) fn annotate(&mut self, entry: UnitEntryId, kind: &str, value: &str) {
        let tag = self.child(entry, ANNOTATION);
        self.set_text(tag, constants::DW_AT_name, kind);
        self.set_text(tag, constants::DW_AT_const_value, value);
    }

    pub(super) fn root(&self) -> UnitEntryId {
        self.dwarf.unit.root()
    }

    /// Gives the entry of a type a number before it is there, since types refer to later ones.
    pub(super) fn reserve(&mut self, id: TypeId) {
        let entry = self.dwarf.unit.reserve();
        self.known.insert((id, None), entry);
    }

    /// The entry that stands for a type; none for `void`.
    pub(super) fn entry(&self, id: TypeId) -> Option<UnitEntryId> {
        self.known.get(&(id, None)).copied()
    }

    /// Remembers which entry stands for a function or variable, or for a member or parameter.
    pub(super) fn remember(&mut self, id: TypeId, component: Option<usize>, entry: UnitEntryId) {
        let component = component.map(|number| number as u32);
        self.known.insert((id, component), entry);
    }

    pub(super) fn child(&mut self, parent: UnitEntryId, tag: DwTag) -> UnitEntryId {
        self.dwarf.unit.add(parent, tag)
    }

    pub(super) fn set(&mut self, entry: UnitEntryId, name: DwAt, value: AttributeValue) {
        self.dwarf.unit.get_mut(entry).set(name, value);
    }

    pub(super) fn set_text(&mut self, entry: UnitEntryId, name: DwAt, value: &str) {
        let value = self.dwarf.strings.add(text(value));
        self.set(entry, name, AttributeValue::StringRef(value));
    }

    /// What has no name gets none.
    pub(super) fn set_name(&mut self, entry: UnitEntryId, name: &str) {
        if !name.is_empty() {
            self.set_text(entry, constants::DW_AT_name, name);
        }
    }

    pub(super) fn set_number(&mut self, entry: UnitEntryId, name: DwAt, value: u64) {
        self.set(entry, name, AttributeValue::Udata(value));
    }

    pub(super) fn set_flag(&mut self, entry: UnitEntryId, name: DwAt) {
        self.set(entry, name, AttributeValue::FlagPresent);
    }

    /// The type of an entry; `void` is said by saying nothing.
    pub(super) fn set_type(&mut self, entry: UnitEntryId, ty: TypeId) {
        if let Some(ty) = self.entry(self.untagged(ty)) {
            let reference = AttributeValue::UnitRef(ty);
            self.set(entry, constants::DW_AT_type, reference);
        }
    }

    /// Parameters, of which a last one without name and type stands for `...`.
    pub(super) fn add_params(&mut self, entry: UnitEntryId, owner: TypeId, proto: TypeId) {
        let btf = self.btf;
        let Some(BtfType::FuncProto { result, params }) = btf.get(proto) else {
            return;
        };
        self.set_flag(entry, constants::DW_AT_prototyped);
        self.set_type(entry, *result);
        for (number, param) in params.iter().enumerate() {
            if param.ty == TypeId::VOID {
                self.child(entry, constants::DW_TAG_unspecified_parameters);
                continue;
            }
            let child = self.child(entry, constants::DW_TAG_formal_parameter);
            self.set_name(child, &param.name);
            self.set_type(child, param.ty);
            self.remember(owner, Some(number), child);
        }
    }

    /// The type below its tags, which DWARF has no types for.
    fn untagged(&self, id: TypeId) -> TypeId {
        self.type_tags(id).1
    }

    /// The tags that a type begins with, and what they are on.
    pub(super) fn type_tags(&self, id: TypeId) -> (Vec<&'a str>, TypeId) {
        let mut tags = Vec::new();
        let mut current = id;
        while let Some(BtfType::TypeTag { value, target, .. }) = self.btf.get(current) {
            tags.push(value.as_str());
            current = *target;
            // Only a hostile file has a cycle of them.
            if tags.len() > self.btf.len() {
                return (Vec::new(), TypeId::VOID);
            }
        }
        (tags, current)
    }
}
