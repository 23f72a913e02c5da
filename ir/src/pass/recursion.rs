//! Recursion that ends after a number of calls that is known when compiling is written out, because BPF has none.
//!
//! ```text
//! v0 = const 3                 v0 = const 3
//! v1 = call @fib(v0)     ──►   v1 = …       (@fib for 3: @fib for 2 and for 1 in their places)
//! ```
//!
//! A call of a recursive function becomes a copy of its body in which the arguments that are constants are so, and which is
//! simplified before its own calls are looked at: the call that is not made for 0 is then gone. Copies for the same constants
//! are made once, so `fib(30)` takes 31 of them. If a copy needs itself, its constants do not tell where the recursion ends;
//! [`LEVELS`] and [`INSTRUCTIONS`] bound what ends too late. Then the caller stays as it was, for the backend to refuse.
//!
//! Runs at all levels and touches nothing but callers of recursive functions. A recursive function all of whose callers could
//! do without it is removed, even if other files could see it: it could not be loaded.

use std::collections::{BTreeSet, HashMap};

use crate::analysis::callgraph::{CallGraph, call_graph};
use crate::debug::SourceLoc;
use crate::entity::{Block, FuncId, PackedOption, SecondaryMap, Value};
use crate::function::{Function, GaveUp, Limit};
use crate::inst::{Callee, InstData};
use crate::module::{Linkage, Module};
use crate::pass::inline::{inline_call, remove_unused};
use crate::pass::{Changed, dce, fold, promote, simplify_cfg};

/// Calls within calls that are written out.
pub const LEVELS: usize = 256;

/// Instructions that a function may grow to.
pub const INSTRUCTIONS: usize = 16_384;

/// Copies that are made for one call of a recursive function.
const COPIES: usize = 1024;

/// Writes out the recursion of a module where it ends.
pub fn run(module: &mut Module) -> Changed {
    let calls = call_graph(module);
    let groups = recursive_groups(&calls);
    if groups.is_empty() {
        return Changed::No;
    }
    let recursive: BTreeSet<FuncId> = groups.iter().flatten().copied().collect();
    let mut failed: BTreeSet<FuncId> = BTreeSet::new();
    let mut called: BTreeSet<FuncId> = BTreeSet::new();
    for caller in callers(module, &recursive) {
        let func = module.functions[caller].clone();
        let callees = calls.callees(caller).into_iter();
        let callees: Vec<FuncId> = callees
            .filter(|callee| recursive.contains(callee))
            .collect();
        called.extend(callees.iter().copied());
        match Copies::new(module, &recursive).write_out(func, 0) {
            Ok(written_out) => module.functions[caller] = written_out,
            Err(gave_up) => {
                failed.extend(callees.iter().copied());
                for callee in callees {
                    module.functions[callee].gave_up.get_or_insert(gave_up);
                }
            }
        }
    }
    for group in groups {
        let is_written_out = group.iter().any(|id| called.contains(id));
        let is_needed =
            |id: &FuncId| failed.contains(id) || module.functions[*id].section.is_some();
        if is_written_out && !group.iter().any(is_needed) {
            for id in group {
                module.functions[id].linkage = Linkage::Local;
            }
        }
    }
    remove_unused(module);
    Changed::Yes
}

/// The groups of functions that call each other in a circle.
fn recursive_groups(calls: &CallGraph) -> Vec<Vec<FuncId>> {
    let mut groups = calls.components();
    groups.retain(|group| group.len() > 1 || calls.callees(group[0]).contains(&group[0]));
    groups
}

/// The functions outside of all circles that call into one.
fn callers(module: &Module, recursive: &BTreeSet<FuncId>) -> Vec<FuncId> {
    let outside = module
        .functions
        .iter()
        .filter(|(id, _)| !recursive.contains(id));
    let callers = outside.filter(|(_, func)| recursive_call(func, recursive).is_some());
    callers.map(|(id, _)| id).collect()
}

/// A call of a recursive function.
struct Call {
    block: Block,
    position: usize,
    callee: FuncId,
    args: Vec<Value>,
    loc: SourceLoc,
}

/// The first call of a recursive function.
fn recursive_call(func: &Function, recursive: &BTreeSet<FuncId>) -> Option<Call> {
    func.layout.iter().find_map(|&block| {
        let mut insts = func.block(block).insts.iter().enumerate();
        insts.find_map(|(position, &inst)| match func.inst(inst) {
            InstData::Call {
                callee: Callee::Func(callee),
                args,
            } if recursive.contains(callee) => Some(Call {
                block,
                position,
                callee: *callee,
                args: args.clone(),
                loc: func.loc(inst),
            }),
            _ => None,
        })
    })
}

/// A function with what is known about its arguments.
type Key = (FuncId, Vec<Option<i64>>);

/// Copies of recursive functions for constant arguments, without calls of recursive functions.
struct Copies<'a> {
    module: &'a Module,
    recursive: &'a BTreeSet<FuncId>,
    /// `None` while a copy is being made.
    made: HashMap<Key, Option<Function>>,
}

impl<'a> Copies<'a> {
    fn new(module: &'a Module, recursive: &'a BTreeSet<FuncId>) -> Copies<'a> {
        Copies {
            module,
            recursive,
            made: HashMap::new(),
        }
    }

    /// Replaces all calls of recursive functions in `func`, which stands `level` calls below the first.
    fn write_out(&mut self, mut func: Function, level: usize) -> Result<Function, GaveUp> {
        simplify(&mut func);
        while let Some(call) = recursive_call(&func, self.recursive) {
            let give_up = |limit| GaveUp {
                limit,
                loc: call.loc,
            };
            if level >= LEVELS {
                return Err(give_up(Limit::Levels));
            }
            let constants = call.args.iter().map(|&arg| func.as_const(arg)).collect();
            let key = (call.callee, constants);
            let body = self.copy(key, call.loc, level + 1).map_err(|gave_up| {
                // The outermost call is the one to show.
                give_up(gave_up.limit)
            })?;
            inline_call(&mut func, (call.block, call.position), &body);
            simplify(&mut func);
            if func.insts_in_order().count() > INSTRUCTIONS {
                return Err(give_up(Limit::Instructions));
            }
        }
        Ok(func)
    }

    fn copy(&mut self, key: Key, loc: SourceLoc, level: usize) -> Result<Function, GaveUp> {
        let unknown = Limit::Unknown;
        match self.made.get(&key) {
            Some(Some(made)) => return Ok(made.clone()),
            Some(None) => {
                return Err(GaveUp {
                    limit: unknown,
                    loc,
                });
            }
            None => {}
        }
        if self.made.len() >= COPIES {
            let limit = Limit::Instructions;
            return Err(GaveUp { limit, loc });
        }
        self.made.insert(key.clone(), None);
        let (callee, constants) = &key;
        let mut body = self.module.functions[*callee].clone();
        fill_in(&mut body, constants);
        let body = self.write_out(body, level)?;
        self.made.insert(key, Some(body.clone()));
        Ok(body)
    }
}

/// Replaces the uses of parameters by constants.
fn fill_in(func: &mut Function, constants: &[Option<i64>]) {
    let entry = func.entry();
    let loc = func.debug.loc;
    let params = func.block(entry).params.clone();
    let mut replaced: SecondaryMap<Value, PackedOption<Value>> = SecondaryMap::new();
    for (param, constant) in params.into_iter().zip(constants) {
        if let &Some(value) = constant {
            let data = InstData::Const { value };
            let (inst, value) = func.new_inst_with_result(data, func.ty(param), loc);
            func.block_mut(entry).insts.insert(0, inst);
            replaced[param] = value.into();
        }
    }
    func.replace_values(&replaced);
}

/// Does what shows which calls are made, and with which constants.
fn simplify(func: &mut Function) {
    let _ = promote::run(func);
    while fold::run(func) == Changed::Yes || simplify_cfg::run(func) == Changed::Yes {}
    let _ = dce::run(func);
}
