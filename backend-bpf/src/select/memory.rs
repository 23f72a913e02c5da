//! Loads and stores: the address is a register or the frame pointer plus a 16-bit offset.

use bpfcc_ir::{Inst, PtrKind, SymbolRef, Type, Value};
use bpfcc_isa::stack::FRAME_BYTES;
use bpfcc_isa::{AluOp, Size, Width};

use super::{Address, Selector};
use crate::vcode::{Base, Mem, VInsn, VReg, VSrc};

impl Selector<'_> {
    /// Signed loads of fewer than four bytes are extended to 64 bits, whatever their type. Linux checks accesses to the
    /// context by their exact form, so there the extension is an instruction of its own.
    pub(super) fn select_load(
        &mut self,
        size: Size,
        signed: bool,
        address: (Value, i32),
        inst: Inst,
    ) {
        let (dst, ty) = self.result(inst);
        let is_extended = signed && size.bytes() < ty.bytes();
        let is_one_insn = self.cpu.has_sign_extension() && !self.is_ctx(address.0);
        let mem = self.mem(address);
        if is_extended && !is_one_insn {
            let loaded = self.code.new_vreg();
            self.load_into(loaded, size, false, mem);
            self.extend_into(dst, Width::W64, size, true, loaded);
        } else {
            self.load_into(dst, size, is_extended, mem);
        }
    }

    fn load_into(&mut self, dst: VReg, size: Size, signed: bool, mem: Mem) {
        self.push(VInsn::Load {
            size,
            signed,
            dst,
            mem,
        });
    }

    /// A constant is stored as such from v4, except into the context (VERIFIER-RULES 4; llvm#108457).
    pub(super) fn select_store(&mut self, size: Size, address: (Value, i32), value: Value) {
        let stores_constants = self.cpu.has_store_immediate() && !self.is_ctx(address.0);
        let constant = self.constant(value).map(|value| cut(value, size));
        let src = match constant.map(i32::try_from) {
            Some(Ok(constant)) if stores_constants => VSrc::Imm(constant),
            _ => VSrc::Reg(self.reg(value)),
        };
        let mem = self.mem(address);
        self.push(VInsn::Store { size, mem, src });
    }

    fn is_ctx(&self, base: Value) -> bool {
        self.func.ty(base) == Type::Ptr(PtrKind::Ctx)
    }

    /// The operand for an access at `base + offset`, with all constant offsets folded in if they fit, or else with the place
    /// of a member that the running kernel knows: libbpf puts it into the access, which stays one instruction.
    pub(super) fn mem(&mut self, (base, offset): (Value, i32)) -> Mem {
        if let (Address::Core(record, relo), 0) = (self.address(base), offset)
            && let Ok(off) = i16::try_from(self.module.core[relo].value)
        {
            let base = Base::Reg(self.reg(record));
            let core = Some(relo);
            return Mem { base, off, core };
        }
        self.plain_mem((base, offset))
    }

    /// The operand for an access without anything that is to be put in later.
    pub(super) fn plain_mem(&mut self, (base, offset): (Value, i32)) -> Mem {
        let offset = i64::from(offset);
        let folded = match self.address(base) {
            Address::Slot(slot, more) => {
                slot_offset(more.wrapping_add(offset)).map(|off| Mem::new(Base::Slot(slot), off))
            }
            Address::Symbol(symbol, more) => {
                let off = i16::try_from(more.wrapping_add(offset)).ok();
                off.map(|off| Mem::new(Base::Reg(self.symbol_reg(symbol)), off))
            }
            Address::Value(value, more) => {
                let off = i16::try_from(more.wrapping_add(offset)).ok();
                off.map(|off| Mem::new(Base::Reg(self.reg(value)), off))
            }
            Address::Core(..) => None,
        };
        folded.unwrap_or_else(|| self.far_mem(base, offset))
    }

    /// An address that is too far away for an offset is computed.
    fn far_mem(&mut self, base: Value, offset: i64) -> Mem {
        let base = self.reg(base);
        let reg = match (i16::try_from(offset), i32::try_from(offset)) {
            (Ok(off), _) => return Mem::new(Base::Reg(base), off),
            (_, Ok(offset)) => self.alu(Width::W64, AluOp::Add, base, VSrc::Imm(offset)),
            _ => {
                let offset = VSrc::Reg(self.constant_reg(offset));
                self.alu(Width::W64, AluOp::Add, base, offset)
            }
        };
        Mem::new(Base::Reg(reg), 0)
    }

    fn symbol_reg(&mut self, symbol: SymbolRef) -> VReg {
        let dst = self.code.new_vreg();
        let off = 0;
        self.push(VInsn::SymbolAddr { dst, symbol, off });
        dst
    }
}

/// The low bytes of a constant, sign-extended: what a store of this size leaves of it.
fn cut(value: i64, size: Size) -> i64 {
    let unused = 64 - size.bits();
    value << unused >> unused
}

/// An offset into a slot that fits an instruction wherever in the frame the slot will be.
fn slot_offset(offset: i64) -> Option<i16> {
    let farthest = i64::from(i16::MIN) + i64::from(FRAME_BYTES);
    i16::try_from(offset).ok().filter(|_| offset >= farthest)
}
