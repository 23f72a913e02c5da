//! Functions and variables: entries with a name, a type, and an address for the linker to fill in.

use std::collections::BTreeMap;

use gimli::constants::{self, DwTag};
use gimli::write::{Address, AttributeValue, Expression, Range, RangeList, UnitEntryId};

use super::Places;
use super::entries::Entries;
use super::lines::Files;
use crate::btf::{Btf, BtfType, Linkage, TypeId};
use crate::{Object, SectionId, SectionKind, SymbolKind};

/// Adds all functions and variables that the types know of, and the ranges of all code to the unit.
pub(super) fn add(
    entries: &mut Entries<'_>,
    files: &mut Files,
    object: &mut Object,
    places: &Places,
) {
    let functions = function_positions(object);
    let variables = variable_positions(entries.btf, object);
    for (id, ty) in entries.btf.iter() {
        let entry = match ty {
            BtfType::Func { proto, linkage, .. } => {
                let entry = declare(entries, id, constants::DW_TAG_subprogram, *linkage);
                entries.add_params(entry, id, *proto);
                if let Some(position) = functions.get(&id) {
                    add_code(entries, entry, object, *position);
                }
                entry
            }
            BtfType::Var { ty, linkage, .. } => {
                let entry = declare(entries, id, constants::DW_TAG_variable, *linkage);
                entries.set_type(entry, *ty);
                if let Some(position) = variables.get(&id) {
                    add_location(entries, entry, object, *position);
                }
                entry
            }
            _ => continue,
        };
        entries.set_name(entry, ty.name());
        if let Some(place) = places.get(&id) {
            let file = files.number(entries.dwarf, &place.file);
            let file = AttributeValue::FileIndex(Some(file));
            entries.set(entry, constants::DW_AT_decl_file, file);
            entries.set_number(entry, constants::DW_AT_decl_line, place.line.into());
        }
    }
    add_ranges(entries, object);
}

/// An entry for a function or variable, and who sees it.
fn declare(entries: &mut Entries<'_>, id: TypeId, tag: DwTag, linkage: Linkage) -> UnitEntryId {
    let entry = entries.child(entries.root(), tag);
    entries.remember(id, None, entry);
    if linkage != Linkage::Static {
        entries.set_flag(entry, constants::DW_AT_external);
    }
    if linkage == Linkage::Extern {
        entries.set_flag(entry, constants::DW_AT_declaration);
    }
    entry
}

/// A place in a section.
type Position = (SectionId, u64);

/// Where functions start, by their number in the types.
fn function_positions(object: &Object) -> BTreeMap<TypeId, Position> {
    let sections = object.ext.iter().flat_map(|ext| &ext.sections);
    let known = sections.filter_map(|info| Some((object.section_by_name(&info.name)?.0, info)));
    let functions = known.flat_map(|(section, info)| {
        let functions = info.funcs.iter();
        functions.map(move |func| (func.func, (section, u64::from(func.offset))))
    });
    functions.collect()
}

/// Where variables are, by their number in the types. Those of `.ksyms` and `.kconfig` are in no section of the file.
fn variable_positions(btf: &Btf, object: &Object) -> BTreeMap<TypeId, Position> {
    let mut positions = BTreeMap::new();
    for (_, ty) in btf.iter() {
        let BtfType::DataSec { name, vars, .. } = ty else {
            continue;
        };
        if let Some((section, _)) = object.section_by_name(name) {
            let vars = vars.iter();
            positions.extend(vars.map(|var| (var.ty, (section, u64::from(var.offset)))));
        }
    }
    positions
}

fn add_code(entries: &mut Entries<'_>, entry: UnitEntryId, object: &mut Object, at: Position) {
    let size = function_size(object, at);
    let start = AttributeValue::Address(address(object, at));
    entries.set(entry, constants::DW_AT_low_pc, start);
    entries.set_number(entry, constants::DW_AT_high_pc, size);
}

/// BTF says where a function starts, its symbol how long it is.
fn function_size(object: &Object, (section, offset): Position) -> u64 {
    let mut symbols = object.symbols_in(section).map(|(_, symbol)| symbol);
    let here = symbols.find(|s| s.kind == SymbolKind::Func && s.value == offset);
    here.map_or(0, |symbol| symbol.size)
}

fn add_location(entries: &mut Entries<'_>, entry: UnitEntryId, object: &mut Object, at: Position) {
    let mut location = Expression::new();
    location.op_addr(address(object, at));
    let location = AttributeValue::Exprloc(location);
    entries.set(entry, constants::DW_AT_location, location);
}

/// What code belongs to the unit. Each section has addresses of its own, so several make a list of ranges.
fn add_ranges(entries: &mut Entries<'_>, object: &mut Object) {
    let sections = object.sections();
    let sections = sections.filter(|(_, s)| s.kind == SectionKind::Code && s.size != 0);
    let sections: Vec<(SectionId, u64)> = sections.map(|(id, s)| (id, s.size)).collect();
    let root = entries.root();
    let start = match sections.as_slice() {
        [] => return,
        [(section, size)] => {
            entries.set_number(root, constants::DW_AT_high_pc, *size);
            address(object, (*section, 0))
        }
        several => {
            let ranges = several.iter().map(|&(section, length)| Range::StartLength {
                begin: address(object, (section, 0)),
                length,
            });
            let ranges = RangeList(ranges.collect());
            let ranges = AttributeValue::RangeListRef(entries.dwarf.unit.ranges.add(ranges));
            entries.set(root, constants::DW_AT_ranges, ranges);
            // What ranges count from.
            Address::Constant(0)
        }
    };
    entries.set(
        root,
        constants::DW_AT_low_pc,
        AttributeValue::Address(start),
    );
}

/// An address as the linker is to compute it: that of the section, and the distance from there.
pub(super) fn address(object: &mut Object, (section, offset): Position) -> Address {
    Address::Symbol {
        symbol: object.section_symbol(section).0,
        addend: offset as i64,
    }
}
