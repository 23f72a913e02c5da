//! Compiler builtins: which function lowers which.

use bpfcc_ir::{Type, Value};
use bpfcc_isa::{AluOp, Cond, Size};

use super::function::Body;
use super::repr::{Scalar, Wide};
use crate::tree::{Builtin, Expr, Inline};

impl Body<'_, '_> {
    /// A builtin whose value is needed.
    pub(super) fn builtin_value(&mut self, expr: &Expr, builtin: Builtin, args: &[Expr]) -> Scalar {
        let value = match builtin {
            Builtin::Bswap(128) => return self.swap_wide(&args[0]),
            Builtin::BitReverse(bits) => self.reverse_bits(bits, &args[0]),
            Builtin::Rotate(direction) => {
                let bits = self.kind(expr.ty).bits();
                self.rotate(bits, direction, &args[0], &args[1])
            }
            Builtin::Clrsb => self.bit_count(&args[0], Self::redundant_signs),
            Builtin::Bswap(bits) => self.swap_bytes(bits, &args[0]),
            Builtin::Clz => self.bit_count(&args[0], Self::leading_zeros),
            Builtin::Ctz => self.bit_count(&args[0], Self::trailing_zeros),
            Builtin::Popcount => self.bit_count(&args[0], Self::ones),
            Builtin::Parity => self.bit_count(&args[0], Self::parity),
            Builtin::Ffs => self.bit_count(&args[0], Self::lowest_one),
            Builtin::Abs => self.absolute(&args[0]),
            Builtin::Memcpy => {
                let to = self.copy_memory(args);
                self.address_value(to)
            }
            Builtin::Memmove => {
                let to = self.move_memory(args);
                self.address_value(to)
            }
            Builtin::Memset => {
                let to = self.set_memory(args);
                self.address_value(to)
            }
            Builtin::Memcmp => self.compare_memory(args),
            Builtin::Overflow(op) => self.overflow(op, args),
            Builtin::AtomicRmw { op, result } => self.atomic_value(op, result, args),
            Builtin::CompareExchange => self.compare_exchange(args),
            Builtin::CompareExchangeAt => self.compare_exchange_at(args),
            Builtin::AtomicLoad => self.atomic_load(args),
            Builtin::AtomicStore => self.atomic_store(args),
            Builtin::Unreachable | Builtin::Trap | Builtin::Fence => {
                self.builtin_effect(expr, builtin, args);
                self.builder.iconst(Type::I32, 0)
            }
        };
        Scalar::Word(value)
    }

    /// A builtin whose value, if it has one, is not needed.
    pub(super) fn builtin_effect(&mut self, expr: &Expr, builtin: Builtin, args: &[Expr]) {
        match builtin {
            Builtin::Memcpy => {
                self.copy_memory(args);
            }
            Builtin::Memmove => {
                self.move_memory(args);
            }
            Builtin::Memset => {
                self.set_memory(args);
            }
            Builtin::AtomicRmw { op, .. } => self.atomic_effect(op, args),
            Builtin::AtomicStore => {
                self.atomic_store(args);
            }
            Builtin::Fence => self.fence(),
            Builtin::Unreachable => self.builder.unreachable(),
            // BPF has no instruction that stops a program; leaving the function is the end that the kernel accepts.
            Builtin::Trap if self.function.attributes.inline == Inline::Always => {
                // The end of the program that it becomes a part of.
                self.builder.unreachable();
            }
            Builtin::Trap => self.return_zero(),
            Builtin::Bswap(_)
            | Builtin::BitReverse(_)
            | Builtin::Rotate(_)
            | Builtin::Clrsb
            | Builtin::Clz
            | Builtin::Ctz
            | Builtin::Popcount
            | Builtin::Parity
            | Builtin::Ffs
            | Builtin::Abs
            | Builtin::Memcmp
            | Builtin::Overflow(_)
            | Builtin::CompareExchange
            | Builtin::CompareExchangeAt
            | Builtin::AtomicLoad => {
                self.builtin_value(expr, builtin, args);
            }
        }
    }

    fn absolute(&mut self, arg: &Expr) -> Value {
        let value = self.word(arg);
        let zero = self.builder.iconst(self.builder.ty(value), 0);
        let negated = self.builder.binary(AluOp::Sub, zero, value);
        let args = [value, zero];
        self.builder.select(Cond::Slt, args, negated, value)
    }

    fn swap_wide(&mut self, arg: &Expr) -> Scalar {
        let value = self.scalar(arg).words();
        let [hi, lo] = [value[0], value[1]].map(|half| self.builder.swap(Size::DW, half));
        Scalar::Pair(Wide { lo, hi })
    }

    fn swap_bytes(&mut self, bits: u32, arg: &Expr) -> Value {
        let value = self.word(arg);
        let size = match bits {
            16 => Size::H,
            32 => Size::W,
            _ => Size::DW,
        };
        self.builder.swap(size, value)
    }
}
