//! The interpreter: every access checked.
//!
//! It needs no trust in the program: the linker made sure of the control flow, [`Memory`](crate::memory) of each access, and
//! a budget of the end. Its whole state is the plain value [`State`], which a debugger can copy, look at and step.
//!
//! ```text
//!  op       instructions in the form that the loop wants
//!  execute  the loop, with one arm for each form
//!  window   memory that was checked a moment ago
//!  other    instructions that are too rare for an arm
//! ```
//!
//! What arithmetic means stands in [`bpfcc_isa::table`].

mod op;

mod execute;
mod other;
mod window;

use bpfcc_isa::{Reg, Size};

use crate::check::BadArgument;
use crate::env::Ending;
use crate::memory::{Access, Denied, MAX_FRAMES};
use crate::program::{MAX_LOOPS, Program};
use crate::run::Run;

use op::Op;

/// A program in the interpreter's own form.
#[derive(Debug)]
pub(crate) struct Decoded(Vec<Op>);

impl Decoded {
    pub(crate) fn new(program: &Program) -> Decoded {
        Decoded(op::decode(program))
    }
}

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

    fn lose_arguments(&mut self) {
        self.registers[ARGUMENTS].fill(LOST);
    }
}

/// Runs to the end, or until the budget is used up. The outer `Err` leaves the state at the instruction that failed.
pub(crate) fn run(
    program: &Program,
    ops: &Decoded,
    run: &Run<'_>,
    state: &mut State,
    budget: u64,
) -> Result<Result<u64, Ending>, FaultKind> {
    // Without jumps back, no program executes more instructions than it has. So the loop need not count each one until the
    // budget is nearly used up.
    let mut flow = Flow::Continue;
    if let Some(latest) = budget.checked_sub(program.insns.len() as u64)
        && state.executed <= latest
    {
        flow = execute::until(program, &ops.0, run, state, latest)?;
    }
    while flow == Flow::Continue {
        if state.executed >= budget {
            return Err(FaultKind::Budget(budget));
        }
        flow = step(program, run, state)?;
    }
    match flow {
        Flow::End(ending) => Ok(Err(ending)),
        Flow::Continue | Flow::Exit => Ok(Ok(state.registers[Reg::R0.index()])),
    }
}

/// Executes one instruction.
pub(crate) fn step(program: &Program, run: &Run<'_>, state: &mut State) -> Result<Flow, FaultKind> {
    execute::one(program, run, state)
}

fn denied(access: Access, addr: u64, size: Size) -> impl FnOnce(Denied) -> FaultKind {
    move |reason| FaultKind::Memory {
        access,
        addr,
        size: size.bytes(),
        reason,
    }
}
