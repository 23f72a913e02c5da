//! Floating-point constants, which are computed while compiling: `(int)(1.5 * 1000)`.
//!
//! BPF has no floating-point registers, but C's constant expressions need none. A constant is an `f64`, rounded to its type
//! after each operation; for `float` that gives what a `float` operation gives, as a `double` has more than twice the bits
//! (Figueroa 1995). `_Float16` and `_Float128` are not computed with.

use lang_c::ast;

use crate::source::Span;
use crate::tree::{BinaryOp, CompareOp, Expr, ExprKind};
use crate::types::{FloatKind, IntKind, TypeId, TypeKind, Types};

use super::constant::holds;
use super::convert;

/// The largest number of hexadecimal digits that are read exactly.
const MAX_HEX_DIGITS: usize = 30;

/// The kind of a type that is computed with.
pub(super) fn computed_kind(types: &Types, ty: TypeId) -> Option<FloatKind> {
    match types.shape(ty) {
        &TypeKind::Float(kind) if kind != FloatKind::Half && kind != FloatKind::Quad => Some(kind),
        _ => None,
    }
}

/// The value of a literal of a kind.
pub(super) fn literal(literal: &ast::Float, kind: FloatKind) -> f64 {
    match (&literal.base, kind) {
        (ast::FloatBase::Hexadecimal, _) => round(kind, hexadecimal(&literal.number, kind)),
        // Rounded once, not to a `double` before.
        (ast::FloatBase::Decimal, FloatKind::Float) => {
            literal.number.parse::<f32>().unwrap_or_default().into()
        }
        (ast::FloatBase::Decimal, _) => literal.number.parse().unwrap_or_default(),
    }
}

/// `1.8p3`: 24 sixteenths times two to the third.
fn hexadecimal(number: &str, kind: FloatKind) -> f64 {
    let (digits, exponent) = number.split_once(['p', 'P']).unwrap_or((number, "0"));
    let (whole, fraction) = digits.split_once('.').unwrap_or((digits, ""));
    let exponent: i32 = exponent.parse().unwrap_or(match exponent.starts_with('-') {
        true => -100_000,
        false => 100_000,
    });
    let digits: String = [whole, fraction].concat();
    let digits = digits.trim_start_matches('0');
    let exact = &digits[..digits.len().min(MAX_HEX_DIGITS)];
    let rest = &digits[exact.len()..];
    // Whether something follows is all that rounding wants to know of the other digits.
    let sticky = u128::from(rest.bytes().any(|digit| digit != b'0'));
    let mantissa = u128::from_str_radix(exact, 16).unwrap_or(0) << 1 | sticky;
    let mantissa = match kind {
        FloatKind::Float => f64::from(mantissa as f32),
        _ => mantissa as f64,
    };
    let digits_left = rest.len() as i32 - fraction.len() as i32;
    scale(
        mantissa,
        exponent.saturating_add(digits_left.saturating_mul(4)) - 1,
    )
}

/// `value` times two to the `exponent`th, in steps that do not leave the range before the value does.
fn scale(mut value: f64, mut exponent: i32) -> f64 {
    const STEP: i32 = 512;
    while exponent != 0 && value != 0.0 && value.is_finite() {
        let step = exponent.clamp(-STEP, STEP);
        value *= f64::from(2).powi(step);
        exponent -= step;
    }
    value
}

/// The nearest value that a kind has.
fn round(kind: FloatKind, value: f64) -> f64 {
    match kind {
        FloatKind::Float => f64::from(value as f32),
        _ => value,
    }
}

/// `value op other`, if `op` is one for floating-point numbers.
fn binary(op: BinaryOp, kind: FloatKind, a: f64, b: f64) -> Option<f64> {
    let value = match op {
        BinaryOp::Add => a + b,
        BinaryOp::Sub => a - b,
        BinaryOp::Mul => a * b,
        BinaryOp::Div => a / b,
        _ => return None,
    };
    Some(round(kind, value))
}

/// The integer that a value is cut to, if the type holds it (C11 6.3.1.4p1).
fn to_int(value: f64, kind: IntKind) -> Option<i128> {
    if kind == IntKind::Bool {
        return Some(i128::from(value != 0.0));
    }
    let cut = value.trunc();
    // All finite values below two to the 127th have their integer.
    let is_exact = cut.abs() < 2_f64.powi(127);
    is_exact
        .then_some(cut as i128)
        .filter(|&cut| kind.holds(cut))
}

fn from_int(value: i128, from: IntKind, to: FloatKind) -> f64 {
    match (to, from) {
        (FloatKind::Float, IntKind::UInt128) => f64::from(value as u128 as f32),
        (FloatKind::Float, _) => f64::from(value as f32),
        (_, IntKind::UInt128) => value as u128 as f64,
        _ => value as f64,
    }
}

/// A constant converted to or from a floating-point type, if it has a value there.
pub(super) fn cast(types: &Types, value: &Expr, ty: TypeId) -> Option<Expr> {
    let to_float = computed_kind(types, ty);
    match (&value.kind, to_float) {
        (&ExprKind::FloatConst(old), Some(kind)) => {
            Some(constant(round(kind, old), ty, value.span))
        }
        (&ExprKind::FloatConst(old), None) => {
            let new = to_int(old, types.int_kind(ty)?)?;
            Some(convert::constant(new, ty, value.span))
        }
        (&ExprKind::IntConst(old), Some(kind)) => {
            let new = from_int(old, types.int_kind(value.ty)?, kind);
            Some(constant(new, ty, value.span))
        }
        _ => None,
    }
}

/// `lhs op rhs` of constants of one type.
pub(super) fn fold(
    types: &Types,
    op: BinaryOp,
    lhs: &Expr,
    rhs: &Expr,
    span: Span,
) -> Option<Expr> {
    let kind = computed_kind(types, lhs.ty)?;
    let value = binary(op, kind, as_const(lhs)?, as_const(rhs)?)?;
    Some(constant(value, lhs.ty, span))
}

/// Whether `lhs op rhs` holds for constants of one type.
pub(super) fn compare(types: &Types, op: CompareOp, lhs: &Expr, rhs: &Expr) -> Option<bool> {
    computed_kind(types, lhs.ty)?;
    // Nothing is less than, equal to or greater than what is not a number.
    Some(match as_const(lhs)?.partial_cmp(&as_const(rhs)?) {
        Some(order) => holds(op, order),
        None => op == CompareOp::Ne,
    })
}

/// The bytes of a constant in memory.
pub(super) fn bytes(types: &Types, value: &Expr) -> Option<Vec<u8>> {
    let number = as_const(value)?;
    let mut bytes = match computed_kind(types, value.ty)? {
        FloatKind::Float => (number as f32).to_le_bytes().to_vec(),
        _ => number.to_le_bytes().to_vec(),
    };
    types.endian.arrange(&mut bytes);
    Some(bytes)
}

/// The value of a constant.
pub(super) fn as_const(expr: &Expr) -> Option<f64> {
    match expr.kind {
        ExprKind::FloatConst(value) => Some(value),
        _ => None,
    }
}

/// A constant of a type.
pub(super) fn constant(value: f64, ty: TypeId, span: Span) -> Expr {
    convert::expr(ExprKind::FloatConst(value), ty, span)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn hexadecimal_literals_are_rounded_once() {
        let double = |number| hexadecimal(number, FloatKind::Double);
        assert_eq!(double("1.8p3"), 12.0);
        assert_eq!(double(".8p0"), 0.5);
        assert_eq!(double("fp-4"), 0.9375);
        assert_eq!(double("1p-1074"), 5e-324);
        assert_eq!(double("1p99999"), f64::INFINITY);
        assert_eq!(double("0p99999"), 0.0);
        // Half a unit in the last place, and a bit more than that far behind.
        assert_eq!(double("1.00000000000008p0"), 1.0);
        assert_eq!(
            double("1.000000000000080000000000000000000000000001p0"),
            1.0 + f64::EPSILON
        );
        assert_eq!(hexadecimal("1.000001p0", FloatKind::Float), 1.0);
    }

    #[test]
    fn only_what_fits_is_cut_to_an_integer() {
        assert_eq!(to_int(-1.9, IntKind::Int), Some(-1));
        assert_eq!(to_int(-0.9, IntKind::UInt), Some(0));
        assert_eq!(to_int(-1.0, IntKind::UInt), None);
        assert_eq!(to_int(2147483648.0, IntKind::Int), None);
        assert_eq!(to_int(f64::NAN, IntKind::Int), None);
        assert_eq!(to_int(f64::NAN, IntKind::Bool), Some(1));
        assert_eq!(to_int(0.1, IntKind::Bool), Some(1));
    }
}
