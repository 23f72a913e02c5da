//! The interpreter: one match over [`Insn`], every access checked.
//!
//! It needs no trust in the program: the linker made sure of the control flow, [`Memory`](crate::memory) of each access, and
//! a budget of the end. Its whole state is the plain value [`State`], which a debugger can copy, look at and step.
//!
//! What arithmetic means stands in [`bpfcc_isa::table`].

use bpfcc_isa::helpers::ResultKind;
use bpfcc_isa::{AtomicOp, Callee, Imm64, Insn, Reg, Size, Src, Width};

use crate::check::{self, BadArgument};
use crate::env::Ending;
use crate::memory::{Access, Denied, FRAME_BYTES, MAX_FRAMES};
use crate::program::{MAX_LOOPS, Program};
use crate::run::Run;

/// What registers hold that a call has made unreadable: no number anyone expects and no address at all.
const LOST: u64 = 0xdead_10cc_dead_10cc;

/// Registers, position and call chain of an execution.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct State {
    /// R0 to R10. All are 0 at first, except the arguments and R10.
    pub registers: [u64; Reg::COUNT],
    /// Position of the next instruction in the program.
    pub position: usize,
    /// Instructions executed so far.
    pub executed: u64,
    callers: [Caller; MAX_FRAMES - 1],
    depth: usize,
    /// How often `may_goto` will still let this function go on.
    loops_left: u32,
}

/// What a local call keeps for its caller.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
struct Caller {
    return_to: usize,
    /// R6 to R9.
    preserved: [u64; 4],
    loops_left: u32,
}

/// Registers that calls preserve.
const PRESERVED: std::ops::Range<usize> = 6..10;
/// Registers that calls lose.
const ARGUMENTS: std::ops::Range<usize> = 1..6;

/// What happens after an instruction.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Flow {
    /// The program goes on.
    Continue,
    /// The program is over; R0 is its result.
    Exit,
    /// The program is over: a host function ended it.
    End(Ending),
}

/// Why an instruction cannot be executed.
#[derive(Clone, PartialEq, Eq, Debug, thiserror::Error)]
pub enum FaultKind {
    /// An access to memory is not permitted.
    #[error("{} of {size} bytes at {addr:#x}: {reason}", verb(*.access))]
    Memory {
        /// Direction.
        access: Access,
        /// Address.
        addr: u64,
        /// Number of bytes.
        size: u32,
        /// Why.
        reason: Denied,
    },
    /// An argument of a host function is not what it must be.
    #[error("{0}")]
    Argument(BadArgument),
    /// More than eight functions are active.
    #[error("the call would need more than {MAX_FRAMES} stack frames")]
    TooDeep,
    /// The program ended without giving back what it holds.
    #[error("the program ended and {0}")]
    Unreleased(&'static str),
    /// The budget is used up.
    #[error("the budget of {0} instructions is used up")]
    Budget(u64),
}

fn verb(access: Access) -> &'static str {
    match access {
        Access::Read => "read",
        Access::Write => "write",
    }
}

impl State {
    /// The state before the first instruction.
    pub(crate) fn new(arguments: [u64; 5], stack_top: u64) -> State {
        let mut registers = [0; Reg::COUNT];
        registers[ARGUMENTS].copy_from_slice(&arguments);
        registers[Reg::R10.index()] = stack_top;
        State {
            registers,
            position: 0,
            executed: 0,
            callers: [Caller::default(); MAX_FRAMES - 1],
            depth: 0,
            loops_left: MAX_LOOPS,
        }
    }

    /// Number of functions that have not returned.
    pub fn frames(&self) -> usize {
        self.depth + 1
    }

    fn get(&self, reg: Reg) -> u64 {
        self.registers[reg.index()]
    }

    fn set(&mut self, reg: Reg, value: u64) {
        self.registers[reg.index()] = value;
    }

    fn operand(&self, src: Src) -> u64 {
        match src {
            Src::Reg(reg) => self.get(reg),
            Src::Imm(imm) => imm as i64 as u64,
        }
    }

    fn address(&self, base: Reg, off: i16) -> u64 {
        self.get(base).wrapping_add(off as u64)
    }

    fn lose_arguments(&mut self) {
        self.registers[ARGUMENTS].fill(LOST);
    }
}

/// Runs to the end, or until the budget is used up. The outer `Err` leaves the state at the instruction that failed.
pub(crate) fn run(
    program: &Program,
    run: &Run<'_>,
    state: &mut State,
    budget: u64,
) -> Result<Result<u64, Ending>, FaultKind> {
    while state.executed < budget {
        match step(program, run, state)? {
            Flow::Continue => {}
            Flow::Exit => return Ok(Ok(state.get(Reg::R0))),
            Flow::End(ending) => return Ok(Err(ending)),
        }
    }
    Err(FaultKind::Budget(budget))
}

/// Executes one instruction.
pub(crate) fn step(program: &Program, run: &Run<'_>, state: &mut State) -> Result<Flow, FaultKind> {
    let position = state.position;
    match program.insns[position] {
        Insn::Alu {
            width,
            op,
            dst,
            src,
        } => {
            let result = op.eval(width, state.get(dst), state.operand(src));
            state.set(dst, result);
        }
        Insn::MovSx {
            width,
            from,
            dst,
            src,
        } => {
            let value = sign_extend(state.get(src), from);
            state.set(dst, truncate(value, width));
        }
        Insn::Neg { width, dst } => {
            let value = state.get(dst).wrapping_neg();
            state.set(dst, truncate(value, width));
        }
        Insn::Swap { kind, size, dst } => {
            let value = kind.eval(program.endian(), size, state.get(dst));
            state.set(dst, value);
        }
        Insn::Load {
            size,
            signed,
            dst,
            base,
            off,
        } => {
            let value = load(run, state.address(base, off), size)?;
            let value = if signed {
                sign_extend(value, size)
            } else {
                value
            };
            state.set(dst, value);
        }
        Insn::LoadAcquire {
            size,
            dst,
            base,
            off,
        } => {
            let value = load_acquire(run, state.address(base, off), size)?;
            state.set(dst, value);
        }
        Insn::Store {
            size,
            base,
            off,
            src,
        } => store(run, state.address(base, off), size, state.operand(src))?,
        Insn::StoreRelease {
            size,
            base,
            off,
            src,
        } => store_release(run, state.address(base, off), size, state.get(src))?,
        Insn::Atomic {
            size,
            op,
            fetch,
            base,
            off,
            src,
        } => {
            let addr = state.address(base, off);
            let expected = state.get(Reg::R0);
            let old = atomic(run, addr, size, op, state.get(src), expected)?;
            if op == AtomicOp::Cmpxchg {
                state.set(Reg::R0, old);
            } else if fetch {
                state.set(src, old);
            }
        }
        Insn::LoadImm64 { dst, value } => state.set(dst, constant(program, position, value)),
        Insn::Jump {
            width,
            cond,
            dst,
            src,
            ..
        } => {
            if cond.eval(width, state.get(dst), state.operand(src)) {
                return Ok(jump(state, program.target(position)));
            }
        }
        Insn::Goto { .. } | Insn::GotoLong { .. } => {
            return Ok(jump(state, program.target(position)));
        }
        Insn::MayGoto { .. } => match state.loops_left.checked_sub(1) {
            Some(left) => state.loops_left = left,
            None => return Ok(jump(state, program.target(position))),
        },
        Insn::Call(Callee::Local(_)) => return call(program, run, state),
        Insn::Call(_) => return call_host(program, run, state),
        Insn::Exit => return Ok(exit(run, state)),
        insn @ (Insn::LoadPacket { .. } | Insn::AddrSpaceCast { .. } | Insn::GotoReg { .. }) => {
            unreachable!("the linker refuses {insn:?}")
        }
    }
    Ok(jump(state, position + 1))
}

fn jump(state: &mut State, position: usize) -> Flow {
    state.position = position;
    state.executed += 1;
    Flow::Continue
}

fn call(program: &Program, run: &Run<'_>, state: &mut State) -> Result<Flow, FaultKind> {
    let caller = state
        .callers
        .get_mut(state.depth)
        .ok_or(FaultKind::TooDeep)?;
    caller.return_to = state.position + 1;
    caller
        .preserved
        .copy_from_slice(&state.registers[PRESERVED]);
    caller.loops_left = std::mem::replace(&mut state.loops_left, MAX_LOOPS);
    state.depth += 1;
    state.registers[Reg::R10.index()] -= FRAME_BYTES;
    run.memory.set_frames(state.frames());
    Ok(jump(state, program.target(state.position)))
}

fn exit(run: &Run<'_>, state: &mut State) -> Flow {
    let Some(depth) = state.depth.checked_sub(1) else {
        state.executed += 1;
        return Flow::Exit;
    };
    let caller = state.callers[depth];
    state.depth = depth;
    state.loops_left = caller.loops_left;
    state.registers[PRESERVED].copy_from_slice(&caller.preserved);
    state.registers[Reg::R10.index()] += FRAME_BYTES;
    state.lose_arguments();
    run.memory.set_frames(state.frames());
    jump(state, caller.return_to)
}

fn call_host(program: &Program, run: &Run<'_>, state: &mut State) -> Result<Flow, FaultKind> {
    let function = program.host(state.position);
    let [_, a, b, c, d, e, ..] = state.registers;
    let result = check::call(run, function, [a, b, c, d, e]).map_err(FaultKind::Argument)?;
    if let Some(ending) = function.ending() {
        state.executed += 1;
        return Ok(Flow::End(ending(result)));
    }
    if function.is_tail_call()
        && let Some(target) = result.checked_sub(1)
    {
        return Ok(tail_call(state, target as usize));
    }
    let is_void = function.signature().result == ResultKind::Nothing;
    state.lose_arguments();
    state.set(Reg::R0, if is_void { LOST } else { result });
    Ok(jump(state, state.position + 1))
}

/// Goes on with another function in the same frame; it gets the context.
fn tail_call(state: &mut State, target: usize) -> Flow {
    let context = state.get(Reg::R1);
    state.lose_arguments();
    state.set(Reg::R1, context);
    state.loops_left = MAX_LOOPS;
    jump(state, target)
}

fn constant(program: &Program, position: usize, value: Imm64) -> u64 {
    match value {
        Imm64::Const(value) => value,
        Imm64::MapIdx(index) => program.map_address(index),
        Imm64::MapIdxValue { idx, off } => program.value_address(idx, off),
        // A function has no address here; its position serves to tell functions apart.
        Imm64::Code(_) => program.target(position) as u64,
        Imm64::MapFd(_) | Imm64::MapValue { .. } | Imm64::BtfVar { .. } => {
            unreachable!("the linker refuses {value:?}")
        }
    }
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

fn denied(access: Access, addr: u64, size: Size) -> impl FnOnce(Denied) -> FaultKind {
    move |reason| FaultKind::Memory {
        access,
        addr,
        size: size.bytes(),
        reason,
    }
}

fn load(run: &Run<'_>, addr: u64, size: Size) -> Result<u64, FaultKind> {
    run.memory
        .load(addr, size)
        .map_err(denied(Access::Read, addr, size))
}

fn store(run: &Run<'_>, addr: u64, size: Size, value: u64) -> Result<(), FaultKind> {
    run.memory
        .store(addr, size, value)
        .map_err(denied(Access::Write, addr, size))
}

fn load_acquire(run: &Run<'_>, addr: u64, size: Size) -> Result<u64, FaultKind> {
    run.memory
        .load_acquire(addr, size)
        .map_err(denied(Access::Read, addr, size))
}

fn store_release(run: &Run<'_>, addr: u64, size: Size, value: u64) -> Result<(), FaultKind> {
    run.memory
        .store_release(addr, size, value)
        .map_err(denied(Access::Write, addr, size))
}

fn atomic(
    run: &Run<'_>,
    addr: u64,
    size: Size,
    op: AtomicOp,
    operand: u64,
    expected: u64,
) -> Result<u64, FaultKind> {
    run.memory
        .atomic(addr, size, op, operand, expected)
        .map_err(denied(Access::Write, addr, size))
}
