//! BPF instructions over virtual registers: what selection makes and register allocation reads.
//!
//! Virtual registers are in SSA form: each is written by one instruction or is the parameter of one block. Arithmetic has
//! three operands here; that the machine overwrites the first one is said by [`Place::Same`], and the allocator sees to it.
//! A conditional branch passes no arguments, and each of its destinations has no other predecessor: edges where this was not
//! so have got a block of their own.
//!
//! ```text
//! b0:
//!     v0 = params
//!     v1 = load.u64 v0+8
//!     store.u64 s0+0, v1
//!     v2 = frame s0+0
//!     v3 = call bpf_table_lookup(v0, 0, v2)
//!     branch64 v3 jeq 0, b2, b1
//! ```

use std::fmt::{self, Display, Write as _};

use bpfcc_ir::debug::SourceLoc;
use bpfcc_ir::{Callee, CoreId, Module, Slot, SymbolRef};
use bpfcc_isa::helpers::helper_by_id;
use bpfcc_isa::template::Template;
use bpfcc_isa::{AluOp, AtomicOp, Cond, Reg, Size, SwapKind, Width};

use crate::abi;

/// A virtual register.
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Debug)]
pub(crate) struct VReg(pub(crate) u32);

/// A block of [`VCode`], by position.
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Debug)]
pub(crate) struct BlockId(pub(crate) u32);

impl BlockId {
    pub(crate) fn index(self) -> usize {
        self.0 as usize
    }
}

/// A function's code. The first block is the entry; it has no parameters and no predecessors.
#[derive(Clone, Default, Debug)]
pub(crate) struct VCode {
    pub(crate) blocks: Vec<VBlock>,
    pub(crate) num_vregs: u32,
}

/// Instructions of which only the last is a [terminator](VInsn::is_terminator).
#[derive(Clone, Default, Debug)]
pub(crate) struct VBlock {
    pub(crate) params: Vec<VReg>,
    pub(crate) insns: Vec<Located>,
}

/// An instruction and where it comes from.
#[derive(Clone, Debug)]
pub(crate) struct Located {
    pub(crate) insn: VInsn,
    pub(crate) loc: SourceLoc,
}

/// Second operand.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum VSrc {
    Reg(VReg),
    Imm(i32),
}

/// What an address starts from.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Base {
    Reg(VReg),
    /// R10 and the slot's place in the frame.
    Slot(Slot),
}

/// A memory operand. An offset into a slot leaves room for the slot's own place in the frame.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) struct Mem {
    pub(crate) base: Base,
    pub(crate) off: i16,
    /// The question that `off` answers, if it is one about the running kernel's types.
    pub(crate) core: Option<CoreId>,
}

impl Mem {
    /// What stands `off` bytes behind `base`.
    pub(crate) fn new(base: Base, off: i16) -> Mem {
        Mem {
            base,
            off,
            core: None,
        }
    }
}

/// An instruction.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(crate) enum VInsn {
    /// The function's parameters, which come in R1 to R5; first instruction of the entry.
    Params(Vec<VReg>),
    /// A constant: `mov` or `lddw`.
    Imm { dst: VReg, value: i64 },
    /// A constant that answers a question about the running kernel's types: `mov`, or `lddw` where the kernel's answer may
    /// have 64 bits.
    Core {
        dst: VReg,
        relo: CoreId,
        value: i64,
        is_wide: bool,
    },
    /// The address of a stack slot: two instructions.
    FrameAddr { dst: VReg, slot: Slot, off: i32 },
    /// The address of a global or function: `lddw` with a relocation.
    SymbolAddr {
        dst: VReg,
        symbol: SymbolRef,
        off: i32,
    },
    /// `dst = lhs op rhs`; `op` is not `mov`.
    Alu {
        width: Width,
        op: AluOp,
        dst: VReg,
        lhs: VReg,
        rhs: VSrc,
    },
    /// The lower half, zero-extended: a 32-bit move.
    ZeroExtend { dst: VReg, src: VReg },
    /// Move with sign extension.
    SignExtend {
        width: Width,
        from: Size,
        dst: VReg,
        src: VReg,
    },
    /// `dst = addr_space_cast(src, to, from)`.
    CastSpace {
        dst: VReg,
        src: VReg,
        to: u16,
        from: u16,
    },
    /// `dst = -src`.
    Neg { width: Width, dst: VReg, src: VReg },
    /// Byte swap.
    Swap {
        kind: SwapKind,
        size: Size,
        dst: VReg,
        src: VReg,
    },
    /// Load.
    Load {
        size: Size,
        signed: bool,
        dst: VReg,
        mem: Mem,
    },
    /// Store.
    Store { size: Size, mem: Mem, src: VSrc },
    /// Atomic read-modify-write that forgets the old value.
    Atomic {
        size: Size,
        op: AtomicOp,
        mem: Mem,
        src: VReg,
    },
    /// Atomic read-modify-write; the old value replaces the operand.
    AtomicFetch {
        size: Size,
        op: AtomicOp,
        dst: VReg,
        mem: Mem,
        src: VReg,
    },
    /// Compare-and-exchange: R0 holds the expected value before and the old one after.
    CompareExchange {
        size: Size,
        dst: VReg,
        mem: Mem,
        expected: VReg,
        src: VReg,
    },
    /// A call. Constant arguments are put into their registers last: until then nobody else has to leave them.
    Call {
        callee: Callee,
        args: Vec<VSrc>,
        result: Option<VReg>,
    },
    /// Inline assembly.
    Asm(Box<AsmInsn>),
    /// Unconditional jump with arguments for the parameters of the destination.
    Jump { to: BlockId, args: Vec<VReg> },
    /// Conditional jump.
    Branch {
        width: Width,
        cond: Cond,
        lhs: VReg,
        rhs: VSrc,
        then: BlockId,
        otherwise: BlockId,
    },
    /// Return, with the result in R0 if there is one.
    Return(Option<VReg>),
    /// The end of a block that control does not get to: inline assembly before it has left.
    Never,
}

/// Inline assembly: a template with what stands in the places of its operands.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(crate) struct AsmInsn {
    pub(crate) template: Template,
    pub(crate) operands: Vec<AsmSlot>,
    /// Registers that are overwritten beside the outputs.
    pub(crate) clobbers: Vec<Reg>,
    /// Bytes of the stack frame that the text uses by itself.
    pub(crate) stack_bytes: u32,
    /// Whether control may get behind it.
    pub(crate) falls_through: bool,
}

/// What stands in the place of an operand.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum AsmSlot {
    Output {
        dst: VReg,
        reg: Option<Reg>,
        early: bool,
    },
    InOut {
        dst: VReg,
        src: VReg,
        reg: Option<Reg>,
        early: bool,
    },
    Input {
        src: VReg,
        reg: Option<Reg>,
    },
    Memory(Mem),
    Number(i64),
    Symbol {
        symbol: SymbolRef,
        addend: i64,
    },
}

/// How an instruction mentions a register.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) struct Operand {
    pub(crate) vreg: VReg,
    pub(crate) role: Role,
    pub(crate) place: Place,
}

/// Read or written.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Role {
    Use,
    /// Read until after the first write.
    LateUse,
    Def,
    /// Written before the last read.
    EarlyDef,
}

/// Which register an operand may be in.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Place {
    Any,
    Fixed(Reg),
    /// That of the operand at this position.
    Same(usize),
}

impl VInsn {
    /// Registers mentioned: first what is written, then what is read, in the order of the fields.
    pub(crate) fn operands(&self) -> Vec<Operand> {
        use Place::{Any, Fixed, Same};
        match self {
            VInsn::Params(dsts) => {
                let regs = dsts.iter().zip(abi::ARGUMENTS);
                regs.map(|(&dst, reg)| def(dst, Fixed(reg))).collect()
            }
            VInsn::Imm { dst, .. }
            | VInsn::Core { dst, .. }
            | VInsn::FrameAddr { dst, .. }
            | VInsn::SymbolAddr { dst, .. } => vec![def(*dst, Any)],
            VInsn::Alu { dst, lhs, rhs, .. } => {
                let fixed = [def(*dst, Same(1)), used(*lhs, Any)];
                fixed.into_iter().chain(rhs.operand()).collect()
            }
            VInsn::ZeroExtend { dst, src }
            | VInsn::SignExtend { dst, src, .. }
            | VInsn::CastSpace { dst, src, .. } => {
                vec![def(*dst, Any), used(*src, Any)]
            }
            VInsn::Neg { dst, src, .. } | VInsn::Swap { dst, src, .. } => {
                vec![def(*dst, Same(1)), used(*src, Any)]
            }
            VInsn::Load { dst, mem, .. } => {
                [def(*dst, Any)].into_iter().chain(mem.operand()).collect()
            }
            VInsn::Store { mem, src, .. } => {
                mem.operand().into_iter().chain(src.operand()).collect()
            }
            VInsn::Atomic { mem, src, .. } => {
                let mem = mem.operand().into_iter();
                mem.chain([used(*src, Any)]).collect()
            }
            VInsn::AtomicFetch { dst, mem, src, .. } => {
                let fixed = [def(*dst, Same(1)), used(*src, Any)];
                fixed.into_iter().chain(mem.operand()).collect()
            }
            VInsn::CompareExchange {
                dst,
                mem,
                expected,
                src,
                ..
            } => [
                def(*dst, Fixed(abi::RESULT)),
                used(*expected, Fixed(abi::RESULT)),
                used(*src, Any),
            ]
            .into_iter()
            .chain(mem.operand())
            .collect(),
            VInsn::Call { args, result, .. } => {
                let args = args.iter().zip(abi::ARGUMENTS);
                let regs = args.filter_map(|(arg, reg)| match arg {
                    VSrc::Reg(vreg) => Some(used(*vreg, Fixed(reg))),
                    VSrc::Imm(_) => None,
                });
                let result = result.iter().map(|&dst| def(dst, Fixed(abi::RESULT)));
                result.chain(regs).collect()
            }
            VInsn::Asm(asm) => asm.operands(),
            VInsn::Never => Vec::new(),
            VInsn::Branch { lhs, rhs, .. } => {
                [used(*lhs, Any)].into_iter().chain(rhs.operand()).collect()
            }
            VInsn::Return(value) => {
                let value = value.iter();
                value.map(|&v| used(v, Fixed(abi::RESULT))).collect()
            }
            VInsn::Jump { .. } => Vec::new(),
        }
    }

    /// Blocks that control may go to.
    pub(crate) fn successors(&self) -> Vec<BlockId> {
        match self {
            VInsn::Jump { to, .. } => vec![*to],
            VInsn::Branch {
                then, otherwise, ..
            } => vec![*then, *otherwise],
            _ => Vec::new(),
        }
    }

    /// Whether this ends a block.
    pub(crate) fn is_terminator(&self) -> bool {
        matches!(
            self,
            VInsn::Jump { .. } | VInsn::Branch { .. } | VInsn::Return(_) | VInsn::Never
        )
    }

    /// Whether this does nothing but compute a register.
    fn is_pure(&self) -> bool {
        matches!(
            self,
            VInsn::Imm { .. }
                | VInsn::FrameAddr { .. }
                | VInsn::SymbolAddr { .. }
                | VInsn::Alu { .. }
                | VInsn::ZeroExtend { .. }
                | VInsn::SignExtend { .. }
                | VInsn::CastSpace { .. }
                | VInsn::Neg { .. }
                | VInsn::Swap { .. }
        )
    }

    /// The stack slots mentioned.
    pub(crate) fn slots(&self) -> Vec<Slot> {
        match self {
            VInsn::FrameAddr { slot, .. } => vec![*slot],
            VInsn::Load { mem, .. }
            | VInsn::Store { mem, .. }
            | VInsn::Atomic { mem, .. }
            | VInsn::AtomicFetch { mem, .. }
            | VInsn::CompareExchange { mem, .. } => mem.slot().into_iter().collect(),
            VInsn::Asm(asm) => {
                let operands = asm.operands.iter();
                let slots = operands.filter_map(|operand| match operand {
                    AsmSlot::Memory(mem) => mem.slot(),
                    _ => None,
                });
                slots.collect()
            }
            _ => Vec::new(),
        }
    }
}

impl AsmInsn {
    /// Registers mentioned, operand by operand: of one that is read and written, the read first.
    fn operands(&self) -> Vec<Operand> {
        // What is read must not share a register with what is overwritten before the end.
        let is_late = !self.clobbers.is_empty()
            || self.operands.iter().any(|operand| match operand {
                AsmSlot::InOut { early, .. } => *early,
                _ => false,
            });
        let input = |vreg, reg: Option<Reg>| match reg {
            Some(reg) => used(vreg, Place::Fixed(reg)),
            None if is_late => late(vreg),
            None => used(vreg, Place::Any),
        };
        let mut operands = Vec::new();
        for operand in &self.operands {
            match *operand {
                AsmSlot::Output { dst, reg, early } => {
                    let place = reg.map_or(Place::Any, Place::Fixed);
                    operands.push(match early {
                        true => early_def(dst, place),
                        false => def(dst, place),
                    });
                }
                AsmSlot::InOut { dst, src, reg, .. } => {
                    let same = Place::Same(operands.len());
                    operands.push(used(src, reg.map_or(Place::Any, Place::Fixed)));
                    operands.push(def(dst, reg.map_or(same, Place::Fixed)));
                }
                AsmSlot::Input { src, reg } => operands.push(input(src, reg)),
                AsmSlot::Memory(Mem {
                    base: Base::Reg(base),
                    ..
                }) => operands.push(input(base, None)),
                AsmSlot::Memory(_) | AsmSlot::Number(_) | AsmSlot::Symbol { .. } => {}
            }
        }
        operands
    }

    /// For each operand its first entry in a list parallel to [`VInsn::operands`], if it has one.
    pub(crate) fn spread<'a, T>(&self, items: &'a [T]) -> Vec<Option<&'a T>> {
        let mut items = items.iter();
        let operands = self.operands.iter();
        let spread = operands.map(|operand| match operand {
            AsmSlot::InOut { .. } => {
                let first = items.next();
                items.next();
                first
            }
            AsmSlot::Output { .. } | AsmSlot::Input { .. } => items.next(),
            AsmSlot::Memory(mem) => mem.operand().and_then(|_| items.next()),
            AsmSlot::Number(_) | AsmSlot::Symbol { .. } => None,
        });
        spread.collect()
    }
}

fn used(vreg: VReg, place: Place) -> Operand {
    let role = Role::Use;
    Operand { vreg, role, place }
}

fn late(vreg: VReg) -> Operand {
    let (role, place) = (Role::LateUse, Place::Any);
    Operand { vreg, role, place }
}

fn early_def(vreg: VReg, place: Place) -> Operand {
    let role = Role::EarlyDef;
    Operand { vreg, role, place }
}

fn def(vreg: VReg, place: Place) -> Operand {
    let role = Role::Def;
    Operand { vreg, role, place }
}

impl VSrc {
    fn operand(self) -> Option<Operand> {
        match self {
            VSrc::Reg(vreg) => Some(used(vreg, Place::Any)),
            VSrc::Imm(_) => None,
        }
    }
}

impl Role {
    fn is_read(self) -> bool {
        matches!(self, Role::Use | Role::LateUse)
    }
}

impl Mem {
    fn slot(self) -> Option<Slot> {
        match self.base {
            Base::Slot(slot) => Some(slot),
            Base::Reg(_) => None,
        }
    }

    fn operand(self) -> Option<Operand> {
        match self.base {
            Base::Reg(vreg) => Some(used(vreg, Place::Any)),
            Base::Slot(_) => None,
        }
    }
}

impl VCode {
    /// Makes a virtual register.
    pub(crate) fn new_vreg(&mut self) -> VReg {
        self.num_vregs += 1;
        VReg(self.num_vregs - 1)
    }

    /// Removes computations nobody reads, e.g. of an address that was folded into the accesses that use it.
    pub(crate) fn remove_unused(&mut self) {
        let mut uses = self.count_uses();
        for block in self.blocks.iter_mut().rev() {
            let mut kept = Vec::with_capacity(block.insns.len());
            for located in block.insns.drain(..).rev() {
                if is_unused(&located.insn, &uses) {
                    for read in reads(&located.insn) {
                        uses[read.0 as usize] -= 1;
                    }
                } else {
                    kept.push(located);
                }
            }
            kept.reverse();
            block.insns = kept;
        }
    }

    fn count_uses(&self) -> Vec<u32> {
        let mut uses = vec![0; self.num_vregs as usize];
        for located in self.blocks.iter().flat_map(|block| &block.insns) {
            for read in reads(&located.insn) {
                uses[read.0 as usize] += 1;
            }
        }
        uses
    }
}

fn reads(insn: &VInsn) -> Vec<VReg> {
    let operands = insn.operands().into_iter();
    let mut reads: Vec<VReg> = operands
        .filter(|operand| operand.role.is_read())
        .map(|operand| operand.vreg)
        .collect();
    if let VInsn::Jump { args, .. } = insn {
        reads.extend(args);
    }
    reads
}

fn is_unused(insn: &VInsn, uses: &[u32]) -> bool {
    let operands = insn.operands();
    let mut defs = operands.iter().filter(|o| !o.role.is_read());
    insn.is_pure() && defs.all(|o| uses[o.vreg.0 as usize] == 0)
}

impl Display for VReg {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "v{}", self.0)
    }
}

impl Display for BlockId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "b{}", self.0)
    }
}

/// The code as text, with virtual registers.
pub(crate) fn print(code: &VCode, module: &Module, out: &mut String) {
    for (index, block) in code.blocks.iter().enumerate() {
        let params: Vec<String> = block.params.iter().map(VReg::to_string).collect();
        print_label(index, &params, out);
        for located in &block.insns {
            let operands = located.insn.operands();
            let names: Vec<String> = operands.iter().map(|o| o.vreg.to_string()).collect();
            print_insn(&located.insn, &names, module, out);
        }
    }
}

/// A block's label line.
pub(crate) fn print_label(index: usize, params: &[String], out: &mut String) {
    let _ = match params {
        [] => writeln!(out, "b{index}:"),
        _ => writeln!(out, "b{index}({}):", params.join(", ")),
    };
}

/// One line: the instruction with these names for its [operands](VInsn::operands).
pub(crate) fn print_insn(insn: &VInsn, names: &[String], module: &Module, out: &mut String) {
    out.push_str("    ");
    // Writing to a string cannot fail.
    let _ = write_insn(insn, names, module, out);
    out.push('\n');
}

fn write_insn(insn: &VInsn, names: &[String], module: &Module, out: &mut String) -> fmt::Result {
    let name = |index: usize| names[index].as_str();
    let bits = |width: &Width| width.bits();
    match insn {
        VInsn::Params(_) => write!(out, "{} = params", names.join(", ")),
        VInsn::Imm { value, .. } => write!(out, "{} = {value}", name(0)),
        VInsn::Core { relo, value, .. } => write!(out, "{} = {value} {relo}", name(0)),
        VInsn::FrameAddr { slot, off, .. } => write!(out, "{} = frame {slot}{off:+}", name(0)),
        VInsn::SymbolAddr { symbol, off, .. } => {
            let symbol = symbol_name(*symbol, module);
            write!(out, "{} = address @{symbol}{off:+}", name(0))
        }
        VInsn::Alu { width, op, rhs, .. } => {
            let (op, bits, rhs) = (op.name(), bits(width), src_name(rhs, names, 2));
            write!(out, "{} = {op}{bits} {}, {rhs}", name(0), name(1))
        }
        VInsn::ZeroExtend { .. } => write!(out, "{} = zext32 {}", name(0), name(1)),
        VInsn::SignExtend { width, from, .. } => {
            let (from, to) = (from.bits(), bits(width));
            write!(out, "{} = sext{from}to{to} {}", name(0), name(1))
        }
        VInsn::CastSpace { to, from, .. } => {
            write!(
                out,
                "{} = addr_space_cast {}, {to}, {from}",
                name(0),
                name(1)
            )
        }
        VInsn::Neg { width, .. } => write!(out, "{} = neg{} {}", name(0), bits(width), name(1)),
        VInsn::Swap { kind, size, .. } => {
            let (kind, bits) = (kind.name(), size.bits());
            write!(out, "{} = {kind}{bits} {}", name(0), name(1))
        }
        VInsn::Load {
            size, signed, mem, ..
        } => {
            let (sign, mem) = (if *signed { 's' } else { 'u' }, mem_name(mem, names, 1));
            write!(out, "{} = load.{sign}{} {mem}", name(0), size.bits())
        }
        VInsn::Store { size, mem, src } => {
            let src = src_name(src, names, usize::from(mem.operand().is_some()));
            let mem = mem_name(mem, names, 0);
            write!(out, "store.u{} {mem}, {src}", size.bits())
        }
        VInsn::Atomic { size, op, mem, .. } => {
            let (op, bits, src) = (op.name(), size.bits(), &names[names.len() - 1]);
            write!(
                out,
                "atomic.{op}.u{bits} {}, {src}",
                mem_name(mem, names, 0)
            )
        }
        VInsn::AtomicFetch { size, op, mem, .. } => {
            let (op, bits, mem) = (op.name(), size.bits(), mem_name(mem, names, 2));
            write!(out, "{} = fetch.{op}.u{bits} {mem}, {}", name(0), name(1))
        }
        VInsn::CompareExchange { size, mem, .. } => {
            let (bits, mem) = (size.bits(), mem_name(mem, names, 3));
            let (dst, expected, src) = (name(0), name(1), name(2));
            write!(out, "{dst} = cmpxchg.u{bits} {mem}, {expected}, {src}")
        }
        VInsn::Call {
            callee,
            args,
            result,
        } => {
            if result.is_some() {
                write!(out, "{} = ", name(0))?;
            }
            let mut regs = names[usize::from(result.is_some())..].iter();
            let args = args.iter().map(|arg| match arg {
                VSrc::Reg(_) => regs.next().cloned().unwrap_or_default(),
                VSrc::Imm(value) => value.to_string(),
            });
            let args: Vec<String> = args.collect();
            write!(
                out,
                "call {}({})",
                callee_name(*callee, module),
                args.join(", ")
            )
        }
        VInsn::Asm(asm) => write_asm(asm, names, module, out),
        VInsn::Jump { to, args } => match args.as_slice() {
            [] => write!(out, "jump {to}"),
            _ => {
                let args: Vec<String> = args.iter().map(VReg::to_string).collect();
                write!(out, "jump {to}({})", args.join(", "))
            }
        },
        VInsn::Branch {
            width,
            cond,
            rhs,
            then,
            otherwise,
            ..
        } => {
            let (bits, cond, rhs) = (bits(width), cond.name(), src_name(rhs, names, 1));
            let lhs = name(0);
            write!(out, "branch{bits} {lhs} {cond} {rhs}, {then}, {otherwise}")
        }
        VInsn::Return(None) => write!(out, "return"),
        VInsn::Never => write!(out, "never"),
        VInsn::Return(Some(_)) => write!(out, "return {}", name(0)),
    }
}

/// `asm "text" [out v1, in v2, 7], [r0]`
fn write_asm(asm: &AsmInsn, names: &[String], module: &Module, out: &mut String) -> fmt::Result {
    let names = asm.spread(names);
    let operands = asm.operands.iter().zip(names).map(|(operand, name)| {
        let name = name.map_or("", String::as_str);
        match operand {
            AsmSlot::Output { early: true, .. } => format!("early out {name}"),
            AsmSlot::Output { .. } => format!("out {name}"),
            AsmSlot::InOut { dst, .. } => format!("inout {dst} {name}"),
            AsmSlot::Input { .. } => format!("in {name}"),
            AsmSlot::Memory(mem) => format!("mem {}", mem_name(mem, &[name.to_owned()], 0)),
            AsmSlot::Number(number) => number.to_string(),
            AsmSlot::Symbol { symbol, addend } => {
                format!("@{}{addend:+}", symbol_name(*symbol, module))
            }
        }
    });
    let operands: Vec<String> = operands.collect();
    let clobbers: Vec<String> = asm.clobbers.iter().map(Reg::to_string).collect();
    let text = asm.template.to_string();
    write!(
        out,
        "asm {text:?} [{}], [{}]",
        operands.join(", "),
        clobbers.join(", ")
    )
}

fn src_name(src: &VSrc, names: &[String], index: usize) -> String {
    match src {
        VSrc::Reg(_) => names[index].clone(),
        VSrc::Imm(value) => value.to_string(),
    }
}

fn mem_name(mem: &Mem, names: &[String], index: usize) -> String {
    let base = match mem.base {
        Base::Reg(_) => names[index].clone(),
        Base::Slot(slot) => slot.to_string(),
    };
    let relo = mem.core.map_or(String::new(), |relo| format!(" {relo}"));
    format!("{base}{:+}{relo}", mem.off)
}

/// The symbol's name.
pub(crate) fn symbol_name(symbol: SymbolRef, module: &Module) -> &str {
    match symbol {
        SymbolRef::Global(global) => &module.globals[global].name,
        SymbolRef::Func(func) => &module.functions[func].name,
    }
}

/// How a callee is called in texts and messages: by name if it has one.
pub(crate) fn callee_name(callee: Callee, module: &Module) -> String {
    match callee {
        Callee::Func(func) => module.functions[func].name.clone(),
        Callee::Helper(number) => helper_by_id(number).map_or_else(
            || format!("helper {number}"),
            |helper| helper.name().to_string(),
        ),
        Callee::Pointer => "a pointer".to_owned(),
    }
}
