//! Conversions between scalar types (C11 6.3).

use bpfcc_ir::{InstData, PtrKind, Type, Value};
use bpfcc_isa::Size;

use super::function::Body;
use super::repr::{Repr, Scalar, Wide, repr, word_type};
use crate::tree::{CastKind, Expr};
use crate::types::IntKind;

impl Body<'_, '_> {
    /// A cast, written or not, to a scalar type.
    pub(super) fn cast(&mut self, cast: CastKind, expr: &Expr, arg: &Expr) -> Scalar {
        match cast {
            CastKind::ToBool => Scalar::Word(self.boolean(arg)),
            CastKind::IntToInt => {
                let value = self.scalar(arg);
                self.convert(value, self.kind(arg.ty), self.kind(expr.ty))
            }
            CastKind::IntToPtr => {
                let value = self.scalar(arg);
                let bits = self.convert(value, self.kind(arg.ty), IntKind::ULong);
                Scalar::Word(self.pointer_from_bits(bits.word()))
            }
            CastKind::PtrToInt => {
                let value = self.word(arg);
                let bits = Scalar::Word(self.builder.ptr_to_int(value));
                self.convert(bits, IntKind::ULong, self.kind(expr.ty))
            }
            CastKind::PtrToPtr => self.scalar(arg),
            CastKind::Float => self.floating_point(expr),
            CastKind::ToVoid => {
                self.effect(arg);
                Scalar::Word(self.builder.iconst(Type::I32, 0))
            }
        }
    }

    /// The pointer with these bits. The bits of a pointer give that pointer back, with its kind.
    fn pointer_from_bits(&mut self, bits: Value) -> Value {
        match self.builder.func().def_inst(bits) {
            Some(InstData::PtrToInt { arg }) => *arg,
            Some(InstData::Const { value }) => {
                let value = *value;
                self.builder.iconst(Type::PTR, value)
            }
            _ => self.builder.int_to_ptr(PtrKind::Mem, bits),
        }
    }

    /// Converts between integer types (C11 6.3.1.3): cuts, or extends by the sign of the type it had.
    pub(super) fn convert(&mut self, value: Scalar, from: IntKind, to: IntKind) -> Scalar {
        if to == IntKind::Bool {
            return self.convert_to_bool(value, from);
        }
        match (value, to.bits() > 64) {
            (Scalar::Pair(_), true) => value,
            (Scalar::Pair(wide), false) => {
                Scalar::Word(self.convert_word(wide.lo, IntKind::ULong, to))
            }
            (Scalar::Word(word), true) => Scalar::Pair(self.widen(word, from)),
            (Scalar::Word(word), false) => Scalar::Word(self.convert_word(word, from, to)),
        }
    }

    fn convert_to_bool(&mut self, value: Scalar, from: IntKind) -> Scalar {
        if from == IntKind::Bool {
            return value;
        }
        let (cond, args) = self.non_zero(value);
        Scalar::Word(self.builder.compare(cond, args[0], args[1]))
    }

    fn convert_word(&mut self, value: Value, from: IntKind, to: IntKind) -> Value {
        let ty = word_type(to);
        if let Some(constant) = self.builder.func().as_const(value) {
            let wrapped = to.wrap(from.wrap(constant.into()));
            return self.builder.iconst(ty, wrapped as i64);
        }
        match (self.builder.ty(value), ty) {
            (Type::I32, Type::I64) => self.extend(value, from),
            (Type::I64, Type::I32) => {
                let low = self.builder.truncate(value);
                self.narrow(low, to)
            }
            (Type::I32, Type::I32) if !holds_all(to, from) => self.narrow(value, to),
            _ => value,
        }
    }

    /// An `i32` of type `from` as an `i64`.
    fn extend(&mut self, value: Value, from: IntKind) -> Value {
        if from.is_signed() {
            return self.builder.sign_extend(Type::I64, Size::W, value);
        }
        match self.packet_pointer_bits(value) {
            Some(bits) => bits,
            None => self.builder.zero_extend(Type::I64, Size::W, value),
        }
    }

    /// `ctx->data` is 32 bits wide in C and a pointer in the machine: it is loaded as a pointer and cut. Whoever widens it
    /// again, as in `(void *)(long)ctx->data`, wants the pointer (VERIFIER-RULES 3).
    fn packet_pointer_bits(&self, value: Value) -> Option<Value> {
        let func = self.builder.func();
        let Some(&InstData::Truncate { arg: bits }) = func.def_inst(value) else {
            return None;
        };
        let Some(&InstData::PtrToInt { arg: pointer }) = func.def_inst(bits) else {
            return None;
        };
        let is_field = matches!(
            func.def_inst(pointer),
            Some(InstData::Load { size: Size::W, .. })
        );
        is_field.then_some(bits)
    }

    /// The low bits of an `i32` as a value of the type `to`, which is no wider.
    fn narrow(&mut self, value: Value, to: IntKind) -> Value {
        match Size::from_bytes(to.bytes()) {
            Some(size) if size < Size::W && to.is_signed() => {
                self.builder.sign_extend(Type::I32, size, value)
            }
            Some(size) if size < Size::W => self.builder.zero_extend(Type::I32, size, value),
            _ => value,
        }
    }

    /// An integer of up to 64 bits as one of 128 bits.
    pub(super) fn widen(&mut self, value: Value, from: IntKind) -> Wide {
        let to = if from.is_signed() {
            IntKind::Long
        } else {
            IntKind::ULong
        };
        let lo = self.convert_word(value, from, to);
        let hi = self.sign_word(lo, from.is_signed());
        Wide { lo, hi }
    }

    /// Puts a value into a register of another type, as it comes: for functions that are called with other types than they
    /// are defined with.
    pub(super) fn coerce(&mut self, value: Value, ty: Type) -> Value {
        match (self.builder.ty(value), ty) {
            (Type::Ptr(_), Type::I32 | Type::I64) => {
                let bits = self.builder.ptr_to_int(value);
                self.coerce(bits, ty)
            }
            (Type::I32, Type::I64 | Type::Ptr(_)) => {
                let bits = self.builder.zero_extend(Type::I64, Size::W, value);
                self.coerce(bits, ty)
            }
            (Type::I64, Type::I32) => self.builder.truncate(value),
            (Type::I64, Type::Ptr(_)) => self.pointer_from_bits(value),
            // The program says what it points to: a context that went through memory, say.
            (Type::Ptr(from), Type::Ptr(to)) if !from.fits(to) => {
                let bits = self.builder.ptr_to_int(value);
                self.builder.int_to_ptr(to, bits)
            }
            _ => value,
        }
    }

    /// A result of type `ty` from code that we did not compile, which may leave anything above its bits.
    pub(super) fn sanitize(&mut self, value: Value, expr: &Expr) -> Value {
        match repr(self.types(), expr.ty) {
            Repr::Word(Type::I32) => self.narrow(value, self.kind(expr.ty)),
            _ => value,
        }
    }
}

/// Whether every value of `from` is one of `to`, both at most 32 bits wide, so that its register can stay as it is.
fn holds_all(to: IntKind, from: IntKind) -> bool {
    let same_sign = to.is_signed() == from.is_signed();
    to.bits() == 32
        || (same_sign && to.bits() >= from.bits())
        || (!from.is_signed() && to.bits() > from.bits())
}
