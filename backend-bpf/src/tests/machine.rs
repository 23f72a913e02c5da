//! A small BPF machine for tests: runs [`Listing`](crate::Listing)s and forgets as much as it may.
//!
//! What the calling convention does not promise is filled with garbage: R2 to R9 at entry, R0 to R5 after calls, the upper
//! halves of 32-bit arguments and results. Code that relies on any of it gives another result than the IR.

use bpfcc_ir::eval::Host;
use bpfcc_ir::{Module, Type};
use bpfcc_isa::{AtomicOp, Callee, Imm64, Insn, Reg, Size, Src, Width};

use super::options;
use crate::{Cpu, Listing, listings};

const STACK: u64 = 0x7fff_0000;
const FRAME: u64 = 512;
const GARBAGE: u64 = 0xdead_beef_0bad_cafe;
const MAX_STEPS: usize = 1_000_000;

pub(super) struct Machine<'a> {
    module: &'a Module,
    listings: Vec<Listing>,
    host: &'a mut dyn Host,
    /// Frames below [`STACK`].
    stack: Vec<u8>,
    depth: u64,
}

impl<'a> Machine<'a> {
    pub(super) fn new(module: &'a Module, cpu: Cpu, host: &'a mut dyn Host) -> Machine<'a> {
        let listings = listings(module, &options(cpu));
        Machine {
            module,
            listings: listings.unwrap_or_else(|errors| panic!("{errors:?}")),
            host,
            stack: vec![0; 8 * FRAME as usize],
            depth: 0,
        }
    }

    /// The result of a function, cut to its type.
    pub(super) fn call(&mut self, name: &str, args: &[u64]) -> u64 {
        let listing = self.listings.iter();
        let mut found = listing.filter(|l| self.module.functions[l.func].name == name);
        let listing = found.next().unwrap_or_else(|| panic!("no function {name}"));
        let (listing, signature) = (
            listing.clone(),
            self.module.functions[listing.func].signature.clone(),
        );
        self.depth += 1;
        let mut regs = [GARBAGE; Reg::COUNT];
        for (index, (&arg, &ty)) in args.iter().zip(&signature.params).enumerate() {
            regs[index + 1] = with_garbage(arg, ty);
        }
        regs[10] = STACK - (self.depth - 1) * FRAME;
        let bottom = self.offset(regs[10] - FRAME);
        self.stack[bottom..bottom + FRAME as usize].fill(0);
        let result = self.run(&listing, &mut regs);
        self.depth -= 1;
        match signature.result {
            Some(Type::I32) => result & 0xffff_ffff,
            _ => result,
        }
    }

    fn run(&mut self, listing: &Listing, regs: &mut [u64; Reg::COUNT]) -> u64 {
        let mut slots = Vec::new();
        for &insn in &listing.insns {
            slots.push(Some(insn));
            slots.resize(slots.len() + insn.slots() - 1, None);
        }
        let mut at = 0;
        for _ in 0..MAX_STEPS {
            let insn = slots[at].unwrap_or_else(|| panic!("jump into the middle of lddw"));
            let slot = at;
            at += insn.slots();
            let jump = match insn {
                Insn::Exit => return regs[0],
                Insn::Call(callee) => {
                    self.run_call(callee, listing, slot, regs);
                    None
                }
                Insn::Goto { off } => Some(i64::from(off)),
                Insn::GotoLong { off } => Some(i64::from(off)),
                Insn::Jump {
                    width,
                    cond,
                    dst,
                    src,
                    off,
                } => {
                    let holds = cond.eval(width, regs[dst.index()], value(src, regs));
                    holds.then_some(i64::from(off))
                }
                _ => {
                    self.step(insn, regs);
                    None
                }
            };
            at = (at as i64 + jump.unwrap_or(0)) as usize;
        }
        panic!("more than {MAX_STEPS} steps");
    }

    fn step(&mut self, insn: Insn, regs: &mut [u64; Reg::COUNT]) {
        match insn {
            Insn::Alu {
                width,
                op,
                dst,
                src,
            } => regs[dst.index()] = op.eval(width, regs[dst.index()], value(src, regs)),
            Insn::MovSx {
                width,
                from,
                dst,
                src,
            } => regs[dst.index()] = cut(sign_extend(regs[src.index()], from), width),
            Insn::Neg { width, dst } => {
                regs[dst.index()] = cut(regs[dst.index()].wrapping_neg(), width);
            }
            Insn::Swap { kind, size, dst } => {
                regs[dst.index()] = kind.eval(bpfcc_isa::Endian::Little, size, regs[dst.index()]);
            }
            Insn::Load {
                size,
                signed,
                dst,
                base,
                off,
            } => {
                let loaded = self.load(address(regs, base, off), size);
                regs[dst.index()] = if signed {
                    sign_extend(loaded, size)
                } else {
                    loaded
                };
            }
            Insn::Store {
                size,
                base,
                off,
                src,
            } => self.store(address(regs, base, off), size, value(src, regs)),
            Insn::Atomic {
                size,
                op,
                fetch,
                base,
                off,
                src,
            } => {
                let addr = address(regs, base, off);
                let old = self.load(addr, size);
                let expected = size.zero_extend(regs[0]);
                let new = op.eval(old, size.zero_extend(regs[src.index()]), expected);
                self.store(addr, size, new);
                if op == AtomicOp::Cmpxchg {
                    regs[0] = old;
                } else if fetch {
                    regs[src.index()] = old;
                }
            }
            Insn::LoadImm64 {
                dst,
                value: Imm64::Const(value),
            } => regs[dst.index()] = value,
            _ => panic!("{insn:?} is not for this machine"),
        }
    }

    fn run_call(
        &mut self,
        callee: Callee,
        listing: &Listing,
        slot: usize,
        regs: &mut [u64; Reg::COUNT],
    ) {
        let args = [regs[1], regs[2], regs[3], regs[4], regs[5]];
        let (result, ty) = match callee {
            Callee::Helper(id) => {
                let result = self.host.call_helper(id, args, &mut NoMemory);
                (result.unwrap(), Type::I64)
            }
            Callee::Local(_) => {
                let name = &listing.names.symbols[&slot];
                let func = self.module.functions.values().find(|f| f.name == *name);
                let ty = func.and_then(|f| f.signature.result).unwrap_or(Type::I64);
                (self.call(name, &args), ty)
            }
            _ => panic!("{callee:?} is not for this machine"),
        };
        regs[..=5].fill(GARBAGE);
        regs[0] = with_garbage(result, ty);
    }

    fn offset(&self, addr: u64) -> usize {
        (addr + self.stack.len() as u64 - STACK) as usize
    }

    /// The program's own frame, or the host's memory.
    fn load(&mut self, addr: u64, size: Size) -> u64 {
        if !self.is_stack(addr) {
            return self.host.load(addr, size).unwrap();
        }
        let at = self.offset(addr);
        let bytes = &self.stack[at..at + size.bytes() as usize];
        bytes
            .iter()
            .rev()
            .fold(0, |value, &byte| value << 8 | u64::from(byte))
    }

    fn store(&mut self, addr: u64, size: Size, value: u64) {
        if !self.is_stack(addr) {
            return self.host.store(addr, size, value).unwrap();
        }
        let at = self.offset(addr);
        let bytes = &value.to_le_bytes()[..size.bytes() as usize];
        self.stack[at..at + bytes.len()].copy_from_slice(bytes);
    }

    fn is_stack(&self, addr: u64) -> bool {
        let top = STACK - (self.depth - 1) * FRAME;
        (top - FRAME..top).contains(&addr)
    }
}

/// Host functions of these tests take no pointers.
struct NoMemory;

impl bpfcc_ir::eval::Memory for NoMemory {
    fn load(&mut self, addr: u64, size: Size) -> Result<u64, bpfcc_ir::eval::Fault> {
        let len = size.bytes().into();
        Err(bpfcc_ir::eval::Fault::OutOfBounds { addr, len })
    }

    fn store(&mut self, addr: u64, size: Size, _: u64) -> Result<(), bpfcc_ir::eval::Fault> {
        let len = size.bytes().into();
        Err(bpfcc_ir::eval::Fault::OutOfBounds { addr, len })
    }
}

fn value(src: Src, regs: &[u64; Reg::COUNT]) -> u64 {
    match src {
        Src::Reg(reg) => regs[reg.index()],
        Src::Imm(imm) => i64::from(imm) as u64,
    }
}

fn address(regs: &[u64; Reg::COUNT], base: Reg, off: i16) -> u64 {
    regs[base.index()].wrapping_add_signed(off.into())
}

fn with_garbage(value: u64, ty: Type) -> u64 {
    match ty {
        Type::I32 => GARBAGE << 32 | value & 0xffff_ffff,
        _ => value,
    }
}

fn sign_extend(value: u64, from: Size) -> u64 {
    let unused = 64 - from.bits();
    ((value << unused) as i64 >> unused) as u64
}

fn cut(value: u64, width: Width) -> u64 {
    match width {
        Width::W32 => value & 0xffff_ffff,
        Width::W64 => value,
    }
}
