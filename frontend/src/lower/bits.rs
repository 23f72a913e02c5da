//! Counting bits without a branch or a loop.
//!
//! Everything is reduced to counting ones, which sums neighbouring bits, pairs, and nibbles in parallel (Warren, "Hacker's
//! Delight", chapter 5):
//!
//! ```text
//! trailing zeros of x    ones in ~x & (x - 1)           the mask below the lowest one
//! leading zeros of x     ones in ~(x | x >> 1 | … )     the ones spread to the right of the highest one
//! ```

use bpfcc_ir::{Type, Value};
use bpfcc_isa::{AluOp, Cond, Size};

use super::function::Body;
use crate::tree::{Expr, ShiftOp};

impl Body<'_, '_> {
    /// Applies a count to the argument; counts are of type `int`.
    pub(super) fn bit_count(
        &mut self,
        arg: &Expr,
        count: impl FnOnce(&mut Self, Value) -> Value,
    ) -> Value {
        let value = self.word(arg);
        let counted = count(self, value);
        self.coerce(counted, Type::I32)
    }

    /// Number of ones.
    pub(super) fn ones(&mut self, value: Value) -> Value {
        let bits = self.builder.ty(value).width().bits();
        let half = self.with_constant(AluOp::Rsh, value, 1);
        let half = self.with_constant(AluOp::And, half, 0x5555_5555_5555_5555);
        let pairs = self.builder.binary(AluOp::Sub, value, half);
        let low = self.with_constant(AluOp::And, pairs, 0x3333_3333_3333_3333);
        let high = self.with_constant(AluOp::Rsh, pairs, 2);
        let high = self.with_constant(AluOp::And, high, 0x3333_3333_3333_3333);
        let nibbles = self.builder.binary(AluOp::Add, low, high);
        let high = self.with_constant(AluOp::Rsh, nibbles, 4);
        let bytes = self.builder.binary(AluOp::Add, nibbles, high);
        let bytes = self.with_constant(AluOp::And, bytes, 0x0f0f_0f0f_0f0f_0f0f);
        // The product's top byte is the sum of all bytes.
        let sum = self.with_constant(AluOp::Mul, bytes, 0x0101_0101_0101_0101);
        self.with_constant(AluOp::Rsh, sum, i64::from(bits) - 8)
    }

    /// Number of ones modulo 2: each step folds the upper half onto the lower.
    pub(super) fn parity(&mut self, value: Value) -> Value {
        let mut folded = value;
        let mut distance = i64::from(self.builder.ty(value).width().bits()) / 2;
        while distance > 0 {
            let upper = self.with_constant(AluOp::Rsh, folded, distance);
            folded = self.builder.binary(AluOp::Xor, folded, upper);
            distance /= 2;
        }
        self.with_constant(AluOp::And, folded, 1)
    }

    /// Number of zeros below the lowest one; the width for 0.
    pub(super) fn trailing_zeros(&mut self, value: Value) -> Value {
        let zeros = self.not(value);
        let below = self.with_constant(AluOp::Add, value, -1);
        let mask = self.builder.binary(AluOp::And, zeros, below);
        self.ones(mask)
    }

    /// Number of zeros above the highest one; the width for 0.
    pub(super) fn leading_zeros(&mut self, value: Value) -> Value {
        let bits = i64::from(self.builder.ty(value).width().bits());
        let mut spread = value;
        let mut distance = 1;
        while distance < bits {
            let right = self.with_constant(AluOp::Rsh, spread, distance);
            spread = self.builder.binary(AluOp::Or, spread, right);
            distance *= 2;
        }
        let zeros = self.not(spread);
        self.ones(zeros)
    }

    /// One plus the position of the lowest one; 0 for 0.
    pub(super) fn lowest_one(&mut self, value: Value) -> Value {
        let position = self.trailing_zeros(value);
        let position = self.with_constant(AluOp::Add, position, 1);
        let zero = self.builder.iconst(self.builder.ty(value), 0);
        self.builder.select(Cond::Eq, [value, zero], zero, position)
    }

    /// Number of bits behind the sign that are like it.
    pub(super) fn redundant_signs(&mut self, value: Value) -> Value {
        let bits = i64::from(self.builder.ty(value).width().bits());
        let sign = self.with_constant(AluOp::Arsh, value, bits - 1);
        let changed = self.builder.binary(AluOp::Xor, value, sign);
        let zeros = self.leading_zeros(changed);
        self.with_constant(AluOp::Sub, zeros, 1)
    }

    /// The bits of a byte are reversed by swapping neighbours, pairs and halves; then the bytes are.
    pub(super) fn reverse_bits(&mut self, bits: u32, arg: &Expr) -> Value {
        const STEPS: [(i64, i64); 3] = [
            (1, 0x5555_5555_5555_5555),
            (2, 0x3333_3333_3333_3333),
            (4, 0x0f0f_0f0f_0f0f_0f0f),
        ];
        let mut value = self.word(arg);
        for (distance, mask) in STEPS {
            let down = self.with_constant(AluOp::Rsh, value, distance);
            let down = self.with_constant(AluOp::And, down, mask);
            let up = self.with_constant(AluOp::And, value, mask);
            let up = self.with_constant(AluOp::Lsh, up, distance);
            value = self.builder.binary(AluOp::Or, up, down);
        }
        match Size::from_bytes(bits / 8) {
            None | Some(Size::B) => value,
            Some(size) => self.builder.swap(size, value),
        }
    }

    /// ```text
    /// value << count | value >> -count        counts modulo the width
    /// ```
    pub(super) fn rotate(
        &mut self,
        bits: u32,
        direction: ShiftOp,
        value: &Expr,
        count: &Expr,
    ) -> Value {
        let (value, count) = (self.word(value), self.word(count));
        let opposite = self.builder.neg(count);
        let [count, opposite] = [count, opposite]
            .map(|count| self.with_constant(AluOp::And, count, i64::from(bits) - 1));
        let (there, back) = match direction {
            ShiftOp::Left => (AluOp::Lsh, AluOp::Rsh),
            ShiftOp::Right => (AluOp::Rsh, AluOp::Lsh),
        };
        let there = self.builder.binary(there, value, count);
        let back = self.builder.binary(back, value, opposite);
        let both = self.builder.binary(AluOp::Or, there, back);
        match Size::from_bytes(bits / 8) {
            Some(size) if bits < 32 => self.builder.zero_extend(Type::I32, size, both),
            _ => both,
        }
    }
}
