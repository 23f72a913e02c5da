//! Initialising local variables.
//!
//! An object that is initialised in part is zeroed first. One that is initialised member by member, or not at all, gets at
//! least its *holes* zeroed, the bytes between members and in bit-field units: what is later handed to a helper must not
//! contain anything that was never written (VERIFIER-RULES 16). Dead-store elimination removes what nobody reads.

use bpfcc_ir::Type;

use super::function::Body;
use super::locals::Storage;
use super::memory::{Access, Address, pieces};
use super::repr::{Repr, Scalar, repr};
use crate::tree::{Init, InitItem, InitValue, LocalId};
use crate::types::{RecordId, TypeId, TypeKind, Types};

/// Larger objects fit no stack frame; nothing is to be gained from looking at their bytes.
const HOLE_SEARCH_LIMIT: u64 = 4096;

/// With more holes than this, as in an array of structs, the whole object is zeroed.
const MANY_HOLES: usize = 16;

impl Body<'_, '_> {
    /// The lifetime of a local starts.
    pub(super) fn declare_local(&mut self, id: LocalId, init: Option<&Init>) {
        match init {
            Some(init) => self.initialize(id, init),
            None => self.leave_indeterminate(id),
        }
    }

    /// Gives a local its initial value.
    pub(super) fn initialize(&mut self, id: LocalId, init: &Init) {
        match self.storage(id) {
            Storage::Memory(address) => self.initialize_memory(id, address, init),
            Storage::Word(_) | Storage::Pair(..) => self.initialize_registers(id, init),
        }
    }

    fn initialize_registers(&mut self, id: LocalId, init: &Init) {
        let mut value = None;
        for item in &init.items {
            if let InitValue::Expr(expr) = &item.value {
                value = Some(self.scalar(expr));
            }
        }
        let value = value.unwrap_or_else(|| self.constant(self.function[id].ty.ty, 0));
        self.set_local(id, value);
    }

    fn initialize_memory(&mut self, id: LocalId, address: Address, init: &Init) {
        let ty = self.function[id].ty.ty;
        if init.zero_fill {
            let size = self.size_of(ty);
            self.fill(address, 0, size);
        } else if !self.is_whole_copy(ty, init) {
            self.zero_holes(address, ty);
        }
        for item in &init.items {
            self.initialize_part(address, item);
        }
    }

    fn initialize_part(&mut self, object: Address, item: &InitItem) {
        let address = object.plus(item.offset as i64);
        match (&item.value, item.bits) {
            (InitValue::Bytes(bytes), _) => self.store_bytes(address, bytes),
            (InitValue::Expr(expr), Some(bits)) => {
                let value = self.scalar(expr);
                self.write_bits(address, bits, value, Access::Plain);
            }
            (InitValue::Expr(expr), None) => self.evaluate_into(expr, address),
        }
    }

    fn store_bytes(&mut self, to: Address, bytes: &[u8]) {
        for (at, size) in pieces(bytes.len() as u64, to.align) {
            let at = at as usize;
            let piece = &bytes[at..at + size.bytes() as usize];
            let number = self.types().endian.number(piece) as u64;
            let value = self.builder.iconst(Type::I64, number as i64);
            self.store_word(size, to.plus(at as i64), value, Access::Plain);
        }
    }

    /// Starts a lifetime without a value. In a loop, a register forgets the value of the round before.
    fn leave_indeterminate(&mut self, id: LocalId) {
        let ty = self.function[id].ty.ty;
        match repr(self.types(), ty) {
            Repr::Memory if self.addressed[id.index()] => {
                let address = self.local_address(id);
                self.zero_holes(address, ty);
            }
            Repr::Word(_) | Repr::Pair if self.in_loop() => match self.storage(id) {
                Storage::Word(_) | Storage::Pair(..) => {
                    let zero: Scalar = self.constant(ty, 0);
                    self.set_local(id, zero);
                }
                Storage::Memory(_) => {}
            },
            _ => {}
        }
    }

    /// Whether the only item is the whole struct or union: its holes are copied with it.
    fn is_whole_copy(&self, ty: TypeId, init: &Init) -> bool {
        match init.items.as_slice() {
            [
                InitItem {
                    value: InitValue::Expr(expr),
                    ..
                },
            ] => {
                repr(self.types(), expr.ty) == Repr::Memory
                    && self.size_of(expr.ty) == self.size_of(ty)
            }
            _ => false,
        }
    }

    fn zero_holes(&mut self, object: Address, ty: TypeId) {
        let holes = holes(self.types(), ty);
        if holes.len() > MANY_HOLES {
            let size = self.size_of(ty);
            return self.fill(object, 0, size);
        }
        for (start, end) in holes {
            let (start, end) = rounded_out(start, end);
            self.fill(object.plus(start as i64), 0, (end - start) as u32);
        }
    }
}

/// The range that is zeroed for a hole: the member in front of it has no value yet, so it may be zeroed as well if that makes
/// one aligned store of several small ones.
fn rounded_out(start: u64, end: u64) -> (u64, u64) {
    let unit = (end - start).next_power_of_two().min(8);
    if end.is_multiple_of(unit) {
        (start / unit * unit, end)
    } else {
        (start, end)
    }
}

/// Byte ranges of an object that no member, or only a bit-field, covers.
fn holes(types: &Types, ty: TypeId) -> Vec<(u64, u64)> {
    match types.shape(ty) {
        TypeKind::Record(id) => record_holes(types, ty, *id),
        TypeKind::Array {
            element,
            len: Some(len),
        } => {
            let inner = holes(types, element.ty);
            let size = types.size_of(element.ty).unwrap_or(0);
            // One more than is of interest is enough to know that there are many.
            let copies = if inner.is_empty() { 0 } else { *len };
            let moved = (0..copies).flat_map(|index| {
                inner
                    .iter()
                    .map(move |(start, end)| (index * size + start, index * size + end))
            });
            moved.take(MANY_HOLES + 1).collect()
        }
        _ => Vec::new(),
    }
}

fn record_holes(types: &Types, ty: TypeId, id: RecordId) -> Vec<(u64, u64)> {
    let size = types.size_of(ty).unwrap_or(0);
    let mut covered = vec![false; size.min(HOLE_SEARCH_LIMIT) as usize];
    for field in types.fields(id).iter().filter(|f| f.bit_width.is_none()) {
        let start = field.offset();
        let end = start + types.size_of(field.ty.ty).unwrap_or(0);
        let inner = holes(types, field.ty.ty);
        for at in start..end.min(covered.len() as u64) {
            let in_hole = inner
                .iter()
                .any(|&(from, to)| (start + from..start + to).contains(&at));
            covered[at as usize] |= !in_hole;
        }
    }
    let mut holes: Vec<(u64, u64)> = Vec::new();
    for (at, _) in covered.iter().enumerate().filter(|&(_, &covered)| !covered) {
        let at = at as u64;
        match holes.last_mut() {
            Some((_, end)) if *end == at => *end += 1,
            _ => holes.push((at, at + 1)),
        }
    }
    holes
}
