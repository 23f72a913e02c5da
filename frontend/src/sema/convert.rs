//! Conversions (C11 6.3): from what is written to the type that is needed.

use crate::diagnostic::Diagnostic;
use crate::source::Span;
use crate::tree::{CastKind, Expr, ExprKind, FuncId, Place, PlaceKind};
use crate::types::{IntKind, QualType, TypeId, TypeKind, Types};

use super::{Checked, Checker, float};

/// What an expression denotes before C's conversions are applied to it.
#[derive(Clone, Debug)]
pub(super) enum Operand {
    /// A value.
    Value(Expr),
    /// An lvalue.
    Place(Place),
    /// A function designator.
    Func(FuncId, Span),
}

/// Where a value is converted as if by assignment, for messages.
#[derive(Clone, Copy)]
pub(super) enum Context<'n> {
    /// `a = b`.
    Assignment,
    /// `T a = b`.
    Initializer,
    /// `return b`.
    Return,
    /// The argument with this number, from one, of this function.
    Argument(usize, &'n str),
}

impl Context<'_> {
    fn describe(self) -> String {
        match self {
            Context::Assignment => "this assignment".to_owned(),
            Context::Initializer => "this initializer".to_owned(),
            Context::Return => "the function's result".to_owned(),
            Context::Argument(number, name) => format!("argument {number} of `{name}`"),
        }
    }
}

/// A constant of a type.
pub(super) fn constant(value: i128, ty: TypeId, span: Span) -> Expr {
    Expr {
        kind: ExprKind::IntConst(value),
        ty,
        span,
    }
}

/// A value of a type.
pub(super) fn expr(kind: ExprKind, ty: TypeId, span: Span) -> Expr {
    Expr { kind, ty, span }
}

impl Checker<'_> {
    /// The value of an operand: reads places, turns arrays and functions into pointers (C11 6.3.2.1).
    pub(super) fn value_of(&mut self, operand: Operand) -> Checked<Expr> {
        match operand {
            Operand::Value(value) => Ok(value),
            Operand::Func(id, span) => {
                let function = self.unit[id].ty.unqualified();
                let ty = self.unit.types.pointer_to(function);
                Ok(expr(ExprKind::FuncAddr(id), ty, span))
            }
            Operand::Place(place) => self.load(place),
        }
    }

    fn load(&mut self, place: Place) -> Checked<Expr> {
        let span = place.span;
        if self.types().is_array(place.ty.ty) {
            let ty = self.unit.types.decayed(place.ty);
            return Ok(expr(ExprKind::AddressOf(Box::new(place)), ty, span));
        }
        if !self.types().is_void(place.ty.ty) && !self.types().is_complete(place.ty.ty) {
            let shown = self.show_qual(place.ty);
            return self.error(
                "incomplete-type",
                span,
                format!("{shown} is incomplete here, so it has no value"),
            );
        }
        if self.is_atomic(place.ty) {
            return self.load_atomic(place);
        }
        let ty = place.ty.ty;
        Ok(expr(ExprKind::Load(Box::new(place)), ty, span))
    }

    /// Integer promotion (C11 6.3.1.1p2).
    pub(super) fn promote(&self, value: Expr) -> Expr {
        let promoted = match self.bit_field_kind(&value) {
            Some(kind) => Types::int(kind),
            None => self.types().promoted(value.ty),
        };
        self.cast(value, promoted)
    }

    /// A bit-field that is narrower than `int` becomes an `int` even if its declared type is `unsigned`.
    pub(super) fn bit_field_kind(&self, value: &Expr) -> Option<IntKind> {
        let ExprKind::Load(place) = &value.kind else {
            return None;
        };
        let PlaceKind::BitField { bits, .. } = &place.kind else {
            return None;
        };
        let declared = self.types().int_kind(value.ty)?;
        let int_bits = IntKind::Int.bits();
        let fits = bits.width < int_bits || (bits.width == int_bits && declared.is_signed());
        fits.then_some(IntKind::Int)
    }

    /// Usual arithmetic conversions (C11 6.3.1.8).
    pub(super) fn balance(&mut self, lhs: Expr, rhs: Expr) -> (Expr, Expr) {
        let types = self.types();
        let float_kind = |operand: &Expr| match types.shape(operand.ty) {
            &TypeKind::Float(kind) => Some((kind, operand.ty)),
            _ => None,
        };
        let floats = [&lhs, &rhs].into_iter().filter_map(float_kind);
        let float = floats.max_by_key(|&(kind, _)| kind).map(|(_, ty)| ty);
        let (lhs, rhs) = (self.promote(lhs), self.promote(rhs));
        let common = match (
            float,
            self.types().int_kind(lhs.ty),
            self.types().int_kind(rhs.ty),
        ) {
            (Some(float), ..) => float,
            (None, Some(a), Some(b)) if lhs.ty != rhs.ty => Types::int(a.common(b)),
            _ => lhs.ty,
        };
        (self.cast(lhs, common), self.cast(rhs, common))
    }

    /// Converts a scalar to another scalar type, or anything to `void`; constants are converted at once.
    ///
    /// Values that cannot be converted were refused before.
    pub(super) fn cast(&self, value: Expr, ty: TypeId) -> Expr {
        let span = value.span;
        let types = self.types();
        let same = |a: TypeId, b: TypeId| {
            types.canonical(a.unqualified()).ty == types.canonical(b.unqualified()).ty
        };
        // An enumeration and the integer type that represents it differ in name only.
        let same_int =
            types.int_kind(ty).is_some() && types.int_kind(value.ty) == types.int_kind(ty);
        if same_int || same(value.ty, ty) {
            return Expr { ty, ..value };
        }
        if let Some(folded) = float::cast(types, &value, ty) {
            return folded;
        }
        let kind = match (types.shape(value.ty), types.shape(ty)) {
            (_, TypeKind::Void) => CastKind::ToVoid,
            (TypeKind::Float(_), _) | (_, TypeKind::Float(_)) => CastKind::Float,
            (_, TypeKind::Int(IntKind::Bool)) => CastKind::ToBool,
            (TypeKind::Pointer(_), TypeKind::Pointer(_)) => CastKind::PtrToPtr,
            (TypeKind::Pointer(_), _) => return self.pointer_to_int(value, ty),
            (_, TypeKind::Pointer(_)) => return self.int_to_pointer(value, ty),
            _ => CastKind::IntToInt,
        };
        if let Some(old) = value.as_const()
            && let Some(new) = types.int_kind(ty).or(pointer_kind(types, ty))
        {
            return constant(new.wrap(old), ty, span);
        }
        let value = if kind == CastKind::IntToInt {
            self.without_widening(value)
        } else {
            value
        };
        let arg = Box::new(value);
        expr(ExprKind::Cast { kind, arg }, ty, span)
    }

    /// The value before it was widened without loss: what it is converted to next gives the same.
    fn without_widening(&self, value: Expr) -> Expr {
        let wide = self.types().int_kind(value.ty);
        match value.kind {
            ExprKind::Cast {
                kind: CastKind::IntToInt,
                arg,
            } if self.is_widening(self.types().int_kind(arg.ty), wide) => *arg,
            kind => Expr { kind, ..value },
        }
    }

    /// Whether the second type holds all values of the first.
    fn is_widening(&self, from: Option<IntKind>, to: Option<IntKind>) -> bool {
        match (from, to) {
            (Some(from), Some(to)) => {
                to.bits() > from.bits() && (to.is_signed() || !from.is_signed())
            }
            _ => false,
        }
    }

    /// Pointers are 64 bits wide: a narrower integer is cut from one of that width.
    fn pointer_to_int(&self, value: Expr, ty: TypeId) -> Expr {
        let span = value.span;
        if let (Some(old), Some(kind)) = (value.as_const(), self.types().int_kind(ty)) {
            return constant(kind.wrap(old), ty, span);
        }
        let is_wide = self
            .types()
            .int_kind(ty)
            .is_some_and(|kind| kind.bits() == 64);
        let wide = if is_wide {
            ty
        } else {
            Types::int(IntKind::ULong)
        };
        let cast = ExprKind::Cast {
            kind: CastKind::PtrToInt,
            arg: Box::new(value),
        };
        self.cast(expr(cast, wide, span), ty)
    }

    fn int_to_pointer(&self, value: Expr, ty: TypeId) -> Expr {
        let span = value.span;
        let is_wide = self
            .types()
            .int_kind(value.ty)
            .is_some_and(|kind| kind.bits() == 64);
        let wide = if is_wide {
            value.ty
        } else {
            Types::int(IntKind::Long)
        };
        let value = self.cast(value, wide);
        if let Some(old) = value.as_const() {
            return constant(IntKind::ULong.wrap(old), ty, span);
        }
        let cast = ExprKind::Cast {
            kind: CastKind::IntToPtr,
            arg: Box::new(value),
        };
        expr(cast, ty, span)
    }

    /// A value that `if`, `!`, `&&` and the like compare with zero.
    pub(super) fn condition(&mut self, value: Expr) -> Checked<Expr> {
        if let Some(number) = float::as_const(&value) {
            let holds = i128::from(number != 0.0);
            return Ok(constant(holds, Types::INT, value.span));
        }
        if self.types().is_scalar(value.ty) {
            return Ok(value);
        }
        let shown = self.show(value.ty);
        self.error(
            "condition-type",
            value.span,
            format!("a condition is a number or a pointer, not {shown}"),
        )
    }

    /// Whether this is a null pointer constant (C11 6.3.2.3p3).
    pub(super) fn is_null_constant(&self, value: &Expr) -> bool {
        let is_void_pointer = self.types().pointee(value.ty).is_some_and(|pointee| {
            self.types().is_void(pointee.ty) && pointee.quals == Default::default()
        });
        value.as_const() == Some(0) && (self.types().is_integer(value.ty) || is_void_pointer)
    }

    /// Converts as if by assignment (C11 6.5.16.1).
    pub(super) fn convert(
        &mut self,
        value: Expr,
        target: QualType,
        context: Context<'_>,
    ) -> Checked<Expr> {
        let (from, to) = (value.ty, target.ty);
        let types = self.types();
        let is_arithmetic = |ty| types.is_integer(ty) || types.is_float(ty);
        if types.is_bool(to) && types.is_scalar(from) || is_arithmetic(from) && is_arithmetic(to) {
            self.check_constant(&value, to);
            return Ok(self.cast(value, to));
        }
        if types.is_pointer(to) && self.is_null_constant(&value) {
            return Ok(self.cast(value, to));
        }
        if let (Some(pointee), Some(wanted)) = (types.pointee(from), types.pointee(to)) {
            self.check_pointees(pointee, wanted, &value, target, context);
            return Ok(self.cast(value, to));
        }
        if types.is_record(to) && types.compatible_unqualified(from, to) {
            return Ok(value);
        }
        if self.is_vector(from)
            && self.is_vector(to)
            && let Some(value) = self.reinterpreted(value.clone(), to)?
        {
            return Ok(value);
        }
        let (shown, wanted) = (self.show(from), self.show_qual(target));
        let place = context.describe();
        let message = format!("{place} needs {wanted}, but this is {shown}");
        let is_cast_missing = self.types().is_pointer(to) && self.types().is_integer(from)
            || self.types().is_integer(to) && self.types().is_pointer(from);
        if !is_cast_missing {
            return self.error("type-mismatch", value.span, message);
        }
        let spelled = self.types().spell(target);
        let help = format!("if it is meant, write the conversion: `({spelled})`");
        let warning = Diagnostic::warning(value.span, message).code("int-conversion");
        self.report(warning.help(help));
        Ok(self.cast(value, to))
    }

    /// Warns about a constant of which the target keeps only some bits. `-1` may stand for the largest unsigned number.
    fn check_constant(&mut self, value: &Expr, target: TypeId) {
        let (Some(constant), Some(kind)) = (value.as_const(), self.types().int_kind(target)) else {
            return;
        };
        if kind == IntKind::Bool || kind.bits() > 64 {
            return;
        }
        let (low, high) = (-(1 << (kind.bits() - 1)), (1 << kind.bits()) - 1);
        if !(low..=high).contains(&constant) {
            let kept = kind.wrap(constant);
            let message = format!(
                "`{}` cannot hold {constant}; {kept} is left of it",
                kind.name()
            );
            self.warn("constant-conversion", value.span, message);
        }
    }

    /// Warns where a pointer is converted to one of another kind.
    fn check_pointees(
        &mut self,
        from: QualType,
        to: QualType,
        value: &Expr,
        target: QualType,
        context: Context<'_>,
    ) {
        let (from, to) = (self.types().canonical(from), self.types().canonical(to));
        let is_void = |ty: QualType| self.types().is_void(ty.ty);
        let agree = is_void(from) || is_void(to) || self.pointees_agree(from.ty, to.ty);
        let drops_qualifier = to.quals.lacks_some_of(from.quals);
        if agree && !drops_qualifier {
            return;
        }
        let (shown, wanted) = (self.show(value.ty), self.show_qual(target));
        let place = context.describe();
        if !agree {
            let message =
                format!("{place} needs {wanted}, but this points to something else: {shown}");
            self.warn("incompatible-pointer-types", value.span, message);
        } else {
            let message = format!("{place} drops a qualifier: {shown} becomes {wanted}");
            self.warn("discarded-qualifiers", value.span, message);
        }
    }

    /// Whether two pointed-to types agree; the signedness of integers is not worth a warning.
    fn pointees_agree(&self, a: TypeId, b: TypeId) -> bool {
        let types = self.types();
        if types.compatible_unqualified(a, b) {
            return true;
        }
        match (types.int_kind(a), types.int_kind(b)) {
            (Some(a), Some(b)) => {
                a.to_unsigned() == b.to_unsigned() || (a.bits() == 64 && b.bits() == 64)
            }
            _ => false,
        }
    }

    /// Default argument promotions, for what `...` receives (C11 6.5.2.2p6).
    pub(super) fn promote_argument(&mut self, value: Expr) -> Checked<Expr> {
        if self.types().is_void(value.ty) {
            return self.error("void-value", value.span, "`void` is not a value");
        }
        Ok(self.promote(value))
    }
}

/// Pointers are represented like `unsigned long`.
fn pointer_kind(types: &Types, ty: TypeId) -> Option<IntKind> {
    types.is_pointer(ty).then_some(IntKind::ULong)
}
