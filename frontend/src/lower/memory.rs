//! Addresses, loads and stores.
//!
//! An `Address` keeps its constant offset apart from its base, so that a member access becomes *one* load with the offset
//! in it: the kernel refuses `ctx + 8` in a register, and forgets bounds on recomputed pointers (VERIFIER-RULES 1, 2 and 6).
//! It also remembers its alignment: accesses to packed members are split into aligned pieces (rule 15).

use bpfcc_ir::{GlobalId, PtrKind, Slot, Type, Value};
use bpfcc_isa::{AluOp, Endian, Size};

use super::function::Body;
use super::repr::{Repr, Scalar, Wide, arithmetic_kind, repr};
use crate::types::TypeId;

/// What an address counts from.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Base {
    /// A pointer value.
    Value(Value),
    /// A stack slot.
    Slot(Slot),
    /// A global.
    Global(GlobalId),
}

/// An address in memory.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) struct Address {
    /// What it counts from.
    pub(super) base: Base,
    /// Byte offset from there.
    pub(super) offset: i64,
    /// A power of two that the address is known to be a multiple of.
    pub(super) align: u32,
    /// The address space that it is in. In all but 0 it is converted for each access.
    pub(super) space: u8,
}

impl Address {
    /// The address `bytes` further on.
    pub(super) fn plus(self, bytes: i64) -> Address {
        Address {
            offset: self.offset.wrapping_add(bytes),
            align: common_alignment(self.align, bytes),
            ..self
        }
    }
}

/// The alignment of the sum of a multiple of `align` and a multiple of `bytes`.
pub(super) fn common_alignment(align: u32, bytes: i64) -> u32 {
    align.min(1 << bytes.trailing_zeros().min(16))
}

/// Cuts `len` bytes into the largest pieces that `align` allows: byte offset and size of each.
pub(super) fn pieces(len: u64, align: u32) -> Vec<(u64, Size)> {
    let mut pieces = Vec::new();
    let mut at = 0;
    while at < len {
        let largest = align.min(8).min(1 << (len - at).ilog2().min(3));
        let size = Size::from_bytes(largest).unwrap_or(Size::B);
        pieces.push((at, size));
        at += u64::from(size.bytes());
    }
    pieces
}

/// How memory is accessed.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Access {
    /// Whenever and as often as the compiler likes.
    Plain,
    /// Exactly as written.
    Volatile,
}

impl Access {
    fn is_volatile(self) -> bool {
        self == Access::Volatile
    }
}

impl Body<'_, '_> {
    /// The address behind a pointer value.
    pub(super) fn address_at(&self, value: Value, align: u32) -> Address {
        Address {
            base: Base::Value(value),
            offset: 0,
            align,
            space: 0,
        }
    }

    /// An address as a pointer value.
    pub(super) fn address_value(&mut self, address: Address) -> Value {
        let offset = i32::try_from(address.offset);
        match (address.base, offset) {
            (Base::Value(value), Ok(0)) => value,
            (Base::Slot(slot), Ok(offset)) => self.builder.slot_addr(slot, offset),
            (Base::Global(global), Ok(offset)) => self.global_addr(global, offset),
            _ => {
                let base = self.base_value(address.base);
                let offset = self.builder.iconst(Type::I64, address.offset);
                self.builder.ptr_add(base, offset)
            }
        }
    }

    /// An address as the operands of a load or store.
    pub(super) fn operand(&mut self, address: Address) -> (Value, i32) {
        let address = self.in_space(address, 0);
        match i32::try_from(address.offset) {
            Ok(offset) => (self.base_value(address.base), offset),
            Err(_) => (self.address_value(address), 0),
        }
    }

    /// The base as a pointer value.
    pub(super) fn base_value(&mut self, base: Base) -> Value {
        match base {
            Base::Value(value) => value,
            Base::Slot(slot) => self.builder.slot_addr(slot, 0),
            Base::Global(global) => self.global_addr(global, 0),
        }
    }

    fn global_addr(&mut self, global: GlobalId, offset: i32) -> Value {
        let kind = self.module.ir.globals[global].kind.ptr_kind();
        self.builder.global_addr(global, kind, offset)
    }

    /// Reads a scalar of type `ty`.
    pub(super) fn load_scalar(&mut self, from: Address, ty: TypeId, access: Access) -> Scalar {
        match repr(self.types(), ty) {
            Repr::Pair => Scalar::Pair(self.load_wide(from, access)),
            Repr::Word(Type::I32) => {
                let size = self.scalar_size(ty);
                if arithmetic_kind(self.types(), ty).is_signed() && size < Size::W {
                    Scalar::Word(self.load_signed(size, from, access))
                } else {
                    Scalar::Word(self.load_unsigned(Type::I32, size, from, access))
                }
            }
            Repr::Word(word) => Scalar::Word(self.load_unsigned(word, Size::DW, from, access)),
            Repr::Nothing | Repr::Memory => panic!("only scalars are loaded into registers"),
        }
    }

    fn load_wide(&mut self, from: Address, access: Access) -> Wide {
        let [lo, hi] = self.halves_at();
        let mut half = |at| self.load_unsigned(Type::I64, Size::DW, from.plus(at), access);
        Wide {
            lo: half(lo),
            hi: half(hi),
        }
    }

    /// Where the lower and the upper half of a 128-bit integer are.
    fn halves_at(&self) -> [i64; 2] {
        match self.types().endian {
            Endian::Little => [0, 8],
            Endian::Big => [8, 0],
        }
    }

    /// Which bit of a number of `size` is the lowest of the `piece` that stands `at` bytes into it.
    fn lowest_bit(&self, size: Size, at: u64, piece: Size) -> u32 {
        match self.types().endian {
            Endian::Little => at as u32 * 8,
            Endian::Big => size.bits() - at as u32 * 8 - piece.bits(),
        }
    }

    /// Reads `size` bytes, zero-extended to `ty`; a pointer is read as a whole.
    pub(super) fn load_unsigned(
        &mut self,
        ty: Type,
        size: Size,
        from: Address,
        access: Access,
    ) -> Value {
        if !self.must_split(from, size) {
            let (base, offset) = self.operand(from);
            let volatile = access.is_volatile();
            return self
                .builder
                .load_as(ty, size, false, volatile, base, offset);
        }
        if ty.is_ptr() {
            let bits = self.load_pieces(Type::I64, size, from, access);
            return self.builder.int_to_ptr(PtrKind::Mem, bits);
        }
        self.load_pieces(ty, size, from, access)
    }

    /// Reads one or two bytes, sign-extended.
    fn load_signed(&mut self, size: Size, from: Address, access: Access) -> Value {
        if !self.must_split(from, size) {
            let (base, offset) = self.operand(from);
            let volatile = access.is_volatile();
            let ty = Type::I32;
            return self.builder.load_as(ty, size, true, volatile, base, offset);
        }
        let unsigned = self.load_pieces(Type::I32, size, from, access);
        self.builder.sign_extend(Type::I32, size, unsigned)
    }

    fn load_pieces(&mut self, ty: Type, size: Size, from: Address, access: Access) -> Value {
        let mut whole = None;
        for (at, piece) in pieces(u64::from(size.bytes()), from.align) {
            let (base, offset) = self.operand(from.plus(at as i64));
            let volatile = access.is_volatile();
            let part = self
                .builder
                .load_as(ty, piece, false, volatile, base, offset);
            let part = self.shift_by(AluOp::Lsh, part, self.lowest_bit(size, at, piece));
            whole = Some(match whole {
                Some(low) => self.builder.binary(AluOp::Or, low, part),
                None => part,
            });
        }
        whole.unwrap_or_else(|| self.builder.iconst(ty, 0))
    }

    /// Writes a scalar of type `ty`.
    pub(super) fn store_scalar(&mut self, to: Address, ty: TypeId, value: Scalar, access: Access) {
        match value {
            Scalar::Pair(wide) => {
                let [lo, hi] = self.halves_at();
                self.store_word(Size::DW, to.plus(lo), wide.lo, access);
                self.store_word(Size::DW, to.plus(hi), wide.hi, access);
            }
            Scalar::Word(word) => self.store_word(self.scalar_size(ty), to, word, access),
        }
    }

    /// Writes the low `size` bytes of a value.
    pub(super) fn store_word(&mut self, size: Size, to: Address, value: Value, access: Access) {
        let volatile = access.is_volatile();
        if !self.must_split(to, size) {
            let (base, offset) = self.operand(to);
            return self.builder.store_as(size, volatile, base, offset, value);
        }
        let bits = if self.builder.ty(value).is_ptr() {
            self.builder.ptr_to_int(value)
        } else {
            value
        };
        for (at, piece) in pieces(u64::from(size.bytes()), to.align) {
            let part = self.shift_by(AluOp::Rsh, bits, self.lowest_bit(size, at, piece));
            let (base, offset) = self.operand(to.plus(at as i64));
            self.builder.store_as(piece, volatile, base, offset, part);
        }
    }

    fn shift_by(&mut self, op: AluOp, value: Value, bits: u32) -> Value {
        if bits == 0 {
            return value;
        }
        let count = self.builder.iconst(self.builder.ty(value), bits.into());
        self.builder.binary(op, value, count)
    }

    /// Whether an access must be done in pieces. A context field never is (VERIFIER-RULES 2).
    fn must_split(&self, address: Address, size: Size) -> bool {
        let in_context = match address.base {
            Base::Value(value) => self.builder.ty(value) == Type::Ptr(PtrKind::Ctx),
            Base::Slot(_) | Base::Global(_) => false,
        };
        address.align < size.bytes() && !in_context
    }

    /// Copies `len` bytes between regions that do not overlap.
    pub(super) fn copy(&mut self, to: Address, from: Address, len: u32) {
        if len == 0 || to == from {
            return;
        }
        let align = to.align.min(from.align).min(8);
        let (to, from) = (self.operand(to), self.operand(from));
        self.builder.mem_copy(to, from, len, align);
    }

    /// Sets `len` bytes to `byte`.
    pub(super) fn fill(&mut self, to: Address, byte: u8, len: u32) {
        if len > 0 {
            let align = to.align.min(8);
            let to = self.operand(to);
            self.builder.mem_set(to, byte, len, align);
        }
    }

    /// Size of an object. `sema` limits objects to what 32 bits can count.
    pub(super) fn size_of(&self, ty: TypeId) -> u32 {
        let size = self.types().size_of(ty).unwrap_or(0);
        u32::try_from(size).unwrap_or(u32::MAX)
    }

    /// Size of a scalar that fits one register.
    pub(super) fn scalar_size(&self, ty: TypeId) -> Size {
        Size::from_bytes(self.size_of(ty)).unwrap_or(Size::DW)
    }
}
