//! Code sections: bytes become instructions, and every relocation becomes a map, an address or a function.
//!
//! What relocations mean for BPF is told in Linux `Documentation/bpf/llvm_reloc.rst`. Addends stand in the instruction.

use std::collections::BTreeMap;

use bpfcc_isa::{Callee, Endian, Imm64, Insn, SLOT_BYTES, decode};
use bpfcc_object::{
    Binding, Object, Reloc, RelocKind, Section, SectionId, SectionKind, SymbolKind,
};

use crate::load::link::Place;
use crate::load::maps::Places;
use crate::load::{CodeError, LoadError, RelocError};

/// The code of one section.
#[derive(Clone, Debug)]
pub(super) struct Unit {
    pub(super) section: String,
    pub(super) id: Option<SectionId>,
    pub(super) insns: Vec<Insn>,
    /// First slot of each instruction, ascending.
    pub(super) slots: Vec<usize>,
    /// What relocations said about the instructions at these positions.
    pub(super) targets: BTreeMap<usize, Target>,
    /// Slots where functions start.
    pub(super) starts: Vec<usize>,
}

/// What an instruction refers to.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(super) enum Target {
    /// A function of this object.
    Function(Place),
    /// A function that the environment has to provide.
    Named(String),
}

impl Unit {
    pub(super) fn from_insns(section: &str, insns: Vec<Insn>) -> Result<Unit, LoadError> {
        let mut unit = Unit::new(section, None, insns);
        if let Some(at) = unit.insns.iter().position(|insn| !insn.is_encodable()) {
            return Err(unit.error(at, CodeError::NotEncodable));
        }
        unit.resolve_local(0)?;
        let mut units = [unit];
        add_called_starts(&mut units);
        let [unit] = units;
        Ok(unit)
    }

    /// Before any name is resolved.
    fn new(section: &str, id: Option<SectionId>, insns: Vec<Insn>) -> Unit {
        let mut slots = Vec::with_capacity(insns.len());
        let mut next = 0;
        for insn in &insns {
            slots.push(next);
            next += insn.slots();
        }
        Unit {
            section: section.to_owned(),
            id,
            insns,
            slots,
            targets: BTreeMap::new(),
            starts: vec![0],
        }
    }

    /// Turns calls and code addresses without relocation into targets in the same section.
    fn resolve_local(&mut self, own: usize) -> Result<(), LoadError> {
        for (at, insn) in self.insns.iter().enumerate() {
            let distance = match *insn {
                Insn::Call(Callee::Local(distance)) => distance,
                Insn::LoadImm64 {
                    value: Imm64::Code(distance),
                    ..
                } => distance,
                _ => continue,
            };
            if self.targets.contains_key(&at) {
                continue;
            }
            let next = self.slots[at] + insn.slots();
            let slot = next
                .checked_add_signed(distance as isize)
                .ok_or_else(|| self.error(at, CodeError::CallOutside))?;
            let place = Place { unit: own, slot };
            self.targets.insert(at, Target::Function(place));
        }
        Ok(())
    }

    /// The position of the instruction that starts at this slot.
    pub(super) fn position_of(&self, slot: usize) -> Option<usize> {
        self.slots.binary_search(&slot).ok()
    }

    /// The slot of the instruction that starts at this byte.
    pub(super) fn start_of(&self, offset: u64) -> Option<usize> {
        let slot = slot_of(offset)?;
        self.position_of(slot).map(|_| slot)
    }

    /// Slots of all instructions together.
    pub(super) fn len(&self) -> usize {
        match (self.slots.last(), self.insns.last()) {
            (Some(slot), Some(insn)) => slot + insn.slots(),
            _ => 0,
        }
    }

    pub(super) fn error(&self, position: usize, reason: CodeError) -> LoadError {
        let slot = self.slots.get(position).copied().unwrap_or(self.len());
        LoadError::Code {
            section: self.section.clone(),
            offset: (slot * SLOT_BYTES) as u64,
            reason,
        }
    }
}

fn slot_of(offset: u64) -> Option<usize> {
    let offset = usize::try_from(offset).ok()?;
    offset
        .is_multiple_of(SLOT_BYTES)
        .then_some(offset / SLOT_BYTES)
}

/// The code of an object, a unit for each code section.
pub(super) fn units(object: &Object, places: &Places) -> Result<Vec<Unit>, LoadError> {
    let is_code = |(_, section): &(usize, &Section)| section.kind == SectionKind::Code;
    let sections: Vec<_> = object.sections.iter().enumerate().filter(is_code).collect();
    let mut units = Vec::with_capacity(sections.len());
    for (id, section) in &sections {
        units.push(decode_section(SectionId(*id), section, object.endian)?);
    }
    for (own, (_, section)) in sections.iter().enumerate() {
        for reloc in &section.relocs {
            relocate(object, places, &mut units, own, reloc)?;
        }
        units[own].resolve_local(own)?;
    }
    add_symbol_starts(object, &mut units)?;
    add_called_starts(&mut units);
    Ok(units)
}

fn decode_section(id: SectionId, section: &Section, endian: Endian) -> Result<Unit, LoadError> {
    let insns = decode(&section.data, endian).map_err(|error| LoadError::Code {
        section: section.name.clone(),
        offset: (error.slot * SLOT_BYTES) as u64,
        reason: CodeError::Decode(error.reason),
    })?;
    Ok(Unit::new(&section.name, Some(id), insns))
}

/// Functions start where symbols say so.
fn add_symbol_starts(object: &Object, units: &mut [Unit]) -> Result<(), LoadError> {
    for symbol in &object.symbols {
        let unit = symbol.section.and_then(|id| super::unit_of(units, id));
        if let (SymbolKind::Func, Some(unit)) = (symbol.kind, unit) {
            let slot = slot_of(symbol.value).ok_or_else(|| LoadError::MisplacedFunction {
                symbol: symbol.name.clone(),
            })?;
            units[unit].starts.push(slot);
        }
    }
    Ok(())
}

/// Functions also start where calls lead, and a static function need not have a symbol.
fn add_called_starts(units: &mut [Unit]) {
    let called: Vec<Place> = units
        .iter()
        .flat_map(|unit| unit.targets.values())
        .filter_map(|target| match target {
            Target::Function(place) => Some(*place),
            Target::Named(_) => None,
        })
        .collect();
    for place in called {
        let unit = &mut units[place.unit];
        // A call that leads nowhere is an error where it stands, once it is linked.
        if unit.position_of(place.slot).is_some() {
            unit.starts.push(place.slot);
        }
    }
    for unit in units {
        unit.starts.sort_unstable();
        unit.starts.dedup();
    }
}

fn relocate(
    object: &Object,
    places: &Places,
    units: &mut [Unit],
    own: usize,
    reloc: &Reloc,
) -> Result<(), LoadError> {
    let symbol = object.symbols.get(reloc.symbol.0);
    let outcome = match symbol {
        Some(symbol) => resolve(object, places, units, own, reloc, symbol),
        None => Err(RelocError::NoSymbol),
    };
    outcome.map_err(|reason| LoadError::Reloc {
        section: units[own].section.clone(),
        offset: reloc.offset,
        symbol: symbol.map_or_else(String::new, |symbol| symbol_name(object, symbol)),
        reason,
    })
}

/// Section symbols have no name of their own.
fn symbol_name(object: &Object, symbol: &bpfcc_object::Symbol) -> String {
    let section = symbol.section.and_then(|id| object.sections.get(id.0));
    match section {
        Some(section) if symbol.name.is_empty() => section.name.clone(),
        _ => symbol.name.clone(),
    }
}

fn resolve(
    object: &Object,
    places: &Places,
    units: &mut [Unit],
    own: usize,
    reloc: &Reloc,
    symbol: &bpfcc_object::Symbol,
) -> Result<(), RelocError> {
    let at = slot_of(reloc.offset)
        .and_then(|slot| units[own].position_of(slot))
        .ok_or(RelocError::WrongOffset)?;
    match (units[own].insns[at], reloc.kind) {
        (Insn::Call(callee), RelocKind::Call) => {
            let target = resolve_call(units, callee, symbol)?;
            let unit = &mut units[own];
            unit.insns[at] = Insn::Call(match target {
                Target::Function(_) => Callee::Local(-1),
                Target::Named(_) => Callee::Kfunc { id: 0, module: 0 },
            });
            unit.targets.insert(at, target);
        }
        (
            Insn::LoadImm64 {
                dst,
                value: Imm64::Const(addend),
            },
            RelocKind::Imm64,
        ) => {
            let value = match resolve_address(object, places, units, symbol, addend)? {
                Address::Value(value) => value,
                Address::Function(place) => {
                    units[own].targets.insert(at, Target::Function(place));
                    Imm64::Code(-1)
                }
            };
            units[own].insns[at] = Insn::LoadImm64 { dst, value };
        }
        _ => return Err(RelocError::WrongInstruction),
    }
    Ok(())
}

/// R_BPF_64_32: the immediate becomes (S + A) / 8 - 1, so the addend is (immediate + 1) * 8.
fn resolve_call(
    units: &[Unit],
    callee: Callee,
    symbol: &bpfcc_object::Symbol,
) -> Result<Target, RelocError> {
    let Some(section) = symbol.section else {
        return Ok(Target::Named(symbol.name.clone()));
    };
    let unit = super::unit_of(units, section).ok_or(RelocError::WrongTarget)?;
    let imm = match callee {
        Callee::Local(imm) | Callee::Helper(imm) => imm,
        _ => return Err(RelocError::WrongInstruction),
    };
    let base = slot_of(symbol.value).ok_or(RelocError::OutOfRange)?;
    let slot = base
        .checked_add_signed(imm as isize + 1)
        .filter(|&slot| slot < units[unit].len())
        .ok_or(RelocError::OutOfRange)?;
    Ok(Target::Function(Place { unit, slot }))
}

enum Address {
    Value(Imm64),
    Function(Place),
}

fn resolve_address(
    object: &Object,
    places: &Places,
    units: &[Unit],
    symbol: &bpfcc_object::Symbol,
    addend: u64,
) -> Result<Address, RelocError> {
    let Some(section) = symbol.section else {
        // A weak symbol that nobody defines has the address 0 (libbpf, `bpf_object__resolve_externs`).
        return match symbol.binding {
            Binding::Weak => Ok(Address::Value(Imm64::Const(0))),
            _ => Err(RelocError::Undefined),
        };
    };
    let offset = symbol
        .value
        .checked_add(addend)
        .ok_or(RelocError::OutOfRange)?;
    if let Some(index) = places.map_at(section, offset) {
        return Ok(Address::Value(Imm64::MapIdx(index as i32)));
    }
    if let Some(index) = places.data_section(section) {
        let size = object.sections.get(section.0).map_or(0, |s| s.size);
        // One past the end is an address too.
        let off = i32::try_from(offset).ok().filter(|_| offset <= size);
        let off = off.ok_or(RelocError::OutOfRange)?;
        let idx = index as i32;
        return Ok(Address::Value(Imm64::MapIdxValue { idx, off }));
    }
    let unit = super::unit_of(units, section).ok_or(RelocError::WrongTarget)?;
    let slot = units[unit].start_of(offset).ok_or(RelocError::OutOfRange)?;
    Ok(Address::Function(Place { unit, slot }))
}
