//! Atomic operations: `__sync_…`, `__atomic_…`, and what C does with objects of `_Atomic` type (C11 6.2.6.1p9).
//!
//! ```text
//! _Atomic long n;      n             ──►   atomic load(&n)
//!                      n = 5         ──►   atomic store(&n, 5)
//!                      n += 5        ──►   atomic add_fetch(&n, 5)
//!                      n++           ──►   atomic fetch_add(&n, 1)
//! ```

use lang_c::ast;
use lang_c::span::Node;

use crate::restrict::Rule;
use crate::source::Span;
use crate::tree::{
    AtomicResult, AtomicRmw, BinaryOp, Builtin, CompareOp, CompoundOp, Expr, ExprKind, Place,
    PlaceKind,
};
use crate::types::{IntKind, QualType, TypeId, Types};

use super::builtin::Known;
use super::constant::constant_value;
use super::convert::{self, Context, constant};
use super::{Checked, Checker};

// Builtins.
impl Checker<'_> {
    pub(super) fn atomic(&mut self, known: Known, args: Vec<Expr>, span: Span) -> Checked<Expr> {
        let Some(pointer) = args.first() else {
            return self.error("atomic-operand", span, "this builtin needs a pointer");
        };
        if let Known::AtomicLoad
        | Known::AtomicLoadVia
        | Known::AtomicStore
        | Known::AtomicStoreVia
        | Known::LockRelease = known
        {
            let ty = self.atomic_type(pointer)?;
            return self.atomic_access(known, args, ty, span);
        }
        let ty = self.updated_type(pointer)?;
        match known {
            Known::Rmw(op, result) => {
                let [pointer, value] = self.first_args(args, span)?;
                let value = self.atomic_value(value, ty)?;
                Ok(self.atomic_update((op, result), [pointer, value], ty, span))
            }
            Known::CompareAndSwap => {
                let [pointer, expected, new] = self.first_args(args, span)?;
                let expected = self.atomic_value(expected, ty)?;
                let new = self.atomic_value(new, ty)?;
                let args = vec![pointer, expected, new];
                Ok(self.builtin(Builtin::CompareExchange, args, ty, span))
            }
            Known::BoolCompareAndSwap => {
                let [pointer, expected, new] = self.first_args(args, span)?;
                let expected = self.atomic_value(expected, ty)?;
                let new = self.atomic_value(new, ty)?;
                self.bool_compare_and_swap(pointer, expected, new, span)
            }
            Known::CompareExchangeAt => {
                let [pointer, expected, new] = self.first_args(args, span)?;
                self.compare_exchange_at(pointer, expected, new, ty, span)
            }
            Known::CompareExchangeVia => {
                let [pointer, expected, new] = self.first_args(args, span)?;
                let new = self.pointed_value(new, ty, 3)?;
                self.compare_exchange_at(pointer, expected, new, ty, span)
            }
            Known::ExchangeVia => {
                let [pointer, new, old] = self.first_args(args, span)?;
                let new = self.pointed_value(new, ty, 2)?;
                let exchange = (AtomicRmw::Exchange, AtomicResult::Old);
                let value = self.atomic_update(exchange, [pointer, new], ty, span);
                self.assign_through(old, value, ty, 3)
            }
            _ => {
                let [pointer] = self.first_args(args, span)?;
                let one = self.cast(constant(1, Types::INT, span), ty);
                let exchange = (AtomicRmw::Exchange, AtomicResult::Old);
                let old = self.atomic_update(exchange, [pointer, one], ty, span);
                Ok(self.cast(old, Types::int(IntKind::Bool)))
            }
        }
    }

    /// Loads and stores, of whatever size a register has.
    fn atomic_access(
        &mut self,
        known: Known,
        args: Vec<Expr>,
        ty: TypeId,
        span: Span,
    ) -> Checked<Expr> {
        match known {
            Known::AtomicLoad => {
                let [pointer] = self.first_args(args, span)?;
                Ok(self.builtin(Builtin::AtomicLoad, vec![pointer], ty, span))
            }
            Known::AtomicLoadVia => {
                let [pointer, to] = self.first_args(args, span)?;
                let value = self.builtin(Builtin::AtomicLoad, vec![pointer], ty, span);
                self.assign_through(to, value, ty, 2)
            }
            Known::AtomicStore => {
                let [pointer, value] = self.first_args(args, span)?;
                let value = self.atomic_value(value, ty)?;
                Ok(self.atomic_store(pointer, value, Types::VOID, span))
            }
            Known::AtomicStoreVia => {
                let [pointer, value] = self.first_args(args, span)?;
                let value = self.pointed_value(value, ty, 2)?;
                Ok(self.atomic_store(pointer, value, Types::VOID, span))
            }
            _ => {
                let [pointer] = self.first_args(args, span)?;
                let zero = self.cast(constant(0, Types::INT, span), ty);
                Ok(self.atomic_store(pointer, zero, Types::VOID, span))
            }
        }
    }

    fn compare_exchange_at(
        &mut self,
        pointer: Expr,
        expected: Expr,
        new: Expr,
        ty: TypeId,
        span: Span,
    ) -> Checked<Expr> {
        let expected = self.pointer_to(expected, ty, 2)?;
        let new = self.atomic_value(new, ty)?;
        let args = vec![pointer, expected, new];
        let ty = Types::int(IntKind::Bool);
        Ok(self.builtin(Builtin::CompareExchangeAt, args, ty, span))
    }

    /// An argument that has to point to `ty`.
    fn pointer_to(&mut self, pointer: Expr, ty: TypeId, number: usize) -> Checked<Expr> {
        let wanted = self.unit.types.pointer_to(ty.unqualified());
        let context = Context::Argument(number, "this builtin");
        self.convert(pointer, wanted.unqualified(), context)
    }

    /// What stands where an argument points.
    fn pointed_value(&mut self, pointer: Expr, ty: TypeId, number: usize) -> Checked<Expr> {
        let span = pointer.span;
        let pointer = self.pointer_to(pointer, ty, number)?;
        let place = Box::new(self.deref_place(pointer, span)?);
        Ok(convert::expr(ExprKind::Load(place), ty, span))
    }

    /// `*pointer = value;`
    fn assign_through(
        &mut self,
        pointer: Expr,
        value: Expr,
        ty: TypeId,
        number: usize,
    ) -> Checked<Expr> {
        let span = value.span;
        let pointer = self.pointer_to(pointer, ty, number)?;
        let place = Box::new(self.deref_place(pointer, span)?);
        let value = Box::new(value);
        let assign = convert::expr(ExprKind::Assign { place, value }, ty, span);
        Ok(self.cast(assign, Types::VOID))
    }

    /// Objects of 4 and 8 bytes have atomic instructions.
    pub(super) fn lock_free(
        &mut self,
        nodes: &[Node<ast::Expression>],
        span: Span,
    ) -> Checked<Expr> {
        let [size] = self.first_nodes(nodes, span)?;
        let size = self.constant_expression(size)?;
        let is_free = matches!(size, 4 | 8);
        Ok(constant(is_free.into(), Types::int(IntKind::Bool), span))
    }

    /// The type that an atomic load or store works on.
    fn atomic_type(&mut self, pointer: &Expr) -> Checked<TypeId> {
        let pointee = self.types().pointee(pointer.ty);
        let scalar = pointee.filter(|pointee| {
            self.types().is_integer(pointee.ty) || self.types().is_pointer(pointee.ty)
        });
        let Some(pointee) = scalar else {
            let shown = self.show(pointer.ty);
            return self.error(
                "atomic-operand",
                pointer.span,
                format!(
                    "an atomic operation needs a pointer to an integer or pointer, not {shown}"
                ),
            );
        };
        match self.types().size_of(pointee.ty) {
            Some(1 | 2 | 4 | 8) => Ok(pointee.ty),
            size => self.bad_size(pointer.span, size),
        }
    }

    /// The type that an atomic operation other than a load or store works on.
    fn updated_type(&mut self, pointer: &Expr) -> Checked<TypeId> {
        let ty = self.atomic_type(pointer)?;
        match self.types().size_of(ty) {
            Some(4 | 8) => Ok(ty),
            size => self.bad_size(pointer.span, size),
        }
    }

    fn bad_size<T>(&mut self, span: Span, size: Option<u64>) -> Checked<T> {
        let thing = format!("this works on {} bytes", size.unwrap_or(0));
        self.fail(Rule::AtomicSize.refuse(span, thing))
    }

    fn atomic_value(&mut self, value: Expr, ty: TypeId) -> Checked<Expr> {
        if self.types().is_scalar(value.ty) {
            return Ok(self.cast(value, ty));
        }
        let shown = self.show(value.ty);
        self.error(
            "atomic-operand",
            value.span,
            format!("an atomic operation needs an integer or pointer, not {shown}"),
        )
    }

    fn atomic_update(
        &self,
        (op, result): (AtomicRmw, AtomicResult),
        args: [Expr; 2],
        ty: TypeId,
        span: Span,
    ) -> Expr {
        let builtin = Builtin::AtomicRmw { op, result };
        self.builtin(builtin, args.to_vec(), ty, span)
    }

    /// The type is that of the value, or `void` if it is not wanted.
    fn atomic_store(&self, pointer: Expr, value: Expr, ty: TypeId, span: Span) -> Expr {
        self.builtin(Builtin::AtomicStore, vec![pointer, value], ty, span)
    }

    /// Whether the old value was the expected one, which is evaluated once.
    fn bool_compare_and_swap(
        &mut self,
        pointer: Expr,
        expected: Expr,
        new: Expr,
        span: Span,
    ) -> Checked<Expr> {
        let ty = expected.ty;
        if constant_value(&expected).is_some() {
            return Ok(self.swapped(pointer, expected.clone(), new, expected, span));
        }
        let local = self.temporary(ty.unqualified(), expected.span)?;
        let place = Place {
            kind: PlaceKind::Local(local),
            ty: ty.unqualified(),
            span: expected.span,
        };
        let load = convert::expr(ExprKind::Load(Box::new(place.clone())), ty, expected.span);
        let assign = ExprKind::Assign {
            place: Box::new(place),
            value: Box::new(expected),
        };
        let assign = Box::new(convert::expr(assign, ty, span));
        let swapped = Box::new(self.swapped(pointer, load.clone(), new, load, span));
        let ty = swapped.ty;
        Ok(convert::expr(ExprKind::Comma(assign, swapped), ty, span))
    }

    fn swapped(&self, pointer: Expr, expected: Expr, new: Expr, again: Expr, span: Span) -> Expr {
        let args = vec![pointer, expected, new];
        let old = self.builtin(Builtin::CompareExchange, args, again.ty, span);
        let compare = ExprKind::Compare {
            op: CompareOp::Eq,
            lhs: Box::new(old),
            rhs: Box::new(again),
        };
        let compare = convert::expr(compare, Types::INT, span);
        self.cast(compare, Types::int(IntKind::Bool))
    }
}

// Objects of `_Atomic` type.
impl Checker<'_> {
    /// Whether a place is to be read and written atomically.
    pub(super) fn is_atomic(&self, ty: QualType) -> bool {
        self.types().canonical(ty).quals.is_atomic
    }

    /// The value of an `_Atomic` object.
    pub(super) fn load_atomic(&mut self, place: Place) -> Checked<Expr> {
        let span = place.span;
        let pointer = self.address_of_atomic(place);
        let ty = self.atomic_type(&pointer)?;
        Ok(self.builtin(Builtin::AtomicLoad, vec![pointer], ty, span))
    }

    /// `place = value`.
    pub(super) fn assign_atomic(&mut self, place: Place, value: Expr, span: Span) -> Checked<Expr> {
        let pointer = self.address_of_atomic(place);
        let ty = self.atomic_type(&pointer)?;
        Ok(self.atomic_store(pointer, value, ty, span))
    }

    /// `place op= value`, which gives the new value.
    pub(super) fn compound_assign_atomic(
        &mut self,
        op: CompoundOp,
        place: Place,
        value: Expr,
        span: Span,
    ) -> Checked<Expr> {
        let pointer = self.address_of_atomic(place);
        let ty = self.updated_type(&pointer)?;
        let (op, value) = match op {
            CompoundOp::PtrOffset { size } => {
                let long = value.ty;
                let size = constant(size.into(), long, value.span);
                let bytes = self.binary(BinaryOp::Mul, value, size, span);
                (AtomicRmw::Add, bytes)
            }
            CompoundOp::Binary(op) => match atomic_op(op) {
                Some(op) => (op, value),
                None => return self.refuse_operation(op.symbol(), span),
            },
            CompoundOp::Shift(op) => return self.refuse_operation(op.symbol(), span),
        };
        // The operations give the same low bits in whatever width they are done.
        let value = self.cast(value, ty);
        Ok(self.atomic_update((op, AtomicResult::New), [pointer, value], ty, span))
    }

    fn refuse_operation<T>(&mut self, symbol: &str, span: Span) -> Checked<T> {
        let thing = format!("`{symbol}=` is not done in one step");
        self.fail(Rule::AtomicOperation.refuse(span, thing))
    }

    /// `place++` and the like; `step` is in bytes for pointers.
    pub(super) fn inc_dec_atomic(
        &mut self,
        place: Place,
        step: i64,
        postfix: bool,
        span: Span,
    ) -> Checked<Expr> {
        let pointer = self.address_of_atomic(place);
        let ty = self.updated_type(&pointer)?;
        let step = constant(step.into(), Types::int(IntKind::Long), span);
        let step = self.cast(step, ty);
        let result = match postfix {
            true => AtomicResult::Old,
            false => AtomicResult::New,
        };
        Ok(self.atomic_update((AtomicRmw::Add, result), [pointer, step], ty, span))
    }

    fn address_of_atomic(&mut self, place: Place) -> Expr {
        let (span, ty) = (place.span, self.unit.types.pointer_to(place.ty));
        convert::expr(ExprKind::AddressOf(Box::new(place)), ty, span)
    }
}

/// The atomic instruction for an operator.
fn atomic_op(op: BinaryOp) -> Option<AtomicRmw> {
    match op {
        BinaryOp::Add => Some(AtomicRmw::Add),
        BinaryOp::Sub => Some(AtomicRmw::Sub),
        BinaryOp::And => Some(AtomicRmw::And),
        BinaryOp::Or => Some(AtomicRmw::Or),
        BinaryOp::Xor => Some(AtomicRmw::Xor),
        BinaryOp::Mul | BinaryOp::Div | BinaryOp::Rem => None,
    }
}
