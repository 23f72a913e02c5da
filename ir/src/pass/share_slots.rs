//! Variables that are never needed at the same time share their room in the frame.
//!
//! ```text
//! slot s0: 300 "first"                      slot s0: 300 "first"
//! slot s1: 300 "second"                     b0: branch v0 eq 0, b1, b2
//! b0: branch v0 eq 0, b1, b2         ──►    b1: … s0 …
//! b1: … s0 …                                b2: … s0 …
//! b2: … s1 …
//! ```
//!
//! A slot is needed at a place that control reaches from a use of it and from which control reaches a use of it. A use is an
//! instruction with an operand that is the address, or was computed from it. Where the address goes to memory, or where a
//! function that gets it could put it into another slot, nobody knows the uses, and the slot is needed everywhere. What one
//! round of a loop leaves in a slot may be read in the next, so slots that are used in one loop do not share.
//!
//! Frames that are well below the limit stay as they are. Colours slots greedily, the largest first.

use std::cmp::Reverse;

use crate::analysis::cfg::predecessors;
use crate::entity::{Block, EntitySet, SecondaryMap, Slot, Value};
use crate::function::Function;
use crate::inst::{Callee, InstData};
use crate::pass::Changed;
use crate::pass::dce::remove_slots;

/// Bytes of slots up to which nothing is done: half a frame, the other being for spills.
const ENOUGH: u64 = 256;

/// Makes slots share room.
pub fn run(func: &mut Function) -> Changed {
    let bytes: u64 = func.slots.values().map(|slot| u64::from(slot.size)).sum();
    if bytes <= ENOUGH {
        return Changed::No;
    }
    let needs = Needs::new(func);
    let mut slots: Vec<Slot> = func.slots.keys().collect();
    slots.sort_by_key(|&slot| (Reverse(func.slots[slot].size), slot));
    // Slots that share, by the first of each group.
    let mut groups: Vec<Vec<Slot>> = Vec::new();
    for slot in slots {
        let is_free =
            |group: &&mut Vec<Slot>| !group.iter().any(|&other| needs.overlap(slot, other));
        match groups.iter_mut().find(is_free) {
            Some(group) => group.push(slot),
            None => groups.push(vec![slot]),
        }
    }
    let changed = groups.iter().any(|group| group.len() > 1);
    for group in groups {
        share(func, &group);
    }
    (changed | remove_slots(func)).into()
}

/// Puts all slots of a group into the first; nobody names the others any more.
fn share(func: &mut Function, group: &[Slot]) {
    let aligns = group.iter().map(|&slot| func.slots[slot].align);
    let align = aligns.max().unwrap_or(1);
    let home = group[0];
    func.slots[home].align = align;
    let insts: Vec<_> = func.insts_in_order().map(|(_, inst)| inst).collect();
    for inst in insts {
        if let InstData::SlotAddr { slot, .. } = func.inst_mut(inst)
            && group.contains(slot)
        {
            *slot = home;
        }
    }
}

/// Where in a block a slot is needed: from the first position to the last.
type Span = (usize, usize);

/// Where slots are needed.
struct Needs {
    spans: SecondaryMap<Slot, SecondaryMap<Block, Option<Span>>>,
    layout: Vec<Block>,
    everywhere: EntitySet<Slot>,
}

impl Needs {
    fn new(func: &Function) -> Needs {
        let addresses = Addresses::new(func);
        let mut spans = SecondaryMap::new();
        for slot in func.slots.keys() {
            spans[slot] = span(func, &uses(func, &addresses, slot));
        }
        Needs {
            spans,
            layout: func.layout.clone(),
            everywhere: addresses.escaped,
        }
    }

    fn overlap(&self, a: Slot, b: Slot) -> bool {
        let one_everywhere = self.everywhere.contains(a) || self.everywhere.contains(b);
        one_everywhere
            || self.layout.iter().any(
                |&block| match (self.spans[a][block], self.spans[b][block]) {
                    (Some(a), Some(b)) => a.0 <= b.1 && b.0 <= a.1,
                    _ => false,
                },
            )
    }
}

/// The first and last use of a slot in each block.
fn uses(func: &Function, addresses: &Addresses, slot: Slot) -> SecondaryMap<Block, Option<Span>> {
    let mut uses: SecondaryMap<Block, Option<Span>> = SecondaryMap::new();
    for &block in &func.layout {
        for (position, &inst) in func.block(block).insts.iter().enumerate() {
            let mut is_use = false;
            func.inst(inst)
                .for_each_arg(|arg| is_use |= addresses.of[arg].contains(&slot));
            if is_use {
                let first = uses[block].map_or(position, |(first, _)| first);
                uses[block] = Some((first, position));
            }
        }
    }
    uses
}

/// Widens uses to what lies between them on some way.
fn span(
    func: &Function,
    uses: &SecondaryMap<Block, Option<Span>>,
) -> SecondaryMap<Block, Option<Span>> {
    let predecessors = predecessors(func);
    let with_use = func
        .layout
        .iter()
        .copied()
        .filter(|&block| uses[block].is_some());
    let with_use: Vec<Block> = with_use.collect();
    let after = reach(&with_use, |block| func.successors(block).collect());
    let before = reach(&with_use, |block| predecessors[block].to_vec());
    let mut spans = SecondaryMap::new();
    for &block in &func.layout {
        let end = func.block(block).insts.len();
        let (from_above, to_below) = (after.contains(block), before.contains(block));
        spans[block] = match uses[block] {
            Some((first, last)) => Some((
                if from_above { 0 } else { first },
                if to_below { end } else { last },
            )),
            None => (from_above && to_below).then_some((0, end)),
        };
    }
    spans
}

/// The blocks that at least one step leads to.
fn reach(from: &[Block], next: impl Fn(Block) -> Vec<Block>) -> EntitySet<Block> {
    let mut reached = EntitySet::new();
    let mut pending: Vec<Block> = from.iter().flat_map(|&block| next(block)).collect();
    while let Some(block) = pending.pop() {
        if reached.insert(block) {
            pending.extend(next(block));
        }
    }
    reached
}

/// The slots that values may be addresses in.
struct Addresses {
    of: SecondaryMap<Value, Vec<Slot>>,
    /// Slots whose address may come from anywhere.
    escaped: EntitySet<Slot>,
}

impl Addresses {
    fn new(func: &Function) -> Addresses {
        let mut addresses = Addresses {
            of: SecondaryMap::new(),
            escaped: EntitySet::new(),
        };
        // Addresses come around in loops.
        while addresses.follow(func) {}
        addresses
    }

    /// Follows addresses one step through all instructions; whether something new was found.
    fn follow(&mut self, func: &Function) -> bool {
        let mut changed = false;
        for (_, inst) in func.insts_in_order() {
            let data = func.inst(inst);
            for to in data.targets() {
                for (&param, &arg) in func.block(to.block).params.iter().zip(&to.args) {
                    changed |= self.add(param, self.of[arg].clone());
                }
            }
            let slots = match data {
                InstData::SlotAddr { slot, .. } => vec![*slot],
                InstData::Load { .. } | InstData::Compare { .. } | InstData::Branch { .. } => {
                    vec![]
                }
                InstData::MemCopy { .. } | InstData::MemSet { .. } | InstData::Jump(_) => vec![],
                InstData::Call {
                    callee: Callee::Helper(_),
                    ..
                } => vec![],
                InstData::Store { value, .. } | InstData::Atomic { value, .. } => {
                    self.escape(&self.of[*value].clone());
                    vec![]
                }
                // A function could keep one address where the other leads, or where it leads itself.
                InstData::Call { .. } | InstData::Asm { .. } | InstData::Return(_) => {
                    self.escape(&self.in_args(data));
                    vec![]
                }
                _ => self.in_args(data),
            };
            if let Some(result) = func.result(inst) {
                changed |= self.add(result, slots);
            }
        }
        changed
    }

    fn in_args(&self, data: &InstData) -> Vec<Slot> {
        let mut slots = Vec::new();
        data.for_each_arg(|arg| slots.extend(self.of[arg].iter().copied()));
        slots
    }

    fn escape(&mut self, slots: &[Slot]) {
        for &slot in slots {
            self.escaped.insert(slot);
        }
    }

    fn add(&mut self, value: Value, slots: Vec<Slot>) -> bool {
        let mut changed = false;
        for slot in slots {
            if !self.of[value].contains(&slot) {
                self.of[value].push(slot);
                changed = true;
            }
        }
        changed
    }
}
