//! Inlining: a call becomes the body of the function called.
//!
//! ```text
//! b0: v1: i64 = call @double(v0)        b0: jump b2
//!     return v1                   ──►   b2: v2: i64 = add v0, v0   (the body of @double)
//!                                           jump b1(v2)
//!                                       b1(v1: i64): return v1
//! ```
//!
//! Callees come before callers, so a body has its own calls inlined when it is copied. Functions that call each other in a
//! circle stay as they are, and so do `noinline` ones (VERIFIER-RULES 19): who wants the kernel to verify a function on its own
//! (rule 20) says so. Functions nobody can call any more are removed.

use crate::analysis::callgraph::{CallGraph, call_graph};
use crate::entity::{Block, EntityRef, FuncId, Inst, PrimaryMap, SecondaryMap, Slot, Value};
use crate::function::{Function, Inline};
use crate::inst::{BlockCall, Callee, InstData};
use crate::module::{Linkage, Module, SymbolRef};
use crate::pass::Changed;

/// Instructions up to which a static function is inlined wherever it is called. Linux's checker knows less behind a call, and
/// follows it anew each time anyway.
const SMALL: usize = 40;

/// Instructions up to which a static function with a single call is inlined.
const CALLED_ONCE: usize = 500;

/// Instructions up to which a function that other files see is inlined; the function itself stays.
const SMALL_GLOBAL: usize = 60;

/// Bytes of stack that such a function may bring along: a frame of its own would have been gone after the call.
const SMALL_FRAME: u32 = 64;

/// Inlines `always_inline` functions and removes unused ones.
pub fn run_always(module: &mut Module) -> Changed {
    inline(module, |func, _| func.inline == Inline::Always)
}

/// Inlines small functions and static ones called once besides, and removes unused ones.
pub fn run(module: &mut Module) -> Changed {
    inline(module, |func, calls| {
        let size = func.insts_in_order().count();
        let is_cheap = match func.linkage {
            _ if func.section.is_some() => false,
            Linkage::Local => size <= SMALL || (calls == 1 && size <= CALLED_ONCE),
            Linkage::Global | Linkage::Hidden => {
                let frame: u32 = func.slots.values().map(|slot| slot.size).sum();
                size <= SMALL_GLOBAL && frame <= SMALL_FRAME
            }
            // The linker may choose another one.
            Linkage::Weak | Linkage::WeakHidden => false,
        };
        func.inline == Inline::Always || (func.inline == Inline::Auto && is_cheap)
    })
}

/// Inlines all that can be, `noinline` or not.
pub fn run_all(module: &mut Module) -> Changed {
    inline(module, |_, _| true)
}

/// Inlines the functions that `wanted` accepts, given the number of calls of each.
fn inline(module: &mut Module, wanted: impl Fn(&Function, usize) -> bool) -> Changed {
    let calls = call_graph(module);
    let components = calls.components();
    let is_recursive = recursive(&calls, &components);
    let mut counts = call_counts(module);
    let mut changed = false;
    for component in components {
        let [caller] = component[..] else {
            continue;
        };
        let before: Vec<FuncId> = callees(&module.functions[caller]).collect();
        while let Some((block, position, callee)) = find_call(module, caller, |callee| {
            let func = &module.functions[callee];
            let circular = callee == caller || is_recursive[callee];
            !func.is_declaration() && !circular && wanted(func, counts[callee])
        }) {
            let body = module.functions[callee].clone();
            inline_call(&mut module.functions[caller], (block, position), &body);
            changed = true;
        }
        before.into_iter().for_each(|callee| counts[callee] -= 1);
        callees(&module.functions[caller]).for_each(|callee| counts[callee] += 1);
    }
    (remove_unused(module) | changed).into()
}

/// The functions that lead back to themselves.
fn recursive(calls: &CallGraph, components: &[Vec<FuncId>]) -> SecondaryMap<FuncId, bool> {
    let mut recursive = SecondaryMap::new();
    for group in components {
        for &func in group {
            recursive[func] = group.len() > 1 || calls.callees(func).contains(&func);
        }
    }
    recursive
}

/// How often each function is called.
fn call_counts(module: &Module) -> SecondaryMap<FuncId, usize> {
    let mut counts: SecondaryMap<FuncId, usize> = SecondaryMap::new();
    for callee in module.functions.values().flat_map(callees) {
        counts[callee] += 1;
    }
    counts
}

/// The function of each call by name, in order.
fn callees(func: &Function) -> impl Iterator<Item = FuncId> {
    func.insts_in_order()
        .filter_map(|(_, inst)| match func.inst(inst) {
            InstData::Call {
                callee: Callee::Func(callee),
                ..
            } => Some(*callee),
            _ => None,
        })
}

/// The first call in `caller` of a function that `wanted` accepts.
fn find_call(
    module: &Module,
    caller: FuncId,
    wanted: impl Fn(FuncId) -> bool,
) -> Option<(Block, usize, FuncId)> {
    let func = &module.functions[caller];
    func.layout.iter().find_map(|&block| {
        let insts = func.block(block).insts.iter().enumerate();
        insts
            .filter_map(|(position, &inst)| match func.inst(inst) {
                InstData::Call {
                    callee: Callee::Func(callee),
                    ..
                } if wanted(*callee) => Some((block, position, *callee)),
                _ => None,
            })
            .next()
    })
}

/// Replaces one call by a copy of `body`.
pub(super) fn inline_call(func: &mut Function, (block, position): (Block, usize), body: &Function) {
    let call = func.block(block).insts[position];
    let InstData::Call { args, .. } = func.inst(call).clone() else {
        return;
    };
    let rest = split_block(func, block, position, call);
    let mut copy = Copy {
        slots: SecondaryMap::with_default(Slot::new(0)),
        values: SecondaryMap::with_default(Value::new(0)),
        blocks: SecondaryMap::with_default(block),
        rest,
        body,
        func,
    };
    copy.copy(&args);
    let entry = copy.blocks[body.entry()];
    let loc = func.loc(call);
    func.append_inst(block, InstData::Jump(entry.into()), None, loc);
}

/// Moves what follows the call into a block of its own, with the call's result as parameter.
pub(super) fn split_block(func: &mut Function, block: Block, position: usize, call: Inst) -> Block {
    let rest = func.new_block();
    let after = func.layout.iter().position(|&b| b == block);
    let after = after.map_or(func.layout.len(), |position| position + 1);
    func.layout.insert(after, rest);
    let insts = func.block_mut(block).insts.split_off(position + 1);
    func.block_mut(rest).insts = insts;
    func.block_mut(block).insts.pop();
    if let Some(result) = func.result(call) {
        func.move_to_param(result, rest);
    }
    rest
}

/// A body on its way into a function.
struct Copy<'a> {
    func: &'a mut Function,
    body: &'a Function,
    slots: SecondaryMap<Slot, Slot>,
    values: SecondaryMap<Value, Value>,
    blocks: SecondaryMap<Block, Block>,
    /// Where returns go.
    rest: Block,
}

impl Copy<'_> {
    fn copy(&mut self, args: &[Value]) {
        let body = self.body;
        for (slot, data) in body.slots.iter() {
            self.slots[slot] = self.func.slots.push(data.clone());
        }
        self.make_blocks(args);
        let mut copies = Vec::new();
        for &block in &body.layout {
            for &inst in &body.block(block).insts {
                let ty = body.result(inst).map(|value| body.ty(value));
                let to = self.blocks[block];
                let copy = self
                    .func
                    .append_inst(to, InstData::Unreachable, ty, body.loc(inst));
                if let (Some(old), Some(new)) = (body.result(inst), self.func.result(copy)) {
                    self.values[old] = new;
                }
                copies.push((inst, copy));
            }
        }
        // Every value is known now, also those defined further down in the layout.
        for (inst, copy) in copies {
            *self.func.inst_mut(copy) = self.translate(body.inst(inst));
        }
    }

    /// The blocks stand before the rest of the caller's block. The entry's parameters are the call's arguments.
    fn make_blocks(&mut self, args: &[Value]) {
        let body = self.body;
        let rest = self.func.layout.iter().position(|&b| b == self.rest);
        let rest = rest.unwrap_or(self.func.layout.len());
        for (index, &block) in body.layout.iter().enumerate() {
            let new = self.func.new_block();
            self.func.layout.insert(rest + index, new);
            self.blocks[block] = new;
            let params = &body.block(block).params;
            if block == body.entry() {
                for (&param, &arg) in params.iter().zip(args) {
                    self.values[param] = arg;
                }
            } else {
                for &param in params {
                    self.values[param] = self.func.append_param(new, body.ty(param));
                }
            }
        }
    }

    fn translate(&self, data: &InstData) -> InstData {
        let mut data = data.clone();
        data.for_each_arg_mut(|v| *v = self.values[*v]);
        for to in data.targets_mut() {
            to.block = self.blocks[to.block];
        }
        match data {
            InstData::Return(value) => {
                // A caller that ignores the result has no parameter for it.
                let takes = self.func.block(self.rest).params.len();
                let args: Vec<Value> = value.into_iter().take(takes).collect();
                InstData::Jump(BlockCall::new(self.rest, args))
            }
            InstData::SlotAddr { slot, offset } => InstData::SlotAddr {
                slot: self.slots[slot],
                offset,
            },
            other => other,
        }
    }
}

/// Removes static functions and declarations that nothing refers to, and renumbers the others.
pub(super) fn remove_unused(module: &mut Module) -> bool {
    let used = call_graph(module).used(module);
    if used.len() == module.functions.len() {
        return false;
    }
    let old = std::mem::replace(&mut module.functions, PrimaryMap::new());
    let mut renumbered: SecondaryMap<FuncId, FuncId> = SecondaryMap::with_default(FuncId::new(0));
    for (id, func) in old {
        if used.binary_search(&id).is_ok() {
            renumbered[id] = module.functions.push(func);
        }
    }
    for func in module.functions.values_mut() {
        func.renumber_functions(|id| renumbered[id]);
    }
    for global in module.globals.values_mut() {
        for (_, target, _) in &mut global.pointers {
            if let SymbolRef::Func(id) = target {
                *id = renumbered[*id];
            }
        }
    }
    true
}

#[cfg(test)]
mod tests {
    use crate::pass::tests::rewrites_module;
    use crate::pass::{Level, Pass, Run, When};

    const PASS: Pass = Pass {
        name: "inline",
        about: "",
        level: Level::O1,
        when: When::Always,
        run: Run::Module(super::run),
    };

    #[test]
    fn a_small_static_function_becomes_part_of_its_caller() {
        rewrites_module(
            &PASS,
            "declare fn @unused(i64)
            fn @larger(v0: i64, v1: i64) -> i64 local {
            b0:
                branch v0 gt v1, b1, b2
            b1:
                return v0
            b2:
                return v1
            }
            fn @f(v0: i64, v1: i64) -> i64 {
            b0:
                v2: i64 = call @larger(v0, v1)
                v3: i64 = neg v2
                return v3
            }",
            "fn @f(v0: i64, v1: i64) -> i64 {
            b0:
                jump b1
            b1:
                branch v0 gt v1, b2, b3
            b2:
                jump b4(v0)
            b3:
                jump b4(v1)
            b4(v2: i64):
                v3: i64 = neg v2
                return v3
            }",
        );
    }

    #[test]
    fn noinline_and_recursion_are_respected() {
        let text = "fn @kept(v0: i64) -> i64 local noinline {
            b0:
                return v0
            }
            fn @again(v0: i64) -> i64 local {
            b0:
                v1: i64 = call @again(v0)
                return v1
            }
            fn @f(v0: i64) -> i64 {
            b0:
                v1: i64 = call @kept(v0)
                v2: i64 = call @again(v1)
                return v2
            }";
        rewrites_module(&PASS, text, text);
    }
}
