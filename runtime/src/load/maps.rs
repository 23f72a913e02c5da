//! What an object says about its data: definitions of maps ([`bpfcc_object::maps`]), and sections of variables.
//!
//! `.rodata`, `.data`, `.bss` and other sections of variables become arrays with one value each, as libbpf makes them.

use std::collections::HashMap;
use std::sync::Arc;

use bpfcc_isa::Endian;
use bpfcc_object::maps::{DefinitionError, MapDef, Notation, definitions, template};
use bpfcc_object::{Object, RelocKind, Section, SectionId, SectionKind, Symbol};

use crate::errno::Errno;
use crate::load::{LoadError, MapDefError, RelocError};
use crate::map::{self, BPF_ANY, BPF_F_RDONLY_PROG, CPUS, Map, MapKind, MapSpec, PAGE_BYTES};
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
    let mut defined = Vec::new();
    for definition in definitions(object) {
        defined.push(definition.map_err(|(map, reason)| LoadError::Map {
            map,
            reason: reason.into(),
        })?);
    }
    let mut places = Places::default();
    for (id, section) in object.sections() {
        match Notation::of(section) {
            Some(notation) => {
                let here = defined.iter().filter(|map| map.section == id);
                for map in here {
                    defined_map(object, map, notation, &mut places)?;
                }
            }
            None if is_data(section) => data_map(id, section, object.endian, &mut places)?,
            None => {}
        }
    }
    for map in &defined {
        fill(map, object.endian, &places)?;
    }
    relocate_data(object, &places)?;
    Ok(places)
}

fn defined_map(
    object: &Object,
    map: &MapDef,
    notation: Notation,
    places: &mut Places,
) -> Result<(), LoadError> {
    let error = |reason| LoadError::Map {
        map: map.name.clone(),
        reason,
    };
    let mut spec = spec_of(map, object.endian).map_err(error)?;
    if let Some(inner) = template(object, map) {
        let inner = inner.map_err(|reason| error(reason.into()))?;
        let inner = spec_of(&inner, object.endian).map_err(error)?;
        spec.inner = Some(Box::new(inner));
    }
    let made = new_map(spec)?;
    places.define(map.section, map.offset);
    match notation {
        Notation::Tables2014 => places.maps.push_table(made),
        Notation::Btf | Notation::Legacy => places.maps.push(made),
    }
    Ok(())
}

fn spec_of(map: &MapDef, endian: Endian) -> Result<MapSpec, MapDefError> {
    let kind = MapKind::from_number(map.kind).ok_or(MapDefError::Kind(map.kind))?;
    // Maps and programs are 32-bit numbers, and libbpf lets one leave that out.
    let holds_numbers = matches!(
        kind,
        MapKind::ArrayOfMaps | MapKind::HashOfMaps | MapKind::ProgArray
    );
    let value_size = match map.value.size {
        0 if holds_numbers => 4,
        size => size,
    };
    Ok(MapSpec {
        name: map.name.clone(),
        kind,
        key_size: map.key.size,
        value_size,
        max_entries: max_entries(kind, map.max_entries),
        flags: map.flags,
        extra: extra(map),
        inner: None,
        endian,
    })
}

/// Puts what `.values = { … }` lists into a map of maps or programs.
fn fill(map: &MapDef, endian: Endian, places: &Places) -> Result<(), LoadError> {
    let (Some(made), false) = (places.maps.by_name(&map.name), map.contents.is_empty()) else {
        return Ok(());
    };
    for (index, symbol) in &map.contents {
        let outcome = match (made.as_programs(), made.as_outer()) {
            (Some(programs), _) => programs.set(*index as u32, Some(symbol)),
            (_, Some(outer)) => match places.maps.by_name(symbol) {
                Some(inner) => {
                    let size = made.spec().key_size as usize;
                    outer.set(&endian.bytes((*index).into(), size), inner.clone())
                }
                None => Err(Errno::ENOENT),
            },
            (None, None) => Err(Errno::EOPNOTSUPP),
        };
        outcome.map_err(|errno| LoadError::Map {
            map: map.name.clone(),
            reason: MapDefError::Value {
                index: *index,
                errno,
            },
        })?;
    }
    Ok(())
}

/// Sizes that libbpf mends before Linux sees them: ring buffers are a power of two of pages, and arrays of perf events have
/// an entry for each processor (`adjust_ringbuf_sz`, `bpf_object__create_maps`).
fn max_entries(kind: MapKind, given: u32) -> u32 {
    match (kind, given) {
        (MapKind::PerfEventArray, 0) => CPUS,
        (MapKind::Ringbuf, 1..) => {
            let pages = given.div_ceil(PAGE_BYTES).checked_next_power_of_two();
            let bytes = pages.and_then(|pages| pages.checked_mul(PAGE_BYTES));
            bytes.unwrap_or(given)
        }
        _ => given,
    }
}

fn extra(map: &MapDef) -> u64 {
    let mut given = map.more.iter();
    let extra = given.find(|(name, _)| *name == "map_extra");
    extra.map_or(0, |&(_, value)| value.into())
}

fn is_data(section: &Section) -> bool {
    let holds_variables = matches!(
        section.kind,
        SectionKind::Data | SectionKind::ReadOnlyData | SectionKind::Strings | SectionKind::Bss
    );
    holds_variables && section.size > 0 && !NOT_DATA.contains(&section.name.as_str())
}

fn new_map(spec: MapSpec) -> Result<Arc<dyn Map>, LoadError> {
    let name = spec.name.clone();
    map::create(spec).map_err(|error| LoadError::Map {
        map: name,
        reason: MapDefError::Create(error),
    })
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
        extra: 0,
        inner: None,
        endian,
    })?;
    if section.kind != SectionKind::Bss {
        map.update(&[0; 4], &section.data, BPF_ANY)
            .map_err(|_| LoadError::Map {
                map: section.name.clone(),
                reason: DefinitionError::CutOff.into(),
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
