//! What was loaded or stored is not loaded again as long as nothing can have changed it.
//!
//! ```text
//! v2: i32 = load.u32 v1+20                 v2: i32 = load.u32 v1+20
//! branch v2 gt v3, b1, b2          ──►     branch v2 gt v3, b1, b2
//! b2: v4: i32 = load.u32 v1+20  uses v4    b2:   uses v2
//! ```
//!
//! Linux's checker knows nothing about the second of two loads from a map or the kernel, so a bound that the program has
//! checked would be lost (VERIFIER-RULES 6). Therefore this runs before [`refine`](crate::pass::refine), which gives the value
//! that has been checked its name below the check.
//!
//! Follows straight lines of control: a block with one predecessor starts with what is known at that one's end, others with
//! nothing. A store forgets what it may overwrite, a call and an atomic operation forget everything. Volatile accesses stay as
//! they are.

use std::collections::VecDeque;

use crate::analysis::cfg::reverse_postorder;
use crate::entity::{Block, CoreId, GlobalId, Inst, SecondaryMap, Slot, Value};
use crate::function::Function;
use crate::inst::InstData;
use crate::pass::Changed;
use crate::ssa::{Replacements, resolve};
use crate::types::{PtrKind, Type};

/// How many places are remembered at a time; beyond that the oldest is forgotten.
const PLACES: usize = 64;

/// Reuses loaded and stored values in a function.
pub fn run(func: &mut Function) -> Changed {
    let mut reuse = Reuse {
        at_end: SecondaryMap::new(),
        replaced: Replacements::default(),
    };
    let mut changed = false;
    let predecessors = single_predecessors(func);
    for block in reverse_postorder(func) {
        let before = predecessors[block].map(|only| reuse.at_end[only].clone());
        let mut known = before.unwrap_or_default();
        let insts = std::mem::take(&mut func.block_mut(block).insts);
        let count = insts.len();
        let kept: Vec<Inst> = insts
            .into_iter()
            .filter(|&inst| reuse.is_needed(func, inst, &mut known))
            .collect();
        changed |= kept.len() != count;
        func.block_mut(block).insts = kept;
        reuse.at_end[block] = known;
    }
    func.replace_values(&reuse.replaced);
    changed.into()
}

/// For each block the only block that leads to it, if there is one.
fn single_predecessors(func: &Function) -> SecondaryMap<Block, Option<Block>> {
    let mut counts: SecondaryMap<Block, u32> = SecondaryMap::new();
    let mut only = SecondaryMap::new();
    for block in reverse_postorder(func) {
        for next in func.successors(block) {
            counts[next] += 1;
            only[next] = Some(block);
        }
    }
    counts[func.entry()] += 1;
    for block in func.layout.clone() {
        if counts[block] != 1 {
            only[block] = None;
        }
    }
    only[func.entry()] = None;
    only
}

/// What stands in memory: the oldest first.
type Known = VecDeque<(Place, Value)>;

/// Bytes in memory, and as what they are read.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
struct Place {
    base: Base,
    offset: i64,
    bytes: u32,
    signed: bool,
    ty: Type,
    kind: PtrKind,
}

/// What an address counts from.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum Base {
    Slot(Slot),
    Global(GlobalId),
    Value(Value),
    /// A member whose place the running kernel knows.
    Core(Value, CoreId),
}

impl Place {
    /// Whether a write to `self` may change what stands in `other`.
    fn may_overlap(&self, other: &Place) -> bool {
        match (self.base, other.base) {
            (a, b) if a == b => {
                let ends_before = |a: &Place, b: &Place| a.offset + i64::from(a.bytes) <= b.offset;
                !ends_before(self, other) && !ends_before(other, self)
            }
            (Base::Slot(_), Base::Slot(_)) | (Base::Global(_), Base::Global(_)) => false,
            _ => !are_apart(self.kind, other.kind),
        }
    }
}

/// Whether pointers of these kinds never point to the same bytes. A pointer without a kind may point anywhere.
fn are_apart(a: PtrKind, b: PtrKind) -> bool {
    use PtrKind::{Ctx, Packet, PacketMeta, Stack};
    let is_packet = |kind| matches!(kind, Packet | PacketMeta);
    let is_apart = |kind| matches!(kind, Stack | Ctx) || is_packet(kind);
    let both_packet = is_packet(a) && is_packet(b);
    a != b && !both_packet && a != PtrKind::Mem && b != PtrKind::Mem && (is_apart(a) || is_apart(b))
}

struct Reuse {
    at_end: SecondaryMap<Block, Known>,
    replaced: Replacements,
}

impl Reuse {
    /// Follows an instruction; whether it has to stay.
    fn is_needed(&mut self, func: &mut Function, inst: Inst, known: &mut Known) -> bool {
        let replaced = &self.replaced;
        func.inst_mut(inst)
            .for_each_arg_mut(|value| *value = resolve(replaced, *value));
        match *func.inst(inst) {
            InstData::Load {
                size,
                signed,
                volatile: false,
                base,
                offset,
            } => {
                let Some(result) = func.result(inst) else {
                    return true;
                };
                let ty = func.ty(result);
                let place = place(func, (base, offset), size.bytes(), signed, ty);
                let found = known.iter().find(|(seen, _)| *seen == place);
                if let Some(&(_, value)) = found {
                    self.replaced[result] = value.into();
                    return false;
                }
                remember(known, place, result);
            }
            InstData::Store {
                size,
                volatile,
                base,
                offset,
                value,
            } => {
                let ty = func.ty(value);
                let place = place(func, (base, offset), size.bytes(), false, ty);
                known.retain(|(seen, _)| !place.may_overlap(seen));
                // A narrower load would have to cut the value first. What stands in the context is the kernel's affair.
                if !volatile && size.bytes() == ty.bytes() && place.kind != PtrKind::Ctx {
                    remember(known, place, value);
                }
            }
            InstData::MemCopy { dst, len, .. } | InstData::MemSet { dst, len, .. } => {
                let place = place(func, dst, len, false, Type::I64);
                known.retain(|(seen, _)| !place.may_overlap(seen));
            }
            InstData::Atomic { .. } | InstData::Call { .. } | InstData::Asm { .. } => known.clear(),
            _ => {}
        }
        true
    }
}

fn remember(known: &mut Known, place: Place, value: Value) {
    if known.len() == PLACES {
        known.pop_front();
    }
    known.push_back((place, value));
}

fn place(func: &Function, at: (Value, i32), bytes: u32, signed: bool, ty: Type) -> Place {
    let kind = match func.ty(at.0) {
        Type::Ptr(kind) => kind,
        Type::I32 | Type::I64 => PtrKind::Mem,
    };
    let (base, offset) = address(func, at.0, i64::from(at.1));
    Place {
        base,
        offset,
        bytes,
        signed,
        ty,
        kind,
    }
}

/// Looks through constant offsets.
fn address(func: &Function, mut value: Value, mut offset: i64) -> (Base, i64) {
    loop {
        match func.def_inst(value) {
            Some(InstData::PtrAdd { base, offset: more }) => match func.def_inst(*more) {
                Some(InstData::Const { value: constant }) => {
                    offset = offset.wrapping_add(*constant);
                    value = *base;
                }
                Some(InstData::Core { relo }) => return (Base::Core(*base, *relo), offset),
                _ => return (Base::Value(value), offset),
            },
            Some(InstData::SlotAddr { slot, offset: more }) => {
                return (Base::Slot(*slot), offset.wrapping_add(i64::from(*more)));
            }
            Some(InstData::GlobalAddr {
                global,
                offset: more,
            }) => {
                return (Base::Global(*global), offset.wrapping_add(i64::from(*more)));
            }
            _ => return (Base::Value(value), offset),
        }
    }
}

#[cfg(test)]
mod tests {
    use crate::pass::tests::rewrites;

    #[test]
    fn a_checked_value_is_not_loaded_again() {
        rewrites(
            super::run,
            "fn @f(v0: ptr.map_value, v1: ptr) -> i32 {
            b0:
                v2: i32 = load.u32 v0+20
                v3: i32 = const 7
                branch v2 gt v3, b1, b2
            b1:
                v4: i32 = load.u32 v0+20
                store.u32 v0+24, v4
                v5: i32 = load.u32 v0+20
                v6: i32 = load.u32 v0+24
                v7: i32 = add v5, v6
                return v7
            b2:
                store.u32 v1+0, v3
                v8: i32 = load.u32 v0+20
                return v8
            }",
            "fn @f(v0: ptr.map_value, v1: ptr) -> i32 {
            b0:
                v2: i32 = load.u32 v0+20
                v3: i32 = const 7
                branch v2 gt v3, b1, b2
            b1:
                store.u32 v0+24, v2
                v4: i32 = add v2, v2
                return v4
            b2:
                store.u32 v1+0, v3
                v5: i32 = load.u32 v0+20
                return v5
            }",
        );
    }

    #[test]
    fn calls_joins_and_volatile_accesses_forget() {
        let text = "fn @f(v0: ptr.map_value, v1: ptr.ctx) -> i32 {
            b0:
                v2: i32 = load.u32 v0+0
                call helper 5()
                v3: i32 = load.u32 v0+0
                v4: i32 = volatile load.u32 v0+0
                v5: i32 = volatile load.u32 v0+0
                v6: i32 = load.u32 v1+0
                store.u32 v1+0, v3
                v7: i32 = load.u32 v1+0
                branch v2 gt v3, b1, b2
            b1:
                store.u8 v0+3, v4
                v8: i32 = load.u32 v0+0
                branch v8 gt v3, b2, b3
            b2:
                v9: i32 = load.u32 v0+0
                branch v9 gt v5, b3, b3
            b3:
                v10: i32 = add v6, v7
                return v10
            }";
        rewrites(super::run, text, text);
    }
}
