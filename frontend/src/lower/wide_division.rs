//! Division of 128-bit integers, by hand as at school, bit by bit: a loop of 128 rounds.
//!
//! ```text
//!        rest   number          one round: shift both left as one 256-bit number;
//!   ┌──────────┬──────────┐     if the divisor fits into the rest, subtract it and set the lowest bit of the number.
//!   │ 0        │ dividend │     After the last round the rest is the remainder, the number the quotient.
//!   └──────────┴──────────┘◄0
//! ```
//!
//! A round has no branch: the kernel's checker walks the loop once, and not once for every way through it. Division by zero
//! means what it means for BPF's 64-bit instructions (RFC 9669 4.1): the quotient is 0, the remainder the dividend.

use bpfcc_ir::{BlockCall, Type, Value};
use bpfcc_isa::{AluOp, Cond};

use super::function::Body;
use super::repr::Wide;
use crate::tree::BinaryOp;
use crate::types::IntKind;

/// What a division gives.
struct Divided {
    quotient: Wide,
    remainder: Wide,
}

impl Body<'_, '_> {
    /// `a / b` or `a % b`.
    pub(super) fn wide_divide(&mut self, op: BinaryOp, kind: IntKind, a: Wide, b: Wide) -> Wide {
        let is_quotient = op == BinaryOp::Div;
        if kind.is_signed() {
            return self.wide_divide_signed(is_quotient, a, b);
        }
        if let Some(bits) = self.power_of_two(b) {
            return self.divide_by_power(is_quotient, a, bits);
        }
        let divided = self.divide_unsigned(a, b);
        pick(is_quotient, divided)
    }

    /// The quotient has a sign if one of the operands has, the remainder if the dividend has (C11 6.5.5p6).
    fn wide_divide_signed(&mut self, is_quotient: bool, a: Wide, b: Wide) -> Wide {
        let [a_sign, b_sign] = [a, b].map(|value| self.sign_word(value.hi, true));
        let a = self.negated_where(a_sign, a);
        let b = self.negated_where(b_sign, b);
        let divided = self.divide_unsigned(a, b);
        let sign = if is_quotient {
            self.builder.binary(AluOp::Xor, a_sign, b_sign)
        } else {
            a_sign
        };
        self.negated_where(sign, pick(is_quotient, divided))
    }

    /// The negative value if `sign` is all ones, the value if it is 0.
    fn negated_where(&mut self, sign: Value, value: Wide) -> Wide {
        let sign = Wide { lo: sign, hi: sign };
        let flipped = self.halves(AluOp::Xor, value, sign);
        self.wide_sub(flipped, sign)
    }

    /// The exponent of a divisor that is a constant power of two.
    fn power_of_two(&self, value: Wide) -> Option<u32> {
        let half = |value| self.builder.func().as_const(value);
        let (lo, hi) = (half(value.lo)? as u64, half(value.hi)? as u64);
        let whole = u128::from(hi) << 64 | u128::from(lo);
        whole.is_power_of_two().then(|| whole.trailing_zeros())
    }

    fn divide_by_power(&mut self, is_quotient: bool, a: Wide, bits: u32) -> Wide {
        if is_quotient {
            return self.wide_shift_by(AluOp::Rsh, a, bits);
        }
        let mask = self.wide_constant(((1_u128 << bits) - 1) as i128);
        self.halves(AluOp::And, a, mask)
    }

    /// ```text
    /// head(i, number, rest): branch i ne 128, round, done      round: …, jump head(i + 1, …)      done:
    /// ```
    fn divide_unsigned(&mut self, a: Wide, b: Wide) -> Divided {
        let [head, round, done] = [(); 3].map(|()| self.builder.new_block());
        let [index, lo, hi, rest_lo, rest_hi] =
            [(); 5].map(|()| self.builder.append_param(head, Type::I64));
        let zero = self.builder.iconst(Type::I64, 0);
        let first = [zero, a.lo, a.hi, zero, zero];
        self.builder.jump(BlockCall::new(head, first));
        self.builder.switch_to(head);
        let rounds = self.builder.iconst(Type::I64, 128);
        self.builder.branch(Cond::Ne, [index, rounds], round, done);
        self.start(round);
        let (number, rest) = (
            Wide { lo, hi },
            Wide {
                lo: rest_lo,
                hi: rest_hi,
            },
        );
        let (next_number, next_rest) = self.division_round(number, rest, b);
        let next = self.with_constant(AluOp::Add, index, 1);
        let next = [
            next,
            next_number.lo,
            next_number.hi,
            next_rest.lo,
            next_rest.hi,
        ];
        self.builder.jump(BlockCall::new(head, next));
        self.builder.seal_block(head);
        self.start(done);
        // A divisor of zero fits each time, so that the quotient is all ones.
        let any = self.builder.binary(AluOp::Or, b.lo, b.hi);
        let mut unless_zero = |half| self.builder.select(Cond::Eq, [any, zero], zero, half);
        Divided {
            quotient: Wide {
                lo: unless_zero(number.lo),
                hi: unless_zero(number.hi),
            },
            remainder: rest,
        }
    }

    /// The number and the rest after one round.
    fn division_round(&mut self, number: Wide, rest: Wide, divisor: Wide) -> (Wide, Wide) {
        // The rest is less than the divisor, so one bit more holds its double.
        let carry = self.with_constant(AluOp::Rsh, rest.hi, 63);
        let top = self.with_constant(AluOp::Rsh, number.hi, 63);
        let mut rest = self.wide_shift_by(AluOp::Lsh, rest, 1);
        rest.lo = self.builder.binary(AluOp::Or, rest.lo, top);
        let mut number = self.wide_shift_by(AluOp::Lsh, number, 1);
        let lo = self.builder.binary(AluOp::Sub, rest.lo, divisor.lo);
        let borrow = self.borrow(rest.lo, divisor.lo, lo);
        let hi = self.builder.binary(AluOp::Sub, rest.hi, divisor.hi);
        let hi = self.builder.binary(AluOp::Sub, hi, borrow);
        let borrow = self.borrow(rest.hi, divisor.hi, hi);
        let no_borrow = self.with_constant(AluOp::Xor, borrow, 1);
        let fits = self.builder.binary(AluOp::Or, carry, no_borrow);
        number.lo = self.builder.binary(AluOp::Or, number.lo, fits);
        let mask = self.builder.neg(fits);
        let mask = Wide { lo: mask, hi: mask };
        let change = self.halves(AluOp::Xor, rest, Wide { lo, hi });
        let change = self.halves(AluOp::And, change, mask);
        (number, self.halves(AluOp::Xor, rest, change))
    }

    /// What `difference = a - b` borrowed, which may include a borrow from below (Warren, "Hacker's Delight", 2-16).
    fn borrow(&mut self, a: Value, b: Value, difference: Value) -> Value {
        let not_a = self.not(a);
        let less = self.builder.binary(AluOp::And, not_a, b);
        let no_more = self.builder.binary(AluOp::Or, not_a, b);
        let wrapped = self.builder.binary(AluOp::And, no_more, difference);
        let bits = self.builder.binary(AluOp::Or, less, wrapped);
        self.with_constant(AluOp::Rsh, bits, 63)
    }
}

fn pick(is_quotient: bool, divided: Divided) -> Wide {
    if is_quotient {
        divided.quotient
    } else {
        divided.remainder
    }
}
