//! Arithmetic: immediates, two widths, and what older levels lack.
//!
//! From v3 an `i32` is computed in a w-register. Before, it is computed in 64 bits: the lower half of a sum, product or
//! left shift does not depend on the upper halves of the operands, and for the others (right shifts, division, comparison)
//! the operands are widened first.

use bpfcc_ir::{Inst, Type, Value};
use bpfcc_isa::{AluOp, Size, SwapKind, Width};

use super::Selector;
use crate::vcode::{VInsn, VReg, VSrc};

impl Selector<'_> {
    pub(super) fn select_binary(&mut self, op: AluOp, args: [Value; 2], inst: Inst) {
        let (dst, ty) = self.result(inst);
        let [lhs, rhs] = self.in_best_order(op, args);
        match op {
            AluOp::Div | AluOp::Sdiv if self.constant(rhs) == Some(0) => {
                self.push(VInsn::Imm { dst, value: 0 });
            }
            AluOp::Mod | AluOp::Smod if self.constant(rhs) == Some(0) => {
                // `x % 0` is `x`; Linux refuses a constant divisor of zero.
                let lhs = if self.is_emulated(ty) {
                    self.extended(lhs, false)
                } else {
                    self.reg(lhs)
                };
                self.alu_into(dst, self.machine_width(ty), AluOp::Or, lhs, VSrc::Imm(0));
            }
            AluOp::Sdiv | AluOp::Smod if !self.cpu.has_signed_division() => {
                self.select_signed_division(op, lhs, rhs, (dst, ty));
            }
            _ if self.is_emulated(ty) => self.select_emulated(op, lhs, rhs, dst),
            AluOp::Lsh | AluOp::Rsh | AluOp::Arsh => {
                let count = self.shift_count(rhs, ty.width());
                self.select_plain(op, lhs, count, (dst, ty));
            }
            _ => {
                let rhs = self.src(rhs);
                self.select_plain(op, lhs, rhs, (dst, ty));
            }
        }
    }

    /// `dst = lhs op rhs` at the width of the type, if the machine has it, else at 64 bits.
    fn select_plain(&mut self, op: AluOp, lhs: Value, rhs: VSrc, (dst, ty): (VReg, Type)) {
        let (width, lhs) = (self.machine_width(ty), self.reg(lhs));
        self.alu_into(dst, width, op, lhs, rhs);
    }

    /// 32-bit arithmetic with 64-bit instructions.
    fn select_emulated(&mut self, op: AluOp, lhs: Value, rhs: Value, dst: VReg) {
        let (lhs, rhs) = match op {
            AluOp::Rsh | AluOp::Arsh => (
                self.extended(lhs, op == AluOp::Arsh),
                self.shift_count(rhs, Width::W32),
            ),
            AluOp::Lsh => (self.reg(lhs), self.shift_count(rhs, Width::W32)),
            AluOp::Div | AluOp::Mod => (self.extended(lhs, false), self.extended_src(rhs, false)),
            _ => (self.reg(lhs), self.src(rhs)),
        };
        self.alu_into(dst, Width::W64, op, lhs, rhs);
    }

    /// Constants stand on the right. Otherwise the operand that is not needed any more stands on the left, where the result
    /// overwrites it.
    fn in_best_order(&self, op: AluOp, [lhs, rhs]: [Value; 2]) -> [Value; 2] {
        let is_commutative = matches!(
            op,
            AluOp::Add | AluOp::Mul | AluOp::And | AluOp::Or | AluOp::Xor
        );
        let is_better = match (self.immediate(lhs), self.immediate(rhs)) {
            (Some(_), None) => true,
            (None, None) => self.uses[lhs] > 1 && self.uses[rhs] == 1,
            _ => false,
        };
        if is_commutative && is_better {
            [rhs, lhs]
        } else {
            [lhs, rhs]
        }
    }

    /// A shift count below the width: the machine masks only to its own width, and Linux refuses larger constants.
    fn shift_count(&mut self, count: Value, width: Width) -> VSrc {
        let mask = width.bits() as i32 - 1;
        match self.constant(count) {
            Some(count) => VSrc::Imm(count as i32 & mask),
            None if width == Width::W32 && !self.cpu.has_alu32() => {
                let count = self.reg(count);
                VSrc::Reg(self.alu(Width::W64, AluOp::And, count, VSrc::Imm(mask)))
            }
            None => VSrc::Reg(self.reg(count)),
        }
    }

    /// Signed division before v4: divide the magnitudes, then give the result its sign. With `s = x s>> 63`, which is 0 or
    /// -1, the magnitude of `x` is `(x ^ s) - s`, and the same formula puts the sign back. Division by zero and the
    /// overflowing `MIN / -1` come out as RFC 9669 wants them, without a branch.
    fn select_signed_division(
        &mut self,
        op: AluOp,
        lhs: Value,
        rhs: Value,
        (dst, ty): (VReg, Type),
    ) {
        let width = self.machine_width(ty);
        let dividend = self.widened(lhs, ty);
        let dividend_sign = self.sign(width, dividend);
        let dividend = self.apply_sign(width, dividend, dividend_sign);
        let (divisor, divisor_sign) = self.magnitude_and_sign(width, rhs, ty);
        let unsigned = if op == AluOp::Sdiv {
            AluOp::Div
        } else {
            AluOp::Mod
        };
        let result = self.alu(width, unsigned, dividend, divisor);
        let sign = match (op, divisor_sign) {
            (AluOp::Smod, _) | (_, VSrc::Imm(0)) => dividend_sign,
            _ => self.alu(width, AluOp::Xor, dividend_sign, divisor_sign),
        };
        let result = self.alu(width, AluOp::Xor, result, VSrc::Reg(sign));
        self.alu_into(dst, width, AluOp::Sub, result, VSrc::Reg(sign));
    }

    fn magnitude_and_sign(&mut self, width: Width, value: Value, ty: Type) -> (VSrc, VSrc) {
        let constant = self.immediate(value);
        if let Some(magnitude) = constant.and_then(i32::checked_abs) {
            let sign = if constant < Some(0) { -1 } else { 0 };
            return (VSrc::Imm(magnitude), VSrc::Imm(sign));
        }
        let value = self.widened(value, ty);
        let sign = self.sign(width, value);
        let magnitude = self.apply_sign(width, value, sign);
        (VSrc::Reg(magnitude), VSrc::Reg(sign))
    }

    /// An operand of signed arithmetic at the width the machine will use.
    fn widened(&mut self, value: Value, ty: Type) -> VReg {
        if self.is_emulated(ty) {
            self.extended(value, true)
        } else {
            self.reg(value)
        }
    }

    fn sign(&mut self, width: Width, value: VReg) -> VReg {
        let count = VSrc::Imm(width.bits() as i32 - 1);
        self.alu(width, AluOp::Arsh, value, count)
    }

    fn apply_sign(&mut self, width: Width, value: VReg, sign: VReg) -> VReg {
        let flipped = self.alu(width, AluOp::Xor, value, VSrc::Reg(sign));
        self.alu(width, AluOp::Sub, flipped, VSrc::Reg(sign))
    }

    pub(super) fn select_neg(&mut self, arg: Value, inst: Inst) {
        let (dst, ty) = self.result(inst);
        let (width, src) = (self.machine_width(ty), self.reg(arg));
        self.push(VInsn::Neg { width, dst, src });
    }

    /// Before v4 there are only swaps to a given byte order; the one that is not the target's always swaps.
    pub(super) fn select_swap(&mut self, size: Size, arg: Value, inst: Inst) {
        let (dst, _) = self.result(inst);
        let kind = match self.cpu.has_bswap() {
            true => SwapKind::Always,
            false => SwapKind::to_other(self.module.endian),
        };
        let src = self.reg(arg);
        self.push(VInsn::Swap {
            kind,
            size,
            dst,
            src,
        });
    }

    pub(super) fn select_ptr_add(&mut self, base: Value, offset: Value, inst: Inst) {
        let (dst, _) = self.result(inst);
        let (lhs, rhs) = (self.reg(base), self.src(offset));
        self.alu_into(dst, Width::W64, AluOp::Add, lhs, rhs);
    }

    // Widening.

    pub(super) fn select_extend(&mut self, signed: bool, from: Size, arg: Value, inst: Inst) {
        if from == Size::W && self.upper[arg].is_extended(signed) {
            return; // Another name for `arg`: see `origin`.
        }
        let (dst, ty) = self.result(inst);
        let src = self.reg(arg);
        let width = self.machine_width(ty);
        self.extend_into(dst, width, from, signed, src);
    }

    /// A register with all 64 bits of an `i32` widened.
    pub(super) fn extended(&mut self, value: Value, signed: bool) -> VReg {
        if let (Some(constant), false) = (self.constant(value), signed) {
            return self.constant_reg(i64::from(constant as u32));
        }
        if self.upper[value].is_extended(signed) {
            return self.reg(value);
        }
        let (src, dst) = (self.reg(value), self.code.new_vreg());
        self.extend_into(dst, Width::W64, Size::W, signed, src);
        dst
    }

    /// The same as second operand: a constant stays one if the machine's sign extension does the right thing to it.
    pub(super) fn extended_src(&mut self, value: Value, signed: bool) -> VSrc {
        match self.immediate(value) {
            Some(constant) if signed || constant >= 0 => VSrc::Imm(constant),
            _ => VSrc::Reg(self.extended(value, signed)),
        }
    }

    /// `dst` = the low `from` bytes of `src`, extended.
    pub(super) fn extend_into(
        &mut self,
        dst: VReg,
        width: Width,
        from: Size,
        signed: bool,
        src: VReg,
    ) {
        if signed && self.cpu.has_sign_extension() {
            return self.push(VInsn::SignExtend {
                width,
                from,
                dst,
                src,
            });
        }
        match from {
            Size::B if !signed => self.alu_into(dst, width, AluOp::And, src, VSrc::Imm(0xff)),
            Size::H if !signed => self.alu_into(dst, width, AluOp::And, src, VSrc::Imm(0xffff)),
            Size::W if !signed && self.cpu.has_alu32() => {
                self.push(VInsn::ZeroExtend { dst, src });
            }
            _ => {
                let count = VSrc::Imm(width.bits() as i32 - from.bits() as i32);
                let back = if signed { AluOp::Arsh } else { AluOp::Rsh };
                let high = self.alu(width, AluOp::Lsh, src, count);
                self.alu_into(dst, width, back, high, count);
            }
        }
    }

    // Machine arithmetic.

    /// Whether arithmetic on this type is done with 64-bit instructions although it has 32 bits.
    pub(super) fn is_emulated(&self, ty: Type) -> bool {
        ty == Type::I32 && !self.cpu.has_alu32()
    }

    fn machine_width(&self, ty: Type) -> Width {
        if self.is_emulated(ty) {
            Width::W64
        } else {
            ty.width()
        }
    }

    pub(super) fn alu(&mut self, width: Width, op: AluOp, lhs: VReg, rhs: VSrc) -> VReg {
        let dst = self.code.new_vreg();
        self.alu_into(dst, width, op, lhs, rhs);
        dst
    }

    fn alu_into(&mut self, dst: VReg, width: Width, op: AluOp, lhs: VReg, rhs: VSrc) {
        self.push(VInsn::Alu {
            width,
            op,
            dst,
            lhs,
            rhs,
        });
    }
}
