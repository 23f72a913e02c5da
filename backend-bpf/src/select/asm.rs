//! Inline assembly: what each operand of a template is here. Registers are the allocator's business, constants and symbols
//! are written out.

use bpfcc_ir::{Asm, AsmOperand, Inst, InstData, Value};
use bpfcc_isa::Reg;
use bpfcc_isa::stack::stack_bytes;
use bpfcc_isa::template::Operand;
use bpfcc_isa::text::Parsed;

use super::{Address, Selector};
use crate::error::ErrorKind;
use crate::vcode::{AsmInsn, AsmSlot, VInsn, VReg, symbol_name};

impl Selector<'_> {
    pub(super) fn select_asm(&mut self, asm: &Asm, args: &[Value], inst: Inst) {
        let mut args = args.iter();
        let mut outputs = 0;
        let mut operands = Vec::new();
        for (index, operand) in asm.operands.iter().enumerate() {
            let arg = operand.has_arg().then(|| args.next()).flatten();
            let dst = operand.output().map(|_| self.asm_output(inst, outputs));
            outputs += u32::from(dst.is_some());
            match self.asm_slot(operand, arg.copied(), dst) {
                Some(slot) => operands.push(slot),
                None => return self.fail(ErrorKind::AsmNotConstant { operand: index }),
            }
        }
        let mut insn = AsmInsn {
            template: asm.template.clone(),
            operands,
            clobbers: asm.clobbers.clone(),
            stack_bytes: 0,
            falls_through: true,
        };
        match self.check_template(asm, &insn) {
            Ok(parsed) => {
                insn.stack_bytes = stack_bytes(&parsed.insns);
                insn.falls_through = parsed.falls_through();
                self.push(VInsn::Asm(Box::new(insn)));
            }
            Err(kind) => self.fail(kind),
        }
    }

    /// Nothing if a constant is none.
    fn asm_slot(
        &mut self,
        operand: &AsmOperand,
        arg: Option<Value>,
        dst: Option<VReg>,
    ) -> Option<AsmSlot> {
        Some(match (*operand, dst, arg) {
            (AsmOperand::Output { reg, early, .. }, Some(dst), _) => {
                AsmSlot::Output { dst, reg, early }
            }
            (AsmOperand::InOut { reg, early, .. }, Some(dst), Some(arg)) => AsmSlot::InOut {
                dst,
                src: self.reg(arg),
                reg,
                early,
            },
            (AsmOperand::Input { reg }, _, Some(arg)) => AsmSlot::Input {
                src: self.reg(arg),
                reg,
            },
            (AsmOperand::Const, _, Some(arg)) => return self.asm_constant(arg),
            (AsmOperand::Memory { offset }, _, Some(arg)) => {
                AsmSlot::Memory(self.plain_mem((arg, offset)))
            }
            _ => panic!("{operand:?} lacks its value"),
        })
    }

    fn asm_constant(&self, arg: Value) -> Option<AsmSlot> {
        if let Some(constant) = self.asm_number(arg) {
            return Some(AsmSlot::Number(constant));
        }
        match self.address(arg) {
            Address::Symbol(symbol, addend) => Some(AsmSlot::Symbol { symbol, addend }),
            Address::Slot(..) | Address::Value(..) | Address::Core(..) => None,
        }
    }

    /// A constant, widened or not: at -O0 nobody has folded it.
    fn asm_number(&self, arg: Value) -> Option<i64> {
        let widened = match *self.func.def_inst(arg)? {
            InstData::Extend { signed, from, arg } => self.constant(arg).map(|constant| {
                let bits = constant.cast_unsigned();
                match signed {
                    true => from.sign_extend(bits).cast_signed(),
                    false => from.zero_extend(bits).cast_signed(),
                }
            }),
            _ => None,
        };
        widened.or_else(|| self.constant(arg))
    }

    /// The register of an output. The instruction that names a further one may not be there any more.
    fn asm_output(&mut self, inst: Inst, index: u32) -> VReg {
        let func = self.func;
        let first = func.result(inst);
        if index == 0 {
            let first = first.unwrap_or_else(|| panic!("{inst} has no result"));
            return self.vreg(first);
        }
        let is_wanted = |data: &InstData| match *data {
            InstData::AsmOutput {
                first: of,
                index: i,
            } => Some(of) == first && i == index,
            _ => false,
        };
        let mut insts = func.insts_in_order().map(|(_, inst)| inst);
        let named = insts.find(|&inst| is_wanted(func.inst(inst)));
        match named.and_then(|inst| func.result(inst)) {
            Some(value) => self.vreg(value),
            None => self.code.new_vreg(),
        }
    }

    /// Whether the text is right with these constants, whichever registers the allocator chooses: an instruction that works
    /// with R0 only fails in one of two assignments.
    fn check_template(&self, asm: &Asm, insn: &AsmInsn) -> Result<Parsed, ErrorKind> {
        let regs = asm.distinct_registers().ok_or(ErrorKind::AsmRegisters)?;
        self.try_template(insn, &regs)?;
        let is_free =
            |operand: &AsmOperand| operand.reg().is_none() && !matches!(operand, AsmOperand::Const);
        let free = asm.operands.iter().zip(&regs);
        let mut backwards = free.rev().filter(|(operand, _)| is_free(operand));
        let regs = asm.operands.iter().zip(&regs).map(|(operand, &reg)| {
            let other = is_free(operand).then(|| backwards.next()).flatten();
            other.map_or(reg, |(_, &other)| other)
        });
        self.try_template(insn, &regs.collect::<Vec<_>>())
    }

    fn try_template(&self, insn: &AsmInsn, regs: &[Reg]) -> Result<Parsed, ErrorKind> {
        let operands = insn.operands.iter().zip(regs);
        let operands = operands.map(|(slot, &reg)| match *slot {
            AsmSlot::Memory(_) => Operand::Memory(reg, 0),
            AsmSlot::Number(number) => Operand::Number(number),
            AsmSlot::Symbol { symbol, addend } => Operand::Symbol {
                name: symbol_name(symbol, self.module).to_owned(),
                addend,
            },
            _ => Operand::Reg(reg),
        });
        let parsed = insn
            .template
            .assemble(&operands.collect::<Vec<_>>(), self.module.endian);
        parsed.map_err(ErrorKind::AsmTemplate)
    }
}
