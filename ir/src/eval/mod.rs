//! The meaning of the IR: an evaluator that runs it instruction by instruction, as the reference for every pass and backend.
//!
//! An `i32` is kept zero-extended in a `u64`, as in a register. Stack slots and globals live at addresses of the evaluator's
//! own, and each access is checked against them; all other addresses, and all functions without body, belong to the
//! [`Host`]. Slots start as zeros, once per call of their function.

mod asm;
mod memory;

use bpfcc_isa::{AtomicOp, Size, Width};
use thiserror::Error;

pub use self::memory::Memory;
use self::memory::Regions;
use crate::debug::SourceLoc;
use crate::entity::{Block, EntityRef, FuncId, GlobalId, Inst, SecondaryMap, Slot, Value};
use crate::function::Function;
use crate::inst::{BlockCall, Callee, InstData};
use crate::module::{Global, GlobalKind, Module, SymbolRef};
use crate::types::Type;

const FUNC_BASE: u64 = 0x5000_0000_0000;
const FUNC_BYTES: u64 = 8;
const GLOBAL_BASE: u64 = 0x6000_0000_0000;
const STACK_BASE: u64 = 0x7000_0000_0000;
/// Between regions, so that a small step outside one does not end in the next.
const GAP: u64 = 64;
/// Nested calls; the kernel allows 8 frames.
const MAX_DEPTH: usize = 64;
const DEFAULT_STEPS: u64 = 10_000_000;

/// Why a program stopped.
#[derive(Clone, PartialEq, Eq, Debug, Error)]
pub enum Fault {
    /// An access outside every region.
    #[error("access of {len} bytes at {addr:#x} is out of bounds")]
    OutOfBounds {
        /// First byte.
        addr: u64,
        /// Number of bytes.
        len: u64,
    },
    /// A store into constants.
    #[error("store at {addr:#x} into read-only memory")]
    ReadOnly {
        /// First byte.
        addr: u64,
    },
    /// A load from a slot before a store; only on request.
    #[error("load at {addr:#x} of bytes that were never written")]
    Uninitialised {
        /// First byte.
        addr: u64,
    },
    /// The budget of instructions is used up.
    #[error("more than {0} instructions were executed")]
    StepLimit(u64),
    /// Calls are nested too deeply.
    #[error("more than {0} calls are nested")]
    CallDepth(usize),
    /// A helper that the host does not have.
    #[error("there is no helper {0}")]
    NoSuchHelper(i32),
    /// A function that the host does not have.
    #[error("there is no function `{0}`")]
    NoSuchFunction(String),
    /// More arguments than a host function can take.
    #[error("a host function takes at most five arguments, given {0}")]
    TooManyArguments(usize),
    /// A host function does not accept an argument.
    #[error("argument {number} of the host function is wrong: {why}")]
    BadArgument {
        /// Which, from 1.
        number: u32,
        /// The reason.
        why: &'static str,
    },
    /// `unreachable` was reached.
    #[error("a place was reached that the program says cannot be")]
    Unreachable,
    /// Inline assembly that cannot be evaluated.
    #[error("inline assembly: {0}")]
    Asm(String),
    /// The outermost call has too many or too few arguments.
    #[error("the function called has {expected} parameters, given {found}")]
    ParamCount {
        /// Parameters.
        expected: usize,
        /// Arguments.
        found: usize,
    },
}

/// A fault and where it happened.
#[derive(Clone, PartialEq, Eq, Debug, Error)]
#[error("in `{function}`: {fault}")]
pub struct EvalError {
    /// What happened.
    pub fault: Fault,
    /// Name of the function.
    pub function: String,
    /// Source place of the instruction.
    pub loc: SourceLoc,
}

/// The world outside the module: memory that is not its own, helpers, maps.
pub trait Host {
    /// Loads from the host's memory.
    ///
    /// # Errors
    /// [`Fault::OutOfBounds`] where there is none.
    fn load(&mut self, addr: u64, size: Size) -> Result<u64, Fault> {
        let len = size.bytes().into();
        Err(Fault::OutOfBounds { addr, len })
    }

    /// Stores into the host's memory.
    ///
    /// # Errors
    /// [`Fault::OutOfBounds`] where there is none.
    fn store(&mut self, addr: u64, size: Size, value: u64) -> Result<(), Fault> {
        let _ = value;
        let len = size.bytes().into();
        Err(Fault::OutOfBounds { addr, len })
    }

    /// Atomic operation on the host's memory; gives the old value.
    ///
    /// # Errors
    /// As for loads and stores.
    fn atomic(
        &mut self,
        op: AtomicOp,
        size: Size,
        addr: u64,
        value: u64,
        expected: u64,
    ) -> Result<u64, Fault> {
        let old = self.load(addr, size)?;
        self.store(addr, size, op.eval(old, value, expected))?;
        Ok(old)
    }

    /// Calls a helper by number. `memory` is the evaluator's: keys and buffers on the program's stack.
    ///
    /// # Errors
    /// Whatever stops the program.
    fn call_helper(
        &mut self,
        id: i32,
        args: [u64; 5],
        memory: &mut dyn Memory,
    ) -> Result<u64, Fault> {
        let (_, _) = (args, memory);
        Err(Fault::NoSuchHelper(id))
    }

    /// Calls a function that the module only declares.
    ///
    /// # Errors
    /// Whatever stops the program.
    fn call_named(
        &mut self,
        name: &str,
        args: [u64; 5],
        memory: &mut dyn Memory,
    ) -> Result<u64, Fault> {
        let (_, _) = (args, memory);
        Err(Fault::NoSuchFunction(name.to_string()))
    }

    /// The address that stands for a map.
    fn map_address(&mut self, global: &Global) -> u64 {
        let _ = global;
        0
    }
}

/// A host with nothing in it.
pub struct NoHost;

impl Host for NoHost {}

/// Runs functions of one module.
pub struct Evaluator<'m, 'h> {
    module: &'m Module,
    host: &'h mut dyn Host,
    memory: Regions,
    globals: SecondaryMap<GlobalId, u64>,
    stack_end: u64,
    depth: usize,
    step_limit: u64,
    steps: u64,
}

/// One call in progress.
struct Frame<'m> {
    func: &'m Function,
    values: SecondaryMap<Value, u64>,
    slots: SecondaryMap<Slot, u64>,
    /// Where inline assembly finds memory below R10, once it has looked.
    stack: Option<u64>,
    /// All outputs of the `asm` whose first one a value is.
    outputs: SecondaryMap<Value, Vec<u64>>,
}

/// What comes after an instruction.
enum Next {
    Inst,
    Block(Block),
    Return(Option<u64>),
}

impl<'m, 'h> Evaluator<'m, 'h> {
    /// Places the globals of `module`, which [has been checked](Module::check).
    pub fn new(module: &'m Module, host: &'h mut dyn Host) -> Evaluator<'m, 'h> {
        let mut evaluator = Evaluator {
            module,
            host,
            memory: Regions::new(module.endian),
            globals: SecondaryMap::new(),
            stack_end: STACK_BASE,
            depth: 0,
            step_limit: DEFAULT_STEPS,
            steps: 0,
        };
        evaluator.place_globals();
        evaluator
    }

    /// Stops each outermost call after this many instructions.
    pub fn set_step_limit(&mut self, limit: u64) {
        self.step_limit = limit;
    }

    /// Whether a load from a stack slot faults when no store came before it. A machine's stack is not zero.
    pub fn set_trap_uninitialised(&mut self, trap: bool) {
        self.memory.trap_uninitialised = trap;
    }

    /// Address of a global in the evaluator, or in the host for maps.
    pub fn global_address(&self, global: GlobalId) -> u64 {
        self.globals[global]
    }

    /// The module's memory, to read results or to prepare data.
    pub fn memory(&mut self) -> &mut dyn Memory {
        &mut self.memory
    }

    /// Calls a function. An `i32` argument is cut to 32 bits.
    ///
    /// # Errors
    /// What stopped it, with the place.
    pub fn call(&mut self, func: FuncId, args: &[u64]) -> Result<Option<u64>, EvalError> {
        self.steps = 0;
        self.depth = 0;
        self.function(func, args)
    }

    // Globals.

    fn place_globals(&mut self) {
        let mut addr = GLOBAL_BASE;
        for (id, global) in self.module.globals.iter() {
            if global.kind == GlobalKind::Map {
                self.globals[id] = self.host.map_address(global);
                continue;
            }
            addr = addr.next_multiple_of(u64::from(global.align.max(1)));
            self.globals[id] = addr;
            addr += u64::from(global.size) + GAP;
        }
        for (id, global) in self.module.globals.iter() {
            if global.kind != GlobalKind::Map {
                let writable = matches!(global.kind, GlobalKind::Mutable | GlobalKind::Extern);
                let bytes = self.initial_bytes(global);
                self.memory.add_global(self.globals[id], bytes, writable);
            }
        }
    }

    fn initial_bytes(&self, global: &Global) -> Vec<u8> {
        let mut bytes = global.data.clone();
        bytes.resize(global.size as usize, 0);
        for &(at, target, addend) in &global.pointers {
            let target = match target {
                SymbolRef::Global(id) => self.globals[id],
                SymbolRef::Func(id) => func_address(id),
            };
            let at = at as usize;
            let mut pointer = target.wrapping_add_signed(addend).to_le_bytes();
            self.module.endian.arrange(&mut pointer);
            if let Some(place) = bytes.get_mut(at..at + pointer.len()) {
                place.copy_from_slice(&pointer);
            }
        }
        bytes
    }

    // Calls.

    /// The function that stands at an address.
    fn function_at(&self, addr: u64) -> Result<FuncId, Fault> {
        let offset = addr.wrapping_sub(FUNC_BASE);
        let index = (offset / FUNC_BYTES) as usize;
        if offset.is_multiple_of(FUNC_BYTES) && index < self.module.functions.len() {
            return Ok(FuncId::new(index));
        }
        let len = FUNC_BYTES;
        Err(Fault::OutOfBounds { addr, len })
    }

    fn function(&mut self, id: FuncId, args: &[u64]) -> Result<Option<u64>, EvalError> {
        let func = &self.module.functions[id];
        let fault = |fault| error(func, SourceLoc::UNKNOWN, fault);
        if func.is_declaration() {
            let args = host_args(args).map_err(fault)?;
            let result = self.host.call_named(&func.name, args, &mut self.memory);
            return match (result.map_err(fault)?, func.signature.result) {
                (value, Some(ty)) => Ok(Some(cut(ty, value))),
                (_, None) => Ok(None),
            };
        }
        let expected = func.signature.params.len();
        let found = args.len();
        if expected != found {
            return Err(fault(Fault::ParamCount { expected, found }));
        }
        if self.depth == MAX_DEPTH {
            return Err(fault(Fault::CallDepth(MAX_DEPTH)));
        }
        self.depth += 1;
        let stack = self.stack_end;
        let mut frame = self.frame(func);
        let result = self.run(&mut frame, args);
        for (slot, _) in func.slots.iter() {
            self.memory.remove(frame.slots[slot]);
        }
        if let Some(stack) = frame.stack {
            self.memory.remove(stack);
        }
        self.stack_end = stack;
        self.depth -= 1;
        result
    }

    fn frame(&mut self, func: &'m Function) -> Frame<'m> {
        let mut slots = SecondaryMap::new();
        for (slot, data) in func.slots.iter() {
            self.memory.add_slot(self.stack_end, data.size);
            slots[slot] = self.stack_end;
            self.stack_end += u64::from(data.size).next_multiple_of(8) + GAP;
        }
        Frame {
            func,
            values: SecondaryMap::new(),
            slots,
            stack: None,
            outputs: SecondaryMap::new(),
        }
    }

    fn run(&mut self, frame: &mut Frame<'m>, args: &[u64]) -> Result<Option<u64>, EvalError> {
        let func = frame.func;
        let mut block = func.entry();
        for (&param, &arg) in func.block(block).params.iter().zip(args) {
            frame.values[param] = cut(func.ty(param), arg);
        }
        'blocks: loop {
            for &inst in &func.block(block).insts {
                match self.inst(frame, inst)? {
                    Next::Inst => {}
                    Next::Return(value) => return Ok(value),
                    Next::Block(next) => {
                        block = next;
                        continue 'blocks;
                    }
                }
            }
            return Err(error(func, SourceLoc::UNKNOWN, Fault::Unreachable));
        }
    }

    // Instructions.

    fn inst(&mut self, frame: &mut Frame<'m>, inst: Inst) -> Result<Next, EvalError> {
        let func = frame.func;
        let fault = |fault| error(func, func.loc(inst), fault);
        self.steps += 1;
        if self.steps > self.step_limit {
            return Err(fault(Fault::StepLimit(self.step_limit)));
        }
        let data = func.inst(inst);
        if let InstData::Call { callee, args } = data {
            let args: Vec<u64> = args.iter().map(|&arg| frame.values[arg]).collect();
            let value = match *callee {
                Callee::Func(id) => self.function(id, &args)?.unwrap_or(0),
                Callee::Pointer => {
                    let id = self.function_at(args[0]).map_err(fault)?;
                    self.function(id, &args[1..])?.unwrap_or(0)
                }
                Callee::Helper(id) => host_args(&args)
                    .and_then(|args| self.host.call_helper(id, args, &mut self.memory))
                    .map_err(fault)?,
            };
            frame.set_result(inst, value);
            return Ok(Next::Inst);
        }
        if let InstData::Asm { asm, args } = data {
            return Ok(match self.asm(frame, asm, args).map_err(fault)? {
                asm::End::Outputs(values) => frame.set_outputs(inst, values),
                asm::End::Exit(value) => {
                    Next::Return(func.signature.result.map(|ty| cut(ty, value)))
                }
            });
        }
        if data.is_terminator() {
            return frame.terminator(data).map_err(fault);
        }
        let value = self.operation(frame, inst, data).map_err(fault)?;
        frame.set_result(inst, value);
        Ok(Next::Inst)
    }

    /// The result of an instruction that is neither call nor terminator; 0 if it has none.
    fn operation(&mut self, frame: &Frame<'_>, inst: Inst, data: &InstData) -> Result<u64, Fault> {
        let value = |v: Value| frame.values[v];
        let address = |base: Value, offset: i32| value(base).wrapping_add_signed(offset.into());
        let result_width = || {
            frame
                .func
                .result(inst)
                .map_or(Width::W64, |v| frame.width(v))
        };
        Ok(match data {
            InstData::Const { value } => *value as u64,
            InstData::Binary { op, args: [a, b] } => op.eval(frame.width(*a), value(*a), value(*b)),
            InstData::Neg { arg } => value(*arg).wrapping_neg(),
            InstData::Swap { size, arg } => size.swap_bytes(value(*arg)),
            InstData::Extend { signed, from, arg } => extend(*signed, *from, value(*arg)),
            InstData::Truncate { arg }
            | InstData::IntToPtr { arg }
            | InstData::PtrToInt { arg }
            | InstData::CastSpace { arg, .. }
            | InstData::Refine { arg, .. } => value(*arg),
            InstData::PtrAdd { base, offset } => value(*base).wrapping_add(value(*offset)),
            InstData::Compare { cond, args } => frame.test(*cond, *args).into(),
            InstData::Select {
                cond,
                args,
                then,
                otherwise,
            } => {
                let chosen = if frame.test(*cond, *args) {
                    then
                } else {
                    otherwise
                };
                value(*chosen)
            }
            InstData::Load {
                size,
                signed,
                base,
                offset,
                ..
            } => extend(*signed, *size, self.load(address(*base, *offset), *size)?),
            InstData::Store {
                size,
                base,
                offset,
                value: stored,
                ..
            } => {
                self.store(address(*base, *offset), *size, value(*stored))?;
                0
            }
            InstData::Atomic {
                op,
                size,
                base,
                offset,
                value: operand,
                expected,
            } => {
                let expected = expected.map_or(0, value);
                let addr = address(*base, *offset);
                self.atomic(*op, *size, addr, value(*operand), expected)?
            }
            InstData::SlotAddr { slot, offset } => {
                frame.slots[*slot].wrapping_add_signed((*offset).into())
            }
            InstData::GlobalAddr { global, offset } => {
                self.globals[*global].wrapping_add_signed((*offset).into())
            }
            InstData::FuncAddr { func } => func_address(*func),
            InstData::Core { relo } => self.module.core[*relo].value as u64,
            InstData::AsmOutput { first, index } => {
                let outputs = &frame.outputs[*first];
                outputs.get(*index as usize).copied().unwrap_or(0)
            }
            InstData::MemCopy { dst, src, len, .. } => {
                self.mem_copy(address(dst.0, dst.1), address(src.0, src.1), *len)?;
                0
            }
            InstData::MemSet { dst, byte, len, .. } => {
                for i in 0..u64::from(*len) {
                    let addr = address(dst.0, dst.1).wrapping_add(i);
                    self.store(addr, Size::B, (*byte).into())?;
                }
                0
            }
            InstData::Call { .. }
            | InstData::Asm { .. }
            | InstData::Jump(_)
            | InstData::Branch { .. }
            | InstData::Switch { .. }
            | InstData::Return(_)
            | InstData::Unreachable => unreachable!("handled by the caller"),
        } & mask(result_width()))
    }

    // Memory.

    fn load(&mut self, addr: u64, size: Size) -> Result<u64, Fault> {
        if self.memory.owns(addr) {
            self.memory.load(addr, size)
        } else {
            self.host.load(addr, size)
        }
    }

    fn store(&mut self, addr: u64, size: Size, value: u64) -> Result<(), Fault> {
        if self.memory.owns(addr) {
            self.memory.store(addr, size, value)
        } else {
            self.host.store(addr, size, value)
        }
    }

    fn atomic(
        &mut self,
        op: AtomicOp,
        size: Size,
        addr: u64,
        value: u64,
        expected: u64,
    ) -> Result<u64, Fault> {
        if !self.memory.owns(addr) {
            return self.host.atomic(op, size, addr, value, expected);
        }
        let old = self.memory.load(addr, size)?;
        self.memory
            .store(addr, size, op.eval(old, value, expected))?;
        Ok(old)
    }

    fn mem_copy(&mut self, dst: u64, src: u64, len: u32) -> Result<(), Fault> {
        let len = u64::from(len);
        let bytes: Vec<(u8, bool)> = (0..len)
            .map(|i| self.copy_byte(src.wrapping_add(i)))
            .collect::<Result<_, _>>()?;
        for (i, byte) in bytes.into_iter().enumerate() {
            self.paste_byte(dst.wrapping_add(i as u64), byte)?;
        }
        Ok(())
    }

    fn copy_byte(&mut self, addr: u64) -> Result<(u8, bool), Fault> {
        if self.memory.owns(addr) {
            self.memory.copy_byte(addr)
        } else {
            Ok((self.host.load(addr, Size::B)? as u8, true))
        }
    }

    fn paste_byte(&mut self, addr: u64, byte: (u8, bool)) -> Result<(), Fault> {
        if self.memory.owns(addr) {
            self.memory.paste_byte(addr, byte)
        } else {
            self.host.store(addr, Size::B, byte.0.into())
        }
    }
}

impl Frame<'_> {
    fn width(&self, value: Value) -> Width {
        self.func.ty(value).width()
    }

    fn test(&self, cond: bpfcc_isa::Cond, [a, b]: [Value; 2]) -> bool {
        cond.eval(self.width(a), self.values[a], self.values[b])
    }

    fn set_result(&mut self, inst: Inst, value: u64) {
        if let Some(result) = self.func.result(inst) {
            self.values[result] = cut(self.func.ty(result), value);
        }
    }

    fn set_outputs(&mut self, inst: Inst, values: Vec<u64>) -> Next {
        if let Some(result) = self.func.result(inst) {
            self.values[result] = values.first().copied().unwrap_or(0);
            self.outputs[result] = values;
        }
        Next::Inst
    }

    fn terminator(&mut self, data: &InstData) -> Result<Next, Fault> {
        let to = match data {
            InstData::Return(value) => {
                return Ok(Next::Return(value.map(|value| self.values[value])));
            }
            InstData::Jump(to) => to,
            InstData::Branch {
                cond,
                args,
                then,
                otherwise,
            } => {
                if self.test(*cond, *args) {
                    then
                } else {
                    otherwise
                }
            }
            InstData::Switch {
                arg,
                cases,
                default,
            } => {
                let found = self.values[*arg];
                let ty = self.func.ty(*arg);
                let case = cases.iter().find(|case| cut(ty, case.0 as u64) == found);
                case.map_or(default, |(_, to)| to)
            }
            _ => return Err(Fault::Unreachable),
        };
        self.pass_args(to);
        Ok(Next::Block(to.block))
    }

    /// All arguments are read before a parameter is written: a loop may swap two.
    fn pass_args(&mut self, to: &BlockCall) {
        let args: Vec<u64> = to.args.iter().map(|&arg| self.values[arg]).collect();
        for (&param, arg) in self.func.block(to.block).params.iter().zip(args) {
            self.values[param] = arg;
        }
    }
}

/// Where a function stands.
fn func_address(func: FuncId) -> u64 {
    FUNC_BASE + FUNC_BYTES * func.index() as u64
}

fn error(func: &Function, loc: SourceLoc, fault: Fault) -> EvalError {
    EvalError {
        fault,
        function: func.name.clone(),
        loc,
    }
}

fn host_args(args: &[u64]) -> Result<[u64; 5], Fault> {
    let mut five = [0; 5];
    match five.get_mut(..args.len()) {
        Some(place) => place.copy_from_slice(args),
        None => return Err(Fault::TooManyArguments(args.len())),
    }
    Ok(five)
}

fn mask(width: Width) -> u64 {
    match width {
        Width::W32 => u32::MAX.into(),
        Width::W64 => u64::MAX,
    }
}

/// A value as a register of this type holds it.
fn cut(ty: Type, value: u64) -> u64 {
    value & mask(ty.width())
}

fn extend(signed: bool, from: Size, value: u64) -> u64 {
    if signed {
        from.sign_extend(value)
    } else {
        from.zero_extend(value)
    }
}
