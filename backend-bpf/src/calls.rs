//! What the kernel demands of the call graph: no circles, and no chain of calls that takes more than 512 bytes or 8 frames.
//!
//! `check_max_stack_depth` in the kernel's `verifier.c` rounds each frame up, to 32 bytes and since 6.8 to 16 where code is
//! jitted, and never counts one as empty. It does so for programs, so chains are followed from these. Since 6.13 some types of
//! programs have a stack of their own for each function (private stacks), but no program can rely on that.

use bpfcc_ir::analysis::callgraph::call_graph;
use bpfcc_ir::debug::SourceLoc;
use bpfcc_ir::entity::SecondaryMap;
use bpfcc_ir::{Callee, FuncId, InstData, Module};
use bpfcc_isa::stack::FRAME_BYTES;

use crate::error::{BackendError, CallPlace, ErrorKind, FramePlace};

/// A call of a function that has a body.
#[derive(Clone, Copy)]
struct Call {
    callee: FuncId,
    loc: SourceLoc,
}

/// The calls of each function, in order.
type Calls = SecondaryMap<FuncId, Vec<Call>>;

/// Finds circles of calls: a depth-first walk that meets a function which is still being walked.
pub(crate) fn check(module: &Module) -> Vec<BackendError> {
    let calls = calls(module);
    let mut errors = Vec::new();
    // Who closes a circle by calling whom: once is enough.
    let mut closing: Vec<(FuncId, FuncId)> = Vec::new();
    let mut done: SecondaryMap<FuncId, bool> = SecondaryMap::new();
    for root in in_order_of_text(module) {
        // The functions from the root to the present one, with how many of their calls have been followed.
        let mut path: Vec<(FuncId, usize)> = vec![(root, 0)];
        while let Some((func, next)) = path.last_mut() {
            let func = *func;
            let call = calls[func].get(*next).copied();
            *next += 1;
            let Some(call) = call.filter(|_| !done[func]) else {
                done[func] = true;
                path.pop();
                continue;
            };
            match path.iter().position(|&(on_path, _)| on_path == call.callee) {
                Some(_) if closing.contains(&(func, call.callee)) => {}
                Some(start) => {
                    closing.push((func, call.callee));
                    errors.push(circle(module, &calls, &path[start..]));
                }
                None => path.push((call.callee, 0)),
            }
        }
    }
    errors
}

/// The call that closes a circle is then the last one a reader meets.
fn in_order_of_text(module: &Module) -> Vec<FuncId> {
    let mut order: Vec<FuncId> = module.functions.keys().collect();
    order.sort_by_key(|&id| {
        let loc = module.functions[id].debug.loc;
        (loc.file, loc.line, loc.column)
    });
    order
}

fn calls(module: &Module) -> Calls {
    let mut calls = Calls::new();
    for (caller, func) in module.functions.iter() {
        for (_, inst) in func.insts_in_order() {
            if let InstData::Call {
                callee: Callee::Func(callee),
                ..
            } = *func.inst(inst)
                && !module.functions[callee].is_declaration()
            {
                let loc = func.loc(inst);
                calls[caller].push(Call { callee, loc });
            }
        }
    }
    calls
}

fn circle(module: &Module, calls: &Calls, path: &[(FuncId, usize)]) -> BackendError {
    let name = |func: FuncId| module.functions[func].name.clone();
    let steps: Vec<CallPlace> = path
        .iter()
        .map(|&(caller, next)| {
            let call = calls[caller][next - 1];
            CallPlace {
                caller: name(caller),
                callee: name(call.callee),
                loc: call.loc,
            }
        })
        .collect();
    let members = path.iter().map(|&(func, _)| &module.functions[func]);
    BackendError {
        function: steps[0].caller.clone(),
        loc: steps[steps.len() - 1].loc,
        kind: ErrorKind::Recursion {
            gave_up: members.filter_map(|func| func.gave_up).next(),
            calls: steps,
        },
    }
}

/// What the kernel rounds frames up to, where it is least.
const GRANULE: u32 = 16;

/// Frames of a chain of calls, the program's own included.
const FRAMES: usize = 8;

/// Finds chains of calls that take too much stack, given the bytes of each function's frame. There are no circles.
pub(crate) fn check_stack(
    module: &Module,
    frames: &SecondaryMap<FuncId, u32>,
) -> Vec<BackendError> {
    let calls = calls(module);
    let rounded = |func: FuncId| frames[func].max(1).next_multiple_of(GRANULE);
    let bytes = deepest(module, &calls, &rounded);
    let count = deepest(module, &calls, &|_| 1);
    let programs = module
        .functions
        .iter()
        .filter(|(_, func)| func.section.is_some());
    let mut errors = Vec::new();
    for (program, func) in programs {
        let chain = |deepest: &Deepest| chain(module, deepest, &rounded, program);
        let kind = if bytes[program].0 > FRAME_BYTES {
            ErrorKind::StackTooDeep {
                bytes: bytes[program].0,
                frames: chain(&bytes),
            }
        } else if count[program].0 as usize > FRAMES {
            ErrorKind::TooManyFrames {
                frames: chain(&count),
            }
        } else {
            continue;
        };
        errors.push(BackendError {
            function: func.name.clone(),
            loc: func.debug.loc,
            kind,
        });
    }
    errors
}

/// For each function what the costliest chain of calls from it costs, and its first call.
type Deepest = SecondaryMap<FuncId, (u32, Option<Call>)>;

fn deepest(module: &Module, calls: &Calls, cost: &impl Fn(FuncId) -> u32) -> Deepest {
    let mut deepest = Deepest::new();
    for group in call_graph(module).components() {
        // Callees come before callers. A group of several is held together by addresses alone.
        for func in group {
            let below = calls[func].iter().copied();
            let next = below.max_by_key(|call| deepest[call.callee].0);
            let below = next.map_or(0, |call| deepest[call.callee].0);
            deepest[func] = (below.saturating_add(cost(func)), next);
        }
    }
    deepest
}

fn chain(
    module: &Module,
    deepest: &Deepest,
    rounded: &impl Fn(FuncId) -> u32,
    program: FuncId,
) -> Vec<FramePlace> {
    let mut frames = Vec::new();
    let mut next = Some(Call {
        callee: program,
        loc: module.functions[program].debug.loc,
    });
    while let Some(Call { callee, loc }) = next {
        frames.push(FramePlace {
            function: module.functions[callee].name.clone(),
            bytes: rounded(callee),
            loc,
        });
        next = deepest[callee].1;
    }
    frames
}
