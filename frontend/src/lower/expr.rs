//! Expressions.
//!
//! Three ways to evaluate: `Body::scalar` gives a value in registers, `Body::evaluate_into` writes a struct or union
//! where the caller wants it, `Body::effect` forgets the value.

use bpfcc_ir::{self as ir, BlockCall, Type, Value};
use bpfcc_isa::AluOp;

use super::function::Body;
use super::memory::Address;
use super::place::Located;
use super::repr::{Repr, Scalar, arithmetic_kind, repr, word_type};
use crate::diagnostic::Diagnostic;
use crate::tree::{BinaryOp, CastKind, CompoundOp, Expr, ExprKind, Local, LocalId, Place, UnaryOp};
use crate::types::{IntKind, TypeId};

impl Body<'_, '_> {
    /// The value of a scalar that is no 128-bit integer, or the lower half of one.
    pub(super) fn word(&mut self, expr: &Expr) -> Value {
        self.scalar(expr).word()
    }

    /// The value of a scalar expression.
    pub(super) fn scalar(&mut self, expr: &Expr) -> Scalar {
        let outer = self.enter(expr.span);
        let value = self.scalar_inner(expr);
        self.leave(outer);
        value
    }

    fn scalar_inner(&mut self, expr: &Expr) -> Scalar {
        match &expr.kind {
            ExprKind::IntConst(value) => self.constant(expr.ty, *value),
            ExprKind::FloatConst(_) => self.floating_point(expr),
            ExprKind::Core(query) => self.core_query(expr, query),
            ExprKind::Load(place) => {
                let place = self.locate(place);
                self.read(&place)
            }
            ExprKind::AddressOf(_)
            | ExprKind::PtrOffset { .. }
            | ExprKind::Cast {
                kind: CastKind::PtrToPtr,
                ..
            } => {
                let address = self.pointer(expr);
                Scalar::Word(self.address_value(address))
            }
            ExprKind::FuncAddr(id) => {
                let func = self.module.function(*id);
                Scalar::Word(self.builder.func_addr(func))
            }
            ExprKind::Unary { op, arg } => {
                let value = self.scalar(arg);
                self.unary(*op, value)
            }
            ExprKind::LogicalNot(_)
            | ExprKind::Compare { .. }
            | ExprKind::LogicalAnd(..)
            | ExprKind::LogicalOr(..) => Scalar::Word(self.boolean(expr)),
            ExprKind::Binary { op, lhs, rhs } => {
                let (lhs, rhs) = (self.scalar(lhs), self.scalar(rhs));
                self.binary(*op, self.kind(expr.ty), lhs, rhs)
            }
            ExprKind::Shift { op, value, count } => {
                let (value, count) = (self.scalar(value), self.word(count));
                self.shift(*op, self.kind(expr.ty), value, count)
            }
            ExprKind::Conditional {
                cond,
                then,
                otherwise,
            } => self.conditional(expr.ty, cond, then, otherwise),
            ExprKind::PtrDiff { lhs, rhs, size } => self.pointer_difference(lhs, rhs, *size),
            ExprKind::Cast { kind, arg } => self.cast(*kind, expr, arg),
            ExprKind::Assign { place, value } => {
                let (place, value) = self.assign(place, value);
                self.kept(&place, value)
            }
            ExprKind::CompoundAssign {
                op,
                place,
                computation,
                value,
            } => {
                let (place, value) = self.compound_assign(*op, place, *computation, value);
                self.kept(&place, value)
            }
            ExprKind::IncDec {
                place,
                step,
                postfix,
            } => {
                let (place, before, after) = self.increment(place, *step);
                if *postfix {
                    before
                } else {
                    self.kept(&place, after)
                }
            }
            ExprKind::Call { callee, args } => self.call_value(expr, callee, args),
            ExprKind::Builtin { builtin, args } => self.builtin_value(expr, *builtin, args),
            ExprKind::StmtExpr { block, value } => self.scope(|body| {
                body.stmts(block);
                match value {
                    Some(value) => body.scalar(value),
                    None => body.constant(expr.ty, 0),
                }
            }),
            ExprKind::Comma(first, second) => {
                self.effect(first);
                self.scalar(second)
            }
        }
    }

    /// A constant of a scalar type.
    pub(super) fn constant(&mut self, ty: TypeId, value: i128) -> Scalar {
        match repr(self.types(), ty) {
            Repr::Pair => Scalar::Pair(self.wide_constant(value)),
            Repr::Word(word) => Scalar::Word(self.builder.iconst(word, value as i64)),
            Repr::Nothing | Repr::Memory => {
                panic!(
                    "only scalars have constants, not {}",
                    self.types().spell(ty.unqualified())
                )
            }
        }
    }

    /// The integer type that values of a scalar type compute like.
    pub(super) fn kind(&self, ty: TypeId) -> IntKind {
        arithmetic_kind(self.types(), ty)
    }

    /// `restrict` refuses floating-point numbers before they get here; whoever lowers without it is told as well.
    pub(super) fn floating_point(&mut self, expr: &Expr) -> Scalar {
        let message = "this computes with floating-point numbers; BPF has no registers for them";
        self.report(Diagnostic::error(expr.span, message).code("float"));
        self.constant(expr.ty, 0)
    }

    // Operations.

    fn unary(&mut self, op: UnaryOp, value: Scalar) -> Scalar {
        match (op, value) {
            (UnaryOp::Neg, Scalar::Word(word)) => Scalar::Word(self.builder.neg(word)),
            (UnaryOp::Not, Scalar::Word(word)) => Scalar::Word(self.not(word)),
            (UnaryOp::Neg, Scalar::Pair(wide)) => Scalar::Pair(self.wide_neg(wide)),
            (UnaryOp::Not, Scalar::Pair(wide)) => Scalar::Pair(self.wide_not(wide)),
        }
    }

    /// `p - q` in elements. The difference is a multiple of the size, so that it can be divided without a division: shift
    /// out the size's power of two, then multiply by the inverse of its odd part modulo 2^64.
    fn pointer_difference(&mut self, lhs: &Expr, rhs: &Expr, size: u64) -> Scalar {
        let (lhs, rhs) = (self.word(lhs), self.word(rhs));
        let (lhs, rhs) = (self.pointer_bits(lhs), self.pointer_bits(rhs));
        let bytes = self.builder.binary(AluOp::Sub, lhs, rhs);
        let twos = size.trailing_zeros().min(63);
        let shifted = self.with_constant(AluOp::Arsh, bytes, twos.into());
        let odd = size >> twos;
        if odd <= 1 {
            return Scalar::Word(shifted);
        }
        Scalar::Word(self.with_constant(AluOp::Mul, shifted, inverse(odd) as i64))
    }

    // Control flow inside expressions.

    fn conditional(&mut self, ty: TypeId, cond: &Expr, then: &Expr, otherwise: &Expr) -> Scalar {
        self.diamond(
            ty,
            cond,
            |body| body.scalar(then),
            |body| body.scalar(otherwise),
        )
    }

    /// Goes one of two ways, each of which computes the value.
    pub(super) fn diamond(
        &mut self,
        ty: TypeId,
        cond: &Expr,
        then: impl FnOnce(&mut Self) -> Scalar,
        otherwise: impl FnOnce(&mut Self) -> Scalar,
    ) -> Scalar {
        let [on_true, on_false, done] = [(); 3].map(|()| self.builder.new_block());
        let params = self.block_params(done, ty);
        self.condition(cond, on_true, on_false);
        self.start(on_true);
        let value = then(self);
        self.builder.jump(BlockCall::new(done, value.words()));
        self.start(on_false);
        let value = otherwise(self);
        self.builder.jump(BlockCall::new(done, value.words()));
        self.start(done);
        params
    }

    fn block_params(&mut self, block: ir::Block, ty: TypeId) -> Scalar {
        let words = match repr(self.types(), ty) {
            Repr::Word(word) => vec![word],
            Repr::Pair => vec![Type::I64, Type::I64],
            Repr::Nothing | Repr::Memory => panic!("only scalars travel in block parameters"),
        };
        let params: Vec<_> = words
            .into_iter()
            .map(|word| self.builder.append_param(block, word))
            .collect();
        Scalar::from_words(&params)
    }

    /// Goes on in a block that all jumps lead to already.
    pub(super) fn start(&mut self, block: ir::Block) {
        self.builder.seal_block(block);
        self.builder.switch_to(block);
    }

    /// Runs one of two ways, for their effects.
    fn branch_effects(
        &mut self,
        cond: &Expr,
        then: impl FnOnce(&mut Self),
        otherwise: impl FnOnce(&mut Self),
    ) {
        let [on_true, on_false, done] = [(); 3].map(|()| self.builder.new_block());
        self.condition(cond, on_true, on_false);
        self.start(on_true);
        then(self);
        self.builder.jump(done);
        self.start(on_false);
        otherwise(self);
        self.builder.jump(done);
        self.start(done);
    }

    // Assignments. The value is evaluated before the place: the order is ours to choose (C11 6.5.16p3).

    fn assign(&mut self, place: &Place, value: &Expr) -> (Located, Scalar) {
        let value = self.scalar(value);
        let place = self.locate(place);
        self.write(&place, value);
        (place, value)
    }

    fn compound_assign(
        &mut self,
        op: CompoundOp,
        place: &Place,
        computation: TypeId,
        value: &Expr,
    ) -> (Located, Scalar) {
        let operand = self.scalar(value);
        let ty = place.ty.ty;
        let place = self.locate(place);
        let before = self.read(&place);
        let after = match op {
            CompoundOp::PtrOffset { size } => {
                let address = self.address_at(before.word(), 1);
                let address = self.offset_address(address, operand.word(), size);
                Scalar::Word(self.address_value(address))
            }
            CompoundOp::Binary(op) => self.computed(ty, computation, before, |body, kind, lhs| {
                body.binary(op, kind, lhs, operand)
            }),
            CompoundOp::Shift(op) => self.computed(ty, computation, before, |body, kind, lhs| {
                body.shift(op, kind, lhs, operand.word())
            }),
        };
        self.write(&place, after);
        (place, after)
    }

    /// Converts to the type in which an assignment computes, computes, and converts back.
    fn computed(
        &mut self,
        ty: TypeId,
        computation: TypeId,
        value: Scalar,
        compute: impl FnOnce(&mut Self, IntKind, Scalar) -> Scalar,
    ) -> Scalar {
        let (stored, kind) = (self.kind(ty), self.kind(computation));
        let lhs = self.convert(value, stored, kind);
        let result = compute(self, kind, lhs);
        self.convert(result, kind, stored)
    }

    /// The place, its value before and its value after.
    fn increment(&mut self, place: &Place, step: i64) -> (Located, Scalar, Scalar) {
        let ty = place.ty.ty;
        let place = self.locate(place);
        let before = self.read(&place);
        let after = if self.types().is_pointer(ty) {
            let address = self.address_at(before.word(), 1).plus(step);
            Scalar::Word(self.address_value(address))
        } else {
            self.stepped(self.kind(ty), before, step)
        };
        self.write(&place, after);
        (place, before, after)
    }

    fn stepped(&mut self, kind: IntKind, value: Scalar, step: i64) -> Scalar {
        let computation = kind.promoted();
        let lhs = self.convert(value, kind, computation);
        let rhs = match lhs {
            Scalar::Pair(_) => Scalar::Pair(self.wide_constant(step.into())),
            Scalar::Word(_) => Scalar::Word(self.builder.iconst(word_type(computation), step)),
        };
        let sum = self.binary(BinaryOp::Add, computation, lhs, rhs);
        self.convert(sum, computation, kind)
    }

    // Structs and unions.

    /// Writes the value of an expression, of whatever type, to memory.
    pub(super) fn evaluate_into(&mut self, expr: &Expr, to: Address) {
        if repr(self.types(), expr.ty) != Repr::Memory {
            let value = self.scalar(expr);
            let access = super::memory::Access::Plain;
            return self.store_scalar(to, expr.ty, value, access);
        }
        let outer = self.enter(expr.span);
        self.record_into(expr, to);
        self.leave(outer);
    }

    fn record_into(&mut self, expr: &Expr, to: Address) {
        match &expr.kind {
            ExprKind::Conditional {
                cond,
                then,
                otherwise,
            } => self.branch_effects(
                cond,
                |body| body.evaluate_into(then, to),
                |body| body.evaluate_into(otherwise, to),
            ),
            ExprKind::Call { callee, args } => self.call_into(expr, callee, args, to),
            _ => {
                let from = self.record(expr);
                let size = self.size_of(expr.ty);
                self.copy(to, from, size);
            }
        }
    }

    /// Where the value of a struct or union stands until something else is evaluated.
    pub(super) fn record(&mut self, expr: &Expr) -> Address {
        match &expr.kind {
            ExprKind::Load(place) => self.address_of(place),
            ExprKind::Assign { place, value } => {
                // The value may be computed from what stands in the place, so it is complete before the copy.
                let from = self.record(value);
                let to = self.address_of(place);
                let size = self.size_of(expr.ty);
                self.copy(to, from, size);
                to
            }
            ExprKind::StmtExpr {
                block,
                value: Some(value),
            } => {
                let outer = self.cleanups.len();
                self.stmts(block);
                if self.cleanups.len() == outer {
                    return self.record(value);
                }
                // What is called at the end of the block may change what the value is read from.
                let temporary = self.temporary(expr.ty);
                self.evaluate_into(value, temporary);
                self.end_scope(outer);
                temporary
            }
            ExprKind::Comma(first, second) => {
                self.effect(first);
                self.record(second)
            }
            ExprKind::Cast { arg, .. } => self.record(arg),
            _ => {
                let temporary = self.temporary(expr.ty);
                self.record_into(expr, temporary);
                temporary
            }
        }
    }

    /// Memory for a value without a name.
    pub(super) fn temporary(&mut self, ty: TypeId) -> Address {
        let (size, align) = (self.size_of(ty), self.types().align_of(ty));
        self.new_slot("temporary", size, align)
    }

    /// Gives a local the value of an expression.
    pub(super) fn initialize_with(&mut self, id: LocalId, value: &Expr) {
        let Local { ty, .. } = self.function[id];
        if repr(self.types(), ty.ty) == Repr::Memory {
            let address = self.local_address(id);
            self.evaluate_into(value, address);
        } else {
            let value = self.scalar(value);
            self.set_local(id, value);
        }
    }

    // Effects.

    /// Evaluates an expression and forgets its value.
    pub(super) fn effect(&mut self, expr: &Expr) {
        let outer = self.enter(expr.span);
        self.effect_inner(expr);
        self.leave(outer);
    }

    fn effect_inner(&mut self, expr: &Expr) {
        match &expr.kind {
            ExprKind::Cast {
                kind: CastKind::ToVoid,
                arg,
            } => self.effect(arg),
            ExprKind::Comma(first, second) => {
                self.effect(first);
                self.effect(second);
            }
            ExprKind::StmtExpr { block, value } => {
                self.scope(|body| {
                    body.stmts(block);
                    value.iter().for_each(|value| body.effect(value));
                });
            }
            ExprKind::Conditional {
                cond,
                then,
                otherwise,
            } => self.branch_effects(
                cond,
                |body| body.effect(then),
                |body| body.effect(otherwise),
            ),
            ExprKind::LogicalAnd(first, second) => {
                self.branch_effects(first, |body| body.effect(second), |_| {});
            }
            ExprKind::LogicalOr(first, second) => {
                self.branch_effects(first, |_| {}, |body| body.effect(second));
            }
            ExprKind::Call { callee, args } => self.call_effect(expr, callee, args),
            ExprKind::Builtin { builtin, args } => self.builtin_effect(expr, *builtin, args),
            _ if repr(self.types(), expr.ty) == Repr::Memory => {
                self.record(expr);
            }
            // Behind a `void *` is nothing to read; the pointer is computed all the same.
            ExprKind::Load(place) if repr(self.types(), expr.ty) == Repr::Nothing => {
                self.address_of(place);
            }
            ExprKind::Assign { place, value } => {
                self.assign(place, value);
            }
            ExprKind::CompoundAssign {
                op,
                place,
                computation,
                value,
            } => {
                self.compound_assign(*op, place, *computation, value);
            }
            ExprKind::IncDec { place, step, .. } => {
                self.increment(place, *step);
            }
            _ => {
                self.scalar(expr);
            }
        }
    }

    /// A pointer as an integer; integers stay what they are.
    pub(super) fn pointer_bits(&mut self, value: Value) -> Value {
        if self.builder.ty(value).is_ptr() {
            self.builder.ptr_to_int(value)
        } else {
            value
        }
    }

    /// Says that a construct cannot be expressed.
    pub(super) fn refuse(&mut self, code: &'static str, message: &str, help: &str) {
        self.report(Diagnostic::error(self.span, message).code(code).help(help));
    }
}

/// The number that `odd` times gives 1 modulo 2^64: Newton's iteration doubles the number of right bits each time, and
/// `odd` is right to three bits.
fn inverse(odd: u64) -> u64 {
    let mut guess = odd;
    for _ in 0..5 {
        guess = guess.wrapping_mul(2_u64.wrapping_sub(odd.wrapping_mul(guess)));
    }
    guess
}

#[cfg(test)]
mod tests {
    use super::inverse;

    #[test]
    fn inverses_of_odd_numbers() {
        for odd in [1, 3, 5, 7, 9, 12345, u64::MAX, 0x1234_5678_9abc_def1] {
            assert_eq!(odd.wrapping_mul(inverse(odd)), 1, "{odd}");
        }
    }
}
