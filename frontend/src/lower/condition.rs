//! Conditions become control flow.
//!
//! `if (p + 14 > end || !q)` is two branches, and each tests what the program tests: the kernel's checker learns bounds from
//! `branch a gt b`, not from a number that was computed from a comparison (VERIFIER-RULES 5 and 10). A truth value is
//! made only where C wants one: `int found = a && b;`.

use bpfcc_ir::{self as ir, BlockCall, Type, Value};
use bpfcc_isa::{AluOp, Cond};

use super::function::Body;
use super::repr::{Repr, Scalar, repr};
use crate::tree::{Builtin, CastKind, CompareOp, Expr, ExprKind};

/// A comparison of two values in registers.
type Test = (Cond, [Value; 2]);

impl Body<'_, '_> {
    /// Goes to `then` if the scalar is not zero, else to `otherwise`. More jumps to both may follow.
    pub(super) fn condition(&mut self, expr: &Expr, then: ir::Block, otherwise: ir::Block) {
        let (expr, negated) = self.peel(expr);
        let (then, otherwise) = if negated {
            (otherwise, then)
        } else {
            (then, otherwise)
        };
        let outer = self.enter(expr.span);
        self.peeled_condition(expr, then, otherwise);
        self.leave(outer);
    }

    fn peeled_condition(&mut self, expr: &Expr, then: ir::Block, otherwise: ir::Block) {
        match &expr.kind {
            ExprKind::IntConst(0) => self.builder.jump(otherwise),
            ExprKind::IntConst(_) => self.builder.jump(then),
            ExprKind::LogicalAnd(first, second) => {
                let next = self.builder.new_block();
                self.condition(first, next, otherwise);
                self.start(next);
                self.condition(second, then, otherwise);
            }
            ExprKind::LogicalOr(first, second) => {
                let next = self.builder.new_block();
                self.condition(first, then, next);
                self.start(next);
                self.condition(second, then, otherwise);
            }
            ExprKind::Conditional {
                cond,
                then: if_true,
                otherwise: if_false,
            } => {
                let [on_true, on_false] = [(); 2].map(|()| self.builder.new_block());
                self.condition(cond, on_true, on_false);
                self.start(on_true);
                self.condition(if_true, then, otherwise);
                self.start(on_false);
                self.condition(if_false, then, otherwise);
            }
            ExprKind::Comma(first, second) => {
                self.effect(first);
                self.condition(second, then, otherwise);
            }
            ExprKind::StmtExpr {
                block,
                value: Some(value),
            } => {
                // Scopes are left before the branch, so the value is computed if one of them has something to do then.
                let outer = self.cleanups.len();
                self.stmts(block);
                if self.cleanups.len() == outer {
                    return self.condition(value, then, otherwise);
                }
                let (cond, args) = self.test(value);
                self.end_scope(outer);
                self.builder.branch(cond, args, then, otherwise);
            }
            ExprKind::Builtin {
                builtin: Builtin::Memcmp,
                args,
            } => self.memory_differs(args, then, otherwise),
            _ => {
                let (cond, args) = self.test(expr);
                self.builder.branch(cond, args, then, otherwise);
            }
        }
    }

    /// A scalar's truth value, 0 or 1.
    pub(super) fn boolean(&mut self, expr: &Expr) -> Value {
        let (inner, negated) = self.peel(expr);
        if is_control_flow(inner) {
            return self.truth_of_branch(expr);
        }
        if !negated && self.types().is_bool(inner.ty) {
            return self.word(inner);
        }
        let outer = self.enter(inner.span);
        let (cond, args) = self.test(inner);
        let truth = match (negated, cond.inverse()) {
            (true, Some(inverse)) => self.builder.compare(inverse, args[0], args[1]),
            (false, _) => self.builder.compare(cond, args[0], args[1]),
            (true, None) => {
                let truth = self.builder.compare(cond, args[0], args[1]);
                self.with_constant(AluOp::Xor, truth, 1)
            }
        };
        self.leave(outer);
        truth
    }

    fn truth_of_branch(&mut self, expr: &Expr) -> Value {
        let [on_true, on_false, done] = [(); 3].map(|()| self.builder.new_block());
        let truth = self.builder.append_param(done, Type::I32);
        self.condition(expr, on_true, on_false);
        for (block, value) in [(on_true, 1), (on_false, 0)] {
            self.start(block);
            let value = self.builder.iconst(Type::I32, value);
            self.builder.jump(BlockCall::new(done, [value]));
        }
        self.start(done);
        truth
    }

    /// The comparison that decides whether a scalar is not zero.
    fn test(&mut self, expr: &Expr) -> Test {
        let ExprKind::Compare { op, lhs, rhs } = &expr.kind else {
            let value = self.scalar(expr);
            return self.non_zero(value);
        };
        let signed = self.kind(lhs.ty).is_signed();
        match (self.scalar(lhs), self.scalar(rhs)) {
            (Scalar::Pair(lhs), Scalar::Pair(rhs)) => self.wide_test(*op, signed, lhs, rhs),
            (lhs, rhs) => (condition_code(*op, signed), [lhs.word(), rhs.word()]),
        }
    }

    /// The comparison that decides whether a value is not zero.
    pub(super) fn non_zero(&mut self, value: Scalar) -> Test {
        let word = match value {
            Scalar::Word(word) => word,
            Scalar::Pair(wide) => self.builder.binary(AluOp::Or, wide.lo, wide.hi),
        };
        let zero = self.builder.iconst(self.builder.ty(word), 0);
        (Cond::Ne, [word, zero])
    }

    /// Looks through everything that leaves the truth value as it is, or turns it around.
    fn peel<'e>(&self, expr: &'e Expr) -> (&'e Expr, bool) {
        let (mut expr, mut negated) = (expr, false);
        loop {
            match &expr.kind {
                ExprKind::LogicalNot(arg) => {
                    negated = !negated;
                    expr = arg;
                }
                ExprKind::Cast { kind, arg } if self.keeps_truth(*kind, expr, arg) => expr = arg,
                ExprKind::Compare {
                    op: op @ (CompareOp::Eq | CompareOp::Ne),
                    lhs,
                    rhs,
                } if rhs.as_const() == Some(0) && self.is_truth_value(lhs) => {
                    negated ^= *op == CompareOp::Eq;
                    expr = lhs;
                }
                _ => return (expr, negated),
            }
        }
    }

    /// Whether a value is zero after the cast exactly if it was before.
    fn keeps_truth(&self, cast: CastKind, expr: &Expr, arg: &Expr) -> bool {
        let is_word_or_pair = matches!(repr(self.types(), arg.ty), Repr::Word(_) | Repr::Pair);
        match cast {
            CastKind::ToBool => is_word_or_pair && !self.types().is_float(arg.ty),
            CastKind::IntToInt => self.size_of(expr.ty) >= self.size_of(arg.ty),
            CastKind::IntToPtr | CastKind::PtrToInt => {
                self.size_of(expr.ty) == self.size_of(arg.ty)
            }
            CastKind::PtrToPtr => true,
            CastKind::ToVoid | CastKind::Float => false,
        }
    }

    /// Whether this is 0 or 1 because it says whether something holds.
    fn is_truth_value(&self, expr: &Expr) -> bool {
        match &expr.kind {
            ExprKind::LogicalNot(_)
            | ExprKind::Compare { .. }
            | ExprKind::LogicalAnd(..)
            | ExprKind::LogicalOr(..)
            | ExprKind::Builtin {
                builtin: Builtin::Memcmp,
                ..
            } => true,
            ExprKind::Cast { kind, arg } => {
                self.keeps_truth(*kind, expr, arg) && self.is_truth_value(arg)
            }
            _ => false,
        }
    }
}

/// Whether a truth value is found by going one of two ways.
fn is_control_flow(expr: &Expr) -> bool {
    matches!(
        expr.kind,
        ExprKind::LogicalAnd(..)
            | ExprKind::LogicalOr(..)
            | ExprKind::Builtin {
                builtin: Builtin::Memcmp,
                ..
            }
    )
}

/// The machine's comparison.
pub(super) fn condition_code(op: CompareOp, signed: bool) -> Cond {
    match (op, signed) {
        (CompareOp::Eq, _) => Cond::Eq,
        (CompareOp::Ne, _) => Cond::Ne,
        (CompareOp::Lt, false) => Cond::Lt,
        (CompareOp::Le, false) => Cond::Le,
        (CompareOp::Gt, false) => Cond::Gt,
        (CompareOp::Ge, false) => Cond::Ge,
        (CompareOp::Lt, true) => Cond::Slt,
        (CompareOp::Le, true) => Cond::Sle,
        (CompareOp::Gt, true) => Cond::Sgt,
        (CompareOp::Ge, true) => Cond::Sge,
    }
}
