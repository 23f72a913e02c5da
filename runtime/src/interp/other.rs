//! Instructions that are too rare for an arm of the loop.

use bpfcc_isa::{AtomicOp, Insn, Reg, Size, Width};

use super::{FaultKind, State, denied};
use crate::memory::Access;
use crate::program::Program;
use crate::run::Run;

/// Executes the instruction at this position; whether it jumps.
pub(super) fn execute(
    program: &Program,
    run: &Run<'_>,
    state: &mut State,
    position: usize,
) -> Result<bool, FaultKind> {
    let registers = &mut state.registers;
    let address = |registers: &[u64], base: Reg, off: i16| {
        registers[base.index()].wrapping_add_signed(off.into())
    };
    match program.insns[position] {
        Insn::MovSx {
            width,
            from,
            dst,
            src,
        } => {
            let value = sign_extend(registers[src.index()], from);
            registers[dst.index()] = truncate(value, width);
        }
        Insn::Neg { width, dst } => {
            let value = registers[dst.index()].wrapping_neg();
            registers[dst.index()] = truncate(value, width);
        }
        Insn::Swap { kind, size, dst } => {
            registers[dst.index()] = kind.eval(program.endian(), size, registers[dst.index()]);
        }
        Insn::LoadAcquire {
            size,
            dst,
            base,
            off,
        } => {
            let addr = address(registers, base, off);
            let value = run.memory.load_acquire(addr, size);
            registers[dst.index()] = value.map_err(denied(Access::Read, addr, size))?;
        }
        Insn::StoreRelease {
            size,
            base,
            off,
            src,
        } => {
            let addr = address(registers, base, off);
            let done = run.memory.store_release(addr, size, registers[src.index()]);
            done.map_err(denied(Access::Write, addr, size))?;
        }
        Insn::Atomic {
            size,
            op,
            fetch,
            base,
            off,
            src,
        } => {
            let addr = address(registers, base, off);
            let (operand, expected) = (registers[src.index()], registers[Reg::R0.index()]);
            let old = run.memory.atomic(addr, size, op, operand, expected);
            let old = old.map_err(denied(Access::Write, addr, size))?;
            if op == AtomicOp::Cmpxchg {
                registers[Reg::R0.index()] = old;
            } else if fetch {
                registers[src.index()] = old;
            }
        }
        Insn::MayGoto { .. } => match state.loops_left.checked_sub(1) {
            Some(left) => state.loops_left = left,
            None => return Ok(true),
        },
        insn => unreachable!("the linker refuses {insn:?}, or `op` has a code for it"),
    }
    Ok(false)
}

fn truncate(value: u64, width: Width) -> u64 {
    match width {
        Width::W32 => value as u32 as u64,
        Width::W64 => value,
    }
}

fn sign_extend(value: u64, from: Size) -> u64 {
    match from {
        Size::B => value as i8 as u64,
        Size::H => value as i16 as u64,
        Size::W => value as i32 as u64,
        Size::DW => value,
    }
}
