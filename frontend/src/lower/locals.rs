//! Where the variables of a function live.
//!
//! A scalar whose address is never taken becomes a variable of the [`Builder`](bpfcc_ir::Builder), which turns it into SSA
//! values. Everything else gets a stack slot: structs, arrays, `volatile` variables and those with an address.

use bpfcc_ir::{Slot, SlotData, Type, Variable};

use super::function::Body;
use super::memory::{Address, Base};
use super::repr::{Repr, Scalar, repr};
use crate::tree::visit::{Visitor, walk_block, walk_expr};
use crate::tree::{Expr, ExprKind, Function, LocalId, Place, PlaceKind};

/// Where a variable lives.
#[derive(Clone, Copy, Debug)]
pub(super) enum Storage {
    /// In one register at a time.
    Word(Variable),
    /// In two, the lower first.
    Pair(Variable, Variable),
    /// In memory.
    Memory(Address),
}

/// For each local whether its address is taken, so that it may be read and written behind our back.
pub(super) fn addressed(function: &Function) -> Vec<bool> {
    let mut finder = Addressed(vec![false; function.locals.len()]);
    if let Some(body) = &function.body {
        walk_block(&mut finder, body);
    }
    finder.0
}

struct Addressed(Vec<bool>);

impl Visitor for Addressed {
    fn visit_expr(&mut self, expr: &Expr) {
        if let ExprKind::AddressOf(place) = &expr.kind
            && let Some(local) = root(place)
        {
            self.0[local.index()] = true;
        }
        walk_expr(self, expr);
    }
}

/// The local that a place is, or is a part of.
fn root(place: &Place) -> Option<LocalId> {
    match &place.kind {
        PlaceKind::Local(local)
        | PlaceKind::CompoundLiteral { local, .. }
        | PlaceKind::Temporary { local, .. } => Some(*local),
        PlaceKind::Member { base, .. } | PlaceKind::BitField { base, .. } => root(base),
        PlaceKind::Global(_) | PlaceKind::Deref(_) => None,
    }
}

impl Body<'_, '_> {
    /// Where a local lives, decided when it is first asked for.
    pub(super) fn storage(&mut self, id: LocalId) -> Storage {
        if let Some(storage) = self.storage[id.index()] {
            return storage;
        }
        let ty = self.function[id].ty;
        let in_memory = self.addressed[id.index()] || ty.quals.is_volatile;
        let storage = match repr(self.types(), ty.ty) {
            Repr::Word(word) if !in_memory => Storage::Word(self.builder.declare_var(word)),
            Repr::Pair if !in_memory => {
                let mut half = || self.builder.declare_var(Type::I64);
                Storage::Pair(half(), half())
            }
            _ => Storage::Memory(self.local_slot(id)),
        };
        self.storage[id.index()] = Some(storage);
        storage
    }

    /// Puts a local at an address that is known already.
    pub(super) fn place_local(&mut self, id: LocalId, address: Address) {
        self.storage[id.index()] = Some(Storage::Memory(address));
    }

    /// The address of a local that lives in memory.
    pub(super) fn local_address(&mut self, id: LocalId) -> Address {
        match self.storage(id) {
            Storage::Memory(address) => address,
            storage => panic!("the address of {id:?} is taken, but it lives in {storage:?}"),
        }
    }

    /// The present value of variables.
    pub(super) fn use_storage(&mut self, words: &[Variable]) -> Scalar {
        let values: Vec<_> = words.iter().map(|&v| self.builder.use_var(v)).collect();
        Scalar::from_words(&values)
    }

    fn local_slot(&mut self, id: LocalId) -> Address {
        let local = &self.function[id];
        let name = local.name.as_deref().unwrap_or("temporary");
        let size = self.size_of(local.ty.ty);
        let outer = self.enter(local.span);
        let address = self.new_slot(name, size, local.align);
        self.leave(outer);
        address
    }

    /// Memory for this many 64-bit words.
    pub(super) fn word_slot(&mut self, name: &str, count: usize) -> Address {
        self.new_slot(name, count as u32 * 8, 8)
    }

    /// Memory in the frame. It is aligned as far as its size makes sense, so that it can be copied in large pieces.
    pub(super) fn new_slot(&mut self, name: &str, size: u32, align: u32) -> Address {
        let natural = 1 << size.max(1).ilog2();
        let align = align.max(natural).min(8);
        let slot: Slot = self.builder.slot(SlotData {
            name: name.to_owned(),
            size,
            align,
            loc: self.builder.loc(),
        });
        Address {
            base: Base::Slot(slot),
            offset: 0,
            align,
            space: 0,
        }
    }
}
