//! What can be wrong with a program that is well-formed C and yet does not fit the machine.

use bpfcc_ir::debug::SourceLoc;
use bpfcc_ir::function::GaveUp;

use bpfcc_isa::Cpu;
use bpfcc_isa::template::TemplateError;

/// A function that cannot be compiled for BPF, or not for this level of it.
#[derive(Clone, PartialEq, Eq, Debug, thiserror::Error)]
#[error("in `{function}`: {kind}")]
pub struct BackendError {
    /// Name of the function.
    pub function: String,
    /// The narrowest known place.
    pub loc: SourceLoc,
    /// What is wrong.
    pub kind: ErrorKind,
}

/// What is wrong with a function.
#[derive(Clone, PartialEq, Eq, Debug, thiserror::Error)]
pub enum ErrorKind {
    /// The variables and spilled values of a function do not fit its stack frame.
    #[error("the stack frame needs {bytes} bytes; a BPF stack frame holds 512")]
    FrameTooLarge {
        /// Bytes needed.
        bytes: u64,
        /// Who takes the room, largest first.
        parts: Vec<FramePart>,
    },
    /// More than five arguments in a call.
    #[error("`{callee}` is called with {count} arguments; R1 to R5 hold five")]
    TooManyArguments {
        /// Who is called.
        callee: String,
        /// Number of arguments.
        count: usize,
    },
    /// A call through a pointer that no function of the file fits.
    #[error("no function whose address the program takes fits this call")]
    IndirectCall,
    /// Functions that call each other in a circle.
    #[error("`{function}` leads back to itself", function = calls[0].caller)]
    Recursion {
        /// The calls of the circle, from the caller of the first to the call that closes it.
        calls: Vec<CallPlace>,
        /// Why it could not be written out, if that was tried.
        gave_up: Option<GaveUp>,
    },
    /// Functions that call each other need more stack together than there is.
    #[error("`{function}` and what it calls need {bytes} bytes of stack; 512 are for all frames together", function = frames[0].function)]
    StackTooDeep {
        /// Bytes needed, as the kernel counts them.
        bytes: u32,
        /// From the program to the innermost function.
        frames: Vec<FramePlace>,
    },
    /// Functions that call each other need more frames than there are.
    #[error("`{function}` calls functions in {count} frames; there are 8", function = frames[0].function, count = frames.len())]
    TooManyFrames {
        /// From the program to the innermost function.
        frames: Vec<FramePlace>,
    },
    /// More than five parameters.
    #[error("the function has {count} parameters; R1 to R5 hold five")]
    TooManyParameters {
        /// Number of parameters.
        count: usize,
    },
    /// An atomic operation that this level lacks.
    #[error(
        "atomic {operation} needs -mcpu=v3 (Linux 5.12); {} can only add atomically, and not return the old value",
        cpu.name()
    )]
    AtomicNeedsV3 {
        /// `fetch_add`, `or`, `xchg`, …
        operation: String,
        /// The level compiled for.
        cpu: Cpu,
    },
    /// A constant operand of inline assembly whose value is not known.
    #[error("operand {operand} of the inline assembly is not a constant")]
    AsmNotConstant {
        /// Its number.
        operand: usize,
    },
    /// Inline assembly with more operands and clobbered registers than there are registers.
    #[error("the operands of the inline assembly need more registers than it leaves")]
    AsmRegisters,
    /// Inline assembly that is wrong with the values of its constants.
    #[error("inline assembly: {0}")]
    AsmTemplate(TemplateError),
    /// A jump over more than 32,767 instructions before v4.
    #[error("a jump over {distance} instructions; before -mcpu=v4 jumps reach 32767")]
    JumpTooFar {
        /// Distance in instructions.
        distance: i64,
    },
}

/// A call of a function of the program.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct CallPlace {
    /// Who calls.
    pub caller: String,
    /// Who is called.
    pub callee: String,
    /// Where.
    pub loc: SourceLoc,
}

/// A frame of a chain of calls.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct FramePlace {
    /// Whose it is.
    pub function: String,
    /// Bytes, as the kernel counts them.
    pub bytes: u32,
    /// The call that makes it; for the first the function itself.
    pub loc: SourceLoc,
}

/// Something that lies in a stack frame.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct FramePart {
    /// Name of the variable; `None` for values for which there was no register.
    pub name: Option<String>,
    /// Bytes.
    pub bytes: u32,
    /// Declaration.
    pub loc: SourceLoc,
}
