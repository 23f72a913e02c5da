//! Instructions with registers and places to the instructions of the machine, block by block.
//!
//! Most are one to one. A three-operand form has become a two-operand one, since the allocator put the result where the
//! first operand was; the address of a stack slot takes two instructions; the arguments of a call that are constants are set
//! just before it.

use bpfcc_ir::debug::SourceLoc;
use bpfcc_ir::{Callee, CoreId, FuncId, SymbolRef};
use bpfcc_isa::template::{Operand, TemplateError};
use bpfcc_isa::{self as isa, AluOp, Cond, Cpu, Endian, Imm64, Insn, Reg, Size, Src, Width};

use crate::abi;
use crate::frame::Frame;
use crate::regalloc::{Allocated, Home, Step};
use crate::vcode::{AsmInsn, AsmSlot, Base, BlockId, Mem, VCode, VInsn, VSrc};

/// A machine instruction with what the object file says about it.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(crate) struct Emitted {
    pub(crate) insn: Insn,
    pub(crate) loc: SourceLoc,
    pub(crate) reference: Option<Reference>,
    /// Written by the programmer; jumps around it count on its staying there.
    pub(crate) is_verbatim: bool,
}

/// What the loader must fill in.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Reference {
    /// The distance of a call.
    Call(FuncId),
    /// The address in an `lddw`, added to what stands there.
    Address(SymbolRef),
    /// An offset or constant that the running kernel's types give.
    Core(CoreId),
}

/// Straight code and how it ends.
#[derive(Clone, Debug)]
pub(crate) struct Block {
    pub(crate) insns: Vec<Emitted>,
    pub(crate) end: End,
    pub(crate) end_loc: SourceLoc,
}

/// The end of a block.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum End {
    Exit,
    /// Inline assembly has left already.
    Never,
    Goto(BlockId),
    Branch {
        width: Width,
        cond: Cond,
        lhs: Reg,
        rhs: Src,
        then: BlockId,
        otherwise: BlockId,
    },
}

impl End {
    /// Destinations, to redirect them.
    pub(crate) fn targets_mut(&mut self) -> Vec<&mut BlockId> {
        match self {
            End::Exit | End::Never => Vec::new(),
            End::Goto(to) => vec![to],
            End::Branch {
                then, otherwise, ..
            } => vec![then, otherwise],
        }
    }
}

/// Inline assembly that is wrong with the registers that it got: `.ifc` may choose by their names what is assembled at all.
pub(crate) struct BadAsm {
    pub(crate) loc: SourceLoc,
    pub(crate) error: TemplateError,
}

/// Emits a function.
pub(crate) fn emit(
    code: &VCode,
    allocated: &Allocated,
    frame: &Frame,
    cpu: Cpu,
    endian: Endian,
) -> Result<Vec<Block>, Vec<BadAsm>> {
    let mut bad_asm = Vec::new();
    let blocks = code.blocks.iter().zip(&allocated.blocks);
    let blocks = blocks.map(|(block, steps)| {
        let mut emitter = Emitter {
            frame,
            cpu,
            endian,
            insns: Vec::new(),
            loc: SourceLoc::UNKNOWN,
            bad_asm: &mut bad_asm,
        };
        let mut end = End::Exit;
        let mut insns = block.insns.iter().peekable();
        for step in steps {
            if let Some(next) = insns.peek() {
                emitter.loc = next.loc;
            }
            match step {
                Step::Move { from, to } => emitter.emit_move(*from, *to),
                Step::Insn(regs) => {
                    if let Some(located) = insns.next() {
                        end = emitter.emit_insn(&located.insn, regs).unwrap_or(end);
                    }
                }
            }
        }
        Block {
            insns: emitter.insns,
            end,
            end_loc: emitter.loc,
        }
    });
    let blocks = blocks.collect();
    match bad_asm.is_empty() {
        true => Ok(blocks),
        false => Err(bad_asm),
    }
}

struct Emitter<'a> {
    frame: &'a Frame,
    cpu: Cpu,
    endian: Endian,
    insns: Vec<Emitted>,
    loc: SourceLoc,
    bad_asm: &'a mut Vec<BadAsm>,
}

impl Emitter<'_> {
    fn push(&mut self, insn: Insn) {
        self.push_with(insn, None);
    }

    fn push_with(&mut self, insn: Insn, reference: Option<Reference>) {
        let loc = self.loc;
        self.insns.push(Emitted {
            insn,
            loc,
            reference,
            is_verbatim: false,
        });
    }

    fn push_access(&mut self, insn: Insn, mem: &Mem) {
        self.push_with(insn, mem.core.map(Reference::Core));
    }

    fn emit_move(&mut self, from: Home, to: Home) {
        let (size, base) = (Size::DW, Reg::R10);
        self.push(match (from, to) {
            (Home::Reg(src), Home::Reg(dst)) => Insn::mov64(dst, Src::Reg(src)),
            (Home::Spill(number), Home::Reg(dst)) => Insn::Load {
                size,
                signed: false,
                dst,
                base,
                off: self.frame.spill(number) as i16,
            },
            (Home::Reg(src), Home::Spill(number)) => Insn::Store {
                size,
                base,
                off: self.frame.spill(number) as i16,
                src: Src::Reg(src),
            },
            (Home::Spill(from), Home::Spill(to)) => {
                panic!("spill{to} = spill{from}: the allocator never moves from stack to stack")
            }
        });
    }

    /// Emits an instruction; `regs` are the registers of its operands, in the order of [`VInsn::operands`]. Returns the end
    /// of the block if this is it.
    fn emit_insn(&mut self, insn: &VInsn, regs: &[Reg]) -> Option<End> {
        match insn {
            VInsn::Params(_) => {}
            VInsn::Imm { value, .. } => self.emit_constant(regs[0], *value),
            VInsn::Core {
                relo,
                value,
                is_wide,
                ..
            } => self.emit_core(regs[0], *relo, *value, *is_wide),
            VInsn::FrameAddr { slot, off, .. } => {
                self.push(Insn::mov64(regs[0], Src::Reg(Reg::R10)));
                let off = Src::Imm(self.frame.slot(*slot).wrapping_add(*off));
                self.emit_alu(Width::W64, AluOp::Add, regs[0], off);
            }
            VInsn::SymbolAddr { symbol, off, .. } => self.emit_address(regs[0], *symbol, *off),
            VInsn::Alu { width, op, rhs, .. } => {
                self.emit_alu(*width, *op, regs[0], src(rhs, regs, 2));
            }
            VInsn::ZeroExtend { .. } => {
                self.emit_alu(Width::W32, AluOp::Mov, regs[0], Src::Reg(regs[1]));
            }
            VInsn::SignExtend { width, from, .. } => self.push(Insn::MovSx {
                width: *width,
                from: *from,
                dst: regs[0],
                src: regs[1],
            }),
            VInsn::CastSpace { to, from, .. } => self.push(Insn::AddrSpaceCast {
                dst: regs[0],
                src: regs[1],
                to: *to,
                from: *from,
            }),
            VInsn::Neg { width, .. } => self.push(Insn::Neg {
                width: *width,
                dst: regs[0],
            }),
            VInsn::Swap { kind, size, .. } => self.push(Insn::Swap {
                kind: *kind,
                size: *size,
                dst: regs[0],
            }),
            VInsn::Load {
                size, signed, mem, ..
            } => {
                let (base, off) = self.address(mem, regs.get(1));
                let insn = Insn::Load {
                    size: *size,
                    signed: *signed,
                    dst: regs[0],
                    base,
                    off,
                };
                self.push_access(insn, mem);
            }
            VInsn::Store {
                size,
                mem,
                src: value,
            } => {
                let (base, off) = self.address(mem, regs.first());
                let position = usize::from(matches!(mem.base, Base::Reg(_)));
                let insn = Insn::Store {
                    size: *size,
                    base,
                    off,
                    src: src(value, regs, position),
                };
                self.push_access(insn, mem);
            }
            VInsn::Atomic { size, op, mem, .. } => {
                let (op, src) = (*op, regs[regs.len() - 1]);
                self.emit_atomic((*size, op, false), mem, regs.first(), src);
            }
            VInsn::AtomicFetch { size, op, mem, .. } => {
                self.emit_atomic((*size, *op, true), mem, regs.get(2), regs[1]);
            }
            VInsn::CompareExchange { size, mem, .. } => {
                let exchange = (*size, isa::AtomicOp::Cmpxchg, true);
                self.emit_atomic(exchange, mem, regs.get(3), regs[2]);
            }
            VInsn::Call { callee, args, .. } => self.emit_call(*callee, args),
            VInsn::Asm(asm) => self.emit_asm(asm, regs),
            VInsn::Jump { to, .. } => return Some(End::Goto(*to)),
            VInsn::Branch {
                width,
                cond,
                rhs,
                then,
                otherwise,
                ..
            } => {
                return Some(End::Branch {
                    width: *width,
                    cond: *cond,
                    lhs: regs[0],
                    rhs: src(rhs, regs, 1),
                    then: *then,
                    otherwise: *otherwise,
                });
            }
            VInsn::Return(_) => return Some(End::Exit),
            VInsn::Never => return Some(End::Never),
        }
        None
    }

    fn emit_alu(&mut self, width: Width, op: AluOp, dst: Reg, src: Src) {
        self.push(Insn::Alu {
            width,
            op,
            dst,
            src,
        });
    }

    /// The shortest instruction for a constant.
    fn emit_constant(&mut self, dst: Reg, value: i64) {
        if let Ok(imm) = i32::try_from(value) {
            return self.push(Insn::mov64(dst, Src::Imm(imm)));
        }
        match u32::try_from(value) {
            Ok(low) if self.cpu.has_alu32() => {
                self.emit_alu(Width::W32, AluOp::Mov, dst, Src::Imm(low as i32));
            }
            _ => self.push(Insn::LoadImm64 {
                dst,
                value: Imm64::Const(value as u64),
            }),
        }
    }

    fn emit_core(&mut self, dst: Reg, relo: CoreId, value: i64, is_wide: bool) {
        let insn = match i32::try_from(value) {
            Ok(imm) if !is_wide => Insn::mov64(dst, Src::Imm(imm)),
            _ => Insn::LoadImm64 {
                dst,
                value: Imm64::Const(value as u64),
            },
        };
        self.push_with(insn, Some(Reference::Core(relo)));
    }

    /// What stands in the instruction is the addend; the second half is the loader's. clang marks the address of a function
    /// (src 4) no more than others, and loaders see from the symbol what it is.
    fn emit_address(&mut self, dst: Reg, symbol: SymbolRef, off: i32) {
        let value = Imm64::Const(u64::from(off as u32));
        let reference = Reference::Address(symbol);
        self.push_with(Insn::LoadImm64 { dst, value }, Some(reference));
    }

    fn emit_atomic(
        &mut self,
        (size, op, fetch): (Size, isa::AtomicOp, bool),
        mem: &Mem,
        base: Option<&Reg>,
        src: Reg,
    ) {
        let (base, off) = self.address(mem, base);
        let insn = Insn::Atomic {
            size,
            op,
            fetch,
            base,
            off,
            src,
        };
        self.push_access(insn, mem);
    }

    /// Arguments in registers are in place; what is left are the constants. No value is lost: whatever lives on is not in
    /// R1 to R5, which the call clobbers.
    fn emit_call(&mut self, callee: Callee, args: &[VSrc]) {
        for (arg, reg) in args.iter().zip(abi::ARGUMENTS) {
            if let VSrc::Imm(value) = arg {
                self.push(Insn::mov64(reg, Src::Imm(*value)));
            }
        }
        match callee {
            Callee::Helper(number) => self.push(Insn::Call(isa::Callee::Helper(number))),
            Callee::Pointer => panic!("a call through a pointer was selected"),
            Callee::Func(func) => {
                let insn = Insn::Call(isa::Callee::Local(-1));
                self.push_with(insn, Some(Reference::Call(func)));
            }
        }
    }

    /// A template with its registers.
    fn emit_asm(&mut self, asm: &AsmInsn, regs: &[Reg]) {
        let symbol = |index: usize| format!("operand.{index}");
        let regs = asm.spread(regs);
        let operands = asm.operands.iter().zip(regs).enumerate();
        let operands = operands.map(|(index, (slot, reg))| match (slot, reg) {
            (AsmSlot::Memory(mem), reg) => {
                let (base, off) = self.address(mem, reg);
                Operand::Memory(base, off)
            }
            (AsmSlot::Number(number), _) => Operand::Number(*number),
            (AsmSlot::Symbol { addend, .. }, _) => Operand::Symbol {
                name: symbol(index),
                addend: *addend,
            },
            (_, Some(reg)) => Operand::Reg(*reg),
            (_, None) => panic!("operand {index} of inline assembly has no register"),
        });
        let operands: Vec<Operand> = operands.collect();
        let parsed = match asm.template.assemble(&operands, self.endian) {
            Ok(parsed) => parsed,
            Err(error) => {
                let loc = self.loc;
                self.bad_asm.push(BadAsm { loc, error });
                return;
            }
        };
        let mut slot = 0;
        for insn in parsed.insns {
            let name = parsed.symbols.iter().find(|(at, _)| *at == slot);
            let operand = name.and_then(|(_, name)| {
                let operands = asm.operands.iter().enumerate();
                operands
                    .into_iter()
                    .find(|(index, _)| symbol(*index) == *name)
            });
            let reference = match operand {
                Some((_, AsmSlot::Symbol { symbol, .. })) => Some(reference(&insn, *symbol)),
                _ => None,
            };
            slot += insn.slots();
            self.insns.push(Emitted {
                insn,
                loc: self.loc,
                reference,
                is_verbatim: true,
            });
        }
    }

    fn address(&self, mem: &Mem, base: Option<&Reg>) -> (Reg, i16) {
        match (mem.base, base) {
            (Base::Reg(_), Some(&reg)) => (reg, mem.off),
            (Base::Reg(vreg), None) => panic!("{vreg} has no register"),
            // Selection left room for the slot's place: see `slot_offset` there.
            (Base::Slot(slot), _) => {
                let off = self.frame.slot(slot) + i32::from(mem.off);
                (Reg::R10, off as i16)
            }
        }
    }
}

/// What an instruction of inline assembly wants of a symbol.
fn reference(insn: &Insn, symbol: SymbolRef) -> Reference {
    match (insn, symbol) {
        (Insn::Call(_), SymbolRef::Func(func)) => Reference::Call(func),
        _ => Reference::Address(symbol),
    }
}

fn src(src: &VSrc, regs: &[Reg], position: usize) -> Src {
    match src {
        VSrc::Reg(_) => Src::Reg(regs[position]),
        VSrc::Imm(value) => Src::Imm(*value),
    }
}
