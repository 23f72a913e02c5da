//! `switch`: single values in one instruction, ranges by two comparisons each.

use bpfcc_ir::{self as ir, BlockCall, Type, Value};

use super::condition::condition_code;
use super::function::Body;
use super::repr::{Scalar, Wide, word_type};
use crate::tree::{Case, CompareOp, Expr, LabelId, Stmt};
use crate::types::IntKind;

/// A range of up to this many values is as many cases.
const SMALL_RANGE: i128 = 8;

impl Body<'_, '_> {
    /// A `switch` statement.
    pub(super) fn switch_stmt(
        &mut self,
        value: &Expr,
        cases: &[Case],
        default: Option<LabelId>,
        body: &Stmt,
    ) {
        let done = self.builder.new_block();
        let otherwise = match default {
            Some(label) => self.label(label),
            None => done,
        };
        let kind = self.kind(value.ty);
        match self.scalar(value) {
            Scalar::Word(word) => self.dispatch(word, kind, cases, otherwise),
            Scalar::Pair(wide) => self.dispatch_wide(wide, kind, cases, otherwise),
        }
        let exit = self.exit(done);
        self.breaks.push(exit);
        self.stmt(body);
        self.breaks.pop();
        self.jump_unless_left(done);
        self.start(done);
    }

    fn dispatch(&mut self, value: Value, kind: IntKind, cases: &[Case], otherwise: ir::Block) {
        let ty = word_type(kind);
        let mut singles = Vec::new();
        for case in cases {
            let block = self.label(case.label);
            if case.high - case.low < SMALL_RANGE {
                let values = (case.low..=case.high).map(|value| in_register(ty, value));
                singles.extend(values.map(|value| (value, BlockCall::from(block))));
            } else {
                self.jump_if_in_range(value, kind, case, block);
            }
        }
        if singles.is_empty() {
            self.builder.jump(otherwise);
        } else {
            self.builder.switch(value, singles, otherwise);
        }
    }

    /// Two branches, each of which tests what the program says (VERIFIER-RULES 5).
    fn jump_if_in_range(&mut self, value: Value, kind: IntKind, case: &Case, block: ir::Block) {
        let ty = word_type(kind);
        let [above, next] = [(); 2].map(|()| self.builder.new_block());
        let low = self.builder.iconst(ty, in_register(ty, case.low));
        let at_least = condition_code(CompareOp::Ge, kind.is_signed());
        self.builder.branch(at_least, [value, low], above, next);
        self.start(above);
        let high = self.builder.iconst(ty, in_register(ty, case.high));
        let at_most = condition_code(CompareOp::Le, kind.is_signed());
        self.builder.branch(at_most, [value, high], block, next);
        self.start(next);
    }

    fn dispatch_wide(&mut self, value: Wide, kind: IntKind, cases: &[Case], otherwise: ir::Block) {
        for case in cases {
            let block = self.label(case.label);
            let [above, next] = [(); 2].map(|()| self.builder.new_block());
            let low = self.wide_constant(case.low);
            let (cond, args) = self.wide_test(CompareOp::Ge, kind.is_signed(), value, low);
            self.builder.branch(cond, args, above, next);
            self.start(above);
            let high = self.wide_constant(case.high);
            let (cond, args) = self.wide_test(CompareOp::Le, kind.is_signed(), value, high);
            self.builder.branch(cond, args, block, next);
            self.start(next);
        }
        self.builder.jump(otherwise);
    }
}

/// A case's value as the register holds it.
fn in_register(ty: Type, value: i128) -> i64 {
    match ty {
        Type::I32 => i64::from(value as i32),
        Type::I64 | Type::Ptr(_) => value as i64,
    }
}
