//! Stack slots become values: scalar replacement of aggregates (SROA) and mem2reg in one.
//!
//! ```text
//! slot s0: 8                         (no slot)
//! store.u32 s0+0, v1          ──►    
//! store.u32 s0+4, v2
//! v3: i32 = load.u32 s0+4            v3 is v2
//! ```
//!
//! A slot qualifies if its address is only used to access it. Its accesses cut it into *pieces*; each piece becomes a variable
//! of the SSA construction that the builder uses too. Copies between qualifying slots cut both sides alike. A slot whose
//! pieces overlap without being equal (a union read both ways) stays in memory, as does one with volatile or atomic
//! accesses. A slot that a helper sees keeps its bytes and so its zeroed padding (VERIFIER-RULES 16).
//!
//! Needs nothing. Keeps the blocks.

use std::collections::{BTreeMap, BTreeSet};

use bpfcc_isa::Size;

use crate::analysis::cfg::{predecessors, reachable, reverse_postorder};
use crate::debug::SourceLoc;
use crate::entity::{Block, EntitySet, Inst, SecondaryMap, Slot, Value, Variable};
use crate::function::Function;
use crate::inst::InstData;
use crate::pass::Changed;
use crate::ssa::{Replacements, Ssa, resolve};
use crate::types::Type;

/// Promotes the slots of a function that qualify.
pub fn run(func: &mut Function) -> Changed {
    let slots = Slots::new(func);
    let pieces = cut(func, &slots);
    if pieces.is_empty() {
        return Changed::No;
    }
    rewrite(func, &slots, &pieces);
    Changed::Yes
}

/// A byte range of a slot.
type Place = (Slot, u32);

/// What addresses point into, for all values whose use is known.
struct Slots {
    places: SecondaryMap<Value, Option<(Slot, i64)>>,
    /// Slots whose address goes elsewhere.
    escaped: EntitySet<Slot>,
}

impl Slots {
    fn new(func: &Function) -> Slots {
        let mut slots = Slots {
            places: SecondaryMap::new(),
            escaped: EntitySet::new(),
        };
        // Definitions come before uses in this order.
        for block in reverse_postorder(func) {
            for &inst in &func.block(block).insts {
                slots.place(func, inst);
            }
        }
        for (_, inst) in func.insts_in_order() {
            slots.escapes(func, inst);
        }
        slots
    }

    fn place(&mut self, func: &Function, inst: Inst) {
        let place = match func.inst(inst) {
            InstData::SlotAddr { slot, offset } => Some((*slot, i64::from(*offset))),
            InstData::PtrAdd { base, offset } => self.places[*base]
                .zip(func.as_const(*offset))
                .map(|((slot, at), by)| (slot, at.wrapping_add(by))),
            _ => None,
        };
        if let Some(result) = func.result(inst) {
            self.places[result] = place;
        }
    }

    /// Finds the uses of addresses that are no plain accesses.
    fn escapes(&mut self, func: &Function, inst: Inst) {
        let addresses: &[Value] = match func.inst(inst) {
            InstData::Load {
                base,
                size,
                volatile: false,
                ..
            } if *size == Size::DW || !func.result(inst).is_some_and(|v| func.ty(v).is_ptr()) => {
                &[*base]
            }
            InstData::Store {
                base,
                volatile: false,
                ..
            } => &[*base],
            InstData::MemSet { dst, .. } => &[dst.0],
            InstData::MemCopy { dst, src, .. } => &[dst.0, src.0],
            InstData::PtrAdd { base, .. }
                if func.result(inst).is_some_and(|v| self.places[v].is_some()) =>
            {
                &[*base]
            }
            _ => &[],
        };
        // Each use as an address is fine once; every further use of the same value is another operand.
        let mut fine = addresses.to_vec();
        func.inst(inst).for_each_arg(|arg| {
            if let Some(position) = fine.iter().position(|&v| v == arg) {
                fine.swap_remove(position);
            } else if let Some((slot, _)) = self.places[arg] {
                self.escaped.insert(slot);
            }
        });
    }

    /// The slot and bytes that an access at `address` reaches.
    fn find(&self, (base, offset): (Value, i32)) -> Option<(Slot, i64)> {
        let (slot, at) = self.places[base]?;
        Some((slot, at + i64::from(offset)))
    }
}

/// What one instruction does to slots.
enum Access {
    /// Loads or stores this many bytes as this type.
    Scalar(Slot, i64, Size, Type),
    /// Sets bytes.
    Set(Slot, i64, u32),
    /// Copies bytes; one side may be other memory.
    Copy {
        dst: Option<(Slot, i64)>,
        src: Option<(Slot, i64)>,
        len: u32,
        align: u32,
    },
}

fn access(func: &Function, slots: &Slots, inst: Inst) -> Option<Access> {
    match func.inst(inst) {
        InstData::Load {
            size, base, offset, ..
        } => {
            let (slot, at) = slots.find((*base, *offset))?;
            Some(Access::Scalar(slot, at, *size, func.ty(func.result(inst)?)))
        }
        InstData::Store {
            size,
            base,
            offset,
            value,
            ..
        } => {
            let (slot, at) = slots.find((*base, *offset))?;
            Some(Access::Scalar(slot, at, *size, func.ty(*value)))
        }
        InstData::MemSet { dst, len, .. } => {
            let (slot, at) = slots.find(*dst)?;
            Some(Access::Set(slot, at, *len))
        }
        InstData::MemCopy {
            dst,
            src,
            len,
            align,
        } => {
            let (dst, src, len, align) = (slots.find(*dst), slots.find(*src), *len, *align);
            (dst.is_some() || src.is_some()).then_some(Access::Copy {
                dst,
                src,
                len,
                align,
            })
        }
        _ => None,
    }
}

/// The pieces of a slot by offset.
type Pieces = BTreeMap<Place, Piece>;

/// A piece: its size, and whether it only ever holds pointers.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
struct Piece {
    size: Size,
    ty: Type,
}

/// Cuts the qualifying slots into pieces. A slot with pieces that do not fit together is taken out, and since copies from it
/// are then copies from memory, cutting starts anew.
fn cut(func: &Function, slots: &Slots) -> Pieces {
    let accesses: Vec<Access> = func
        .insts_in_order()
        .filter_map(|(_, inst)| access(func, slots, inst))
        .collect();
    let mut candidates: BTreeSet<Slot> = func
        .slots
        .keys()
        .filter(|&slot| !slots.escaped.contains(slot))
        .collect();
    loop {
        let mut cutter = Cutter {
            func,
            candidates: &candidates,
            pieces: Pieces::new(),
            conflicts: BTreeSet::new(),
        };
        cutter.cut(&accesses);
        let (pieces, conflicts) = (cutter.pieces, cutter.conflicts);
        if conflicts.is_empty() {
            return pieces;
        }
        candidates.retain(|slot| !conflicts.contains(slot));
    }
}

struct Cutter<'a> {
    func: &'a Function,
    candidates: &'a BTreeSet<Slot>,
    pieces: Pieces,
    conflicts: BTreeSet<Slot>,
}

impl Cutter<'_> {
    fn cut(&mut self, accesses: &[Access]) {
        for access in accesses {
            if let Access::Scalar(slot, at, size, ty) = *access {
                self.add(slot, at, size, ty);
            }
        }
        loop {
            let before = self.pieces.len();
            for access in accesses {
                match *access {
                    Access::Scalar(..) => {}
                    Access::Set(slot, at, len) => self.whole_pieces(slot, at, len),
                    Access::Copy {
                        dst,
                        src,
                        len,
                        align,
                    } => self.copy(dst, src, len, align),
                }
            }
            if self.pieces.len() == before || !self.conflicts.is_empty() {
                return;
            }
        }
    }

    fn candidate(&self, place: Option<(Slot, i64)>) -> Option<(Slot, i64)> {
        place.filter(|(slot, _)| self.candidates.contains(slot))
    }

    /// Adds a piece, unless the same is there; anything else in its bytes is a conflict.
    fn add(&mut self, slot: Slot, at: i64, size: Size, ty: Type) {
        if !self.candidates.contains(&slot) {
            return;
        }
        let len = size.bytes();
        let inside = u32::try_from(at)
            .ok()
            .filter(|&at| u64::from(at) + u64::from(len) <= u64::from(self.func.slots[slot].size));
        let Some(at) = inside else {
            self.conflicts.insert(slot);
            return;
        };
        let ty = piece_type(size, ty);
        let overlaps: Vec<(u32, Piece)> = self.overlapping(slot, at, len).collect();
        match overlaps[..] {
            [] => {
                self.pieces.insert((slot, at), Piece { size, ty });
            }
            [(there, piece)] if there == at && piece.size == size => {
                let ty = common_type(piece.ty, ty);
                self.pieces.insert((slot, at), Piece { size, ty });
            }
            _ => {
                self.conflicts.insert(slot);
            }
        }
    }

    fn overlapping(&self, slot: Slot, at: u32, len: u32) -> impl Iterator<Item = (u32, Piece)> {
        overlapping(&self.pieces, slot, at, len)
    }

    /// A range that must not cut a piece in two.
    fn whole_pieces(&mut self, slot: Slot, at: i64, len: u32) {
        if !self.candidates.contains(&slot) {
            return;
        }
        let Ok(at) = u32::try_from(at) else {
            self.conflicts.insert(slot);
            return;
        };
        let end = u64::from(at) + u64::from(len);
        let cut = self
            .overlapping(slot, at, len)
            .any(|(there, piece)| there < at || u64::from(there + piece.size.bytes()) > end);
        if cut || end > u64::from(self.func.slots[slot].size) {
            self.conflicts.insert(slot);
        }
    }

    /// Both sides of a copy get the same pieces; a source whose copy goes to memory gets pieces for all its bytes.
    fn copy(&mut self, dst: Option<(Slot, i64)>, src: Option<(Slot, i64)>, len: u32, align: u32) {
        let (dst, src) = (self.candidate(dst), self.candidate(src));
        for (slot, at) in dst.into_iter().chain(src) {
            self.whole_pieces(slot, at, len);
        }
        if !self.conflicts.is_empty() {
            return;
        }
        match (dst, src) {
            (Some(dst), Some(src)) => {
                self.mirror(src, dst, len);
                self.mirror(dst, src, len);
            }
            (None, Some((slot, at))) => {
                self.fill(slot, at, len, align);
                self.aligned_pieces(slot, at, len, align);
            }
            (Some((slot, at)), None) => self.aligned_pieces(slot, at, len, align),
            (None, None) => {}
        }
    }

    /// The other side is memory with this alignment: accesses to it must not be wider (VERIFIER-RULES 15).
    fn aligned_pieces(&mut self, slot: Slot, at: i64, len: u32, align: u32) {
        let Ok(at) = u32::try_from(at) else {
            return;
        };
        if self
            .overlapping(slot, at, len)
            .any(|(_, piece)| piece.size.bytes() > align)
        {
            self.conflicts.insert(slot);
        }
    }

    fn mirror(&mut self, from: (Slot, i64), to: (Slot, i64), len: u32) {
        let Ok(start) = u32::try_from(from.1) else {
            return;
        };
        let pieces: Vec<(u32, Piece)> = self.overlapping(from.0, start, len).collect();
        for (at, piece) in pieces {
            self.add(to.0, to.1 + i64::from(at - start), piece.size, piece.ty);
        }
    }

    /// Makes pieces of the bytes between pieces, as large as their offsets allow.
    fn fill(&mut self, slot: Slot, at: i64, len: u32, align: u32) {
        let Ok(start) = u32::try_from(at) else {
            return;
        };
        let mut at = start;
        while at < start + len {
            let next = self.overlapping(slot, at, start + len - at).next();
            match next {
                Some((there, piece)) if there <= at => at = there + piece.size.bytes(),
                next => {
                    let end = next.map_or(start + len, |(there, _)| there);
                    let size = largest_piece(at, end - at, align);
                    self.add(slot, at.into(), size, Type::I64);
                    at += size.bytes();
                }
            }
        }
    }
}

/// Pieces with bytes in `at..at + len`, in order.
fn overlapping(
    pieces: &Pieces,
    slot: Slot,
    at: u32,
    len: u32,
) -> impl Iterator<Item = (u32, Piece)> {
    // A piece has at most eight bytes.
    let first = at.saturating_sub(7);
    let end = at.saturating_add(len);
    pieces
        .range((slot, first)..(slot, end))
        .map(|(&(_, there), &piece)| (there, piece))
        .filter(move |(there, piece)| there + piece.size.bytes() > at)
}

/// The largest size up to `align` that is aligned at `at` and fits `len`.
fn largest_piece(at: u32, len: u32, align: u32) -> Size {
    [Size::DW, Size::W, Size::H]
        .into_iter()
        .find(|size| at.is_multiple_of(size.bytes()) && size.bytes() <= len.min(align))
        .unwrap_or(Size::B)
}

/// The type that a piece accessed as `ty` is kept in.
fn piece_type(size: Size, ty: Type) -> Type {
    match (size, ty) {
        (Size::DW, Type::Ptr(_)) => ty,
        (Size::DW, _) => Type::I64,
        _ => Type::I32,
    }
}

fn common_type(a: Type, b: Type) -> Type {
    match (a, b) {
        (Type::Ptr(a), Type::Ptr(b)) => Type::Ptr(a.join(b)),
        (a, b) if a == b => a,
        _ => Type::I64,
    }
}

// The second half: accesses become definitions and uses of variables.

fn rewrite(func: &mut Function, slots: &Slots, pieces: &Pieces) {
    let mut ssa = Ssa::default();
    let variables = pieces
        .iter()
        .map(|(&place, piece)| (place, ssa.declare(piece.ty)))
        .collect();
    let rewriter = Rewriter {
        promoted: pieces.keys().map(|&(slot, _)| slot).collect(),
        slots,
        pieces,
        variables,
        ssa,
        replaced: Replacements::new(),
        loc: SourceLoc::UNKNOWN,
        out: Vec::new(),
        func,
    };
    rewriter.blocks();
}

struct Rewriter<'a> {
    func: &'a mut Function,
    slots: &'a Slots,
    pieces: &'a Pieces,
    promoted: BTreeSet<Slot>,
    variables: BTreeMap<Place, Variable>,
    ssa: Ssa,
    replaced: Replacements,
    loc: SourceLoc,
    /// The block's instructions as they will be.
    out: Vec<Inst>,
}

impl Rewriter<'_> {
    fn blocks(mut self) {
        let preds = predecessors(self.func);
        let reached = reachable(self.func);
        self.func.layout.retain(|&block| reached.contains(block));
        let mut filled: EntitySet<Block> = EntitySet::new();
        for block in reverse_postorder(self.func) {
            let mut known = preds[block].iter().filter(|&&pred| reached.contains(pred));
            if known.all(|&pred| filled.contains(pred)) {
                self.ssa.seal(block);
            }
            self.block(block);
            if let Some(terminator) = self.func.terminator(block) {
                self.add_edges(block, terminator);
            }
            filled.insert(block);
        }
        self.ssa.finish(self.func, &reached, self.replaced);
    }

    fn add_edges(&mut self, block: Block, terminator: Inst) {
        self.ssa.add_edges(self.func, block, terminator);
    }

    fn block(&mut self, block: Block) {
        let insts = std::mem::take(&mut self.func.block_mut(block).insts);
        for inst in insts {
            self.loc = self.func.loc(inst);
            if !self.inst(block, inst) {
                self.out.push(inst);
            }
        }
        // A read of an undefined variable may have put a zero into the entry block meanwhile.
        let out = std::mem::take(&mut self.out);
        self.func.block_mut(block).insts.extend(out);
    }

    /// Rewrites an access to a promoted slot; false if `inst` is none.
    fn inst(&mut self, block: Block, inst: Inst) -> bool {
        let access = access(self.func, self.slots, inst);
        match (access, self.func.inst(inst).clone()) {
            (Some(Access::Scalar(slot, at, size, _)), data) if self.promoted.contains(&slot) => {
                let place = (slot, at as u32);
                match data {
                    InstData::Load { signed, .. } => self.load(block, inst, place, size, signed),
                    InstData::Store { value, .. } => self.store(block, place, value),
                    _ => return false,
                }
                true
            }
            (Some(Access::Set(slot, at, len)), InstData::MemSet { byte, .. })
                if self.promoted.contains(&slot) =>
            {
                self.set(block, slot, at as u32, len, byte);
                true
            }
            (
                Some(Access::Copy { dst, src, len, .. }),
                InstData::MemCopy {
                    dst: to, src: from, ..
                },
            ) => {
                let dst = dst.filter(|(slot, _)| self.promoted.contains(slot));
                let src = src.filter(|(slot, _)| self.promoted.contains(slot));
                match (dst, src) {
                    (Some(dst), Some(src)) => self.copy_values(block, dst, src, len),
                    (Some(dst), None) => self.copy_in(block, dst, from, len),
                    (None, Some(src)) => self.copy_out(block, to, src, len),
                    (None, None) => return false,
                }
                true
            }
            _ => false,
        }
    }

    fn read(&mut self, block: Block, place: Place) -> Value {
        let variable = self.variables[&place];
        self.ssa.read(self.func, block, variable)
    }

    fn emit(&mut self, data: InstData, ty: Type) -> Value {
        let (inst, value) = self.func.new_inst_with_result(data, ty, self.loc);
        self.out.push(inst);
        value
    }

    fn load(&mut self, block: Block, inst: Inst, place: Place, size: Size, signed: bool) {
        let Some(result) = self.func.result(inst) else {
            return;
        };
        let kept = self.read(block, place);
        let ty = self.func.ty(result);
        let value = self.loaded(kept, ty, size, signed);
        self.replaced[result] = resolve(&self.replaced, value).into();
    }

    /// A piece's value as a load of type `ty` gives it.
    fn loaded(&mut self, kept: Value, ty: Type, size: Size, signed: bool) -> Value {
        let arg = kept;
        match (self.func.ty(kept), ty) {
            (Type::Ptr(_), Type::I64) => self.emit(InstData::PtrToInt { arg }, ty),
            (Type::I64, Type::Ptr(_)) => self.emit(InstData::IntToPtr { arg }, ty),
            (found, _) if size.bytes() == ty.bytes() && found.fits(ty) => kept,
            (Type::Ptr(_), Type::Ptr(_)) => {
                // The slot joins kinds that this load tells apart.
                let arg = self.emit(InstData::PtrToInt { arg }, Type::I64);
                self.emit(InstData::IntToPtr { arg }, ty)
            }
            _ => self.emit(
                InstData::Extend {
                    signed,
                    from: size,
                    arg,
                },
                ty,
            ),
        }
    }

    fn store(&mut self, block: Block, place: Place, value: Value) {
        let variable = self.variables[&place];
        let value = resolve(&self.replaced, value);
        let kept = self.stored(value, self.ssa.ty(variable));
        self.ssa.define(block, variable, kept);
    }

    /// A value as a piece of type `ty` keeps it.
    fn stored(&mut self, value: Value, ty: Type) -> Value {
        let arg = value;
        match (self.func.ty(value), ty) {
            (Type::I64, Type::I32) => self.emit(InstData::Truncate { arg }, ty),
            (Type::Ptr(_), Type::I64) => self.emit(InstData::PtrToInt { arg }, ty),
            (Type::Ptr(_), Type::I32) => {
                let arg = self.emit(InstData::PtrToInt { arg }, Type::I64);
                self.emit(InstData::Truncate { arg }, ty)
            }
            _ => value,
        }
    }

    fn pieces_in(&self, slot: Slot, at: u32, len: u32) -> Vec<(u32, Piece)> {
        overlapping(self.pieces, slot, at, len).collect()
    }

    fn set(&mut self, block: Block, slot: Slot, at: u32, len: u32, byte: u8) {
        for (at, piece) in self.pieces_in(slot, at, len) {
            let bytes = u64::from_le_bytes([byte; 8]);
            let value = match piece.ty {
                Type::I32 => i64::from(piece.size.zero_extend(bytes) as i32),
                Type::I64 | Type::Ptr(_) => bytes as i64,
            };
            let value = self.emit(InstData::Const { value }, piece.ty);
            self.ssa.define(block, self.variables[&(slot, at)], value);
        }
    }

    /// All pieces are read before one is written: source and destination may be one slot.
    fn copy_values(&mut self, block: Block, dst: (Slot, i64), src: (Slot, i64), len: u32) {
        let (from, to) = (src.1 as u32, dst.1 as u32);
        let pieces = self.pieces_in(src.0, from, len);
        let values: Vec<Value> = pieces
            .iter()
            .map(|&(at, _)| self.read(block, (src.0, at)))
            .collect();
        for ((at, piece), value) in pieces.into_iter().zip(values) {
            let place = (dst.0, to + (at - from));
            let variable = self.variables[&place];
            let ty = self.ssa.ty(variable);
            let value = self.loaded(value, ty, piece.size, false);
            self.ssa.define(block, variable, value);
        }
    }

    /// From memory into the pieces of a slot.
    fn copy_in(&mut self, block: Block, dst: (Slot, i64), src: (Value, i32), len: u32) {
        let start = dst.1 as u32;
        for (at, piece) in self.pieces_in(dst.0, start, len) {
            let data = InstData::Load {
                size: piece.size,
                signed: false,
                volatile: false,
                base: src.0,
                offset: src.1 + (at - start) as i32,
            };
            let value = self.emit(data, piece.ty);
            self.ssa.define(block, self.variables[&(dst.0, at)], value);
        }
    }

    /// From the pieces of a slot into memory.
    fn copy_out(&mut self, block: Block, dst: (Value, i32), src: (Slot, i64), len: u32) {
        let start = src.1 as u32;
        for (at, piece) in self.pieces_in(src.0, start, len) {
            let value = self.read(block, (src.0, at));
            let data = InstData::Store {
                size: piece.size,
                volatile: false,
                base: dst.0,
                offset: dst.1 + (at - start) as i32,
                value,
            };
            let inst = self.func.new_inst(data, None, self.loc);
            self.out.push(inst);
        }
    }
}

#[cfg(test)]
mod tests {
    use crate::pass::tests::rewrites;

    #[test]
    fn fields_of_a_struct_become_values() {
        rewrites(
            super::run,
            "fn @f(v0: i64, v1: i32) -> i64 {
                slot s0: 16 align 8 \"pair\"
                slot s1: 16 align 8 \"copy\"
            b0:
                v2: ptr.stack = slot_addr s0+0
                memset v2+0, 0, 16, 8
                branch v1 eq v1, b1, b2
            b1:
                store.u64 v2+0, v0
                jump b2
            b2:
                v3: ptr.stack = slot_addr s1+0
                memcopy v3+0, v2+0, 16, 8
                v4: i64 = const 8
                v5: ptr.stack = ptr_add v3, v4
                v6: i64 = load.s32 v5+0
                v7: i64 = load.u64 v3+0
                v8: i64 = add v6, v7
                return v8
            }",
            "fn @f(v0: i64, v1: i32) -> i64 {
                slot s0: 16 align 8 \"pair\"
                slot s1: 16 align 8 \"copy\"
            b0:
                v2: ptr.stack = slot_addr s0+0
                v10: i64 = const 0
                v11: i32 = const 0
                branch v1 eq v1, b1, b2(v10)
            b1:
                jump b2(v0)
            b2(v12: i64):
                v3: ptr.stack = slot_addr s1+0
                v4: i64 = const 8
                v5: ptr.stack = ptr_add v3, v4
                v6: i64 = sext32 v11
                v8: i64 = add v6, v12
                return v8
            }",
        );
    }

    #[test]
    fn a_slot_that_a_helper_sees_stays() {
        let text = "fn @f(v0: i64) -> i64 {
                slot s0: 8 align 8 \"key\"
            b0:
                v1: ptr.stack = slot_addr s0+0
                store.u64 v1+0, v0
                v2: i64 = call helper 1(v1)
                v3: i64 = load.u64 v1+0
                return v3
            }";
        rewrites(super::run, text, text);
    }

    #[test]
    fn a_union_read_both_ways_stays() {
        let text = "fn @f(v0: i64) -> i32 {
                slot s0: 8 align 8 \"u\"
            b0:
                v1: ptr.stack = slot_addr s0+0
                store.u64 v1+0, v0
                v2: i32 = load.u32 v1+4
                return v2
            }";
        rewrites(super::run, text, text);
    }
}
