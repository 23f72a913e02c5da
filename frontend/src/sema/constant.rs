//! What is known while compiling: integer constants, and addresses up to a symbol (C11 6.6).
//!
//! Expressions are folded while they are built, so a constant expression is simply one that has become an
//! [`ExprKind::IntConst`]. The arithmetic is exact in 128 bits and cut to the type: division by zero and shifts by
//! the width or more have no value and stay as they are.

use std::cmp::Ordering;

use lang_c::ast;
use lang_c::span::Node;

use crate::diagnostic::Diagnostic;
use crate::normalize::FILE_ASM;
use crate::tree::{
    BinaryOp, CastKind, CompareOp, Expr, ExprKind, Place, PlaceKind, ShiftOp, Symbol, UnaryOp,
};
use crate::types::IntKind;

use super::{Checked, Checker};

/// A value that is known up to the address of a symbol.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) struct ConstantValue {
    pub(super) symbol: Option<Symbol>,
    pub(super) addend: i128,
}

impl ConstantValue {
    fn plus(self, offset: i128) -> ConstantValue {
        ConstantValue {
            addend: self.addend.wrapping_add(offset),
            ..self
        }
    }
}

/// The value of `a op b` in a type, if it has one.
pub(super) fn binary(op: BinaryOp, kind: IntKind, a: i128, b: i128) -> Option<i128> {
    let value = match op {
        BinaryOp::Add => a.wrapping_add(b),
        BinaryOp::Sub => a.wrapping_sub(b),
        BinaryOp::Mul => a.wrapping_mul(b),
        BinaryOp::Div | BinaryOp::Rem if b == 0 => return None,
        BinaryOp::Div if kind == IntKind::UInt128 => (a as u128 / b as u128) as i128,
        BinaryOp::Rem if kind == IntKind::UInt128 => (a as u128 % b as u128) as i128,
        BinaryOp::Div => a.wrapping_div(b),
        BinaryOp::Rem => a.wrapping_rem(b),
        BinaryOp::And => a & b,
        BinaryOp::Or => a | b,
        BinaryOp::Xor => a ^ b,
    };
    Some(kind.wrap(value))
}

/// The value of `value op count`, if the count is less than the width.
pub(super) fn shift(op: ShiftOp, kind: IntKind, value: i128, count: i128) -> Option<i128> {
    let count = u32::try_from(count)
        .ok()
        .filter(|&count| count < kind.bits())?;
    let value = match op {
        ShiftOp::Left => value << count,
        ShiftOp::Right if kind == IntKind::UInt128 => (value as u128 >> count) as i128,
        ShiftOp::Right => value >> count,
    };
    Some(kind.wrap(value))
}

/// Whether `a op b` holds for values of a type.
pub(super) fn compare(op: CompareOp, kind: IntKind, a: i128, b: i128) -> bool {
    let order = if kind == IntKind::UInt128 {
        (a as u128).cmp(&(b as u128))
    } else {
        a.cmp(&b)
    };
    holds(op, order)
}

/// Whether `a op b` holds for values in this order.
pub(super) fn holds(op: CompareOp, order: Ordering) -> bool {
    match op {
        CompareOp::Eq => order.is_eq(),
        CompareOp::Ne => order.is_ne(),
        CompareOp::Lt => order.is_lt(),
        CompareOp::Le => order.is_le(),
        CompareOp::Gt => order.is_gt(),
        CompareOp::Ge => order.is_ge(),
    }
}

/// The value of `op a` in a type.
pub(super) fn unary(op: UnaryOp, kind: IntKind, a: i128) -> i128 {
    kind.wrap(match op {
        UnaryOp::Neg => a.wrapping_neg(),
        UnaryOp::Not => !a,
    })
}

/// The value of an expression that is constant up to a symbol's address.
pub(super) fn constant_value(expr: &Expr) -> Option<ConstantValue> {
    match &expr.kind {
        ExprKind::IntConst(addend) => Some(ConstantValue {
            symbol: None,
            addend: *addend,
        }),
        ExprKind::FuncAddr(id) => Some(ConstantValue {
            symbol: Some(Symbol::Func(*id)),
            addend: 0,
        }),
        ExprKind::AddressOf(place) => place_address(place),
        ExprKind::Cast {
            kind: CastKind::PtrToPtr | CastKind::IntToPtr | CastKind::PtrToInt,
            arg,
        } => constant_value(arg),
        ExprKind::PtrOffset { ptr, index, size } => {
            let offset = index.as_const()?.wrapping_mul((*size).into());
            Some(constant_value(ptr)?.plus(offset))
        }
        _ => None,
    }
}

/// The address of a place.
fn place_address(place: &Place) -> Option<ConstantValue> {
    match &place.kind {
        PlaceKind::Global(id) => Some(ConstantValue {
            symbol: Some(Symbol::Global(*id)),
            addend: 0,
        }),
        PlaceKind::Deref(pointer) => constant_value(pointer),
        PlaceKind::Member { base, offset, .. } => Some(place_address(base)?.plus((*offset).into())),
        PlaceKind::Local(_)
        | PlaceKind::BitField { .. }
        | PlaceKind::CompoundLiteral { .. }
        | PlaceKind::Temporary { .. } => None,
    }
}

impl Checker<'_> {
    /// The value of an integer constant expression.
    pub(super) fn constant_expression(&mut self, node: &Node<ast::Expression>) -> Checked<i128> {
        let value = self.rvalue(node)?;
        if !self.types().is_integer(value.ty) {
            let shown = self.show(value.ty);
            return self.error(
                "not-constant",
                value.span,
                format!("this needs to be an integer constant, not {shown}"),
            );
        }
        match value.as_const() {
            Some(value) => Ok(value),
            None => self.error(
                "not-constant",
                value.span,
                "this needs to be known when compiling, but is not constant",
            ),
        }
    }

    /// The integer that an initial value may count on: as GNU C has it, also what a constant variable was given.
    pub(super) fn initial_integer(&self, expr: &Expr) -> Option<i128> {
        let types = self.types();
        let kind = types.int_kind(expr.ty);
        match &expr.kind {
            ExprKind::IntConst(value) => Some(*value),
            ExprKind::Load(place) => self.constant_variable(place),
            ExprKind::Cast {
                kind: CastKind::IntToInt | CastKind::ToBool,
                arg,
            } => Some(kind?.wrap(self.initial_integer(arg)?)),
            ExprKind::Unary { op, arg } => Some(unary(*op, kind?, self.initial_integer(arg)?)),
            ExprKind::Binary { op, lhs, rhs } => {
                let (lhs, rhs) = (self.initial_integer(lhs)?, self.initial_integer(rhs)?);
                binary(*op, kind?, lhs, rhs)
            }
            ExprKind::Shift { op, value, count } => {
                let (value, count) = (self.initial_integer(value)?, self.initial_integer(count)?);
                shift(*op, kind?, value, count)
            }
            ExprKind::Compare { op, lhs, rhs } => {
                let kind = types.int_kind(lhs.ty)?;
                let (lhs, rhs) = (self.initial_integer(lhs)?, self.initial_integer(rhs)?);
                Some(compare(*op, kind, lhs, rhs).into())
            }
            ExprKind::Conditional {
                cond,
                then,
                otherwise,
            } => match self.initial_integer(cond)? {
                0 => self.initial_integer(otherwise),
                _ => self.initial_integer(then),
            },
            _ => None,
        }
    }

    /// The value of a constant integer variable of this file. What a loader may change (`const volatile`) is none.
    fn constant_variable(&self, place: &Place) -> Option<i128> {
        let PlaceKind::Global(id) = place.kind else {
            return None;
        };
        let quals = self.types().canonical(place.ty).quals;
        if !quals.is_const || quals.is_volatile {
            return None;
        }
        let kind = self.types().int_kind(place.ty.ty)?;
        let image = self.unit[id].image.as_ref()?;
        let bytes = image.bytes.get(..kind.bytes() as usize)?;
        let value = self.types().endian.number(bytes);
        let is_number = image.pointers.is_empty();
        is_number.then(|| kind.wrap(value.cast_signed()))
    }

    /// `_Static_assert(condition, message)`.
    pub(super) fn static_assert(&mut self, node: &Node<ast::StaticAssert>) -> Checked<()> {
        let condition = &node.node.expression;
        if is_file_asm(condition) {
            return self.file_asm(&node.node.message);
        }
        if self.constant_expression(condition)? != 0 {
            return Ok(());
        }
        let message = self.string_text(&node.node.message)?;
        let span = self.span(&**condition);
        let text = if message.is_empty() {
            "static assertion failed".to_owned()
        } else {
            format!("static assertion failed: {message}")
        };
        self.fail(Diagnostic::error(span, text).code("static-assert"))
    }
}

/// Whether an assertion stands for an `asm` outside of functions.
fn is_file_asm(condition: &Node<ast::Expression>) -> bool {
    matches!(&condition.node, ast::Expression::Identifier(name) if name.node.name == FILE_ASM)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn arithmetic_is_cut_to_the_type() {
        let add = |kind, a, b| binary(BinaryOp::Add, kind, a, b);
        assert_eq!(add(IntKind::UInt, 0xffff_ffff, 1), Some(0));
        assert_eq!(add(IntKind::Int, 0x7fff_ffff, 1), Some(-0x8000_0000));
        let min = i128::from(i64::MIN);
        assert_eq!(binary(BinaryOp::Div, IntKind::Long, min, -1), Some(min));
        assert_eq!(
            binary(BinaryOp::Div, IntKind::UInt128, -1, 2),
            Some(i128::MAX)
        );
        assert_eq!(binary(BinaryOp::Rem, IntKind::Int, -7, 3), Some(-1));
        assert_eq!(binary(BinaryOp::Rem, IntKind::Int, 1, 0), None);
    }

    #[test]
    fn shifts_by_the_width_have_no_value() {
        assert_eq!(
            shift(ShiftOp::Left, IntKind::UInt, 1, 31),
            Some(0x8000_0000)
        );
        assert_eq!(shift(ShiftOp::Left, IntKind::UInt, 1, 32), None);
        assert_eq!(shift(ShiftOp::Left, IntKind::UInt, 1, -1), None);
        assert_eq!(shift(ShiftOp::Right, IntKind::Int, -8, 1), Some(-4));
        assert_eq!(shift(ShiftOp::Right, IntKind::UInt128, -1, 127), Some(1));
    }

    #[test]
    fn the_largest_values_compare_as_unsigned() {
        assert!(compare(CompareOp::Gt, IntKind::UInt128, -1, 1));
        assert!(compare(CompareOp::Lt, IntKind::Int128, -1, 1));
    }
}
