//! Inline assembly: the template runs instruction by instruction on registers of its own, by the instruction set's tables.
//!
//! Each operand gets a register that no other operand has; what the machine may put elsewhere cannot matter to a correct
//! template.

use bpfcc_isa::stack::FRAME_BYTES;
use bpfcc_isa::template::Operand;
use bpfcc_isa::text::Parsed;
use bpfcc_isa::{self as isa, AtomicOp, Imm64, Insn, Reg, Size, Src};

use super::{Evaluator, Fault, Frame, GAP, cut, extend, func_address, host_args};
use crate::asm::{Asm, AsmOperand};
use crate::entity::{FuncId, GlobalId, Value};
use crate::inst::InstData;

/// How a template ended.
pub(super) enum End {
    /// With these outputs.
    Outputs(Vec<u64>),
    /// In an `exit`, with this result.
    Exit(u64),
}

/// A template on its way.
struct Machine {
    registers: [u64; Reg::COUNT],
    /// Slot of the next instruction.
    next: usize,
}

impl Evaluator<'_, '_> {
    /// Runs the template.
    pub(super) fn asm(
        &mut self,
        frame: &mut Frame<'_>,
        asm: &Asm,
        args: &[Value],
    ) -> Result<End, Fault> {
        let regs = asm.distinct_registers().unwrap_or_default();
        let mut machine = Machine {
            registers: [0; Reg::COUNT],
            next: 0,
        };
        machine.set(Reg::R10, self.frame_pointer(frame));
        let mut args = args.iter();
        let mut operands = Vec::new();
        for (operand, &reg) in asm.operands.iter().zip(&regs) {
            let arg = operand.has_arg().then(|| args.next()).flatten();
            operands.push(self.asm_operand(frame, operand, reg, arg.copied(), &mut machine));
        }
        let parsed = asm.template.assemble(&operands, self.module.endian);
        let parsed = parsed.map_err(|error| Fault::Asm(error.to_string()))?;
        if let Some(result) = self.run_asm(&parsed, &mut machine)? {
            return Ok(End::Exit(result));
        }
        let outputs = asm.operands.iter().zip(&regs).filter_map(|(operand, reg)| {
            let ty = operand.output()?;
            Some(cut(ty, machine.registers[reg.index()]))
        });
        Ok(End::Outputs(outputs.collect()))
    }

    /// The end of memory that is for the assembly of this call alone.
    fn frame_pointer(&mut self, frame: &mut Frame<'_>) -> u64 {
        let stack = *frame.stack.get_or_insert_with(|| {
            let stack = self.stack_end;
            self.memory.add_slot(stack, FRAME_BYTES);
            self.stack_end += u64::from(FRAME_BYTES) + GAP;
            stack
        });
        stack + u64::from(FRAME_BYTES)
    }

    /// Puts an argument where the template finds it.
    fn asm_operand(
        &self,
        frame: &Frame<'_>,
        operand: &AsmOperand,
        reg: Reg,
        arg: Option<Value>,
        machine: &mut Machine,
    ) -> Operand {
        let value = arg.map_or(0, |arg| frame.values[arg]);
        match (operand, arg.and_then(|arg| frame.func.def_inst(arg))) {
            (AsmOperand::Const, Some(InstData::FuncAddr { func })) => Operand::Symbol {
                name: self.module.functions[*func].name.clone(),
                addend: 0,
            },
            (AsmOperand::Const, _) => Operand::Number(value.cast_signed()),
            (AsmOperand::Memory { offset }, _) => {
                machine.registers[reg.index()] = value.wrapping_add_signed((*offset).into());
                Operand::Memory(reg, 0)
            }
            _ => {
                machine.registers[reg.index()] = value;
                Operand::Reg(reg)
            }
        }
    }

    /// Runs to the end of the text, or to an `exit`, whose result it gives.
    fn run_asm(&mut self, parsed: &Parsed, machine: &mut Machine) -> Result<Option<u64>, Fault> {
        let mut slots = Vec::new();
        for insn in &parsed.insns {
            slots.extend([Some(insn), None].into_iter().take(insn.slots()));
        }
        while let Some(&slot) = slots.get(machine.next) {
            let insn =
                slot.ok_or_else(|| unsupported("a jump into the middle of an instruction"))?;
            self.steps += 1;
            if self.steps > self.step_limit {
                return Err(Fault::StepLimit(self.step_limit));
            }
            let at = machine.next;
            machine.next += insn.slots();
            if *insn == Insn::Exit {
                return Ok(Some(machine.get(Reg::R0)));
            }
            let symbol = parsed.symbols.iter().find(|(slot, _)| *slot == at);
            match (insn, symbol) {
                (Insn::Call(callee), symbol) => {
                    let name = symbol.map(|(_, name)| name.as_str());
                    self.asm_call(*callee, name, machine)?;
                }
                (Insn::LoadImm64 { dst, value }, Some((_, name))) => {
                    let address = self.symbol_address(name)?;
                    machine.set(*dst, address.wrapping_add(constant(*value)?));
                }
                _ => self.asm_insn(insn, machine)?,
            }
        }
        Ok(None)
    }

    fn asm_insn(&mut self, insn: &Insn, machine: &mut Machine) -> Result<(), Fault> {
        match *insn {
            Insn::Alu {
                width,
                op,
                dst,
                src,
            } => {
                let value = op.eval(width, machine.get(dst), machine.src(src));
                machine.set(dst, value);
            }
            Insn::MovSx {
                width,
                from,
                dst,
                src,
            } => {
                let value = extend(true, from, machine.get(src)) & super::mask(width);
                machine.set(dst, value);
            }
            Insn::Neg { width, dst } => {
                machine.set(dst, machine.get(dst).wrapping_neg() & super::mask(width));
            }
            Insn::Swap { kind, size, dst } => {
                let value = kind.eval(self.module.endian, size, machine.get(dst));
                machine.set(dst, value);
            }
            Insn::Load {
                size,
                signed,
                dst,
                base,
                off,
            } => {
                let value = self.load(machine.address(base, off), size)?;
                machine.set(dst, extend(signed, size, value));
            }
            Insn::LoadAcquire {
                size,
                dst,
                base,
                off,
            } => {
                let value = self.load(machine.address(base, off), size)?;
                machine.set(dst, value);
            }
            Insn::Store {
                size,
                base,
                off,
                src,
            } => {
                self.store(machine.address(base, off), size, machine.src(src))?;
            }
            Insn::StoreRelease {
                size,
                base,
                off,
                src,
            } => {
                self.store(machine.address(base, off), size, machine.get(src))?;
            }
            Insn::Atomic {
                size,
                op,
                fetch,
                base,
                off,
                src,
            } => {
                self.asm_atomic(machine, (op, size, fetch), (base, off), src)?;
            }
            Insn::LoadImm64 { dst, value } => machine.set(dst, constant(value)?),
            Insn::Jump {
                width,
                cond,
                dst,
                src,
                off,
            } => {
                if cond.eval(width, machine.get(dst), machine.src(src)) {
                    machine.jump(off.into());
                }
            }
            Insn::Goto { off } => machine.jump(off.into()),
            Insn::GotoLong { off } => machine.jump(off),
            // The budget of iterations is never used up here; the evaluator's own is.
            Insn::MayGoto { .. } => {}
            Insn::LoadPacket { .. } | Insn::AddrSpaceCast { .. } | Insn::GotoReg { .. } => {
                return Err(unsupported("this instruction"));
            }
            Insn::Call(_) | Insn::Exit => unreachable!("handled by the caller"),
        }
        Ok(())
    }

    fn asm_atomic(
        &mut self,
        machine: &mut Machine,
        (op, size, fetch): (AtomicOp, Size, bool),
        (base, off): (Reg, i16),
        src: Reg,
    ) -> Result<(), Fault> {
        let expected = size.zero_extend(machine.get(Reg::R0));
        let value = size.zero_extend(machine.get(src));
        let old = self.atomic(op, size, machine.address(base, off), value, expected)?;
        if op == AtomicOp::Cmpxchg {
            machine.set(Reg::R0, old);
        } else if fetch {
            machine.set(src, old);
        }
        Ok(())
    }

    fn asm_call(
        &mut self,
        callee: isa::Callee,
        name: Option<&str>,
        machine: &mut Machine,
    ) -> Result<(), Fault> {
        let args = &machine.registers[1..6];
        let result = match (callee, name) {
            (isa::Callee::Helper(id), _) => {
                let args = host_args(args)?;
                self.host.call_helper(id, args, &mut self.memory)?
            }
            (_, Some(name)) => {
                let func = self.func_named(name);
                let func = func.ok_or_else(|| Fault::NoSuchFunction(name.to_owned()))?;
                let count = self.module.functions[func].signature.params.len();
                let args = args.get(..count).unwrap_or(args).to_vec();
                let result = self.function(func, &args);
                result.map_err(|error| error.fault)?.unwrap_or(0)
            }
            _ => return Err(unsupported("this call")),
        };
        machine.set(Reg::R0, result);
        Ok(())
    }

    fn func_named(&self, name: &str) -> Option<FuncId> {
        let mut functions = self.module.functions.iter();
        functions.find(|(_, f)| f.name == name).map(|(id, _)| id)
    }

    fn symbol_address(&self, name: &str) -> Result<u64, Fault> {
        let mut globals = self.module.globals.iter();
        let global: Option<(GlobalId, _)> = globals.find(|(_, global)| global.name == name);
        let address = global.map(|(id, _)| self.globals[id]);
        let address = address.or_else(|| self.func_named(name).map(func_address));
        address.ok_or_else(|| Fault::Asm(format!("nothing is called `{name}`")))
    }
}

impl Machine {
    fn get(&self, reg: Reg) -> u64 {
        self.registers[reg.index()]
    }

    fn set(&mut self, reg: Reg, value: u64) {
        self.registers[reg.index()] = value;
    }

    fn src(&self, src: Src) -> u64 {
        match src {
            Src::Reg(reg) => self.get(reg),
            Src::Imm(imm) => i64::from(imm).cast_unsigned(),
        }
    }

    fn address(&self, base: Reg, off: i16) -> u64 {
        self.get(base).wrapping_add_signed(off.into())
    }

    /// The template stays inside itself, which was checked when it was assembled.
    fn jump(&mut self, off: i32) {
        self.next = self.next.wrapping_add_signed(off as isize);
    }
}

fn constant(value: Imm64) -> Result<u64, Fault> {
    match value {
        Imm64::Const(value) => Ok(value),
        _ => Err(unsupported("this kind of address")),
    }
}

fn unsupported(what: &str) -> Fault {
    Fault::Asm(format!("{what} cannot be evaluated"))
}
