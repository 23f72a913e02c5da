//! Bit-fields: bits in a unit of memory that is read, changed and written as a whole.
//!
//! ```text
//! read    (load(unit) >> shift) & mask          signed: load(unit) << (size - shift - width) s>> (size - width)
//! write   store(unit, load(unit) & ~(mask << shift) | (value & mask) << shift)
//! ```
//!
//! A field that no unit of 1, 2, 4 or 8 bytes holds (in packed records, and in `__int128`) is handled byte by byte.

use bpfcc_ir::{Type, Value};
use bpfcc_isa::{AluOp, Endian, Size};

use super::function::Body;
use super::memory::{Access, Address};
use super::repr::{Scalar, Wide, word_type};
use crate::types::{BitField, IntKind};

impl Body<'_, '_> {
    /// The value of a bit-field of type `kind` in the record at `record`.
    pub(super) fn read_bits(
        &mut self,
        record: Address,
        bits: BitField,
        kind: IntKind,
        access: Access,
    ) -> Scalar {
        let unit = record.plus(bits.offset as i64);
        let Some(size) = Size::from_bytes(bits.bytes) else {
            return self.read_bytewise(unit, bits, kind, access);
        };
        let ty = unit_type(size);
        let whole = self.load_unsigned(ty, size, unit, access);
        let register = ty.width().bits();
        let value = if kind.is_signed() {
            let above = register - bits.shift - bits.width;
            let top = self.with_constant(AluOp::Lsh, whole, above.into());
            self.with_constant(AluOp::Arsh, top, (register - bits.width).into())
        } else {
            let low = self.with_constant(AluOp::Rsh, whole, bits.shift.into());
            if bits.shift + bits.width == size.bits() {
                low
            } else {
                self.with_constant(AluOp::And, low, mask(bits.width))
            }
        };
        self.unit_to_kind(value, kind)
    }

    /// Writes the low bits of `value` to a bit-field.
    pub(super) fn write_bits(
        &mut self,
        record: Address,
        bits: BitField,
        value: Scalar,
        access: Access,
    ) {
        let unit = record.plus(bits.offset as i64);
        let Some(size) = Size::from_bytes(bits.bytes) else {
            return self.write_bytewise(unit, bits, value, access);
        };
        let ty = unit_type(size);
        let value = self.coerce(value.word(), ty);
        if bits.width == size.bits() {
            return self.store_word(size, unit, value, access);
        }
        let value = self.with_constant(AluOp::And, value, mask(bits.width));
        let value = self.with_constant(AluOp::Lsh, value, bits.shift.into());
        let old = self.load_unsigned(ty, size, unit, access);
        let kept = self.with_constant(AluOp::And, old, !(mask(bits.width) << bits.shift));
        let new = self.builder.binary(AluOp::Or, kept, value);
        self.store_word(size, unit, new, access);
    }

    /// What a bit-field of `width` bits keeps of a value of its type.
    pub(super) fn cut_to_bits(&mut self, value: Scalar, width: u32, kind: IntKind) -> Scalar {
        if width >= kind.bits() || kind == IntKind::Bool {
            return value;
        }
        match value {
            Scalar::Word(word) => {
                let unused = i64::from(word_type(kind).width().bits() - width);
                let top = self.with_constant(AluOp::Lsh, word, unused);
                Scalar::Word(self.with_constant(right_shift(kind), top, unused))
            }
            Scalar::Pair(wide) => Scalar::Pair(self.cut_wide(wide, width, kind)),
        }
    }

    fn cut_wide(&mut self, value: Wide, width: u32, kind: IntKind) -> Wide {
        let top = self.wide_shift_by(AluOp::Lsh, value, 128 - width);
        self.wide_shift_by(right_shift(kind), top, 128 - width)
    }

    /// A value that was taken out of a unit, extended by its sign, in the register of its type.
    fn unit_to_kind(&mut self, value: Value, kind: IntKind) -> Scalar {
        let from = match (self.builder.ty(value), kind.is_signed()) {
            (Type::I32, true) => IntKind::Int,
            (Type::I32, false) => IntKind::UInt,
            (_, true) => IntKind::Long,
            (_, false) => IntKind::ULong,
        };
        // The value fits its type, so only the register changes.
        let to = match (kind.bits(), kind.is_signed()) {
            (0..=32, true) => IntKind::Int,
            (0..=32, false) => IntKind::UInt,
            _ => kind,
        };
        self.convert(Scalar::Word(value), from, to)
    }

    fn read_bytewise(
        &mut self,
        first: Address,
        bits: BitField,
        kind: IntKind,
        access: Access,
    ) -> Scalar {
        let mut sum = self.wide_constant(0);
        for index in 0..bits.bytes {
            let at = self.byte_at(first, bits, index);
            let lo = self.load_unsigned(Type::I64, Size::B, at, access);
            let hi = self.builder.iconst(Type::I64, 0);
            let byte = self.move_byte(Wide { lo, hi }, index, bits.shift);
            sum = Wide {
                lo: self.builder.binary(AluOp::Or, sum.lo, byte.lo),
                hi: self.builder.binary(AluOp::Or, sum.hi, byte.hi),
            };
        }
        let value = self.cut_wide(sum, bits.width, kind);
        if kind.bits() > 64 {
            Scalar::Pair(value)
        } else {
            self.unit_to_kind(value.lo, kind)
        }
    }

    /// The byte `index` of a field's bytes, counted from that of the lowest bits.
    fn byte_at(&self, first: Address, bits: BitField, index: u32) -> Address {
        first.plus(match self.types().endian {
            Endian::Little => index.into(),
            Endian::Big => (bits.bytes - 1 - index).into(),
        })
    }

    /// The byte `index` of a field's bytes, counted from that of the lowest bits, as a part of the field's value.
    fn move_byte(&mut self, byte: Wide, index: u32, shift: u32) -> Wide {
        match (index * 8).checked_sub(shift) {
            Some(left) => self.wide_shift_by(AluOp::Lsh, byte, left),
            None => self.wide_shift_by(AluOp::Rsh, byte, shift - index * 8),
        }
    }

    fn write_bytewise(&mut self, first: Address, bits: BitField, value: Scalar, access: Access) {
        let value = match value {
            Scalar::Pair(wide) => wide,
            Scalar::Word(word) => {
                let lo = self.coerce(word, Type::I64);
                let hi = self.builder.iconst(Type::I64, 0);
                Wide { lo, hi }
            }
        };
        for index in 0..bits.bytes {
            let start = index * 8;
            let byte = match start.checked_sub(bits.shift) {
                Some(right) => self.wide_shift_by(AluOp::Rsh, value, right).lo,
                None => self.with_constant(AluOp::Lsh, value.lo, (bits.shift - start).into()),
            };
            let from = bits.shift.saturating_sub(start);
            let to = (bits.shift + bits.width).saturating_sub(start).min(8);
            let field = mask(to) & !mask(from);
            let at = self.byte_at(first, bits, index);
            self.replace_byte(at, byte, field, access);
        }
    }

    /// Replaces the bits of `field` in a byte of memory.
    fn replace_byte(&mut self, at: Address, byte: Value, field: i64, access: Access) {
        if field == 0xff {
            return self.store_word(Size::B, at, byte, access);
        }
        let old = self.load_unsigned(Type::I64, Size::B, at, access);
        let kept = self.with_constant(AluOp::And, old, !field);
        let new = self.with_constant(AluOp::And, byte, field);
        let new = self.builder.binary(AluOp::Or, kept, new);
        self.store_word(Size::B, at, new, access);
    }
}

fn unit_type(size: Size) -> Type {
    if size == Size::DW {
        Type::I64
    } else {
        Type::I32
    }
}

fn right_shift(kind: IntKind) -> AluOp {
    if kind.is_signed() {
        AluOp::Arsh
    } else {
        AluOp::Rsh
    }
}

/// The low `width` bits.
fn mask(width: u32) -> i64 {
    u64::MAX
        .checked_shl(width)
        .map_or(-1, |above| !above as i64)
}
