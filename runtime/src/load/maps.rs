//! What an object says about its data: map definitions in three notations, and sections of variables.
//!
//! | section | notation |
//! |---|---|
//! | `.maps` | a variable per map; its BTF type *is* the definition: `__uint(type, 1)` is a pointer to an array of one element, `__type(key, T)` a pointer to `T` |
//! | `maps` | `struct bpf_map_def`: type, key size, value size, max entries, flags |
//! | `bpf_tables`, `bpftables` | 2014: type, key size, element size, max entries, parameter; named by index |
//!
//! `.rodata`, `.data`, `.bss` and other sections of variables become arrays with one value each, as libbpf makes them.

use std::collections::HashMap;
use std::sync::Arc;

use bpfcc_isa::Endian;
use bpfcc_isa::program::{TABLE_BYTES_2014, TABLE_SECTIONS_2014};
use bpfcc_object::btf::{Btf, BtfType, Kind, TypeId};
use bpfcc_object::{Object, RelocKind, Section, SectionId, SectionKind, Symbol, SymbolKind};

use crate::load::{LoadError, MapDefError, RelocError};
use crate::map::{self, BPF_ANY, BPF_F_RDONLY_PROG, Map, MapKind, MapSpec};
use crate::program::MapSet;

/// Sections of data that are not for the program but about it.
const NOT_DATA: [&str; 4] = ["license", "version", ".kconfig", ".ksyms"];

/// Where the data of an object went.
#[derive(Debug, Default)]
pub(super) struct Places {
    pub(super) maps: MapSet,
    /// Index of the map that is defined at this byte of a section.
    definitions: HashMap<(SectionId, u64), usize>,
    /// Index of the map that holds a section's bytes.
    sections: HashMap<SectionId, usize>,
}

impl Places {
    pub(super) fn map_at(&self, section: SectionId, offset: u64) -> Option<usize> {
        self.definitions.get(&(section, offset)).copied()
    }

    pub(super) fn data_section(&self, section: SectionId) -> Option<usize> {
        self.sections.get(&section).copied()
    }

    /// Notes which map the next one pushed will be.
    fn define(&mut self, section: SectionId, offset: u64) {
        let index = self.maps.maps().len();
        self.definitions.insert((section, offset), index);
    }
}

pub(super) fn create(object: &Object) -> Result<Places, LoadError> {
    let mut places = Places::default();
    for (id, section) in object.sections.iter().enumerate() {
        let id = SectionId(id);
        match section.name.as_str() {
            ".maps" => btf_maps(object, id, &mut places)?,
            "maps" => legacy_maps(object, id, section, &mut places)?,
            name if TABLE_SECTIONS_2014.contains(&name) => {
                tables(object, id, section, &mut places)?;
            }
            _ if is_data(section) => data_map(id, section, object.endian, &mut places)?,
            _ => {}
        }
    }
    relocate_data(object, &places)?;
    Ok(places)
}

fn is_data(section: &Section) -> bool {
    let holds_variables = matches!(
        section.kind,
        SectionKind::Data | SectionKind::ReadOnlyData | SectionKind::Strings | SectionKind::Bss
    );
    holds_variables && section.size > 0 && !NOT_DATA.contains(&section.name.as_str())
}

/// The variables of a section, by ascending offset.
fn variables(object: &Object, section: SectionId) -> Vec<&Symbol> {
    let is_variable = |symbol: &&Symbol| {
        symbol.section == Some(section)
            && !matches!(symbol.kind, SymbolKind::Section | SymbolKind::Func)
            && !symbol.name.is_empty()
    };
    let mut found: Vec<_> = object.symbols.iter().filter(is_variable).collect();
    found.sort_by_key(|symbol| symbol.value);
    found
}

fn new_map(spec: MapSpec) -> Result<Arc<dyn Map>, LoadError> {
    let name = spec.name.clone();
    map::create(spec).map_err(|error| LoadError::Map {
        map: name,
        reason: MapDefError::Create(error),
    })
}

fn kind_of(number: u32) -> Result<MapKind, MapDefError> {
    MapKind::from_number(number).ok_or(MapDefError::Kind(number))
}

fn btf_maps(object: &Object, id: SectionId, places: &mut Places) -> Result<(), LoadError> {
    for symbol in variables(object, id) {
        let spec = btf_map(object, symbol).map_err(|reason| LoadError::Map {
            map: symbol.name.clone(),
            reason,
        })?;
        places.define(id, symbol.value);
        places.maps.push(new_map(spec)?);
    }
    Ok(())
}

fn btf_map(object: &Object, symbol: &Symbol) -> Result<MapSpec, MapDefError> {
    let btf = object.btf.as_ref().ok_or(MapDefError::NoBtf)?;
    let variable = btf
        .find_by_name_kind(&symbol.name, Kind::Var)
        .and_then(|id| btf.get(id));
    let Some(BtfType::Var { ty, .. }) = variable else {
        return Err(MapDefError::NotAMap);
    };
    let Some(BtfType::Struct { members, .. }) = btf.get(btf.strip(*ty)) else {
        return Err(MapDefError::NotAMap);
    };
    let member = |name: &str| members.iter().find(|m| m.name == name).map(|m| m.ty);
    let number = |name: &'static str| match member(name) {
        Some(ty) => array_length(btf, ty)
            .map(Some)
            .ok_or(MapDefError::Member(name)),
        None => Ok(None),
    };
    let size = |by_type: &'static str, by_size: &'static str| {
        let by_type = match member(by_type) {
            Some(ty) => Some(pointee_size(btf, ty).ok_or(MapDefError::Member(by_type))?),
            None => None,
        };
        match (by_type, number(by_size)?) {
            (Some(a), Some(b)) if a != b => Err(MapDefError::Contradiction(by_size)),
            (a, b) => Ok(a.or(b).unwrap_or(0)),
        }
    };
    Ok(MapSpec {
        name: symbol.name.clone(),
        kind: kind_of(number("type")?.ok_or(MapDefError::Member("type"))?)?,
        key_size: size("key", "key_size")?,
        value_size: size("value", "value_size")?,
        max_entries: number("max_entries")?.unwrap_or(0),
        flags: number("map_flags")?.unwrap_or(0),
        endian: object.endian,
    })
}

/// `int (*name)[N]` stands for the number N.
fn array_length(btf: &Btf, ty: TypeId) -> Option<u32> {
    match btf.get(btf.strip(pointee(btf, ty)?))? {
        BtfType::Array { count, .. } => Some(*count),
        _ => None,
    }
}

/// `T *name` stands for the type T.
fn pointee_size(btf: &Btf, ty: TypeId) -> Option<u32> {
    u32::try_from(btf.size_of(pointee(btf, ty)?)?).ok()
}

fn pointee(btf: &Btf, ty: TypeId) -> Option<TypeId> {
    match btf.get(btf.strip(ty))? {
        BtfType::Ptr { target } => Some(*target),
        _ => None,
    }
}

fn legacy_maps(
    object: &Object,
    id: SectionId,
    section: &Section,
    places: &mut Places,
) -> Result<(), LoadError> {
    for symbol in variables(object, id) {
        let error = |reason| LoadError::Map {
            map: symbol.name.clone(),
            reason,
        };
        // The flags came later; older objects have four words.
        let five = words::<5>(object.endian, section, symbol.value).filter(|_| symbol.size != 16);
        let [number, key_size, value_size, max_entries, flags] = five
            .or_else(|| {
                let [kind, key, value, max] = words(object.endian, section, symbol.value)?;
                Some([kind, key, value, max, 0])
            })
            .ok_or_else(|| error(MapDefError::CutOff))?;
        let spec = MapSpec {
            name: symbol.name.clone(),
            kind: kind_of(number).map_err(error)?,
            key_size,
            value_size,
            max_entries,
            flags,
            endian: object.endian,
        };
        places.define(id, symbol.value);
        places.maps.push(new_map(spec)?);
    }
    Ok(())
}

const TABLE_BYTES: u64 = TABLE_BYTES_2014 as u64;

fn tables(
    object: &Object,
    id: SectionId,
    section: &Section,
    places: &mut Places,
) -> Result<(), LoadError> {
    let variables = variables(object, id);
    for offset in (0..section.size).step_by(TABLE_BYTES as usize) {
        let name = table_name(section, &variables, offset);
        let error = |reason| LoadError::Map {
            map: name.clone(),
            reason,
        };
        let [number, key_size, value_size, max_entries, _parameter] =
            words(object.endian, section, offset).ok_or_else(|| error(MapDefError::CutOff))?;
        let kind = MapKind::from_table_type_2014(number);
        let map = new_map(MapSpec {
            name: name.clone(),
            kind: kind.ok_or_else(|| error(MapDefError::Kind(number)))?,
            key_size,
            value_size,
            max_entries,
            flags: 0,
            endian: object.endian,
        })?;
        places.define(id, offset);
        places.maps.push_table(map);
    }
    Ok(())
}

/// `tables[1]`: the variable that the table is an element of.
fn table_name(section: &Section, variables: &[&Symbol], offset: u64) -> String {
    let after = variables.partition_point(|symbol| symbol.value <= offset);
    let variable = after.checked_sub(1).map(|at| variables[at]);
    let (name, start) = variable.map_or((section.name.as_str(), 0), |symbol| {
        (symbol.name.as_str(), symbol.value)
    });
    format!("{name}[{}]", (offset - start) / TABLE_BYTES)
}

/// Consecutive 32-bit words of a section.
fn words<const N: usize>(endian: Endian, section: &Section, offset: u64) -> Option<[u32; N]> {
    let start = usize::try_from(offset).ok()?;
    let bytes = section.data.get(start..)?.get(..N * 4)?;
    let mut words = [0; N];
    for (word, bytes) in words.iter_mut().zip(bytes.chunks_exact(4)) {
        *word = endian.number(bytes) as u32;
    }
    Some(words)
}

fn data_map(
    id: SectionId,
    section: &Section,
    endian: Endian,
    places: &mut Places,
) -> Result<(), LoadError> {
    let read_only = matches!(
        section.kind,
        SectionKind::ReadOnlyData | SectionKind::Strings
    );
    let map = new_map(MapSpec {
        name: section.name.clone(),
        kind: MapKind::Array,
        key_size: 4,
        value_size: u32::try_from(section.size).unwrap_or(u32::MAX),
        max_entries: 1,
        flags: if read_only { BPF_F_RDONLY_PROG } else { 0 },
        endian,
    })?;
    if section.kind != SectionKind::Bss {
        map.update(&[0; 4], &section.data, BPF_ANY)
            .map_err(|_| LoadError::Map {
                map: section.name.clone(),
                reason: MapDefError::CutOff,
            })?;
    }
    places.sections.insert(id, places.maps.maps().len());
    places.maps.push(map);
    Ok(())
}

/// Pointers from data to data.
fn relocate_data(object: &Object, places: &Places) -> Result<(), LoadError> {
    for (id, section) in object.sections.iter().enumerate() {
        let Some(index) = places.data_section(SectionId(id)) else {
            continue;
        };
        let base = places.maps.maps()[index].values().base();
        for reloc in &section.relocs {
            let symbol = object.symbols.get(reloc.symbol.0);
            let bytes = usize::try_from(reloc.offset)
                .ok()
                .and_then(|at| section.data.get(at..)?.first_chunk::<8>());
            let outcome = match (symbol, bytes) {
                (None, _) => Err(RelocError::NoSymbol),
                (_, None) => Err(RelocError::WrongOffset),
                (Some(_), _) if reloc.kind != RelocKind::Abs64 => Err(RelocError::WrongInstruction),
                (Some(symbol), Some(addend)) => {
                    data_address(object, places, symbol, object.endian.number(addend) as u64)
                }
            };
            let address = outcome.map_err(|reason| LoadError::Reloc {
                section: section.name.clone(),
                offset: reloc.offset,
                symbol: symbol.map_or_else(String::new, |symbol| symbol.name.clone()),
                reason,
            })?;
            let bytes = object.endian.bytes(address.into(), 8);
            // SAFETY: the eight bytes lie in `section.data`, of which the map's only value is a copy.
            unsafe { crate::memory::copy_to(base + reloc.offset, &bytes) };
        }
    }
    Ok(())
}

fn data_address(
    object: &Object,
    places: &Places,
    symbol: &Symbol,
    addend: u64,
) -> Result<u64, RelocError> {
    let section = symbol.section.ok_or(RelocError::Undefined)?;
    let target = places
        .data_section(section)
        .ok_or(RelocError::WrongTarget)?;
    let size = object.sections.get(section.0).map_or(0, |s| s.size);
    let offset = symbol
        .value
        .checked_add(addend)
        .filter(|&offset| offset <= size)
        .ok_or(RelocError::OutOfRange)?;
    Ok(places.maps.maps()[target].values().base() + offset)
}
