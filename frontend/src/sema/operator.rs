//! Operators (C11 6.5.3 to 6.5.16).

use lang_c::ast;
use lang_c::span::Node;

use crate::diagnostic::Diagnostic;
use crate::source::Span;
use crate::tree::{
    BinaryOp, CompareOp, CompoundOp, Expr, ExprKind, Place, PlaceKind, ShiftOp, UnaryOp,
};
use crate::types::{IntKind, TypeId, Types};

use super::constant;
use super::convert::{self, Context, Operand};
use super::{Checked, Checker, float};

/// Operators by what has to be done for them.
#[derive(Clone, Copy)]
enum Operator {
    Index,
    Binary(BinaryOp),
    Shift(ShiftOp),
    Compare(CompareOp),
    And,
    Or,
    Assign,
    AssignBinary(BinaryOp),
    AssignShift(ShiftOp),
}

fn operator(operator: &ast::BinaryOperator) -> Operator {
    use ast::BinaryOperator as Ast;
    match operator {
        Ast::Index => Operator::Index,
        Ast::Multiply => Operator::Binary(BinaryOp::Mul),
        Ast::Divide => Operator::Binary(BinaryOp::Div),
        Ast::Modulo => Operator::Binary(BinaryOp::Rem),
        Ast::Plus => Operator::Binary(BinaryOp::Add),
        Ast::Minus => Operator::Binary(BinaryOp::Sub),
        Ast::ShiftLeft => Operator::Shift(ShiftOp::Left),
        Ast::ShiftRight => Operator::Shift(ShiftOp::Right),
        Ast::Less => Operator::Compare(CompareOp::Lt),
        Ast::Greater => Operator::Compare(CompareOp::Gt),
        Ast::LessOrEqual => Operator::Compare(CompareOp::Le),
        Ast::GreaterOrEqual => Operator::Compare(CompareOp::Ge),
        Ast::Equals => Operator::Compare(CompareOp::Eq),
        Ast::NotEquals => Operator::Compare(CompareOp::Ne),
        Ast::BitwiseAnd => Operator::Binary(BinaryOp::And),
        Ast::BitwiseXor => Operator::Binary(BinaryOp::Xor),
        Ast::BitwiseOr => Operator::Binary(BinaryOp::Or),
        Ast::LogicalAnd => Operator::And,
        Ast::LogicalOr => Operator::Or,
        Ast::Assign => Operator::Assign,
        Ast::AssignMultiply => Operator::AssignBinary(BinaryOp::Mul),
        Ast::AssignDivide => Operator::AssignBinary(BinaryOp::Div),
        Ast::AssignModulo => Operator::AssignBinary(BinaryOp::Rem),
        Ast::AssignPlus => Operator::AssignBinary(BinaryOp::Add),
        Ast::AssignMinus => Operator::AssignBinary(BinaryOp::Sub),
        Ast::AssignShiftLeft => Operator::AssignShift(ShiftOp::Left),
        Ast::AssignShiftRight => Operator::AssignShift(ShiftOp::Right),
        Ast::AssignBitwiseAnd => Operator::AssignBinary(BinaryOp::And),
        Ast::AssignBitwiseXor => Operator::AssignBinary(BinaryOp::Xor),
        Ast::AssignBitwiseOr => Operator::AssignBinary(BinaryOp::Or),
    }
}

impl Checker<'_> {
    pub(super) fn binary_operator(
        &mut self,
        node: &Node<ast::BinaryOperatorExpression>,
    ) -> Checked<Operand> {
        let span = self.span(node);
        let operator = operator(&node.node.operator.node);
        if let Operator::Assign | Operator::AssignBinary(_) | Operator::AssignShift(_) = operator {
            return self.assignment(operator, node, span).map(Operand::Value);
        }
        // Both sides are checked before giving up, so that mistakes in both are reported.
        let lhs = self.operand(&node.node.lhs);
        let rhs = self.rvalue(&node.node.rhs);
        let (lhs, rhs) = (lhs?, rhs?);
        if let Operator::Index = operator {
            return self.element(lhs, rhs, span).map(Operand::Place);
        }
        let lhs = self.value_of(lhs)?;
        self.operation(operator, lhs, rhs, span).map(Operand::Value)
    }

    /// `lhs operator rhs`
    fn operation(&mut self, operator: Operator, lhs: Expr, rhs: Expr, span: Span) -> Checked<Expr> {
        if self.is_vector(lhs.ty) || self.is_vector(rhs.ty) {
            return self.vector_operation(operator, lhs, rhs, span);
        }
        match operator {
            Operator::Binary(op) | Operator::AssignBinary(op) => {
                self.arithmetic(op, lhs, rhs, span)
            }
            Operator::Shift(op) | Operator::AssignShift(op) => self.shift(op, lhs, rhs, span),
            Operator::Compare(op) => self.comparison(op, lhs, rhs, span),
            Operator::And => self.logical(true, lhs, rhs, span),
            Operator::Or | Operator::Index | Operator::Assign => {
                self.logical(false, lhs, rhs, span)
            }
        }
    }

    fn vector_operation(
        &mut self,
        operator: Operator,
        lhs: Expr,
        rhs: Expr,
        span: Span,
    ) -> Checked<Expr> {
        let lane =
            |checker: &mut Self, [lhs, rhs]: [Expr; 2]| checker.operation(operator, lhs, rhs, span);
        match operator {
            Operator::Compare(_) => self.lanewise_mask([lhs, rhs], span, lane),
            Operator::And | Operator::Or => {
                let symbol = if matches!(operator, Operator::And) {
                    "&&"
                } else {
                    "||"
                };
                self.bad_operands(symbol, &lhs, &rhs, span)
            }
            _ => self.lanewise([lhs, rhs], span, lane),
        }
    }

    /// `a[i]` of a vector, an array or a pointer.
    fn element(&mut self, lhs: Operand, rhs: Expr, span: Span) -> Checked<Place> {
        let vector = match &lhs {
            Operand::Place(place) => self.is_vector(place.ty.ty),
            Operand::Value(value) => self.is_vector(value.ty),
            Operand::Func(..) => false,
        };
        if vector {
            return self.vector_element(lhs, rhs, span);
        }
        let lhs = self.value_of(lhs)?;
        self.index(lhs, rhs, span)
    }

    /// `a[i]` is `*(a + i)`, whichever of the two is the pointer.
    pub(super) fn index(&mut self, lhs: Expr, rhs: Expr, span: Span) -> Checked<Place> {
        let (ptr, index) = if self.types().is_pointer(lhs.ty) {
            (lhs, rhs)
        } else {
            (rhs, lhs)
        };
        if !self.types().is_pointer(ptr.ty) || !self.types().is_integer(index.ty) {
            let (a, b) = (self.show(ptr.ty), self.show(index.ty));
            return self.error(
                "operand-type",
                span,
                format!("`[]` needs a pointer or array and an integer, not {b} and {a}"),
            );
        }
        self.check_bounds(&ptr, &index);
        let element = self.offset_pointer(ptr, index, span)?;
        self.deref_place(element, span)
    }

    /// Warns about a constant index outside an array whose length is known. One past the end may be an address.
    fn check_bounds(&mut self, ptr: &Expr, index: &Expr) {
        let (ExprKind::AddressOf(place), Some(value)) = (&ptr.kind, index.as_const()) else {
            return;
        };
        // Members at the end of a struct are often arrays of nominal length.
        if !matches!(place.kind, PlaceKind::Local(_) | PlaceKind::Global(_)) {
            return;
        }
        if let Some((_, Some(len))) = self.types().array_parts(place.ty)
            && (value < 0 || value > i128::from(len))
        {
            let message = format!("index {value} is outside the array, which has {len} elements");
            self.warn("array-bounds", index.span, message);
        }
    }

    /// `*pointer` as a place.
    pub(super) fn deref_place(&mut self, pointer: Expr, span: Span) -> Checked<Place> {
        let Some(ty) = self.types().pointee(pointer.ty) else {
            let shown = self.show(pointer.ty);
            return self.error(
                "not-a-pointer",
                span,
                format!("only a pointer can be followed, not {shown}"),
            );
        };
        if let ExprKind::AddressOf(place) = &pointer.kind
            && place.ty == ty
        {
            return Ok(Place {
                span,
                ..(**place).clone()
            });
        }
        let kind = PlaceKind::Deref(Box::new(pointer));
        Ok(Place { kind, ty, span })
    }

    /// Pointer plus integer.
    fn offset_pointer(&mut self, ptr: Expr, index: Expr, span: Span) -> Checked<Expr> {
        let size = self.element_size(&ptr)?;
        let index = self.cast(index, Types::int(IntKind::Long));
        if index.as_const() == Some(0) {
            return Ok(Expr { span, ..ptr });
        }
        let ty = ptr.ty;
        if let (Some(base), Some(index)) = (ptr.as_const(), index.as_const()) {
            let sum = base.wrapping_add(index.wrapping_mul(size.into()));
            return Ok(convert::constant(IntKind::ULong.wrap(sum), ty, span));
        }
        let kind = ExprKind::PtrOffset {
            ptr: Box::new(ptr),
            index: Box::new(index),
            size,
        };
        Ok(convert::expr(kind, ty, span))
    }

    /// Bytes per element of what a pointer points to. As in GNU C, functions count as one byte.
    fn element_size(&mut self, ptr: &Expr) -> Checked<u64> {
        let pointee = self.types().pointee(ptr.ty);
        let size = pointee.and_then(|pointee| match self.types().is_function(pointee.ty) {
            true => Some(1),
            false => self.types().size_of(pointee.ty),
        });
        match size {
            Some(size) => Ok(size),
            None => {
                let shown = self.show(ptr.ty);
                let message =
                    format!("{shown} points to an incomplete type, so it cannot be counted with");
                self.error("incomplete-type", ptr.span, message)
            }
        }
    }

    fn arithmetic(&mut self, op: BinaryOp, lhs: Expr, rhs: Expr, span: Span) -> Checked<Expr> {
        let types = self.types();
        let pointers = (types.is_pointer(lhs.ty), types.is_pointer(rhs.ty));
        match (op, pointers) {
            (BinaryOp::Add, (true, false)) if types.is_integer(rhs.ty) => {
                self.offset_pointer(lhs, rhs, span)
            }
            (BinaryOp::Add, (false, true)) if types.is_integer(lhs.ty) => {
                self.offset_pointer(rhs, lhs, span)
            }
            (BinaryOp::Sub, (true, false)) if types.is_integer(rhs.ty) => {
                let index = self.negated_index(rhs);
                self.offset_pointer(lhs, index, span)
            }
            (BinaryOp::Sub, (true, true)) => self.pointer_difference(lhs, rhs, span),
            _ => {
                self.check_arithmetic(op, &lhs, &rhs, span)?;
                let (lhs, rhs) = self.balance(lhs, rhs);
                Ok(self.binary(op, lhs, rhs, span))
            }
        }
    }

    fn negated_index(&self, index: Expr) -> Expr {
        let long = Types::int(IntKind::Long);
        let index = self.cast(index, long);
        self.unary(UnaryOp::Neg, index)
    }

    fn pointer_difference(&mut self, lhs: Expr, rhs: Expr, span: Span) -> Checked<Expr> {
        let long = Types::int(IntKind::Long);
        let pointees = (self.types().pointee(lhs.ty), self.types().pointee(rhs.ty));
        if let (Some(a), Some(b)) = pointees
            && !self.types().compatible_unqualified(a.ty, b.ty)
        {
            let (a, b) = (self.show(lhs.ty), self.show(rhs.ty));
            return self.error(
                "operand-type",
                span,
                format!("pointers to different things have no difference: {a} and {b}"),
            );
        }
        let size = self.element_size(&lhs)?;
        if size == 0 {
            let shown = self.show(lhs.ty);
            return self.error(
                "incomplete-type",
                span,
                format!("{shown} points to things without size; their number is not defined"),
            );
        }
        if let (Some(a), Some(b)) = (lhs.as_const(), rhs.as_const()) {
            let bytes = IntKind::Long.wrap(a.wrapping_sub(b));
            return Ok(convert::constant(bytes / i128::from(size), long, span));
        }
        let (lhs, rhs) = (Box::new(lhs), Box::new(rhs));
        Ok(convert::expr(
            ExprKind::PtrDiff { lhs, rhs, size },
            long,
            span,
        ))
    }

    /// Reports operands that the operator does not take.
    fn check_arithmetic(
        &mut self,
        op: BinaryOp,
        lhs: &Expr,
        rhs: &Expr,
        span: Span,
    ) -> Checked<()> {
        let takes_floats = matches!(
            op,
            BinaryOp::Add | BinaryOp::Sub | BinaryOp::Mul | BinaryOp::Div
        );
        let types = self.types();
        let fits = |ty| types.is_integer(ty) || takes_floats && types.is_float(ty);
        if !fits(lhs.ty) || !fits(rhs.ty) {
            return self.bad_operands(op.symbol(), lhs, rhs, span);
        }
        if matches!(op, BinaryOp::Div | BinaryOp::Rem) && rhs.as_const() == Some(0) {
            self.warn("division-by-zero", span, "this divides by zero, which BPF defines to give zero (or the dividend for `%`), but C does not");
        }
        self.check_overflow(op, lhs, rhs, span);
        Ok(())
    }

    /// Warns about a constant result that a signed type cannot hold.
    fn check_overflow(&mut self, op: BinaryOp, lhs: &Expr, rhs: &Expr, span: Span) {
        let kind = |value: &Expr| self.types().int_kind(value.ty).map(IntKind::promoted);
        let (Some(left), Some(right), Some(a), Some(b)) =
            (kind(lhs), kind(rhs), lhs.as_const(), rhs.as_const())
        else {
            return;
        };
        let kind = left.common(right);
        let exact = match op {
            BinaryOp::Add => a.checked_add(b),
            BinaryOp::Sub => a.checked_sub(b),
            BinaryOp::Mul => a.checked_mul(b),
            _ => return,
        };
        let holds = exact.is_some_and(|exact| kind.holds(exact));
        if kind.is_signed() && kind.bits() <= 64 && !holds {
            let message = format!("the result does not fit `{}`", kind.name());
            self.warn("integer-overflow", span, message);
        }
    }

    fn bad_operands<T>(&mut self, symbol: &str, lhs: &Expr, rhs: &Expr, span: Span) -> Checked<T> {
        let (a, b) = (self.show(lhs.ty), self.show(rhs.ty));
        self.error(
            "operand-type",
            span,
            format!("`{symbol}` does not go with {a} and {b}"),
        )
    }

    /// `lhs op rhs` on operands of one type.
    pub(super) fn binary(&self, op: BinaryOp, lhs: Expr, rhs: Expr, span: Span) -> Expr {
        let ty = lhs.ty;
        if let (Some(a), Some(b), Some(kind)) =
            (lhs.as_const(), rhs.as_const(), self.types().int_kind(ty))
            && let Some(value) = constant::binary(op, kind, a, b)
        {
            return convert::constant(value, ty, span);
        }
        if let Some(value) = float::fold(self.types(), op, &lhs, &rhs, span) {
            return value;
        }
        let (lhs, rhs) = (Box::new(lhs), Box::new(rhs));
        convert::expr(ExprKind::Binary { op, lhs, rhs }, ty, span)
    }

    fn shift(&mut self, op: ShiftOp, value: Expr, count: Expr, span: Span) -> Checked<Expr> {
        let (value, count) = self.shift_operands(op, value, count, span)?;
        let ty = value.ty;
        if let (Some(a), Some(b), Some(kind)) = (
            value.as_const(),
            count.as_const(),
            self.types().int_kind(ty),
        ) && let Some(shifted) = constant::shift(op, kind, a, b)
        {
            return Ok(convert::constant(shifted, ty, span));
        }
        let (value, count) = (Box::new(value), Box::new(count));
        Ok(convert::expr(
            ExprKind::Shift { op, value, count },
            ty,
            span,
        ))
    }

    fn shift_operands(
        &mut self,
        op: ShiftOp,
        value: Expr,
        count: Expr,
        span: Span,
    ) -> Checked<(Expr, Expr)> {
        if !self.types().is_integer(value.ty) || !self.types().is_integer(count.ty) {
            return self.bad_operands(op.symbol(), &value, &count, span);
        }
        let (value, count) = (self.promote(value), self.promote(count));
        if let (Some(amount), Some(kind)) = (count.as_const(), self.types().int_kind(value.ty))
            && !(0..i128::from(kind.bits())).contains(&amount)
        {
            let shown = self.show(value.ty);
            let message = format!(
                "{shown} has {} bits; shifting it by {amount} is not defined",
                kind.bits()
            );
            let code = match amount < 0 {
                true => "shift-count-negative",
                false => "shift-count-overflow",
            };
            self.warn(code, count.span, message);
        }
        Ok((value, count))
    }

    fn comparison(&mut self, op: CompareOp, lhs: Expr, rhs: Expr, span: Span) -> Checked<Expr> {
        let types = self.types();
        let pointers = (types.is_pointer(lhs.ty), types.is_pointer(rhs.ty));
        let (lhs, rhs) = match pointers {
            (false, false) => {
                let arithmetic = |ty| types.is_integer(ty) || types.is_float(ty);
                if !arithmetic(lhs.ty) || !arithmetic(rhs.ty) {
                    return self.bad_operands(op.symbol(), &lhs, &rhs, span);
                }
                self.balance(lhs, rhs)
            }
            (true, true) => self.comparable_pointers(lhs, rhs, span),
            (true, false) => {
                let rhs = self.compared_with_pointer(op, rhs, &lhs, span)?;
                (lhs, rhs)
            }
            (false, true) => {
                let lhs = self.compared_with_pointer(op, lhs, &rhs, span)?;
                (lhs, rhs)
            }
        };
        if let Some(holds) = float::compare(self.types(), op, &lhs, &rhs) {
            return Ok(convert::constant(holds.into(), Types::INT, span));
        }
        let kind = self.types().int_kind(lhs.ty).unwrap_or(IntKind::ULong);
        if let (Some(a), Some(b)) = (lhs.as_const(), rhs.as_const()) {
            let holds = constant::compare(op, kind, a, b);
            return Ok(convert::constant(holds.into(), Types::INT, span));
        }
        let (lhs, rhs) = (Box::new(lhs), Box::new(rhs));
        Ok(convert::expr(
            ExprKind::Compare { op, lhs, rhs },
            Types::INT,
            span,
        ))
    }

    fn comparable_pointers(&mut self, lhs: Expr, rhs: Expr, span: Span) -> (Expr, Expr) {
        if let (Some(a), Some(b)) = (self.types().pointee(lhs.ty), self.types().pointee(rhs.ty)) {
            let either_void = self.types().is_void(a.ty) || self.types().is_void(b.ty);
            if !either_void && !self.types().compatible_unqualified(a.ty, b.ty) {
                let (a, b) = (self.show(lhs.ty), self.show(rhs.ty));
                let message = format!("this compares pointers to different things: {a} and {b}");
                self.warn("compare-distinct-pointer-types", span, message);
            }
        }
        let ty = lhs.ty;
        let rhs = self.cast(rhs, ty);
        (lhs, rhs)
    }

    /// An integer that is compared with a pointer: zero is the null pointer, anything else is doubtful.
    fn compared_with_pointer(
        &mut self,
        op: CompareOp,
        integer: Expr,
        pointer: &Expr,
        span: Span,
    ) -> Checked<Expr> {
        if !self.types().is_integer(integer.ty) {
            return self.bad_operands(op.symbol(), pointer, &integer, span);
        }
        if !self.is_null_constant(&integer) {
            let (a, b) = (self.show(pointer.ty), self.show(integer.ty));
            let message = format!("this compares a pointer with an integer: {a} and {b}");
            self.warn("pointer-integer-compare", span, message);
        }
        Ok(self.cast(integer, pointer.ty))
    }

    fn logical(&mut self, is_and: bool, lhs: Expr, rhs: Expr, span: Span) -> Checked<Expr> {
        let lhs = self.condition(lhs)?;
        let rhs = self.condition(rhs)?;
        // `0 && x` and `1 || x` do not evaluate `x`.
        match (
            lhs.as_const().map(|value| value != 0),
            rhs.as_const().map(|value| value != 0),
        ) {
            (Some(left), _) if left != is_and => {
                return Ok(convert::constant((!is_and).into(), Types::INT, span));
            }
            (Some(_), Some(right)) => {
                return Ok(convert::constant(right.into(), Types::INT, span));
            }
            _ => {}
        }
        let (lhs, rhs) = (Box::new(lhs), Box::new(rhs));
        let kind = if is_and {
            ExprKind::LogicalAnd(lhs, rhs)
        } else {
            ExprKind::LogicalOr(lhs, rhs)
        };
        Ok(convert::expr(kind, Types::INT, span))
    }

    /// `op arg` on a promoted operand.
    pub(super) fn unary(&self, op: UnaryOp, arg: Expr) -> Expr {
        let (ty, span) = (arg.ty, arg.span);
        if let (Some(value), Some(kind)) = (arg.as_const(), self.types().int_kind(ty)) {
            return convert::constant(constant::unary(op, kind, value), ty, span);
        }
        if let Some(value) = float::as_const(&arg).filter(|_| op == UnaryOp::Neg) {
            return float::constant(-value, ty, span);
        }
        let arg = Box::new(arg);
        convert::expr(ExprKind::Unary { op, arg }, ty, span)
    }
}

// Operators that write.
impl Checker<'_> {
    fn assignment(
        &mut self,
        operator: Operator,
        node: &Node<ast::BinaryOperatorExpression>,
        span: Span,
    ) -> Checked<Expr> {
        let place = self.written_place(&node.node.lhs);
        let value = self.rvalue(&node.node.rhs);
        let (place, value) = (place?, value?);
        let ty = place.ty.ty;
        if self.is_vector(ty) && !matches!(operator, Operator::Assign) {
            let update = |checker: &mut Self, old, value| {
                let new = checker.operation(operator, old, value, span)?;
                checker.convert(new, ty.unqualified(), Context::Assignment)
            };
            return self.update_vector(place, value, false, span, update);
        }
        let (op, computation, value) = match operator {
            Operator::AssignBinary(op) => self.compound(op, &place, value, span)?,
            Operator::AssignShift(op) => {
                let old = self.value_of(Operand::Place(place.clone()))?;
                let (old, count) = self.shift_operands(op, old, value, span)?;
                (CompoundOp::Shift(op), old.ty, count)
            }
            _ => {
                let value = self.convert(value, place.ty, Context::Assignment)?;
                if self.is_atomic(place.ty) {
                    return self.assign_atomic(place, value, span);
                }
                let (place, value) = (Box::new(place), Box::new(value));
                return Ok(convert::expr(ExprKind::Assign { place, value }, ty, span));
            }
        };
        if self.is_atomic(place.ty) {
            return self.compound_assign_atomic(op, place, value, span);
        }
        let kind = ExprKind::CompoundAssign {
            op,
            place: Box::new(place),
            computation,
            value: Box::new(value),
        };
        Ok(convert::expr(kind, ty, span))
    }

    /// Operation, computation type and right operand of `place op= value`.
    fn compound(
        &mut self,
        op: BinaryOp,
        place: &Place,
        value: Expr,
        span: Span,
    ) -> Checked<(CompoundOp, TypeId, Expr)> {
        let old = self.value_of(Operand::Place(place.clone()))?;
        let is_pointer = self.types().is_pointer(old.ty);
        if is_pointer
            && self.types().is_integer(value.ty)
            && matches!(op, BinaryOp::Add | BinaryOp::Sub)
        {
            let size = self.element_size(&old)?;
            let index = if op == BinaryOp::Sub {
                self.negated_index(value)
            } else {
                self.cast(value, Types::int(IntKind::Long))
            };
            return Ok((CompoundOp::PtrOffset { size }, old.ty, index));
        }
        self.check_arithmetic(op, &old, &value, span)?;
        let (old, value) = self.balance(old, value);
        Ok((CompoundOp::Binary(op), old.ty, value))
    }

    /// A place that the program may write.
    pub(super) fn written_place(&mut self, node: &Node<ast::Expression>) -> Checked<Place> {
        let span = self.span(node);
        let place = match self.operand(node)? {
            Operand::Place(place) => place,
            Operand::Value(_) | Operand::Func(..) => {
                return self.error(
                    "not-assignable",
                    span,
                    "only a variable, or what a pointer points to, can be assigned",
                );
            }
        };
        if self.types().is_array(place.ty.ty) {
            return self.error(
                "not-assignable",
                span,
                "an array cannot be assigned as a whole; copy it with `__builtin_memcpy`",
            );
        }
        if self.types().canonical(place.ty).quals.is_const {
            let error = Diagnostic::error(span, "this is `const`, so it cannot be assigned");
            return self.fail(error.code("read-only"));
        }
        self.check_helper_pointer(&place)?;
        if !self.types().is_complete(place.ty.ty) {
            let shown = self.show_qual(place.ty);
            return self.error(
                "incomplete-type",
                span,
                format!("{shown} has no size, so it cannot be assigned"),
            );
        }
        Ok(place)
    }

    /// A pointer with a helper's number is a name for that helper: calls through it do not read it.
    fn check_helper_pointer(&mut self, place: &Place) -> Checked<()> {
        match place.kind {
            PlaceKind::Global(id) if self.helper_number(id).is_some() => {
                let name = self.unit[id].name.clone();
                self.error(
                    "not-assignable",
                    place.span,
                    format!("`{name}` names a helper by its number, so it cannot be assigned"),
                )
            }
            _ => Ok(()),
        }
    }

    /// `++a`, `a--` and the like.
    pub(super) fn inc_dec(
        &mut self,
        operand: &Node<ast::Expression>,
        step: i64,
        postfix: bool,
        span: Span,
    ) -> Checked<Expr> {
        let place = self.written_place(operand)?;
        let ty = place.ty.ty;
        if self.is_vector(ty) {
            let step = convert::constant(step.into(), Types::INT, span);
            let add = Operator::Binary(BinaryOp::Add);
            return self.update_vector(place, step, postfix, span, |checker, old, step| {
                checker.operation(add, old, step, span)
            });
        }
        let step = if self.types().is_pointer(ty) {
            let pointer = self.value_of(Operand::Place(place.clone()))?;
            // Objects are smaller than 2 GiB.
            step * self.element_size(&pointer)? as i64
        } else if self.types().is_integer(ty) || self.types().is_float(ty) {
            step
        } else {
            let shown = self.show(ty);
            return self.error(
                "operand-type",
                span,
                format!("`++` and `--` need a number or a pointer, not {shown}"),
            );
        };
        if self.is_atomic(place.ty) {
            return self.inc_dec_atomic(place, step, postfix, span);
        }
        let place = Box::new(place);
        let kind = ExprKind::IncDec {
            place,
            step,
            postfix,
        };
        Ok(convert::expr(kind, ty, span))
    }
}
