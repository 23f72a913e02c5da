//! Labels of a listing: a jump target is called after the basic block it starts, `LBB0_2` being block 2 of function 0.

use std::collections::{BTreeMap, BTreeSet};

use super::Dialect;
use crate::insn::{Callee, Insn};

/// Names to print instead of numbers. Slots are eight-byte slots from the first instruction printed.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Names {
    /// First number in labels made from block numbers: the function's place in its object.
    pub function: usize,
    /// Labels of particular slots, such as the function's name at slot 0. They are printed whether or not a jump leads
    /// there.
    pub labels: BTreeMap<usize, String>,
    /// What the instruction at a slot refers to: the function a call calls, the map or variable `lddw` loads.
    pub symbols: BTreeMap<usize, String>,
}

impl Names {
    pub(super) fn symbol(&self, slot: usize) -> Option<&str> {
        self.symbols.get(&slot).map(String::as_str)
    }
}

/// Which slots carry which label.
pub(super) struct Listing {
    labels: BTreeMap<usize, String>,
}

impl Listing {
    pub(super) fn new(dialect: Dialect, code: &[(usize, Insn)], names: &Names) -> Listing {
        let starts: BTreeSet<usize> = code.iter().map(|(slot, _)| *slot).collect();
        let targets: BTreeSet<usize> = code
            .iter()
            .filter(|(slot, _)| names.symbol(*slot).is_none())
            .filter_map(|(slot, insn)| destination(*slot, insn, distance(insn)?))
            .filter(|target| starts.contains(target))
            .collect();
        let after_jumps = code
            .iter()
            .filter(|(_, insn)| ends_block(insn))
            .map(|(slot, insn)| slot + insn.slots());
        let blocks: BTreeSet<usize> = starts
            .first()
            .into_iter()
            .chain(&targets)
            .copied()
            .chain(after_jumps)
            .collect();
        let mut labels: BTreeMap<usize, String> = blocks
            .into_iter()
            .enumerate()
            .filter(|(_, slot)| targets.contains(slot))
            .map(|(block, slot)| (slot, dialect.label(names.function, block)))
            .collect();
        labels.extend(names.labels.clone());
        Listing { labels }
    }

    pub(super) fn label(&self, slot: usize) -> Option<&str> {
        self.labels.get(&slot).map(String::as_str)
    }

    /// The label that the instruction at `slot` reaches by this distance.
    pub(super) fn target(&self, slot: usize, insn: &Insn, distance: i32) -> Option<String> {
        self.label(destination(slot, insn, distance)?)
            .map(str::to_owned)
    }
}

/// Each instruction with the slot where it starts.
pub(super) fn with_slots(insns: &[Insn]) -> impl Iterator<Item = (usize, Insn)> {
    insns.iter().scan(0, |next, insn| {
        let slot = *next;
        *next += insn.slots();
        Some((slot, *insn))
    })
}

fn destination(slot: usize, insn: &Insn, distance: i32) -> Option<usize> {
    (slot + insn.slots()).checked_add_signed(isize::try_from(distance).ok()?)
}

fn distance(insn: &Insn) -> Option<i32> {
    match *insn {
        Insn::Call(Callee::Local(distance)) => Some(distance),
        _ => insn.jump_offset(),
    }
}

fn ends_block(insn: &Insn) -> bool {
    insn.jump_offset().is_some() || matches!(insn, Insn::GotoReg { .. } | Insn::Exit)
}
