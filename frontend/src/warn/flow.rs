//! Where control goes: off the end of a function, into the next case, or nowhere.

use crate::diagnostic::Diagnostic;
use crate::source::{Sources, Span};
use crate::tree::visit::{Visitor, walk_stmt};
use crate::tree::{
    Block, Builtin, Callee, Expr, ExprKind, Function, LabelId, Stmt, StmtKind, Unit,
};

/// Checks one function.
pub(super) fn check(
    unit: &Unit,
    sources: &Sources,
    function: &Function,
    body: &Block,
    found: &mut Vec<Diagnostic>,
) {
    let mut flow = Flow {
        unit,
        sources,
        cases: Vec::new(),
        found,
    };
    let falls = flow.block(body);
    let result = unit.types.function_type(function.ty).map(|ty| ty.result);
    let has_result = result.is_some_and(|ty| !unit.types.is_void(ty));
    // `main` returns 0 there (C11 5.1.2.2.3).
    if falls && has_result && function.name != "main" {
        let message = format!("`{}` can end without a result", function.name);
        let warning = Diagnostic::warning(function.span, message).code("return-type");
        flow.found
            .push(warning.help("end each way through the function with `return`"));
    }
}

struct Flow<'a> {
    unit: &'a Unit,
    sources: &'a Sources,
    /// Labels of cases of the enclosing switches.
    cases: Vec<LabelId>,
    found: &'a mut Vec<Diagnostic>,
}

impl Flow<'_> {
    fn warn(&mut self, code: &'static str, span: Span, message: &str) {
        self.found
            .push(Diagnostic::warning(span, message).code(code));
    }

    /// Whether control gets behind the block if it gets to its start.
    fn block(&mut self, block: &Block) -> bool {
        let mut falls = true;
        let mut reported = false;
        let mut previous: Option<&Stmt> = None;
        for stmt in &block.stmts {
            if let StmtKind::Label(label) = stmt.kind {
                self.check_fall_through(label, stmt.span, previous.filter(|_| falls));
                falls = true;
            }
            if !falls && !reported && !is_harmless(stmt) && !has_label(stmt) {
                self.warn("unreachable-code", stmt.span, "control never gets here");
                reported = true;
            }
            let after = self.stmt(stmt);
            falls = after && (falls || has_label(stmt));
            previous = Some(stmt);
        }
        falls
    }

    fn check_fall_through(&mut self, label: LabelId, span: Span, before: Option<&Stmt>) {
        let Some(before) = before.filter(|_| self.cases.contains(&label)) else {
            return;
        };
        if matches!(before.kind, StmtKind::Label(_)) || self.says_fall_through(before.span, span) {
            return;
        }
        self.found.push(
            Diagnostic::warning(span, "the case above runs into this one")
                .code("implicit-fallthrough")
                .help("end it with `break;`, or say `__attribute__((fallthrough));`"),
        );
    }

    /// Whether an attribute or, as GCC has it, a comment between two statements says that this is meant.
    fn says_fall_through(&self, before: Span, label: Span) -> bool {
        if before.file != label.file || before.start > label.start {
            return true;
        }
        let text = self.sources.snippet(Span {
            end: label.start,
            ..before
        });
        let letters: String = text.chars().filter(|c| c.is_ascii_alphabetic()).collect();
        letters.to_ascii_lowercase().contains("fallthrough")
            || letters.to_ascii_lowercase().contains("fallsthrough")
    }

    /// Whether control gets behind the statement if it gets to it.
    fn stmt(&mut self, stmt: &Stmt) -> bool {
        match &stmt.kind {
            StmtKind::Return(_)
            | StmtKind::Goto(_)
            | StmtKind::ComputedGoto(_)
            | StmtKind::Break
            | StmtKind::Continue => false,
            StmtKind::Expr(expr) => !self.diverges(expr),
            StmtKind::Asm(asm) => asm.falls_through,
            StmtKind::Block(block) => self.block(block),
            StmtKind::If {
                cond,
                then,
                otherwise,
            } => {
                let then = self.stmt(then);
                let otherwise = otherwise.as_ref().is_none_or(|stmt| self.stmt(stmt));
                match cond.as_const() {
                    Some(0) => otherwise,
                    Some(_) => then,
                    None => then || otherwise,
                }
            }
            StmtKind::While { cond, body } => {
                self.stmt(body);
                !is_true(cond) || has_break(body)
            }
            StmtKind::DoWhile { body, cond } => {
                let falls = self.stmt(body);
                has_break(body) || (!is_true(cond) && (falls || has_continue(body)))
            }
            StmtKind::For { cond, body, .. } => {
                self.stmt(body);
                !cond.as_ref().is_none_or(is_true) || has_break(body)
            }
            StmtKind::Switch {
                cases,
                default,
                body,
                ..
            } => {
                let outer = self.cases.len();
                self.cases
                    .extend(cases.iter().map(|case| case.label).chain(*default));
                let falls = self.stmt(body);
                self.cases.truncate(outer);
                falls || default.is_none() || has_break(body)
            }
            _ => true,
        }
    }

    fn diverges(&self, expr: &Expr) -> bool {
        match &expr.kind {
            ExprKind::Call {
                callee: Callee::Func(id),
                ..
            } => self.unit[*id].attributes.noreturn,
            ExprKind::Builtin { builtin, .. } => {
                matches!(builtin, Builtin::Unreachable | Builtin::Trap)
            }
            ExprKind::Cast { arg, .. } => self.diverges(arg),
            _ => false,
        }
    }
}

fn is_true(cond: &Expr) -> bool {
    cond.as_const().is_some_and(|value| value != 0)
}

/// A `break` behind a `return` is a habit, and declarations do nothing.
fn is_harmless(stmt: &Stmt) -> bool {
    matches!(
        stmt.kind,
        StmtKind::Break | StmtKind::Empty | StmtKind::Label(_) | StmtKind::Decl { init: None, .. }
    )
}

/// Looks for statements that belong to the loop or switch whose body is walked.
#[derive(Default)]
struct Jumps {
    breaks: bool,
    continues: bool,
    labels: bool,
    loops: u32,
    breakable: u32,
}

impl Visitor for Jumps {
    fn visit_stmt(&mut self, stmt: &Stmt) {
        let (loops, breakable) = match stmt.kind {
            StmtKind::While { .. } | StmtKind::DoWhile { .. } | StmtKind::For { .. } => (1, 1),
            StmtKind::Switch { .. } => (0, 1),
            _ => (0, 0),
        };
        match stmt.kind {
            StmtKind::Break => self.breaks |= self.breakable == 0,
            StmtKind::Continue => self.continues |= self.loops == 0,
            StmtKind::Label(_) => self.labels = true,
            _ => {}
        }
        self.loops += loops;
        self.breakable += breakable;
        walk_stmt(self, stmt);
        self.loops -= loops;
        self.breakable -= breakable;
    }
}

fn jumps(stmt: &Stmt) -> Jumps {
    let mut jumps = Jumps::default();
    jumps.visit_stmt(stmt);
    jumps
}

fn has_break(body: &Stmt) -> bool {
    jumps(body).breaks
}

fn has_continue(body: &Stmt) -> bool {
    jumps(body).continues
}

fn has_label(stmt: &Stmt) -> bool {
    jumps(stmt).labels
}
