//! Dead code: instructions without effect whose result nobody uses, block parameters nobody uses, stores into slots nobody
//! reads, and slots nobody names.
//!
//! Starts from what must stay and marks what it needs, so a value that only keeps itself alive around a loop goes too. Keeps
//! the blocks and edges. Padding of slots that a helper sees is not touched: their address is used by the call (VERIFIER-RULES
//! 16).

use crate::entity::{EntityRef, EntitySet, PrimaryMap, SecondaryMap, Slot, Value};
use crate::function::{Function, ValueDef};
use crate::inst::InstData;
use crate::pass::Changed;

/// Removes dead code from a function.
pub fn run(func: &mut Function) -> Changed {
    let mut changed = false;
    // Removing dead stores makes addresses unused, and the other way round.
    loop {
        let live = live_values(func);
        let more = remove_params(func, &live)
            | remove_insts(func, &live)
            | remove_stores_to_unread_slots(func);
        if !more {
            break;
        }
        changed = true;
    }
    (changed | remove_slots(func)).into()
}

/// Values that something with an effect needs.
fn live_values(func: &Function) -> EntitySet<Value> {
    let mut args: SecondaryMap<Value, Vec<Value>> = SecondaryMap::new();
    let mut pending = Vec::new();
    for (_, inst) in func.insts_in_order() {
        let data = func.inst(inst);
        for to in data.targets() {
            for (&param, &arg) in func.block(to.block).params.iter().zip(&to.args) {
                args[param].push(arg);
            }
        }
        if data.has_side_effect() {
            pending.extend(own_args(data));
        }
    }
    let mut live = EntitySet::new();
    while let Some(value) = pending.pop() {
        if live.insert(value) {
            match func.def(value) {
                ValueDef::Inst(inst) => func.inst(inst).for_each_arg(|arg| pending.push(arg)),
                ValueDef::Param(..) => pending.extend(&args[value]),
            }
        }
    }
    live
}

/// Operands without what is passed to block parameters.
fn own_args(data: &InstData) -> Vec<Value> {
    let mut own = data.clone();
    for to in own.targets_mut() {
        to.args.clear();
    }
    let mut values = Vec::new();
    own.for_each_arg(|value| values.push(value));
    values
}

fn remove_params(func: &mut Function, live: &EntitySet<Value>) -> bool {
    let mut changed = false;
    // The entry's parameters are the function's.
    for index in 1..func.layout.len() {
        let block = func.layout[index];
        let keep: Vec<bool> = func
            .block(block)
            .params
            .iter()
            .map(|&p| live.contains(p))
            .collect();
        if keep.contains(&false) {
            func.retain_params(block, &keep);
            changed = true;
        }
    }
    changed
}

fn remove_insts(func: &mut Function, live: &EntitySet<Value>) -> bool {
    let mut changed = false;
    for index in 0..func.layout.len() {
        let block = func.layout[index];
        let insts = func.block(block).insts.clone();
        let before = insts.len();
        let kept: Vec<_> = insts
            .into_iter()
            .filter(|&inst| {
                let used = func.result(inst).is_some_and(|value| live.contains(value));
                used || func.inst(inst).has_side_effect()
            })
            .collect();
        changed |= kept.len() < before;
        func.block_mut(block).insts = kept;
    }
    changed
}

/// The slot that an address is in, if that is known.
fn slot_of(func: &Function, address: Value) -> Option<Slot> {
    match func.def_inst(address)? {
        InstData::SlotAddr { slot, .. } => Some(*slot),
        InstData::PtrAdd { base, .. } => slot_of(func, *base),
        _ => None,
    }
}

/// The slot that is all an instruction writes to.
fn written_slot(func: &Function, data: &InstData) -> Option<Slot> {
    match data {
        InstData::Store {
            base,
            volatile: false,
            ..
        } => slot_of(func, *base),
        InstData::MemSet { dst, .. } | InstData::MemCopy { dst, .. } => slot_of(func, dst.0),
        _ => None,
    }
}

fn remove_stores_to_unread_slots(func: &mut Function) -> bool {
    let mut read: EntitySet<Slot> = EntitySet::new();
    for (_, inst) in func.insts_in_order() {
        let data = func.inst(inst);
        let writes = written_slot(func, data);
        match data {
            // The address of an address: what it is used for decides.
            InstData::SlotAddr { .. } => continue,
            InstData::PtrAdd { base, .. } if slot_of(func, *base).is_some() => continue,
            _ => {}
        }
        let mut destination = writes.is_some();
        data.for_each_arg(|arg| {
            // The destination is the first operand of everything that writes.
            let is_destination = std::mem::take(&mut destination);
            if let Some(slot) = slot_of(func, arg)
                && !is_destination
            {
                read.insert(slot);
            }
        });
    }
    let mut changed = false;
    for index in 0..func.layout.len() {
        let block = func.layout[index];
        let insts = func.block(block).insts.clone();
        let is_dead = |inst: &crate::Inst| {
            written_slot(func, func.inst(*inst)).is_some_and(|slot| !read.contains(slot))
        };
        let kept: Vec<_> = insts
            .iter()
            .copied()
            .filter(|inst| !is_dead(inst))
            .collect();
        changed |= kept.len() < insts.len();
        func.block_mut(block).insts = kept;
    }
    changed
}

/// Removes the slots that no instruction names, and renumbers the others.
pub(super) fn remove_slots(func: &mut Function) -> bool {
    let mut used: EntitySet<Slot> = EntitySet::new();
    for (_, inst) in func.insts_in_order() {
        if let InstData::SlotAddr { slot, .. } = func.inst(inst) {
            used.insert(*slot);
        }
    }
    let old = std::mem::replace(&mut func.slots, PrimaryMap::new());
    let before = old.len();
    let mut renumbered: SecondaryMap<Slot, Slot> = SecondaryMap::with_default(Slot::new(0));
    for (slot, data) in old {
        if used.contains(slot) {
            renumbered[slot] = func.slots.push(data);
        }
    }
    let insts: Vec<_> = func.insts_in_order().map(|(_, inst)| inst).collect();
    for inst in insts {
        if let InstData::SlotAddr { slot, .. } = func.inst_mut(inst) {
            *slot = renumbered[*slot];
        }
    }
    func.slots.len() < before
}

#[cfg(test)]
mod tests {
    use crate::pass::tests::rewrites;

    #[test]
    fn a_counter_nobody_reads_goes_and_a_called_slot_stays() {
        rewrites(
            super::run,
            "fn @f(v0: i64, v1: i64) {
                slot s0: 8 align 8 \"unread\"
                slot s1: 8 align 8 \"passed\"
            b0:
                v2: ptr.stack = slot_addr s0+0
                store.u64 v2+0, v0
                v3: ptr.stack = slot_addr s1+0
                store.u64 v3+0, v1
                v4: i64 = call helper 1(v3)
                jump b1(v0, v1)
            b1(v5: i64, v6: i64):
                v7: i64 = add v5, v0
                branch v6 eq v0, b2, b1(v7, v0)
            b2:
                return
            }",
            "fn @f(v0: i64, v1: i64) {
                slot s0: 8 align 8 \"passed\"
            b0:
                v3: ptr.stack = slot_addr s0+0
                store.u64 v3+0, v1
                v4: i64 = call helper 1(v3)
                jump b1(v1)
            b1(v6: i64):
                branch v6 eq v0, b2, b1(v0)
            b2:
                return
            }",
        );
    }
}
