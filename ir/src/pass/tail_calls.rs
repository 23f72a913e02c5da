//! Tail recursion becomes a loop: a function that calls itself last starts over instead.
//!
//! ```text
//! fn @sum(v0, v1) {                         fn @sum(v8, v9) {
//! b0: branch v0 eq 0, b1, b2                b3: jump b0(v8, v9)
//! b1: return v1                      ──►    b0(v0, v1): branch v0 eq 0, b1, b2
//! b2: v2 = sub v0, 1                        b1: return v1
//!     v3 = add v1, v0                       b2: v2 = sub v0, 1
//!     v4 = call @sum(v2, v3)                    v3 = add v1, v0
//!     return v4                                 jump b0(v2, v3)
//! ```
//!
//! In `return n * fact(n - 1)` a product remains to be computed after the call. Since wrapping multiplication is associative
//! and commutative, it is computed on the way down, in a further parameter that starts as 1 and that every return multiplies
//! by. The same holds for sums, and, or and exclusive or.
//!
//! All calls of a function to itself must be of this form, and all with the same operation. A slot must not be known to
//! others, because the calls had one each and the loop has one for all. BPF has no recursion at all, so this runs at all levels;
//! functions that stay recursive are not changed.

use bpfcc_isa::AluOp;

use crate::entity::{Block, EntitySet, FuncId, Inst, Value};
use crate::function::Function;
use crate::inst::{BlockCall, Callee, InstData};
use crate::module::Module;
use crate::pass::{Changed, promote, simplify_cfg};

/// Empty blocks between a call and its return that are followed.
const EMPTY_BLOCKS: usize = 16;

/// Makes loops of the functions of a module that allow it.
pub fn run(module: &mut Module) -> Changed {
    let mut changed = false;
    for (id, func) in module.functions.iter_mut() {
        if calls_to(func, id).is_empty() {
            continue;
        }
        // Variables in memory and empty blocks hide what is called last.
        let mut simpler = func.clone();
        let _ = promote::run(&mut simpler);
        let _ = simplify_cfg::run(&mut simpler);
        if let Some(tails) = tails(&simpler, id) {
            make_loop(&mut simpler, &tails);
            *func = simpler;
            changed = true;
        }
    }
    changed.into()
}

/// A call of a function to itself after which nothing happens but perhaps one operation.
struct Tail {
    block: Block,
    call: Inst,
    /// The operation on the result and its other operand.
    pending: Option<(AluOp, Value)>,
}

fn calls_to(func: &Function, id: FuncId) -> Vec<(Block, Inst)> {
    let is_call = |&(_, inst): &(Block, Inst)| match func.inst(inst) {
        InstData::Call { callee, .. } => *callee == Callee::Func(id),
        _ => false,
    };
    func.insts_in_order().filter(is_call).collect()
}

/// The calls of a function to itself, if all can become jumps.
fn tails(func: &Function, id: FuncId) -> Option<Vec<Tail>> {
    if shares_slots(func) {
        return None;
    }
    let calls = calls_to(func, id).into_iter();
    let tails: Option<Vec<Tail>> = calls.map(|(block, call)| tail(func, block, call)).collect();
    let tails = tails?;
    let mut operations = tails
        .iter()
        .filter_map(|tail| tail.pending.map(|(op, _)| op));
    let first = operations.next();
    let is_one_operation = operations.all(|op| Some(op) == first);
    is_one_operation.then_some(tails)
}

/// What follows a call, if it is nothing, or one operation on the result and what can as well be computed before.
fn tail(func: &Function, block: Block, call: Inst) -> Option<Tail> {
    let insts = &func.block(block).insts;
    let position = insts.iter().position(|&inst| inst == call)?;
    let (terminator, between) = insts[position + 1..].split_last()?;
    let mut result = func.result(call);
    let mut pending = None;
    for &inst in between {
        let data = func.inst(inst);
        let mut uses_result = false;
        data.for_each_arg(|arg| uses_result |= Some(arg) == result);
        if !uses_result {
            let can_move = !data.has_side_effect() && !matches!(data, InstData::Load { .. });
            if can_move {
                continue;
            }
            return None;
        }
        let (InstData::Binary { op, args }, None) = (data, pending) else {
            return None;
        };
        identity(*op)?;
        pending = match (args.map(|arg| Some(arg) == result), *args) {
            ([true, false], [_, other]) | ([false, true], [other, _]) => Some((*op, other)),
            _ => return None,
        };
        result = func.result(inst);
    }
    returns(func, *terminator, result).then_some(Tail {
        block,
        call,
        pending,
    })
}

/// Whether a terminator leads to the return of `value` with nothing on the way.
fn returns(func: &Function, terminator: Inst, mut value: Option<Value>) -> bool {
    let mut terminator = terminator;
    for _ in 0..EMPTY_BLOCKS {
        match func.inst(terminator) {
            InstData::Return(None) => return true,
            InstData::Return(returned) => return *returned == value,
            InstData::Jump(to) => {
                let next = func.block(to.block);
                let [only] = next.insts[..] else {
                    return false;
                };
                let position = to.args.iter().position(|&arg| Some(arg) == value);
                value = position.map(|position| next.params[position]);
                terminator = only;
            }
            _ => return false,
        }
    }
    false
}

/// The operand that changes nothing, for operations whose operands can be taken in any order.
fn identity(op: AluOp) -> Option<i64> {
    match op {
        AluOp::Add | AluOp::Or | AluOp::Xor => Some(0),
        AluOp::Mul => Some(1),
        AluOp::And => Some(-1),
        _ => None,
    }
}

/// Whether the address of a slot may be known to a later call, or to who called.
fn shares_slots(func: &Function) -> bool {
    let mut addresses: EntitySet<Value> = EntitySet::new();
    // Once more for each address that is computed from one further down in the layout.
    loop {
        let mut grew = false;
        for (_, inst) in func.insts_in_order() {
            let is_address = match func.inst(inst) {
                InstData::SlotAddr { .. } => true,
                InstData::PtrAdd { base, .. } => addresses.contains(*base),
                InstData::Refine { arg, .. } => addresses.contains(*arg),
                _ => false,
            };
            if let (true, Some(result)) = (is_address, func.result(inst)) {
                grew |= addresses.insert(result);
            }
        }
        if !grew {
            break;
        }
    }
    let mut insts = func.insts_in_order().map(|(_, inst)| func.inst(inst));
    insts.any(|data| {
        let mut given = false;
        let mut shares = |value: Value| given |= addresses.contains(value);
        match data {
            InstData::Store { value, .. } | InstData::Atomic { value, .. } => shares(*value),
            InstData::Load { .. }
            | InstData::MemCopy { .. }
            | InstData::MemSet { .. }
            | InstData::PtrAdd { .. }
            | InstData::Compare { .. }
            | InstData::Refine { .. }
            | InstData::Call {
                callee: Callee::Helper(_),
                ..
            } => {}
            other => other.for_each_arg(shares),
        }
        given
    })
}

/// Puts a block in front of the entry and makes the calls jumps to what was the entry.
fn make_loop(func: &mut Function, tails: &[Tail]) {
    let header = func.entry();
    let loc = func.debug.loc;
    let entry = func.new_block();
    let types: Vec<_> = func
        .block(header)
        .params
        .iter()
        .map(|&v| func.ty(v))
        .collect();
    let mut args: Vec<Value> = types
        .into_iter()
        .map(|ty| func.append_param(entry, ty))
        .collect();
    let operation = tails.iter().find_map(|tail| tail.pending.map(|(op, _)| op));
    let so_far = operation.zip(func.signature.result).map(|(op, ty)| {
        let value = identity(op).unwrap_or(0);
        let (inst, start) = func.new_inst_with_result(InstData::Const { value }, ty, loc);
        func.block_mut(entry).insts.push(inst);
        args.push(start);
        (op, func.append_param(header, ty))
    });
    func.append_inst(
        entry,
        InstData::Jump(BlockCall::new(header, args)),
        None,
        loc,
    );
    func.layout.insert(0, entry);
    for tail in tails {
        start_over(func, tail, header, so_far.map(|(_, value)| value));
    }
    if let Some((op, so_far)) = so_far {
        combine_at_returns(func, op, so_far);
    }
    // The returns behind the calls are not reached any more.
    let _ = simplify_cfg::run(func);
}

/// Makes every return use what was computed on the way down.
fn combine_at_returns(func: &mut Function, op: AluOp, so_far: Value) {
    let ty = func.ty(so_far);
    for index in 0..func.layout.len() {
        let block = func.layout[index];
        let Some(terminator) = func.terminator(block) else {
            continue;
        };
        let InstData::Return(Some(value)) = *func.inst(terminator) else {
            continue;
        };
        let args = [so_far, value];
        let data = InstData::Binary { op, args };
        let (inst, result) = func.new_inst_with_result(data, ty, func.loc(terminator));
        let insts = &mut func.block_mut(block).insts;
        insts.insert(insts.len() - 1, inst);
        *func.inst_mut(terminator) = InstData::Return(Some(result));
    }
}

/// Makes one call a jump to the header; what stood behind it and can be computed before stays.
fn start_over(func: &mut Function, tail: &Tail, header: Block, so_far: Option<Value>) {
    let loc = func.loc(tail.call);
    let InstData::Call { mut args, .. } = func.inst(tail.call).clone() else {
        return;
    };
    let result = func.result(tail.call);
    let is_kept = |inst: Inst| {
        let mut uses_result = inst == tail.call || func.inst(inst).is_terminator();
        func.inst(inst)
            .for_each_arg(|arg| uses_result |= Some(arg) == result);
        !uses_result
    };
    let insts = func.block(tail.block).insts.iter().copied();
    let kept: Vec<Inst> = insts.filter(|&inst| is_kept(inst)).collect();
    func.block_mut(tail.block).insts = kept;
    if let Some(so_far) = so_far {
        args.push(match tail.pending {
            None => so_far,
            Some((op, other)) => {
                let ty = func.ty(so_far);
                let args = [so_far, other];
                let data = InstData::Binary { op, args };
                let (inst, combined) = func.new_inst_with_result(data, ty, loc);
                func.block_mut(tail.block).insts.push(inst);
                combined
            }
        });
    }
    func.append_inst(
        tail.block,
        InstData::Jump(BlockCall::new(header, args)),
        None,
        loc,
    );
}
