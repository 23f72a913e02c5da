//! Expressions that are allowed and read differently from what they mean.

use crate::diagnostic::Diagnostic;
use crate::source::{Sources, Span};
use crate::tree::visit::{Visitor, walk_block, walk_expr, walk_stmt};
use crate::tree::{
    BinaryOp, Block, Builtin, Callee, Case, Expr, ExprKind, Place, PlaceKind, Stmt, StmtKind, Unit,
};

use super::paths::{enumerators, is_case};

/// Checks one function.
pub(super) fn check(unit: &Unit, sources: &Sources, body: &Block, found: &mut Vec<Diagnostic>) {
    let mut suspects = Suspects {
        unit,
        sources,
        found,
    };
    walk_block(&mut suspects, body);
}

struct Suspects<'a> {
    unit: &'a Unit,
    sources: &'a Sources,
    found: &'a mut Vec<Diagnostic>,
}

impl Visitor for Suspects<'_> {
    fn visit_stmt(&mut self, stmt: &Stmt) {
        match &stmt.kind {
            StmtKind::If { cond, .. }
            | StmtKind::While { cond, .. }
            | StmtKind::DoWhile { cond, .. } => self.check_condition(cond),
            StmtKind::Expr(expr) => self.check_ignored_result(expr),
            StmtKind::Return(Some(value)) => self.check_returned(value, value.span),
            StmtKind::Switch {
                value,
                cases,
                default: None,
                ..
            } => self.check_cases(value, cases),
            _ => {}
        }
        walk_stmt(self, stmt);
    }

    fn visit_expr(&mut self, expr: &Expr) {
        match &expr.kind {
            ExprKind::Load(place) => self.check_followed(place),
            ExprKind::Assign { place, value } => {
                self.check_followed(place);
                self.check_self_assignment(place, value, expr.span);
            }
            ExprKind::Compare { lhs, rhs, .. } => {
                self.check_same(lhs, rhs, expr.span);
                self.check_string(lhs, rhs, expr.span);
                self.check_negated_side(lhs, rhs, expr);
                for side in [lhs, rhs] {
                    if matches!(unconverted(side).kind, ExprKind::Compare { .. }) {
                        self.check_mix(side, expr, "compares the result of a comparison");
                    }
                }
            }
            ExprKind::Binary {
                op: BinaryOp::And | BinaryOp::Or | BinaryOp::Xor,
                lhs,
                rhs,
            } => {
                for side in [lhs, rhs] {
                    if matches!(unconverted(side).kind, ExprKind::Compare { .. }) {
                        self.check_mix(side, expr, "compares before it combines bits");
                    }
                }
            }
            ExprKind::LogicalOr(lhs, rhs) => {
                for side in [lhs, rhs] {
                    if matches!(side.kind, ExprKind::LogicalAnd(..)) {
                        self.check_mix(side, expr, "does `&&` before `||`");
                    }
                }
            }
            ExprKind::Shift { value, count, .. } => {
                for side in [value, count] {
                    if let ExprKind::Binary {
                        op: BinaryOp::Add | BinaryOp::Sub,
                        ..
                    } = unconverted(side).kind
                    {
                        self.check_mix(side, expr, "adds before it shifts");
                    }
                }
            }
            ExprKind::Builtin { builtin, args } => self.check_lengths(*builtin, args),
            _ => {}
        }
        walk_expr(self, expr);
    }
}

impl Suspects<'_> {
    fn warn(&mut self, code: &'static str, span: Span, message: impl Into<String>, help: &str) {
        let warning = Diagnostic::warning(span, message).code(code);
        self.found.push(match help {
            "" => warning,
            help => warning.help(help),
        });
    }

    /// Whether parentheses stand right around a place.
    fn is_wrapped(&self, span: Span) -> bool {
        let text = self.sources.file(span.file).text();
        let before = text.get(..span.start as usize).unwrap_or("");
        let behind = text.get(span.end as usize..).unwrap_or("");
        before.trim_end().ends_with('(') && behind.trim_start().starts_with(')')
    }

    /// An operand whose operator binds more tightly than one expects, without parentheses.
    fn check_mix(&mut self, operand: &Expr, whole: &Expr, what: &str) {
        // Of one macro, both have the place of its use.
        let is_written = operand.span != whole.span && operand.span.file == whole.span.file;
        if is_written && !self.is_wrapped(operand.span) {
            self.warn(
                "parentheses",
                operand.span,
                format!("without parentheses, this {what}"),
                "put parentheses around what belongs together",
            );
        }
    }

    /// `!a == b`.
    fn check_negated_side(&mut self, lhs: &Expr, rhs: &Expr, whole: &Expr) {
        let inner = unconverted(lhs);
        let is_negated = matches!(inner.kind, ExprKind::LogicalNot(_));
        if !is_negated || inner.span == whole.span || is_logical(unconverted(rhs)) {
            return;
        }
        if inner.span.start == whole.span.start && !self.is_wrapped(inner.span) {
            self.warn(
                "logical-not-parentheses",
                inner.span,
                "this `!` negates the left side only, before it is compared",
                "write `!(… == …)` to negate the comparison, or `(!…) == …` if this is meant",
            );
        }
    }

    fn check_same(&mut self, lhs: &Expr, rhs: &Expr, span: Span) {
        if lhs.span != rhs.span && variable(lhs).is_some() && variable(lhs) == variable(rhs) {
            self.warn(
                "tautological-compare",
                span,
                "this compares a variable with itself",
                "",
            );
        }
    }

    fn check_self_assignment(&mut self, place: &Place, value: &Expr, span: Span) {
        let target = place_variable(place);
        if target.is_some() && target == variable(value) && value.span != place.span {
            self.warn("self-assign", span, "this assigns a variable to itself", "");
        }
    }

    fn check_string(&mut self, lhs: &Expr, rhs: &Expr, span: Span) {
        let is_string = |value: &Expr| match &unconverted(value).kind {
            ExprKind::AddressOf(place) => match place.kind {
                PlaceKind::Global(id) => self.unit[id].name.starts_with(".str"),
                _ => false,
            },
            _ => false,
        };
        if (is_string(lhs) || is_string(rhs))
            && lhs.as_const() != Some(0)
            && rhs.as_const() != Some(0)
        {
            self.warn(
                "string-compare",
                span,
                "this compares the addresses of strings, not their characters",
                "call `bpf_strncmp` (Linux 5.17), or compare the characters in a loop",
            );
        }
    }

    /// The address of something that is there is never null.
    fn check_condition(&mut self, cond: &Expr) {
        let ExprKind::AddressOf(place) = &cond.kind else {
            return;
        };
        let is_there = match place.kind {
            PlaceKind::Local(_) => true,
            PlaceKind::Global(id) => self.unit[id].image.is_some(),
            _ => false,
        };
        if is_there {
            let message = "this address is never null, so the condition is always true";
            self.warn("address", cond.span, message, "");
        }
    }

    fn check_followed(&mut self, place: &Place) {
        match &place.kind {
            PlaceKind::Member { base, .. } | PlaceKind::BitField { base, .. } => {
                self.check_followed(base);
            }
            PlaceKind::Deref(pointer)
                if pointer.as_const() == Some(0) && !place.ty.quals.is_volatile =>
            {
                self.warn(
                    "null-dereference",
                    pointer.span,
                    "this is the null pointer, which points to nothing",
                    "",
                );
            }
            _ => {}
        }
    }

    /// The address of what lives as long as the function's frame.
    fn check_returned(&mut self, value: &Expr, span: Span) {
        match &value.kind {
            ExprKind::Cast { arg, .. } if self.unit.types.is_pointer(arg.ty) => {
                self.check_returned(arg, span);
            }
            ExprKind::PtrOffset { ptr, .. } => self.check_returned(ptr, span),
            ExprKind::AddressOf(place) if lives_in_frame(place) => self.warn(
                "return-stack-address",
                span,
                "this is the address of a variable that is gone after the return",
                "return its value, or let the caller pass a pointer to where it goes",
            ),
            _ => {}
        }
    }

    fn check_ignored_result(&mut self, expr: &Expr) {
        let ExprKind::Call {
            callee: Callee::Func(id),
            ..
        } = expr.kind
        else {
            return;
        };
        let function = &self.unit[id];
        if function.attributes.warn_unused_result {
            let message = format!("`{}` asks that its result be looked at", function.name);
            self.warn("unused-result", expr.span, message, "");
        }
    }

    /// Enumerators for which there is no case.
    fn check_cases(&mut self, value: &Expr, cases: &[Case]) {
        let Some(values) = enumerators(&self.unit.types, value) else {
            return;
        };
        let missing = values.iter().filter(|(_, value)| !is_case(*value, cases));
        let missing: Vec<&str> = missing.map(|(name, _)| name.as_str()).collect();
        let named = match missing.as_slice() {
            [] => return,
            [only] => format!("`{only}`"),
            [first, second] => format!("`{first}` and `{second}`"),
            [first, second, rest @ ..] => {
                format!("`{first}`, `{second}` and {} more", rest.len())
            }
        };
        self.warn(
            "switch",
            value.span,
            format!("this `switch` has no case for {named}"),
            "add the cases, or `default:`",
        );
    }

    fn check_lengths(&mut self, builtin: Builtin, args: &[Expr]) {
        let [target, second, length] = args else {
            return;
        };
        match builtin {
            Builtin::Memset if length.as_const() == Some(0) && second.as_const() != Some(0) => {
                self.warn(
                    "memset-transposed-args",
                    length.span,
                    "this sets no bytes: the length is the last argument",
                    "exchange the last two arguments",
                );
            }
            Builtin::Memset => self.check_pointer_size(&[target], length),
            Builtin::Memcpy | Builtin::Memmove | Builtin::Memcmp => {
                self.check_pointer_size(&[target, second], length);
            }
            _ => {}
        }
    }

    /// `memset(p, 0, sizeof(p))`, as it is written: the tree has the number only.
    fn check_pointer_size(&mut self, pointers: &[&Expr], length: &Expr) {
        let text = self.sources.snippet(length.span);
        let Some(operand) = text.trim().strip_prefix("sizeof") else {
            return;
        };
        let operand = operand.trim().trim_start_matches('(').trim_end_matches(')');
        let operand = operand.trim();
        let is_measured = |pointer: &&&Expr| {
            let pointer = unconverted(pointer);
            let is_variable = matches!(pointer.kind, ExprKind::Load(_));
            is_variable && self.sources.snippet(pointer.span) == operand
        };
        if pointers.iter().any(|pointer| is_measured(&pointer)) {
            let message =
                format!("this is the size of the pointer `{operand}`, not of what it points to");
            let help = format!("write `sizeof(*{operand})`");
            self.warn("sizeof-pointer-memaccess", length.span, message, &help);
        }
    }
}

/// A value before its conversions.
fn unconverted(value: &Expr) -> &Expr {
    match &value.kind {
        ExprKind::Cast { arg, .. } => unconverted(arg),
        _ => value,
    }
}

fn is_logical(value: &Expr) -> bool {
    matches!(
        value.kind,
        ExprKind::LogicalNot(_)
            | ExprKind::Compare { .. }
            | ExprKind::LogicalAnd(..)
            | ExprKind::LogicalOr(..)
    )
}

/// A whole variable, by the number of a local or a global.
fn place_variable(place: &Place) -> Option<(bool, usize)> {
    match place.kind {
        _ if place.ty.quals.is_volatile => None,
        PlaceKind::Local(id) => Some((true, id.index())),
        PlaceKind::Global(id) => Some((false, id.index())),
        _ => None,
    }
}

/// The variable whose content a value is, if nothing converts it.
fn variable(value: &Expr) -> Option<(bool, usize)> {
    match &unconverted(value).kind {
        ExprKind::Load(place) => place_variable(place),
        _ => None,
    }
}

fn lives_in_frame(place: &Place) -> bool {
    match &place.kind {
        PlaceKind::Local(_) | PlaceKind::CompoundLiteral { .. } | PlaceKind::Temporary { .. } => {
            true
        }
        PlaceKind::Member { base, .. } => lives_in_frame(base),
        _ => false,
    }
}
