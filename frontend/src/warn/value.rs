//! Values that are computed for nothing, decided by their types, or cut.

use crate::diagnostic::Diagnostic;
use crate::source::{Sources, Span};
use crate::tree::visit::{Visitor, walk_block, walk_expr, walk_place, walk_stmt};
use crate::tree::{
    Block, CastKind, CompareOp, Expr, ExprKind, Place, PlaceKind, Stmt, StmtKind, Unit,
};
use crate::types::IntKind;

/// Checks the statements and values of one function.
pub(super) fn check(unit: &Unit, sources: &Sources, body: &Block, found: &mut Vec<Diagnostic>) {
    let mut values = Values {
        unit,
        sources,
        found,
    };
    walk_block(&mut values, body);
}

struct Values<'a> {
    unit: &'a Unit,
    sources: &'a Sources,
    found: &'a mut Vec<Diagnostic>,
}

impl Visitor for Values<'_> {
    fn visit_stmt(&mut self, stmt: &Stmt) {
        match &stmt.kind {
            StmtKind::Expr(expr) => self.check_unused(expr),
            StmtKind::If {
                cond,
                then,
                otherwise,
            } => {
                self.check_parentheses(cond);
                self.check_body(then, "if");
                if let Some(otherwise) = otherwise {
                    self.check_body(otherwise, "else");
                }
            }
            StmtKind::While { cond, .. } | StmtKind::DoWhile { cond, .. } => {
                self.check_parentheses(cond);
            }
            StmtKind::For {
                cond: Some(cond), ..
            } => self.check_parentheses(cond),
            _ => {}
        }
        walk_stmt(self, stmt);
    }

    fn visit_expr(&mut self, expr: &Expr) {
        match &expr.kind {
            ExprKind::Compare { op, lhs, rhs } => {
                self.check_signs(lhs, rhs, expr.span);
                self.check_limits(*op, lhs, rhs, expr.span);
            }
            ExprKind::Cast {
                kind: CastKind::IntToInt,
                arg,
            } => self.check_pointer(expr, arg),
            ExprKind::AddressOf(place) => self.check_packed(place, expr.span),
            _ => {}
        }
        walk_expr(self, expr);
    }

    fn visit_place(&mut self, place: &Place) {
        // `a[i]` takes the address of `a` to access it at once, as the place that it is.
        if let PlaceKind::Deref(pointer) = &place.kind {
            return self.visit_followed(pointer);
        }
        walk_place(self, place);
    }
}

impl Values<'_> {
    fn warn(&mut self, code: &'static str, span: Span, message: impl Into<String>) {
        self.found
            .push(Diagnostic::warning(span, message).code(code));
    }

    /// Visits a pointer that is followed, not kept.
    fn visit_followed(&mut self, pointer: &Expr) {
        match &pointer.kind {
            ExprKind::AddressOf(place) => self.visit_place(place),
            ExprKind::PtrOffset { ptr, index, .. } => {
                self.visit_followed(ptr);
                self.visit_expr(index);
            }
            _ => self.visit_expr(pointer),
        }
    }

    fn check_unused(&mut self, expr: &Expr) {
        let is_unused = match &expr.kind {
            ExprKind::Load(place) => !place.ty.quals.is_volatile,
            ExprKind::Unary { .. }
            | ExprKind::LogicalNot(_)
            | ExprKind::Binary { .. }
            | ExprKind::Shift { .. }
            | ExprKind::Compare { .. }
            | ExprKind::PtrOffset { .. }
            | ExprKind::PtrDiff { .. } => true,
            _ => false,
        };
        if is_unused && !self.unit.types.is_void(expr.ty) {
            self.warn("unused-value", expr.span, "nothing uses this value");
        }
    }

    /// `if (a = b)`; a second pair of parentheses says that it is meant.
    fn check_parentheses(&mut self, cond: &Expr) {
        if !matches!(cond.kind, ExprKind::Assign { .. }) {
            return;
        }
        let file = self.sources.file(cond.span.file);
        let before = file.text().get(..cond.span.start as usize).unwrap_or("");
        let outer = before.trim_end().strip_suffix('(').map(str::trim_end);
        if outer.is_some_and(|outer| outer.ends_with('(')) {
            return;
        }
        self.found.push(
            Diagnostic::warning(cond.span, "this assigns where a condition is more usual")
                .code("parentheses")
                .help("write `==` to compare, or a second pair of parentheses to assign"),
        );
    }

    fn check_body(&mut self, body: &Stmt, keyword: &str) {
        if matches!(body.kind, StmtKind::Empty) {
            self.warn(
                "empty-body",
                body.span,
                format!("this `{keyword}` does nothing"),
            );
        }
    }

    /// A signed operand that becomes unsigned to be compared with an unsigned one.
    fn check_signs(&mut self, lhs: &Expr, rhs: &Expr, span: Span) {
        for (side, other) in [(lhs, rhs), (rhs, lhs)] {
            let Some(kind) = self.implicitly_unsigned(side) else {
                continue;
            };
            // Converted to the same type, both were signed: a pointer difference, say.
            if self.implicitly_unsigned(other).is_some() || other.as_const() == Some(0) {
                continue;
            }
            let shown = kind.name();
            let message = format!(
                "this compares a signed `{shown}` as an unsigned number: -1 becomes the largest one"
            );
            return self.warn("sign-compare", span, message);
        }
    }

    /// The signed type of a value that a conversion nobody wrote makes unsigned, if it may be negative.
    fn implicitly_unsigned(&self, value: &Expr) -> Option<IntKind> {
        let ExprKind::Cast {
            kind: CastKind::IntToInt,
            arg,
        } = &value.kind
        else {
            return None;
        };
        let (from, to) = (
            self.unit.types.int_kind(arg.ty)?,
            self.unit.types.int_kind(value.ty)?,
        );
        // A written cast spans more than its operand.
        let is_implicit = value.span == arg.span;
        let may_be_negative = self.range(arg).is_some_and(|(low, _)| low < 0);
        (is_implicit && from.is_signed() && !to.is_signed() && may_be_negative).then_some(from)
    }

    /// Between which numbers a value lies as its types and the conversions say.
    fn range(&self, value: &Expr) -> Option<(i128, i128)> {
        let kind = self.unit.types.int_kind(value.ty)?;
        if kind.bits() > 64 {
            return None;
        }
        let own = (lowest(kind), highest(kind));
        match &value.kind {
            ExprKind::IntConst(constant) => Some((*constant, *constant)),
            ExprKind::Compare { .. }
            | ExprKind::LogicalNot(_)
            | ExprKind::LogicalAnd(..)
            | ExprKind::LogicalOr(..) => Some((0, 1)),
            ExprKind::Cast {
                kind: CastKind::IntToInt,
                arg,
            } => match self.range(arg) {
                Some((low, high)) if own.0 <= low && high <= own.1 => Some((low, high)),
                _ => Some(own),
            },
            ExprKind::Load(place) => match &place.kind {
                // A bit-field has fewer values than its type.
                PlaceKind::BitField { .. } => None,
                _ => Some(own),
            },
            _ => Some(own),
        }
    }

    /// A comparison with a constant that has one outcome for all values of the other side's type.
    fn check_limits(&mut self, op: CompareOp, lhs: &Expr, rhs: &Expr, span: Span) {
        if lhs.as_const().is_some() == rhs.as_const().is_some() {
            return;
        }
        let (Some(left), Some(right)) = (self.range(lhs), self.range(rhs)) else {
            return;
        };
        if let Some(outcome) = decided(op, left, right) {
            let message =
                format!("this is always {outcome}: the operand's type holds no other values");
            self.warn("type-limits", span, message);
        }
    }

    fn check_pointer(&mut self, value: &Expr, arg: &Expr) {
        // `(int)(long)p` says that it is meant: both casts are written.
        let is_pointer = match &arg.kind {
            ExprKind::Cast {
                kind: CastKind::PtrToInt,
                arg: pointer,
            } => arg.span == pointer.span,
            _ => false,
        };
        let kind = self.unit.types.int_kind(value.ty);
        if let Some(kind) = kind.filter(|kind| is_pointer && kind.bits() < 64) {
            let message = format!(
                "a pointer has 64 bits; `{}` holds {} of them",
                kind.name(),
                kind.bits()
            );
            self.found.push(
                Diagnostic::warning(value.span, message)
                    .code("pointer-to-int-cast")
                    .help("cast to `unsigned long`, which holds a pointer, first"),
            );
        }
    }

    fn check_packed(&mut self, place: &Place, span: Span) {
        let PlaceKind::Member { base, field, .. } = &place.kind else {
            return;
        };
        let types = &self.unit.types;
        let (wanted, given) = (types.align_of(place.ty.ty), types.align_of(base.ty.ty));
        if wanted <= given {
            return;
        }
        let name = types.field(*field).name.as_deref().unwrap_or("member");
        let message = format!(
            "`{name}` wants an address that is a multiple of {wanted}, but its struct is packed"
        );
        self.found.push(
            Diagnostic::warning(span, message)
                .code("address-of-packed-member")
                .help("copy the member to a variable and take that one's address"),
        );
    }
}

fn lowest(kind: IntKind) -> i128 {
    match kind.is_signed() {
        true => -(1 << (kind.bits() - 1)),
        false => 0,
    }
}

fn highest(kind: IntKind) -> i128 {
    (1 << (kind.bits() - u32::from(kind.is_signed()))) - 1
}

/// The outcome of a comparison, if the ranges of its operands leave only one.
fn decided(op: CompareOp, a: (i128, i128), b: (i128, i128)) -> Option<bool> {
    let less = (a.1 < b.0, a.0 >= b.1);
    let less_or_equal = (a.1 <= b.0, a.0 > b.1);
    let apart = a.1 < b.0 || b.1 < a.0;
    let (always, never) = match op {
        CompareOp::Lt => less,
        CompareOp::Ge => (less.1, less.0),
        CompareOp::Le => less_or_equal,
        CompareOp::Gt => (less_or_equal.1, less_or_equal.0),
        CompareOp::Eq => (false, apart),
        CompareOp::Ne => (apart, false),
    };
    match (always, never) {
        (true, _) => Some(true),
        (_, true) => Some(false),
        _ => None,
    }
}
