//! Arithmetic on integers.
//!
//! It means what BPF's own instructions mean: it wraps, and nothing is concluded from what C leaves undefined
//! (VERIFIER-RULES 22).

use bpfcc_ir::{Type, Value};
use bpfcc_isa::{AluOp, Size};

use super::function::Body;
use super::repr::Scalar;
use crate::tree::{BinaryOp, ShiftOp};
use crate::types::IntKind;

impl Body<'_, '_> {
    /// `lhs op rhs` on values of one promoted type.
    pub(super) fn binary(
        &mut self,
        op: BinaryOp,
        kind: IntKind,
        lhs: Scalar,
        rhs: Scalar,
    ) -> Scalar {
        match (lhs, rhs) {
            (Scalar::Pair(lhs), Scalar::Pair(rhs)) => {
                Scalar::Pair(self.wide_binary(op, kind, lhs, rhs))
            }
            (lhs, rhs) => {
                let op = alu_op(op, kind.is_signed());
                Scalar::Word(self.builder.binary(op, lhs.word(), rhs.word()))
            }
        }
    }

    /// `value << count`, `value >> count`; counts that are too large are masked, as the machine does.
    pub(super) fn shift(
        &mut self,
        op: ShiftOp,
        kind: IntKind,
        value: Scalar,
        count: Value,
    ) -> Scalar {
        let op = shift_op(op, kind.is_signed());
        match value {
            Scalar::Pair(wide) => {
                let count = self.shift_count(count, Type::I64);
                Scalar::Pair(self.wide_shift(op, wide, count))
            }
            Scalar::Word(word) => {
                let count = self.shift_count(count, self.builder.ty(word));
                Scalar::Word(self.builder.binary(op, word, count))
            }
        }
    }

    /// A shift count of the type of what is shifted.
    fn shift_count(&mut self, count: Value, ty: Type) -> Value {
        match self.builder.func().as_const(count) {
            Some(count) => self.builder.iconst(ty, count),
            None => self.coerce(count, ty),
        }
    }

    /// `value op constant`.
    pub(super) fn with_constant(&mut self, op: AluOp, value: Value, constant: i64) -> Value {
        let changes_nothing = constant == 0
            && matches!(
                op,
                AluOp::Add
                    | AluOp::Sub
                    | AluOp::Or
                    | AluOp::Xor
                    | AluOp::Lsh
                    | AluOp::Rsh
                    | AluOp::Arsh
            );
        if changes_nothing {
            return value;
        }
        let constant = self.builder.iconst(self.builder.ty(value), constant);
        self.builder.binary(op, value, constant)
    }

    /// `~value`.
    pub(super) fn not(&mut self, value: Value) -> Value {
        self.with_constant(AluOp::Xor, value, -1)
    }

    /// 64 copies of the sign of a signed `i64`; zeros for an unsigned one.
    pub(super) fn sign_word(&mut self, value: Value, signed: bool) -> Value {
        if signed {
            self.with_constant(AluOp::Arsh, value, 63)
        } else {
            self.builder.iconst(Type::I64, 0)
        }
    }

    /// A truth value, 0 or 1, as an `i64`.
    pub(super) fn truth_word(&mut self, truth: Value) -> Value {
        self.builder.zero_extend(Type::I64, Size::W, truth)
    }
}

fn alu_op(op: BinaryOp, signed: bool) -> AluOp {
    match op {
        BinaryOp::Add => AluOp::Add,
        BinaryOp::Sub => AluOp::Sub,
        BinaryOp::Mul => AluOp::Mul,
        BinaryOp::Div if signed => AluOp::Sdiv,
        BinaryOp::Div => AluOp::Div,
        BinaryOp::Rem if signed => AluOp::Smod,
        BinaryOp::Rem => AluOp::Mod,
        BinaryOp::And => AluOp::And,
        BinaryOp::Or => AluOp::Or,
        BinaryOp::Xor => AluOp::Xor,
    }
}

fn shift_op(op: ShiftOp, signed: bool) -> AluOp {
    match op {
        ShiftOp::Left => AluOp::Lsh,
        ShiftOp::Right if signed => AluOp::Arsh,
        ShiftOp::Right => AluOp::Rsh,
    }
}
