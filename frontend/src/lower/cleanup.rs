//! Calls at the end of a scope: `__attribute__((cleanup(f)))`.
//!
//! A stack holds the calls of the scopes around the present statement. Each way out makes those of the scopes it leaves, the
//! latest first: the end of a block, `break`, `continue` and `return` leave scopes inside of what they leave, a `goto` those
//! that its label is not in.

use std::rc::Rc;

use super::function::Body;
use crate::tree::visit::{Visitor, walk_block, walk_expr, walk_stmt};
use crate::tree::{Expr, ExprKind, Function, LocalId, Stmt, StmtKind};

/// A call to be made when a local's life ends.
#[derive(Clone, Debug)]
pub(super) struct Cleanup {
    local: LocalId,
    call: Rc<Expr>,
}

/// For each label the locals with a cleanup that live there, the outermost first.
pub(super) fn live_at_labels(function: &Function) -> Vec<Vec<LocalId>> {
    let mut finder = LiveAtLabels {
        live: Vec::new(),
        found: vec![Vec::new(); function.labels.len()],
    };
    if let Some(body) = &function.body {
        walk_block(&mut finder, body);
    }
    finder.found
}

struct LiveAtLabels {
    live: Vec<LocalId>,
    found: Vec<Vec<LocalId>>,
}

impl LiveAtLabels {
    fn scoped(&mut self, walk: impl FnOnce(&mut Self)) {
        let outer = self.live.len();
        walk(self);
        self.live.truncate(outer);
    }
}

impl Visitor for LiveAtLabels {
    fn visit_stmt(&mut self, stmt: &Stmt) {
        match &stmt.kind {
            StmtKind::Decl {
                local,
                cleanup: Some(_),
                ..
            } => {
                walk_stmt(self, stmt);
                self.live.push(*local);
            }
            StmtKind::Label(label) => self.found[label.index()].clone_from(&self.live),
            StmtKind::Block(_) | StmtKind::For { .. } => {
                self.scoped(|finder| walk_stmt(finder, stmt));
            }
            _ => walk_stmt(self, stmt),
        }
    }

    fn visit_expr(&mut self, expr: &Expr) {
        match expr.kind {
            ExprKind::StmtExpr { .. } => self.scoped(|finder| walk_expr(finder, expr)),
            _ => walk_expr(self, expr),
        }
    }
}

impl Body<'_, '_> {
    /// From here to the end of the present scope, leaving it makes a call.
    pub(super) fn push_cleanup(&mut self, local: LocalId, call: &Expr) {
        let call = Rc::new(call.clone());
        self.cleanups.push(Cleanup { local, call });
    }

    /// Ends the scope that started when there were `outer` calls to make.
    pub(super) fn end_scope(&mut self, outer: usize) {
        if !self.builder.is_terminated() {
            self.run_cleanups(outer);
        }
        self.cleanups.truncate(outer);
    }

    /// Makes the calls of the scopes inside of that which has `outer` calls to make, and stays in these scopes.
    pub(super) fn run_cleanups(&mut self, outer: usize) {
        for index in (outer..self.cleanups.len()).rev() {
            let call = Rc::clone(&self.cleanups[index].call);
            self.effect(&call);
        }
    }

    /// Makes the calls of the scopes that a jump to a place with these live locals leaves.
    pub(super) fn run_cleanups_outside(&mut self, live: &[LocalId]) {
        let shared = self.cleanups.iter().zip(live);
        let shared = shared.take_while(|(cleanup, local)| cleanup.local == **local);
        let outer = shared.count();
        self.run_cleanups(outer);
    }
}
