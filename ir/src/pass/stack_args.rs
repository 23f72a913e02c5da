//! Arguments in memory: what does not fit R1 to R5 travels through the caller's frame.
//!
//! ```text
//! v6 = call @f(v0, v1, v2, v3, v4, v5)      fn @f(v0, v1, v2, v3, v4, v5) {
//!                 ▼                                           ▼
//! v7: ptr.stack = slot_addr s0+0            fn @f(v6, v7, v8, v9, v10: ptr.stack) {
//! store.u64 v7+0, v4                        b1: v11 = load.u64 v10+0
//! store.u64 v7+8, v5                            v12 = load.u64 v10+8
//! v6 = call @f(v0, v1, v2, v3, v7)              jump b0(v6, v7, v8, v9, v11, v12)
//! ```
//!
//! The kernel's checker follows a pointer into a caller's frame and keeps the types of the pointers stored there, so that
//! all arguments are as good as in registers. Functions whose address is taken and those in a section are called by others,
//! who know nothing of this; they stay as they are.
//!
//! Needs: inlining is over. Keeps: the blocks of both sides; the callee's entry gets a block in front of it.

use bpfcc_isa::Size;

use crate::debug::{DebugInfo, DebugType, DeclTag, SourceLoc};
use crate::entity::{Block, EntityRef, FuncId, Inst, SecondaryMap, Slot, Value};
use crate::function::{Function, SlotData};
use crate::inst::{BlockCall, Callee, InstData};
use crate::module::{Module, SymbolRef};
use crate::pass::Changed;
use crate::types::{PtrKind, Type};

/// Arguments that registers can carry.
const REGISTERS: usize = 5;

/// Arguments that stay in registers beside the pointer to the others.
const KEPT: usize = REGISTERS - 1;

/// Bytes that one argument takes.
const WORD: usize = 8;

/// Moves arguments behind the fourth into memory, for functions with more than five.
pub fn run(module: &mut Module) -> Changed {
    let moved = functions_to_change(module);
    let mut changed = false;
    for index in 0..module.functions.len() {
        let id = FuncId::new(index);
        let func = &mut module.functions[id];
        if func.is_declaration() {
            continue;
        }
        changed |= rewrite_calls(func, &moved);
        if moved[id] {
            receive(func);
            describe(func, &mut module.debug);
        }
    }
    changed.into()
}

/// The functions that take their last arguments from memory.
fn functions_to_change(module: &Module) -> SecondaryMap<FuncId, bool> {
    let mut moved: SecondaryMap<FuncId, bool> = SecondaryMap::new();
    for (id, func) in module.functions.iter() {
        let has_many = func.signature.params.len() > REGISTERS;
        moved[id] = has_many && !func.is_declaration() && func.section.is_none();
    }
    for func in module.functions.values() {
        for (_, inst) in func.insts_in_order() {
            if let InstData::FuncAddr { func: target } = func.inst(inst) {
                moved[*target] = false;
            }
        }
    }
    let pointers = module.globals.values().flat_map(|global| &global.pointers);
    for (_, target, _) in pointers {
        if let SymbolRef::Func(id) = target {
            moved[*id] = false;
        }
    }
    moved
}

/// Puts a block in front of the entry that loads what the caller left in its frame.
fn receive(func: &mut Function) {
    let loc = func.debug.loc;
    let types = std::mem::take(&mut func.signature.params);
    let (kept, in_memory) = types.split_at(KEPT);
    let old = func.entry();
    let entry = func.new_block();
    func.layout.insert(0, entry);
    let mut args: Vec<Value> = kept
        .iter()
        .map(|&ty| func.append_param(entry, ty))
        .collect();
    let pointer = Type::Ptr(PtrKind::Stack);
    let base = func.append_param(entry, pointer);
    for (index, &ty) in in_memory.iter().enumerate() {
        let load = InstData::Load {
            size: size_of(ty),
            signed: false,
            volatile: false,
            base,
            offset: offset_of(index),
        };
        let (inst, value) = func.new_inst_with_result(load, ty, loc);
        func.block_mut(entry).insts.push(inst);
        args.push(value);
    }
    func.append_inst(entry, InstData::Jump(BlockCall::new(old, args)), None, loc);
    func.signature.params = kept.iter().copied().chain([pointer]).collect();
}

/// Gives the function the C type that its registers have. Since Linux 7.3 the checker counts the parameters there, and expects those
/// behind the fifth in memory of its own.
fn describe(func: &mut Function, debug: &mut DebugInfo) {
    let Some(ty) = func.debug.ty else {
        return;
    };
    let DebugType::FuncProto { result, params, .. } = &debug.types[ty] else {
        return;
    };
    if params.len() <= REGISTERS {
        return;
    }
    let (result, mut params) = (*result, params[..KEPT].to_vec());
    let pointer = debug.type_id(DebugType::Pointer(None));
    let is_kept = |tag: &DeclTag| tag.component.is_none_or(|index| (index as usize) < KEPT);
    func.debug.tags.retain(is_kept);
    params.push(("arguments".to_owned(), pointer));
    func.debug.ty = Some(debug.type_id(DebugType::FuncProto {
        result,
        params,
        variadic: false,
    }));
}

/// Makes the calls of a function store their last arguments; whether there were such calls.
fn rewrite_calls(func: &mut Function, moved: &SecondaryMap<FuncId, bool>) -> bool {
    let calls: Vec<(Block, Inst)> = func
        .insts_in_order()
        .filter(|&(_, inst)| match func.inst(inst) {
            InstData::Call {
                callee: Callee::Func(callee),
                ..
            } => moved[*callee],
            _ => false,
        })
        .collect();
    let most = calls.iter().map(|&(_, inst)| args_of(func, inst).len());
    let Some(most) = most.max() else {
        return false;
    };
    // Each callee reads its arguments before it does anything else, so all calls share the room.
    let slot = func.slots.push(SlotData {
        name: "arguments".to_owned(),
        size: ((most - KEPT) * WORD) as u32,
        align: WORD as u32,
        loc: func.debug.loc,
    });
    for (block, call) in calls {
        rewrite_call(func, block, call, slot);
    }
    true
}

fn args_of(func: &Function, call: Inst) -> Vec<Value> {
    match func.inst(call) {
        InstData::Call { args, .. } => args.clone(),
        other => panic!("{call} is no call but {other:?}"),
    }
}

fn rewrite_call(func: &mut Function, block: Block, call: Inst, slot: Slot) {
    let loc = func.loc(call);
    let mut args = args_of(func, call);
    let in_memory = args.split_off(KEPT);
    let mut before = Vec::new();
    let address = InstData::SlotAddr { slot, offset: 0 };
    let (inst, base) = func.new_inst_with_result(address, Type::Ptr(PtrKind::Stack), loc);
    before.push(inst);
    for (index, value) in in_memory.into_iter().enumerate() {
        before.push(store(func, base, index, value, loc));
    }
    args.push(base);
    if let InstData::Call { args: old, .. } = func.inst_mut(call) {
        *old = args;
    }
    let insts = &mut func.block_mut(block).insts;
    let at = insts.iter().position(|&inst| inst == call);
    let at = at.unwrap_or(insts.len());
    insts.splice(at..at, before);
}

fn store(func: &mut Function, base: Value, index: usize, value: Value, loc: SourceLoc) -> Inst {
    let data = InstData::Store {
        size: size_of(func.ty(value)),
        volatile: false,
        base,
        offset: offset_of(index),
        value,
    };
    func.new_inst(data, None, loc)
}

fn size_of(ty: Type) -> Size {
    match ty {
        Type::I32 => Size::W,
        Type::I64 | Type::Ptr(_) => Size::DW,
    }
}

fn offset_of(index: usize) -> i32 {
    (index * WORD) as i32
}

#[cfg(test)]
mod tests {
    use crate::pass::tests::rewrites_module;
    use crate::pass::{Level, Pass, Run, When};

    const PASS: Pass = Pass {
        name: "stack_args",
        about: "",
        level: Level::O0,
        when: When::Always,
        run: Run::Module(super::run),
    };

    #[test]
    fn the_fifth_and_sixth_argument_go_through_memory() {
        rewrites_module(
            &PASS,
            "fn @six(v0: i64, v1: i64, v2: i64, v3: i64, v4: i32, v5: i64) -> i64 local noinline {
            b0:
                return v5
            }
            fn @f(v0: i64, v1: i32) -> i64 {
            b0:
                v2: i64 = call @six(v0, v0, v0, v0, v1, v0)
                return v2
            }",
            "fn @six(v0: i64, v1: i64, v2: i64, v3: i64, v4: ptr.stack) -> i64 local noinline {
            b0:
                v5: i32 = load.u32 v4+0
                v6: i64 = load.u64 v4+8
                jump b1(v0, v1, v2, v3, v5, v6)
            b1(v7: i64, v8: i64, v9: i64, v10: i64, v11: i32, v12: i64):
                return v12
            }
            fn @f(v0: i64, v1: i32) -> i64 {
                slot s0: 16 align 8 \"arguments\"
            b0:
                v2: ptr.stack = slot_addr s0+0
                store.u32 v2+0, v1
                store.u64 v2+8, v0
                v3: i64 = call @six(v0, v0, v0, v0, v2)
                return v3
            }",
        );
    }

    #[test]
    fn functions_that_others_call_stay_as_they_are() {
        let text = "fn @program(v0: i64, v1: i64, v2: i64, v3: i64, v4: i64, v5: i64) -> i64 section \"xdp\" {
            b0:
                return v5
            }";
        rewrites_module(&PASS, text, text);
    }
}
