//! Parameters that get the same constant in every call become that constant.
//!
//! ```text
//! @f: v1: i32 = const 14                      @f: …
//!     v2: i32 = call @hash(v0, v1)                v2: i32 = call @hash(v0, v1)
//! @hash(v0: ptr, v1: i32):             ──►    @hash(v0: ptr, v1: i32):
//!     branch v1 gt v3, b1, b2                     v4: i32 = const 14 … jump b1
//! ```
//!
//! This is constant propagation between functions (Callahan, Cooper, Kennedy and Torczon, Interprocedural Constant Propagation,
//! 1986), for `static` functions whose address nobody has, so that all calls are known. Callers come before callees, and each
//! changed function is folded, so that a constant travels down several calls. The parameters stay, and so do the arguments:
//! the signature is what BTF says of the function. Needs values instead of slots (`promote`).

use crate::analysis::callgraph::call_graph;
use crate::analysis::cfg::predecessors;
use crate::debug::SourceLoc;
use crate::entity::{FuncId, SecondaryMap, Value};
use crate::function::Function;
use crate::inst::{Callee, InstData};
use crate::module::{Module, SymbolRef};
use crate::pass::{Changed, fold, simplify_cfg};
use crate::ssa::Replacements;

/// Replaces the parameters of all functions that are constant.
pub fn run(module: &mut Module) -> Changed {
    let is_open = open_functions(module);
    let mut callers_first: Vec<FuncId> = call_graph(module).components().concat();
    callers_first.reverse();
    let mut changed = false;
    for id in callers_first {
        if is_open[id] {
            continue;
        }
        let constants = constant_params(module, id);
        if constants.is_empty() {
            continue;
        }
        let func = &mut module.functions[id];
        replace(func, &constants);
        let _ = fold::run(func);
        let _ = simplify_cfg::run(func);
        changed = true;
    }
    changed.into()
}

/// The functions that may be called with arguments that nobody here sees.
fn open_functions(module: &Module) -> SecondaryMap<FuncId, bool> {
    let mut open = SecondaryMap::new();
    for (id, func) in module.functions.iter() {
        open[id] |= func.is_declaration() || func.is_root();
        for (_, inst) in func.insts_in_order() {
            if let &InstData::FuncAddr { func } = func.inst(inst) {
                open[func] = true;
            }
        }
    }
    for global in module.globals.values() {
        for &(_, target, _) in &global.pointers {
            if let SymbolRef::Func(func) = target {
                open[func] = true;
            }
        }
    }
    open
}

/// The parameters that each call gives the same constant, if they are used at all.
fn constant_params(module: &Module, id: FuncId) -> Vec<(Value, i64)> {
    let func = &module.functions[id];
    let entry = func.entry();
    let params = &func.block(entry).params;
    // A loop back to the entry gives its parameters other values.
    if params.is_empty() || !predecessors(func)[entry].is_empty() {
        return Vec::new();
    }
    let mut calls = module
        .functions
        .values()
        .flat_map(|caller| constants_of_calls(caller, id));
    let Some(mut common) = calls.next() else {
        return Vec::new();
    };
    for call in calls {
        for (known, arg) in common.iter_mut().zip(call) {
            *known = known.filter(|&known| arg == Some(known));
        }
    }
    let is_used = used_values(func);
    let known = params.iter().zip(common);
    known
        .filter_map(|(&param, value)| Some((param, value?)))
        .filter(|&(param, _)| is_used[param])
        .collect()
}

/// For each call of `callee` the arguments that are constant.
fn constants_of_calls(
    caller: &Function,
    callee: FuncId,
) -> impl Iterator<Item = Vec<Option<i64>>> + '_ {
    caller
        .insts_in_order()
        .filter_map(move |(_, inst)| match caller.inst(inst) {
            InstData::Call {
                callee: Callee::Func(called),
                args,
                ..
            } if *called == callee => Some(args.iter().map(|&arg| caller.as_const(arg)).collect()),
            _ => None,
        })
}

fn used_values(func: &Function) -> SecondaryMap<Value, bool> {
    let mut used = SecondaryMap::new();
    for (_, inst) in func.insts_in_order() {
        func.inst(inst).for_each_arg(|value| used[value] = true);
    }
    used
}

/// Puts constants before the first instruction, and names them instead of the parameters.
fn replace(func: &mut Function, constants: &[(Value, i64)]) {
    let entry = func.entry();
    let mut replaced = Replacements::new();
    for &(param, value) in constants {
        let data = InstData::Const { value };
        let (inst, name) = func.new_inst_with_result(data, func.ty(param), SourceLoc::UNKNOWN);
        func.block_mut(entry).insts.insert(0, inst);
        replaced[param] = name.into();
    }
    func.replace_values(&replaced);
}

#[cfg(test)]
mod tests {
    use crate::pass::tests::rewrites_module;
    use crate::pass::{Level, Pass, Run, When};

    const PASS: Pass = Pass {
        name: "constant_params",
        about: "",
        level: Level::O1,
        when: When::Always,
        run: Run::Module(super::run),
    };

    #[test]
    fn a_constant_travels_down() {
        rewrites_module(
            &PASS,
            "fn @f(v0: i64) -> i64 {
            b0:
                v1: i64 = const 3
                v2: i64 = call @g(v0, v1)
                return v2
            }
            fn @g(v0: i64, v1: i64) -> i64 local {
            b0:
                v2: i64 = add v1, v1
                v3: i64 = call @h(v2)
                v4: i64 = add v0, v3
                return v4
            }
            fn @h(v0: i64) -> i64 local {
            b0:
                return v0
            }",
            "fn @f(v0: i64) -> i64 {
            b0:
                v1: i64 = const 3
                v2: i64 = call @g(v0, v1)
                return v2
            }
            fn @g(v0: i64, v1: i64) -> i64 local {
            b0:
                v2: i64 = const 3
                v3: i64 = const 6
                v4: i64 = call @h(v3)
                v5: i64 = add v0, v4
                return v5
            }
            fn @h(v0: i64) -> i64 local {
            b0:
                v1: i64 = const 6
                return v1
            }",
        );
    }

    #[test]
    fn other_callers_keep_a_parameter() {
        let text = "fn @f(v0: i64) -> i64 {
            b0:
                v1: i64 = const 3
                v2: i64 = call @g(v1)
                v3: i64 = call @g(v0)
                v4: i64 = call @global(v1)
                v5: ptr.func = func_addr @callback
                v6: i64 = call @callback(v1)
                return v2
            }
            fn @g(v0: i64) -> i64 local {
            b0:
                return v0
            }
            fn @global(v0: i64) -> i64 {
            b0:
                return v0
            }
            fn @callback(v0: i64) -> i64 local {
            b0:
                return v0
            }";
        rewrites_module(&PASS, text, text);
    }
}
