//! Statements whose place on the page says something else than their braces.

use crate::diagnostic::Diagnostic;
use crate::source::{Sources, Span};
use crate::tree::visit::{Visitor, walk_block, walk_stmt};
use crate::tree::{Block, Expr, ExprKind, Stmt, StmtKind};

/// Checks one function.
pub(super) fn check(sources: &Sources, body: &Block, found: &mut Vec<Diagnostic>) {
    Layout { sources, found }.block(body);
}

struct Layout<'a> {
    sources: &'a Sources,
    found: &'a mut Vec<Diagnostic>,
}

impl Visitor for Layout<'_> {
    fn visit_stmt(&mut self, stmt: &Stmt) {
        match &stmt.kind {
            StmtKind::Block(block) => return self.block(block),
            StmtKind::If {
                then,
                otherwise: None,
                ..
            } => self.check_else(then),
            _ => {}
        }
        walk_stmt(self, stmt);
    }

    fn visit_expr(&mut self, expr: &Expr) {
        if let ExprKind::StmtExpr { block, value } = &expr.kind {
            self.block(block);
            value.iter().for_each(|value| self.visit_expr(value));
            return;
        }
        crate::tree::visit::walk_expr(self, expr);
    }
}

impl Layout<'_> {
    fn block(&mut self, block: &Block) {
        for pair in block.stmts.windows(2) {
            self.check_indentation(&pair[0], &pair[1]);
        }
        walk_block(self, block);
    }

    /// `if (a) if (b) x; else y;`: the `else` belongs to the inner `if`.
    fn check_else(&mut self, then: &Stmt) {
        let StmtKind::If {
            otherwise: Some(otherwise),
            ..
        } = &then.kind
        else {
            return;
        };
        let keyword = Span {
            end: then.span.start + "if".len() as u32,
            ..then.span
        };
        self.found.push(
            Diagnostic::warning(
                keyword,
                "this `if` takes the `else` below, not the `if` above",
            )
            .code("parentheses")
            .note(otherwise.span, "done if this one's condition is false")
            .help("put braces around the inner `if`"),
        );
    }

    /// A statement below the only one of an `if` or loop, in the same column.
    fn check_indentation(&mut self, guard: &Stmt, next: &Stmt) {
        let (keyword, only) = match &guard.kind {
            StmtKind::If {
                then,
                otherwise: None,
                ..
            } => ("if", then),
            StmtKind::If {
                otherwise: Some(otherwise),
                ..
            } => ("else", otherwise),
            StmtKind::While { body, .. } => ("while", body),
            StmtKind::For { body, .. } => ("for", body),
            _ => return,
        };
        let is_one = !matches!(
            only.kind,
            StmtKind::Block(_) | StmtKind::Empty | StmtKind::If { .. }
        );
        if !is_one || matches!(next.kind, StmtKind::Label(_) | StmtKind::Empty) {
            return;
        }
        let places = [guard.span, only.span, next.span].map(|span| self.indentation(span));
        let [Some(outer), Some(inner), Some(behind)] = places else {
            return;
        };
        if inner == behind && inner != outer && inner.starts_with(outer) {
            let message = format!("this does not belong to the `{keyword}` above");
            self.found.push(
                Diagnostic::warning(next.span, message)
                    .code("misleading-indentation")
                    .note(guard.span, format!("the `{keyword}` ends before it"))
                    .help("put braces around what belongs together"),
            );
        }
    }

    /// The white space before a statement that starts its line.
    fn indentation(&self, span: Span) -> Option<&str> {
        let text = self.sources.file(span.file).text();
        let line = text.get(..span.start as usize)?.rsplit('\n').next()?;
        line.chars().all(char::is_whitespace).then_some(line)
    }
}
