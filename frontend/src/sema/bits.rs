//! Builtins that move and count bits; on constants they are computed here.

use crate::source::Span;
use crate::tree::{Builtin, Expr, ShiftOp};
use crate::types::{IntKind, Types};

use super::convert::constant;
use super::{Checked, Checker};

impl Checker<'_> {
    pub(super) fn bswap(&mut self, bits: u32, value: Expr, span: Span) -> Checked<Expr> {
        let kind = match bits {
            16 => IntKind::UShort,
            32 => IntKind::UInt,
            64 => IntKind::ULong,
            _ => IntKind::UInt128,
        };
        let ty = Types::int(kind);
        let value = self.integer_arg(value, ty)?;
        Ok(match value.as_const() {
            Some(value) => {
                let swapped = (value as u128).swap_bytes() >> (128 - bits);
                constant(kind.wrap(swapped as i128), ty, span)
            }
            None => self.builtin(Builtin::Bswap(bits), vec![value], ty, span),
        })
    }

    pub(super) fn count_bits(
        &mut self,
        builtin: Builtin,
        kind: IntKind,
        value: Expr,
        span: Span,
    ) -> Checked<Expr> {
        let value = self.integer_arg(value, Types::int(kind))?;
        let counted = value.as_const().and_then(|value| {
            let (value, unused) = (value as u64, 64 - kind.bits());
            match builtin {
                Builtin::Clz if value != 0 => Some(value.leading_zeros() - unused),
                Builtin::Ctz if value != 0 => Some(value.trailing_zeros()),
                Builtin::Clrsb => {
                    let signed = value as i64;
                    Some((signed ^ (signed >> 63)).leading_zeros() - unused - 1)
                }
                Builtin::Popcount => Some(value.count_ones()),
                Builtin::Parity => Some(value.count_ones() % 2),
                Builtin::Ffs if value == 0 => Some(0),
                Builtin::Ffs => Some(value.trailing_zeros() + 1),
                _ => None,
            }
        });
        Ok(match counted {
            Some(count) => constant(count.into(), Types::INT, span),
            None => self.builtin(builtin, vec![value], Types::INT, span),
        })
    }

    pub(super) fn reverse_bits(&mut self, bits: u32, value: Expr, span: Span) -> Checked<Expr> {
        let kind = unsigned_kind(bits);
        let ty = Types::int(kind);
        let value = self.integer_arg(value, ty)?;
        Ok(match value.as_const() {
            Some(value) => {
                let reversed = (value as u128).reverse_bits() >> (128 - bits);
                constant(kind.wrap(reversed as i128), ty, span)
            }
            None => self.builtin(Builtin::BitReverse(bits), vec![value], ty, span),
        })
    }

    /// A rotation to the right is one to the left by the negative count.
    pub(super) fn rotate(
        &mut self,
        bits: u32,
        direction: ShiftOp,
        value: Expr,
        count: Expr,
        span: Span,
    ) -> Checked<Expr> {
        let kind = unsigned_kind(bits);
        let ty = Types::int(kind);
        let (value, count) = (self.integer_arg(value, ty)?, self.integer_arg(count, ty)?);
        if let (Some(value), Some(count)) = (value.as_const(), count.as_const()) {
            let count = match direction {
                ShiftOp::Left => count,
                ShiftOp::Right => count.wrapping_neg(),
            } & i128::from(bits - 1);
            let doubled = (value as u128) << bits | value as u128;
            let rotated = (doubled << count) >> bits;
            return Ok(constant(kind.wrap(rotated as i128), ty, span));
        }
        let args = vec![value, count];
        Ok(self.builtin(Builtin::Rotate(direction), args, ty, span))
    }
}

/// The unsigned type of so many bits, up to 64.
fn unsigned_kind(bits: u32) -> IntKind {
    match bits {
        8 => IntKind::UChar,
        16 => IntKind::UShort,
        32 => IntKind::UInt,
        _ => IntKind::ULong,
    }
}
