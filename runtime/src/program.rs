//! A program that is ready to run: instructions whose every jump, call and address has been looked up.
//!
//! The instructions stay in the form of [`bpfcc_isa`], so they print as they were written; what the loader found out stands
//! beside them:
//!
//! ```text
//!  position  instruction                 link
//!  0         r1 = map[0] ll              –              maps are named by index, as in Linux after relocation
//!  1         call 1                      0              which host function
//!  2         if r0 == 0 goto +1          4              position of the target
//!  3         call +2                     6              position of the function's first instruction
//! ```
//!
//! Only the linker makes a [`Program`], and it refuses whatever has no sane control flow: engines may rely on every link being
//! in range, on no function falling off its end, and on R10 never being written.

use std::collections::BTreeMap;
use std::sync::Arc;

use bpfcc_isa::{Callee, Endian, Insn};

use crate::env::{Context, HostFunction};
use crate::map::Map;
use crate::memory::Region;

/// How often `may_goto` lets a function go on before it jumps (Linux `BPF_MAX_LOOPS`).
pub(crate) const MAX_LOOPS: u32 = 8 << 20;

/// The maps of a program, with what belongs to them.
#[derive(Clone, Debug, Default)]
pub struct MapSet {
    maps: Vec<Arc<dyn Map>>,
    /// Position in `maps` of each table of 2014, by table id.
    tables: Vec<usize>,
    /// Where the values lie, by ascending address.
    regions: Vec<Region>,
}

impl MapSet {
    /// These maps; instructions name them by position.
    pub fn new(maps: Vec<Arc<dyn Map>>) -> MapSet {
        let mut set = MapSet::default();
        maps.into_iter().for_each(|map| set.push(map));
        set
    }

    pub(crate) fn push(&mut self, map: Arc<dyn Map>) {
        let region = map.values();
        let at = self
            .regions
            .partition_point(|other| other.base() < region.base());
        self.regions.insert(at, region);
        self.maps.push(map);
    }

    /// Adds a map that the program also names by a table id, the next one.
    pub(crate) fn push_table(&mut self, map: Arc<dyn Map>) {
        self.tables.push(self.maps.len());
        self.push(map);
    }

    /// All maps.
    pub fn maps(&self) -> &[Arc<dyn Map>] {
        &self.maps
    }

    /// The map with this name.
    pub fn by_name(&self, name: &str) -> Option<&Arc<dyn Map>> {
        self.maps.iter().find(|map| map.spec().name == name)
    }

    /// The table with this id.
    pub fn table(&self, id: u64) -> Option<&Arc<dyn Map>> {
        let at = self.tables.get(usize::try_from(id).ok()?)?;
        self.maps.get(*at)
    }

    /// The map that a program names by this pointer.
    pub fn by_address(&self, address: u64) -> Option<&Arc<dyn Map>> {
        self.maps.iter().find(|map| map.address() == address)
    }

    pub(crate) fn regions(&self) -> &[Region] {
        &self.regions
    }
}

/// A function of a program.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Function {
    /// Its name.
    pub name: String,
    /// The section it comes from.
    pub section: String,
    /// Byte offset of its first instruction in the section.
    pub offset: u64,
    /// Position of its first instruction in the program.
    pub start: usize,
}

/// A program ready to run. The entry is its first instruction.
#[derive(Clone, Debug)]
pub struct Program {
    pub(crate) insns: Vec<Insn>,
    pub(crate) links: Vec<u32>,
    pub(crate) functions: Vec<Function>,
    pub(crate) hosts: Vec<HostFunction>,
    pub(crate) maps: Arc<MapSet>,
    pub(crate) context: Context,
    pub(crate) frames: usize,
    /// Where the functions start that a tail call may lead to, by name.
    pub(crate) tails: BTreeMap<String, usize>,
    pub(crate) endian: Endian,
}

impl Program {
    /// Name of the entry function.
    pub fn name(&self) -> &str {
        self.functions.first().map_or("", |entry| &entry.name)
    }

    /// The instructions.
    pub fn insns(&self) -> &[Insn] {
        &self.insns
    }

    /// The functions in order of their position; the first one is the entry.
    pub fn functions(&self) -> &[Function] {
        &self.functions
    }

    /// The maps that instructions name by position.
    pub fn maps(&self) -> &MapSet {
        &self.maps
    }

    /// What R1 points to at entry.
    pub fn context(&self) -> &Context {
        &self.context
    }

    /// Stack frames alive at once at most; recursive programs get all there are.
    pub fn frames(&self) -> usize {
        self.frames
    }

    /// Byte order of numbers in memory.
    pub fn endian(&self) -> Endian {
        self.endian
    }

    /// Where a tail call to the function of this name goes.
    pub(crate) fn tail_target(&self, name: &str) -> Option<usize> {
        self.tails.get(name).copied()
    }

    /// Where the jump or local call at this position goes.
    pub(crate) fn target(&self, position: usize) -> usize {
        self.links[position] as usize
    }

    /// The function of the program that is called at this position, if one is.
    pub fn callee(&self, position: usize) -> Option<&Function> {
        let is_local = matches!(self.insns.get(position)?, Insn::Call(Callee::Local(_)));
        let start = is_local.then(|| self.target(position))?;
        let at = self.functions.binary_search_by_key(&start, |f| f.start);
        self.functions.get(at.ok()?)
    }

    /// The host function called at this position.
    pub(crate) fn host(&self, position: usize) -> &HostFunction {
        &self.hosts[self.links[position] as usize]
    }

    /// The address of the map at this index.
    pub(crate) fn map_address(&self, index: i32) -> u64 {
        self.maps.maps()[index as usize].address()
    }

    /// The address `offset` bytes into the first value of the map at this index.
    pub(crate) fn value_address(&self, index: i32, offset: i32) -> u64 {
        let base = self.maps.maps()[index as usize].values().base();
        base.wrapping_add(offset as u64)
    }

    /// The function that the instruction at this position belongs to.
    pub fn function_at(&self, position: usize) -> Option<&Function> {
        let after = self.functions.partition_point(|f| f.start <= position);
        self.functions.get(after.checked_sub(1)?)
    }

    /// Slot of an instruction within its function, as disassemblers count.
    pub fn slot_in_function(&self, position: usize) -> usize {
        let start = self.function_at(position).map_or(0, |f| f.start);
        let before = self.insns.get(start..position).unwrap_or_default();
        before.iter().map(Insn::slots).sum()
    }
}

/// Whether this instruction calls a host function once linked.
pub(crate) fn is_host_call(insn: &Insn) -> bool {
    matches!(insn, Insn::Call(Callee::Helper(_) | Callee::Kfunc { .. }))
}
