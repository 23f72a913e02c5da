//! Walking over the typed tree, in the order in which it is written.
//!
//! A [`Visitor`] overrides what it wants to see and calls the `walk_…` function of the same name to go deeper.

use super::asm::{Asm, AsmInput, AsmOperand};
use super::{Block, Callee, Expr, ExprKind, Init, InitValue, Place, PlaceKind, Stmt, StmtKind};

/// Receives every statement, value and place below the one it is started at.
pub trait Visitor {
    /// Called for each statement.
    fn visit_stmt(&mut self, stmt: &Stmt) {
        walk_stmt(self, stmt);
    }

    /// Called for each value.
    fn visit_expr(&mut self, expr: &Expr) {
        walk_expr(self, expr);
    }

    /// Called for each place.
    fn visit_place(&mut self, place: &Place) {
        walk_place(self, place);
    }
}

/// Visits the statements of a block.
pub fn walk_block<V: Visitor + ?Sized>(visitor: &mut V, block: &Block) {
    for stmt in &block.stmts {
        visitor.visit_stmt(stmt);
    }
}

/// Visits the parts of a statement.
pub fn walk_stmt<V: Visitor + ?Sized>(visitor: &mut V, stmt: &Stmt) {
    match &stmt.kind {
        StmtKind::Expr(expr) => visitor.visit_expr(expr),
        StmtKind::Decl { init, cleanup, .. } => {
            if let Some(init) = init {
                walk_init(visitor, init);
            }
            cleanup.iter().for_each(|call| visitor.visit_expr(call));
        }
        StmtKind::Block(block) => walk_block(visitor, block),
        StmtKind::If {
            cond,
            then,
            otherwise,
        } => {
            visitor.visit_expr(cond);
            visitor.visit_stmt(then);
            if let Some(otherwise) = otherwise {
                visitor.visit_stmt(otherwise);
            }
        }
        StmtKind::While { cond, body } => {
            visitor.visit_expr(cond);
            visitor.visit_stmt(body);
        }
        StmtKind::DoWhile { body, cond } => {
            visitor.visit_stmt(body);
            visitor.visit_expr(cond);
        }
        StmtKind::For {
            init,
            cond,
            step,
            body,
        } => {
            init.iter().for_each(|stmt| visitor.visit_stmt(stmt));
            cond.iter().for_each(|cond| visitor.visit_expr(cond));
            step.iter().for_each(|step| visitor.visit_expr(step));
            visitor.visit_stmt(body);
        }
        StmtKind::Switch { value, body, .. } => {
            visitor.visit_expr(value);
            visitor.visit_stmt(body);
        }
        StmtKind::ComputedGoto(number) => visitor.visit_expr(number),
        StmtKind::Asm(asm) => walk_asm(visitor, asm),
        StmtKind::Return(value) => value.iter().for_each(|value| visitor.visit_expr(value)),
        StmtKind::Label(_)
        | StmtKind::Goto(_)
        | StmtKind::Break
        | StmtKind::Continue
        | StmtKind::Empty => {}
    }
}

/// Visits the operands of inline assembly.
pub fn walk_asm<V: Visitor + ?Sized>(visitor: &mut V, asm: &Asm) {
    for operand in &asm.operands {
        match operand {
            AsmOperand::Output { place, input, .. } => {
                visitor.visit_place(place);
                if let AsmInput::Value(value) = input {
                    visitor.visit_expr(value);
                }
            }
            AsmOperand::Way => {}
            AsmOperand::Input { value, .. }
            | AsmOperand::Const(value)
            | AsmOperand::Memory(value) => visitor.visit_expr(value),
        }
    }
}

/// Visits the values of an initializer.
pub fn walk_init<V: Visitor + ?Sized>(visitor: &mut V, init: &Init) {
    for item in &init.items {
        if let InitValue::Expr(expr) = &item.value {
            visitor.visit_expr(expr);
        }
    }
}

/// Visits the parts of a value.
pub fn walk_expr<V: Visitor + ?Sized>(visitor: &mut V, expr: &Expr) {
    match &expr.kind {
        ExprKind::IntConst(_)
        | ExprKind::FloatConst(_)
        | ExprKind::FuncAddr(_)
        | ExprKind::Core(_) => {}
        ExprKind::Load(place) | ExprKind::AddressOf(place) | ExprKind::IncDec { place, .. } => {
            visitor.visit_place(place);
        }
        ExprKind::Unary { arg, .. } | ExprKind::Cast { arg, .. } | ExprKind::LogicalNot(arg) => {
            visitor.visit_expr(arg);
        }
        ExprKind::Binary { lhs, rhs, .. }
        | ExprKind::Compare { lhs, rhs, .. }
        | ExprKind::PtrDiff { lhs, rhs, .. }
        | ExprKind::LogicalAnd(lhs, rhs)
        | ExprKind::LogicalOr(lhs, rhs)
        | ExprKind::Comma(lhs, rhs) => {
            visitor.visit_expr(lhs);
            visitor.visit_expr(rhs);
        }
        ExprKind::Shift { value, count, .. } => {
            visitor.visit_expr(value);
            visitor.visit_expr(count);
        }
        ExprKind::Conditional {
            cond,
            then,
            otherwise,
        } => {
            visitor.visit_expr(cond);
            visitor.visit_expr(then);
            visitor.visit_expr(otherwise);
        }
        ExprKind::PtrOffset { ptr, index, .. } => {
            visitor.visit_expr(ptr);
            visitor.visit_expr(index);
        }
        ExprKind::Assign { place, value } | ExprKind::CompoundAssign { place, value, .. } => {
            visitor.visit_place(place);
            visitor.visit_expr(value);
        }
        ExprKind::Call { callee, args } => {
            if let Callee::Indirect(pointer) = callee {
                visitor.visit_expr(pointer);
            }
            args.iter().for_each(|arg| visitor.visit_expr(arg));
        }
        ExprKind::Builtin { args, .. } => args.iter().for_each(|arg| visitor.visit_expr(arg)),
        ExprKind::StmtExpr { block, value } => {
            walk_block(visitor, block);
            value.iter().for_each(|value| visitor.visit_expr(value));
        }
    }
}

/// Visits the parts of a place.
pub fn walk_place<V: Visitor + ?Sized>(visitor: &mut V, place: &Place) {
    match &place.kind {
        PlaceKind::Local(_) | PlaceKind::Global(_) => {}
        PlaceKind::Deref(pointer) => visitor.visit_expr(pointer),
        PlaceKind::Member { base, .. } | PlaceKind::BitField { base, .. } => {
            visitor.visit_place(base);
        }
        PlaceKind::CompoundLiteral { init, .. } => walk_init(visitor, init),
        PlaceKind::Temporary { value, .. } => visitor.visit_expr(value),
    }
}
