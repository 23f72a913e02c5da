//! What the machine has no room for, as diagnostics: the backend names the thing and the limit, this file the place in the
//! source and the way out.

use bpfcc_backend::{BackendError, CallPlace, ErrorKind, FramePart, FramePlace};
use bpfcc_frontend::diagnostic::Diagnostic;
use bpfcc_frontend::restrict::Rule;
use bpfcc_frontend::source::Sources;
use bpfcc_ir::Module;
use bpfcc_ir::analysis::loops::{Loop, back_edge, loops as natural_loops};
use bpfcc_ir::debug::{DebugInfo, SourceLoc};
use bpfcc_ir::entity::Block;
use bpfcc_ir::function::{Function, Limit};
use bpfcc_ir::pass::recursion::{INSTRUCTIONS, LEVELS};
use bpfcc_isa::stack::FRAME_BYTES;

use crate::place;

/// Bytes of a stack frame that are worth a line of their own in a message.
const NOTEWORTHY_BYTES: u32 = 64;

/// The diagnostic for an error of the backend.
pub(crate) fn diagnostic(sources: &Sources, debug: &DebugInfo, error: &BackendError) -> Diagnostic {
    let function = &error.function;
    let span = place::span(sources, debug, error.loc);
    match &error.kind {
        ErrorKind::FrameTooLarge { bytes, parts } => {
            if let Some(part) = parts.iter().find(|part| part.bytes > FRAME_BYTES)
                && let Some(name) = &part.name
            {
                let thing = format!("`{name}` is {} bytes", part.bytes);
                return Rule::StackSize.refuse(place::span(sources, debug, part.loc), thing);
            }
            let message = format!(
                "the stack frame of `{function}` needs {bytes} bytes; a BPF stack frame holds 512"
            );
            let mut diagnostic = Diagnostic::error(span, message).code("stack");
            let large = parts.iter().filter(|part| part.bytes >= NOTEWORTHY_BYTES);
            for part in large {
                diagnostic = diagnostic.note(place::span(sources, debug, part.loc), room(part));
            }
            diagnostic.help("move large variables into a map, for example a per-CPU array with one entry")
        }
        ErrorKind::TooManyArguments { callee, count } => Diagnostic::error(
            span,
            format!("`{callee}` is called with {count} arguments; R1 to R5 hold five"),
        )
        .code("arguments")
        .help("pass a pointer to a struct that holds the rest"),
        ErrorKind::Recursion { calls, gave_up } => {
            let place = |loc| place::span(sources, debug, loc);
            let (closing, others) = calls.split_last().expect("a circle has calls");
            let mut error = Rule::Recursion.refuse(span, circle(closing));
            for call in others {
                let message = format!("`{}` calls `{}` here", call.caller, call.callee);
                error = error.note(place(call.loc), message);
            }
            match gave_up {
                Some(gave_up) => error.note(place(gave_up.loc), limit(gave_up.limit)),
                None => error,
            }
        }
        kind @ ErrorKind::StackTooDeep { frames, .. } => {
            let error = Diagnostic::error(span, kind.to_string()).code("stack");
            chain(sources, debug, error, frames)
                .help("move large variables into a map, for example a per-CPU array with one entry")
        }
        kind @ ErrorKind::TooManyFrames { frames } => {
            let error = Diagnostic::error(span, kind.to_string()).code("frames");
            chain(sources, debug, error, frames)
                .help("make some of the functions `static __always_inline`")
        }
        kind @ ErrorKind::IndirectCall => {
            Rule::IndirectCall.refuse(span, kind)
        }
        ErrorKind::TooManyParameters { count } => Diagnostic::error(
            span,
            format!("`{function}` has {count} parameters; R1 to R5 hold five"),
        )
        .code("arguments")
        .help("pass a pointer to a struct that holds the rest, or make the function `static __always_inline`"),
        kind @ ErrorKind::AtomicNeedsV3 { .. } => Diagnostic::error(span, kind.to_string())
            .code("atomic")
            .help("compile with `--mcpu=v3`, or do not use the result"),
        kind @ ErrorKind::AsmNotConstant { .. } => Diagnostic::error(span, kind.to_string())
            .code("inline-assembly")
            .help("use the constraint \"r\", or make the function `static __always_inline`"),
        kind @ ErrorKind::AsmRegisters => Diagnostic::error(span, kind.to_string())
            .code("inline-assembly")
            .help("BPF has the registers r0 to r9; clobber fewer, or pass a pointer to a struct"),
        kind @ ErrorKind::AsmTemplate(_) => {
            Diagnostic::error(span, kind.to_string()).code("inline-assembly")
        }
        kind @ ErrorKind::JumpTooFar { .. } => {
            Diagnostic::error(span, format!("in `{function}`: {kind}"))
                .code("jump")
                .help("compile with `--mcpu=v4`, or split the function")
        }
    }
}

/// The loops that the passes have left, each where it is decided whether to go round again.
pub(crate) fn loops(sources: &Sources, module: &Module) -> Vec<Diagnostic> {
    let defined = module.functions.values().filter(|f| !f.is_declaration());
    let mut places: Vec<SourceLoc> = defined.flat_map(loops_in).collect();
    places.sort_unstable();
    // Copies of a function or of an outer loop are not news.
    places.dedup();
    let refuse = |loc| {
        let span = place::span(sources, &module.debug, loc);
        Rule::Loop.refuse(
            span,
            "how often this loop goes round is not known, or it is too long",
        )
    };
    places.into_iter().map(refuse).collect()
}

fn loops_in(func: &Function) -> Vec<SourceLoc> {
    let ends = natural_loops(func)
        .into_iter()
        .map(|around| deciding(func, &around));
    // What is left are circles that can be entered in several places.
    let others = back_edge(func).map(|(from, _)| from);
    let blocks: Vec<Block> = ends.collect();
    let blocks = if blocks.is_empty() {
        others.into_iter().collect()
    } else {
        blocks
    };
    let terminators = blocks
        .into_iter()
        .filter_map(|block| func.terminator(block));
    terminators.map(|inst| func.loc(inst)).collect()
}

/// The block whose branch leaves the loop, else one that jumps back.
fn deciding(func: &Function, around: &Loop) -> Block {
    let leaves = |&block: &Block| func.successors(block).any(|to| !around.blocks.contains(to));
    let header = Some(around.header).filter(leaves);
    let latch = || around.latches.iter().copied().find(leaves);
    let any = || around.blocks.iter().find(leaves);
    header.or_else(latch).or_else(any).unwrap_or(around.header)
}

/// Adds a note for each frame of a chain of calls.
fn chain(
    sources: &Sources,
    debug: &DebugInfo,
    error: Diagnostic,
    frames: &[FramePlace],
) -> Diagnostic {
    frames.iter().fold(error, |error, frame| {
        let message = format!("`{}` takes {} bytes", frame.function, frame.bytes);
        error.note(place::span(sources, debug, frame.loc), message)
    })
}

fn circle(closing: &CallPlace) -> String {
    let CallPlace { caller, callee, .. } = closing;
    if caller == callee {
        format!("`{caller}` calls itself")
    } else {
        format!("`{caller}` calls `{callee}`, which leads back to `{caller}`")
    }
}

/// Why recursion could not be written out from some call.
fn limit(limit: Limit) -> String {
    match limit {
        Limit::Unknown => "the arguments here do not say where the recursion ends".to_owned(),
        Limit::Levels => format!("from here, more than {LEVELS} calls are within each other"),
        Limit::Instructions => {
            format!("from here, this takes more than {INSTRUCTIONS} instructions written out")
        }
    }
}

fn room(part: &FramePart) -> String {
    match &part.name {
        Some(name) => format!("`{name}` takes {} bytes", part.bytes),
        None => format!("values that found no register take {} bytes", part.bytes),
    }
}
