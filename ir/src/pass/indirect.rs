//! Calls through pointers become calls by name: BPF has no other (VERIFIER-RULES 24).
//!
//! Where only one function is possible, it is called. Elsewhere each function whose address the program takes gets a number,
//! pointers hold these numbers, in variables as in tables, and a call chooses by number among the functions it may mean:
//!
//! ```text
//! v1: ptr.func = func_addr @f            v1: ptr.func = const 65536
//! …                               ──►    …
//! v5: i64 = call v3(v4)                  v6: i64 = ptr_to_int v3
//!                                        switch v6, [65536: b1, 65537: b2], b3
//!                                        b1: v7: i64 = call @f(v4)   jump b4(v7)
//!                                        b2: v8: i64 = call @g(v4)   jump b4(v8)
//!                                        b3: v9: i64 = const 0       jump b4(v9)
//!                                        b4(v5: i64):
//! ```
//!
//! This is Reynolds' defunctionalisation (Definitional Interpreters, 1972). It covers the whole program because a BPF object
//! is one: nobody else can call its functions by address. What a call may mean is found from where its pointer comes from; if
//! that is not known, it is all numbered functions that take such arguments and give such a result. A call through any other
//! pointer, null say, calls nothing and gives zero. A call that no function fits stays, for the backend to refuse.
//!
//! Callbacks that a helper gets (`bpf_loop`) stay addresses: the kernel calls these. So do addresses in a `struct_ops`.

use std::collections::BTreeSet;

use bpfcc_isa::Endian;

use crate::debug::SourceLoc;
use crate::entity::{
    Block, EntityRef, EntitySet, FuncId, GlobalId, Inst, PackedOption, SecondaryMap, Value,
};
use crate::function::{Function, ValueDef};
use crate::inst::{BlockCall, Callee, InstData};
use crate::module::{Global, GlobalKind, Module, Signature, SymbolRef};
use crate::pass::Changed;
use crate::pass::inline::split_block;
use crate::types::Type;

/// The number of the first function. Smaller constants in a pointer to a function are numbers of helpers, and null.
const FIRST: i64 = 1 << 16;

/// Bytes of a pointer in memory.
const POINTER_BYTES: usize = 8;

/// Makes all calls through pointers direct.
pub fn run(module: &mut Module) -> Changed {
    let calls = calls_through_pointers(module);
    if calls.is_empty() {
        return Changed::No;
    }
    let numbered = functions_in_pointers(module);
    let plans: Vec<Plan> = calls
        .iter()
        .map(|&at| plan(module, &numbered, at))
        .collect();
    let needs_numbers = plans.iter().any(|plan| matches!(plan, Plan::Choose(_)));
    for (&(caller, call), plan) in calls.iter().zip(&plans) {
        match plan {
            Plan::Direct(callee) => call_directly(module, caller, call, *callee),
            Plan::Choose(callees) => choose(module, caller, call, &numbered, callees),
            Plan::Refuse => {}
        }
    }
    if needs_numbers {
        replace_addresses(module, &numbered);
    }
    remove_unused_addresses(module);
    Changed::Yes
}

fn calls_through_pointers(module: &Module) -> Vec<(FuncId, Inst)> {
    let mut calls = Vec::new();
    for (caller, func) in module.functions.iter() {
        let insts = func.insts_in_order().map(|(_, inst)| inst);
        let through_pointers = insts.filter(|&inst| {
            matches!(
                func.inst(inst),
                InstData::Call {
                    callee: Callee::Pointer,
                    ..
                }
            )
        });
        calls.extend(through_pointers.map(|inst| (caller, inst)));
    }
    calls
}

// What a call may mean.

/// What becomes of a call.
enum Plan {
    /// This is the function, whatever happens.
    Direct(FuncId),
    /// One of these, in order of their numbers.
    Choose(Vec<FuncId>),
    /// No function of the program can be meant.
    Refuse,
}

fn plan(module: &Module, numbered: &[FuncId], (caller, call): (FuncId, Inst)) -> Plan {
    let func = &module.functions[caller];
    let InstData::Call { args, .. } = func.inst(call) else {
        return Plan::Refuse;
    };
    let origins = origins(module, func, args[0]);
    let fits = |callee: &FuncId| accepts(&module.functions[*callee], func, call, &args[1..]);
    let known: Vec<FuncId> = origins.functions.iter().copied().filter(fits).collect();
    match known[..] {
        [only] if origins.is_one_function() => Plan::Direct(only),
        _ => {
            let possible = numbered.iter().copied().filter(fits);
            let is_origin = |callee: &FuncId| !origins.is_complete || known.contains(callee);
            let callees: Vec<FuncId> = possible.filter(is_origin).collect();
            if callees.is_empty() {
                Plan::Refuse
            } else {
                Plan::Choose(callees)
            }
        }
    }
}

/// Whether a function takes these arguments, of which it may ignore the last ones (C11 6.5.2.2p6), and gives what the call
/// expects.
fn accepts(callee: &Function, caller: &Function, call: Inst, args: &[Value]) -> bool {
    let Signature { params, result } = &callee.signature;
    let result_fits = match (caller.result(call), result) {
        (None, _) => true,
        (Some(expected), Some(found)) => found.fits(caller.ty(expected)),
        (Some(_), None) => false,
    };
    let args_fit = params.len() <= args.len()
        && params
            .iter()
            .zip(args)
            .all(|(&param, &arg)| caller.ty(arg).fits(param));
    result_fits && args_fit
}

/// Where a pointer can come from.
struct Origins {
    functions: BTreeSet<FuncId>,
    /// Whether it may also be null.
    or_null: bool,
    /// Whether there is nothing else.
    is_complete: bool,
}

impl Origins {
    fn is_one_function(&self) -> bool {
        self.functions.len() == 1 && !self.or_null && self.is_complete
    }
}

/// Follows a pointer back through choices, block parameters and constant tables.
fn origins(module: &Module, func: &Function, pointer: Value) -> Origins {
    let mut found = Origins {
        functions: BTreeSet::new(),
        or_null: false,
        is_complete: true,
    };
    let mut seen: EntitySet<Value> = EntitySet::new();
    let mut pending = vec![pointer];
    while let Some(value) = pending.pop() {
        if !seen.insert(value) {
            continue;
        }
        match func.def_inst(value) {
            None => match arguments(func, value) {
                Some(args) => pending.extend(args),
                None => found.is_complete = false,
            },
            Some(InstData::FuncAddr { func }) => {
                found.functions.insert(*func);
            }
            Some(InstData::Const { value: 0 }) => found.or_null = true,
            Some(
                InstData::Refine { arg, .. }
                | InstData::IntToPtr { arg }
                | InstData::PtrToInt { arg },
            ) => {
                pending.push(*arg);
            }
            Some(InstData::Select {
                then, otherwise, ..
            }) => pending.extend([*then, *otherwise]),
            Some(InstData::Load { base, offset, .. }) => {
                found.add_table(module, func, *base, *offset);
            }
            Some(_) => found.is_complete = false,
        }
    }
    found
}

impl Origins {
    /// A pointer that is loaded from a constant table: that at this place, or any.
    fn add_table(&mut self, module: &Module, func: &Function, base: Value, offset: i32) {
        let Some((global, place)) = address(func, base, i64::from(offset)) else {
            self.is_complete = false;
            return;
        };
        let table = &module.globals[global];
        if table.kind != GlobalKind::ReadOnly {
            self.is_complete = false;
            return;
        }
        let stands_here = |at: u32| place.is_none_or(|place| place == i64::from(at));
        let before = self.functions.len();
        for &(at, target, _) in &table.pointers {
            if let (SymbolRef::Func(func), true) = (target, stands_here(at)) {
                self.functions.insert(func);
            }
        }
        self.or_null |= place.is_none() || self.functions.len() == before;
    }
}

/// The global that an address is in, and at which offset if that is constant.
fn address(func: &Function, base: Value, offset: i64) -> Option<(GlobalId, Option<i64>)> {
    match func.def_inst(base)? {
        InstData::GlobalAddr {
            global,
            offset: inner,
        } => Some((*global, Some(offset + i64::from(*inner)))),
        InstData::PtrAdd {
            base,
            offset: distance,
        } => {
            let (global, place) = address(func, *base, offset)?;
            let distance = func.as_const(*distance);
            Some((global, place.zip(distance).map(|(a, b)| a.wrapping_add(b))))
        }
        InstData::Refine { arg, .. } => address(func, *arg, offset),
        _ => None,
    }
}

/// What jumps pass to a block parameter; `None` for the function's own.
fn arguments(func: &Function, param: Value) -> Option<Vec<Value>> {
    let ValueDef::Param(block, position) = func.def(param) else {
        return None;
    };
    if block == func.entry() {
        return None;
    }
    let terminators = func.layout.iter().filter_map(|&from| func.terminator(from));
    let targets = terminators.flat_map(|inst| func.inst(inst).targets());
    let here = targets.filter(|to| to.block == block);
    Some(here.map(|to| to.args[position]).collect())
}

// Numbers.

/// The functions whose address the program keeps somewhere, in order of their numbers.
fn functions_in_pointers(module: &Module) -> Vec<FuncId> {
    let tables = module
        .globals
        .values()
        .filter(|global| is_renumbered(global));
    let in_data = tables.flat_map(|global| &global.pointers);
    let mut found: BTreeSet<FuncId> = in_data
        .filter_map(|&(_, target, _)| match target {
            SymbolRef::Func(func) => Some(func),
            SymbolRef::Global(_) => None,
        })
        .collect();
    for func in module.functions.values() {
        for (_, inst) in func.insts_in_order() {
            if !is_seen_by_kernel(module, func.inst(inst)) {
                func.inst(inst)
                    .for_each_arg(|arg| found.extend(function_at(func, arg)));
            }
        }
    }
    found.into_iter().collect()
}

fn function_at(func: &Function, value: Value) -> Option<FuncId> {
    match func.def_inst(value) {
        Some(InstData::FuncAddr { func }) => Some(*func),
        _ => None,
    }
}

/// Whether an instruction needs real addresses.
fn is_seen_by_kernel(module: &Module, data: &InstData) -> bool {
    match data {
        InstData::Call { callee, .. } => match callee {
            Callee::Helper(_) => true,
            Callee::Func(callee) => module.functions[*callee].is_declaration(),
            Callee::Pointer => false,
        },
        InstData::Asm { .. } => true,
        _ => false,
    }
}

/// Whether pointers in a global's initial value become numbers. Those of a `struct_ops` are filled in by the loader.
fn is_renumbered(global: &Global) -> bool {
    let is_data = matches!(global.kind, GlobalKind::ReadOnly | GlobalKind::Mutable);
    is_data && !global.section.contains("struct_ops")
}

fn number(numbered: &[FuncId], func: FuncId) -> Option<i64> {
    let position = numbered.binary_search(&func).ok()?;
    Some(FIRST + position as i64)
}

/// Puts numbers where addresses of functions were.
fn replace_addresses(module: &mut Module, numbered: &[FuncId]) {
    for index in 0..module.globals.len() {
        let global = &mut module.globals[GlobalId::new(index)];
        if is_renumbered(global) {
            replace_in_data(global, module.endian, numbered);
        }
    }
    for index in 0..module.functions.len() {
        let id = FuncId::new(index);
        let func = &module.functions[id];
        let insts = func.insts_in_order().map(|(_, inst)| inst);
        let users = insts.filter(|&inst| !is_seen_by_kernel(module, func.inst(inst)));
        let users: Vec<Inst> = users.collect();
        replace_in_code(&mut module.functions[id], &users, numbered);
    }
}

fn replace_in_data(global: &mut Global, endian: Endian, numbered: &[FuncId]) {
    for (at, target, addend) in std::mem::take(&mut global.pointers) {
        let of_func = match target {
            SymbolRef::Func(func) => number(numbered, func),
            SymbolRef::Global(_) => None,
        };
        let Some(number) = of_func else {
            global.pointers.push((at, target, addend));
            continue;
        };
        let (start, end) = (at as usize, at as usize + POINTER_BYTES);
        if global.data.len() < end {
            global.data.resize(end, 0);
        }
        let place = &mut global.data[start..end];
        place.copy_from_slice(&number.to_le_bytes());
        endian.arrange(place);
    }
}

/// Gives each address a number beside it, and the number to those who use the address.
fn replace_in_code(func: &mut Function, users: &[Inst], numbered: &[FuncId]) {
    let mut numbers: SecondaryMap<Value, PackedOption<Value>> = SecondaryMap::new();
    for index in 0..func.layout.len() {
        let block = func.layout[index];
        let mut insts = Vec::new();
        for inst in func.block(block).insts.clone() {
            insts.push(inst);
            let address = func.result(inst);
            if let Some(address) = address
                && let Some(target) = function_at(func, address)
                && let Some(value) = number(numbered, target)
            {
                let data = InstData::Const { value };
                let (inst, value) =
                    func.new_inst_with_result(data, func.ty(address), func.loc(inst));
                insts.push(inst);
                numbers[address] = value.into();
            }
        }
        func.block_mut(block).insts = insts;
    }
    for &user in users {
        func.inst_mut(user)
            .for_each_arg_mut(|arg| *arg = numbers[*arg].expand().unwrap_or(*arg));
    }
}

/// Addresses that nobody needs any more would make their functions look as if someone else called them.
fn remove_unused_addresses(module: &mut Module) {
    for func in module.functions.values_mut() {
        let mut used: EntitySet<Value> = EntitySet::new();
        for (_, inst) in func.insts_in_order() {
            func.inst(inst).for_each_arg(|arg| {
                used.insert(arg);
            });
        }
        for index in 0..func.layout.len() {
            let block = func.layout[index];
            let mut insts = func.block(block).insts.clone();
            insts.retain(|&inst| {
                let is_address = matches!(func.inst(inst), InstData::FuncAddr { .. });
                !is_address || func.result(inst).is_some_and(|value| used.contains(value))
            });
            func.block_mut(block).insts = insts;
        }
    }
}

// Rewriting a call.

/// The arguments that `callee` takes of those that stand behind the pointer.
fn taken_args(module: &Module, callee: FuncId, args: &[Value]) -> Vec<Value> {
    let count = module.functions[callee].signature.params.len();
    args[1..][..count].to_vec()
}

fn args_of(func: &Function, call: Inst) -> Vec<Value> {
    match func.inst(call) {
        InstData::Call { args, .. } => args.clone(),
        other => panic!("{call} is no call but {other:?}"),
    }
}

fn call_directly(module: &mut Module, caller: FuncId, call: Inst, callee: FuncId) {
    let args = args_of(&module.functions[caller], call);
    let args = taken_args(module, callee, &args);
    let callee = Callee::Func(callee);
    *module.functions[caller].inst_mut(call) = InstData::Call { callee, args };
}

/// Replaces a call by a choice among `callees`.
fn choose(
    module: &mut Module,
    caller: FuncId,
    call: Inst,
    numbered: &[FuncId],
    callees: &[FuncId],
) {
    let args = args_of(&module.functions[caller], call);
    let choices: Vec<(i64, FuncId, Vec<Value>)> = callees
        .iter()
        .filter_map(|&callee| {
            let number = number(numbered, callee)?;
            Some((number, callee, taken_args(module, callee, &args)))
        })
        .collect();
    let func = &mut module.functions[caller];
    let Some((block, position)) = place_of(func, call) else {
        return;
    };
    let loc = func.loc(call);
    let result = func.result(call).map(|value| func.ty(value));
    let rest = split_block(func, block, position, call);
    let cases = choices.into_iter().map(|(number, callee, args)| {
        let callee = Callee::Func(callee);
        let call = InstData::Call { callee, args };
        (number, arm(func, rest, call, result, loc).into())
    });
    let cases: Vec<(i64, BlockCall)> = cases.collect();
    let default = match result {
        Some(_) => arm(func, rest, InstData::Const { value: 0 }, result, loc),
        None => rest,
    };
    let pointer = InstData::PtrToInt { arg: args[0] };
    let (inst, arg) = func.new_inst_with_result(pointer, Type::I64, loc);
    func.block_mut(block).insts.push(inst);
    let default = default.into();
    let switch = InstData::Switch {
        arg,
        cases,
        default,
    };
    func.append_inst(block, switch, None, loc);
}

fn place_of(func: &Function, call: Inst) -> Option<(Block, usize)> {
    func.layout.iter().find_map(|&block| {
        let position = func
            .block(block)
            .insts
            .iter()
            .position(|&inst| inst == call)?;
        Some((block, position))
    })
}

/// A block before `rest` that computes the result in one instruction and goes on there.
fn arm(
    func: &mut Function,
    rest: Block,
    data: InstData,
    result: Option<Type>,
    loc: SourceLoc,
) -> Block {
    let block = func.new_block();
    let position = func.layout.iter().position(|&other| other == rest);
    func.layout
        .insert(position.unwrap_or(func.layout.len()), block);
    let inst = func.append_inst(block, data, result, loc);
    let args: Vec<Value> = func.result(inst).into_iter().collect();
    func.append_inst(block, InstData::Jump(BlockCall::new(rest, args)), None, loc);
    block
}
