//! 128-bit integers, computed in two halves.
//!
//! ```text
//! a + b     lo = a.lo + b.lo          hi = a.hi + b.hi + (lo < a.lo)
//! a << n    lo = a.lo << n            hi = a.hi << n | a.lo >> (64 - n)      for n < 64
//!           lo = 0                    hi = a.lo << (n - 64)                  for n ≥ 64
//! ```

use bpfcc_ir::{Type, Value};
use bpfcc_isa::{AluOp, Cond};

use super::condition::condition_code;
use super::function::Body;
use super::repr::Wide;
use crate::tree::{BinaryOp, CompareOp};
use crate::types::IntKind;

impl Body<'_, '_> {
    pub(super) fn wide_constant(&mut self, value: i128) -> Wide {
        Wide {
            lo: self.builder.iconst(Type::I64, value as i64),
            hi: self.builder.iconst(Type::I64, (value >> 64) as i64),
        }
    }

    /// `a op b`.
    pub(super) fn wide_binary(&mut self, op: BinaryOp, kind: IntKind, a: Wide, b: Wide) -> Wide {
        match op {
            BinaryOp::Add => self.wide_add(a, b),
            BinaryOp::Sub => self.wide_sub(a, b),
            BinaryOp::Mul => self.wide_mul(a, b),
            BinaryOp::And => self.halves(AluOp::And, a, b),
            BinaryOp::Or => self.halves(AluOp::Or, a, b),
            BinaryOp::Xor => self.halves(AluOp::Xor, a, b),
            BinaryOp::Div | BinaryOp::Rem => self.wide_divide(op, kind, a, b),
        }
    }

    pub(super) fn halves(&mut self, op: AluOp, a: Wide, b: Wide) -> Wide {
        Wide {
            lo: self.builder.binary(op, a.lo, b.lo),
            hi: self.builder.binary(op, a.hi, b.hi),
        }
    }

    pub(super) fn wide_add(&mut self, a: Wide, b: Wide) -> Wide {
        let lo = self.builder.binary(AluOp::Add, a.lo, b.lo);
        let carry = self.builder.compare(Cond::Lt, lo, a.lo);
        let carry = self.truth_word(carry);
        let hi = self.builder.binary(AluOp::Add, a.hi, b.hi);
        let hi = self.builder.binary(AluOp::Add, hi, carry);
        Wide { lo, hi }
    }

    pub(super) fn wide_sub(&mut self, a: Wide, b: Wide) -> Wide {
        let lo = self.builder.binary(AluOp::Sub, a.lo, b.lo);
        let borrow = self.builder.compare(Cond::Lt, a.lo, b.lo);
        let borrow = self.truth_word(borrow);
        let hi = self.builder.binary(AluOp::Sub, a.hi, b.hi);
        let hi = self.builder.binary(AluOp::Sub, hi, borrow);
        Wide { lo, hi }
    }

    /// The low half times the low half in full, and what the high halves add to the upper 64 bits.
    fn wide_mul(&mut self, a: Wide, b: Wide) -> Wide {
        let low = self.full_product(a.lo, b.lo);
        let cross = self.builder.binary(AluOp::Mul, a.lo, b.hi);
        let hi = self.builder.binary(AluOp::Add, low.hi, cross);
        let cross = self.builder.binary(AluOp::Mul, a.hi, b.lo);
        let hi = self.builder.binary(AluOp::Add, hi, cross);
        Wide { lo: low.lo, hi }
    }

    /// The 128-bit product of two unsigned 64-bit integers, from four products of their 32-bit halves:
    ///
    /// ```text
    ///              a1 a0 × b1 b0
    ///                 [a0 × b0]        middle = a1 × b0 + upper half of a0 × b0            (fits 64 bits)
    ///           [a1 × b0]              other  = a0 × b1 + lower half of middle             (fits 64 bits)
    ///           [a0 × b1]              hi     = a1 × b1 + upper halves of middle and other
    ///     [a1 × b1]
    /// ```
    pub(super) fn full_product(&mut self, a: Value, b: Value) -> Wide {
        let (a0, a1) = self.split_word(a);
        let (b0, b1) = self.split_word(b);
        let low = self.builder.binary(AluOp::Mul, a0, b0);
        let (_, low_upper) = self.split_word(low);
        let middle = self.builder.binary(AluOp::Mul, a1, b0);
        let middle = self.builder.binary(AluOp::Add, middle, low_upper);
        let (middle_lower, middle_upper) = self.split_word(middle);
        let other = self.builder.binary(AluOp::Mul, a0, b1);
        let other = self.builder.binary(AluOp::Add, other, middle_lower);
        let other_upper = self.with_constant(AluOp::Rsh, other, 32);
        let hi = self.builder.binary(AluOp::Mul, a1, b1);
        let hi = self.builder.binary(AluOp::Add, hi, middle_upper);
        let hi = self.builder.binary(AluOp::Add, hi, other_upper);
        let lo = self.builder.binary(AluOp::Mul, a, b);
        Wide { lo, hi }
    }

    /// The lower and the upper 32 bits.
    fn split_word(&mut self, value: Value) -> (Value, Value) {
        let lower = self.with_constant(AluOp::And, value, 0xffff_ffff);
        let upper = self.with_constant(AluOp::Rsh, value, 32);
        (lower, upper)
    }

    pub(super) fn wide_neg(&mut self, value: Wide) -> Wide {
        let zero = self.wide_constant(0);
        self.wide_sub(zero, value)
    }

    pub(super) fn wide_not(&mut self, value: Wide) -> Wide {
        Wide {
            lo: self.not(value.lo),
            hi: self.not(value.hi),
        }
    }

    /// `value op count`, where the count is an `i64` of which seven bits count.
    pub(super) fn wide_shift(&mut self, op: AluOp, value: Wide, count: Value) -> Wide {
        if let Some(count) = self.builder.func().as_const(count) {
            return self.wide_shift_by(op, value, count as u32 & 127);
        }
        let (near, far) = if op == AluOp::Lsh {
            self.wide_shift_left(value, count)
        } else {
            self.wide_shift_right(op, value, count)
        };
        let bit = self.with_constant(AluOp::And, count, 64);
        let zero = self.builder.iconst(Type::I64, 0);
        let is_near = [bit, zero];
        Wide {
            lo: self.builder.select(Cond::Eq, is_near, near.lo, far.lo),
            hi: self.builder.select(Cond::Eq, is_near, near.hi, far.hi),
        }
    }

    /// The result for counts below 64, and that for counts from 64 on. The machine masks counts to six bits, so that
    /// shifting by `count` is shifting by `count - 64` if the count is that large.
    fn wide_shift_left(&mut self, value: Wide, count: Value) -> (Wide, Wide) {
        let carried = self.bits_across(AluOp::Rsh, value.lo, count);
        let lo = self.builder.binary(AluOp::Lsh, value.lo, count);
        let hi = self.builder.binary(AluOp::Lsh, value.hi, count);
        let hi = self.builder.binary(AluOp::Or, hi, carried);
        let zero = self.builder.iconst(Type::I64, 0);
        (Wide { lo, hi }, Wide { lo: zero, hi: lo })
    }

    fn wide_shift_right(&mut self, op: AluOp, value: Wide, count: Value) -> (Wide, Wide) {
        let carried = self.bits_across(AluOp::Lsh, value.hi, count);
        let hi = self.builder.binary(op, value.hi, count);
        let lo = self.builder.binary(AluOp::Rsh, value.lo, count);
        let lo = self.builder.binary(AluOp::Or, lo, carried);
        let rest = self.sign_word(value.hi, op == AluOp::Arsh);
        (Wide { lo, hi }, Wide { lo: hi, hi: rest })
    }

    /// The bits that a shift by `count` < 64 moves into the other half. `op` shifts the opposite way, by `64 - count` in two
    /// steps, since a count of 64 would do nothing.
    fn bits_across(&mut self, op: AluOp, value: Value, count: Value) -> Value {
        let inverse = self.not(count);
        let one = self.with_constant(op, value, 1);
        self.builder.binary(op, one, inverse)
    }

    /// A shift by a constant less than 128.
    pub(super) fn wide_shift_by(&mut self, op: AluOp, value: Wide, count: u32) -> Wide {
        let (near, far) = (i64::from(count), i64::from(count) - 64);
        match (op, count) {
            (_, 0) => value,
            (AluOp::Lsh, 1..64) => {
                let carried = self.with_constant(AluOp::Rsh, value.lo, -far);
                let hi = self.with_constant(op, value.hi, near);
                let hi = self.builder.binary(AluOp::Or, hi, carried);
                let lo = self.with_constant(op, value.lo, near);
                Wide { lo, hi }
            }
            (AluOp::Lsh, _) => {
                let hi = self.with_constant(op, value.lo, far);
                let lo = self.builder.iconst(Type::I64, 0);
                Wide { lo, hi }
            }
            (_, 1..64) => {
                let carried = self.with_constant(AluOp::Lsh, value.hi, -far);
                let lo = self.with_constant(AluOp::Rsh, value.lo, near);
                let lo = self.builder.binary(AluOp::Or, lo, carried);
                let hi = self.with_constant(op, value.hi, near);
                Wide { lo, hi }
            }
            (_, _) => {
                let lo = self.with_constant(op, value.hi, far);
                let hi = self.sign_word(value.hi, op == AluOp::Arsh);
                Wide { lo, hi }
            }
        }
    }

    /// The comparison of single values that decides a comparison of 128-bit integers.
    pub(super) fn wide_test(
        &mut self,
        op: CompareOp,
        signed: bool,
        a: Wide,
        b: Wide,
    ) -> (Cond, [Value; 2]) {
        let zero = |body: &mut Self, ty| body.builder.iconst(ty, 0);
        if matches!(op, CompareOp::Eq | CompareOp::Ne) {
            let difference = self.halves(AluOp::Xor, a, b);
            let any = self.builder.binary(AluOp::Or, difference.lo, difference.hi);
            return (condition_code(op, signed), [any, zero(self, Type::I64)]);
        }
        // The high halves decide unless they are equal; then the low halves do, as unsigned numbers.
        let strict = match op {
            CompareOp::Le => CompareOp::Lt,
            CompareOp::Ge => CompareOp::Gt,
            other => other,
        };
        let above = self
            .builder
            .compare(condition_code(strict, signed), a.hi, b.hi);
        let equal = self.builder.compare(Cond::Eq, a.hi, b.hi);
        let below = self.builder.compare(condition_code(op, false), a.lo, b.lo);
        let below = self.builder.binary(AluOp::And, equal, below);
        let holds = self.builder.binary(AluOp::Or, above, below);
        (Cond::Ne, [holds, zero(self, Type::I32)])
    }
}
