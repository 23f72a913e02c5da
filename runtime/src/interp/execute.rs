//! The loop: one match over [`Code`], with an arm for each form of an instruction.
//!
//! Position and count are kept in two numbers, `at` and `lead`, whose sum is the number of instructions executed so far. Going
//! to the next instruction changes `at` alone, so only jumps have to count:
//!
//! ```text
//!                            at   lead   executed
//!  0  r0 = 0                  0    0        0
//!  1  r0 += 1                 1    0        1
//!  2  if r0 < 9 goto 1        2    0        2
//!     taken                   1    2        3
//! ```

use bpfcc_isa::helpers::ResultKind;
use bpfcc_isa::{AluOp, Cond, Reg, Size, Width};

use super::op::{Code, Op, op_at, with_forms};
use super::window::Windows;
use super::{FaultKind, Flow, LOST, PRESERVED, State, denied, other};
use crate::check;
use crate::env::{Ending, HostFunction};
use crate::memory::{self, Access, FRAME_BYTES};
use crate::program::{MAX_LOOPS, Program};
use crate::run::Run;

/// Executes until the program ends, or a jump, call or return when more than `latest` instructions have been executed.
pub(super) fn until(
    program: &Program,
    ops: &[Op],
    run: &Run<'_>,
    state: &mut State,
    latest: u64,
) -> Result<Flow, FaultKind> {
    execute::<false>(program, ops, run, state, latest)
}

/// Executes one instruction.
pub(super) fn one(program: &Program, run: &Run<'_>, state: &mut State) -> Result<Flow, FaultKind> {
    execute::<true>(program, &[], run, state, 0)
}

fn execute<const IS_STEP: bool>(
    program: &Program,
    ops: &[Op],
    run: &Run<'_>,
    state: &mut State,
    latest: u64,
) -> Result<Flow, FaultKind> {
    let mut windows = Windows::default();
    let mut at = state.position;
    let mut lead = state.executed.wrapping_sub(at as u64);

    let outcome = loop {
        let op = match IS_STEP {
            true => op_at(program, at),
            false => ops[at],
        };

        macro_rules! get {
            ($reg:ident) => {
                state.registers[op.$reg.index()]
            };
        }
        macro_rules! attempt {
            ($result:expr) => {
                match $result {
                    Ok(value) => value,
                    Err(fault) => break Err(fault),
                }
            };
        }
        macro_rules! jump {
            ($target:expr) => {{
                let target: usize = $target;
                let executed = lead.wrapping_add(at as u64 + 1);
                lead = executed.wrapping_sub(target as u64);
                at = target;
                if IS_STEP || executed > latest {
                    break Ok(Flow::Continue);
                }
                continue;
            }};
        }
        macro_rules! jump_if {
            ($cond:ident, $width:ident, $right:expr) => {
                if Cond::$cond.eval(Width::$width, get!(dst), $right) {
                    jump!(target(at, op));
                }
            };
        }
        macro_rules! alu {
            ($op:ident, $width:ident, $right:expr) => {
                get!(dst) = AluOp::$op.eval(Width::$width, get!(dst), $right)
            };
        }
        macro_rules! copy_alu {
            ($op:ident, $width:ident, $right:expr) => {{
                get!(dst) = AluOp::$op.eval(Width::$width, get!(copied), $right);
                at += 1;
            }};
        }
        macro_rules! load {
            ($size:ident) => {{
                let addr = address(get!(src), op);
                let window = &mut windows.reads[op.src.index()];
                if window.holds(addr, Size::$size) {
                    // SAFETY: the program may still read what is inside, since windows are closed when memory goes.
                    unsafe { memory::load(addr, Size::$size) }
                } else {
                    let value = run.memory.load(addr, Size::$size);
                    let value = attempt!(value.map_err(denied(Access::Read, addr, Size::$size)));
                    *window = run.memory.window(addr, Access::Read);
                    value
                }
            }};
        }
        macro_rules! store {
            ($size:ident, $value:expr) => {{
                let addr = address(get!(dst), op);
                let window = &mut windows.writes[op.dst.index()];
                if window.holds(addr, Size::$size) {
                    // SAFETY: as for loads.
                    unsafe { memory::store(addr, Size::$size, $value) }
                } else {
                    let done = run.memory.store(addr, Size::$size, $value);
                    attempt!(done.map_err(denied(Access::Write, addr, Size::$size)));
                    *window = run.memory.window(addr, Access::Write);
                }
            }};
        }
        macro_rules! dispatch {
            (
                alu { $($alu:ident => $alu64:ident, $alu64_imm:ident, $alu32:ident, $alu32_imm:ident;)+ }
                copy_alu { $($copy:ident => $copy64:ident, $copy64_imm:ident, $copy32:ident, $copy32_imm:ident;)+ }
                cond { $($cond:ident => $cond64:ident, $cond64_imm:ident, $cond32:ident, $cond32_imm:ident;)+ }
            ) => {
                match op.code {
                    $(
                        Code::$alu64 => alu!($alu, W64, get!(src)),
                        Code::$alu64_imm => alu!($alu, W64, op.operand()),
                        Code::$alu32 => alu!($alu, W32, get!(src)),
                        Code::$alu32_imm => alu!($alu, W32, op.operand()),
                    )+
                    $(
                        Code::$copy64 => copy_alu!($copy, W64, get!(src)),
                        Code::$copy64_imm => copy_alu!($copy, W64, op.operand()),
                        Code::$copy32 => copy_alu!($copy, W32, get!(src)),
                        Code::$copy32_imm => copy_alu!($copy, W32, op.operand()),
                    )+
                    $(
                        Code::$cond64 => jump_if!($cond, W64, get!(src)),
                        Code::$cond64_imm => jump_if!($cond, W64, op.operand()),
                        Code::$cond32 => jump_if!($cond, W32, get!(src)),
                        Code::$cond32_imm => jump_if!($cond, W32, op.operand()),
                    )+
                    Code::Constant => get!(dst) = op.constant(),
                    Code::Goto => jump!(target(at, op)),
                    Code::Load1 => get!(dst) = load!(B),
                    Code::Load2 => get!(dst) = load!(H),
                    Code::Load4 => get!(dst) = load!(W),
                    Code::Load8 => get!(dst) = load!(DW),
                    Code::LoadSigned1 => get!(dst) = load!(B) as i8 as u64,
                    Code::LoadSigned2 => get!(dst) = load!(H) as i16 as u64,
                    Code::LoadSigned4 => get!(dst) = load!(W) as i32 as u64,
                    Code::Store1 => store!(B, get!(src)),
                    Code::Store2 => store!(H, get!(src)),
                    Code::Store4 => store!(W, get!(src)),
                    Code::Store8 => store!(DW, get!(src)),
                    Code::Store1Imm => store!(B, op.operand()),
                    Code::Store2Imm => store!(H, op.operand()),
                    Code::Store4Imm => store!(W, op.operand()),
                    Code::Store8Imm => store!(DW, op.operand()),
                    Code::Call => {
                        attempt!(call(run, state, at + 1));
                        jump!(target(at, op));
                    }
                    Code::CallHost => {
                        if run.memory.can_shrink() {
                            windows = Windows::default();
                        }
                        match attempt!(call_host(run, state, program.host(at))) {
                            After::Next => {}
                            After::GoOn(position) => jump!(position),
                            After::End(ending) => {
                                lead = lead.wrapping_add(1);
                                break Ok(Flow::End(ending));
                            }
                        }
                    }
                    Code::Exit => {
                        windows = Windows::default();
                        match leave(run, state) {
                            Some(return_to) => jump!(return_to),
                            None => {
                                lead = lead.wrapping_add(1);
                                break Ok(Flow::Exit);
                            }
                        }
                    }
                    Code::Other => {
                        if attempt!(other::execute(program, run, state, at)) {
                            jump!(program.target(at));
                        }
                    }
                }
            };
        }
        with_forms!(dispatch);

        at += 1;
        if IS_STEP {
            break Ok(Flow::Continue);
        }
    };

    state.position = at;
    state.executed = lead.wrapping_add(at as u64);
    outcome
}

#[inline(always)]
fn target(at: usize, op: Op) -> usize {
    (at + 1).wrapping_add_signed(op.distance as isize)
}

#[inline(always)]
fn address(base: u64, op: Op) -> u64 {
    base.wrapping_add_signed(op.distance.into())
}

/// Enters a function of the program.
fn call(run: &Run<'_>, state: &mut State, return_to: usize) -> Result<(), FaultKind> {
    let caller = state
        .callers
        .get_mut(state.depth)
        .ok_or(FaultKind::TooDeep)?;
    caller.return_to = return_to;
    caller
        .preserved
        .copy_from_slice(&state.registers[PRESERVED]);
    caller.loops_left = std::mem::replace(&mut state.loops_left, MAX_LOOPS);
    state.depth += 1;
    state.registers[Reg::R10.index()] -= FRAME_BYTES;
    run.memory.set_frames(state.frames());
    Ok(())
}

/// Leaves a function and says where its caller goes on; `None` if it was the outermost one.
fn leave(run: &Run<'_>, state: &mut State) -> Option<usize> {
    let depth = state.depth.checked_sub(1)?;
    let caller = state.callers[depth];
    state.depth = depth;
    state.loops_left = caller.loops_left;
    state.registers[PRESERVED].copy_from_slice(&caller.preserved);
    state.registers[Reg::R10.index()] += FRAME_BYTES;
    state.lose_arguments();
    run.memory.set_frames(state.frames());
    Some(caller.return_to)
}

/// What happens after a call of a host function.
enum After {
    Next,
    /// The program goes on at this position.
    GoOn(usize),
    End(Ending),
}

fn call_host(
    run: &Run<'_>,
    state: &mut State,
    function: &HostFunction,
) -> Result<After, FaultKind> {
    let [_, a, b, c, d, e, ..] = state.registers;
    let result = check::call(run, function, [a, b, c, d, e]).map_err(FaultKind::Argument)?;
    if let Some(ending) = function.ending() {
        return Ok(After::End(ending(result)));
    }
    state.lose_arguments();
    if function.is_tail_call()
        && let Some(target) = result.checked_sub(1)
    {
        // Another function goes on in the same frame; it gets the context.
        state.registers[Reg::R1.index()] = a;
        state.loops_left = MAX_LOOPS;
        return Ok(After::GoOn(target as usize));
    }
    let is_void = function.signature().result == ResultKind::Nothing;
    state.registers[Reg::R0.index()] = if is_void { LOST } else { result };
    Ok(After::Next)
}
