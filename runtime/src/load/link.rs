//! Linking: an entry function and all functions it reaches become one sequence of instructions.
//!
//! ```text
//!  unit "raw_tracepoint/x":  [entry ……… call f]          entry ……… call ─┐
//!  unit ".text":             [f … exit][g … exit]   ──►   f ……… exit ◄───┘      (g is not reached and stays out)
//! ```
//!
//! On the way every instruction is looked at once: is its target an instruction of the same function, does the environment
//! have the function it calls, can the runtime execute it. After this no engine needs to ask again.

use std::collections::hash_map::Entry;
use std::collections::{BTreeMap, HashMap};

use bpfcc_isa::{Callee, Imm64, Insn, Reg};

use crate::env::{Environment, HostFunction, helper_name, is_named_2014};
use crate::load::code::{Target, Unit};
use crate::load::{CodeError, Image, LoadError};
use crate::memory::MAX_FRAMES;
use crate::program::{Function, Program};

/// A slot in a unit.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub(super) struct Place {
    pub(super) unit: usize,
    pub(super) slot: usize,
}

pub(super) fn link(
    image: &Image,
    entry: Place,
    environment: &Environment,
) -> Result<Program, LoadError> {
    let mut linker = Linker {
        image,
        environment,
        starts: HashMap::new(),
        pending: Vec::new(),
        calls: Vec::new(),
        tails: image.siblings(entry),
        makes_tail_calls: false,
        program: Program {
            insns: Vec::new(),
            links: Vec::new(),
            functions: Vec::new(),
            hosts: Vec::new(),
            maps: image.maps.clone(),
            context: environment.context().clone(),
            frames: 1,
            tails: BTreeMap::new(),
            endian: image.endian,
        },
    };
    linker.require(entry);
    while let Some(place) = linker.pending.pop() {
        linker.append(place)?;
    }
    linker.finish();
    Ok(linker.program)
}

struct Linker<'a> {
    image: &'a Image,
    environment: &'a Environment,
    /// Position of the first instruction of each function, once it is appended.
    starts: HashMap<Place, Option<usize>>,
    pending: Vec<Place>,
    /// Instructions whose link is the start of a function.
    calls: Vec<(usize, Place)>,
    /// Functions that a tail call may lead to.
    tails: Vec<(String, Place)>,
    makes_tail_calls: bool,
    program: Program,
}

impl Linker<'_> {
    fn require(&mut self, place: Place) {
        if let Entry::Vacant(entry) = self.starts.entry(place) {
            entry.insert(None);
            self.pending.push(place);
        }
    }

    /// Copies one function to the end of the program.
    fn append(&mut self, place: Place) -> Result<(), LoadError> {
        let unit = &self.image.units[place.unit];
        let body = Body::find(unit, place.slot)?;
        let start = self.program.insns.len();
        self.starts.insert(place, Some(start));
        self.program.functions.push(Function {
            name: self.image.name_at(place),
            section: unit.section.clone(),
            offset: (place.slot * bpfcc_isa::SLOT_BYTES) as u64,
            start,
        });
        for position in body.first..body.end {
            let link = self
                .link_of(&body, position, start)
                .map_err(|reason| unit.error(position, reason))?;
            self.program.insns.push(unit.insns[position]);
            self.program.links.push(link);
        }
        Ok(())
    }

    /// What stands beside an instruction; see [`Program`].
    fn link_of(
        &mut self,
        body: &Body<'_>,
        position: usize,
        start: usize,
    ) -> Result<u32, CodeError> {
        let insn = &body.unit.insns[position];
        if writes_frame_pointer(insn) {
            return Err(CodeError::FramePointer);
        }
        if let Some(distance) = jump_distance(insn) {
            let target = body.target(position, distance)?;
            return Ok((start + target - body.first) as u32);
        }
        match *insn {
            Insn::Call(callee) => self.link_of_call(body, position, callee),
            Insn::LoadImm64 { value, .. } => self.link_of_address(body, position, value),
            Insn::LoadPacket { .. } => Err(CodeError::Unsupported("a legacy packet load")),
            Insn::AddrSpaceCast { .. } => Err(CodeError::Unsupported("addr_space_cast")),
            Insn::GotoReg { .. } => Err(CodeError::Unsupported("gotox")),
            _ => Ok(0),
        }
    }

    fn link_of_call(
        &mut self,
        body: &Body<'_>,
        position: usize,
        callee: Callee,
    ) -> Result<u32, CodeError> {
        let target = body.unit.targets.get(&position);
        match (callee, target) {
            (_, Some(Target::Function(place))) => self.link_of_function(body, position, *place),
            (_, Some(Target::Named(name))) => {
                let function = self.environment.function_by_name(name).ok_or_else(|| {
                    CodeError::UnknownFunction {
                        name: name.clone(),
                        known: is_named_2014(name),
                        environment: self.environment.name(),
                    }
                })?;
                Ok(self.host(function))
            }
            (Callee::Helper(number), None) => {
                let function = self.environment.function_by_number(number).ok_or_else(|| {
                    CodeError::UnknownHelper {
                        number,
                        name: helper_name(number),
                        environment: self.environment.name(),
                    }
                })?;
                Ok(self.host(function))
            }
            (Callee::Reg(_), None) => Err(CodeError::Unsupported("callx")),
            (Callee::Kfunc { .. }, None) => {
                Err(CodeError::Unsupported("a kernel function by BTF id"))
            }
            (Callee::Local(_), None) => Err(CodeError::CallOutside),
        }
    }

    fn link_of_function(
        &mut self,
        body: &Body<'_>,
        position: usize,
        place: Place,
    ) -> Result<u32, CodeError> {
        let unit = &self.image.units[place.unit];
        if unit.position_of(place.slot).is_none() {
            return Err(match place.slot < unit.len() {
                true => CodeError::IntoInstruction,
                false => CodeError::CallOutside,
            });
        }
        self.require(place);
        let own = self.program.functions.last().map_or(0, |f| f.start);
        self.calls.push((own + position - body.first, place));
        Ok(0)
    }

    fn link_of_address(
        &mut self,
        body: &Body<'_>,
        position: usize,
        value: Imm64,
    ) -> Result<u32, CodeError> {
        match value {
            Imm64::Const(_) => Ok(0),
            Imm64::MapIdx(index) => self.check_map(index, 0),
            Imm64::MapIdxValue { idx, off } => self.check_map(idx, off),
            Imm64::Code(_) => match body.unit.targets.get(&position) {
                Some(Target::Function(place)) => self.link_of_function(body, position, *place),
                _ => Err(CodeError::CallOutside),
            },
            Imm64::MapFd(_) | Imm64::MapValue { .. } => {
                Err(CodeError::Unsupported("a map by file descriptor"))
            }
            Imm64::BtfVar { .. } => Err(CodeError::Unsupported("a kernel variable by BTF id")),
        }
    }

    fn check_map(&self, index: i32, offset: i32) -> Result<u32, CodeError> {
        let map = usize::try_from(index)
            .ok()
            .and_then(|at| self.image.maps.maps().get(at));
        let inside = |size: u32| u32::try_from(offset).is_ok_and(|offset| offset <= size);
        match map {
            Some(map) if inside(map.spec().value_size) => Ok(0),
            _ => Err(CodeError::NoSuchMap { index, offset }),
        }
    }

    /// Position of a host function in the program's list.
    fn host(&mut self, function: &HostFunction) -> u32 {
        if function.is_tail_call() && !self.makes_tail_calls {
            self.makes_tail_calls = true;
            for (_, place) in self.tails.clone() {
                self.require(place);
            }
        }
        let hosts = &mut self.program.hosts;
        let same = |host: &HostFunction| {
            host.number() == function.number() && host.name() == function.name()
        };
        let found = hosts.iter().position(same);
        found.unwrap_or_else(|| {
            hosts.push(*function);
            hosts.len() - 1
        }) as u32
    }

    /// Fills in what was unknown while functions were still being appended: where they start.
    fn finish(&mut self) {
        let slots = first_slots(&self.program.insns);
        for (position, place) in &self.calls {
            let start = self.starts[place].expect("every required function was appended");
            self.program.links[*position] = start as u32;
            let insn = &mut self.program.insns[*position];
            let distance = slots[start] - slots[*position] - insn.slots() as i32;
            match insn {
                Insn::Call(callee) => *callee = Callee::Local(distance),
                Insn::LoadImm64 { value, .. } => *value = Imm64::Code(distance),
                other => unreachable!("{other:?} names no function"),
            }
        }
        if self.makes_tail_calls {
            let start = |(name, place): &(String, Place)| Some((name.clone(), self.starts[place]?));
            self.program.tails = self.tails.iter().filter_map(start).collect();
        }
        self.program.frames = frames(&self.program);
    }
}

fn first_slots(insns: &[Insn]) -> Vec<i32> {
    let next = |next: &mut i32, insn: &Insn| {
        let slot = *next;
        *next += insn.slots() as i32;
        Some(slot)
    };
    insns.iter().scan(0, next).collect()
}

/// A function within its unit: positions `first..end`.
struct Body<'a> {
    unit: &'a Unit,
    first: usize,
    end: usize,
}

impl<'a> Body<'a> {
    fn find(unit: &'a Unit, slot: usize) -> Result<Body<'a>, LoadError> {
        let first = unit
            .position_of(slot)
            .ok_or_else(|| unit.error(unit.insns.len(), CodeError::EmptyFunction))?;
        let after = unit.starts.partition_point(|&start| start <= slot);
        let end = unit.starts.get(after).map_or(unit.insns.len(), |&next| {
            unit.slots.partition_point(|&slot| slot < next)
        });
        let last = end - 1;
        match unit.insns[last] {
            Insn::Exit | Insn::Goto { .. } | Insn::GotoLong { .. } => Ok(Body { unit, first, end }),
            _ => Err(unit.error(last, CodeError::FallsOffEnd)),
        }
    }

    /// The position that a jump at `position` leads to.
    fn target(&self, position: usize, distance: i32) -> Result<usize, CodeError> {
        let next = self.unit.slots[position] + 1;
        let slot = next
            .checked_add_signed(distance as isize)
            .ok_or(CodeError::JumpOutside)?;
        let first = self.unit.slots[self.first];
        let end = self
            .unit
            .slots
            .get(self.end)
            .copied()
            .unwrap_or(self.unit.len());
        if slot < first || slot >= end {
            return Err(CodeError::JumpOutside);
        }
        self.unit
            .position_of(slot)
            .ok_or(CodeError::IntoInstruction)
    }
}

fn jump_distance(insn: &Insn) -> Option<i32> {
    match *insn {
        Insn::Jump { off, .. } | Insn::Goto { off } | Insn::MayGoto { off } => Some(off.into()),
        Insn::GotoLong { off } => Some(off),
        _ => None,
    }
}

fn writes_frame_pointer(insn: &Insn) -> bool {
    let written = match *insn {
        Insn::Alu { dst, .. }
        | Insn::MovSx { dst, .. }
        | Insn::Neg { dst, .. }
        | Insn::Swap { dst, .. }
        | Insn::Load { dst, .. }
        | Insn::LoadAcquire { dst, .. }
        | Insn::LoadImm64 { dst, .. }
        | Insn::AddrSpaceCast { dst, .. } => dst,
        Insn::Atomic { op, fetch, src, .. } if fetch && op != bpfcc_isa::AtomicOp::Cmpxchg => src,
        _ => return false,
    };
    written == Reg::R10
}

/// The longest chain of local calls from the entry, counted in functions; the maximum if there is recursion or a
/// tail call.
fn frames(program: &Program) -> usize {
    if !program.tails.is_empty() {
        return MAX_FRAMES;
    }
    let mut callees: HashMap<usize, Vec<usize>> = HashMap::new();
    for (position, insn) in program.insns.iter().enumerate() {
        if let (Insn::Call(Callee::Local(_)), Some(caller)) = (insn, program.function_at(position))
        {
            let callee = program.target(position);
            callees.entry(caller.start).or_default().push(callee);
        }
    }
    let mut alive = vec![0];
    // Each round follows one more call; `MAX_FRAMES` rounds bound it even with recursion.
    for depth in 1..MAX_FRAMES {
        let mut next: Vec<usize> = alive
            .iter()
            .filter_map(|function| callees.get(function))
            .flatten()
            .copied()
            .collect();
        next.sort_unstable();
        next.dedup();
        if next.is_empty() {
            return depth;
        }
        alive = next;
    }
    MAX_FRAMES
}
