//! What the kernel demands of the call graph: no circles.

use bpfcc_ir::debug::SourceLoc;
use bpfcc_ir::entity::SecondaryMap;
use bpfcc_ir::{Callee, FuncId, InstData, Module};

use crate::error::{BackendError, CallPlace, ErrorKind};

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
