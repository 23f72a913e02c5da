//! `__builtin_add_overflow` and its relatives: compute exactly, then see whether the result's type can hold it.
//!
//! The exact result is a list of 64-bit words in two's complement, lowest first; above the last word, its sign goes on. It
//! fits a type if cutting it to the type and extending it again gives the same words.

use bpfcc_ir::{Type, Value};
use bpfcc_isa::{AluOp, Cond};

use super::function::Body;
use super::memory::Access;
use super::repr::{Scalar, Wide};
use crate::tree::{BinaryOp, Expr};
use crate::types::{IntKind, Types};

impl Body<'_, '_> {
    /// Stores `a op b`, cut to the type behind the third argument, there; gives whether it was cut.
    pub(super) fn overflow(&mut self, op: BinaryOp, args: &[Expr]) -> Value {
        let (a_kind, b_kind) = (self.kind(args[0].ty), self.kind(args[1].ty));
        let (a, b) = (self.scalar(&args[0]), self.scalar(&args[1]));
        let to = self.pointer(&args[2]);
        let target = self.types().pointee(args[2].ty);
        let target = target.map_or(Types::INT, |pointee| pointee.ty);
        let words = if a_kind.bits().max(b_kind.bits()) <= 32 {
            self.exact_in_one_word(op, (a, a_kind), (b, b_kind))
        } else if op == BinaryOp::Mul {
            self.exact_product((a, a_kind), (b, b_kind))
        } else {
            self.exact_sum(op, (a, a_kind), (b, b_kind))
        };
        let kind = self.kind(target);
        let result = self.cut(&words, kind);
        let overflows = self.differ(&words, result, kind);
        self.store_scalar(to, target, result, Access::Plain);
        overflows
    }

    /// The result on operands of up to 32 bits: a signed 64-bit number, except for the product of two unsigned ones.
    fn exact_in_one_word(
        &mut self,
        op: BinaryOp,
        (a, a_kind): (Scalar, IntKind),
        (b, b_kind): (Scalar, IntKind),
    ) -> Vec<Value> {
        let a = self.convert(a, a_kind, IntKind::Long);
        let b = self.convert(b, b_kind, IntKind::Long);
        let result = self.binary(op, IntKind::Long, a, b).word();
        let is_unsigned = !a_kind.is_signed() && !b_kind.is_signed();
        if op == BinaryOp::Mul && is_unsigned {
            let zero = self.builder.iconst(Type::I64, 0);
            return vec![result, zero];
        }
        vec![result]
    }

    /// A sum or difference on 192 bits, which hold that of any two operands.
    fn exact_sum(
        &mut self,
        op: BinaryOp,
        (a, a_kind): (Scalar, IntKind),
        (b, b_kind): (Scalar, IntKind),
    ) -> Vec<Value> {
        let count = if a_kind.bits().max(b_kind.bits()) > 64 {
            3
        } else {
            2
        };
        let a = self.extended_words(a, a_kind, count);
        let b = self.extended_words(b, b_kind, count);
        let mut words = Vec::new();
        let mut carry = None;
        for (&a, &b) in a.iter().zip(&b) {
            let (word, next) = self.add_with_carry(op, a, b, carry);
            words.push(word);
            carry = Some(next);
        }
        words
    }

    /// One word of a sum or difference, and what it carries to or borrows from the next.
    fn add_with_carry(
        &mut self,
        op: BinaryOp,
        a: Value,
        b: Value,
        carry: Option<Value>,
    ) -> (Value, Value) {
        let alu = if op == BinaryOp::Sub {
            AluOp::Sub
        } else {
            AluOp::Add
        };
        let (first, first_carry) = self.carry_step(alu, a, b);
        let Some(carry) = carry else {
            return (first, first_carry);
        };
        let (word, second_carry) = self.carry_step(alu, first, carry);
        let carry = self.builder.binary(AluOp::Or, first_carry, second_carry);
        (word, carry)
    }

    fn carry_step(&mut self, op: AluOp, a: Value, b: Value) -> (Value, Value) {
        let word = self.builder.binary(op, a, b);
        let wraps = if op == AluOp::Sub {
            self.builder.compare(Cond::Lt, a, b)
        } else {
            self.builder.compare(Cond::Lt, word, a)
        };
        (word, self.truth_word(wraps))
    }

    /// The words of an operand, extended by the sign of its type to `count` words.
    fn extended_words(&mut self, value: Scalar, kind: IntKind, count: usize) -> Vec<Value> {
        let mut words = match value {
            Scalar::Pair(wide) => vec![wide.lo, wide.hi],
            Scalar::Word(word) => {
                let Wide { lo, hi } = self.widen(word, kind);
                vec![lo, hi]
            }
        };
        while words.len() < count {
            let above = self.sign_word(words[1], kind.is_signed());
            words.push(above);
        }
        words
    }

    /// A product of operands of up to 64 bits: 128 bits, and the sign that goes on above. A wider one has 256 bits.
    fn exact_product(
        &mut self,
        (a, a_kind): (Scalar, IntKind),
        (b, b_kind): (Scalar, IntKind),
    ) -> Vec<Value> {
        let is_signed = a_kind.is_signed() || b_kind.is_signed();
        let mut words = if a_kind.bits().max(b_kind.bits()) > 64 {
            self.wide_exact_product((a, a_kind), (b, b_kind))
        } else {
            let a = self.convert(a, a_kind, extended_kind(a_kind));
            let b = self.convert(b, b_kind, extended_kind(b_kind));
            self.binary(BinaryOp::Mul, IntKind::Int128, a, b).words()
        };
        let above = self.sign_word(words[words.len() - 1], is_signed);
        words.push(above);
        words
    }

    /// The product in four words, of operands in two:
    ///
    /// ```text
    ///               a1 a0 × b1 b0
    ///                  [a0 × b0]
    ///             [a1 × b0]
    ///             [a0 × b1]
    ///        [a1 × b1]                   for a < 0 less b, and for b < 0 less a, in the upper two words
    /// ```
    fn wide_exact_product(
        &mut self,
        (a, a_kind): (Scalar, IntKind),
        (b, b_kind): (Scalar, IntKind),
    ) -> Vec<Value> {
        let a = self.extended_words(a, a_kind, 2);
        let b = self.extended_words(b, b_kind, 2);
        let low = self.full_product(a[0], b[0]);
        let crossed = self.full_product(a[1], b[0]);
        let other = self.full_product(a[0], b[1]);
        let high = self.full_product(a[1], b[1]);
        let zero = self.builder.iconst(Type::I64, 0);
        let above = |lo| Wide { lo, hi: zero };
        let middle = self.wide_add(crossed, above(low.hi));
        let second = self.wide_add(other, above(middle.lo));
        let upper = self.wide_add(high, above(middle.hi));
        let mut upper = self.wide_add(upper, above(second.hi));
        for (kind, factor, other) in [(a_kind, &a, &b), (b_kind, &b, &a)] {
            let sign = self.sign_word(factor[1], kind.is_signed());
            let mask = Wide { lo: sign, hi: sign };
            let other = Wide {
                lo: other[0],
                hi: other[1],
            };
            let taken = self.halves(AluOp::And, other, mask);
            upper = self.wide_sub(upper, taken);
        }
        vec![low.lo, second.lo, upper.lo, upper.hi]
    }

    /// Whether an exact result is not the value that was kept of it.
    fn differ(&mut self, exact: &[Value], kept: Scalar, kind: IntKind) -> Value {
        let signed = kind.is_signed();
        let mut kept = match kept {
            Scalar::Pair(_) => kept.words(),
            Scalar::Word(_) => vec![self.convert(kept, kind, word_kind(signed)).word()],
        };
        let mut exact = exact.to_vec();
        // The exact result has a sign: that an unsigned value has none must show in a word of its own.
        let length = exact.len().max(kept.len()) + usize::from(!signed);
        self.extend_words(&mut exact, length, true);
        self.extend_words(&mut kept, length, signed);
        let mut difference = None;
        for (&a, &b) in exact.iter().zip(&kept).filter(|(a, b)| a != b) {
            let bits = self.builder.binary(AluOp::Xor, a, b);
            difference = Some(match difference {
                Some(others) => self.builder.binary(AluOp::Or, others, bits),
                None => bits,
            });
        }
        let zero = self.builder.iconst(Type::I64, 0);
        self.builder
            .compare(Cond::Ne, difference.unwrap_or(zero), zero)
    }

    fn extend_words(&mut self, words: &mut Vec<Value>, length: usize, signed: bool) {
        let last = words[words.len() - 1];
        if words.len() < length {
            let above = self.sign_word(last, signed);
            words.resize(length, above);
        }
    }

    /// The low bits of an exact result as a value of the type.
    fn cut(&mut self, words: &[Value], kind: IntKind) -> Scalar {
        if kind.bits() > 64 {
            let lo = words[0];
            let hi = match words.get(1) {
                Some(&hi) => hi,
                None => self.sign_word(lo, true),
            };
            return Scalar::Pair(Wide { lo, hi });
        }
        self.convert(Scalar::Word(words[0]), IntKind::Long, kind)
    }
}

fn word_kind(signed: bool) -> IntKind {
    if signed {
        IntKind::Long
    } else {
        IntKind::ULong
    }
}

/// The 128-bit type that holds all values of `kind` with their sign.
fn extended_kind(kind: IntKind) -> IntKind {
    if kind.is_signed() {
        IntKind::Int128
    } else {
        IntKind::UInt128
    }
}
