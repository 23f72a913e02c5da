//! Instructions: the shapes, their operands and effects.
//!
//! An instruction has at most one result. Widths are not repeated in the instruction: they follow from the types of its
//! values ([`Type::width`](crate::Type::width)).

use bpfcc_isa::{AluOp, AtomicOp, Cond, Size};

use crate::asm::Asm;
use crate::entity::{Block, CoreId, FuncId, GlobalId, Slot, Value};

/// A jump's destination with the values for the destination's parameters.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub struct BlockCall {
    /// Destination.
    pub block: Block,
    /// One value per parameter.
    pub args: Vec<Value>,
}

impl BlockCall {
    /// A jump to `block` with `args` for its parameters.
    pub fn new(block: Block, args: impl Into<Vec<Value>>) -> BlockCall {
        BlockCall {
            block,
            args: args.into(),
        }
    }
}

impl From<Block> for BlockCall {
    fn from(block: Block) -> BlockCall {
        BlockCall::new(block, [])
    }
}

/// Who is called.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum Callee {
    /// A host function by helper number.
    Helper(i32),
    /// A function of the module; one that is only declared is called by name.
    Func(FuncId),
    /// The function that the first argument points to; it receives the others. The pass
    /// [`indirect`](crate::pass::indirect) leaves none of these.
    Pointer,
}

/// An instruction. The text form stands before each description.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub enum InstData {
    /// `v: T = const N`. An `i32` is kept sign-extended; a pointer constant is usually null.
    Const {
        /// The value.
        value: i64,
    },
    /// `v: iN = add a, b`: one of [`AluOp`]'s rows but `mov`; operands and result have one integer type.
    Binary {
        /// Operation.
        op: AluOp,
        /// Left and right operand.
        args: [Value; 2],
    },
    /// `v: iN = neg a`.
    Neg {
        /// Operand, of the result's type.
        arg: Value,
    },
    /// `v: iN = bswap16 a`, `bswap32`, `bswap64`: swap the low 16, 32 or 64 bits, zero the rest.
    Swap {
        /// H, W or DW (DW on `i64` only).
        size: Size,
        /// Operand, of the result's type.
        arg: Value,
    },
    /// `v: iN = sext8 a`, `zext16`, `sext32`: take the low 8, 16 or 32 bits of `a` and widen them to the result's type
    /// (32 only to `i64`).
    Extend {
        /// Sign- or zero-extension.
        signed: bool,
        /// B, H or W.
        from: Size,
        /// An integer no wider than the result.
        arg: Value,
    },
    /// `v: i32 = trunc a`: the low half of an `i64`.
    Truncate {
        /// An `i64`.
        arg: Value,
    },
    /// `v: ptr.K = int_to_ptr a`.
    IntToPtr {
        /// An `i64`.
        arg: Value,
    },
    /// `v: i64 = ptr_to_int a`.
    PtrToInt {
        /// A pointer.
        arg: Value,
    },
    /// `v: ptr = addr_space_cast a, 0, 1`: the pointer in address space 0 (the kernel's) to what `a` points to in address
    /// space 1 (the arena's, as user space sees it).
    CastSpace {
        /// A pointer.
        arg: Value,
        /// Address space of the result.
        to: u16,
        /// Address space of the operand.
        from: u16,
    },
    /// `v: ptr.K = ptr_add a, b`: same kind as `a`. Constant offsets belong into the accesses instead.
    PtrAdd {
        /// Pointer.
        base: Value,
        /// `i64` byte offset.
        offset: Value,
    },
    /// `v: i32 = compare a lt b`: 1 or 0.
    Compare {
        /// Comparison.
        cond: Cond,
        /// Two values of one width.
        args: [Value; 2],
    },
    /// `v: T = select a lt b, x, y`: `x` if the comparison holds, else `y`.
    Select {
        /// Comparison.
        cond: Cond,
        /// Two values of one width.
        args: [Value; 2],
        /// Result if it holds.
        then: Value,
        /// Result if not.
        otherwise: Value,
    },
    /// `v: T = load.u16 a+off` (or `load.s16`, `volatile load.u16`): zero- or sign-extended to the result's type. Loads
    /// through a context pointer keep their declared width.
    Load {
        /// Bytes loaded.
        size: Size,
        /// Sign-extend.
        signed: bool,
        /// May not be removed, merged or reordered with other volatile accesses.
        volatile: bool,
        /// Pointer.
        base: Value,
        /// Byte offset.
        offset: i32,
    },
    /// `store.u32 a+off, x`: the low bytes of `x`.
    Store {
        /// Bytes stored.
        size: Size,
        /// As for loads.
        volatile: bool,
        /// Pointer.
        base: Value,
        /// Byte offset.
        offset: i32,
        /// Value, at least as wide as `size` or an `i32`/`i64` that is cut.
        value: Value,
    },
    /// `v: iN = atomic.add.u64 a+off, x` and for compare-and-exchange `atomic.cmpxchg.u64 a+off, expected, x`: the old
    /// value. Without a use of the result the backend may choose the form that does not fetch.
    Atomic {
        /// Operation.
        op: AtomicOp,
        /// W (`i32`) or DW (`i64`).
        size: Size,
        /// Pointer.
        base: Value,
        /// Byte offset.
        offset: i32,
        /// Operand.
        value: Value,
        /// Expected old value of compare-and-exchange.
        expected: Option<Value>,
    },
    /// `v: ptr.stack = slot_addr s0+off`.
    SlotAddr {
        /// Slot.
        slot: Slot,
        /// Byte offset.
        offset: i32,
    },
    /// `v: ptr.global = global_addr @name+off` (`ptr.map` for a map).
    GlobalAddr {
        /// Global.
        global: GlobalId,
        /// Byte offset.
        offset: i32,
    },
    /// `v: ptr.func = func_addr @name`.
    FuncAddr {
        /// Function.
        func: FuncId,
    },
    /// `v: i64 = core c0`: the answer to a question of the module about the running kernel's types. Nobody here knows it.
    Core {
        /// Question.
        relo: CoreId,
    },
    /// `memcopy a+off, b+off, len, align`: `len` bytes; the regions do not overlap unless they are the same. Small copies
    /// become loads and stores, no wider than `align`.
    MemCopy {
        /// Destination pointer and byte offset.
        dst: (Value, i32),
        /// Source pointer and byte offset.
        src: (Value, i32),
        /// Bytes.
        len: u32,
        /// Alignment known for both, in bytes.
        align: u32,
    },
    /// `memset a+off, byte, len, align`.
    MemSet {
        /// Destination pointer and byte offset.
        dst: (Value, i32),
        /// Byte stored.
        byte: u8,
        /// Bytes.
        len: u32,
        /// Alignment known, in bytes.
        align: u32,
    },
    /// `v: T = call @name(a, b)`, `call helper 1(a)` or, through a pointer, `call v0(a)`.
    Call {
        /// Who is called.
        callee: Callee,
        /// Arguments.
        args: Vec<Value>,
    },
    /// `v: T = refine a ne b`: `a`, where the branch that leads here has shown that `a ne b` holds. Costs nothing.
    Refine {
        /// The value; the result has its type, or one that fits it or that it fits.
        arg: Value,
        /// The comparison that holds.
        cond: Cond,
        /// Its right-hand side.
        other: Value,
    },
    /// `v: T = asm "%[0] += %[1]" [inout T v1, in v2], [r0]`: see [`asm`](mod@crate::asm).
    Asm {
        /// Text, operands and clobbered registers.
        asm: Box<Asm>,
        /// A value for each operand that is not an output alone.
        args: Vec<Value>,
    },
    /// `v: T = asm_output v1, 1`: a further output of the `asm` whose result is `v1`; follows it in its block.
    AsmOutput {
        /// The first output.
        first: Value,
        /// Which output, from 1.
        index: u32,
    },
    /// `jump b1(x)`.
    Jump(BlockCall),
    /// `branch a lt b, b1(x), b2`: to the first if the comparison holds, else to the second.
    Branch {
        /// Comparison.
        cond: Cond,
        /// Two values of one width.
        args: [Value; 2],
        /// Destination if it holds.
        then: BlockCall,
        /// Destination if not.
        otherwise: BlockCall,
    },
    /// `switch a, [1: b1, 2: b2(x)], b3`: the last is taken when no case equals `a`.
    Switch {
        /// An integer.
        arg: Value,
        /// Distinct constants with their destinations.
        cases: Vec<(i64, BlockCall)>,
        /// Destination otherwise.
        default: BlockCall,
    },
    /// `return v` or `return`.
    Return(Option<Value>),
    /// `unreachable`: control never gets here, by the word of the program (`__builtin_unreachable`). Becomes an exit.
    Unreachable,
}

impl InstData {
    /// Whether this ends a block.
    pub fn is_terminator(&self) -> bool {
        matches!(
            self,
            InstData::Jump(_)
                | InstData::Branch { .. }
                | InstData::Switch { .. }
                | InstData::Return(_)
                | InstData::Unreachable
        )
    }

    /// Whether this must stay even if its result is unused.
    pub fn has_side_effect(&self) -> bool {
        match self {
            InstData::Load { volatile, .. } => *volatile,
            InstData::Store { .. }
            | InstData::Atomic { .. }
            | InstData::MemCopy { .. }
            | InstData::MemSet { .. }
            | InstData::Asm { .. }
            | InstData::Call { .. } => true,
            _ => self.is_terminator(),
        }
    }

    /// Calls `f` on each operand, arguments of block calls included, in the order they print.
    pub fn for_each_arg(&self, mut f: impl FnMut(Value)) {
        self.clone().for_each_arg_mut(|v| f(*v));
    }

    /// Like [`InstData::for_each_arg`], to rewrite operands in place.
    pub fn for_each_arg_mut(&mut self, mut f: impl FnMut(&mut Value)) {
        match self {
            InstData::Const { .. }
            | InstData::SlotAddr { .. }
            | InstData::GlobalAddr { .. }
            | InstData::FuncAddr { .. }
            | InstData::Core { .. }
            | InstData::Return(None)
            | InstData::Unreachable => {}
            InstData::Neg { arg }
            | InstData::AsmOutput { first: arg, .. }
            | InstData::Swap { arg, .. }
            | InstData::Extend { arg, .. }
            | InstData::Truncate { arg }
            | InstData::IntToPtr { arg }
            | InstData::PtrToInt { arg }
            | InstData::CastSpace { arg, .. }
            | InstData::Return(Some(arg)) => f(arg),
            InstData::Binary { args, .. } | InstData::Compare { args, .. } => {
                args.iter_mut().for_each(f)
            }
            InstData::PtrAdd { base, offset } => [base, offset].into_iter().for_each(f),
            InstData::Select {
                args,
                then,
                otherwise,
                ..
            } => {
                args.iter_mut().for_each(&mut f);
                [then, otherwise].into_iter().for_each(f);
            }
            InstData::Load { base, .. } => f(base),
            InstData::Store { base, value, .. } => [base, value].into_iter().for_each(f),
            InstData::Atomic {
                base,
                value,
                expected,
                ..
            } => {
                f(base);
                expected.iter_mut().for_each(&mut f);
                f(value);
            }
            InstData::MemCopy { dst, src, .. } => [&mut dst.0, &mut src.0].into_iter().for_each(f),
            InstData::MemSet { dst, .. } => f(&mut dst.0),
            InstData::Call { args, .. } | InstData::Asm { args, .. } => args.iter_mut().for_each(f),
            InstData::Refine { arg, other, .. } => [arg, other].into_iter().for_each(f),
            InstData::Jump(to) => to.args.iter_mut().for_each(f),
            InstData::Branch {
                args,
                then,
                otherwise,
                ..
            } => {
                args.iter_mut().for_each(&mut f);
                then.args.iter_mut().for_each(&mut f);
                otherwise.args.iter_mut().for_each(f);
            }
            InstData::Switch {
                arg,
                cases,
                default,
            } => {
                f(arg);
                cases
                    .iter_mut()
                    .flat_map(|(_, to)| &mut to.args)
                    .for_each(&mut f);
                default.args.iter_mut().for_each(f);
            }
        }
    }

    /// Destinations of a terminator, in the order they print; empty for other instructions.
    pub fn targets(&self) -> Vec<&BlockCall> {
        match self {
            InstData::Jump(to) => vec![to],
            InstData::Branch {
                then, otherwise, ..
            } => vec![then, otherwise],
            InstData::Switch { cases, default, .. } => cases
                .iter()
                .map(|(_, to)| to)
                .chain(std::iter::once(default))
                .collect(),
            _ => Vec::new(),
        }
    }

    /// Like [`InstData::targets`], to redirect edges in place.
    pub fn targets_mut(&mut self) -> Vec<&mut BlockCall> {
        match self {
            InstData::Jump(to) => vec![to],
            InstData::Branch {
                then, otherwise, ..
            } => vec![then, otherwise],
            InstData::Switch { cases, default, .. } => cases
                .iter_mut()
                .map(|(_, to)| to)
                .chain(std::iter::once(default))
                .collect(),
            _ => Vec::new(),
        }
    }
}
